/* The relay of key messages: what is let through, to whom, and every check broken once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "crypt/sign.h"
#include "scene.h"

/* ---- what goes through ----------------------------------------------------------------------------- */

static void a_rekey_reaches_each_with_their_own_part(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_join(w, s->b, s->room), OK); /* too late for this header */
    first_header(s);
    assert_int_equal(world_outs(w, EVENT_KEYS), 3);
    assert_true(world_at(w, s->host->sock, REPLY_OK) < world_at(w, s->host->sock, EVENT_KEYS));
    const struct out *host = world_out(w, s->host->sock, EVENT_KEYS, 0),
                     *a = world_out(w, s->a->sock, EVENT_KEYS, 0);
    const struct out *b = world_out(w, s->b->sock, EVENT_KEYS, 0);
    assert_int_equal(a->keys.change_count, 2);
    assert_true(view_eq(a->keys.header, s->msg.m.header) && view_eq(a->keys.stage, s->msg.m.stage));
    assert_true(view_eq(host->keys.seal, (struct view){steward_parts[0], SEAL}));
    assert_true(view_eq(a->keys.seal, (struct view){steward_parts[1], SEAL}));
    assert_true(view_eq(a->keys.wrap, (struct view){steward_parts[0], WRAP}));
    assert_int_equal(a->keys.welcome.len, 0);
    assert_int_equal(b->keys.seal.len + b->keys.wrap.len + b->keys.welcome.len,
                     0); /* no slot: the header alone */
    assert_true(view_eq(b->keys.header, s->msg.m.header));
}

static void a_ratchet_welcomes_the_newcomer(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    first_header(s);
    assert_int_equal(world_join(w, s->b, s->room), OK);
    const struct out *o = world_out(w, s->b->sock, REPLY_ROOM_JOIN, 0);
    assert_true(o->join.header.len > 0 && o->join.stage.len == 4 && o->join.gone_count == 0);
    for (size_t i = 0; i < o->join.count; i++) {
        const struct person_info *p = &o->join.people[i];
        assert_int_equal(p->keyed, !id_eq(p->account, s->b->account));
        if (id_eq(p->account, s->a->account)) assert_int_equal(p->slot, 1);
    }
    struct draft *msg = begin(s, s->host, false);
    seat(msg, 2, s->b);
    message_fill(msg, false, false);
    message_stage(msg, 1, host_on_stage);
    assert_int_equal(send_own(s, s->host), OK);
    o = world_out(w, s->b->sock, EVENT_KEYS, 0);
    assert_true(view_eq(o->keys.welcome, (struct view){steward_parts[2], WELCOME}));
    o = world_out(w, s->a->sock, EVENT_KEYS, 0);
    assert_int_equal(o->keys.welcome.len + o->keys.seal.len + o->keys.wrap.len, 0);
}

static void a_leaver_is_gone_until_the_rekey(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    first_header(s);
    struct hash old_leaf = s->a->leaf_hash;
    assert_int_equal(world_simple(w, s->a, COMMAND_ROOM_LEAVE), OK);
    assert_int_equal(world_join(w, s->b, s->room), OK);
    const struct out *o = world_out(w, s->b->sock, REPLY_ROOM_JOIN, 0);
    assert_int_equal(o->join.gone_count, 1);
    assert_int_equal(o->join.gone[0].slot, 1);
    assert_true(o->join.gone[0].filled && hash_eq(o->join.gone[0].leaf, old_leaf));

    assert_int_equal(world_join(w, s->a, s->room), OK); /* back, with a new leaf and no slot */
    assert_false(world_out(w, s->b->sock, EVENT_PERSON, 0)->person.person->keyed);
    struct draft *msg = begin(s, s->host, false);
    seat(msg, 1, s->a);
    message_fill(msg, false, false);
    message_stage(msg, 1, host_on_stage);
    assert_refused(s, ERR_STATE, send_own(s, s->host)); /* a ratchet shuts nobody out */

    msg = begin(s, s->host, true);
    seat(msg, 1, s->b); /* the slot goes to another at once */
    seat(msg, 2, s->a);
    message_fill(msg, true, false);
    message_stage(msg, 1, host_on_stage);
    assert_int_equal(send_own(s, s->host), OK);
    assert_true(
        view_eq(world_out(w, s->b->sock, EVENT_KEYS, 0)->keys.seal, (struct view){steward_parts[1], SEAL}));
}

static void late_news_does_not_spoil_a_header(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    first_header(s);
    assert_int_equal(world_join(w, s->b, s->room), OK);
    struct draft *msg = begin(s, s->host, false);
    seat(msg, 2, s->b);
    message_fill(msg, false, false);
    message_stage(msg, 1, host_on_stage);
    assert_int_equal(world_simple(w, s->a, COMMAND_ROOM_LEAVE), OK); /* while it was made */
    assert_int_equal(send_own(s, s->host), OK);
    assert_int_equal(world_outs(w, EVENT_KEYS), 2);

    msg = begin(s, s->host, true); /* names b, who leaves before it arrives */
    seat(msg, 1, NULL);
    message_fill(msg, true, false);
    message_stage(msg, 1, host_on_stage);
    assert_int_equal(world_simple(w, s->b, COMMAND_ROOM_LEAVE), OK);
    assert_int_equal(send_own(s, s->host), OK);
    assert_int_equal(world_outs(w, EVENT_KEYS), 1);
}

static void forty_people_two_buckets(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct actor *crowd[38];
    for (int i = 0; i < 38; i++) {
        crowd[i] = world_member(w, s->f);
        assert_int_equal(world_join(w, crowd[i], s->room), OK);
    }
    struct draft *msg = begin(s, s->host, true);
    seat(msg, 0, s->host);
    seat(msg, 1, s->a);
    for (uint16_t i = 0; i < 38; i++) seat(msg, (uint16_t)(i + 2), crowd[i]);
    message_fill(msg, true, true);
    message_stage(msg, 1, host_on_stage);
    assert_int_equal(msg->m.wrap_count, 2);
    assert_int_equal(send_own(s, s->host), OK);
    assert_true(view_eq(world_out(w, crowd[35]->sock, EVENT_KEYS, 0)->keys.wrap,
                        (struct view){steward_parts[1], WRAP}));

    assert_int_equal(world_simple(w, crowd[37], COMMAND_ROOM_LEAVE),
                     OK); /* the highest slot: bucket 1 is dirty */
    msg = begin(s, s->host, true);
    seat(msg, 39, NULL);
    message_fill(msg, true, false);
    message_stage(msg, 1, host_on_stage);
    assert_int_equal(msg->m.seal_count, 7);
    size_t seals = msg->m.seal_count;
    msg->m.seal_count = 0;
    assert_refused(s, ERR_MALFORMED, send_own(s, s->host));
    msg->m.seal_count = seals - 1;
    assert_refused(s, ERR_MALFORMED, send_own(s, s->host));
    msg->m.seal_count = seals;
    assert_int_equal(send_own(s, s->host), OK);
    const struct out *o = world_out(w, s->a->sock, EVENT_KEYS, 0); /* the clean bucket: a wrap, no seal */
    assert_true(o->keys.seal.len == 0 && o->keys.wrap.len == WRAP);
    assert_int_equal(world_out(w, crowd[36]->sock, EVENT_KEYS, 0)->keys.seal.len, SEAL);

    msg = begin(s, s->host, true); /* dirty by choice: then completely */
    message_fill(msg, true, true);
    message_stage(msg, 1, host_on_stage);
    msg->m.seal_count--;
    assert_refused(s, ERR_MALFORMED, send_own(s, s->host));
    msg->m.seal_count++;
    assert_int_equal(send_own(s, s->host), OK);

    assert_int_equal(world_join(w, s->host, s->room),
                     OK); /* back with a new leaf: its bucket keys are gone */
    msg = begin(s, s->host, true);
    seat(msg, 0, s->host);
    message_fill(msg, true, false); /* the other bucket did not change, but must be fresh, too */
    message_stage(msg, 1, host_on_stage);
    assert_refused(s, ERR_MALFORMED, send_own(s, s->host));
    msg->h.count = 0;
    msg->m.seal_count = msg->m.wrap_count = 0;
    message_fill(msg, true, true);
    assert_int_equal(send_own(s, s->host), OK);
}

/* ---- who may --------------------------------------------------------------------------------------- */

static void the_first_valid_header_wins(void **state)
{
    struct scene *s = *state;
    first_header(s);
    struct draft *msg = begin(s, s->host, true);
    msg->h.counter = 1;
    message_fill(msg, true, false);
    message_stage(msg, 1, host_on_stage);
    assert_refused(s, ERR_STALE_HEADER, send_own(s, s->host));
    msg->h.counter = 3;
    assert_refused(s, ERR_STALE_HEADER, send_own(s, s->host));
    msg->h.counter = 2;
    assert_int_equal(send_own(s, s->host), OK);
    assert_refused(s, ERR_STALE_HEADER, send_own(s, s->host)); /* the same once more */
}

static void only_stewards(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    first_header(s);
    struct draft *msg = begin(s, s->a, true);
    message_fill(msg, true, true);
    message_stage(msg, 1, host_on_stage);
    assert_refused(s, ERR_FORBIDDEN, send_own(s, s->a)); /* a listener */
    assert_int_equal(world_flag(w, s->a, COMMAND_ROOM_HAND, true), OK);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_BRING, s->a), OK);
    assert_refused(s, ERR_FORBIDDEN, send_own(s, s->a)); /* a speaker, while a moderator is here */
    assert_refused(s, ERR_FORBIDDEN, deliver(s, s->host, s->a->device_seed)); /* in another's name */
    assert_int_equal(world_join(w, s->b, s->room), OK);
    assert_int_equal(world_flag(w, s->b, COMMAND_ROOM_HAND, true), OK);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_BRING, s->b), OK);
    assert_int_equal(world_simple(w, s->host, COMMAND_ROOM_LEAVE), OK);

    const struct stage_entry on_stage[1] = {{1, 1}};
    msg = begin(s, s->b, true); /* a came first */
    seat(msg, 0, s->b);
    message_fill(msg, true, true);
    message_stage(msg, 1, on_stage);
    assert_refused(s, ERR_FORBIDDEN, send_own(s, s->b));

    msg = begin(s, s->a, false);
    seat(msg, 2, s->b);
    message_fill(msg, false, false);
    message_stage(msg, 1, on_stage);
    assert_refused(s, ERR_STATE, send_own(s, s->a)); /* a new steward has no bucket keys: it must rekey */
    msg = begin(s, s->a, true);
    seat(msg, 0, s->b);
    message_fill(msg, true, true);
    message_stage(msg, 1, on_stage);
    assert_int_equal(send_own(s, s->a), OK);
    assert_refused(s, ERR_NOT_IN_ROOM, send_own(s, s->host));
}

/* The sixth moderator by arrival signs nothing before one of the five has left. */
static void so_many_stewards(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct actor *mods[LIMIT_STEWARDS + 1] = {s->host};
    first_header(s);
    for (uint16_t i = 1; i <= LIMIT_STEWARDS; i++) {
        mods[i] = i == 1 ? s->a : world_member(w, s->f);
        if (i > 1) assert_int_equal(world_join(w, mods[i], s->room), OK);
        assert_int_equal(world_role(w, s->host, mods[i], true), OK);
    }
    for (size_t i = LIMIT_STEWARDS - 1; i <= LIMIT_STEWARDS; i++) {
        struct draft *msg = begin(s, mods[i], true);
        for (uint16_t at = 2; at <= LIMIT_STEWARDS && !s->view.table[2].filled; at++) seat(msg, at, mods[at]);
        message_fill(msg, true, true);
        message_stage(msg, 1, host_on_stage);
        if (i == LIMIT_STEWARDS)
            assert_refused(s, ERR_FORBIDDEN, send_own(s, mods[i]));
        else
            assert_int_equal(send_own(s, mods[i]), OK);
    }
    assert_int_equal(world_simple(w, mods[2], COMMAND_ROOM_LEAVE), OK);
    struct draft *msg = begin(s, mods[LIMIT_STEWARDS], true);
    seat(msg, 2, NULL);
    message_fill(msg, true, true);
    message_stage(msg, 1, host_on_stage);
    assert_int_equal(send_own(s, mods[LIMIT_STEWARDS]), OK);
}

static void a_new_steward_makes_every_bucket_fresh(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    first_header(s);
    assert_int_equal(world_simple(w, s->host, COMMAND_ROOM_LEAVE), OK);
    assert_int_equal(rooms_stats(w->r).rooms, 0);
    /* Again, with the host coming back: its new leaf holds nothing. */
    assert_int_equal(world_open(w, s->host, "", NULL, 0, &s->room), OK);
    assert_int_equal(world_join(w, s->host, s->room), OK);
    assert_int_equal(world_join(w, s->a, s->room), OK);
    memset(&s->view, 0, sizeof(s->view));
    first_header(s);
    assert_int_equal(world_join(w, s->host, s->room), OK);
    struct draft *msg = begin(s, s->host, true);
    seat(msg, 0, s->host);
    message_fill(msg, true, true);
    message_stage(msg, 1, host_on_stage);
    msg->m.seal_count = 1;
    assert_refused(s, ERR_MALFORMED, send_own(s, s->host));
    msg->m.seal_count = 2;
    assert_int_equal(send_own(s, s->host), OK);
}

/* ---- every check, broken once ---------------------------------------------------------------------- */

struct breakage {
    const char *name;
    enum err expected;
    void (*apply)(struct scene *s, struct draft *msg);
};

#define BREAK(name, statement)                                                                               \
    static void name(struct scene *s, struct draft *msg)                                                   \
    {                                                                                                        \
        (void)s;                                                                                             \
        statement;                                                                                           \
    }

BREAK(wrong_suite, msg->h.suite = 3)
BREAK(wrong_room, msg->h.room.bytes[0] ^= 1)
BREAK(wrong_steward, msg->h.steward = s->a->account)
BREAK(wrong_device, msg->h.steward_device = s->a->device)
BREAK(wrong_prev, msg->h.prev.bytes[5] ^= 1)
BREAK(wrong_epoch, msg->h.epoch++)
BREAK(same_epoch, msg->h.epoch--)
BREAK(wrong_generation, msg->h.generation = 1)
BREAK(log_too_long, msg->h.log_size++)
BREAK(log_forked, msg->h.log_head.bytes[0] ^= 1)
BREAK(log_older, (msg->h.log_size = 1, msg->h.log_head = s->w.log[0].head))
BREAK(wrong_count, msg->h.count++)
BREAK(wrong_stage_hash, msg->h.stage_hash.bytes[0] ^= 1)
BREAK(stage_cut, (msg->m.stage.len--, msg->h.stage_hash = hash_two("stage", msg->m.stage, (struct view){0})))
BREAK(stage_more, (msg->stage[0] = 0, msg->h.stage_hash = hash_two("stage", msg->m.stage, (struct view){0})))
BREAK(stage_index_0, message_stage(msg, 1, (const struct stage_entry[]){{0, 0}}))
BREAK(stage_index_255, message_stage(msg, 1, (const struct stage_entry[]){{255, 0}}))
BREAK(stage_twice, message_stage(msg, 2, (const struct stage_entry[]){{1, 0}, {2, 0}}))
BREAK(stage_unsorted, message_stage(msg, 2, (const struct stage_entry[]){{2, 0}, {1, 2}}))
BREAK(stage_empty_slot, message_stage(msg, 1, (const struct stage_entry[]){{1, 9}}))
BREAK(stage_listener, message_stage(msg, 1, (const struct stage_entry[]){{1, 2}}))
BREAK(stage_crowd, (memset(msg->stage, 0, sizeof(msg->stage)), msg->stage[0] = LIMIT_STAGE + 1,
                    msg->m.stage.len = 1 + 3 * (LIMIT_STAGE + 1),
                    msg->h.stage_hash = hash_two("stage", msg->m.stage, (struct view){0})))
BREAK(shut_out, (msg->changes[0].slot = 0, msg->changes[0].filled = false))
BREAK(empty_the_empty, (msg->changes[0].slot = 3, msg->changes[0].filled = false))
BREAK(phantom, msg->changes[1].leaf.bytes[0] ^= 1)
BREAK(seat_twice, (msg->changes[2] = msg->changes[1], msg->changes[2].slot = 3, msg->m.change_count = 3))
BREAK(slot_twice, (msg->changes[2] = msg->changes[1], msg->m.change_count = 3))
BREAK(slot_too_high, msg->changes[1].slot = 5)
BREAK(keyed_again, (msg->changes[1].leaf = s->host->leaf_hash))
BREAK(no_seal, msg->m.seal_count--)
BREAK(seal_twice, msg->seals[1] = msg->seals[0])
BREAK(seal_for_nobody, msg->seals[0].slot = 1)
BREAK(seal_far_out, msg->seals[0].slot = 60000)
BREAK(seal_short, msg->seals[0].data.len--)
BREAK(no_wrap, msg->m.wrap_count--)
BREAK(wrap_too_many, (msg->wraps[1] = msg->wraps[0], msg->m.wrap_count++))
BREAK(wrap_short, msg->wraps[0].len--)
BREAK(welcome_in_rekey,
      (msg->welcomes[0] = (struct key_part){0, {steward_parts[0], WELCOME}}, msg->m.welcome_count++))
BREAK(too_many_changes, msg->m.change_count = 2 * LIMIT_PEOPLE_PER_ROOM + 1)

#define ROW(expected, name)                                                                                  \
    {                                                                                                        \
#name, expected, name                                                                                \
    }
static const struct breakage breakages[] = {
    ROW(ERR_UNSUPPORTED, wrong_suite),
    ROW(ERR_NOT_IN_ROOM, wrong_room),
    ROW(ERR_FORBIDDEN, wrong_steward),
    ROW(ERR_FORBIDDEN, wrong_device),
    ROW(ERR_STALE_HEADER, wrong_prev),
    ROW(ERR_STATE, wrong_epoch),
    ROW(ERR_STATE, same_epoch),
    ROW(ERR_STATE, wrong_generation),
    ROW(ERR_STATE, log_too_long),
    ROW(ERR_STATE, log_forked),
    ROW(ERR_STALE_HEADER, log_older),
    ROW(ERR_MALFORMED, wrong_count),
    ROW(ERR_MALFORMED, wrong_stage_hash),
    ROW(ERR_TRUNCATED, stage_cut),
    ROW(ERR_TRAILING, stage_more),
    ROW(ERR_MALFORMED, stage_index_0),
    ROW(ERR_MALFORMED, stage_index_255),
    ROW(ERR_MALFORMED, stage_twice),
    ROW(ERR_MALFORMED, stage_unsorted),
    ROW(ERR_MALFORMED, stage_empty_slot),
    ROW(ERR_STALE_HEADER, stage_listener),
    ROW(ERR_TOO_LARGE, stage_crowd),
    ROW(ERR_FORBIDDEN, shut_out),
    ROW(ERR_MALFORMED, empty_the_empty),
    ROW(ERR_STALE_HEADER, phantom),
    ROW(ERR_STALE_HEADER, seat_twice),
    ROW(ERR_MALFORMED, slot_twice),
    ROW(ERR_MALFORMED, slot_too_high),
    ROW(ERR_STALE_HEADER, keyed_again),
    ROW(ERR_MALFORMED, no_seal),
    ROW(ERR_MALFORMED, seal_twice),
    ROW(ERR_MALFORMED, seal_for_nobody),
    ROW(ERR_MALFORMED, seal_far_out),
    ROW(ERR_MALFORMED, seal_short),
    ROW(ERR_MALFORMED, no_wrap),
    ROW(ERR_MALFORMED, wrap_too_many),
    ROW(ERR_MALFORMED, wrap_short),
    ROW(ERR_MALFORMED, welcome_in_rekey),
    ROW(ERR_TOO_LARGE, too_many_changes),
};

/* A rekey that takes a out of slot 1 and seats b in slot 2. */
static struct draft *good_rekey(struct scene *s)
{
    struct draft *msg = begin(s, s->host, true);
    seat(msg, 1, NULL);
    seat(msg, 2, s->b);
    message_fill(msg, true, false);
    message_stage(msg, 1, host_on_stage);
    return msg;
}

static void every_check_of_a_rekey(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    first_header(s);
    assert_int_equal(world_simple(w, s->a, COMMAND_ROOM_LEAVE), OK);
    assert_int_equal(world_join(w, s->b, s->room), OK);
    for (size_t i = 0; i < sizeof(breakages) / sizeof(*breakages); i++) {
        breakages[i].apply(s, good_rekey(s));
        enum err e = send_own(s, s->host);
        if (e != breakages[i].expected) print_error("%s: %s\n", breakages[i].name, err_code(e));
        assert_refused(s, breakages[i].expected, e);
    }
    good_rekey(s);
    s->msg.h.time_ms++;
    assert_refused(s, ERR_SIGNATURE, deliver(s, s->host, s->a->device_seed));
    good_rekey(s);
    assert_int_equal(send_own(s, s->host), OK); /* and whole, it goes through */
}

static void every_check_of_a_ratchet(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct draft *msg = begin(s, s->host, false);
    seat(msg, 0, s->host);
    message_fill(msg, false, false);
    message_stage(msg, 1, host_on_stage);
    assert_refused(s, ERR_STATE, send_own(s, s->host)); /* a room does not begin with one */
    first_header(s);
    assert_int_equal(world_join(w, s->b, s->room), OK);
    for (int i = 0; i < 7; i++) {
        msg = begin(s, s->host, false);
        seat(msg, 2, s->b);
        message_fill(msg, false, false);
        message_stage(msg, 1, host_on_stage);
        if (i == 0) msg->m.welcome_count = 0;
        if (i == 1) msg->welcomes[0].data.len = SEAL;
        if (i == 2) msg->welcomes[0].slot = 1; /* to one who needs none */
        if (i == 3) msg->welcomes[msg->m.welcome_count++] = (struct key_part){1, {steward_parts[1], WELCOME}};
        if (i == 4) msg->seals[msg->m.seal_count++] = (struct key_part){2, {steward_parts[2], SEAL}};
        if (i == 5) msg->wraps[msg->m.wrap_count++] = (struct view){steward_parts[0], WRAP};
        if (i == 6) break;
        assert_refused(s, ERR_MALFORMED, send_own(s, s->host));
    }
    assert_int_equal(send_own(s, s->host), OK);
    msg = begin(s, s->host, false); /* nobody new: the stage changed */
    message_fill(msg, false, false);
    message_stage(msg, 0, host_on_stage);
    assert_int_equal(send_own(s, s->host), OK);
}

static void a_steward_must_be_on_its_own_list(void **state)
{
    struct scene *s = *state;
    struct draft *msg = begin(s, s->host, true);
    seat(msg, 0, s->a);
    message_fill(msg, true, true);
    message_stage(msg, 0, host_on_stage);
    assert_refused(s, ERR_STALE_HEADER, send_own(s, s->host));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scene_begin, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_rekey_reaches_each_with_their_own_part),
        TEST(a_ratchet_welcomes_the_newcomer),
        TEST(a_leaver_is_gone_until_the_rekey),
        TEST(late_news_does_not_spoil_a_header),
        TEST(forty_people_two_buckets),
        TEST(the_first_valid_header_wins),
        TEST(only_stewards),
        TEST(so_many_stewards),
        TEST(a_new_steward_makes_every_bucket_fresh),
        TEST(every_check_of_a_rekey),
        TEST(every_check_of_a_ratchet),
        TEST(a_steward_must_be_on_its_own_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
