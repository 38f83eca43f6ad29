/* A pattern key is split two of n (docs/protocol.md, Tracing): Shamir's scheme with a line, byte by byte in GF(2^8)
 * with the polynomial x^8 + x^4 + x^3 + x + 1. This end puts two shares together. Constant time. */
#ifndef MARK_SHARE_H
#define MARK_SHARE_H

#include "base/bytes.h"
#include "base/id.h"

struct share {
    uint8_t x; /* whose, from 1 */
    uint8_t bytes[KEY_BYTES];
};

/* False: both are of the same x, or the key is not the one that `check` was made of. */
bool share_combine(const struct share *a, const struct share *b, struct hash check, uint8_t key[KEY_BYTES]);

#endif
