/* Byte views and the two cursors all parsing and writing goes through (Knot's wire_ctx idea).
 *
 * A `reader` walks over bytes it does not own; a `writer` fills a buffer it does not own. Both have
 * a sticky error: after the first overrun every call is a no-op that yields zeros, so a codec reads
 * ten fields and checks once with reader_end() or writer_end(). There is no pointer arithmetic
 * on wire bytes outside this file. Integers are big-endian. Thread: none, plain values. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"

struct view {
    const uint8_t *ptr;
    size_t len;
};

struct span { /* writable */
    uint8_t *ptr;
    size_t len;
};

#define VIEW(array) ((struct view){(array), sizeof(array)})
struct view view_str(const char *s);
bool view_eq(struct view a, struct view b); /* NOT constant-time: for public bytes only */
/* Copies the bytes of all these views into one block, into which they then point: free() it in the end. */
MUST_CHECK enum err views_keep(void **block, struct view *const views[], size_t n);

#define NUMBER_MAX ((UINT64_C(1) << 53) - 1) /* what JavaScript holds exactly: no number that it sees is larger */

struct reader {
    const uint8_t *ptr;
    size_t len;
    size_t pos;
    enum err err;
};

struct reader reader_init(struct view v);
uint8_t read_u8(struct reader *r);
uint16_t read_u16(struct reader *r);
uint32_t read_u24(struct reader *r);
uint32_t read_u32(struct reader *r);
uint64_t read_u64(struct reader *r);
void read_bytes(struct reader *r, uint8_t *out, size_t n);  /* zero-fills on overrun */
struct view read_view(struct reader *r, size_t n);          /* empty on overrun */
void read_skip(struct reader *r, size_t n);
void reader_fail(struct reader *r, enum err e);             /* keeps the first error */
static inline size_t reader_left(const struct reader *r) { return r->err ? 0 : r->len - r->pos; }
MUST_CHECK enum err reader_end(const struct reader *r);     /* OK only if no error and no byte is left */

struct writer {
    uint8_t *ptr;
    size_t cap;
    size_t len;
    enum err err;
};

struct writer writer_init(uint8_t *buf, size_t cap);
void write_u8(struct writer *w, uint8_t v);
void write_u16(struct writer *w, uint16_t v);
void write_u24(struct writer *w, uint32_t v);
void write_u32(struct writer *w, uint32_t v);
void write_u64(struct writer *w, uint64_t v);
void write_bytes(struct writer *w, const void *p, size_t n);
void write_view(struct writer *w, struct view v);
void patch_u16(struct writer *w, size_t at, uint16_t v);    /* overwrite what was written before */
MUST_CHECK enum err writer_end(const struct writer *w);
static inline struct view writer_view(const struct writer *w) { return (struct view){w->ptr, w->len}; }

/* Fields at a fixed place of a buffer whose size is known to suffice: headers and nonces of the packet path. */
static inline void put_u16(uint8_t *p, uint16_t v) { v = htobe16(v), memcpy(p, &v, sizeof(v)); }
static inline void put_u32(uint8_t *p, uint32_t v) { v = htobe32(v), memcpy(p, &v, sizeof(v)); }
static inline void put_u64(uint8_t *p, uint64_t v) { v = htobe64(v), memcpy(p, &v, sizeof(v)); }
static inline uint16_t get_u16(const uint8_t *p) { uint16_t v; memcpy(&v, p, sizeof(v)); return be16toh(v); }
static inline uint32_t get_u32(const uint8_t *p) { uint32_t v; memcpy(&v, p, sizeof(v)); return be32toh(v); }
static inline uint64_t get_u64(const uint8_t *p) { uint64_t v; memcpy(&v, p, sizeof(v)); return be64toh(v); }

/* base64url without padding (RFC 4648 5), the only text form of bytes in the protocol. Decoding
 * refuses padding, white space, other alphabets and non-zero trailing bits. */
#define B64_LEN(n) (((n) * 4 + 2) / 3)
size_t b64_encode(char *out, size_t cap, struct view v);    /* writes a NUL; 0 if cap is too small */
MUST_CHECK enum err b64_decode(uint8_t *out, size_t cap, size_t *len, const char *s, size_t n);
MUST_CHECK enum err b64_decode_exact(uint8_t *out, size_t len, const char *s, size_t n);

/* Text that people see: valid UTF-8, 1..max_chars code points after trimming, no control, bidi
 * override, zero-width-only or private-use characters. `min_chars` 0 allows empty. */
MUST_CHECK enum err text_check(struct view s, size_t min_chars, size_t max_chars);

#endif
