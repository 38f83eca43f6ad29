/* The hallway: who may see which room, and the cards. A card goes out at once if the last one is old enough,
 * else with a later tick, so that a full room costs the hallway a few messages a second. */
#include "rooms/state.h"

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

/* To every session that may see the room. */
static void tell_hall(struct rooms *r, const struct room *room, struct out out)
{
    if (room->who == ROOM_EVERYONE) {
        size_t count = 0;
        sock_name *socks = scratch_take(r, r->sock_count * sizeof(*socks));
        for (uint32_t i = 0; socks && i < r->sock_count; i++)
            if (r->socks[i]->member && !r->socks[i]->member->held) socks[count++] = r->socks[i]->name;
        send_many(r, socks, count, out);
        return;
    }
    if (!room->opener->held) tell_member(r, room->opener, out);
    for (size_t i = 0; i < room->picked_count; i++) {
        const struct member *m = log_member(&r->log, room->picked[i]);
        if (m && !m->held) tell_member(r, m, out);
    }
}

void hall_touch(struct rooms *r, struct room *room)
{
    if (room->hall_dirty) return;
    room->hall_dirty = true;
    room->hall_next = r->hall_dirty;
    r->hall_dirty = room;
}

static void untouch(struct rooms *r, struct room *room)
{
    for (struct room **at = &r->hall_dirty; *at; at = &(*at)->hall_next) {
        if (*at != room) continue;
        *at = room->hall_next;
        break;
    }
    room->hall_dirty = false;
}

void hall_gone(struct rooms *r, struct room *room)
{
    untouch(r, room);
    tell_hall(r, room, (struct out){.kind = EVENT_HALL_GONE, .room = {room->id}});
}

void hall_flush(struct rooms *r)
{
    struct room **at = &r->hall_dirty;
    while (*at) {
        struct room *room = *at;
        bool early = r->now_ms >= room->hall_ms && r->now_ms - room->hall_ms < LIMIT_HALL_MS;
        struct room_info *card = early ? NULL : scratch_take(r, sizeof(*card));
        if (!card) {
            at = &room->hall_next;
            continue;
        }
        *at = room->hall_next;
        room->hall_dirty = false;
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
        if (room_visible(r->rooms[i], s->member)) cards[count++] = room_info(r->rooms[i]);
    send_out(r, s, (struct out){.kind = EVENT_HALL, .hall = {cards, count}});
}
