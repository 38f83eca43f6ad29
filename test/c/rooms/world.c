#include "world.h"

#include <stdio.h>
#include <stdlib.h>

#include "../noise.h"
#include "crypt/sign.h"
#include "rooms/state.h"

#define HOST "club.example"

const uint8_t world_setup_seed[32] = {0x5e, 0x70};

void world_fail(const char *what)
{
    fprintf(stderr, "world: %s\n", what);
    abort();
}

static void must(bool ok, const char *what)
{
    if (!ok) world_fail(what);
}

/* ---- the world's own rules ------------------------------------------------------------------------ */

static void note_media(struct world *w, const struct media_command *m)
{
    must(m->peer < WORLD_PEERS, "a peer that was never named");
    uint8_t *state = &w->peer_state[m->peer];
    switch (m->kind) {
    case MEDIA_PEER_ADD:
        must(*state == PEER_RESERVED, "added twice");
        *state = PEER_ADDED;
        break;
    case MEDIA_PEER_SPEAK:
        must(*state == PEER_ADDED, "a peer that is not there may speak");
        w->peer_speaks[m->peer] = m->speak;
        break;
    case MEDIA_PEER_PATH:
        must(*state == PEER_ADDED, "a path to a peer that is not there");
        break;
    case MEDIA_PEER_TWIN:
        must(*state == PEER_ADDED, "a peer that is not there has two variants");
        break;
    case MEDIA_PEER_DROP:
        must(*state == PEER_ADDED, "dropped what was not there");
        *state = PEER_DROPPED;
        w->peer_speaks[m->peer] = false;
        break;
    }
}

static void keep(struct world *w, const struct kept_room *room)
{
    size_t at = 0;
    while (at < w->kept_count && !id_eq(w->kept[at].room, room->room)) at++;
    if (!room->data.len) {
        must(at < w->kept_count, "a room ended that was never kept");
        w->kept[at] = w->kept[--w->kept_count];
        return;
    }
    must(at < WORLD_ROOMS && room->data.len <= WORLD_KEPT_BYTES, "more rooms than the test has room for");
    if (at == w->kept_count) w->kept_count++;
    w->kept[at].room = room->room;
    w->kept[at].len = room->data.len;
    memcpy(w->kept[at].data, room->data.ptr, room->data.len);
}

static void on_effect(void *user, const struct effect *e)
{
    struct world *w = user;
    if (e->kind == EFFECT_TELL) { /* the tests ask who got what, not how often it was encoded */
        w->told++;
        must(e->tell.out.sock == 0, "told, but to a socket of its own");
        for (size_t i = 0; i < e->tell.count; i++) {
            struct effect one = {EFFECT_SEND, {.send = e->tell.out}};
            one.send.sock = e->tell.socks[i];
            on_effect(user, &one);
        }
        return;
    }
    if (e->kind == EFFECT_STORE_ROOMS) { /* the tests ask what comes back after a restart */
        must(!w->kept_waits, "two jobs for the rooms in flight");
        w->kept_waits = true;
        for (size_t i = 0; i < e->kept.count && !w->refuse_kept; i++) keep(w, &e->kept.list[i]);
        return;
    }
    must(w->effect_count < WORLD_EFFECTS, "more effects than the test has room for");
    w->effects[w->effect_count++] = *e;
    switch (e->kind) {
    case EFFECT_SEND:
        must(e->send.sock < WORLD_SOCKS && w->open[e->send.sock], "sent to a socket that is closed");
        for (int i = 0; i < w->actor_count; i++) {
            if (w->actors[i].sock != e->send.sock) continue;
            if (e->send.kind == EVENT_CHALLENGE) memcpy(w->actors[i].nonce, e->send.challenge.nonce, 32);
            if (e->send.kind == REPLY_ROOM_JOIN) w->peer_owner[e->send.join.peer] = (int16_t)(i + 1);
        }
        break;
    case EFFECT_TELL: /* taken apart above */
    case EFFECT_STORE_ROOMS:
        break;
    case EFFECT_CLOSE:
        must(e->close.sock < WORLD_SOCKS && w->open[e->close.sock], "closed twice");
        w->open[e->close.sock] = false;
        for (int i = 0; i < w->actor_count; i++)
            if (w->actors[i].sock == e->close.sock) w->actors[i].sock = 0;
        break;
    case EFFECT_STORE:
        must(!w->stored_waits, "two changes in flight");
        must(e->store.n == w->log_size && w->log_size < WORLD_LOG, "a record out of order");
        w->stored_waits = w->stored_record = true;
        w->stored_n = e->store.n;
        memcpy(w->log[w->log_size].bytes, e->store.record.ptr, e->store.record.len);
        w->log[w->log_size].len = e->store.record.len;
        w->log[w->log_size].head = e->store.head;
        w->log[w->log_size].account = e->store.account;
        w->log[w->log_size].name_len = e->store.name.len;
        w->log[w->log_size].erase = e->store.erase;
        if (e->store.name.len) memcpy(w->log[w->log_size].name, e->store.name.ptr, e->store.name.len);
        break;
    case EFFECT_STORE_PROFILE:
    case EFFECT_STORE_PASSKEYS:
    case EFFECT_STORE_SLIP:
    case EFFECT_STORE_LOOKUPS:
        must(!w->stored_waits, "two changes in flight");
        w->stored_waits = true;
        w->stored_record = false;
        w->stored_n = e->store.n; /* the first member of all of them */
        break;
    case EFFECT_STORE_ALERTS:
        must(!w->alerts_wait, "two jobs for the alerts in flight");
        w->alerts_wait = true;
        w->alert_count = e->alerts.count;
        if (e->alerts.count) memcpy(w->alerts, e->alerts.list, e->alerts.count * sizeof(*w->alerts));
        break;
    case EFFECT_STORE_LEDGER:
        must(!w->ledger_waits, "two jobs for the ledger in flight");
        w->ledger_waits = true;
        break;
    case EFFECT_MEDIA:
        note_media(w, &e->media);
        break;
    case EFFECT_RELEASE:
        must(e->media.peer < WORLD_PEERS, "a peer that was never named");
        must(w->peer_state[e->media.peer] == PEER_DROPPED || w->peer_state[e->media.peer] == PEER_RESERVED,
             "given back while in use, or twice");
        w->peer_state[e->media.peer] = PEER_RELEASED;
        break;
    }
}

uint8_t *world_noise(struct world *w, uint8_t *out, size_t n)
{
    noise_fill(&w->noise, out, n);
    return out;
}

static enum err on_random(void *user, uint8_t *out, size_t n)
{
    world_noise(user, out, n);
    return OK;
}

static peer_name on_peer_name(void *user, struct id room)
{
    struct world *w = user;
    (void)room;
    if (w->media_full) return 0;
    must(w->next_peer < WORLD_PEERS, "more peers than the test has room for");
    w->peer_state[w->next_peer] = PEER_RESERVED;
    return w->next_peer++;
}

static void start(struct world *w)
{
    struct rooms_config config = {.club_name = view_str("Club"),
                                  .effect = on_effect,
                                  .random = on_random,
                                  .peer_name = on_peer_name,
                                  .trace_days = w->trace_days,
                                  .user = w};
    struct key setup;
    must(rooms_new(&w->r, &config) == OK, "rooms_new");
    must(sign_public(world_setup_seed, &setup) == OK, "sign_public");
    rooms_set_setup_key(w->r, &setup);
}

void world_init(struct world *w)
{
    world_init_traced(w, 0);
}

void world_init_traced(struct world *w, uint32_t days)
{
    memset(w, 0, sizeof(*w));
    w->now = WORLD_EPOCH_MS;
    w->next_sock = 1;
    w->next_peer = 1;
    w->trace_days = days;
    start(w);
}

void world_crash(struct world *w)
{
    rooms_free(w->r);
    memset(w->open, 0, sizeof(w->open));
    memset(w->peer_speaks, 0, sizeof(w->peer_speaks));
    for (int i = 0; i < w->actor_count; i++) w->actors[i].sock = 0;
    for (peer_name i = 0; i < w->next_peer; i++)
        if (w->peer_state[i]) w->peer_state[i] = PEER_RELEASED;
    w->effect_count = 0;
    w->stored_waits = w->ledger_waits = w->kept_waits = w->alerts_wait = false;
    start(w);
}

void world_deinit(struct world *w)
{
    rooms_free(w->r);
}

int world_set_up(void **state)
{
    struct world *w = malloc(sizeof(*w));
    must(w, "no memory");
    world_init(w);
    *state = w;
    return 0;
}

int world_tear_down(void **state)
{
    struct world *w = *state;
    world_check(w);
    world_deinit(w);
    free(w);
    return 0;
}

void world_restart(struct world *w)
{
    world_crash(w);
    for (uint64_t n = 0; n < w->log_size; n++) {
        struct view record = {w->log[n].bytes, w->log[n].len};
        must(rooms_replay(w->r, n, record, w->log[n].head) == OK, "rooms_replay");
    }
    for (size_t i = 0; i < w->kept_count; i++) {
        struct kept_room room = {w->kept[i].room, {w->kept[i].data, w->kept[i].len}};
        must(rooms_replay_room(w->r, &room) == OK, "rooms_replay_room");
    }
}

enum err world_apply(struct world *w, const struct command *c)
{
    w->effect_count = 0;
    enum err e = rooms_apply(w->r, c, w->now);
    bool asked = !w->hold_store && w->stored_waits;
    if (asked) world_stored(w, w->store_result);
    if (asked && e == ERR_BUSY) e = rooms_apply(w->r, c, w->now); /* as the server does */
    if (!e) w->done[c->kind]++; /* one that is none was refused */
    if (!w->hold_store && w->stored_waits) world_stored(w, w->store_result);
    return e;
}

void world_stored(struct world *w, enum err result)
{
    must(w->stored_waits, "no record waits");
    w->stored_waits = false;
    if (!result && w->stored_record) w->log_size++;
    rooms_on_stored(w->r, w->stored_n, result, w->now);
}

void world_tick(struct world *w, uint64_t ms)
{
    w->now += ms;
    w->effect_count = 0;
    rooms_tick(w->r, w->now);
    if (w->kept_waits) {
        w->kept_waits = false;
        rooms_on_kept(w->r, w->refuse_kept ? ERR_STORE : OK, w->now);
    }
    if (w->alerts_wait) {
        w->alerts_wait = false;
        rooms_on_alerts(w->r, w->store_result, w->now);
    }
    if (!w->hold_store && w->stored_waits) world_stored(w, w->store_result);
}

struct roll {
    const struct world *w;
    uint32_t count, connected;
};

static void check_person(void *user, struct id room, peer_name peer, bool may_speak)
{
    struct roll *roll = user;
    (void)room;
    roll->count++;
    if (!peer) must(!may_speak, "nobody speaks without a connection");
    if (!peer) return;
    roll->connected++;
    must(roll->w->peer_state[peer] == PEER_ADDED, "on the roster, not in the forwarding set");
    must(roll->w->peer_speaks[peer] == may_speak, "the media plane was told otherwise");
}

/* What the store was last told of a room is how it is, unless somebody said that it changed. */
static void check_kept(struct rooms *r)
{
    for (uint32_t i = 0; i < r->room_count; i++) {
        const struct room *room = r->rooms[i];
        if (!room->started || room->kept_due) continue;
        must(hash_eq(hash_raw(places_write(r, room)), room->kept), "the store is never told that a room changed");
    }
}

void world_check(const struct world *w)
{
    struct roll roll = {w, 0, 0};
    uint32_t added = 0, open = 0;
    bool live[WORLD_ACTORS + 1] = {false};
    rooms_each_person(w->r, check_person, &roll);
    for (peer_name i = 0; i < w->next_peer; i++) {
        added += w->peer_state[i] == PEER_ADDED;
        int16_t owner = w->peer_owner[i];
        must(w->peer_state[i] != PEER_ADDED || owner == 0 || !live[owner], "an account is live twice");
        if (w->peer_state[i] == PEER_ADDED) live[owner] = true;
        must(w->peer_state[i] != PEER_RESERVED && w->peer_state[i] != PEER_DROPPED, "a peer's place is lost");
    }
    for (sock_name i = 0; i < w->next_sock; i++) open += w->open[i];
    struct rooms_stats s = rooms_stats(w->r);
    must(added == roll.connected && s.people == roll.count, "in the forwarding set, not on the roster");
    must(s.sockets == open && s.sessions <= open, "sockets do not add up");
    must(s.log_size == w->log_size, "the log is not the store's");
    check_kept(w->r);
}

/* ---- what happened -------------------------------------------------------------------------------- */

const struct out *world_out(const struct world *w, sock_name sock, enum out_kind kind, size_t n)
{
    for (size_t i = 0; i < w->effect_count; i++) {
        const struct effect *e = &w->effects[i];
        if (e->kind == EFFECT_SEND && e->send.sock == sock && e->send.kind == kind && n-- == 0)
            return &e->send;
    }
    return NULL;
}

int world_at(const struct world *w, sock_name sock, enum out_kind kind)
{
    for (size_t i = 0; i < w->effect_count; i++) {
        const struct effect *e = &w->effects[i];
        if (e->kind == EFFECT_SEND && e->send.sock == sock && e->send.kind == kind) return (int)i;
    }
    return -1;
}

void world_refused(const struct world *w, const struct actor *a, enum err expected, enum err e)
{
    const struct out *o = world_out(w, a->sock, REPLY_ERROR, 0);
    if (e != expected) fprintf(stderr, "error %d where %d was expected\n", e, expected);
    must(e == expected, "refused otherwise");
    must(o && o->error.err == expected, "who asked was told otherwise");
    must(!world_effects(w, EFFECT_STORE), "what was refused is stored");
}

size_t world_outs(const struct world *w, enum out_kind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < w->effect_count; i++)
        n += w->effects[i].kind == EFFECT_SEND && w->effects[i].send.kind == kind;
    return n;
}

size_t world_effects(const struct world *w, enum effect_kind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < w->effect_count; i++) n += w->effects[i].kind == kind;
    return n;
}

size_t world_media(const struct world *w, enum media_command_kind kind, peer_name peer)
{
    size_t n = 0;
    for (size_t i = 0; i < w->effect_count; i++) {
        const struct effect *e = &w->effects[i];
        n += e->kind == EFFECT_MEDIA && e->media.kind == kind && e->media.peer == peer;
    }
    return n;
}

/* ---- people --------------------------------------------------------------------------------------- */

struct actor *world_actor(struct world *w)
{
    must(w->actor_count < WORLD_ACTORS, "more actors than the test has room for");
    struct actor *a = &w->actors[w->actor_count];
    a->account_seed[0] = a->device_seed[0] = (uint8_t)(w->actor_count + 1);
    a->account_seed[1] = a->device_seed[1] = (uint8_t)((w->actor_count + 1) >> 8);
    a->account_seed[31] = 'a';
    a->device_seed[31] = 'd';
    a->role = CLUB_MEMBER;
    must(sign_public(a->account_seed, &a->account_key) == OK, "sign_public");
    must(sign_public(a->device_seed, &a->device_key) == OK, "sign_public");
    a->account = id_of_key("account", &a->account_key);
    a->device = id_of_key("device", &a->device_key);
    snprintf(a->name, sizeof(a->name), "Actor %d", w->actor_count++);
    return a;
}

enum err world_connect(struct world *w, struct actor *a)
{
    must(w->next_sock < WORLD_SOCKS, "more sockets than the test has room for");
    a->sock = w->next_sock++;
    w->open[a->sock] = true;
    struct command c = {.kind = COMMAND_SOCKET_OPEN, .sock = a->sock, .open = {.host = view_str(HOST)}};
    return world_apply(w, &c);
}

void world_disconnect(struct world *w, struct actor *a)
{
    if (!a->sock) return;
    struct command c = {.kind = COMMAND_SOCKET_CLOSED, .sock = a->sock};
    w->open[a->sock] = false;
    a->sock = 0;
    (void)!world_apply(w, &c);
}

static void sign(const uint8_t seed[32], const char *purpose, struct writer *w, size_t body)
{
    uint8_t sig[SIG_BYTES];
    must(sign_make(seed, purpose, (struct view){w->ptr, body}, sig) == OK, "sign_make");
    write_bytes(w, sig, sizeof(sig));
}

static size_t entrance(struct world *w, const struct actor *a, enum record_type type, const uint8_t seed[32],
                       uint8_t out[LIMIT_RECORD_BYTES])
{
    struct record rec = {
        .type = type, .time_ms = w->now, .account_key = a->account_key, .device_key = a->device_key};
    struct writer wr = writer_init(out, LIMIT_RECORD_BYTES);
    must(sign_public(seed, &rec.one_time_key) == OK, "sign_public");
    must(record_write_body(&wr, &rec) == OK, "record_write_body");
    size_t body = wr.len;
    sign(seed, record_purpose(type), &wr, body);
    sign(a->account_seed, record_purpose(type), &wr, body);
    sign(a->device_seed, record_purpose(type), &wr, body);
    must(writer_end(&wr) == OK, "record too long");
    return wr.len;
}

enum err world_submit(struct world *w, const struct actor *a, enum command_kind kind, const uint8_t *record,
                      size_t len)
{
    struct command c = {
        .kind = kind, .sock = a->sock, .request = 1, .record = {{record, len}, view_str(a->name)}};
    return world_apply(w, &c);
}

enum err world_found(struct world *w, struct actor *a)
{
    uint8_t record[LIMIT_RECORD_BYTES];
    size_t len = entrance(w, a, RECORD_FOUNDER, world_setup_seed, record);
    a->role = CLUB_FOUNDER;
    a->links[0] = hash_raw((struct view){record, len});
    a->link_count = 1;
    return world_submit(w, a, COMMAND_REDEEM, record, len);
}

enum err world_hello(struct world *w, struct actor *a, uint64_t log_size, struct hash head)
{
    uint8_t body[512];
    struct writer wr = writer_init(body, sizeof(body));
    struct command c = {.kind = COMMAND_HELLO, .sock = a->sock, .request = 1};
    c.hello.account = a->account;
    c.hello.device = a->device;
    c.hello.log_size = log_size;
    c.hello.log_head = head;
    must(hello_write_body(&wr, view_str(HOST), a->nonce, a->account, a->device) == OK, "hello_write_body");
    must(sign_make(a->device_seed, "hello", writer_view(&wr), c.hello.sig) == OK, "sign_make");
    return world_apply(w, &c);
}

enum err world_look(struct world *w, const struct actor *a, const uint8_t seed[32])
{
    uint8_t body[512];
    struct writer wr = writer_init(body, sizeof(body));
    struct command c = {.kind = COMMAND_LOOK, .sock = a->sock, .request = 1};
    must(sign_public(seed, &c.look.invite) == OK, "sign_public");
    must(look_write_body(&wr, view_str(HOST), a->nonce, &c.look.invite) == OK, "look_write_body");
    must(sign_make(seed, "look", writer_view(&wr), c.look.sig) == OK, "sign_make");
    return world_apply(w, &c);
}

size_t world_record(struct world *w, enum record_type type, const struct actor *author, struct id target,
                    const struct key *invite, uint8_t out[LIMIT_RECORD_BYTES])
{
    struct record rec = {.type = type,
                         .time_ms = w->now,
                         .author = author->account,
                         .author_device = author->device,
                         .target = target};
    struct writer wr = writer_init(out, LIMIT_RECORD_BYTES);
    if (invite) rec.one_time_key = *invite;
    must(record_write_body(&wr, &rec) == OK, "record_write_body");
    sign(author->device_seed, record_purpose(type), &wr, wr.len);
    must(writer_end(&wr) == OK, "record too long");
    return wr.len;
}

struct ticket world_ticket(struct world *w, const struct actor *author, uint64_t expires_ms)
{
    struct ticket t = {.author = (int)(author - w->actors)};
    world_noise(w, t.seed, sizeof(t.seed));
    must(sign_public(t.seed, &t.key) == OK, "sign_public");
    struct record rec = {.type = RECORD_INVITE,
                         .time_ms = w->now,
                         .author = author->account,
                         .author_device = author->device,
                         .one_time_key = t.key,
                         .expires_ms = expires_ms};
    struct writer wr = writer_init(t.record, sizeof(t.record));
    must(record_write_body(&wr, &rec) == OK, "record_write_body");
    sign(author->device_seed, "invite", &wr, wr.len);
    must(writer_end(&wr) == OK, "record too long");
    t.len = wr.len;
    return t;
}

enum err world_invite(struct world *w, const struct actor *author, const struct ticket *t)
{
    return world_submit(w, author, COMMAND_LOG_APPEND, t->record, t->len);
}

size_t world_redeem_record(struct world *w, const struct actor *a, const struct ticket *t,
                           uint8_t out[LIMIT_RECORD_BYTES])
{
    return entrance(w, a, RECORD_REDEEM, t->seed, out);
}

enum err world_redeem(struct world *w, struct actor *a, const struct ticket *t)
{
    uint8_t record[LIMIT_RECORD_BYTES];
    size_t len = world_redeem_record(w, a, t, record);
    const struct actor *author = &w->actors[t->author];
    memcpy(a->links, author->links, sizeof(a->links));
    a->link_count = author->link_count;
    a->links[a->link_count++] = hash_raw((struct view){t->record, t->len});
    a->links[a->link_count++] = hash_raw((struct view){record, len});
    return world_submit(w, a, COMMAND_REDEEM, record, len);
}

enum err world_append(struct world *w, const struct actor *by, struct record *rec, const struct actor *second)
{
    uint8_t record[LIMIT_RECORD_BYTES];
    struct writer wr = writer_init(record, sizeof(record));
    rec->author = by->account;
    rec->author_device = by->device;
    rec->time_ms = w->now++; /* so that no two records are the same */
    must(record_write_body(&wr, rec) == OK, "record_write_body");
    size_t body = wr.len;
    sign(by->device_seed, record_purpose(rec->type), &wr, body);
    if (second) sign(second->device_seed, record_purpose(rec->type), &wr, body);
    must(writer_end(&wr) == OK, "record too long");
    return world_submit(w, by, COMMAND_LOG_APPEND, record, wr.len);
}

enum err world_ban(struct world *w, const struct actor *by, const struct actor *target)
{
    uint8_t record[LIMIT_RECORD_BYTES];
    size_t len = world_record(w, RECORD_BAN, by, target->account, NULL, record);
    w->now++; /* so that no two records are the same */
    return world_submit(w, by, COMMAND_LOG_APPEND, record, len);
}

enum err world_unban(struct world *w, const struct actor *by, const struct actor *target)
{
    uint8_t record[LIMIT_RECORD_BYTES];
    size_t len = world_record(w, RECORD_UNBAN, by, target->account, NULL, record);
    w->now++;
    return world_submit(w, by, COMMAND_LOG_APPEND, record, len);
}

struct actor *world_founder(struct world *w)
{
    struct actor *a = world_actor(w);
    must(world_connect(w, a) == OK, "connect");
    must(world_found(w, a) == OK, "found");
    must(world_hello(w, a, 0, (struct hash){0}) == OK, "hello");
    return a;
}

struct actor *world_member(struct world *w, struct actor *inviter)
{
    struct actor *a = world_actor(w);
    struct ticket t = world_ticket(w, inviter, w->now + 86400000);
    must(world_invite(w, inviter, &t) == OK, "invite");
    must(world_connect(w, a) == OK, "connect");
    must(world_redeem(w, a, &t) == OK, "redeem");
    must(world_hello(w, a, 0, (struct hash){0}) == OK, "hello");
    return a;
}

struct actor *world_twin(struct world *w, const struct actor *a)
{
    struct actor *d = world_actor(w);
    memcpy(d->account_seed, a->account_seed, sizeof(d->account_seed));
    d->account_key = a->account_key;
    d->account = a->account;
    d->role = a->role;
    return d;
}

struct actor *world_device(struct world *w, const struct actor *a)
{
    struct actor *d = world_twin(w, a);
    struct record add = {.type = RECORD_DEVICE_ADD, .device_key = d->device_key};
    must(world_append(w, a, &add, d) == OK, "a device is added");
    memcpy(d->links, a->links, sizeof(d->links));
    d->link_count = a->link_count;
    d->links[d->link_count++] = hash_raw((struct view){w->log[w->log_size - 1].bytes, w->log[w->log_size - 1].len});
    must(world_connect(w, d) == OK, "connect");
    must(world_hello(w, d, 0, (struct hash){0}) == OK, "hello");
    return d;
}

struct hash world_chain(const struct actor *a)
{
    return hash_two("chain", (struct view){a->links[0].bytes, a->link_count * HASH_BYTES}, (struct view){0});
}

/* ---- rooms ---------------------------------------------------------------------------------------- */

enum err world_open(struct world *w, const struct actor *a, const char *title, const struct id *picked,
                    size_t n, struct id *room)
{
    struct command c = {.kind = COMMAND_ROOM_OPEN, .sock = a->sock, .request = 1};
    c.create.title = view_str(title);
    c.create.who = picked ? ROOM_PICKED : ROOM_EVERYONE;
    c.create.picked = picked;
    c.create.picked_count = n;
    c.create.sensitive = w->sensitive;
    enum err e = world_apply(w, &c);
    if (e) return e;
    *room = world_out(w, a->sock, REPLY_ROOM_OPEN, 0)->room.room;
    w->opened[w->opened_count % WORLD_ROOMS].room = *room;
    w->opened[w->opened_count++ % WORLD_ROOMS].host = a->account;
    return OK;
}

struct leaf world_leaf(struct world *w, const struct actor *a, struct id room)
{
    struct leaf l = {.suite = a->suite ? a->suite : 1,
                     .room = room,
                     .account = a->account,
                     .device = a->device,
                     .role = a->role,
                     .chain = world_chain(a),
                     .time_ms = w->now};
    world_noise(w, l.hpke_key, sizeof(l.hpke_key));
    world_noise(w, l.join, sizeof(l.join));
    if (l.suite == 2) l.kem = hash_raw(VIEW(a->kem));
    return l;
}

void world_sign_leaf(struct actor *a, const struct leaf *l, const uint8_t seed[32])
{
    struct writer wr = writer_init(a->leaf, sizeof(a->leaf));
    must(leaf_write_body(&wr, l) == OK, "leaf_write_body");
    sign(seed, "leaf", &wr, wr.len);
    must(writer_end(&wr) == OK, "leaf too long");
    a->leaf_len = wr.len;
    a->leaf_hash = hash_raw((struct view){a->leaf, a->leaf_len});
}

enum err world_join_leaf(struct world *w, struct actor *a, struct id room)
{
    struct command c = {.kind = COMMAND_ROOM_JOIN, .sock = a->sock, .request = 1};
    c.join.room = room;
    c.join.leaf = (struct view){a->leaf, a->leaf_len};
    if (a->suite == 2) c.join.kem = VIEW(a->kem);
    c.join.media.fingerprint = a->certificate;
    c.join.media.payload_type = 111;
    c.join.media.level_ext = 1;
    c.join.media.ssrc[0] = 1000;
    c.join.media.ssrc[1] = 1001;
    memcpy(c.join.media.ice.remote_ufrag, "abcd", 5);
    enum err e = world_apply(w, &c);
    if (e) return e;
    a->peer = world_out(w, a->sock, REPLY_ROOM_JOIN, 0)->join.peer;
    a->room = room;
    return OK;
}

enum err world_join(struct world *w, struct actor *a, struct id room)
{
    struct leaf l = world_leaf(w, a, room);
    world_sign_leaf(a, &l, a->device_seed);
    return world_join_leaf(w, a, room);
}

enum err world_flag(struct world *w, const struct actor *a, enum command_kind kind, bool on)
{
    struct command c = {.kind = kind, .sock = a->sock, .request = 1, .flag = {on}};
    return world_apply(w, &c);
}

size_t world_room_ban(struct world *w, const struct actor *by, const struct actor *target, uint8_t scope,
                      uint8_t out[LIMIT_RECORD_BYTES])
{
    struct record rec = {.type = RECORD_ROOM_BAN,
                         .time_ms = w->now,
                         .author = by->account,
                         .author_device = by->device,
                         .target = target->account,
                         .room = by->room,
                         .scope = scope};
    struct writer wr = writer_init(out, LIMIT_RECORD_BYTES);
    for (uint32_t i = 0; i < w->opened_count && i < WORLD_ROOMS; i++)
        if (id_eq(w->opened[i].room, by->room)) rec.host = w->opened[i].host;
    must(record_write_body(&wr, &rec) == OK, "record_write_body");
    sign(by->device_seed, "room-ban", &wr, wr.len);
    must(writer_end(&wr) == OK, "record too long");
    return wr.len;
}

enum err world_remove(struct world *w, const struct actor *by, const struct actor *target, uint8_t scope)
{
    static uint8_t record[LIMIT_RECORD_BYTES]; /* effects point into it */
    size_t len = world_room_ban(w, by, target, scope, record);
    w->now++;
    return world_submit(w, by, COMMAND_ROOM_REMOVE, record, len);
}

enum err world_person(struct world *w, const struct actor *a, enum command_kind kind,
                      const struct actor *target)
{
    if (kind == COMMAND_ROOM_REMOVE) return world_remove(w, a, target, SCOPE_EVENING);
    struct command c = {.kind = kind, .sock = a->sock, .request = 1, .person = {target->account}};
    return world_apply(w, &c);
}

enum err world_role(struct world *w, const struct actor *a, const struct actor *target, bool moderator)
{
    struct command c = {.kind = COMMAND_ROOM_ROLE, .sock = a->sock, .request = 1};
    c.role.account = target->account;
    c.role.moderator = moderator;
    return world_apply(w, &c);
}

enum err world_title(struct world *w, const struct actor *a, struct view title)
{
    struct command c = {.kind = COMMAND_ROOM_TITLE, .sock = a->sock, .request = 1};
    c.create.title = title;
    return world_apply(w, &c);
}

enum err world_hands(struct world *w, const struct actor *a, enum room_hands hands)
{
    struct command c = {.kind = COMMAND_ROOM_HANDS, .sock = a->sock, .request = 1};
    c.create.hands = hands;
    return world_apply(w, &c);
}

enum err world_simple(struct world *w, const struct actor *a, enum command_kind kind)
{
    struct command c = {.kind = kind, .sock = a->sock, .request = 1};
    return world_apply(w, &c);
}

enum err world_peer_down(struct world *w, peer_name peer, enum media_down_why why)
{
    struct command c = {.kind = COMMAND_PEER_DOWN, .peer = {peer, why}};
    if (w->peer_state[peer] == PEER_ADDED) {
        w->peer_state[peer] = PEER_DROPPED; /* the media thread has forgotten it by itself */
        w->peer_speaks[peer] = false;
    }
    return world_apply(w, &c);
}
