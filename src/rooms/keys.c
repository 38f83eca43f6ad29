/* The relay of key messages (docs/protocol.md, "Room keys"). The server orders headers and refuses those that
 * cannot be right: it holds no key, so what is inside the parts is for the clients to check.
 *
 * People come and go while a steward computes. A header that names somebody who has left is stale; one that
 * does not yet know of the last arrivals and departures is not: the next header takes care of them. */
#include "rooms/keys.h"

#include "crypt/sign.h"

void keys_forget(struct person *p)
{
    if (p->keyed) {
        p->room->keys.slots[p->slot].person = NULL;
        p->room->keys.slots[p->slot].waits = false;
    }
    p->keyed = false;
}

/* ---- the header ----------------------------------------------------------------------------------- */

/* The first five moderators; if none is here, the person on stage with the lowest order. Clients go by the
 * same rule, so a header that passes here is one that they accept. */
bool keys_eligible(const struct person *p)
{
    bool moderates = person_moderates(p);
    if (!moderates && !p->on_stage) return false;
    uint32_t before = 0;
    for (uint32_t i = 0; i < p->room->count; i++) {
        const struct person *other = p->room->people[i];
        bool moderator = person_moderates(other);
        if (!moderates && moderator) return false;
        before += other->order < p->order && (moderates ? moderator : other->on_stage);
    }
    return before < (moderates ? LIMIT_STEWARDS : 1);
}

static enum err check_signer(const struct update *u)
{
    const struct id account = u->steward->member->account;
    const struct device *d = u->steward->device;
    if (!id_eq(u->h.room, u->room->id)) return ERR_NOT_IN_ROOM;
    if (!hash_eq(u->h.trace, u->room->trace)) return ERR_MALFORMED;
    if (!id_eq(u->h.steward, account) || !id_eq(u->h.steward_device, d->id)) return ERR_FORBIDDEN;
    enum err e = sign_verify(&d->key, "header", u->h.body, u->h.sig);
    return !e && !keys_eligible(u->steward) ? ERR_FORBIDDEN : e;
}

/* Once hybrid, a room stays so. Nobody may be left behind: whoever came with a lesser leaf while the header
 * was made would never get a key. */
static enum err check_suite(struct update *u)
{
    const struct room_keys *k = &u->room->keys;
    if (u->h.suite < k->suite) return ERR_SUITE;
    if (u->h.suite == k->suite) return OK;
    for (uint32_t i = 0; i < u->room->count; i++)
        if (u->room->people[i]->suite < u->h.suite) return ERR_STALE_HEADER;
    return OK;
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
    u->fresh = !hash_eq(k->steward_leaf, u->steward->leaf_hash) || u->h.suite != k->suite;
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

/* Seats whoever of the room has this leaf and no slot yet: each once. */
static enum err fill_slot(struct update *u, struct map *waiting, const struct roster_change *change)
{
    uint32_t i;
    if (!map_get(waiting, change->leaf.bytes, &i)) return ERR_STALE_HEADER; /* gone, or never here */
    map_remove(waiting, change->leaf.bytes);
    struct person *p = u->room->people[i];
    if (p->suite < u->h.suite) return ERR_SUITE;
    u->slots[change->slot] =
        (struct slot){.filled = true, .suite = p->suite, .leaf = change->leaf, .person = p};
    return OK;
}

static enum err apply_each(struct update *u, struct map *waiting)
{
    for (size_t i = 0; i < u->m->change_count; i++) {
        const struct roster_change *change = &u->m->changes[i];
        if (change->slot >= u->slot_count || u->touched[change->slot]) return ERR_MALFORMED;
        u->touched[change->slot] = true;
        struct slot *slot = &u->slots[change->slot];
        enum err e = slot->filled || !change->filled ? empty_slot(u, slot) : OK;
        if (!e && change->filled) e = fill_slot(u, waiting, change);
        if (e) return e;
    }
    return OK;
}

static enum err apply_changes(struct update *u)
{
    struct map waiting; /* leaf hash -> place in the room */
    if (!u->m->change_count) return OK;
    enum err e = map_init(&waiting, HASH_BYTES, LIMIT_PEOPLE_PER_ROOM);
    for (uint32_t i = 0; !e && i < u->room->count; i++)
        if (!u->room->people[i]->keyed) e = map_put(&waiting, u->room->people[i]->leaf_hash.bytes, i);
    if (!e) e = apply_each(u, &waiting);
    map_deinit(&waiting);
    return e;
}

static enum err settle_table(struct update *u)
{
    bool listed = false; /* whoever signs must be on the list that it signs */
    while (u->slot_count && !u->slots[u->slot_count - 1].filled) u->slot_count--;
    for (uint32_t i = 0; i < u->slot_count; i++) {
        u->filled += u->slots[i].filled;
        if (u->slots[i].person == u->steward) listed = true;
        if (u->slots[i].filled && u->slots[i].suite < u->h.suite) return ERR_SUITE;
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

/* ---- doing it ------------------------------------------------------------------------------------- */

static void install(struct update *u)
{
    struct room_keys *k = &u->room->keys;
    k->suite = u->h.suite;
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
    split_install(u);
}

static bool has_own_part(const struct update *u, const struct person *p)
{
    return u->part[p->slot] != NO_PART || split_for(u->m, p->member->account);
}

static struct out own_part(const struct update *u, struct out out, const struct person *p)
{
    int32_t part = u->part[p->slot];
    if (part != NO_PART && u->rekey) out.keys.seal = u->m->seals[part].data;
    if (part != NO_PART && !u->rekey) out.keys.welcome = u->m->welcomes[part].data;
    if (u->rekey) out.keys.wrap = u->m->wraps[p->slot / LIMIT_BUCKET];
    out.keys.split = split_for(u->m, p->member->account);
    return out;
}

/* Each person gets its own part only. Most have the same as others: all of a bucket without seals the wrap,
 * all in a ratchet but the newcomers the header alone, and so those without a slot, to follow the order. */
static void relay(struct rooms *r, const struct update *u, sock_name *socks)
{
    const struct room_keys *k = &u->room->keys;
    size_t count = 0;
    struct out out = {.kind = EVENT_KEYS};
    out.keys.room = u->room->id;
    out.keys.header = u->m->header;
    out.keys.stage = u->m->stage;
    out.keys.changes = u->m->changes;
    out.keys.change_count = u->m->change_count;
    for (uint32_t i = 0; i < k->slot_count; i++) {
        const struct person *p = k->slots[i].person;
        if (p && p->sock && has_own_part(u, p))
            send_out(r, p->sock, own_part(u, out, p));
        else if (p && p->sock)
            socks[count++] = p->sock->name;
        bool last = i % LIMIT_BUCKET == LIMIT_BUCKET - 1 || i == k->slot_count - 1;
        if (!u->rekey || !last) continue;
        struct out bucket = out;
        bucket.keys.wrap = u->m->wraps[i / LIMIT_BUCKET];
        send_many(r, socks, count, bucket);
        socks += count;
        count = 0;
    }
    for (uint32_t i = 0; i < u->room->count; i++) {
        const struct person *p = u->room->people[i];
        if (p->sock && !p->keyed) socks[count++] = p->sock->name;
    }
    send_many(r, socks, count, out);
}

enum err do_room_keys(struct rooms *r, struct sock *s, const struct command *c)
{
    if (!s->person) return ERR_NOT_IN_ROOM;
    struct update u = {.room = s->person->room, .steward = s->person, .m = &c->keys};
    sock_name *socks = scratch_take(r, u.room->count * sizeof(*socks));
    if (!socks) return ERR_SYSTEM;
    if (c->keys.header.len > LIMIT_HEADER_BYTES) return ERR_TOO_LARGE;
    enum err e = key_header_parse(&u.h, c->keys.header);
    if (!e) e = check_signer(&u);
    if (!e) e = check_suite(&u);
    if (!e) e = check_order(&u, &r->log);
    if (!e) e = copy_table(r, &u);
    if (!e) e = apply_changes(&u);
    if (!e) e = settle_table(&u);
    if (!e) e = check_stage(&u);
    if (!e) e = check_parts(&u);
    struct room_keys *k = &u.room->keys;
    if (!e) e = array_reserve(&k->slots, u.slot_count, &k->slot_cap, sizeof(*k->slots));
    if (e) return e;
    install(&u);
    reply_ok(r, s, c);
    news_flush(r, u.room);
    relay(r, &u, socks);
    return OK;
}
