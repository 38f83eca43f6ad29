#include "store/wal.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"

enum { INDEX_HEADER = 48, INDEX_VERSION = 3007000, SALT_BYTES = 8 };
enum { LOG_HEADER = 32, FRAME_HEADER = 24, MAGIC = 0x377f0682, BIG_ENDIAN_SUMS = 1, PAGE_MAX = 65536 };

struct index { /* of what is committed */
    uint8_t salt[SALT_BYTES]; /* which log it is: another one each time that it begins anew */
    uint32_t frames, copied;  /* copied: those that aparte.db has too */
};

struct sums { /* running, over all frames */
    bool big;
    uint32_t a, b;
};

static bool read_at(int fd, uint8_t *out, size_t n, uint64_t at)
{
    return pread(fd, out, n, (off_t)at) == (ssize_t)n;
}

static uint32_t native_u32(const uint8_t *at) /* the index is memory of the machine that wrote it */
{
    uint32_t n;
    memcpy(&n, at, sizeof(n));
    return n;
}

static struct index read_index(int fd)
{
    uint8_t b[2 * INDEX_HEADER + 4];
    struct index x = {0};
    /* The header stands there twice: two that differ were being written. */
    if (!read_at(fd, b, sizeof(b), 0) || memcmp(b, b + INDEX_HEADER, INDEX_HEADER) != 0) return x;
    if (native_u32(b) != INDEX_VERSION || !b[12]) return x;
    memcpy(x.salt, b + 32, SALT_BYTES);
    x.frames = native_u32(b + 16);
    x.copied = native_u32(b + (size_t)2 * INDEX_HEADER);
    return x;
}

static uint32_t word(const struct sums *s, const uint8_t *at)
{
    return s->big ? get_u32(at) : __builtin_bswap32(get_u32(at));
}

static void add(struct sums *s, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i += 8) {
        s->a += word(s, bytes + i) + s->b;
        s->b += word(s, bytes + i + 4) + s->a;
    }
}

static bool are(const struct sums *s, const uint8_t *at)
{
    return get_u32(at) == s->a && get_u32(at + 4) == s->b;
}

static bool frames_hold(int fd, const struct index *x, uint8_t *frame)
{
    uint8_t head[LOG_HEADER];
    if (!read_at(fd, head, sizeof(head), 0) || memcmp(head + 16, x->salt, SALT_BYTES) != 0) return false;
    uint32_t magic = get_u32(head), page = get_u32(head + 8);
    if ((magic & ~(uint32_t)BIG_ENDIAN_SUMS) != MAGIC || page % 8 || page > PAGE_MAX) return false;
    struct sums s = {.big = magic & BIG_ENDIAN_SUMS};
    const uint64_t size = FRAME_HEADER + (uint64_t)page;
    add(&s, head, 24);
    bool good = are(&s, head + 24);
    for (uint32_t i = 0; i < x->frames && good; i++) {
        good = read_at(fd, frame, size, LOG_HEADER + i * size) && memcmp(frame + 8, x->salt, SALT_BYTES) == 0;
        add(&s, frame, 8);
        add(&s, frame + FRAME_HEADER, page);
        good = good && are(&s, frame + 16);
    }
    return good;
}

bool wal_lost(int folder)
{
    int index = openat(folder, "aparte.db-shm", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    struct index x = {0};
    if (index >= 0) x = read_index(index);
    if (index >= 0) close(index);
    if (x.frames <= x.copied) return false;
    int log = openat(folder, "aparte.db-wal", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    uint8_t *frame = calloc(1, FRAME_HEADER + PAGE_MAX);
    bool holds = log >= 0 && frame && frames_hold(log, &x, frame);
    free(frame);
    if (log >= 0) close(log);
    return !holds;
}
