/* A bounded single-producer single-consumer ring of fixed-size items: how threads talk. Lock-free, no allocation
 * after init. Items are copied in and out. The memory is the ring's own. A struct that holds a ring is aligned to 64
 * bytes: on the heap it comes from aligned_alloc(64, ...), not malloc. */
#ifndef BASE_RING_H
#define BASE_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ring {
    uint8_t *items;
    size_t item_size;
    uint32_t mask;
    _Alignas(64) _Atomic uint32_t head; /* next to read: written by the consumer */
    _Alignas(64) _Atomic uint32_t tail; /* next to write: written by the producer */
};

MUST_CHECK enum err ring_init(struct ring *r, size_t item_size, uint32_t capacity); /* a power of two */
void ring_deinit(struct ring *r);              /* wipes: items may hold keys */
bool ring_push(struct ring *r, const void *item); /* producer; false when full */
bool ring_pull(struct ring *r, void *item);    /* consumer; false when empty; wipes the place it read */

#endif
