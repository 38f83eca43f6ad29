#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "wire/rtp.h"

#define FIXED(first, second) first second "1234 01020304 aabbccdd"

static uint8_t buffer[256];

static struct view bytes_of(const char *hex)
{
    long n = unhex(buffer, sizeof(buffer), hex);
    assert_true(n >= 0);
    return (struct view){buffer, (size_t)n};
}

static void test_kinds_of_packets(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        enum packet_kind kind;
    } cases[] = {
        {"", PACKET_OTHER},     {"00", PACKET_STUN},    {"03", PACKET_STUN},   {"04", PACKET_OTHER},
        {"13", PACKET_OTHER},   {"14", PACKET_DTLS},    {"3f", PACKET_DTLS},   {"40", PACKET_OTHER},
        {"7f00", PACKET_OTHER}, {"80", PACKET_OTHER},   {"8000", PACKET_RTP},  {"806f", PACKET_RTP},
        {"80bf", PACKET_RTP},   {"80c0", PACKET_RTCP},  {"80c8", PACKET_RTCP}, {"81c9", PACKET_RTCP},
        {"80df", PACKET_RTCP},  {"80e0", PACKET_RTP},   {"80ef", PACKET_RTP},  {"bf6f", PACKET_RTP},
        {"c000", PACKET_OTHER}, {"ff00", PACKET_OTHER},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        if (packet_kind(bytes_of(cases[i].hex)) != cases[i].kind) fail_msg("%s", cases[i].hex);
}

static void test_plain_header_and_back(void **state)
{
    (void)state;
    struct rtp_header h;
    struct view v = bytes_of(FIXED("80", "ef") "cafe"), payload;
    assert_int_equal(rtp_parse(&h, v), OK);
    assert_true(h.marker);
    assert_false(h.padding);
    assert_int_equal(h.payload_type, 111);
    assert_int_equal(h.seq, 0x1234);
    assert_int_equal(h.timestamp, 0x01020304);
    assert_int_equal(h.ssrc, 0xaabbccdd);
    assert_int_equal(h.header_len, RTP_HEADER_BYTES);
    assert_int_equal(h.extension.len, 0);
    assert_int_equal(rtp_payload(&h, v, &payload), OK);
    assert_int_equal(payload.len, 2);

    uint8_t out[RTP_HEADER_BYTES];
    struct writer w = writer_init(out, sizeof(out));
    rtp_write_header(&w, &h);
    assert_int_equal(writer_end(&w), OK);
    assert_memory_equal(out, v.ptr, RTP_HEADER_BYTES);
    rtp_write_header(&w, &h);
    assert_int_equal(writer_end(&w), ERR_TOO_LARGE);
}

static void test_csrcs_and_extension_are_part_of_the_header(void **state)
{
    (void)state;
    struct rtp_header h;
    struct view payload, v = bytes_of(FIXED("92", "6f") "11111111 22222222 bede0002 10ff2001 aa000000 77");
    assert_int_equal(rtp_parse(&h, v), OK);
    assert_int_equal(h.header_len, 12 + 8 + 4 + 8);
    assert_int_equal(h.profile, 0xbede);
    assert_int_equal(h.extension.len, 8);
    assert_int_equal(rtp_payload(&h, v, &payload), OK);
    assert_int_equal(payload.len, 1);
    assert_int_equal(payload.ptr[0], 0x77);
    for (size_t n = 0; n < h.header_len; n++) {
        uint8_t *exact = malloc(n ? n : 1);
        struct rtp_header cut;
        memcpy(exact, v.ptr, n);
        assert_int_equal(rtp_parse(&cut, (struct view){exact, n}), ERR_TRUNCATED);
        assert_int_equal(cut.header_len, 0);
        free(exact);
    }
    assert_int_equal(rtp_parse(&h, (struct view){v.ptr, 32}), OK);               /* no payload: fine */
    assert_int_equal(rtp_parse(&h, bytes_of(FIXED("90", "6f") "bede0000")), OK); /* an empty extension */
    assert_int_equal(h.header_len, 16);
    assert_int_equal(rtp_parse(&h, bytes_of(FIXED("90", "6f") "bedeffff 00000000")), ERR_TRUNCATED);
    assert_int_equal(rtp_parse(&h, bytes_of(FIXED("40", "6f"))), ERR_MALFORMED); /* version 1 */
}

static uint8_t level(const char *extension, uint8_t id, bool *voice)
{
    static uint8_t ext[64];
    struct view v = bytes_of(extension);
    struct reader r = reader_init(v);
    struct rtp_header h = {.profile = read_u16(&r)};
    read_bytes(&r, ext, reader_left(&r));
    h.extension = (struct view){ext, v.len - 2};
    return rtp_audio_level(&h, id, voice);
}

static void test_audio_level_one_byte(void **state)
{
    (void)state;
    bool voice;
    assert_int_equal(level("bede 10a3 0000", 1, &voice), 0x23);
    assert_true(voice);
    assert_int_equal(level("bede 1023 0000", 1, &voice), 0x23);
    assert_false(voice);
    assert_int_equal(level("bede 1000 0000", 1, NULL), 0);             /* loudest */
    assert_int_equal(level("bede 22aabbcc 00 1005 00", 1, &voice), 5); /* after another and padding */
    assert_int_equal(level("bede e07f", 14, &voice), 127);
    assert_int_equal(level("bede e005", 14, &voice), 5); /* the last id there is */
    /* absent, cut, or of no use */
    assert_int_equal(level("bede 2005 0000", 1, &voice), 127);
    assert_false(voice);
    assert_int_equal(level("bede 10", 1, &voice), 127);
    assert_int_equal(level("bede 2f01 1005", 1, &voice), 127); /* an element past the end */
    assert_int_equal(level("bede f000 1005", 1, &voice), 127); /* id 15 ends it */
    assert_int_equal(level("bede 0100 1005", 1, &voice), 127); /* so does id 0 with a length */
    assert_int_equal(level("bede f005", 15, &voice), 127);
    assert_int_equal(level("bede 0005", 0, &voice), 127);
    assert_int_equal(level("bede", 1, &voice), 127);
    assert_int_equal(level("beef 1005", 1, &voice), 127); /* some other profile */
}

static void test_audio_level_two_byte(void **state)
{
    (void)state;
    bool voice;
    assert_int_equal(level("1000 0101 85 00", 1, &voice), 5);
    assert_true(voice);
    assert_int_equal(level("100f 00 02 00 ff0109", 255, &voice),
                     9); /* padding, an empty one, the highest id */
    assert_int_equal(level("1000 0f02 aabb 0101 06", 1, &voice), 6); /* 15 is an id like any other here */
    assert_int_equal(level("1000 0100", 1, &voice), 127);            /* no level in it */
    assert_int_equal(level("1000 0102 05", 1, &voice), 127);
    assert_int_equal(level("1000 01", 1, &voice), 127);
    assert_int_equal(level("1010 0101 05", 1, &voice), 127);
}

static void test_padding_is_taken_off(void **state)
{
    (void)state;
    struct rtp_header h;
    struct view payload, v = bytes_of(FIXED("a0", "6f") "cafe 000003");
    assert_int_equal(rtp_parse(&h, v), OK);
    assert_true(h.padding);
    assert_int_equal(rtp_payload(&h, v, &payload), OK);
    assert_int_equal(payload.len, 2);
    buffer[v.len - 1] = 5; /* nothing but padding: Chromium's probes */
    assert_int_equal(rtp_payload(&h, v, &payload), OK);
    assert_int_equal(payload.len, 0);
    buffer[v.len - 1] = 6; /* one past */
    assert_int_equal(rtp_payload(&h, v, &payload), ERR_MALFORMED);
    buffer[v.len - 1] = 0;
    assert_int_equal(rtp_payload(&h, v, &payload), ERR_MALFORMED);
    assert_int_equal(payload.len, 0);
    assert_int_equal(rtp_payload(&h, (struct view){v.ptr, 12}, &payload), ERR_MALFORMED);
    assert_int_equal(rtp_payload(&h, (struct view){v.ptr, 11}, &payload), ERR_TRUNCATED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds_of_packets),
        cmocka_unit_test(test_plain_header_and_back),
        cmocka_unit_test(test_csrcs_and_extension_are_part_of_the_header),
        cmocka_unit_test(test_audio_level_one_byte),
        cmocka_unit_test(test_audio_level_two_byte),
        cmocka_unit_test(test_padding_is_taken_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
