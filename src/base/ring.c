#include "base/ring.h"

#include <stdlib.h>
#include <string.h>

static size_t place(const struct ring *r, uint32_t n)
{
    return (size_t)(n & r->mask) * r->item_size;
}

enum err ring_init(struct ring *r, size_t item_size, uint32_t capacity)
{
    *r = (struct ring){0};
    if (item_size == 0 || capacity == 0 || (capacity & (capacity - 1))) return ERR_MALFORMED;
    r->items = calloc(capacity, item_size);
    if (!r->items) return ERR_SYSTEM;
    r->item_size = item_size;
    r->mask = capacity - 1;
    return OK;
}

void ring_deinit(struct ring *r)
{
    if (r->items) explicit_bzero(r->items, ((size_t)r->mask + 1) * r->item_size);
    free(r->items);
    *r = (struct ring){0};
}

/* head and tail run freely and wrap at 2^32; their difference is the number of items. The release store of
 * one side pairs with the acquire load of the other, so an item is whole before it is visible and its place
 * is wiped before it is used again. */
bool ring_push(struct ring *r, const void *item)
{
    uint32_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
    uint32_t head = atomic_load_explicit(&r->head, memory_order_acquire);
    if (!r->items || tail - head > r->mask) return false;
    memcpy(r->items + place(r, tail), item, r->item_size);
    atomic_store_explicit(&r->tail, tail + 1, memory_order_release);
    return true;
}

bool ring_pull(struct ring *r, void *item)
{
    uint32_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
    uint32_t tail = atomic_load_explicit(&r->tail, memory_order_acquire);
    if (!r->items || head == tail) return false;
    memcpy(item, r->items + place(r, head), r->item_size);
    explicit_bzero(r->items + place(r, head), r->item_size);
    atomic_store_explicit(&r->head, head + 1, memory_order_release);
    return true;
}
