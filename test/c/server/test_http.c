/* The running program answers HTTP: files, validators, codings, refusals, headers. */
#include "support.h"

#include "base/limits.h"
#include "server/static.h"

enum { LONGEST_NAME = LIMIT_URL_BYTES - 1 }; /* with the slash */

static char longest[LONGEST_NAME + 2]; /* and one more */

static char folder[64], answer[200000];
static struct child server;

static int set_up(void **state)
{
    (void)state;
    make_folder(folder);
    memset(longest, 'x', LONGEST_NAME);
    memcpy(longest, "/", 1);
    char path[512];
    snprintf(path, sizeof path, "web%s", longest);
    put_file(folder, path, "long", 4);
    server = start_server(folder, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return end_server(&server, folder);
}

static unsigned get(const char *path, const char *headers)
{
    return http_status(server.port, "GET", path, headers, answer, sizeof answer);
}

static const char *body(void)
{
    const char *end = strstr(answer, "\r\n\r\n");
    assert_non_null(end);
    return end + 4;
}

static void has(const char *header)
{
    const char *end = strstr(answer, "\r\n\r\n"), *at = strstr(answer, header);
    if (!end || !at || at > end)
        fail_msg("no \"%s\" in: %.*s", header, (int)(end ? end - answer : 0), answer);
}

static void has_not(const char *header)
{
    const char *end = strstr(answer, "\r\n\r\n"), *at = strstr(answer, header);
    assert_true(end && (!at || at > end));
}

static void serves_the_page(void **state)
{
    (void)state;
    static const char *const pages[] = {"/", "/index.html", "/r/EBESExQVFhcYGRobHB0eHw", "/?utm=1"};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        assert_int_equal(get(pages[i], ""), 200);
        has("content-type: text/html; charset=utf-8\r\n");
        has("cache-control: no-cache\r\n");
        assert_string_equal(body(), WEB_PAGE);
    }
}

static void every_answer_is_guarded(void **state)
{
    (void)state;
    static const char *const paths[] = {"/", "/nothing", "/assets/app-1a2b.js", "/healthz", "/ws"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        get(paths[i], "");
        has("content-security-policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval';");
        has("frame-ancestors 'none'\r\n");
        has("x-content-type-options: nosniff\r\n");
        has("referrer-policy: no-referrer\r\n");
        has("cross-origin-opener-policy: same-origin\r\n");
        has("cross-origin-resource-policy: same-origin\r\n");
        has("permissions-policy: microphone=(self), camera=()");
        has_not("strict-transport-security");
        has_not("access-control");
        has_not("set-cookie");
    }
}

static void assets_are_immutable_and_whole(void **state)
{
    (void)state;
    assert_int_equal(get("/assets/app-1a2b.js", ""), 200);
    has("content-type: text/javascript; charset=utf-8\r\n");
    has("cache-control: public, max-age=31536000, immutable\r\n");
    has("vary: accept-encoding\r\n");
    has_not("content-encoding");
    assert_int_equal(strspn(body(), ";"), 50000);
    assert_int_equal(strlen(body()), 50000);
}

static void gzip_goes_to_those_who_take_it(void **state)
{
    (void)state;
    static const struct {
        const char *accept;
        bool gzip;
    } rows[] = {
        {"gzip", true},      {"deflate, gzip;q=0.5", true}, {"GZIP", true},     {"br, gzip ;q=1", true},
        {"gzip;q=0", false}, {"gzip; q=0.000", false},      {"deflate", false}, {"xgzip", false},
        {"gzipx, br", false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char header[64];
        snprintf(header, sizeof header, "Accept-Encoding: %s\r\n", rows[i].accept);
        assert_int_equal(get("/assets/app-1a2b.js", header), 200);
        if (rows[i].gzip) {
            has("content-encoding: gzip\r\n");
            assert_string_equal(body(), "not really gzip");
        } else {
            has_not("content-encoding");
        }
    }
}

static void validators_save_the_body(void **state)
{
    (void)state;
    char header[128], etag[64] = "";
    get("/", "");
    assert_int_equal(sscanf(strstr(answer, "etag: "), "etag: %63s", etag), 1);
    snprintf(header, sizeof header, "If-None-Match: \"other\", W/%s\r\n", etag);
    assert_int_equal(get("/", header), 304);
    has("etag: \"");
    has("cache-control: no-cache\r\n");
    has("content-security-policy: ");
    assert_string_equal(body(), "");
    assert_int_equal(get("/", "If-None-Match: \"other\"\r\n"), 200);
    assert_int_equal(get("/", "If-None-Match: *\r\n"), 304);
    /* The two codings of a file are two representations. */
    get("/assets/app-1a2b.js", "");
    assert_int_equal(sscanf(strstr(answer, "etag: "), "etag: %63s", etag), 1);
    snprintf(header, sizeof header, "Accept-Encoding: gzip\r\nIf-None-Match: %s\r\n", etag);
    assert_int_equal(get("/assets/app-1a2b.js", header), 200);
}

static void head_has_no_body(void **state)
{
    (void)state;
    assert_int_equal(http_status(server.port, "HEAD", "/", "", answer, sizeof answer), 200);
    char length[64];
    snprintf(length, sizeof length, "content-length: %zu\r\n", strlen(WEB_PAGE));
    has(length);
    assert_string_equal(body(), "");
}

static void other_methods_are_refused(void **state)
{
    (void)state;
    static const char *const methods[] = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        assert_int_equal(
            http_status(server.port, methods[i], "/", "Content-Length: 0\r\n", answer, sizeof answer), 405);
        has("allow: GET, HEAD\r\n");
    }
    static const char post[] = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello";
    exchange(server.port, post, sizeof post - 1, answer, sizeof answer);
    assert_non_null(strstr(answer, " 405 "));
}

static void nothing_outside_is_reachable(void **state)
{
    (void)state;
    static const char *const paths[] = {"/../secret",
                                        "/../../etc/passwd",
                                        "/assets/../../secret",
                                        "/%2e%2e/secret",
                                        "/..%2fsecret",
                                        "/assets/%2e%2e%2f%2e%2e%2fsecret",
                                        "//etc/passwd",
                                        "/.",
                                        "/assets",
                                        "/assets/",
                                        "/index.html%00.js",
                                        "/assets/app-1a2b.js.gz",
                                        "/r/",
                                        "/r/short",
                                        "/r/EBESExQVFhcYGRobHB0eHwA",
                                        "/r/EBESExQVFhcYGRobHB0e=w",
                                        "/data/lock",
                                        "/metrics",
                                        "/api"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        unsigned status = get(paths[i], "");
        if (status == 200)
            assert_string_equal(body(), WEB_PAGE);         /* "/.." is "/" */
        else if (status && status != 404 && status != 403) /* 0: hung up on */
            fail_msg("%s: %u", paths[i], status);
        assert_null(strstr(answer, "outside of web"));
        assert_null(strstr(answer, "root:"));
    }
    assert_int_equal(get("/secret", ""), 404);
    assert_int_equal(get("/assets/app-1a2b.js.gz", ""), 404);
}

static void the_longest_url(void **state)
{
    (void)state;
    assert_int_equal(get(longest, ""), 200);
    assert_string_equal(body(), "long");
    longest[LONGEST_NAME] = 'x';
    assert_int_equal(get(longest, ""), 404);
    char beyond[2 * LIMIT_URL_BYTES]; /* what is cut off does not make it another */
    snprintf(beyond, sizeof beyond, "%.*s", LONGEST_NAME, longest);
    memset(beyond + LONGEST_NAME, '/', LIMIT_URL_BYTES);
    beyond[LONGEST_NAME + LIMIT_URL_BYTES] = 0;
    assert_int_equal(get(beyond, ""), 404);

    char web[256], path[512], why[512]; /* and a name that no URL could ask for is none */
    struct static_files files;
    snprintf(path, sizeof path, "web%s", longest);
    put_file(folder, path, "longer", 6);
    file_path(web, sizeof web, folder, "web");
    assert_int_equal(static_load(&files, web, why, sizeof why), ERR_TOO_LARGE);
    assert_non_null(strstr(why, "holds a name that is too long"));
    file_path(path, sizeof path, web, longest + 1);
    assert_int_equal(unlink(path), 0);
}

static void long_and_broken_requests_do_no_harm(void **state)
{
    (void)state;
    static char big[70000];
    memset(big, 'a', sizeof big - 1);
    big[0] = '/';
    big[1000] = 0;
    assert_int_equal(get(big, ""), 404);
    static const char *const broken[] = {"\r\n\r\n",
                                         "GET\r\n\r\n",
                                         "GET / HTTP/9.9\r\n\r\n",
                                         "\x16\x03\x01\x02\x00\x01\x00",
                                         "GET / HTTP/1.1\r\nHost\r\n\r\n",
                                         "GET /\x01\x02 HTTP/1.1\r\n\r\n",
                                         "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                                         "POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
                                         "GET /ws HTTP/1.1\r\nUpgrade: h2c\r\nConnection: Upgrade, "
                                         "HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        int fd = dial(server.port);
        assert_true(write(fd, broken[i], strlen(broken[i])) > 0);
        close(fd);
    }
    char request[71000];
    memset(big, 'b', sizeof big - 1);
    int n = snprintf(request, sizeof request, "GET / HTTP/1.1\r\nHost: x\r\nX-Big: %s\r\n\r\n", big);
    exchange(server.port, request, (size_t)n, answer, sizeof answer);
    assert_int_equal(get("/", ""), 200);
}

static void health(void **state)
{
    (void)state;
    assert_int_equal(get("/healthz", ""), 200);
    assert_string_equal(body(), "ok\n");
    has("cache-control: no-store\r\n");
    assert_int_equal(get("/readyz", ""), 200);
    assert_int_equal(get("/ws", ""), 426);
}

int main(int argc, char **argv)
{
    program = argc > 1 ? argv[1] : "aparte";
    const struct CMUnitTest tests[] = {cmocka_unit_test(serves_the_page),
                                       cmocka_unit_test(every_answer_is_guarded),
                                       cmocka_unit_test(assets_are_immutable_and_whole),
                                       cmocka_unit_test(gzip_goes_to_those_who_take_it),
                                       cmocka_unit_test(validators_save_the_body),
                                       cmocka_unit_test(head_has_no_body),
                                       cmocka_unit_test(other_methods_are_refused),
                                       cmocka_unit_test(nothing_outside_is_reachable),
                                       cmocka_unit_test(the_longest_url),
                                       cmocka_unit_test(long_and_broken_requests_do_no_harm),
                                       cmocka_unit_test(health)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
