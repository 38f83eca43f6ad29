/* Who is audible: the loudest active speakers of a room by their RFC 6464 audio levels.
 *
 * A speaker's score follows its level: up within about 80 ms (so that a click is no speech), down within
 * about a second (so that a breath costs no slot). Who holds a slot is left there until somebody outside
 * is clearly louder (LIMIT_SPEAKER_MARGIN_DB) and it had the slot for LIMIT_SPEAKER_HOLD_MS. Among equals who speaks
 * first is heard; who goes on for LIMIT_SPEAKER_WAIT_MS without being heard takes the slot of the one who has had it
 * longest, so nobody who interrupts is shut out and nobody is cut off at once. With no more speakers than slots
 * nothing ever switches: so it is in a sensitive room, where nobody says a level. Pure; times in ms. */
#ifndef MEDIA_LEVEL_H
#define MEDIA_LEVEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"

enum { LEVEL_UNKNOWN = 40 }; /* -dBov taken for a speaker that announced no level extension: a voice */

struct loudness {
    uint32_t score;    /* (127 - level) * 256, smoothed */
    uint64_t heard_ms; /* last packet */
    uint64_t voice_ms; /* speaks since then, or is unheard since then; 0: does not speak */
};

void loudness_on_packet(struct loudness *l, uint8_t level, uint64_t now_ms); /* level: 0 loudest .. 127 */
bool loudness_idle(const struct loudness *l, uint64_t now_ms); /* sent nothing for LIMIT_SPEAKER_IDLE_MS */
uint32_t loudness_score(const struct loudness *l, uint64_t now_ms); /* 0 when idle */

void loudness_unheard(struct loudness *l, uint64_t now_ms); /* it has lost its slot: its wait begins */

struct level_holder {
    const struct loudness *loudness; /* NULL: the slot is free */
    uint64_t since_ms;
};

/* The slot that a speaker without one may take now, or -1. */
int level_choose(const struct level_holder holders[LIMIT_SLOTS], const struct loudness *challenger,
                 uint64_t now_ms);

#endif
