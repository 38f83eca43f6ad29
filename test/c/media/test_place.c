/* Where newcomers go, on a model of busy threads: what people cost is known half a second late. Whether rooms
 * are many or one, all talking or few, and wherever chance has put their homes, threads end up about as busy.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "media/place.h"

enum {
    THREADS = 4,
    LATE = 500,    /* joins between two measurements: a thousand a second */
    TALKING = 150, /* millionths of a core: 50 packets a second at 3 us */
    SMALL = 500,   /* the same in a room of three, where nothing is batched */
    SILENT = 6,    /* checks and reports */
};

struct plane {
    struct thread_load threads[THREADS];
    uint64_t cost[THREADS]; /* millionths of a core */
    uint32_t joins, random;
};

static void measure(struct plane *p)
{
    for (unsigned i = 0; i < THREADS; i++) p->threads[i].busy = (uint32_t)(p->cost[i] / 1000);
}

static unsigned join(struct plane *p, unsigned home, unsigned cost)
{
    if (p->joins++ % LATE == 0) measure(p);
    unsigned t = place_choose(p->threads, THREADS, home);
    p->threads[t].peers++;
    p->cost[t] += cost;
    return t;
}

static unsigned any(struct plane *p) /* xorshift32 (Marsaglia 2003) */
{
    p->random ^= p->random << 13;
    p->random ^= p->random >> 17;
    p->random ^= p->random << 5;
    return p->random;
}

/* Thousandths of a core between the busiest and the calmest. */
static uint32_t spread(struct plane *p)
{
    uint32_t min = UINT32_MAX, max = 0;
    measure(p);
    for (unsigned i = 0; i < THREADS; i++) {
        if (p->threads[i].busy < min) min = p->threads[i].busy;
        if (p->threads[i].busy > max) max = p->threads[i].busy;
    }
    return max - min;
}

static void a_hall(void **state)
{
    (void)state;
    struct plane p = {0};
    for (int i = 0; i < 10000; i++) join(&p, 1, TALKING); /* 1.5 cores */
    assert_in_range(spread(&p), 0, LIMIT_SPAN_SKEW * TALKING / 1000 + 1);
}

static void ten_thousand_rooms_of_three(void **state)
{
    (void)state;
    struct plane p = {.random = 1};
    for (int room = 0; room < 10000; room++) {
        unsigned home = any(&p) % THREADS,
                 cost = any(&p) % 5 ? SILENT : SMALL; /* every fifth talks: 3 cores */
        for (int i = 0; i < 3; i++) join(&p, home, cost);
    }
    assert_in_range(spread(&p), 0, 100);
}

/* A room of three stays together where nothing speaks against it. */
static void small_rooms_are_not_torn(void **state)
{
    (void)state;
    struct plane p = {.random = 1};
    unsigned torn = 0;
    for (int room = 0; room < 3000; room++) {
        unsigned home = any(&p) % THREADS, first = join(&p, home, SMALL);
        for (int i = 0; i < 2; i++) torn += join(&p, home, SMALL) != first;
    }
    assert_in_range(torn, 0, 30);
}

static void homes_by_bad_luck_on_one_thread(void **state)
{
    (void)state;
    struct plane p = {0};
    for (int room = 0; room < 2000; room++)
        for (int i = 0; i < 3; i++) join(&p, 2, SMALL); /* 3 cores */
    assert_in_range(spread(&p), 0, LIMIT_SPAN_SKEW * SMALL / 1000 + 1);
}

/* People alone are the wrong measure: a silent hall is at home with thousands, and a talking one beside it.
 */
static void many_who_cost_little_beside_few_who_cost_much(void **state)
{
    (void)state;
    struct plane p = {0};
    for (unsigned t = 0; t < THREADS; t++) p.threads[t].peers = 1000;
    p.cost[0] = 1000 * SMALL; /* half a core: those on thread 0 talk in small rooms */
    for (int i = 0; i < 4000; i++) join(&p, 0, TALKING);
    assert_in_range(spread(&p), 0, LIMIT_BUSY_SKEW + LATE * TALKING / 1000);
}

/* The evening turns: who was busy falls silent, and those who come later find the calm threads. */
static void load_that_moves(void **state)
{
    (void)state;
    struct plane p = {.random = 1};
    for (int room = 0; room < 1000; room++)
        for (int i = 0; i < 3; i++) join(&p, (unsigned)room % 2, SMALL); /* at home on two of the four */
    for (unsigned t = 0; t < THREADS; t++)
        if (t != 3) p.cost[t] = p.threads[t].peers * SILENT; /* all but those of one thread stop */
    assert_true(spread(&p) > LIMIT_BUSY_SKEW);
    for (int room = 0; room < 600; room++)
        for (int i = 0; i < 3; i++) join(&p, any(&p) % THREADS, SMALL);
    assert_in_range(spread(&p), 0, LIMIT_BUSY_SKEW + LATE * SMALL / 1000);
}

static void a_full_thread_takes_nobody(void **state)
{
    (void)state;
    struct thread_load t[] = {{LIMIT_PEERS_PER_THREAD, 0}, {LIMIT_PEERS_PER_THREAD - 1, 200}};
    assert_int_equal(place_choose(t, 2, 0), 1);
    assert_int_equal(place_choose(t, 1, 0), 0); /* there is no other: the caller says that all is taken */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hall),
        cmocka_unit_test(ten_thousand_rooms_of_three),
        cmocka_unit_test(small_rooms_are_not_torn),
        cmocka_unit_test(homes_by_bad_luck_on_one_thread),
        cmocka_unit_test(many_who_cost_little_beside_few_who_cost_much),
        cmocka_unit_test(load_that_moves),
        cmocka_unit_test(a_full_thread_takes_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
