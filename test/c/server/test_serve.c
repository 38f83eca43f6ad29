/* The program as a process: subcommands, refusals to start, the lock, signals, TLS. */
#define ERR_STATE openssl_err_state /* OpenSSL has a type of this name; see crypt/openssl.h */
#include <openssl/ssl.h>
#undef ERR_STATE

#include "support.h"

#include <signal.h>
#include <sys/stat.h>

static char folder[64], output[32768];

static int set_up(void **state)
{
    (void)state;
    make_folder(folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    remove_folder(folder);
    return 0;
}

#define RUN_PROGRAM(...) run_program((const char *const[]){program, __VA_ARGS__, NULL}, output, sizeof output)

static void subcommands(void **state)
{
    (void)state;
    char web[256];
    file_path(web, sizeof web, folder, "web");
    const char *bare[] = {program, NULL};
    assert_int_equal(run_program(bare, output, sizeof output), 2);
    assert_non_null(strstr(output, "Usage: aparte COMMAND"));
    assert_non_null(strstr(output, "APARTE_LISTEN"));
    assert_int_equal(RUN_PROGRAM("help"), 0);
    assert_int_equal(RUN_PROGRAM("serve", "--help"), 0);
    assert_non_null(strstr(output, "--media-address"));
    assert_int_equal(RUN_PROGRAM("version"), 0);
    assert_non_null(strstr(output, "aparte 0."));
    assert_null(strstr(output, "LIMIT_"));
    assert_int_equal(RUN_PROGRAM("version", "--limits"), 0);
    assert_non_null(strstr(output, "  LIMIT_MEMBERS                     100000  accounts ever admitted"));
    assert_non_null(strstr(output, "\nstore\n  LIMIT_STORE_QUEUE")); /* the last part */
    assert_int_equal(RUN_PROGRAM("version", "--bounds"), 2);
    assert_int_equal(RUN_PROGRAM("dance"), 2);
    assert_non_null(strstr(output, "no command \"dance\""));
    assert_int_equal(RUN_PROGRAM("check-config", "--web", web), 0);
    assert_non_null(strstr(output, "good"));
    assert_int_equal(RUN_PROGRAM("check-config", "--web", "/nowhere"), 2);
    assert_int_equal(RUN_PROGRAM("check-config", "--web", web, "--log", "loud"), 2);
    assert_non_null(strstr(output, "--log must be"));
}

/* The hash of the client, against sha256sum. */
static void names_its_client(void **state)
{
    (void)state;
    char web[256], command[512], wanted[80] = "", line[100];
    file_path(web, sizeof web, folder, "web");
    assert_int_equal(setenv("APARTE_WEB", web, 1), 0);
    assert_int_equal(RUN_PROGRAM("version"), 0);
    assert_non_null(strstr(output, "(not as built"));
    snprintf(command, sizeof command,
             "cd %s && sha256sum assets/app-1a2b.js index.html >bundle.txt && sha256sum bundle.txt", web);
    FILE *sum = popen(command, "r");
    assert_non_null(sum);
    assert_int_equal(fscanf(sum, "%64s", wanted), 1);
    assert_int_equal(pclose(sum), 0);
    snprintf(line, sizeof line, "client %s (unsigned)\n", wanted);
    assert_int_equal(RUN_PROGRAM("version"), 0);
    assert_non_null(strstr(output, line));
    put_file(folder, "web/bundle.sig", "?", 1); /* beside the bundle, not of it */
    snprintf(line, sizeof line, "client %s (signed)\n", wanted);
    assert_int_equal(RUN_PROGRAM("version"), 0);
    assert_non_null(strstr(output, line));
    put_file(folder, "web/index.html", WEB_PAGE "!", strlen(WEB_PAGE) + 1);
    assert_int_equal(RUN_PROGRAM("version"), 0);
    assert_non_null(strstr(output, "(not as built"));
    assert_null(strstr(output, wanted));
    setenv("APARTE_WEB", "/nowhere", 1);
    assert_int_equal(RUN_PROGRAM("version"), 0);
    assert_non_null(strstr(output, "client: /nowhere"));
    unsetenv("APARTE_WEB");
}

static void refuses_to_start(void **state)
{
    (void)state;
    char web[256], data[256], listen[32];
    file_path(web, sizeof web, folder, "web");
    file_path(data, sizeof data, folder, "data");
    assert_int_equal(RUN_PROGRAM("serve", "--web", web, "--data", data, "--listen", "0.0.0.0:0"), 2);
    assert_non_null(strstr(output, "microphone to pages from HTTPS and localhost only"));
    assert_int_equal(RUN_PROGRAM("serve", "--web", folder, "--data", data, "--listen", "localhost:0"), 1);
    assert_non_null(strstr(output, "holds no index.html"));
    assert_int_equal(RUN_PROGRAM("serve", "--web", web, "--data", "/proc/no/such", "--listen", "localhost:0"),
                     1);
    assert_non_null(strstr(output, "--data /proc/no/such"));
    assert_non_null(strstr(output, "the server's user must be able to write there"));

    struct child first = start_server(folder, NULL);
    assert_int_equal(RUN_PROGRAM("serve", "--web", web, "--data", data, "--listen", "localhost:0"), 1);
    assert_non_null(strstr(output, "another aparte is using this data folder"));
    file_path(data, sizeof data, folder, "other");
    snprintf(listen, sizeof listen, "localhost:%d", first.port);
    assert_int_equal(RUN_PROGRAM("serve", "--web", web, "--data", data, "--listen", listen, "--media-address",
                                 "127.0.0.1", "--media-port", "45871", "--media-threads", "1"),
                     1);
    assert_non_null(strstr(output, "the port is taken"));
    assert_null(strstr(output, "Founder link")); /* who gets the link gets a server that runs */
    assert_int_equal(stop_server(&first), 0);
}

/* It ends, and says on its last line what to do. */
static void a_damaged_store_is_not_served(void **state)
{
    (void)state;
    char web[256], data[256], db[256], page[4096] = {0};
    struct stat st;
    file_path(web, sizeof web, folder, "web");
    file_path(data, sizeof data, folder, "data");
    file_path(db, sizeof db, folder, "data/aparte.db");
    struct child c = start_server(folder, NULL);
    assert_int_equal(stop_server(&c), 0);
    assert_int_equal(stat(db, &st), 0);
    FILE *f = fopen(db, "r+");
    assert_int_equal(fseek(f, st.st_size - (long)sizeof page, SEEK_SET), 0);
    assert_int_equal(fwrite(page, 1, sizeof page, f), sizeof page);
    fclose(f);
    assert_int_equal(RUN_PROGRAM("serve", "--web", web, "--data", data, "--listen", "localhost:0"), 1);
    assert_non_null(strstr(output, "aparte.db is damaged: restore a backup"));
    assert_null(strstr(output, "Founder link"));
}

static void stops_on_both_signals_with_sockets_open(void **state)
{
    (void)state;
    static const int signals[] = {SIGTERM, SIGINT};
    for (int i = 0; i < 2; i++) {
        struct child c = start_server(folder, NULL);
        char origin[64];
        int fd, idle = dial(c.port);
        snprintf(origin, sizeof origin, "http://localhost:%d", c.port);
        assert_int_equal(ws_dial(c.port, "/ws", origin, "aparte.v1", &fd), 101);
        json_decref(ws_event(fd, "challenge"));
        kill(c.pid, signals[i]);
        assert_null(ws_next(fd));
        assert_int_equal(stop_server(&c), 0); /* a second signal does no harm */
        close(fd), close(idle);
    }
}

static void the_data_folder_is_private(void **state)
{
    (void)state;
    struct child c = start_server(folder, NULL);
    char path[256];
    struct stat st;
    file_path(path, sizeof path, folder, "data");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 077, 0);
    file_path(path, sizeof path, folder, "data/lock");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 077, 0);
    assert_int_equal(stop_server(&c), 0);
}

static void a_new_founder_link_at_every_start(void **state)
{
    (void)state;
    char links[2][512];
    for (int i = 0; i < 2; i++) {
        struct child c = start_server(folder, NULL);
        char head[128];
        read_line(c.out, links[i], sizeof links[i]);
        int n = snprintf(head, sizeof head, "Founder link: http://localhost:%d/#", c.port);
        assert_int_equal(strncmp(links[i], head, (size_t)n), 0);
        uint8_t payload[53];
        assert_int_equal(b64_decode_exact(payload, sizeof payload, links[i] + n, strlen(links[i] + n)), OK);
        assert_int_equal(payload[0], 2);
        memmove(links[i], links[i] + n, strlen(links[i] + n) + 1);
        assert_int_equal(stop_server(&c), 0);
    }
    assert_string_not_equal(links[0], links[1]);
}

/* ---- what it gave up ------------------------------------------------------------------------------ */

static void proc_says(pid_t pid, const char *file, const char *line)
{
    char path[64], text[8192];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = 0;
    fclose(f);
    if (!strstr(text, line)) fail_msg("%s has no line \"%s\"", path, line);
}

static void dumps_no_core_and_gains_no_rights(void **state)
{
    (void)state;
    struct child c = start_server(folder, NULL);
    proc_says(c.pid, "status", "\nNoNewPrivs:\t1\n");
    proc_says(c.pid, "limits", "\nMax core file size        0                    0                    bytes");
    assert_int_equal(stop_server(&c), 0);
}

/* What a server gets of a file that it tries to read and to write once it serves: "reading: ...; writing:
 * ...". */
static void probe(const char *path, char *line, size_t cap)
{
    struct child c = start_server(folder, (const char *const[]){"--test-probe", path, NULL});
    read_line(c.err, line, cap);
    assert_int_equal(stop_server(&c), 0);
}

static void opens_nothing_but_its_data(void **state)
{
    (void)state;
    char path[256], line[512];
    bool closed = landlock_version() >= 1;
    const char *both = closed ? "reading: Permission denied; writing: Permission denied" : "probe";
    file_path(path, sizeof path, folder, "secret");
    probe(path, line, sizeof line);
    assert_non_null(strstr(line, both));
    file_path(path, sizeof path, folder, "web/index.html"); /* it is in memory */
    probe(path, line, sizeof line);
    assert_non_null(strstr(line, both));
    file_path(path, sizeof path, folder, "new");
    probe(path, line, sizeof line);
    assert_non_null(strstr(line, closed ? "writing: Permission denied" : "probe"));
    file_path(path, sizeof path, folder, "data/lock");
    probe(path, line, sizeof line);
    assert_non_null(strstr(line, "reading: done; writing: done"));
}

/* ---- TLS ------------------------------------------------------------------------------------------ */

static void make_certificate(char *cert, char *key, size_t cap)
{
    char command[1024];
    file_path(cert, cap, folder, "cert.pem");
    file_path(key, cap, folder, "key.pem");
    snprintf(
        command, sizeof command,
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost "
        "-keyout %s -out %s 2>/dev/null",
        key, cert);
    assert_int_equal(system(command), 0);
}

static size_t tls_exchange(int port, const char *request, char *answer, size_t cap, char protocol[16])
{
    static const unsigned char offered[] = "\x02h2\x08http/1.1";
    const unsigned char *chosen;
    unsigned chosen_len = 0;
    int fd = dial(port), n = 0;
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    SSL *ssl = SSL_new(ctx);
    SSL_set_alpn_protos(ssl, offered, sizeof offered - 1);
    SSL_set_fd(ssl, fd);
    assert_int_equal(SSL_connect(ssl), 1);
    SSL_get0_alpn_selected(ssl, &chosen, &chosen_len);
    snprintf(protocol, 16, "%.*s", (int)chosen_len, chosen_len ? (const char *)chosen : "");
    assert_true(SSL_write(ssl, request, (int)strlen(request)) > 0);
    for (int got; n + 1 < (int)cap && !strstr(answer, "challenge"); n += got)
        if ((got = SSL_read(ssl, answer + n, (int)cap - n - 1)) <= 0) break;
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    close(fd);
    return (size_t)n;
}

static void serves_https(void **state)
{
    (void)state;
    char cert[256], key[256], request[512], protocol[16];
    static char answer[16384];
    make_certificate(cert, key, sizeof cert);
    struct child c = start_server(folder, (const char *const[]){"--tls-cert", cert, "--tls-key", key, NULL});
    snprintf(request, sizeof request, "GET / HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n\r\n",
             c.port);
    memset(answer, 0, sizeof answer);
    tls_exchange(c.port, request, answer, sizeof answer, protocol);
    assert_string_equal(protocol, "http/1.1");
    assert_non_null(strstr(answer, "HTTP/1.1 200 OK\r\n"));
    assert_non_null(strstr(answer, "strict-transport-security: max-age=31536000\r\n"));
    assert_non_null(strstr(answer, WEB_PAGE));
    snprintf(request, sizeof request,
             "GET /ws HTTP/1.1\r\nHost: localhost:%d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
             "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: aparte.v1\r\n"
             "Origin: https://localhost:%d\r\n\r\n",
             c.port, c.port);
    memset(answer, 0, sizeof answer);
    tls_exchange(c.port, request, answer, sizeof answer, protocol);
    assert_non_null(strstr(answer, " 101 "));
    assert_non_null(strstr(answer, "challenge"));
    /* Plain text on a TLS port is not answered. */
    exchange(c.port, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 35, answer, sizeof answer);
    assert_null(strstr(answer, WEB_PAGE));
    assert_int_equal(stop_server(&c), 0);
}

static void refuses_a_certificate_of_another_key(void **state)
{
    (void)state;
    char web[256], data[256], cert[256], key[256], command[700];
    file_path(web, sizeof web, folder, "web");
    file_path(data, sizeof data, folder, "data");
    make_certificate(cert, key, sizeof cert);
    snprintf(command, sizeof command, "openssl ecparam -name prime256v1 -genkey -noout -out %s 2>/dev/null",
             key);
    assert_int_equal(system(command), 0);
    assert_int_equal(RUN_PROGRAM("serve", "--web", web, "--data", data, "--listen", "localhost:0",
                                 "--tls-cert", cert, "--tls-key", key, "--media-address", "127.0.0.1",
                                 "--media-port", "45872", "--media-threads", "1"),
                     1);
    assert_non_null(strstr(output, "the certificate and key do not fit"));
}

int main(int argc, char **argv)
{
    program = argc > 1 ? argv[1] : "aparte";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(subcommands, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_its_client, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_to_start, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_damaged_store_is_not_served, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stops_on_both_signals_with_sockets_open, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_data_folder_is_private, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_new_founder_link_at_every_start, set_up, tear_down),
        cmocka_unit_test_setup_teardown(dumps_no_core_and_gains_no_rights, set_up, tear_down),
        cmocka_unit_test_setup_teardown(opens_nothing_but_its_data, set_up, tear_down),
        cmocka_unit_test_setup_teardown(serves_https, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_a_certificate_of_another_key, set_up, tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
