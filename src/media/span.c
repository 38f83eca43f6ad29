#include "media/span.h"

#include <stdlib.h>
#include <string.h>

#include "media/worker.h"

enum item_kind { ITEM_HERE, ITEM_GONE, ITEM_UTTERANCE, ITEM_SILENCE, ITEM_CUE };

struct item {
    enum item_kind kind;
    struct id room;
    union {
        struct utterance utterance; /* payload.ptr means nothing on the way */
        struct cue cue;
        peer_name who;
    };
    uint8_t payload[LIMIT_RTP_PAYLOAD_BYTES];
};

enum err span_init(struct worker *w, struct worker *const *team, unsigned size, unsigned self)
{
    w->team = team;
    w->self = self;
    w->inboxes = calloc(size, sizeof(*w->inboxes));
    if (!w->inboxes) return ERR_SYSTEM;
    w->team_size = size;
    enum err e = OK;
    for (unsigned t = 0; t < size && !e; t++)
        if (t != self) e = ring_init(&w->inboxes[t], sizeof(struct item), LIMIT_SPAN_ITEMS);
    return e;
}

void span_deinit(struct worker *w)
{
    for (unsigned t = 0; w->inboxes && t < w->team_size; t++) ring_deinit(&w->inboxes[t]);
    free(w->inboxes);
    w->inboxes = NULL;
    w->team_size = 1;
    w->self = 0;
}

unsigned span_home(const struct worker *w, const struct id *room)
{
    return worker_home(room, w->team_size);
}

static bool at_home(const struct worker *w, const struct room *room)
{
    return span_home(w, &room->id) == w->self;
}

/* ---- out ---- */

static bool push(struct worker *w, unsigned thread, const struct item *i)
{
    w->poke |= 1ull << thread;
    return ring_push(&w->team[thread]->inboxes[w->self], i);
}

static void push_payload(struct worker *w, unsigned thread, struct item *i, struct view payload)
{
    if (payload.len) memcpy(i->payload, payload.ptr, payload.len);
    if (!push(w, thread, i)) COUNT(w, dropped_span);
}

/* Home's picture of us is brought up to what is. */
static void tell_home(struct worker *w, struct room *room)
{
    bool here = room->members > 0;
    struct item i = {.kind = here ? ITEM_HERE : ITEM_GONE, .room = room->id};
    if (room->announced == here) return;
    if (push(w, span_home(w, &room->id), &i))
        room->announced = here;
    else
        w->untold = true;
}

void span_enter(struct worker *w, struct room *room)
{
    if (!at_home(w, room)) tell_home(w, room);
}

void span_leave(struct worker *w, struct room *room)
{
    if (!at_home(w, room)) tell_home(w, room);
}

void span_tick(struct worker *w)
{
    if (!w->untold) return;
    w->untold = false;
    for (uint32_t i = 0; i < w->rooms.capacity; i++) {
        pool_name name;
        struct room *room = pool_at(&w->rooms, i, &name);
        if (!room || at_home(w, room)) continue;
        tell_home(w, room);
        room_forget_if_empty(w, room);
    }
}

void span_utterance(struct worker *w, struct room *room, const struct utterance *u, uint64_t now)
{
    if (at_home(w, room)) {
        forward_utterance(w, room, u, now);
        return;
    }
    struct item i = {.kind = ITEM_UTTERANCE, .room = room->id, .utterance = *u};
    push_payload(w, span_home(w, &room->id), &i, u->payload);
}

/* If this one is lost, the slot is free half a second later all the same (LIMIT_SPEAKER_IDLE_MS). */
void span_silence(struct worker *w, struct room *room, peer_name who)
{
    struct item i = {.kind = ITEM_SILENCE, .room = room->id, .who = who};
    if (at_home(w, room))
        room_silence(room, who);
    else if (!push(w, span_home(w, &room->id), &i))
        COUNT(w, dropped_span);
}

void span_cue(struct worker *w, const struct room *room, const struct cue *c)
{
    if (!room->threads) return;
    struct item i = {.kind = ITEM_CUE, .room = room->id, .cue = *c};
    for (unsigned t = 0; t < w->team_size; t++)
        if (room->threads >> t & 1) push_payload(w, t, &i, c->payload);
}

/* ---- in ---- */

static void on_item(struct worker *w, unsigned from, struct item *i, uint64_t now)
{
    struct room *room = i->kind == ITEM_HERE ? room_of(w, &i->room) : room_here(w, &i->room);
    if (!room) { /* everybody has left meanwhile */
        if (i->kind == ITEM_HERE) COUNT(w, dropped_span);
        return;
    }
    switch (i->kind) {
    case ITEM_HERE:
        room->threads |= 1ull << from;
        break;
    case ITEM_GONE:
        room->threads &= ~(1ull << from);
        room_forget_if_empty(w, room);
        break;
    case ITEM_UTTERANCE:
        i->utterance.payload.ptr = i->payload;
        forward_utterance(w, room, &i->utterance, now);
        break;
    case ITEM_SILENCE:
        room_silence(room, i->who);
        break;
    case ITEM_CUE:
        i->cue.payload.ptr = i->payload;
        forward_cue(w, room, &i->cue, now);
        break;
    }
}

/* As many as may lie here at once until they are sent, then the next ones. */
void span_receive(struct worker *w, uint64_t now)
{
    enum { AT_ONCE = 32 };
    static _Thread_local struct item items[AT_ONCE];
    unsigned n = 0;
    for (unsigned t = 0; t < w->team_size; t++)
        while (t != w->self && ring_pull(&w->inboxes[t], &items[n])) {
            on_item(w, t, &items[n], now);
            if (++n < AT_ONCE) continue;
            forward_flush(w);
            n = 0;
        }
    forward_flush(w);
}
