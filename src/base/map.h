/* Open-addressing hash map from fixed-size byte keys to uint32_t. Keys are hashed with a random per-process seed
 * (SipHash-like mixing), so that nobody can choose colliding ids. Grows by doubling up to a limit given at init.
 * Iteration order means nothing. Thread: the owner's. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct map {
    size_t key_size;
    uint32_t count, limit, capacity;
    uint8_t *keys;
    uint32_t *values;
    uint8_t *used; /* 0 free, 1 used */
};

MUST_CHECK enum err map_init(struct map *m, size_t key_size, uint32_t limit);
void map_deinit(struct map *m);
MUST_CHECK enum err map_put(struct map *m, const void *key, uint32_t value); /* replaces; ERR_FULL at the limit */
bool map_get(const struct map *m, const void *key, uint32_t *value);
bool map_remove(struct map *m, const void *key);

#endif
