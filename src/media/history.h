/* What was lately heard in a slot, for those who missed it: the SFrame ciphertext with its place in the
 * stream, kept once for all listeners of this thread. Fixed size: the oldest give way. Allocated when
 * somebody is heard in the slot for the first time. */
#ifndef MEDIA_HISTORY_H
#define MEDIA_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

struct cue;
struct history;

void history_add(struct history **h, const struct cue *c); /* without memory nothing is kept */
/* Fills in the cue (its slot is the caller's); false: not there, or not any more. */
bool history_get(const struct history *h, uint32_t tenure, uint64_t index, struct cue *c);

#endif
