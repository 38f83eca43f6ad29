/* Rooms that one does not see: somebody who blocks them is on stage there, or opened the room and is on the
 * way. To whom a room is hidden, it does not exist, and nothing tells this from a room that ended. Who is in
 * it when that happens stays: to be thrown out at that moment would say by whom. Founder, admins and the
 * room's opener moderate it, so it is hidden from none of these. */
#include "rooms/ties.h"

#include <stdlib.h>

#include "base/without.h"

/* Whom no block keeps away from this room, beside founder and admins. */
static bool exempt(const struct room *room, const struct member *m)
{
    return room->opener == m || (m->person && m->person->room == room);
}

bool room_hides(const struct rooms *r, const struct room *room, const struct member *m)
{
    if (!m->blockers || exempt(room, m) || without(WITHOUT_BLOCK)) return false;
    if (!room->started && member_blocks(r, room->opener, m)) return true;
    for (uint32_t i = 0; i < room->count; i++)
        if (room->people[i]->on_stage && member_blocks(r, room->people[i]->member, m)) return true;
    for (uint32_t i = 0; i < room->place_count; i++)
        if (room->places[i].on_stage && member_blocks(r, room->places[i].member, m)) return true;
    return false;
}

static int by_address(const void *a, const void *b)
{
    const struct member *const *x = a, *const *y = b;
    return *x < *y ? -1 : *x > *y;
}

bool room_hidden(const struct room *room, const struct member *m)
{
    return room->hidden_count &&
           bsearch(&m, room->hidden, room->hidden_count, sizeof(*room->hidden), by_address);
}

static size_t add_blocked(const struct rooms *r, const struct room *room, const struct member *by,
                          const struct member **out, size_t count)
{
    for (const struct slip *n = by->slips; n; n = n->next) {
        const struct member *m = n->is.kind == SLIP_BLOCK ? log_member(&r->log, n->is.about) : NULL;
        if (m && member_blocks(r, by, m) && !exempt(room, m) && room_for(room, m)) out[count++] = m;
    }
    return count;
}

static size_t collect(const struct rooms *r, const struct room *room, const struct member **out)
{
    size_t count = room->started ? 0 : add_blocked(r, room, room->opener, out, 0), kept = 0;
    for (uint32_t i = 0; i < room->count; i++)
        if (room->people[i]->on_stage) count = add_blocked(r, room, room->people[i]->member, out, count);
    for (uint32_t i = 0; i < room->place_count; i++)
        if (room->places[i].on_stage) count = add_blocked(r, room, room->places[i].member, out, count);
    qsort(out, count, sizeof(*out), by_address);
    for (size_t i = 0; i < count; i++)
        if (!i || out[i] != out[i - 1]) out[kept++] = out[i];
    return kept;
}

enum err hidden_update(struct rooms *r, struct room *room)
{
    if (!r->slip_kinds[SLIP_BLOCK] && !room->hidden_count) return OK;
    const struct member **now = scratch_take(r, (2 * LIMIT_STAGE + 1) * LIMIT_BLOCKS * sizeof(*now)),
                        **kept = NULL;
    if (!now) return ERR_SYSTEM;
    size_t count = collect(r, room, now);
    if (count && !(kept = malloc(count * sizeof(*kept)))) return ERR_SYSTEM;
    for (size_t i = 0; i < count; i++) {
        kept[i] = now[i];
        /* Who never saw it hears nothing of it either. */
        if (room->hall_ms && !room_hidden(room, now[i]))
            tell_member(r, now[i], (struct out){.kind = EVENT_HALL_GONE, .room = {room->id}});
    }
    free(room->hidden);
    room->hidden = kept;
    room->hidden_count = count;
    return OK;
}
