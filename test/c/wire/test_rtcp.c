#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "wire/rtcp.h"

#define SENDER "11111111 0102030405060708 00bb8000 00000064 00004e20"
#define BLOCK(ssrc) ssrc "40 fffffe 00010203 00000007 aabbccdd 00010000"

static uint8_t buffer[1024];

static struct view bytes_of(const char *hex)
{
    long n = unhex(buffer, sizeof(buffer), hex);
    assert_true(n >= 0);
    return (struct view){buffer, (size_t)n};
}

/* Walks to the end; the number of events before it. */
static unsigned count(const char *hex, enum err *err)
{
    struct rtcp_walk w;
    struct rtcp_event e;
    unsigned n = 0;
    *err = rtcp_walk_init(&w, bytes_of(hex));
    if (*err) return 0;
    while (rtcp_walk_next(&w, &e)) n++;
    assert_false(rtcp_walk_next(&w, &e)); /* stays at the end */
    *err = w.err;
    return n;
}

static void test_a_compound_packet(void **state)
{
    (void)state;
    struct rtcp_walk w;
    struct rtcp_event e;
    struct view v = bytes_of(
        "81c8000c" SENDER BLOCK("22222222")   /* SR, one block */
        "81ca0003 11111111 01026162 00000000" /* SDES: skipped */
        "82c9000d 33333333" BLOCK("44444444")
            BLOCK("55555555") "8fcd0003 66666666 77777777 00010000" /* transport feedback, format 15 */
                              "80cf0001 88888888"                   /* XR: skipped */
                              "82cb0002 99999999 aaaaaaaa");        /* BYE of two */
    assert_int_equal(rtcp_walk_init(&w, v), OK);

    assert_true(rtcp_walk_next(&w, &e));
    assert_int_equal(e.kind, RTCP_SR);
    assert_int_equal(e.ssrc, 0x11111111);
    assert_int_equal(e.sender.ssrc, 0x11111111);
    assert_true(e.sender.ntp == 0x0102030405060708);
    assert_int_equal(e.sender.rtp_timestamp, 0x00bb8000);
    assert_int_equal(e.sender.packets, 100);
    assert_int_equal(e.sender.octets, 20000);

    assert_true(rtcp_walk_next(&w, &e));
    assert_int_equal(e.kind, RTCP_RR);
    assert_int_equal(e.ssrc, 0x11111111);
    assert_int_equal(e.report.ssrc, 0x22222222);
    assert_int_equal(e.report.fraction_lost, 0x40);
    assert_int_equal(e.report.lost, -2);
    assert_int_equal(e.report.highest_seq, 0x00010203);
    assert_int_equal(e.report.jitter, 7);
    assert_int_equal(e.report.last_sr, 0xaabbccdd);
    assert_int_equal(e.report.delay_since_sr, 65536);

    assert_true(rtcp_walk_next(&w, &e));
    assert_int_equal(e.ssrc, 0x33333333);
    assert_int_equal(e.report.ssrc, 0x44444444);
    assert_true(rtcp_walk_next(&w, &e));
    assert_int_equal(e.report.ssrc, 0x55555555);

    assert_true(rtcp_walk_next(&w, &e));
    assert_int_equal(e.kind, RTCP_RTPFB);
    assert_int_equal(e.format, 15);
    assert_int_equal(e.ssrc, 0x66666666);
    assert_int_equal(e.body.len, 8);

    assert_true(rtcp_walk_next(&w, &e));
    assert_int_equal(e.kind, RTCP_BYE);
    assert_int_equal(e.ssrc, 0x99999999);
    assert_true(rtcp_walk_next(&w, &e));
    assert_int_equal(e.ssrc, 0xaaaaaaaa);
    assert_false(rtcp_walk_next(&w, &e));
    assert_int_equal(w.err, OK);

    for (size_t n = 0; n < v.len; n++) { /* every truncation that does not end a part is noticed */
        uint8_t *exact = malloc(n ? n : 1);
        memcpy(exact, v.ptr, n);
        enum err end = rtcp_walk_init(&w, (struct view){exact, n});
        while (!end && rtcp_walk_next(&w, &e)) {}
        bool whole = n == 52 || n == 68 || n == 124 || n == 140 || n == 148;
        assert_int_equal(w.err, whole ? OK : ERR_TRUNCATED);
        free(exact);
    }
}

static void test_counts_that_lie(void **state)
{
    (void)state;
    enum err e;
    assert_int_equal(count("80c90001 33333333", &e), 0);
    assert_int_equal(e, OK);
    count("81c90001 33333333", &e); /* a block that is not there */
    assert_int_equal(e, ERR_TRUNCATED);
    count("80c80001 33333333", &e); /* an SR without its sender part */
    assert_int_equal(e, ERR_TRUNCATED);
    count("81cb0000", &e);
    assert_int_equal(e, ERR_TRUNCATED);
    count("81cd0001 33333333", &e);
    assert_int_equal(e, ERR_TRUNCATED);
    count("40c90001 33333333", &e); /* version 1 */
    assert_int_equal(e, ERR_MALFORMED);
    assert_int_equal(count("80cb0000", &e), 0); /* BYE of nobody */
    assert_int_equal(e, OK);
    assert_int_equal(count("80cb0001 00000000 00c90000", &e), 0); /* the second part is bad */
    assert_int_equal(e, ERR_MALFORMED);
    assert_int_equal(count("80c90002 33333333 deadbeef 81cb0001 11111111", &e), 1); /* a profile extension */
    assert_int_equal(e, OK);
}

static void test_padding(void **state)
{
    (void)state;
    enum err e;
    assert_int_equal(count("a1cb0002 11111111 00000004", &e), 1);
    assert_int_equal(e, OK);
    count("a1cb0002 11111111 00000008", &e); /* it eats the SSRC */
    assert_int_equal(e, ERR_TRUNCATED);
    count("a1cb0002 11111111 0000000c", &e);
    assert_int_equal(e, ERR_MALFORMED);
    count("a1cb0002 11111111 00000000", &e);
    assert_int_equal(e, ERR_MALFORMED);
    count("a1cb0002 11111111 00000003", &e);
    assert_int_equal(e, ERR_MALFORMED);
    count("a1cb0002 11111111 00000004 80cb0000", &e); /* only the last part may be padded */
    assert_int_equal(e, ERR_MALFORMED);
    count("a0cb0000", &e);
    assert_int_equal(e, ERR_MALFORMED);
}

static void test_what_we_write_is_what_we_read(void **state)
{
    (void)state;
    uint8_t out[1024];
    struct writer w = writer_init(out, sizeof(out));
    struct rtcp_sender s = {0x11111111, 0x0102030405060708, 0xbb8000, 100, 20000};
    rtcp_write_sr(&w, &s);
    struct view expected = bytes_of("80c80006" SENDER);
    assert_true(view_eq(writer_view(&w), expected));

    struct rtcp_report block = {0x22222222, 0x40, -2, 0x00010203, 7, 0xaabbccdd, 65536};
    w = writer_init(out, sizeof(out));
    rtcp_write_rr(&w, 0x33333333, &block, 1);
    expected = bytes_of("81c90007 33333333" BLOCK("22222222"));
    assert_true(view_eq(writer_view(&w), expected));

    struct rtcp_report many[32] = {{0}};
    w = writer_init(out, sizeof(out));
    rtcp_write_rr(&w, 1, many, 31);
    assert_int_equal(writer_end(&w), OK);
    rtcp_write_rr(&w, 1, many, 32);
    assert_int_equal(writer_end(&w), ERR_TOO_LARGE);
}

static void test_lost_stays_in_its_24_bits(void **state)
{
    (void)state;
    static const struct {
        int32_t in, out;
    } cases[] = {{0, 0},
                 {0x7fffff, 0x7fffff},
                 {0x800000, 0x7fffff},
                 {INT32_MAX, 0x7fffff},
                 {-0x800000, -0x800000},
                 {-0x800001, -0x800000},
                 {INT32_MIN, -0x800000},
                 {-1, -1}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        uint8_t out[64];
        struct rtcp_walk walk;
        struct rtcp_event e;
        struct writer w = writer_init(out, sizeof(out));
        rtcp_write_rr(&w, 1, &(struct rtcp_report){.lost = cases[i].in}, 1);
        assert_int_equal(rtcp_walk_init(&walk, writer_view(&w)), OK);
        assert_true(rtcp_walk_next(&walk, &e));
        assert_int_equal(e.report.lost, cases[i].out);
    }
}

static void test_cname_of_every_length(void **state)
{
    (void)state;
    static const uint8_t name[256];
    uint8_t out[512];
    for (size_t n = 0; n <= 255; n++) {
        struct writer w = writer_init(out, sizeof(out));
        rtcp_write_sdes_cname(&w, 0x11111111, (struct view){name, n});
        assert_int_equal(writer_end(&w), OK);
        assert_int_equal(w.len % 4, 0);
        assert_int_equal((out[2] << 8 | out[3]) * 4 + 4, w.len);
        assert_int_equal(out[8], 1);
        assert_int_equal(out[9], n);
        assert_true(w.len >= 10 + n + 1 && w.len <= 10 + n + 4); /* at least one zero ends the items */
        struct rtcp_walk walk;
        struct rtcp_event e;
        assert_int_equal(rtcp_walk_init(&walk, writer_view(&w)), OK);
        assert_false(rtcp_walk_next(&walk, &e));
        assert_int_equal(walk.err, OK);
    }
    struct writer w = writer_init(out, sizeof(out));
    rtcp_write_sdes_cname(&w, 1, VIEW(name));
    assert_int_equal(writer_end(&w), ERR_TOO_LARGE);
}

static void test_a_generic_nack(void **state)
{
    (void)state;
    struct rtcp_walk w;
    struct rtcp_event e;
    uint32_t ssrc;
    uint16_t seq;
    assert_int_equal(rtcp_walk_init(&w, bytes_of("81cd0004 11111111 22222222 fffe8003 00080001")), OK);
    assert_true(rtcp_walk_next(&w, &e));
    assert_int_equal(e.kind, RTCP_RTPFB);
    assert_int_equal(e.format, RTCP_NACK);
    unsigned n = 0;
    static const uint16_t all[] = {0xfffe, 0xffff, 0, 14, 8, 9};
    for (; rtcp_nack_seq(e.body, n, &ssrc, &seq); n++) {
        assert_true(n < sizeof(all) / sizeof(all[0]));
        assert_int_equal(ssrc, 0x22222222);
        assert_int_equal(seq, all[n]);
    }
    assert_int_equal(n, sizeof(all) / sizeof(all[0]));
    assert_false(rtcp_nack_seq((struct view){e.body.ptr, 7}, 0, &ssrc, &seq));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_compound_packet),
        cmocka_unit_test(test_a_generic_nack),
        cmocka_unit_test(test_counts_that_lie),
        cmocka_unit_test(test_padding),
        cmocka_unit_test(test_what_we_write_is_what_we_read),
        cmocka_unit_test(test_lost_stays_in_its_24_bits),
        cmocka_unit_test(test_cname_of_every_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
