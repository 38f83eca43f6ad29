/* The parts of a key message: who must have a seal, a welcome or a wrap, and of what size. What is in them is
 * for the clients to check. */
#include "rooms/keys.h"

enum { /* HPKE: enc || plaintext || tag, see docs/protocol.md */
       ENC_BYTES = 32,
       KEM_CIPHERTEXT_BYTES = 1088, /* FIPS 203 table 3: ML-KEM-768 */
       SECRET_BYTES = 32,
       TAG_BYTES = 16,
       WRAP_BYTES = SECRET_BYTES + TAG_BYTES,
};
static_assert(KEM_CIPHERTEXT_BYTES + ENC_BYTES + 2 * SECRET_BYTES + TAG_BYTES <= LIMIT_SEAL_BYTES,
              "parts fit");

size_t keys_seal_bytes(uint8_t suite)
{
    return (suite == SUITE_HYBRID ? KEM_CIPHERTEXT_BYTES : 0) + ENC_BYTES + SECRET_BYTES + TAG_BYTES;
}

static enum err note_parts(struct update *u, const struct key_part *parts, size_t count, size_t bytes)
{
    for (size_t i = 0; i < count; i++) {
        uint16_t slot = parts[i].slot;
        if (slot >= u->slot_count || !u->slots[slot].filled || u->part[slot] != NO_PART) return ERR_MALFORMED;
        if (parts[i].data.len != bytes) return ERR_MALFORMED;
        u->part[slot] = (int32_t)i;
    }
    return OK;
}

/* A bucket is dirty if it changed, or if all are, or if the steward chose to: then every leaf in it has a
 * seal, from this message or from the steward who shares the work, never from both. */
static bool bucket_sealed(const struct update *u, uint32_t bucket)
{
    uint32_t from = bucket * LIMIT_BUCKET, to = from + LIMIT_BUCKET;
    bool dirty = u->fresh, complete = true, none = true;
    for (uint32_t i = from; i < to && i < u->most; i++) {
        if (u->part[i] != NO_PART) none = false;
        if (u->touched[i] || u->part[i] != NO_PART) dirty = true;
        if (u->slots[i].filled && u->part[i] == NO_PART) complete = false;
    }
    return split_find(u->m, bucket) ? none : !dirty || complete;
}

static enum err check_rekey_parts(struct update *u)
{
    if (u->m->welcome_count || u->m->wrap_count != bucket_count(u->slot_count)) return ERR_MALFORMED;
    for (size_t i = 0; i < u->m->wrap_count; i++)
        if (u->m->wraps[i].len != WRAP_BYTES) return ERR_MALFORMED;
    enum err e = note_parts(u, u->m->seals, u->m->seal_count, keys_seal_bytes(u->h.suite));
    if (!e) e = check_split(u);
    if (e) return e;
    for (uint32_t b = 0; b < bucket_count(u->slot_count); b++)
        if (!bucket_sealed(u, b)) return ERR_MALFORMED;
    return OK;
}

static enum err check_ratchet_parts(struct update *u)
{
    if (u->m->seal_count || u->m->wrap_count || u->m->split_count) return ERR_MALFORMED;
    enum err e =
        note_parts(u, u->m->welcomes, u->m->welcome_count, keys_seal_bytes(u->h.suite) + SECRET_BYTES);
    if (e) return e;
    for (uint32_t i = 0; i < u->slot_count; i++) /* exactly the newcomers */
        if (u->touched[i] != (u->part[i] != NO_PART)) return ERR_MALFORMED;
    return OK;
}

enum err check_parts(struct update *u)
{
    return u->rekey ? check_rekey_parts(u) : check_ratchet_parts(u);
}
