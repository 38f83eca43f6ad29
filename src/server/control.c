#include "server/control.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "crypt/sign.h"
#include "server/api.h"
#include "server/audit.h"
#include "server/effects.h"
#include "server/jobs.h"
#include "server/watch.h"

enum { BUSY_RETRY_MS = 500 };

/* Media commands that found their ring full, and what must follow them. */
struct late {
    struct late *next;
    enum effect_kind kind;
    struct media_command command;
};

struct control {
    struct control_config config;
    struct rooms *rooms;
    struct store_queue *queue;
    _Atomic(struct http *) http;
    struct local *local;
    struct request *waiting,
        **waiting_tail; /* commands for after the record in flight, and what came behind them */
    unsigned waiting_count;
    struct late *late, **late_tail;
    struct json json;
    struct audit audit;
    bool store_refused; /* a change that could not even be queued; answered after the current call */
    uint64_t refused_n;
    struct refused { /* the same for what the rules keep by themselves */
        bool ledger, rooms, alerts;
    } refused;
    struct watch watch;
    uint64_t latest_ms;
};

/* Records and rooms carry civil time; the rules also measure with it, so it never runs backwards here. */
static uint64_t now_ms(struct control *c)
{
    uint64_t now = c->config.clock_ms();
    return c->latest_ms = now > c->latest_ms ? now : c->latest_ms;
}

/* ---- effects -------------------------------------------------------------------------------------- */

/* What was encoded last goes to these sockets: one copy for all of them. */
static void send_text(struct control *c, const sock_name *socks, size_t count)
{
    struct http *http = atomic_load(&c->http);
    if (!http || json_end(&c->json)) return;
    struct message *m = message_new(c->json.text, c->json.len);
    struct view text = {(const uint8_t *)c->json.text, c->json.len};
    if (!m) LOG_ERROR("control", "no memory for a message");
    for (size_t i = 0; m && i < count; i++) {
        if (local_owns(socks[i]))
            local_send(c->local, socks[i], text);
        else
            http_send(http, socks[i], m);
    }
    message_drop(m);
}

/* A reply that no queue would take is refused in words, not by closing the socket; the operator's has room
 * for the longest export. */
static bool fits(const struct control *c, const struct out *o)
{
    return o->kind >= EVENT_CHALLENGE || local_owns(o->sock) || c->json.len <= LIMIT_SOCKET_QUEUE_BYTES;
}

static void place_of(const struct control *c, peer_name peer, struct media_place *place)
{
    place->fingerprint = media_fingerprint(c->config.media);
    place->port = media_port(c->config.media, peer);
    for (size_t i = 0; i < LIMIT_MEDIA_ADDRESSES && c->config.media_addresses[i][0]; i++) {
        place->at[i].address = c->config.media_addresses[i];
        place->at[i].tcp = media_tcp(c->config.media, peer, i);
    }
}

static void send_out(struct control *c, const struct out *o, const sock_name *socks, size_t count)
{
    struct media_place place = {0};
    if (o->kind == EVENT_CHALLENGE && local_owns(o->sock))
        place.origin = http_origins(atomic_load(&c->http))->list[0];
    if (o->kind == REPLY_ROOM_JOIN) place_of(c, o->join.peer, &place);
    if (o->kind == REPLY_ROOM_PATH) place_of(c, o->path.peer, &place);
    struct media_stats stats = {0};
    struct health health = {0};
    if (o->kind == REPLY_STATS || o->kind == REPLY_HEALTH) stats = media_stats(c->config.media);
    if (o->kind == REPLY_HEALTH) health = watch_health(&c->watch, now_ms(c));
    place.stats = &stats;
    place.health = &health;
    enum err e = effects_encode(&c->json, o, &place);
    if (!e && !fits(c, o)) {
        struct out refusal = {.kind = REPLY_ERROR, .request = o->request, .error = {.err = ERR_TOO_LARGE}};
        e = effects_encode(&c->json, &refusal, &place);
    }
    if (e) {
        LOG_ERROR("control", "no memory for a message");
        return;
    }
    send_text(c, socks, count);
    if (local_owns(o->sock)) return;
    if (o->kind == REPLY_HELLO) http_admit(atomic_load(&c->http), o->sock);
    if (o->kind == REPLY_PAIR) http_await(atomic_load(&c->http), o->sock);
}

/* A WebSocket tells the reason in its close frame, the local socket in a last line. */
static void close_sock(struct control *c, sock_name sock, enum err why)
{
    struct http *http = atomic_load(&c->http);
    if (!http) return;
    if (!local_owns(sock)) {
        http_close(http, sock, why);
        return;
    }
    if (effects_encode_error(&c->json, why) == OK) send_text(c, &sock, 1);
    local_close(c->local, sock);
}

/* A change that somebody waits for. */
static void store(struct control *c, const struct effect *e)
{
    struct store_job job = job_of(e);
    enum err err = c->queue ? store_queue_push(c->queue, &job) : ERR_STORE;
    if (!err) watch_asked(&c->watch, now_ms(c));
    if (!err) return;
    LOG_ERROR("control", "a change could not be handed to the store: %s", err_code(err));
    c->store_refused = true;
    c->refused_n = job.n;
}

/* What the rules write down by themselves, and try again. */
static void keep(struct control *c, const struct effect *e, bool *refused)
{
    struct store_job job = job_of(e);
    *refused = !c->queue || store_queue_push(c->queue, &job) != OK;
    if (!*refused) watch_asked(&c->watch, now_ms(c));
    if (*refused) LOG_ERROR("control", "what is kept of rooms could not be handed to the store");
}

/* False: the ring is full, try again later. */
static bool media_now(struct control *c, enum effect_kind kind, const struct media_command *command)
{
    if (kind == EFFECT_MEDIA) return media_push(c->config.media, command) == OK;
    media_peer_release(c->config.media, command->peer);
    return true;
}

static void media_later(struct control *c, const struct effect *e)
{
    struct late *l = malloc(sizeof *l);
    if (!l) { /* a lost drop would let audio flow to somebody who was removed */
        LOG_ERROR("control", "no memory for a media command");
        abort();
    }
    *l = (struct late){.kind = e->kind, .command = e->media};
    *c->late_tail = l;
    c->late_tail = &l->next;
}

static void flush_late(struct control *c)
{
    while (c->late && media_now(c, c->late->kind, &c->late->command)) {
        struct late *l = c->late;
        c->late = l->next;
        if (!c->late) c->late_tail = &c->late;
        wipe(l, sizeof *l); /* held an ICE password */
        free(l);
    }
}

static void on_effect(void *user, const struct effect *e)
{
    struct control *c = user;
    switch (e->kind) {
    case EFFECT_SEND:
        send_out(c, &e->send, &e->send.sock, 1);
        break;
    case EFFECT_TELL:
        send_out(c, &e->tell.out, e->tell.socks, e->tell.count);
        break;
    case EFFECT_CLOSE:
        close_sock(c, e->close.sock, e->close.why);
        break;
    case EFFECT_STORE:
    case EFFECT_STORE_PROFILE:
    case EFFECT_STORE_PASSKEYS:
    case EFFECT_STORE_SLIP:
    case EFFECT_STORE_LOOKUPS:
        store(c, e);
        break;
    case EFFECT_STORE_ALERTS:
        keep(c, e, &c->refused.alerts);
        break;
    case EFFECT_STORE_LEDGER:
        keep(c, e, &c->refused.ledger);
        break;
    case EFFECT_STORE_ROOMS:
        keep(c, e, &c->refused.rooms);
        break;
    case EFFECT_MEDIA:
    case EFFECT_RELEASE:
        if (c->late || !media_now(c, e->kind, &e->media)) media_later(c, e);
        break;
    }
}

/* ---- commands ------------------------------------------------------------------------------------- */

static void send_error(struct control *c, sock_name sock, uint32_t request, enum err err,
                       uint32_t retry_after_ms)
{
    struct out o = {.kind = REPLY_ERROR, .sock = sock, .request = request, .error = {err, retry_after_ms}};
    send_out(c, &o, &sock, 1);
}

static enum err apply(struct control *c, const struct command *command)
{
    enum err e = rooms_apply(c->rooms, command, now_ms(c));
    while (c->store_refused) { /* the rules learn of it as of any failed append, but never inside a call */
        c->store_refused = false;
        rooms_on_stored(c->rooms, c->refused_n, ERR_STORE, now_ms(c));
    }
    return e;
}

static bool has_waiting(const struct control *c, sock_name sock)
{
    for (const struct request *r = c->waiting; r; r = r->next)
        if (r->command.sock == sock) return true;
    return false;
}

static void wait_in_line(struct control *c, struct request *r)
{
    if (c->waiting_count == LIMIT_WAITING_COMMANDS) {
        send_error(c, r->command.sock, r->id, ERR_BUSY, BUSY_RETRY_MS);
        api_free(r);
        return;
    }
    c->waiting_count++;
    r->next = NULL;
    *c->waiting_tail = r;
    c->waiting_tail = &r->next;
}

/* Gives the head of the line again, and what came behind it, until one has to wait for the next record. */
static void serve_line(struct control *c)
{
    while (c->waiting && apply(c, &c->waiting->command) != ERR_BUSY) {
        struct request *r = c->waiting;
        c->waiting = r->next;
        if (!c->waiting) c->waiting_tail = &c->waiting;
        c->waiting_count--;
        api_free(r);
    }
}

static void leave_line(struct control *c, sock_name sock)
{
    for (struct request **at = &c->waiting; *at;) {
        struct request *r = *at;
        if (r->command.sock != sock) {
            at = &r->next;
            continue;
        }
        *at = r->next;
        c->waiting_count--;
        api_free(r);
    }
    c->waiting_tail = &c->waiting;
    while (*c->waiting_tail) c->waiting_tail = &(*c->waiting_tail)->next;
}

/* ---- hooks ---------------------------------------------------------------------------------------- */

static void on_open(void *user, sock_name sock, struct view host)
{
    struct control *c = user;
    struct command command = {.kind = COMMAND_SOCKET_OPEN, .sock = sock, .open = {host, local_owns(sock)}};
    enum err e = apply(c, &command);
    if (e) close_sock(c, sock, e);
}

static void on_refused(void *user, sock_name sock, enum err err)
{
    struct control *c = user;
    if (effects_encode_error(&c->json, err) == OK) send_text(c, &sock, 1);
    if (!local_owns(sock)) http_strike(atomic_load(&c->http), sock);
}

static void on_message(void *user, sock_name sock, struct view text)
{
    struct control *c = user;
    struct request *r;
    enum err e = api_decode(&r, text);
    if (e && r && r->id) {
        send_error(c, sock, r->id, e, 0);
    } else if (e) {
        on_refused(c, sock, e);
    } else {
        r->command.sock = sock;
        /* The commands of one socket keep their order. */
        if (has_waiting(c, sock) || apply(c, &r->command) == ERR_BUSY) {
            wait_in_line(c, r);
            return;
        }
    }
    api_free(r);
}

static void on_closed(void *user, sock_name sock)
{
    struct control *c = user;
    struct command command = {.kind = COMMAND_SOCKET_CLOSED, .sock = sock};
    leave_line(c, sock);
    if (atomic_load(&c->http))
        (void)apply(c, &command); /* nobody is left to be told; at the end, nothing is left to do */
}

static void on_media(struct control *c, const struct media_event *event)
{
    struct command command = {.kind = event->kind == MEDIA_PEER_UP ? COMMAND_PEER_UP : COMMAND_PEER_DOWN,
                              .peer = {.peer = event->peer, .why = event->why}};
    (void)apply(c, &command);
}

static void pull(struct control *c)
{
    struct media_event event;
    struct store_result result;
    while (media_pull(c->config.media, &event)) on_media(c, &event);
    while (c->queue && store_queue_pull(c->queue, &result)) {
        if (result.err) LOG_ERROR("control", "the store refused a change: %s", err_code(result.err));
        watch_answered(&c->watch, c->rooms, result.err, now_ms(c));
        if (result.kind == STORE_LEDGER || result.kind == STORE_ERASE)
            rooms_on_ledger(c->rooms, result.err, now_ms(c));
        else if (result.kind == STORE_ROOMS)
            rooms_on_kept(c->rooms, result.err, now_ms(c));
        else if (result.kind == STORE_ALERTS)
            rooms_on_alerts(c->rooms, result.err, now_ms(c));
        else
            rooms_on_stored(c->rooms, result.n, result.err, now_ms(c));
        serve_line(c);
    }
    flush_late(c);
}

static void on_wake(void *user)
{
    pull(user);
}

static void on_tick(void *user)
{
    struct control *c = user;
    pull(c); /* should a wake have been lost */
    rooms_tick(c->rooms, now_ms(c));
    if (audit_tick(&c->audit, c->config.media, c->rooms, now_ms(c)))
        rooms_alert(c->rooms, ALERT_STRAY, 1, now_ms(c));
    watch_tick(&c->watch, c->config.media, c->rooms, now_ms(c));
    struct refused refused = c->refused;
    c->refused = (struct refused){0};
    if (refused.ledger) rooms_on_ledger(c->rooms, ERR_STORE, now_ms(c));
    if (refused.rooms) rooms_on_kept(c->rooms, ERR_STORE, now_ms(c));
    if (refused.alerts) rooms_on_alerts(c->rooms, ERR_STORE, now_ms(c));
    serve_line(c);
}

struct http_hooks control_hooks(struct control *c)
{
    return (struct http_hooks){.open = on_open,
                               .message = on_message,
                               .refused = on_refused,
                               .closed = on_closed,
                               .wake = on_wake,
                               .tick = on_tick,
                               .user = c};
}

/* ---- life ----------------------------------------------------------------------------------------- */

static enum err draw(void *user, uint8_t *out, size_t n)
{
    (void)user;
    return random_bytes(out, n);
}

static peer_name reserve(void *user, struct id room)
{
    struct control *c = user;
    return media_peer_name(c->config.media, room);
}

enum err control_new(struct control **out, const struct control_config *config)
{
    struct control *c = calloc(1, sizeof *c);
    if (!c) return ERR_SYSTEM;
    c->config = *config;
    c->waiting_tail = &c->waiting;
    c->late_tail = &c->late;
    json_init(&c->json);
    watch_init(&c->watch, config->data_folder, now_ms(c));
    c->watch.media_port = config->media_port;
    c->watch.media_threads = config->media_threads;
    struct rooms_config rooms = {.club_name = config->club_name,
                                 .words = config->words,
                                 .dtls_fingerprint = media_fingerprint(config->media),
                                 .effect = on_effect,
                                 .random = draw,
                                 .peer_name = reserve,
                                 .trace_days = config->trace_days,
                                 .user = c};
    enum err e = rooms_new(&c->rooms, &rooms);
    if (e)
        control_free(c);
    else
        *out = c;
    return e;
}

void control_free(struct control *c)
{
    if (!c) return;
    rooms_free(c->rooms);
    for (struct request *r = c->waiting, *next; r; r = next) {
        next = r->next;
        api_free(r);
    }
    for (struct late *l = c->late, *next; l; l = next) {
        next = l->next;
        wipe(l, sizeof *l);
        free(l);
    }
    json_deinit(&c->json);
    free(c);
}

struct rooms *control_rooms(struct control *c)
{
    return c->rooms;
}

void control_attach(struct control *c, struct http *http, struct local *local, struct store_queue *queue)
{
    c->queue = queue;
    c->local = local;
    atomic_store(&c->http, http);
}

void control_wake(void *place)
{
    struct control *c = *(struct control **)place;
    struct http *http = c ? atomic_load(&c->http) : NULL;
    if (http) http_wake(http);
}
