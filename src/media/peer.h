/* One peer: an ICE-lite agent, a DTLS server and two SRTP directions (docs/protocol.md, Media).
 *
 *   WAITING   expects an authenticated STUN check (RFC 8445 2.5, 6.1.1)
 *   CHECKED   has an address that proved itself; DTLS is taken from there only
 *   UP        has SRTP keys; is among its room's listeners
 *   GONE      nothing is left but the MEDIA_PEER_DOWN that still has to be told
 *
 * A STUN check is matched by its user name, everything else by its source address. Drops are counted, never
 * answered. Owner: the worker; all memory is its array of peers. Files: peer.c (life, dispatch, DTLS), ice.c
 * (STUN and the address), ingress.c (SRTP and SRTCP in), reports.c (RTCP out). */
#ifndef MEDIA_PEER_H
#define MEDIA_PEER_H

#include "crypt/srtp.h"
#include "media/media.h"
#include "media/report.h"
#include "media/twin.h"
#include "media/udp.h"

struct worker;
struct room;

struct renewal { /* credentials that have not proven themselves yet */
    struct media_ice ice;
    uint64_t since_ms;
};

enum peer_state { PEER_FREE, PEER_WAITING, PEER_CHECKED, PEER_UP, PEER_GONE };

struct rate { /* so many per second of the clock */
    uint64_t second;
    uint32_t used;
};
bool rate_take(struct rate *r, uint32_t limit, uint32_t amount, uint64_t now_ms);
bool rate_allow(struct rate *r, uint32_t limit, uint64_t now_ms); /* takes one */

struct address_key { /* of a map: no padding, IPv4 in the first four bytes */
    uint8_t ip[16];
    uint32_t scope, stream;
    uint16_t family, port;
};

struct peer {
    peer_name name; /* 0: the place is free */
    enum peer_state state;
    bool may_speak;
    bool shaking;            /* one of the handshakes in progress */
    bool owes_up, owes_down; /* events that found the ring full */
    enum media_down_why why;

    struct room *room;
    int32_t seat; /* among the room's listeners */

    struct endpoint address; /* where it is; valid from CHECKED on */
    bool placed;             /* the address finds this peer (another one may have taken it over) */
    uint64_t checked_ms;     /* first authenticated check: DTLS has LIMIT_DTLS_MS from here */
    uint64_t consent_ms;     /* last authenticated check */
    uint64_t heard_ms;       /* last authenticated packet from the address */
    uint64_t report_ms;      /* next RTCP */
    struct rate checks, packets, bytes, nacks;

    struct renewal *renewal; /* NULL: none was asked for */
    struct dtls *dtls;
    struct srtp *in, *out;
    struct source sources[LIMIT_VARIANTS];
    struct twin twin;
    struct media_peer is;
};
enum { SEAT_NONE = -1 };

/* life */
void peer_add(struct worker *w, struct peer *p, peer_name name, const struct media_peer *is, uint64_t now);
void peer_forget(struct worker *w, struct peer *p); /* wipes the place; tells nobody */
void peer_down(struct worker *w, struct peer *p, enum media_down_why why);
void peer_speak(struct worker *w, struct peer *p, bool may_speak);
uint64_t peer_tick(struct worker *w, struct peer *p, uint64_t now); /* when it wants the next one */

/* packets */
void peer_on_datagram(struct worker *w, const struct datagram *d, uint64_t now);

/* ice.c */
void ice_on_stun(struct worker *w, const struct datagram *d, uint64_t now);
MUST_CHECK enum err ice_expect(struct worker *w, struct peer *p); /* its user name becomes known */
/* A second one, beside it: a client whose path died asks for it, and starts anew on the same DTLS session.
 * The first one is good until a check with the second chooses its address (RFC 8445 2.4, 9). */
void ice_renew(struct worker *w, struct peer *p, const struct media_ice *ice, uint64_t now);
void ice_forget(struct worker *w, struct peer *p);
bool ice_waits(struct worker *w, struct peer *p, uint64_t now); /* without consent, but for a new path */
struct peer *ice_find(struct worker *w, const struct endpoint *from); /* NULL: a stranger */

/* ingress.c */
void ingress_on_rtp(struct worker *w, struct peer *p, const struct datagram *d, uint64_t now);
void ingress_on_rtcp(struct worker *w, struct peer *p, const struct datagram *d, uint64_t now);

/* reports.c: the RTCP that this peer is owed, sender reports of what it hears, receiver reports on what it
 * says */
void reports_send(struct worker *w, struct peer *p, uint64_t now);

#endif
