/* Bytes of tests, written as hex digits; spaces do not count. */
#ifndef TEST_HEX_H
#define TEST_HEX_H

#include "base/bytes.h"

static inline int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Number of bytes, or -1 if `s` is not hex or does not fit. */
static inline long unhex(uint8_t *out, size_t cap, const char *s)
{
    size_t n = 0;
    for (; *s; s++) {
        if (*s == ' ') continue;
        int high = hex_digit(s[0]), low = high < 0 ? -1 : hex_digit(s[1]);
        if (low < 0 || n == cap) return -1;
        out[n++] = (uint8_t)(high << 4 | low);
        s++;
    }
    return (long)n;
}

#endif
