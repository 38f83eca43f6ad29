/* The control thread of a server without its neighbours: the sockets of HTTP, the local socket, the media
 * threads and the store's thread are played here, in memory, by the clock and the chance of the run. What
 * control does in between is the server's own code: messages read, commands judged, effects carried out,
 * replies written.
 *
 * After every line of the input club_check() looks at what must always hold:
 *   every text to a socket is JSON, an event or the reply to a request that has none yet, and to a socket
 * that is open; a request has its reply, unless the store still has something to say; who is heard is who is
 * there (test/c/rooms/world.h), and what holds.h says of rooms, sessions and keys; the member log has exactly
 * what the store has, and a server that starts again knows all of it. */
#ifndef FUZZ_CLUB_H
#define FUZZ_CLUB_H

#define OPENSSL_SUPPRESS_DEPRECATED /* RAND_set_rand_method: OpenSSL 3 wants a provider for it */
#include "../test/c/noise_openssl.h"
#include "../test/c/rooms/holds.c"
#include "../test/c/rooms/steward.c"
#include "../test/c/rooms/world.c"

#include <jansson.h>
#include <stddef.h>

#include "base/log.h"
#include "media/audit.h"
#include "must.h"
#include "server/api.h"
#include "server/control.h"
#include "server/replay.h"

enum actor_name { FOUNDER, ADMIN, TOM, ZOE, ANN, GUEST, PHONE, DESK, ACTORS }; /* DESK: on the local socket */
static const char *const actor_names[ACTORS] = {"founder", "admin", "tom",   "zoe",
                                                "ann",     "guest", "phone", "desk"};

enum { ASKED = 64, RESULTS = 16, EVENTS = 16, STRIKES = 8 };

struct asked { /* a request without its reply */
    uint32_t id;
    enum command_kind kind;
};

static struct club {
    struct control *control;
    struct http_hooks hooks;
    struct store *store;
    uint64_t records; /* that the store has */
    struct store_result results[RESULTS];
    size_t result_count;
    bool store_holds, store_refuses, store_full; /* answers later, not at all well, takes nothing */
    bool media_busy, media_full, media_was_busy;
    struct media_event events[EVENTS];
    size_t event_count;
    struct asked asked[ACTORS][ASKED];
    size_t asked_count[ACTORS];
    unsigned strikes[ACTORS];
    sock_name closing[WORLD_SOCKS]; /* the server closed them, and has to hear of it */
    size_t closing_count;
    bool local[WORLD_SOCKS]; /* this one is of the local socket */
    bool prologue;
} club;

static struct world world;
static uint64_t reached[COMMAND_COUNT]; /* by inputs: answered with "ok", or done if there is no answer */

static struct actor *actor(unsigned i)
{
    return &world.actors[i];
}

static int actor_of(sock_name sock)
{
    for (int i = 0; i < ACTORS; i++)
        if (sock && actor((unsigned)i)->sock == sock) return i;
    return -1;
}

static void reach(enum command_kind kind)
{
    if (!club.prologue) reached[kind]++;
}

/* Inputs that make the store fail would fill the screen. */
void log_write(enum log_level level, const char *module, const char *format, ...)
{
    (void)level, (void)module, (void)format;
}

/* ---- the sockets: http.h, local.h
 * -------------------------------------------------------------------------------- */

static max_align_t http_place, local_place, queue_place,
    media_place; /* addresses that stand for the neighbours */

struct message *message_new(const char *text, size_t len)
{
    struct message *m = malloc(sizeof(*m) + len);
    MUST(m);
    *m = (struct message){.refs = 1, .len = len};
    memcpy(m->text, text, len);
    return m;
}

void message_drop(struct message *m)
{
    if (m && --m->refs == 0) free(m);
}

/* For whoever writes an input: with FUZZ_ALOUD in the environment all that is said, and to whom. */
static void aloud(int who, const char *arrow, const char *text, size_t len)
{
    if (getenv("FUZZ_ALOUD")) fprintf(stderr, "%s %s %.*s\n", actor_names[who], arrow, (int)len, text);
}

/* The request that this answers has no reply yet. */
static void take_reply(int who, uint32_t id, bool good)
{
    for (size_t i = 0; i < club.asked_count[who]; i++) {
        struct asked *a = &club.asked[who][i];
        if (a->id != id) continue;
        if (good) reach(a->kind);
        *a = club.asked[who][--club.asked_count[who]];
        return;
    }
    MUST(!"a reply that nobody waits for");
}

static void hear(sock_name sock, const char *text, size_t len)
{
    int who = actor_of(sock);
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
    MUST(sock < WORLD_SOCKS && world.open[sock] && who >= 0);
    MUST(json_is_object(root));
    aloud(who, "<-", text, len);
    json_t *re = json_object_get(root, "re");
    MUST(!re == json_is_string(json_object_get(root, "ev")));
    if (re) take_reply(who, (uint32_t)json_integer_value(re), json_is_true(json_object_get(root, "ok")));
    json_decref(root);
}

void http_send(struct http *h, sock_name sock, struct message *m)
{
    MUST((void *)h == &http_place && !local_owns(sock));
    if (sock < WORLD_SOCKS && world.open[sock]) hear(sock, m->text, m->len);
}

void local_send(struct local *l, sock_name sock, struct view text)
{
    MUST((void *)l == &local_place && local_owns(sock));
    if (sock < WORLD_SOCKS && world.open[sock]) hear(sock, (const char *)text.ptr, text.len);
}

/* Neither calls a hook: what was closed here is told when the line is over. */
static void shut(sock_name sock)
{
    int who = actor_of(sock);
    if (who < 0) return;
    world.open[sock] = false;
    actor((unsigned)who)->sock = 0;
    club.asked_count[who] = 0;
    club.closing[club.closing_count++] = sock;
}

void http_close(struct http *h, sock_name sock, enum err why)
{
    (void)h;
    MUST(why != OK);
    shut(sock);
}

void local_close(struct local *l, sock_name sock)
{
    (void)l;
    shut(sock);
}

void http_strike(struct http *h, sock_name sock)
{
    int who = actor_of(sock);
    if (who >= 0 && ++club.strikes[who] >= STRIKES) http_close(h, sock, ERR_RATE);
}

void http_admit(struct http *h, sock_name sock)
{
    (void)h, (void)sock;
}

void http_await(struct http *h, sock_name sock)
{
    (void)h, (void)sock;
}

void http_wake(struct http *h)
{
    (void)h;
}

const struct origins *http_origins(const struct http *h)
{
    static const struct origins origins = {.list = {"https://" HOST}, .count = 1};
    (void)h;
    return &origins;
}

bool local_owns(sock_name sock)
{
    return sock < WORLD_SOCKS && club.local[sock];
}

/* ---- the store: queue.h over the row in memory
 * ------------------------------------------------------------------- */

enum err store_queue_push(struct store_queue *q, const struct store_job *job)
{
    MUST((void *)q == &queue_place);
    if (club.store_full) return ERR_BUSY;
    MUST(club.result_count < RESULTS); /* of each kind one at a time */
    struct store_result r = {job->kind, job->n, club.store_refuses ? ERR_STORE : OK};
    if (!r.err) r.err = store_job_run(&store_mem, club.store, job);
    MUST(r.err == OK || club.store_refuses); /* what the rules allow the store can keep */
    if (!r.err && job->kind == STORE_APPEND) club.records++;
    club.results[club.result_count++] = r;
    return OK;
}

bool store_queue_pull(struct store_queue *q, struct store_result *out)
{
    (void)q;
    if (club.store_holds || !club.result_count) return false;
    *out = club.results[0];
    memmove(club.results, club.results + 1, --club.result_count * sizeof(*out));
    if (out->kind == STORE_APPEND && !out->err) world.log_size++;
    return true;
}

/* ---- the media plane: media.h
 * ------------------------------------------------------------------------------------ */

peer_name media_peer_name(struct media *m, struct id room)
{
    MUST((void *)m == &media_place);
    return club.media_full ? 0 : on_peer_name(&world, room);
}

void media_peer_release(struct media *m, peer_name peer)
{
    struct effect e = {EFFECT_RELEASE, {.media = {.peer = peer}}};
    (void)m;
    on_effect(&world, &e);
    world.effect_count = 0;
}

/* A command that was kept waiting may find its peer gone: fallen silent, or dropped by the audit. */
enum err media_push(struct media *m, const struct media_command *c)
{
    (void)m;
    if (club.media_busy) return ERR_BUSY;
    bool late = club.media_was_busy && c->kind != MEDIA_PEER_ADD;
    if (late && world.peer_state[c->peer] != PEER_ADDED) return OK;
    note_media(&world, c);
    return OK;
}

bool media_pull(struct media *m, struct media_event *out)
{
    (void)m;
    if (!club.event_count) return false;
    *out = club.events[0];
    memmove(club.events, club.events + 1, --club.event_count * sizeof(*out));
    return true;
}

void media_each_listener(const struct media *m, void (*fn)(void *user, peer_name peer), void *user)
{
    (void)m;
    for (peer_name i = 1; i < world.next_peer; i++)
        if (world.peer_state[i] == PEER_ADDED) fn(user, i);
}

struct hash media_fingerprint(const struct media *m)
{
    (void)m;
    return (struct hash){{1}};
}

uint16_t media_port(const struct media *m, peer_name peer)
{
    (void)m, (void)peer;
    return 8080;
}

bool media_tcp(const struct media *m, peer_name peer, size_t address)
{
    (void)m, (void)peer, (void)address;
    return true;
}

struct media_stats media_stats(const struct media *m)
{
    (void)m;
    return (struct media_stats){.peers = 1};
}

/* ---- the process
 * ------------------------------------------------------------------------------------------------- */

static uint64_t club_clock(void)
{
    return world.now;
}

/* What the store says the rules verify; false: they refuse it. */
static bool club_start(void)
{
    struct control_config config = {.data_folder = -1, .media = (struct media *)(void *)&media_place,
                                    .club_name = view_str("Club"),
                                    .media_addresses = {"192.0.2.1", "2001:db8::1"},
                                    .trace_days = 30,
                                    .clock_ms = club_clock};
    struct key setup;
    MUST(control_new(&club.control, &config) == OK);
    world.r = control_rooms(club.control);
    struct store_reader to = replay_into(world.r);
    if (store_mem.replay(club.store, &to)) return false;
    MUST(sign_public(world_setup_seed, &setup) == OK);
    if (!rooms_has_founder(world.r)) rooms_set_setup_key(world.r, &setup);
    club.hooks = control_hooks(club.control);
    control_attach(club.control, (struct http *)(void *)&http_place, (struct local *)(void *)&local_place,
                   (struct store_queue *)(void *)&queue_place);
    return true;
}

/* Of the world only what is used here: the rest of it is large. */
static void club_open(void)
{
    club = (struct club){.prologue = true};
    memset(world.actors, 0, sizeof(*world.actors) * ACTORS);
    memset(world.open, 0, sizeof(world.open));
    memset(world.peer_state, 0, sizeof(world.peer_state));
    memset(world.peer_speaks, 0, sizeof(world.peer_speaks));
    world.now = WORLD_EPOCH_MS;
    world.noise = 0;
    world.actor_count = 0;
    world.log_size = 0;
    world.next_sock = world.next_peer = 1;
    noise = 1;
    MUST(store_mem.open(&club.store, "") == OK);
    for (int i = 0; i < ACTORS; i++) (void)world_actor(&world);
    MUST(club_start());
}

/* What the server closed itself it hears of once. */
static void club_hear_closed(void)
{
    for (size_t i = 0; i < club.closing_count; i++) club.hooks.closed(club.hooks.user, club.closing[i]);
    club.closing_count = 0;
}

static void club_connect(unsigned who)
{
    static const uint8_t hosts[] = HOST;
    struct actor *a = actor(who);
    if (a->sock || world.next_sock == WORLD_SOCKS) return;
    a->sock = world.next_sock++;
    club.local[a->sock] = who == DESK;
    world.open[a->sock] = true;
    club.strikes[who] = 0;
    club.hooks.open(club.hooks.user, a->sock, (struct view){hosts, sizeof(hosts) - 1});
    if (a->sock) reach(COMMAND_SOCKET_OPEN);
}

static void club_disconnect(unsigned who)
{
    sock_name sock = actor(who)->sock;
    if (!sock) return;
    world.open[sock] = false;
    actor(who)->sock = 0;
    club.asked_count[who] = 0;
    club.hooks.closed(club.hooks.user, sock);
    reach(COMMAND_SOCKET_CLOSED);
}

static void club_say(unsigned who, const char *text, size_t len)
{
    struct request *r;
    struct actor *a = actor(who);
    if (!a->sock || club.asked_count[who] == ASKED) return;
    (void)!api_decode(&r, (struct view){(const uint8_t *)text, len}); /* only whether it has an id */
    if (r->id) club.asked[who][club.asked_count[who]++] = (struct asked){r->id, r->command.kind};
    api_free(r);
    aloud((int)who, "->", text, len);
    club.hooks.message(club.hooks.user, a->sock, (struct view){(const uint8_t *)text, len});
}

static void club_tick(uint64_t ms)
{
    world.now += ms;
    club.hooks.tick(club.hooks.user);
}

static void club_media(enum media_event_kind kind, peer_name peer, enum media_down_why why)
{
    if (club.event_count == EVENTS || peer == 0 || peer >= world.next_peer) return;
    bool here = world.peer_state[peer] == PEER_ADDED;
    if (world.peer_state[peer] == PEER_RESERVED) return; /* its command waits: no media thread has heard of it */
    if (kind == MEDIA_PEER_DOWN && here) { /* the media thread has forgotten it by itself */
        world.peer_state[peer] = PEER_DROPPED;
        world.peer_speaks[peer] = false;
    }
    club.events[club.event_count++] = (struct media_event){kind, peer, why};
    club.hooks.wake(club.hooks.user);
    if (here) reach(kind == MEDIA_PEER_UP ? COMMAND_PEER_UP : COMMAND_PEER_DOWN);
}

/* The process dies, and another one starts. */
static bool club_starts_again(void)
{
    control_free(club.control);
    for (unsigned i = 0; i < ACTORS; i++) {
        actor(i)->sock = 0;
        club.asked_count[i] = 0;
    }
    for (peer_name i = 1; i < world.next_peer; i++)
        if (world.peer_state[i]) world.peer_state[i] = PEER_RELEASED;
    memset(world.peer_speaks, 0, sizeof(world.peer_speaks));
    memset(world.open, 0, sizeof(world.open));
    club.result_count = club.event_count = club.closing_count = 0;
    world.log_size = club.records;
    return club_start();
}

/* Nothing of what was not stored is left, and everything else is. */
static void club_restart(void)
{
    MUST(club_starts_again());
    MUST(rooms_stats(world.r).log_size == club.records);
}

static void club_check(void)
{
    struct broken b = holds_look(world.r);
    if (b.how) fprintf(stderr, "%s\n", b.how);
    MUST(!b.how);
    if (!club.media_busy) world_check(&world);
    for (unsigned i = 0; i < ACTORS && !club.result_count; i++) MUST(club.asked_count[i] == 0);
}

static void club_close(void)
{
    control_free(club.control);
    store_mem.close(club.store);
}

#endif
