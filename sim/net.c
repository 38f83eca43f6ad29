#include <stdlib.h>

#include "crypt/sign.h"
#include "sim.h"

enum { LATENCY_MS = 400 };

static struct client *owner(struct sim *s, sock_name sock)
{
    for (int i = 0; i < SIM_CLIENTS; i++)
        if (s->clients[i].a && s->clients[i].a->sock == sock) return &s->clients[i];
    return NULL;
}

static struct face face(const struct person_info *p)
{
    return (struct face){.account = p->account,
                         .leaf = hash_raw(p->leaf),
                         .moderates = p->role == ROLE_MODERATOR || p->club_role != CLUB_MEMBER,
                         .on_stage = p->on_stage,
                         .away = p->away,
                         .keyed = p->keyed,
                         .order = p->order,
                         .slot = p->slot};
}

static void *copy(const void *from, size_t count, size_t size)
{
    void *to = malloc(count * size + 1);
    if (!to) abort();
    if (count) memcpy(to, from, count * size);
    return to;
}

static void keep_header(struct note *n, struct view header)
{
    n->header_len = header.len;
    if (header.len) memcpy(n->header, header.ptr, header.len);
}

static void keep_join(struct note *n, const struct out *o)
{
    n->room = o->join.room.room;
    n->people_count = o->join.count;
    n->people = calloc(o->join.count + 1, sizeof(*n->people));
    if (!n->people) abort();
    for (size_t i = 0; i < o->join.count; i++) n->people[i] = face(&o->join.people[i]);
    n->change_count = o->join.gone_count;
    n->changes = copy(o->join.gone, o->join.gone_count, sizeof(*n->changes));
    keep_header(n, o->join.header);
}

static void keep_keys(struct note *n, const struct out *o)
{
    n->room = o->keys.room;
    n->change_count = o->keys.change_count;
    n->changes = copy(o->keys.changes, o->keys.change_count, sizeof(*n->changes));
    n->seal = o->keys.seal.len > 0;
    n->welcome = o->keys.welcome.len > 0;
    n->wrap = o->keys.wrap.len > 0;
    keep_header(n, o->keys.header);
}

/* False: nothing a client's picture of the room depends on. */
static bool keep(struct note *n, const struct out *o)
{
    switch (o->kind) {
    case REPLY_ROOM_JOIN:
        keep_join(n, o);
        return true;
    case EVENT_KEYS:
        keep_keys(n, o);
        return true;
    case EVENT_PERSON: {
        struct face f = face(o->person.person);
        n->room = o->person.room;
        n->people = copy(&f, 1, sizeof(f));
        n->people_count = 1;
        return true;
    }
    case EVENT_LEFT:
        n->room = o->left.room;
        n->account = o->left.account;
        return true;
    case EVENT_OUT:
        n->room = o->out.room;
        return true;
    default:
        return false;
    }
}

static void deliver(struct sim *s, struct client *c, const struct out *o)
{
    struct note *n = calloc(1, sizeof(*n));
    if (!n) abort();
    n->kind = o->kind;
    n->sock = o->sock;
    if (!keep(n, o)) {
        free(n);
        return;
    }
    n->at = s->w.now + sim_random(s, LATENCY_MS);
    if (n->at < c->last_at) n->at = c->last_at; /* one socket keeps its order */
    c->last_at = n->at;
    if (c->in_last)
        c->in_last->next = n;
    else
        c->in = n;
    c->in_last = n;
}

void net_collect(struct sim *s)
{
    for (size_t i = 0; i < s->w.effect_count; i++) {
        const struct effect *e = &s->w.effects[i];
        struct client *c = e->kind == EFFECT_SEND ? owner(s, e->send.sock) : NULL;
        if (c) deliver(s, c, &e->send);
    }
    s->w.effect_count = 0;
}

struct note *net_next(struct client *c, uint64_t now)
{
    struct note *n = c->in;
    if (!n || n->at > now) return NULL;
    c->in = n->next;
    if (!c->in) c->in_last = NULL;
    return n;
}

void note_free(struct note *n)
{
    free(n->people);
    free(n->changes);
    free(n);
}

void net_cut(struct client *c)
{
    struct note *n;
    while ((n = net_next(c, UINT64_MAX))) note_free(n);
    c->inside = false;
    c->last_at = 0;
}
