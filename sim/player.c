/* A modelled player: it knows the hallway and the room from messages alone, and is a steward when the rules
 * say so. */
#include <stdlib.h>

#include "checks.h"
#include "crypt/sign.h"

enum { NO_SLOT = 0xffff, RETRY_MS = 700, IN_LINE_MS = 3000 };

static struct face *find(struct player *p, struct id account)
{
    for (size_t i = 0; i < p->count; i++)
        if (id_eq(p->people[i].account, account)) return &p->people[i];
    return NULL;
}

static bool present(const struct player *p, const struct hash *leaf)
{
    for (size_t i = 0; i < p->count; i++)
        if (hash_eq(p->people[i].leaf, *leaf)) return true;
    return false;
}

static uint16_t slot_of(const struct seat table[SEATS], const struct hash *leaf)
{
    for (uint32_t i = 0; i < SEATS; i++)
        if (table[i].filled && hash_eq(table[i].leaf, *leaf)) return (uint16_t)i;
    return NO_SLOT;
}

struct face face_of(const struct person_info *p)
{
    return (struct face){.account = p->account,
                         .leaf = hash_raw(p->leaf),
                         .role = p->role,
                         .moderates = p->role == ROLE_MODERATOR || p->club_role != CLUB_MEMBER,
                         .on_stage = p->on_stage,
                         .muted = p->muted,
                         .away = p->away,
                         .called = p->called,
                         .silent = p->silent,
                         .keyed = p->keyed,
                         .hand_ms = p->hand_ms,
                         .order = p->order,
                         .slot = p->slot};
}

struct card card_of(const struct room_info *r)
{
    return (struct card){.room = r->room,
                         .title = hash_raw(r->title),
                         .people = r->people,
                         .speakers = r->speakers,
                         .locked = r->locked,
                         .hands = r->hands};
}

/* ---- the hallway -------------------------------------------------------------------------------------- */

static struct card *find_card(struct player *p, struct id room)
{
    for (size_t i = 0; i < p->card_count; i++)
        if (id_eq(p->cards[i].room, room)) return &p->cards[i];
    return NULL;
}

static void on_card(struct sim *s, struct player *p, const struct card *c)
{
    struct card *old = find_card(p, c->room);
    if (!old && p->card_count == SIM_CARDS) sim_broken(s, INVARIANT_HALLWAY, "more rooms than there is wall");
    *(old ? old : &p->cards[p->card_count++]) = *c;
}

static void on_hall(struct sim *s, struct player *p, const struct note *n)
{
    p->card_count = 0;
    for (size_t i = 0; i < n->card_count; i++) on_card(s, p, &n->cards[i]);
}

/* A room that was hidden before its card was shown goes too: that is one word too much, and harmless. */
static void on_gone(struct player *p, struct id room)
{
    struct card *c = find_card(p, room);
    if (c) *c = p->cards[--p->card_count];
}

/* ---- the room ----------------------------------------------------------------------------------------- */

static void take_header(struct sim *s, struct player *p, const struct note *n, struct key_header *h)
{
    if (key_header_parse(h, (struct view){n->header, n->header_len}))
        sim_broken(s, INVARIANT_ORDER, "a header that does not parse");
    if (!hash_eq(h->trace, p->trace)) sim_broken(s, INVARIANT_ORDER, "a header for another secret");
    p->view.last = *h;
    p->view.hash = hash_two("header-hash", h->body, (struct view){0});
    p->view.last.body = (struct view){0};
    uint32_t filled = 0;
    for (size_t i = 0; i < SEATS; i++) filled += p->view.table[i].filled;
    if (filled != h->count) sim_broken(s, INVARIANT_ORDER, "a table that is not the header's");
}

static void on_join(struct sim *s, struct player *p, const struct note *n)
{
    struct key_header h;
    if (n->people_count > SEATS) sim_broken(s, INVARIANT_ORDER, "more people than there are seats");
    p->inside = true;
    p->room = n->room;
    p->trace = n->trace;
    p->count = n->people_count;
    memcpy(p->people, n->people, n->people_count * sizeof(*n->people));
    p->view = (struct keys_view){.room = n->room};
    p->holds = p->signed_it = p->spent = false;
    p->act_at = p->undone_ms = 0;
    struct face *me = find(p, p->a->account);
    if (!me || me->keyed) sim_broken(s, INVARIANT_ORDER, "not in the room one joined, or keyed too early");
    p->leaf = me->leaf;
    for (size_t i = 0; i < p->count; i++)
        if (p->people[i].keyed) p->view.table[p->people[i].slot] = (struct seat){true, p->people[i].leaf};
    for (size_t i = 0; i < n->change_count; i++) {
        struct seat *seat = &p->view.table[n->changes[i].slot];
        if (seat->filled) sim_broken(s, INVARIANT_ORDER, "a slot is gone and is not");
        *seat = (struct seat){true, n->changes[i].leaf};
    }
    if (n->header_len) take_header(s, p, n, &h);
    plane_join(s, p, n);
}

static void on_keys(struct sim *s, struct player *p, const struct note *n)
{
    struct key_header h;
    struct hash prev = p->view.hash;
    uint32_t counter = p->view.last.counter, epoch = p->view.last.epoch;
    for (size_t i = 0; i < n->change_count; i++) {
        const struct roster_change *change = &n->changes[i];
        struct seat *seat = &p->view.table[change->slot];
        if (seat->filled && present(p, &seat->leaf))
            sim_broken(s, INVARIANT_KEYS, "somebody present was shut out");
        if (change->filled && !present(p, &change->leaf))
            sim_broken(s, INVARIANT_KEYS, "a key for nobody: or the word of an arrival came late");
        *seat = (struct seat){change->filled, change->leaf};
    }
    take_header(s, p, n, &h);
    if (h.counter != counter + 1 || !hash_eq(h.prev, prev))
        sim_broken(s, INVARIANT_ORDER, "headers out of order");
    bool rekey = h.epoch == epoch + 1;
    bool listed = slot_of(p->view.table, &p->leaf) != NO_SLOT;
    /* A seal or a welcome opens by itself; a wrap needs the bucket key, a ratchet the secret before. */
    p->holds = listed && (n->seal || n->welcome || (p->holds && (n->wrap || !rekey)));
    if (listed != p->holds) sim_broken(s, INVARIANT_KEYS, "on the key list and cannot open the key");
    p->signed_it = id_eq(h.steward, p->a->account);
    if (p->signed_it) p->spent = false;
    p->act_at = p->undone_ms = 0;
}

static void on_person(struct sim *s, struct player *p, const struct face *f)
{
    struct face *old = find(p, f->account);
    if (!old && p->count == SEATS) sim_broken(s, INVARIANT_ORDER, "more people than there are seats");
    if (old && !hash_eq(old->leaf, f->leaf))
        sim_broken(s, INVARIANT_ORDER, "a new leaf without a word of leaving");
    *(old ? old : &p->people[p->count++]) = *f;
}

static void on_left(struct sim *s, struct player *p, struct id account)
{
    struct face *f = find(p, account);
    if (id_eq(account, p->a->account)) return; /* another device of one's own account came or went */
    if (!f) sim_broken(s, INVARIANT_ORDER, "somebody left who was not there");
    *f = p->people[--p->count];
}

static void on_out(struct sim *s, struct player *p)
{
    p->inside = false;
    plane_leave(s, p);
}

static void read_room(struct sim *s, struct player *p, const struct note *n)
{
    if (n->kind == EVENT_OUT) on_out(s, p);
    if (n->kind == EVENT_LEFT) on_left(s, p, n->account);
    if (n->kind == EVENT_KEYS) on_keys(s, p, n);
    if (n->kind == EVENT_HANDS_DOWN)
        for (size_t i = 0; i < p->count; i++) p->people[i].hand_ms = 0;
    if (n->kind == EVENT_PERSON || n->kind == EVENT_NEWS)
        for (size_t i = 0; i < n->people_count; i++) on_person(s, p, &n->people[i]);
    for (size_t i = 0; i < n->left_count; i++) on_left(s, p, n->left[i]);
}

static void on_log(struct sim *s, struct player *p, const struct note *n)
{
    if (n->log_size < p->log_size) sim_broken(s, INVARIANT_LOG, "the member log became shorter");
    p->log_size = n->log_size;
    p->log_head = n->log_head;
}

static void read_club(struct sim *s, struct player *p, const struct note *n)
{
    if (n->log_size) on_log(s, p, n);
    if (n->role) p->a->role = n->role;
    if (n->kind == REPLY_HELLO || n->kind == EVENT_HELD) p->lost = n->held;
    if (n->kind == EVENT_HELD && n->held) p->card_count = 0;
    if (n->kind == EVENT_HALL) on_hall(s, p, n);
    if (n->kind == EVENT_HALL_ROOM) on_card(s, p, n->cards);
    if (n->kind == EVENT_HALL_GONE) on_gone(p, n->room);
}

void player_read(struct sim *s, struct player *p)
{
    struct note *n;
    while ((n = mail_next(p, s->mono))) {
        if (n->kind == REPLY_ROOM_JOIN)
            on_join(s, p, n);
        else if (n->kind == REPLY_ROOM_PATH)
            plane_path(s, p, n);
        else if (p->inside && id_eq(p->room, n->room) && n->kind != EVENT_HALL_GONE)
            read_room(s, p, n);
        else
            read_club(s, p, n);
        note_free(n);
    }
}

/* ---- as a steward ------------------------------------------------------------------------------------- */

/* docs/protocol.md, "Who acts": how many act before oneself; -1: one never does. A simulated room has at
 * times more moderators than may sign, and the server refuses those behind. */
static int my_place(const struct player *p)
{
    const struct face *me = NULL;
    bool moderated = false;
    int before = 0;
    for (size_t i = 0; i < p->count; i++) {
        moderated |= p->people[i].moderates;
        if (id_eq(p->people[i].account, p->a->account)) me = &p->people[i];
    }
    if (!me || (moderated ? !me->moderates : !me->on_stage)) return -1;
    for (size_t i = 0; i < p->count; i++) {
        const struct face *f = &p->people[i];
        if (moderated ? !f->moderates : !f->on_stage) continue;
        if (moderated && f->away != me->away ? me->away : f->order < me->order) before++;
    }
    return moderated || !before ? before : -1;
}

/* The table as it should be: the gone out, everybody present in, lowest free slots first. */
static bool next_table(const struct player *p, struct seat table[SEATS], bool *somebody_left)
{
    bool changed = false;
    *somebody_left = false;
    memcpy(table, p->view.table, sizeof(p->view.table));
    for (size_t i = 0; i < SEATS; i++) {
        if (!table[i].filled || present(p, &table[i].leaf)) continue;
        table[i] = (struct seat){0};
        changed = *somebody_left = true;
    }
    for (size_t i = 0; i < p->count; i++) {
        if (slot_of(table, &p->people[i].leaf) != NO_SLOT) continue;
        size_t free_slot = 0;
        while (table[free_slot].filled) free_slot++;
        table[free_slot] = (struct seat){true, p->people[i].leaf};
        changed = true;
    }
    return changed;
}

static void make_stage(struct draft *msg, const struct player *p)
{
    struct stage_entry list[SEATS];
    size_t n = 0;
    for (uint32_t i = 0; i < SEATS; i++)
        for (size_t j = 0; j < p->count; j++)
            if (p->people[j].on_stage && msg->table[i].filled &&
                hash_eq(msg->table[i].leaf, p->people[j].leaf)) {
                list[n] = (struct stage_entry){(uint8_t)(n + 1), (uint16_t)i};
                n++;
            }
    message_stage(msg, n, list);
}

static enum err send_header(struct sim *s, struct player *p, const struct seat table[SEATS], bool rekey)
{
    static struct draft msg;
    message_begin(&msg, &s->w, &p->view, p->a, rekey);
    msg.h.trace = p->trace;
    for (uint32_t i = 0; i < SEATS; i++) {
        const struct seat *old = &p->view.table[i];
        if (old->filled == table[i].filled && hash_eq(old->leaf, table[i].leaf)) continue;
        message_seat(&msg, (uint16_t)i, table[i].filled ? &table[i].leaf : NULL);
    }
    message_fill(&msg, rekey, !p->signed_it || p->spent);
    make_stage(&msg, p);
    message_sign(&msg, p->a->device_seed);
    return message_send(&s->w, &msg, p->a->sock);
}

/* Whoever is n-th in line waits n times as long for those before. */
static bool my_turn(const struct sim *s, struct player *p)
{
    int place = my_place(p);
    if (place < 0 || s->mono < p->act_at) return false;
    if (!p->undone_ms) p->undone_ms = s->mono;
    return s->mono >= p->undone_ms + (uint64_t)place * IN_LINE_MS;
}

void player_act(struct sim *s, struct player *p)
{
    struct seat table[SEATS];
    bool somebody_left;
    if (!p->inside || !p->a->sock || !next_table(p, table, &somebody_left) || !my_turn(s, p)) return;
    bool rekey = somebody_left || !p->signed_it || p->spent;
    enum err e = send_header(s, p, table, rekey);
    server_carry_out(s);
    p->act_at = s->mono + (e ? RETRY_MS : UINT32_MAX); /* accepted: its own event tells when to go on */
    p->spent = p->spent || (e && rekey);
    s->tally.headers += !e;
    s->tally.refused += e != OK;
    if (e == ERR_MALFORMED || e == ERR_SIGNATURE || e == ERR_TOO_LARGE)
        sim_broken(s, INVARIANT_HONEST, "an honest header was taken for a malformed one");
}

bool player_settled(const struct player *p)
{
    struct seat table[SEATS];
    bool left;
    return !p->inside || (p->holds && !next_table(p, table, &left));
}
