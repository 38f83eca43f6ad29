/* The local socket of the real program: who gets in, lines, the operator's requests, the end. */
#include "member.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

enum { LINE_BYTES = 1 << 16 };

static void socket_path(char path[128])
{
    snprintf(path, 128, "%s/data/aparte.sock", folder);
}

/* -1: refused. */
static int dial_local(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char path[128];
    socket_path(path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
    close(fd);
    return -1;
}

/* NULL: the server closed. */
static json_t *next_line(int fd)
{
    static char line[LINE_BYTES];
    size_t n = 0;
    while (n < sizeof line && recv(fd, line + n, 1, 0) == 1)
        if (line[n++] == '\n') return json_loadb(line, n, 0, NULL);
    return NULL;
}

static json_t *reply_to(int fd, const char *request)
{
    assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
    for (json_t *m; (m = next_line(fd)); json_decref(m))
        if (json_object_get(m, "re")) return m;
    return NULL;
}

static void assert_refused(int fd, const char *request, const char *code)
{
    json_t *r = reply_to(fd, request);
    assert_string_equal(error_code(r), code);
    json_decref(r);
}

static void the_file_is_the_owners_alone(void **state)
{
    (void)state;
    struct stat st;
    char path[128];
    socket_path(path);
    start(NULL, 0);
    assert_int_equal(stat(path, &st), 0);
    assert_true(S_ISSOCK(st.st_mode));
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stop_server(&server), 0);
    assert_int_equal(stat(path, &st), -1); /* and gone with the server */
}

static void what_a_crash_left_is_in_nobodys_way(void **state)
{
    (void)state;
    char path[128];
    start(NULL, 0);
    kill(server.pid, SIGKILL);
    assert_int_equal(stop_server(&server), 128 + SIGKILL);
    socket_path(path);
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(dial_local(), -1);
    start(NULL, 0);
    int fd = dial_local();
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(stop_server(&server), 0);
}

static void it_opens_with_a_challenge_and_the_origin(void **state)
{
    (void)state;
    start(NULL, 0);
    int fd = dial_local();
    json_t *m = next_line(fd);
    assert_string_equal(json_string_value(json_object_get(m, "ev")), "challenge");
    assert_string_equal(json_string_value(json_object_get(m, "origin")), origin);
    assert_int_equal(json_string_length(json_object_get(m, "nonce")), 43);
    json_decref(m);
    close(fd);

    struct member browser;
    assert_int_equal(ws_dial(server.port, "/ws", origin, "aparte.v1", &browser.fd), 101);
    m = ws_event(browser.fd, "challenge");
    assert_null(json_object_get(m, "origin")); /* a browser knows where it is */
    json_decref(m);
    close(browser.fd);
    assert_int_equal(stop_server(&server), 0);
}

static void the_operator_sees_the_members(void **state)
{
    (void)state;
    found_club();
    invite_guest();
    ask_ok(&guest, "\"do\":\"profile.set\",\"handle\":\"tom_9\",\"bio\":\"Radio\"");
    int fd = dial_local();
    json_t *r = reply_to(fd, "{\"id\":1,\"do\":\"operator.members\",\"after\":0}\n");
    const json_t *list = json_object_get(r, "members"), *tom = json_array_get(list, 1);
    assert_int_equal(json_array_size(list), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "role")), "founder");
    assert_string_equal(json_string_value(json_object_get(tom, "handle")), "tom_9");
    assert_string_equal(json_string_value(json_object_get(tom, "state")), "member");
    assert_string_equal(json_string_value(json_object_get(tom, "inviter")), b64(VIEW(founder.account.bytes)));
    char request[128];
    snprintf(request, sizeof request, "{\"id\":2,\"do\":\"operator.members\",\"after\":%lld}\n",
             json_integer_value(json_object_get(tom, "n")) + 1);
    json_decref(r);
    r = reply_to(fd, request);
    assert_int_equal(json_array_size(json_object_get(r, "members")), 0);
    json_decref(r);
    snprintf(request, sizeof request, "{\"id\":3,\"do\":\"operator.export\",\"account\":\"%s\"}\n",
             b64(VIEW(guest.account.bytes)));
    r = reply_to(fd, request);
    assert_string_equal(json_string_value(json_object_get(json_object_get(r, "export"), "bio")), "Radio");
    json_decref(r);

    r = reply_to(fd, "{\"id\":6,\"do\":\"operator.stats\"}\n");
    assert_int_equal(json_integer_value(json_object_get(r, "members")), 2);
    assert_int_equal(json_integer_value(json_object_get(r, "sockets")), 3); /* this one among them */
    assert_int_equal(json_integer_value(json_object_get(r, "sessions")), 2);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(r, "media"), "peers")), 0);
    json_decref(r);

    /* The operator is not a member by that; and a member, founder or not, is not the operator. */
    assert_refused(fd, "{\"id\":4,\"do\":\"invite.list\"}\n", "not_authenticated");
    assert_refused(fd, "{\"id\":5,\"do\":\"mod.list\"}\n", "not_authenticated");
    ask_refused(&founder, "\"do\":\"operator.members\",\"after\":0", "forbidden");
    ask_refused(&founder, "\"do\":\"operator.stats\"", "forbidden");
    snprintf(request, sizeof request, "\"do\":\"operator.export\",\"account\":\"%s\"",
             b64(VIEW(guest.account.bytes)));
    ask_refused(&founder, request, "forbidden");
    close(fd), close(founder.fd), close(guest.fd);
    assert_int_equal(stop_server(&server), 0);
}

static void lines_that_are_no_requests(void **state)
{
    (void)state;
    start(NULL, 0);
    int fd = dial_local();
    json_decref(next_line(fd));
    static const char nonsense[] = "\nhello\n[]\n{\"id\":0,\"do\":\"hello\"}\n";
    assert_int_equal(send(fd, nonsense, sizeof nonsense - 1, 0), sizeof nonsense - 1);
    for (int i = 0; i < 3; i++) { /* an empty line is nothing */
        json_t *m = next_line(fd);
        assert_string_equal(json_string_value(json_object_get(m, "ev")), "error");
        json_decref(m);
    }
    assert_refused(fd, "{\"id\":1,\"do\":\"no.such\"}\n", "unknown_request");
    /* In pieces, and two in one. */
    assert_int_equal(send(fd, "{\"id\":2,\"do\":", 13, 0), 13);
    assert_refused(fd, "\"no.such\"}\n{\"id\":3,\"do\":\"no.such\"}\n", "unknown_request");
    json_t *m = next_line(fd);
    assert_int_equal(json_integer_value(json_object_get(m, "re")), 3);
    json_decref(m);
    close(fd);
    assert_int_equal(stop_server(&server), 0);
}

static void a_line_that_is_too_long_is_dropped(void **state)
{
    (void)state;
    start(NULL, 0);
    int fd = dial_local();
    json_decref(next_line(fd));
    size_t len = LIMIT_MESSAGE_BYTES + (1 << 20);
    char *line = malloc(len);
    memset(line, 'x', len);
    line[len - 1] = '\n';
    for (size_t sent = 0; sent < len;) {
        ssize_t n = send(fd, line + sent, len - sent, MSG_NOSIGNAL);
        assert_true(n > 0);
        sent += (size_t)n;
    }
    free(line);
    json_t *m = next_line(fd);
    assert_string_equal(error_code(m), "too_large");
    json_decref(m);
    static const char next[] = "{\"id\":1,\"do\":\"no.such\"}\n";
    assert_int_equal(send(fd, next, sizeof next - 1, 0), sizeof next - 1);
    m = next_line(fd); /* nothing more about the long one, and the next is heard */
    assert_int_equal(json_integer_value(json_object_get(m, "re")), 1);
    json_decref(m);
    close(fd);
    assert_int_equal(stop_server(&server), 0);
}

static void places_are_few_and_come_back(void **state)
{
    (void)state;
    int fds[LIMIT_LOCAL_SOCKETS];
    start(NULL, 0);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < LIMIT_LOCAL_SOCKETS; i++) {
            fds[i] = dial_local();
            json_t *m = next_line(fds[i]);
            assert_non_null(m);
            json_decref(m);
        }
        int more = dial_local();
        assert_true(more >= 0);
        assert_null(next_line(more)); /* closed without a word */
        close(more);
        for (size_t i = 0; i < LIMIT_LOCAL_SOCKETS; i++) close(fds[i]);
        /* The server notices in its own time. */
        for (json_t *m = NULL; !m;) {
            fds[0] = dial_local();
            m = next_line(fds[0]);
            close(fds[0]);
            json_decref(m);
            if (m) break;
        }
    }
    assert_int_equal(stop_server(&server), 0);
}

int main(int argc, char **argv)
{
    program = argc > 1 ? argv[1] : "aparte";
#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_set_up, folder_tear_down)
    const struct CMUnitTest tests[] = {TEST(the_file_is_the_owners_alone),
                                       TEST(what_a_crash_left_is_in_nobodys_way),
                                       TEST(it_opens_with_a_challenge_and_the_origin),
                                       TEST(the_operator_sees_the_members),
                                       TEST(lines_that_are_no_requests),
                                       TEST(a_line_that_is_too_long_is_dropped),
                                       TEST(places_are_few_and_come_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
