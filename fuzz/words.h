/* Words of an input that stand for what only a client could know or make: "$room" is the id of the room one
 * is in,
 * "$record.ban.admin.tom" a ban of Tom signed by the admin's device. Everything else of a message is sent as
 * it stands.
 *
 *   $account.WHO  $device.WHO  $key.WHO  $recovery.WHO  $code.WHO      ids and keys; a pairing code
 *   $room  $room.N  $event.N  $report.N  $by.N  $ledger.N  $invite.N   what there is, by number
 *   $now  $now.MS  $counter  $size  $head  $noise.BYTES  $zeros.BYTES
 *   $record.TYPE.AUTHOR[.TARGET[.SUCCESSOR[.SECOND]]][.N[.ROOM]]       signed by whom the type asks for;
 * $body the same without signatures. N is the invite, the role, the scope; of a device-add 0: by the recovery
 * key $leaf[.ROOM]  $hybrid[.ROOM]  $kem                                 for a join $rekey[.PART][.SUITE]
 * $ratchet[.PART]  $share[.PART].WHO          a steward's message, or a part of it $seals  $beat
 * $tags[.FIRST]  $talk.SIZE  $pattern[.RUN]  $release.WHO[.ROOM] $sig over what the message says, by who says
 * it */
#ifndef FUZZ_WORDS_H
#define FUZZ_WORDS_H

#include "club.h"
#include "rooms/ties.h"
#include "wire/live.h"

enum { TEXT_BYTES = 1 << 18, WORD_PARTS = 8, KEM_BYTES = LIMIT_KEM_BYTES, INVITES = 16 };

struct word { /* one that is being filled in */
    unsigned speaker;
    struct writer *out;
    struct view kind; /* the part that is neither a name nor a number, behind the word itself */
    unsigned who[4], who_count;
    uint64_t number[3];
    unsigned number_count;
    size_t *sig_at;
};

/* ---- what comes out
 * ---------------------------------------------------------------------------------------------- */

static void put(struct writer *out, const char *text)
{
    write_view(out, view_str(text));
}

static void put_bytes(struct writer *out, struct view bytes)
{
    static char text[B64_LEN(TEXT_BYTES) + 1];
    if (bytes.len > TEXT_BYTES) return;
    b64_encode(text, sizeof(text), bytes);
    put(out, text);
}

static void put_number(struct writer *out, uint64_t n)
{
    char text[24];
    snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
    put(out, text);
}

static void put_slot(struct writer *out, const char *before, uint16_t slot, const char *name,
                     struct view bytes)
{
    put(out, before);
    put(out, "{\"slot\":");
    put_number(out, slot);
    put(out, ",\"");
    put(out, name);
    put(out, bytes.ptr ? "\":\"" : "\":null}");
    if (!bytes.ptr) return;
    put_bytes(out, bytes);
    put(out, "\"}");
}

static void put_slots(struct writer *out, const struct key_part *list, size_t count)
{
    put(out, "[");
    for (size_t i = 0; i < count; i++) put_slot(out, i ? "," : "", list[i].slot, "data", list[i].data);
    put(out, "]");
}

/* ---- who and what there is
 * --------------------------------------------------------------------------------------- */

static unsigned who(const struct word *w, unsigned i)
{
    return i < w->who_count ? w->who[i] : w->speaker;
}

static uint64_t number(const struct word *w, unsigned i, uint64_t otherwise)
{
    return i < w->number_count ? w->number[i] : otherwise;
}

/* Of the account that the device belongs to: one that was added is somebody else's. */
static struct id account_of(unsigned i)
{
    const struct device *d = log_device(&world.r->log, actor(i)->device);
    return d ? d->member->account : actor(i)->account;
}

static struct person *person_of(unsigned i)
{
    const struct sock *s = actor(i)->sock ? sock_find(world.r, actor(i)->sock) : NULL;
    return s ? s->person : NULL;
}

static struct room *room_at(uint64_t n)
{
    return world.r->room_count ? world.r->rooms[n % world.r->room_count] : NULL;
}

/* The one that a number names, else the speaker's, else the first there is. */
static struct room *room_of(const struct word *w, unsigned i)
{
    struct person *p = person_of(w->speaker);
    if (i < w->number_count || !p) return room_at(number(w, i, 0));
    return p->room;
}

static const struct slip *slip_at(enum slip_kind kind, uint64_t n)
{
    const struct rooms *r = world.r;
    if (!r->slip_kinds[kind]) return NULL;
    n %= r->slip_kinds[kind];
    for (uint32_t i = 0; i < r->slip_count; i++)
        if (r->slips[i]->is.kind == kind && n-- == 0) return r->slips[i];
    return NULL;
}

static void seed_of(uint8_t out[32], char purpose, uint64_t n)
{
    memset(out, 0, 32);
    out[0] = (uint8_t)n;
    out[31] = (uint8_t)purpose;
}

static struct key key_from(const uint8_t seed[32])
{
    struct key k;
    MUST(sign_public(seed, &k) == OK);
    return k;
}

static struct key one_time(char purpose, uint64_t n)
{
    uint8_t seed[32];
    seed_of(seed, purpose, n);
    return key_from(seed);
}

static void put_id(const struct word *w, const struct id *id)
{
    static const struct id nobody;
    put_bytes(w->out, VIEW((id ? id : &nobody)->bytes));
}

static void word_account(struct word *w)
{
    struct id id = account_of(who(w, 0));
    put_id(w, &id);
}

static void word_device(struct word *w)
{
    put_id(w, &actor(who(w, 0))->device);
}

static void word_key(struct word *w)
{
    put_bytes(w->out, VIEW(actor(who(w, 0))->device_key.bytes));
}

static void word_recovery(struct word *w)
{
    struct key k = one_time('r', who(w, 0));
    put_bytes(w->out, VIEW(k.bytes));
}

static void word_code(struct word *w)
{
    for (uint32_t i = 0; i < world.r->pair_count; i++)
        if (world.r->pairs[i].sock == actor(who(w, 0))->sock) put(w->out, world.r->pairs[i].code);
}

static void word_room(struct word *w)
{
    const struct room *room = room_of(w, 0);
    put_id(w, room ? &room->id : NULL);
}

static void word_event(struct word *w)
{
    const struct slip *n = slip_at(SLIP_EVENT, number(w, 0, 0));
    put_id(w, n ? &n->is.id : NULL);
}

static void word_report(struct word *w)
{
    const struct slip *n = slip_at(SLIP_REPORT, number(w, 0, 0));
    put_id(w, n ? &n->is.id : NULL);
}

static void word_by(struct word *w)
{
    const struct slip *n = slip_at(SLIP_REPORT, number(w, 0, 0));
    put_id(w, n ? &n->is.account : NULL);
}

static const struct id *ledger_at(uint64_t n)
{
    const struct ledger *l = &world.r->ledger;
    return l->count ? &l->rooms[n % l->count]->id : NULL;
}

static void word_ledger(struct word *w)
{
    put_id(w, ledger_at(number(w, 0, 0)));
}

static void word_invite(struct word *w)
{
    struct key k = one_time('i', number(w, 0, 0) % INVITES);
    put_bytes(w->out, VIEW(k.bytes));
}

static void word_now(struct word *w)
{
    put_number(w->out, world.now + number(w, 0, 0));
}

static void word_counter(struct word *w)
{
    const struct room *room = room_of(w, 0);
    put_number(w->out, room ? room->keys.counter : 0);
}

static void word_size(struct word *w)
{
    put_number(w->out, world.r->log.size);
}

static void word_head(struct word *w)
{
    struct hash h = log_head(&world.r->log, world.r->log.size);
    put_bytes(w->out, VIEW(h.bytes));
}

static void word_noise(struct word *w)
{
    uint8_t bytes[4096];
    size_t n = number(w, 0, 32) % sizeof(bytes);
    uint64_t from = n + world.now;
    noise_fill(&from, bytes, n);
    put_bytes(w->out, (struct view){bytes, n});
}

static void word_zeros(struct word *w)
{
    static const uint8_t zeros[4096];
    put_bytes(w->out, (struct view){zeros, number(w, 0, 32) % sizeof(zeros)});
}

/* ---- records
 * ----------------------------------------------------------------------------------------------------- */

static void fill_record(const struct word *w, struct record *rec)
{
    const struct actor *author = actor(who(w, 0)), *target = actor(who(w, 1));
    uint64_t n = number(w, 0, 1);
    *rec = (struct record){.type = rec->type,
                           .time_ms = world.now,
                           .author = account_of(who(w, 0)),
                           .author_device = author->device,
                           .second = account_of(who(w, 3)),
                           .second_device = actor(who(w, 3))->device,
                           .one_time_key = one_time('i', n % INVITES),
                           .account_key = author->account_key,
                           .device_key = author->device_key,
                           .target = account_of(who(w, 1)),
                           .successor = account_of(who(w, 2)),
                           .expires_ms = world.now + 86400000,
                           .role = (uint8_t)n,
                           .scope = (uint8_t)n,
                           .subtree = (uint8_t)n};
    const struct room *room = room_of(w, 1);
    if (room) rec->room = room->id;
    if (room && room->opener) rec->host = room->opener->account;
    if (rec->type == RECORD_TRACE_RELEASE && ledger_at(n)) rec->room = *ledger_at(n);
    if (rec->type == RECORD_FOUNDER) MUST(sign_public(world_setup_seed, &rec->one_time_key) == OK);
    if (rec->type == RECORD_RECOVERY) rec->one_time_key = one_time('r', who(w, 0));
    if (rec->type == RECORD_DEVICE_REVOKE) rec->target = target->device;
    if (rec->type == RECORD_DEVICE_ADD) rec->device_key = target->device_key;
    if (rec->type == RECORD_DEVICE_ADD && n == 0) rec->author_device = (struct id){0};
}

/* Whose signature comes first, second, third. */
static void signer(const struct word *w, enum record_type type, unsigned i, uint8_t seed[32])
{
    const struct actor *author = actor(who(w, 0));
    bool newcomer = type == RECORD_FOUNDER || type == RECORD_REDEEM;
    memcpy(seed, author->device_seed, 32);
    if (newcomer && i == 0) seed_of(seed, 'i', number(w, 0, 1) % INVITES);
    if (type == RECORD_FOUNDER && i == 0) memcpy(seed, world_setup_seed, 32);
    if (newcomer && i == 1) memcpy(seed, author->account_seed, 32);
    if (type == RECORD_DEVICE_ADD && i == 0 && number(w, 0, 1) == 0) seed_of(seed, 'r', who(w, 0));
    if (type == RECORD_DEVICE_ADD && i == 1) memcpy(seed, actor(who(w, 1))->device_seed, 32);
    if (type == RECORD_RECOVERY && i == 1) seed_of(seed, 'r', who(w, 0));
    if (type == RECORD_SUPERSEDE && i == 1) memcpy(seed, actor(who(w, 3))->device_seed, 32);
}

static void put_record(struct word *w, bool with_signatures)
{
    uint8_t bytes[LIMIT_RECORD_BYTES], seed[32];
    struct writer out = writer_init(bytes, sizeof(bytes));
    struct record rec = {0};
    for (unsigned t = 1; t <= RECORD_LAST; t++)
        if (view_eq(w->kind, view_str(record_purpose((enum record_type)t)))) rec.type = (enum record_type)t;
    if (!rec.type) return;
    fill_record(w, &rec);
    MUST(record_write_body(&out, &rec) == OK);
    size_t body = out.len;
    for (unsigned i = 0; with_signatures && i < record_signatures(rec.type); i++) {
        signer(w, rec.type, i, seed);
        sign(seed, record_purpose(rec.type), &out, body);
    }
    put_bytes(w->out, writer_view(&out));
}

static void word_record(struct word *w)
{
    put_record(w, true);
}

static void word_body(struct word *w)
{
    put_record(w, false);
}

/* ---- joins
 * ------------------------------------------------------------------------------------------------------- */

static void put_leaf(struct word *w, uint8_t suite)
{
    static const struct id nowhere;
    struct actor *a = actor(w->speaker);
    const struct device *d = log_device(&world.r->log, a->device);
    const struct room *room = room_of(w, 0);
    struct leaf l = {.suite = suite,
                     .room = room ? room->id : nowhere,
                     .account = account_of(w->speaker),
                     .device = a->device,
                     .role = d ? (uint8_t)d->member->role : CLUB_MEMBER,
                     .time_ms = world.now};
    uint64_t from = ++world.noise; /* no two leaves are the same */
    noise_fill(&from, l.join, sizeof(l.join));
    if (d) l.chain = d->path;
    if (suite == SUITE_HYBRID) l.kem = hash_raw(VIEW(a->kem));
    world_sign_leaf(a, &l, a->device_seed);
    put_bytes(w->out, (struct view){a->leaf, a->leaf_len});
}

static void word_leaf(struct word *w)
{
    put_leaf(w, SUITE_X25519);
}

static void word_hybrid(struct word *w)
{
    put_leaf(w, SUITE_HYBRID);
}

static void word_kem(struct word *w)
{
    put_bytes(w->out, VIEW(actor(w->speaker)->kem));
}

#endif
