/* A bounded single-producer single-consumer ring of fixed-size items: how threads talk. Lock-free, no allocation
 * after init. Items are copied in and out. The memory is the ring's own. */
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
    uint8_t apart1[64]; /* a cache line each, by distance: an _Alignas would bind every owner to aligned_alloc */
    _Atomic uint32_t head; /* next to read: written by the consumer */
    uint8_t apart2[64];
    _Atomic uint32_t tail; /* next to write: written by the producer */
    uint8_t apart3[64];
};

MUST_CHECK enum err ring_init(struct ring *r, size_t item_size, uint32_t capacity); /* a power of two */
void ring_deinit(struct ring *r);              /* wipes: items may hold keys */
bool ring_push(struct ring *r, const void *item); /* producer; false when full */
bool ring_pull(struct ring *r, void *item);    /* consumer; false when empty; wipes the place it read */

#endif
