/* Chat, reactions, notes and the pinned line: who may, how large, how often, who hears of it, and what is
 * kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scene.h"

enum { SMALL = LIMIT_TALK_SMALL_BYTES };

static uint8_t bytes[LIMIT_TALK_BYTES + 1];

/* Sealed under the header with this counter: the rules look at nothing behind it. */
static enum err talk_under(struct scene *s, const struct actor *from, enum command_kind kind, size_t len,
                           uint32_t counter)
{
    struct command c = {.kind = kind, .sock = from->sock, .request = 1};
    struct writer w = writer_init(bytes, 5);
    write_u8(&w, 1);
    write_u32(&w, counter);
    c.talk.room = s->room;
    c.talk.data = (struct view){bytes, len};
    return world_apply(&s->w, &c);
}

static enum err talk(struct scene *s, const struct actor *from, enum command_kind kind, size_t len)
{
    return talk_under(s, from, kind, len, s->view.last.counter);
}

static enum err say(struct scene *s, const struct actor *from)
{
    return talk(s, from, COMMAND_ROOM_SAY, SMALL + 256);
}

static enum err react(struct scene *s, const struct actor *from)
{
    return talk(s, from, COMMAND_ROOM_REACT, SMALL);
}

static enum err pin(struct scene *s, const struct actor *from, bool again)
{
    struct command c = {.kind = COMMAND_ROOM_PIN, .sock = from->sock, .request = 1};
    struct writer w = writer_init(bytes, 5);
    write_u8(&w, 1);
    write_u32(&w, s->view.last.counter);
    c.talk.room = s->room;
    c.talk.data = (struct view){bytes, SMALL};
    c.talk.again = again;
    return world_apply(&s->w, &c);
}

static enum err silence(struct scene *s, const struct actor *by, const struct actor *who, bool on)
{
    struct command c = {.kind = COMMAND_ROOM_SILENCE, .sock = by->sock, .request = 1};
    c.silence.account = who->account;
    c.silence.on = on;
    return world_apply(&s->w, &c);
}

static void seat_next(struct scene *s, uint16_t slot, const struct actor *who)
{
    struct draft *msg = begin(s, s->host, false);
    seat(msg, slot, who);
    message_fill(msg, false, true);
    message_stage(msg, 1, host_on_stage);
    assert_int_equal(send_own(s, s->host), OK);
}

static void a_line_reaches_the_others(void **state)
{
    struct scene *s = *state;
    first_header(s);
    static const enum command_kind kinds[] = {COMMAND_ROOM_SAY, COMMAND_ROOM_NOTE};
    static const enum out_kind events[] = {EVENT_SAY, EVENT_NOTE};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(talk(s, s->a, kinds[i], LIMIT_TALK_BYTES), OK);
        assert_int_equal(world_outs(&s->w, events[i]), 1);
        const struct out *o = world_out(&s->w, s->host->sock, events[i], 0);
        assert_true(id_eq(o->live.account, s->a->account) && id_eq(o->live.room, s->room));
        assert_int_equal(o->live.data.len, LIMIT_TALK_BYTES);
        assert_memory_equal(o->live.data.ptr, bytes, LIMIT_TALK_BYTES);
        assert_int_equal(world_outs(&s->w, REPLY_OK), 1);
    }
    assert_int_equal(world_join(&s->w, s->b, s->room), OK); /* nothing of it was kept */
    assert_int_equal(world_outs(&s->w, EVENT_SAY) + world_outs(&s->w, EVENT_NOTE), 0);
}

static void what_is_not_sealed_is_refused(void **state)
{
    struct scene *s = *state;
    assert_refused(s, ERR_STALE_HEADER, talk_under(s, s->a, COMMAND_ROOM_SAY, SMALL, 1)); /* no key yet */
    first_header(s);
    static const enum command_kind kinds[] = {COMMAND_ROOM_SAY, COMMAND_ROOM_NOTE, COMMAND_ROOM_REACT,
                                              COMMAND_ROOM_PIN};
    static const size_t sizes[] = {5, SMALL - 1, SMALL + 1, SMALL + 255, SMALL + 257, LIMIT_TALK_BYTES - 1};
    for (size_t k = 0; k < 4; k++) {
        for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
            assert_refused(s, ERR_MALFORMED, talk(s, s->host, kinds[k], sizes[i]));
        assert_refused(s, ERR_TRUNCATED, talk(s, s->host, kinds[k], 4));
        assert_refused(s, ERR_MALFORMED, talk(s, s->host, kinds[k], LIMIT_TALK_BYTES + 1));
        assert_refused(s, ERR_STALE_HEADER, talk_under(s, s->host, kinds[k], SMALL, 0));
        assert_refused(s, ERR_STALE_HEADER, talk_under(s, s->host, kinds[k], SMALL, 2));
        assert_refused(s, ERR_NOT_IN_ROOM, talk(s, s->b, kinds[k], SMALL));
        struct command c = {.kind = kinds[k], .sock = s->host->sock, .request = 1};
        c.talk.room = s->room;
        c.talk.data = (struct view){bytes, SMALL};
        bytes[0] = 2;
        assert_refused(s, ERR_UNSUPPORTED, world_apply(&s->w, &c));
        bytes[0] = 1;
        c.talk.room.bytes[0] ^= 1;
        assert_refused(s, ERR_NOT_IN_ROOM, world_apply(&s->w, &c));
    }
    assert_refused(s, ERR_TOO_LARGE, talk(s, s->a, COMMAND_ROOM_REACT, SMALL + 256));
}

static void the_last_three_keys_are_good(void **state)
{
    struct scene *s = *state;
    first_header(s);
    for (int i = 0; i < 3; i++) {
        message_fill(begin(s, s->host, false), false, false);
        message_stage(&s->msg, 1, host_on_stage);
        assert_int_equal(send_own(s, s->host), OK);
    }
    assert_int_equal(talk_under(s, s->a, COMMAND_ROOM_SAY, SMALL, 4), OK);
    assert_int_equal(talk_under(s, s->a, COMMAND_ROOM_SAY, SMALL, 2), OK);
    assert_refused(s, ERR_STALE_HEADER, talk_under(s, s->a, COMMAND_ROOM_SAY, SMALL, 1));
}

/* ---- pace ------------------------------------------------------------------------------------------ */

static void assert_wait(struct scene *s, uint32_t ms, enum err e)
{
    assert_refused(s, ERR_RATE, e);
    assert_int_equal(s->w.effects[0].send.error.retry_after_ms, ms);
}

static void chat_has_a_pace(void **state)
{
    struct scene *s = *state;
    first_header(s);
    for (int i = 0; i < 1 + LIMIT_SAY_SPARE; i++) assert_int_equal(say(s, s->a), OK);
    assert_wait(s, LIMIT_SAY_MS, say(s, s->a));
    assert_int_equal(say(s, s->host), OK); /* somebody else may go on */
    world_tick(&s->w, LIMIT_SAY_MS - 1);
    assert_wait(s, 1, say(s, s->a));
    world_tick(&s->w, 1);
    assert_int_equal(say(s, s->a), OK);
    assert_wait(s, LIMIT_SAY_MS, say(s, s->a));
}

/* A crowd of which each keeps to the pace of one. */
static void the_room_has_a_pace(void **state)
{
    struct scene *s = *state;
    enum { CROWD = 6 };
    first_header(s);
    struct actor *crowd[CROWD];
    for (int i = 0; i < CROWD; i++) {
        crowd[i] = world_member(&s->w, s->f);
        assert_int_equal(world_join(&s->w, crowd[i], s->room), OK);
    }
    for (int i = 0; i < 1 + LIMIT_ROOM_SAY_SPARE; i++) assert_int_equal(say(s, crowd[i % CROWD]), OK);
    assert_wait(s, LIMIT_ROOM_SAY_MS, say(s, crowd[CROWD - 1]));
    assert_wait(s, LIMIT_ROOM_SAY_MS, talk(s, crowd[0], COMMAND_ROOM_NOTE, SMALL));
    assert_int_equal(talk(s, s->host, COMMAND_ROOM_NOTE, SMALL), OK); /* who is on stage is always heard */
    world_tick(&s->w, LIMIT_ROOM_SAY_MS);
    assert_int_equal(talk(s, crowd[0], COMMAND_ROOM_NOTE, SMALL), OK);
    assert_wait(s, LIMIT_ROOM_SAY_MS, say(s, crowd[CROWD - 1]));
}

static void notes_and_pins_have_a_pace(void **state)
{
    struct scene *s = *state;
    first_header(s);
    for (int i = 0; i < 1 + LIMIT_NOTE_SPARE; i++)
        assert_int_equal(talk(s, s->host, COMMAND_ROOM_NOTE, SMALL), OK);
    assert_wait(s, LIMIT_NOTE_MS, talk(s, s->host, COMMAND_ROOM_NOTE, SMALL));
    for (int i = 0; i < 1 + LIMIT_PIN_SPARE; i++) assert_int_equal(pin(s, s->host, false), OK);
    assert_wait(s, LIMIT_PIN_MS, pin(s, s->host, false));
    world_tick(&s->w, LIMIT_PIN_MS);
    assert_int_equal(pin(s, s->host, false), OK);
}

/* ---- reactions ------------------------------------------------------------------------------------- */

static void reactions_go_out_together(void **state)
{
    struct scene *s = *state;
    first_header(s);
    world_tick(&s->w, LIMIT_REACT_BATCH_MS);
    bytes[SMALL - 1] = 7;
    assert_int_equal(react(s, s->a), OK); /* the first at once, and to its sender too */
    assert_int_equal(world_outs(&s->w, EVENT_REACT), 2);
    const struct out *o = world_out(&s->w, s->host->sock, EVENT_REACT, 0);
    assert_int_equal(o->react.count, 1);
    assert_true(id_eq(o->react.list[0].account, s->a->account) && id_eq(o->react.room, s->room));
    assert_memory_equal(o->react.list[0].data, bytes, SMALL);
    assert_int_equal(react(s, s->a), OK);
    assert_int_equal(world_outs(&s->w, EVENT_REACT), 0);
    assert_int_equal(react(s, s->host), OK);
    world_tick(&s->w, LIMIT_REACT_BATCH_MS - 1);
    assert_int_equal(world_outs(&s->w, EVENT_REACT), 0);
    world_tick(&s->w, 1);
    assert_int_equal(world_outs(&s->w, EVENT_REACT), 2);
    o = world_out(&s->w, s->a->sock, EVENT_REACT, 0);
    assert_int_equal(o->react.count, 2);
    assert_true(id_eq(o->react.list[1].account, s->host->account));
    world_tick(&s->w, LIMIT_REACT_BATCH_MS);
    assert_int_equal(world_outs(&s->w, EVENT_REACT), 0);
    bytes[SMALL - 1] = 0;
}

/* Reactions that went out to the host with the last call. */
static size_t told(const struct scene *s)
{
    const struct out *o = world_out(&s->w, s->host->sock, EVENT_REACT, 0);
    return o ? o->react.count : 0;
}

/* A hundred a second by one, then by a crowd: what goes out stays bounded. */
static void reactions_are_bounded(void **state)
{
    struct scene *s = *state;
    first_header(s);
    int taken = 0;
    size_t seen = 0;
    for (int i = 0; i < 100; i++) {
        taken += react(s, s->a) == OK;
        seen += told(s);
        world_tick(&s->w, 10);
        seen += told(s);
    }
    world_tick(&s->w, LIMIT_REACT_BATCH_MS);
    assert_int_equal(seen + told(s), taken);
    assert_int_equal(taken, 1 + LIMIT_REACT_SPARE + (1000 - 10) / LIMIT_REACT_MS);
    world_tick(&s->w, 10000);
    assert_int_equal(react(s, s->a), OK); /* goes out at once */
    struct actor *crowd[LIMIT_REACTIONS + 1];
    for (int i = 0; i <= LIMIT_REACTIONS; i++) {
        crowd[i] = world_member(&s->w, s->f);
        assert_int_equal(world_join(&s->w, crowd[i], s->room), OK);
    }
    for (int i = 0; i < LIMIT_REACTIONS; i++) assert_int_equal(react(s, crowd[i]), OK);
    assert_wait(s, LIMIT_REACT_BATCH_MS, react(s, crowd[LIMIT_REACTIONS]));
    world_tick(&s->w, LIMIT_REACT_BATCH_MS);
    assert_int_equal(world_out(&s->w, s->host->sock, EVENT_REACT, 0)->react.count, LIMIT_REACTIONS);
    assert_int_equal(react(s, crowd[LIMIT_REACTIONS]), OK);
}

static void a_room_ends_with_reactions_waiting(void **state)
{
    struct scene *s = *state;
    first_header(s);
    world_tick(&s->w, LIMIT_REACT_BATCH_MS);
    assert_int_equal(react(s, s->a), OK);
    assert_int_equal(react(s, s->a), OK);
    assert_int_equal(world_simple(&s->w, s->host, COMMAND_ROOM_END), OK);
    world_tick(&s->w, LIMIT_REACT_BATCH_MS);
    assert_int_equal(world_outs(&s->w, EVENT_REACT), 0);
}

/* ---- silence --------------------------------------------------------------------------------------- */

static void silence_holds_until_taken_back(void **state)
{
    struct scene *s = *state;
    first_header(s);
    assert_int_equal(silence(s, s->host, s->a, true), OK);
    const struct out *o = world_out(&s->w, s->a->sock, EVENT_PERSON, 0);
    assert_true(o->person.person->silent); /* one is told, not left to wonder */
    assert_refused(s, ERR_SILENCED, say(s, s->a));
    assert_refused(s, ERR_SILENCED, react(s, s->a));
    assert_int_equal(talk(s, s->a, COMMAND_ROOM_NOTE, SMALL), OK); /* may still take back what it wrote */
    assert_int_equal(silence(s, s->host, s->a, true), OK);         /* again: no news */
    assert_int_equal(world_outs(&s->w, EVENT_PERSON), 0);
    assert_int_equal(world_simple(&s->w, s->a, COMMAND_ROOM_LEAVE), OK);
    assert_int_equal(world_join(&s->w, s->a, s->room), OK);
    assert_refused(s, ERR_SILENCED, say(s, s->a)); /* leaving does not help */
    assert_int_equal(silence(s, s->host, s->a, false), OK);
    assert_false(world_out(&s->w, s->a->sock, EVENT_PERSON, 0)->person.person->silent);
    assert_int_equal(say(s, s->a), OK);
    assert_int_equal(world_simple(&s->w, s->a, COMMAND_ROOM_LEAVE), OK);
    assert_int_equal(world_join(&s->w, s->a, s->room), OK);
    assert_int_equal(say(s, s->a), OK);
}

static void who_may_silence(void **state)
{
    struct scene *s = *state;
    first_header(s);
    assert_refused(s, ERR_FORBIDDEN, silence(s, s->a, s->host, true));
    assert_refused(s, ERR_FORBIDDEN, silence(s, s->host, s->host, true));
    assert_refused(s, ERR_NOT_FOUND, silence(s, s->host, s->b, true));
    assert_refused(s, ERR_NOT_IN_ROOM, silence(s, s->b, s->a, true));
    assert_int_equal(world_join(&s->w, s->f, s->room), OK);
    assert_refused(s, ERR_FORBIDDEN, silence(s, s->host, s->f, true));
    assert_int_equal(silence(s, s->f, s->host, true), OK);
}

static void silences_are_bounded(void **state)
{
    struct scene *s = *state;
    struct actor *one = NULL;
    for (int i = 0; i < LIMIT_SILENCED; i++) {
        one = world_member(&s->w, s->f);
        assert_int_equal(world_join(&s->w, one, s->room), OK);
        assert_int_equal(silence(s, s->host, one, true), OK);
    }
    assert_refused(s, ERR_FULL, silence(s, s->host, s->a, true));
    assert_int_equal(silence(s, s->host, one, false), OK);
    assert_int_equal(silence(s, s->host, s->a, true), OK);
}

/* ---- the pinned line ------------------------------------------------------------------------------- */

static void a_pinned_line_reaches_newcomers_once(void **state)
{
    struct scene *s = *state;
    first_header(s);
    assert_int_equal(pin(s, s->host, false), OK);
    assert_int_equal(world_outs(&s->w, EVENT_PIN), 1);
    assert_true(id_eq(world_out(&s->w, s->a->sock, EVENT_PIN, 0)->live.account, s->host->account));
    assert_int_equal(world_join(&s->w, s->b, s->room), OK);
    assert_int_equal(pin(s, s->host, true), OK); /* b has no key yet, a has the line */
    assert_int_equal(world_outs(&s->w, EVENT_PIN), 0);
    seat_next(s, 2, s->b);
    assert_int_equal(pin(s, s->host, true), OK);
    assert_int_equal(world_outs(&s->w, EVENT_PIN), 1);
    assert_non_null(world_out(&s->w, s->b->sock, EVENT_PIN, 0));
    assert_int_equal(pin(s, s->host, true), OK);
    assert_int_equal(world_outs(&s->w, EVENT_PIN), 0);
    assert_int_equal(pin(s, s->host, false), OK); /* another line: all of them */
    assert_int_equal(world_outs(&s->w, EVENT_PIN), 2);
}

static void who_may_pin(void **state)
{
    struct scene *s = *state;
    first_header(s);
    assert_refused(s, ERR_FORBIDDEN, pin(s, s->a, false));
    assert_refused(s, ERR_FORBIDDEN, pin(s, s->a, true));
    assert_int_equal(world_flag(&s->w, s->a, COMMAND_ROOM_HAND, true), OK);
    assert_int_equal(world_person(&s->w, s->host, COMMAND_ROOM_BRING, s->a), OK);
    assert_refused(s, ERR_FORBIDDEN, pin(s, s->a, true)); /* the host is the steward */
    assert_int_equal(world_simple(&s->w, s->host, COMMAND_ROOM_LEAVE), OK);
    assert_int_equal(pin(s, s->a, true), OK); /* nobody moderates: the first on stage keeps the line alive */
    assert_refused(s, ERR_FORBIDDEN, pin(s, s->a, false));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scene_begin, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_line_reaches_the_others),
        TEST(what_is_not_sealed_is_refused),
        TEST(the_last_three_keys_are_good),
        TEST(chat_has_a_pace),
        TEST(the_room_has_a_pace),
        TEST(notes_and_pins_have_a_pace),
        TEST(reactions_go_out_together),
        TEST(reactions_are_bounded),
        TEST(a_room_ends_with_reactions_waiting),
        TEST(silence_holds_until_taken_back),
        TEST(who_may_silence),
        TEST(silences_are_bounded),
        TEST(a_pinned_line_reaches_newcomers_once),
        TEST(who_may_pin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
