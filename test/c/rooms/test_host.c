/* What moderators decide about a room: who helps them, the lock, pings, hands and the title. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rooms/state.h"
#include "scene.h"

#define ASSERT_TEXT(view, text) assert_true(view_eq((view), view_str(text)))

/* What `to` was told of `about` in the last call. */
static const struct person_info *heard(struct scene *s, const struct actor *to, const struct actor *about)
{
    for (size_t n = 0;; n++) {
        const struct out *o = world_out(&s->w, to->sock, EVENT_PERSON, n);
        assert_non_null(o);
        if (id_eq(o->person.person->account, about->account)) return o->person.person;
    }
}

static void assert_act(struct scene *s, const struct actor *to, enum room_act act, const struct actor *by)
{
    const struct out *o = world_out(&s->w, to->sock, EVENT_ACT, 0);
    assert_non_null(o);
    assert_int_equal(o->act.act, act);
    assert_true(id_eq(o->act.by, by->account) && id_eq(o->act.room, s->room));
    ASSERT_TEXT(o->act.by_name, by->name);
    assert_int_equal(world_outs(&s->w, EVENT_ACT), 1); /* it alone */
    assert_true(world_at(&s->w, to->sock, EVENT_ACT) < world_at(&s->w, to->sock, EVENT_PERSON));
}

/* The card that the hallway has of the room, 200 ms later. */
static const struct room_info *card(struct scene *s)
{
    world_tick(&s->w, LIMIT_HALL_MS);
    const struct out *o = world_out(&s->w, s->out->sock, EVENT_HALL_ROOM, 0);
    assert_non_null(o);
    return &o->hall.list[0];
}

static void raise(struct scene *s, const struct actor *a)
{
    assert_int_equal(world_flag(&s->w, a, COMMAND_ROOM_HAND, true), OK);
}

/* ---- moderators ------------------------------------------------------------------------------------- */

static void a_moderator_is_made_and_unmade(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_role(w, s->host, s->a, true), OK);
    assert_act(s, s->a, ACT_MODERATOR, s->host);
    assert_true(heard(s, s->b, s->a)->role == ROLE_MODERATOR && !heard(s, s->b, s->a)->on_stage);
    raise(s, s->b);
    assert_int_equal(world_person(w, s->a, COMMAND_ROOM_BRING, s->b), OK);
    assert_true(heard(s, s->b, s->b)->on_stage);
    assert_int_equal(world_person(w, s->a, COMMAND_ROOM_MUTE_OTHER, s->b), OK);
    assert_int_equal(world_person(w, s->a, COMMAND_ROOM_BRING, s->a), OK); /* itself */
    assert_int_equal(world_role(w, s->host, s->a, false), OK);
    assert_act(s, s->a, ACT_NO_MODERATOR, s->host);
    assert_int_equal(heard(s, s->b, s->a)->role, ROLE_SPEAKER); /* on stage one stays */
    assert_refused(s, ERR_FORBIDDEN, world_person(w, s->a, COMMAND_ROOM_MUTE_OTHER, s->b));
    assert_refused(s, ERR_STATE, world_role(w, s->host, s->a, false));
}

static void a_moderator_has_its_place_below_the_opener(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_role(w, s->host, s->a, true), OK);
    assert_int_equal(world_role(w, s->host, s->b, true), OK);
    assert_refused(s, ERR_STATE, world_role(w, s->host, s->b, true));
    const enum command_kind acts[] = {COMMAND_ROOM_MUTE_OTHER, COMMAND_ROOM_REMOVE, COMMAND_ROOM_SEND_BACK};
    for (size_t i = 0; i < 3; i++) {
        assert_refused(s, ERR_FORBIDDEN, world_person(w, s->a, acts[i], s->host));
        assert_refused(s, ERR_FORBIDDEN, world_person(w, s->a, acts[i], s->b));
    }
    assert_refused(s, ERR_FORBIDDEN, world_role(w, s->a, s->b, false));
    assert_refused(s, ERR_FORBIDDEN, world_role(w, s->a, s->host, false));
    assert_refused(s, ERR_FORBIDDEN, world_role(w, s->host, s->host, false)); /* the opener's is no gift */
    assert_refused(s, ERR_FORBIDDEN, world_simple(w, s->a, COMMAND_ROOM_END));
    assert_int_equal(world_join(w, s->out, s->room), OK);
    assert_refused(s, ERR_FORBIDDEN, world_role(w, s->a, s->out, true)); /* it is not passed on */
    assert_refused(s, ERR_FORBIDDEN, world_role(w, s->out, s->out, true));
    assert_int_equal(world_person(w, s->a, COMMAND_ROOM_REMOVE, s->out), OK);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_REMOVE, s->b), OK); /* from above it goes */
    assert_int_equal(world_role(w, s->a, s->a, false), OK);                    /* and it may be laid down */
    assert_int_equal(world_outs(w, EVENT_ACT), 0);
}

static void admins_make_moderators_too(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_refused(s, ERR_NOT_IN_ROOM, world_role(w, s->f, s->a, true));
    assert_int_equal(world_join(w, s->f, s->room), OK);
    assert_int_equal(world_role(w, s->f, s->a, true), OK);
    assert_int_equal(world_role(w, s->host, s->a, false), OK);
    assert_refused(s, ERR_FORBIDDEN, world_role(w, s->host, s->f, true));
    assert_refused(s, ERR_NOT_FOUND, world_role(w, s->f, s->out, true));
    assert_int_equal(world_simple(w, s->f, COMMAND_ROOM_END), OK);
}

static void nobody_inherits_it(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_BRING, s->b), OK);
    assert_int_equal(world_flag(w, s->b, COMMAND_ROOM_ANSWER, true), OK);
    assert_int_equal(world_role(w, s->host, s->a, true), OK);
    assert_int_equal(world_simple(w, s->a, COMMAND_ROOM_LEAVE), OK);
    assert_int_equal(world_join(w, s->a, s->room), OK); /* who left is none any more */
    assert_refused(s, ERR_FORBIDDEN, world_person(w, s->a, COMMAND_ROOM_MUTE_OTHER, s->b));
    assert_int_equal(world_simple(w, s->host, COMMAND_ROOM_LEAVE), OK);
    assert_refused(s, ERR_FORBIDDEN, world_person(w, s->b, COMMAND_ROOM_MUTE_OTHER, s->a));
    assert_refused(s, ERR_FORBIDDEN, world_flag(w, s->b, COMMAND_ROOM_LOCK, true));
}

static void a_lost_socket_keeps_the_role(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_role(w, s->host, s->a, true), OK);
    world_disconnect(w, s->a);
    assert_int_equal(world_connect(w, s->a), OK);
    assert_int_equal(world_hello(w, s->a, 0, (struct hash){0}), OK);
    assert_int_equal(world_join(w, s->a, s->room), OK);
    assert_int_equal(world_flag(w, s->a, COMMAND_ROOM_LOCK, true), OK);
}

/* ---- the lock --------------------------------------------------------------------------------------- */

static void a_locked_room_lets_nobody_new_in(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_refused(s, ERR_FORBIDDEN, world_flag(w, s->a, COMMAND_ROOM_LOCK, true));
    assert_refused(s, ERR_NOT_IN_ROOM, world_flag(w, s->out, COMMAND_ROOM_LOCK, true));
    assert_int_equal(world_flag(w, s->host, COMMAND_ROOM_LOCK, true), OK);
    assert_int_equal(world_outs(w, EVENT_OUT), 0); /* whoever belongs here stays */
    assert_true(card(s)->locked);
    assert_refused(s, ERR_LOCKED, world_join(w, s->out, s->room));
    assert_refused(s, ERR_LOCKED, world_join(w, s->f, s->room)); /* an admin neither */
    assert_int_equal(world_join(w, s->a, s->room), OK);          /* who is here may come back */
    assert_int_equal(world_simple(w, s->a, COMMAND_ROOM_LEAVE), OK);
    assert_refused(s, ERR_LOCKED, world_join(w, s->a, s->room)); /* who left is new */
    assert_int_equal(world_flag(w, s->host, COMMAND_ROOM_LOCK, false), OK);
    assert_false(card(s)->locked);
    assert_int_equal(world_join(w, s->out, s->room), OK);
}

static void the_opener_and_a_bad_network_get_through(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_role(w, s->host, s->a, true), OK);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_BRING, s->a), OK);
    assert_int_equal(world_flag(w, s->a, COMMAND_ROOM_ANSWER, true), OK);
    assert_int_equal(world_flag(w, s->host, COMMAND_ROOM_LOCK, true), OK);
    assert_int_equal(world_simple(w, s->host, COMMAND_ROOM_LEAVE), OK);
    assert_int_equal(world_join(w, s->host, s->room), OK);
    world_disconnect(w, s->b);
    world_tick(w, LIMIT_SOCKET_GRACE_MS + 100); /* gone for the room */
    assert_int_equal(world_outs(w, EVENT_LEFT), 2);
    assert_int_equal(world_connect(w, s->b), OK);
    assert_int_equal(world_hello(w, s->b, 0, (struct hash){0}), OK);
    assert_int_equal(world_join(w, s->b, s->room), OK);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_REMOVE, s->b), OK);
    assert_refused(s, ERR_REMOVED, world_join(w, s->b, s->room)); /* being let in opens nothing else */
}

/* Locking counts everybody again: what should have put them out, and by some fault did not, does so now. */
static void locking_looks_at_everybody(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct actor *people[6];
    struct member *m[6];
    struct device revoked, elsewhere;
    for (int i = 0; i < 6; i++) {
        people[i] = world_member(w, s->f);
        assert_int_equal(world_join(w, people[i], s->room), OK);
        m[i] = log_member(&w->r->log, people[i]->account);
    }
    m[0]->banned = true;
    m[1]->held = true;
    revoked = *m[2]->person->device, elsewhere = *m[3]->person->device;
    revoked.revoked = true, elsewhere.path.bytes[0] ^= 1;
    m[2]->person->device = &revoked;
    m[3]->person->device = &elsewhere;
    world_disconnect(w, people[4]); /* away, and superseded */
    m[4]->superseded = true;
    assert_int_equal(world_flag(w, s->host, COMMAND_ROOM_LOCK, true), OK);
    for (int i = 0; i < 4; i++)
        assert_int_equal(world_out(w, people[i]->sock, EVENT_OUT, 0)->out.why, LEFT_REMOVED);
    for (int i = 0; i < 5; i++) assert_null(m[i]->person);
    assert_non_null(m[5]->person);
    m[0]->banned = m[1]->held = m[4]->superseded = false;
}

static void locking_looks_at_picks_and_removals(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct room *room = room_find(w->r, s->room);
    struct id picked[] = {s->a->account};
    struct removal removal = {.account = s->a->account};
    room->who = ROOM_PICKED, room->picked = picked, room->picked_count = 1;
    assert_int_equal(world_flag(w, s->host, COMMAND_ROOM_LOCK, true), OK);
    assert_non_null(world_out(w, s->b->sock, EVENT_OUT, 0));
    assert_null(world_out(w, s->a->sock, EVENT_OUT, 0));
    struct removal ring[LIMIT_REMOVED] = {removal};
    room->removed = ring, room->removed_count = 1;
    assert_int_equal(world_flag(w, s->host, COMMAND_ROOM_LOCK, true), OK); /* a second time counts too */
    assert_non_null(world_out(w, s->a->sock, EVENT_OUT, 0));
    room->who = ROOM_EVERYONE, room->picked = NULL, room->picked_count = 0;
    room->removed = NULL, room->removed_count = 0;
}

/* ---- pings ------------------------------------------------------------------------------------------ */

static void a_ping_asks_somebody_in(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_person(w, s->a, COMMAND_ROOM_PING, s->out), OK);
    const struct out *o = world_out(w, s->out->sock, EVENT_PINGED, 0);
    assert_true(id_eq(o->pinged.room, s->room) && id_eq(o->pinged.by, s->a->account));
    ASSERT_TEXT(o->pinged.title, "Talk");
    ASSERT_TEXT(o->pinged.by_name, s->a->name);
    assert_int_equal(world_outs(w, EVENT_PINGED), 1);
    world_disconnect(w, s->out); /* offline: the same answer */
    assert_int_equal(world_person(w, s->a, COMMAND_ROOM_PING, s->out), OK);
    assert_int_equal(w->effect_count, 1);
    assert_refused(s, ERR_STATE, world_person(w, s->a, COMMAND_ROOM_PING, s->b)); /* is here */
    assert_refused(s, ERR_NOT_IN_ROOM, world_person(w, s->f, COMMAND_ROOM_PING, s->a));
}

static void the_one_answer_to_all_who_may_not_come(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct actor stranger = *s->a, *banned = world_member(w, s->f);
    stranger.account.bytes[0] ^= 1;
    assert_int_equal(world_ban(w, s->f, banned), OK);
    assert_int_equal(world_join(w, s->out, s->room), OK);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_REMOVE, s->out), OK);
    assert_refused(s, ERR_NOT_FOUND, world_person(w, s->a, COMMAND_ROOM_PING, &stranger));
    assert_refused(s, ERR_NOT_FOUND, world_person(w, s->a, COMMAND_ROOM_PING, banned));
    assert_refused(s, ERR_NOT_FOUND, world_person(w, s->a, COMMAND_ROOM_PING, s->out));
    struct id closed, pick[] = {s->b->account};
    assert_int_equal(world_open(w, s->a, "", pick, 1, &closed), OK);
    assert_int_equal(world_join(w, s->a, closed), OK);
    assert_refused(s, ERR_NOT_FOUND, world_person(w, s->a, COMMAND_ROOM_PING, s->f)); /* not picked */
    assert_int_equal(world_person(w, s->a, COMMAND_ROOM_PING, s->b), OK);
}

static void a_moderators_ping_opens_the_lock(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct actor *early = world_member(w, s->f);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_PING, early), OK);
    assert_int_equal(world_person(w, s->a, COMMAND_ROOM_PING, s->f), OK);
    assert_int_equal(world_flag(w, s->host, COMMAND_ROOM_LOCK, true), OK);
    assert_refused(s, ERR_LOCKED, world_person(w, s->a, COMMAND_ROOM_PING, s->out));
    assert_refused(s, ERR_LOCKED, world_join(w, s->out, s->room));
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_PING, s->out), OK);
    assert_int_equal(world_join(w, s->out, s->room), OK);
    assert_int_equal(world_join(w, early, s->room), OK);
    assert_refused(s, ERR_LOCKED, world_join(w, s->f, s->room)); /* whom a listener pinged is not let in */
}

static void pings_are_few(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct actor *many[12];
    for (int i = 0; i < 12; i++) many[i] = world_member(w, s->f);
    int sent = 0;
    while (world_person(w, s->a, COMMAND_ROOM_PING, many[sent % 12]) == OK && ++sent < 100) continue;
    assert_int_equal(sent, 11); /* the one that is due, and ten in reserve */
    const struct out *o = world_out(w, s->a->sock, REPLY_ERROR, 0);
    assert_int_equal(o->error.err, ERR_RATE);
    assert_in_range(o->error.retry_after_ms, 1, LIMIT_ASK_MS);
    w->now += o->error.retry_after_ms;
    assert_int_equal(world_person(w, s->a, COMMAND_ROOM_PING, many[11]), OK);
    /* Many at one: it is asked a few times and then left alone. */
    w->now += 100000;
    for (int i = 0; i < 6; i++) {
        assert_int_equal(world_join(w, many[i], s->room), OK);
        assert_int_equal(world_person(w, many[i], COMMAND_ROOM_PING, s->out), OK);
    }
    assert_refused(s, ERR_RATE, world_person(w, s->b, COMMAND_ROOM_PING, s->out));
}

/* ---- knocking --------------------------------------------------------------------------------------- */

static enum err knock(struct scene *s, const struct actor *a, struct id room)
{
    struct command c = {.kind = COMMAND_ROOM_KNOCK, .sock = a->sock, .request = 1, .knock = {room}};
    return world_apply(&s->w, &c);
}

static void a_knock_is_heard_by_the_moderators(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_role(w, s->host, s->a, true), OK);
    assert_int_equal(world_flag(w, s->host, COMMAND_ROOM_LOCK, true), OK);
    assert_int_equal(knock(s, s->out, s->room), OK);
    assert_int_equal(world_outs(w, EVENT_KNOCKED), 2); /* not b */
    const struct out *o = world_out(w, s->host->sock, EVENT_KNOCKED, 0);
    assert_true(id_eq(o->called.room, s->room) && id_eq(o->called.by, s->out->account));
    ASSERT_TEXT(o->called.by_name, s->out->name);
    assert_non_null(world_out(w, s->a->sock, EVENT_KNOCKED, 0));
    assert_refused(s, ERR_LOCKED, world_join(w, s->out, s->room)); /* it opens nothing */
    world_disconnect(w, s->a);                                     /* away: nobody to tell */
    assert_int_equal(knock(s, s->out, s->room), OK);
    assert_int_equal(world_outs(w, EVENT_KNOCKED), 1);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_PING, s->out), OK);
    assert_int_equal(world_join(w, s->out, s->room), OK);
}

static void who_need_not_or_may_not_come_in_does_not_knock(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_refused(s, ERR_STATE, knock(s, s->out, s->room)); /* it is open */
    assert_int_equal(world_flag(w, s->host, COMMAND_ROOM_LOCK, true), OK);
    assert_refused(s, ERR_STATE, knock(s, s->a, s->room)); /* is in */
    assert_refused(s, ERR_NOT_FOUND, knock(s, s->out, (struct id){{9}}));
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_PING, s->out), OK);
    assert_refused(s, ERR_STATE, knock(s, s->out, s->room)); /* was asked in already */
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_REMOVE, s->b), OK);
    assert_refused(s, ERR_REMOVED, knock(s, s->b, s->room));
    struct id closed, pick[] = {s->b->account};
    assert_int_equal(world_open(w, s->a, "", pick, 1, &closed), OK);
    assert_int_equal(world_join(w, s->a, closed), OK);
    assert_int_equal(world_flag(w, s->a, COMMAND_ROOM_LOCK, true), OK);
    assert_refused(s, ERR_NOT_FOUND, knock(s, s->out, closed)); /* it does not exist for them */
}

static void knocks_are_few(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_flag(w, s->host, COMMAND_ROOM_LOCK, true), OK);
    int heard = 0;
    while (knock(s, s->out, s->room) == OK && ++heard < 100) continue;
    assert_int_equal(heard, 3); /* the one that is due, and two in reserve */
    const struct out *o = world_out(w, s->out->sock, REPLY_ERROR, 0);
    assert_int_equal(o->error.err, ERR_RATE);
    assert_in_range(o->error.retry_after_ms, 1, LIMIT_KNOCK_MS);
    w->now += o->error.retry_after_ms;
    assert_int_equal(knock(s, s->out, s->room), OK);
}

/* ---- hands ------------------------------------------------------------------------------------------ */

static void not_now(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_refused(s, ERR_STATE, world_person(w, s->host, COMMAND_ROOM_LOWER, s->a)); /* it is not up */
    raise(s, s->a);
    raise(s, s->b);
    assert_refused(s, ERR_FORBIDDEN, world_person(w, s->b, COMMAND_ROOM_LOWER, s->a));
    assert_refused(s, ERR_NOT_FOUND, world_person(w, s->host, COMMAND_ROOM_LOWER, s->out));
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_LOWER, s->a), OK);
    assert_act(s, s->a, ACT_LOWERED, s->host);
    assert_int_equal(heard(s, s->b, s->a)->hand_ms, 0);
    raise(s, s->a); /* later, perhaps */
    assert_int_equal(world_join(w, s->f, s->room), OK);
    raise(s, s->f);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_LOWER, s->f), OK); /* no act: it knows no ranks */
}

static void all_hands_at_once(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_simple(w, s->host, COMMAND_ROOM_LOWER_ALL), OK);
    assert_int_equal(w->effect_count, 1); /* there was none */
    raise(s, s->a);
    raise(s, s->b);
    assert_refused(s, ERR_FORBIDDEN, world_simple(w, s->a, COMMAND_ROOM_LOWER_ALL));
    assert_int_equal(world_simple(w, s->host, COMMAND_ROOM_LOWER_ALL), OK);
    const struct out *o = world_out(w, s->b->sock, EVENT_HANDS_DOWN, 0);
    assert_true(id_eq(o->called.room, s->room) && id_eq(o->called.by, s->host->account));
    assert_int_equal(world_outs(w, EVENT_HANDS_DOWN), 3);
    assert_int_equal(world_outs(w, EVENT_PERSON), 0); /* one event, not one for each hand */
    assert_refused(s, ERR_STATE, world_person(w, s->host, COMMAND_ROOM_LOWER, s->a));
}

static void hands_off(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    raise(s, s->a);
    assert_refused(s, ERR_FORBIDDEN, world_hands(w, s->a, HANDS_OFF));
    assert_int_equal(world_hands(w, s->host, HANDS_OFF), OK);
    assert_int_equal(world_outs(w, EVENT_HANDS_DOWN), 3);
    assert_int_equal(card(s)->hands, HANDS_OFF);
    assert_refused(s, ERR_HANDS, world_flag(w, s->a, COMMAND_ROOM_HAND, true));
    assert_int_equal(world_flag(w, s->a, COMMAND_ROOM_HAND, false), OK);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_BRING, s->a), OK); /* they can still be called */
    assert_int_equal(world_flag(w, s->a, COMMAND_ROOM_ANSWER, true), OK);
    assert_int_equal(world_hands(w, s->host, HANDS_EVERYONE), OK);
    raise(s, s->b);
}

static enum err follow(struct scene *s, const struct actor *a, const struct actor *to, bool on)
{
    struct command c = {.kind = COMMAND_PEOPLE_FOLLOW, .sock = a->sock, .request = 1};
    c.tie.account = to->account;
    c.tie.on = on;
    return world_apply(&s->w, &c);
}

static void hands_of_those_whom_a_speaker_follows(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(follow(s, s->host, s->a, true), OK);
    assert_int_equal(follow(s, s->a, s->b, true), OK); /* in the audience: that does not count */
    raise(s, s->b);
    assert_int_equal(world_hands(w, s->host, HANDS_FOLLOWED), OK);
    assert_int_equal(world_outs(w, EVENT_HANDS_DOWN), 3);
    assert_int_equal(card(s)->hands, HANDS_FOLLOWED);
    raise(s, s->a);
    assert_refused(s, ERR_HANDS, world_flag(w, s->b, COMMAND_ROOM_HAND, true));
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_BRING, s->a), OK);
    raise(s, s->b); /* now it does */
    assert_int_equal(world_flag(w, s->b, COMMAND_ROOM_HAND, false), OK);
    assert_int_equal(follow(s, s->a, s->b, false), OK);
    assert_refused(s, ERR_HANDS, world_flag(w, s->b, COMMAND_ROOM_HAND, true));
    assert_int_equal(world_role(w, s->host, s->b, true), OK);
    raise(s, s->b); /* a moderator always may */
}

static void a_room_opens_without_hands(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct command c = {.kind = COMMAND_ROOM_OPEN, .sock = s->out->sock, .request = 1};
    c.create.hands = HANDS_OFF;
    assert_int_equal(world_apply(w, &c), OK);
    struct id room = world_out(w, s->out->sock, REPLY_ROOM_OPEN, 0)->room.room;
    assert_int_equal(world_out(w, s->a->sock, EVENT_HALL_ROOM, 0)->hall.list[0].hands, HANDS_OFF);
    assert_int_equal(world_join(w, s->out, room), OK);
    assert_int_equal(world_join(w, s->a, room), OK);
    assert_int_equal(world_out(w, s->a->sock, REPLY_ROOM_JOIN, 0)->join.room.hands, HANDS_OFF);
    assert_refused(s, ERR_HANDS, world_flag(w, s->a, COMMAND_ROOM_HAND, true));
    s->w.opened[s->w.opened_count % WORLD_ROOMS].room = room;
}

static void nobody_waves(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    int up = 0;
    while (world_flag(w, s->a, COMMAND_ROOM_HAND, true) == OK && ++up < 100)
        assert_int_equal(world_flag(w, s->a, COMMAND_ROOM_HAND, false), OK);
    assert_int_equal(up, 11);
    assert_int_equal(world_out(w, s->a->sock, REPLY_ERROR, 0)->error.err, ERR_RATE);
    assert_int_equal(world_simple(w, s->a, COMMAND_ROOM_LEAVE), OK); /* leaving does not help */
    assert_int_equal(world_join(w, s->a, s->room), OK);
    assert_refused(s, ERR_RATE, world_flag(w, s->a, COMMAND_ROOM_HAND, true));
    w->now += LIMIT_HAND_MS;
    raise(s, s->a);
}

/* ---- the title -------------------------------------------------------------------------------------- */

static void the_title_changes(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    char long_one[LIMIT_TITLE_CHARS + 2] = {0};
    memset(long_one, 'x', LIMIT_TITLE_CHARS + 1);
    assert_refused(s, ERR_FORBIDDEN, world_title(w, s->a, view_str("Mine")));
    assert_refused(s, ERR_NOT_IN_ROOM, world_title(w, s->out, view_str("Mine")));
    assert_refused(s, ERR_TITLE, world_title(w, s->host, view_str(long_one)));
    assert_refused(s, ERR_TITLE,
                   world_title(w, s->host,
                               view_str("a\xe2\x80\xae"
                                        "b"))); /* bidi override */
    assert_refused(s, ERR_TITLE, world_title(w, s->host, view_str("a\nb")));
    assert_refused(s, ERR_TITLE, world_title(w, s->host, view_str("\xff")));
    assert_int_equal(world_title(w, s->host, view_str("Café du soir")), OK);
    ASSERT_TEXT(card(s)->title, "Café du soir");
    assert_int_equal(world_title(w, s->host, view_str("")), OK);
    assert_int_equal(card(s)->title.len, 0);
}

/* ---- removals --------------------------------------------------------------------------------------- */

/* A moderator who empties the room is stopped after five; the host is asked, and may go on. */
static void the_host_is_asked(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct actor *many[LIMIT_REMOVALS_PER_MINUTE + 1];
    assert_int_equal(world_role(w, s->host, s->a, true), OK);
    for (int i = 0; i <= LIMIT_REMOVALS_PER_MINUTE; i++) {
        many[i] = world_member(w, s->f);
        assert_int_equal(world_join(w, many[i], s->room), OK);
    }
    for (int i = 0; i < LIMIT_REMOVALS_PER_MINUTE; i++)
        assert_int_equal(world_person(w, s->a, COMMAND_ROOM_REMOVE, many[i]), OK);
    struct actor *last = many[LIMIT_REMOVALS_PER_MINUTE];
    assert_int_equal(world_person(w, s->a, COMMAND_ROOM_REMOVE, last), ERR_SECOND);
    assert_in_range(world_out(w, s->a->sock, REPLY_ERROR, 0)->error.retry_after_ms, 1, 60000);
    assert_true(id_eq(world_out(w, s->host->sock, EVENT_MOD_ASK, 0)->mod_ask.target, last->account));
    assert_non_null(world_out(w, s->f->sock, EVENT_MOD_ASK, 0));
    assert_int_equal(world_outs(w, EVENT_MOD_ASK), 2);
    assert_int_equal(world_person(w, s->host, COMMAND_ROOM_REMOVE, last), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_full, world_tear_down)
        TEST(a_moderator_is_made_and_unmade),
        TEST(a_moderator_has_its_place_below_the_opener),
        TEST(admins_make_moderators_too),
        TEST(nobody_inherits_it),
        TEST(a_lost_socket_keeps_the_role),
        TEST(a_locked_room_lets_nobody_new_in),
        TEST(the_opener_and_a_bad_network_get_through),
        TEST(locking_looks_at_everybody),
        TEST(locking_looks_at_picks_and_removals),
        TEST(a_ping_asks_somebody_in),
        TEST(the_one_answer_to_all_who_may_not_come),
        TEST(a_moderators_ping_opens_the_lock),
        TEST(pings_are_few),
        TEST(a_knock_is_heard_by_the_moderators),
        TEST(who_need_not_or_may_not_come_in_does_not_knock),
        TEST(knocks_are_few),
        TEST(not_now),
        TEST(all_hands_at_once),
        TEST(hands_off),
        TEST(hands_of_those_whom_a_speaker_follows),
        TEST(a_room_opens_without_hands),
        TEST(nobody_waves),
        TEST(the_title_changes),
        TEST(the_host_is_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
