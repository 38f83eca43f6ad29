/* Where an account is, for its other devices: they ask before they end its presence there. A device that comes back
 * to its own place needs no word of it. */
#include "rooms/state.h"

static struct id seen_from(const struct sock *s, const struct person *p)
{
    return p && p->device != s->device ? p->room->id : (struct id){0};
}

struct id elsewhere_of(const struct sock *s)
{
    return seen_from(s, s->member->person);
}

void elsewhere_tell(struct rooms *r, const struct member *m, const struct person *p)
{
    for (struct sock *s = m->socks; s; s = s->next) {
        struct id room = seen_from(s, p);
        if (id_eq(s->elsewhere, room)) continue;
        s->elsewhere = room;
        send_out(r, s, (struct out){.kind = EVENT_ELSEWHERE, .room = {room}});
    }
}
