/* The whole search: a recording against one session. Blind: start, speed and channel are unknown. Thread:
 * any, uses all cores. Memory: finding_free. */
#ifndef TRACE_INQUIRY_H
#define TRACE_INQUIRY_H

#include "trace/field.h"
#include "trace/score.h"
#include "trace/session.h"

enum { FINDING_SUSPECTS = 8 };

struct curve_point {
    float at_s;  /* in the recording */
    float score; /* natural log of how much likelier than chance, up to here */
};

struct suspect {
    size_t listener;      /* index in the session */
    double log10_p;       /* that any innocent of this session fits as well, at most 10^this */
    enum score_kind kind; /* of the best score */
    struct curve_point *curve;
    size_t points;
};

struct finding {
    struct suspect suspects[FINDING_SUSPECTS]; /* best first */
    size_t suspect_count, named;               /* the first `named` are below the threshold */
    double seconds;                            /* of recording */
    double sync_z;    /* evidence that it comes from this session at all, in standard deviations */
    size_t speaker;   /* whose pattern it is in, best guess */
    int64_t start_ms; /* the recording's first sample on the server's clock; best guess */
    struct speed speed;
    double drift;
    size_t trials;
};

struct inquiry_options {
    double log10_threshold;                    /* named below 10^this: -6 */
    void (*progress)(void *arg, double share); /* from this thread; may be NULL */
    void *arg;
};

MUST_CHECK enum err inquire(const struct session *s, const float *pcm, size_t n,
                            const struct inquiry_options *o, struct finding *out);
void finding_free(struct finding *f);

#endif
