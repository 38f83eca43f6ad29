/* The arithmetic of one outgoing stream: however often the speaker in it changes, a decoder sees one
 * continuous RTP stream and an SRTP receiver one packet index that never jumps nor repeats.
 *
 * `struct slot` belongs to a room: who is heard in it and the timestamps. `struct slot_out` is the same
 * stream as one listener gets it: the packet index (RFC 3711 3.3.1, ROC << 16 | seq). The time somebody
 * is in a slot is a tenure. In a tenure a listener's index is the speaker's index plus a base, so that loss
 * and reordering stay visible; the base is set anew at the first packet of each tenure that the listener
 * gets, so that nothing it was not sent (before it came, while it spoke itself) looks like loss.
 * A receiver guesses the rollover counter from what it gets: hence a bound on jumps.
 *
 * Of a speaker in two variants a listener gets one packet per index, of the one or the other variant. Which
 * one follows from the timestamp; so it must be certain that both variants of an index have the same, or one
 * index would be used for two packets. Pure. */
#ifndef MEDIA_SLOT_H
#define MEDIA_SLOT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"

struct slot {
    uint32_t tenure;         /* counts; 0: nobody was ever heard here */
    bool fresh;              /* the holder is new: its next packet starts a tenure */
    uint64_t first, highest; /* indices of the holder's packets in this tenure */
    uint32_t ts_offset;      /* added to the holder's timestamps */
    uint32_t last_ts;        /* newest timestamp sent */
    uint64_t last_ms;        /* when a packet was last sent */
    uint32_t epoch;          /* of the holder's two variants */
    uint32_t known;          /* bit i: the timestamp of index highest - i is in `stamps` */
    uint32_t stamps[32];     /* by index modulo 32 */
};

struct slot_out {
    uint32_t tenure; /* the one that `base` is for; 0: none yet */
    uint64_t base;   /* out = base + in, modulo 2^64 */
    uint64_t floor;  /* first index of the tenure that this listener got */
    uint64_t next;   /* above every index used; at first a random 15-bit number */
    uint32_t packets, octets;
};

void slot_switch(struct slot *s); /* another speaker takes the slot */

/* A packet of the holder: gives its timestamp in the slot, or false for one that comes too late, from before
 * its tenure. */
bool slot_on_packet(struct slot *s, uint64_t index, uint32_t ts, uint64_t now_ms, uint32_t *out_ts);

/* Whether a packet that was taken just now has the timestamp that its index has had before. */
bool slot_fits(struct slot *s, uint64_t index, uint32_t ts);

/* slot_on_packet on a thread where the slot is only followed: the packet's tenure and timestamp are known. */
void slot_follow(struct slot *s, uint32_t tenure, uint32_t out_ts, uint64_t now_ms);

/* The index of a packet of that tenure for one listener, and whether it is the first it gets in it (marker
 * bit); false when the listener must not get it. */
bool slot_out_index(struct slot_out *o, uint32_t tenure, uint64_t index, uint64_t *out, bool *first);

/* Back again: which packet of the present tenure had this sequence number, and its index; false: none. */
bool slot_out_find(const struct slot_out *o, uint16_t seq, uint64_t *index, uint64_t *out, bool *first);

uint32_t slot_timestamp_at(const struct slot *s, uint64_t now_ms); /* for sender reports */

#endif
