#include "media/slot.h"

enum { FRAME = 960, TICKS_PER_MS = 48 }; /* 20 ms of Opus, at its RTP clock of 48 kHz (RFC 7587 4.1) */

static const uint64_t INDEX_END = 1ull << 48;

void slot_switch(struct slot *s)
{
    s->fresh = true;
}

static void start_tenure(struct slot *s, uint64_t index, uint32_t ts, uint64_t now_ms)
{
    if (s->tenure) {
        uint64_t frames = ((now_ms - s->last_ms) * TICKS_PER_MS + FRAME / 2) / FRAME;
        uint32_t gap = (uint32_t)(frames ? frames : 1) * FRAME;
        s->ts_offset = s->last_ts + gap - ts;
    } else {
        s->ts_offset = 0; /* the browser's timestamps start at random */
    }
    s->tenure++;
    s->fresh = false;
    s->first = s->highest = index;
    s->last_ts = ts + s->ts_offset;
}

bool slot_on_packet(struct slot *s, uint64_t index, uint32_t ts, uint64_t now_ms, uint32_t *out_ts)
{
    if (s->fresh || !s->tenure || index > s->highest + LIMIT_SEQ_JUMP) start_tenure(s, index, ts, now_ms);
    if (index < s->first) return false;
    *out_ts = ts + s->ts_offset;
    if (index > s->highest) s->highest = index;
    if ((int32_t)(*out_ts - s->last_ts) > 0) s->last_ts = *out_ts;
    s->last_ms = now_ms;
    return true;
}

bool slot_out_index(struct slot_out *o, const struct slot *s, uint64_t index, uint64_t *out, bool *first)
{
    *first = o->tenure != s->tenure;
    if (*first) {
        o->tenure = s->tenure;
        o->floor = index;
        o->base = o->next - index;
    }
    if (index < o->floor) return false;
    *out = o->base + index;
    if (*out >= INDEX_END) return false; /* RFC 3711 9.2: the key is used up; 178,000 years at 50 a second */
    if (*out >= o->next) o->next = *out + 1;
    return true;
}

uint32_t slot_timestamp_at(const struct slot *s, uint64_t now_ms)
{
    return s->last_ts + (uint32_t)((now_ms - s->last_ms) * TICKS_PER_MS);
}
