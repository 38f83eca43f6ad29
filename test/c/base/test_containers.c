/* array, ring, map and pool */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../noise.h"
#include "base/array.h"
#include "base/map.h"
#include "base/pool.h"
#include "base/ring.h"

/* ---- array ---- */

static void test_array_grows_and_keeps_what_it_holds(void **state)
{
    (void)state;
    uint16_t *items = NULL;
    uint32_t cap = 0;
    assert_int_equal(array_reserve(&items, 0, &cap, sizeof(*items)), OK);
    assert_null(items);
    for (uint16_t i = 0; i < 1000; i++) {
        assert_int_equal(array_reserve(&items, i + 1u, &cap, sizeof(*items)), OK);
        items[i] = i;
    }
    assert_in_range(cap, 1000, 1999);
    assert_int_equal(array_reserve(&items, 50000, &cap, sizeof(*items)), OK); /* in one step */
    items[49999] = 7;
    for (uint16_t i = 0; i < 1000; i++) assert_int_equal(items[i], i);
    const uint16_t *before = items;
    uint32_t most = cap;
    assert_int_equal(array_reserve(&items, 10, &cap, sizeof(*items)), OK); /* never shrinks */
    assert_int_equal(array_reserve(&items, UINT32_MAX, &cap, sizeof(*items)), ERR_SYSTEM);
    assert_ptr_equal(items, before);
    assert_int_equal(cap, most);
    free(items);
}

/* ---- ring ---- */

static void test_ring_first_last_and_one_past(void **state)
{
    (void)state;
    struct ring r;
    uint32_t v;
    assert_int_equal(ring_init(&r, sizeof(v), 3), ERR_MALFORMED);
    assert_int_equal(ring_init(&r, sizeof(v), 0), ERR_MALFORMED);
    assert_int_equal(ring_init(&r, 0, 4), ERR_MALFORMED);
    assert_int_equal(ring_init(&r, sizeof(v), 4), OK);
    assert_false(ring_pull(&r, &v));
    for (uint32_t round = 0; round < 5; round++) {
        for (uint32_t i = 0; i < 4; i++) assert_true(ring_push(&r, &i));
        assert_false(ring_push(&r, &v));
        for (uint32_t i = 0; i < 4; i++) {
            assert_true(ring_pull(&r, &v));
            assert_int_equal(v, i);
        }
        assert_false(ring_pull(&r, &v));
    }
    ring_deinit(&r);
    assert_false(ring_push(&r, &v)); /* harmless afterwards */
    assert_false(ring_pull(&r, &v));
}

static void test_ring_wraps_its_counters(void **state)
{
    (void)state;
    struct ring r;
    uint32_t v;
    assert_int_equal(ring_init(&r, sizeof(v), 2), OK);
    atomic_store(&r.head, UINT32_MAX);
    atomic_store(&r.tail, UINT32_MAX);
    for (uint32_t i = 10; i < 12; i++) assert_true(ring_push(&r, &i));
    assert_false(ring_push(&r, &v));
    assert_true(ring_pull(&r, &v) && v == 10);
    assert_true(ring_pull(&r, &v) && v == 11);
    assert_false(ring_pull(&r, &v));
    ring_deinit(&r);
}

static void test_ring_forgets_what_it_gave(void **state)
{
    (void)state;
    struct ring r;
    uint8_t secret[32], zeros[32] = {0};
    memset(secret, 0x5a, sizeof(secret));
    assert_int_equal(ring_init(&r, sizeof(secret), 1), OK);
    assert_true(ring_push(&r, secret));
    assert_memory_equal(r.items, secret, sizeof(secret));
    assert_true(ring_pull(&r, secret));
    assert_memory_equal(r.items, zeros, sizeof(zeros));
    ring_deinit(&r);
}

enum { TWO_THREADS = 200000 };
struct item {
    uint64_t n, square;
};

static void *produce(void *arg)
{
    for (uint64_t n = 0; n < TWO_THREADS;) {
        struct item x = {n, n * n};
        if (ring_push(arg, &x))
            n++;
        else
            sched_yield();
    }
    return NULL;
}

static void test_ring_between_two_threads(void **state)
{
    (void)state;
    struct ring r;
    pthread_t producer;
    assert_int_equal(ring_init(&r, sizeof(struct item), 64), OK);
    assert_int_equal(pthread_create(&producer, NULL, produce, &r), 0);
    uint64_t wrong = 0;
    for (uint64_t n = 0; n < TWO_THREADS;) {
        struct item x;
        if (!ring_pull(&r, &x)) {
            sched_yield();
            continue;
        }
        wrong += x.n != n || x.square != n * n;
        n++;
    }
    pthread_join(producer, NULL);
    assert_int_equal(wrong, 0);
    ring_deinit(&r);
}

/* ---- map ---- */

static void test_map_grows_to_its_limit_and_no_further(void **state)
{
    (void)state;
    enum { LIMIT = 1000 };
    struct map m;
    uint32_t v;
    assert_int_equal(map_init(&m, 0, 1), ERR_MALFORMED);
    assert_int_equal(map_init(&m, sizeof(uint32_t), LIMIT), OK);
    for (uint32_t k = 0; k < LIMIT; k++) assert_int_equal(map_put(&m, &k, k * 3), OK);
    uint32_t more = LIMIT, last = LIMIT - 1;
    assert_int_equal(map_put(&m, &more, 1), ERR_FULL);
    assert_false(map_get(&m, &more, &v));
    assert_int_equal(map_put(&m, &last, 7), OK); /* replacing needs no room */
    assert_true(map_get(&m, &last, &v) && v == 7);
    for (uint32_t k = 0; k < last; k++) assert_true(map_get(&m, &k, &v) && v == k * 3);
    assert_true(map_remove(&m, &last));
    assert_false(map_remove(&m, &last));
    assert_int_equal(map_put(&m, &more, 1), OK);
    assert_int_equal(m.count, LIMIT);
    map_deinit(&m);
    assert_false(map_get(&m, &more, &v));
    assert_false(map_remove(&m, &more));
    assert_int_equal(map_put(&m, &more, 1), ERR_STATE);
}

/* A crowded map, against a plain array as the model: runs collide, wrap around the end and shift back. */
static void test_map_under_comings_and_goings(void **state)
{
    (void)state;
    enum { KEYS = 97, STEPS = 60000 };
    struct map m;
    bool there[KEYS] = {false};
    uint32_t value[KEYS] = {0}, count = 0, seed = 12345;
    assert_int_equal(map_init(&m, 16, KEYS), OK);
    for (uint32_t step = 0; step < STEPS; step++) {
        lcg(&seed);
        uint8_t key[16] = {0};
        uint32_t k = (seed >> 8) % KEYS, got;
        key[3] = (uint8_t)k;
        if (seed >> 31) {
            assert_int_equal(map_put(&m, key, step), OK);
            count += !there[k];
            there[k] = true;
            value[k] = step;
        } else {
            assert_int_equal(map_remove(&m, key), there[k]);
            count -= there[k];
            there[k] = false;
        }
        assert_int_equal(m.count, count);
        for (uint32_t i = step % 7; i < KEYS; i += 7) {
            key[3] = (uint8_t)i;
            assert_int_equal(map_get(&m, key, &got), there[i]);
            if (there[i]) assert_int_equal(got, value[i]);
        }
    }
    map_deinit(&m);
}

static void test_map_keys_of_any_size(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 40; size++) {
        struct map m;
        uint8_t a[40] = {0}, b[40] = {0};
        uint32_t v;
        b[size - 1] = 1; /* differs in its last byte only */
        assert_int_equal(map_init(&m, size, 2), OK);
        assert_int_equal(map_put(&m, a, 1), OK);
        assert_false(map_get(&m, b, &v));
        assert_int_equal(map_put(&m, b, 2), OK);
        assert_true(map_get(&m, a, &v) && v == 1);
        assert_true(map_get(&m, b, &v) && v == 2);
        map_deinit(&m);
    }
}

/* ---- pool ---- */

static void test_pool_names_die_with_their_tenant(void **state)
{
    (void)state;
    struct pool p;
    pool_name a, b, old;
    assert_int_equal(pool_init(&p, 0, 1), ERR_MALFORMED);
    assert_int_equal(pool_init(&p, 8, 0), ERR_MALFORMED);
    assert_int_equal(pool_init(&p, 8, 1), OK);
    assert_null(pool_get(&p, 0));
    uint64_t *x = pool_take(&p, &a);
    assert_non_null(x);
    assert_true(a != 0);
    assert_int_equal(*x, 0);
    *x = 0x5ec2e7;
    assert_null(pool_take(&p, &b)); /* one past the last */
    assert_true(b == 0);
    old = a;
    pool_give(&p, a);
    assert_int_equal(*(uint64_t *)(void *)p.items, 0); /* wiped */
    assert_null(pool_get(&p, old));
    pool_give(&p, old); /* twice is harmless */
    assert_int_equal(pool_used(&p), 0);
    x = pool_take(&p, &b);
    assert_ptr_equal(pool_get(&p, b), x);
    assert_null(pool_get(&p, old));
    pool_give(&p, old); /* does not throw the new tenant out */
    assert_ptr_equal(pool_get(&p, b), x);
    assert_null(pool_get(&p, b + 1)); /* no such index */
    assert_null(pool_get(&p, b ^ (pool_name)2 << 32));
    pool_deinit(&p);
    assert_null(pool_get(&p, b));
}

static void test_pool_walk_meets_the_living(void **state)
{
    (void)state;
    struct pool p;
    pool_name names[10], name;
    assert_int_equal(pool_init(&p, sizeof(int), 10), OK);
    for (int i = 0; i < 10; i++) *(int *)pool_take(&p, &names[i]) = i;
    for (int i = 0; i < 10; i += 2) pool_give(&p, names[i]);
    assert_int_equal(pool_used(&p), 5);
    int sum = 0, *x;
    for (uint32_t i = 0; i < p.capacity + 3; i++)
        if ((x = pool_at(&p, i, &name))) {
            assert_ptr_equal(pool_get(&p, name), x);
            sum += *x;
        }
    assert_int_equal(sum, 1 + 3 + 5 + 7 + 9);
    pool_deinit(&p);
}

static void test_pool_name_zero_is_nobody_after_any_number_of_tenants(void **state)
{
    (void)state;
    struct pool p;
    pool_name name, before = 0;
    assert_int_equal(pool_init(&p, 1, 1), OK);
    p.generations[0] = UINT32_MAX - 1; /* free, and about to wrap */
    for (int i = 0; i < 4; i++) {
        assert_non_null(pool_take(&p, &name));
        assert_true(name != 0 && name != before);
        assert_non_null(pool_get(&p, name));
        before = name;
        pool_give(&p, name);
        assert_null(pool_get(&p, name));
    }
    pool_deinit(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_array_grows_and_keeps_what_it_holds),
        cmocka_unit_test(test_ring_first_last_and_one_past),
        cmocka_unit_test(test_ring_wraps_its_counters),
        cmocka_unit_test(test_ring_forgets_what_it_gave),
        cmocka_unit_test(test_ring_between_two_threads),
        cmocka_unit_test(test_map_grows_to_its_limit_and_no_further),
        cmocka_unit_test(test_map_under_comings_and_goings),
        cmocka_unit_test(test_map_keys_of_any_size),
        cmocka_unit_test(test_pool_names_die_with_their_tenant),
        cmocka_unit_test(test_pool_walk_meets_the_living),
        cmocka_unit_test(test_pool_name_zero_is_nobody_after_any_number_of_tenants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
