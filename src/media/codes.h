/* Which variant each listener gets of what is heard in one slot: the codewords of a room's listeners on this
 * thread, a page of them per block of segments. A codeword is an HMAC per listener and block, so pages are
 * drawn between turns, a few at a time, and the next one from the middle of the one before; the packet path
 * only looks. Until a page is whole everybody gets A.
 *
 * A listener must never get both variants of one index, whatever a speaker sends: so what a page says holds
 * from an index on, and what was sent before a page began is nobody's any more. */
#ifndef MEDIA_CODES_H
#define MEDIA_CODES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/id.h"

struct cue;
struct listener;

struct codes {
    uint32_t tenure;
    struct id account; /* the speaker's */
    uint64_t next;     /* above every index of this tenure so far */
    struct page {
        uint32_t block;  /* and one; 0: none */
        uint32_t biases; /* of its segments, the same for all */
        uint32_t drawn;  /* so many of the listeners have theirs */
        uint64_t begun;  /* from this index on A for everybody, */
        uint64_t whole;  /* from this one on by codeword; UINT64_MAX: not yet */
        uint32_t *bits;  /* by listener */
    } pages[2];          /* of even and of odd blocks */
};

MUST_CHECK enum err codes_grow(struct codes *s, uint32_t listeners); /* so many may come */
void codes_free(struct codes *s);

/* Before a cue is heard; true: a page is to be drawn. */
bool codes_on_cue(struct codes *s, const struct cue *c);
/* Draws for at most `most` listeners; how many. Fewer than that: nothing is left to draw. */
uint32_t codes_draw(struct codes *s, const struct listener *listeners, uint32_t count, uint32_t most);

/* Behind the others there is a new one; one has left, and `last`, which was the last, has its place. */
void codes_enter(struct codes *s, const struct listener *listeners);
void codes_leave(struct codes *s, const struct listener *listeners, uint32_t place, uint32_t last);

/* The variant that each listener gets of one cue's frame. Good until the next cue or listener. */
struct variants {
    const uint32_t *bits; /* by listener; NULL: all get the same */
    uint32_t shift;
    int all; /* -1: none of them */
};
struct variants codes_variants(const struct codes *s, const struct cue *c);
static inline int listener_variant(const struct variants *v, uint32_t listener)
{
    return v->bits ? (int)(v->bits[listener] >> v->shift & 1) : v->all;
}

#endif
