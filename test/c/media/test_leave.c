/* How a peer goes, and what is left of it: nothing, and an event that always arrives. On the simulated
 * network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "net.h"
#include "wire/rtp.h"

static struct media_event last_event(const struct net *n)
{
    assert_true(n->event_count > 0);
    return n->events[n->event_count - 1];
}

static void a_dropped_peer_gets_nothing_more(void **state)
{
    struct net *n = *state;
    struct client *a = net_join(n, net_room(1), true), *b = net_join(n, net_room(1), true),
                  *c = net_join(n, net_room(1), false);
    client_say(a, "1", 20);
    net_settle(n);
    assert_int_equal(b->heard_count, 1);
    net_drop(n, b);
    size_t before = b->datagrams;
    for (int i = 0; i < 50; i++) {
        client_say(a, "2", 20);
        client_say(b, "from beyond", 0);
        client_check(b, true);
        client_report(b, 1);
        client_hello(b);
        net_pass(n, 100);
    }
    assert_int_equal(b->datagrams, before);
    assert_int_equal(c->heard_count, 51);
    assert_false(net_event(n, MEDIA_PEER_DOWN, b)); /* control knows */
    assert_int_equal(n->w.stats.peers, 2);
}

static void silence_ends_consent(void **state)
{
    struct net *n = *state;
    struct client *a = net_join(n, net_room(1), true), *b = net_join(n, net_room(1), false);
    for (int i = 0; i < LIMIT_CONSENT_MS / 1000 - 1; i++) {
        net_pass(n, 1000);
        client_check(a, true);
    }
    assert_int_equal(n->w.stats.peers, 2);
    net_pass(n, 1020);
    assert_true(net_event(n, MEDIA_PEER_DOWN, b));
    assert_false(net_event(n, MEDIA_PEER_DOWN, a));
    assert_int_equal(last_event(n).why, MEDIA_DOWN_CONSENT);
    size_t before = b->datagrams;
    client_say(a, "gone?", 20);
    net_settle(n);
    assert_int_equal(b->datagrams, before);
}

static void who_never_comes_is_given_up(void **state)
{
    struct net *n = *state;
    struct client *c = net_client(n, net_room(1));
    net_add(n, c);
    net_pass(n, LIMIT_CONSENT_MS - 20);
    assert_int_equal(n->event_count, 0);
    net_pass(n, 40);
    assert_int_equal(last_event(n).why, MEDIA_DOWN_CONSENT);
    assert_int_equal(n->w.stats.peers, 0);
    assert_int_equal(pool_used(&n->w.rooms), 0);
    assert_int_equal(worker_deadline(&n->w), UINT64_MAX);
}

static void dtls_that_never_ends_is_given_up(void **state)
{
    struct net *n = *state;
    struct client *c = net_client(n, net_room(1));
    net_add(n, c);
    for (int i = 0; i <= LIMIT_DTLS_MS / 1000; i++) {
        client_check(c, true);
        net_pass(n, 1000);
    }
    assert_int_equal(last_event(n).why, MEDIA_DOWN_DTLS);
    assert_int_equal(n->w.stats.dtls_failed, 1);
}

static bool lose_dtls(struct net *n, const struct client *to, struct view d)
{
    (void)n;
    return packet_kind(d) == PACKET_DTLS && to->datagrams < 4;
}

static void a_lost_flight_is_repeated(void **state)
{
    struct net *n = *state;
    struct client *c = net_client(n, net_room(1));
    net_add(n, c);
    client_check(c, true);
    net_settle(n);
    n->lose = lose_dtls;
    client_hello(c);
    net_settle(n);
    assert_false(c->up);
    n->lose = NULL;
    net_pass(n, 2 * LIMIT_DTLS_FLIGHT_MS);
    assert_true(c->up);
}

static void a_goodbye_is_taken(void **state)
{
    struct net *n = *state;
    struct client *c = net_join(n, net_room(1), false);
    client_close(c);
    net_settle(n);
    assert_true(net_event(n, MEDIA_PEER_DOWN, c));
    assert_int_equal(last_event(n).why, MEDIA_DOWN_CLOSED);
}

static void names_of_the_past_do_nothing(void **state)
{
    struct net *n = *state;
    struct client *a = net_join(n, net_room(1), true), *b = net_join(n, net_room(1), false);
    peer_name name = a->name;
    a->name -= 2ull << 32;
    net_drop(n, a);
    net_speak(n, a, false);
    a->name = name;
    client_say(a, "x", 20);
    net_settle(n);
    assert_int_equal(b->heard_count, 1);
    a->name = 0;
    net_drop(n, a);
    a->name = 0xffffff;
    net_drop(n, a);
}

static void even_the_first_event_waits(void **state)
{
    struct net *n = *state;
    struct client *c = net_client(n, net_room(1));
    struct media_event filler = {.kind = MEDIA_PEER_DOWN}, e;
    net_add(n, c);
    client_check(c, true);
    net_settle(n);
    client_hello(c);
    while (ring_push(&n->w.events, &filler)) {}
    for (int i = 0; i < 10; i++) {
        worker_step(&n->w, n->now);
        net_deliver(n);
    }
    assert_true(c->up);
    while (ring_pull(&n->w.events, &e)) assert_int_equal(e.kind, MEDIA_PEER_DOWN);
    assert_int_equal(n->event_count, 0);
    net_pass(n, 20);
    assert_true(net_event(n, MEDIA_PEER_UP, c));
    assert_int_equal(n->event_count, 1);
}

/* Nobody pulls the events: none is lost, however long it takes. */
static void events_wait_for_room(void **state)
{
    struct net *n = *state;
    struct client *c = net_join(n, net_room(1), false);
    struct media_event filler = {.kind = MEDIA_PEER_UP}, e;
    while (ring_push(&n->w.events, &filler)) {}
    for (uint64_t end = n->now + LIMIT_CONSENT_MS + 1000; n->now < end; n->now += 10)
        worker_step(&n->w, n->now);
    assert_int_equal(n->w.stats.peers, 0);
    assert_int_equal(n->w.peers[0].state, PEER_GONE);
    while (ring_pull(&n->w.events, &e)) assert_int_equal(e.kind, MEDIA_PEER_UP);
    net_pass(n, 20);
    assert_true(net_event(n, MEDIA_PEER_DOWN, c));
    assert_int_equal(n->w.peers[0].state, PEER_FREE);
    assert_int_equal(worker_deadline(&n->w), UINT64_MAX);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, net_setup, net_teardown)
    const struct CMUnitTest tests[] = {
        T(a_dropped_peer_gets_nothing_more), T(silence_ends_consent),       T(who_never_comes_is_given_up),
        T(dtls_that_never_ends_is_given_up), T(a_lost_flight_is_repeated),  T(a_goodbye_is_taken),
        T(names_of_the_past_do_nothing),     T(even_the_first_event_waits), T(events_wait_for_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
