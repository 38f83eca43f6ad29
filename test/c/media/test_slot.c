#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../noise.h"
#include "media/slot.h"

static uint64_t send(struct slot *s, struct slot_out *o, uint64_t index, uint32_t ts, uint64_t now,
                     uint32_t *out_ts, bool *first)
{
    uint64_t out = UINT64_MAX;
    assert_true(slot_on_packet(s, index, ts, now, out_ts));
    assert_true(slot_out_index(o, s->tenure, index, &out, first));
    return out;
}

static void a_switch_is_seamless(void **state)
{
    (void)state;
    struct slot s = {0};
    struct slot_out o = {.next = 7};
    uint32_t ts;
    bool first;
    slot_switch(&s);
    assert_int_equal(send(&s, &o, 40000, 5000, 1000, &ts, &first), 7);
    assert_true(first);
    assert_int_equal(ts, 5000);
    assert_int_equal(send(&s, &o, 40001, 5960, 1020, &ts, &first), 8);
    assert_false(first);

    slot_switch(&s); /* 20 ms later, somebody with quite other numbers */
    assert_int_equal(send(&s, &o, 3, 0xffffff00u, 1040, &ts, &first), 9);
    assert_true(first);
    assert_int_equal(ts, 5960 + 960);
    slot_switch(&s); /* at once: still a frame later */
    assert_int_equal(send(&s, &o, 900000, 77, 1040, &ts, &first), 10);
    assert_int_equal(ts, 5960 + 2 * 960);
    slot_switch(&s); /* 10 s later, to the frame */
    assert_int_equal(send(&s, &o, 1, 1, 11045, &ts, &first), 11);
    assert_int_equal(ts, 5960 + 2 * 960 + 500 * 960);
}

static void loss_and_reordering_stay_visible(void **state)
{
    (void)state;
    struct slot s = {0};
    struct slot_out o = {.next = 100};
    uint32_t ts;
    bool first;
    send(&s, &o, 1000, 0, 0, &ts, &first);
    assert_int_equal(send(&s, &o, 1003, 3 * 960, 60, &ts, &first), 103);
    assert_int_equal(send(&s, &o, 1001, 960, 61, &ts, &first), 101);
    assert_int_equal(ts, 960);
    assert_int_equal(send(&s, &o, 1004, 4 * 960, 80, &ts, &first), 104);
    slot_switch(&s);
    assert_int_equal(send(&s, &o, 5, 0, 100, &ts, &first), 105);
    assert_int_equal(ts, 5 * 960);
}

static void what_was_before_the_tenure_is_late(void **state)
{
    (void)state;
    struct slot s = {0};
    uint32_t ts;
    assert_true(slot_on_packet(&s, 1000, 0, 0, &ts));
    slot_switch(&s);
    assert_true(slot_on_packet(&s, 500, 0, 20, &ts));
    assert_false(slot_on_packet(&s, 499, 0, 21, &ts));
    assert_true(slot_on_packet(&s, 501, 960, 40, &ts));
}

static void a_late_joiner_starts_contiguous(void **state)
{
    (void)state;
    struct slot s = {0};
    struct slot_out early = {.next = 10}, late = {.next = 32767};
    uint32_t ts;
    uint64_t out;
    bool first;
    send(&s, &early, 70000, 0, 0, &ts, &first);
    send(&s, &early, 70002, 1920, 40, &ts, &first);
    assert_int_equal(send(&s, &late, 70003, 2880, 60, &ts, &first), 32767);
    assert_true(first);
    assert_true(slot_on_packet(&s, 70001, 960, 61, &ts));
    assert_false(slot_out_index(&late, s.tenure, 70001, &out,
                                &first)); /* below its floor: the index would be used twice */
    assert_true(slot_out_index(&early, s.tenure, 70001, &out, &first));
    assert_int_equal(out, 11);
    assert_int_equal(send(&s, &late, 70004, 3840, 80, &ts, &first), 32768);
}

static void a_jump_is_closed(void **state)
{
    (void)state;
    struct slot s = {0};
    struct slot_out o = {.next = 0};
    uint32_t ts;
    bool first;
    send(&s, &o, 10, 0, 0, &ts, &first);
    assert_int_equal(send(&s, &o, 10 + LIMIT_SEQ_JUMP, 960, 20, &ts, &first), LIMIT_SEQ_JUMP);
    uint64_t far = 10 + 2 * LIMIT_SEQ_JUMP + 1;
    assert_int_equal(send(&s, &o, far, 1 << 30, 40, &ts, &first), LIMIT_SEQ_JUMP + 1);
    assert_int_equal(ts, 2 * 960);
    assert_false(slot_on_packet(&s, far - 1, 0, 41, &ts));
}

/* Random speakers, loss, reordering, absences: no index twice, no rise beyond what was really missed. */
static void no_index_twice(void **state)
{
    (void)state;
    static uint8_t used[1 << 20];
    struct slot s = {0};
    struct slot_out o = {.next = 123};
    uint32_t random = 1, ts, last_ts = 0;
    uint64_t index = 1 << 20, highest = 122, out;
    bool first, started = false;
    for (int i = 0; i < 200000; i++) {
        lcg(&random);
        if (random >> 20 == 0) {
            slot_switch(&s);
            index = random & 0xfffffff;
        }
        index++;
        uint64_t sent =
            index - (random >> 8) % 4; /* reordered by up to three; duplicates were dropped before */
        static uint64_t seen[4];
        if (seen[sent % 4] == sent) continue;
        seen[sent % 4] = sent;
        if (!slot_on_packet(&s, sent, (uint32_t)(sent * 960), (uint64_t)i * 20, &ts)) continue;
        if (random >> 28 == 0) continue; /* not for this listener */
        if (!slot_out_index(&o, s.tenure, sent, &out, &first)) continue;
        assert_true(out < sizeof(used));
        assert_false(used[out]);
        used[out] = 1;
        assert_true(out <= highest + 64);
        if (out > highest) highest = out;
        if (first && started) assert_true((int32_t)(ts - last_ts) > 0);
        if (!started || (int32_t)(ts - last_ts) > 0) last_ts = ts;
        started = true;
    }
    assert_true(highest > 100000);
}

static void both_variants_of_an_index_have_one_timestamp(void **state)
{
    (void)state;
    struct slot s = {0};
    uint32_t ts;
    slot_switch(&s);
    for (uint64_t index = 100; index < 200; index++) {
        uint32_t stamp = (uint32_t)index * 960;
        assert_true(slot_on_packet(&s, index, stamp, index * 20, &ts));
        assert_true(slot_fits(&s, index, stamp));
        assert_true(slot_fits(&s, index, stamp));
        assert_false(slot_fits(&s, index, stamp + 960));
    }
    assert_true(slot_fits(&s, 168, 168 * 960));
    assert_false(slot_fits(&s, 168, 167 * 960));
    assert_false(slot_fits(&s, 167, 167 * 960));                /* too old to be known */
    assert_true(slot_on_packet(&s, 210, 210 * 960, 4200, &ts)); /* some were lost */
    assert_true(slot_fits(&s, 205, 205 * 960));
    assert_false(slot_fits(&s, 205, 206 * 960));
    assert_true(slot_fits(&s, 199, 199 * 960));
    slot_switch(&s); /* another one, with the same indices */
    assert_true(slot_on_packet(&s, 205, 7, 4220, &ts));
    assert_true(slot_fits(&s, 205, 7));
    assert_true(slot_on_packet(&s, 300, 95 * 960 + 7, 6000, &ts)); /* beyond all that is known */
    assert_false(slot_fits(&s, 205, 7));
    assert_true(slot_fits(&s, 299, 94 * 960 + 7));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_switch_is_seamless),
        cmocka_unit_test(loss_and_reordering_stay_visible),
        cmocka_unit_test(what_was_before_the_tenure_is_late),
        cmocka_unit_test(a_late_joiner_starts_contiguous),
        cmocka_unit_test(a_jump_is_closed),
        cmocka_unit_test(both_variants_of_an_index_have_one_timestamp),
        cmocka_unit_test(no_index_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
