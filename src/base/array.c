#include "base/array.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAP = 16 };

enum err array_reserve(void *array, uint32_t needed, uint32_t *cap, size_t size)
{
    void *items;
    uint64_t wider = *cap ? *cap : FIRST_CAP;
    if (needed <= *cap) return OK;
    while (wider < needed) wider *= 2;
    if (wider > UINT32_MAX) return ERR_SYSTEM;
    memcpy(&items, array, sizeof(items)); /* whatever type of pointer it is */
    void *moved = reallocarray(items, wider, size);
    if (!moved) return ERR_SYSTEM;
    memcpy(array, &moved, sizeof(moved));
    *cap = (uint32_t)wider;
    return OK;
}
