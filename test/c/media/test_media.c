/* The plane as the server has it: media_start to media_stop, threads, rings, real sockets on loopback.
 * Nothing here is timed: what must happen is waited for, up to a limit that only a hang reaches. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "client.h"

enum { THREADS = 3, HANG_MS = 20000 };

struct network {
    int family; /* AF_UNSPEC: both, clients take turns */
    bool tcp;
};

struct inbox { /* what a TCP connection has brought, frames and their beginnings */
    size_t len;
    uint8_t bytes[1 << 16];
};

struct world {
    struct network on;
    struct inbox inboxes[8]; /* TCP only */
    bool ended[8];
    struct media *media;
    int wake_fd;
    struct client *clients[8];
    int fds[8];
    size_t count, ups, downs;
    struct media_event last;
};

static void wake(void *user)
{
    struct world *w = user;
    uint64_t one = 1;
    if (write(w->wake_fd, &one, sizeof(one)) < 0) abort();
}

static struct sockaddr_storage loopback(int family, uint16_t port)
{
    struct sockaddr_storage a = {0};
    if (family == AF_INET6) {
        *(struct sockaddr_in6 *)&a = (struct sockaddr_in6){
            .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
        return a;
    }
    *(struct sockaddr_in *)&a = (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return a;
}

static int family_of(const struct world *w, size_t client)
{
    if (w->on.family != AF_UNSPEC) return w->on.family;
    return client % 2 ? AF_INET6 : AF_INET;
}

/* The kernel chose ports that are free for UDP; somebody else may have one of them for TCP. */
static bool has_tcp(struct media *m, size_t addresses)
{
    bool all = true;
    for (uint8_t i = 0; i < THREADS; i++) {
        peer_name name = media_peer_name(m, (struct id){{0, 0, 0, i}});
        all = all && media_tcp(m, name, 0) && media_tcp(m, name, addresses - 1);
        media_peer_release(m, name);
    }
    return all;
}

static int setup(void **state)
{
    static struct world world;
    struct network on = *state ? *(struct network *)*state : (struct network){AF_INET, false};
    world = (struct world){.on = on, .wake_fd = eventfd(0, EFD_NONBLOCK)};
    struct media_config config = {
        .address_count = 1, .threads = THREADS, .pin = true, .wake = wake, .user = &world};
    config.addresses[0].at = loopback(on.family == AF_UNSPEC ? AF_INET : on.family, 0);
    if (on.family == AF_UNSPEC) config.addresses[config.address_count++].at = loopback(AF_INET6, 0);
    enum err e;
    int tries = 0;
    do {
        media_stop(world.media);
        assert_true(tries++ < 20);
        e = media_start(&world.media, &config); /* with two addresses the port may be taken at the second */
    } while (e || !has_tcp(world.media, config.address_count));
    *state = &world;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    media_stop(w->media);
    for (size_t i = 0; i < w->count; i++) {
        client_free(w->clients[i]);
        close(w->fds[i]);
    }
    close(w->wake_fd);
    return 0;
}

static void send_one(struct client *c, struct view datagram)
{
    struct world *w = c->user;
    size_t i = 0;
    while (w->clients[i] != c) i++;
    uint8_t head[2] = {(uint8_t)(datagram.len >> 8), (uint8_t)datagram.len}; /* RFC 4571 2 */
    if (w->on.tcp) assert_int_equal(send(w->fds[i], head, 2, MSG_NOSIGNAL), 2);
    assert_int_equal(send(w->fds[i], datagram.ptr, datagram.len, MSG_NOSIGNAL), datagram.len);
}

static void hear_udp(struct world *w, size_t i)
{
    uint8_t buf[LIMIT_DATAGRAM_BYTES];
    ssize_t len;
    while ((len = recv(w->fds[i], buf, sizeof(buf), MSG_DONTWAIT)) >= 0)
        client_on_datagram(w->clients[i], (struct view){buf, (size_t)len});
}

static void hear_tcp(struct world *w, size_t i)
{
    struct inbox *in = &w->inboxes[i];
    ssize_t len = recv(w->fds[i], in->bytes + in->len, sizeof(in->bytes) - in->len, MSG_DONTWAIT);
    if (len == 0) w->ended[i] = true;
    if (len <= 0) return;
    in->len += (size_t)len;
    struct reader r = reader_init((struct view){in->bytes, in->len});
    size_t used = 0;
    for (;;) {
        struct view frame = read_view(&r, read_u16(&r));
        if (r.err) break;
        used += 2 + frame.len;
        client_on_datagram(w->clients[i], frame);
    }
    in->len -= used;
    memmove(in->bytes, in->bytes + used, in->len);
}

static void pull(struct world *w)
{
    uint64_t n;
    if (read(w->wake_fd, &n, sizeof(n)) < 0) assert_int_equal(errno, EAGAIN);
    while (media_pull(w->media, &w->last)) {
        w->ups += w->last.kind == MEDIA_PEER_UP;
        w->downs += w->last.kind == MEDIA_PEER_DOWN;
    }
}

/* Handles what arrives until `done`. */
static void until(struct world *w, bool (*done)(struct world *))
{
    struct timespec start, now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    while (!done(w)) {
        struct pollfd fds[9] = {{.fd = w->wake_fd, .events = POLLIN}};
        for (size_t i = 0; i < w->count; i++) fds[i + 1] = (struct pollfd){.fd = w->fds[i], .events = POLLIN};
        poll(fds, w->count + 1, 20);
        pull(w);
        for (size_t i = 0; i < w->count; i++) w->on.tcp ? hear_tcp(w, i) : hear_udp(w, i);
        clock_gettime(CLOCK_MONOTONIC, &now);
        if ((now.tv_sec - start.tv_sec) * 1000 > HANG_MS) fail_msg("waited for too long");
    }
}

static int dial(const struct world *w, size_t client, peer_name name)
{
    int family = family_of(w, client);
    struct sockaddr_storage to = loopback(family, media_port(w->media, name));
    socklen_t len = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    int fd = socket(family, w->on.tcp ? SOCK_STREAM : SOCK_DGRAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, len), 0);
    return fd;
}

static struct client *add(struct world *w, struct id room)
{
    struct client *c = client_new((unsigned)w->count, room);
    c->user = w;
    c->send = send_one;
    c->name = media_peer_name(w->media, room);
    assert_int_not_equal(c->name, 0);
    assert_true(media_tcp(w->media, c->name, 0));
    w->fds[w->count] = dial(w, w->count, c->name);
    w->clients[w->count++] = c;
    struct media_command command = {.kind = MEDIA_PEER_ADD, .peer = c->name, .add = c->is};
    assert_int_equal(media_push(w->media, &command), OK);
    command = (struct media_command){.kind = MEDIA_PEER_SPEAK, .peer = c->name, .speak = true};
    assert_int_equal(media_push(w->media, &command), OK);
    return c;
}

static bool all_added(struct world *w)
{
    return media_stats(w->media).peers == w->count;
}
static bool all_answered(struct world *w)
{
    for (size_t i = 0; i < w->count; i++)
        if (!w->clients[i]->answers) return false;
    return true;
}
static bool all_up(struct world *w)
{
    /* The server is up before its last flight has reached the client, which then has no keys yet. */
    for (size_t i = 0; i < w->count; i++)
        if (!w->clients[i]->up) return false;
    return w->ups == w->count;
}
static bool all_heard(struct world *w)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->clients[i]->heard_count < 20) return false;
    return true;
}
static bool nobody_left(struct world *w)
{
    return media_stats(w->media).peers == 0;
}
static bool all_ended(struct world *w)
{
    for (size_t i = 0; i < w->count; i++)
        if (!w->ended[i]) return false;
    return true;
}
static bool one_down(struct world *w)
{
    return w->downs == 1;
}

static void join_all(struct world *w)
{
    until(w, all_added);
    for (size_t i = 0; i < w->count; i++) client_check(w->clients[i], true);
    until(w, all_answered);
    for (size_t i = 0; i < w->count; i++) client_hello(w->clients[i]);
    until(w, all_up);
}

static void rooms_on_threads(void **state)
{
    struct world *w = *state;
    for (int i = 0; i < 8; i++) add(w, (struct id){{0, 0, 0, (uint8_t)(i % 4)}}); /* four rooms of two */
    assert_int_equal(media_port(w->media, w->clients[0]->name), media_port(w->media, w->clients[4]->name));
    assert_int_not_equal(media_port(w->media, w->clients[0]->name),
                         media_port(w->media, w->clients[1]->name));
    join_all(w);
    for (int k = 0; k < 20; k++)
        for (size_t i = 0; i < w->count; i++)
            client_say(w->clients[i], (const char *[]){"0", "1", "2", "3"}[i % 4], 20);
    until(w, all_heard);
    for (size_t i = 0; i < w->count; i++) {
        assert_int_equal(w->clients[i]->heard_count, 20);
        assert_int_equal(client_heard(w->clients[i], 0)->payload[0], '0' + i % 4);
        assert_int_equal(w->clients[i]->deaf_count, 0);
    }
    struct media_stats s = media_stats(w->media);
    assert_int_equal(s.forwarded, 160);
    assert_int_equal(s.dtls_up, 8);
    assert_int_equal(s.dropped_send, 0);

    client_close(w->clients[0]);
    until(w, one_down);
    assert_int_equal(w->last.peer, w->clients[0]->name);
    assert_int_equal(w->last.why, MEDIA_DOWN_CLOSED);
    media_peer_release(w->media, w->clients[0]->name);
    for (size_t i = 1; i < w->count; i++) {
        struct media_command drop = {.kind = MEDIA_PEER_DROP, .peer = w->clients[i]->name};
        assert_int_equal(media_push(w->media, &drop), OK);
        media_peer_release(w->media, w->clients[i]->name);
    }
    until(w, nobody_left);
    if (w->on.tcp) until(w, all_ended);
}

/* The connection breaks; over the next one the same peer goes on, without another handshake. */
static void a_lost_connection_is_replaced(void **state)
{
    struct world *w = *state;
    struct client *c[] = {add(w, (struct id){{1}}), add(w, (struct id){{1}})};
    join_all(w);
    close(w->fds[0]);
    w->fds[0] = dial(w, 0, c[0]->name);
    w->inboxes[0].len = c[0]->answers = 0;
    client_check(c[0], true);
    until(w, all_answered);
    for (int i = 0; i < 20; i++) client_say(c[0], "a", 20), client_say(c[1], "b", 20);
    until(w, all_heard);
    assert_int_equal(c[0]->heard_count + c[1]->heard_count, 40);
    assert_int_equal(media_stats(w->media).dtls_up, 2);
}

static void names_are_never_reused(void **state)
{
    struct world *w = *state;
    struct id room = {{9}};
    peer_name first = media_peer_name(w->media, room);
    media_peer_release(w->media, first);
    media_peer_release(w->media, first); /* twice is harmless */
    peer_name second = media_peer_name(w->media, room);
    assert_int_not_equal(first, second);
    assert_int_not_equal(media_port(w->media, second), 0);
    assert_int_equal(media_port(w->media, 0), 0);
    struct media_command bad = {.kind = MEDIA_PEER_DROP,
                                .peer = (peer_name)1 << 32 | (peer_name)200 << 24 | 1};
    assert_int_equal(media_push(w->media, &bad), ERR_NOT_FOUND);
    media_peer_release(w->media, bad.peer);
}

static void a_full_plane_says_so(void **state)
{
    struct world *w = *state;
    struct id room = {{1, 2, 3}};
    peer_name last = 0, name;
    size_t count = 0;
    while ((name = media_peer_name(w->media, room))) last = name, count++;
    assert_int_equal(count, THREADS * LIMIT_PEERS_PER_THREAD);
    media_peer_release(w->media, last);
    assert_int_not_equal(media_peer_name(w->media, room), 0);
    assert_int_equal(media_peer_name(w->media, room), 0);
}

/* A small room stays at home; a large one grows over all threads, evenly but for home's advantage. */
static void a_large_room_spans_threads(void **state)
{
    struct world *w = *state;
    unsigned on[THREADS] = {0};
    for (int i = 0; i < 3000; i++) {
        peer_name name = media_peer_name(w->media, (struct id){{0, 0, 0, 1}});
        on[name >> 24 & 0xff]++;
        if (i == LIMIT_SPAN_SKEW) assert_int_equal(on[1], LIMIT_SPAN_SKEW + 1);
    }
    assert_in_range(on[1], (3000 - LIMIT_SPAN_SKEW) / 3 + LIMIT_SPAN_SKEW - 1, 3000 / 3 + LIMIT_SPAN_SKEW);
    assert_in_range(on[0], on[2] - 1, on[2] + 1);
}

/* Where HTTP has the port, media leaves TCP alone; the thread beside it does not. */
static void http_keeps_its_port(void **state)
{
    (void)state;
    struct sockaddr_storage at = loopback(AF_INET, 0);
    socklen_t len = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(struct sockaddr_in)), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    close(fd);
    struct media *m;
    struct media_config config = {.threads = 1, .address_count = 1};
    config.addresses[0] = (struct media_address){at, ntohs(((struct sockaddr_in *)&at)->sin_port)};
    assert_int_equal(media_start(&m, &config), OK);
    peer_name name = media_peer_name(m, (struct id){{1}});
    assert_int_equal(media_port(m, name), config.addresses[0].http_port);
    assert_false(media_tcp(m, name, 0));
    assert_false(media_tcp(m, name, 1));
    assert_false(media_tcp(m, 0, 0));
    media_stop(m);
}

static void bad_configurations(void **state)
{
    (void)state;
    struct media *m = (struct media *)1;
    struct media_config config = {.address_count = 1};
    config.addresses[0].at = config.addresses[1].at = loopback(AF_INET, 0);
    assert_int_equal(media_start(&m, &config), ERR_UNSUPPORTED);
    assert_null(m);
    config.threads = LIMIT_MEDIA_THREADS + 1;
    assert_int_equal(media_start(&m, &config), ERR_UNSUPPORTED);
    config.threads = 2;
    config.address_count = 2; /* two of a kind */
    assert_int_equal(media_start(&m, &config), ERR_UNSUPPORTED);
    config.address_count = LIMIT_MEDIA_ADDRESSES + 1;
    assert_int_equal(media_start(&m, &config), ERR_UNSUPPORTED);
    config.address_count = 0;
    assert_int_equal(media_start(&m, &config), ERR_UNSUPPORTED);
    config.address_count = 1;
    ((struct sockaddr_in *)&config.addresses[0].at)->sin_addr.s_addr = htonl(INADDR_ANY);
    assert_int_equal(media_start(&m, &config), ERR_UNSUPPORTED);
    media_stop(NULL);
}

int main(void)
{
    static struct network udp6 = {AF_INET6, false}, tcp4 = {AF_INET, true}, tcp6 = {AF_INET6, true},
                          both = {AF_UNSPEC, false}, tcp_both = {AF_UNSPEC, true};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rooms_on_threads, setup, teardown),
        cmocka_unit_test_prestate_setup_teardown(rooms_on_threads, setup, teardown, &udp6),
        cmocka_unit_test_prestate_setup_teardown(rooms_on_threads, setup, teardown, &tcp4),
        cmocka_unit_test_prestate_setup_teardown(rooms_on_threads, setup, teardown, &tcp6),
        cmocka_unit_test_prestate_setup_teardown(rooms_on_threads, setup, teardown, &both),
        cmocka_unit_test_prestate_setup_teardown(rooms_on_threads, setup, teardown, &tcp_both),
        cmocka_unit_test_prestate_setup_teardown(a_lost_connection_is_replaced, setup, teardown, &tcp4),
        cmocka_unit_test_setup_teardown(names_are_never_reused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_plane_says_so, setup, teardown),
        cmocka_unit_test_setup_teardown(a_large_room_spans_threads, setup, teardown),
        cmocka_unit_test(http_keeps_its_port),
        cmocka_unit_test(bad_configurations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
