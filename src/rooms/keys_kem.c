/* The encapsulation keys of hybrid leaves: kept beside a person, given to stewards. */
#include <stdlib.h>

#include "crypt/sign.h"
#include "rooms/keys.h"

enum { KEM_SEED_BYTES = 32, KEM_MODULUS = 3329 };

/* FIPS 203 7.2, modulus check: two coefficients of 12 bits in three bytes, each below q. A key that fails
 * would make the steward's encapsulation fail, and with it everybody's rekey. */
static bool in_range(struct view kem)
{
    struct reader r = reader_init((struct view){kem.ptr, kem.len - KEM_SEED_BYTES});
    bool good = true;
    while (reader_left(&r)) {
        uint32_t bytes = read_u24(&r); /* ByteEncode_12 is little-endian */
        uint32_t a = bytes >> 16 | (bytes >> 8 & 15) << 8, b = (bytes >> 12 & 15) | (bytes & 255) << 4;
        good &= a < KEM_MODULUS && b < KEM_MODULUS;
    }
    return good;
}

enum err kem_check(const struct leaf *leaf, struct view kem)
{
    if (leaf->suite != SUITE_HYBRID) return kem.len ? ERR_MALFORMED : OK;
    if (kem.len != LIMIT_KEM_BYTES) return ERR_MALFORMED;
    return hash_eq(hash_raw(kem), leaf->kem) && in_range(kem) ? OK : ERR_MALFORMED;
}

enum err kem_keep(struct person *p, struct view kem)
{
    if (!kem.len) return OK;
    p->kem = malloc(kem.len);
    if (!p->kem) return ERR_SYSTEM;
    memcpy(p->kem, kem.ptr, kem.len);
    return OK;
}

enum err do_room_kem(struct rooms *r, struct sock *s, const struct command *c)
{
    if (!s->person || !id_eq(s->person->room->id, c->kem.room)) return ERR_NOT_IN_ROOM;
    if (!keys_eligible(s->person)) return ERR_FORBIDDEN;
    if (c->kem.count > LIMIT_CHAIN_ACCOUNTS) return ERR_TOO_LARGE;
    struct kem_info *list = scratch_take(r, (c->kem.count + 1) * sizeof(*list));
    if (!list) return ERR_SYSTEM;
    size_t count = 0;
    for (size_t i = 0; i < c->kem.count; i++) { /* without those who have left, or have none */
        const struct member *m = log_member(&r->log, c->kem.accounts[i]);
        const struct person *p = m ? m->person : NULL;
        if (p && p->room == s->person->room && p->kem)
            list[count++] = (struct kem_info){m->account, {p->kem, LIMIT_KEM_BYTES}};
    }
    send_out(r, s, (struct out){.kind = REPLY_KEMS, .request = c->request, .kems = {list, count}});
    return OK;
}
