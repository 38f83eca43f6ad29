#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "hex.h"
#include "wire/stun.h"

#define COOKIE "2112a442"
#define TRANSACTION "b7e7a701bc34d686fa87dfae"

/* RFC 5769 */
static const char request_hex[] = "00010058" COOKIE TRANSACTION "80220010 5354554e207465737420636c69656e74"
                                  "00240004 6e0001ff 80290008 932ff9b151263b36"
                                  "00060009 6576746a3a68367659202020"
                                  "00080014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
                                  "80280004 e57a3bcf";
static const char ipv4_hex[] = "0101003c" COOKIE TRANSACTION "8022000b 7465737420766563746f7220"
                               "00200008 0001a147e112a643"
                               "00080014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7 80280004 c07d4c96";
static const char ipv6_hex[] = "01010048" COOKIE TRANSACTION "8022000b 7465737420766563746f7220"
                               "00200014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
                               "00080014 a382954e4be67bf11784c97c8292c275bfe3ed41 80280004 c8fb0b4c";
static const char password[] = "VOkJxbRl1RmTxUk/WvJxBt";

static uint8_t buffer[2048];

static struct view bytes_of(const char *hex)
{
    long n = unhex(buffer, sizeof(buffer), hex);
    assert_true(n >= 0);
    return (struct view){buffer, (size_t)n};
}

static enum err parse(struct stun_message *m, const char *hex)
{
    return stun_parse(m, bytes_of(hex));
}

static void test_rfc5769_request(void **state)
{
    (void)state;
    struct stun_message m;
    assert_int_equal(parse(&m, request_hex), OK);
    assert_true(stun_looks_like(m.whole));
    assert_int_equal(m.type, STUN_BINDING_REQUEST);
    assert_true(view_eq(m.username, view_str("evtj:h6vY")));
    assert_true(m.has_integrity && m.has_fingerprint && m.controlled);
    assert_false(m.controlling || m.use_candidate);
    assert_int_equal(m.priority, 0x6e0001ff);
    assert_int_equal(m.unknown_required, 0);
    assert_int_equal(m.integrity_at, 20 + 88 - 8 - 24);
    assert_int_equal(stun_check_integrity(&m, view_str(password)), OK);
    assert_int_equal(stun_check_integrity(&m, view_str("VOkJxbRl1RmTxUk/WvJxBT")), ERR_AUTH);
    assert_int_equal(stun_check_integrity(&m, view_str("")), ERR_AUTH);
}

static void test_rfc5769_answers(void **state)
{
    (void)state;
    struct stun_message m;
    assert_int_equal(parse(&m, ipv4_hex), OK);
    assert_int_equal(m.type, STUN_BINDING_SUCCESS);
    assert_int_equal(stun_check_integrity(&m, view_str(password)), OK);
    assert_int_equal(parse(&m, ipv6_hex), OK);
    assert_int_equal(stun_check_integrity(&m, view_str(password)), OK);
}

static void test_every_flipped_bit_is_noticed(void **state)
{
    (void)state;
    struct view v = bytes_of(request_hex);
    for (size_t bit = 0; bit < v.len * 8; bit++) {
        struct stun_message m;
        buffer[bit / 8] ^= (uint8_t)(1 << bit % 8);
        bool ok = stun_parse(&m, v) == OK && stun_check_integrity(&m, view_str(password)) == OK;
        /* A FINGERPRINT under another name is one of the attributes that are ignored after the HMAC. */
        if (ok && (m.has_fingerprint || bit / 8 < m.integrity_at + 24)) fail_msg("bit %zu", bit);
        buffer[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void test_every_truncation_and_a_byte_more_is_refused(void **state)
{
    (void)state;
    struct stun_message m;
    struct view v = bytes_of(request_hex);
    for (size_t n = 0; n < v.len; n++) {
        uint8_t *exact = malloc(n ? n : 1);
        memcpy(exact, v.ptr, n);
        assert_int_not_equal(stun_parse(&m, (struct view){exact, n}), OK);
        free(exact);
    }
    assert_int_equal(stun_parse(&m, (struct view){v.ptr, v.len + 1}), ERR_TRAILING);
    assert_int_equal(stun_parse(&m, (struct view){v.ptr, v.len + 4}), ERR_TRAILING);
}

/* The attributes of an answer that we write, against those of the RFC that were made from the same address.
 */
static void check_mapped(const struct sockaddr_storage *from, const char *attribute)
{
    struct stun_message request, m;
    uint8_t out[128], expected[64];
    assert_int_equal(parse(&request, request_hex), OK);
    struct writer w = writer_init(out, sizeof(out));
    assert_int_equal(stun_write_success(&w, &request, from, view_str(password)), OK);
    size_t n = (size_t)unhex(expected, sizeof(expected), attribute);
    assert_memory_equal(out + 20, expected, n);
    assert_int_equal(w.len, 20 + n + 24 + 8);
    assert_true(w.len <= request.whole.len); /* nothing is amplified */
    assert_int_equal(stun_parse(&m, writer_view(&w)), OK);
    assert_memory_equal(m.transaction, request.transaction, 12);
    assert_int_equal(m.type, STUN_BINDING_SUCCESS);
    assert_true(m.has_fingerprint);
    assert_int_equal(stun_check_integrity(&m, view_str(password)), OK);
}

static void test_answers_carry_the_senders_address(void **state)
{
    (void)state;
    struct sockaddr_storage from = {0};
    struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)&from;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)&from;
    v4->sin_family = AF_INET;
    v4->sin_port = htons(32853);
    inet_pton(AF_INET, "192.0.2.1", &v4->sin_addr);
    check_mapped(&from, "00200008 0001a147e112a643");
    memset(&from, 0, sizeof(from));
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(32853);
    inet_pton(AF_INET6, "2001:db8:1234:5678:11:2233:4455:6677", &v6->sin6_addr);
    check_mapped(&from, "00200014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9");
    inet_pton(AF_INET6, "::ffff:192.0.2.1", &v6->sin6_addr);
    check_mapped(&from, "00200008 0001a147e112a643");

    struct stun_message request;
    uint8_t out[128];
    assert_int_equal(parse(&request, request_hex), OK);
    from.ss_family = AF_UNIX;
    struct writer w = writer_init(out, sizeof(out));
    assert_int_equal(stun_write_success(&w, &request, &from, view_str(password)), ERR_UNSUPPORTED);
}

static void test_answers_need_room(void **state)
{
    (void)state;
    struct stun_message request;
    struct sockaddr_storage from = {.ss_family = AF_INET};
    uint8_t out[64];
    assert_int_equal(parse(&request, request_hex), OK);
    for (size_t cap = 0; cap < sizeof(out); cap++) {
        struct writer w = writer_init(out, cap);
        assert_int_equal(stun_write_success(&w, &request, &from, view_str(password)), ERR_TOO_LARGE);
    }
    struct writer w = writer_init(out, sizeof(out));
    assert_int_equal(stun_write_success(&w, &request, &from, view_str(password)), OK);
    assert_int_equal(stun_write_success(&w, &request, &from, view_str(password)),
                     ERR_STATE); /* one at a time */
}

static void test_errors(void **state)
{
    (void)state;
    struct stun_message request, m;
    uint8_t out[128], expected[64];
    /* 0x7ffe is nobody's, and required; 0xfffe may be ignored */
    assert_int_equal(parse(&request, "00010010" COOKIE TRANSACTION "fffe0000 7ffe0004 00000000 7ffd0000"),
                     OK);
    assert_int_equal(request.unknown_required, 0x7ffe);
    struct writer w = writer_init(out, sizeof(out));
    assert_int_equal(stun_write_error(&w, &request, 420, view_str(password)), OK);
    size_t n = (size_t)unhex(expected, sizeof(expected),
                             "00090015 00000414 556e6b6e6f776e20417474726962757465 000000 000a0002 7ffe0000");
    assert_memory_equal(out + 20, expected, n);
    assert_int_equal(stun_parse(&m, writer_view(&w)), OK);
    assert_int_equal(m.type, STUN_BINDING_ERROR);
    assert_int_equal(stun_check_integrity(&m, view_str(password)), OK);

    w = writer_init(out, sizeof(out));
    assert_int_equal(stun_write_error(&w, &request, 400, (struct view){0}), OK); /* of an unknown sender */
    assert_int_equal(stun_parse(&m, writer_view(&w)), OK);
    assert_false(m.has_integrity);
    w = writer_init(out, sizeof(out));
    assert_int_equal(stun_write_error(&w, &request, 299, (struct view){0}), ERR_MALFORMED);
    assert_int_equal(stun_write_error(&w, &request, 700, (struct view){0}), ERR_MALFORMED);
}

static void test_our_request_is_one(void **state)
{
    (void)state;
    static const uint8_t transaction[12] = "transaction";
    uint8_t out[256];
    char long_name[512];
    struct stun_message m;
    struct writer w = writer_init(out, sizeof(out));
    assert_int_equal(
        stun_write_request(&w, transaction, view_str("server:me"), view_str(password), 0x7effffff, true), OK);
    assert_int_equal(stun_parse(&m, writer_view(&w)), OK);
    assert_int_equal(m.type, STUN_BINDING_REQUEST);
    assert_memory_equal(m.transaction, transaction, 12);
    assert_true(view_eq(m.username, view_str("server:me")));
    assert_true(m.use_candidate && m.controlling && m.has_integrity && m.has_fingerprint);
    assert_int_equal(m.priority, 0x7effffff);
    assert_int_equal(stun_check_integrity(&m, view_str(password)), OK);
    memset(long_name, 'x', sizeof(long_name));
    w = writer_init(out, sizeof(out));
    struct view name = {(const uint8_t *)long_name, 509};
    assert_int_equal(stun_write_request(&w, transaction, name, view_str(password), 1, false), ERR_MALFORMED);
    name.len = 0;
    assert_int_equal(stun_write_request(&w, transaction, name, view_str(password), 1, false), ERR_MALFORMED);
}

static void test_what_is_not_stun(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        enum err err;
    } cases[] = {
        {"40010000" COOKIE TRANSACTION, ERR_MALFORMED}, /* top bits */
        {"00010000"
         "2112a443" TRANSACTION,
         ERR_MALFORMED},                                           /* cookie */
        {"00010001" COOKIE TRANSACTION "00", ERR_MALFORMED},       /* odd length */
        {"00010004" COOKIE TRANSACTION "00060004", ERR_TRUNCATED}, /* value past the end */
        {"00010008" COOKIE TRANSACTION "00060005 61626364", ERR_TRUNCATED},
        {"00010004" COOKIE TRANSACTION "0006ffff", ERR_TRUNCATED},
        {"00010004" COOKIE TRANSACTION "00060000", ERR_MALFORMED},          /* a name of nothing */
        {"00010008" COOKIE TRANSACTION "00250001 00000000", ERR_MALFORMED}, /* a flag with a value */
        {"00010008" COOKIE TRANSACTION "00240003 00000000", ERR_MALFORMED}, /* a short priority */
        {"00010008" COOKIE TRANSACTION "802a0004 00000000", ERR_MALFORMED},
        {"00010008" COOKIE TRANSACTION "00080004 00000000", ERR_MALFORMED}, /* a short HMAC */
        {"00010008" COOKIE TRANSACTION "80280004 00000000", ERR_MALFORMED}, /* a wrong CRC */
        {"00010004" COOKIE TRANSACTION "80280000", ERR_MALFORMED},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct stun_message m;
        if (parse(&m, cases[i].hex) != cases[i].err) fail_msg("case %zu: %d", i, parse(&m, cases[i].hex));
    }
    assert_false(stun_looks_like(bytes_of("000100002112a44200")));
    assert_false(stun_looks_like(bytes_of("04010000" COOKIE TRANSACTION)));
    assert_false(stun_looks_like((struct view){0}));
}

/* Bit by bit, unlike the table in stun.c. */
static uint32_t slow_crc32(const uint8_t *p, size_t n)
{
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

static void test_nothing_follows_a_fingerprint(void **state)
{
    (void)state;
    struct stun_message m;
    uint8_t out[128];
    static const uint8_t transaction[12] = {0};
    struct writer w = writer_init(out, sizeof(out));
    assert_int_equal(stun_write_request(&w, transaction, view_str("a:b"), view_str(""), 1, false), OK);
    assert_int_equal(stun_parse(&m, writer_view(&w)), OK);
    assert_false(m.has_integrity);
    /* the same with an attribute behind, and a fingerprint that is right for the longer message */
    patch_u16(&w, 2, (uint16_t)(w.len + 4 - 20));
    w.len -= 8;
    uint32_t crc = slow_crc32(out, w.len) ^ 0x5354554e;
    write_u32(&w, 0x80280004);
    write_u32(&w, crc);
    write_u32(&w, 0xfffe0000);
    assert_int_equal(writer_end(&w), OK);
    assert_int_equal(stun_parse(&m, writer_view(&w)), ERR_TRAILING);
}

static void test_what_integrity_does_not_cover_is_ignored(void **state)
{
    (void)state;
    struct stun_message m;
    uint8_t out[256];
    static const uint8_t transaction[12] = {0};
    struct writer w = writer_init(out, sizeof(out));
    assert_int_equal(stun_write_request(&w, transaction, view_str("a:b"), view_str(password), 1, false), OK);
    w.len -= 8;                /* in place of the fingerprint: */
    write_u32(&w, 0x00250000); /* USE-CANDIDATE */
    write_u32(&w, 0x7ffe0000); /* something required */
    assert_int_equal(writer_end(&w), OK);
    assert_int_equal(stun_parse(&m, writer_view(&w)), OK);
    assert_int_equal(stun_check_integrity(&m, view_str(password)), OK);
    assert_false(m.use_candidate);
    assert_int_equal(m.unknown_required, 0);
    /* and of two names the first counts */
    assert_int_equal(parse(&m, "00010010" COOKIE TRANSACTION "00060001 61000000 00060001 62000000"), OK);
    assert_true(view_eq(m.username, view_str("a")));
}

static void test_integrity_of_a_message_larger_than_a_datagram(void **state)
{
    (void)state;
    struct stun_message m;
    struct writer w = writer_init(buffer, sizeof(buffer));
    static const uint8_t filler[LIMIT_DATAGRAM_BYTES];
    write_u16(&w, 1);
    write_u16(&w, 4 + LIMIT_DATAGRAM_BYTES + 24);
    write_u32(&w, 0x2112a442);
    write_bytes(&w, filler, 12);
    write_u16(&w, 0xfffe);
    write_u16(&w, LIMIT_DATAGRAM_BYTES);
    write_bytes(&w, filler, LIMIT_DATAGRAM_BYTES);
    write_u32(&w, 0x00080014);
    write_bytes(&w, filler, 20);
    assert_int_equal(stun_parse(&m, writer_view(&w)), OK);
    assert_int_equal(stun_check_integrity(&m, view_str(password)), ERR_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc5769_request),
        cmocka_unit_test(test_rfc5769_answers),
        cmocka_unit_test(test_every_flipped_bit_is_noticed),
        cmocka_unit_test(test_every_truncation_and_a_byte_more_is_refused),
        cmocka_unit_test(test_answers_carry_the_senders_address),
        cmocka_unit_test(test_answers_need_room),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_our_request_is_one),
        cmocka_unit_test(test_what_is_not_stun),
        cmocka_unit_test(test_nothing_follows_a_fingerprint),
        cmocka_unit_test(test_what_integrity_does_not_cover_is_ignored),
        cmocka_unit_test(test_integrity_of_a_message_larger_than_a_datagram),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
