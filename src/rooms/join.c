/* Opening, joining and leaving a room. */
#include "rooms/officers.h"

#include <stdlib.h>

#include "base/without.h"
#include "crypt/sign.h"

/* ---- open ----------------------------------------------------------------------------------------- */

static enum err set_audience(struct room *room, const struct audience *a)
{
    room->who = a->who;
    if (a->who == ROOM_EVERYONE) return OK;
    room->picked = calloc(a->count ? a->count : 1, sizeof(*room->picked));
    if (!room->picked) return ERR_SYSTEM;
    room->picked_count = a->count;
    if (a->count) memcpy(room->picked, a->picked, a->count * sizeof(*room->picked));
    return OK;
}

enum err do_room_open(struct rooms *r, struct sock *s, const struct command *c)
{
    struct audience audience = {c->create.who, c->create.picked, c->create.picked_count};
    struct room *room;
    enum err e = title_check(c->create.title);
    if (!e) e = audience_take(r, s->member, &audience);
    if (!e) e = room_new(r, &room);
    if (e) return e;
    room->opener = s->member;
    room->music = c->create.music;
    room->sensitive = c->create.sensitive;
    room->hands = c->create.hands;
    room_set_title(room, c->create.title);
    e = set_audience(room, &audience);
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
    if (m->payload_type > 127 || m->level_ext > 14) return ERR_MALFORMED; /* RFC 8285 4.2 */
    if (!m->ssrc[0] || !m->ssrc[1] || m->ssrc[0] == m->ssrc[1]) return ERR_MALFORMED;
    return ice_check(&m->ice);
}

static enum err check_join(struct rooms *r, const struct sock *s, const struct command *c, struct room **out,
                           uint8_t *suite)
{
    const struct member *m = s->member;
    struct room *room = room_find(r, c->join.room);
    if (!room) return ERR_NOT_FOUND;
    enum err e = room_admits(r, room, m);
    if (e) return e;
    bool here = m->person && m->person->room == room;
    if (!here && lock_stops(room, m)) return ERR_LOCKED;
    if (!here && room->count >= LIMIT_PEOPLE_PER_ROOM) return ERR_ROOM_FULL;
    *out = room;
    e = check_leaf(room, s, c->join.leaf, c->join.kem, suite);
    return e ? e : check_media(&c->join.media);
}

/* ---- join: doing ---------------------------------------------------------------------------------- */

/* Our half of the media parameters: all of it is random, none of it tells anything. */
static enum err make_media(struct rooms *r, const struct sock *s, const struct room *room,
                           const struct command *c, struct media_peer *m)
{
    enum err e = ice_draw(r, &c->join.media.ice, &m->ice);
    if (!e) e = r->config.random(r->config.user, (uint8_t *)m->slot_ssrc, sizeof(m->slot_ssrc));
    if (e) return e;
    for (size_t i = 0; i < LIMIT_SLOTS; i++) /* distinct and not 0 by the low bits */
        m->slot_ssrc[i] = (m->slot_ssrc[i] & ~7u) | (uint32_t)(i + 1);
    m->room = c->join.room;
    if (without(WITHOUT_RANDOM_NAMES)) /* eight characters of six bytes */
        (void)!b64_encode(m->ice.ufrag, LIMIT_OUR_UFRAG_BYTES + 1, (struct view){m->room.bytes, 6});
    m->fingerprint = c->join.media.fingerprint;
    m->payload_type = c->join.media.payload_type;
    m->constant = room->sensitive && !without(WITHOUT_CONSTANT);
    m->level_ext = m->constant ? 0 : c->join.media.level_ext;
    memcpy(m->ssrc, c->join.media.ssrc, sizeof(m->ssrc));
    trace_media(room, s->member, m);
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

/* Where the person belongs: the place it had, if it was here a moment ago, or before a restart; else the
 * opener's or the audience. */
static void take_place(struct person *p, const struct person *before)
{
    struct room *room = p->room;
    p->silent = was_silenced(room, p->member->account);
    struct place place;
    bool here = before && before->room == room;
    if (here) place = place_of(before);
    if (here || places_take(room, p->member, &place)) {
        p->order = place.order;
        p->role = place.role;
        p->hand_ms = place.hand_ms;
        p->on_stage = place.on_stage;
        room->stage_count += p->on_stage;
        return;
    }
    p->order = ++room->next_order;
    if (p->member != room->opener && !without(WITHOUT_OPENER)) return;
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
    out.join.trace = room->traced ? &room->trace : NULL;
    out.join.untitled = room->untitled;
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
    if (before->sock) alert_move(r, before->member);
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
    if (!e) e = make_media(r, s, room, c, parts.media);
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
    news_returns(r, room, s->member->account);
    elsewhere_tell(r, s->member, p); /* before the first presence is told that it is out */
    if (before && !without(WITHOUT_ONE_ROOM)) replace(r, before, s);
    person_enter(r, p);
    add_media(r, p, parts.media);
    reply_join(r, c, p, parts);
    followed_send(r, p);
    news_person(r, p, p);
    if (old_room) room_end_if_empty(r, old_room);
    return OK;
}

/* Whoever leaves closes their connection too, and that news may be here first: then this device is away. */
enum err do_room_leave(struct rooms *r, struct sock *s, const struct command *c)
{
    struct person *p = s->person, *kept = s->member->person;
    if (!p && kept && !kept->sock && kept->device == s->device) p = kept;
    if (!p) return ERR_NOT_IN_ROOM;
    reply_ok(r, s, c);
    person_leave(r, p, LEFT_SELF, (struct view){0}, false);
    return OK;
}
