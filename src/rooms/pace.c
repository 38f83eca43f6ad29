/* How often somebody may do something: a token bucket kept as the one time when the next is due. */
#include "rooms/state.h"

#include "base/without.h"

enum err pace_check(struct rooms *r, uint64_t due_ms, uint64_t spare_ms)
{
    if (due_ms <= r->now_ms + spare_ms || without(WITHOUT_PACE)) return OK;
    r->retry_after_ms = (uint32_t)(due_ms - r->now_ms - spare_ms);
    return ERR_RATE;
}

void pace_note(const struct rooms *r, uint64_t *due_ms, uint64_t every_ms)
{
    *due_ms = (*due_ms > r->now_ms ? *due_ms : r->now_ms) + every_ms;
}
