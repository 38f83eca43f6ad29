/* Who is where: rooms, the people in them, and how both end. */
#include "rooms/state.h"

#include <stdlib.h>

#include "base/without.h"
#include "crypt/sign.h"

struct room *room_find(const struct rooms *r, struct id id)
{
    uint32_t i;
    return map_get(&r->by_room, id.bytes, &i) ? r->rooms[i] : NULL;
}

bool room_for(const struct room *room, const struct member *m)
{
    if (room->who == ROOM_EVERYONE || room->opener == m || without(WITHOUT_PICKED)) return true;
    return id_among(room->picked, room->picked_count, m->account);
}

/* ---- a room --------------------------------------------------------------------------------------- */

enum err room_new(struct rooms *r, struct room **out)
{
    struct id id;
    enum err e = r->config.random(r->config.user, id.bytes, ID_BYTES);
    if (!e && room_find(r, id)) e = ERR_SYSTEM;
    return e ? e : room_make(r, id, out);
}

enum err room_make(struct rooms *r, struct id id, struct room **out)
{
    if (r->room_count >= LIMIT_ROOMS) return ERR_FULL;
    if (array_reserve(&r->rooms, r->room_count + 1, &r->room_cap, sizeof(*r->rooms))) return ERR_SYSTEM;
    struct room *room = calloc(1, sizeof(*room));
    if (!room) return ERR_SYSTEM;
    room->id = id;
    enum err e = trace_room(r, room);
    if (!e) e = map_put(&r->by_room, room->id.bytes, r->room_count);
    if (e) {
        free(room);
        return ERR_SYSTEM;
    }
    room->index = r->room_count;
    room->opened_ms = r->now_ms;
    r->rooms[r->room_count++] = room;
    *out = room;
    return OK;
}

void room_free(struct room *room)
{
    free(room->people);
    free(room->picked);
    free(room->hidden);
    free(room->removed);
    free(room->news.left);
    free(room->silenced);
    free(room->reactions);
    free(room->let_in.ids);
    free(room->gone.ids);
    free(room->keys.slots);
    free(room->places);
    wipe(room->secret, sizeof(room->secret));
    free(room);
}

static void room_unlink(struct rooms *r, struct room *room)
{
    struct room *last = r->rooms[--r->room_count];
    r->rooms[room->index] = last;
    last->index = room->index;
    map_remove(&r->by_room, room->id.bytes);
    /* Replaces the index of a key that is there: needs no memory. */
    if (last != room) (void)!map_put(&r->by_room, last->id.bytes, last->index);
    if (room->opener->opening == room) room->opener->opening = NULL;
    room->dead = r->dead_rooms;
    r->dead_rooms = room;
}

void room_end(struct rooms *r, struct room *room, struct view by)
{
    while (room->count) person_remove(r, room->people[room->count - 1], LEFT_ENDED, by, false);
    trace_end(r, room);
    hall_gone(r, room);
    room_settled(room, DUE_NEWS);
    places_forget(r, room);
    room_unlink(r, room);
}

void room_end_if_empty(struct rooms *r, struct room *room)
{
    if (room->started && room->stage_count == 0 && !places_wait(room)) room_end(r, room, (struct view){0});
}

/* ---- what it waits with ---------------------------------------------------------------------------- */

void room_due(struct rooms *r, struct room *room, enum due what)
{
    struct room *next = r->due[what];
    if (room->at_due[what]) return;
    room->next_due[what] = next;
    room->at_due[what] = &r->due[what];
    if (next) next->at_due[what] = &room->next_due[what];
    r->due[what] = room;
}

void room_settled(struct room *room, enum due what)
{
    struct room *next = room->next_due[what];
    if (!room->at_due[what]) return;
    *room->at_due[what] = next;
    if (next) next->at_due[what] = room->at_due[what];
    room->at_due[what] = NULL;
}

/* ---- a person ------------------------------------------------------------------------------------- */

enum err person_new(struct rooms *r, struct room *room, struct sock *s, struct person **out)
{
    if (array_reserve(&r->people, r->people_count + 1, &r->people_cap, sizeof(*r->people)) ||
        array_reserve(&room->people, room->count + 1, &room->cap, sizeof(*room->people)))
        return ERR_SYSTEM;
    struct person *p = calloc(1, sizeof(*p));
    if (!p) return ERR_SYSTEM;
    p->room = room;
    p->member = s->member;
    p->device = s->device;
    p->sock = s;
    p->muted = true;
    p->peer = r->config.peer_name(r->config.user, room->id);
    if (!p->peer) {
        free(p);
        return ERR_FULL;
    }
    /* The index is a guess that person_enter corrects: what counts is the place in the map. */
    if (map_put(&r->by_peer, &p->peer, r->people_count)) {
        person_discard(r, p);
        return ERR_SYSTEM;
    }
    *out = p;
    return OK;
}

void person_free(struct person *p)
{
    free(p->kem);
    free(p);
}

void person_discard(struct rooms *r, struct person *p)
{
    tell_drop(r, p, true); /* the media plane never heard of it: only the name goes back */
    person_free(p);
}

static void place(struct rooms *r, struct person *p, uint32_t index)
{
    r->people[index] = p;
    p->index = index;
    if (p->peer) (void)!map_put(&r->by_peer, &p->peer, index); /* the key is there: needs no memory */
}

void person_enter(struct rooms *r, struct person *p)
{
    struct room *room = p->room;
    place(r, p, r->people_count++);
    p->at = room->count;
    room->people[room->count++] = p;
    p->member->person = p;
    trace_enter(r, p);
    if (p->sock) p->sock->person = p;
    hall_touch(r, room);
}

static void person_unlink(struct rooms *r, struct person *p)
{
    struct room *room = p->room;
    struct person *last = room->people[--room->count];
    room->people[p->at] = last;
    last->at = p->at;
    last = r->people[--r->people_count];
    if (last != p) place(r, last, p->index);
    if (p->on_stage) room->stage_count--;
    if (p->sock) p->sock->person = NULL;
    if (p->member->person == p) p->member->person = NULL;
    keys_forget(p);
    trace_exit(r, p);
    p->dead = r->dead_people;
    r->dead_people = p;
}

void person_remove(struct rooms *r, struct person *p, enum left_why why, struct view by, bool peer_down)
{
    struct room *room = p->room;
    tell_drop(r, p, peer_down); /* first of all: not one packet more */
    if (p->sock && why != LEFT_SELF)
        send_out(r, p->sock, (struct out){.kind = EVENT_OUT, .out = {room->id, why, by}});
    person_unlink(r, p);
    p->sock = NULL;
    if (why != LEFT_ELSEWHERE) elsewhere_tell(r, p->member, NULL); /* else the new presence was told of */
    if (why == LEFT_ENDED) return; /* the room is gone for all: nobody needs to hear who left */
    if (why == LEFT_LOST && room->locked)
        ring_add(&room->let_in, p->member->account); /* a bad network is no leave */
    ring_add(&room->gone, p->member->account);
    news_left(r, p, why);
    hall_touch(r, room);
}

void person_leave(struct rooms *r, struct person *p, enum left_why why, struct view by, bool peer_down)
{
    struct room *room = p->room;
    person_remove(r, p, why, by, peer_down);
    room_end_if_empty(r, room);
}

void person_away(struct rooms *r, struct person *p)
{
    p->sock = NULL;
    p->away_ms = r->now_ms;
    news_person(r, p, NULL);
}

void stage_enter(struct person *p)
{
    p->on_stage = true;
    p->called = false;
    p->hand_ms = 0;
    if (p->role == ROLE_LISTENER) p->role = ROLE_SPEAKER;
    p->room->stage_count++;
}

void stage_exit(struct rooms *r, struct person *p)
{
    p->on_stage = false;
    p->muted =
        true; /* off the stage everybody is: nobody is heard before they open their microphone themselves */
    if (p->role == ROLE_SPEAKER) p->role = ROLE_LISTENER;
    p->room->stage_count--;
    trace_untwin(r, p);
    tell_speak(r, p);
}

/* ---- time ----------------------------------------------------------------------------------------- */

static bool past(const struct rooms *r, uint64_t since_ms, uint64_t limit_ms)
{
    return r->now_ms >= since_ms && r->now_ms - since_ms >= limit_ms;
}

void rooms_expire(struct rooms *r)
{
    if (without(WITHOUT_PATIENCE)) return;
    /* From the end: whoever leaves is replaced by one that was looked at already. */
    for (uint32_t i = r->people_count; i-- > 0;) {
        if (i >= r->people_count) continue; /* a room ended and took several */
        struct person *p = r->people[i];
        if (!p->sock && past(r, p->away_ms, LIMIT_SOCKET_GRACE_MS)) {
            person_leave(r, p, LEFT_LOST, (struct view){0}, false);
        } else if (p->called && past(r, p->called_ms, LIMIT_CALL_MS)) {
            p->called = false;
            tell_person(r, p, NULL);
        }
    }
    for (uint32_t i = r->room_count; i-- > 0;) {
        if (i >= r->room_count) continue;
        struct room *room = r->rooms[i];
        if (!room->started && past(r, room->opened_ms, LIMIT_SOCKET_GRACE_MS))
            room_end(r, room, (struct view){0});
    }
}
