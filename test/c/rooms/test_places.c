/* The server ends, at any moment, and begins again: rooms that live are there, and who had a place in one has
 * it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rooms/state.h"
#include "world.h"

struct scene { /* a host who opened a room, a moderator on stage, somebody with a hand up, a listener, one
                  outside */
    struct world w;
    struct actor *f, *host, *mod, *hand, *ear, *out;
    struct id room;
};

static int setup(void **state)
{
    struct scene *s = calloc(1, sizeof(*s));
    struct world *w = &s->w;
    world_init(w);
    s->f = world_founder(w);
    struct actor **const people[] = {&s->host, &s->mod, &s->hand, &s->ear, &s->out};
    for (size_t i = 0; i < 5; i++) *people[i] = world_member(w, s->f);
    assert_int_equal(world_open(w, s->host, "Talk", NULL, 0, &s->room), OK);
    for (size_t i = 0; i < 4; i++) assert_int_equal(world_join(w, *people[i], s->room), OK);
    assert_int_equal(world_role(w, s->host, s->mod, true), OK);
    assert_int_equal(world_flag(w, s->mod, COMMAND_ROOM_HAND, true), OK);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_BRING, s->mod), OK);
    w->now += 1000;
    assert_int_equal(world_flag(w, s->hand, COMMAND_ROOM_HAND, true), OK);
    *state = s;
    return 0;
}

static void settle(struct scene *s)
{
    world_tick(&s->w, LIMIT_KEPT_MS);
}

static void come(struct scene *s, struct actor *a)
{
    static const struct hash none;
    assert_int_equal(world_connect(&s->w, a), OK);
    assert_int_equal(world_hello(&s->w, a, 0, none), OK);
}

static struct person_info back(struct scene *s, struct actor *a)
{
    struct person_info me = {0};
    come(s, a);
    assert_int_equal(world_join(&s->w, a, s->room), OK);
    const struct out *o = world_out(&s->w, a->sock, REPLY_ROOM_JOIN, 0);
    for (size_t i = 0; i < o->join.count; i++)
        if (id_eq(o->join.people[i].account, a->account)) me = o->join.people[i];
    return me;
}

static void restart(struct scene *s)
{
    settle(s);
    world_restart(&s->w);
    world_tick(&s->w, 1000);
    assert_int_equal(rooms_stats(s->w.r).rooms, 1);
    assert_int_equal(rooms_stats(s->w.r).people, 0);
}

static void everybody_has_the_place_they_had(void **state)
{
    struct scene *s = *state;
    uint64_t up = s->w.now;
    restart(s);
    struct person_info ear = back(s, s->ear), hand = back(s, s->hand), host = back(s, s->host),
                       mod = back(s, s->mod);
    assert_true(host.role == ROLE_MODERATOR && host.on_stage && host.muted && host.order == 1);
    assert_true(mod.role == ROLE_MODERATOR && mod.on_stage && mod.order == 2);
    assert_true(hand.role == ROLE_LISTENER && !hand.on_stage && hand.order == 3 && hand.hand_ms == up);
    assert_true(ear.role == ROLE_LISTENER && !ear.on_stage && ear.order > 4); /* nothing was kept of it */
    /* And the room goes on as any other. */
    assert_int_equal(world_person(&s->w, s->mod, COMMAND_ROOM_BRING, s->hand), OK);
    assert_int_equal(world_simple(&s->w, s->host, COMMAND_ROOM_END), OK);
    settle(s);
    assert_int_equal(s->w.kept_count, 0);
}

static void a_place_is_taken_once(void **state)
{
    struct scene *s = *state;
    restart(s);
    assert_true(back(s, s->host).on_stage);
    assert_true(back(s, s->mod).on_stage);
    assert_int_equal(world_simple(&s->w, s->mod, COMMAND_ROOM_LEAVE), OK);
    assert_int_equal(world_join(&s->w, s->mod, s->room), OK);
    const struct out *o = world_out(&s->w, s->mod->sock, REPLY_ROOM_JOIN, 0);
    for (size_t i = 0; i < o->join.count; i++)
        if (id_eq(o->join.people[i].account, s->mod->account)) assert_false(o->join.people[i].on_stage);
}

static void who_does_not_come_loses_the_place(void **state)
{
    struct scene *s = *state;
    restart(s);
    assert_true(back(s, s->host).on_stage);
    world_tick(&s->w, LIMIT_RESUME_MS);
    struct person_info mod = back(s, s->mod);
    assert_true(mod.role == ROLE_LISTENER && !mod.on_stage);
}

static void a_room_waits_for_its_stage_and_no_longer(void **state)
{
    struct scene *s = *state;
    restart(s);
    (void)back(s, s->ear);
    world_tick(&s->w, LIMIT_RESUME_MS - 1001);
    assert_int_equal(rooms_stats(s->w.r).rooms, 1);
    world_tick(&s->w, 1001);
    assert_int_equal(rooms_stats(s->w.r).rooms, 0);
    assert_non_null(world_out(&s->w, s->ear->sock, EVENT_OUT, 0));
    settle(s);
    assert_int_equal(s->w.kept_count, 0);
}

static enum err silence(struct scene *s, struct actor *whom, bool on)
{
    struct command silence = {.kind = COMMAND_ROOM_SILENCE, .sock = s->host->sock};
    silence.silence.account = whom->account;
    silence.silence.on = on;
    return world_apply(&s->w, &silence);
}

/* The last who is on stage goes while somebody else's place there is awaited: the room stands. */
static void a_room_does_not_end_before_its_stage_is_back(void **state)
{
    struct scene *s = *state;
    restart(s);
    (void)back(s, s->ear);
    (void)back(s, s->host);
    assert_int_equal(world_simple(&s->w, s->host, COMMAND_ROOM_LEAVE), OK);
    assert_int_equal(rooms_stats(s->w.r).rooms, 1);
    assert_null(world_out(&s->w, s->ear->sock, EVENT_OUT, 0));
    assert_true(back(s, s->mod).on_stage);
    assert_int_equal(world_simple(&s->w, s->mod, COMMAND_ROOM_LEAVE), OK); /* a hand alone is not waited for */
    assert_int_equal(rooms_stats(s->w.r).rooms, 0);
}

static void what_was_decided_still_holds(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(silence(s, s->hand, true), OK);
    assert_int_equal(world_remove(w, s->host, s->ear, SCOPE_EVENING), OK);
    assert_int_equal(world_hands(w, s->host, HANDS_OFF), OK);
    assert_int_equal(world_flag(w, s->host, COMMAND_ROOM_LOCK, true), OK);
    restart(s);
    come(s, s->ear);
    assert_int_equal(world_join(w, s->ear, s->room), ERR_REMOVED);
    come(s, s->out);
    assert_int_equal(world_join(w, s->out, s->room), ERR_LOCKED);
    assert_true(back(s, s->hand).silent); /* was behind the lock already */
    const struct out *o = world_out(w, s->hand->sock, REPLY_ROOM_JOIN, 0);
    assert_true(o->join.room.locked && o->join.room.hands == HANDS_OFF);
    (void)back(s, s->host);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_READMIT, s->ear), OK);
}

static void what_it_was_opened_for_still_holds(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct command open = {.kind = COMMAND_ROOM_OPEN, .sock = s->out->sock, .request = 1};
    open.create.music = open.create.sensitive = true;
    assert_int_equal(world_apply(w, &open), OK);
    struct id room = world_out(w, s->out->sock, REPLY_ROOM_OPEN, 0)->room.room;
    assert_int_equal(world_join(w, s->out, room), OK);
    settle(s);
    world_restart(w);
    world_tick(w, 1000);
    (void)back(s, s->host);
    const struct room_info *talk = &world_out(w, s->host->sock, REPLY_ROOM_JOIN, 0)->join.room;
    assert_false(talk->music || talk->sensitive || talk->locked);
    come(s, s->out);
    assert_int_equal(world_join(w, s->out, room), OK);
    const struct room_info *is = &world_out(w, s->out->sock, REPLY_ROOM_JOIN, 0)->join.room;
    assert_true(is->music && is->sensitive && !is->locked);
}

static void no_title_is_kept_and_a_moderator_brings_it_back(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    settle(s);
    for (size_t i = 0; i < w->kept_count; i++)
        assert_null(memmem(w->kept[i].data, w->kept[i].len, "Talk", 4));
    restart(s);
    (void)back(s, s->ear);
    assert_true(world_out(w, s->ear->sock, REPLY_ROOM_JOIN, 0)->join.untitled);
    restart(s); /* once more, before anybody told it */
    (void)back(s, s->mod);
    assert_true(world_out(w, s->mod->sock, REPLY_ROOM_JOIN, 0)->join.untitled);
    assert_int_equal(world_title(w, s->mod, view_str("Talk")), OK);
    (void)back(s, s->host);
    const struct out *o = world_out(w, s->host->sock, REPLY_ROOM_JOIN, 0);
    assert_false(o->join.untitled);
    assert_true(view_eq(o->join.room.title, view_str("Talk")));
}

static void a_closed_room_stays_closed(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct id picked[1] = {s->ear->account}, room;
    assert_int_equal(world_open(w, s->out, "Us", picked, 1, &room), OK);
    assert_int_equal(world_join(w, s->out, room), OK);
    settle(s);
    world_restart(w);
    come(s, s->hand);
    assert_int_equal(world_join(w, s->hand, room), ERR_NOT_FOUND);
    come(s, s->ear);
    assert_int_equal(world_join(w, s->ear, room), OK);
}

/* A ban is in the log, and what it does to the room is not in the store yet. */
static void a_room_of_somebody_banned_does_not_come_back(void **state)
{
    struct scene *s = *state;
    settle(s);
    assert_int_equal(world_ban(&s->w, s->f, s->host), OK);
    world_restart(&s->w);
    assert_int_equal(rooms_stats(s->w.r).rooms, 0);
    settle(s);
    assert_int_equal(s->w.kept_count, 0);
}

static void a_place_of_somebody_banned_is_nobodys(void **state)
{
    struct scene *s = *state;
    settle(s);
    assert_int_equal(world_ban(&s->w, s->f, s->mod), OK);
    restart(s);
    (void)back(s, s->host);
    assert_int_equal(world_simple(&s->w, s->host, COMMAND_ROOM_LEAVE), OK);
    assert_int_equal(rooms_stats(s->w.r).rooms, 0); /* and waits for nobody */
}

static void what_the_store_refused_is_told_again(void **state)
{
    struct scene *s = *state;
    s->w.refuse_kept = true;
    settle(s);
    assert_int_equal(s->w.kept_count, 0);
    s->w.refuse_kept = false;
    world_tick(&s->w, LIMIT_LEDGER_MS);
    assert_int_equal(s->w.kept_count, 1);
}

/* world_check compares what the store has with what the room is, unless the change is noted. */
static void changed(struct scene *s, enum err e)
{
    assert_int_equal(e, OK);
    world_check(&s->w);
    settle(s);
    world_check(&s->w);
}

static void every_change_is_noted(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    settle(s);
    changed(s, world_flag(w, s->hand, COMMAND_ROOM_HAND, false));
    changed(s, world_flag(w, s->ear, COMMAND_ROOM_HAND, true));
    changed(s, world_person(w, s->host, COMMAND_ROOM_LOWER, s->ear));
    changed(s, world_flag(w, s->ear, COMMAND_ROOM_HAND, true));
    changed(s, world_simple(w, s->host, COMMAND_ROOM_LOWER_ALL));
    changed(s, world_hands(w, s->host, HANDS_OFF));
    changed(s, world_role(w, s->host, s->mod, false));
    changed(s, world_role(w, s->host, s->ear, true));
    changed(s, world_person(w, s->host, COMMAND_ROOM_SEND_BACK, s->mod));
    changed(s, silence(s, s->hand, true));
    changed(s, silence(s, s->hand, false));
    changed(s, world_title(w, s->host, view_str("")));
    changed(s, world_flag(w, s->host, COMMAND_ROOM_LOCK, true));
    changed(s, world_person(w, s->host, COMMAND_ROOM_PING, s->out));
    changed(s, world_join(w, s->out, s->room));
    changed(s, world_remove(w, s->host, s->out, SCOPE_EVENING));
    changed(s, world_person(w, s->host, COMMAND_ROOM_READMIT, s->out));
    changed(s, world_simple(w, s->ear, COMMAND_ROOM_LEAVE));
    changed(s, world_remove(w, s->host, s->ear, SCOPE_EVENING)); /* who is gone already */
}

/* More than one job holds: each room gets its turn, and so does each that ends. */
static void every_room_has_its_turn(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct actor *hosts[LIMIT_KEPT_ROOMS + 8];
    const size_t count = sizeof(hosts) / sizeof(*hosts);
    struct id room;
    for (size_t i = 0; i < count; i++) {
        hosts[i] = world_member(w, s->f);
        assert_int_equal(world_open(w, hosts[i], "", NULL, 0, &room), OK);
        assert_int_equal(world_join(w, hosts[i], room), OK);
    }
    settle(s);
    assert_int_equal(w->kept_count, LIMIT_KEPT_ROOMS);
    settle(s);
    assert_int_equal(w->kept_count, count + 1);
    for (size_t i = 0; i < count; i++) assert_int_equal(world_simple(w, hosts[i], COMMAND_ROOM_LEAVE), OK);
    settle(s);
    settle(s);
    assert_int_equal(w->kept_count, 1);
}

/* By an hour, while the server was away: members, rooms and places are there, and the wait has its length. */
static void a_clock_that_was_set_back(void **state)
{
    struct scene *s = *state;
    settle(s);
    s->w.now -= 3600000;
    restart(s);
    assert_true(back(s, s->host).on_stage);
    assert_true(back(s, s->hand).hand_ms > s->w.now);
    world_tick(&s->w, LIMIT_RESUME_MS);
    assert_false(back(s, s->mod).on_stage);
    come(s, s->f);
    struct actor *late = world_member(&s->w, s->f); /* the log takes an earlier time than its last record's */
    assert_int_equal(world_join(&s->w, late, s->room), OK);
}

/* The server says that its store is damaged; it does not go on with half a room. */
static void damaged_bytes_are_refused(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_remove(w, s->host, s->ear, SCOPE_EVENING), OK);
    settle(s);
    struct id other = {{7}};
    for (size_t len = 0; len < w->kept[0].len; len++) {
        struct kept_room room = {other, {w->kept[0].data, len}};
        assert_int_not_equal(rooms_replay_room(w->r, &room), OK);
    }
    uint8_t *opened = w->kept[0].data + 1 + ID_BYTES;
    opened[1] ^= 0x20; /* the 54th bit: browsers cannot count to it */
    struct kept_room never = {other, {w->kept[0].data, w->kept[0].len}};
    assert_int_equal(rooms_replay_room(w->r, &never), ERR_MALFORMED);
    opened[1] ^= 0x20;
    struct kept_room twice = {s->room, {w->kept[0].data, w->kept[0].len}};
    assert_int_equal(rooms_replay_room(w->r, &twice), ERR_MALFORMED);
    assert_int_equal(rooms_stats(w->r).rooms, 1);
}

static struct {
    uint8_t bytes[LIMIT_KEPT_BYTES];
    size_t len;
} told;

static void on_kept(void *user, const struct effect *e)
{
    (void)user;
    if (e->kind != EFFECT_STORE_ROOMS) return;
    struct view data = e->kept.list[0].data;
    memcpy(told.bytes, data.ptr, told.len = data.len);
}

/* As world_tick, with what the store is told of the one room in `told`: it is larger than a world remembers. */
static void settle_large(struct world *w)
{
    effect_fn before = w->r->config.effect;
    w->r->config.effect = on_kept;
    world_tick(w, LIMIT_KEPT_MS);
    w->r->config.effect = before;
    rooms_on_kept(w->r, OK, w->now);
}

/* A full room behind a lock, all of it awaited, and one more is let in before a second restart: what is kept of it
 * then is a room that can be. */
static void more_than_a_room_holds(void **state)
{
    enum { PLACE_BYTES = ID_BYTES + 4 + 1 + 1 + 8, KEPT = 3 };
    static uint8_t bytes[LIMIT_KEPT_BYTES];
    struct scene *s = *state;
    struct world *w = &s->w;
    settle(s);
    struct writer wr = writer_init(bytes, sizeof(bytes));
    const size_t head = w->kept[0].len - KEPT * PLACE_BYTES - 2;
    write_bytes(&wr, w->kept[0].data, head);
    write_u16(&wr, LIMIT_PEOPLE_PER_ROOM);
    for (uint32_t i = 0; i < LIMIT_PEOPLE_PER_ROOM; i++) { /* whoever they are */
        write_bytes(&wr, s->ear->account.bytes, ID_BYTES);
        write_u32(&wr, i + 10);
        for (size_t k = 0; k < 1 + 1 + 8; k++) write_u8(&wr, 0);
    }
    assert_int_equal(writer_end(&wr), OK);
    w->kept_count = 0;
    world_restart(w);
    struct kept_room full = {s->room, writer_view(&wr)}, again = {{{7}}, {told.bytes, 0}};
    assert_int_equal(rooms_replay_room(w->r, &full), OK);
    settle_large(w);
    (void)back(s, s->host);
    settle_large(w);
    assert_int_equal(told.len, wr.len);
    again.data.len = told.len;
    assert_int_equal(rooms_replay_room(w->r, &again), OK);
    assert_memory_equal(told.bytes + head + 2, s->host->account.bytes, ID_BYTES); /* who is there comes first */
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(everybody_has_the_place_they_had),
        TEST(a_place_is_taken_once),
        TEST(who_does_not_come_loses_the_place),
        TEST(a_room_waits_for_its_stage_and_no_longer),
        TEST(a_room_does_not_end_before_its_stage_is_back),
        TEST(what_was_decided_still_holds),
        TEST(what_it_was_opened_for_still_holds),
        TEST(no_title_is_kept_and_a_moderator_brings_it_back),
        TEST(a_closed_room_stays_closed),
        TEST(a_room_of_somebody_banned_does_not_come_back),
        TEST(a_place_of_somebody_banned_is_nobodys),
        TEST(what_the_store_refused_is_told_again),
        TEST(every_change_is_noted),
        TEST(every_room_has_its_turn),
        TEST(a_clock_that_was_set_back),
        TEST(damaged_bytes_are_refused),
        TEST(more_than_a_room_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
