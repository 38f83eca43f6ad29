/* The words of what goes on in a room: a steward's key messages as the room stands now, what is signed all
 * the time while one speaks, chat, tracing. */
#ifndef FUZZ_WORDS_ROOM_H
#define FUZZ_WORDS_ROOM_H

#include "words.h"

/* ---- key messages
 * ------------------------------------------------------------------------------------------------ */

/* The server's own table is what a steward's client knows of it. */
static void look_at(const struct room *room, struct keys_view *v)
{
    const struct room_keys *k = &room->keys;
    *v = (struct keys_view){.room = room->id, .hash = k->hash};
    v->last = (struct key_header){
        .suite = k->suite, .counter = k->counter, .epoch = k->epoch, .generation = k->generation};
    for (uint32_t i = 0; i < k->slot_count && i < SEATS; i++)
        if (k->slots[i].filled) v->table[i] = (struct seat){true, k->slots[i].leaf};
}

/* The table as it should be: the gone out, everybody who is here in, lowest free seats first. */
static void seat_everybody(const struct room *room, struct seat table[SEATS], bool shut_out)
{
    for (uint32_t i = 0; i < room->keys.slot_count && i < SEATS && shut_out; i++)
        if (!room->keys.slots[i].person) table[i] = (struct seat){0};
    for (uint32_t i = 0; i < room->count; i++) {
        size_t at = 0;
        if (room->people[i]->keyed) continue;
        while (at < SEATS && table[at].filled) at++;
        if (at < SEATS) table[at] = (struct seat){true, room->people[i]->leaf_hash};
    }
}

static void list_stage(const struct room *room, struct draft *msg)
{
    struct stage_entry list[LIMIT_STAGE];
    size_t n = 0;
    for (uint16_t at = 0; at < SEATS; at++)
        for (uint32_t i = 0; i < room->count && n < LIMIT_STAGE; i++) {
            const struct person *p = room->people[i];
            bool seated = msg->table[at].filled && hash_eq(msg->table[at].leaf, p->leaf_hash);
            if (!seated || !p->on_stage) continue;
            list[n] = (struct stage_entry){(uint8_t)(n + 1), at};
            n++;
        }
    message_stage(msg, n, list);
}

static const struct draft *make_message(const struct word *w, const struct room *room, bool rekey, bool share)
{
    static struct draft msg;
    struct actor steward = *actor(w->speaker), helper = *actor(who(w, 0));
    struct seat table[SEATS];
    struct keys_view v;
    steward.account = account_of(w->speaker);
    helper.account = account_of(who(w, 0));
    look_at(room, &v);
    message_begin(&msg, &world, &v, &steward, rekey);
    msg.h.trace = room->trace;
    msg.h.suite = (uint8_t)number(w, 0, msg.h.suite);
    memcpy(table, v.table, sizeof(table));
    seat_everybody(room, table, rekey);
    for (uint16_t i = 0; i < SEATS; i++) {
        bool same = table[i].filled == v.table[i].filled && hash_eq(table[i].leaf, v.table[i].leaf);
        if (!same) message_seat(&msg, i, table[i].filled ? &table[i].leaf : NULL);
    }
    if (share) message_share(&msg, &helper, 0, 0);
    message_fill(&msg, rekey, true);
    list_stage(room, &msg);
    message_sign(&msg, steward.device_seed);
    return &msg;
}

static void put_header(struct writer *out, const struct draft *msg)
{
    put(out, "\"");
    put_bytes(out, msg->m.header);
    put(out, "\"");
}

static void put_stage(struct writer *out, const struct draft *msg)
{
    put(out, "\"");
    put_bytes(out, msg->m.stage);
    put(out, "\"");
}

static void put_changes(struct writer *out, const struct draft *msg)
{
    put(out, "[");
    for (size_t i = 0; i < msg->m.change_count; i++) {
        const struct roster_change *c = &msg->changes[i];
        struct view leaf = c->filled ? VIEW(c->leaf.bytes) : (struct view){0};
        put_slot(out, i ? "," : "", c->slot, "leaf", leaf);
    }
    put(out, "]");
}

static void put_welcomes(struct writer *out, const struct draft *msg)
{
    put_slots(out, msg->welcomes, msg->m.welcome_count);
}

static void put_seals(struct writer *out, const struct draft *msg)
{
    put_slots(out, msg->seals, msg->m.seal_count);
}

static void put_wraps(struct writer *out, const struct draft *msg)
{
    put(out, "[");
    for (size_t i = 0; i < msg->m.wrap_count; i++) {
        put(out, i ? ",\"" : "\"");
        put_bytes(out, msg->wraps[i]);
        put(out, "\"");
    }
    put(out, "]");
}

static void put_split(struct writer *out, const struct draft *msg)
{
    put(out, "[");
    for (size_t i = 0; i < msg->m.split_count; i++) {
        put(out, i ? ",{\"account\":\"" : "{\"account\":\"");
        put_bytes(out, VIEW(msg->split[i].account.bytes));
        put(out, "\",\"first\":");
        put_number(out, msg->split[i].first);
        put(out, ",\"last\":");
        put_number(out, msg->split[i].last);
        put(out, ",\"seal\":\"");
        put_bytes(out, msg->split[i].seal);
        put(out, "\"}");
    }
    put(out, "]");
}

/* One part alone, or all of them as members of an object. */
static void put_message(struct word *w, bool rekey, bool share)
{
    static const struct {
        const char *name;
        void (*put)(struct writer *out, const struct draft *msg);
    } parts[] = {{"header", put_header},     {"stage", put_stage}, {"changes", put_changes},
                 {"welcomes", put_welcomes}, {"seals", put_seals}, {"wraps", put_wraps},
                 {"split", put_split}};
    const struct person *p = person_of(w->speaker);
    const struct room *room = p ? p->room : room_at(0);
    if (!room) return;
    const struct draft *msg = make_message(w, room, rekey, share);
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        if (w->kind.len && !view_eq(w->kind, view_str(parts[i].name))) continue;
        if (!w->kind.len) {
            put(w->out, i ? ",\"" : "\"");
            put(w->out, parts[i].name);
            put(w->out, "\":");
        }
        parts[i].put(w->out, msg);
    }
}

static void word_rekey(struct word *w)
{
    put_message(w, true, false);
}

static void word_ratchet(struct word *w)
{
    put_message(w, false, false);
}

static void word_share(struct word *w)
{
    put_message(w, true, true);
}

/* Those that wait, as the steward who took them over would send them. */
static void word_seals(struct word *w)
{
    static const uint8_t bytes[SEAL + KEM_CIPHERTEXT];
    struct key_part list[SEATS];
    size_t n = 0;
    const struct room *room = room_of(w, 0);
    size_t len = room && room->keys.split.suite == SUITE_HYBRID ? sizeof(bytes) : SEAL;
    for (uint32_t i = 0; room && i < room->keys.slot_count && i < SEATS; i++)
        if (room->keys.slots[i].waits) list[n++] = (struct key_part){(uint16_t)i, {bytes, len}};
    put_slots(w->out, list, n);
}

/* ---- while the room is live
 * -------------------------------------------------------------------------------------- */

static void put_signed(struct word *w, const char *purpose, struct writer *body)
{
    sign(actor(w->speaker)->device_seed, purpose, body, body->len);
    if (writer_end(body) == OK) put_bytes(w->out, writer_view(body));
}

static void word_beat(struct word *w)
{
    uint8_t bytes[512];
    struct writer body = writer_init(bytes, sizeof(bytes));
    const struct room *room = room_of(w, 0);
    struct heartbeat b = {
        .time_ms = world.now, .steward = account_of(w->speaker), .steward_device = actor(w->speaker)->device};
    if (!room) return;
    b.room = room->id;
    b.header = room->keys.hash;
    MUST(heartbeat_write_body(&body, &b) == OK);
    put_signed(w, "heartbeat", &body);
}

/* The index that the stage list gives to who speaks. */
static uint8_t index_of(const struct person *p)
{
    struct reader r = reader_init((struct view){p->room->keys.stage, p->room->keys.stage_len});
    for (uint8_t n = read_u8(&r); n && !r.err; n--) {
        uint8_t index = read_u8(&r);
        if (read_u16(&r) == p->slot && p->keyed) return index;
    }
    return 1;
}

static void word_tags(struct word *w)
{
    static const uint8_t tags[3 * FRAME_TAG_BYTES];
    uint8_t bytes[512];
    struct writer body = writer_init(bytes, sizeof(bytes));
    const struct person *p = person_of(w->speaker);
    if (!p) return;
    struct frame_tags t = {.room = p->room->id,
                           .counter = p->room->keys.counter,
                           .index = index_of(p),
                           .first = number(w, 0, 1),
                           .tags = VIEW(tags)};
    MUST(frame_tags_write_body(&body, &t) == OK);
    put_signed(w, "tags", &body);
}

/* A sealed text of one of the four sizes: what is in it is nobody's business here. */
static void word_talk(struct word *w)
{
    static const size_t sizes[] = {LIMIT_TALK_SMALL_BYTES, LIMIT_TALK_SMALL_BYTES + 256,
                                   LIMIT_TALK_SMALL_BYTES + 768, LIMIT_TALK_BYTES};
    static uint8_t bytes[LIMIT_TALK_BYTES];
    struct writer out = writer_init(bytes, sizeof(bytes));
    const struct room *room = room_of(w, 1);
    write_u8(&out, 1);
    write_u32(&out, room ? room->keys.counter : 1);
    put_bytes(w->out, (struct view){bytes, sizes[number(w, 0, 0) % 4]});
}

/* ---- tracing
 * ----------------------------------------------------------------------------------------------------- */

static void word_pattern(struct word *w)
{
    enum { SHARES = 2, SHARE_BYTES = 1 + ID_BYTES + SEAL };
    static const uint8_t shares[SHARES * SHARE_BYTES];
    uint8_t bytes[LIMIT_PATTERN_BYTES];
    struct writer body = writer_init(bytes, sizeof(bytes));
    struct id run = {{(uint8_t)number(w, 0, 1)}}, account = account_of(w->speaker);
    const struct room *room = room_of(w, 1);
    struct hash check = hash_raw(VIEW(run.bytes));
    if (!room) return;
    write_u8(&body, 1);
    write_bytes(&body, room->id.bytes, ID_BYTES);
    write_bytes(&body, account.bytes, ID_BYTES);
    write_bytes(&body, actor(w->speaker)->device.bytes, ID_BYTES);
    write_bytes(&body, run.bytes, ID_BYTES);
    write_bytes(&body, check.bytes, HASH_BYTES);
    write_u8(&body, SHARES);
    write_bytes(&body, shares, sizeof(shares));
    put_signed(w, "pattern", &body);
}

/* By an admin's device, whoever hands it over. */
static void word_release(struct word *w)
{
    uint8_t bytes[512];
    struct writer body = writer_init(bytes, sizeof(bytes));
    struct id account = account_of(who(w, 0));
    const struct id *room = ledger_at(number(w, 0, 0));
    if (!room) return;
    write_u8(&body, 1);
    write_bytes(&body, room->bytes, ID_BYTES);
    write_bytes(&body, account.bytes, ID_BYTES);
    write_bytes(&body, actor(who(w, 0))->device.bytes, ID_BYTES);
    write_u16(&body, 0);
    sign(actor(who(w, 0))->device_seed, "trace-share", &body, body.len);
    put_bytes(w->out, writer_view(&body));
}

/* ---- what a message says itself
 * ---------------------------------------------------------------------------------- */

/* One-time keys by their number; whose it is not signs with its device. */
static void one_time_seed(const struct key *key, uint8_t seed[32])
{
    for (unsigned i = 0; i < INVITES; i++)
        for (const char *purpose = "ir"; *purpose; purpose++) {
            uint8_t candidate[32];
            seed_of(candidate, *purpose, i);
            if (key_eq(key_from(candidate), *key)) memcpy(seed, candidate, 32);
        }
    if (key_eq(key_from(world_setup_seed), *key)) memcpy(seed, world_setup_seed, 32);
}

static void report_body(const struct command *c, unsigned speaker, struct writer *out)
{
    const struct report_fields *f = &c->report.is;
    write_u8(out, 1);
    write_bytes(out, account_of(speaker).bytes, ID_BYTES);
    write_bytes(out, actor(speaker)->device.bytes, ID_BYTES);
    write_bytes(out, f->target.bytes, ID_BYTES);
    write_bytes(out, f->room.bytes, ID_BYTES);
    write_u8(out, (uint8_t)f->reason);
    write_u64(out, f->time_ms);
    write_u16(out, (uint16_t)f->text.len);
    write_view(out, f->text);
    write_u16(out, (uint16_t)f->evidence.len);
    write_view(out, f->evidence);
}

/* The signature over a message that is complete but for it; false: nothing in it is signed. */
static bool sign_command(const struct command *c, unsigned speaker, uint8_t sig[SIG_BYTES])
{
    static uint8_t bytes[TEXT_BYTES];
    const struct sock *s = actor(speaker)->sock ? sock_find(world.r, actor(speaker)->sock) : NULL;
    struct writer body = writer_init(bytes, sizeof(bytes));
    uint8_t seed[32];
    const char *purpose = NULL;
    memcpy(seed, actor(speaker)->device_seed, 32);
    switch (c->kind) {
    case COMMAND_HELLO:
        purpose = "hello";
        if (s) (void)!hello_write_body(&body, view_str(HOST), s->nonce, c->hello.account, c->hello.device);
        break;
    case COMMAND_LOOK:
    case COMMAND_RECOVERY_LOOK:
        purpose = "look";
        one_time_seed(&c->look.invite, seed);
        if (s) (void)!look_write_body(&body, view_str(HOST), s->nonce, &c->look.invite);
        break;
    case COMMAND_PAIR_OFFER:
        purpose = "device-add";
        write_view(&body, c->pair.body);
        break;
    case COMMAND_CLAIM_OPEN:
        purpose = "supersede";
        write_view(&body, c->claim.body);
        break;
    case COMMAND_REPORT:
        purpose = "report";
        report_body(c, speaker, &body);
        break;
    default:
        break;
    }
    return purpose && sign_make(seed, purpose, writer_view(&body), sig) == OK;
}

#endif
