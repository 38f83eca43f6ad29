/* A room with a host on stage and people in it, and what the tests of the relay of keys need. Include after
 * cmocka.h. */
#ifndef TEST_SCENE_H
#define TEST_SCENE_H

#include "crypt/sign.h"
#include "steward.h"

struct scene {
    struct world w;
    struct actor *f, *host, *a, *b, *out;
    struct id room;
    struct keys_view view;
    struct draft msg;
};

/* The founder f, and host, a and b, members; host and a are in the room. */
static inline int scene_begin(void **state)
{
    struct scene *s = calloc(1, sizeof(*s));
    struct world *w = &s->w;
    world_init(w);
    s->f = world_founder(w);
    s->host = world_member(w, s->f);
    s->a = world_member(w, s->f);
    s->b = world_member(w, s->f);
    assert_int_equal(world_open(w, s->host, "Talk", NULL, 0, &s->room), OK);
    assert_int_equal(world_join(w, s->host, s->room), OK);
    assert_int_equal(world_join(w, s->a, s->room), OK);
    *state = s;
    return 0;
}

/* b is in the room too, and a fourth member, out, is not. */
static inline int scene_full(void **state)
{
    scene_begin(state);
    struct scene *s = *state;
    assert_int_equal(world_join(&s->w, s->b, s->room), OK);
    s->out = world_member(&s->w, s->f);
    return 0;
}

static inline struct draft *begin(struct scene *s, const struct actor *steward, bool rekey)
{
    s->view.room = s->room;
    message_begin(&s->msg, &s->w, &s->view, steward, rekey);
    return &s->msg;
}

static inline void seat(struct draft *msg, uint16_t slot, const struct actor *who)
{
    message_seat(msg, slot, who ? &who->leaf_hash : NULL);
}

static inline enum err deliver(struct scene *s, const struct actor *from, const uint8_t seed[32])
{
    message_sign(&s->msg, seed);
    enum err e = message_send(&s->w, &s->msg, from->sock);
    if (!e) message_accepted(&s->msg, &s->view);
    return e;
}

static inline enum err send_own(struct scene *s, const struct actor *from)
{
    return deliver(s, from, from->device_seed);
}

static const struct stage_entry host_on_stage[1] = {{1, 0}};

/* The room's first header: host in slot 0, a in slot 1. */
static inline void first_header(struct scene *s)
{
    struct draft *msg = begin(s, s->host, true);
    seat(msg, 0, s->host);
    seat(msg, 1, s->a);
    message_fill(msg, true, true);
    message_stage(msg, 1, host_on_stage);
    assert_int_equal(send_own(s, s->host), OK);
}

static inline void assert_refused(struct scene *s, enum err expected, enum err e)
{
    assert_int_equal(e, expected);
    assert_int_equal(s->w.effect_count, 1); /* the refusal to who asked: nobody else hears of it */
    assert_int_equal(world_outs(&s->w, REPLY_ERROR), 1);
    assert_int_equal(s->w.effects[0].send.error.err, expected);
}

#endif
