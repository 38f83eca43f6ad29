/* A small world around the rules: people with keys made from numbers, a clock that moves when told, a store
 * that answers when told, and a record of every effect of the last call. It checks on its own what must
 * always hold: nothing is sent to a socket that is closed, and a media peer is added, dropped and given back
 * in that order. */
#ifndef TEST_WORLD_H
#define TEST_WORLD_H

#include "rooms/rooms.h"
#include "wire/record.h"

#define WORLD_EPOCH_MS UINT64_C(1795500000000)
enum { WORLD_ACTORS = 300, WORLD_SOCKS = 4096, WORLD_PEERS = 8192, WORLD_EFFECTS = 16384, WORLD_LOG = 2048, WORLD_ROOMS = 64, WORLD_KEPT_BYTES = 16384 };

struct ticket { /* an invite, with its secret */
    uint8_t seed[32];
    struct key key;
    uint8_t record[LIMIT_RECORD_BYTES];
    size_t len;
    int author;
};

struct actor {
    uint8_t account_seed[32], device_seed[32];
    struct key account_key, device_key;
    struct id account, device;
    char name[24];
    sock_name sock; /* 0: not connected */
    uint8_t nonce[32];
    struct hash links[2 * LIMIT_CHAIN_DEPTH + 1];
    size_t link_count;
    uint8_t role;
    uint8_t suite;                /* of its leaves: 0 is 1 */
    uint8_t kem[LIMIT_KEM_BYTES]; /* suite 2: what goes beside the leaf */
    uint8_t leaf[LIMIT_LEAF_BYTES];
    size_t leaf_len;
    struct hash leaf_hash;
    peer_name peer;
    struct id room; /* joined last */
    struct hash certificate; /* what a join announces */
};

enum world_peer { PEER_NONE, PEER_RESERVED, PEER_ADDED, PEER_DROPPED, PEER_RELEASED };

struct world {
    struct rooms *r;
    uint64_t now, noise;
    uint32_t trace_days;
    bool sensitive; /* rooms that are opened from now on */
    uint64_t done[COMMAND_COUNT]; /* commands that were not refused */
    struct actor actors[WORLD_ACTORS];
    int actor_count;
    bool open[WORLD_SOCKS];
    sock_name next_sock;
    uint8_t peer_state[WORLD_PEERS];
    bool peer_speaks[WORLD_PEERS];
    int16_t peer_owner[WORLD_PEERS]; /* actor + 1 */
    peer_name next_peer;
    bool media_full;
    struct { struct id room, host; } opened[WORLD_ROOMS]; /* a ring */
    uint32_t opened_count;

    struct effect effects[WORLD_EFFECTS]; /* of the last call */
    size_t effect_count;
    size_t told; /* texts that were encoded once for many sockets, ever */

    bool hold_store; /* the store does not answer by itself */
    enum err store_result;
    bool ledger_waits; /* for rooms_on_ledger, which the test calls */
    struct { struct id room; uint8_t data[WORLD_KEPT_BYTES]; size_t len; } kept[WORLD_ROOMS]; /* for a restart */
    size_t kept_count;
    struct alert alerts[LIMIT_ALERTS]; /* as the store has them */
    size_t alert_count;
    bool alerts_wait;
    bool kept_waits, refuse_kept; /* the store writes no rooms */
    bool stored_waits, stored_record; /* record: it takes a position of the log */
    uint64_t stored_n;
    struct {
        uint8_t bytes[LIMIT_RECORD_BYTES];
        size_t len;
        struct hash head;
        struct id account;
        char name[200];
        size_t name_len;
        bool erase;
    } log[WORLD_LOG];
    uint64_t log_size;
};

extern const uint8_t world_setup_seed[32];

void world_init(struct world *w);
void world_init_traced(struct world *w, uint32_t days); /* with a ledger kept so long */
void world_deinit(struct world *w);
/* cmocka's: a world alone; and the end of it, or of a state of one's own from the heap that begins with its world:
 * checks it, frees both. */
int world_set_up(void **state);
int world_tear_down(void **state);
/* The process dies and another one starts, with nothing but its set-up key: whoever calls replays the store. */
void world_crash(struct world *w);
/* The same, and it has what the store had: the log, and the rooms. */
void world_restart(struct world *w);
void world_fail(const char *what) __attribute__((noreturn));
uint8_t *world_noise(struct world *w, uint8_t *out, size_t n);

/* One command. Effects of the call before are forgotten. The store answers at once unless it is held. */
enum err world_apply(struct world *w, const struct command *c);
void world_stored(struct world *w, enum err result); /* the held answer */
void world_tick(struct world *w, uint64_t ms);
/* The last call came to `e`, which is what was expected; `a` was told so, and nothing is to be stored. */
void world_refused(const struct world *w, const struct actor *a, enum err expected, enum err e);
void world_check(const struct world *w); /* who hears = who is there; one room per account */

/* What happened: the n-th (from 0) output of a kind to a socket; NULL. */
const struct out *world_out(const struct world *w, sock_name sock, enum out_kind kind, size_t n);
size_t world_outs(const struct world *w, enum out_kind kind); /* to anybody */
size_t world_effects(const struct world *w, enum effect_kind kind);
size_t world_media(const struct world *w, enum media_command_kind kind, peer_name peer);
/* The place of an effect in the last call, -1: not there. For "this before that". */
int world_at(const struct world *w, sock_name sock, enum out_kind kind);

/* People. */
struct actor *world_actor(struct world *w); /* a stranger with keys */
enum err world_connect(struct world *w, struct actor *a);
void world_disconnect(struct world *w, struct actor *a);
enum err world_found(struct world *w, struct actor *a);
enum err world_hello(struct world *w, struct actor *a, uint64_t log_size, struct hash head);
struct ticket world_ticket(struct world *w, const struct actor *author, uint64_t expires_ms);
enum err world_invite(struct world *w, const struct actor *author, const struct ticket *t);
size_t world_redeem_record(struct world *w, const struct actor *a, const struct ticket *t,
                           uint8_t out[LIMIT_RECORD_BYTES]);
enum err world_redeem(struct world *w, struct actor *a, const struct ticket *t);
size_t world_record(struct world *w, enum record_type type, const struct actor *author, struct id target,
                    const struct key *invite, uint8_t out[LIMIT_RECORD_BYTES]);
enum err world_submit(struct world *w, const struct actor *a, enum command_kind kind, const uint8_t *record,
                      size_t len);
/* Fills in author, device and time, signs (and has `second` sign, or NULL), and submits it as log.append. */
enum err world_append(struct world *w, const struct actor *by, struct record *rec, const struct actor *second);
enum err world_ban(struct world *w, const struct actor *by, const struct actor *target);
enum err world_unban(struct world *w, const struct actor *by, const struct actor *target);
enum err world_look(struct world *w, const struct actor *a, const uint8_t seed[32]);
struct actor *world_founder(struct world *w);                       /* with a session */
struct actor *world_member(struct world *w, struct actor *inviter); /* invited, redeemed, with a session */
struct actor *world_twin(struct world *w, const struct actor *a);   /* the same account with a new device key, which nobody has added */
struct actor *world_device(struct world *w, const struct actor *a); /* that was added, with a session */
struct hash world_chain(const struct actor *a);

/* Rooms. */
enum err world_open(struct world *w, const struct actor *a, const char *title, const struct id *picked,
                    size_t n, struct id *room);
struct leaf world_leaf(struct world *w, const struct actor *a, struct id room);
void world_sign_leaf(struct actor *a, const struct leaf *l, const uint8_t seed[32]);
enum err world_join_leaf(struct world *w, struct actor *a, struct id room);
enum err world_join(struct world *w, struct actor *a, struct id room); /* with a fresh leaf */
enum err world_flag(struct world *w, const struct actor *a, enum command_kind kind, bool on);
enum err world_person(struct world *w, const struct actor *a, enum command_kind kind,
                      const struct actor *target);
enum err world_role(struct world *w, const struct actor *a, const struct actor *target, bool moderator);
enum err world_title(struct world *w, const struct actor *a, struct view title);
enum err world_hands(struct world *w, const struct actor *a, enum room_hands hands);
/* A signed room-ban; world_person does one for the evening. */
enum err world_remove(struct world *w, const struct actor *by, const struct actor *target, uint8_t scope);
size_t world_room_ban(struct world *w, const struct actor *by, const struct actor *target, uint8_t scope,
                      uint8_t out[LIMIT_RECORD_BYTES]);
enum err world_simple(struct world *w, const struct actor *a, enum command_kind kind);
enum err world_peer_down(struct world *w, peer_name peer, enum media_down_why why);

#endif
