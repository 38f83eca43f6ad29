/* What a recording says about each segment, given one line on which it lies: a soft decision between A and B.
 */
#ifndef TRACE_ALIGN_H
#define TRACE_ALIGN_H

#include "trace/sync.h"

struct soft {
    uint32_t segment; /* of the target */
    float at;         /* frame of the recording */
    float score;      /* positive: A */
    float noise;      /* its variance without a mark */
    float weight;     /* its mean under a mark is proportional to this */
};

/* Both write at most align_max(f, stretch) entries and return how many; segments in rising order.
 * align_line keeps to the line, align_track lets the recording jump about it, as after a lost packet. */
size_t align_max(const struct field *f, double stretch);
size_t align_line(const struct field *f, double stretch, const struct target *t, const struct line *l,
                  struct soft *out);
MUST_CHECK enum err align_track(const struct field *f, double stretch, const struct target *t,
                                const struct line *l, struct soft *out, size_t *n);

#endif
