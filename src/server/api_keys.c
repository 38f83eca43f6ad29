/* The requests about room keys: what stewards and senders hand to the relay. */
#include <string.h>

#include "server/api_fields.h"

static const struct key_part *take_parts(struct members *m, const char *key, size_t *count)
{
    json_t *array;
    struct key_part *parts = take_array(m, key, LIMIT_PEOPLE_PER_ROOM, sizeof *parts, &array, count);
    for (size_t i = 0; i < *count && !m->err; i++) {
        struct members part = take_inside(m, json_array_get(array, i));
        parts[i].slot = (uint16_t)take_number(&part, "slot", 0, UINT16_MAX);
        parts[i].data = take_bytes(&part, "data", LIMIT_SEAL_BYTES);
        take_end(&part);
        take_fail(m, part.err);
    }
    return parts;
}

static const struct roster_change *take_changes(struct members *m, size_t *count)
{
    json_t *array;
    struct roster_change *changes =
        take_array(m, "changes", 2 * LIMIT_PEOPLE_PER_ROOM, sizeof *changes, &array, count);
    for (size_t i = 0; i < *count && !m->err; i++) {
        struct members change = take_inside(m, json_array_get(array, i));
        memset(&changes[i], 0, sizeof changes[i]);
        changes[i].slot = (uint16_t)take_number(&change, "slot", 0, UINT16_MAX);
        json_t *leaf = take_maybe(&change, "leaf");
        changes[i].filled = !json_is_null(leaf);
        if (changes[i].filled) decode_exact(&change, changes[i].leaf.bytes, HASH_BYTES, leaf);
        take_end(&change);
        take_fail(m, change.err);
    }
    return changes;
}

static const struct key_split *take_split(struct members *m, size_t *count)
{
    json_t *array;
    struct key_split *split = take_array(m, "split", LIMIT_SPLIT, sizeof *split, &array, count);
    for (size_t i = 0; i < *count && !m->err; i++) {
        struct members one = take_inside(m, json_array_get(array, i));
        TAKE_EXACT(&one, "account", split[i].account.bytes);
        split[i].first = (uint16_t)take_number(&one, "first", 0, UINT16_MAX);
        split[i].last = (uint16_t)take_number(&one, "last", 0, UINT16_MAX);
        split[i].seal = take_bytes(&one, "seal", LIMIT_SEAL_BYTES);
        take_end(&one);
        take_fail(m, one.err);
    }
    return split;
}

/* The header names its room itself, and only that is signed: "room" must agree. */
static void check_header_room(struct members *m, struct view header)
{
    struct id named, signed_room;
    TAKE_EXACT(m, "room", named.bytes);
    struct reader r = reader_init(header);
    read_skip(&r, 2); /* version, suite */
    read_bytes(&r, signed_room.bytes, ID_BYTES);
    if (!m->err && (r.err || !id_eq(named, signed_room))) take_fail(m, ERR_MALFORMED);
}

void decode_keys(struct members *m, struct command *c)
{
    enum { STAGE_BYTES = 1 + 3 * LIMIT_STAGE, BUCKETS = (UINT16_MAX + 1) / LIMIT_BUCKET };
    struct key_message *k = &c->keys;
    json_t *array;
    k->header = take_bytes(m, "header", LIMIT_HEADER_BYTES);
    k->stage = take_bytes(m, "stage", STAGE_BYTES);
    k->changes = take_changes(m, &k->change_count);
    k->welcomes = take_parts(m, "welcomes", &k->welcome_count);
    k->seals = take_parts(m, "seals", &k->seal_count);
    struct view *wraps = take_array(m, "wraps", BUCKETS, sizeof *wraps, &array, &k->wrap_count);
    for (size_t i = 0; i < k->wrap_count; i++)
        wraps[i] = decode_bytes(m, json_array_get(array, i), LIMIT_SEAL_BYTES);
    k->wraps = wraps;
    if (json_object_get(m->object, "split")) k->split = take_split(m, &k->split_count);
    check_header_room(m, k->header);
}

void decode_seals(struct members *m, struct command *c)
{
    TAKE_EXACT(m, "room", c->seals.room.bytes);
    c->seals.counter = (uint32_t)take_number(m, "counter", 1, UINT32_MAX);
    c->seals.list = take_parts(m, "seals", &c->seals.count);
}

void decode_live(struct members *m, struct command *c)
{
    TAKE_EXACT(m, "room", c->live.room.bytes);
    c->live.data = take_bytes(m, "data", LIMIT_TAGS_BYTES);
}

void decode_kem(struct members *m, struct command *c)
{
    TAKE_EXACT(m, "room", c->kem.room.bytes);
    c->kem.accounts = take_ids(m, "accounts", LIMIT_CHAIN_ACCOUNTS, &c->kem.count);
}
