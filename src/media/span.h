/* Rooms that span media threads. A room is at home on the thread that its id names; peers may live on any.
 * What is said elsewhere travels home, where it gets its slot, and comes back as a cue to every thread with
 * members of the room. All of it goes through one ring per pair of threads; what finds a ring full is lost,
 * as on a network, except for who has members: that is told again until it fits. Owner: each side's worker;
 * no thread touches another's rooms. */
#ifndef MEDIA_SPAN_H
#define MEDIA_SPAN_H

#include "media/forward.h"

/* One of a team of workers, which is complete before any of them steps. `team` outlives it. */
MUST_CHECK enum err span_init(struct worker *w, struct worker *const *team, unsigned size, unsigned self);
void span_deinit(struct worker *w); /* alone again: the others may be gone already */
unsigned span_home(const struct worker *w, const struct id *room);
void span_enter(struct worker *w, struct room *room); /* has members here now: home must know */
void span_leave(struct worker *w, struct room *room); /* has none any more */

/* From ingress, wherever the room is at home. */
void span_utterance(struct worker *w, struct room *room, const struct utterance *u, uint64_t now);
void span_silence(struct worker *w, struct room *room, peer_name who);
/* From home to the others. */
void span_cue(struct worker *w, const struct room *room, const struct cue *c);

void span_receive(struct worker *w, uint64_t now); /* what the other threads have sent */
void span_tick(struct worker *w);                  /* tells again what did not fit */

#endif
