/* What a device hangs from. Every step is one device: the record that brought it and, where somebody else's
 * key let it in, the invite or recovery record for that; then the device which signed the first of them. Each
 * of these stands earlier in the log than the one before, so that the walk is the path, backwards. */
#include <stdlib.h>

#include "crypt/sign.h"
#include "rooms/log.h"

size_t path_of(const struct device *d, uint64_t out[LIMIT_PATH_RECORDS])
{
    size_t count = d->path_len; /* device_add() bounds it */
    for (size_t i = count; d; d = d->parent) {
        out[--i] = d->n;
        if (d->via != d->n) out[--i] = d->via;
    }
    return count;
}

struct hash path_hash(const struct member_log *l, const struct device *d)
{
    uint64_t at[LIMIT_PATH_RECORDS] = {0};
    struct hash hashes[LIMIT_PATH_RECORDS];
    size_t count = path_of(d, at);
    for (size_t i = 0; i < count; i++) hashes[i] = l->entries[at[i]].hash;
    return hash_two("chain", (struct view){hashes[0].bytes, count * HASH_BYTES}, (struct view){0});
}

static int by_position(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* All devices of an account hang from its first one; what they add to its path is their own records. */
size_t member_paths(const struct member *m, uint64_t out[MEMBER_PATHS_MAX])
{
    size_t count = 0;
    for (const struct device *d = m->devices; d; d = d->next) {
        if (!d->next) {
            count += path_of(d, out + count);
            break;
        }
        out[count++] = d->n;
        if (d->via != d->n) out[count++] = d->via;
    }
    qsort(out, count, sizeof(*out), by_position);
    size_t once = 0; /* a recovery record may have brought several devices */
    for (size_t i = 0; i < count; i++)
        if (!once || out[once - 1] != out[i]) out[once++] = out[i];
    return once;
}
