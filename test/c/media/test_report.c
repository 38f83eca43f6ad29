#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "media/report.h"

static void loss_since_the_last_report(void **state)
{
    (void)state;
    struct source s = {0};
    struct rtcp_report r;
    for (uint64_t i = 0; i < 100; i++)
        if (i % 4) source_on_packet(&s, 65500 + i, (uint32_t)i * 960, 1000 + i * 20);
    source_report(&s, 7, 3000, &r);
    assert_int_equal(r.ssrc, 7);
    assert_int_equal(r.highest_seq, 65599);
    assert_int_equal(r.lost, 24); /* the very first was never known */
    assert_int_equal(r.fraction_lost, 24 * 256 / 99);
    assert_int_equal(r.jitter, 0);
    assert_int_equal(r.last_sr, 0);
    assert_int_equal(r.delay_since_sr, 0);
    assert_false(s.heard);
    for (uint64_t i = 100; i < 150; i++) source_on_packet(&s, 65500 + i, (uint32_t)i * 960, 1000 + i * 20);
    source_report(&s, 7, 4000, &r);
    assert_int_equal(r.fraction_lost, 0);
    assert_int_equal(r.lost, 24);
}

static void late_ones_and_duplicates(void **state)
{
    (void)state;
    struct source s = {0};
    struct rtcp_report r;
    source_on_packet(&s, 10, 0, 0);
    source_on_packet(&s, 9, 0, 0); /* the first was not the first */
    source_report(&s, 1, 0, &r);
    assert_int_equal(r.lost, 0);
    for (int i = 0; i < 5; i++) source_on_packet(&s, 10, 0, 0); /* A.3: more received than expected */
    source_report(&s, 1, 0, &r);
    assert_int_equal(r.lost, -5);
    assert_int_equal(r.fraction_lost, 0);
}

static void jitter_of_a_steady_wobble(void **state)
{
    (void)state;
    struct source s = {0};
    struct rtcp_report r;
    for (uint64_t i = 0; i < 500; i++) source_on_packet(&s, i, (uint32_t)i * 960, i * 20 + (i & 1) * 10);
    source_report(&s, 1, 10000, &r);
    assert_in_range(r.jitter, 460, 481);        /* |D| is 10 ms = 480 each time: A.8 converges there */
    source_on_packet(&s, 501, 1u << 30, 10020); /* a clock that jumps is no jitter */
    source_report(&s, 1, 10000, &r);
    assert_in_range(r.jitter, 440, 481);
}

static void round_trip_fields(void **state)
{
    (void)state;
    struct source s = {0};
    struct rtcp_report r;
    source_on_packet(&s, 1, 0, 0);
    source_on_sr(&s, 0x1122334455667788, 5000);
    source_report(&s, 1, 6500, &r);
    assert_int_equal(r.last_sr, 0x33445566);
    assert_int_equal(r.delay_since_sr, 65536 + 32768);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loss_since_the_last_report),
        cmocka_unit_test(late_ones_and_duplicates),
        cmocka_unit_test(jitter_of_a_steady_wobble),
        cmocka_unit_test(round_trip_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
