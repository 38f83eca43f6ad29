/* The golden messages and the values they were written with: runs of rising bytes, see their README. */
#ifndef TEST_GOLDEN_H
#define TEST_GOLDEN_H

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"

enum { RUN_INES = 0x20, RUN_INES_DEVICE = 0x30, RUN_TOM = 0x50, RUN_TOM_DEVICE, RUN_ZOE, RUN_ZOE_DEVICE };
#define GOLDEN_TIME 1795500000000ull

static inline void run(uint8_t *out, size_t n, unsigned first)
{
    for (size_t i = 0; i < n; i++) out[i] = (uint8_t)(first + i);
}

#define RUN(field, first) run((field), sizeof(field), (first))

static inline bool is_run(const uint8_t *p, size_t n, unsigned first)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] != (uint8_t)(first + i)) return false;
    return true;
}

static inline struct id run_id(unsigned first)
{
    struct id id;
    RUN(id.bytes, first);
    return id;
}

/* The "json" of test/golden/messages/<file>.json; the caller decrefs. */
static inline json_t *golden_read(const char *file)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/messages/%s.json", getenv("GOLDEN"), file);
    json_error_t error;
    json_t *whole = json_load_file(path, 0, &error);
    if (!whole) {
        fprintf(stderr, "%s: %s\n", path, error.text);
        return NULL;
    }
    json_t *json = json_incref(json_object_get(whole, "json"));
    json_decref(whole);
    return json;
}

#endif
