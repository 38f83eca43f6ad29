#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

struct view view_str(const char *s)
{
    return (struct view){(const uint8_t *)s, strlen(s)};
}

bool view_eq(struct view a, struct view b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

enum err views_keep(void **block, struct view *const views[], size_t n)
{
    size_t total = 0, at = 0;
    for (size_t i = 0; i < n; i++) total += views[i]->len;
    uint8_t *bytes = malloc(total ? total : 1);
    *block = bytes;
    if (!bytes) return ERR_SYSTEM;
    for (size_t i = 0; i < n; i++) {
        if (views[i]->len) memcpy(bytes + at, views[i]->ptr, views[i]->len);
        views[i]->ptr = bytes + at;
        at += views[i]->len;
    }
    return OK;
}

struct reader reader_init(struct view v)
{
    return (struct reader){.ptr = v.ptr, .len = v.len};
}

void reader_fail(struct reader *r, enum err e)
{
    if (!r->err) r->err = e;
}

/* The one place where a reader moves. NULL once anything failed, and for no bytes at all. */
static const uint8_t *take(struct reader *r, size_t n)
{
    if (r->err) return NULL;
    if (n > r->len - r->pos) {
        r->err = ERR_TRUNCATED;
        return NULL;
    }
    if (n == 0) return NULL;
    const uint8_t *p = r->ptr + r->pos;
    r->pos += n;
    return p;
}

static uint64_t take_uint(struct reader *r, size_t n)
{
    const uint8_t *p = take(r, n);
    uint64_t v = 0;
    for (size_t i = 0; p && i < n; i++) v = v << 8 | p[i];
    return v;
}

uint8_t read_u8(struct reader *r)
{
    return (uint8_t)take_uint(r, 1);
}

uint16_t read_u16(struct reader *r)
{
    return (uint16_t)take_uint(r, 2);
}

uint32_t read_u24(struct reader *r)
{
    return (uint32_t)take_uint(r, 3);
}

uint32_t read_u32(struct reader *r)
{
    return (uint32_t)take_uint(r, 4);
}

uint64_t read_u64(struct reader *r)
{
    return take_uint(r, 8);
}

void read_bytes(struct reader *r, uint8_t *out, size_t n)
{
    const uint8_t *p = take(r, n);
    if (p)
        memcpy(out, p, n);
    else if (n)
        memset(out, 0, n);
}

struct view read_view(struct reader *r, size_t n)
{
    const uint8_t *p = take(r, n);
    return p ? (struct view){p, n} : (struct view){0};
}

void read_skip(struct reader *r, size_t n)
{
    (void)take(r, n);
}

enum err reader_end(const struct reader *r)
{
    if (r->err) return r->err;
    return r->pos == r->len ? OK : ERR_TRAILING;
}

struct writer writer_init(uint8_t *buf, size_t cap)
{
    return (struct writer){.ptr = buf, .cap = cap};
}

/* The one place where a writer moves. */
static uint8_t *grow(struct writer *w, size_t n)
{
    if (w->err) return NULL;
    if (n > w->cap - w->len) {
        w->err = ERR_TOO_LARGE;
        return NULL;
    }
    if (n == 0) return NULL;
    uint8_t *p = w->ptr + w->len;
    w->len += n;
    return p;
}

static void put_uint(uint8_t *p, uint64_t v, size_t n)
{
    for (size_t i = n; i-- > 0; v >>= 8) p[i] = (uint8_t)v;
}

static void grow_uint(struct writer *w, uint64_t v, size_t n)
{
    uint8_t *p = grow(w, n);
    if (p) put_uint(p, v, n);
}

void write_u8(struct writer *w, uint8_t v)
{
    grow_uint(w, v, 1);
}

void write_u16(struct writer *w, uint16_t v)
{
    grow_uint(w, v, 2);
}

void write_u24(struct writer *w, uint32_t v)
{
    grow_uint(w, v, 3);
}

void write_u32(struct writer *w, uint32_t v)
{
    grow_uint(w, v, 4);
}

void write_u64(struct writer *w, uint64_t v)
{
    grow_uint(w, v, 8);
}

void write_bytes(struct writer *w, const void *p, size_t n)
{
    uint8_t *to = grow(w, n);
    if (to) memcpy(to, p, n);
}

void write_view(struct writer *w, struct view v)
{
    write_bytes(w, v.ptr, v.len);
}

void patch_u16(struct writer *w, size_t at, uint16_t v)
{
    if (w->err) return;
    if (at > w->len || w->len - at < 2) {
        w->err = ERR_STATE;
        return;
    }
    put_uint(w->ptr + at, v, 2);
}

enum err writer_end(const struct writer *w)
{
    return w->err;
}
