/* Who may come into a room, and the lock: nobody new comes in but those whom a moderator pinged. Locking
 * looks at everybody who is there already as if they came now: who waited inside before it must not stay by
 * that. */
#include "rooms/ties.h"

#include <stdlib.h>

#include "base/without.h"

enum err room_takes(const struct rooms *r, const struct room *room, const struct member *m)
{
    if (!room_for(room, m)) return ERR_NOT_FOUND;
    if (was_removed(room, m->account) || log_room_banned(&r->log, m->account, room->opener->account))
        return ERR_REMOVED;
    return OK;
}

enum err room_admits(const struct rooms *r, const struct room *room, const struct member *m)
{
    return room_hides(r, room, m) ? ERR_NOT_FOUND : room_takes(r, room, m);
}

/* ---- through the lock ------------------------------------------------------------------------------ */

bool ring_has(const struct id_ring *ring, struct id account)
{
    return id_among(ring->ids, ring->count < LIMIT_RING ? ring->count : LIMIT_RING, account);
}

void ring_add(struct id_ring *ring, struct id account)
{
    if (ring_has(ring, account)) return;
    if (!ring->ids) ring->ids = calloc(LIMIT_RING, sizeof(*ring->ids));
    if (ring->ids) ring->ids[ring->count++ % LIMIT_RING] = account;
}

bool lock_stops(const struct room *room, const struct member *m)
{
    bool invited = m == room->opener || ring_has(&room->let_in, m->account) || places_has(room, m);
    return room->locked && !invited && !without(WITHOUT_LOCK);
}

/* ---- locking --------------------------------------------------------------------------------------- */

static bool may_stay(const struct rooms *r, const struct person *p)
{
    const struct member *m = p->member;
    struct leaf leaf;
    if (m->banned || m->deleted || m->superseded || m->held || p->device->revoked) return false;
    if (leaf_parse(&leaf, (struct view){p->leaf, p->leaf_len})) return false;
    return hash_eq(leaf.chain, p->device->path) && room_admits(r, p->room, m) == OK;
}

/* Everybody, those away too. From the end: whoever goes is replaced by one that was looked at already. */
static void check_present(struct rooms *r, struct room *room)
{
    for (uint32_t i = room->count; i-- > 0;)
        if (!may_stay(r, room->people[i]))
            person_remove(r, room->people[i], LEFT_REMOVED, (struct view){0}, false);
}

enum err do_room_lock(struct rooms *r, struct sock *s, const struct command *c)
{
    enum err e = need_moderator(s);
    if (e) return e;
    struct room *room = s->person->room;
    reply_ok(r, s, c);
    if (c->flag.on) check_present(r, room);
    if (room->locked != c->flag.on) hall_touch(r, room);
    room->locked = c->flag.on;
    room_end_if_empty(r, room);
    return OK;
}
