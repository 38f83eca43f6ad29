/* Private to keys*.c: a key message on its way through the checks. */
#ifndef ROOMS_KEYS_H
#define ROOMS_KEYS_H

#include "rooms/state.h"
#include "wire/record.h"

enum { NO_PART = -1 };

struct update {
    struct room *room;
    struct person *steward;
    const struct key_message *m;
    struct key_header h;
    bool rekey, fresh;                 /* fresh: every bucket must be dirty */
    struct slot *slots;                /* the table as it will be */
    uint32_t slot_count, filled, most; /* most: slots that `changes` may name */
    bool *touched;                     /* per slot: in `changes` */
    int32_t *part;                     /* per slot: its seal or welcome */
};

static inline uint32_t bucket_count(uint32_t slots)
{
    return (slots + LIMIT_BUCKET - 1) / LIMIT_BUCKET;
}

size_t keys_seal_bytes(uint8_t suite);
/* keys_parts.c: everyone who should have a seal, welcome or wrap has one. */
MUST_CHECK enum err check_parts(struct update *u);

/* keys_share.c: which bucket another steward seals. */
const struct key_split *split_find(const struct key_message *m, uint32_t bucket); /* NULL: nobody else */
const struct key_split *split_for(const struct key_message *m, struct id account);
MUST_CHECK enum err check_split(const struct update *u);
void split_install(const struct update *u); /* after the table */

#endif
