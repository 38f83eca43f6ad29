#include "media/peer.h"

#include <string.h>

#include "base/without.h"
#include "crypt/sign.h"
#include "media/span.h"
#include "media/worker.h"
#include "wire/rtp.h"

bool rate_take(struct rate *r, uint32_t limit, uint32_t amount, uint64_t now_ms)
{
    uint64_t second = now_ms / 1000;
    if (r->second != second) *r = (struct rate){.second = second};
    if (r->used > limit || amount > limit - r->used) return false;
    r->used += amount;
    return true;
}

bool rate_allow(struct rate *r, uint32_t limit, uint64_t now_ms)
{
    return rate_take(r, limit, 1, now_ms);
}

/* ---- life ---- */

static void end_shaking(struct worker *w, struct peer *p)
{
    if (p->shaking) w->handshakes--;
    p->shaking = false;
}

/* Everything but the name: from here on no packet finds it and none goes to it. */
static void let_go(struct worker *w, struct peer *p)
{
    end_shaking(w, p);
    ice_forget(w, p);
    if (p->room) room_leave(w, p);
    dtls_free(p->dtls);
    srtp_free(p->in);
    srtp_free(p->out);
    p->dtls = NULL;
    p->in = p->out = NULL;
    wipe(&p->is, sizeof(p->is));
}

void peer_forget(struct worker *w, struct peer *p)
{
    if (p->state != PEER_GONE) {
        let_go(w, p);
        COUNT_N(w, peers, -1u);
    }
    wipe(p, sizeof(*p));
    worker_wake_at(w, p, UINT64_MAX);
}

/* The event must arrive, or control would think of it as present for ever: if the ring is full the place
 * stays taken until there is room. */
static void tell_down(struct worker *w, struct peer *p, uint64_t retry_ms)
{
    struct media_event e = {.kind = MEDIA_PEER_DOWN, .peer = p->name, .why = p->why};
    if (worker_tell(w, &e))
        peer_forget(w, p);
    else
        worker_wake_at(w, p, retry_ms);
}

void peer_down(struct worker *w, struct peer *p, enum media_down_why why)
{
    if (why == MEDIA_DOWN_FINGERPRINT) COUNT(w, dtls_wrong_fingerprint);
    if (why == MEDIA_DOWN_DTLS) COUNT(w, dtls_failed);
    let_go(w, p);
    COUNT_N(w, peers, -1u);
    p->state = PEER_GONE;
    p->why = why;
    tell_down(w, p, 0);
}

void peer_add(struct worker *w, struct peer *p, peer_name name, const struct media_peer *is, uint64_t now)
{
    *p = (struct peer){.name = name, .state = PEER_WAITING, .consent_ms = now, .seat = SEAT_NONE, .is = *is};
    COUNT(w, peers);
    if (ice_expect(w, p) != OK || room_enter(w, p) != OK)
        peer_down(w, p, MEDIA_DOWN_FULL);
    else
        worker_wake_at(w, p, now + LIMIT_CONSENT_MS);
}

void peer_speak(struct worker *w, struct peer *p, bool may_speak)
{
    p->may_speak = may_speak;
    if (!may_speak && p->room) span_silence(w, p->room, p->name);
}

/* ---- DTLS ---- */

static void tell_up(struct worker *w, struct peer *p)
{
    struct media_event e = {.kind = MEDIA_PEER_UP, .peer = p->name};
    p->owes_up = !worker_tell(w, &e);
}

static enum err take_keys(struct peer *p)
{
    struct srtp_keys keys;
    enum err e = dtls_export(p->dtls, &keys);
    if (!e) e = srtp_new(&p->in, keys.profile, keys.in_key, keys.in_salt);
    if (!e) e = srtp_new_sealing(&p->out, keys.profile, keys.out_key, keys.out_salt);
    wipe(&keys, sizeof(keys));
    return e;
}

static void go_up(struct worker *w, struct peer *p, uint64_t now)
{
    end_shaking(w, p);
    enum err e = take_keys(p);
    if (!e) e = room_listen(w, p);
    if (e) {
        peer_down(w, p, MEDIA_DOWN_DTLS);
        return;
    }
    p->state = PEER_UP;
    p->report_ms = now + LIMIT_RTCP_MS;
    COUNT(w, dtls_up);
    tell_up(w, p);
}

static void send_flight(struct worker *w, struct peer *p)
{
    for (;;) {
        struct span room = {w->row->reserve(w->udp, 1), LIMIT_DATAGRAM_BYTES};
        size_t len = dtls_next_out(p->dtls, room);
        if (!len) return;
        if (p->placed) worker_send(w, room.ptr, len, &p->address);
    }
}

static void after_dtls(struct worker *w, struct peer *p, enum dtls_state state, uint64_t now)
{
    send_flight(w, p);
    switch (state) {
    case DTLS_HANDSHAKING:
        break;
    case DTLS_UP:
        if (p->state == PEER_CHECKED) go_up(w, p, now);
        break;
    case DTLS_CLOSED:
        peer_down(w, p, MEDIA_DOWN_CLOSED);
        break;
    case DTLS_FAILED:
        peer_down(w, p, MEDIA_DOWN_DTLS);
        break;
    case DTLS_WRONG_FINGERPRINT:
        peer_down(w, p, MEDIA_DOWN_FINGERPRINT);
        break;
    }
}

/* A handshake costs a signature and memory: how many at once, and how fast from where, is bounded. What is
 * not looked at is sent again by the client. */
static bool may_shake(struct worker *w, const struct peer *p, const struct datagram *d, uint64_t now)
{
    struct prefix *prefix = prefix_of(w->prefixes, &d->from);
    if ((p->dtls || w->handshakes < LIMIT_HANDSHAKES) &&
        rate_allow(&prefix->handshakes, LIMIT_HANDSHAKES_PER_S, now))
        return true;
    COUNT(w, dropped_policed);
    return false;
}

static void shake(struct worker *w, struct peer *p, const struct datagram *d, uint64_t now)
{
    uint64_t start_us = worker_cpu_us();
    if (!p->shaking) w->handshakes++;
    p->shaking = true;
    if (!p->dtls && dtls_new(&p->dtls, w->dtls, p->is.fingerprint) != OK)
        peer_down(w, p, MEDIA_DOWN_DTLS);
    else
        after_dtls(w, p, dtls_on_datagram(p->dtls, d->data, now), now);
    w->handshakes_us += worker_cpu_us() - start_us;
}

/* The address has answered a check, so neither cookies nor HelloVerifyRequest are needed. */
static void on_dtls(struct worker *w, struct peer *p, const struct datagram *d, uint64_t now)
{
    if (p->state == PEER_UP)
        after_dtls(w, p, dtls_on_datagram(p->dtls, d->data, now), now);
    else if (p->state == PEER_CHECKED && may_shake(w, p, d, now))
        shake(w, p, d, now);
    if (p->state == PEER_CHECKED || p->state == PEER_UP) worker_wake_at(w, p, now);
}

/* ---- time ---- */

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void tick_checked(struct worker *w, struct peer *p, uint64_t now)
{
    if (now - p->checked_ms >= LIMIT_DTLS_MS)
        peer_down(w, p, MEDIA_DOWN_DTLS);
    else if (p->dtls && dtls_deadline(p->dtls) <= now)
        after_dtls(w, p, dtls_tick(p->dtls, now), now);
}

static void tick_up(struct worker *w, struct peer *p, uint64_t now)
{
    if (p->owes_up) tell_up(w, p);
    if (now < p->report_ms) return;
    reports_send(w, p, now);
    p->report_ms = now + LIMIT_RTCP_MS;
}

static bool fell_silent(struct worker *w, struct peer *p, uint64_t now)
{
    return now - p->consent_ms >= LIMIT_CONSENT_MS && !ice_waits(w, p, now) && !without(WITHOUT_PATIENCE);
}

uint64_t peer_tick(struct worker *w, struct peer *p, uint64_t now)
{
    if (p->state == PEER_GONE)
        tell_down(w, p, now);
    else if (p->state != PEER_FREE && fell_silent(w, p, now))
        peer_down(w, p, MEDIA_DOWN_CONSENT);
    else if (p->state == PEER_CHECKED)
        tick_checked(w, p, now);
    else if (p->state == PEER_UP)
        tick_up(w, p, now);

    uint64_t next = p->consent_ms + LIMIT_CONSENT_MS;
    if (p->renewal && next <= now) next = p->renewal->since_ms + LIMIT_CONSENT_MS;
    switch (p->state) {
    case PEER_FREE:
        return UINT64_MAX;
    case PEER_GONE:
        return now + LIMIT_TICK_MS;
    case PEER_WAITING:
        return next;
    case PEER_CHECKED:
        if (p->dtls) next = earlier(next, dtls_deadline(p->dtls));
        return earlier(next, p->checked_ms + LIMIT_DTLS_MS);
    case PEER_UP:
        if (p->owes_up) next = now + LIMIT_TICK_MS;
        return earlier(next, p->report_ms);
    }
    return UINT64_MAX;
}

/* ---- packets ---- */

void peer_on_datagram(struct worker *w, const struct datagram *d, uint64_t now)
{
    enum packet_kind kind = packet_kind(d->data);
    if (kind == PACKET_STUN) {
        ice_on_stun(w, d, now);
        return;
    }
    if (kind == PACKET_OTHER) {
        COUNT(w, dropped_malformed);
        return;
    }
    struct peer *p = ice_find(w, &d->from);
    if (!p)
        COUNT(w, dropped_unknown);
    else if (kind == PACKET_DTLS)
        on_dtls(w, p, d, now);
    else if (p->state != PEER_UP)
        COUNT(w, dropped_auth);
    else if (kind == PACKET_RTP)
        ingress_on_rtp(w, p, d, now);
    else
        ingress_on_rtcp(w, p, d, now);
}
