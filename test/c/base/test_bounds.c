/* The table of bounds against the header it is made from, read here in another way: by its names alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bounds.h"
#include "base/limits.h"

enum { HEADER_BYTES = 65536 };

static char header[HEADER_BYTES];

static int read_header(void **state)
{
    char path[4096];
    (void)state;
    snprintf(path, sizeof path, "%s/../../src/base/limits.h", getenv("GOLDEN"));
    FILE *f = fopen(path, "r");
    if (!f) return -1;
    header[fread(header, 1, sizeof header - 1, f)] = 0;
    fclose(f);
    return 0;
}

/* The words between the braces of the enum that a value is given to: "LIMIT_X =". */
static size_t next_name(const char **at, char *out, size_t cap)
{
    const char *found = strstr(*at, "LIMIT_"), *end = strstr(header, "\n};");
    for (; found && found < end; found = strstr(found + 1, "LIMIT_")) {
        size_t n = strspn(found, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
        if (strncmp(found + n, " = ", 3)) continue;
        snprintf(out, cap, "%.*s", (int)n, found);
        *at = found + n;
        return n;
    }
    return 0;
}

static void every_bound_of_the_header_is_in_the_table_in_its_order(void **state)
{
    (void)state;
    const char *at = strstr(header, "enum {");
    char name[64];
    size_t n = 0;
    assert_non_null(at);
    for (; next_name(&at, name, sizeof name); n++) {
        assert_true(n < bound_count);
        assert_string_equal(bounds[n].name, name);
    }
    assert_true(n > 100);
    assert_int_equal(n, bound_count);
}

static const struct bound *find(const char *name)
{
    for (size_t i = 0; i < bound_count; i++)
        if (strcmp(bounds[i].name, name) == 0) return &bounds[i];
    return NULL;
}

static void a_bound_has_its_value_its_part_and_what_it_bounds(void **state)
{
    (void)state;
    static const struct bound known[] = {
        {"LIMIT_MEMBERS", LIMIT_MEMBERS, "identities and rooms", "accounts ever admitted to one club"},
        {"LIMIT_TITLE_BYTES", LIMIT_TITLE_BYTES, "identities and rooms", ""},
        {"LIMIT_EVENT_STAY_MS", LIMIT_EVENT_STAY_MS, "identities and rooms",
         "it is forgotten this long after its start"},
        {"LIMIT_SOCKETS_PER_PREFIX", LIMIT_SOCKETS_PER_PREFIX, "HTTP and WebSocket",
         "per IPv4 /32 or IPv6 /64; loopback is exempt behind a proxy"},
        {"LIMIT_DECODE_MEMORY_BYTES", LIMIT_DECODE_MEMORY_BYTES, "leak tracing", ""},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const struct bound *b = find(known[i].name);
        assert_non_null(b);
        assert_int_equal(b->value, known[i].value);
        assert_string_equal(b->part, known[i].part);
        assert_string_equal(b->what, known[i].what);
    }
    for (size_t i = 0; i < bound_count; i++) {
        assert_true(bounds[i].value > 0);
        assert_true(bounds[i].part[0]);
    }
}

static bool file_names(const char *path, const char *name)
{
    static char text[1 << 20];
    char whole[4096];
    snprintf(whole, sizeof whole, "%s/../../%s", getenv("GOLDEN"), path);
    FILE *f = fopen(whole, "r");
    if (!f) return false;
    text[fread(text, 1, sizeof text - 1, f)] = 0;
    fclose(f);
    size_t n = strlen(name);
    for (const char *at = strstr(text, name); at; at = strstr(at + n, name))
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ_", at[n])) return true;
    return false;
}

/* Fails for a bound that nobody has thought of a test for, and for a test that is not there. */
static void every_bound_has_a_row_that_says_where_it_is_tested(void **state)
{
    (void)state;
    char path[4096], line[512], name[64], where[400];
    size_t rows = 0;
    snprintf(path, sizeof path, "%s/../../test/limits.txt", getenv("GOLDEN"));
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        if (line[0] == '#') continue;
        if (sscanf(line, "%63s %399[^\n]", name, where) != 2) fail_msg("a row that is none: %s", line);
        if (rows == bound_count || strcmp(bounds[rows].name, name) != 0)
            fail_msg("%s is not the bound that comes next in limits.h", name);
        rows++;
        if (strncmp(where, "inside: ", 8) != 0 && !file_names(where, name)) fail_msg("%s does not name %s", where, name);
    }
    fclose(f);
    assert_int_equal(rows, bound_count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bound_of_the_header_is_in_the_table_in_its_order),
        cmocka_unit_test(every_bound_has_a_row_that_says_where_it_is_tested),
        cmocka_unit_test(a_bound_has_its_value_its_part_and_what_it_bounds)};
    return cmocka_run_group_tests(tests, read_header, NULL);
}
