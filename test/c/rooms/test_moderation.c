/* Removals from a room by a signed statement, taking them back, and what moderators look back on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scene.h"

#define ASSERT_TEXT(view, text) assert_true(view_eq((view), view_str(text)))

static enum err submit(struct scene *s, const struct actor *by, const struct view record)
{
    return world_submit(&s->w, by, COMMAND_ROOM_REMOVE, record.ptr, record.len);
}

static void the_statement_is_told_to_the_room(void **state)
{
    struct scene *s = *state;
    uint8_t record[LIMIT_RECORD_BYTES];
    size_t len = world_room_ban(&s->w, s->host, s->a, SCOPE_EVENING, record);
    uint64_t before = rooms_stats(s->w.r).log_size;
    assert_int_equal(submit(s, s->host, (struct view){record, len}), OK);
    const struct out *o = world_out(&s->w, s->b->sock, EVENT_LEFT, 0);
    assert_int_equal(o->left.why, LEFT_REMOVED);
    assert_true(view_eq(o->left.record, (struct view){record, len}));
    assert_int_equal(rooms_stats(s->w.r).log_size, before); /* and goes nowhere else */
    assert_int_equal(world_effects(&s->w, EFFECT_STORE), 0);
    assert_int_equal(world_simple(&s->w, s->b, COMMAND_ROOM_LEAVE), OK);
    assert_int_equal(world_out(&s->w, s->host->sock, EVENT_LEFT, 0)->left.record.len, 0);
}

static void a_statement_that_proves_nothing(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    uint8_t record[LIMIT_RECORD_BYTES];
    size_t len = world_room_ban(w, s->host, s->a, SCOPE_EVENING, record);
    for (size_t i = 0; i < len; i++) { /* not one byte may differ */
        record[i] ^= 0x10;
        assert_int_not_equal(submit(s, s->host, (struct view){record, len}), OK);
        record[i] ^= 0x10;
    }
    assert_int_not_equal(submit(s, s->host, (struct view){record, len - 1}), OK);
    assert_int_equal(submit(s, s->f, (struct view){record, len}), ERR_NOT_IN_ROOM);
    assert_int_equal(world_join(w, s->f, s->room), OK);
    assert_int_equal(submit(s, s->f, (struct view){record, len}), ERR_FORBIDDEN); /* another's words */

    struct id elsewhere; /* a statement about another room of the same host */
    assert_int_equal(world_open(w, s->host, "", NULL, 0, &elsewhere), OK);
    struct actor mistaken = *s->host;
    mistaken.room = elsewhere;
    len = world_room_ban(w, &mistaken, s->a, SCOPE_EVENING, record);
    assert_int_equal(submit(s, s->host, (struct view){record, len}), ERR_NOT_IN_ROOM);
    len = world_record(w, RECORD_BAN, s->host, s->a->account, NULL, record); /* another kind */
    assert_int_equal(submit(s, s->host, (struct view){record, len}), ERR_MALFORMED);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_REMOVE, s->a), OK); /* the right one still works */
}

static void taken_back(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_READMIT, s->a), ERR_NOT_FOUND);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_REMOVE, s->a), OK);
    assert_int_equal(world_join(w, s->a, s->room), ERR_REMOVED);
    assert_int_equal(world_person(w, s->b, COMMAND_ROOM_READMIT, s->a), ERR_FORBIDDEN);
    assert_int_equal(world_person(w, s->a, COMMAND_ROOM_READMIT, s->a), ERR_NOT_IN_ROOM);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_READMIT, s->a), OK);
    assert_int_equal(world_join(w, s->a, s->room), OK);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_REMOVE, s->a), OK); /* and again */
    assert_int_equal(world_join(w, s->a, s->room), ERR_REMOVED);

    /* What the founder decided, the host does not take back. */
    assert_int_equal(world_join(w, s->f, s->room), OK);
    assert_int_equal(world_person(w, s->f, COMMAND_ROOM_REMOVE, s->b), OK);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_READMIT, s->b), ERR_FORBIDDEN);
    assert_int_equal(world_person(w, s->f, COMMAND_ROOM_READMIT, s->a), OK); /* the other way it goes */
    assert_int_equal(world_person(w, s->f, COMMAND_ROOM_READMIT, s->b), OK);
}

static void whoever_left_can_still_be_removed(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_simple(w, s->a, COMMAND_ROOM_LEAVE), OK);
    assert_int_equal(world_person(w, s->b, COMMAND_ROOM_REMOVE, s->a), ERR_FORBIDDEN);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_REMOVE, s->f), ERR_NOT_FOUND); /* never was here */
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_REMOVE, s->a), OK);
    assert_int_equal(world_outs(w, EVENT_LEFT), 0);
    assert_int_equal(world_join(w, s->a, s->room), ERR_REMOVED);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_REMOVE, s->a), ERR_STATE); /* once is enough */
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_READMIT, s->a), OK);
    assert_int_equal(world_join(w, s->a, s->room), OK);
    assert_int_equal(world_join(w, s->f, s->room), OK);
    assert_int_equal(world_simple(w, s->f, COMMAND_ROOM_LEAVE), OK);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_REMOVE, s->f), ERR_FORBIDDEN); /* ranks hold */

    assert_int_equal(world_simple(w, s->b, COMMAND_ROOM_LEAVE), OK);
    uint8_t record[LIMIT_RECORD_BYTES];
    size_t len = world_room_ban(w, s->host, s->b, SCOPE_FOR_GOOD, record);
    assert_int_equal(submit(s, s->host, (struct view){record, len}), OK);
    assert_int_equal(world_join(w, s->b, s->room), ERR_REMOVED);
}

static void an_evening_ends_with_the_room(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_REMOVE, s->a), OK);
    assert_int_equal(world_simple(w, s->host, COMMAND_ROOM_END), OK);
    assert_int_equal(world_open(w, s->host, "", NULL, 0, &s->room), OK);
    assert_int_equal(world_join(w, s->host, s->room), OK);
    assert_int_equal(world_join(w, s->a, s->room), OK);
}

/* Out of every room that this host opens, over and over, until it is taken back. */
static void for_good(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    uint8_t record[LIMIT_RECORD_BYTES];
    uint64_t before = rooms_stats(w->r).log_size;
    size_t len = world_room_ban(w, s->host, s->a, SCOPE_FOR_GOOD, record);
    w->hold_store = true;
    assert_int_equal(submit(s, s->host, (struct view){record, len}), OK);
    assert_int_equal(world_outs(w, EVENT_LEFT), 0); /* not before it is stored */
    w->effect_count = 0;
    world_stored(w, OK);
    w->hold_store = false;
    assert_int_equal(rooms_stats(w->r).log_size, before + 1);
    const struct out *o = world_out(w, s->b->sock, EVENT_LEFT, 0);
    assert_int_equal(o->left.why, LEFT_REMOVED);
    assert_true(view_eq(o->left.record, (struct view){record, len}));
    assert_int_equal(world_out(w, s->a->sock, EVENT_OUT, 0)->out.why, LEFT_REMOVED);
    assert_int_equal(world_join(w, s->a, s->room), ERR_REMOVED);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_READMIT, s->a),
                     ERR_NOT_FOUND); /* no evening's affair */

    assert_int_equal(world_simple(w, s->host, COMMAND_ROOM_END), OK);
    assert_int_equal(world_open(w, s->host, "", NULL, 0, &s->room), OK);
    assert_int_equal(world_join(w, s->host, s->room), OK);
    assert_int_equal(world_join(w, s->a, s->room), ERR_REMOVED);
    struct id other;
    assert_int_equal(world_open(w, s->f, "", NULL, 0, &other), OK);
    assert_int_equal(world_join(w, s->f, other), OK);
    assert_int_equal(world_join(w, s->a, other), OK); /* another host's is another matter */

    struct record unban = {.type = RECORD_ROOM_UNBAN, .host = s->host->account};
    unban.target = s->a->account;
    assert_int_equal(world_append(w, s->host, &unban, NULL), OK);
    assert_int_equal(world_join(w, s->a, s->room), OK);
}

static void nobody_is_removed_for_good_by_an_inferior(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_remove(w, s->a, s->b, SCOPE_FOR_GOOD), ERR_FORBIDDEN);
    assert_int_equal(world_remove(w, s->a, s->host, SCOPE_FOR_GOOD), ERR_FORBIDDEN);
    assert_int_equal(world_join(w, s->f, s->room), OK);
    assert_int_equal(world_remove(w, s->host, s->f, SCOPE_FOR_GOOD), ERR_FORBIDDEN);
    uint8_t record[LIMIT_RECORD_BYTES]; /* nor by another road */
    size_t len = world_room_ban(w, s->host, s->a, SCOPE_FOR_GOOD, record);
    assert_int_equal(world_submit(w, s->host, COMMAND_LOG_APPEND, record, len), ERR_MALFORMED);
}

static void so_many_need_a_second_admin(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct actor *guests[LIMIT_REMOVALS_PER_MINUTE + 1];
    for (size_t i = 0; i <= LIMIT_REMOVALS_PER_MINUTE; i++) {
        guests[i] = world_member(w, s->f);
        assert_int_equal(world_join(w, guests[i], s->room), OK);
    }
    for (size_t i = 0; i < LIMIT_REMOVALS_PER_MINUTE; i++) /* evenings and for good count together */
        assert_int_equal(world_remove(w, s->host, guests[i], i % 2 ? SCOPE_FOR_GOOD : SCOPE_EVENING), OK);
    for (uint8_t scope = SCOPE_EVENING; scope <= SCOPE_FOR_GOOD; scope++) {
        assert_int_equal(world_remove(w, s->host, guests[LIMIT_REMOVALS_PER_MINUTE], scope), ERR_SECOND);
        const struct out *o = world_out(w, s->f->sock, EVENT_MOD_ASK, 0);
        assert_non_null(o);
        assert_true(id_eq(o->mod_ask.by, s->host->account));
        assert_string_equal(o->mod_ask.kind, "room-ban");
        assert_true(world_out(w, s->host->sock, REPLY_ERROR, 0)->error.retry_after_ms > 0);
    }
    assert_int_equal(world_join(w, s->f, s->room), OK); /* who was asked does it */
    assert_int_equal(world_remove(w, s->f, guests[LIMIT_REMOVALS_PER_MINUTE], SCOPE_EVENING), OK);
    world_tick(w, 60000);
    assert_int_equal(world_remove(w, s->host, s->a, SCOPE_EVENING), OK);
}

/* ---- looking back ---------------------------------------------------------------------------------- */

static const struct out *list(struct scene *s, const struct actor *who)
{
    assert_int_equal(world_simple(&s->w, who, COMMAND_MOD_LIST), OK);
    return world_out(&s->w, who->sock, REPLY_MOD, 0);
}

static void newest_first_with_what_was_undone(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_ban(w, s->f, s->b), OK);
    w->now += 1000;
    assert_int_equal(world_unban(w, s->f, s->b), OK);
    w->now += 1000;
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_REMOVE, s->a), OK);
    w->now += 1000;
    assert_int_equal(world_ban(w, s->f, s->b), OK);
    const struct out *o = list(s, s->f);
    assert_int_equal(o->mod.count, 4);
    const struct mod_info *m = o->mod.list;
    assert_string_equal(m[0].kind, "ban");
    assert_false(m[0].undone); /* the second ban stands */
    assert_string_equal(m[1].kind, "room-ban");
    assert_true(m[1].evening && !m[1].stored);
    ASSERT_TEXT(m[1].room, "Talk");
    ASSERT_TEXT(m[1].by_name, s->host->name);
    ASSERT_TEXT(m[1].target_name, s->a->name);
    assert_string_equal(m[2].kind, "unban");
    assert_string_equal(m[3].kind, "ban");
    assert_true(m[3].undone && m[3].stored);
    assert_true(id_eq(m[3].by, s->f->account) && id_eq(m[3].target, s->b->account));
    assert_true(m[3].n < m[2].n && m[2].n < m[0].n);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_READMIT, s->a), OK);
    assert_true(list(s, s->f)->mod.list[1].undone);
}

static void moderators_see_their_room_alone(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct actor *other = world_member(w, s->f), *guest = world_member(w, s->f);
    struct id room;
    assert_int_equal(world_open(w, other, "", NULL, 0, &room), OK);
    assert_int_equal(world_join(w, other, room), OK);
    assert_int_equal(world_join(w, guest, room), OK);
    assert_int_equal(world_person(w, other, COMMAND_ROOM_REMOVE, guest), OK);
    assert_int_equal(world_ban(w, s->f, s->b), OK);
    assert_int_equal(list(s, s->host)->mod.count, 0); /* neither the ban nor the other room */
    assert_int_equal(list(s, other)->mod.count, 1);
    assert_int_equal(list(s, s->f)->mod.count, 2);
    assert_int_equal(world_simple(w, s->a, COMMAND_MOD_LIST), ERR_FORBIDDEN);
    assert_int_equal(world_simple(w, guest, COMMAND_MOD_LIST), ERR_FORBIDDEN);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_full, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_statement_is_told_to_the_room),
        TEST(a_statement_that_proves_nothing),
        TEST(taken_back),
        TEST(whoever_left_can_still_be_removed),
        TEST(an_evening_ends_with_the_room),
        TEST(for_good),
        TEST(so_many_need_a_second_admin),
        TEST(nobody_is_removed_for_good_by_an_inferior),
        TEST(newest_first_with_what_was_undone),
        TEST(moderators_see_their_room_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
