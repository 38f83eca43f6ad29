#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/limits.h"

static void test_reader_reads_big_endian_and_ends(void **state)
{
    (void)state;
    const uint8_t in[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 0xaa, 0xbb};
    struct reader r = reader_init(VIEW(in));
    assert_int_equal(read_u8(&r), 0x01);
    assert_int_equal(read_u16(&r), 0x0203);
    assert_int_equal(read_u24(&r), 0x040506);
    assert_int_equal(read_u32(&r), 0x0708090a);
    assert_true(read_u64(&r) == 0x0b0c0d0e0f101112);
    assert_int_equal(reader_left(&r), 2);
    assert_int_equal(reader_end(&r), ERR_TRAILING);
    struct view rest = read_view(&r, 2);
    assert_int_equal(rest.len, 2);
    assert_ptr_equal(rest.ptr, in + 18);
    assert_int_equal(reader_end(&r), OK);
}

static void test_reader_sticks_after_one_past(void **state)
{
    (void)state;
    uint8_t *in = malloc(3), out[4] = {9, 9, 9, 9};
    memset(in, 0xff, 3);
    struct reader r = reader_init((struct view){in, 3});
    assert_int_equal(read_u32(&r), 0);
    assert_int_equal(reader_end(&r), ERR_TRUNCATED);
    assert_int_equal(read_u8(&r), 0); /* there are bytes, but nothing counts any more */
    assert_int_equal(reader_left(&r), 0);
    read_bytes(&r, out, 4);
    assert_memory_equal(out, "\0\0\0\0", 4);
    assert_int_equal(read_view(&r, 1).len, 0);
    reader_fail(&r, ERR_SIGNATURE);
    assert_int_equal(reader_end(&r), ERR_TRUNCATED); /* the first error stays */
    free(in);
}

static void test_reader_refuses_lengths_that_would_wrap(void **state)
{
    (void)state;
    const uint8_t in[4] = {0};
    struct reader r = reader_init(VIEW(in));
    read_u8(&r);
    read_skip(&r, SIZE_MAX);
    assert_int_equal(reader_end(&r), ERR_TRUNCATED);
}

static void test_reader_of_nothing(void **state)
{
    (void)state;
    struct reader r = reader_init((struct view){0});
    assert_int_equal(read_view(&r, 0).len, 0);
    read_bytes(&r, NULL, 0);
    assert_int_equal(reader_end(&r), OK);
    read_u8(&r);
    assert_int_equal(reader_end(&r), ERR_TRUNCATED);
}

static void test_writer_fills_to_the_last_byte(void **state)
{
    (void)state;
    uint8_t out[18];
    struct writer w = writer_init(out, sizeof(out));
    write_u8(&w, 1);
    write_u16(&w, 0x0203);
    write_u24(&w, 0xff040506); /* the high byte is not of it */
    write_u32(&w, 0x0708090a);
    write_u64(&w, 0x0b0c0d0e0f101112);
    assert_int_equal(writer_end(&w), OK);
    for (unsigned i = 0; i < sizeof(out); i++) assert_int_equal(out[i], i + 1);
    write_view(&w, (struct view){0});
    assert_int_equal(writer_end(&w), OK);
    write_u8(&w, 1);
    assert_int_equal(writer_end(&w), ERR_TOO_LARGE);
    assert_int_equal(writer_view(&w).len, 18);
}

static void test_writer_writes_all_of_it_or_nothing(void **state)
{
    (void)state;
    uint8_t out[4] = {7, 7, 7, 7};
    struct writer w = writer_init(out, 3);
    write_u32(&w, 0);
    write_u8(&w, 0);
    assert_int_equal(writer_end(&w), ERR_TOO_LARGE);
    assert_memory_equal(out, "\7\7\7\7", 4);
}

static void test_patch_stays_inside(void **state)
{
    (void)state;
    uint8_t out[8];
    struct writer w = writer_init(out, sizeof(out));
    write_u32(&w, 0);
    patch_u16(&w, 2, 0xabcd);
    assert_int_equal(writer_end(&w), OK);
    assert_memory_equal(out, "\0\0\xab\xcd", 4);
    patch_u16(&w, 3, 1); /* its second byte was never written */
    assert_int_equal(writer_end(&w), ERR_STATE);
    w = writer_init(out, sizeof(out));
    patch_u16(&w, SIZE_MAX, 1);
    assert_int_equal(writer_end(&w), ERR_STATE);
}

static void test_views(void **state)
{
    (void)state;
    assert_true(view_eq(view_str("abc"), view_str("abc")));
    assert_false(view_eq(view_str("abc"), view_str("abd")));
    assert_false(view_eq(view_str("abc"), view_str("ab")));
    assert_true(view_eq((struct view){0}, view_str("")));
}

/* ---- base64url ---- */

static void test_b64_rfc4648_vectors(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
        char text[16];
        uint8_t bytes[16];
        size_t len = 99;
        assert_int_equal(b64_encode(text, sizeof(text), view_str(pairs[i][0])), strlen(pairs[i][1]));
        assert_string_equal(text, pairs[i][1]);
        assert_int_equal(B64_LEN(strlen(pairs[i][0])), strlen(pairs[i][1]));
        assert_int_equal(b64_decode(bytes, sizeof(bytes), &len, text, strlen(text)), OK);
        assert_true(view_eq((struct view){bytes, len}, view_str(pairs[i][0])));
        assert_int_equal(b64_decode_exact(bytes, len, text, strlen(text)), OK);
        assert_int_equal(b64_decode_exact(bytes, len + 1, text, strlen(text)), ERR_MALFORMED);
    }
    char text[8];
    b64_encode(text, sizeof(text), (struct view){(const uint8_t *)"\xfb\xff\xfe", 3});
    assert_string_equal(text, "-__-"); /* the URL alphabet */
}

static void test_b64_needs_room_for_its_nul(void **state)
{
    (void)state;
    char text[5] = "xxxx";
    assert_int_equal(b64_encode(text, 5, view_str("foo")), 4);
    assert_int_equal(b64_encode(text, 4, view_str("foo")), 0);
    assert_string_equal(text, "");
    assert_int_equal(b64_encode(text, 0, view_str("")), 0);
}

static void test_b64_has_one_spelling(void **state)
{
    (void)state;
    static const char *const bad[] = {"Zg==",    "Zm8=",  "Zm 8", "Zm9v\n",
                                      "Z",       "Zm9vY", "Zm+v", "Zm/v",
                                      "Zm9\x80", "=",     "Zh",   /* bits after the last byte */ "Zm9"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        uint8_t out[8];
        size_t len = 99;
        assert_int_equal(b64_decode(out, sizeof(out), &len, bad[i], strlen(bad[i])), ERR_MALFORMED);
        assert_int_equal(len, 0);
    }
}

static void test_b64_decodes_into_exactly_enough(void **state)
{
    (void)state;
    uint8_t out[3];
    size_t len;
    assert_int_equal(b64_decode(out, 3, &len, "Zm9v", 4), OK);
    assert_int_equal(b64_decode(out, 2, &len, "Zm9v", 4), ERR_TOO_LARGE);
    assert_int_equal(b64_decode(out, 2, &len, "Zm8", 3), OK);
    assert_int_equal(b64_decode(out, 1, &len, "Zm8", 3), ERR_TOO_LARGE);
    assert_int_equal(b64_decode(NULL, 0, &len, "", 0), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reader_reads_big_endian_and_ends),
        cmocka_unit_test(test_reader_sticks_after_one_past),
        cmocka_unit_test(test_reader_refuses_lengths_that_would_wrap),
        cmocka_unit_test(test_reader_of_nothing),
        cmocka_unit_test(test_writer_fills_to_the_last_byte),
        cmocka_unit_test(test_writer_writes_all_of_it_or_nothing),
        cmocka_unit_test(test_patch_stays_inside),
        cmocka_unit_test(test_views),
        cmocka_unit_test(test_b64_rfc4648_vectors),
        cmocka_unit_test(test_b64_needs_room_for_its_nul),
        cmocka_unit_test(test_b64_has_one_spelling),
        cmocka_unit_test(test_b64_decodes_into_exactly_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
