/* A room on two media threads: two workers on simulated networks, joined by their rings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "media/span.h"
#include "net.h"

enum { LOUD = 20 };

struct pair {
    struct net *home, *away;
    struct worker *team[2];
};

static struct id room(uint8_t n)
{
    return (struct id){{0, 0, 0, 0, n}}; /* at home on thread 0 */
}

static int setup(void **state)
{
    static struct pair p;
    void *home, *away;
    net_setup(&home);
    net_setup(&away);
    p = (struct pair){.home = home, .away = away};
    p.away->thread = 1;
    p.team[0] = &p.home->w;
    p.team[1] = &p.away->w;
    assert_int_equal(span_init(p.team[0], p.team, 2, 0), OK);
    assert_int_equal(span_init(p.team[1], p.team, 2, 1), OK);
    *state = &p;
    return 0;
}

static int teardown(void **state)
{
    struct pair *p = *state;
    void *home = p->home, *away = p->away;
    net_teardown(&home);
    net_teardown(&away);
    return 0;
}

static void settle(struct pair *p)
{
    p->away->now = p->home->now;
    for (int i = 0; i < 3; i++) { /* there, back, and to the clients */
        net_settle(p->home);
        net_settle(p->away);
    }
}

static void pass(struct pair *p, uint64_t ms)
{
    p->home->now += ms;
    settle(p);
}

static void everybody_hears_the_others(void **state)
{
    struct pair *p = *state;
    struct client *c[4], *elsewhere = net_join(p->away, room(2), true);
    for (int i = 0; i < 4; i++) c[i] = net_join(i % 2 ? p->away : p->home, room(1), true);
    settle(p);
    for (int round = 0; round < 100; round++) {
        for (int i = 0; i < 4; i++) client_say(c[i], (const char *[]){"0", "1", "2", "3"}[i], LOUD);
        pass(p, 20);
    }
    for (int i = 0; i < 4; i++) {
        assert_int_equal(c[i]->heard_count, 300);
        assert_int_equal(c[i]->deaf_count, 0);
        for (size_t k = 0; k < 300; k++) assert_int_not_equal(client_heard(c[i], k)->payload[0], '0' + i);
    }
    assert_int_equal(elsewhere->heard_count, 0);
    assert_int_equal(p->home->w.stats.dropped_span + p->away->w.stats.dropped_span, 0);
}

/* Six voices on two threads: at most four at once, the same four for all, and every slot one stream. */
static void home_alone_chooses(void **state)
{
    struct pair *p = *state;
    struct client *c[6], *ears[2];
    for (int i = 0; i < 6; i++) c[i] = net_join(i % 2 ? p->away : p->home, room(1), true);
    ears[0] = net_join(p->home, room(1), false);
    ears[1] = net_join(p->away, room(1), false);
    settle(p);
    p->home->checking = p->away->checking = true;
    for (int round = 0; round < 600; round++) {
        size_t before = ears[0]->heard_count;
        for (int i = 0; i < 6; i++)
            client_say(c[i], (const char *[]){"0", "1", "2", "3", "4", "5"}[i], round / 100 == i ? LOUD : 60);
        pass(p, 20);
        assert_in_range(ears[0]->heard_count - before, 1, LIMIT_SLOTS + 1); /* one more at a switch */
        assert_int_equal(ears[0]->heard_count, ears[1]->heard_count);
        for (size_t k = 0; k < ears[0]->heard_count - before; k++) {
            const struct heard *a = client_heard(ears[0], k), *b = client_heard(ears[1], k);
            assert_int_equal(a->payload[0], b->payload[0]);
            assert_int_equal(a->timestamp, b->timestamp);
            assert_int_equal(a->ssrc - ears[0]->is.slot_ssrc[0], b->ssrc - ears[1]->is.slot_ssrc[0]);
        }
    }
    assert_int_equal(ears[0]->deaf_count + ears[1]->deaf_count, 0);
    net_speak(p->away, c[5], false); /* its slot is free at once */
    settle(p);
    struct room *r = room_of(&p->home->w, &c[0]->is.room);
    for (int k = 0; k < LIMIT_SLOTS; k++) assert_true(!r->holders[k] || r->holders[k]->who != c[5]->name);
}

static void nothing_is_left(void **state)
{
    struct pair *p = *state;
    struct client *a = net_join(p->home, room(1), true), *b = net_join(p->away, room(1), false);
    settle(p);
    net_drop(p->home, a);
    settle(p);
    assert_int_equal(pool_used(&p->home->w.rooms), 1); /* home is home, with or without members */
    a = net_join(p->home, room(1), true);
    client_say(a, "back", LOUD);
    settle(p);
    assert_int_equal(b->heard_count, 1);
    net_drop(p->away, b);
    settle(p);
    assert_int_equal(pool_used(&p->away->w.rooms), 0);
    client_say(a, "to nobody", LOUD);
    net_settle(p->home);
    struct room *r = room_of(&p->home->w, &a->is.room);
    assert_int_equal(r->threads, 0);
    net_drop(p->home, a);
    settle(p);
    assert_int_equal(pool_used(&p->home->w.rooms), 0);
}

/* The other thread does not get round to its ring: packets are lost and counted, who is where is told again.
 */
static void full_rings(void **state)
{
    struct pair *p = *state;
    struct client *a = net_join(p->home, room(1), true), *b = net_join(p->away, room(1), true);
    settle(p);
    for (int i = 0; i < LIMIT_SPAN_ITEMS + 10; i++) {
        client_say(b, "b", LOUD);
        net_settle(p->away);
    }
    assert_int_equal(p->away->w.stats.dropped_span, 10);
    struct client *late = net_join(p->away, room(2), false);
    net_drop(p->away, b);
    assert_true(p->away->w.untold);
    assert_int_equal(pool_used(&p->away->w.rooms), 2); /* home thinks that room 1 is here */
    settle(p);
    assert_int_equal(a->heard_count, LIMIT_SPAN_ITEMS);
    assert_false(p->away->w.untold);
    assert_int_equal(pool_used(&p->away->w.rooms), 1);
    struct client *speaker = net_join(p->home, room(2), true);
    client_say(speaker, "hello", LOUD);
    settle(p);
    assert_int_equal(late->heard_count, 1);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {T(everybody_hears_the_others), T(home_alone_chooses),
                                       T(nothing_is_left), T(full_rings)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
