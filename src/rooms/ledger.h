/* What tracing needs of rooms, in memory: one list of rows per room (base/ledger.h), each of which knows
 * whether the store has it. A room has a ledger from its first pattern on, and it is erased as a whole when
 * it is too old. Thread: control. */
#ifndef ROOMS_LEDGER_H
#define ROOMS_LEDGER_H

#include "base/ledger.h"
#include "base/limits.h"
#include "base/map.h"

enum ledger_job { LEDGER_IDLE, LEDGER_WRITES, LEDGER_ERASES };
enum ledger_state { LEDGER_STORED, LEDGER_CHANGED, LEDGER_ON_ITS_WAY };

struct ledger_entry {
    struct ledger_row row;
    enum ledger_state state;
    void *block; /* what the row's data points to; NULL: nothing */
};

struct ledger_room {
    struct id id;
    struct ledger_entry *entries; /* the first is the room's */
    uint32_t count, cap;
    uint32_t index;           /* in ledger.rooms */
    bool changed, on_its_way; /* some entry is */
    bool replayed;            /* of before the start: nobody is in it */
};

struct ledger {
    struct ledger_room **rooms; /* the newest last, but for those that were moved into gaps */
    uint32_t count, cap;
    struct map by_room;
    size_t bytes;
    enum ledger_job job;            /* the one that the store has */
    uint64_t retry_ms;              /* after a failed one: not before then */
    uint64_t expire_ms;             /* when to look next for what is too old */
    uint64_t erase_before, erasing; /* what the store is to erase, and what it was last told to; 0: nothing */
    bool settled;                   /* what a crash left open was closed */
};

MUST_CHECK enum err ledger_init(struct ledger *l);
void ledger_deinit(struct ledger *l); /* wipes */
struct ledger_room *ledger_find(const struct ledger *l, const struct id *room);
/* Adds a row, and the room with a row of kind LEDGER_ROOM; `at`, where given: where it is. ERR_FULL: no room
 * is left for patterns and spans; of stays as much again is taken. */
MUST_CHECK enum err ledger_add(struct ledger *l, const struct ledger_row *row, enum ledger_state state,
                               uint32_t *at);
void ledger_end(struct ledger_room *room, uint32_t at, uint64_t now_ms);
void ledger_end_all(struct ledger_room *room, uint64_t now_ms); /* the room too */

/* Rows that the store does not have yet, at most `max`; then ledger_written tells how it went. */
size_t ledger_take(struct ledger *l, struct ledger_row *rows, size_t max);
void ledger_written(struct ledger *l, bool good);
/* Forgets rooms that ended before that; whether there were any. */
bool ledger_expire(struct ledger *l, uint64_t before_ms);

struct view ledger_title(const struct ledger_room *room);
uint32_t ledger_count(const struct ledger_room *room, enum ledger_kind kind);

#endif
