/* base64url without padding, RFC 4648 section 5. One text per byte string: what decodes also encodes back to
 * the same characters, so that an id has one spelling. */
#include "base/bytes.h"

static const char alphabet[64] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static int digit(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '-') return 62;
    if (c == '_') return 63;
    return -1;
}

size_t b64_encode(char *out, size_t cap, struct view v)
{
    if (cap == 0) return 0;
    out[0] = 0;
    if (v.len > SIZE_MAX / 8 || B64_LEN(v.len) >= cap) return 0;
    size_t n = 0;
    uint32_t bits = 0;
    unsigned have = 0;
    for (size_t i = 0; i < v.len; i++) {
        bits = bits << 8 | v.ptr[i];
        for (have += 8; have >= 6; have -= 6) out[n++] = alphabet[bits >> (have - 6) & 63];
    }
    if (have) out[n++] = alphabet[bits << (6 - have) & 63];
    out[n] = 0;
    return n;
}

enum err b64_decode(uint8_t *out, size_t cap, size_t *len, const char *s, size_t n)
{
    *len = 0;
    if (n % 4 == 1) return ERR_MALFORMED; /* six bits are no byte */
    if (n / 4 * 3 + n % 4 * 3 / 4 > cap) return ERR_TOO_LARGE;
    size_t filled = 0;
    uint32_t bits = 0;
    unsigned have = 0;
    for (size_t i = 0; i < n; i++) {
        int d = digit(s[i]);
        if (d < 0) return ERR_MALFORMED;
        bits = bits << 6 | (uint32_t)d;
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[filled++] = (uint8_t)(bits >> have);
        }
    }
    if (bits & ((1u << have) - 1)) return ERR_MALFORMED; /* section 3.5: pad bits are zero */
    *len = filled;
    return OK;
}

enum err b64_decode_exact(uint8_t *out, size_t len, const char *s, size_t n)
{
    if (n != B64_LEN(len)) return ERR_MALFORMED;
    size_t got;
    enum err e = b64_decode(out, len, &got, s, n);
    if (e) return e;
    return got == len ? OK : ERR_MALFORMED;
}
