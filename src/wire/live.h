/* What is signed all the time while a room is live: the steward's heartbeat and a sender's frame tags.
 * Byte layouts: docs/protocol.md, "Heartbeat and frame tags". Pure codec: shape only, signatures are checked
 * by whoever knows the device. */
#ifndef WIRE_LIVE_H
#define WIRE_LIVE_H

#include "base/bytes.h"
#include "base/id.h"
#include "base/limits.h"

enum { FRAME_TAG_BYTES = 8 };

struct heartbeat { /* purpose "heartbeat" */
    struct id room;
    struct hash header; /* H of the current one */
    uint64_t time_ms;
    struct id steward, steward_device;
    uint8_t sig[SIG_BYTES];
    struct view body;
};
MUST_CHECK enum err heartbeat_parse(struct heartbeat *out, struct view bytes);
MUST_CHECK enum err heartbeat_write_body(struct writer *w, const struct heartbeat *b);

struct frame_tags { /* purpose "tags" */
    struct id room;
    uint32_t counter; /* of the header whose keys the frames are under */
    uint8_t index;    /* of the sender */
    uint64_t first;   /* frame counter of the first tag */
    struct view tags; /* 1 to LIMIT_TAGS, FRAME_TAG_BYTES each */
    uint8_t sig[SIG_BYTES];
    struct view body;
};
MUST_CHECK enum err frame_tags_parse(struct frame_tags *out, struct view bytes);
MUST_CHECK enum err frame_tags_write_body(struct writer *w, const struct frame_tags *t);

#endif
