/* Reading the vector files of $GOLDEN (test/golden) for the tests of this folder. */
#ifndef TEST_VECTORS_H
#define TEST_VECTORS_H

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"

struct blob {
    uint8_t bytes[2048];
    size_t len;
};

static inline struct view blob_view(const struct blob *b)
{
    return (struct view){b->bytes, b->len};
}

static inline struct blob from_hex(const char *s)
{
    struct blob b = {.len = strlen(s) / 2};
    assert_int_equal(strlen(s) % 2, 0);
    assert_true(b.len <= sizeof(b.bytes));
    for (size_t i = 0; i < b.len; i++) {
        unsigned byte;
        assert_int_equal(sscanf(s + 2 * i, "%2x", &byte), 1);
        b.bytes[i] = (uint8_t)byte;
    }
    return b;
}

static inline struct blob json_hex(const json_t *object, const char *name)
{
    const char *s = json_string_value(json_object_get(object, name));
    if (!s) fail_msg("no member \"%s\"", name);
    return from_hex(s);
}

static inline void assert_blob_equal(const struct blob *b, const void *p, size_t len)
{
    assert_int_equal(b->len, len);
    assert_memory_equal(b->bytes, p, len);
}

/* The caller gives the JSON back with json_decref. */
static inline json_t *golden(const char *name)
{
    char path[512];
    json_error_t error;
    const char *folder = getenv("GOLDEN");
    snprintf(path, sizeof(path), "%s/%s", folder ? folder : "test/golden", name);
    json_t *root = json_load_file(path, 0, &error);
    if (!root) fail_msg("%s:%d: %s", path, error.line, error.text);
    return root;
}

#endif
