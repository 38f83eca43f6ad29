/* Getting in: look, redeem, hello, invite, ban, the log. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "crypt/sign.h"
#include "world.h"

enum { DAY = 86400000 };

static struct hash head(const struct world *w)
{
    return rooms_stats(w->r).log_head;
}
static const struct hash none;

static void challenge_is_fresh(void **state)
{
    struct world *w = *state;
    struct actor *a = world_actor(w), *b = world_actor(w);
    assert_int_equal(world_connect(w, a), OK);
    const struct out *o = world_out(w, a->sock, EVENT_CHALLENGE, 0);
    assert_memory_equal(o->challenge.club.ptr, "Club", 4);
    assert_int_equal(o->challenge.time_ms, w->now);
    assert_int_equal(world_connect(w, b), OK);
    assert_memory_not_equal(a->nonce, b->nonce, 32);
}

static void founder_once_and_with_the_key(void **state)
{
    struct world *w = *state;
    struct actor *a = world_actor(w), *b = world_actor(w);
    world_connect(w, a), world_connect(w, b);
    uint8_t wrong[32] = {9};
    world_refused(w, a, ERR_INVITE_UNKNOWN, world_look(w, a, wrong));
    assert_int_equal(world_look(w, a, world_setup_seed), OK);
    assert_true(world_out(w, a->sock, REPLY_LOOK, 0)->look.founder);
    assert_false(rooms_has_founder(w->r));

    struct key other;
    assert_int_equal(sign_public(wrong, &other), OK);
    rooms_set_setup_key(w->r, &other);
    world_refused(w, a, ERR_INVITE_UNKNOWN, world_found(w, a));
    assert_int_equal(sign_public(world_setup_seed, &other), OK);
    rooms_set_setup_key(w->r, &other);

    assert_int_equal(world_found(w, a), OK);
    const struct out *o = world_out(w, a->sock, REPLY_RECORD, 0);
    assert_int_equal(o->record.n, 0);
    assert_int_equal(o->record.log_size, 1);
    assert_true(id_eq(o->record.account, a->account) && id_eq(o->record.device, a->device));
    assert_true(rooms_has_founder(w->r));
    world_refused(w, b, ERR_INVITE_USED, world_found(w, b));
    world_refused(w, b, ERR_INVITE_USED, world_look(w, b, world_setup_seed));
}

static bool for_visitors(int kind)
{
    static const int kinds[] = {COMMAND_PAIR_OPEN, COMMAND_PAIR_ACCEPT, COMMAND_RECOVERY_LOOK,
                                COMMAND_RECOVERY_USE, COMMAND_PASSKEY_LOOK};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (kind == kinds[i]) return true;
    return kind <= COMMAND_HELLO;
}

static void no_session_no_service(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *a = world_actor(w);
    world_connect(w, a);
    struct ticket t = world_ticket(w, f, w->now + DAY);
    for (int kind = 0; kind < COMMAND_COUNT; kind++) {
        if (for_visitors(kind)) continue;
        bool local = kind == COMMAND_OPERATOR_MEMBERS || kind == COMMAND_OPERATOR_EXPORT ||
                     kind == COMMAND_OPERATOR_TRACE || kind == COMMAND_OPERATOR_STATS;
        struct command c = {.kind = kind, .sock = a->sock, .request = 7};
        if (kind == COMMAND_LOG_APPEND) c.record.record = (struct view){t.record, t.len};
        world_refused(w, a, local ? ERR_FORBIDDEN : ERR_AUTH, world_apply(w, &c));
        assert_int_equal(w->effect_count, 1);
        assert_int_equal(w->effects[0].send.request, 7);
    }
}

static void hello_is_bound_to_host_socket_and_key(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *m = world_member(w, f);
    world_refused(w, f, ERR_STATE, world_hello(w, f, 0, none)); /* one per socket */

    struct actor *stranger = world_actor(w);
    world_connect(w, stranger);
    world_refused(w, stranger, ERR_UNKNOWN_ACCOUNT, world_hello(w, stranger, 0, none));

    struct actor mixed = *m; /* the device of another account */
    world_connect(w, m);
    mixed.sock = m->sock, mixed.account = f->account;
    world_refused(w, m, ERR_UNKNOWN_ACCOUNT, world_hello(w, &mixed, 0, none));
    mixed = *m, mixed.device_seed[5] ^= 1;
    world_refused(w, m, ERR_SIGNATURE, world_hello(w, &mixed, 0, none));
    mixed = *m, mixed.nonce[0] ^= 1;
    world_refused(w, m, ERR_SIGNATURE, world_hello(w, &mixed, 0, none));
    assert_int_equal(world_hello(w, m, 0, none), OK);
    const struct out *o = world_out(w, m->sock, REPLY_HELLO, 0);
    assert_true(id_eq(o->hello.founder, f->account));
    assert_int_equal(o->hello.role, CLUB_MEMBER);
    assert_int_equal(o->hello.log_size, 3);
    assert_true(world_at(w, m->sock, REPLY_HELLO) < world_at(w, m->sock, EVENT_HALL));
}

static void a_fork_is_noticed(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w);
    struct hash one = head(w);
    struct actor *m = world_member(w, f);
    world_connect(w, m);
    world_refused(w, m, ERR_OTHER_LOG, world_hello(w, m, 4, head(w)));
    world_refused(w, m, ERR_OTHER_LOG, world_hello(w, m, 3, one));
    world_refused(w, m, ERR_OTHER_LOG, world_hello(w, m, 0, one));
    assert_int_equal(world_hello(w, m, 1, one), OK);
}

static void look_says_nothing_without_the_secret(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *a = world_actor(w);
    struct ticket t = world_ticket(w, f, w->now + DAY);
    assert_int_equal(world_invite(w, f, &t), OK);
    world_connect(w, a);
    assert_int_equal(world_look(w, a, t.seed), OK);
    const struct out *o = world_out(w, a->sock, REPLY_LOOK, 0);
    assert_false(o->look.founder);
    assert_memory_equal(o->look.inviter.ptr, f->name, o->look.inviter.len);
    assert_true(id_eq(o->look.founder_account, f->account));

    struct command c = {.kind = COMMAND_LOOK, .sock = a->sock, .request = 1, .look = {.invite = t.key}};
    world_refused(w, a, ERR_SIGNATURE, world_apply(w, &c)); /* known key, no secret */
    c.look.invite.bytes[0] ^= 1;
    world_refused(w, a, ERR_SIGNATURE, world_apply(w, &c)); /* unknown key: the same answer */
    a->nonce[3] ^= 1;
    world_refused(w, a, ERR_SIGNATURE, world_look(w, a, t.seed));
}

static void fifty_redemptions_make_one_account(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *guests[50];
    struct ticket t = world_ticket(w, f, w->now + DAY);
    assert_int_equal(world_invite(w, f, &t), OK);
    for (int i = 0; i < 50; i++) {
        guests[i] = world_actor(w);
        world_connect(w, guests[i]);
    }
    w->hold_store = true;
    assert_int_equal(world_redeem(w, guests[0], &t), OK);
    assert_int_equal(world_outs(w, REPLY_RECORD), 0); /* not before it is durable */
    for (int i = 1; i < 50; i++) {
        assert_int_equal(world_redeem(w, guests[i], &t), ERR_BUSY);
        assert_int_equal(w->effect_count, 0); /* nothing at all happened */
    }
    world_stored(w, OK);
    assert_non_null(world_out(w, guests[0]->sock, REPLY_RECORD, 0));
    const struct out *o = world_out(w, f->sock, EVENT_GUEST, 0);
    assert_non_null(o);
    assert_true(id_eq(o->guest.account, guests[0]->account) && key_eq(o->guest.invite, t.key));
    assert_null(world_out(w, f->sock, EVENT_LOG, 0)); /* the invite was news a moment ago */
    world_tick(w, LIMIT_LOG_MS);
    assert_int_equal(world_out(w, f->sock, EVENT_LOG, 0)->log.size, 3);
    assert_int_equal(world_outs(w, EVENT_LOG), 1);
    for (int i = 1; i < 50; i++)
        world_refused(w, guests[i], ERR_INVITE_USED, world_redeem(w, guests[i], &t));
    assert_int_equal(rooms_stats(w->r).members, 2);
    world_refused(w, guests[1], ERR_INVITE_USED, world_look(w, guests[1], t.seed));
}

static void a_failing_store_changes_nothing(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *a = world_actor(w);
    struct ticket t = world_ticket(w, f, w->now + DAY);
    assert_int_equal(world_invite(w, f, &t), OK);
    world_connect(w, a);
    struct hash before = head(w);
    w->store_result = ERR_SYSTEM;
    assert_int_equal(world_redeem(w, a, &t), OK);
    assert_int_equal(world_out(w, a->sock, REPLY_ERROR, 0)->error.err, ERR_STORE);
    assert_int_equal(world_outs(w, EVENT_LOG) + world_outs(w, EVENT_GUEST), 0);
    assert_true(hash_eq(before, head(w)));
    assert_int_equal(rooms_stats(w->r).members, 1);
    w->store_result = OK;
    assert_int_equal(world_redeem(w, a, &t), OK); /* the invite stayed open */
    assert_int_equal(rooms_stats(w->r).members, 2);
}

static void a_visitor_who_hangs_up_is_a_member_all_the_same(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *a = world_actor(w);
    struct ticket t = world_ticket(w, f, w->now + DAY);
    assert_int_equal(world_invite(w, f, &t), OK);
    world_connect(w, a);
    w->hold_store = true;
    assert_int_equal(world_redeem(w, a, &t), OK);
    world_disconnect(w, a);
    world_stored(w, OK);
    w->hold_store = false;
    world_connect(w, a);
    assert_int_equal(world_hello(w, a, 0, none), OK);
}

static void redeem_refusals(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *a = world_actor(w);
    uint8_t record[LIMIT_RECORD_BYTES];
    world_connect(w, a);
    struct ticket t = world_ticket(w, f, w->now + DAY);
    world_refused(w, a, ERR_INVITE_UNKNOWN, world_redeem(w, a, &t)); /* never published */
    assert_int_equal(world_invite(w, f, &t), OK);

    for (size_t sig = 1; sig <= 3; sig++) { /* each of the three signatures counts */
        size_t len = world_redeem_record(w, a, &t, record);
        record[len - sig * SIG_BYTES + 7] ^= 1;
        world_refused(w, a, ERR_SIGNATURE, world_submit(w, a, COMMAND_REDEEM, record, len));
    }
    size_t len = world_redeem_record(w, a, &t, record);
    world_refused(w, a, ERR_TRUNCATED, world_submit(w, a, COMMAND_REDEEM, record, len - 1));
    world_refused(w, f, ERR_STATE, world_submit(w, f, COMMAND_REDEEM, record, len)); /* has a session */
    world_refused(w, a, ERR_MALFORMED, world_submit(w, a, COMMAND_REDEEM, t.record, t.len)); /* an invite */

    char good[sizeof(a->name)];
    memcpy(good, a->name, sizeof(good));
    memcpy(a->name, "\xe2\x80\xae", 4); /* a bidi override is no name */
    world_refused(w, a, ERR_NAME, world_redeem(w, a, &t));
    a->name[0] = 0;
    world_refused(w, a, ERR_NAME, world_redeem(w, a, &t));
    memcpy(a->name, good, sizeof(good));

    w->now += DAY;
    world_refused(w, a, ERR_INVITE_EXPIRED, world_redeem(w, a, &t));
    world_refused(w, a, ERR_INVITE_EXPIRED, world_look(w, a, t.seed));
    w->now -= 1;
    assert_int_equal(world_redeem(w, a, &t), OK);

    struct ticket t2 = world_ticket(w, f, w->now + DAY);
    assert_int_equal(world_invite(w, f, &t2), OK);
    world_refused(w, a, ERR_REPLAY, world_redeem(w, a, &t2)); /* an account joins once */
}

static void invite_refusals(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *m = world_member(w, f);
    struct ticket t = world_ticket(w, m, w->now + DAY);
    world_refused(w, f, ERR_FORBIDDEN, world_invite(w, f, &t)); /* signed by somebody else */
    t.record[t.len - 1] ^= 1;
    world_refused(w, m, ERR_SIGNATURE, world_invite(w, m, &t));
    t.record[t.len - 1] ^= 1;
    assert_int_equal(world_invite(w, m, &t), OK);
    world_refused(w, m, ERR_REPLAY, world_invite(w, m, &t));

    t = world_ticket(w, m, w->now);
    world_refused(w, m, ERR_MALFORMED, world_invite(w, m, &t));
    t = world_ticket(w, m, w->now + (uint64_t)LIMIT_INVITE_DAYS * DAY + 1);
    world_refused(w, m, ERR_MALFORMED, world_invite(w, m, &t));
    w->now += DAY; /* dated tomorrow for a longer life */
    t = world_ticket(w, m, w->now + (uint64_t)LIMIT_INVITE_DAYS * DAY);
    w->now -= DAY;
    world_refused(w, m, ERR_STATE, world_invite(w, m, &t));
}

static void quota_and_list(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *m = world_member(w, f), *a = world_actor(w);
    struct ticket t[LIMIT_INVITES_PER_MEMBER + 1];
    for (int i = 0; i < LIMIT_INVITES_PER_MEMBER; i++) {
        t[i] = world_ticket(w, m, w->now + (uint64_t)(i + 1) * DAY);
        assert_int_equal(world_invite(w, m, &t[i]), OK);
    }
    t[5] = world_ticket(w, m, w->now + DAY);
    world_refused(w, m, ERR_INVITE_QUOTA, world_invite(w, m, &t[5]));
    w->now += DAY; /* the first expires */
    world_connect(w, a);
    assert_int_equal(world_redeem(w, a, &t[1]), OK);
    uint8_t record[LIMIT_RECORD_BYTES];
    size_t len = world_record(w, RECORD_INVITE_REVOKE, m, (struct id){0}, &t[2].key, record);
    assert_int_equal(world_submit(w, m, COMMAND_LOG_APPEND, record, len), OK);
    world_refused(w, m, ERR_INVITE_REVOKED, world_submit(w, m, COMMAND_LOG_APPEND, record, len));

    assert_int_equal(world_simple(w, m, COMMAND_INVITE_LIST), OK);
    const struct out *o = world_out(w, m->sock, REPLY_INVITES, 0);
    assert_int_equal(o->invites.count, 5);
    assert_int_equal(o->invites.left, 3);
    enum invite_state expected[5] = {INVITE_OPEN, INVITE_OPEN, INVITE_REVOKED, INVITE_USED, INVITE_EXPIRED};
    for (int i = 0; i < 5; i++) assert_int_equal(o->invites.list[i].state, expected[i]);
    assert_true(id_eq(o->invites.list[3].guest, a->account));
    assert_int_equal(world_simple(w, f, COMMAND_INVITE_LIST), OK);
    assert_int_equal(world_out(w, f->sock, REPLY_INVITES, 0)->invites.count, 1); /* only one's own */
}

static void revoked_invites(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *m = world_member(w, f), *a = world_actor(w);
    uint8_t record[LIMIT_RECORD_BYTES];
    struct ticket t = world_ticket(w, m, w->now + DAY);
    assert_int_equal(world_invite(w, m, &t), OK);
    struct actor *n = world_member(w, f);
    size_t len = world_record(w, RECORD_INVITE_REVOKE, n, (struct id){0}, &t.key, record);
    world_refused(w, n, ERR_INVITE_UNKNOWN,
                   world_submit(w, n, COMMAND_LOG_APPEND, record, len)); /* not its own */
    len = world_record(w, RECORD_INVITE_REVOKE, m, (struct id){0}, &t.key, record);
    world_connect(w, a);
    world_refused(w, a, ERR_MALFORMED, world_submit(w, a, COMMAND_REDEEM, record, len));
    assert_int_equal(world_submit(w, m, COMMAND_LOG_APPEND, record, len), OK);
    struct ticket other = world_ticket(w, m, w->now + DAY);
    assert_int_equal(world_invite(w, m, &other), OK);
    len = world_record(w, RECORD_INVITE_REVOKE, f, (struct id){0}, &other.key, record);
    assert_int_equal(world_submit(w, f, COMMAND_LOG_APPEND, record, len), OK); /* a superior may */
    world_refused(w, a, ERR_INVITE_REVOKED, world_redeem(w, a, &other));
    world_refused(w, a, ERR_INVITE_REVOKED, world_look(w, a, t.seed));
    world_refused(w, a, ERR_INVITE_REVOKED, world_redeem(w, a, &t));
}

static void ban_hierarchy_and_refusals(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *m = world_member(w, f), *n = world_member(w, m);
    struct actor *stranger = world_actor(w);
    world_refused(w, m, ERR_FORBIDDEN, world_ban(w, m, n));
    world_refused(w, m, ERR_FORBIDDEN, world_ban(w, m, f));
    world_refused(w, f, ERR_FORBIDDEN, world_ban(w, f, f));
    world_refused(w, f, ERR_NOT_FOUND, world_ban(w, f, stranger));
    world_refused(w, f, ERR_STATE, world_unban(w, f, m));

    struct ticket before = world_ticket(w, m, w->now + DAY), after = world_ticket(w, m, w->now + DAY);
    assert_int_equal(world_invite(w, m, &before), OK);
    sock_name second = m->sock; /* two sockets, both close */
    world_connect(w, m);
    assert_int_equal(world_hello(w, m, 0, none), OK);
    sock_name first = m->sock;
    uint8_t record[LIMIT_RECORD_BYTES];
    size_t len = world_record(w, RECORD_BAN, f, m->account, NULL, record);
    assert_int_equal(world_submit(w, f, COMMAND_LOG_APPEND, record, len), OK);
    assert_false(w->open[first] || w->open[second]);
    assert_int_equal(world_effects(w, EFFECT_CLOSE), 2);
    world_refused(w, f, ERR_STATE, world_submit(w, f, COMMAND_LOG_APPEND, record, len));

    world_connect(w, m);
    world_refused(w, m, ERR_BANNED, world_hello(w, m, 0, none));
    world_refused(w, m, ERR_AUTH, world_invite(w, m, &after));
    world_connect(w, stranger);
    world_refused(w, stranger, ERR_INVITE_REVOKED,
                   world_redeem(w, stranger, &before)); /* void, made before or not */
    world_refused(w, stranger, ERR_INVITE_REVOKED, world_look(w, stranger, before.seed));

    assert_int_equal(world_unban(w, f, m), OK);
    world_refused(w, f, ERR_REPLAY,
                   world_submit(w, f, COMMAND_LOG_APPEND, record, len)); /* the old ban, once more */
    assert_int_equal(world_hello(w, m, 0, none), OK);
    world_refused(w, stranger, ERR_INVITE_REVOKED, world_redeem(w, stranger, &before)); /* void for good */
    assert_int_equal(world_invite(w, m, &after), OK);
    assert_int_equal(world_redeem(w, stranger, &after), OK);
}

/* The log as it was stored, into new rules, up to n records; `flip` changes one record's byte. */
static enum err replay(const struct world *w, uint64_t n, uint64_t flip, struct rooms_stats *stats)
{
    static struct world other;
    world_init(&other);
    enum err e = OK;
    for (uint64_t i = 0; !e && i < n; i++) {
        uint8_t bytes[LIMIT_RECORD_BYTES];
        memcpy(bytes, w->log[i].bytes, w->log[i].len);
        if (i == flip) bytes[40] ^= 1;
        e = rooms_replay(other.r, i, (struct view){bytes, w->log[i].len}, w->log[i].head);
        struct profile_info profile = {.name = {(const uint8_t *)w->log[i].name, w->log[i].name_len}};
        if (!e && profile.name.len) e = rooms_replay_profile(other.r, w->log[i].account, &profile);
    }
    *stats = rooms_stats(other.r);
    world_deinit(&other);
    return e;
}

static void replay_checks_everything(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *m = world_member(w, f);
    world_member(w, m);
    assert_int_equal(world_ban(w, f, m), OK);
    struct rooms_stats was = rooms_stats(w->r), is;
    assert_int_equal(replay(w, w->log_size, UINT64_MAX, &is), OK);
    assert_int_equal(is.members, 3);
    assert_int_equal(is.log_size, was.log_size);
    assert_true(hash_eq(is.log_head, was.log_head));
    for (uint64_t i = 0; i < w->log_size; i++) assert_int_not_equal(replay(w, w->log_size, i, &is), OK);

    struct hash good = w->log[2].head;
    w->log[2].head.bytes[0] ^= 1;
    assert_int_equal(replay(w, w->log_size, UINT64_MAX, &is), ERR_SIGNATURE);
    w->log[2].head = good;
    /* A record of a banned author, appended behind our back with a right head. */
    struct ticket t = world_ticket(w, m, w->now + DAY);
    uint64_t n = w->log_size;
    memcpy(w->log[n].bytes, t.record, t.len);
    w->log[n].len = t.len;
    w->log[n].name_len = 0;
    w->log[n].head = hash_two("log", VIEW(w->log[n - 1].head.bytes), (struct view){t.record, t.len});
    assert_int_equal(replay(w, n + 1, UINT64_MAX, &is), ERR_BANNED);
    /* And one that names another account's device. */
    struct actor mixed = *f;
    mixed.device = m->device;
    w->log[n].len = world_record(w, RECORD_UNBAN, &mixed, m->account, NULL, w->log[n].bytes);
    w->log[n].head =
        hash_two("log", VIEW(w->log[n - 1].head.bytes), (struct view){w->log[n].bytes, w->log[n].len});
    assert_int_equal(replay(w, n + 1, UINT64_MAX, &is), ERR_UNKNOWN_ACCOUNT);
}

static void chains_of_oneself_only(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *m = world_member(w, f), *n = world_member(w, m);
    struct id ids[] = {n->account, m->account};
    struct command c = {.kind = COMMAND_CHAIN_READ, .sock = n->sock, .request = 1, .chains = {ids, 2}};
    assert_int_equal(world_apply(w, &c), OK);
    const struct out *o = world_out(w, n->sock, REPLY_CHAINS, 0);
    assert_int_equal(o->chains.count, 1); /* m shares no room with n */
    const struct chain_info *chain = &o->chains.list[0];
    assert_true(id_eq(chain->account, n->account));
    assert_int_equal(chain->count, 5);
    for (size_t i = 0; i < chain->count; i++) {
        assert_int_equal(chain->entries[i].n, i);
        assert_true(hash_eq(hash_raw(chain->entries[i].record), n->links[i]));
    }
    c.chains.count = LIMIT_CHAIN_ACCOUNTS + 1;
    world_refused(w, n, ERR_TOO_LARGE, world_apply(w, &c));
}

static void an_invitation_chain_has_an_end(void **state)
{
    struct world *w = *state;
    struct actor *a = world_founder(w);
    for (int i = 0; i < LIMIT_CHAIN_DEPTH; i++) a = world_member(w, a);
    struct ticket t = world_ticket(w, a, w->now + DAY);
    world_refused(w, a, ERR_FORBIDDEN, world_invite(w, a, &t));
}

static void a_dead_socket_gets_no_answer(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w);
    struct actor ghost = *f;
    world_disconnect(w, f);
    assert_int_equal(world_simple(w, &ghost, COMMAND_INVITE_LIST), ERR_STATE);
    assert_int_equal(w->effect_count, 0);
    struct command c = {.kind = COMMAND_COUNT, .sock = 1};
    assert_int_equal(world_apply(w, &c), ERR_UNKNOWN_REQUEST);
    rooms_on_stored(w->r, 5, OK, w->now); /* nobody asked */
    assert_int_equal(w->effect_count, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(challenge_is_fresh),
        TEST(founder_once_and_with_the_key),
        TEST(no_session_no_service),
        TEST(hello_is_bound_to_host_socket_and_key),
        TEST(a_fork_is_noticed),
        TEST(look_says_nothing_without_the_secret),
        TEST(fifty_redemptions_make_one_account),
        TEST(a_failing_store_changes_nothing),
        TEST(a_visitor_who_hangs_up_is_a_member_all_the_same),
        TEST(redeem_refusals),
        TEST(invite_refusals),
        TEST(quota_and_list),
        TEST(revoked_invites),
        TEST(ban_hierarchy_and_refusals),
        TEST(replay_checks_everything),
        TEST(chains_of_oneself_only),
        TEST(an_invitation_chain_has_an_end),
        TEST(a_dead_socket_gets_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
