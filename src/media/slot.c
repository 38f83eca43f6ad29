#include "media/slot.h"

enum { FRAME = 960, TICKS_PER_MS = 48 }; /* 20 ms of Opus, at its RTP clock of 48 kHz (RFC 7587 4.1) */

enum { STAMPS = sizeof(((struct slot *)0)->stamps) / sizeof(uint32_t) };

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
    s->known = 0;
    s->last_ts = ts + s->ts_offset;
}

bool slot_on_packet(struct slot *s, uint64_t index, uint32_t ts, uint64_t now_ms, uint32_t *out_ts)
{
    if (s->fresh || !s->tenure || index > s->highest + LIMIT_SEQ_JUMP) start_tenure(s, index, ts, now_ms);
    if (index < s->first) return false;
    *out_ts = ts + s->ts_offset;
    if (index > s->highest) {
        uint64_t ahead = index - s->highest;
        s->known = ahead < STAMPS ? s->known << ahead : 0;
        s->highest = index;
    }
    if ((int32_t)(*out_ts - s->last_ts) > 0) s->last_ts = *out_ts;
    s->last_ms = now_ms;
    return true;
}

bool slot_fits(struct slot *s, uint64_t index, uint32_t ts)
{
    uint64_t age = s->highest - index;
    if (age >= STAMPS) return false; /* too late to be compared */
    if (!(s->known >> age & 1)) s->stamps[index % STAMPS] = ts;
    s->known |= 1u << age;
    return s->stamps[index % STAMPS] == ts;
}

void slot_follow(struct slot *s, uint32_t tenure, uint32_t out_ts, uint64_t now_ms)
{
    if (s->tenure != tenure || (int32_t)(out_ts - s->last_ts) > 0) s->last_ts = out_ts;
    s->tenure = tenure;
    s->last_ms = now_ms;
}

bool slot_out_index(struct slot_out *o, uint32_t tenure, uint64_t index, uint64_t *out, bool *first)
{
    *first = o->tenure != tenure;
    if (*first) {
        o->tenure = tenure;
        o->floor = index;
        o->base = o->next - index;
    }
    if (index < o->floor) return false;
    *out = o->base + index;
    if (*out >= INDEX_END) return false; /* RFC 3711 9.2: the key is used up; 178,000 years at 50 a second */
    if (*out >= o->next) o->next = *out + 1;
    return true;
}

/* The newest index below `next` with these low 16 bits. */
bool slot_out_find(const struct slot_out *o, uint16_t seq, uint64_t *index, uint64_t *out, bool *first)
{
    uint64_t newest = o->next - 1;
    uint64_t age = (uint16_t)((uint16_t)newest - seq);
    if (!o->tenure || age > newest) return false;
    *out = newest - age;
    *index = *out - o->base;
    *first = *index == o->floor;
    return *out >= o->base + o->floor;
}

uint32_t slot_timestamp_at(const struct slot *s, uint64_t now_ms)
{
    return s->last_ts + (uint32_t)((now_ms - s->last_ms) * TICKS_PER_MS);
}
