/* What founder and admins see of the club and are told of it, and that nobody else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "world.h"

enum { DAY = 24 * 60 * 60 * 1000 };

static struct command from(const struct actor *a, enum command_kind kind)
{
    return (struct command){.kind = kind, .sock = a->sock, .request = 9};
}

static enum err ask(struct world *w, const struct actor *a, enum command_kind kind)
{
    struct command c = from(a, kind);
    return world_apply(w, &c);
}

static enum err ask_handle(struct world *w, const struct actor *a, const char *handle)
{
    struct command c = from(a, COMMAND_ADMIN_FIND);
    c.find.handle = view_str(handle);
    return world_apply(w, &c);
}

static enum err ask_account(struct world *w, const struct actor *a, struct id account)
{
    struct command c = from(a, COMMAND_ADMIN_FIND);
    c.find.account = account;
    return world_apply(w, &c);
}

static enum err set_handle(struct world *w, const struct actor *a, const char *handle)
{
    struct command c = from(a, COMMAND_PROFILE_SET);
    c.profile.handle = true;
    c.profile.to.handle = view_str(handle);
    return world_apply(w, &c);
}

static struct actor *admin_of(struct world *w, struct actor *f)
{
    struct actor *a = world_member(w, f);
    struct record role = {.type = RECORD_ROLE, .target = a->account, .role = CLUB_ADMIN};
    assert_int_equal(world_append(w, f, &role, NULL), OK);
    return a;
}

#define ASSERT_TEXT(view, text) assert_true(view_eq((view), view_str(text)))

/* ---- who may ask ------------------------------------------------------------------------------------ */

static void members_are_refused_and_admins_are_not(void **state)
{
    struct world *w = *state;
    static const enum command_kind kinds[] = {COMMAND_ADMIN_HEALTH, COMMAND_ADMIN_INVITES, COMMAND_ADMIN_FIND,
                                              COMMAND_ADMIN_ALERTS};
    struct actor *f = world_founder(w), *a = admin_of(w, f), *m = world_member(w, f), *held, *v;
    held = world_member(w, m);
    v = world_actor(w);
    assert_int_equal(world_connect(w, v), OK);
    struct record hold = {.type = RECORD_HOLD, .target = m->account};
    assert_int_equal(world_append(w, f, &hold, NULL), OK);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        assert_int_equal(ask(w, m, kinds[i]), ERR_FORBIDDEN);
        assert_int_equal(world_out(w, m->sock, REPLY_ERROR, 0)->error.err, ERR_FORBIDDEN);
        assert_int_equal(ask(w, held, kinds[i]), ERR_HELD);
        assert_int_equal(ask(w, v, kinds[i]), ERR_AUTH);
        bool finds = kinds[i] == COMMAND_ADMIN_FIND;
        assert_int_equal(ask(w, a, kinds[i]), finds ? ERR_NOT_FOUND : OK); /* nobody was named */
        assert_int_equal(ask(w, f, kinds[i]), finds ? ERR_NOT_FOUND : OK);
    }
    assert_int_equal(ask_account(w, m, f->account), ERR_FORBIDDEN);
}

/* ---- health ------------------------------------------------------------------------------------------ */

static void health_counts(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w);
    struct ticket t = world_ticket(w, f, w->now + DAY), late = world_ticket(w, f, w->now + 1000);
    assert_int_equal(world_invite(w, f, &t), OK);
    assert_int_equal(world_invite(w, f, &late), OK);
    world_member(w, f);
    world_tick(w, 2000);
    assert_int_equal(ask(w, f, COMMAND_ADMIN_HEALTH), OK);
    const struct out *o = world_out(w, f->sock, REPLY_HEALTH, 0);
    assert_int_equal(o->stats.members, 2);
    assert_int_equal(o->stats.sessions, 2);
    assert_int_equal(o->stats.invites, 1); /* one is over, one was used */
}

/* ---- invitations ------------------------------------------------------------------------------------- */

static const struct open_invite *invite_of(const struct out *o, const struct actor *author)
{
    for (size_t i = 0; i < o->open_invites.count; i++)
        if (id_eq(o->open_invites.list[i].author.account, author->account)) return &o->open_invites.list[i];
    fail_msg("no invitation of theirs");
    return NULL;
}

static void invitations_and_who_may_withdraw_them(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *a = admin_of(w, f), *m = world_member(w, f), *low = world_member(w, m);
    struct actor *const authors[] = {f, a, m, low};
    struct ticket t[4];
    for (int i = 0; i < 4; i++) {
        t[i] = world_ticket(w, authors[i], w->now + DAY);
        assert_int_equal(world_invite(w, authors[i], &t[i]), OK);
    }
    struct record hold = {.type = RECORD_HOLD, .target = m->account};
    assert_int_equal(world_append(w, f, &hold, NULL), OK);
    assert_int_equal(ask(w, a, COMMAND_ADMIN_INVITES), OK);
    const struct out *o = world_out(w, a->sock, REPLY_ADMIN_INVITES, 0);
    assert_int_equal(o->open_invites.open, 4);
    assert_int_equal(o->open_invites.count, 4);
    assert_int_equal(o->open_invites.next, 0);
    assert_false(invite_of(o, f)->may_revoke); /* a superior's */
    assert_true(invite_of(o, a)->may_revoke && invite_of(o, m)->may_revoke);
    assert_true(invite_of(o, low)->held);
    assert_false(invite_of(o, m)->held);
    assert_memory_equal(invite_of(o, m)->invite.bytes, t[2].key.bytes, KEY_BYTES);
    struct record revoke = {.type = RECORD_INVITE_REVOKE, .one_time_key = t[2].key};
    assert_int_equal(world_append(w, a, &revoke, NULL), OK); /* as the answer said */
    revoke.one_time_key = t[0].key;
    assert_int_equal(world_append(w, a, &revoke, NULL), ERR_INVITE_UNKNOWN);
    assert_int_equal(ask(w, f, COMMAND_ADMIN_INVITES), OK);
    o = world_out(w, f->sock, REPLY_ADMIN_INVITES, 0);
    assert_int_equal(o->open_invites.open, 3);
    assert_true(invite_of(o, a)->may_revoke && invite_of(o, f)->may_revoke);
}

static void invitations_in_parts(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w);
    for (int i = 0; i <= LIMIT_INVITES_CHUNK; i++) {
        struct ticket t = world_ticket(w, f, w->now + DAY);
        assert_int_equal(world_invite(w, f, &t), OK);
    }
    assert_int_equal(ask(w, f, COMMAND_ADMIN_INVITES), OK);
    const struct out *o = world_out(w, f->sock, REPLY_ADMIN_INVITES, 0);
    assert_int_equal(o->open_invites.count, LIMIT_INVITES_CHUNK);
    assert_int_equal(o->open_invites.open, LIMIT_INVITES_CHUNK + 1);
    struct command c = from(f, COMMAND_ADMIN_INVITES);
    c.members.from = o->open_invites.next;
    assert_true(c.members.from > 0);
    assert_int_equal(world_apply(w, &c), OK);
    o = world_out(w, f->sock, REPLY_ADMIN_INVITES, 0);
    assert_int_equal(o->open_invites.count, 1);
    assert_int_equal(o->open_invites.open, LIMIT_INVITES_CHUNK + 1);
    assert_int_equal(o->open_invites.next, 0);
}

/* ---- one account -------------------------------------------------------------------------------------- */

static void somebody_by_handle_id_or_invitation(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *a = admin_of(w, f), *m = world_actor(w);
    struct ticket t = world_ticket(w, f, w->now + DAY), open = world_ticket(w, f, w->now + DAY);
    assert_int_equal(world_invite(w, f, &t), OK);
    assert_int_equal(world_invite(w, f, &open), OK);
    assert_int_equal(world_connect(w, m), OK);
    assert_int_equal(world_redeem(w, m, &t), OK);
    assert_int_equal(world_hello(w, m, 0, (struct hash){0}), OK);
    assert_int_equal(set_handle(w, m, "max_9"), OK);
    assert_int_equal(ask_handle(w, a, "max_9"), OK);
    const struct account_info *is = &world_out(w, a->sock, REPLY_ACCOUNT, 0)->account;
    assert_true(id_eq(is->is.account, m->account));
    assert_int_equal(is->is.role, CLUB_MEMBER);
    assert_int_equal(is->is.state, MEMBER_GOOD);
    assert_int_equal(is->is.devices, 1);
    assert_true(id_eq(is->is.inviter, f->account));
    ASSERT_TEXT(is->inviter_name, f->name);
    assert_true(is->time_ms > 0 && is->time_ms <= w->now);
    assert_int_equal(ask_handle(w, a, "max_"), ERR_NOT_FOUND); /* the very one, and no beginning of it */
    assert_int_equal(ask_account(w, a, m->account), OK);
    struct command c = from(a, COMMAND_ADMIN_FIND);
    c.find.invite = t.key;
    assert_int_equal(world_apply(w, &c), OK);
    assert_true(id_eq(world_out(w, a->sock, REPLY_ACCOUNT, 0)->account.is.account, m->account));
    c.find.invite = open.key; /* nobody has used it */
    assert_int_equal(world_apply(w, &c), ERR_NOT_FOUND);
    assert_int_equal(world_ban(w, a, m), OK);
    assert_int_equal(ask_account(w, f, m->account), OK);
    assert_int_equal(world_out(w, f->sock, REPLY_ACCOUNT, 0)->account.is.state, MEMBER_BANNED);
}

static void looking_people_up_counts_for_admins_too(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *a = admin_of(w, f);
    struct lookups_info used = {a->account, w->now / DAY, LIMIT_PROFILES_PER_DAY};
    world_restart(w);
    assert_int_equal(rooms_replay_lookups(w->r, &used), OK);
    assert_int_equal(world_connect(w, a), OK);
    assert_int_equal(world_hello(w, a, 0, (struct hash){0}), OK);
    assert_int_equal(ask_account(w, a, a->account), OK); /* oneself is free */
    assert_int_equal(ask_account(w, a, f->account), ERR_BUDGET);
}

/* ---- alerts -------------------------------------------------------------------------------------------- */

static size_t alerts(struct world *w, const struct actor *a, const struct alert_info **list)
{
    assert_int_equal(ask(w, a, COMMAND_ADMIN_ALERTS), OK);
    const struct out *o = world_out(w, a->sock, REPLY_ALERTS, 0);
    *list = o->alerts.list;
    return o->alerts.count;
}

static void scrape(struct world *w, const struct actor *who, const struct actor *whom)
{
    struct command c = from(who, COMMAND_PROFILE_READ);
    c.chains.accounts = &whom->account;
    c.chains.count = 1;
    assert_int_equal(world_apply(w, &c), ERR_BUDGET);
}

static void a_used_up_budget_is_told_at_once_and_once_a_day(void **state)
{
    struct world *w = *state;
    const struct alert_info *list;
    struct actor *f = world_founder(w), *a = admin_of(w, f), *m = world_member(w, f);
    struct lookups_info used = {m->account, w->now / DAY, LIMIT_PROFILES_PER_DAY};
    assert_int_equal(alerts(w, a, &list), 0);
    assert_int_equal(rooms_replay_lookups(w->r, &used), OK);
    scrape(w, m, f);
    assert_int_equal(world_out(w, f->sock, EVENT_ALERTS, 0)->alerts.newest, w->now);
    assert_non_null(world_out(w, a->sock, EVENT_ALERTS, 0));
    assert_null(world_out(w, m->sock, EVENT_ALERTS, 0));
    scrape(w, m, f);
    assert_int_equal(world_outs(w, EVENT_ALERTS), 0);
    assert_int_equal(alerts(w, a, &list), 1);
    assert_int_equal(list[0].is.kind, ALERT_BUDGET);
    assert_int_equal(list[0].is.time_ms, w->now);
    assert_true(id_eq(list[0].is.account, m->account));
    ASSERT_TEXT(list[0].name, m->name);
    uint64_t n = list[0].is.n;
    world_disconnect(w, f);
    assert_int_equal(world_connect(w, f), OK); /* whoever comes later hears of it too */
    assert_int_equal(world_hello(w, f, 0, (struct hash){0}), OK);
    assert_int_equal(world_out(w, f->sock, EVENT_ALERTS, 0)->alerts.newest, n);
    assert_int_equal(ask(w, m, COMMAND_EXPORT), OK);
    const struct export_info *x = world_out(w, m->sock, REPLY_EXPORT, 0)->export;
    assert_int_equal(x->alert_count, 1);
    assert_int_equal(ask(w, f, COMMAND_EXPORT), OK);
    assert_int_equal(world_out(w, f->sock, REPLY_EXPORT, 0)->export->alert_count, 0); /* not the others' */
}

static void alerts_survive_a_restart_and_end_after_a_month(void **state)
{
    struct world *w = *state;
    const struct alert_info *list;
    struct actor *f = world_founder(w);
    rooms_alert(w->r, ALERT_DISK, 100, w->now);
    rooms_alert(w->r, ALERT_DISK, 90, w->now); /* of a kind and day one is enough */
    world_tick(w, 100);
    assert_int_equal(w->alert_count, 1);
    world_restart(w);
    assert_int_equal(rooms_replay_alert(w->r, &w->alerts[0]), OK);
    assert_int_equal(rooms_replay_alert(w->r, &w->alerts[0]), ERR_MALFORMED); /* the oldest first */
    struct alert far = {.n = w->alerts[0].n + 1, .kind = ALERT_DISK, .time_ms = UINT64_C(1) << 53};
    assert_int_equal(rooms_replay_alert(w->r, &far), ERR_MALFORMED); /* no number to a browser */
    assert_int_equal(world_connect(w, f), OK);
    assert_int_equal(world_hello(w, f, 0, (struct hash){0}), OK);
    assert_int_equal(alerts(w, f, &list), 1);
    assert_int_equal(list[0].is.count, 100);
    rooms_alert(w->r, ALERT_DISK, 90, w->now += DAY);
    assert_int_equal(alerts(w, f, &list), 2);
    assert_true(list[0].is.n > list[1].is.n); /* the newest first */
    assert_int_equal(list[0].is.count, 90);
    world_tick(w, (LIMIT_ALERT_DAYS - 1) * (uint64_t)DAY - 101); /* the first is a tick older */
    assert_int_equal(alerts(w, f, &list), 2);
    world_tick(w, LIMIT_SLIPS_MS);
    assert_int_equal(alerts(w, f, &list), 1);
    assert_int_equal(w->alert_count, 1);
}

static void the_oldest_alert_goes_first(void **state)
{
    struct world *w = *state;
    const struct alert_info *list;
    struct actor *f = world_founder(w);
    for (uint64_t n = 1; n <= LIMIT_ALERTS; n++) {
        struct alert kept = {.n = n, .kind = ALERT_STRAY, .time_ms = w->now - DAY};
        assert_int_equal(rooms_replay_alert(w->r, &kept), OK);
    }
    assert_int_equal(alerts(w, f, &list), LIMIT_ALERTS);
    assert_int_equal(list[LIMIT_ALERTS - 1].is.n, 1);
    rooms_alert(w->r, ALERT_DISK, 100, w->now);
    assert_int_equal(alerts(w, f, &list), LIMIT_ALERTS);
    assert_true(list[0].is.n > LIMIT_ALERTS);
    assert_int_equal(list[LIMIT_ALERTS - 1].is.n, 2);
}

static void alerts_that_the_store_did_not_take(void **state)
{
    struct world *w = *state;
    world_founder(w);
    rooms_alert(w->r, ALERT_DISK, 100, w->now);
    w->store_result = ERR_STORE;
    world_tick(w, 100);
    assert_int_equal(world_effects(w, EFFECT_STORE_ALERTS), 1);
    world_tick(w, 100);
    assert_int_equal(world_effects(w, EFFECT_STORE_ALERTS), 0); /* not at every tick */
    w->store_result = OK;
    world_tick(w, LIMIT_ALERT_RETRY_MS);
    assert_int_equal(world_effects(w, EFFECT_STORE_ALERTS), 1);
    world_tick(w, LIMIT_ALERT_RETRY_MS);
    assert_int_equal(world_effects(w, EFFECT_STORE_ALERTS), 0);
}

static void an_alert_goes_with_the_account_that_it_names(void **state)
{
    struct world *w = *state;
    const struct alert_info *list;
    struct actor *f = world_founder(w), *m = world_member(w, f);
    struct lookups_info used = {m->account, w->now / DAY, LIMIT_PROFILES_PER_DAY};
    assert_int_equal(rooms_replay_lookups(w->r, &used), OK);
    scrape(w, m, f);
    rooms_alert(w->r, ALERT_DISK, 100, w->now);
    world_tick(w, 100);
    assert_int_equal(w->alert_count, 2);
    assert_true(w->alerts[1].n > w->alerts[0].n); /* of one moment, and yet no number twice */
    struct record deletion = {.type = RECORD_DELETION, .target = m->account};
    assert_int_equal(world_append(w, m, &deletion, NULL), OK);
    assert_int_equal(alerts(w, f, &list), 1);
    assert_int_equal(list[0].is.kind, ALERT_DISK);
    struct alert left = w->alerts[0]; /* the one of m, which was on its way to the store meanwhile */
    world_tick(w, 100);
    assert_int_equal(w->alert_count, 1);
    world_restart(w);
    assert_int_equal(rooms_replay_alert(w->r, &left), OK);
    world_tick(w, 100);
    assert_int_equal(w->alert_count, 0);
}

/* Two devices of one account that end each other's presence, as scripts do that share it. */
static void move(struct world *w, struct actor *m, struct id room)
{
    sock_name before = m->sock;
    m->sock = 0;
    assert_int_equal(world_connect(w, m), OK);
    assert_int_equal(world_hello(w, m, 0, (struct hash){0}), OK);
    assert_int_equal(world_join(w, m, room), OK);
    struct command gone = {.kind = COMMAND_SOCKET_CLOSED, .sock = before};
    w->open[before] = false;
    assert_int_equal(world_apply(w, &gone), OK);
}

static void an_account_that_moves_all_the_time(void **state)
{
    struct world *w = *state;
    const struct alert_info *list;
    struct id room;
    struct actor *f = world_founder(w), *m = world_member(w, f);
    assert_int_equal(world_open(w, f, "", NULL, 0, &room), OK);
    assert_int_equal(world_join(w, f, room), OK);
    assert_int_equal(world_join(w, m, room), OK);
    for (int i = 1; i < LIMIT_MOVES_PER_DAY; i++) move(w, m, room);
    assert_int_equal(alerts(w, f, &list), 0);
    move(w, m, room);
    assert_int_equal(alerts(w, f, &list), 1);
    assert_int_equal(list[0].is.kind, ALERT_MOVES);
    assert_int_equal(list[0].is.count, LIMIT_MOVES_PER_DAY);
    assert_true(id_eq(list[0].is.account, m->account));
    move(w, m, room);
    assert_int_equal(alerts(w, f, &list), 1);
    assert_int_equal(rooms_stats(w->r).moved, LIMIT_MOVES_PER_DAY + 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(members_are_refused_and_admins_are_not),
        TEST(health_counts),
        TEST(invitations_and_who_may_withdraw_them),
        TEST(invitations_in_parts),
        TEST(somebody_by_handle_id_or_invitation),
        TEST(looking_people_up_counts_for_admins_too),
        TEST(a_used_up_budget_is_told_at_once_and_once_a_day),
        TEST(alerts_survive_a_restart_and_end_after_a_month),
        TEST(the_oldest_alert_goes_first),
        TEST(alerts_that_the_store_did_not_take),
        TEST(an_alert_goes_with_the_account_that_it_names),
        TEST(an_account_that_moves_all_the_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
