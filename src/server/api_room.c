/* The requests about rooms. */
#include "server/api_fields.h"

#include <string.h>

static const char *const hands_words[] = {"everyone", "followed", "off"};
static_assert(sizeof hands_words / sizeof *hands_words == HANDS_OFF + 1, "a word for every policy");

static enum room_hands hands_of(struct members *m, struct view word)
{
    for (size_t i = 0; i < sizeof hands_words / sizeof *hands_words; i++)
        if (view_eq(word, view_str(hands_words[i]))) return (enum room_hands)i;
    take_fail(m, ERR_MALFORMED);
    return HANDS_EVERYONE;
}

void decode_open(struct members *m, struct command *c)
{
    struct view hands;
    c->create.title = take_text(m, "title");
    if (maybe_text(m, "hands", &hands)) c->create.hands = hands_of(m, hands);
    c->create.who = take_who(m, &c->create.picked, &c->create.picked_count);
    c->create.sensitive = maybe_bool(m, "sensitive");
    struct view sound = view_str("voice");
    (void)maybe_text(m, "sound", &sound);
    c->create.music = view_eq(sound, view_str("music"));
    if (!c->create.music && !view_eq(sound, view_str("voice"))) take_fail(m, ERR_MALFORMED);
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
    (void)maybe_bytes(m, "kem", LIMIT_KEM_BYTES, &c->join.kem);
    struct members media = take_inside(m, take_value(m, "media", JSON_OBJECT));
    struct media_peer *peer = &c->join.media;
    peer->room = c->join.room;
    take_ufrag(&media, peer->ice.remote_ufrag);
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

void decode_path(struct members *m, struct command *c)
{
    TAKE_EXACT(m, "room", c->path.room.bytes);
    take_ufrag(m, c->path.ice.remote_ufrag);
}

void decode_knock(struct members *m, struct command *c)
{
    TAKE_EXACT(m, "room", c->knock.room.bytes);
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

void decode_talk(struct members *m, struct command *c)
{
    TAKE_EXACT(m, "room", c->talk.room.bytes);
    c->talk.data = take_bytes(m, "data", LIMIT_TALK_BYTES);
}

void decode_pin(struct members *m, struct command *c)
{
    decode_talk(m, c);
    c->talk.again = take_bool(m, "again");
}

void decode_silence(struct members *m, struct command *c)
{
    TAKE_EXACT(m, "account", c->silence.account.bytes);
    c->silence.on = take_bool(m, "silent");
}

void decode_role(struct members *m, struct command *c)
{
    TAKE_EXACT(m, "account", c->role.account.bytes);
    c->role.moderator = take_bool(m, "moderator");
}

void decode_locked(struct members *m, struct command *c)
{
    c->flag.on = take_bool(m, "locked");
}

void decode_title(struct members *m, struct command *c)
{
    c->create.title = take_text(m, "title");
}

void decode_hands(struct members *m, struct command *c)
{
    c->create.hands = hands_of(m, take_text(m, "hands"));
}
