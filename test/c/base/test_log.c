#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"

/* What the calls of `say` wrote to standard error. */
static size_t captured(void (*say)(void), char *out, size_t cap)
{
    int ends[2], before = dup(STDERR_FILENO);
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    dup2(ends[1], STDERR_FILENO);
    say();
    dup2(before, STDERR_FILENO);
    close(before);
    close(ends[1]);
    ssize_t n = read(ends[0], out, cap - 1);
    close(ends[0]);
    out[n > 0 ? n : 0] = 0;
    return n > 0 ? (size_t)n : 0;
}

static void say_two(void)
{
    LOG_WARN("store", "took %d ms", 7);
    LOG_DEBUG("store", "not at this level");
}

static void say_lines(void)
{
    LOG_ERROR("a-module-with-a-very-long-name", "one\ntwo\r\x1b[31mthree");
}

static void say_much(void)
{
    char much[2000];
    memset(much, 'x', sizeof(much) - 1);
    much[sizeof(much) - 1] = 0;
    LOG_ERROR("m", "%s", much);
}

static void test_a_line_says_time_level_module_text(void **state)
{
    (void)state;
    char out[1024];
    captured(say_two, out, sizeof(out));
    assert_non_null(strstr(out, " warn  store   took 7 ms\n"));
    assert_int_equal(out[4], '-');
    assert_int_equal(out[10], 'T');
    assert_int_equal(out[23], 'Z');
    assert_null(strstr(out, "not at this level"));
}

static void test_an_event_is_one_line(void **state)
{
    (void)state;
    char out[1024];
    size_t n = captured(say_lines, out, sizeof(out));
    assert_ptr_equal(strchr(out, '\n'), out + n - 1);
    assert_null(strchr(out, '\x1b'));
    n = captured(say_much, out, sizeof(out));
    assert_int_equal(n, 511);
    assert_ptr_equal(strchr(out, '\n'), out + n - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_line_says_time_level_module_text),
        cmocka_unit_test(test_an_event_is_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
