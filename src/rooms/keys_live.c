/* Heartbeats and frame tags: signed by one, checked here, and told to all others of the room. A few a second
 * are enough for everybody who is honest; the others are told to wait. */
#include "crypt/sign.h"
#include "rooms/keys.h"
#include "wire/live.h"

static void tell_live(struct rooms *r, enum out_kind kind, const struct person *p, struct view data)
{
    tell_room(r, p->room, (struct out){.kind = kind, .live = {p->room->id, p->member->account, data}}, p);
}

static enum err check_beat(const struct person *p, const struct heartbeat *b)
{
    const struct member *m = p->member;
    if (!id_eq(b->room, p->room->id)) return ERR_NOT_IN_ROOM;
    if (!id_eq(b->steward, m->account) || !id_eq(b->steward_device, p->device->id)) return ERR_FORBIDDEN;
    if (!p->room->keys.counter || !hash_eq(b->header, p->room->keys.hash)) return ERR_STALE_HEADER;
    if (!keys_eligible(p)) return ERR_FORBIDDEN;
    return sign_verify(&p->device->key, "heartbeat", b->body, b->sig);
}

enum err do_room_beat(struct rooms *r, struct sock *s, const struct command *c)
{
    struct person *p = s->person;
    struct heartbeat b;
    if (!p || !id_eq(p->room->id, c->live.room)) return ERR_NOT_IN_ROOM;
    enum err e = pace_check(r, p->beat_due_ms, LIMIT_BEAT_MS);
    if (!e) e = heartbeat_parse(&b, c->live.data);
    if (!e) e = check_beat(p, &b);
    if (e) return e;
    pace_note(r, &p->beat_due_ms, LIMIT_BEAT_MS);
    reply_ok(r, s, c);
    tell_live(r, EVENT_BEAT, p, c->live.data);
    return OK;
}

/* The stage list was parsed when it came: n, then n x (index u8, slot u16). */
static bool has_index(const struct person *p, uint8_t index)
{
    const struct room_keys *k = &p->room->keys;
    struct reader r = reader_init((struct view){k->stage, k->stage_len});
    for (uint8_t n = read_u8(&r); n && !r.err; n--) {
        uint8_t at = read_u8(&r);
        uint16_t slot = read_u16(&r);
        if (at == index) return k->slots[slot].person == p;
    }
    return false;
}

/* An index is a person's own as long as they are on stage, so the current list also answers for the headers
 * before it, whose keys receivers keep for a while. */
static enum err check_tags(const struct person *p, const struct frame_tags *t)
{
    enum { HEADERS_KEPT = 3 };
    uint32_t counter = p->room->keys.counter;
    if (!id_eq(t->room, p->room->id)) return ERR_NOT_IN_ROOM;
    if (t->counter > counter || t->counter == 0 || counter - t->counter >= HEADERS_KEPT)
        return ERR_STALE_HEADER;
    if (!p->on_stage || !has_index(p, t->index)) return ERR_FORBIDDEN;
    return sign_verify(&p->device->key, "tags", t->body, t->sig);
}

enum err do_room_tags(struct rooms *r, struct sock *s, const struct command *c)
{
    struct person *p = s->person;
    struct frame_tags t;
    if (!p || !id_eq(p->room->id, c->live.room)) return ERR_NOT_IN_ROOM;
    enum err e = pace_check(r, p->tags_due_ms, 1000);
    if (!e) e = frame_tags_parse(&t, c->live.data);
    if (!e) e = check_tags(p, &t);
    if (e) return e;
    pace_note(r, &p->tags_due_ms, 1000 / LIMIT_TAGS_PER_S);
    reply_ok(r, s, c);
    tell_live(r, EVENT_TAGS, p, c->live.data);
    return OK;
}
