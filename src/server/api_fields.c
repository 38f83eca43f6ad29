/* Members of a JSON object, decoded into memory of the request. */
#include "server/api_fields.h"

#include <stdlib.h>

/* ---- arena: what was decoded, freed at once ------------------------------------------------------- */

enum { ARENA_BLOCK_BYTES = 4096 };

struct arena_block {
    struct arena_block *next;
    size_t used, size;
    _Alignas(16) uint8_t bytes[];
};

void *arena_take(struct request *r, size_t n)
{
    struct arena_block *b = r->blocks;
    n = (n + 15) & ~(size_t)15;
    if (!b || b->size - b->used < n) {
        size_t size = n > ARENA_BLOCK_BYTES ? n : ARENA_BLOCK_BYTES;
        if (!(b = malloc(sizeof *b + size))) return NULL;
        *b = (struct arena_block){.next = r->blocks, .size = size};
        r->blocks = b;
    }
    b->used += n;
    return b->bytes + b->used - n;
}

void arena_free(struct request *r)
{
    for (struct arena_block *b = r->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
}

/* ---- members of an object ------------------------------------------------------------------------- */

void take_fail(struct members *m, enum err e)
{
    if (!m->err) m->err = e;
}

json_t *take_maybe(struct members *m, const char *key)
{
    json_t *v = m->err ? NULL : json_object_get(m->object, key);
    if (v) m->taken++;
    return v;
}

json_t *take_value(struct members *m, const char *key, json_type type)
{
    json_t *v = take_maybe(m, key);
    if (v && json_typeof(v) == type) return v;
    take_fail(m, ERR_MALFORMED);
    return NULL;
}

void take_end(struct members *m)
{
    if (m->taken != json_object_size(m->object)) take_fail(m, ERR_MALFORMED);
}

struct members take_inside(struct members *m, json_t *object)
{
    if (!json_is_object(object)) take_fail(m, ERR_MALFORMED);
    return (struct members){m->r, object, 0, m->err};
}

uint64_t take_number(struct members *m, const char *key, uint64_t min, uint64_t max)
{
    json_t *v = take_value(m, key, JSON_INTEGER);
    json_int_t n = json_integer_value(v);
    if (v && n >= 0 && (uint64_t)n >= min && (uint64_t)n <= max) return (uint64_t)n;
    take_fail(m, ERR_MALFORMED);
    return min;
}

bool take_bool(struct members *m, const char *key)
{
    json_t *v = take_maybe(m, key);
    if (!json_is_boolean(v)) take_fail(m, ERR_MALFORMED);
    return json_is_true(v);
}

bool maybe_bool(struct members *m, const char *key)
{
    return json_object_get(m->object, key) && take_bool(m, key);
}

struct view take_text(struct members *m, const char *key)
{
    json_t *v = take_value(m, key, JSON_STRING);
    return (struct view){(const uint8_t *)json_string_value(v), json_string_length(v)};
}

bool maybe_text(struct members *m, const char *key, struct view *out)
{
    bool there = json_object_get(m->object, key) != NULL;
    if (there) *out = take_text(m, key);
    return there;
}

void decode_exact(struct members *m, uint8_t *out, size_t len, const json_t *v)
{
    if (m->err) return;
    if (!json_is_string(v) || b64_decode_exact(out, len, json_string_value(v), json_string_length(v)))
        take_fail(m, ERR_MALFORMED);
}

void take_exact(struct members *m, const char *key, uint8_t *out, size_t len)
{
    decode_exact(m, out, len, take_value(m, key, JSON_STRING));
}

struct view decode_bytes(struct members *m, const json_t *v, size_t max)
{
    size_t len = 0, text = json_string_length(v);
    if (!json_is_string(v)) take_fail(m, ERR_MALFORMED);
    if (text > B64_LEN(max)) take_fail(m, ERR_TOO_LARGE);
    if (m->err) return (struct view){0};
    size_t cap = text / 4 * 3 + 3;
    uint8_t *out = arena_take(m->r, cap);
    if (!out)
        take_fail(m, ERR_SYSTEM);
    else if (b64_decode(out, cap, &len, json_string_value(v), text))
        take_fail(m, ERR_MALFORMED);
    return m->err ? (struct view){0} : (struct view){out, len};
}

struct view take_bytes(struct members *m, const char *key, size_t max)
{
    json_t *v = take_value(m, key, JSON_STRING);
    return v ? decode_bytes(m, v, max) : (struct view){0};
}

bool maybe_bytes(struct members *m, const char *key, size_t max, struct view *out)
{
    bool there = json_object_get(m->object, key) != NULL;
    if (there) *out = take_bytes(m, key, max);
    return there;
}

void *take_array(struct members *m, const char *key, size_t max, size_t size, json_t **array, size_t *count)
{
    *array = take_value(m, key, JSON_ARRAY);
    *count = json_array_size(*array);
    if (*count > max) take_fail(m, ERR_TOO_LARGE);
    void *out = !m->err && *count ? arena_take(m->r, *count * size) : NULL;
    if (!m->err && *count && !out) take_fail(m, ERR_SYSTEM);
    if (m->err) *count = 0;
    return out;
}

const struct id *take_ids(struct members *m, const char *key, size_t max, size_t *count)
{
    json_t *array;
    struct id *ids = take_array(m, key, max, sizeof *ids, &array, count);
    for (size_t i = 0; i < *count; i++) decode_exact(m, ids[i].bytes, ID_BYTES, json_array_get(array, i));
    return ids;
}
