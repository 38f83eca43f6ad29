/* A fixed number of equal places, named by index and generation: a name of a place that was freed since never
 * finds the new tenant. All memory is taken at init. Name 0 is nobody. Thread: the owner's. */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

typedef uint64_t pool_name; /* generation << 32 | (index + 1) */

struct pool {
    uint8_t *items;
    uint32_t *generations; /* odd while in use */
    uint32_t *free_list;
    size_t item_size;
    uint32_t capacity, free_count;
};

MUST_CHECK enum err pool_init(struct pool *p, size_t item_size, uint32_t capacity);
void pool_deinit(struct pool *p);               /* wipes */
void *pool_take(struct pool *p, pool_name *name); /* zeroed; NULL when full */
void *pool_get(const struct pool *p, pool_name name); /* NULL if it was given back */
void pool_give(struct pool *p, pool_name name); /* wipes the place; an old name is harmless */
static inline uint32_t pool_used(const struct pool *p) { return p->capacity - p->free_count; }
/* For loops: for (uint32_t i = 0; i < p->capacity; i++) if ((x = pool_at(p, i, &name))) ... */
void *pool_at(const struct pool *p, uint32_t index, pool_name *name); /* NULL if free */

#endif
