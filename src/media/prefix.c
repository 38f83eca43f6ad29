#include "media/prefix.h"

#include "crypt/sign.h"

void prefixes_init(struct prefixes *p)
{
    uint8_t secret[8];
    *p = (struct prefixes){0};
    if (random_bytes(secret, sizeof(secret)) == OK)
        p->secret = (uint64_t)get_u32(secret) << 32 | get_u32(secret + 4);
}

/* The finalizer of splitmix64 (Vigna), over the prefix and the secret. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

struct prefix *prefix_of(struct prefixes *p, const struct endpoint *from)
{
    uint64_t bits;
    if (from->any.sa_family == AF_INET6) {
        const uint8_t *ip = from->v6.sin6_addr.s6_addr;
        bits = (uint64_t)get_u32(ip) << 32 | (get_u32(ip + 4) & 0xffffff00);
    } else {
        bits = ntohl(from->v4.sin_addr.s_addr) & 0xffffff00;
    }
    return &p->all[mix(bits ^ p->secret) % LIMIT_PREFIXES];
}
