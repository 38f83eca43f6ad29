/* What a listener could notice: how loud the mark and the switching are, against what the ear does not hear
 * and against what the codec does anyway. JSON lines; docs/tracing.md, "Measured". */
#ifndef BENCH_TRANSPARENCY_H
#define BENCH_TRANSPARENCY_H

#include "sound.h"

/* bits: a listener's codeword. */
void transparency(const struct sound *speech, const struct sound *a, const struct sound *b,
                  const uint8_t *bits, size_t segments);

#endif
