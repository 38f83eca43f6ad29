/* From one speaker to everybody else in the room. An accepted packet is an utterance; where the room is at
 * home it gets a slot and becomes a cue, the same for all listeners; cues are gathered during a turn and then
 * sent listener by listener, so that several packets to one listener leave together. Under load a turn takes
 * longer and gathers more: what makes it busy makes it cheaper. */
#ifndef MEDIA_FORWARD_H
#define MEDIA_FORWARD_H

#include "media/room.h"

struct utterance { /* an accepted packet */
    peer_name from;
    struct id account;
    uint8_t variant;
    uint8_t level; /* RFC 6464 */
    bool marker;
    struct frame_place at;
    struct view payload; /* the SFrame ciphertext; lives until the turn is flushed */
};

void forward_utterance(struct worker *w, struct room *room, const struct utterance *u,
                       uint64_t now); /* at home */
void forward_cue(struct worker *w, struct room *room, const struct cue *c, uint64_t now);
struct fan *forward_fan_new(void);    /* the worker's; free() it */
void forward_flush(struct worker *w); /* sends what was gathered */

/* A packet that a listener has missed, sealed again to the same bytes; false: not known any more. */
bool forward_again(struct worker *w, struct listener *l, struct room *room, int slot, uint16_t seq);

#endif
