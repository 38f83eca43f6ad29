/* Opening, joining and leaving a room. */
#include "rooms/state.h"

#include <stdlib.h>

#include "crypt/sign.h"

enum { OUR_UFRAG_CHARS = 8, OUR_PWD_CHARS = 24 };

static const char ice_chars[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"; /* RFC 8839 5.4 */
static_assert(sizeof(ice_chars) == 64 + 1, "six random bits a character");
static_assert((int)OUR_UFRAG_CHARS <= (int)LIMIT_UFRAG_BYTES && (int)OUR_PWD_CHARS <= (int)LIMIT_PWD_BYTES,
              "they fit");

/* ---- open ----------------------------------------------------------------------------------------- */

static enum err set_picked(struct room *room, const struct command *c)
{
    room->picked = calloc(c->create.picked_count ? c->create.picked_count : 1, sizeof(*room->picked));
    if (!room->picked) return ERR_SYSTEM;
    for (size_t i = 0; i < c->create.picked_count; i++) {
        struct id account = c->create.picked[i];
        bool known = id_eq(account, room->opener->account);
        for (size_t j = 0; !known && j < room->picked_count; j++) known = id_eq(account, room->picked[j]);
        if (!known) room->picked[room->picked_count++] = account; /* each once: each is told once */
    }
    return OK;
}

enum err do_room_open(struct rooms *r, struct sock *s, const struct command *c)
{
    struct view title = c->create.title;
    if (title.len > LIMIT_TITLE_BYTES || text_check(title, 0, LIMIT_TITLE_CHARS)) return ERR_TITLE;
    if (c->create.picked_count > LIMIT_PICKED) return ERR_TOO_LARGE;
    if (c->create.who == ROOM_EVERYONE && c->create.picked_count) return ERR_MALFORMED;
    struct room *room;
    enum err e = room_new(r, &room);
    if (e) return e;
    room->opener = s->member;
    room->who = c->create.who;
    room->title_len = title.len;
    if (title.len) memcpy(room->title, title.ptr, title.len);
    if (room->who == ROOM_PICKED) e = set_picked(room, c);
    if (e) {
        room_end(r, room, (struct view){0});
        return e;
    }
    if (s->member->opening)
        room_end(r, s->member->opening, (struct view){0}); /* one room waits for one opener */
    s->member->opening = room;
    hall_touch(r, room);
    send_out(r, s, (struct out){.kind = REPLY_ROOM_OPEN, .request = c->request, .room = {room->id}});
    return OK;
}

/* ---- join: checks --------------------------------------------------------------------------------- */

/* A leaf counts once: the key in it belongs to one join. */
static bool leaf_known(const struct room *room, const struct member *m, struct hash leaf)
{
    if (m->person && hash_eq(m->person->leaf_hash, leaf)) return true;
    for (uint32_t i = 0; i < room->keys.slot_count; i++)
        if (room->keys.slots[i].filled && hash_eq(room->keys.slots[i].leaf, leaf)) return true;
    return false;
}

static enum err check_leaf(const struct room *room, const struct sock *s, struct view bytes, struct view kem,
                           uint8_t *suite)
{
    const struct member *m = s->member;
    struct leaf leaf;
    if (bytes.len > LIMIT_LEAF_BYTES) return ERR_TOO_LARGE;
    enum err e = leaf_parse(&leaf, bytes);
    if (e) return e;
    if (leaf.suite < room->keys.suite) return ERR_SUITE; /* once hybrid, never less */
    bool own = id_eq(leaf.room, room->id) && id_eq(leaf.account, m->account) &&
               id_eq(leaf.device, s->device->id) && leaf.role == m->role &&
               hash_eq(leaf.chain, s->device->path);
    if (!own) return ERR_AUTH;
    *suite = leaf.suite;
    e = kem_check(&leaf, kem);
    if (!e) e = sign_verify(&s->device->key, "leaf", leaf.body, leaf.sig);
    return !e && leaf_known(room, m, hash_raw(bytes)) ? ERR_REPLAY : e;
}

static enum err check_media(const struct media_peer *m)
{
    size_t len = strnlen(m->remote_ufrag, sizeof(m->remote_ufrag));
    if (len < 4 || len > LIMIT_UFRAG_BYTES) return ERR_MALFORMED; /* RFC 8839 5.4 */
    if (strspn(m->remote_ufrag, ice_chars) != len) return ERR_MALFORMED;
    if (m->payload_type > 127 || m->level_ext > 14) return ERR_MALFORMED; /* RFC 8285 4.2 */
    if (!m->ssrc[0] || !m->ssrc[1] || m->ssrc[0] == m->ssrc[1]) return ERR_MALFORMED;
    return OK;
}

static enum err check_join(struct rooms *r, const struct sock *s, const struct command *c, struct room **out,
                           uint8_t *suite)
{
    const struct member *m = s->member;
    struct room *room = room_find(r, c->join.room);
    if (!room || !room_visible(room, m)) return ERR_NOT_FOUND;
    if (was_removed(room, m->account) || log_room_banned(&r->log, m->account, room->opener->account))
        return ERR_REMOVED;
    bool here = m->person && m->person->room == room;
    if (!here && room->count >= LIMIT_PEOPLE_PER_ROOM) return ERR_ROOM_FULL;
    *out = room;
    enum err e = check_leaf(room, s, c->join.leaf, c->join.kem, suite);
    return e ? e : check_media(&c->join.media);
}

/* ---- join: doing ---------------------------------------------------------------------------------- */

/* Our half of the media parameters: all of it is random, none of it tells anything. */
static enum err make_media(struct rooms *r, const struct command *c, struct media_peer *m)
{
    uint8_t noise[OUR_UFRAG_CHARS + OUR_PWD_CHARS];
    enum err e = r->config.random(r->config.user, noise, sizeof(noise));
    if (!e) e = r->config.random(r->config.user, (uint8_t *)m->slot_ssrc, sizeof(m->slot_ssrc));
    if (e) return e;
    for (size_t i = 0; i < OUR_UFRAG_CHARS; i++) m->ufrag[i] = ice_chars[noise[i] & 63];
    for (size_t i = 0; i < OUR_PWD_CHARS; i++) m->pwd[i] = ice_chars[noise[OUR_UFRAG_CHARS + i] & 63];
    wipe(noise, sizeof(noise));
    for (size_t i = 0; i < LIMIT_SLOTS; i++) /* distinct and not 0 by the low bits */
        m->slot_ssrc[i] = (m->slot_ssrc[i] & ~7u) | (uint32_t)(i + 1);
    m->room = c->join.room;
    m->fingerprint = c->join.media.fingerprint;
    m->payload_type = c->join.media.payload_type;
    m->level_ext = c->join.media.level_ext;
    memcpy(m->remote_ufrag, c->join.media.remote_ufrag, sizeof(m->remote_ufrag));
    memcpy(m->ssrc, c->join.media.ssrc, sizeof(m->ssrc));
    return OK;
}

struct join_parts { /* of the reply, taken before anything changes */
    struct media_peer *media;
    struct person_info *people;
    struct roster_change *gone;
};

static enum err take_parts(struct rooms *r, const struct room *room, struct join_parts *out)
{
    out->media = scratch_take(r, sizeof(*out->media));
    out->people = scratch_take(r, (room->count + 1) * sizeof(*out->people));
    out->gone = scratch_take(r, (room->keys.slot_count + 1) * sizeof(*out->gone));
    return out->media && out->people && out->gone ? OK : ERR_SYSTEM;
}

/* Where the person belongs: the place it had, if it was here a moment ago; else the opener's or the audience.
 */
static void take_place(struct person *p, const struct person *before)
{
    struct room *room = p->room;
    if (before && before->room == room) {
        p->order = before->order;
        p->role = before->role;
        p->hand_ms = before->hand_ms;
        p->on_stage = before->on_stage;
        room->stage_count += p->on_stage;
        return;
    }
    p->order = ++room->next_order;
    if (p->member != room->opener) return;
    p->role = ROLE_MODERATOR;
    if (room->stage_count < LIMIT_STAGE) stage_enter(p);
    room->started = true;
    p->member->opening = NULL;
}

static void reply_join(struct rooms *r, const struct command *c, const struct person *p,
                       struct join_parts parts)
{
    const struct room *room = p->room;
    struct person_info *people = parts.people;
    size_t gone = 0;
    for (uint32_t i = 0; i < room->count; i++) people[i] = person_info(room->people[i]);
    for (uint32_t i = 0; i < room->keys.slot_count; i++) {
        const struct slot *slot = &room->keys.slots[i];
        if (slot->filled && !slot->person)
            parts.gone[gone++] = (struct roster_change){(uint16_t)i, true, slot->leaf};
    }
    struct out out = {.kind = REPLY_ROOM_JOIN, .request = c->request};
    out.join.gone = parts.gone;
    out.join.gone_count = gone;
    out.join.room = room_info(room);
    out.join.people = people;
    out.join.count = room->count;
    out.join.header = (struct view){room->keys.header, room->keys.header_len};
    out.join.stage = (struct view){room->keys.stage, room->keys.stage_len};
    out.join.media = parts.media;
    out.join.peer = p->peer;
    send_out(r, p->sock, out);
}

static void add_media(struct rooms *r, const struct person *p, const struct media_peer *media)
{
    struct effect add = {EFFECT_MEDIA, {.media = {MEDIA_PEER_ADD, p->peer, {.add = *media}}}};
    r->config.effect(r->config.user, &add);
}

/* One account, one live room: the first presence ends wherever it was. The socket that asks needs no word
 * about it. In the same room the place is kept, so the room is not over if the old one was its last. */
static void replace(struct rooms *r, struct person *before, struct sock *s)
{
    if (before->sock == s) {
        s->person = NULL;
        before->sock = NULL;
    }
    person_remove(r, before, LEFT_ELSEWHERE, (struct view){0}, false);
}

enum err do_room_join(struct rooms *r, struct sock *s, const struct command *c)
{
    struct room *room;
    uint8_t suite;
    struct person *p, *before = s->member->person;
    enum err e = check_join(r, s, c, &room, &suite);
    if (e) return e;
    struct join_parts parts;
    e = take_parts(r, room, &parts);
    if (!e) e = make_media(r, c, parts.media);
    if (!e) e = person_new(r, room, s, &p);
    if (e) return e;
    e = kem_keep(p, c->join.kem);
    if (e) {
        person_discard(r, p);
        return e;
    }

    p->suite = suite;
    p->leaf_len = c->join.leaf.len;
    memcpy(p->leaf, c->join.leaf.ptr, c->join.leaf.len);
    p->leaf_hash = hash_raw(c->join.leaf);
    take_place(p, before);
    struct room *old_room = before && before->room != room ? before->room : NULL;
    if (before) replace(r, before, s);
    person_enter(r, p);
    add_media(r, p, parts.media);
    reply_join(r, c, p, parts);
    tell_person(r, p, p);
    if (old_room) room_end_if_empty(r, old_room);
    return OK;
}

enum err do_room_leave(struct rooms *r, struct sock *s, const struct command *c)
{
    if (!s->person) return ERR_NOT_IN_ROOM;
    reply_ok(r, s, c);
    person_leave(r, s->person, LEFT_SELF, (struct view){0}, false);
    return OK;
}
