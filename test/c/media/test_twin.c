/* A speaker's two variants: pairs, offsets, segments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media/twin.h"

enum { OFFSET = 0xfffff000u, APART = 5000, SEGMENT = 11520 };

static bool a(struct twin *t, uint64_t n, uint32_t ts, struct frame_place *at)
{
    return twin_on_packet(t, 0, n, ts, at);
}

static bool b(struct twin *t, uint64_t n, uint32_t ts, struct frame_place *at)
{
    return twin_on_packet(t, 1, n + APART, ts + OFFSET, at);
}

static struct twin begun(uint32_t timestamp, uint32_t hop)
{
    struct twin t = {0};
    twin_set(&t, &(struct media_twin){true, OFFSET, timestamp, hop});
    return t;
}

static void alone_until_it_is_said(void **state)
{
    (void)state;
    struct twin t = {0};
    struct frame_place at;
    for (uint32_t n = 0; n < 3; n++) {
        assert_true(a(&t, n, n * 960, &at));
        assert_true(!at.twin && at.index == n && at.timestamp == n * 960 && at.epoch == 0);
        assert_false(b(&t, n, n * 960, &at));
    }
    twin_set(&t, &(struct media_twin){.live = false}); /* says nothing new */
    assert_int_equal(t.epoch, 0);
}

static void in_step_after_the_first_pair(void **state)
{
    (void)state;
    struct frame_place at;
    for (int b_first = 0; b_first < 2; b_first++) {
        struct twin t = begun(0, 0);
        uint32_t before = t.epoch;
        if (b_first) assert_false(b(&t, 7, 0, &at));
        assert_true(a(&t, 7, 0, &at));
        assert_false(at.twin);
        assert_int_equal(at.epoch, before);
        if (!b_first) assert_false(b(&t, 7, 0, &at)); /* everybody had A of it already */
        assert_true(b(&t, 8, 960, &at));
        assert_true(at.twin && at.index == 8 && at.timestamp == 960);
        assert_int_equal(at.epoch, before + 1);
        assert_true(a(&t, 8, 960, &at));
        assert_true(at.twin && at.index == 8 && at.timestamp == 960);
        assert_int_equal(at.epoch, before + 1);
    }
}

static void a_lost_variant_delays_the_pair(void **state)
{
    (void)state;
    struct twin t = begun(0, 0);
    struct frame_place at;
    assert_true(a(&t, 0, 0, &at));
    assert_false(b(&t, 1, 960, &at)); /* B of frame 0 and A of frame 1 were lost */
    assert_true(a(&t, 2, 1920, &at));
    assert_false(at.twin);
    assert_false(b(&t, 2, 1920, &at));
    assert_true(b(&t, 3, 2880, &at));
    assert_int_equal(at.index, 3);
}

/* B skipped a frame: its packets are another index apart, and nobody's indices may mean two frames. */
static void drift_begins_a_new_epoch(void **state)
{
    (void)state;
    struct twin t = begun(0, 0);
    struct frame_place at;
    for (uint32_t n = 0; n < 10; n++) {
        (void)a(&t, n, n * 960, &at);
        (void)b(&t, n, n * 960, &at);
    }
    uint32_t before = t.epoch;
    assert_true(a(&t, 10, 9600, &at));
    assert_true(a(&t, 11, 10560, &at));
    assert_false(
        twin_on_packet(&t, 1, 10 + APART, 10560 + OFFSET, &at)); /* B of frame 11, and 10 is nowhere */
    assert_int_equal(t.epoch, before + 1);
    assert_true(a(&t, 12, 11520, &at));
    assert_int_equal(at.epoch, before + 1);
    assert_true(twin_on_packet(&t, 1, 11 + APART, 11520 + OFFSET, &at));
    assert_int_equal(at.index, 12);
    twin_set(&t, &(struct media_twin){.live = false});
    assert_int_equal(t.epoch, before + 2);
    assert_true(a(&t, 13, 12480, &at));
    assert_false(at.twin);
    assert_false(b(&t, 13, 12480, &at));
}

static void segments_are_those_of_the_pattern(void **state)
{
    (void)state;
    struct twin t = begun(1000000, 24 * 50 + 6); /* a quarter into segment 50 */
    struct frame_place at;
    static const struct {
        uint32_t ticks, segment;
    } rows[] = {{0, 50},
                {18 * 480 - 1, 50},
                {18 * 480, 51},
                {18 * 480 + SEGMENT - 1, 51},
                {18 * 480 + SEGMENT, 52},
                {18 * 480 + SEGMENT - 1, 51}, /* late */
                {-(6u * 480), 50},            /* later still */
                {-(6u * 480) - 1, 49},
                {-(6u * 480) - SEGMENT, 49},
                {-(6u * 480) - SEGMENT - 1, 48},
                {100 * SEGMENT, 150}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        assert_true(a(&t, i, 1000000 + rows[i].ticks, &at));
        assert_int_equal(at.segment, rows[i].segment);
    }
}

/* A day and more: timestamps wrap round after 24.8 hours. */
static void segments_go_on_when_timestamps_wrap(void **state)
{
    (void)state;
    struct twin t = begun(0xffffff00u, 0);
    struct frame_place at;
    uint64_t frames = (3ull << 32) / 960;
    for (uint64_t n = 0; n < frames; n += 997) {
        assert_true(a(&t, n, (uint32_t)(0xffffff00u + n * 960), &at));
        assert_int_equal(at.segment, n * 960 / SEGMENT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alone_until_it_is_said),
        cmocka_unit_test(in_step_after_the_first_pair),
        cmocka_unit_test(a_lost_variant_delays_the_pair),
        cmocka_unit_test(drift_begins_a_new_epoch),
        cmocka_unit_test(segments_are_those_of_the_pattern),
        cmocka_unit_test(segments_go_on_when_timestamps_wrap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
