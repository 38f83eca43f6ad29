/* A deterministic simulator of a club under a virtual clock: the real rules, the real in-memory store behind
 * faults, a real media thread on a simulated network, and modelled players who come, talk, moderate, crash and
 * are banned. One seed, one run: all chance comes from the seed, and nothing asks the machine for the time.
 *
 * A player sees the server through late messages and lossy datagrams alone, as a browser does. What must hold
 * all the time is listed in checks.h.
 *
 * Files: main.c (seeds), run.c (one run), server.c (a process that may die), store.c (slow, failing, or dead in
 * the middle of a write), net.c (messages and datagrams on their way), plane.c (the media thread and the
 * players' media connections), player.c (what a player knows, and does as a steward), acts.c, club.c and live.c (what people do),
 * checks.c. There is one server: a cluster does not exist, so none is partitioned here. */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "media/udp.h"
#include "steward.h"

enum {
    SIM_PLAYERS = 80, /* of a crowd; most runs have fewer */
    SIM_ROOMS = 4,    /* whose names people remember */
    SIM_CARDS = 64,
    SLICE_MS = 20,  /* the media thread's turn */
    TICK_MS = 100,  /* the rules' */
    DAY_MS = 86400000
};

/* ---- what a player knows ----------------------------------------------------------------------------- */

struct face { /* of a person in the room */
    struct id account;
    struct hash leaf;
    enum room_role role;
    bool moderates, on_stage, muted, away, called, silent, keyed;
    uint64_t hand_ms;
    uint32_t order;
    uint16_t slot;
};

struct card { /* of a room, from the hallway */
    struct id room;
    struct hash title;
    uint32_t people, speakers;
    bool locked;
    enum room_hands hands;
};

struct note { /* one message on its way to a player */
    struct note *next;
    sock_name sock;
    uint64_t at;
    enum out_kind kind;
    struct id room, account;
    struct face *people;
    size_t people_count;
    struct roster_change *changes; /* of KEYS; of ROOM_JOIN: the gone */
    size_t change_count;
    struct id *left;
    size_t left_count;
    struct card *cards;
    size_t card_count;
    uint8_t header[LIMIT_HEADER_BYTES];
    size_t header_len;
    bool seal, welcome, wrap, held;
    struct hash trace, log_head;
    uint64_t log_size;
    uint8_t role;
    peer_name peer;
    struct media_peer media; /* ROOM_JOIN; ROOM_PATH: ice alone */
};

struct player { /* somebody with a browser */
    struct actor *a;
    bool member;  /* got in once: has something to say hello with */
    bool invited; /* tried an invitation, and may not know whether it worked */
    uint64_t log_size; /* of the member log, as far as it was told */
    struct hash log_head;

    struct note *in, *in_last; /* on their way */
    uint64_t last_at;
    uint32_t mail_count;

    struct card cards[SIM_CARDS]; /* the hallway */
    size_t card_count;
    bool lost; /* it hears nothing of the hallway: held for review */

    bool inside;
    struct id room; /* while inside */
    struct face people[SEATS];
    size_t count;
    struct keys_view view;
    struct hash leaf, trace; /* its own leaf; what the room's headers must name */
    bool holds;              /* the key of the current header */
    bool signed_it;          /* the current header is its own: all bucket keys are at hand */
    bool spent;              /* a rekey was refused: the next one makes everything fresh */
    uint64_t act_at;         /* not before: the answer to its own header is on its way */
    uint64_t undone_ms;      /* since when there is work for a steward */
};

struct store_side; /* store.c */
struct plane;      /* plane.c */

struct sim {
    struct world w;
    uint64_t seed, chance;
    uint64_t mono;    /* milliseconds since the beginning: what the network and the media thread go by */
    int64_t set_back; /* what civil time lacks: clocks are set */
    struct player players[SIM_PLAYERS];
    int player_count;
    struct id rooms[SIM_ROOMS];
    struct store_side *store;
    struct plane *plane;
    uint64_t tick_at;
    bool calm; /* the network, the disk and the clock behave */
    uint64_t digest; /* of everything that was sent: the same seed gives the same */
    struct tally {
        uint64_t headers, refused, records, crashes, handshakes, packets, heard, checks;
        uint64_t done[COMMAND_COUNT];
    } tally;
};

uint32_t sim_random(struct sim *s, uint32_t below);
bool sim_chance(struct sim *s, uint32_t percent);
void sim_run(struct sim *s, uint64_t seed);
void sim_pass(struct sim *s, uint32_t ms); /* time, and all that happens by itself in it */

/* ---- server.c ----------------------------------------------------------------------------------------- */
void server_start(struct sim *s);
void server_stop(struct sim *s);
void server_carry_out(struct sim *s); /* the effects of the last call */
void server_turn(struct sim *s);      /* ticks, the store's answers, news of the media thread */
void server_crash(struct sim *s);     /* and a new process on what the store has */
bool server_busy(const struct sim *s); /* a change is with the store */

/* ---- store.c ------------------------------------------------------------------------------------------ */
void store_open(struct sim *s);
void store_close(struct sim *s);
void store_take(struct sim *s, const struct effect *e);
/* True: the answer to the change, or the ledger's, is there. `dies`: it never comes, the machine stops. */
bool store_answers(struct sim *s, enum err *result, bool *dies);
bool store_answers_ledger(struct sim *s, enum err *result);
void store_forget(struct sim *s);   /* the process that waited is gone */
bool store_unsure(const struct sim *s); /* something was written that nobody was told of yet */
void store_replay(struct sim *s);

/* ---- net.c -------------------------------------------------------------------------------------------- */
void mail_send(struct sim *s, const struct out *o);
struct note *mail_next(struct player *p, uint64_t now); /* NULL: nothing has arrived */
void note_free(struct note *n);
void mail_cut(struct player *p); /* what was on its way is lost, and so is the room */
void mail_left(struct player *p); /* it is in no room, and waits for none */

struct letter { /* a datagram on its way */
    struct letter *next;
    uint64_t at, sent;
    bool to_server;
    struct endpoint address; /* of the player's side */
    size_t len;
    uint8_t bytes[LIMIT_DATAGRAM_BYTES];
};
void net_send(struct sim *s, struct letter **queue, bool to_server, const struct endpoint *address,
              struct view datagram);
struct letter *net_next(struct letter **queue, uint64_t now);
void net_drop(struct letter **queue);

/* ---- plane.c ------------------------------------------------------------------------------------------ */
void plane_open(struct sim *s);
void plane_close(struct sim *s);
void plane_restart(struct sim *s); /* the server's half */
void plane_command(struct sim *s, const struct media_command *c);
void plane_release(struct sim *s, peer_name peer);
void plane_turn(struct sim *s);
bool plane_event(struct sim *s, struct media_event *out);
struct hash plane_certificate(struct sim *s, struct player *p); /* what its next join announces */
void plane_join(struct sim *s, struct player *p, const struct note *n);
void plane_path(struct sim *s, struct player *p, const struct note *n);
void plane_rebind(struct sim *s, struct player *p); /* its router gave it another port */
void plane_leave(struct sim *s, struct player *p);   /* falls silent */
void plane_hang_up(struct sim *s, struct player *p); /* says so */
bool plane_up(const struct sim *s, const struct player *p);
void plane_say(struct sim *s, struct player *p);
bool plane_heard(const struct sim *s, const struct player *p, const struct player *from); /* since plane_hush */
void plane_hush(struct sim *s);
void plane_check(struct sim *s);
void plane_check_empty(struct sim *s);

/* ---- player.c ----------------------------------------------------------------------------------------- */
void player_read(struct sim *s, struct player *p);
void player_act(struct sim *s, struct player *p); /* as a steward, if it is its turn */
bool player_settled(const struct player *p);
struct face face_of(const struct person_info *p);
struct card card_of(const struct room_info *r);

/* ---- acts.c, club.c -------------------------------------------------------------------------------- */
void act_found(struct sim *s); /* the founder and the first members */
void act_one(struct sim *s);   /* somebody does something */
void act_come(struct sim *s, struct player *p);

#endif
