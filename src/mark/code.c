#include "mark/code.h"

#include "crypt/sign.h"

void code_seed(const uint8_t secret[32], struct id session, struct id account, uint8_t seed[CODE_SEED_BYTES])
{
    static const char purpose[] = "aparte/v1/codeword"; /* with its NUL */
    uint8_t message[sizeof(purpose) + 2 * ID_BYTES];
    struct writer w = writer_init(message, sizeof(message));
    write_bytes(&w, purpose, sizeof(purpose));
    write_view(&w, VIEW(session.bytes));
    write_view(&w, VIEW(account.bytes));
    hmac_sha256((struct view){secret, 32}, writer_view(&w), seed);
}

struct hash code_commitment(const uint8_t secret[32], struct id session)
{
    return hash_two("trace", VIEW(session.bytes), (struct view){secret, 32});
}

static void block_bytes(const uint8_t *seed, struct id speaker, uint32_t block, uint8_t out[CODE_BLOCK])
{
    uint8_t message[ID_BYTES + 4];
    struct writer w = writer_init(message, sizeof(message));
    write_view(&w, VIEW(speaker.bytes));
    write_u32(&w, block);
    hmac_sha256((struct view){seed, CODE_SEED_BYTES}, writer_view(&w), out);
}

uint32_t code_biases(const uint8_t bias_seed[CODE_SEED_BYTES], struct id speaker, uint32_t block)
{
    uint8_t bytes[CODE_BLOCK];
    block_bytes(bias_seed, speaker, block, bytes);
    uint32_t biases = 0;
    for (unsigned i = 0; i < CODE_BLOCK; i++) biases |= (uint32_t)(bytes[i] & 1) << i;
    return biases;
}

uint32_t code_bits(const uint8_t seed[CODE_SEED_BYTES], struct id speaker, uint32_t block, uint32_t biases)
{
    uint8_t bytes[CODE_BLOCK];
    block_bytes(seed, speaker, block, bytes);
    uint32_t bits = 0;
    for (unsigned i = 0; i < CODE_BLOCK; i++)
        bits |= (uint32_t)(bytes[i] < (biases >> i & 1 ? CODE_OFTEN : CODE_RARE)) << i;
    return bits;
}
