/* Raised hands: who may, how often, and what moderators do about them beside bringing people up. */
#include "rooms/ties.h"

#include "base/without.h"

enum { HANDS_IN_RESERVE = 10 };

/* Everybody in the room hears of every hand, so nobody waves. Lowering it is always allowed. */
static enum err check_hand(struct rooms *r, const struct person *p, bool up)
{
    if (!up) return OK;
    if (p->room->hands == HANDS_OFF && !without(WITHOUT_HANDS_OFF)) return ERR_HANDS;
    if (p->room->hands == HANDS_FOLLOWED && !person_moderates(p) && !stage_follows(r, p)) return ERR_HANDS;
    return pace_check(r, p->member->hand_due_ms, (uint64_t)LIMIT_HAND_MS * HANDS_IN_RESERVE);
}

enum err do_room_hand(struct rooms *r, struct sock *s, const struct command *c)
{
    struct person *p = s->person;
    if (!p) return ERR_NOT_IN_ROOM;
    if (p->on_stage) return ERR_STATE;
    bool changed = c->flag.on != (p->hand_ms != 0);
    enum err e = changed ? check_hand(r, p, c->flag.on) : OK;
    if (e) return e;
    reply_ok(r, s, c);
    if (!changed) return OK;
    if (c->flag.on) pace_note(r, &p->member->hand_due_ms, LIMIT_HAND_MS);
    p->hand_ms = c->flag.on ? r->now_ms : 0;
    places_touch(p->room);
    tell_person(r, p, NULL);
    return OK;
}

/* "Not now" is no act against anybody: it knows no ranks. */
enum err do_room_lower(struct rooms *r, struct sock *s, const struct command *c)
{
    struct person *p;
    enum err e = need_moderator(s);
    if (!e) e = find_target(r, s, c->person.account, &p);
    if (!e && !p->hand_ms) e = ERR_STATE;
    if (e) return e;
    p->hand_ms = 0;
    places_touch(p->room);
    reply_ok(r, s, c);
    if (p != s->person) tell_act(r, p, ACT_LOWERED, s->member);
    tell_person(r, p, NULL);
    return OK;
}

/* One event for all of them: a crowd's hands, told one by one to the crowd, would be its square. */
static void lower_all(struct rooms *r, const struct sock *s)
{
    struct room *room = s->person->room;
    bool any = false;
    for (uint32_t i = 0; i < room->count; i++) {
        any |= room->people[i]->hand_ms != 0;
        room->people[i]->hand_ms = 0;
    }
    if (!any) return;
    places_touch(room);
    struct out out = {.kind = EVENT_HANDS_DOWN};
    out.called.room = room->id;
    out.called.by = s->member->account;
    out.called.by_name = member_name(s->member);
    news_flush(r, room);
    tell_room(r, room, out, NULL);
}

enum err do_room_lower_all(struct rooms *r, struct sock *s, const struct command *c)
{
    enum err e = need_moderator(s);
    if (e) return e;
    reply_ok(r, s, c);
    lower_all(r, s);
    return OK;
}

enum err do_room_hands(struct rooms *r, struct sock *s, const struct command *c)
{
    enum err e = need_moderator(s);
    if (e) return e;
    struct room *room = s->person->room;
    reply_ok(r, s, c);
    if (room->hands == c->create.hands) return OK;
    room->hands = c->create.hands;
    if (room->hands != HANDS_EVERYONE) lower_all(r, s); /* who still may can say so again */
    hall_touch(r, room);
    return OK;
}
