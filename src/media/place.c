#include "media/place.h"

#include <stdbool.h>

static bool calmer(const struct thread_load *a, const struct thread_load *b)
{
    return a->busy + LIMIT_BUSY_SKEW < b->busy;
}

/* Load is known half a second late: between threads about as busy it is people that count. */
static unsigned least_loaded(const struct thread_load *threads, unsigned count)
{
    unsigned best = 0;
    for (unsigned i = 1; i < count; i++) {
        const struct thread_load *here = &threads[i], *there = &threads[best];
        if (calmer(here, there) || (here->peers < there->peers && !calmer(there, here))) best = i;
    }
    return best;
}

unsigned place_choose(const struct thread_load *threads, unsigned count, unsigned home)
{
    unsigned least = least_loaded(threads, count);
    const struct thread_load *here = &threads[home], *there = &threads[least];
    bool crowded = here->peers > there->peers + LIMIT_SPAN_SKEW || here->peers == LIMIT_PEERS_PER_THREAD;
    return crowded || calmer(there, here) ? least : home;
}
