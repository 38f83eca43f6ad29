/* TCP connections to a media port, on the kernel's loopback, with a clock that only the test moves. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "media/tcp.h"

enum { BATCH = 4, CHECK = 20 };

struct world {
    struct tcp *tcp;
    struct sockaddr_storage at;
    uint64_t now;
    struct datagram got[LIMIT_UDP_BATCH];
};

static struct sockaddr_storage loopback(int family)
{
    struct sockaddr_storage a = {.ss_family = (sa_family_t)family};
    if (family == AF_INET)
        ((struct sockaddr_in *)&a)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    else
        ((struct sockaddr_in6 *)&a)->sin6_addr = in6addr_loopback;
    return a;
}

static socklen_t len_of(const struct sockaddr_storage *a)
{
    return a->ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

/* A port that was free a moment ago; another program may be faster, then the next one. */
static void open_at(struct world *w, int family)
{
    enum err e = ERR_SYSTEM;
    for (int i = 0; i < 20 && e; i++) {
        int fd = socket(family, SOCK_STREAM, 0);
        socklen_t len = sizeof(w->at);
        w->at = loopback(family);
        assert_int_equal(bind(fd, (struct sockaddr *)&w->at, len_of(&w->at)), 0);
        assert_int_equal(getsockname(fd, (struct sockaddr *)&w->at, &len), 0);
        close(fd);
        e = tcp_open(&w->tcp);
        if (!e) e = tcp_listen(w->tcp, &w->at);
        if (e) tcp_close(w->tcp);
    }
    assert_int_equal(e, OK);
}

static int setup(void **state)
{
    static struct world w;
    w = (struct world){.now = 1000};
    open_at(&w, AF_INET);
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    tcp_close(((struct world *)*state)->tcp);
    return 0;
}

static int dial(const struct world *w)
{
    int fd = socket(w->at.ss_family, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&w->at, len_of(&w->at)), 0);
    return fd;
}

static void say(int fd, uint8_t first, size_t len)
{
    uint8_t frame[2 + LIMIT_DATAGRAM_BYTES] = {(uint8_t)(len >> 8), (uint8_t)len, first};
    if (first < 4 && len >= 8) memcpy(frame + 6, "\x21\x12\xa4\x42", 4);
    assert_int_equal(send(fd, frame, 2 + len, MSG_NOSIGNAL), 2 + len);
}

/* Waits for something to do and does it; a hang fails. */
static size_t hear(struct world *w, size_t n)
{
    struct pollfd fd = {.fd = tcp_fd(w->tcp), .events = POLLIN};
    if (!tcp_more(w->tcp)) assert_int_equal(poll(&fd, 1, 20000), 1);
    return tcp_recv(w->tcp, w->got, n, w->now);
}

static size_t hear_some(struct world *w)
{
    size_t n = 0;
    while (!(n = hear(w, LIMIT_UDP_BATCH))) {}
    return n;
}

/* A connection that has begun with a check. */
static int greet(struct world *w, uint32_t *stream)
{
    int fd = dial(w);
    say(fd, 0, CHECK);
    assert_int_equal(hear_some(w), 1);
    *stream = w->got[0].from.stream;
    assert_int_not_equal(*stream, 0);
    return fd;
}

/* Nothing is left to do for it, and it was closed: its other end is at its end. */
static void is_closed(struct world *w, int fd)
{
    uint8_t byte[4096];
    struct pollfd end = {.fd = fd, .events = POLLIN};
    ssize_t n = 1;
    for (int i = 0; i < 1000 && n > 0; i++) {
        (void)tcp_recv(w->tcp, w->got, LIMIT_UDP_BATCH, w->now);
        if (poll(&end, 1, 20)) n = recv(fd, byte, sizeof(byte), 0);
    }
    assert_true(n == 0 || errno == ECONNRESET);
    close(fd);
}

static void is_open(struct world *w, int fd)
{
    uint8_t byte;
    (void)tcp_recv(w->tcp, w->got, LIMIT_UDP_BATCH, w->now);
    assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), -1);
    assert_int_equal(errno, EAGAIN);
}

static void frames_there_and_back(struct world *w)
{
    uint32_t stream;
    int fd = greet(w, &stream);
    assert_int_equal(w->got[0].data.len, CHECK);
    struct sockaddr_storage self;
    socklen_t len = sizeof(self);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&self, &len), 0);
    assert_memory_equal(&w->got[0].from.v6, &self,
                        w->at.ss_family == AF_INET ? 8 : sizeof(struct sockaddr_in6));

    /* byte by byte, an empty one (RFC 4571 2: it says nothing), then the largest */
    const uint8_t small[] = {0, 3, 0x80, 'a', 'b', 0, 0};
    for (size_t i = 0; i < sizeof(small); i++) {
        assert_int_equal(send(fd, small + i, 1, 0), 1);
        size_t n = hear(w, LIMIT_UDP_BATCH);
        assert_int_equal(n, i == 4);
        if (n)
            assert_memory_equal(w->got[0].data.ptr,
                                "\x80"
                                "ab",
                                3);
    }
    say(fd, 0x81, LIMIT_DATAGRAM_BYTES);
    assert_int_equal(hear_some(w), 1);
    assert_int_equal(w->got[0].data.len, LIMIT_DATAGRAM_BYTES);
    assert_int_equal(w->got[0].from.stream, stream);

    uint8_t train[5] = {1, 2, 3, 4, 5}, back[16];
    assert_int_equal(tcp_send(w->tcp, stream, train, 5, 2), 0);
    assert_int_equal(recv(fd, back, sizeof(back), MSG_DONTWAIT), -1); /* not before the flush */
    tcp_flush(w->tcp);
    assert_int_equal(recv(fd, back, 11, MSG_WAITALL), 11);
    assert_memory_equal(back, "\0\2\1\2\0\2\3\4\0\1\5", 11);
    close(fd);
}

static void ipv4(void **state)
{
    frames_there_and_back(*state);
}

static void ipv6(void **state)
{
    struct world *w = *state;
    tcp_close(w->tcp);
    open_at(w, AF_INET6);
    frames_there_and_back(w);
}

static void more_than_was_asked_for(void **state)
{
    struct world *w = *state;
    uint32_t stream;
    int fd = greet(w, &stream);
    for (uint8_t i = 0; i < 3 * BATCH - 1; i++) say(fd, (uint8_t)(0x80 + i), 12);
    for (size_t seen = 0; seen < 3 * BATCH - 1;) {
        size_t n = hear(w, BATCH);
        for (size_t i = 0; i < n; i++) assert_int_equal(w->got[i].data.ptr[0], 0x80 + seen++);
    }
    assert_int_equal(tcp_recv(w->tcp, w->got, BATCH, w->now), 0);
    assert_false(tcp_more(w->tcp));
    close(fd);
}

/* What one sent is taken up to the size of its buffer, and the rest with the next turn. */
static void a_turn_takes_a_buffer_full(void **state)
{
    enum { FRAME = 32, FIT = LIMIT_STREAM_IN_BYTES / FRAME };
    struct world *w = *state;
    uint32_t stream;
    int fd = greet(w, &stream);
    uint8_t frames[FIT + 1][FRAME];
    for (size_t i = 0; i <= FIT; i++) {
        memset(frames[i], 0x80, FRAME);
        frames[i][0] = 0, frames[i][1] = FRAME - 2, frames[i][2] = 0x80, frames[i][3] = (uint8_t)i;
    }
    assert_int_equal(send(fd, frames, sizeof(frames), 0), sizeof(frames)); /* one write: there at once */
    assert_int_equal(hear(w, LIMIT_UDP_BATCH), FIT);
    for (size_t i = 0; i < FIT; i++) assert_int_equal(w->got[i].data.ptr[1], i);
    assert_int_equal(hear(w, LIMIT_UDP_BATCH), 1);
    assert_int_equal(w->got[0].data.ptr[1], FIT);
    close(fd);
}

/* Before anything is flushed, so that the kernel holds nothing of it. */
static void so_much_waits_to_be_sent(void **state)
{
    enum { SIZE = 1022, FIT = LIMIT_STREAM_OUT_BYTES / (SIZE + 2) };
    struct world *w = *state;
    uint32_t stream;
    int fd = greet(w, &stream);
    static uint8_t bytes[SIZE], back[LIMIT_STREAM_OUT_BYTES];
    for (size_t i = 0; i < FIT; i++) assert_int_equal(tcp_send(w->tcp, stream, bytes, SIZE, SIZE), 0);
    assert_int_equal(tcp_send(w->tcp, stream, bytes, 1, 1), 1);
    tcp_flush(w->tcp);
    assert_int_equal(recv(fd, back, sizeof(back), MSG_WAITALL), LIMIT_STREAM_OUT_BYTES);
    assert_int_equal(tcp_send(w->tcp, stream, bytes, 1, 1), 0);
    close(fd);
}

static void only_checks_come_first(void **state)
{
    struct world *w = *state;
    int fd = dial(w);
    say(fd, 0x80, 40); /* RTP */
    is_closed(w, fd);
    fd = dial(w);
    assert_int_equal(send(fd, "GET / HTTP/1.1\r\n\r\n", 18, 0), 18); /* a length beyond any datagram */
    is_closed(w, fd);
    uint32_t stream;
    fd = greet(w, &stream);
    assert_int_equal(send(fd, "\xff\xff", 2, 0), 2);
    is_closed(w, fd);
    uint8_t byte = 0;
    assert_int_equal(tcp_send(w->tcp, stream, &byte, 1, 1), 1); /* its number means nobody now */
    tcp_flush(w->tcp);
}

static void who_proves_nothing_is_closed(void **state)
{
    struct world *w = *state;
    uint32_t proven, stranger;
    int good = greet(w, &proven), bad = greet(w, &stranger);
    tcp_keep(w->tcp, proven, w->now);
    assert_int_equal(tcp_tick(w->tcp, w->now), w->now + LIMIT_STREAM_TICK_MS);
    w->now += LIMIT_STREAM_PROOF_MS - 1;
    (void)tcp_tick(w->tcp, w->now);
    is_open(w, bad);
    w->now += LIMIT_STREAM_TICK_MS;
    (void)tcp_tick(w->tcp, w->now);
    is_closed(w, bad);
    is_open(w, good);
    w->now += LIMIT_STREAM_MS;
    assert_int_equal(tcp_tick(w->tcp, w->now), UINT64_MAX); /* nothing to wait for any more */
    is_closed(w, good);
}

static void a_peer_that_goes_takes_it_along(void **state)
{
    struct world *w = *state;
    uint32_t stream;
    int fd = greet(w, &stream);
    tcp_drop(w->tcp, stream);
    tcp_drop(w->tcp, stream);
    is_closed(w, fd);
}

/* Whole datagrams are lost, none is cut, and the others are served meanwhile. */
static void a_slow_reader_loses_packets(void **state)
{
    enum { SIZE = 1000, COUNT = 5000 };
    struct world *w = *state;
    uint32_t slow, quick;
    int fd = greet(w, &slow), other = greet(w, &quick);
    uint8_t bytes[SIZE], head[2];
    size_t lost = 0;
    for (uint32_t i = 0; i < COUNT; i++) {
        memset(bytes, (int)i, SIZE);
        lost += tcp_send(w->tcp, slow, bytes, SIZE, SIZE);
        tcp_flush(w->tcp);
    }
    assert_in_range(lost, 1, COUNT - 1);
    assert_int_equal(tcp_send(w->tcp, quick, bytes, SIZE, SIZE), 0);
    tcp_flush(w->tcp);
    assert_int_equal(recv(other, bytes, SIZE, MSG_WAITALL), SIZE);

    for (size_t i = 0; i < COUNT - lost; i++) { /* it reads again: all that was taken is there */
        (void)tcp_recv(w->tcp, w->got, LIMIT_UDP_BATCH, w->now);
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        while (poll(&ready, 1, 20) == 0) (void)tcp_recv(w->tcp, w->got, LIMIT_UDP_BATCH, w->now);
        assert_int_equal(recv(fd, head, 2, MSG_WAITALL), 2);
        assert_memory_equal(head, "\x03\xe8", 2);
        for (size_t have = 0; have < SIZE;) {
            ssize_t n = recv(fd, bytes + have, SIZE - have, MSG_DONTWAIT);
            if (n > 0)
                have += (size_t)n;
            else
                (void)tcp_recv(w->tcp, w->got, LIMIT_UDP_BATCH, w->now);
        }
        assert_int_equal(bytes[0], bytes[SIZE - 1]);
    }
    is_open(w, fd);
    close(fd);
    close(other);
}

static void who_takes_nothing_is_closed(void **state)
{
    struct world *w = *state;
    uint32_t stream;
    int fd = greet(w, &stream);
    uint8_t bytes[1000] = {0};
    for (int i = 0; i < 5000; i++) {
        (void)tcp_send(w->tcp, stream, bytes, sizeof(bytes), sizeof(bytes));
        tcp_flush(w->tcp);
    }
    const uint64_t until = w->now + LIMIT_STREAM_STALL_MS;
    while (w->now < until) {
        tcp_keep(w->tcp, stream, w->now);
        (void)tcp_send(w->tcp, stream, bytes, sizeof(bytes), sizeof(bytes));
        assert_int_not_equal(tcp_tick(w->tcp, w->now), UINT64_MAX); /* it is there */
        w->now += LIMIT_STREAM_TICK_MS;
    }
    assert_int_equal(tcp_tick(w->tcp, w->now), UINT64_MAX);
    assert_int_equal(tcp_send(w->tcp, stream, bytes, 1, 1), 1);
    is_closed(w, fd);
}

static void strangers_make_room(void **state)
{
    struct world *w = *state;
    static int fds[LIMIT_STREAMS + 2];
    struct rlimit files;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
    files.rlim_cur = files.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
    uint32_t proven, stream;
    fds[0] = greet(w, &proven);
    tcp_keep(w->tcp, proven, w->now);
    w->now += LIMIT_STREAM_MS - 1; /* it has the least time left, and yet stays */
    for (size_t i = 1; i < LIMIT_STREAMS + 2; i++) {
        w->now++;
        fds[i] = greet(w, &stream);
    }
    is_closed(w, fds[1]);
    is_closed(w, fds[2]);
    is_open(w, fds[0]);
    is_open(w, fds[3]);
    for (size_t i = 0; i < LIMIT_STREAMS + 2; i++)
        if (i != 1 && i != 2) close(fds[i]);
}

static void a_taken_port(void **state)
{
    struct world *w = *state;
    struct tcp *second;
    assert_int_equal(tcp_open(&second), OK);
    assert_int_equal(tcp_listen(second, &w->at), ERR_SYSTEM);
    tcp_close(second);
    tcp_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(ipv4, setup, teardown),
        cmocka_unit_test_setup_teardown(ipv6, setup, teardown),
        cmocka_unit_test_setup_teardown(more_than_was_asked_for, setup, teardown),
        cmocka_unit_test_setup_teardown(a_turn_takes_a_buffer_full, setup, teardown),
        cmocka_unit_test_setup_teardown(so_much_waits_to_be_sent, setup, teardown),
        cmocka_unit_test_setup_teardown(only_checks_come_first, setup, teardown),
        cmocka_unit_test_setup_teardown(who_proves_nothing_is_closed, setup, teardown),
        cmocka_unit_test_setup_teardown(a_peer_that_goes_takes_it_along, setup, teardown),
        cmocka_unit_test_setup_teardown(a_slow_reader_loses_packets, setup, teardown),
        cmocka_unit_test_setup_teardown(who_takes_nothing_is_closed, setup, teardown),
        cmocka_unit_test_setup_teardown(strangers_make_room, setup, teardown),
        cmocka_unit_test_setup_teardown(a_taken_port, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
