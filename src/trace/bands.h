/* First half of field.c: log energies of the bands, smoothed over the length of a slot, and the noise floor.
 */
#ifndef TRACE_BANDS_H
#define TRACE_BANDS_H

#include "trace/field.h"

/* out: n / FIELD_STEP frames of PATTERN_BANDS decibels. */
MUST_CHECK enum err bands_make(float *out, const float *pcm, size_t n, double pitch);
/* Raises what lies below the noise floor to it and writes the share of each value that is signal, 0 to 1. */
MUST_CHECK enum err bands_gate(float *bands, float *gates, size_t frames);

#endif
