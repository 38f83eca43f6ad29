/* Identifiers. All are public, fixed-size, and carry neither order nor time.
 *   account  SHA-256("aparte/v1/account\0" || account key)[0..16]
 *   device   SHA-256("aparte/v1/device\0"  || device key)[0..16]
 *   room     16 random bytes                                                    */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { ID_BYTES = 16, HASH_BYTES = 32, KEY_BYTES = 32, SIG_BYTES = 64 };

struct id {
    uint8_t bytes[ID_BYTES];
};
struct hash {
    uint8_t bytes[HASH_BYTES];
};
struct key { /* an Ed25519 public key */
    uint8_t bytes[KEY_BYTES];
};

static inline bool id_eq(struct id a, struct id b) { return memcmp(a.bytes, b.bytes, ID_BYTES) == 0; }
static inline bool hash_eq(struct hash a, struct hash b) { return memcmp(a.bytes, b.bytes, HASH_BYTES) == 0; }
static inline bool key_eq(struct key a, struct key b) { return memcmp(a.bytes, b.bytes, KEY_BYTES) == 0; }
static inline bool id_zero(struct id a)
{
    static const struct id zero;
    return id_eq(a, zero);
}
static inline bool id_among(const struct id *ids, size_t count, struct id one)
{
    for (size_t i = 0; i < count; i++)
        if (id_eq(ids[i], one)) return true;
    return false;
}

#endif
