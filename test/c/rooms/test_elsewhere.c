/* Where an account is, as its other devices are told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "holds.h"
#include "scene.h"

/* What the last call told `a` of where its account is: a room, or zero if it is nowhere else any more. */
static void assert_told(const struct scene *s, const struct actor *a, struct id room)
{
    const struct out *o = world_out(&s->w, a->sock, EVENT_ELSEWHERE, 0);
    assert_non_null(o);
    assert_true(id_eq(o->room.room, room));
    assert_null(world_out(&s->w, a->sock, EVENT_ELSEWHERE, 1));
    assert_null(holds_look(s->w.r).how);
}

static const struct id nowhere;

static void another_device_is_told(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct actor *phone = world_device(w, s->a); /* a is in the room */
    assert_true(id_eq(world_out(w, phone->sock, REPLY_HELLO, 0)->hello.elsewhere, s->room));
    assert_int_equal(world_simple(w, s->a, COMMAND_ROOM_LEAVE), OK);
    assert_told(s, phone, nowhere);
    assert_int_equal(world_outs(w, EVENT_ELSEWHERE), 1); /* no word to the others, nor to who left */

    assert_int_equal(world_join(w, s->a, s->room), OK);
    assert_told(s, phone, s->room);
    assert_int_equal(world_outs(w, EVENT_ELSEWHERE), 1);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_REMOVE, s->a), OK);
    assert_told(s, phone, nowhere);
}

static void moving_tells_both(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct actor *phone = world_device(w, s->a);
    assert_int_equal(world_join(w, phone, s->room), OK);
    assert_told(s, phone, nowhere);
    assert_told(s, s->a, s->room);
    assert_true(world_at(w, s->a->sock, EVENT_ELSEWHERE) < world_at(w, s->a->sock, EVENT_OUT)); /* why, then that */
    assert_int_equal(world_out(w, s->a->sock, EVENT_OUT, 0)->out.why, LEFT_ELSEWHERE);

    struct id other;
    assert_int_equal(world_open(w, s->f, "", NULL, 0, &other), OK);
    assert_int_equal(world_join(w, s->f, other), OK);
    assert_int_equal(world_join(w, phone, other), OK); /* on to another room: it is told where to */
    assert_told(s, s->a, other);
    assert_int_equal(world_simple(w, s->f, COMMAND_ROOM_END), OK);
    assert_told(s, s->a, nowhere);
}

/* A reload, a lost socket and a restart: who comes back is the same device, and nobody is asked anything. */
static void a_device_that_comes_back_is_not_elsewhere(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct actor *phone = world_device(w, s->a);
    world_disconnect(w, s->a); /* away, for a moment */
    assert_int_equal(world_outs(w, EVENT_ELSEWHERE), 0);
    assert_int_equal(world_connect(w, s->a), OK);
    assert_int_equal(world_hello(w, s->a, 0, (struct hash){0}), OK);
    assert_true(id_zero(world_out(w, s->a->sock, REPLY_HELLO, 0)->hello.elsewhere));
    assert_int_equal(world_join(w, s->a, s->room), OK);
    assert_int_equal(world_outs(w, EVENT_ELSEWHERE), 0);

    sock_name old = s->a->sock;
    assert_int_equal(world_connect(w, s->a), OK); /* a reload whose old socket still stands: the same device */
    assert_int_equal(world_hello(w, s->a, 0, (struct hash){0}), OK);
    assert_true(id_zero(world_out(w, s->a->sock, REPLY_HELLO, 0)->hello.elsewhere));
    assert_int_equal(world_join(w, s->a, s->room), OK);
    assert_int_equal(world_outs(w, EVENT_ELSEWHERE), 0);
    assert_true(w->open[old]);

    world_disconnect(w, s->a);
    world_tick(w, LIMIT_SOCKET_GRACE_MS - 1);
    assert_int_equal(world_outs(w, EVENT_ELSEWHERE), 0);
    world_tick(w, 1); /* it does not come back */
    assert_told(s, phone, nowhere);
}

static void a_restart_forgets_it(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct actor *phone = world_device(w, s->a);
    world_tick(w, LIMIT_KEPT_MS);
    world_restart(w);
    for (int i = 0; i < 2; i++) {
        struct actor *one = i ? s->a : phone;
        assert_int_equal(world_connect(w, one), OK);
        assert_int_equal(world_hello(w, one, 0, (struct hash){0}), OK);
        assert_true(id_zero(world_out(w, one->sock, REPLY_HELLO, 0)->hello.elsewhere));
    }
    assert_int_equal(world_connect(w, s->host), OK);
    assert_int_equal(world_hello(w, s->host, 0, (struct hash){0}), OK);
    assert_int_equal(world_join(w, s->host, s->room), OK);
    assert_int_equal(world_join(w, s->a, s->room), OK);
    assert_told(s, phone, s->room);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, scene_begin, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(another_device_is_told),
        TEST(moving_tells_both),
        TEST(a_device_that_comes_back_is_not_elsewhere),
        TEST(a_restart_forgets_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
