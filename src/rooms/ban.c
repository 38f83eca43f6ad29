/* What a ban does to the living: out of the room, and every socket closed. The record itself goes through
 * records.c; who may ban whom is in chain.c; a banned account is refused at hello and its invites are void.
 */
#include "rooms/state.h"

void ban_enforce(struct rooms *r, struct member *target, struct view by)
{
    if (target->person) person_leave(r, target->person, LEFT_BANNED, by, false);
    if (target->opening) room_end(r, target->opening, by);
    while (target->socks) sock_close(r, target->socks, ERR_BANNED);
}
