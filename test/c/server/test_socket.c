/* WebSockets of the running program: who gets in, what a visitor may say, how abuse ends. */
#include "support.h"

#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include "base/limits.h"

static char folder[64], origin[64];
static struct child server;

static int set_up(void **state)
{
    (void)state;
    make_folder(folder);
    server = start_server(folder, NULL);
    snprintf(origin, sizeof origin, "http://localhost:%d", server.port);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return end_server(&server, folder);
}

static int connect_socket(void)
{
    int fd;
    assert_int_equal(ws_dial(server.port, "/ws", origin, "aparte.v1", &fd), 101);
    json_decref(ws_event(fd, "challenge"));
    return fd;
}

/* The server must still serve: the end of every test of abuse. */
static void assert_alive(void)
{
    close(connect_socket());
}

static void foreign_pages_stay_out(void **state)
{
    (void)state;
    int fd;
    char other[64];
    assert_int_equal(ws_dial(server.port, "/ws", NULL, "aparte.v1", &fd), 403);
    assert_int_equal(ws_dial(server.port, "/ws", "http://evil.example", "aparte.v1", &fd), 403);
    assert_int_equal(ws_dial(server.port, "/ws", "null", "aparte.v1", &fd), 403);
    snprintf(other, sizeof other, "https://localhost:%d", server.port);
    assert_int_equal(ws_dial(server.port, "/ws", other, "aparte.v1", &fd), 403);
    snprintf(other, sizeof other, "http://127.0.0.1:%d", server.port); /* allowed, but Host says localhost */
    assert_int_equal(ws_dial(server.port, "/ws", other, "aparte.v1", &fd), 403);
    assert_int_equal(ws_dial(server.port, "/", origin, "aparte.v1", &fd), 404);
    assert_int_equal(ws_dial(server.port, "/ws/", origin, "aparte.v1", &fd), 404);
    assert_int_equal(ws_dial(server.port, "/ws", origin, NULL, &fd), 400);
    assert_int_equal(ws_dial(server.port, "/ws", origin, "aparte.v2", &fd), 400);
    assert_int_equal(ws_dial(server.port, "/ws", origin, "chat, aparte.v1", &fd), 101);
    close(fd);
}

static void the_challenge_comes_first_and_differs(void **state)
{
    (void)state;
    char nonces[2][64];
    for (int i = 0; i < 2; i++) {
        int fd;
        assert_int_equal(ws_dial(server.port, "/ws", origin, "aparte.v1", &fd), 101);
        json_t *m = ws_next(fd);
        assert_string_equal(json_string_value(json_object_get(m, "ev")), "challenge");
        assert_string_equal(json_string_value(json_object_get(m, "club")), "Aparté");
        assert_int_equal(json_integer_value(json_object_get(m, "version")), 1);
        assert_true(json_integer_value(json_object_get(m, "time")) > 1700000000000);
        assert_int_equal(json_string_length(json_object_get(m, "nonce")), 43);
        snprintf(nonces[i], sizeof nonces[i], "%s", json_string_value(json_object_get(m, "nonce")));
        json_decref(m);
        close(fd);
    }
    assert_string_not_equal(nonces[0], nonces[1]);
}

static void visitors_may_do_nothing(void **state)
{
    (void)state;
    static const char *const requests[] = {
        "\"do\":\"room.leave\"",
        "\"do\":\"room.end\"",
        "\"do\":\"invite.list\"",
        "\"do\":\"room.hand\",\"up\":true",
        "\"do\":\"room.open\",\"title\":\"\",\"who\":\"everyone\"",
        "\"do\":\"chain.read\",\"accounts\":[]",
        "\"do\":\"room.bring\",\"account\":\"EBESExQVFhcYGRobHB0eHw\"",
        "\"do\":\"log.append\",\"record\":\"AAAA\"",
        "\"do\":\"room.join\",\"room\":\"EBESExQVFhcYGRobHB0eHw\",\"leaf\":\"AAAA\",\"media\":{\"ufrag\":"
        "\"abcd\",\"fingerprint\":"
        "\"0NHS09TV1tfY2drb3N3e3-Dh4uPk5ebn6Onq6-zt7u8\",\"pt\":111,\"level\":1,\"ssrc\":[1,2]}"};
    int fd = connect_socket();
    for (int i = 0; i < (int)(sizeof requests / sizeof *requests); i++) {
        char text[512];
        snprintf(text, sizeof text, "{\"id\":%d,%s}", i + 1, requests[i]);
        ws_text(fd, text);
        json_t *m = ws_reply(fd, i + 1);
        assert_string_equal(error_code(m), "not_authenticated");
        json_decref(m);
    }
    ws_text(fd, "{\"id\":77,\"do\":\"room.dance\"}");
    json_t *m = ws_reply(fd, 77);
    assert_string_equal(error_code(m), "unknown_request");
    json_decref(m);
    close(fd);
}

static void nonsense_is_answered_and_then_ends(void **state)
{
    (void)state;
    int fd = connect_socket();
    for (int i = 0; i < LIMIT_STRIKES; i++) {
        if (i % 2)
            ws_send(fd, 2, true, "\0\1\2", 3); /* binary */
        else
            ws_text(fd, "this is not JSON");
        json_t *m = ws_event(fd, "error");
        assert_string_equal(error_code(m), "malformed");
        json_decref(m);
    }
    assert_null(ws_next(fd));
    assert_string_equal(ws_reason, "malformed"); /* and not the time-out of visitors */
    close(fd);
}

static void fragments_are_put_together(void **state)
{
    (void)state;
    static const char text[] = "{\"id\":5,\"do\":\"room.leave\"}";
    int fd = connect_socket();
    for (size_t i = 0; i < sizeof text - 1; i++) {
        ws_send(fd, i ? 0 : 1, i == sizeof text - 2, text + i, 1);
        if (i % 7 == 0) ws_send(fd, 9, true, "ping", 4); /* control frames may come between (RFC 6455 5.4) */
    }
    json_t *m = ws_reply(fd, 5);
    assert_string_equal(error_code(m), "not_authenticated");
    json_decref(m);
    close(fd);
}

static void giants_are_dropped(void **state)
{
    (void)state;
    char *text = malloc(LIMIT_VISITOR_MESSAGE_BYTES + 1);
    memset(text, ' ', LIMIT_VISITOR_MESSAGE_BYTES + 1);
    int fd = connect_socket();
    ws_send(fd, 1, true, text, LIMIT_VISITOR_MESSAGE_BYTES + 1);
    json_t *m = ws_event(fd, "error");
    assert_string_equal(error_code(m), "too_large");
    json_decref(m);
    /* Also in pieces; and the socket still listens afterwards. */
    for (int i = 0; i < 10; i++) ws_send(fd, i ? 0 : 1, i == 9, text, LIMIT_VISITOR_MESSAGE_BYTES / 8);
    m = ws_event(fd, "error");
    assert_string_equal(error_code(m), "too_large");
    json_decref(m);
    ws_text(fd, "{\"id\":5,\"do\":\"room.leave\"}");
    json_decref(ws_reply(fd, 5));
    close(fd);
    free(text);
}

static void garbage_frames_do_no_harm(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
    } rows[] = {{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12},
                {"\x83\x80\1\2\3\4", 6},
                {"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14},
                {"\x81\xff\0\0\0\0\0\0\0\0\0\0\0\0", 14},
                {"\x00\x81\1\2\3\4x", 7},
                {"\x81\x05hello", 7},
                {"\x89\xfe\x01\x00\1\2\3\4", 8},
                {"\x88\x81\1\2\3\4x", 7},
                {"\x88\x80\1\2\3\4", 6},
                {"\xc1\x81\1\2\3\4x", 7},
                {"\x01\x80\1\2\3\4\x01\x80\1\2\3\4", 12},
                {"GET / HTTP/1.1\r\n\r\n", 18}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int fd = connect_socket();
        assert_true(send(fd, rows[i].bytes, rows[i].len, MSG_NOSIGNAL) > 0);
        shutdown(fd, SHUT_WR);
        for (json_t *m; (m = ws_next(fd));) json_decref(m); /* until the server gives up on it */
        close(fd);
    }
    assert_alive();
}

static long elapsed_ms(struct timespec since)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - since.tv_sec) * 1000 + (now.tv_nsec - since.tv_nsec) / 1000000;
}

/* More than the bucket holds: everything is answered, only later. A busy machine makes it later still. */
static void haste_is_slowed_down(void **state)
{
    (void)state;
    enum { MESSAGES = LIMIT_MESSAGES_BURST + 25 };
    struct timespec start;
    int fd = connect_socket();
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int i = 1; i <= MESSAGES; i++) {
        char text[64];
        snprintf(text, sizeof text, "{\"id\":%d,\"do\":\"room.leave\"}", i);
        ws_text(fd, text);
    }
    struct pollfd p = {.fd = fd, .events = POLLIN};
    int answered = 0;
    while (answered < MESSAGES && poll(&p, 1, 60000) > 0) {
        json_t *m = ws_next(fd);
        assert_non_null(m);
        assert_int_equal(json_integer_value(json_object_get(m, "re")), ++answered);
        json_decref(m);
    }
    assert_int_equal(answered, MESSAGES);
    assert_true(elapsed_ms(start) > 25 * 1000 / LIMIT_MESSAGES_PER_S / 2);
    close(fd);
}

static void one_network_holds_so_many_sockets(void **state)
{
    (void)state;
    int fds[LIMIT_SOCKETS_PER_PREFIX], extra;
    for (int i = 0; i < LIMIT_SOCKETS_PER_PREFIX; i++) fds[i] = connect_socket();
    assert_int_equal(ws_dial(server.port, "/ws", origin, "aparte.v1", &extra), 429);
    for (int i = 0; i < LIMIT_SOCKETS_PER_PREFIX; i++) close(fds[i]);
    /* The places come back once the server has noticed. */
    unsigned status = 429;
    for (int i = 0; i < 2000 && status != 101; i++) {
        status = ws_dial(server.port, "/ws", origin, "aparte.v1", &extra);
        if (status != 101) poll(NULL, 0, 10);
    }
    assert_int_equal(status, 101);
    close(extra);
}

/* Who answers no ping is gone, whatever TCP thinks; who does stays. */
static void silence_is_a_loss(void **state)
{
    (void)state;
    int silent = connect_socket(), lively = connect_socket(), pings = 0;
    for (uint8_t bytes[64];;) {
        struct pollfd fds[] = {{.fd = silent, .events = POLLIN}, {.fd = lively, .events = POLLIN}};
        assert_true(poll(fds, 2, LIMIT_PING_MS + 2 * LIMIT_PONG_MS) > 0);
        if (fds[1].revents) {
            assert_true(recv(lively, bytes, 2 + 4, MSG_WAITALL) == 2 + 4);
            assert_int_equal(bytes[0], 0x80 | 9);
            ws_send(lively, 10, true, bytes + 2, 4);
        }
        ssize_t n = fds[0].revents ? recv(silent, bytes, sizeof bytes, 0) : 1;
        if (n <= 0) break;
        pings += fds[0].revents && bytes[0] == (0x80 | 9);
    }
    assert_int_equal(pings, 1);
    ws_text(lively, "{\"id\":5,\"do\":\"room.leave\"}");
    json_decref(ws_reply(lively, 5));
    close(silent);
    close(lively);
}

/* A visitor whose time is over hears why, and behind that nothing, no ping either: browsers take that for a
 * broken server. But the server does wait for the answer. */
static void nothing_follows_a_close(void **state)
{
    (void)state;
    enum { SILENT_FROM_MS = LIMIT_VISITOR_MS - LIMIT_PING_MS / 2 }; /* the next ping would follow the close */
    uint8_t frame[2 + 125];
    struct timespec start;
    bool silent = false, closed = false;
    int fd = connect_socket();
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (struct pollfd p = {.fd = fd, .events = POLLIN};;) {
        long left_ms = SILENT_FROM_MS - elapsed_ms(start);
        if (!silent && left_ms <= 0) {
            ws_send(fd, 10, true, "here", 4);
            silent = true;
        }
        int ready = poll(&p, 1, silent ? 60000 : (int)left_ms);
        assert_true(ready > 0 || !silent);
        if (ready == 0) continue;
        if (recv(fd, frame, 2, MSG_WAITALL) <= 0) break;
        assert_false(closed);
        assert_int_equal(recv(fd, frame + 2, frame[1], MSG_WAITALL), frame[1]);
        closed = frame[0] == (0x80 | 8);
        if (!closed) assert_int_equal(frame[0], 0x80 | 9);
        if (!silent) ws_send(fd, 10, true, frame + 2, frame[1]);
    }
    assert_true(closed);
    assert_memory_equal(frame + 4, "not_authenticated", frame[1] - 2);
    assert_true(elapsed_ms(start) > SILENT_FROM_MS + LIMIT_PING_MS + 1000);
    close(fd);
}

int main(int argc, char **argv)
{
    program = argc > 1 ? argv[1] : "aparte";
    const struct CMUnitTest tests[] = {cmocka_unit_test(foreign_pages_stay_out),
                                       cmocka_unit_test(the_challenge_comes_first_and_differs),
                                       cmocka_unit_test(visitors_may_do_nothing),
                                       cmocka_unit_test(nonsense_is_answered_and_then_ends),
                                       cmocka_unit_test(fragments_are_put_together),
                                       cmocka_unit_test(giants_are_dropped),
                                       cmocka_unit_test(garbage_frames_do_no_harm),
                                       cmocka_unit_test(haste_is_slowed_down),
                                       cmocka_unit_test(silence_is_a_loss),
                                       cmocka_unit_test(nothing_follows_a_close),
                                       cmocka_unit_test(one_network_holds_so_many_sockets)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
