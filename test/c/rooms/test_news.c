/* A large room is told of its audience in pieces, and everybody still sees one order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "world.h"

struct scene { /* a founder who opened a room, and a large audience; nothing is waiting to be told */
    struct world w;
    struct actor *f, *first, *last, *extra, *more;
    struct id room;
};

enum { AUDIENCE = LIMIT_NEWS_PEOPLE };

static int setup(void **state)
{
    struct scene *s = malloc(sizeof(*s));
    struct world *w = &s->w;
    world_init(w);
    s->f = world_founder(w);
    assert_int_equal(world_open(w, s->f, "Talk", NULL, 0, &s->room), OK);
    assert_int_equal(world_join(w, s->f, s->room), OK);
    s->first = world_member(w, s->f);
    assert_int_equal(world_join(w, s->first, s->room), OK);
    for (int i = 1; i < AUDIENCE; i++) {
        s->last = world_member(w, s->f);
        assert_int_equal(world_join(w, s->last, s->room), OK);
    }
    s->extra = world_member(w, s->f);
    s->more = world_member(w, s->f);
    world_tick(w, LIMIT_NEWS_MS);
    *state = s;
    return 0;
}

static const struct out *news(const struct scene *s)
{
    return world_out(&s->w, s->first->sock, EVENT_NEWS, 0);
}

static void arrivals_are_gathered(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_join(w, s->extra, s->room), OK);
    assert_int_equal(world_outs(w, EVENT_PERSON) + world_outs(w, EVENT_NEWS), 0);
    assert_int_equal(world_join(w, s->more, s->room), OK);
    assert_int_equal(world_out(w, s->more->sock, REPLY_ROOM_JOIN, 0)->join.count, AUDIENCE + 3);
    world_tick(w, AUDIENCE);
    assert_int_equal(world_outs(w, EVENT_PERSON) + world_outs(w, EVENT_NEWS), 0);
    world_tick(w, 10); /* a millisecond for each person */
    assert_non_null(news(s));
    assert_int_equal(news(s)->news.count, 2);
    assert_int_equal(news(s)->news.left_count, 0);
    assert_true(id_eq(news(s)->news.people[0].account, s->extra->account));
    world_tick(w, LIMIT_NEWS_MS);
    assert_null(news(s)); /* once */
}

static void departures_are_gathered(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_join(w, s->extra, s->room), OK);
    assert_int_equal(world_simple(w, s->extra, COMMAND_ROOM_LEAVE), OK); /* before anybody heard of them */
    assert_int_equal(world_simple(w, s->last, COMMAND_ROOM_LEAVE), OK);
    assert_int_equal(world_outs(w, EVENT_LEFT) + world_outs(w, EVENT_NEWS), 0);
    world_tick(w, LIMIT_NEWS_MS);
    assert_int_equal(news(s)->news.count, 0);
    assert_int_equal(news(s)->news.left_count, 2);
    assert_true(id_eq(news(s)->news.left[1].account, s->last->account));
    assert_int_equal(news(s)->news.left[1].why, LEFT_SELF);
}

static void a_lost_socket_is_gathered(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    world_disconnect(w, s->last);
    assert_int_equal(world_outs(w, EVENT_PERSON), 0);
    world_tick(w, LIMIT_NEWS_MS);
    assert_true(news(s)->news.people[0].away);
    world_tick(w, LIMIT_SOCKET_GRACE_MS);
    world_tick(w, LIMIT_NEWS_MS);
    assert_int_equal(news(s)->news.left[0].why, LEFT_LOST);
}

/* What is said at once comes behind what was gathered. */
static void nothing_overtakes(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_join(w, s->extra, s->room), OK);
    assert_int_equal(world_flag(w, s->extra, COMMAND_ROOM_HAND, true), OK);
    sock_name to = s->first->sock;
    assert_true(world_at(w, to, EVENT_NEWS) >= 0);
    assert_true(world_at(w, to, EVENT_NEWS) < world_at(w, to, EVENT_PERSON));

    assert_int_equal(world_join(w, s->more, s->room), OK);
    assert_int_equal(world_person(w, s->f, COMMAND_ROOM_REMOVE, s->last), OK);
    assert_true(world_at(w, to, EVENT_NEWS) >= 0);
    assert_true(world_at(w, to, EVENT_NEWS) < world_at(w, to, EVENT_LEFT));
}

static void who_comes_back_left_first(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_simple(w, s->last, COMMAND_ROOM_LEAVE), OK);
    assert_int_equal(world_join(w, s->last, s->room), OK);
    assert_int_equal(news(s)->news.left_count, 1);
    assert_int_equal(news(s)->news.count, 0);
    world_tick(w, LIMIT_NEWS_MS);
    assert_int_equal(news(s)->news.count, 1);
}

static void a_full_piece_goes_out(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    size_t pieces = 0;
    for (int i = 0; i < LIMIT_NEWS; i++) {
        struct actor *x = i % 2 ? s->more : s->extra;
        assert_int_equal(world_join(w, x, s->room), OK);
        pieces += world_outs(w, EVENT_NEWS) != 0;
        assert_int_equal(world_simple(w, x, COMMAND_ROOM_LEAVE), OK);
        pieces += world_outs(w, EVENT_NEWS) != 0;
    }
    assert_true(pieces > 1);
}

static void a_small_room_hears_at_once(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct id room;
    assert_int_equal(world_open(w, s->extra, "Small", NULL, 0, &room), OK);
    assert_int_equal(world_join(w, s->extra, room), OK);
    assert_int_equal(world_join(w, s->more, room), OK);
    assert_non_null(world_out(w, s->extra->sock, EVENT_PERSON, 0));
    assert_int_equal(world_simple(w, s->more, COMMAND_ROOM_LEAVE), OK);
    assert_non_null(world_out(w, s->extra->sock, EVENT_LEFT, 0));
}

/* With something to tell, and nobody left to hear it. */
static void the_room_ends(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_join(w, s->extra, s->room), OK);
    assert_int_equal(world_simple(w, s->f, COMMAND_ROOM_END), OK);
    world_tick(w, LIMIT_NEWS_MS);
    assert_int_equal(world_outs(w, EVENT_NEWS), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(arrivals_are_gathered),      TEST(departures_are_gathered),
        TEST(a_lost_socket_is_gathered),  TEST(nothing_overtakes),
        TEST(who_comes_back_left_first),  TEST(a_full_piece_goes_out),
        TEST(a_small_room_hears_at_once), TEST(the_room_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
