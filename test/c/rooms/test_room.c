/* The hallway, joining, the stage, moderation, and how people and rooms come to an end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scene.h"

/* The last card of the room is old. */
static int setup(void **state)
{
    scene_full(state);
    struct scene *s = *state;
    world_tick(&s->w, LIMIT_HALL_MS);
    s->w.now += LIMIT_HALL_MS;
    return 0;
}

/* What the last person event said to `to` about `about`. */
static const struct person_info *heard(const struct world *w, const struct actor *to,
                                       const struct actor *about)
{
    const struct person_info *last = NULL;
    const struct out *o;
    for (size_t i = 0; (o = world_out(w, to->sock, EVENT_PERSON, i)); i++)
        if (id_eq(o->person.person->account, about->account)) last = o->person.person;
    return last;
}

static struct person_info look_at(struct scene *s, struct actor *about)
{
    struct actor *viewer = world_member(&s->w, s->f);
    struct person_info info = {0};
    assert_int_equal(world_join(&s->w, viewer, s->room), OK);
    const struct out *o = world_out(&s->w, viewer->sock, REPLY_ROOM_JOIN, 0);
    for (size_t i = 0; i < o->join.count; i++)
        if (id_eq(o->join.people[i].account, about->account)) info = o->join.people[i];
    assert_int_equal(world_simple(&s->w, viewer, COMMAND_ROOM_LEAVE), OK);
    return info;
}

/* ---- opening and the hallway ---------------------------------------------------------------------- */

static void arrival(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_join(w, s->out, s->room), OK);
    const struct out *o = world_out(w, s->out->sock, REPLY_ROOM_JOIN, 0);
    assert_int_equal(o->join.count, 4);
    assert_int_equal(o->join.room.people, 4);
    assert_int_equal(o->join.room.speakers, 1);
    assert_true(id_eq(o->join.room.faces[0].account, s->host->account)); /* the stage first */
    assert_int_equal(o->join.header.len, 0);
    assert_int_equal(o->join.gone_count, 0);
    assert_int_equal(strlen(o->join.media->ice.ufrag), 8);
    assert_int_equal(strlen(o->join.media->ice.pwd), 24);
    for (int i = 0; i < LIMIT_SLOTS; i++)
        for (int j = 0; j < i; j++)
            assert_int_not_equal(o->join.media->slot_ssrc[i], o->join.media->slot_ssrc[j]);
    assert_int_equal(world_media(w, MEDIA_PEER_ADD, s->out->peer), 1);
    assert_int_equal(world_outs(w, EVENT_PERSON), 3); /* the others, not oneself */
    const struct person_info *p = heard(w, s->a, s->out);
    assert_true(p->role == ROLE_LISTENER && !p->on_stage && p->muted && !p->away && !p->keyed);
    assert_int_equal(p->order, 4);
    assert_true(view_eq(p->leaf, (struct view){s->out->leaf, s->out->leaf_len}));

    struct person_info host = look_at(s, s->host);
    assert_true(host.role == ROLE_MODERATOR && host.on_stage && host.muted);
    assert_int_equal(host.order, 1);
}

static void cards_are_prompt_and_coalesced(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_join(w, s->out, s->room), OK);
    assert_int_equal(world_outs(w, EVENT_HALL_ROOM), 5); /* at once: the last card is old */
    assert_int_equal(world_out(w, s->f->sock, EVENT_HALL_ROOM, 0)->hall.list[0].people, 4);
    assert_int_equal(world_simple(w, s->out, COMMAND_ROOM_LEAVE), OK);
    assert_int_equal(world_simple(w, s->b, COMMAND_ROOM_LEAVE), OK);
    assert_int_equal(world_outs(w, EVENT_HALL_ROOM), 0); /* too soon */
    world_tick(w, LIMIT_HALL_MS - 1);
    assert_int_equal(world_outs(w, EVENT_HALL_ROOM), 0);
    world_tick(w, 1);
    assert_int_equal(world_outs(w, EVENT_HALL_ROOM), 5); /* once for both */
    assert_int_equal(world_out(w, s->f->sock, EVENT_HALL_ROOM, 0)->hall.list[0].people, 2);
    world_tick(w, LIMIT_HALL_MS);
    assert_int_equal(w->effect_count, 0);
}

static void a_closed_room_does_not_exist(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct id closed, picked[] = {s->a->account, s->a->account, s->f->account};
    assert_int_equal(world_open(w, s->f, "", picked, 3, &closed), OK);
    assert_int_equal(world_outs(w, EVENT_HALL_ROOM), 2); /* the opener and the one picked, each once */
    assert_non_null(world_out(w, s->a->sock, EVENT_HALL_ROOM, 0));
    assert_int_equal(world_join(w, s->f, closed), OK);
    assert_null(world_out(w, s->b->sock, EVENT_HALL_ROOM, 0));

    assert_refused(s, ERR_NOT_FOUND, world_join(w, s->b, closed));
    struct id nowhere = {{1}};
    assert_refused(s, ERR_NOT_FOUND, world_join(w, s->b, nowhere)); /* the same answer */
    assert_int_equal(world_connect(w, s->b), OK);
    assert_int_equal(world_hello(w, s->b, 0, (struct hash){0}), OK);
    assert_int_equal(world_out(w, s->b->sock, EVENT_HALL, 0)->hall.count, 1);
    assert_int_equal(world_connect(w, s->a), OK);
    assert_int_equal(world_hello(w, s->a, 0, (struct hash){0}), OK);
    assert_int_equal(world_out(w, s->a->sock, EVENT_HALL, 0)->hall.count, 2);
    assert_int_equal(world_join(w, s->a, closed), OK);

    assert_int_equal(world_simple(w, s->f, COMMAND_ROOM_END), OK);
    assert_null(world_out(w, s->b->sock, EVENT_HALL_GONE, 0));
    assert_non_null(world_out(w, s->a->sock, EVENT_HALL_GONE, 0));
    assert_int_equal(world_out(w, s->a->sock, EVENT_OUT, 0)->out.why, LEFT_ENDED);
    assert_true(view_eq(world_out(w, s->a->sock, EVENT_OUT, 0)->out.by_name, view_str(s->f->name)));
}

static void opening_refusals(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct id room, picked[LIMIT_PICKED + 1] = {0};
    char title[LIMIT_TITLE_CHARS + 2];
    memset(title, 'x', sizeof(title));
    title[LIMIT_TITLE_CHARS + 1] = 0;
    assert_refused(s, ERR_TITLE, world_open(w, s->a, title, NULL, 0, &room));
    assert_refused(s, ERR_TITLE, world_open(w, s->a, "a\nb", NULL, 0, &room));
    assert_refused(s, ERR_TOO_LARGE, world_open(w, s->a, "", picked, LIMIT_PICKED + 1, &room));
    struct command c = {.kind = COMMAND_ROOM_OPEN, .sock = s->a->sock};
    c.create.picked = picked, c.create.picked_count = 1;
    assert_refused(s, ERR_MALFORMED, world_apply(w, &c)); /* everyone, and picked */
}

static void a_room_nobody_comes_to(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct id first, second;
    assert_int_equal(world_open(w, s->f, "", NULL, 0, &first), OK);
    assert_int_equal(world_join(w, s->out, first), OK);              /* others may wait inside */
    assert_int_equal(world_open(w, s->f, "", NULL, 0, &second), OK); /* one at a time */
    assert_int_equal(world_outs(w, EVENT_HALL_GONE), 5);
    assert_int_equal(world_out(w, s->out->sock, EVENT_OUT, 0)->out.why, LEFT_ENDED);
    world_tick(w, LIMIT_SOCKET_GRACE_MS - 1);
    assert_int_equal(world_outs(w, EVENT_HALL_GONE), 0);
    world_tick(w, 1);
    assert_int_equal(world_outs(w, EVENT_HALL_GONE), 5);
    assert_int_equal(rooms_stats(w->r).rooms, 1);
}

/* ---- joining --------------------------------------------------------------------------------------- */

static void leaf_refusals(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct actor *x = s->out;
    struct leaf good = world_leaf(w, x, s->room), l;
#define REFUSED(expected, change)                                                                            \
    do {                                                                                                     \
        l = good;                                                                                            \
        change;                                                                                              \
        world_sign_leaf(x, &l, x->device_seed);                                                              \
        assert_refused(s, expected, world_join_leaf(w, x, s->room));                                      \
    } while (0)
    REFUSED(ERR_AUTH, l.room.bytes[0] ^= 1);
    REFUSED(ERR_AUTH, l.account = s->a->account);
    REFUSED(ERR_AUTH, l.device = s->a->device);
    REFUSED(ERR_AUTH, l.role = CLUB_FOUNDER);
    REFUSED(ERR_AUTH, l.chain.bytes[0] ^= 1);
    REFUSED(ERR_UNSUPPORTED, l.suite = 3);
    REFUSED(ERR_MALFORMED, l.suite = 2); /* without an encapsulation key */
    world_sign_leaf(x, &good, s->a->device_seed);
    assert_refused(s, ERR_SIGNATURE, world_join_leaf(w, x, s->room));
    world_sign_leaf(x, &good, x->device_seed);
    x->leaf[x->leaf_len++] = 0;
    assert_refused(s, ERR_TRAILING, world_join_leaf(w, x, s->room));
    x->leaf_len -= 2;
    assert_refused(s, ERR_TRUNCATED, world_join_leaf(w, x, s->room));
    x->leaf_len++;
    assert_int_equal(world_join_leaf(w, x, s->room), OK);
    assert_refused(s, ERR_REPLAY, world_join_leaf(w, x, s->room)); /* one leaf, one join */
}

static void media_refusals(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct leaf l = world_leaf(w, s->out, s->room);
    world_sign_leaf(s->out, &l, s->out->device_seed);
    struct command good = {.kind = COMMAND_ROOM_JOIN, .sock = s->out->sock}, c;
    good.join.room = s->room;
    good.join.leaf = (struct view){s->out->leaf, s->out->leaf_len};
    good.join.media = (struct media_peer){.ice.remote_ufrag = "ab+/", .payload_type = 111, .ssrc = {1, 2}};
    c = good, c.join.media.ice.remote_ufrag[3] = 0;
    assert_refused(s, ERR_MALFORMED, world_apply(w, &c));
    c = good, c.join.media.ice.remote_ufrag[3] = ':';
    assert_refused(s, ERR_MALFORMED, world_apply(w, &c));
    c = good, memset(c.join.media.ice.remote_ufrag, 'a', sizeof(c.join.media.ice.remote_ufrag));
    assert_refused(s, ERR_MALFORMED, world_apply(w, &c));
    c = good, c.join.media.payload_type = 128;
    assert_refused(s, ERR_MALFORMED, world_apply(w, &c));
    c = good, c.join.media.level_ext = 15;
    assert_refused(s, ERR_MALFORMED, world_apply(w, &c));
    c = good, c.join.media.ssrc[1] = 1;
    assert_refused(s, ERR_MALFORMED, world_apply(w, &c));
    c = good, c.join.media.ssrc[0] = 0;
    assert_refused(s, ERR_MALFORMED, world_apply(w, &c));
    w->media_full = true;
    assert_refused(s, ERR_FULL, world_apply(w, &good));
    w->media_full = false;
    assert_int_equal(world_apply(w, &good), OK);
}

static void one_account_one_room(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct id other;
    peer_name first = s->a->peer;
    assert_int_equal(world_open(w, s->f, "", NULL, 0, &other), OK);
    assert_int_equal(world_join(w, s->f, other), OK);
    assert_int_equal(world_join(w, s->a, other), OK); /* from the same socket: no word to it */
    assert_int_equal(world_media(w, MEDIA_PEER_DROP, first), 1);
    assert_int_equal(world_out(w, s->b->sock, EVENT_LEFT, 0)->left.why, LEFT_ELSEWHERE);
    assert_null(world_out(w, s->a->sock, EVENT_OUT, 0));
    assert_int_equal(rooms_stats(w->r).moved, 0); /* somebody who goes to another room */
    world_check(w);

    sock_name old = s->a->sock;
    first = s->a->peer;
    assert_int_equal(world_connect(w, s->a), OK); /* a second socket of the account */
    assert_int_equal(world_hello(w, s->a, 0, (struct hash){0}), OK);
    assert_int_equal(world_join(w, s->a, s->room), OK);
    const struct out *o = world_out(w, old, EVENT_OUT, 0);
    assert_true(o->out.why == LEFT_ELSEWHERE && id_eq(o->out.room, other));
    assert_int_equal(world_media(w, MEDIA_PEER_DROP, first), 1);
    assert_true(w->open[old]); /* the session there lives on */
    assert_int_equal(rooms_stats(w->r).moved, 1);
    world_check(w);
    struct actor before = *s->a;
    before.sock = old;
    assert_refused(s, ERR_NOT_IN_ROOM, world_flag(w, &before, COMMAND_ROOM_HAND, true));
    assert_int_equal(rooms_stats(w->r).people, 4);
}

static void again_from_another_socket_keeps_the_place(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    sock_name old = s->host->sock;
    assert_int_equal(world_flag(w, s->host, COMMAND_ROOM_MUTE, false), OK);
    assert_int_equal(world_connect(w, s->host), OK);
    assert_int_equal(world_hello(w, s->host, 0, (struct hash){0}), OK);
    assert_int_equal(world_join(w, s->host, s->room), OK); /* the only one on stage: the room goes on */
    assert_int_equal(world_out(w, old, EVENT_OUT, 0)->out.why, LEFT_ELSEWHERE);
    assert_int_equal(world_out(w, s->a->sock, EVENT_LEFT, 0)->left.why, LEFT_ELSEWHERE);
    assert_true(world_at(w, s->a->sock, EVENT_LEFT) < world_at(w, s->a->sock, EVENT_PERSON));
    const struct person_info *p = heard(w, s->a, s->host);
    assert_true(p->role == ROLE_MODERATOR && p->on_stage && p->muted && p->order == 1);
    assert_int_equal(rooms_stats(w->r).rooms, 1);
}

static void grace(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    peer_name first = s->host->peer;
    world_disconnect(w, s->host);
    assert_true(heard(w, s->a, s->host)->away);
    world_tick(w, LIMIT_SOCKET_GRACE_MS - 1);
    assert_int_equal(world_media(w, MEDIA_PEER_DROP, first), 0);
    assert_int_equal(world_connect(w, s->host), OK);
    assert_int_equal(world_hello(w, s->host, 0, (struct hash){0}), OK);
    assert_int_equal(world_join(w, s->host, s->room), OK);
    assert_int_equal(world_media(w, MEDIA_PEER_DROP, first), 1);
    const struct person_info *p = heard(w, s->a, s->host);
    assert_true(p->role == ROLE_MODERATOR && p->on_stage && p->order == 1 && !p->away);
    world_tick(w, LIMIT_SOCKET_GRACE_MS);
    assert_int_equal(rooms_stats(w->r).people, 3);

    world_disconnect(w, s->b);
    world_tick(w, LIMIT_SOCKET_GRACE_MS);
    assert_int_equal(world_out(w, s->a->sock, EVENT_LEFT, 0)->left.why, LEFT_LOST);
    world_disconnect(w, s->host); /* the last on stage */
    world_tick(w, LIMIT_SOCKET_GRACE_MS);
    assert_int_equal(world_out(w, s->a->sock, EVENT_OUT, 0)->out.why, LEFT_ENDED);
    assert_int_equal(rooms_stats(w->r).rooms, 0);
}

static void a_lost_peer_leaves(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_peer_down(w, s->a->peer, MEDIA_DOWN_CONSENT), OK);
    assert_int_equal(world_media(w, MEDIA_PEER_DROP, s->a->peer), 0); /* it is down already */
    assert_int_equal(world_effects(w, EFFECT_RELEASE), 1);
    assert_int_equal(world_out(w, s->a->sock, EVENT_OUT, 0)->out.why, LEFT_LOST);
    assert_int_equal(world_out(w, s->b->sock, EVENT_LEFT, 0)->left.why, LEFT_LOST);
    assert_int_equal(world_peer_down(w, s->a->peer, MEDIA_DOWN_CONSENT), OK); /* old news */
    assert_int_equal(w->effect_count, 0);
    struct command up = {.kind = COMMAND_PEER_UP, .peer = {s->b->peer, 0}};
    assert_int_equal(world_apply(w, &up), OK);
    assert_int_equal(w->effect_count, 0);
    assert_int_equal(world_join(w, s->a, s->room), OK);
}

/* A reload closes the connection before the socket: the place is kept, and the room with it. */
static void a_closed_peer_may_come_back(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    peer_name first = s->host->peer;
    assert_int_equal(world_peer_down(w, first, MEDIA_DOWN_CLOSED), OK);
    assert_int_equal(world_media(w, MEDIA_PEER_DROP, first), 0);
    assert_int_equal(world_effects(w, EFFECT_RELEASE), 1);
    assert_true(heard(w, s->a, s->host)->away);
    world_check(w);
    world_tick(w, LIMIT_SOCKET_GRACE_MS - 1);
    world_disconnect(w, s->host); /* later, and without a new grace */
    assert_int_equal(world_connect(w, s->host), OK);
    assert_int_equal(world_hello(w, s->host, 0, (struct hash){0}), OK);
    assert_int_equal(world_join(w, s->host, s->room), OK);
    assert_int_equal(world_effects(w, EFFECT_RELEASE), 0); /* its place was given back once */
    const struct person_info *p = heard(w, s->a, s->host);
    assert_true(p->role == ROLE_MODERATOR && p->on_stage && !p->away);

    assert_int_equal(world_peer_down(w, s->host->peer, MEDIA_DOWN_CLOSED), OK);
    world_tick(w, LIMIT_SOCKET_GRACE_MS);
    assert_int_equal(world_out(w, s->a->sock, EVENT_OUT, 0)->out.why, LEFT_ENDED);
}

/* Not after the grace, in which others would see somebody who is gone. */
static void whoever_leaves_is_gone_though_the_peer_closed_first(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_peer_down(w, s->a->peer, MEDIA_DOWN_CLOSED), OK);
    assert_int_equal(world_simple(w, s->a, COMMAND_ROOM_LEAVE), OK);
    assert_null(world_out(w, s->a->sock, EVENT_OUT, 0));
    assert_int_equal(world_out(w, s->b->sock, EVENT_LEFT, 0)->left.why, LEFT_SELF);
    assert_int_equal(world_effects(w, EFFECT_RELEASE), 0); /* its place was given back when the peer closed */
    world_check(w);
    assert_refused(s, ERR_NOT_IN_ROOM, world_simple(w, s->a, COMMAND_ROOM_LEAVE));
}

static void leaving(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_simple(w, s->a, COMMAND_ROOM_LEAVE), OK);
    assert_null(world_out(w, s->a->sock, EVENT_OUT, 0));
    assert_int_equal(world_out(w, s->b->sock, EVENT_LEFT, 0)->left.why, LEFT_SELF);
    assert_refused(s, ERR_NOT_IN_ROOM, world_simple(w, s->a, COMMAND_ROOM_LEAVE));
    assert_int_equal(world_simple(w, s->host, COMMAND_ROOM_LEAVE), OK); /* the stage is empty */
    assert_int_equal(world_out(w, s->b->sock, EVENT_OUT, 0)->out.why, LEFT_ENDED);
    assert_int_equal(world_outs(w, EVENT_HALL_GONE), 5);
    assert_int_equal(rooms_stats(w->r).rooms + rooms_stats(w->r).people, 0);
    assert_refused(s, ERR_NOT_FOUND, world_join(w, s->a, s->room));
}

static void the_opener_comes_back_to_an_own_room(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_flag(w, s->a, COMMAND_ROOM_HAND, true), OK);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_BRING, s->a), OK);
    assert_int_equal(world_simple(w, s->host, COMMAND_ROOM_LEAVE), OK);
    assert_int_equal(rooms_stats(w->r).rooms, 1);
    struct person_info a = look_at(s, s->a);
    assert_int_equal(a.role, ROLE_SPEAKER); /* nobody inherits the room */
    assert_int_equal(world_join(w, s->host, s->room), OK);
    assert_int_equal(heard(w, s->a, s->host)->role, ROLE_MODERATOR);
    assert_true(heard(w, s->a, s->host)->on_stage);
}

/* ---- stage ----------------------------------------------------------------------------------------- */

static void hands(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_flag(w, s->a, COMMAND_ROOM_HAND, true), OK);
    uint64_t since = w->now;
    assert_int_equal(heard(w, s->host, s->a)->hand_ms, since);
    w->now += 5;
    assert_int_equal(world_flag(w, s->a, COMMAND_ROOM_HAND, true), OK);
    assert_int_equal(world_outs(w, EVENT_PERSON), 0);
    assert_int_equal(look_at(s, s->a).hand_ms, since);
    assert_int_equal(world_flag(w, s->a, COMMAND_ROOM_HAND, false), OK);
    assert_int_equal(heard(w, s->host, s->a)->hand_ms, 0);
    assert_refused(s, ERR_STATE, world_flag(w, s->host, COMMAND_ROOM_HAND, true));
    assert_refused(s, ERR_NOT_IN_ROOM, world_flag(w, s->out, COMMAND_ROOM_HAND, true));
}

static void called_to_the_stage(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_refused(s, ERR_STATE, world_flag(w, s->a, COMMAND_ROOM_ANSWER, true));
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_BRING, s->a), OK);
    assert_true(id_eq(world_out(w, s->a->sock, EVENT_CALLED, 0)->called.by, s->host->account));
    assert_true(heard(w, s->b, s->a)->called && !heard(w, s->b, s->a)->on_stage);
    assert_int_equal(world_flag(w, s->a, COMMAND_ROOM_ANSWER, false), OK);
    assert_false(heard(w, s->b, s->a)->called);

    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_BRING, s->a), OK);
    assert_int_equal(world_flag(w, s->a, COMMAND_ROOM_ANSWER, true), OK);
    const struct person_info *p = heard(w, s->b, s->a);
    assert_true(p->on_stage && p->muted && !p->called && p->role == ROLE_SPEAKER);
    assert_int_equal(world_media(w, MEDIA_PEER_SPEAK, s->a->peer), 0); /* muted: still silent */
    assert_refused(s, ERR_STATE, world_person(w, s->host, COMMAND_ROOM_BRING, s->a));

    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_BRING, s->b), OK);
    world_tick(w, LIMIT_CALL_MS - 1);
    assert_null(heard(w, s->a, s->b));
    world_tick(w, 1);
    assert_false(heard(w, s->a, s->b)->called);
    assert_refused(s, ERR_STATE, world_flag(w, s->b, COMMAND_ROOM_ANSWER, true));
}

static void packets_follow_the_stage(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_refused(s, ERR_STATE, world_flag(w, s->a, COMMAND_ROOM_MUTE, false));
    assert_int_equal(world_flag(w, s->a, COMMAND_ROOM_HAND, true), OK);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_BRING, s->a), OK); /* hand up: at once */
    assert_true(heard(w, s->b, s->a)->on_stage && heard(w, s->b, s->a)->hand_ms == 0);
    assert_int_equal(world_flag(w, s->a, COMMAND_ROOM_MUTE, false), OK);
    assert_true(w->peer_speaks[s->a->peer]);
    assert_int_equal(world_flag(w, s->a, COMMAND_ROOM_MUTE, false), OK);
    assert_int_equal(world_outs(w, EVENT_PERSON), 0);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_MUTE_OTHER, s->a), OK);
    assert_false(w->peer_speaks[s->a->peer]);
    assert_true(heard(w, s->a, s->a)->muted);                            /* it is told itself, too */
    assert_int_equal(world_flag(w, s->a, COMMAND_ROOM_MUTE, false), OK); /* and may open it again */
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_SEND_BACK, s->a), OK);
    assert_false(w->peer_speaks[s->a->peer]);
    assert_true(heard(w, s->b, s->a)->role == ROLE_LISTENER && !heard(w, s->b, s->a)->on_stage);
    assert_refused(s, ERR_STATE, world_person(w, s->host, COMMAND_ROOM_SEND_BACK, s->a));
    assert_refused(s, ERR_STATE, world_person(w, s->host, COMMAND_ROOM_MUTE_OTHER, s->a));
}

static void the_stage_is_full(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct actor *x = NULL;
    for (int i = 1; i < LIMIT_STAGE; i++) {
        x = world_member(w, s->f);
        assert_int_equal(world_join(w, x, s->room), OK);
        assert_int_equal(world_flag(w, x, COMMAND_ROOM_HAND, true), OK);
        if (i == LIMIT_STAGE - 1) assert_int_equal(world_person(w, s->host, COMMAND_ROOM_BRING, s->b), OK);
        assert_int_equal(world_person(w, s->host, COMMAND_ROOM_BRING, x), OK);
    }
    assert_int_equal(world_flag(w, s->a, COMMAND_ROOM_HAND, true), OK);
    assert_refused(s, ERR_STAGE_FULL, world_person(w, s->host, COMMAND_ROOM_BRING, s->a));
    assert_refused(s, ERR_STAGE_FULL, world_flag(w, s->b, COMMAND_ROOM_ANSWER, true));
    assert_int_equal(world_person(w, x, COMMAND_ROOM_SEND_BACK, x), OK);
    assert_int_equal(world_flag(w, s->b, COMMAND_ROOM_ANSWER, true), OK); /* the call still stands */
}

static struct actor *on_stage(struct scene *s, const struct actor *host, struct id room)
{
    struct actor *x = world_member(&s->w, s->f);
    assert_int_equal(world_join(&s->w, x, room), OK);
    assert_int_equal(world_flag(&s->w, x, COMMAND_ROOM_HAND, true), OK);
    assert_int_equal(world_person(&s->w, host, COMMAND_ROOM_BRING, x), OK);
    return x;
}

/* Of a room that is not sensitive there is no such limit. */
static void a_sensitive_room_has_four_microphones(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    for (int sensitive = 0; sensitive < 2; sensitive++) {
        struct actor *host = world_member(w, s->f), *x[LIMIT_SLOTS] = {0};
        struct id room;
        w->sensitive = sensitive;
        assert_int_equal(world_open(w, host, "Quiet", NULL, 0, &room), OK);
        assert_int_equal(world_join(w, host, room), OK);
        const struct media_peer *media = world_out(w, host->sock, REPLY_ROOM_JOIN, 0)->join.media;
        assert_int_equal(media->constant, sensitive);
        assert_int_equal(media->level_ext > 0, !sensitive);
        for (int i = 0; i < LIMIT_SLOTS; i++) {
            x[i] = on_stage(s, host, room);
            assert_int_equal(world_flag(w, x[i], COMMAND_ROOM_MUTE, false), OK);
        }
        if (sensitive)
            assert_refused(s, ERR_MICS, world_flag(w, host, COMMAND_ROOM_MUTE, false));
        else
            assert_int_equal(world_flag(w, host, COMMAND_ROOM_MUTE, false), OK);
        assert_int_equal(w->peer_speaks[host->peer], !sensitive);
        assert_int_equal(world_flag(w, x[0], COMMAND_ROOM_MUTE, false), OK); /* it is on */
        assert_int_equal(world_person(w, host, COMMAND_ROOM_SEND_BACK, x[0]), OK);
        assert_int_equal(world_flag(w, host, COMMAND_ROOM_MUTE, false), OK);
        assert_true(w->peer_speaks[host->peer]);
    }
}

static void stepping_down_as_the_last(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_SEND_BACK, s->host), OK);
    assert_int_equal(world_out(w, s->a->sock, EVENT_OUT, 0)->out.why, LEFT_ENDED);
    assert_int_equal(rooms_stats(w->r).rooms, 0);
}

/* ---- moderation ------------------------------------------------------------------------------------ */

static void nobody_acts_on_a_peer_or_superior(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    const enum command_kind acts[] = {COMMAND_ROOM_MUTE_OTHER, COMMAND_ROOM_REMOVE, COMMAND_ROOM_SEND_BACK};
    assert_int_equal(world_join(w, s->f, s->room), OK);
    for (size_t i = 0; i < 3; i++) {
        assert_refused(s, ERR_FORBIDDEN, world_person(w, s->a, acts[i], s->b));
        assert_refused(s, ERR_FORBIDDEN, world_person(w, s->a, acts[i], s->host));
        assert_refused(s, ERR_FORBIDDEN, world_person(w, s->host, acts[i], s->f));
        assert_refused(s, ERR_NOT_FOUND, world_person(w, s->host, acts[i], s->out));
        assert_refused(s, ERR_NOT_IN_ROOM, world_person(w, s->out, acts[i], s->a));
    }
    assert_refused(s, ERR_FORBIDDEN, world_person(w, s->host, COMMAND_ROOM_REMOVE, s->host));
    assert_refused(s, ERR_FORBIDDEN, world_person(w, s->a, COMMAND_ROOM_BRING, s->a));
    assert_refused(s, ERR_FORBIDDEN, world_simple(w, s->a, COMMAND_ROOM_END));
    assert_refused(s, ERR_NOT_IN_ROOM, world_simple(w, s->out, COMMAND_ROOM_END));
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_BRING, s->f), OK); /* an offer is no act */
    assert_int_equal(world_flag(w, s->host, COMMAND_ROOM_MUTE, false), OK);
    assert_int_equal(world_person(w, s->f, COMMAND_ROOM_MUTE_OTHER, s->host), OK); /* the founder, on all */
    assert_false(w->peer_speaks[s->host->peer]);
    assert_int_equal(world_flag(w, s->f, COMMAND_ROOM_ANSWER, true), OK);
    assert_int_equal(world_person(w, s->f, COMMAND_ROOM_REMOVE, s->host), OK);
    assert_refused(s, ERR_REMOVED, world_join(w, s->host, s->room));
}

static void removed_for_the_evening(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_REMOVE, s->a), OK);
    assert_int_equal(world_media(w, MEDIA_PEER_DROP, s->a->peer), 1);
    const struct out *o = world_out(w, s->a->sock, EVENT_OUT, 0);
    assert_int_equal(o->out.why, LEFT_REMOVED);
    assert_true(view_eq(o->out.by_name, view_str(s->host->name)));
    assert_int_equal(world_out(w, s->b->sock, EVENT_LEFT, 0)->left.why, LEFT_REMOVED);
    assert_true(w->open[s->a->sock]);
    assert_refused(s, ERR_REMOVED, world_join(w, s->a, s->room));
    assert_int_equal(world_connect(w, s->a), OK);
    assert_int_equal(world_hello(w, s->a, 0, (struct hash){0}), OK);
    assert_refused(s, ERR_REMOVED, world_join(w, s->a, s->room)); /* nor through another socket */
}

static void a_ban_takes_effect_at_once(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    sock_name in_room = s->a->sock;
    assert_int_equal(world_connect(w, s->a), OK);
    assert_int_equal(world_hello(w, s->a, 0, (struct hash){0}), OK);
    sock_name other = s->a->sock;
    assert_int_equal(world_ban(w, s->f, s->a), OK);
    assert_int_equal(world_media(w, MEDIA_PEER_DROP, s->a->peer), 1);
    assert_int_equal(world_effects(w, EFFECT_RELEASE), 1);
    assert_int_equal(world_out(w, in_room, EVENT_OUT, 0)->out.why, LEFT_BANNED);
    assert_int_equal(world_out(w, s->b->sock, EVENT_LEFT, 0)->left.why, LEFT_BANNED);
    assert_false(w->open[in_room] || w->open[other]);
    assert_int_equal(world_effects(w, EFFECT_CLOSE), 2);
    int last_word = world_at(w, in_room, EVENT_OUT), closed = -1;
    for (size_t i = 0; i < w->effect_count; i++)
        if (w->effects[i].kind == EFFECT_CLOSE && w->effects[i].close.sock == in_room) closed = (int)i;
    assert_true(last_word < closed);
    world_check(w);

    assert_int_equal(world_ban(w, s->f, s->host), OK); /* the last on stage: the room ends */
    assert_int_equal(world_out(w, s->b->sock, EVENT_OUT, 0)->out.why, LEFT_ENDED);
    struct id room;
    assert_int_equal(world_open(w, s->b, "", NULL, 0, &room), OK);
    assert_int_equal(world_ban(w, s->f, s->b), OK); /* nor does a room wait for the banned */
    assert_int_equal(rooms_stats(w->r).rooms, 0);
}

static void chains_of_those_in_the_room(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct id ids[] = {s->a->account, s->out->account, s->host->account};
    struct command c = {.kind = COMMAND_CHAIN_READ, .sock = s->b->sock, .chains = {ids, 3}};
    assert_int_equal(world_apply(w, &c), OK);
    const struct out *o = world_out(w, s->b->sock, REPLY_CHAINS, 0);
    assert_int_equal(o->chains.count, 2);
    assert_true(id_eq(o->chains.list[0].account, s->a->account));
    assert_true(id_eq(o->chains.list[1].account, s->host->account));
    assert_int_equal(o->chains.list[1].count, 3);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(arrival),
        TEST(cards_are_prompt_and_coalesced),
        TEST(a_closed_room_does_not_exist),
        TEST(opening_refusals),
        TEST(a_room_nobody_comes_to),
        TEST(leaf_refusals),
        TEST(media_refusals),
        TEST(one_account_one_room),
        TEST(again_from_another_socket_keeps_the_place),
        TEST(grace),
        TEST(a_lost_peer_leaves),
        TEST(a_closed_peer_may_come_back),
        TEST(whoever_leaves_is_gone_though_the_peer_closed_first),
        TEST(leaving),
        TEST(the_opener_comes_back_to_an_own_room),
        TEST(hands),
        TEST(called_to_the_stage),
        TEST(packets_follow_the_stage),
        TEST(the_stage_is_full),
        TEST(a_sensitive_room_has_four_microphones),
        TEST(stepping_down_as_the_last),
        TEST(nobody_acts_on_a_peer_or_superior),
        TEST(removed_for_the_evening),
        TEST(a_ban_takes_effect_at_once),
        TEST(chains_of_those_in_the_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
