/* The people in the audience whom somebody on stage follows: they stand before the rest. The room is told who
 * they are and not by whom; with one alone on stage, whose list it would be, nobody is. docs/threat-model.md
 * says what can be concluded all the same. */
#include "rooms/ties.h"

#include <stdlib.h>

bool stage_follows(const struct rooms *r, const struct person *p)
{
    for (uint32_t i = 0; i < p->room->count; i++) {
        const struct person *q = p->room->people[i];
        if (q->on_stage && q != p && member_follows(r, q->member, p->member)) return true;
    }
    return false;
}

static int ascending(const void *a, const void *b)
{
    uint32_t x, y;
    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    return x < y ? -1 : x > y;
}

/* By the lists of those on stage, which are short, and not by the audience. `out` holds LIMIT_STAGE *
 * LIMIT_FOLLOWS. */
static size_t collect(const struct rooms *r, const struct room *room, uint32_t *out)
{
    size_t count = 0, kept = 0;
    for (uint32_t i = 0; i < room->count; i++) {
        const struct member *m = room->people[i]->on_stage ? room->people[i]->member : NULL;
        for (const struct slip *n = m ? m->slips : NULL; n; n = n->next) {
            const struct member *other = n->is.kind == SLIP_FOLLOW ? log_member(&r->log, n->is.about) : NULL;
            const struct person *p = other ? other->person : NULL;
            if (p && p->room == room && !p->on_stage && member_follows(r, m, other)) out[count++] = p->order;
        }
    }
    qsort(out, count, sizeof(*out), ascending);
    for (size_t i = 0; i < count; i++)
        if (!i || out[i] != out[i - 1]) out[kept++] = out[i];
    return kept < LIMIT_FOLLOWED ? kept : LIMIT_FOLLOWED;
}

static struct out followed_out(const struct room *room)
{
    return (struct out){.kind = EVENT_FOLLOWED, .followed = {room->id, room->followed, room->followed_count}};
}

static void update(struct rooms *r, struct room *room)
{
    uint32_t *orders = scratch_take(r, (size_t)LIMIT_STAGE * LIMIT_FOLLOWS * sizeof(*orders));
    if (!orders) return; /* with the next tick */
    size_t count = room->stage_count >= LIMIT_FOLLOWED_STAGE ? collect(r, room, orders) : 0;
    room->followed_dirty = false;
    if (count == room->followed_count && memcmp(orders, room->followed, count * sizeof(*orders)) == 0) return;
    room->followed_ms = r->now_ms;
    room->followed_count = count;
    memcpy(room->followed, orders, count * sizeof(*orders));
    tell_room(r, room, followed_out(room), NULL);
}

void followed_send(struct rooms *r, const struct person *p)
{
    if (p->room->followed_count) send_out(r, p->sock, followed_out(p->room));
}

void followed_flush(struct rooms *r)
{
    for (uint32_t i = 0; i < r->room_count; i++) {
        struct room *room = r->rooms[i];
        bool early = r->now_ms >= room->followed_ms && r->now_ms - room->followed_ms < LIMIT_FOLLOWED_MS;
        if (room->followed_dirty && !early) update(r, room);
    }
}
