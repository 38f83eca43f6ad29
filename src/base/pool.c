#include "base/pool.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static void *item(const struct pool *p, uint32_t index)
{
    return p->items + (size_t)index * p->item_size;
}

static bool in_use(const struct pool *p, uint32_t index)
{
    return p->generations[index] & 1; /* NOLINT(clang-analyzer-core.NullDereference): there after pool_init */
}

static pool_name name_of(const struct pool *p, uint32_t index)
{
    return (pool_name)p->generations[index] << 32 | (index + 1);
}

enum err pool_init(struct pool *p, size_t item_size, uint32_t capacity)
{
    *p = (struct pool){0};
    if (item_size == 0 || capacity == 0 || capacity == UINT32_MAX) return ERR_MALFORMED;
    p->item_size = item_size;
    p->items = calloc(capacity, item_size);
    p->generations = calloc(capacity, sizeof(*p->generations));
    p->free_list = calloc(capacity, sizeof(*p->free_list));
    if (!p->items || !p->generations || !p->free_list) {
        pool_deinit(p);
        return ERR_SYSTEM;
    }
    p->capacity = p->free_count = capacity;
    for (uint32_t i = 0; i < capacity; i++) p->free_list[i] = capacity - 1 - i; /* the lowest goes first */
    return OK;
}

void pool_deinit(struct pool *p)
{
    for (uint32_t i = 0; i < p->capacity; i++) /* free places are wiped already */
        if (in_use(p, i)) explicit_bzero(item(p, i), p->item_size);
    free(p->items);
    free(p->generations);
    free(p->free_list);
    *p = (struct pool){0};
}

void *pool_take(struct pool *p, pool_name *name)
{
    *name = 0;
    if (p->free_count == 0) return NULL;
    uint32_t index = p->free_list[--p->free_count];
    p->generations[index]++;
    *name = name_of(p, index);
    return item(p, index);
}

void *pool_get(const struct pool *p, pool_name name)
{
    uint32_t index = (uint32_t)name - 1;
    if (index >= p->capacity || !in_use(p, index) || name_of(p, index) != name) return NULL;
    return item(p, index);
}

void pool_give(struct pool *p, pool_name name)
{
    void *place = pool_get(p, name);
    if (!place) return;
    uint32_t index = (uint32_t)name - 1;
    explicit_bzero(place, p->item_size);
    p->generations[index]++;
    p->free_list[p->free_count++] = index;
}

void *pool_at(const struct pool *p, uint32_t index, pool_name *name)
{
    if (index >= p->capacity || !in_use(p, index)) return NULL;
    *name = name_of(p, index);
    return item(p, index);
}
