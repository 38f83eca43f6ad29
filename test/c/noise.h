/* Chance that comes out the same in every run: splitmix64 (Steele, Lea, Flood 2014). */
#ifndef TEST_NOISE_H
#define TEST_NOISE_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t splitmix64_of(uint64_t z) /* what follows from it alone */
{
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static inline uint64_t splitmix64(uint64_t *state)
{
    return splitmix64_of(*state += 0x9e3779b97f4a7c15);
}

static inline void noise_fill(uint64_t *state, uint8_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++) out[i] = (uint8_t)splitmix64(state);
}

/* Where less will do, and as web/test/make-golden-mark.ts has it: both make the same sound of it. The high bits are the
 * better ones. */
static inline uint32_t lcg(uint32_t *state)
{
    return *state = *state * 1664525 + 1013904223;
}

#endif
