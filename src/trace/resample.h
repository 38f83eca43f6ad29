/* One sample rate to another: windowed sinc, 16 zero crossings to either side. *out is malloc'd, the
 * caller's. */
#ifndef TRACE_RESAMPLE_H
#define TRACE_RESAMPLE_H

#include <stddef.h>

#include "base/err.h"

MUST_CHECK enum err resample(const float *in, size_t n, double rate, double to, float **out, size_t *out_n);

#endif
