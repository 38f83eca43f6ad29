/* A room as one media thread has it: who listens here, and what is heard in each slot.
 *
 * Listeners stand in one dense array, each with all that sending to it takes, so that a packet for thousands
 * walks through memory in order. Nothing here decides who may hear: that is who was added to the room. A room
 * that spans threads has a place on each of them. One is its home (span.h): it alone chooses who gets which
 * slot, by `voices`. Owner: the worker. */
#ifndef MEDIA_ROOM_H
#define MEDIA_ROOM_H

#include "base/id.h"
#include "crypt/srtp.h"
#include "media/codes.h"
#include "media/history.h"
#include "media/level.h"
#include "media/media.h"
#include "media/slot.h"
#include "media/twin.h"
#include "media/udp.h"

struct worker;
struct peer;

struct listener {
    _Alignas(64) struct endpoint to;
    struct srtp *out;
    struct peer *peer;
    peer_name name; /* of the peer: nobody hears himself */
    uint32_t ssrc[LIMIT_SLOTS];
    uint8_t payload_type, trailer; /* trailer: what sealing adds to a packet */
    bool placed;                   /* its address is its own at the moment */
    struct slot_out outs[LIMIT_SLOTS];
};
static_assert(sizeof(struct listener) == 256, "four cache lines");

struct voice {     /* somebody who speaks; at the room's home only */
    peer_name who; /* 0: free */
    int8_t slot;   /* -1: not heard */
    struct loudness loudness;
};

struct cue { /* an accepted packet with its place in the room: what every listener gets of it */
    int slot;
    uint32_t tenure, timestamp;
    bool marker, twin;
    uint8_t variant;
    uint32_t segment; /* with twin: a listener's codeword says which variant it gets of it */
    uint64_t index;   /* the speaker's */
    peer_name from;
    struct id account;   /* the speaker's */
    struct view payload; /* lives until the turn is flushed */
};

struct room {
    struct id id;
    uint64_t name; /* its place in the worker's pool */
    uint32_t
        members; /* peers added here, up or not; at 0, and without other threads, the room is forgotten */
    uint64_t threads; /* at home: the others that have members, by bit */
    bool announced;   /* elsewhere: home knows of us */

    struct listener *listeners; /* those who get packets */
    uint32_t count, space;
    uint32_t first; /* who is served first this turn: the last one waits longest, so it moves */

    struct slot slots[LIMIT_SLOTS];
    struct voice *holders[LIMIT_SLOTS]; /* at home: who is heard in each slot; NULL: free */
    uint64_t since_ms[LIMIT_SLOTS];
    struct voice voices[LIMIT_STAGE];
    struct history *histories[LIMIT_SLOTS][LIMIT_VARIANTS]; /* NULL: nobody was ever heard there */
    struct codes codes[LIMIT_SLOTS];
    bool draws; /* some of them are to be drawn */

    struct room *next_waiting; /* of the worker's rooms with cues */
    struct room *next_drawing; /* and of those with `draws` */
    struct cue cues[LIMIT_TURN_CUES];
    uint32_t cue_count;
};

/* Finds or makes it; NULL when there are too many. */
struct room *room_of(struct worker *w, const struct id *id);
struct room *room_here(struct worker *w, const struct id *id);
void room_forget_if_empty(struct worker *w, struct room *room);
void room_draw(struct worker *w, struct room *room); /* some codewords, from the end of this turn on */
void rooms_draw(struct worker *w);
void rooms_deinit(struct worker *w); /* those that only other threads had members of */

MUST_CHECK enum err room_enter(struct worker *w, struct peer *p); /* p->is.room */
void room_leave(struct worker *w, struct peer *p);
/* It is up: gets packets from now on, first from a random sequence number. */
MUST_CHECK enum err room_listen(struct worker *w, struct peer *p);
void room_moved(struct peer *p);                      /* its address is another one, or none */
struct listener *room_listener(const struct peer *p); /* NULL: gets nothing */

/* At home: the place where its loudness is kept, made if need be; NULL: more speakers than a stage has. */
struct voice *room_voice(struct room *room, peer_name who, uint64_t now);
void room_silence(struct room *room, peer_name who); /* gives back the slot it is heard in, if any */

#endif
