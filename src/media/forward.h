/* From one speaker to everybody else who is up in the room. Rooms live on the worker that owns them.
 * Nothing here decides who may hear: that is who was added to the room. */
#ifndef MEDIA_FORWARD_H
#define MEDIA_FORWARD_H

#include "base/id.h"
#include "media/peer.h"

struct room {
    struct id id;
    uint64_t name;    /* its place in the worker's pool */
    uint32_t members; /* peers added, up or not; at 0 the room is forgotten */
    struct peer *up;  /* list of those who get packets */
    struct slot slots[LIMIT_SLOTS];
    struct peer *holders[LIMIT_SLOTS]; /* who is heard in each slot; NULL: free */
    uint64_t since_ms[LIMIT_SLOTS];
};

MUST_CHECK enum err room_enter(struct worker *w, struct peer *p); /* finds or makes p->is.room */
void room_leave(struct worker *w, struct peer *p);
void room_listen(struct peer *p);  /* it is up: gets packets from now on */
void room_silence(struct peer *p); /* gives back the slot it is heard in, if any */

/* An accepted packet: `h` its header, payload the SFrame ciphertext, index its SRTP packet index. */
void forward_rtp(struct worker *w, struct peer *p, const struct rtp_header *h, struct view payload,
                 uint64_t index, uint64_t now);
/* The RTCP that this peer is owed: sender reports of what it hears, receiver reports on what it says. */
void forward_reports(struct worker *w, struct peer *p, uint64_t now);

#endif
