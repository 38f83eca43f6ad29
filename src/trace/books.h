/* The targets of a session, a speaker's span each, with the codewords of all listeners for it. */
#ifndef TRACE_BOOKS_H
#define TRACE_BOOKS_H

#include "trace/score.h"
#include "trace/session.h"

struct passage {
    struct target target;
    struct book book;
    uint32_t lead;    /* what to add to a segment of the target for one of the book */
    uint64_t time_ms; /* of the target's start */
    size_t speaker;
};

struct books {
    struct passage *passages;
    size_t count;
    uint8_t *keystreams; /* a speaker's PATTERN_BYTES each */
    size_t speakers;
};

MUST_CHECK enum err books_make(struct books *b, const struct session *s);
void books_free(struct books *b);

#endif
