/* RTCP (RFC 3550 6): read sender reports and receiver reports, write the ones an SFU owes.
 * Unknown packet types inside a compound packet are skipped by their length. Pure codec. */
#ifndef WIRE_RTCP_H
#define WIRE_RTCP_H

#include "base/bytes.h"

enum { RTCP_SR = 200, RTCP_RR = 201, RTCP_SDES = 202, RTCP_BYE = 203, RTCP_RTPFB = 205, RTCP_PSFB = 206 };

struct rtcp_report { /* one report block */
    uint32_t ssrc;
    uint8_t fraction_lost; /* /256 */
    int32_t lost;          /* 24 bits signed */
    uint32_t highest_seq;
    uint32_t jitter;       /* timestamp units */
    uint32_t last_sr, delay_since_sr; /* middle 32 bits of NTP; 1/65536 s */
};

struct rtcp_sender { /* the sender part of an SR */
    uint32_t ssrc;
    uint64_t ntp;
    uint32_t rtp_timestamp, packets, octets;
};

struct rtcp_event {
    int kind; /* RTCP_SR (sender filled), RTCP_RR (a block filled), RTCP_BYE (ssrc), RTCP_RTPFB.. (body) */
    uint32_t ssrc;
    struct rtcp_sender sender;
    struct rtcp_report report;
    uint8_t format;
    struct view body;
};

/* Walks a compound packet: returns false at its end or at the first malformed part (then *err says). */
struct rtcp_walk {
    struct view packet;
    size_t pos;          /* of the current packet */
    unsigned block;      /* what comes next in it: sender part, report block, SSRC */
    enum err err;
};
MUST_CHECK enum err rtcp_walk_init(struct rtcp_walk *w, struct view packet);
bool rtcp_walk_next(struct rtcp_walk *w, struct rtcp_event *out);

/* The sequence numbers of a generic NACK (RFC 4585 6.2.1): each pair names one and up to 16 behind it. Gives the
 * n-th, false: there are no more. `body` is that of an RTCP_RTPFB event with format RTCP_NACK. */
enum { RTCP_NACK = 1 };
bool rtcp_nack_seq(struct view body, unsigned n, uint32_t *media_ssrc, uint16_t *seq);

void rtcp_write_sr(struct writer *w, const struct rtcp_sender *s);
void rtcp_write_rr(struct writer *w, uint32_t from_ssrc, const struct rtcp_report *blocks, size_t n);
void rtcp_write_sdes_cname(struct writer *w, uint32_t ssrc, struct view cname);

#endif
