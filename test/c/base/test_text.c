#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/err.h"

static enum err name(const char *s)
{
    return text_check(view_str(s), 1, 40);
}

static void test_names_of_people(void **state)
{
    (void)state;
    static const char *const good[] = {
        "a",
        "Inès",
        "Ine\xcc\x80s", /* e and a combining grave accent */
        "Nguyễn Văn A",
        "李小龍",
        "שרה",
        "محمد",
        "👩‍👩‍👧", /* joined by U+200D */
        "🏴\xf3\xa0\x81\xa7\xf3\xa0\x81\xa2\xf3\xa0\x81\xa5\xf3\xa0\x81\xae\xf3\xa0\x81\xa7\xf3\xa0\x81"
        "\xbf",          /* England */
        "❤\xef\xb8\x8f", /* with a variation selector */
        "O'Brien-Smith, \"Jo\" <3",
        " spaces at the ends ",
        "\xf0\x9f\xbf\xbd", /* U+1FFFD, last before a noncharacter */
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
        if (name(good[i])) fail_msg("refused: %s", good[i]);
}

static void test_bytes_that_are_not_utf8(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\x80", /* a continuation alone */
        "a\xff",
        "\xc0\x80",         /* overlong NUL */
        "\xc1\xbf",         /* overlong DEL */
        "\xe0\x9f\xbf",     /* overlong U+07FF */
        "\xf0\x8f\xbf\xbf", /* overlong U+FFFF */
        "\xed\xa0\x80",     /* first surrogate */
        "\xed\xbf\xbf",     /* last surrogate */
        "\xf4\x90\x80\x80", /* one past U+10FFFF */
        "\xf5\x80\x80\x80",
        "\xc3", /* cut */
        "\xe2\x82",
        "\xf0\x9f\x91",
        "\xc3(",
        "\xe2\x82(",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        if (name(bad[i]) != ERR_MALFORMED) fail_msg("number %zu was not refused", i);
    assert_int_equal(name("\xdf\xbf"), OK); /* U+07FF, and its neighbours at the other lengths */
    assert_int_equal(name("\xe0\xa0\x80"), OK);
    assert_int_equal(name("\xf0\x90\x80\x80"), OK);
}

static void test_characters_that_deceive(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "a\nb",
        "a\tb",
        "\x7f",
        "a\xc2\x85" /* U+0085 */,
        "a\xc2\x9f",
        "\xe2\x80\xa8line", /* U+2028 */
        "\xe2\x80\xaa"
        "a",
        "\xe2\x80\xab"
        "a",
        "\xe2\x80\xac"
        "a",
        "\xe2\x80\xad"
        "a",
        "\xe2\x80\xae"
        "a", /* U+202A-E */
        "\xe2\x81\xa6"
        "a",
        "\xe2\x81\xa7"
        "a",
        "\xe2\x81\xa8"
        "a",
        "\xe2\x81\xa9"
        "a",                /* U+2066-9 */
        "\xee\x80\x80",     /* U+E000, private use */
        "\xf3\xb0\x80\x80", /* U+F0000 */
        "\xef\xbf\xbe",
        "\xef\xbf\xbf",
        "\xf0\x9f\xbf\xbe", /* noncharacters */
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        if (name(bad[i]) != ERR_MALFORMED) fail_msg("number %zu was not refused", i);
    assert_int_equal(text_check((struct view){(const uint8_t *)"a\0b", 3}, 1, 40), ERR_MALFORMED);
}

static void test_text_that_nobody_sees(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        " ",
        "\xc2\xa0\xe3\x80\x80",                 /* no-break and ideographic space */
        "\xe2\x80\x8b",                         /* zero width space */
        "\xe2\x80\x8d\xe2\x80\x8c\xef\xbb\xbf", /* joiner, non-joiner, BOM */
        " \xe2\x81\xa0 ",                       /* word joiner between spaces */
        "\xcc\x80\xcc\x81",                     /* accents on nothing */
        "\xe3\x85\xa4",                         /* Hangul filler */
        "\xe2\xa0\x80",                         /* Braille without dots */
        "\xf3\xa0\x81\xa7",                     /* a tag alone */
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        if (name(bad[i]) != ERR_MALFORMED) fail_msg("number %zu was not refused", i);
    assert_int_equal(text_check(view_str(""), 0, 60), OK);
    assert_int_equal(text_check(view_str("  "), 0, 60), OK);
    assert_int_equal(text_check(view_str("\xe2\x80\x8b"), 0, 60), ERR_MALFORMED);
}

static void repeat(char *out, const char *s, size_t n)
{
    *out = 0;
    for (size_t i = 0; i < n; i++) strcat(out, s);
}

static void test_length_counts_characters_without_the_ends(void **state)
{
    (void)state;
    char s[512], padded[600];
    repeat(s, "é", 40);
    assert_int_equal(name(s), OK);
    snprintf(padded, sizeof(padded), " %s  ", s);
    assert_int_equal(name(padded), OK);
    repeat(s, "é", 41);
    assert_int_equal(name(s), ERR_TOO_LARGE);
    repeat(s, "👍", 40); /* 160 bytes: the most there can be */
    assert_int_equal(name(s), OK);
    strcat(s, " "); /* 161 would not fit its buffer, trimmed or not */
    assert_int_equal(name(s), ERR_TOO_LARGE);
    assert_int_equal(text_check(view_str("a b"), 3, 3), OK); /* a space inside counts */
    assert_int_equal(text_check(view_str("a b"), 4, 9), ERR_MALFORMED);
}

static void test_errors_have_a_code_and_a_sentence(void **state)
{
    (void)state;
    assert_string_equal(err_code(ERR_INVITE_USED), "invite_used");
    assert_string_equal(err_sentence(ERR_INVITE_USED), "This invitation was already used.");
    assert_string_equal(err_code((enum err)999), "internal");
    assert_int_equal(err_class(ERR_TRUNCATED), ERR_CLASS_PEER);
    assert_int_equal(err_class(ERR_NAME), ERR_CLASS_CALLER);
    assert_int_equal(err_class(ERR_STORE), ERR_CLASS_SYSTEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_of_people),
        cmocka_unit_test(test_bytes_that_are_not_utf8),
        cmocka_unit_test(test_characters_that_deceive),
        cmocka_unit_test(test_text_that_nobody_sees),
        cmocka_unit_test(test_length_counts_characters_without_the_ends),
        cmocka_unit_test(test_errors_have_a_code_and_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
