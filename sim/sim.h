/* A deterministic simulator of a club: the real rules and the real in-memory store, modelled clients that see
 * the server only through late events, people who come, crash, talk, moderate and are banned. One seed, one
 * run.
 *
 * What the clients prove: the events alone are enough to know the room. Every client follows every key header
 * with its own table, and whoever is on the key list can open the key. */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "steward.h"

enum { SIM_CLIENTS = 24, SIM_ROOMS = 3 };

struct face { /* what a client knows of a person */
    struct id account;
    struct hash leaf;
    bool moderates, on_stage, away, keyed;
    uint32_t order;
    uint16_t slot;
};

struct note { /* one event on its way to a client */
    struct note *next;
    sock_name sock;
    uint64_t at;
    enum out_kind kind;
    struct id room, account;
    struct face *people;
    struct roster_change *changes; /* of KEYS; of ROOM_JOIN: the gone */
    size_t people_count, change_count, header_len;
    uint8_t header[LIMIT_HEADER_BYTES];
    bool seal, welcome, wrap;
};

struct client {
    struct actor *a;
    bool member, inside;
    struct note *in, *in_last;
    uint64_t last_at;

    struct id room; /* while inside */
    struct face people[SEATS];
    size_t count;
    struct keys_view view;
    struct hash leaf; /* one's own */
    bool holds;       /* the key of the current header */
    bool signed_it;   /* the current header is one's own: all bucket keys are at hand */
    bool spent;       /* a rekey was refused: the next one makes everything fresh */
    uint64_t act_at;  /* not before: the answer to one's own header is on its way */
};

struct sim {
    struct world w;
    uint64_t seed;
    struct client clients[SIM_CLIENTS];
    struct id rooms[SIM_ROOMS];
    struct store *store;
    uint64_t store_at;                  /* when the store answers */
    uint64_t headers, refused, records; /* what happened, for the summary */
};

uint32_t sim_random(struct sim *s, uint32_t below);
void sim_fail(const struct sim *s, const char *what) __attribute__((noreturn));

/* net.c: events take their time, in order per socket. */
void net_collect(struct sim *s);                       /* the effects of the last call */
struct note *net_next(struct client *c, uint64_t now); /* NULL: nothing has arrived */
void note_free(struct note *n);
void net_cut(struct client *c); /* what was on its way is lost */

/* client.c */
void client_read(struct sim *s, struct client *c);
void client_act(struct sim *s, struct client *c); /* as a steward, if it is its turn */
bool client_settled(const struct sim *s, const struct client *c);

#endif
