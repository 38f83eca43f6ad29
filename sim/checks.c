/* What must hold, against the state of the server itself. */
#include "checks.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypt/sign.h"
#include "holds.h"
#include "rooms/ties.h"

enum { MEMORY_SLACK = 256 << 10 }; /* arrays that have grown stay grown */

void sim_broken(const struct sim *s, enum invariant i, const char *how)
{
    static const char *const says[] = {
#define X(name, says) #name ": " says,
        INVARIANTS(X)
#undef X
    };
    fprintf(stderr, "seed %llu, %llu ms: %s\n    broken: %s\n", (unsigned long long)s->seed,
            (unsigned long long)s->mono, says[i], how);
    abort();
}

/* ---- what a player sees ---------------------------------------------------------------------------------
 */

static const struct sock *sock_of(const struct sim *s, const struct player *p)
{
    return p->a && p->a->sock ? sock_find(s->w.r, p->a->sock) : NULL;
}

static bool same_face(const struct face *a, const struct face *b)
{
    return hash_eq(a->leaf, b->leaf) && a->role == b->role && a->moderates == b->moderates &&
           a->on_stage == b->on_stage && a->muted == b->muted && a->away == b->away &&
           a->called == b->called && a->silent == b->silent && a->hand_ms == b->hand_ms &&
           a->order == b->order;
}

static const struct face *face_in(const struct player *p, struct id account)
{
    for (size_t i = 0; i < p->count; i++)
        if (id_eq(p->people[i].account, account)) return &p->people[i];
    return NULL;
}

static void check_people(const struct sim *s, const struct player *p, const struct room *room)
{
    if (p->count != room->count) sim_broken(s, INVARIANT_PICTURE, "other people than there are");
    for (uint32_t i = 0; i < room->count; i++) {
        struct person_info info = person_info(room->people[i]);
        struct face is = face_of(&info);
        const struct face *seen = face_in(p, is.account);
        if (!seen) sim_broken(s, INVARIANT_PICTURE, "somebody is there and not seen");
        if (!same_face(seen, &is)) sim_broken(s, INVARIANT_PICTURE, "somebody is not as they are seen");
    }
}

static void check_table(const struct sim *s, const struct player *p, const struct room *room)
{
    const struct room_keys *k = &room->keys;
    if (k->counter != p->view.last.counter) sim_broken(s, INVARIANT_TABLE, "another header");
    if (k->counter && !hash_eq(k->hash, p->view.hash))
        sim_broken(s, INVARIANT_TABLE, "another header of the same number");
    for (uint32_t i = 0; i < SEATS; i++) {
        bool filled = i < k->slot_count && k->slots[i].filled;
        if (filled != p->view.table[i].filled) sim_broken(s, INVARIANT_TABLE, "another table");
        if (filled && !hash_eq(k->slots[i].leaf, p->view.table[i].leaf))
            sim_broken(s, INVARIANT_TABLE, "somebody else in a slot");
    }
}

static bool same_card(const struct card *a, const struct card *b)
{
    return hash_eq(a->title, b->title) && a->people == b->people && a->speakers == b->speakers &&
           a->locked == b->locked && a->hands == b->hands;
}

/* Rooms whose card waits for its turn are left out. */
static void check_hall(const struct sim *s, const struct player *p, const struct member *m)
{
    const struct rooms *r = s->w.r;
    for (size_t i = 0; i < p->card_count; i++)
        if (!room_find(r, p->cards[i].room))
            sim_broken(s, INVARIANT_HALLWAY, "a card of a room that is no more");
    for (uint32_t i = 0; i < r->room_count; i++) {
        const struct room *room = r->rooms[i];
        const struct card *seen = NULL;
        if (room->at_due[DUE_CARD]) continue;
        for (size_t k = 0; k < p->card_count; k++)
            if (id_eq(p->cards[k].room, room->id)) seen = &p->cards[k];
        bool sees = room_for(room, m) && !m->held && !room_hidden(room, m);
        if (sees && !seen) sim_broken(s, INVARIANT_HALLWAY, "a room without a card");
        if (!sees && seen) sim_broken(s, INVARIANT_HALLWAY, "a card of a room that is not for the player");
        struct room_info info = room_info(room);
        struct card is = card_of(&info);
        if (seen && !same_card(seen, &is)) sim_broken(s, INVARIANT_HALLWAY, "a card that is out of date");
    }
}

static bool same_log(const struct sim *s, const struct player *p)
{
    const struct member_log *l = &s->w.r->log;
    return p->log_size <= l->size && hash_eq(log_head(l, p->log_size), p->log_head);
}

static void check_player(struct sim *s, const struct player *p)
{
    const struct sock *k = sock_of(s, p);
    if (!k || p->in || !k->member) return;
    if (!same_log(s, p)) sim_broken(s, INVARIANT_LOG, "another member log than the client was told of");
    check_hall(s, p, k->member);
    if (p->inside != (k->person != NULL)) sim_broken(s, INVARIANT_PICTURE, "in a room, and not in it");
    if (!p->inside) return;
    const struct room *room = k->person->room;
    if (!id_eq(room->id, p->room)) sim_broken(s, INVARIANT_PICTURE, "in another room");
    if (!room->at_due[DUE_NEWS]) check_people(s, p, room);
    check_table(s, p, room);
    s->tally.checks++;
}

/* ---- what the server has ----------------------------------------------------------------------------------
 */

static void check_state(const struct sim *s)
{
    static const enum invariant names[] = {[HOLDS_ONE_ROOM] = INVARIANT_ONE_ROOM,
                                           [HOLDS_BANNED] = INVARIANT_BANNED,
                                           [HOLDS_KEYS] = INVARIANT_KEYS,
                                           [HOLDS_ROSTER] = INVARIANT_ROSTER,
                                           [HOLDS_PICTURE] = INVARIANT_PICTURE};
    struct broken b = holds_look(s->w.r);
    if (b.how) sim_broken(s, names[b.which], b.how);
}

void check_step(struct sim *s)
{
    world_check(&s->w);
    check_state(s);
    for (int i = 0; i < s->player_count; i++) check_player(s, &s->players[i]);
}

/* ---- at rest ----------------------------------------------------------------------------------------- */

static void check_heard(struct sim *s, struct player *from)
{
    plane_hush(s);
    for (int i = 0; i < 10; i++) {
        plane_say(s, from);
        sim_pass(s, SLICE_MS);
    }
    sim_pass(s, 1000); /* and it gives its slot back */
    for (int i = 0; i < s->player_count; i++) {
        const struct player *p = &s->players[i];
        if (p == from || !p->inside || !id_eq(p->room, from->room)) continue;
        if (!plane_up(s, p)) sim_broken(s, INVARIANT_HEARD, "in a room without a connection");
        if (!plane_heard(s, p, from)) sim_broken(s, INVARIANT_HEARD, "somebody spoke and was not heard");
    }
}

void check_rest(struct sim *s)
{
    for (int i = 0; i < s->player_count; i++) {
        const struct player *p = &s->players[i];
        if (!player_settled(p)) sim_broken(s, INVARIANT_REST, "a room does not come to rest");
        if (p->a && p->a->sock && p->in) sim_broken(s, INVARIANT_REST, "there is no end of messages");
    }
    for (uint32_t i = 0; i < s->w.r->room_count; i++) {
        const struct room *room = s->w.r->rooms[i];
        for (uint32_t k = 0; k < room->count; k++)
            if (!room->people[k]->keyed) sim_broken(s, INVARIANT_KEYS, "in a room without its key");
        if (room->keys.filled != room->count) sim_broken(s, INVARIANT_KEYS, "a key for who is not there");
    }
    for (int i = 0; i < s->player_count; i++) {
        const struct sock *k = sock_of(s, &s->players[i]);
        if (k && k->person && k->person->may_speak) check_heard(s, &s->players[i]);
    }
}

void check_empty(struct sim *s)
{
    const struct rooms *r = s->w.r;
    if (r->room_count || r->people_count || r->sock_count || r->session_count || r->pair_count || r->due[DUE_NEWS])
        sim_broken(s, INVARIANT_EMPTY, "the rules still have something of somebody");
    if (r->by_sock.count || r->by_room.count || r->by_peer.count)
        sim_broken(s, INVARIANT_EMPTY, "a map still has something of somebody");
    plane_check_empty(s);
    size_t before = check_memory();
    server_crash(s);
    size_t after = check_memory();
    if (before > after + MEMORY_SLACK) {
        fprintf(stderr, "%zu bytes after the evening, %zu in a fresh process\n", before, after);
        sim_broken(s, INVARIANT_MEMORY, "a server that grew");
    }
}

#ifdef __SANITIZE_ADDRESS__
size_t __sanitizer_get_current_allocated_bytes(void); /* gcc has no header for it */
#endif

size_t check_memory(void)
{
#ifdef __SANITIZE_ADDRESS__
    return __sanitizer_get_current_allocated_bytes();
#else
    struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
#endif
}

/* ---- what is kept ------------------------------------------------------------------------------------ */

static void add(struct hash *sum, struct hash h) /* in any order */
{
    unsigned carry = 0;
    for (size_t i = 0; i < HASH_BYTES; i++) {
        carry += sum->bytes[i] + h.bytes[i];
        sum->bytes[i] = (uint8_t)carry;
        carry >>= 8;
    }
}

static void add_member(struct hash *sum, const struct member *m)
{
    uint8_t bytes[64 << 10];
    const struct passkey_info *keys;
    struct profile_info p = member_profile(m);
    struct writer w = writer_init(bytes, sizeof(bytes));
    write_bytes(&w, m->account.bytes, ID_BYTES);
    write_u8(&w, (uint8_t)m->role);
    write_u8(&w, (uint8_t)(m->banned | m->deleted << 1 | m->superseded << 2 | m->held << 3));
    write_u32(&w, m->device_count);
    const struct view fields[] = {p.name, p.handle, p.bio, p.picture, p.pronouns};
    for (size_t i = 0; i < 5; i++) {
        write_u32(&w, (uint32_t)fields[i].len);
        write_view(&w, fields[i]);
    }
    for (const struct device *d = m->devices; d; d = d->next) write_u8(&w, d->revoked);
    if (writer_end(&w)) abort();
    add(sum, hash_raw(writer_view(&w)));
    size_t count = member_passkeys(m, &keys);
    for (size_t i = 0; i < count; i++) { /* a set: the store promises no order */
        w = writer_init(bytes, sizeof(bytes));
        write_bytes(&w, m->account.bytes, ID_BYTES);
        write_view(&w, keys[i].credential);
        write_view(&w, keys[i].data);
        if (writer_end(&w)) abort();
        add(sum, hash_raw(writer_view(&w)));
    }
}

static void add_slip(struct hash *sum, const struct slip_info *is)
{
    uint8_t bytes[LIMIT_SLIP_BYTES + 128];
    struct writer w = writer_init(bytes, sizeof(bytes));
    write_u8(&w, (uint8_t)is->kind);
    write_bytes(&w, is->account.bytes, ID_BYTES);
    write_bytes(&w, is->id.bytes, ID_BYTES);
    write_bytes(&w, is->about.bytes, ID_BYTES);
    write_u64(&w, is->time_ms);
    write_view(&w, is->data);
    if (writer_end(&w)) abort();
    add(sum, hash_raw(writer_view(&w)));
}

struct hash check_kept(struct sim *s)
{
    const struct rooms *r = s->w.r;
    struct hash sum = log_head(&r->log, r->log.size);
    for (uint32_t i = 0; i < r->log.member_count; i++) add_member(&sum, r->log.members[i]);
    for (uint32_t i = 0; i < r->slip_count; i++) add_slip(&sum, &r->slips[i]->is);
    return sum;
}

bool check_some_slip(struct sim *s, enum slip_kind kind, struct id *by, struct id *id)
{
    const struct rooms *r = s->w.r;
    for (uint32_t i = 0; i < r->slip_count; i++) {
        const struct slip_info *is = &r->slips[i]->is;
        if (is->kind != kind) continue;
        *by = is->account;
        *id = is->id;
        return true;
    }
    return false;
}
