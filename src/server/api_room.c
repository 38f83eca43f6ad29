/* The requests about rooms. */
#include "server/api_fields.h"

#include <string.h>

void decode_open(struct members *m, struct command *c)
{
    c->create.title = take_text(m, "title");
    struct view who = take_text(m, "who");
    if (view_eq(who, view_str("picked"))) {
        c->create.who = ROOM_PICKED;
        c->create.picked = take_ids(m, "picked", LIMIT_PICKED, &c->create.picked_count);
    } else if (!view_eq(who, view_str("everyone"))) {
        take_fail(m, ERR_MALFORMED);
    }
}

/* ice-char of RFC 8839 5.4. */
static void take_ufrag(struct members *m, char *out)
{
    struct view v = take_text(m, "ufrag");
    if (v.len < 4 || v.len > LIMIT_UFRAG_BYTES) take_fail(m, ERR_MALFORMED);
    for (size_t i = 0; i < v.len && !m->err; i++) {
        char ch = (char)v.ptr[i];
        bool good = (ch >= '0' && ch <= '9') || (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') ||
                    ch == '+' || ch == '/';
        if (!good) take_fail(m, ERR_MALFORMED);
        out[i] = ch;
    }
}

void decode_join(struct members *m, struct command *c)
{
    enum { PT_MAX = 127, LEVEL_MAX = 14 }; /* RFC 3550 5.1, RFC 8285 4.2 */
    TAKE_EXACT(m, "room", c->join.room.bytes);
    c->join.leaf = take_bytes(m, "leaf", LIMIT_LEAF_BYTES);
    struct members media = take_inside(m, take_value(m, "media", JSON_OBJECT));
    struct media_peer *peer = &c->join.media;
    peer->room = c->join.room;
    take_ufrag(&media, peer->remote_ufrag);
    TAKE_EXACT(&media, "fingerprint", peer->fingerprint.bytes);
    peer->payload_type = (uint8_t)take_number(&media, "pt", 0, PT_MAX);
    peer->level_ext = (uint8_t)take_number(&media, "level", 0, LEVEL_MAX);
    json_t *ssrc = take_value(&media, "ssrc", JSON_ARRAY);
    if (json_array_size(ssrc) != LIMIT_VARIANTS) take_fail(&media, ERR_MALFORMED);
    for (size_t i = 0; i < LIMIT_VARIANTS; i++) {
        json_int_t n = json_integer_value(json_array_get(ssrc, i)); /* 0 for what is no integer */
        if (n < 1 || n > UINT32_MAX || (i && n == peer->ssrc[0]))
            take_fail(&media, ERR_MALFORMED);
        else
            peer->ssrc[i] = (uint32_t)n;
    }
    take_end(&media);
    take_fail(m, media.err);
}

void decode_up(struct members *m, struct command *c)
{
    c->flag.on = take_bool(m, "up");
}

void decode_muted(struct members *m, struct command *c)
{
    c->flag.on = take_bool(m, "muted");
}

void decode_accept(struct members *m, struct command *c)
{
    c->flag.on = take_bool(m, "accept");
}

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
    check_header_room(m, k->header);
}
