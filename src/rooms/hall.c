/* The hallway: who sees which room, and the cards. A card goes out at once if the last one is old enough,
 * else with a later tick, so that a full room costs the hallway a few messages a second. */
#include "rooms/ties.h"

#include "base/without.h"

static void card_face(struct room_info *info, const struct member *m)
{
    info->faces[info->face_count].account = m->account;
    info->faces[info->face_count++].name = member_name(m);
}

struct room_info room_info(const struct room *room)
{
    struct room_info info = {
        .room = room->id,
        .host = room->opener->account,
        .title = {room->title, room->title_len},
        .who = room->who,
        .music = room->music,
        .sensitive = room->sensitive,
        .locked = room->locked,
        .hands = room->hands,
        .opened_ms = room->opened_ms,
        .people = room->count,
        .speakers = room->stage_count,
    };
    uint32_t stage = room->stage_count < LIMIT_SLOTS ? room->stage_count : LIMIT_SLOTS;
    for (uint32_t i = 0; i < room->count && info.face_count < stage; i++)
        if (room->people[i]->on_stage) card_face(&info, room->people[i]->member);
    for (uint32_t i = 0; i < room->count && info.face_count < LIMIT_SLOTS; i++)
        if (!room->people[i]->on_stage) card_face(&info, room->people[i]->member);
    return info;
}

static bool sees(const struct room *room, const struct member *m)
{
    return m && !m->held && !room_hidden(room, m);
}

static bool may_look(const struct room *room, const struct sock *s)
{
    return s->member ? sees(room, s->member) : without(WITHOUT_HALL_MEMBERS);
}

/* To every session that may see the room. */
static void tell_hall(struct rooms *r, const struct room *room, struct out out)
{
    if (room->who == ROOM_EVERYONE || without(WITHOUT_PICKED)) {
        size_t count = 0;
        sock_name *socks = scratch_take(r, r->sock_count * sizeof(*socks));
        for (uint32_t i = 0; socks && i < r->sock_count; i++)
            if (may_look(room, r->socks[i])) socks[count++] = r->socks[i]->name;
        send_many(r, socks, count, out);
        return;
    }
    if (sees(room, room->opener)) tell_member(r, room->opener, out);
    for (size_t i = 0; i < room->picked_count; i++) {
        const struct member *m = log_member(&r->log, room->picked[i]);
        if (sees(room, m)) tell_member(r, m, out);
    }
}

void hall_touch(struct rooms *r, struct room *room)
{
    room->followed_dirty = true; /* who came, went, or changed places */
    places_touch(room);
    room_due(r, room, DUE_CARD);
}

void hall_gone(struct rooms *r, struct room *room)
{
    room_settled(room, DUE_CARD);
    tell_hall(r, room, (struct out){.kind = EVENT_HALL_GONE, .room = {room->id}});
}

void hall_flush(struct rooms *r)
{
    for (struct room *room = r->due[DUE_CARD], *next; room; room = next) {
        next = room->next_due[DUE_CARD];
        bool early = r->now_ms >= room->hall_ms && r->now_ms - room->hall_ms < LIMIT_HALL_MS;
        struct room_info *card = early ? NULL : scratch_take(r, sizeof(*card));
        if (!card || hidden_update(r, room)) continue;
        room_settled(room, DUE_CARD);
        room->hall_ms = r->now_ms;
        *card = room_info(room);
        tell_hall(r, room, (struct out){.kind = EVENT_HALL_ROOM, .hall = {card, 1}});
    }
}

void hall_send(struct rooms *r, const struct sock *s)
{
    struct room_info *cards = scratch_take(r, r->room_count * sizeof(*cards));
    if (!cards) return;
    size_t count = 0;
    for (uint32_t i = 0; i < r->room_count; i++)
        if (room_for(r->rooms[i], s->member) && sees(r->rooms[i], s->member))
            cards[count++] = room_info(r->rooms[i]);
    send_out(r, s, (struct out){.kind = EVENT_HALL, .hall = {cards, count}});
    events_send(r, s);
}
