/* Codewords: which variant a listener gets in which segment, and the commitment to all of them.
 *
 *   seed(account)  = HMAC-SHA256(server secret, "aparte/v1/codeword" 0x00 session[16] account[16])
 *   block(seed, n) = HMAC-SHA256(seed, speaker[16] n u32): a byte for each of the segments 32 n to 32 n + 31
 *   bias           = seed(the id of zeros): a segment whose byte of its block is odd has p = 202/256, else
 * 54/256 bit            = 1, variant B, where the listener's byte is below that 54 or 202
 *
 * p in {0.211, 0.789} is the best a code can do against three colluders. The biases are as secret as the
 * codewords. The secret is one per session, and committed to by its hash: `trace` of the room's key header. */
#ifndef MARK_CODE_H
#define MARK_CODE_H

#include "base/bytes.h"
#include "base/id.h"

enum {
    CODE_SEED_BYTES = HASH_BYTES,
    CODE_BLOCK = 32, /* segments */
    CODE_RARE = 54,  /* of 256 */
    CODE_OFTEN = 256 - CODE_RARE,
};

struct code_entry {
    struct id account;
    uint8_t seed[CODE_SEED_BYTES];
};

void code_seed(const uint8_t secret[32], struct id session, struct id account, uint8_t seed[CODE_SEED_BYTES]);
/* Bit i is that of segment 32 block + i. The biases are the same for all listeners: make them once. */
uint32_t code_biases(const uint8_t bias_seed[CODE_SEED_BYTES], struct id speaker, uint32_t block);
uint32_t code_bits(const uint8_t seed[CODE_SEED_BYTES], struct id speaker, uint32_t block, uint32_t biases);

/* SHA-256("aparte/v1/trace" 0x00 session secret): the server's word, given before the first segment. All seeds
 * follow from the secret, so none can be chosen afterwards. */
struct hash code_commitment(const uint8_t secret[32], struct id session);

#endif
