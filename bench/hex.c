#include <stdio.h>

#include "target.h"

bool hex_read(const char *s, uint8_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned v;
        if (i > 0 && *s == ':') s++;
        if (sscanf(s, "%2x", &v) != 1 || !s[1]) return false;
        out[i] = (uint8_t)v;
        s += 2;
    }
    return *s == 0;
}

void hex_write(char *out, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) sprintf(out + 2 * i, "%02x", bytes[i]);
}
