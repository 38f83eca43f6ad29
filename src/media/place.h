/* Which media thread a newcomer goes to. Nobody is moved later: a thread is a port, and the keys of a peer
 * are its thread's alone. So evenness comes from where people arrive: docs/performance.md. Pure. */
#ifndef MEDIA_PLACE_H
#define MEDIA_PLACE_H

#include "base/limits.h"

#include <stdint.h>

struct thread_load {
    uint32_t peers; /* with those that are only expected */
    uint32_t busy;  /* thousandths of a core, as measured last */
};

/* The room's home, where a packet takes no ring, unless another thread has clearly less to do. */
unsigned place_choose(const struct thread_load *threads, unsigned count, unsigned home);

#endif
