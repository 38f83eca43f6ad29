/* A modelled client: it knows the room from its events alone, and is a steward when the rules say so. */
#include <stdlib.h>

#include "crypt/sign.h"
#include "sim.h"

enum { NO_SLOT = 0xffff, PATIENCE_MS = 100, RETRY_MS = 700 };

static struct face *find(struct client *c, struct id account)
{
    for (size_t i = 0; i < c->count; i++)
        if (id_eq(c->people[i].account, account)) return &c->people[i];
    return NULL;
}

static bool present(const struct client *c, const struct hash *leaf)
{
    for (size_t i = 0; i < c->count; i++)
        if (hash_eq(c->people[i].leaf, *leaf)) return true;
    return false;
}

static uint16_t slot_of(const struct seat table[SEATS], const struct hash *leaf)
{
    for (uint16_t i = 0; i < SEATS; i++)
        if (table[i].filled && hash_eq(table[i].leaf, *leaf)) return i;
    return NO_SLOT;
}

/* ---- following ------------------------------------------------------------------------------------ */

static void take_header(struct sim *s, struct client *c, const struct note *n, struct key_header *h)
{
    if (key_header_parse(h, (struct view){n->header, n->header_len}))
        sim_fail(s, "a header that does not parse");
    c->view.last = *h;
    c->view.hash = hash_two("header-hash", h->body, (struct view){0});
    c->view.last.body = (struct view){0};
    uint32_t filled = 0;
    for (size_t i = 0; i < SEATS; i++) filled += c->view.table[i].filled;
    if (filled != h->count) sim_fail(s, "a table that is not the header's");
}

static void on_join(struct sim *s, struct client *c, const struct note *n)
{
    struct key_header h;
    c->inside = true;
    c->room = n->room;
    c->count = n->people_count;
    memcpy(c->people, n->people, n->people_count * sizeof(*n->people));
    c->view = (struct keys_view){.room = n->room};
    c->holds = c->signed_it = c->spent = false;
    struct face *me = find(c, c->a->account);
    if (!me || me->keyed) sim_fail(s, "not in the room one joined, or keyed before any key came");
    c->leaf = me->leaf;
    for (size_t i = 0; i < c->count; i++)
        if (c->people[i].keyed) c->view.table[c->people[i].slot] = (struct seat){true, c->people[i].leaf};
    for (size_t i = 0; i < n->change_count; i++) {
        struct seat *seat = &c->view.table[n->changes[i].slot];
        if (seat->filled) sim_fail(s, "a slot is gone and is not");
        *seat = (struct seat){true, n->changes[i].leaf};
    }
    if (n->header_len) take_header(s, c, n, &h);
}

static void on_keys(struct sim *s, struct client *c, const struct note *n)
{
    struct key_header h;
    struct hash prev = c->view.hash;
    uint32_t counter = c->view.last.counter, epoch = c->view.last.epoch;
    for (size_t i = 0; i < n->change_count; i++) {
        const struct roster_change *change = &n->changes[i];
        struct seat *seat = &c->view.table[change->slot];
        if (seat->filled && present(c, &seat->leaf)) sim_fail(s, "somebody present was shut out");
        if (change->filled && !present(c, &change->leaf))
            sim_fail(s, "a leaf of nobody: a person event came late");
        *seat = (struct seat){change->filled, change->leaf};
    }
    take_header(s, c, n, &h);
    if (h.counter != counter + 1 || !hash_eq(h.prev, prev)) sim_fail(s, "headers out of order");
    bool rekey = h.epoch == epoch + 1;
    bool listed = slot_of(c->view.table, &c->leaf) != NO_SLOT;
    /* A seal or a welcome opens by itself; a wrap needs the bucket key, a ratchet the secret before. */
    c->holds = listed && (n->seal || n->welcome || (c->holds && (n->wrap || !rekey)));
    if (listed != c->holds) sim_fail(s, "on the key list and cannot open the key");
    c->signed_it = id_eq(h.steward, c->a->account);
    if (c->signed_it) c->spent = false;
    c->act_at = 0;
}

static void on_person(struct sim *s, struct client *c, const struct face *f)
{
    struct face *old = find(c, f->account);
    if (!old && c->count == SEATS) sim_fail(s, "more people than the simulator has room for");
    if (old && !hash_eq(old->leaf, f->leaf)) sim_fail(s, "a new leaf without a word of leaving");
    *(old ? old : &c->people[c->count++]) = *f;
}

static void on_left(struct sim *s, struct client *c, struct id account)
{
    struct face *f = find(c, account);
    if (!f) sim_fail(s, "somebody left who was not there");
    *f = c->people[--c->count];
}

void client_read(struct sim *s, struct client *c)
{
    struct note *n;
    while ((n = net_next(c, s->w.now))) {
        bool here = c->inside && id_eq(c->room, n->room);
        if (n->kind == REPLY_ROOM_JOIN) on_join(s, c, n);
        if (n->kind == EVENT_OUT && here) c->inside = false;
        if (n->kind == EVENT_PERSON && here) on_person(s, c, n->people);
        if (n->kind == EVENT_LEFT && here && !id_eq(n->account, c->a->account)) on_left(s, c, n->account);
        if (n->kind == EVENT_KEYS && here) on_keys(s, c, n);
        note_free(n);
    }
}

/* ---- as a steward --------------------------------------------------------------------------------- */

/* docs/protocol.md, "Who acts"; a simulated club has fewer moderators than may sign. */
static bool my_turn(const struct client *c)
{
    const struct face *first = NULL;
    bool moderated = false;
    for (size_t i = 0; i < c->count; i++) moderated |= c->people[i].moderates;
    for (size_t i = 0; i < c->count; i++) {
        const struct face *f = &c->people[i];
        if (moderated ? !f->moderates : !f->on_stage) continue;
        bool better = !first || (moderated && f->away < first->away) ||
                      (f->order < first->order && (!moderated || f->away == first->away));
        if (better) first = f;
    }
    return first && id_eq(first->account, c->a->account);
}

/* The table as it should be: the gone out, everybody present in, lowest free slots first. */
static bool next_table(const struct client *c, struct seat table[SEATS], bool *somebody_left)
{
    bool changed = false;
    *somebody_left = false;
    memcpy(table, c->view.table, sizeof(c->view.table));
    for (size_t i = 0; i < SEATS; i++) {
        if (!table[i].filled || present(c, &table[i].leaf)) continue;
        table[i] = (struct seat){0};
        changed = *somebody_left = true;
    }
    for (size_t i = 0; i < c->count; i++) {
        if (slot_of(table, &c->people[i].leaf) != NO_SLOT) continue;
        size_t free_slot = 0;
        while (table[free_slot].filled) free_slot++;
        table[free_slot] = (struct seat){true, c->people[i].leaf};
        changed = true;
    }
    return changed;
}

static void make_stage(struct message *msg, const struct client *c)
{
    struct stage_entry list[SEATS];
    size_t n = 0;
    for (uint16_t i = 0; i < SEATS; i++)
        for (size_t j = 0; j < c->count; j++)
            if (c->people[j].on_stage && msg->table[i].filled &&
                hash_eq(msg->table[i].leaf, c->people[j].leaf)) {
                list[n] = (struct stage_entry){(uint8_t)(n + 1), i};
                n++;
            }
    message_stage(msg, n, list);
}

void client_act(struct sim *s, struct client *c)
{
    static struct message msg;
    struct seat table[SEATS];
    bool somebody_left;
    if (!c->inside || !c->a->sock || s->w.now < c->act_at || !my_turn(c)) return;
    if (!next_table(c, table, &somebody_left)) return;
    bool rekey = somebody_left || !c->signed_it || c->spent;
    message_begin(&msg, &s->w, &c->view, c->a, rekey);
    for (uint16_t i = 0; i < SEATS; i++) {
        const struct seat *old = &c->view.table[i];
        if (old->filled == table[i].filled && hash_eq(old->leaf, table[i].leaf)) continue;
        message_seat(&msg, i, table[i].filled ? &table[i].leaf : NULL);
    }
    message_fill(&msg, rekey, !c->signed_it || c->spent);
    make_stage(&msg, c);
    message_sign(&msg, c->a->device_seed);
    enum err e = message_send(&s->w, &msg, c->a->sock);
    c->act_at = s->w.now + (e ? RETRY_MS : UINT32_MAX); /* accepted: its own event tells when to go on */
    c->spent = c->spent || (e && rekey);
    s->headers += !e;
    s->refused += e != OK;
    net_collect(s);
    if (e == ERR_MALFORMED || e == ERR_SIGNATURE || e == ERR_TOO_LARGE)
        sim_fail(s, "an honest header was taken for a malformed one");
}

bool client_settled(const struct sim *s, const struct client *c)
{
    (void)s;
    if (!c->inside) return true;
    struct seat table[SEATS];
    bool left;
    return c->holds && !next_table(c, table, &left);
}
