/* Another path to a peer that is up: new credentials on the same DTLS session, SRTP contexts and listener. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "net.h"

struct pair {
    struct net *n;
    struct client *a, *b;      /* a speaks, b listens */
    struct media_ice old, new; /* of b */
};

static struct pair begin(struct net *n)
{
    struct pair p = {.n = n, .a = net_join(n, net_room(1), true), .b = net_join(n, net_room(1), false)};
    p.old = p.b->is.ice;
    snprintf(p.new.ufrag, sizeof(p.new.ufrag), "renewed");
    snprintf(p.new.pwd, sizeof(p.new.pwd), "another-password-of-ours");
    snprintf(p.new.remote_ufrag, sizeof(p.new.remote_ufrag), "th-new");
    return p;
}

static void ask(struct pair *p)
{
    struct media_command c = {.kind = MEDIA_PEER_PATH, .peer = p->b->name, .path = p->new};
    assert_true(ring_push(&p->n->w.commands, &c));
    net_settle(p->n);
}

/* Another network: another address, another port. */
static void move(struct client *c, uint8_t to)
{
    c->address.v4.sin_addr.s_addr = htonl(0x0a0a0a00u + to);
    c->address.v4.sin_port = htons(40000 + to);
}

/* Whether a check with these credentials is answered. */
static bool answered(struct pair *p, const struct media_ice *with, bool use_candidate)
{
    size_t before = p->b->answers;
    p->b->is.ice = *with;
    client_check(p->b, use_candidate);
    net_settle(p->n);
    return p->b->answers == before + 1;
}

static bool hears(struct pair *p, const char *what)
{
    size_t before = p->b->heard_count;
    client_say(p->a, what, 20);
    net_settle(p->n);
    return p->b->heard_count == before + 1 && memcmp(client_heard(p->b, 0)->payload, what, strlen(what)) == 0;
}

static void sound_comes_back_over_another_address(void **state)
{
    struct pair p = begin(*state);
    assert_true(hears(&p, "before"));
    uint16_t seq = client_heard(p.b, 0)->seq;
    move(p.b, 1);
    assert_false(hears(&p, "lost"));
    ask(&p);
    assert_false(hears(&p, "lost too")); /* a promise moves nothing */
    assert_true(answered(&p, &p.new, true));
    assert_true(hears(&p, "after"));
    assert_int_equal(client_heard(p.b, 0)->seq,
                     (uint16_t)(seq + 3)); /* the same stream, under the same keys */
    assert_int_equal(p.n->w.stats.dtls_up, 2);
    assert_false(net_event(p.n, MEDIA_PEER_DOWN, p.b));
}

/* A speaker's way in moves as well: its old address is nobody's. */
static void a_speaker_goes_on(void **state)
{
    struct pair p = begin(*state);
    struct client *heard_by = p.a;
    net_speak(p.n, p.b, true);
    move(p.b, 1);
    client_say(p.b, "lost", 20);
    net_settle(p.n);
    assert_int_equal(heard_by->heard_count, 0);
    ask(&p);
    assert_true(answered(&p, &p.new, true));
    client_say(p.b, "again", 20);
    net_settle(p.n);
    assert_int_equal(heard_by->heard_count, 1);
}

static void the_old_pair_ends_when_the_new_one_is_proven(void **state)
{
    struct pair p = begin(*state);
    ask(&p);
    assert_true(answered(&p, &p.old, true));  /* consent of the path that still works */
    assert_true(answered(&p, &p.new, false)); /* a check of one of several candidates proves nothing yet */
    assert_true(answered(&p, &p.old, true));
    assert_true(answered(&p, &p.new, true));
    assert_false(answered(&p, &p.old, true));
    assert_true(answered(&p, &p.new, false));
    assert_true(hears(&p, "still"));
    assert_int_equal(p.n->w.by_ufrag.count, 2);
}

static void neither_half_opens_the_other(void **state)
{
    struct pair p = begin(*state);
    ask(&p);
    struct media_ice mixed[] = {p.old, p.old, p.new, p.new, p.new};
    memcpy(mixed[0].pwd, p.new.pwd, sizeof(p.new.pwd));
    memcpy(mixed[1].remote_ufrag, p.new.remote_ufrag, sizeof(p.new.remote_ufrag));
    memcpy(mixed[2].pwd, p.old.pwd, sizeof(p.old.pwd));
    memcpy(mixed[3].remote_ufrag, p.old.remote_ufrag, sizeof(p.old.remote_ufrag));
    memcpy(mixed[4].ufrag, p.old.ufrag, sizeof(p.old.ufrag));
    for (size_t i = 0; i < sizeof(mixed) / sizeof(*mixed); i++) assert_false(answered(&p, &mixed[i], true));
    assert_true(answered(&p, &p.old, true)); /* and none of it moved anything */
    assert_true(hears(&p, "still"));
}

static void only_the_latest_promise_counts(void **state)
{
    struct pair p = begin(*state);
    struct media_ice first = p.new;
    ask(&p);
    snprintf(p.new.ufrag, sizeof(p.new.ufrag), "third");
    ask(&p);
    assert_false(answered(&p, &first, true));
    assert_true(answered(&p, &p.new, true));
    assert_int_equal(p.n->w.by_ufrag.count, 2);
    net_drop(p.n, p.b);
    assert_int_equal(p.n->w.by_ufrag.count, 1);
}

static void a_name_that_is_taken_or_empty_is_no_path(void **state)
{
    struct pair p = begin(*state);
    strcpy(p.new.ufrag, p.a->is.ice.ufrag);
    ask(&p);
    assert_null(p.n->w.peers[peer_place(p.b->name)].renewal);
    p.new.pwd[0] = 0;
    strcpy(p.new.ufrag, "other");
    ask(&p);
    assert_null(p.n->w.peers[peer_place(p.b->name)].renewal);
    assert_true(answered(&p, &p.old, true));
    assert_int_equal(p.n->w.by_ufrag.count, 2);
    client_check(p.a, true);
    net_settle(p.n);
    assert_int_equal(p.a->answers, 2);
}

/* Without consent nothing is sent (RFC 7675), but who asked for a path is not forgotten meanwhile. */
static void a_promise_keeps_the_place_in_silence(void **state)
{
    struct pair p = begin(*state);
    for (uint64_t ms = 0; ms < LIMIT_CONSENT_MS - 1000; ms += 1000) {
        net_pass(p.n, 1000);
        client_check(p.a, true);
    }
    ask(&p);
    net_pass(p.n, 1010);
    assert_false(hears(&p, "to an address that does not agree any more"));
    net_pass(p.n, 10000);
    client_check(p.a, true);
    assert_false(net_event(p.n, MEDIA_PEER_DOWN, p.b));
    move(p.b, 1);
    assert_true(answered(&p, &p.new, true));
    assert_true(hears(&p, "here"));
}

static void a_promise_that_is_not_kept_ends(void **state)
{
    struct pair p = begin(*state);
    net_pass(p.n, LIMIT_CONSENT_MS - 5000);
    ask(&p);
    net_pass(p.n, LIMIT_CONSENT_MS - 20);
    assert_false(net_event(p.n, MEDIA_PEER_DOWN, p.b));
    net_pass(p.n, 40);
    assert_true(net_event(p.n, MEDIA_PEER_DOWN, p.b));
    assert_int_equal(p.n->w.by_ufrag.count, 0); /* a went as well */
    assert_false(answered(&p, &p.new, true));
}

/* A restart before DTLS is done: the handshake goes on over the new path. */
static void in_the_middle_of_a_handshake(void **state)
{
    struct net *n = *state;
    struct pair p = begin(n);
    struct client *late = net_client(n, net_room(1));
    net_add(n, late);
    client_check(late, true);
    net_settle(n);
    p.b = late;
    ask(&p);
    move(late, 1);
    assert_true(answered(&p, &p.new, true));
    client_hello(late);
    net_settle(n);
    assert_true(late->up);
    assert_true(hears(&p, "hello"));
}

static void an_address_that_changes_and_a_network_that_loses(void **state)
{
    struct pair p = begin(*state);
    p.n->checking = true;
    unsigned heard = 0;
    for (unsigned round = 0; round < 50; round++) {
        move(p.b, (uint8_t)round);
        snprintf(p.new.ufrag, sizeof(p.new.ufrag), "r%u", round);
        ask(&p);
        for (int tries = 0; tries < 4; tries++) {
            if (net_random(p.n) % 3 == 0) continue; /* the check is lost */
            bool by_new = net_random(p.n) % 4 != 0;
            (void)answered(&p, by_new ? &p.new : &p.old, net_random(p.n) & 1);
        }
        assert_true(answered(&p, &p.new, true));
        p.old = p.new;
        net_pass(p.n, net_random(p.n) % 3000);
        heard += hears(&p, "x");
        assert_int_equal(p.n->w.by_ufrag.count, 2);
        assert_int_equal(p.n->w.by_address.count, 2);
    }
    assert_int_equal(heard, 50);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, net_setup, net_teardown)
    const struct CMUnitTest tests[] = {
        T(sound_comes_back_over_another_address),
        T(a_speaker_goes_on),
        T(the_old_pair_ends_when_the_new_one_is_proven),
        T(neither_half_opens_the_other),
        T(only_the_latest_promise_counts),
        T(a_name_that_is_taken_or_empty_is_no_path),
        T(a_promise_keeps_the_place_in_silence),
        T(a_promise_that_is_not_kept_ends),
        T(in_the_middle_of_a_handshake),
        T(an_address_that_changes_and_a_network_that_loses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
