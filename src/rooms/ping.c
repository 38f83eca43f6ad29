/* Asking a member into one's room. Whoever may not be there (the room is not for them, they were removed,
 * held or banned) is not asked, and who asks gets the one answer that there is for all of these. Whom a block
 * keeps apart from who asks, or from somebody on stage, is not asked either, and nothing tells: no more than
 * whether somebody is online. */
#include "rooms/ties.h"

enum { PINGS_IN_RESERVE = 10, PINGED_IN_RESERVE = 5 };

static bool may_be_asked(const struct rooms *r, const struct room *room, const struct member *m)
{
    if (!m || m->banned || m->deleted || m->superseded || m->held) return false;
    return room_takes(r, room, m) == OK;
}

static enum err check_ping(struct rooms *r, const struct sock *s)
{
    if (!s->person) return ERR_NOT_IN_ROOM;
    /* Through a locked door only moderators ask people in. */
    if (s->person->room->locked && !person_moderates(s->person)) return ERR_LOCKED;
    return pace_check(r, s->member->ping_due_ms, (uint64_t)LIMIT_ASK_MS * PINGS_IN_RESERVE);
}

static void tell_guest(struct rooms *r, const struct room *room, const struct member *guest,
                       const struct member *by)
{
    struct out out = {.kind = EVENT_PINGED};
    out.pinged.room = room->id;
    out.pinged.title = (struct view){room->title, room->title_len};
    out.pinged.by = by->account;
    out.pinged.by_name = member_name(by);
    tell_member(r, guest, out);
}

enum err do_room_ping(struct rooms *r, struct sock *s, const struct command *c)
{
    enum err e = check_ping(r, s);
    if (e) return e;
    pace_note(r, &s->member->ping_due_ms, LIMIT_ASK_MS); /* refused or not: nobody tries accounts out */
    struct room *room = s->person->room;
    struct member *guest = log_member(&r->log, c->person.account);
    if (!may_be_asked(r, room, guest)) return ERR_NOT_FOUND;
    if (guest->person && guest->person->room == room) return ERR_STATE;
    e = pace_check(r, guest->pinged_due_ms, (uint64_t)LIMIT_ASKED_MS * PINGED_IN_RESERVE);
    if (e) return e;
    pace_note(r, &guest->pinged_due_ms, LIMIT_ASKED_MS);
    if (person_moderates(s->person)) ring_add(&room->let_in, guest->account);
    places_touch(room);
    reply_ok(r, s, c);
    if (!room_hides(r, room, guest) && !member_blocks(r, guest, s->member))
        tell_guest(r, room, guest, s->member);
    return OK;
}
