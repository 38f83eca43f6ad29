#include "media/room.h"

#include <stdlib.h>
#include <string.h>

#include "crypt/sign.h"
#include "media/peer.h"
#include "media/span.h"
#include "media/worker.h"

enum { FIRST_SPACE = 4 };

/* ---- rooms ---- */

struct room *room_here(struct worker *w, const struct id *id)
{
    uint32_t place;
    pool_name name;
    return map_get(&w->by_room, id->bytes, &place) ? pool_at(&w->rooms, place, &name) : NULL;
}

struct room *room_of(struct worker *w, const struct id *id)
{
    struct room *room = room_here(w, id);
    pool_name name;
    if (room || !(room = pool_take(&w->rooms, &name))) return room;
    if (map_put(&w->by_room, id->bytes, (uint32_t)name - 1) != OK) {
        pool_give(&w->rooms, name);
        return NULL;
    }
    room->id = *id;
    room->name = name;
    return room;
}

static void stop_waiting(struct worker *w, struct room *room)
{
    for (struct room **at = &w->waiting; *at; at = &(*at)->next_waiting)
        if (*at == room) {
            *at = room->next_waiting;
            return;
        }
}

static void stop_drawing(struct worker *w, struct room *room)
{
    struct room **at = &w->drawing;
    while (*at != room) at = &(*at)->next_drawing;
    *at = room->next_drawing;
    room->draws = false;
}

static void release(struct room *room)
{
    for (int k = 0; k < LIMIT_SLOTS; k++) codes_free(&room->codes[k]);
    for (int k = 0; k < LIMIT_SLOTS; k++)
        for (int v = 0; v < LIMIT_VARIANTS; v++) free(room->histories[k][v]);
    free(room->listeners);
}

void rooms_deinit(struct worker *w)
{
    pool_name name;
    for (uint32_t i = 0; i < w->rooms.capacity; i++) {
        struct room *room = pool_at(&w->rooms, i, &name);
        if (room) release(room);
    }
}

void room_forget_if_empty(struct worker *w, struct room *room)
{
    if (room->members || room->threads || room->announced) return;
    if (room->cue_count) stop_waiting(w, room);
    if (room->draws) stop_drawing(w, room);
    release(room);
    map_remove(&w->by_room, room->id.bytes);
    pool_give(&w->rooms, room->name);
}

enum err room_enter(struct worker *w, struct peer *p)
{
    struct room *room = room_of(w, &p->is.room);
    if (!room) return ERR_FULL;
    room->members++;
    p->room = room;
    span_enter(w, room);
    return OK;
}

/* ---- listeners ---- */

struct listener *room_listener(const struct peer *p)
{
    return p->seat == SEAT_NONE ? NULL : &p->room->listeners[p->seat];
}

/* Twice the space: rare, and never while a packet is on its way. */
static enum err grow(struct room *room)
{
    uint32_t space = room->space ? room->space * 2 : FIRST_SPACE;
    for (int k = 0; k < LIMIT_SLOTS; k++) {
        enum err e = codes_grow(&room->codes[k], space);
        if (e) return e;
    }
    struct listener *more = aligned_alloc(_Alignof(struct listener), space * sizeof(*more));
    if (!more) return ERR_SYSTEM;
    if (room->count) memcpy(more, room->listeners, room->count * sizeof(*more));
    free(room->listeners);
    room->listeners = more;
    room->space = space;
    return OK;
}

/* The receiver assumes rollover counter 0: not so close to the end that early loss hides a roll-over. */
static void start_outs(struct listener *l)
{
    uint8_t bytes[2 * LIMIT_SLOTS];
    if (random_bytes(bytes, sizeof(bytes)) != OK)
        memset(bytes, 0, sizeof(bytes)); /* less private, as correct */
    for (int k = 0; k < LIMIT_SLOTS; k++) l->outs[k].next = get_u16(bytes + 2 * k) & 0x7fff;
}

/* Where the control thread looks: media/audit.h. */
static void show(struct worker *w, const struct peer *p, peer_name listening)
{
    __atomic_store_n(&w->listening[p - w->peers], listening, __ATOMIC_RELAXED);
}

enum err room_listen(struct worker *w, struct peer *p)
{
    struct room *room = p->room;
    enum err e = room->count == room->space ? grow(room) : OK;
    if (e) return e;
    struct listener *l = &room->listeners[p->seat = (int32_t)room->count++];
    *l = (struct listener){.out = p->out,
                           .peer = p,
                           .name = p->name,
                           .payload_type = p->is.payload_type,
                           .trailer = (uint8_t)srtp_trailer(p->out)};
    memcpy(l->ssrc, p->is.slot_ssrc, sizeof(l->ssrc));
    start_outs(l);
    for (int k = 0; k < LIMIT_SLOTS; k++) codes_enter(&room->codes[k], room->listeners);
    room_moved(p);
    show(w, p, p->name);
    return OK;
}

void room_moved(struct peer *p)
{
    struct listener *l = room_listener(p);
    if (!l) return;
    l->to = p->address;
    l->placed = p->placed;
}

/* The last one takes its place. */
static void stop_listening(struct worker *w, struct peer *p)
{
    struct room *room = p->room;
    if (!room_listener(p)) return;
    struct listener *gap = &room->listeners[p->seat], *last = &room->listeners[--room->count];
    if (gap != last) {
        *gap = *last;
        gap->peer->seat = p->seat;
    }
    for (int k = 0; k < LIMIT_SLOTS; k++)
        codes_leave(&room->codes[k], room->listeners, (uint32_t)p->seat, room->count);
    p->seat = SEAT_NONE;
    show(w, p, 0);
}

void room_leave(struct worker *w, struct peer *p)
{
    struct room *room = p->room;
    span_silence(w, room, p->name);
    stop_listening(w, p);
    p->room = NULL;
    if (--room->members) return;
    span_leave(w, room);
    room_forget_if_empty(w, room);
}

/* ---- codewords ---- */

void room_draw(struct worker *w, struct room *room)
{
    if (room->draws) return;
    room->draws = true;
    room->next_drawing = w->drawing;
    w->drawing = room;
}

void rooms_draw(struct worker *w)
{
    uint32_t left = LIMIT_TURN_CODES;
    while (w->drawing) {
        struct room *room = w->drawing;
        for (int k = 0; k < LIMIT_SLOTS; k++)
            left -= codes_draw(&room->codes[k], room->listeners, room->count, left);
        if (!left) return;
        stop_drawing(w, room);
    }
}

/* ---- voices ---- */

static void silence(struct room *room, struct voice *v)
{
    if (v->slot >= 0) room->holders[v->slot] = NULL;
    *v = (struct voice){0};
}

void room_silence(struct room *room, peer_name who)
{
    for (int i = 0; i < LIMIT_STAGE; i++)
        if (room->voices[i].who == who) silence(room, &room->voices[i]);
}

struct voice *room_voice(struct room *room, peer_name who, uint64_t now)
{
    struct voice *spare = NULL;
    for (int i = 0; i < LIMIT_STAGE; i++) {
        struct voice *v = &room->voices[i];
        if (v->who == who) return v;
        if (spare) continue;
        if (!v->who || (v->slot < 0 && loudness_idle(&v->loudness, now))) spare = v;
    }
    if (spare) *spare = (struct voice){.who = who, .slot = -1};
    return spare;
}
