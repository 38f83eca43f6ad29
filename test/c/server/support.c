#include "support.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 60000, ARGS_MAX = 32 }; /* patience only bounds a test that has already failed */

const char *program;
char ws_reason[64];

/* ---- folders -------------------------------------------------------------------------------------- */

void file_path(char *out, size_t cap, const char *folder, const char *name)
{
    assert_true(snprintf(out, cap, "%s/%s", folder, name) < (int)cap);
}

void put_file(const char *folder, const char *name, const void *bytes, size_t len)
{
    char path[512];
    file_path(path, sizeof path, folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    fclose(f);
}

void make_folder(char folder[64])
{
    char path[256], script[50000];
    strcpy(folder, "/tmp/aparte-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    file_path(path, sizeof path, folder, "web");
    assert_int_equal(mkdir(path, 0700), 0);
    file_path(path, sizeof path, folder, "web/assets");
    assert_int_equal(mkdir(path, 0700), 0);
    memset(script, ';', sizeof script);
    put_file(folder, "web/index.html", WEB_PAGE, strlen(WEB_PAGE));
    put_file(folder, "web/assets/app-1a2b.js", script, sizeof script);
    put_file(folder, "web/assets/app-1a2b.js.gz", "not really gzip", 15);
    put_file(folder, "secret", "outside of web", 14);
}

void remove_folder(const char *folder)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf -- %s", folder);
    assert_int_equal(system(command), 0);
}

/* ---- processes ------------------------------------------------------------------------------------ */

static pid_t spawn(const char *const *args, int *out, int *err)
{
    int o[2], e[2];
    assert_int_equal(pipe2(o, O_CLOEXEC), 0);
    assert_int_equal(pipe2(e, O_CLOEXEC), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a failed test leaves no server behind */
        dup2(o[1], 1), dup2(e[1], 2);
        execv(program, (char *const *)args);
        _exit(127);
    }
    close(o[1]), close(e[1]);
    *out = o[0], *err = e[0];
    return pid;
}

void read_line(int fd, char *line, size_t cap)
{
    size_t n = 0;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    while (n + 1 < cap && poll(&p, 1, PATIENCE_MS) > 0 && read(fd, line + n, 1) == 1 && line[n] != '\n') n++;
    line[n] = 0;
}

static int wait_for(pid_t pid)
{
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

struct child start_server(const char *folder, const char *const *extra)
{
    struct child c = {0};
    char web[256], data[256], line[512];
    file_path(web, sizeof web, folder, "web");
    file_path(data, sizeof data, folder, "data");
    /* Media ports are told apart by the process, so that tests can run side by side. */
    char media_port[8];
    snprintf(media_port, sizeof media_port, "%d", 20000 + getpid() % 20000);
    const char *args[ARGS_MAX] = {program,           "serve",     "--web",        web,
                                  "--data",          data,        "--listen",     "localhost:0",
                                  "--media-address", "127.0.0.1", "--media-port", media_port,
                                  "--media-threads", "1"};
    size_t n = 14;
    for (; extra && *extra; extra++) args[n++] = *extra;
    c.pid = spawn(args, &c.out, &c.err);
    do {
        read_line(c.err, line, sizeof line);
        if (!line[0]) fail_msg("the server did not start");
    } while (!strstr(line, "Listening on "));
    char *host = strstr(line, "://");
    assert_non_null(host);
    assert_non_null(strchr(host + 3, ':'));
    c.port = atoi(strchr(host + 3, ':') + 1);
    return c;
}

int stop_server(struct child *c)
{
    kill(c->pid, SIGTERM);
    int code = wait_for(c->pid);
    close(c->out), close(c->err);
    return code;
}

int end_server(struct child *c, const char *folder)
{
    int code = stop_server(c);
    remove_folder(folder);
    return code;
}

int run_program(const char *const *args, char *output, size_t cap)
{
    int out, err;
    size_t n = 0;
    pid_t pid = spawn(args, &out, &err);
    for (int i = 0; i < 2; i++)
        for (ssize_t got; n + 1 < cap && (got = read(i ? err : out, output + n, cap - n - 1)) > 0;)
            n += (size_t)got;
    output[n] = 0;
    close(out), close(err);
    return wait_for(pid);
}

long landlock_version(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

/* ---- HTTP ----------------------------------------------------------------------------------------- */

int dial(int port)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static void send_all(int fd, const void *bytes, size_t len)
{
    for (size_t n = 0; n < len;) {
        ssize_t sent = send(fd, (const char *)bytes + n, len - n, MSG_NOSIGNAL);
        if (sent <= 0) return; /* the server hung up: what it says tells the test */
        n += (size_t)sent;
    }
}

size_t exchange(int port, const char *request, size_t len, char *answer, size_t cap)
{
    int fd = dial(port);
    size_t n = 0;
    send_all(fd, request, len);
    for (ssize_t got; n + 1 < cap && (got = recv(fd, answer + n, cap - n - 1, 0)) > 0;) n += (size_t)got;
    answer[n] = 0;
    close(fd);
    return n;
}

unsigned http_status(int port, const char *method, const char *path, const char *headers, char *answer,
                     size_t cap)
{
    char request[4096];
    int n = snprintf(request, sizeof request,
                     "%s %s HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n%s\r\n", method, path,
                     port, headers);
    exchange(port, request, (size_t)n, answer, cap);
    unsigned status = 0;
    sscanf(answer, "HTTP/1.%*u %u", &status);
    return status;
}

/* ---- WebSocket ------------------------------------------------------------------------------------ */

static bool recv_all(int fd, void *out, size_t len)
{
    for (size_t n = 0; n < len;) {
        ssize_t got = recv(fd, (char *)out + n, len - n, 0);
        if (got <= 0) return false;
        n += (size_t)got;
    }
    return true;
}

unsigned ws_dial(int port, const char *path, const char *origin, const char *subprotocol, int *fd)
{
    char request[2048], head[4096];
    size_t n = 0;
    int len = snprintf(
        request, sizeof request,
        "GET %s HTTP/1.1\r\nHost: localhost:%d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s%s%s%s%s%s\r\n",
        path, port, origin ? "Origin: " : "", origin ? origin : "", origin ? "\r\n" : "",
        subprotocol ? "Sec-WebSocket-Protocol: " : "", subprotocol ? subprotocol : "",
        subprotocol ? "\r\n" : "");
    *fd = dial(port);
    send_all(*fd, request, (size_t)len);
    while (n + 1 < sizeof head && recv(*fd, head + n, 1, 0) == 1) {
        head[++n] = 0;
        if (n >= 4 && strcmp(head + n - 4, "\r\n\r\n") == 0) break;
    }
    unsigned status = 0;
    sscanf(head, "HTTP/1.%*u %u", &status);
    if (status != 101) close(*fd);
    return status;
}

void ws_send(int fd, int opcode, bool final, const void *bytes, size_t len)
{
    uint8_t *frame = calloc(1, len + 14), mask[4] = {1, 2, 3, 4};
    struct writer w = writer_init(frame, len + 14);
    write_u8(&w, (uint8_t)((final ? 0x80 : 0) | opcode));
    if (len < 126) {
        write_u8(&w, (uint8_t)(0x80 | len));
    } else if (len < 65536) {
        write_u8(&w, 0x80 | 126);
        write_u16(&w, (uint16_t)len);
    } else {
        write_u8(&w, 0x80 | 127);
        write_u64(&w, len);
    }
    write_bytes(&w, mask, 4);
    for (size_t i = 0; i < len; i++) write_u8(&w, ((const uint8_t *)bytes)[i] ^ mask[i % 4]);
    send_all(fd, frame, w.len);
    free(frame);
}

void ws_text(int fd, const char *text)
{
    ws_send(fd, 1, true, text, strlen(text));
}

/* One frame: its opcode, or -1 when the connection ended. */
static int next_frame(int fd, uint8_t **bytes, size_t *len, bool *final)
{
    uint8_t head[2], more[8];
    if (!recv_all(fd, head, 2)) return -1;
    size_t extra = (head[1] & 127) == 126 ? 2 : (head[1] & 127) == 127 ? 8 : 0;
    if (!recv_all(fd, more, extra)) return -1;
    *len = head[1] & 127;
    if (extra) *len = 0;
    for (size_t i = 0; i < extra; i++) *len = *len << 8 | more[i];
    *final = head[0] & 0x80;
    *bytes = malloc(*len + 1);
    if (recv_all(fd, *bytes, *len)) return head[0] & 15;
    free(*bytes);
    return -1;
}

json_t *ws_next(int fd)
{
    char *text = NULL;
    size_t have = 0;
    for (;;) {
        uint8_t *bytes;
        size_t len;
        bool final;
        int opcode = next_frame(fd, &bytes, &len, &final);
        if (opcode == 9) ws_send(fd, 10, true, bytes, len);
        if (opcode < 0 || opcode == 8) {
            snprintf(ws_reason, sizeof ws_reason, "%.*s", opcode == 8 && len > 2 ? (int)len - 2 : 0,
                     opcode == 8 ? (char *)bytes + 2 : "");
            if (opcode == 8) free(bytes);
            free(text);
            return NULL;
        }
        if (opcode <= 1) {
            text = realloc(text, have + len + 1);
            memcpy(text + have, bytes, len);
            have += len;
        }
        free(bytes);
        if (opcode > 1 || !final) continue;
        json_t *json = json_loadb(text, have, JSON_REJECT_DUPLICATES, NULL);
        if (!json) fail_msg("not JSON: %.*s", (int)have, text);
        free(text);
        return json;
    }
}

json_t *ws_reply(int fd, int id)
{
    for (json_t *m; (m = ws_next(fd)); json_decref(m))
        if (json_integer_value(json_object_get(m, "re")) == id) return m;
    fail_msg("closed before reply %d", id);
    return NULL;
}

json_t *ws_event(int fd, const char *name)
{
    for (json_t *m; (m = ws_next(fd)); json_decref(m)) {
        const char *ev = json_string_value(json_object_get(m, "ev"));
        if (ev && strcmp(ev, name) == 0) return m;
    }
    fail_msg("closed before the event %s", name);
    return NULL;
}

void ws_quiet(int fd)
{
    for (int i = 0; i < 2; i++) { /* a pong may overtake what was to be sent before it: not a second one */
        uint8_t *bytes;
        size_t len;
        bool final;
        ws_send(fd, 9, true, "?", 1);
        assert_int_equal(next_frame(fd, &bytes, &len, &final), 10); /* RFC 6455 5.5.3 */
        free(bytes);
    }
}

const char *error_code(const json_t *message)
{
    const char *code = json_string_value(json_object_get(json_object_get(message, "error"), "code"));
    return code ? code : "";
}
