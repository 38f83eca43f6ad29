#include "server/api.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* ---- arena: what was decoded, freed at once ------------------------------------------------------- */

enum { ARENA_BLOCK_BYTES = 4096 };

struct arena_block {
    struct arena_block *next;
    size_t used, size;
    _Alignas(16) uint8_t bytes[];
};

static void *arena_take(struct request *r, size_t n)
{
    struct arena_block *b = r->blocks;
    n = (n + 15) & ~(size_t)15;
    if (!b || b->size - b->used < n) {
        size_t size = n > ARENA_BLOCK_BYTES ? n : ARENA_BLOCK_BYTES;
        if (!(b = malloc(sizeof *b + size))) return NULL;
        *b = (struct arena_block){.next = r->blocks, .size = size};
        r->blocks = b;
    }
    b->used += n;
    return b->bytes + b->used - n;
}

/* ---- members of an object ------------------------------------------------------------------------- */

/* A walk over one JSON object, with a sticky error: take every member it may have, then ask end(). */
struct members {
    struct request *r;
    json_t *object;
    size_t taken;
    enum err err;
};

static void fail(struct members *m, enum err e)
{
    if (!m->err) m->err = e;
}

static json_t *find(struct members *m, const char *key)
{
    json_t *v = m->err ? NULL : json_object_get(m->object, key);
    if (v) m->taken++;
    return v;
}

static json_t *take(struct members *m, const char *key, json_type type)
{
    json_t *v = find(m, key);
    if (v && json_typeof(v) == type) return v;
    fail(m, ERR_MALFORMED);
    return NULL;
}

static void end(struct members *m)
{
    if (m->taken != json_object_size(m->object)) fail(m, ERR_MALFORMED);
}

static struct members inside(struct members *m, json_t *object)
{
    if (!json_is_object(object)) fail(m, ERR_MALFORMED);
    return (struct members){m->r, object, 0, m->err};
}

static uint64_t take_number(struct members *m, const char *key, uint64_t min, uint64_t max)
{
    json_t *v = take(m, key, JSON_INTEGER);
    json_int_t n = json_integer_value(v);
    if (v && n >= 0 && (uint64_t)n >= min && (uint64_t)n <= max) return (uint64_t)n;
    fail(m, ERR_MALFORMED);
    return min;
}

static bool take_bool(struct members *m, const char *key)
{
    json_t *v = find(m, key);
    if (!json_is_boolean(v)) fail(m, ERR_MALFORMED);
    return json_is_true(v);
}

static struct view take_text(struct members *m, const char *key)
{
    json_t *v = take(m, key, JSON_STRING);
    return (struct view){(const uint8_t *)json_string_value(v), json_string_length(v)};
}

static void decode_exact(struct members *m, uint8_t *out, size_t len, const json_t *v)
{
    if (m->err) return;
    if (!json_is_string(v) || b64_decode_exact(out, len, json_string_value(v), json_string_length(v)))
        fail(m, ERR_MALFORMED);
}

static void take_exact(struct members *m, const char *key, uint8_t *out, size_t len)
{
    decode_exact(m, out, len, take(m, key, JSON_STRING));
}

#define TAKE_EXACT(m, key, field) take_exact(m, key, (field), sizeof(field))

static struct view decode_bytes(struct members *m, const json_t *v, size_t max)
{
    size_t len = 0, text = json_string_length(v);
    if (!json_is_string(v)) fail(m, ERR_MALFORMED);
    if (text > B64_LEN(max)) fail(m, ERR_TOO_LARGE);
    if (m->err) return (struct view){0};
    size_t cap = text / 4 * 3 + 3;
    uint8_t *out = arena_take(m->r, cap);
    if (!out)
        fail(m, ERR_SYSTEM);
    else if (b64_decode(out, cap, &len, json_string_value(v), text))
        fail(m, ERR_MALFORMED);
    return m->err ? (struct view){0} : (struct view){out, len};
}

static struct view take_bytes(struct members *m, const char *key, size_t max)
{
    json_t *v = take(m, key, JSON_STRING);
    return v ? decode_bytes(m, v, max) : (struct view){0};
}

/* An array and memory for its decoded elements; NULL on error, and for an empty one. */
static void *take_array(struct members *m, const char *key, size_t max, size_t size, json_t **array,
                        size_t *count)
{
    *array = take(m, key, JSON_ARRAY);
    *count = json_array_size(*array);
    if (*count > max) fail(m, ERR_TOO_LARGE);
    void *out = !m->err && *count ? arena_take(m->r, *count * size) : NULL;
    if (!m->err && *count && !out) fail(m, ERR_SYSTEM);
    if (m->err) *count = 0;
    return out;
}

static const struct id *take_ids(struct members *m, const char *key, size_t max, size_t *count)
{
    json_t *array;
    struct id *ids = take_array(m, key, max, sizeof *ids, &array, count);
    for (size_t i = 0; i < *count; i++) decode_exact(m, ids[i].bytes, ID_BYTES, json_array_get(array, i));
    return ids;
}

/* ---- the requests --------------------------------------------------------------------------------- */

static void decode_nothing(struct members *m, struct command *c)
{
    (void)m, (void)c;
}

static void decode_look(struct members *m, struct command *c)
{
    TAKE_EXACT(m, "invite", c->look.invite.bytes);
    TAKE_EXACT(m, "sig", c->look.sig);
}

static void decode_record(struct members *m, struct command *c)
{
    c->record.record = take_bytes(m, "record", LIMIT_RECORD_BYTES);
}

static void decode_redeem(struct members *m, struct command *c)
{
    decode_record(m, c);
    c->record.name = take_text(m, "name");
}

static void decode_hello(struct members *m, struct command *c)
{
    TAKE_EXACT(m, "account", c->hello.account.bytes);
    TAKE_EXACT(m, "device", c->hello.device.bytes);
    TAKE_EXACT(m, "sig", c->hello.sig);
    struct members log = inside(m, take(m, "log", JSON_OBJECT));
    c->hello.log_size = take_number(&log, "size", 0, INT64_MAX);
    TAKE_EXACT(&log, "head", c->hello.log_head.bytes);
    end(&log);
    fail(m, log.err);
}

static void decode_chains(struct members *m, struct command *c)
{
    c->chains.accounts = take_ids(m, "accounts", LIMIT_CHAIN_ACCOUNTS, &c->chains.count);
}

static void decode_open(struct members *m, struct command *c)
{
    c->create.title = take_text(m, "title");
    struct view who = take_text(m, "who");
    if (view_eq(who, view_str("picked"))) {
        c->create.who = ROOM_PICKED;
        c->create.picked = take_ids(m, "picked", LIMIT_PICKED, &c->create.picked_count);
    } else if (!view_eq(who, view_str("everyone"))) {
        fail(m, ERR_MALFORMED);
    }
}

/* ice-char of RFC 8839 5.4. */
static void take_ufrag(struct members *m, char *out)
{
    struct view v = take_text(m, "ufrag");
    if (v.len < 4 || v.len > LIMIT_UFRAG_BYTES) fail(m, ERR_MALFORMED);
    for (size_t i = 0; i < v.len && !m->err; i++) {
        char ch = (char)v.ptr[i];
        bool good = (ch >= '0' && ch <= '9') || (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') ||
                    ch == '+' || ch == '/';
        if (!good) fail(m, ERR_MALFORMED);
        out[i] = ch;
    }
}

static void decode_join(struct members *m, struct command *c)
{
    enum { PT_MAX = 127, LEVEL_MAX = 14 }; /* RFC 3550 5.1, RFC 8285 4.2 */
    TAKE_EXACT(m, "room", c->join.room.bytes);
    c->join.leaf = take_bytes(m, "leaf", LIMIT_LEAF_BYTES);
    struct members media = inside(m, take(m, "media", JSON_OBJECT));
    struct media_peer *peer = &c->join.media;
    peer->room = c->join.room;
    take_ufrag(&media, peer->remote_ufrag);
    TAKE_EXACT(&media, "fingerprint", peer->fingerprint.bytes);
    peer->payload_type = (uint8_t)take_number(&media, "pt", 0, PT_MAX);
    peer->level_ext = (uint8_t)take_number(&media, "level", 0, LEVEL_MAX);
    json_t *ssrc = take(&media, "ssrc", JSON_ARRAY);
    if (json_array_size(ssrc) != LIMIT_VARIANTS) fail(&media, ERR_MALFORMED);
    for (size_t i = 0; i < LIMIT_VARIANTS; i++) {
        json_int_t n = json_integer_value(json_array_get(ssrc, i)); /* 0 for what is no integer */
        if (n < 1 || n > UINT32_MAX || (i && n == peer->ssrc[0]))
            fail(&media, ERR_MALFORMED);
        else
            peer->ssrc[i] = (uint32_t)n;
    }
    end(&media);
    fail(m, media.err);
}

static void decode_person(struct members *m, struct command *c)
{
    TAKE_EXACT(m, "account", c->person.account.bytes);
}

static void decode_up(struct members *m, struct command *c)
{
    c->flag.on = take_bool(m, "up");
}

static void decode_muted(struct members *m, struct command *c)
{
    c->flag.on = take_bool(m, "muted");
}

static void decode_accept(struct members *m, struct command *c)
{
    c->flag.on = take_bool(m, "accept");
}

static const struct key_part *take_parts(struct members *m, const char *key, size_t *count)
{
    json_t *array;
    struct key_part *parts = take_array(m, key, LIMIT_PEOPLE_PER_ROOM, sizeof *parts, &array, count);
    for (size_t i = 0; i < *count && !m->err; i++) {
        struct members part = inside(m, json_array_get(array, i));
        parts[i].slot = (uint16_t)take_number(&part, "slot", 0, UINT16_MAX);
        parts[i].data = take_bytes(&part, "data", LIMIT_SEAL_BYTES);
        end(&part);
        fail(m, part.err);
    }
    return parts;
}

static const struct roster_change *take_changes(struct members *m, size_t *count)
{
    json_t *array;
    struct roster_change *changes =
        take_array(m, "changes", 2 * LIMIT_PEOPLE_PER_ROOM, sizeof *changes, &array, count);
    for (size_t i = 0; i < *count && !m->err; i++) {
        struct members change = inside(m, json_array_get(array, i));
        memset(&changes[i], 0, sizeof changes[i]);
        changes[i].slot = (uint16_t)take_number(&change, "slot", 0, UINT16_MAX);
        json_t *leaf = find(&change, "leaf");
        changes[i].filled = !json_is_null(leaf);
        if (changes[i].filled) decode_exact(&change, changes[i].leaf.bytes, HASH_BYTES, leaf);
        end(&change);
        fail(m, change.err);
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
    if (!m->err && (r.err || !id_eq(named, signed_room))) fail(m, ERR_MALFORMED);
}

static void decode_keys(struct members *m, struct command *c)
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

static void (*const decoders[COMMAND_COUNT])(struct members *m, struct command *c) = {
    [COMMAND_LOOK] = decode_look,
    [COMMAND_REDEEM] = decode_redeem,
    [COMMAND_HELLO] = decode_hello,
    [COMMAND_INVITE] = decode_record,
    [COMMAND_INVITE_REVOKE] = decode_record,
    [COMMAND_INVITE_LIST] = decode_nothing,
    [COMMAND_CHAIN_READ] = decode_chains,
    [COMMAND_BAN] = decode_record,
    [COMMAND_UNBAN] = decode_record,
    [COMMAND_ROOM_OPEN] = decode_open,
    [COMMAND_ROOM_JOIN] = decode_join,
    [COMMAND_ROOM_LEAVE] = decode_nothing,
    [COMMAND_ROOM_END] = decode_nothing,
    [COMMAND_ROOM_HAND] = decode_up,
    [COMMAND_ROOM_MUTE] = decode_muted,
    [COMMAND_ROOM_BRING] = decode_person,
    [COMMAND_ROOM_ANSWER] = decode_accept,
    [COMMAND_ROOM_SEND_BACK] = decode_person,
    [COMMAND_ROOM_MUTE_OTHER] = decode_person,
    [COMMAND_ROOM_REMOVE] = decode_person,
    [COMMAND_ROOM_KEYS] = decode_keys,
};

static bool find_command(struct view name, enum command_kind *out)
{
    static const char *const names[] = {
#define X(kind, wire) [COMMAND_##kind] = wire,
        COMMANDS(X)
#undef X
    };
    for (unsigned i = 0; i < COMMAND_COUNT; i++) {
        if (!decoders[i] || !view_eq(name, view_str(names[i]))) continue;
        *out = (enum command_kind)i;
        return true;
    }
    return false;
}

/* ---- the message ---------------------------------------------------------------------------------- */

/* Counts values and depth before any memory is taken: a megabyte of brackets costs one pass. */
static enum err check_size(struct view text)
{
    enum { DEPTH_MAX = 8 };
    size_t nodes = 0, depth = 0;
    bool quoted = false;
    if (text.len > LIMIT_MESSAGE_BYTES) return ERR_TOO_LARGE;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t ch = text.ptr[i];
        if (quoted && ch == '\\')
            i++;
        else if (ch == '"')
            quoted = !quoted;
        else if (quoted)
            continue;
        else if (ch == '[' || ch == '{')
            nodes++, depth++;
        else if ((ch == ']' || ch == '}') && depth)
            depth--;
        else if (ch == ',')
            nodes++;
        if (nodes > LIMIT_MESSAGE_NODES || depth > DEPTH_MAX) return ERR_TOO_LARGE;
    }
    return OK;
}

static enum err decode(struct request *r, struct view text)
{
    enum err e = check_size(text);
    if (e) return e;
    r->root = json_loadb((const char *)text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(r->root)) return ERR_MALFORMED;
    struct members m = {.r = r, .object = r->root};
    r->id = (uint32_t)take_number(&m, "id", 1, UINT32_MAX);
    if (m.err) r->id = 0;
    struct view name = take_text(&m, "do");
    if (m.err) return m.err;
    if (!find_command(name, &r->command.kind)) return ERR_UNKNOWN_REQUEST;
    r->command.request = r->id;
    decoders[r->command.kind](&m, &r->command);
    end(&m);
    return m.err;
}

enum err api_decode(struct request **out, struct view text)
{
    *out = calloc(1, sizeof **out);
    return *out ? decode(*out, text) : ERR_SYSTEM;
}

void api_free(struct request *r)
{
    if (!r) return;
    for (struct arena_block *b = r->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    json_decref(r->root);
    free(r);
}
