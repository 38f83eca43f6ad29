/* What is on its way: messages to players, late but in order on each socket, and datagrams, which are lost,
 * doubled, late and overtaken. A message's delay follows from its place on its socket alone: in which order
 * the rules tell several sockets the same thing is no part of a run. */
#include <stdlib.h>

#include "../test/c/noise.h"
#include "checks.h"

enum { MAIL_MS = 400, LOSS_PERCENT = 8, TWICE_PERCENT = 3, LATE_PERCENT = 5, TRIP_MS = 40, LATE_MS = 300 };

static uint64_t mix(uint64_t a, uint64_t b, uint64_t c)
{
    return splitmix64_of(a * 0x9e3779b97f4a7c15 + b * 0xbf58476d1ce4e5b9 + c * 0x94d049bb133111eb);
}

static void *must(void *memory)
{
    if (!memory) abort();
    return memory;
}

/* ---- messages -------------------------------------------------------------------------------------------
 */

static struct player *owner(struct sim *s, sock_name sock)
{
    for (int i = 0; i < s->player_count; i++)
        if (s->players[i].a && s->players[i].a->sock == sock) return &s->players[i];
    return NULL;
}

static void *copy(const void *from, size_t count, size_t size)
{
    void *to = must(malloc(count * size + 1));
    if (count) memcpy(to, from, count * size);
    return to;
}

static void keep_people(struct note *n, const struct person_info *people, size_t count)
{
    n->people_count = count;
    n->people = must(calloc(count + 1, sizeof(*n->people)));
    for (size_t i = 0; i < count; i++) n->people[i] = face_of(&people[i]);
}

static void keep_cards(struct note *n, const struct room_info *rooms, size_t count)
{
    n->card_count = count;
    n->cards = must(calloc(count + 1, sizeof(*n->cards)));
    for (size_t i = 0; i < count; i++) n->cards[i] = card_of(&rooms[i]);
}

static void keep_header(struct note *n, struct view header)
{
    n->header_len = header.len;
    if (header.len) memcpy(n->header, header.ptr, header.len);
}

static void keep_join(struct note *n, const struct out *o)
{
    n->room = o->join.room.room;
    keep_people(n, o->join.people, o->join.count);
    n->change_count = o->join.gone_count;
    n->changes = copy(o->join.gone, o->join.gone_count, sizeof(*n->changes));
    if (o->join.trace) n->trace = *o->join.trace;
    n->media = *o->join.media;
    n->peer = o->join.peer;
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

static void keep_news(struct note *n, const struct out *o)
{
    n->room = o->news.room;
    keep_people(n, o->news.people, o->news.count);
    n->left_count = o->news.left_count;
    n->left = must(calloc(n->left_count + 1, sizeof(*n->left)));
    for (size_t i = 0; i < n->left_count; i++) n->left[i] = o->news.left[i].account;
}

static void keep_log(struct note *n, uint64_t size, struct hash head)
{
    n->log_size = size;
    n->log_head = head;
}

/* What a player's picture depends on; of the rest the arrival alone counts. */
static void keep(struct note *n, const struct out *o)
{
    switch (o->kind) {
    case REPLY_HELLO:
        keep_log(n, o->hello.log_size, o->hello.log_head);
        n->role = (uint8_t)o->hello.role;
        n->held = o->hello.held;
        break;
    case REPLY_RECORD:
        keep_log(n, o->record.log_size, o->record.head);
        break;
    case EVENT_LOG:
        keep_log(n, o->log.size, o->log.head);
        break;
    case EVENT_ROLE:
        n->role = (uint8_t)o->role.role;
        break;
    case EVENT_HELD:
        n->held = o->held.held;
        break;
    case EVENT_HALL:
    case EVENT_HALL_ROOM:
        keep_cards(n, o->hall.list, o->hall.count);
        break;
    case EVENT_HALL_GONE:
        n->room = o->room.room;
        break;
    case REPLY_ROOM_JOIN:
        keep_join(n, o);
        break;
    case REPLY_ROOM_PATH:
        n->media.ice = *o->path.ice;
        n->peer = o->path.peer;
        break;
    case EVENT_KEYS:
        keep_keys(n, o);
        break;
    case EVENT_PERSON:
        n->room = o->person.room;
        keep_people(n, o->person.person, 1);
        break;
    case EVENT_NEWS:
        keep_news(n, o);
        break;
    case EVENT_HANDS_DOWN:
        n->room = o->called.room;
        break;
    case EVENT_LEFT:
        n->room = o->left.room;
        n->account = o->left.account;
        break;
    case EVENT_OUT:
        n->room = o->out.room;
        break;
    default:
        break;
    }
}

void mail_send(struct sim *s, const struct out *o)
{
    struct player *p = owner(s, o->sock);
    s->digest += mix(s->mono, o->sock, (uint64_t)o->kind);
    if (!p) return; /* closed with this very call: what was sent before is read by nobody */
    struct note *n = must(calloc(1, sizeof(*n)));
    n->kind = o->kind;
    n->sock = o->sock;
    keep(n, o);
    n->at = s->mono + mix(s->seed, o->sock, p->mail_count++) % MAIL_MS;
    if (n->at < p->last_at) n->at = p->last_at; /* one socket keeps its order */
    p->last_at = n->at;
    *(p->in_last ? &p->in_last->next : &p->in) = n;
    p->in_last = n;
}

struct note *mail_next(struct player *p, uint64_t now)
{
    struct note *n = p->in;
    if (!n || n->at > now) return NULL;
    p->in = n->next;
    if (!p->in) p->in_last = NULL;
    return n;
}

void note_free(struct note *n)
{
    free(n->people);
    free(n->changes);
    free(n->left);
    free(n->cards);
    free(n);
}

void mail_cut(struct player *p)
{
    struct note *n;
    while ((n = mail_next(p, UINT64_MAX))) note_free(n);
    p->inside = false;
    p->card_count = 0;
    p->last_at = 0;
}

void mail_left(struct player *p)
{
    p->inside = false;
    for (struct note *n = p->in; n; n = n->next)
        if (n->kind == REPLY_ROOM_JOIN) n->kind = REPLY_OK;
}

/* ---- datagrams ------------------------------------------------------------------------------------------
 */

static void post(struct sim *s, struct letter **queue, const struct letter *what)
{
    struct letter *l = copy(what, 1, offsetof(struct letter, bytes) + what->len);
    l->sent = s->mono;
    l->at = s->mono + 1 + sim_random(s, TRIP_MS);
    if (!s->calm && sim_chance(s, LATE_PERCENT)) l->at += sim_random(s, LATE_MS);
    while (*queue && (*queue)->at <= l->at) queue = &(*queue)->next;
    l->next = *queue;
    *queue = l;
}

void net_send(struct sim *s, struct letter **queue, bool to_server, const struct endpoint *address,
              struct view datagram)
{
    struct letter l = {.to_server = to_server, .address = *address, .len = datagram.len};
    if (datagram.len > sizeof(l.bytes)) abort();
    if (!s->calm && sim_chance(s, LOSS_PERCENT)) return;
    memcpy(l.bytes, datagram.ptr, datagram.len);
    post(s, queue, &l);
    if (!s->calm && sim_chance(s, TWICE_PERCENT)) post(s, queue, &l);
}

struct letter *net_next(struct letter **queue, uint64_t now)
{
    struct letter *l = *queue;
    if (!l || l->at > now) return NULL;
    *queue = l->next;
    return l;
}

void net_drop(struct letter **queue)
{
    struct letter *l;
    while ((l = net_next(queue, UINT64_MAX))) free(l);
}
