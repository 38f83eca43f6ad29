/* Profiles and passkeys: what may be written, when it counts, who may read how much of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "world.h"

static struct command from(const struct actor *a, enum command_kind kind)
{
    return (struct command){.kind = kind, .sock = a->sock, .request = 9};
}

static enum err set_one(struct world *w, const struct actor *a, const char *what, struct view value)
{
    struct command c = from(a, COMMAND_PROFILE_SET);
    c.profile.name = !strcmp(what, "name");
    c.profile.handle = !strcmp(what, "handle");
    c.profile.bio = !strcmp(what, "bio");
    c.profile.picture = !strcmp(what, "picture");
    c.profile.pronouns = !strcmp(what, "pronouns");
    c.profile.to = (struct profile_info){value, value, value, value, value};
    return world_apply(w, &c);
}

static enum err set_text(struct world *w, const struct actor *a, const char *what, const char *text)
{
    return set_one(w, a, what, view_str(text));
}

static enum err read_profiles(struct world *w, const struct actor *a, const struct id *accounts, size_t count)
{
    struct command c = from(a, COMMAND_PROFILE_READ);
    c.chains.accounts = accounts;
    c.chains.count = count;
    return world_apply(w, &c);
}

static struct member_profile profile_of(struct world *w, const struct actor *reader, const struct actor *whom)
{
    assert_int_equal(read_profiles(w, reader, &whom->account, 1), OK);
    const struct out *o = world_out(w, reader->sock, REPLY_PROFILES, 0);
    assert_non_null(o);
    assert_int_equal(o->profiles.count, 1);
    return o->profiles.list[0];
}

#define ASSERT_TEXT(view, text) assert_true(view_eq((view), view_str(text)))

static void a_profile_counts_when_it_is_stored(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *m = world_member(w, f);
    assert_int_equal(profile_of(w, f, m).is.handle.len, 0);
    w->hold_store = true;
    assert_int_equal(set_text(w, m, "handle", "max_9"), OK);
    assert_null(world_out(w, m->sock, REPLY_OK, 0)); /* not before */
    assert_int_equal(profile_of(w, f, m).is.handle.len, 0);
    assert_int_equal(set_text(w, f, "bio", "Host"), ERR_BUSY);
    w->effect_count = 0;
    world_stored(w, OK);
    assert_non_null(world_out(w, m->sock, REPLY_OK, 0));
    ASSERT_TEXT(profile_of(w, f, m).is.handle, "max_9");

    assert_int_equal(set_text(w, m, "handle", "other"), OK);
    world_stored(w, ERR_SYSTEM);
    const struct out *o = world_out(w, m->sock, REPLY_ERROR, 0);
    assert_int_equal(o->error.err, ERR_STORE);
    ASSERT_TEXT(profile_of(w, f, m).is.handle, "max_9"); /* as before, and the other one is free */
    w->hold_store = false;
    assert_int_equal(set_text(w, f, "handle", "other"), OK);
    assert_int_equal(set_text(w, f, "handle", "max_9"), ERR_HANDLE_TAKEN);
}

static void every_part_may_change_alone(void **state)
{
    struct world *w = *state;
    static const uint8_t png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0};
    struct actor *f = world_founder(w), *m = world_member(w, f);
    assert_int_equal(set_text(w, m, "name", "Nour 🎧"), OK);
    assert_int_equal(set_text(w, m, "handle", "nour"), OK);
    assert_int_equal(set_text(w, m, "bio", "Radio, mostly"), OK);
    assert_int_equal(set_text(w, m, "pronouns", "elle, she"), OK);
    assert_int_equal(set_one(w, m, "picture", VIEW(png)), OK);
    struct member_profile p = profile_of(w, f, m);
    ASSERT_TEXT(p.is.name, "Nour 🎧");
    ASSERT_TEXT(p.is.handle, "nour");
    ASSERT_TEXT(p.is.bio, "Radio, mostly");
    ASSERT_TEXT(p.is.pronouns, "elle, she");
    assert_true(view_eq(p.is.picture, VIEW(png)));
    assert_int_equal(p.role, CLUB_MEMBER);
    assert_int_equal(set_text(w, m, "handle", ""), OK);
    assert_int_equal(set_text(w, m, "picture", ""), OK);
    assert_int_equal(set_text(w, m, "name", ""), ERR_NAME); /* everybody has one */
    p = profile_of(w, f, m);
    assert_int_equal(p.is.handle.len + p.is.picture.len, 0);
    ASSERT_TEXT(p.is.bio, "Radio, mostly");
    ASSERT_TEXT(p.is.pronouns, "elle, she");
    assert_int_equal(set_text(w, f, "handle", "nour"), OK); /* free again */
}

static void texts_that_cannot_be_shown(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w);
    static const char *const names[] = {"two\nlines", "\u202Eevil", "\u200B", " ", "\xff"},
                             *const handles[] = {"a", "Ines", "in-es", "inès", "ab c", "ab\n"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        assert_int_equal(set_text(w, f, "name", names[i]), ERR_NAME);
        if (i == 3) continue;
        assert_int_equal(set_text(w, f, "bio", names[i]), ERR_BIO);
        assert_int_equal(set_text(w, f, "pronouns", names[i]), ERR_PRONOUNS);
    }
    for (size_t i = 0; i < sizeof(handles) / sizeof(*handles); i++)
        assert_int_equal(set_text(w, f, "handle", handles[i]), ERR_HANDLE);
    char handle[LIMIT_HANDLE_CHARS + 2] = {0};
    memset(handle, 'x', LIMIT_HANDLE_CHARS + 1);
    assert_int_equal(set_text(w, f, "handle", handle), ERR_HANDLE);
    handle[LIMIT_HANDLE_CHARS] = 0;
    assert_int_equal(set_text(w, f, "handle", handle), OK);
    char bio[LIMIT_BIO_CHARS + 2];
    memset(bio, 'x', sizeof(bio) - 1);
    bio[sizeof(bio) - 1] = 0;
    assert_int_equal(set_text(w, f, "bio", bio), ERR_BIO);
    bio[LIMIT_BIO_CHARS] = 0;
    assert_int_equal(set_text(w, f, "bio", bio), OK);
    bio[LIMIT_PRONOUNS_CHARS + 1] = 0;
    assert_int_equal(set_text(w, f, "pronouns", bio), ERR_PRONOUNS);
    bio[LIMIT_PRONOUNS_CHARS] = 0;
    assert_int_equal(set_text(w, f, "pronouns", bio), OK);
}

static void pictures_by_their_first_bytes(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w);
    static uint8_t large[LIMIT_PICTURE_BYTES + 1] = {0xff, 0xd8, 0xff};
    assert_int_equal(set_one(w, f, "picture", (struct view){large, LIMIT_PICTURE_BYTES}), OK);
    assert_int_equal(set_one(w, f, "picture", VIEW(large)), ERR_PICTURE);
    assert_int_equal(set_one(w, f, "picture", (struct view){(const uint8_t *)"RIFF\1\2\3\4WEBPVP8 ", 16}),
                     OK);
    assert_int_equal(set_text(w, f, "picture", "RIFF\1\2\3\4WAVE"), ERR_PICTURE);
    assert_int_equal(set_text(w, f, "picture", "GIF89a"), ERR_PICTURE);
    assert_int_equal(set_text(w, f, "picture", "<svg xmlns='http://www.w3.org/2000/svg'/>"), ERR_PICTURE);
    assert_int_equal(set_text(w, f, "picture", "\x89PNG"), ERR_PICTURE); /* too short to be one */
    assert_int_equal(set_text(w, f, "picture", "\xff\xd8"), ERR_PICTURE);
    assert_true(profile_of(w, f, f).is.picture.len == 16); /* what was good last */
}

static void a_new_name_is_told_in_the_room(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *m = world_member(w, f), *away = world_member(w, f);
    struct id room;
    assert_int_equal(world_open(w, f, "", NULL, 0, &room), OK);
    assert_int_equal(world_join(w, f, room), OK);
    assert_int_equal(world_join(w, m, room), OK);
    assert_int_equal(set_text(w, m, "name", "Maxime"), OK);
    const struct out *o = world_out(w, f->sock, EVENT_PROFILE, 0);
    assert_non_null(o);
    assert_true(id_eq(o->profile.account, m->account));
    ASSERT_TEXT(o->profile.name, "Maxime");
    assert_non_null(world_out(w, m->sock, EVENT_PROFILE, 0));
    assert_null(world_out(w, m->sock, EVENT_PROFILE, 1)); /* once */
    assert_null(world_out(w, away->sock, EVENT_PROFILE, 0));
    assert_int_equal(set_text(w, m, "bio", "Radio"), OK);
    assert_int_equal(world_outs(w, EVENT_PROFILE), 0); /* nothing that a room shows */
    assert_int_equal(world_flag(w, m, COMMAND_ROOM_HAND, true), OK);
    ASSERT_TEXT(world_out(w, f->sock, EVENT_PERSON, 0)->person.person->name, "Maxime");
}

/* ---- the budget ----------------------------------------------------------------------------------- */

enum { DAY = 24 * 60 * 60 * 1000, CROWD = LIMIT_PROFILES_PER_DAY + 5 };

static void crowd(struct world *w, struct actor *f, struct id *accounts)
{
    for (size_t i = 0; i < CROWD; i++) {
        struct ticket t = world_ticket(w, f, w->now + DAY);
        struct actor *a = world_actor(w);
        assert_int_equal(world_invite(w, f, &t), OK);
        assert_int_equal(world_connect(w, a), OK);
        assert_int_equal(world_redeem(w, a, &t), OK);
        accounts[i] = a->account;
        world_disconnect(w, a);
    }
}

static void two_hundred_strangers_a_day(void **state)
{
    struct world *w = *state;
    static struct id accounts[CROWD];
    struct actor *f = world_founder(w), *m = world_member(w, f);
    crowd(w, f, accounts);
    assert_int_equal(read_profiles(w, m, accounts, LIMIT_PROFILE_ACCOUNTS + 1), ERR_TOO_LARGE);
    for (size_t i = 0; i < LIMIT_PROFILES_PER_DAY - 4; i += 4)
        assert_int_equal(read_profiles(w, m, accounts + i, 4), OK);
    assert_int_equal(read_profiles(w, m, accounts, 4), OK); /* the same ones again cost nothing */
    assert_int_equal(read_profiles(w, m, accounts + LIMIT_PROFILES_PER_DAY - 4, 5), ERR_BUDGET);
    const struct out *o = world_out(w, m->sock, REPLY_ERROR, 0);
    assert_int_equal(o->error.retry_after_ms, DAY - w->now % DAY);
    assert_null(world_out(w, m->sock, REPLY_PROFILES, 0));
    assert_int_equal(rooms_stats(w->r).budget_refusals, 1);
    /* What was refused cost nothing: there is room for four others. */
    assert_int_equal(read_profiles(w, m, accounts + LIMIT_PROFILES_PER_DAY + 1, 4), OK);
    assert_int_equal(read_profiles(w, m, accounts + LIMIT_PROFILES_PER_DAY, 1), ERR_BUDGET);
    assert_int_equal(read_profiles(w, m, &m->account, 1), OK); /* oneself */
    struct id nobody = {{1, 2, 3}};
    assert_int_equal(read_profiles(w, m, &nobody, 1), OK);
    assert_int_equal(world_out(w, m->sock, REPLY_PROFILES, 0)->profiles.count, 0);
    assert_int_equal(read_profiles(w, f, accounts + LIMIT_PROFILES_PER_DAY, 1),
                     OK); /* another's day is its own */

    struct id room;
    assert_int_equal(read_profiles(w, m, &f->account, 1), ERR_BUDGET);
    assert_int_equal(world_open(w, f, "", NULL, 0, &room), OK);
    assert_int_equal(world_join(w, f, room), OK);
    assert_int_equal(read_profiles(w, m, &f->account, 1), ERR_BUDGET);
    assert_int_equal(world_join(w, m, room), OK);
    assert_int_equal(read_profiles(w, m, &f->account, 1), OK); /* in one's room */
    world_tick(w, DAY - w->now % DAY);
    assert_int_equal(read_profiles(w, m, accounts + LIMIT_PROFILES_PER_DAY, 1), OK);
}

/* What the store was asked to write of it last: the number, and how often. */
static struct lookups_info written(const struct world *w)
{
    struct lookups_info last = {0};
    for (size_t i = 0; i < w->effect_count; i++)
        if (w->effects[i].kind == EFFECT_STORE_LOOKUPS) last = w->effects[i].lookups.is;
    return last;
}

static void a_write_is_for_twenty_and_comes_before_the_answer(void **state)
{
    struct world *w = *state;
    static struct id accounts[CROWD];
    struct actor *f = world_founder(w), *m = world_member(w, f);
    crowd(w, f, accounts);
    w->hold_store = true;
    assert_int_equal(read_profiles(w, m, accounts, 1), ERR_BUSY);
    assert_int_equal(written(w).used, LIMIT_PROFILES_STEP);
    assert_int_equal(world_outs(w, REPLY_PROFILES) + world_outs(w, REPLY_ERROR), 0);
    assert_int_equal(set_text(w, f, "bio", "Host"), ERR_BUSY); /* one change at a time */
    world_stored(w, OK);
    unsigned writes = 0;
    w->hold_store = false;
    for (size_t i = 0; i < LIMIT_PROFILES_PER_DAY; i++) {
        assert_int_equal(read_profiles(w, m, accounts + i, 1), OK);
        if (world_effects(w, EFFECT_STORE_LOOKUPS)) assert_int_equal(written(w).used, i + LIMIT_PROFILES_STEP);
        writes += (unsigned)world_effects(w, EFFECT_STORE_LOOKUPS);
    }
    assert_int_equal(writes, LIMIT_PROFILES_PER_DAY / LIMIT_PROFILES_STEP - 1);
    assert_int_equal(read_profiles(w, m, accounts + LIMIT_PROFILES_PER_DAY, 1), ERR_BUDGET);
    assert_int_equal(world_effects(w, EFFECT_STORE_LOOKUPS), 0);
}

static void what_a_restart_leaves_of_the_day(void **state)
{
    struct world *w = *state;
    static struct id accounts[CROWD];
    struct actor *f = world_founder(w), *m = world_member(w, f);
    crowd(w, f, accounts);
    for (size_t i = 0; i < 110; i += 10) assert_int_equal(read_profiles(w, m, accounts + i, 10), OK);
    uint64_t day = w->now / DAY;
    struct lookups_info kept = {m->account, day, 120}, nobody = {{{9}}, day, 20};
    world_restart(w);
    assert_int_equal(rooms_replay_lookups(w->r, &kept), OK);
    assert_int_equal(rooms_replay_lookups(w->r, &nobody), ERR_UNKNOWN_ACCOUNT);
    assert_int_equal(world_connect(w, m), OK);
    assert_int_equal(world_hello(w, m, 0, (struct hash){0}), OK);
    for (size_t i = 0; i < 80; i += 10) assert_int_equal(read_profiles(w, m, accounts + i, 10), OK);
    assert_int_equal(read_profiles(w, m, accounts + 80, 1), ERR_BUDGET); /* the ten of the step are lost */
    assert_int_equal(read_profiles(w, m, accounts, 10), OK);             /* seen since the start: free */
    world_tick(w, DAY - w->now % DAY);
    assert_int_equal(written(w).used, 0); /* the store forgets what is past */
    assert_int_equal(written(w).day, day + 1);
    world_tick(w, 100);
    assert_int_equal(world_effects(w, EFFECT_STORE_LOOKUPS), 0);
    assert_int_equal(read_profiles(w, m, accounts + 80, 1), OK);
}

static void a_use_that_could_not_be_written_down_is_refused(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *m = world_member(w, f), *other = world_member(w, f);
    w->store_result = ERR_STORE;
    assert_int_equal(read_profiles(w, m, &other->account, 1), ERR_STORE);
    assert_non_null(world_out(w, m->sock, REPLY_ERROR, 0));
    assert_int_equal(read_profiles(w, m, &other->account, 1), ERR_STORE);
    w->store_result = OK;
    assert_int_equal(read_profiles(w, m, &other->account, 1), OK);
    struct command c = from(m, COMMAND_EXPORT);
    assert_int_equal(world_apply(w, &c), OK);
    const struct export_info *x = world_out(w, m->sock, REPLY_EXPORT, 0)->export;
    assert_int_equal(x->lookups.used, LIMIT_PROFILES_STEP);
    assert_int_equal(x->lookups.day, w->now / DAY);
}

/* ---- passkeys ------------------------------------------------------------------------------------- */

static enum err set_keys(struct world *w, const struct actor *a, const char *credentials)
{
    struct passkey_info list[LIMIT_PASSKEYS + 1];
    struct command c = from(a, COMMAND_PASSKEY_SET);
    for (; credentials[c.passkeys.count]; c.passkeys.count++)
        list[c.passkeys.count] =
            (struct passkey_info){{(const uint8_t *)&credentials[c.passkeys.count], 1}, view_str("sealed")};
    c.passkeys.list = list;
    return world_apply(w, &c);
}

static enum err look_key(struct world *w, const struct actor *a, const char *credential)
{
    struct command c = from(a, COMMAND_PASSKEY_LOOK);
    c.passkey.credential = view_str(credential);
    return world_apply(w, &c);
}

static void passkeys_come_in_pairs_at_least(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *m = world_member(w, f), *visitor = world_actor(w);
    assert_int_equal(world_connect(w, visitor), OK);
    assert_int_equal(set_keys(w, f, "a"), ERR_MALFORMED);
    assert_int_equal(set_keys(w, f, "abcdefghi"), ERR_MALFORMED);
    assert_int_equal(set_keys(w, f, "aa"), ERR_REPLAY);
    assert_int_equal(set_keys(w, visitor, "ab"), ERR_AUTH);
    w->hold_store = true;
    assert_int_equal(set_keys(w, f, "abc"), OK);
    assert_int_equal(look_key(w, visitor, "a"), ERR_NOT_FOUND); /* not before it is stored */
    w->effect_count = 0;
    world_stored(w, OK);
    assert_non_null(world_out(w, f->sock, REPLY_OK, 0));
    w->hold_store = false;
    assert_int_equal(look_key(w, visitor, "a"), OK);
    ASSERT_TEXT(world_out(w, visitor->sock, REPLY_PASSKEY, 0)->passkeys.list[0].data, "sealed");
    assert_int_equal(set_keys(w, m, "cd"), ERR_REPLAY); /* another's */
    assert_int_equal(set_keys(w, f, "bd"), OK);
    assert_int_equal(look_key(w, visitor, "a"), ERR_NOT_FOUND);
    assert_int_equal(look_key(w, visitor, "b"), OK);
    assert_int_equal(set_keys(w, m, "ac"), OK); /* given up, so free */
    struct command c = from(f, COMMAND_PASSKEY_LIST);
    assert_int_equal(world_apply(w, &c), OK);
    assert_int_equal(world_out(w, f->sock, REPLY_PASSKEYS, 0)->passkeys.count, 2);
    assert_int_equal(set_keys(w, f, ""), OK);
    assert_int_equal(look_key(w, visitor, "b"), ERR_NOT_FOUND);
}

static void passkeys_that_could_not_be_stored(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *m = world_member(w, f);
    assert_int_equal(set_keys(w, f, "ab"), OK);
    w->store_result = ERR_SYSTEM;
    assert_int_equal(set_keys(w, f, "bc"), OK);
    assert_int_equal(world_out(w, f->sock, REPLY_ERROR, 0)->error.err, ERR_STORE);
    w->store_result = OK;
    assert_int_equal(look_key(w, f, "a"), OK);
    assert_int_equal(look_key(w, f, "c"), ERR_NOT_FOUND);
    assert_int_equal(set_keys(w, m, "bd"), ERR_REPLAY);
    assert_int_equal(set_keys(w, m, "cd"), OK);
}

/* ---- what is stored about oneself ------------------------------------------------------------------ */

static void an_export_has_one_s_own_and_no_more(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *m = world_member(w, f), *other = world_member(w, f);
    assert_int_equal(set_text(w, m, "handle", "max"), OK);
    assert_int_equal(set_text(w, other, "handle", "other"), OK);
    assert_int_equal(set_keys(w, m, "ab"), OK);
    struct ticket t = world_ticket(w, m, w->now + DAY);
    assert_int_equal(world_invite(w, m, &t), OK);
    struct command c = from(m, COMMAND_EXPORT);
    assert_int_equal(world_apply(w, &c), OK);
    const struct out *o = world_out(w, m->sock, REPLY_EXPORT, 0);
    assert_non_null(o);
    ASSERT_TEXT(o->export->profile.is.handle, "max");
    assert_int_equal(o->export->passkey_count, 2);
    assert_int_equal(o->export->record_count, 2); /* how it came, and its invitation */
    assert_int_equal(o->export->records[0].record.ptr[0], RECORD_REDEEM);
    assert_int_equal(o->export->records[1].record.ptr[0], RECORD_INVITE);
    assert_true(o->export->records[0].n < o->export->records[1].n);
    c = from(m, COMMAND_OPERATOR_EXPORT);
    c.person.account = other->account;
    assert_int_equal(world_apply(w, &c), ERR_FORBIDDEN); /* not through a browser, whoever one is */
    c = from(f, COMMAND_OPERATOR_MEMBERS);
    assert_int_equal(world_apply(w, &c), ERR_FORBIDDEN);
}

/* ---- what goes with an account ---------------------------------------------------------------------- */

static void assert_nothing_left(struct world *w, struct actor *f, const struct actor *gone)
{
    assert_true(w->log[w->log_size - 1].erase); /* the store was told, with the record itself */
    assert_true(id_eq(w->log[w->log_size - 1].account, gone->account));
    assert_int_equal(read_profiles(w, f, &gone->account, 1), OK);
    assert_int_equal(world_out(w, f->sock, REPLY_PROFILES, 0)->profiles.count, 0);
    assert_int_equal(look_key(w, f, "a"), ERR_NOT_FOUND);
    assert_int_equal(set_text(w, f, "handle", "max"), OK); /* free again */
    assert_int_equal(set_keys(w, f, "ab"), OK);
}

static void a_deletion_takes_it_all(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *m = world_member(w, f);
    assert_int_equal(set_text(w, m, "handle", "max"), OK);
    assert_int_equal(set_keys(w, m, "ab"), OK);
    ASSERT_TEXT(profile_of(w, f, m).is.handle, "max");
    struct record deletion = {.type = RECORD_DELETION, .target = m->account};
    w->store_result = ERR_SYSTEM; /* what could not be stored changed nothing */
    assert_int_equal(world_append(w, m, &deletion, NULL), OK);
    assert_int_equal(look_key(w, f, "a"), OK);
    ASSERT_TEXT(profile_of(w, f, m).is.handle, "max");
    w->store_result = OK;
    assert_int_equal(world_append(w, m, &deletion, NULL), OK);
    assert_nothing_left(w, f, m);
}

static void a_succession_takes_what_the_old_account_had(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w), *admin = world_member(w, f), *m = world_member(w, f);
    assert_int_equal(set_text(w, m, "handle", "max"), OK);
    assert_int_equal(set_keys(w, m, "ab"), OK);
    struct actor *again = world_member(w, f);
    struct record role = {.type = RECORD_ROLE, .target = admin->account, .role = CLUB_ADMIN};
    assert_int_equal(world_append(w, f, &role, NULL), OK);
    struct record claim = {
        .type = RECORD_SUPERSEDE, .second = admin->account, .second_device = admin->device};
    claim.target = m->account;
    claim.successor = again->account;
    assert_int_equal(world_append(w, f, &claim, admin), OK);
    assert_int_equal(look_key(w, f, "a"), OK); /* a claim alone takes nothing */
    world_tick(w, LIMIT_CLAIM_SIGN_MS + LIMIT_CLAIM_MS);
    struct record succession = {.type = RECORD_SUCCESSION, .target = m->account, .successor = again->account};
    assert_int_equal(world_append(w, again, &succession, NULL), OK);
    assert_nothing_left(w, f, m);
    assert_int_equal(profile_of(w, f, again).role, CLUB_MEMBER);
}

static struct club_info club_of(struct world *w, const struct actor *reader)
{
    struct command c = from(reader, COMMAND_CLUB_READ);
    assert_int_equal(world_apply(w, &c), OK);
    const struct out *o = world_out(w, reader->sock, REPLY_CLUB, 0);
    assert_non_null(o);
    return o->club;
}

static void a_club_says_how_many_and_not_who(void **state)
{
    struct world *w = *state;
    struct actor *f = world_founder(w);
    uint64_t since = club_of(w, f).since_ms;
    assert_true(since >= WORLD_EPOCH_MS && since <= w->now);
    world_tick(w, 24 * 3600 * 1000);
    struct actor *a = world_member(w, f), *b = world_member(w, a);
    struct club_info club = club_of(w, b);
    assert_int_equal(club.members, 3);
    assert_int_equal(club.since_ms, since); /* not that of another device, or of another member */
    assert_int_equal(club.words.about.len + club.words.about_fr.len + club.words.contact.len, 0);
    assert_int_equal(world_ban(w, f, a), OK);
    assert_int_equal(club_of(w, b).members, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_profile_counts_when_it_is_stored),
        TEST(every_part_may_change_alone),
        TEST(texts_that_cannot_be_shown),
        TEST(pictures_by_their_first_bytes),
        TEST(a_new_name_is_told_in_the_room),
        TEST(two_hundred_strangers_a_day),
        TEST(a_write_is_for_twenty_and_comes_before_the_answer),
        TEST(what_a_restart_leaves_of_the_day),
        TEST(a_use_that_could_not_be_written_down_is_refused),
        TEST(passkeys_come_in_pairs_at_least),
        TEST(passkeys_that_could_not_be_stored),
        TEST(an_export_has_one_s_own_and_no_more),
        TEST(a_deletion_takes_it_all),
        TEST(a_club_says_how_many_and_not_who),
        TEST(a_succession_takes_what_the_old_account_had),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
