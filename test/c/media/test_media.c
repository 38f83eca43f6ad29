/* The plane as the server has it: media_start to media_stop, threads, rings, real sockets on loopback.
 * Nothing here is timed: what must happen is waited for, up to a limit that only a hang reaches. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "client.h"

enum { THREADS = 3, HANG_MS = 20000 };

struct world {
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

static struct sockaddr_storage loopback(uint16_t port)
{
    struct sockaddr_storage a = {0};
    *(struct sockaddr_in *)&a = (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return a;
}

static int setup(void **state)
{
    static struct world world;
    world = (struct world){.wake_fd = eventfd(0, EFD_NONBLOCK)};
    struct media_config config = {
        .address = loopback(0), .threads = THREADS, .pin = true, .wake = wake, .user = &world};
    assert_int_equal(media_start(&world.media, &config), OK);
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

static void send_udp(struct client *c, struct view datagram)
{
    struct world *w = c->user;
    struct sockaddr_storage to = loopback(media_port(w->media, c->name));
    size_t i = 0;
    while (w->clients[i] != c) i++;
    assert_int_equal(
        sendto(w->fds[i], datagram.ptr, datagram.len, 0, (struct sockaddr *)&to, sizeof(struct sockaddr_in)),
        datagram.len);
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
        for (size_t i = 0; i < w->count; i++) {
            uint8_t buf[LIMIT_DATAGRAM_BYTES];
            ssize_t len;
            while ((len = recv(w->fds[i], buf, sizeof(buf), MSG_DONTWAIT)) >= 0)
                client_on_datagram(w->clients[i], (struct view){buf, (size_t)len});
        }
        clock_gettime(CLOCK_MONOTONIC, &now);
        if ((now.tv_sec - start.tv_sec) * 1000 > HANG_MS) fail_msg("waited for too long");
    }
}

static struct client *add(struct world *w, struct id room)
{
    struct client *c = client_new((unsigned)w->count, room);
    struct sockaddr_storage any = loopback(0);
    c->user = w;
    c->send = send_udp;
    w->fds[w->count] = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(bind(w->fds[w->count], (struct sockaddr *)&any, sizeof(struct sockaddr_in)), 0);
    w->clients[w->count++] = c;
    c->name = media_peer_name(w->media, room);
    assert_int_not_equal(c->name, 0);
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

static void bad_configurations(void **state)
{
    (void)state;
    struct media *m = (struct media *)1;
    struct media_config config = {.address = loopback(0), .threads = 0};
    assert_int_equal(media_start(&m, &config), ERR_UNSUPPORTED);
    assert_null(m);
    config.threads = LIMIT_MEDIA_THREADS + 1;
    assert_int_equal(media_start(&m, &config), ERR_UNSUPPORTED);
    config.threads = 2;
    ((struct sockaddr_in *)&config.address)->sin_addr.s_addr = htonl(INADDR_ANY);
    assert_int_equal(media_start(&m, &config), ERR_UNSUPPORTED);
    media_stop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rooms_on_threads, setup, teardown),
        cmocka_unit_test_setup_teardown(names_are_never_reused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_plane_says_so, setup, teardown),
        cmocka_unit_test_setup_teardown(a_large_room_spans_threads, setup, teardown),
        cmocka_unit_test(bad_configurations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
