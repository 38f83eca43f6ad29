/* Key messages in the making, as a steward's client would build them: header, table, parts. The parts hold no
 * keys, only their slot's number: the server cannot tell, and the tests can. */
#ifndef TEST_STEWARD_H
#define TEST_STEWARD_H

#include "world.h"

enum {
    SEAL = 80,
    WELCOME = 112,
    WRAP = 48,
    KEM_CIPHERTEXT = 1088,
    PART = KEM_CIPHERTEXT + WELCOME,
    SEATS = 96
};

struct seat {
    bool filled;
    struct hash leaf;
};

struct keys_view { /* the last accepted header, with its table */
    struct id room;
    struct seat table[SEATS];
    struct key_header last;
    struct hash hash;
};

struct draft {
    struct key_header h;
    struct seat table[SEATS]; /* as it will be */
    struct roster_change changes[2 * SEATS];
    struct key_part seals[2 * SEATS], welcomes[2 * SEATS];
    struct view wraps[SEATS];
    uint8_t stage[1 + 3 * SEATS], header[LIMIT_HEADER_BYTES];
    struct key_split split[LIMIT_SPLIT + 1];
    struct key_message m;
    struct hash hash;
};

struct stage_entry {
    uint8_t index;
    uint16_t slot;
};

extern uint8_t steward_parts[SEATS][PART];

void message_begin(struct draft *msg, const struct world *w, const struct keys_view *v,
                   const struct actor *steward, bool rekey);
void message_seat(struct draft *msg, uint16_t slot, const struct hash *leaf); /* NULL: empty it */
/* Parts and count: what the table asks for. A bucket gets seals if it changed or if all do. */
void message_fill(struct draft *msg, bool rekey, bool all);
/* Gives buckets to another steward: call before message_fill. */
void message_share(struct draft *msg, const struct actor *helper, uint16_t first, uint16_t last);
void message_stage(struct draft *msg, size_t n, const struct stage_entry *list);
void message_sign(struct draft *msg, const uint8_t seed[32]);
enum err message_send(struct world *w, struct draft *msg, sock_name sock);
void message_accepted(const struct draft *msg, struct keys_view *v);

#endif
