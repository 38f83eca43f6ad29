/* Looks into every block of memory that our code gives back, for secrets that the test has named: link with
 * -Wl,--wrap=free -Wl,--wrap=realloc -Wl,--wrap=reallocarray. What OpenSSL frees is its own affair. */
#ifndef TEST_WIPED_H
#define TEST_WIPED_H

#include <malloc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { WIPED_MOST = 16, WIPED_BYTES = 32 };

static struct {
    uint8_t bytes[WIPED_BYTES];
    size_t len;
    const char *what;
} wiped[WIPED_MOST];
static size_t wiped_count, wiped_found;

static inline void wiped_watch(const char *what, const void *secret, size_t len)
{
    if (wiped_count == WIPED_MOST || len < 8 || len > WIPED_BYTES) abort();
    memcpy(wiped[wiped_count].bytes, secret, len);
    wiped[wiped_count].len = len;
    wiped[wiped_count++].what = what;
}

/* How many of them are in there. */
static inline size_t wiped_look(const void *block, size_t size, const char *where)
{
    size_t found = 0;
    for (size_t i = 0; i < wiped_count; i++) {
        if (!memmem(block, size, wiped[i].bytes, wiped[i].len)) continue;
        if (where) fprintf(stderr, "%s: in %s of %zu bytes\n", wiped[i].what, where, size);
        found++;
    }
    return found;
}

/* How often one was given back since they were named; they are forgotten. */
static inline size_t wiped_end(void)
{
    size_t found = wiped_found;
    wiped_count = wiped_found = 0;
    return found;
}

static inline void wiped_before(void *p)
{
    if (p && wiped_count) wiped_found += wiped_look(p, malloc_usable_size(p), "a block that was given back,");
}

void __real_free(void *p);
void *__real_realloc(void *p, size_t n);
void *__real_reallocarray(void *p, size_t n, size_t size);
void __wrap_free(void *p);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_reallocarray(void *p, size_t n, size_t size);

void __wrap_free(void *p)
{
    wiped_before(p);
    __real_free(p);
}

void *__wrap_realloc(void *p, size_t n)
{
    wiped_before(p); /* it may be moved: what it leaves behind is given back */
    return __real_realloc(p, n);
}

void *__wrap_reallocarray(void *p, size_t n, size_t size)
{
    wiped_before(p);
    return __real_reallocarray(p, n, size);
}

#endif
