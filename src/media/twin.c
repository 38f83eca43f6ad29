#include "media/twin.h"

enum { HOP = 480, SEGMENT_HOPS = 24, SEGMENT = HOP * SEGMENT_HOPS }; /* ticks of 48 kHz; mark/pattern.h */

void twin_set(struct twin *t, const struct media_twin *to)
{
    if (!to->live && !t->told) return;
    *t = (struct twin){.told = to->live, .epoch = t->epoch + 1};
    if (!to->live) return;
    t->offset = to->offset;
    t->border_ts = to->timestamp - to->hop % SEGMENT_HOPS * HOP;
    t->border_segment = to->hop / SEGMENT_HOPS;
}

/* Both of one frame give the distance of their indices; whether it is another one than before. */
static bool learn(struct twin *t, unsigned variant, uint64_t index, uint32_t timestamp)
{
    unsigned other = !variant;
    t->last[variant].known = true;
    t->last[variant].index = index;
    t->last[variant].timestamp = timestamp;
    if (!t->last[other].known || t->last[other].timestamp != timestamp) return false;
    uint64_t apart = t->last[1].index - t->last[0].index;
    if (t->paired && apart == t->apart) return false;
    t->paired = true;
    t->apart = apart;
    t->epoch++;
    return true;
}

/* The border moves along, so that timestamps may wrap round. */
static uint32_t segment_of(struct twin *t, uint32_t timestamp)
{
    int32_t from = (int32_t)(timestamp - t->border_ts);
    int32_t segments = from >= 0 ? from / SEGMENT : -((SEGMENT - 1 - from) / SEGMENT);
    if (segments > 0) {
        t->border_ts += (uint32_t)segments * SEGMENT;
        t->border_segment += (uint32_t)segments;
        return t->border_segment;
    }
    return t->border_segment + (uint32_t)segments;
}

/* The frame by which we learn is still taken as before: A, which others may have got already. */
bool twin_on_packet(struct twin *t, unsigned variant, uint64_t index, uint32_t timestamp,
                    struct frame_place *out)
{
    if (variant) timestamp -= t->offset;
    bool belongs = !variant || t->paired;
    *out = (struct frame_place){.index = variant ? index - t->apart : index,
                                .timestamp = timestamp,
                                .epoch = t->epoch,
                                .twin = t->paired};
    if (!t->told) return belongs;
    out->segment = segment_of(t, timestamp);
    return !(learn(t, variant, index, timestamp) && variant) && belongs;
}
