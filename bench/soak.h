/* Private to soak*.c: a club that never rests. A thousand people in fifty rooms come, speak and go, half of
 * them over a bad network, and somebody is always rude to the server. Owner: one thread. */
#ifndef BENCH_SOAK_H
#define BENCH_SOAK_H

#include "../test/c/noise.h"
#include "crowd.h"
#include "member.h"
#include "server.h"

enum { SOAK_ROOMS = 50, SOAK_PEOPLE = 1000, SOAK_CROWDS = 2, SOAK_STAGE = 4 };
enum { SAMPLE_MS = 10000 };
enum { SOAK_SETTLE_MS = 200 }; /* what is said for so long after the word that one is out may still come */

enum seat_state {
    SEAT_AWAY, /* no socket */
    SEAT_HALL, /* a socket, in no room */
    SEAT_INSIDE,
    SEAT_WATCHED, /* out of a room: its media connection must be dead */
    SEAT_FROZEN,  /* inside, and says nothing any more, not even that it goes */
};

struct seat {
    struct member member;
    struct crowd *crowd;
    struct client *client;
    enum seat_state state;
    bool known, stage, talking; /* known: it has an account */
    uint32_t room;
    uint64_t next_ms;           /* when it does what it does next */
    uint64_t since_ms, turn_ms; /* INSIDE: since when; stage: when it begins or stops talking */
    uint64_t talk_ms, out_ns;   /* since when it talks; since when it is out */
};

struct soak_room {
    struct id id; /* zero: not open */
    uint32_t opener;
};

struct soak_counts {
    uint64_t joins, refused, opened, ended, left, cut, vanished, dark, reconnected, lost, staged, unstaged,
        banned, removed;
    uint64_t moved, stops, garbage, malformed, unsaid;
    uint64_t heard_outside; /* somebody who was out heard the room all the same */
    uint64_t deaf;          /* somebody inside did not hear who spoke */
};

struct soak {
    struct server server;
    struct club club;
    struct member founder;
    struct crowd crowds[SOAK_CROWDS]; /* a good network, a bad one: rooms and seats alternate */
    struct seat seats[SOAK_PEOPLE];
    struct soak_room rooms[SOAK_ROOMS];
    struct soak_counts counts;
    uint64_t state, now_ms, say_ms;
    uint32_t turn;
};

/* ---- soak_people.c ---- */
MUST_CHECK enum err people_init(struct soak *s);
void people_step(struct soak *s);                 /* comes back soon */
void people_event(struct soak *s, unsigned kind); /* one of EVENTS that happen to a club now and then */
enum { EVENT_STAGE, EVENT_BACK, EVENT_END, EVENT_BAN, EVENT_REMOVE, EVENT_MOVE, EVENTS };
void people_go(struct soak *s); /* all of them, at the end */
unsigned people_inside(const struct soak *s);
unsigned people_deaf(struct soak *s);

/* ---- soak_noise.c ---- */
void noise_datagrams(struct soak *s, unsigned n);
void noise_connection(struct soak *s);

/* ---- soak_sample.c ---- */
struct samples;                                                        /* what was measured so far */
MUST_CHECK enum err samples_new(struct samples **out, struct soak *s); /* before anybody is there */
void samples_free(struct samples *m);
bool samples_take(struct samples *m);  /* prints a line; false: the server does not answer */
bool samples_empty(struct samples *m); /* nobody and nothing is left in the server */
/* Prints the last line; whether all was well. `status`: how the server ended; `empty`: in the end it was. */
bool samples_judge(struct samples *m, int status, bool empty);

/* From 0 on, below n. */
static inline uint32_t soak_draw(struct soak *s, uint32_t n)
{
    return (uint32_t)(splitmix64(&s->state) % n);
}

#endif
