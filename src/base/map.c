/* Linear probing; a removal shifts the entries behind it back, so there are no tombstones and a map that sees
 * many comings and goings never slows down. */
#include "base/map.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { FIRST_CAPACITY = 16 };

static uint64_t seed[2];
static pthread_once_t seeded = PTHREAD_ONCE_INIT;

static void make_seed(void)
{
    uint8_t *at = (uint8_t *)seed;
    for (size_t have = 0; have < sizeof(seed);) {
        ssize_t n = getrandom(at + have, sizeof(seed) - have, 0);
        if (n > 0)
            have += (size_t)n; /* else a signal came in between: up to 256 bytes nothing else can fail */
    }
}

static uint64_t turn(uint64_t x, unsigned by)
{
    return x << by | x >> (64 - by);
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1], v[1] = turn(v[1], 13) ^ v[0], v[0] = turn(v[0], 32);
    v[2] += v[3], v[3] = turn(v[3], 16) ^ v[2];
    v[0] += v[3], v[3] = turn(v[3], 21) ^ v[0];
    v[2] += v[1], v[1] = turn(v[1], 17) ^ v[2], v[2] = turn(v[2], 32);
}

/* SipHash-1-3 (Aumasson and Bernstein, 2012) with the seed of this process. */
static uint64_t hash(const uint8_t *key, size_t size)
{
    uint64_t v[4] = {seed[0] ^ 0x736f6d6570736575, seed[1] ^ 0x646f72616e646f6d, seed[0] ^ 0x6c7967656e657261,
                     seed[1] ^ 0x7465646279746573};
    uint64_t word = 0;
    for (size_t i = 0; i < size; i++) {
        word |= (uint64_t)key[i] << (i % 8 * 8);
        if (i % 8 == 7) {
            v[3] ^= word, sip_round(v), v[0] ^= word;
            word = 0;
        }
    }
    word |= (uint64_t)size << 56;
    v[3] ^= word, sip_round(v), v[0] ^= word;
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++) sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static uint8_t *key_at(const struct map *m, uint32_t i)
{
    return m->keys + (size_t)i * m->key_size;
}

static uint32_t home(const struct map *m, const void *key)
{
    return (uint32_t)hash(key, m->key_size) & (m->capacity - 1);
}

/* Where the key is, or the free place where it would go. A quarter of the places is always free: it ends. */
static uint32_t find(const struct map *m, const void *key)
{
    uint32_t i = home(m, key);
    while (m->used[i] && memcmp(key_at(m, i), key, m->key_size) != 0) i = (i + 1) & (m->capacity - 1);
    return i;
}

static enum err allocate(struct map *m, uint32_t capacity)
{
    m->keys = calloc(capacity, m->key_size);
    m->values = calloc(capacity, sizeof(*m->values));
    m->used = calloc(capacity, 1);
    if (!m->keys || !m->values || !m->used) {
        free(m->keys), free(m->values), free(m->used);
        return ERR_SYSTEM;
    }
    m->capacity = capacity;
    return OK;
}

enum err map_init(struct map *m, size_t key_size, uint32_t limit)
{
    *m = (struct map){0};
    if (key_size == 0 || limit == 0 || limit > UINT32_MAX / 4) return ERR_MALFORMED;
    pthread_once(&seeded, make_seed);
    struct map fresh = {.key_size = key_size, .limit = limit};
    enum err e = allocate(&fresh, FIRST_CAPACITY);
    if (!e) *m = fresh;
    return e;
}

void map_deinit(struct map *m)
{
    free(m->keys), free(m->values), free(m->used);
    *m = (struct map){0};
}

static void place(struct map *m, uint32_t i, const void *key, uint32_t value)
{
    memcpy(key_at(m, i), key, m->key_size);
    m->values[i] = value;
    m->used[i] = 1;
}

static enum err grow(struct map *m)
{
    struct map bigger = {.key_size = m->key_size, .limit = m->limit, .count = m->count};
    enum err e = allocate(&bigger, m->capacity * 2);
    if (e) return e; /* the old one is untouched */
    for (uint32_t i = 0; i < m->capacity; i++)
        if (m->used[i]) place(&bigger, find(&bigger, key_at(m, i)), key_at(m, i), m->values[i]);
    map_deinit(m);
    *m = bigger;
    return OK;
}

enum err map_put(struct map *m, const void *key, uint32_t value)
{
    if (m->capacity == 0) return ERR_STATE;
    uint32_t i = find(m, key);
    if (m->used[i]) {
        m->values[i] = value;
        return OK;
    }
    if (m->count >= m->limit) return ERR_FULL;
    if ((uint64_t)(m->count + 1) * 4 > (uint64_t)m->capacity * 3) {
        enum err e = grow(m);
        if (e) return e;
        i = find(m, key);
    }
    place(m, i, key, value);
    m->count++;
    return OK;
}

bool map_get(const struct map *m, const void *key, uint32_t *value)
{
    if (m->capacity == 0) return false;
    uint32_t i = find(m, key);
    if (!m->used[i]) return false;
    *value = m->values[i];
    return true;
}

bool map_remove(struct map *m, const void *key)
{
    if (m->capacity == 0) return false;
    uint32_t mask = m->capacity - 1, hole = find(m, key);
    if (!m->used[hole]) return false;
    for (uint32_t i = (hole + 1) & mask; m->used[i]; i = (i + 1) & mask) {
        uint32_t from_home = (i - home(m, key_at(m, i))) & mask;
        if (from_home < ((i - hole) & mask)) continue; /* it would land before its home, and be lost */
        place(m, hole, key_at(m, i), m->values[i]);
        hole = i;
    }
    m->used[hole] = 0;
    m->count--;
    return true;
}
