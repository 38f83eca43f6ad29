#include "media/report.h"

enum { TICKS_PER_MS = 48 };

void source_on_packet(struct source *s, uint64_t index, uint32_t ts, uint64_t now_ms)
{
    int32_t transit = (int32_t)((uint32_t)(now_ms * TICKS_PER_MS) - ts);
    if (!s->known) {
        s->known = true;
        s->first = s->highest = index;
    } else { /* A.8; a jump of the sender's clock by more than a second is no jitter */
        int32_t d = (int32_t)((uint32_t)transit - (uint32_t)s->transit);
        uint32_t distance = d < 0 ? -(uint32_t)d : (uint32_t)d;
        if (distance < 1000 * TICKS_PER_MS) s->jitter_16 += distance - ((s->jitter_16 + 8) >> 4);
    }
    s->transit = transit;
    if (index > s->highest) s->highest = index;
    if (index < s->first) s->first = index;
    s->received++;
    s->heard = true;
}

void source_on_sr(struct source *s, uint64_t ntp, uint64_t now_ms)
{
    s->last_sr = (uint32_t)(ntp >> 16);
    s->last_sr_ms = now_ms;
}

void source_report(struct source *s, uint32_t ssrc, uint64_t now_ms, struct rtcp_report *out)
{
    uint32_t expected = s->known ? (uint32_t)(s->highest - s->first + 1) : 0;
    int32_t lost = (int32_t)(expected - s->received);
    uint32_t expected_now = expected - s->expected_before;
    int32_t lost_now = (int32_t)(expected_now - (s->received - s->received_before));
    const int32_t most = 0x7fffff;

    *out = (struct rtcp_report){.ssrc = ssrc,
                                .lost = lost > most    ? most
                                        : lost < -most ? -most
                                                       : lost,
                                .highest_seq = (uint32_t)s->highest,
                                .jitter = s->jitter_16 >> 4};
    if (expected_now && lost_now > 0) {
        uint64_t fraction = ((uint64_t)lost_now << 8) / expected_now;
        out->fraction_lost = fraction > 255 ? 255 : (uint8_t)fraction;
    }
    if (s->last_sr) {
        uint64_t delay = ((now_ms - s->last_sr_ms) << 16) / 1000;
        out->last_sr = s->last_sr;
        out->delay_since_sr = delay > UINT32_MAX ? UINT32_MAX : (uint32_t)delay;
    }
    s->expected_before = expected;
    s->received_before = s->received;
    s->heard = false;
}
