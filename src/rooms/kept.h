/* What the store keeps of rooms that live: places.c. Thread: control. */
#ifndef ROOMS_KEPT_H
#define ROOMS_KEPT_H

#include "base/bytes.h"
#include "base/id.h"

/* What is kept of an account's place in rooms that live, so that a restart does not end them. */
enum { KEPT_OPENER = 1, KEPT_PICKED = 2, KEPT_INSIDE = 4, KEPT_STAGE = 8, KEPT_MODERATOR = 16, KEPT_HAND = 32,
       KEPT_LET_IN = 64, KEPT_SILENCED = 128, KEPT_REMOVED = 256 };
struct place_info {
    struct id room;
    unsigned as;           /* of the bits above */
};

/* A time in what the store kept: it goes out to browsers. */
static inline uint64_t read_kept_ms(struct reader *in)
{
    uint64_t ms = read_u64(in);
    if (ms > NUMBER_MAX) reader_fail(in, ERR_MALFORMED);
    return in->err ? 0 : ms;
}

struct kept_room {         /* that the store keeps for a restart */
    struct id room;
    struct view data;      /* empty: it has ended */
};

struct keeping { /* of rooms in the store: places.c */
    bool busy; /* one job is on its way */
    uint64_t due_ms;
    uint32_t next;    /* where in rooms.rooms to go on looking */
    struct id *ended; /* rooms that the store still has */
    uint32_t ended_count, ended_cap, ended_sent;
};

struct rooms;
MUST_CHECK enum err rooms_replay_room(struct rooms *r, const struct kept_room *room); /* last of all */
void rooms_on_kept(struct rooms *r, enum err result, uint64_t now_ms);

#endif
