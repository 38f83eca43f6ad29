/* What a record does to the living, once it is stored. Who may ban whom is in rank.c; a banned account is
 * refused at hello, and its invites are void. */
#include "rooms/ties.h"

void tell_member(struct rooms *r, const struct member *m, struct out out)
{
    for (const struct sock *s = m->socks; s; s = s->next) send_out(r, s, out);
}

void tell_admins(struct rooms *r, struct out out, const struct member *except)
{
    for (uint32_t i = 0; i < r->sock_count; i++) {
        const struct member *m = r->socks[i]->member;
        if (m && m->role <= CLUB_ADMIN && m != except) send_out(r, r->socks[i], out);
    }
}

static void leave_everything(struct rooms *r, struct member *m, enum left_why why, struct view by)
{
    if (m->person) person_leave(r, m->person, why, by, false);
    if (m->opening) room_end(r, m->opening, by);
}

void ban_enforce(struct rooms *r, struct member *target, enum left_why why, enum err close, struct view by)
{
    leave_everything(r, target, why, by);
    events_show(r, target, false);
    while (target->socks) sock_close(r, target->socks, close);
}

/* Somebody held keeps the session, and hears of rooms again when released. */
void hold_enforce(struct rooms *r, uint64_t n)
{
    for (uint32_t i = 0; i < r->log.member_count; i++) {
        struct member *m = r->log.members[i];
        if (m->held_n != n) continue;
        events_show(r, m, !m->held);
        if (m->held) leave_everything(r, m, LEFT_BANNED, (struct view){0});
        tell_member(r, m, (struct out){.kind = EVENT_HELD, .held = {m->held}});
        for (const struct sock *s = m->socks; s && !m->held; s = s->next) hall_send(r, s);
    }
}

void rank_enforce(struct rooms *r, const struct member *m)
{
    tell_member(r, m, (struct out){.kind = EVENT_ROLE, .role = {m->role}});
    if (m->person) tell_person(r, m->person, NULL);
}
