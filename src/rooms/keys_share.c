/* A rekey that several stewards share: the signer of the header gives whole buckets to others, or to itself
 * where one message has no room, and the seals of these buckets are sent afterwards. A slot waits until its seal has come, whatever headers follow, or until
 * a later rekey seals its bucket anew. Each person gets one seal: the second is dropped. */
#include "rooms/keys.h"

const struct key_split *split_find(const struct key_message *m, uint32_t bucket)
{
    for (size_t i = 0; i < m->split_count; i++)
        if (bucket >= m->split[i].first && bucket <= m->split[i].last) return &m->split[i];
    return NULL;
}

const struct key_split *split_for(const struct key_message *m, struct id account)
{
    for (size_t i = 0; i < m->split_count; i++)
        if (id_eq(m->split[i].account, account)) return &m->split[i];
    return NULL;
}

/* Who in the table has this account: the helper must hold a leaf that its share was sealed to. */
static struct person *find_helper(const struct update *u, struct id account)
{
    for (uint32_t i = 0; i < u->slot_count; i++) {
        struct person *p = u->slots[i].person;
        if (p && id_eq(p->member->account, account)) return p;
    }
    return NULL;
}

/* Slots whose seal is still to come from an earlier split and would never come after this one. */
static bool would_strand(const struct update *u)
{
    for (uint32_t b = 0; b < bucket_count(u->slot_count); b++) {
        bool waits = false, sealed = split_find(u->m, b) != NULL;
        for (uint32_t i = b * LIMIT_BUCKET; i < (b + 1) * LIMIT_BUCKET && i < u->slot_count; i++) {
            waits |= u->slots[i].waits;
            sealed |= u->part[i] != NO_PART;
        }
        if (waits && !sealed) return true;
    }
    return false;
}

enum err check_split(const struct update *u)
{
    const struct key_message *m = u->m;
    if (m->split_count > LIMIT_SPLIT) return ERR_TOO_LARGE;
    for (size_t i = 0; i < m->split_count; i++) {
        const struct key_split *s = &m->split[i];
        if (s->last < s->first || s->last >= bucket_count(u->slot_count)) return ERR_MALFORMED;
        if (s->seal.len != keys_seal_bytes(u->h.suite)) return ERR_MALFORMED;
        for (size_t k = 0; k < i; k++)
            if (s->first <= m->split[k].last && m->split[k].first <= s->last) return ERR_MALFORMED;
        if (split_for(m, s->account) != s) return ERR_MALFORMED; /* one share each */
        const struct person *helper = find_helper(u, s->account);
        if (!helper || !helper->sock) return ERR_STALE_HEADER; /* left while the header was made */
        if (!keys_eligible(helper)) return ERR_FORBIDDEN;
    }
    return m->split_count && would_strand(u) ? ERR_STATE : OK;
}

/* split_check has found every helper. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-null-dereference"
void split_install(const struct update *u)
{
    struct room_keys *k = &u->room->keys;
    for (uint32_t i = 0; i < k->slot_count; i++) {
        struct slot *slot = &k->slots[i];
        const struct key_split *share = split_find(u->m, i / LIMIT_BUCKET);
        /* Two know the secret of the share, and need no seal. */
        if (share)
            slot->waits = slot->person && slot->person != u->steward &&
                          !id_eq(slot->person->member->account, share->account);
        if (u->part[i] != NO_PART) slot->waits = false;
    }
    if (!u->m->split_count) return;
    k->split =
        (struct room_split){u->h.counter, u->h.suite, u->steward->leaf_hash, .count = u->m->split_count};
    for (size_t i = 0; i < u->m->split_count; i++) {
        const struct key_split *s = &u->m->split[i];
        k->split.shares[i] = (struct key_share){find_helper(u, s->account)->leaf_hash, s->first, s->last};
    }
}
#pragma GCC diagnostic pop

/* ---- room.seals ------------------------------------------------------------------------------------ */

static bool may_seal(const struct room_split *split, struct hash leaf, uint32_t bucket)
{
    for (size_t i = 0; i < split->count; i++) {
        const struct key_share *s = &split->shares[i];
        if (bucket < s->first || bucket > s->last) continue;
        return hash_eq(leaf, s->leaf) || hash_eq(leaf, split->signer_leaf);
    }
    return false;
}

enum err do_room_seals(struct rooms *r, struct sock *s, const struct command *c)
{
    struct person *p = s->person;
    if (!p || !id_eq(p->room->id, c->seals.room)) return ERR_NOT_IN_ROOM;
    struct room_keys *k = &p->room->keys;
    if (!k->split.count || c->seals.counter != k->split.counter) return ERR_STALE_HEADER;
    for (size_t i = 0; i < c->seals.count; i++) { /* all or nothing */
        const struct key_part *part = &c->seals.list[i];
        if (!may_seal(&k->split, p->leaf_hash, part->slot / LIMIT_BUCKET)) return ERR_FORBIDDEN;
        if (part->data.len != keys_seal_bytes(k->split.suite)) return ERR_MALFORMED;
    }
    reply_ok(r, s, c);
    for (size_t i = 0; i < c->seals.count; i++) {
        const struct key_part *part = &c->seals.list[i];
        struct slot *slot = part->slot < k->slot_count ? &k->slots[part->slot] : NULL;
        if (!slot || !slot->waits || !slot->person) continue; /* gone, or has one */
        slot->waits = false;
        struct out out = {.kind = EVENT_SEAL, .seal = {p->room->id, k->split.counter, part->data}};
        if (slot->person->sock) send_out(r, slot->person->sock, out);
    }
    return OK;
}
