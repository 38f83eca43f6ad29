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

struct hash code_leaf(struct id session, const struct code_entry *entry)
{
    uint8_t message[1 + 2 * ID_BYTES + CODE_SEED_BYTES];
    struct writer w = writer_init(message, sizeof(message));
    write_u8(&w, 0);
    write_view(&w, VIEW(session.bytes));
    write_view(&w, VIEW(entry->account.bytes));
    write_view(&w, VIEW(entry->seed));
    struct hash h = hash_raw(writer_view(&w));
    wipe(message, sizeof(message));
    return h;
}

static struct hash node(struct hash left, struct hash right)
{
    uint8_t message[1 + 2 * HASH_BYTES];
    struct writer w = writer_init(message, sizeof(message));
    write_u8(&w, 1);
    write_view(&w, VIEW(left.bytes));
    write_view(&w, VIEW(right.bytes));
    return hash_raw(writer_view(&w));
}

/* The largest power of two below n. */
static size_t split(size_t n)
{
    size_t k = 1;
    while (k < n - k) k *= 2;
    return k;
}

struct hash code_root(const struct hash *leaves, size_t n)
{
    if (n == 0) return hash_raw((struct view){0});
    if (n == 1) return leaves[0];
    size_t k = split(n);
    return node(code_root(leaves, k), code_root(leaves + k, n - k));
}

size_t code_proof(const struct hash *leaves, size_t n, size_t index, struct hash path[CODE_PATH])
{
    if (n <= 1) return 0;
    size_t k = split(n);
    bool left = index < k;
    size_t len = left ? code_proof(leaves, k, index, path) : code_proof(leaves + k, n - k, index - k, path);
    if (len == CODE_PATH) return len;
    path[len] = left ? code_root(leaves + k, n - k) : code_root(leaves, k);
    return len + 1;
}

/* The walk of code_proof again, from the top: which side, then the hashes back from the leaf. */
static struct hash climb(struct hash leaf, size_t index, size_t n, const struct hash *path, size_t *used)
{
    if (n <= 1) return leaf;
    size_t k = split(n);
    bool left = index < k;
    struct hash below = left ? climb(leaf, index, k, path, used) : climb(leaf, index - k, n - k, path, used);
    struct hash beside = path[(*used)++];
    return left ? node(below, beside) : node(beside, below);
}

bool code_proven(struct hash leaf, size_t index, size_t n, const struct hash *path, size_t len,
                 struct hash root)
{
    size_t depth = 0, used = 0;
    for (size_t i = index, m = n; m > 1; depth++) {
        size_t k = split(m);
        m = i < k ? k : m - k;
        i = i < k ? i : i - k;
    }
    if (index >= n || depth != len) return false;
    return hash_eq(climb(leaf, index, n, path, &used), root);
}
