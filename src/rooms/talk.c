/* What is said without speaking: chat, reactions, notes and the pinned line. All of it is sealed by the
 * sender for the holders of the room's key (docs/protocol.md, "Talk"): the rules judge size, key, pace and
 * who may, hand it on, and keep nothing. */
#include "rooms/state.h"

#include <stdlib.h>

/* ---- silence --------------------------------------------------------------------------------------- */

static struct id *find_silenced(const struct room *room, struct id account)
{
    for (uint32_t i = 0; i < room->silenced_count; i++)
        if (id_eq(room->silenced[i], account)) return &room->silenced[i];
    return NULL;
}

bool was_silenced(const struct room *room, struct id account)
{
    return find_silenced(room, account) != NULL;
}

/* By account: who leaves and comes back is still silent. */
static enum err silence(struct room *room, struct id account)
{
    if (room->silenced_count == LIMIT_SILENCED) return ERR_FULL;
    if (!room->silenced) room->silenced = calloc(LIMIT_SILENCED, sizeof(*room->silenced));
    if (!room->silenced) return ERR_SYSTEM;
    room->silenced[room->silenced_count++] = account;
    return OK;
}

static void end_silence(struct room *room, struct id account)
{
    struct id *one = find_silenced(room, account);
    if (one) *one = room->silenced[--room->silenced_count];
}

enum err do_room_silence(struct rooms *r, struct sock *s, const struct command *c)
{
    struct person *p;
    enum err e = find_inferior(r, s, c->silence.account, &p);
    if (e) return e;
    bool change = p->silent != c->silence.on;
    if (change && c->silence.on) e = silence(p->room, p->member->account);
    if (e) return e;
    if (!c->silence.on) end_silence(p->room, p->member->account);
    p->silent = c->silence.on;
    places_touch(p->room);
    reply_ok(r, s, c);
    if (change) tell_person(r, p, NULL);
    return OK;
}

/* ---- what everything sealed has to be -------------------------------------------------------------- */

/* version, header counter, nonce and tag around a padded text: the padding hides its length. */
static bool is_padded(size_t len)
{
    static const size_t sizes[] = {LIMIT_TALK_SMALL_BYTES, LIMIT_TALK_SMALL_BYTES + 256,
                                   LIMIT_TALK_SMALL_BYTES + 768, LIMIT_TALK_BYTES};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
        if (len == sizes[i]) return true;
    return false;
}

static enum err check_sealed(const struct room *room, struct view data)
{
    enum { VERSION = 1, HEADERS_KEPT = 3 }; /* the receivers' keys */
    struct reader r = reader_init(data);
    uint8_t version = read_u8(&r);
    uint32_t counter = read_u32(&r), now = room->keys.counter;
    if (r.err) return ERR_TRUNCATED;
    if (version != VERSION) return ERR_UNSUPPORTED;
    if (!is_padded(data.len)) return ERR_MALFORMED;
    return counter == 0 || counter > now || now - counter >= HEADERS_KEPT ? ERR_STALE_HEADER : OK;
}

static enum err check_talk(const struct sock *s, const struct command *c)
{
    struct person *p = s->person;
    return !p || !id_eq(p->room->id, c->talk.room) ? ERR_NOT_IN_ROOM : check_sealed(p->room, c->talk.data);
}

static struct out talk_out(enum out_kind kind, const struct person *p, const struct command *c)
{
    return (struct out){.kind = kind, .live = {p->room->id, p->member->account, c->talk.data}};
}

/* ---- chat and notes -------------------------------------------------------------------------------- */

/* A crowd that is polite one by one would still be too much for everybody's phone: the room has a pace as
 * well. */
static enum err room_pace(struct rooms *r, const struct room *room)
{
    return pace_check(r, room->say_due_ms, LIMIT_ROOM_SAY_MS * LIMIT_ROOM_SAY_SPARE);
}

enum err do_room_say(struct rooms *r, struct sock *s, const struct command *c)
{
    struct person *p = s->person;
    enum err e = check_talk(s, c);
    if (!e && p->silent) e = ERR_SILENCED;
    if (!e) e = pace_check(r, p->member->say_due_ms, LIMIT_SAY_MS * LIMIT_SAY_SPARE);
    if (!e) e = room_pace(r, p->room);
    if (e) return e;
    pace_note(r, &p->member->say_due_ms, LIMIT_SAY_MS);
    pace_note(r, &p->room->say_due_ms, LIMIT_ROOM_SAY_MS);
    reply_ok(r, s, c);
    tell_room(r, p->room, talk_out(EVENT_SAY, p, c), p);
    return OK;
}

/* Removals and the consent to record. No silence and no crowd may keep those on stage from withdrawing
 * theirs, nor moderators from removing; the audience takes back its own lines at the room's pace. */
enum err do_room_note(struct rooms *r, struct sock *s, const struct command *c)
{
    struct person *p = s->person;
    enum err e = check_talk(s, c);
    if (e) return e;
    bool audience = !p->on_stage && !person_moderates(p);
    e = pace_check(r, p->member->note_due_ms, LIMIT_NOTE_MS * LIMIT_NOTE_SPARE);
    if (!e && audience) e = room_pace(r, p->room);
    if (e) return e;
    pace_note(r, &p->member->note_due_ms, LIMIT_NOTE_MS);
    if (audience) pace_note(r, &p->room->say_due_ms, LIMIT_ROOM_SAY_MS);
    reply_ok(r, s, c);
    tell_room(r, p->room, talk_out(EVENT_NOTE, p, c), p);
    return OK;
}

/* ---- the pinned line ------------------------------------------------------------------------------- */

/* Newcomers hold no key of the time before them: a steward seals the line again, for those who lack it. */
static void tell_lacking(struct rooms *r, const struct person *by, struct out out)
{
    struct room *room = by->room;
    size_t count = 0;
    sock_name *socks = scratch_take(r, room->count * sizeof(*socks));
    for (uint32_t i = 0; socks && i < room->count; i++) {
        struct person *p = room->people[i];
        if (p == by || p->pinned || !p->keyed || !p->sock) continue;
        p->pinned = true;
        socks[count++] = p->sock->name;
    }
    send_many(r, socks, count, out);
}

enum err do_room_pin(struct rooms *r, struct sock *s, const struct command *c)
{
    struct person *p = s->person;
    enum err e = check_talk(s, c);
    if (e) return e;
    if (c->talk.again ? !keys_eligible(p) : !person_moderates(p)) return ERR_FORBIDDEN;
    e = pace_check(r, p->member->pin_due_ms, LIMIT_PIN_MS * LIMIT_PIN_SPARE);
    if (e) return e;
    pace_note(r, &p->member->pin_due_ms, LIMIT_PIN_MS);
    for (uint32_t i = 0; !c->talk.again && i < p->room->count; i++) p->room->people[i]->pinned = false;
    p->pinned = true;
    reply_ok(r, s, c);
    tell_lacking(r, p, talk_out(EVENT_PIN, p, c));
    return OK;
}

/* ---- reactions ------------------------------------------------------------------------------------- */

static void send_reactions(struct rooms *r, struct room *room)
{
    size_t count = room->reaction_count;
    struct reaction *list = scratch_take(r, count * sizeof(*list));
    room->reaction_count = 0;
    room->reacted_ms = r->now_ms;
    if (!list) return; /* nobody is harmed by a reaction that is not seen */
    memcpy(list, room->reactions, count * sizeof(*list));
    tell_room(r, room, (struct out){.kind = EVENT_REACT, .react = {room->id, list, count}}, NULL);
}

static bool reactions_due(const struct rooms *r, const struct room *room)
{
    return r->now_ms >= room->reacted_ms + LIMIT_REACT_BATCH_MS;
}

/* The first goes out at once, what follows within the batch's time together: a thousand hands that clap cost
 * a few texts a second for everybody. */
enum err do_room_react(struct rooms *r, struct sock *s, const struct command *c)
{
    struct person *p = s->person;
    enum err e = check_talk(s, c);
    if (!e && c->talk.data.len != LIMIT_TALK_SMALL_BYTES) e = ERR_TOO_LARGE;
    if (!e && p->silent) e = ERR_SILENCED;
    if (!e) e = pace_check(r, p->member->react_due_ms, LIMIT_REACT_MS * LIMIT_REACT_SPARE);
    if (e) return e;
    struct room *room = p->room;
    if (!room->reactions) room->reactions = calloc(LIMIT_REACTIONS, sizeof(*room->reactions));
    if (!room->reactions) return ERR_SYSTEM;
    if (room->reaction_count == LIMIT_REACTIONS) {
        r->retry_after_ms = LIMIT_REACT_BATCH_MS;
        return ERR_RATE;
    }
    pace_note(r, &p->member->react_due_ms, LIMIT_REACT_MS);
    struct reaction *one = &room->reactions[room->reaction_count++];
    one->account = p->member->account;
    memcpy(one->data, c->talk.data.ptr, sizeof(one->data));
    reply_ok(r, s, c);
    if (reactions_due(r, room)) send_reactions(r, room);
    return OK;
}

void talk_flush(struct rooms *r)
{
    for (uint32_t i = 0; i < r->room_count; i++)
        if (r->rooms[i]->reaction_count && reactions_due(r, r->rooms[i])) send_reactions(r, r->rooms[i]);
}
