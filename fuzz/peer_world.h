/* One media thread, four clients on two of its rooms, and a network between them that the input plays: what
 * was sent waits in `letters` until it is delivered, twice, late, changed or never. After every step the
 * world checks what must always hold.
 *
 *   Nothing goes to an address from which no authenticated check came, no media but to the peer that has the
 * address. A peer goes WAITING, CHECKED, UP, GONE and never back, is UP only with the certificate that was
 * announced, and is gone when it has not agreed for LIMIT_CONSENT_MS. Control hears of each up and down once.
 *   What is heard was said, byte by byte, by somebody who was up and could speak when it came in, in the same
 * room, and not before the listener was there. Counters and tables add up. */
#ifndef FUZZ_PEER_WORLD_H
#define FUZZ_PEER_WORLD_H

#include <arpa/inet.h>

#include "client.h"
#include "media/udp_sim.h"
#include "media/worker.h"
#include "wire/rtcp.h"
#include "wire/rtp.h"
#include "wire/stun.h"

enum { MATES = 4, PORTS = 16, LETTERS = 48, SAID = 1024, HANDSHAKES = 12, FIRST_PORT = 1000 };
enum { SPOKEN_BYTES = 12, SPOKEN = 0x73616964 };

struct mate {
    struct client client;
    uint16_t port;
    peer_name name; /* 0: the server was not told of it, or has told that it is gone */
    struct media_peer is;
    struct media_ice next; /* credentials asked for, not used yet */
    bool has_next, impostor /* another certificate than announced */, told_up;
    unsigned sessions; /* handshakes begun under this name */
    uint32_t up_at;    /* `said_count` when it went up */
    uint64_t index;    /* of the next RTP packet */
    uint32_t timestamp;
    uint16_t heard_seq[LIMIT_SLOTS];
};

struct letter {
    bool up;       /* to the server */
    uint8_t mate;  /* whose; MATES: nobody's */
    uint16_t port; /* from, or to */
    uint16_t len;
    uint32_t said; /* which utterance + 1; 0: none */
    bool check;    /* a check with these credentials */
    struct media_ice ice;
    uint8_t bytes[LIMIT_DATAGRAM_BYTES], sent[LIMIT_DATAGRAM_BYTES]; /* as it is; as it was, if it goes up */
};

struct utterance_said {
    uint8_t who;
    bool admitted; /* it came in while who said it was up and could speak */
};

struct before { /* of a peer's place, before the step */
    peer_name name;
    enum peer_state state;
    bool placed;
    uint16_t port;
};

static struct world {
    struct worker w;
    struct mate mates[MATES];
    struct letter letters[LETTERS];
    size_t letter_count;
    struct utterance_said said[SAID];
    uint32_t said_count;
    bool proven[PORTS]; /* an authenticated check came from there */
    struct before before[MATES];
    uint64_t now;
    uint32_t generation, secrets;
    unsigned handshakes;
} f;

/* How far any input got: a corpus that stops at the door is no test (see replay.c). */
static struct reached {
    unsigned up, heard, again, adopted, moved, down[MEDIA_DOWN_FULL + 1];
} reached;

static uint16_t port_of(const struct endpoint *a)
{
    return (uint16_t)(ntohs(a->v4.sin_port) - FIRST_PORT);
}

static struct endpoint endpoint_of(uint16_t port)
{
    return (struct endpoint){.v4 = {.sin_family = AF_INET,
                                    .sin_port = htons((uint16_t)(FIRST_PORT + port)),
                                    .sin_addr.s_addr = htonl(0x0a000001)}};
}

static struct peer *peer_of(const struct mate *m)
{
    struct peer *p = &f.w.peers[m - f.mates];
    return m->name && p->name == m->name ? p : NULL;
}

/* ---- letters ---- */

static struct letter *letter_new(void)
{
    if (f.letter_count == LETTERS) { /* the oldest is lost */
        f.letter_count--;
        memmove(&f.letters[0], &f.letters[1], f.letter_count * sizeof(f.letters[0]));
    }
    struct letter *l = &f.letters[f.letter_count++];
    *l = (struct letter){.mate = MATES};
    return l;
}

static struct letter letter_take(size_t at)
{
    struct letter l = f.letters[at];
    f.letter_count--;
    memmove(&f.letters[at], &f.letters[at + 1], (f.letter_count - at) * sizeof(l));
    return l;
}

static struct letter *post(struct mate *m, struct view bytes)
{
    struct letter *l = letter_new();
    MUST(bytes.len <= sizeof(l->bytes));
    l->up = true;
    l->mate = (uint8_t)(m - f.mates);
    l->port = m->port;
    l->len = (uint16_t)bytes.len;
    if (bytes.len) memcpy(l->bytes, bytes.ptr, bytes.len);
    if (bytes.len) memcpy(l->sent, bytes.ptr, bytes.len);
    return l;
}

static void post_flight(struct mate *m)
{
    uint8_t buf[LIMIT_DATAGRAM_BYTES];
    size_t n = m->client.ssl ? client_next_out(&m->client, (struct span){buf, sizeof(buf)}) : 0;
    if (n) post(m, (struct view){buf, n});
}

/* ---- what a client hears ---- */

static void hear_payload(struct mate *m, struct view payload)
{
    struct reader r = reader_init(payload);
    if (payload.len != SPOKEN_BYTES || read_u32(&r) != SPOKEN) return; /* made by the input */
    uint32_t n = read_u32(&r);
    MUST(read_u32(&r) == ~n && n < f.said_count);
    const struct mate *who = &f.mates[f.said[n].who];
    MUST(f.said[n].admitted);
    MUST(who != m && id_eq(who->is.room, m->is.room));
    MUST(n >= m->up_at || m->sessions > 1);
    reached.heard++;
}

static void hear_rtp(struct mate *m, const struct letter *l)
{
    uint8_t buf[LIMIT_DATAGRAM_BYTES];
    struct rtp_header h;
    struct view payload;
    memcpy(buf, l->bytes, l->len);
    struct srtp_job job = {.ctx = m->client.in, .buf = {buf, sizeof(buf)}, .len = l->len};
    enum err e = srtp_unprotect_rtp(&job);
    if (e == ERR_REPLAY) reached.again++;
    MUST(e == OK || e == ERR_REPLAY || m->sessions > 1);
    if (e) return;
    MUST(rtp_parse(&h, (struct view){buf, job.len}) == OK && h.header_len == RTP_HEADER_BYTES && !h.padding);
    MUST(rtp_payload(&h, (struct view){buf, job.len}, &payload) == OK);
    unsigned slot = 0;
    while (slot < LIMIT_SLOTS && m->is.slot_ssrc[slot] != h.ssrc) slot++;
    MUST(slot < LIMIT_SLOTS && h.payload_type == m->is.payload_type);
    m->heard_seq[slot] = h.seq;
    hear_payload(m, payload);
}

static void hear_rtcp(struct mate *m, const struct letter *l)
{
    uint8_t buf[LIMIT_DATAGRAM_BYTES];
    struct rtcp_walk walk;
    struct rtcp_event e;
    memcpy(buf, l->bytes, l->len);
    struct srtp_job job = {.ctx = m->client.in, .buf = {buf, sizeof(buf)}, .len = l->len};
    enum err err = srtp_unprotect_rtcp(&job);
    MUST(err == OK || err == ERR_REPLAY || m->sessions > 1);
    if (err) return;
    MUST(rtcp_walk_init(&walk, (struct view){buf, job.len}) == OK);
    while (rtcp_walk_next(&walk, &e)) {}
    MUST(walk.err == OK);
}

static void deliver_down(const struct letter *l)
{
    struct mate *m = l->mate < MATES ? &f.mates[l->mate] : NULL;
    struct stun_message s;
    struct view v = {l->bytes, l->len};
    enum packet_kind kind = packet_kind(v);
    if (kind == PACKET_STUN) MUST(stun_parse(&s, v) == OK && s.has_integrity && s.has_fingerprint);
    MUST(kind != PACKET_OTHER);
    if (!m || m->port != l->port || !m->client.ssl) return; /* nobody there any more */
    if (kind == PACKET_DTLS) {
        client_on_datagram(&m->client, v);
        post_flight(m);
    }
    if (kind == PACKET_RTP && m->client.in) hear_rtp(m, l);
    if (kind == PACKET_RTCP && m->client.in) hear_rtcp(m, l);
}

/* ---- what the server does ---- */

static void note_events(void)
{
    struct media_event e;
    while (ring_pull(&f.w.events, &e)) {
        MUST(peer_place(e.peer) < MATES);
        struct mate *m = &f.mates[peer_place(e.peer)];
        MUST(e.peer == m->name);
        if (e.kind == MEDIA_PEER_UP) {
            MUST(!m->told_up && !m->impostor);
            m->told_up = true;
            m->up_at = f.said_count;
            reached.up++;
        } else {
            MUST(e.why <= MEDIA_DOWN_FULL);
            m->name = 0; /* told once: the next event would not have this name */
            reached.down[e.why]++;
        }
    }
}

/* Whose place has this address, or had it before the step: what it is owed may go there. */
static unsigned place_at(uint16_t port)
{
    for (unsigned i = 0; i < MATES; i++) {
        const struct peer *p = &f.w.peers[i];
        if (p->placed && port_of(&p->address) == port) return i;
    }
    for (unsigned i = 0; i < MATES; i++)
        if (f.before[i].placed && f.before[i].port == port) return i;
    return MATES;
}

static void collect(void)
{
    struct endpoint to;
    struct view sent;
    while (udp_sim_drain(f.w.udp, &to, &sent)) {
        uint16_t port = port_of(&to);
        unsigned place = place_at(port);
        MUST(sent.len && sent.len <= LIMIT_DATAGRAM_BYTES && port < PORTS);
        MUST(f.proven[port]);
        MUST(packet_kind(sent) == PACKET_STUN || place < MATES);
        struct letter *l = letter_new();
        l->mate = (uint8_t)place;
        l->port = port;
        l->len = (uint16_t)sent.len;
        memcpy(l->bytes, sent.ptr, sent.len);
    }
}

static void check_place(unsigned i)
{
    const struct peer *p = &f.w.peers[i];
    const struct before *b = &f.before[i];
    bool live = p->state == PEER_WAITING || p->state == PEER_CHECKED || p->state == PEER_UP;
    MUST(!p->name == (p->state == PEER_FREE));
    if (p->name && p->name == b->name) MUST(p->state >= b->state);
    if (p->name && p->name != b->name) MUST(p->state == PEER_WAITING);
    if (p->state == PEER_UP) MUST(p->in && p->out && p->dtls && p->room && !f.mates[i].impostor);
    if (p->state != PEER_UP) MUST(!p->in && !p->out);
    if (!live) MUST(!p->dtls && !p->room && !p->placed && !p->renewal && !p->shaking);
    if (p->placed) MUST(f.proven[port_of(&p->address)] && ice_find(&f.w, &p->address) == p);
    if (p->state == PEER_CHECKED) MUST(f.now - p->checked_ms <= LIMIT_DTLS_MS + LIMIT_TICK_MS);
    uint64_t since = p->consent_ms;
    if (p->renewal && p->renewal->since_ms > since) since = p->renewal->since_ms;
    if (live) MUST(f.now - since <= LIMIT_CONSENT_MS + LIMIT_TICK_MS);
    if (b->placed && p->placed && b->port != port_of(&p->address)) reached.moved++;
}

static void check_sums(void)
{
    uint32_t peers = 0, shaking = 0, placed = 0, names = 0;
    for (unsigned i = 0; i < MATES; i++) {
        const struct peer *p = &f.w.peers[i];
        check_place(i);
        bool live = p->name && p->state != PEER_GONE;
        peers += live;
        shaking += p->shaking;
        placed += p->placed;
        names += live ? 1 + (p->renewal != NULL) : 0;
    }
    MUST(f.w.stats.peers == peers && f.w.handshakes == shaking);
    MUST(f.w.by_address.count == placed && f.w.by_ufrag.count == names);
}

static void step(void)
{
    for (unsigned i = 0; i < MATES; i++) {
        const struct peer *p = &f.w.peers[i];
        f.before[i] = (struct before){p->name, p->state, p->placed, port_of(&p->address)};
    }
    worker_step(&f.w, f.now);
    collect();
    note_events();
    check_sums();
}

static bool same_ice(const struct media_ice *a, const struct media_ice *b)
{
    return !strcmp(a->ufrag, b->ufrag) && !strcmp(a->pwd, b->pwd) &&
           !strcmp(a->remote_ufrag, b->remote_ufrag);
}

/* What a letter entitles to, judged as it comes in. The bytes of FINGERPRINT are not under the key. */
static void note_arrival(const struct letter *l)
{
    enum { FINGERPRINT_BYTES = 8 };
    uint16_t intact = 0;
    while (intact < l->len && l->bytes[intact] == l->sent[intact]) intact++;
    for (unsigned i = 0; i < MATES && l->check && intact + FINGERPRINT_BYTES >= l->len; i++) {
        const struct peer *p = &f.w.peers[i];
        bool known = p->name && p->state != PEER_GONE;
        if (known && (same_ice(&p->is.ice, &l->ice) || (p->renewal && same_ice(&p->renewal->ice, &l->ice))))
            f.proven[l->port] = true;
    }
    if (!l->said || intact < l->len) return;
    struct utterance_said *u = &f.said[l->said - 1];
    const struct peer *p = peer_of(&f.mates[u->who]);
    if (p && p->state == PEER_UP && p->may_speak && p->placed && port_of(&p->address) == l->port)
        u->admitted = true;
}

static void deliver(const struct letter *l)
{
    if (!l->up) {
        deliver_down(l);
        return;
    }
    struct endpoint from = endpoint_of(l->port);
    note_arrival(l);
    MUST(udp_sim_inject(f.w.udp, &from, (struct view){l->bytes, l->len}));
    step();
}

/* In order, until nothing is on its way: a network without faults. */
static void deliver_all(void)
{
    for (int i = 0; i < 4 * LETTERS && f.letter_count; i++) {
        struct letter l = letter_take(0);
        deliver(&l);
    }
}

#endif
