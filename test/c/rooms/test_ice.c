/* A new path for somebody who is in: who gets one, what it is, and that nobody else hears of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scene.h"

static enum err ask(struct scene *s, sock_name sock, struct id room, const char *ufrag)
{
    struct command c = {.kind = COMMAND_ROOM_PATH, .sock = sock, .request = 1, .path = {.room = room}};
    memcpy(c.path.ice.remote_ufrag, ufrag, strnlen(ufrag, sizeof(c.path.ice.remote_ufrag)));
    return world_apply(&s->w, &c);
}

static const struct media_ice *sent(const struct world *w, peer_name peer)
{
    for (size_t i = 0; i < w->effect_count; i++)
        if (w->effects[i].kind == EFFECT_MEDIA && w->effects[i].media.kind == MEDIA_PEER_PATH &&
            w->effects[i].media.peer == peer)
            return &w->effects[i].media.path;
    return NULL;
}

static void gives_new_credentials(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct media_ice first;
    assert_int_equal(ask(s, s->a->sock, s->room, "new+"), OK);
    const struct media_ice *ice = sent(w, s->a->peer);
    assert_non_null(ice);
    assert_string_equal(ice->remote_ufrag, "new+");
    assert_int_equal(strlen(ice->ufrag), LIMIT_OUR_UFRAG_BYTES);
    assert_int_equal(strlen(ice->pwd), LIMIT_PWD_BYTES);
    const struct out *o = world_out(w, s->a->sock, REPLY_ROOM_PATH, 0);
    assert_memory_equal(o->path.ice, ice, sizeof(*ice));
    assert_int_equal(o->path.peer, s->a->peer);
    assert_int_equal(w->effect_count, 2); /* the others hear nothing of it */
    first = *ice;
    assert_int_equal(ask(s, s->a->sock, s->room, "newer"), OK);
    assert_string_not_equal(sent(w, s->a->peer)->ufrag, first.ufrag);
    assert_string_not_equal(sent(w, s->a->peer)->pwd, first.pwd);
}

static void refuses(struct scene *s, enum err expected, sock_name sock, struct id room, const char *ufrag)
{
    assert_int_equal(ask(s, sock, room, ufrag), expected);
    assert_int_equal(s->w.effect_count, 1);
    assert_int_equal(world_out(&s->w, sock, REPLY_ERROR, 0)->error.err, expected);
}

static void who_gets_none(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct id other = s->room;
    other.bytes[0] ^= 1;
    refuses(s, ERR_NOT_IN_ROOM, s->b->sock, s->room, "new+");
    refuses(s, ERR_NOT_IN_ROOM, s->a->sock, other, "new+");
    refuses(s, ERR_MALFORMED, s->a->sock, s->room, "new");
    refuses(s, ERR_MALFORMED, s->a->sock, s->room, "new:");
    char ufrag[LIMIT_UFRAG_BYTES + 2] = {0};
    memset(ufrag, '1', LIMIT_UFRAG_BYTES + 1);
    refuses(s, ERR_MALFORMED, s->a->sock, s->room, ufrag);
    ufrag[LIMIT_UFRAG_BYTES] = 0;
    assert_int_equal(ask(s, s->a->sock, s->room, ufrag), OK);
    assert_string_equal(sent(w, s->a->peer)->remote_ufrag, ufrag);
    struct command c = {.kind = COMMAND_ROOM_PATH, .request = 1, .path = {.room = s->room}};
    assert_int_equal(world_connect(w, s->b), OK); /* a visitor */
    c.sock = s->b->sock;
    assert_int_equal(world_apply(w, &c), ERR_AUTH);
}

/* What came back over another socket has a new connection; the old one's socket has none. */
static void whose_connection_is_gone(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    sock_name before = s->a->sock;
    assert_int_equal(world_connect(w, s->a), OK);
    assert_int_equal(world_hello(w, s->a, 0, (struct hash){0}), OK);
    refuses(s, ERR_NOT_IN_ROOM, s->a->sock, s->room, "new+");
    assert_int_equal(world_join(w, s->a, s->room), OK);
    refuses(s, ERR_NOT_IN_ROOM, before, s->room, "new+");
    assert_int_equal(ask(s, s->a->sock, s->room, "new+"), OK);
    assert_int_equal(world_peer_down(w, s->a->peer, MEDIA_DOWN_CLOSED), OK);
    refuses(s, ERR_NOT_IN_ROOM, s->a->sock, s->room, "new+");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scene_begin, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(gives_new_credentials),
        TEST(who_gets_none),
        TEST(whose_connection_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
