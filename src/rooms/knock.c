/* Knocking at a locked room: its moderators hear who would like to come in, and may ask them in (ping.c).
 * Nothing is kept of it here, and nobody is told that they were not answered. Whom the lock does not stop, or
 * whom something else does, gets the answer of a join: a knock tells no more than that. */
#include "rooms/ties.h"

enum { KNOCKS_IN_RESERVE = 2 };

static enum err check_knock(struct rooms *r, const struct member *m, struct id id, struct room **out)
{
    struct room *room = room_find(r, id);
    if (!room) return ERR_NOT_FOUND;
    *out = room;
    enum err e = room_admits(r, room, m);
    if (e) return e;
    if ((m->person && m->person->room == room) || !lock_stops(room, m)) return ERR_STATE;
    return pace_check(r, m->knock_due_ms, (uint64_t)LIMIT_KNOCK_MS * KNOCKS_IN_RESERVE);
}

/* Who blocks the guest does not hear the knock, and no answer shows it. */
static void tell_moderators(struct rooms *r, const struct room *room, const struct member *guest)
{
    struct out out = {.kind = EVENT_KNOCKED};
    out.called.room = room->id;
    out.called.by = guest->account;
    out.called.by_name = member_name(guest);
    for (uint32_t i = 0; i < room->count; i++) {
        const struct person *p = room->people[i];
        if (p->sock && person_moderates(p) && !member_blocks(r, p->member, guest)) send_out(r, p->sock, out);
    }
}

enum err do_room_knock(struct rooms *r, struct sock *s, const struct command *c)
{
    struct room *room;
    enum err e = check_knock(r, s->member, c->knock.room, &room);
    if (e) return e;
    pace_note(r, &s->member->knock_due_ms, LIMIT_KNOCK_MS);
    reply_ok(r, s, c);
    tell_moderators(r, room, s->member);
    return OK;
}
