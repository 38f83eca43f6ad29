/* The relay of key messages (docs/protocol.md, "Room keys"). The server orders headers and refuses those that
 * cannot be right: it holds no key, so what is inside the parts is for the clients to check.
 *
 * People come and go while a steward computes. A header that names somebody who has left is stale; one that
 * does not yet know of the last arrivals and departures is not: the next header takes care of them. */
#include "rooms/state.h"

#include <stdlib.h>

#include "crypt/sign.h"

/* Sizes of suite 1: HPKE enc[32] || plaintext || tag[16]. */
enum {
    SUITE = 1,
    SEAL_BYTES = 32 + 32 + 16,
    WELCOME_BYTES = 32 + 64 + 16,
    WRAP_BYTES = 32 + 16,
    NO_PART = -1
};
static_assert((int)WELCOME_BYTES <= (int)LIMIT_SEAL_BYTES, "parts fit");

struct update { /* one key message on its way through the checks */
    struct room *room;
    struct person *steward;
    const struct key_message *m;
    struct key_header h;
    bool rekey, fresh;                 /* fresh: every bucket must be dirty */
    struct slot *slots;                /* the table as it will be */
    uint32_t slot_count, filled, most; /* most: slots that `changes` may name */
    bool *touched;                     /* per slot: in `changes` */
    int32_t *part;                     /* per slot: its seal or welcome */
};

void keys_forget(struct person *p)
{
    if (p->keyed) p->room->keys.slots[p->slot].person = NULL;
    p->keyed = false;
}

static uint32_t bucket_count(uint32_t slots)
{
    return (slots + LIMIT_BUCKET - 1) / LIMIT_BUCKET;
}

/* ---- the header ----------------------------------------------------------------------------------- */

/* Moderators; if none is here, the person on stage with the lowest order. Clients go by the same rule, so a
 * header that passes here is one that they accept. */
static bool eligible(const struct person *p)
{
    if (p->role == ROLE_MODERATOR) return true;
    if (!p->on_stage) return false;
    for (uint32_t i = 0; i < p->room->count; i++) {
        const struct person *other = p->room->people[i];
        if (other->role == ROLE_MODERATOR || (other->on_stage && other->order < p->order)) return false;
    }
    return true;
}

static enum err check_signer(const struct update *u)
{
    const struct member *m = u->steward->member;
    if (u->h.suite != SUITE) return ERR_UNSUPPORTED;
    if (!id_eq(u->h.room, u->room->id)) return ERR_NOT_IN_ROOM;
    if (!id_eq(u->h.steward, m->account) || !id_eq(u->h.steward_device, m->device)) return ERR_FORBIDDEN;
    enum err e = sign_verify(&m->device_key, "header", u->h.body, u->h.sig);
    return !e && !eligible(u->steward) ? ERR_FORBIDDEN : e;
}

/* Order: the first valid header for the next counter wins. */
static enum err check_order(struct update *u, const struct member_log *log)
{
    const struct room_keys *k = &u->room->keys;
    if (u->h.counter != k->counter + 1 || !hash_eq(u->h.prev, k->hash)) return ERR_STALE_HEADER;
    bool next_epoch = u->h.epoch == k->epoch + 1 && u->h.generation == 0;
    bool next_generation = u->h.epoch == k->epoch && u->h.generation == k->generation + 1;
    u->rekey = next_epoch;
    if (!next_epoch && (!next_generation || k->counter == 0)) return ERR_STATE;
    /* Whoever did not sign the last header holds no bucket keys: it begins anew with all of them. So one who
     * was steward before knows no more than its own bucket, and may leave like anybody. */
    u->fresh = !hash_eq(k->steward_leaf, u->steward->leaf_hash);
    if (u->fresh && !u->rekey) return ERR_STATE;
    if (u->h.log_size > log->size || !hash_eq(log_head(log, u->h.log_size), u->h.log_head)) return ERR_STATE;
    return u->h.log_size < k->log_size ? ERR_STALE_HEADER : OK;
}

/* ---- the roster ----------------------------------------------------------------------------------- */

static enum err copy_table(struct rooms *r, struct update *u)
{
    const struct room_keys *k = &u->room->keys;
    if (u->m->change_count > 2 * LIMIT_PEOPLE_PER_ROOM) return ERR_TOO_LARGE;
    size_t most = k->slot_count + u->m->change_count; /* the lowest free slots lie below it */
    if (most > 2 * LIMIT_PEOPLE_PER_ROOM) most = 2 * LIMIT_PEOPLE_PER_ROOM;
    u->slots = scratch_take(r, (most + 1) * sizeof(*u->slots));
    u->touched = scratch_take(r, (most + 1) * sizeof(*u->touched));
    u->part = scratch_take(r, (most + 1) * sizeof(*u->part));
    if (!u->slots || !u->touched || !u->part) return ERR_SYSTEM;
    if (k->slot_count) memcpy(u->slots, k->slots, k->slot_count * sizeof(*u->slots));
    for (size_t i = 0; i <= most; i++) u->part[i] = NO_PART;
    u->most = u->slot_count = (uint32_t)most; /* slot_count until settle_table */
    return OK;
}

static enum err empty_slot(struct update *u, struct slot *slot)
{
    if (!slot->filled) return ERR_MALFORMED;
    if (slot->person) return ERR_FORBIDDEN; /* the roster is the key list: who is here cannot be left out */
    if (!u->rekey) return ERR_STATE;        /* a ratchet shuts nobody out */
    *slot = (struct slot){0};
    return OK;
}

/* Who in the room has this leaf and no slot yet. */
static struct person *take_waiting(struct person **waiting, uint32_t *count, struct hash leaf)
{
    for (uint32_t i = 0; i < *count; i++) {
        struct person *p = waiting[i];
        if (!hash_eq(p->leaf_hash, leaf)) continue;
        waiting[i] = waiting[--*count];
        return p;
    }
    return NULL;
}

static enum err apply_changes(struct rooms *r, struct update *u)
{
    uint32_t waiting_count = 0;
    struct person **waiting = scratch_take(r, (u->room->count + 1) * sizeof(*waiting));
    if (!waiting) return ERR_SYSTEM;
    for (uint32_t i = 0; i < u->room->count; i++)
        if (!u->room->people[i]->keyed) waiting[waiting_count++] = u->room->people[i];

    for (size_t i = 0; i < u->m->change_count; i++) {
        const struct roster_change *change = &u->m->changes[i];
        if (change->slot >= u->slot_count || u->touched[change->slot]) return ERR_MALFORMED;
        u->touched[change->slot] = true;
        struct slot *slot = &u->slots[change->slot];
        enum err e = slot->filled || !change->filled ? empty_slot(u, slot) : OK;
        if (e) return e;
        if (!change->filled) continue;
        struct person *p = take_waiting(waiting, &waiting_count, change->leaf);
        if (!p) return ERR_STALE_HEADER; /* gone meanwhile, or never here: no leaf without a person */
        *slot = (struct slot){.filled = true, .leaf = change->leaf, .person = p};
    }
    return OK;
}

static enum err settle_table(struct update *u)
{
    bool listed = false; /* whoever signs must be on the list that it signs */
    while (u->slot_count && !u->slots[u->slot_count - 1].filled) u->slot_count--;
    for (uint32_t i = 0; i < u->slot_count; i++) {
        u->filled += u->slots[i].filled;
        if (u->slots[i].person == u->steward) listed = true;
    }
    if (!listed) return ERR_STALE_HEADER; /* it joined anew meanwhile, or forgot itself */
    return u->h.count == u->filled ? OK : ERR_MALFORMED;
}

static enum err check_stage(const struct update *u)
{
    struct hash h = hash_two("stage", u->m->stage, (struct view){0});
    if (!hash_eq(h, u->h.stage_hash)) return ERR_MALFORMED;
    struct reader r = reader_init(u->m->stage);
    uint8_t n = read_u8(&r), before = 0;
    const struct person *seen[LIMIT_STAGE];
    if (n > LIMIT_STAGE) return ERR_TOO_LARGE;
    for (uint8_t i = 0; i < n; i++) {
        uint8_t index = read_u8(&r);
        uint16_t slot = read_u16(&r);
        if (r.err) break;
        if (index <= before || index > 254 || slot >= u->slot_count) return ERR_MALFORMED;
        before = index;
        const struct person *p = u->slots[slot].person;
        if (!p || !p->on_stage) return ERR_STALE_HEADER; /* left the stage while the header was made */
        for (uint8_t j = 0; j < i; j++)
            if (seen[j] == p) return ERR_MALFORMED;
        seen[i] = p;
    }
    return reader_end(&r);
}

/* ---- the parts ------------------------------------------------------------------------------------ */

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
 * seal. */
static bool bucket_sealed(const struct update *u, uint32_t bucket)
{
    uint32_t from = bucket * LIMIT_BUCKET, to = from + LIMIT_BUCKET;
    bool dirty = u->fresh, complete = true;
    for (uint32_t i = from; i < to && i < u->most; i++) {
        if (u->touched[i] || u->part[i] != NO_PART) dirty = true;
        if (u->slots[i].filled && u->part[i] == NO_PART) complete = false;
    }
    return !dirty || complete;
}

static enum err check_rekey_parts(struct update *u)
{
    if (u->m->welcome_count || u->m->wrap_count != bucket_count(u->slot_count)) return ERR_MALFORMED;
    for (size_t i = 0; i < u->m->wrap_count; i++)
        if (u->m->wraps[i].len != WRAP_BYTES) return ERR_MALFORMED;
    enum err e = note_parts(u, u->m->seals, u->m->seal_count, SEAL_BYTES);
    if (e) return e;
    for (uint32_t b = 0; b < bucket_count(u->slot_count); b++)
        if (!bucket_sealed(u, b)) return ERR_MALFORMED;
    return OK;
}

static enum err check_ratchet_parts(struct update *u)
{
    if (u->m->seal_count || u->m->wrap_count) return ERR_MALFORMED;
    enum err e = note_parts(u, u->m->welcomes, u->m->welcome_count, WELCOME_BYTES);
    if (e) return e;
    for (uint32_t i = 0; i < u->slot_count; i++) /* exactly the newcomers */
        if (u->touched[i] != (u->part[i] != NO_PART)) return ERR_MALFORMED;
    return OK;
}

/* ---- doing it ------------------------------------------------------------------------------------- */

static enum err reserve_slots(struct room_keys *k, uint32_t count)
{
    if (count <= k->slot_cap) return OK;
    uint32_t cap = k->slot_cap ? k->slot_cap : LIMIT_BUCKET;
    while (cap < count) cap *= 2;
    struct slot *slots = reallocarray(k->slots, cap, sizeof(*slots));
    if (!slots) return ERR_SYSTEM;
    k->slots = slots;
    k->slot_cap = cap;
    return OK;
}

static void install(struct update *u)
{
    struct room_keys *k = &u->room->keys;
    k->counter = u->h.counter;
    k->epoch = u->h.epoch;
    k->generation = u->h.generation;
    k->log_size = u->h.log_size;
    k->hash = hash_two("header-hash", u->h.body, (struct view){0});
    k->steward_leaf = u->steward->leaf_hash;
    k->header_len = u->m->header.len;
    k->stage_len = u->m->stage.len;
    memcpy(k->header, u->m->header.ptr, k->header_len);
    memcpy(k->stage, u->m->stage.ptr, k->stage_len);
    if (u->slot_count) memcpy(k->slots, u->slots, u->slot_count * sizeof(*k->slots));
    k->slot_count = u->slot_count;
    k->filled = u->filled;
    for (uint32_t i = 0; i < k->slot_count; i++) {
        struct person *p = k->slots[i].person;
        if (!p) continue;
        p->keyed = true;
        p->slot = (uint16_t)i;
    }
}

/* Each person gets its own part only; those without a slot the header alone, to follow the order. */
static void relay(struct rooms *r, const struct update *u)
{
    struct out out = {.kind = EVENT_KEYS};
    out.keys.room = u->room->id;
    out.keys.header = u->m->header;
    out.keys.stage = u->m->stage;
    out.keys.changes = u->m->changes;
    out.keys.change_count = u->m->change_count;
    for (uint32_t i = 0; i < u->room->count; i++) {
        const struct person *p = u->room->people[i];
        if (!p->sock) continue;
        struct out own = out;
        int32_t part = p->keyed ? u->part[p->slot] : NO_PART;
        if (part != NO_PART && u->rekey) own.keys.seal = u->m->seals[part].data;
        if (part != NO_PART && !u->rekey) own.keys.welcome = u->m->welcomes[part].data;
        if (p->keyed && u->rekey) own.keys.wrap = u->m->wraps[p->slot / LIMIT_BUCKET];
        send_out(r, p->sock, own);
    }
}

enum err do_room_keys(struct rooms *r, struct sock *s, const struct command *c)
{
    if (!s->person) return ERR_NOT_IN_ROOM;
    struct update u = {.room = s->person->room, .steward = s->person, .m = &c->keys};
    if (c->keys.header.len > LIMIT_HEADER_BYTES) return ERR_TOO_LARGE;
    enum err e = key_header_parse(&u.h, c->keys.header);
    if (!e) e = check_signer(&u);
    if (!e) e = check_order(&u, &r->log);
    if (!e) e = copy_table(r, &u);
    if (!e) e = apply_changes(r, &u);
    if (!e) e = settle_table(&u);
    if (!e) e = check_stage(&u);
    if (!e) e = u.rekey ? check_rekey_parts(&u) : check_ratchet_parts(&u);
    if (!e) e = reserve_slots(&u.room->keys, u.slot_count);
    if (e) return e;
    install(&u);
    reply_ok(r, s, c);
    relay(r, &u);
    return OK;
}
