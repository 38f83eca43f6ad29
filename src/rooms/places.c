/* What of a room survives the end of the server: what it is, who may come, who was removed, and the places of
 * those who have one (on stage, with a role or a hand up; behind a lock all). No title, no keys, no word of
 * the rest of the audience. The store is told of whatever changed, every LIMIT_KEPT_MS: a room that nobody
 * touched since is not looked at, and one that is as the store has it is not told. After a restart the room
 * waits for those with a place as for anybody whose connection was lost (docs/protocol.md, "A restart").
 */
#include "rooms/ties.h"

#include <stdlib.h>

#include "base/log.h"
#include "crypt/sign.h"

enum { VERSION = 1, MUSIC = 1, LOCKED = 2, TITLED = 4, SENSITIVE = 8, FIXED_BYTES = 64, PLACE_BYTES = 30 };

struct place place_of(const struct person *p)
{
    return (struct place){p->member, p->order, p->role, p->on_stage, p->hand_ms};
}

static struct place *find(const struct room *room, const struct member *m)
{
    for (uint32_t i = 0; i < room->place_count; i++)
        if (room->places[i].member == m) return &room->places[i];
    return NULL;
}

bool places_has(const struct room *room, const struct member *m)
{
    return find(room, m) != NULL;
}

/* Others may have taken the stage meanwhile. */
bool places_take(struct room *room, const struct member *m, struct place *out)
{
    struct place *place = find(room, m);
    if (!place) return false;
    *out = *place;
    *place = room->places[--room->place_count];
    if (!out->on_stage || room->stage_count < LIMIT_STAGE) return true;
    out->on_stage = false;
    if (out->role == ROLE_SPEAKER) out->role = ROLE_LISTENER;
    return true;
}

bool places_wait(const struct room *room)
{
    for (uint32_t i = 0; i < room->place_count; i++)
        if (room->places[i].on_stage) return true;
    return false;
}

/* ---- writing --------------------------------------------------------------------------------------- */

static bool has_place(const struct room *room, const struct person *p)
{
    return room->locked || p->on_stage || p->role == ROLE_MODERATOR || p->hand_ms;
}

static void ids_write(struct writer *w, const struct id *ids, size_t count)
{
    write_u16(w, (uint16_t)count);
    for (size_t i = 0; i < count; i++) write_bytes(w, ids[i].bytes, ID_BYTES);
}

static void write_place(struct writer *w, struct place place)
{
    write_bytes(w, place.member->account.bytes, ID_BYTES);
    write_u32(w, place.order);
    write_u8(w, (uint8_t)place.role);
    write_u8(w, place.on_stage);
    write_u64(w, place.hand_ms);
}

/* Who is there before who is awaited: of both together there may be more than a room holds. */
static void write_places(struct writer *w, const struct room *room)
{
    size_t at = w->len;
    uint32_t count = 0;
    write_u16(w, 0);
    for (uint32_t i = 0; i < room->count; i++) {
        if (!has_place(room, room->people[i])) continue;
        write_place(w, place_of(room->people[i]));
        count++;
    }
    for (uint32_t i = 0; i < room->place_count && count < LIMIT_PEOPLE_PER_ROOM; i++, count++)
        write_place(w, room->places[i]);
    patch_u16(w, at, (uint16_t)count);
}

void places_touch(struct room *room)
{
    room->kept_due = true;
}

struct view places_write(struct rooms *r, const struct room *room)
{
    static const struct view none;
    uint32_t let_in = room->let_in.count < LIMIT_RING ? room->let_in.count : LIMIT_RING;
    size_t cap = FIXED_BYTES + (room->picked_count + let_in + room->silenced_count) * ID_BYTES +
                 LIMIT_REMOVED * REMOVAL_BYTES + (room->count + (size_t)room->place_count) * PLACE_BYTES;
    uint8_t *bytes = scratch_take(r, cap);
    if (!bytes) return none;
    struct writer w = writer_init(bytes, cap);
    bool titled = room->title_len || room->untitled;
    write_u8(&w, VERSION);
    write_bytes(&w, room->opener->account.bytes, ID_BYTES);
    write_u64(&w, room->opened_ms);
    write_u8(&w, (uint8_t)((room->music ? MUSIC : 0) | (room->locked ? LOCKED : 0) |
                           (titled ? TITLED : 0) | (room->sensitive ? SENSITIVE : 0)));
    write_u8(&w, (uint8_t)room->who);
    write_u8(&w, (uint8_t)room->hands);
    write_u32(&w, room->next_order);
    ids_write(&w, room->picked, room->picked_count);
    ids_write(&w, room->let_in.ids, let_in);
    ids_write(&w, room->silenced, room->silenced_count);
    removals_write(&w, room);
    write_places(&w, room);
    return writer_end(&w) ? none : writer_view(&w);
}

/* Whether there was anything new to tell. */
static bool note_room(struct rooms *r, struct room *room, struct kept_room *out)
{
    if (!room->kept_due || !room->started) return false; /* one without its opener ends by itself, in seconds */
    struct view data = places_write(r, room);
    if (!data.len) return false;
    struct hash hash = hash_raw(data);
    room->kept_due = false;
    if (room->is_kept && hash_eq(hash, room->kept)) return false;
    room->kept = hash;
    room->is_kept = room->kept_sent = true;
    *out = (struct kept_room){room->id, data};
    return true;
}

void places_forget(struct rooms *r, const struct room *room)
{
    struct keeping *k = &r->keeping;
    if (!room->is_kept) return;
    if (array_reserve(&k->ended, k->ended_count + 1, &k->ended_cap, sizeof(*k->ended))) {
        /* It comes back with a restart, empty, and ends after LIMIT_RESUME_MS. */
        LOG_ERROR("rooms", "no memory to tell the store that a room has ended");
        return;
    }
    k->ended[k->ended_count++] = room->id;
}

/* One job at a time: rooms that ended first, then those that changed, from where the last one stopped. */
static void keep(struct rooms *r)
{
    struct keeping *k = &r->keeping;
    struct kept_room *list = scratch_take(r, LIMIT_KEPT_ROOMS * sizeof(*list));
    size_t count = 0;
    if (!list) return;
    k->ended_sent = k->ended_count < LIMIT_KEPT_ROOMS ? k->ended_count : LIMIT_KEPT_ROOMS;
    for (; count < k->ended_sent; count++) list[count] = (struct kept_room){.room = k->ended[count]};
    for (uint32_t i = 0; i < r->room_count && count < LIMIT_KEPT_ROOMS; i++)
        count += note_room(r, r->rooms[k->next++ % r->room_count], &list[count]);
    if (!count) return;
    k->busy = true;
    struct effect e = {EFFECT_STORE_ROOMS, {.kept = {list, count}}};
    r->config.effect(r->config.user, &e);
}

void rooms_on_kept(struct rooms *r, enum err result, uint64_t now_ms)
{
    struct keeping *k = &r->keeping;
    k->busy = false;
    if (result) {
        k->due_ms = now_ms + LIMIT_LEDGER_MS;
    } else if (k->ended_sent) {
        k->ended_count -= k->ended_sent;
        memmove(k->ended, k->ended + k->ended_sent, k->ended_count * sizeof(*k->ended));
    }
    k->ended_sent = 0;
    for (uint32_t i = 0; i < r->room_count; i++) {
        struct room *room = r->rooms[i];
        if (result && room->kept_sent) {
            room->kept = (struct hash){0};
            places_touch(room);
        }
        room->kept_sent = false;
    }
}

/* ---- after a restart ------------------------------------------------------------------------------- */

/* At most `most`, into an array for at least `room_for`; NULL for none. */
static enum err ids_read(struct reader *in, struct id **out, uint32_t most, uint32_t room_for,
                         uint32_t *count)
{
    uint32_t n = read_u16(in);
    if (in->err || n > most) return ERR_MALFORMED;
    *count = n;
    if (!n && !room_for) return OK;
    struct id *ids = calloc(n > room_for ? n : room_for, sizeof(*ids));
    if (!ids) return ERR_SYSTEM;
    *out = ids;
    for (uint32_t i = 0; i < n; i++) read_bytes(in, ids[i].bytes, ID_BYTES);
    return in->err;
}

static enum err read_places(struct rooms *r, struct room *room, struct reader *in)
{
    uint32_t count = read_u16(in);
    if (in->err || count > LIMIT_PEOPLE_PER_ROOM) return ERR_MALFORMED;
    room->places = calloc(count + 1, sizeof(*room->places)); /* not NULL: until it is, the room waits */
    if (!room->places) return ERR_SYSTEM;
    for (uint32_t i = 0; i < count; i++) {
        struct id account;
        struct place place;
        read_bytes(in, account.bytes, ID_BYTES);
        place.member = log_member(&r->log, account);
        place.order = read_u32(in);
        place.role = (enum room_role)read_u8(in);
        place.on_stage = read_u8(in) != 0;
        place.hand_ms = read_kept_ms(in);
        if (in->err || !place.member || place.role > ROLE_MODERATOR) return ERR_MALFORMED;
        if (member_good(place.member)) room->places[room->place_count++] = place;
    }
    return OK;
}

static enum err read_room(struct rooms *r, struct room *room, struct reader *in)
{
    uint32_t picked = 0;
    room->opened_ms = read_kept_ms(in);
    uint8_t bits = read_u8(in);
    room->started = true;
    room->music = bits & MUSIC;
    room->locked = bits & LOCKED;
    room->sensitive = bits & SENSITIVE;
    room->untitled = bits & TITLED;
    room->who = (enum room_who)read_u8(in);
    room->hands = (enum room_hands)read_u8(in);
    room->next_order = read_u32(in);
    if (room->who > ROOM_PICKED || room->hands > HANDS_OFF) return ERR_MALFORMED;
    enum err e = ids_read(in, &room->picked, LIMIT_FOLLOWS, room->who != ROOM_EVERYONE, &picked);
    room->picked_count = picked;
    if (!e) e = ids_read(in, &room->let_in.ids, LIMIT_RING, LIMIT_RING, &room->let_in.count);
    if (!e) e = ids_read(in, &room->silenced, LIMIT_SILENCED, LIMIT_SILENCED, &room->silenced_count);
    if (!e) e = removals_read(room, in);
    if (!e) e = read_places(r, room, in);
    return e ? e : reader_end(in);
}

enum err rooms_replay_room(struct rooms *r, const struct kept_room *kept)
{
    struct reader in = reader_init(kept->data);
    struct room *room;
    struct id opener;
    if (read_u8(&in) != VERSION) return ERR_UNSUPPORTED;
    read_bytes(&in, opener.bytes, ID_BYTES);
    struct member *m = log_member(&r->log, opener);
    if (in.err || !m || room_find(r, kept->room)) return ERR_MALFORMED;
    enum err e = room_make(r, kept->room, &room);
    if (e) return e;
    room->opener = m;
    e = read_room(r, room, &in);
    if (!e) e = hidden_update(r, room);
    room->is_kept = !e;
    room->kept = hash_raw(kept->data);
    places_touch(room); /* who is banned since has no place any more */
    if (e || !member_good(m) || m->held) room_end(r, room, (struct view){0}); /* banned just before the end */
    scratch_reset(r);
    return e;
}

static void expire(struct rooms *r, struct room *room)
{
    if (!room->places_until_ms) room->places_until_ms = r->now_ms + LIMIT_RESUME_MS;
    if (room->place_count && r->now_ms < room->places_until_ms) return;
    free(room->places);
    room->places = NULL;
    room->place_count = 0;
    places_touch(room);
    room_end_if_empty(r, room);
}

void places_tick(struct rooms *r)
{
    for (uint32_t i = r->room_count; i-- > 0;)
        if (i < r->room_count && r->rooms[i]->places) expire(r, r->rooms[i]);
    if (r->keeping.busy || r->now_ms < r->keeping.due_ms) return;
    r->keeping.due_ms = r->now_ms + LIMIT_KEPT_MS;
    keep(r);
}

/* ---- what is kept about somebody ------------------------------------------------------------------- */

static unsigned kept_about(const struct room *room, const struct member *m)
{
    const struct person *p = m->person && m->person->room == room ? m->person : NULL;
    const struct place *before = find(room, m);
    struct place place = before ? *before : (struct place){0};
    if (p && has_place(room, p)) place = place_of(p);
    return (room->opener == m ? KEPT_OPENER : 0) |
           (id_among(room->picked, room->picked_count, m->account) ? KEPT_PICKED : 0) |
           (ring_has(&room->let_in, m->account) ? KEPT_LET_IN : 0) |
           (was_silenced(room, m->account) ? KEPT_SILENCED : 0) |
           (was_removed(room, m->account) ? KEPT_REMOVED : 0) | (place.member ? KEPT_INSIDE : 0) |
           (place.on_stage ? KEPT_STAGE : 0) | (place.role == ROLE_MODERATOR ? KEPT_MODERATOR : 0) |
           (place.hand_ms ? KEPT_HAND : 0);
}

enum err places_about(struct rooms *r, const struct member *m, struct export_info *x)
{
    struct place_info *list = scratch_take(r, r->room_count * sizeof(*list));
    if (!list) return ERR_SYSTEM;
    x->places = list;
    for (uint32_t i = 0; i < r->room_count; i++) {
        unsigned as = r->rooms[i]->is_kept ? kept_about(r->rooms[i], m) : 0;
        if (as) list[x->place_count++] = (struct place_info){r->rooms[i]->id, as};
    }
    return OK;
}
