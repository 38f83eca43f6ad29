/* What the rules say, as JSON text: struct out in, one message of docs/protocol.md out. Pure.
 * Thread: control. The text stays in `j` until json_start. */
#ifndef SERVER_EFFECTS_H
#define SERVER_EFFECTS_H

#include "rooms/rooms.h"
#include "server/json.h"

struct health { /* of the server itself: watch.h */
    const char *version;
    uint64_t since_ms, now_ms;
    uint64_t written_ms; /* when the store last had something on the disk; 0: not since the start */
    uint64_t store_failed, store_slowest_ms;
    uint32_t store_waiting;
    bool disk; /* known */
    uint64_t disk_left, disk_whole; /* bytes */
    uint16_t media_port; /* the first; one for each thread */
    unsigned media_threads;
};

/* What the rules do not know: where a browser sends its media, and what links begin with. */
struct media_place {
    struct hash fingerprint;
    struct {
        const char *address; /* text; NULL: no more of them */
        bool tcp;            /* TCP is listened for there too */
    } at[LIMIT_MEDIA_ADDRESSES];
    uint16_t port; /* of the thread that has this peer */
    const struct media_stats *stats;
    const struct health *health;
    const char *origin; /* for challenges on the local socket; NULL: not told */
};

enum { PROTOCOL_VERSION = 1 };

/* `place` is read for REPLY_ROOM_JOIN, REPLY_ROOM_PATH, REPLY_STATS, REPLY_HEALTH and EVENT_CHALLENGE only. */
MUST_CHECK enum err effects_encode(struct json *j, const struct out *o, const struct media_place *place);
/* The event for a message that cannot be answered: {"ev":"error", ...}. */
MUST_CHECK enum err effects_encode_error(struct json *j, enum err err);

#endif
