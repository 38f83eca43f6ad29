#include "stream.h"

void stream_on_packet(struct stream *s, uint64_t index)
{
    if (!s->started) {
        s->started = true;
        s->first = s->highest = index;
    }
    if (index < s->first) s->first = index;
    if (index < s->highest)
        s->reordered++;
    else
        s->highest = index;
    s->received++;
}

uint64_t stream_missing(const struct stream *s)
{
    return s->started ? s->highest - s->first + 1 - s->received : 0;
}
