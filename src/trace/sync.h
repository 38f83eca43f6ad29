/* Where in the speaker's pattern a recording may come from. The codewords play no part here, so what is
 * chosen tells nothing about who is innocent. Times are frames of 5 ms of the original. Thread: any (uses
 * several). */
#ifndef TRACE_SYNC_H
#define TRACE_SYNC_H

#include <stdint.h>

#include "trace/field.h"

/* A stretch of time in which one speaker's pattern ran through: its segments lie one behind the other. */
struct target {
    const uint8_t *keystream; /* PATTERN_BYTES */
    uint32_t first_cell;
    uint32_t segments;
};

/* One way to lay the recording on the target: at frame t of it the pattern is at offset + t + drift (t -
 * middle). */
struct line {
    double offset, drift, middle;
    double z;               /* evidence in standard deviations of what chance gives */
    unsigned speed, target; /* the caller's */
};

/* The best `max` lines, best first; *n: how many there are. */
MUST_CHECK enum err sync_search(const struct field *f, double stretch, const struct target *target,
                                struct line *lines, size_t max, size_t *n);
double line_frame(const struct line *l,
                  double pattern); /* the frame of the recording for one of the pattern */

void target_chips(const struct target *t, uint32_t segment, float chips[SEGMENT_CHIPS]); /* +1, -1 */

#endif
