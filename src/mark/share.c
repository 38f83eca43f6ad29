#include "mark/share.h"

#include "crypt/sign.h"

static uint8_t times(uint8_t a, uint8_t b)
{
    unsigned product = 0, x = a;
    for (int i = 0; i < 8; i++) {
        product ^= x & (0u - (b >> i & 1));
        x = x << 1 ^ (0x11b & (0u - (x >> 7 & 1)));
    }
    return (uint8_t)product;
}

/* x^254: the multiplicative group has 255 elements. */
static uint8_t inverse(uint8_t x)
{
    uint8_t power = x, result = 1;
    for (int i = 1; i < 8; i++) {
        power = times(power, power);
        result = times(result, power);
    }
    return result;
}

/* key = s1 + x1 (s1 + s2) / (x1 + x2), where adding is XOR. */
bool share_combine(const struct share *a, const struct share *b, struct hash check, uint8_t key[KEY_BYTES])
{
    uint8_t slope = times(a->x, inverse(a->x ^ b->x));
    for (int i = 0; i < KEY_BYTES; i++) key[i] = a->bytes[i] ^ times(slope, a->bytes[i] ^ b->bytes[i]);
    struct hash is = hash_two("pattern-check", (struct view){key, KEY_BYTES}, (struct view){0});
    if (a->x != b->x && equal_secret(is.bytes, check.bytes, HASH_BYTES)) return true;
    wipe(key, KEY_BYTES);
    return false;
}
