/* What the mark is read from: the energies of the bands of a recording in decibels, whitened, gated and
 * clipped, as differences of the two bands of each dipole, every 5 ms. Everything is learned on the recording
 * itself; neither the original audio nor the channel is known. docs/tracing.md has the steps and why. Thread:
 * any; memory: field_free gives it back. */
#ifndef TRACE_FIELD_H
#define TRACE_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "mark/pattern.h"

enum {
    FIELD_RATE = 16000,
    FIELD_STEP = 80, /* samples: a frame, 5 ms */
    FIELD_SLOT = 8,  /* frames at the speed of the original */
    FIELD_CELL = 2 * FIELD_SLOT,
    FIELD_SEGMENT = SEGMENT_CELLS * FIELD_CELL,
};

/* How a recording was played: leak time per original time, leak frequency per original frequency. */
struct speed {
    double stretch, pitch;
};

struct field {
    size_t frames;
    float *dipoles; /* frames x PATTERN_CHIPS */
    float *weights; /* frames: how many bands stand above the noise, 0 to PATTERN_BANDS */
};

/* pcm: FIELD_RATE, mono. Fails with ERR_TRUNCATED on less than a second, ERR_SYSTEM without memory. */
MUST_CHECK enum err field_make(struct field *f, const float *pcm, size_t n, struct speed speed);
void field_free(struct field *f);

/* The dipoles of one segment whose first slot has its middle at frame `at`, and their weight; false: not all
 * of it is in the recording. */
enum { SEGMENT_CHIPS = SEGMENT_CELLS * PATTERN_CHIPS };
bool field_segment(const struct field *f, double stretch, double at, float d[SEGMENT_CHIPS], float *weight);

#endif
