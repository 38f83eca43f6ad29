/* Arrays that grow by doubling. Owner: whoever holds the pointer; free() it in the end. Thread: the owner's. */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Makes room for `needed` items of `size` bytes in the array that `array` is the address of (a pointer to its first
 * item, NULL while it holds none; it may move). What is new is not zeroed. ERR_SYSTEM: no memory, all is as before. */
MUST_CHECK enum err array_reserve(void *array, uint32_t needed, uint32_t *cap, size_t size);

#endif
