/* What comes from a peer that is up: authenticated first, then judged. */
#include "base/without.h"
#include "media/peer.h"
#include "media/span.h"
#include "media/worker.h"
#include "wire/rtp.h"

static void count_refused(struct worker *w, enum err e)
{
    if (e == ERR_REPLAY)
        COUNT(w, dropped_replay);
    else if (e == ERR_TRUNCATED || e == ERR_MALFORMED)
        COUNT(w, dropped_malformed);
    else
        COUNT(w, dropped_auth);
}

static int variant_of(const struct peer *p, uint32_t ssrc)
{
    for (int i = 0; i < LIMIT_VARIANTS; i++)
        if (p->is.ssrc[i] == ssrc && ssrc) return i;
    return -1;
}

static void tap(struct worker *w, uint32_t ssrc, struct view payload)
{
#ifdef APARTE_TEST_HOOKS
    uint8_t bytes[8];
    struct writer head = writer_init(bytes, sizeof(bytes));
    write_u32(&head, (uint32_t)payload.len);
    write_u32(&head, ssrc);
    if (w->tap && writer_end(&head) == OK) {
        fwrite(bytes, 1, sizeof(bytes), w->tap);
        fwrite(payload.ptr, 1, payload.len, w->tap);
    }
#else
    (void)w, (void)ssrc, (void)payload;
#endif
}

/* What needs no key to be refused. The rate counts before the keys do any work. */
static bool admit(struct worker *w, struct peer *p, const struct rtp_header *h, size_t len, uint64_t now)
{
    if (variant_of(p, h->ssrc) < 0) {
        COUNT(w, dropped_unknown);
        return false;
    }
    if (without(WITHOUT_RTP_PACE)) return true;
    if (h->payload_type != p->is.payload_type ||
        len > LIMIT_RTP_PAYLOAD_BYTES + h->header_len + SRTP_MAX_TRAILER ||
        (p->is.constant && h->header_len > RTP_HEADER_BYTES) ||
        !rate_allow(&p->packets, LIMIT_RTP_PER_S, now) ||
        !rate_take(&p->bytes, LIMIT_RTP_BYTES_PER_S, (uint32_t)len, now)) {
        COUNT(w, dropped_policed);
        return false;
    }
    return true;
}

/* A muted peer's packets are authenticated too: its rollover counter goes on, and would be lost otherwise. So
 * does the lockstep of its variants. */
void ingress_on_rtp(struct worker *w, struct peer *p, const struct datagram *d, uint64_t now)
{
    struct rtp_header h;
    struct view payload;
    if (rtp_parse(&h, d->data) != OK) {
        COUNT(w, dropped_malformed);
        return;
    }
    if (!admit(w, p, &h, d->data.len, now)) return;
    struct srtp_job job = {.ctx = p->in, .buf = {d->writable, d->data.len}, .len = d->data.len};
    enum err e = srtp_unprotect_rtp(&job);
    if (!e) e = rtp_payload(&h, (struct view){d->writable, job.len}, &payload);
    if (e) {
        count_refused(w, e);
        return;
    }
    int variant = variant_of(p, h.ssrc);
    p->heard_ms = now;
    source_on_packet(&p->sources[variant], job.index, h.timestamp, now);
    struct utterance u = {.from = p->name,
                          .account = p->is.account,
                          .variant = (uint8_t)variant,
                          .marker = h.marker,
                          .payload = payload};
    bool belongs = twin_on_packet(&p->twin, (unsigned)variant, job.index, h.timestamp, &u.at);
    if (!p->may_speak && !without(WITHOUT_SPEAK)) {
        COUNT(w, dropped_muted);
    } else if (payload.len > LIMIT_RTP_PAYLOAD_BYTES) {
        COUNT(w, dropped_policed);
    } else if (!belongs) {
        COUNT(w, dropped_variant);
    } else {
        bool voice;
        u.level = p->is.level_ext ? rtp_audio_level(&h, p->is.level_ext, &voice) : LEVEL_UNKNOWN;
        tap(w, h.ssrc, payload);
        span_utterance(w, p->room, &u, now);
    }
}

/* RFC 4585 6.2.1. A listener that has lost more than its ration has a network that sending more would not
 * help. */
static void on_nack(struct worker *w, struct peer *p, struct view body, uint64_t now)
{
    uint32_t ssrc;
    uint16_t seq;
    struct listener *l = room_listener(p);
    for (unsigned n = 0; l && l->placed && rtcp_nack_seq(body, n, &ssrc, &seq); n++) {
        int slot = 0;
        while (slot < LIMIT_SLOTS && l->ssrc[slot] != ssrc) slot++;
        if (slot == LIMIT_SLOTS) return;
        if (!rate_allow(&p->nacks, LIMIT_NACKS_PER_S, now)) {
            COUNT(w, dropped_policed);
            return;
        }
        if (forward_again(w, l, p->room, slot, seq)) COUNT(w, sent_again);
    }
}

void ingress_on_rtcp(struct worker *w, struct peer *p, const struct datagram *d, uint64_t now)
{
    if (!rate_allow(&p->packets, LIMIT_RTP_PER_S, now)) {
        COUNT(w, dropped_policed);
        return;
    }
    struct srtp_job job = {.ctx = p->in, .buf = {d->writable, d->data.len}, .len = d->data.len};
    struct rtcp_walk walk;
    enum err e = srtp_unprotect_rtcp(&job);
    if (!e) e = rtcp_walk_init(&walk, (struct view){d->writable, job.len});
    if (e) {
        count_refused(w, e);
        return;
    }
    p->heard_ms = now;
    for (struct rtcp_event event; rtcp_walk_next(&walk, &event);) {
        int variant = event.kind == RTCP_SR ? variant_of(p, event.sender.ssrc) : -1;
        if (variant >= 0) source_on_sr(&p->sources[variant], event.sender.ntp, now);
        if (event.kind == RTCP_RTPFB && event.format == RTCP_NACK) on_nack(w, p, event.body, now);
    }
    if (walk.err) COUNT(w, dropped_malformed);
}
