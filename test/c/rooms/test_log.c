/* The member log: every rule from both sides, and what a record does to the living. Getting in is in
 * test_entry.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "crypt/sign.h"
#include "rooms/state.h"
#include "world.h"

enum { DAY = 86400000 };

static const struct hash none;

/* A record with whatever is in `rec`, signed by these seeds. */
static size_t sign_record(const struct record *rec, const uint8_t *first, const uint8_t *second,
                          uint8_t out[LIMIT_RECORD_BYTES])
{
    struct writer w = writer_init(out, LIMIT_RECORD_BYTES);
    uint8_t sig[2][SIG_BYTES];
    assert_int_equal(record_write_body(&w, rec), OK);
    struct view body = writer_view(&w);
    assert_int_equal(sign_make(first, record_purpose(rec->type), body, sig[0]), OK);
    if (second) assert_int_equal(sign_make(second, record_purpose(rec->type), body, sig[1]), OK);
    write_bytes(&w, sig, second ? sizeof(sig) : SIG_BYTES);
    assert_int_equal(writer_end(&w), OK);
    return w.len;
}

static struct record by(struct world *w, const struct actor *a, enum record_type type)
{
    w->now++; /* no two records are the same by accident */
    return (struct record){.type = type, .time_ms = w->now, .author = a->account, .author_device = a->device};
}

static enum err send_as(struct world *w, const struct actor *a, enum command_kind kind,
                        const struct record *rec, const uint8_t *second)
{
    uint8_t bytes[LIMIT_RECORD_BYTES];
    size_t len = sign_record(rec, a->device_seed, second, bytes);
    return world_submit(w, a, kind, bytes, len);
}

static enum err append(struct world *w, const struct actor *a, const struct record *rec)
{
    return send_as(w, a, COMMAND_LOG_APPEND, rec, NULL);
}

static enum err about(struct world *w, const struct actor *a, enum record_type type, struct id target)
{
    struct record rec = by(w, a, type);
    rec.target = target;
    return append(w, a, &rec);
}

static enum err set_role(struct world *w, const struct actor *a, const struct actor *target, uint8_t role)
{
    struct record rec = by(w, a, RECORD_ROLE);
    rec.target = target->account;
    rec.role = role;
    return append(w, a, &rec);
}

static struct actor *admin(struct world *w, struct actor *founder)
{
    struct actor *a = world_member(w, founder);
    assert_int_equal(set_role(w, founder, a, 2), OK);
    a->role = CLUB_ADMIN;
    return a;
}

/* ---- devices --------------------------------------------------------------------------------------- */

static size_t device_add(struct world *w, const struct actor *a, const struct actor *d,
                         uint8_t out[LIMIT_RECORD_BYTES])
{
    struct record rec = by(w, a, RECORD_DEVICE_ADD);
    rec.device_key = d->device_key;
    size_t len = sign_record(&rec, a->device_seed, d->device_seed, out);
    return len;
}

static void a_second_device_and_its_end(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *a = world_member(w, f), *d = world_device(w, a);
    struct id room;
    assert_int_equal(world_open(w, d, "Talk", NULL, 0, &room), OK);
    assert_int_equal(world_join(w, d, room), OK); /* its path is in the leaf */
    assert_int_equal(world_simple(w, a, COMMAND_DEVICE_LIST), OK);
    const struct out *o = world_out(w, a->sock, REPLY_DEVICES, 0);
    assert_int_equal(o->devices.count, 2);
    assert_true(o->devices.list[0].online && !o->devices.list[0].here && o->devices.list[1].here);

    sock_name gone = d->sock;
    world_refused(w, f, ERR_NOT_FOUND, about(w, f, RECORD_DEVICE_REVOKE, d->device)); /* another's */
    world_refused(w, a, ERR_FORBIDDEN, about(w, a, RECORD_DEVICE_REVOKE, a->device)); /* the signing one */
    assert_int_equal(about(w, a, RECORD_DEVICE_REVOKE, d->device), OK);
    assert_false(w->open[gone]);
    assert_true(w->open[a->sock]);
    assert_int_equal(rooms_stats(w->r).people, 0);
    world_refused(w, a, ERR_STATE, about(w, a, RECORD_DEVICE_REVOKE, d->device));
    assert_int_equal(world_connect(w, d), OK);
    world_refused(w, d, ERR_UNKNOWN_ACCOUNT, world_hello(w, d, 0, none));
}

static void ghost_devices_are_refused(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *a = world_member(w, f), *ghost = world_twin(w, a);
    uint8_t bytes[LIMIT_RECORD_BYTES];
    struct record rec = by(w, a, RECORD_DEVICE_ADD);
    rec.device_key = ghost->device_key;
    size_t len = sign_record(&rec, f->device_seed, ghost->device_seed, bytes); /* not by a device of a's */
    world_refused(w, a, ERR_SIGNATURE, world_submit(w, a, COMMAND_LOG_APPEND, bytes, len));
    len = sign_record(&rec, a->device_seed, f->device_seed, bytes); /* the new key did not agree */
    world_refused(w, a, ERR_SIGNATURE, world_submit(w, a, COMMAND_LOG_APPEND, bytes, len));
    rec.device_key = f->device_key; /* somebody has it already */
    len = sign_record(&rec, a->device_seed, f->device_seed, bytes);
    world_refused(w, a, ERR_REPLAY, world_submit(w, a, COMMAND_LOG_APPEND, bytes, len));
    assert_int_equal(world_connect(w, ghost), OK);
    world_refused(w, ghost, ERR_UNKNOWN_ACCOUNT, world_hello(w, ghost, 0, none));
    for (int i = 1; i < LIMIT_DEVICES_PER_MEMBER; i++) world_device(w, a);
    struct actor *ninth = world_twin(w, a);
    len = device_add(w, a, ninth, bytes);
    world_refused(w, a, ERR_DEVICES, world_submit(w, a, COMMAND_LOG_APPEND, bytes, len));
}

static void pairing(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *a = world_member(w, f), *d = world_twin(w, a);
    uint8_t bytes[LIMIT_RECORD_BYTES];
    assert_int_equal(world_connect(w, d), OK);
    struct command open = {.kind = COMMAND_PAIR_OPEN, .sock = d->sock, .pair = {.key = d->device_key}};
    assert_int_equal(world_apply(w, &open), OK);
    char code[9] = {0};
    memcpy(code, world_out(w, d->sock, REPLY_PAIR, 0)->pair.code, 8);
    size_t len = device_add(w, a, d, bytes);
    world_refused(w, d, ERR_STATE, world_submit(w, d, COMMAND_PAIR_ACCEPT, bytes, len)); /* nobody offered */

    struct command find = {
        .kind = COMMAND_PAIR_FIND, .sock = a->sock, .pair = {.code = view_str("ZZZZZZZZ")}};
    for (int i = 0; i < 10; i++) world_refused(w, a, ERR_NOT_FOUND, world_apply(w, &find));
    world_refused(w, a, ERR_NOT_FOUND, world_apply(w, &find));
    world_refused(w, a, ERR_RATE, world_apply(w, &find)); /* nobody guesses */
    world_tick(w, LIMIT_PAIR_FIND_MS);
    find.pair.code = view_str(code);
    assert_int_equal(world_apply(w, &find), OK);
    assert_true(key_eq(world_out(w, a->sock, REPLY_PAIR_KEY, 0)->pair.key, d->device_key));

    struct command offer = {.kind = COMMAND_PAIR_OFFER, .sock = a->sock, .pair = {.key = d->device_key}};
    offer.pair.body = (struct view){bytes, len - 2 * SIG_BYTES};
    offer.pair.sig = (struct view){bytes + len - 2 * SIG_BYTES, SIG_BYTES};
    bytes[len - 2 * SIG_BYTES] ^= 1;
    world_refused(w, a, ERR_SIGNATURE, world_apply(w, &offer));
    bytes[len - 2 * SIG_BYTES] ^= 1;
    assert_int_equal(world_apply(w, &offer), OK);
    const struct out *o = world_out(w, d->sock, EVENT_PAIR_OFFER, 0);
    assert_true(id_eq(o->offer.account, a->account) && id_eq(o->offer.founder, f->account));
    offer.sock = f->sock;
    world_refused(w, f, ERR_STATE, world_apply(w, &offer)); /* another account was first */

    assert_int_equal(world_submit(w, d, COMMAND_PAIR_ACCEPT, bytes, len), OK);
    o = world_out(w, d->sock, REPLY_RECORD, 0);
    assert_true(id_eq(o->record.account, a->account) && id_eq(o->record.device, d->device));
    assert_true(id_eq(world_out(w, a->sock, EVENT_PAIR_DONE, 0)->paired.device, d->device));
    assert_int_equal(world_hello(w, d, 0, none), OK);
}

static void whoever_offers_is_told_of_a_refusal(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *d = world_twin(w, f);
    uint8_t bytes[LIMIT_RECORD_BYTES];
    assert_int_equal(world_connect(w, d), OK);
    struct command open = {.kind = COMMAND_PAIR_OPEN, .sock = d->sock, .pair = {.key = d->device_key}};
    struct command offer = {.kind = COMMAND_PAIR_OFFER, .sock = f->sock, .pair = {.key = d->device_key}};
    size_t len = device_add(w, f, d, bytes);
    offer.pair.body = (struct view){bytes, len - 2 * SIG_BYTES};
    offer.pair.sig = (struct view){bytes + len - 2 * SIG_BYTES, SIG_BYTES};
    assert_int_equal(world_apply(w, &open), OK);
    assert_int_equal(world_apply(w, &offer), OK);
    open.pair.key.bytes[0] ^= 1; /* refused: another code, with another key */
    assert_int_equal(world_apply(w, &open), OK);
    assert_true(key_eq(world_out(w, f->sock, EVENT_PAIR_GONE, 0)->unpaired.key, d->device_key));
    world_refused(w, f, ERR_NOT_FOUND, world_apply(w, &offer));
    world_disconnect(w, d); /* nobody had offered it anything */
    assert_null(world_out(w, f->sock, EVENT_PAIR_GONE, 0));
}

static void a_code_does_not_last(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *d = world_actor(w);
    assert_int_equal(world_connect(w, d), OK);
    struct command open = {.kind = COMMAND_PAIR_OPEN, .sock = d->sock, .pair = {.key = d->device_key}};
    struct command offer = {.kind = COMMAND_PAIR_OFFER, .sock = f->sock, .pair = {.key = d->device_key}};
    assert_int_equal(world_apply(w, &open), OK);
    assert_int_equal(world_apply(w, &offer), OK); /* withdrawing what was not offered is no harm */
    world_tick(w, LIMIT_PAIR_MS);
    world_refused(w, f, ERR_NOT_FOUND, world_apply(w, &offer));
    assert_int_equal(world_apply(w, &open), OK);
    world_disconnect(w, d);
    world_refused(w, f, ERR_NOT_FOUND, world_apply(w, &offer));
}

static enum err device_from(struct world *w, const struct actor *a, const struct actor *d)
{
    uint8_t bytes[LIMIT_RECORD_BYTES];
    size_t len = device_add(w, a, d, bytes);
    return world_submit(w, a, COMMAND_LOG_APPEND, bytes, len);
}

/* Each comes and goes: what is counted is what there ever was. */
static void so_many_devices_ever(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w);
    for (int i = 1; i < LIMIT_DEVICES_EVER; i++) {
        const struct actor *d = world_twin(w, f);
        assert_int_equal(device_from(w, f, d), OK);
        assert_int_equal(about(w, f, RECORD_DEVICE_REVOKE, d->device), OK);
    }
    world_refused(w, f, ERR_DEVICES, device_from(w, f, world_twin(w, f)));
}

/* The next device of an account, added by the one before, which is revoked: the path grows by one record. */
static struct actor *next_device(struct world *w, struct actor *a)
{
    struct actor *d = world_twin(w, a);
    assert_int_equal(device_from(w, a, d), OK);
    assert_int_equal(world_connect(w, d), OK);
    assert_int_equal(world_hello(w, d, 0, none), OK);
    assert_int_equal(about(w, d, RECORD_DEVICE_REVOKE, a->device), OK);
    return d;
}

static uint32_t path_len(const struct world *w, const struct actor *a)
{
    return log_device(&w->r->log, a->device)->path_len;
}

/* Down several accounts, because one has no more devices. Whatever would hang from a device that is as deep as
 * can be is refused: an invitation and a recovery take two records, and no device gets another's last place. */
static void a_path_has_so_many_records(void **state)
{
    enum { DEEPEST = LIMIT_PATH_RECORDS - 2 };
    struct world *w = *state;
    struct actor *a = world_founder(w);
    while (path_len(w, a) < DEEPEST) {
        const struct member *m = log_member(&w->r->log, a->account);
        a = m->device_count < LIMIT_DEVICES_EVER ? next_device(w, a) : world_member(w, a);
    }
    assert_int_equal(path_len(w, a), DEEPEST);
    uint8_t codes[2][32] = {{7}, {8}};
    struct record rec = by(w, a, RECORD_RECOVERY);
    assert_int_equal(sign_public(codes[0], &rec.one_time_key), OK);
    assert_int_equal(send_as(w, a, COMMAND_LOG_APPEND, &rec, codes[0]), OK);
    struct actor *guest = world_member(w, a);
    assert_int_equal(path_len(w, guest), LIMIT_PATH_RECORDS);
    uint64_t at[LIMIT_PATH_RECORDS];
    assert_int_equal(path_of(log_device(&w->r->log, guest->device), at), LIMIT_PATH_RECORDS);

    a = next_device(w, a);
    world_refused(w, a, ERR_DEVICES, device_from(w, a, world_twin(w, a)));
    struct ticket t = world_ticket(w, a, w->now + DAY);
    world_refused(w, a, ERR_FORBIDDEN, world_invite(w, a, &t));
    rec = by(w, a, RECORD_RECOVERY);
    assert_int_equal(sign_public(codes[1], &rec.one_time_key), OK);
    world_refused(w, a, ERR_DEVICES, send_as(w, a, COMMAND_LOG_APPEND, &rec, codes[1]));
}

/* ---- recovery -------------------------------------------------------------------------------------- */

static void recovery_by_a_printed_key(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *a = world_member(w, f), *d = world_twin(w, a);
    uint8_t code[32] = {7}, other[32] = {8}, bytes[LIMIT_RECORD_BYTES];
    struct record rec = by(w, a, RECORD_RECOVERY);
    assert_int_equal(sign_public(code, &rec.one_time_key), OK);
    world_refused(w, a, ERR_SIGNATURE, send_as(w, a, COMMAND_LOG_APPEND, &rec, other));
    assert_int_equal(send_as(w, a, COMMAND_LOG_APPEND, &rec, code), OK);
    rec.time_ms = ++w->now;
    world_refused(w, a, ERR_REPLAY, send_as(w, a, COMMAND_LOG_APPEND, &rec, code)); /* a key is new once */

    world_disconnect(w, a);
    assert_int_equal(world_connect(w, d), OK);
    struct record add = by(w, d, RECORD_DEVICE_ADD);
    add.author_device = (struct id){0};
    add.device_key = d->device_key;
    size_t len = sign_record(&add, other, d->device_seed, bytes);
    world_refused(w, d, ERR_NOT_FOUND, world_submit(w, d, COMMAND_RECOVERY_USE, bytes, len));
    add.author = (struct id){{1}};
    len = sign_record(&add, code, d->device_seed, bytes);
    world_refused(w, d, ERR_NOT_FOUND, world_submit(w, d, COMMAND_RECOVERY_USE, bytes, len)); /* the same */
    add.author = a->account;
    len = sign_record(&add, code, d->device_seed, bytes);
    world_refused(w, d, ERR_MALFORMED, world_submit(w, d, COMMAND_PAIR_ACCEPT, bytes, len));
    assert_int_equal(world_submit(w, d, COMMAND_RECOVERY_USE, bytes, len), OK);
    assert_true(id_eq(world_out(w, d->sock, REPLY_RECORD, 0)->record.account, a->account));
    assert_int_equal(world_hello(w, d, 0, none), OK);

    struct command read = {.kind = COMMAND_CHAIN_READ, .sock = d->sock, .chains = {&a->account, 1}};
    assert_int_equal(world_apply(w, &read), OK);
    const struct chain_info *chain = world_out(w, d->sock, REPLY_CHAINS, 0)->chains.list;
    assert_int_equal(chain->count, 5); /* founder, invite, redeem, recovery, device-add */
    for (size_t i = 0; i < 5; i++) assert_int_equal(chain->entries[i].n, i);
}

/* ---- ranks, bans, holds, deletions ------------------------------------------------------------------ */

static void ranks(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *a = admin(w, f), *b = admin(w, f), *m = world_member(w, a);
    world_refused(w, a, ERR_FORBIDDEN, set_role(w, a, m, 2));
    world_refused(w, f, ERR_FORBIDDEN, set_role(w, f, f, 3));
    world_refused(w, f, ERR_STATE, set_role(w, f, a, 2));
    world_refused(w, a, ERR_FORBIDDEN, world_ban(w, a, b)); /* a peer */
    world_refused(w, a, ERR_FORBIDDEN, world_ban(w, a, f));
    world_refused(w, m, ERR_FORBIDDEN, world_ban(w, m, a));
    assert_int_equal(world_ban(w, a, m), OK);
    assert_int_equal(set_role(w, f, a, 3), OK);
    assert_int_equal(world_out(w, a->sock, EVENT_ROLE, 0)->role.role, CLUB_MEMBER);
    world_refused(w, a, ERR_FORBIDDEN, world_unban(w, a, m));
    assert_int_equal(world_unban(w, b, m), OK);
}

static void a_held_subtree_only_looks_on(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *a = world_member(w, f), *m = world_member(w, a),
                 *n = world_member(w, m);
    struct actor *risen = world_member(w, m), *o = admin(w, f);
    assert_int_equal(set_role(w, f, risen, 2), OK);
    struct ticket t = world_ticket(w, n, w->now + DAY);
    assert_int_equal(world_invite(w, n, &t), OK);
    struct id room;
    assert_int_equal(world_open(w, n, "Talk", NULL, 0, &room), OK);
    assert_int_equal(world_join(w, n, room), OK);

    assert_int_equal(about(w, o, RECORD_HOLD, a->account), OK);
    assert_true(world_out(w, n->sock, EVENT_HELD, 0)->held.held);
    assert_true(world_out(w, m->sock, EVENT_HELD, 0)->held.held);
    assert_null(world_out(w, a->sock, EVENT_HELD, 0));     /* below it, not itself */
    assert_null(world_out(w, risen->sock, EVENT_HELD, 0)); /* a peer of who holds */
    assert_int_equal(rooms_stats(w->r).people, 0);
    world_refused(w, n, ERR_HELD, world_open(w, n, "Again", NULL, 0, &room));
    world_refused(w, n, ERR_HELD, about(w, n, RECORD_DELETION, n->account));
    struct command read = {.kind = COMMAND_LOG_READ, .sock = n->sock};
    assert_int_equal(world_apply(w, &read), OK);
    struct actor *guest = world_actor(w);
    assert_int_equal(world_connect(w, guest), OK);
    world_refused(w, guest, ERR_INVITE_REVOKED, world_redeem(w, guest, &t));

    struct record rec = by(w, o, RECORD_RELEASE);
    rec.target = m->account;
    assert_int_equal(append(w, o, &rec), OK); /* alone */
    assert_false(world_out(w, m->sock, EVENT_HELD, 0)->held.held);
    assert_null(world_out(w, n->sock, EVENT_HELD, 0));
    rec.subtree = 1, rec.time_ms = ++w->now;
    assert_int_equal(append(w, o, &rec), OK);
    assert_false(world_out(w, n->sock, EVENT_HELD, 0)->held.held);
    assert_int_equal(world_redeem(w, guest, &t), OK);
}

static void tracing_is_for_founder_and_admins_and_shows(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *m = world_member(w, f);
    for (enum record_type type = RECORD_TRACE_KEY; type <= RECORD_TRACE_RELEASE; type++) {
        struct record rec = by(w, m, type);
        world_refused(w, m, ERR_FORBIDDEN, append(w, m, &rec));
        rec = by(w, f, type);
        rec.room = m->account;
        assert_int_equal(append(w, f, &rec), OK);
        assert_true(record_open(type));
    }
    assert_int_equal(world_simple(w, f, COMMAND_MOD_LIST), OK);
    const struct out *o = world_out(w, f->sock, REPLY_MOD, 0);
    assert_int_equal(o->mod.count,
                     1); /* that a key was made is nobody's affair, that a share was released is */
    assert_string_equal(o->mod.list[0].kind, "trace-release");
    assert_true(id_eq(o->mod.list[0].by, f->account) && id_zero(o->mod.list[0].target));
}

static void deletion(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *a = world_member(w, f), *m = world_member(w, a);
    world_refused(w, f, ERR_FORBIDDEN, about(w, f, RECORD_DELETION, f->account));
    world_refused(w, a, ERR_FORBIDDEN, about(w, a, RECORD_DELETION, m->account));
    sock_name gone = a->sock;
    assert_int_equal(about(w, a, RECORD_DELETION, a->account), OK);
    assert_false(w->open[gone]);
    assert_true(w->log[w->log_size - 1].erase && id_eq(w->log[w->log_size - 1].account, a->account));
    assert_int_equal(world_connect(w, a), OK);
    world_refused(w, a, ERR_UNKNOWN_ACCOUNT, world_hello(w, a, 0, none));
    world_refused(w, f, ERR_STATE, about(w, f, RECORD_DELETION, a->account));
    struct id room; /* whom it invited stays, and proves the same path */
    assert_int_equal(world_open(w, m, "", NULL, 0, &room), OK);
    assert_int_equal(world_join(w, m, room), OK);
}

static void many_removals_need_a_second_admin(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *a = admin(w, f), *m[LIMIT_REMOVALS_PER_MINUTE + 2];
    for (int i = 0; i < LIMIT_REMOVALS_PER_MINUTE + 2; i++) m[i] = world_member(w, f);
    for (int i = 0; i < LIMIT_REMOVALS_PER_MINUTE; i++) assert_int_equal(world_ban(w, a, m[i]), OK);
    world_refused(w, a, ERR_SECOND, world_ban(w, a, m[5]));
    const struct out *o = world_out(w, f->sock, EVENT_MOD_ASK, 0);
    assert_true(id_eq(o->mod_ask.by, a->account) && id_eq(o->mod_ask.target, m[5]->account));
    assert_string_equal(o->mod_ask.kind, "ban");
    assert_int_equal(world_unban(w, a, m[0]), OK); /* taking back is no removal */
    assert_int_equal(world_ban(w, f, m[5]), OK);   /* counts for who signed it */
    world_tick(w, 60000);
    assert_int_equal(world_ban(w, a, m[6]), OK);
}

/* ---- succession ------------------------------------------------------------------------------------- */

static struct record claim(struct world *w, const struct actor *author, const struct actor *second,
                           const struct actor *target, const struct actor *successor)
{
    struct record rec = by(w, author, RECORD_SUPERSEDE);
    rec.second = second->account, rec.second_device = second->device;
    rec.target = target->account, rec.successor = successor->account;
    return rec;
}

static void succession_takes_72_hours(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *a = world_member(w, f), *lost = world_member(w, a);
    struct actor *child = world_member(w, lost), *back = world_member(w, a), *other = world_member(w, f);
    struct record rec = claim(w, other, f, lost, back); /* neither its inviter nor an admin */
    world_refused(w, other, ERR_FORBIDDEN, send_as(w, other, COMMAND_LOG_APPEND, &rec, f->device_seed));
    rec = claim(w, a, other, lost, back);
    world_refused(w, a, ERR_FORBIDDEN, send_as(w, a, COMMAND_LOG_APPEND, &rec, other->device_seed));
    rec = claim(w, a, f, lost, back);
    world_refused(w, a, ERR_SIGNATURE, send_as(w, a, COMMAND_LOG_APPEND, &rec, a->device_seed));
    rec.time_ms -= LIMIT_CLAIM_SIGN_MS + 1; /* dated back, for a shorter wait */
    world_refused(w, a, ERR_STATE, send_as(w, a, COMMAND_LOG_APPEND, &rec, f->device_seed));

    rec = claim(w, a, f, lost, back); /* the second is away for a day */
    rec.time_ms -= LIMIT_CLAIM_SIGN_MS;
    uint8_t bytes[LIMIT_RECORD_BYTES];
    size_t len = sign_record(&rec, a->device_seed, f->device_seed, bytes);
    struct command open = {.kind = COMMAND_CLAIM_OPEN, .sock = a->sock};
    open.claim.body = (struct view){bytes, len - 2 * SIG_BYTES};
    memcpy(open.claim.sig, bytes + len - 2 * SIG_BYTES, SIG_BYTES);
    assert_int_equal(world_apply(w, &open), OK);
    assert_true(id_eq(world_out(w, f->sock, EVENT_CLAIM, 0)->claims.list->target, lost->account));
    assert_int_equal(world_simple(w, f, COMMAND_CLAIM_LIST), OK);
    assert_int_equal(world_out(w, f->sock, REPLY_CLAIMS, 0)->claims.count, 1);
    assert_int_equal(world_submit(w, f, COMMAND_LOG_APPEND, bytes, len), OK); /* by the second */
    assert_true(id_eq(world_out(w, lost->sock, EVENT_CLAIMED, 0)->claimed.successor, back->account));
    assert_int_equal(world_simple(w, f, COMMAND_CLAIM_LIST), OK);
    assert_int_equal(world_out(w, f->sock, REPLY_CLAIMS, 0)->claims.count, 0);

    uint64_t claimed = rec.time_ms;
    rec = by(w, back, RECORD_SUCCESSION);
    rec.target = lost->account, rec.successor = back->account, rec.time_ms = claimed + LIMIT_CLAIM_MS - 1;
    world_refused(w, back, ERR_EARLY, append(w, back, &rec));
    rec.time_ms = claimed + LIMIT_CLAIM_MS; /* by its own word, not by the server's clock */
    world_refused(w, back, ERR_EARLY, append(w, back, &rec));
    world_tick(w, LIMIT_CLAIM_MS - 1000);
    world_refused(w, back, ERR_EARLY, append(w, back, &rec));
    world_tick(w, 1000);
    rec.author = other->account, rec.author_device = other->device;
    world_refused(w, other, ERR_FORBIDDEN, append(w, other, &rec));
    rec.author = back->account, rec.author_device = back->device;
    sock_name gone = lost->sock;
    assert_int_equal(append(w, back, &rec), OK);
    assert_false(w->open[gone]);
    assert_int_equal(world_connect(w, lost), OK);
    world_refused(w, lost, ERR_UNKNOWN_ACCOUNT, world_hello(w, lost, 0, none));
    assert_int_equal(about(w, f, RECORD_HOLD, back->account), OK); /* it is an inviter now */
    assert_true(world_out(w, child->sock, EVENT_HELD, 0)->held.held);
}

/* The clocks of who signs and of the server may differ by so much. */
static void a_claim_is_not_of_tomorrow(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *a = world_member(w, f), *lost = world_member(w, a),
                 *back = world_member(w, a);
    struct record rec = claim(w, a, f, lost, back);
    rec.time_ms += LIMIT_CLAIM_CLOCK_MS + 1;
    world_refused(w, a, ERR_STATE, send_as(w, a, COMMAND_LOG_APPEND, &rec, f->device_seed));
    rec.time_ms--;
    assert_int_equal(send_as(w, a, COMMAND_LOG_APPEND, &rec, f->device_seed), OK);
    world_tick(w, LIMIT_CLAIM_MS + LIMIT_CLAIM_SIGN_MS + LIMIT_CLAIM_CLOCK_MS);
    rec = by(w, back, RECORD_SUCCESSION);
    rec.target = lost->account, rec.successor = back->account;
    rec.time_ms += LIMIT_CLAIM_CLOCK_MS + 1;
    world_refused(w, back, ERR_EARLY, append(w, back, &rec));
    rec.time_ms--;
    assert_int_equal(append(w, back, &rec), OK);
}

static enum err open_claim(struct world *w, const struct actor *author, const struct record *rec)
{
    uint8_t bytes[LIMIT_RECORD_BYTES];
    size_t len = sign_record(rec, author->device_seed, author->device_seed, bytes) - 2 * SIG_BYTES;
    struct command c = {.kind = COMMAND_CLAIM_OPEN, .sock = author->sock, .claim = {.body = {bytes, len}}};
    memcpy(c.claim.sig, bytes + len, SIG_BYTES);
    return world_apply(w, &c);
}

/* One that nobody signs in time is forgotten, and makes room. */
static void so_many_claims_wait_for_their_second(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *second = admin(w, f), *back = world_member(w, f), *lost = NULL;
    for (int i = 0; i < LIMIT_CLAIMS; i++) {
        lost = world_member(w, f);
        struct record rec = claim(w, f, second, lost, back);
        assert_int_equal(open_claim(w, f, &rec), OK);
    }
    struct record again = claim(w, f, second, lost, back), late = claim(w, f, second, world_member(w, f), back);
    assert_int_equal(open_claim(w, f, &again), OK); /* takes the place of the one that waits */
    world_refused(w, f, ERR_FULL, open_claim(w, f, &late));
    world_tick(w, LIMIT_CLAIM_SIGN_MS - 1000);
    assert_int_equal(world_simple(w, f, COMMAND_CLAIM_LIST), OK);
    assert_int_equal(world_out(w, f->sock, REPLY_CLAIMS, 0)->claims.count, LIMIT_CLAIMS);
    world_tick(w, 1000);
    assert_int_equal(world_simple(w, f, COMMAND_CLAIM_LIST), OK);
    assert_int_equal(world_out(w, f->sock, REPLY_CLAIMS, 0)->claims.count, 0);
    late = claim(w, f, second, lost, back);
    assert_int_equal(open_claim(w, f, &late), OK);
}

static void a_veto_ends_a_claim(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *a = world_member(w, f), *meant = world_member(w, a),
                 *thief = world_member(w, a);
    struct record rec = claim(w, a, f, meant, thief);
    assert_int_equal(send_as(w, a, COMMAND_LOG_APPEND, &rec, f->device_seed), OK);
    world_refused(w, a, ERR_FORBIDDEN, about(w, a, RECORD_VETO, meant->account));
    world_connect(w, meant);
    assert_int_equal(world_hello(w, meant, 0, none), OK);
    assert_true(id_eq(world_out(w, meant->sock, REPLY_HELLO, 0)->hello.successor, thief->account));
    assert_int_equal(about(w, meant, RECORD_VETO, meant->account), OK);
    world_refused(w, meant, ERR_STATE, about(w, meant, RECORD_VETO, meant->account));
    world_tick(w, LIMIT_CLAIM_MS);
    rec = by(w, thief, RECORD_SUCCESSION);
    rec.target = meant->account, rec.successor = thief->account;
    world_refused(w, thief, ERR_STATE, append(w, thief, &rec));
}

/* ---- reading, forging ------------------------------------------------------------------------------- */

static void reading_the_log(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *a = world_member(w, f), *m = world_member(w, f);
    assert_int_equal(world_ban(w, f, a), OK);
    struct command read = {.kind = COMMAND_LOG_READ, .sock = m->sock, .log = {1}};
    assert_int_equal(world_apply(w, &read), OK);
    const struct out *o = world_out(w, m->sock, REPLY_LOG, 0);
    assert_int_equal(o->part.entries.len, 5 * 33);
    assert_int_equal(o->part.count, 1); /* the ban alone: no list of the members */
    assert_int_equal(o->part.records[0].n, 5);
    uint8_t entry[33] = {RECORD_FOUNDER};
    memcpy(entry + 1, f->links[0].bytes, HASH_BYTES);
    struct hash head = hash_two("log", VIEW(none.bytes), VIEW(entry));
    for (size_t i = 0; i < 5; i++)
        head = hash_two("log", VIEW(head.bytes), (struct view){o->part.entries.ptr + i * 33, 33});
    assert_true(hash_eq(head, o->part.head)); /* whoever has types and hashes can follow the heads */
    read.log.from = 7;
    world_refused(w, m, ERR_OTHER_LOG, world_apply(w, &read));
    struct id accounts[] = {f->account, a->account};
    struct command chains = {.kind = COMMAND_CHAIN_READ, .sock = m->sock, .chains = {accounts, 2}};
    assert_int_equal(world_apply(w, &chains), OK);
    assert_int_equal(world_out(w, m->sock, REPLY_CHAINS, 0)->chains.count,
                     1); /* the founder's; no directory */
    chains.sock = f->sock;
    assert_int_equal(world_apply(w, &chains), OK);
    assert_int_equal(world_out(w, f->sock, REPLY_CHAINS, 0)->chains.count, 2); /* an officer may ask */
}

static void forged_records(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *a = admin(w, f), *m = world_member(w, f);
    uint8_t bytes[LIMIT_RECORD_BYTES + 1];
    struct record rec = by(w, a, RECORD_BAN);
    rec.target = m->account;
    size_t len = sign_record(&rec, a->device_seed, NULL, bytes);
    world_refused(w, f, ERR_FORBIDDEN,
                   world_submit(w, f, COMMAND_LOG_APPEND, bytes, len)); /* another's word */
    bytes[len] = 0;
    world_refused(w, a, ERR_TRAILING, world_submit(w, a, COMMAND_LOG_APPEND, bytes, len + 1));
    bytes[0] = RECORD_HOLD; /* the same bytes under another purpose */
    world_refused(w, a, ERR_SIGNATURE, world_submit(w, a, COMMAND_LOG_APPEND, bytes, len));
    bytes[0] = RECORD_BAN;
    assert_int_equal(world_submit(w, a, COMMAND_LOG_APPEND, bytes, len), OK);
    assert_int_equal(world_unban(w, a, m), OK);
    world_refused(w, a, ERR_REPLAY, world_submit(w, a, COMMAND_LOG_APPEND, bytes, len));
}

/* What was stored comes up again as the same log, with the same people in the same standing. */
static void replay_is_the_same_log(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *a = admin(w, f), *m = world_member(w, a), *d = world_device(w, m);
    assert_int_equal(about(w, m, RECORD_DEVICE_REVOKE, d->device), OK);
    assert_int_equal(about(w, a, RECORD_HOLD, a->account) == OK, false); /* not above oneself */
    assert_int_equal(about(w, f, RECORD_HOLD, a->account), OK);
    static struct world again;
    world_init(&again);
    for (uint64_t i = 0; i < w->log_size; i++)
        assert_int_equal(
            rooms_replay(again.r, i, (struct view){w->log[i].bytes, w->log[i].len}, w->log[i].head), OK);
    struct rooms_stats was = rooms_stats(w->r), is = rooms_stats(again.r);
    assert_true(hash_eq(was.log_head, is.log_head));
    assert_int_equal(was.members, is.members);
    world_deinit(&again);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_second_device_and_its_end),
        TEST(ghost_devices_are_refused),
        TEST(so_many_devices_ever),
        TEST(a_path_has_so_many_records),
        TEST(pairing),
        TEST(whoever_offers_is_told_of_a_refusal),
        TEST(a_code_does_not_last),
        TEST(recovery_by_a_printed_key),
        TEST(ranks),
        TEST(a_held_subtree_only_looks_on),
        TEST(tracing_is_for_founder_and_admins_and_shows),
        TEST(deletion),
        TEST(many_removals_need_a_second_admin),
        TEST(succession_takes_72_hours),
        TEST(a_claim_is_not_of_tomorrow),
        TEST(so_many_claims_wait_for_their_second),
        TEST(a_veto_ends_a_claim),
        TEST(reading_the_log),
        TEST(forged_records),
        TEST(replay_is_the_same_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
