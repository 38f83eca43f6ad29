#include "media/worker.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/without.h"
#include "crypt/sign.h"
#include "media/span.h"

enum { BATCHES_PER_STEP = 8 }; /* then timers and commands get their turn */

/* ---- life ---- */

static enum err init_tables(struct worker *w)
{
    w->peers = calloc(w->capacity, sizeof(*w->peers));
    w->deadlines = calloc(w->capacity, sizeof(*w->deadlines));
    w->listening = calloc(w->capacity, sizeof(*w->listening));
    w->prefixes = malloc(sizeof(*w->prefixes));
    if (!w->peers || !w->deadlines || !w->listening || !w->prefixes) return ERR_SYSTEM;
    prefixes_init(w->prefixes);
    for (uint32_t i = 0; i < w->capacity; i++) w->deadlines[i] = UINT64_MAX;
    enum err e = ring_init(&w->commands, sizeof(struct media_command), LIMIT_MEDIA_COMMANDS);
    if (!e) e = ring_init(&w->events, sizeof(struct media_event), LIMIT_MEDIA_COMMANDS);
    if (!e)
        e = pool_init(&w->rooms, sizeof(struct room), w->capacity < LIMIT_ROOMS ? w->capacity : LIMIT_ROOMS);
    if (!e) e = map_init(&w->by_ufrag, LIMIT_OUR_UFRAG_BYTES, 2 * w->capacity);
    if (!e) e = map_init(&w->by_address, sizeof(struct address_key), w->capacity);
    if (!e) e = map_init(&w->by_room, ID_BYTES, LIMIT_ROOMS);
    return e;
}

static enum err open_tap(struct worker *w, const char *path)
{
#ifdef APARTE_TEST_HOOKS
    if (path && !(w->tap = fopen(path, "ab"))) return ERR_SYSTEM;
#else
    (void)w, (void)path;
#endif
    return OK;
}

static void open_tcp(struct worker *w, const struct worker_config *config)
{
    bool any = false;
    enum err e = tcp_open(&w->tcp);
    for (size_t i = 0; i < config->address_count; i++) {
        if (!config->tcp[i]) continue;
        struct sockaddr_storage at = w->row->local(w->udp, i);
        w->tcp_at[i] = !e && tcp_listen(w->tcp, &at) == OK;
        any |= w->tcp_at[i];
        if (!w->tcp_at[i])
            LOG_WARN("media", "no TCP on media port %u (error %d): browsers without UDP will not get through",
                     endpoint_port(&at), errno);
    }
    if (any) return;
    tcp_close(w->tcp);
    w->tcp = NULL;
}

enum err worker_init(struct worker *w, const struct worker_config *config)
{
    *w = (struct worker){.row = config->row,
                         .command_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC),
                         .wake = config->wake,
                         .user = config->user,
                         .dtls = config->dtls,
                         .capacity = config->capacity,
                         .team_size = 1,
                         .wake_ms = UINT64_MAX,
                         .tcp_ms = UINT64_MAX};
    enum err e = w->command_fd < 0 ? ERR_SYSTEM : init_tables(w);
    if (!e && !(w->fan = forward_fan_new())) e = ERR_SYSTEM;
    if (!e) e = open_tap(w, config->tap_path);
    if (!e) e = w->row->open(&w->udp, config->addresses, config->address_count);
    if (!e) open_tcp(w, config);
    if (e) worker_deinit(w);
    return e;
}

void worker_deinit(struct worker *w)
{
    span_deinit(w);
    if (w->peers)
        for (uint32_t i = 0; i < w->capacity; i++)
            if (w->peers[i].name) peer_forget(w, &w->peers[i]);
#ifdef APARTE_TEST_HOOKS
    if (w->tap) fclose(w->tap);
#endif
    if (w->udp) w->row->close(w->udp);
    tcp_close(w->tcp);
    if (w->command_fd >= 0) close(w->command_fd);
    rooms_deinit(w);
    map_deinit(&w->by_room);
    map_deinit(&w->by_address);
    map_deinit(&w->by_ufrag);
    pool_deinit(&w->rooms);
    ring_deinit(&w->events);
    ring_deinit(&w->commands);
    free(w->fan);
    free(w->prefixes);
    free(w->listening);
    free(w->deadlines);
    free(w->peers);
    *w = (struct worker){.command_fd = -1};
}

/* ---- events, timers, output ---- */

bool worker_tell(struct worker *w, const struct media_event *e)
{
    if (!ring_push(&w->events, e)) return false;
    w->told = true;
    return true;
}

/* Rounded up, so that many peers share a wake-up. */
void worker_wake_at(struct worker *w, const struct peer *p, uint64_t at_ms)
{
    if (at_ms < UINT64_MAX - LIMIT_TICK_MS)
        at_ms = (at_ms + LIMIT_TICK_MS - 1) / LIMIT_TICK_MS * LIMIT_TICK_MS;
    w->deadlines[p - w->peers] = at_ms;
    if (at_ms < w->wake_ms) w->wake_ms = at_ms;
}

uint64_t worker_deadline(const struct worker *w)
{
    if (w->drawing) return 0;
    return w->wake_ms < w->tcp_ms ? w->wake_ms : w->tcp_ms;
}

static void tick(struct worker *w, uint64_t now)
{
    if (now < w->wake_ms) return;
    w->wake_ms = UINT64_MAX;
    for (uint32_t i = 0; i < w->capacity; i++) {
        if (w->deadlines[i] <= now)
            worker_wake_at(w, &w->peers[i], peer_tick(w, &w->peers[i], now));
        else if (w->deadlines[i] < w->wake_ms)
            w->wake_ms = w->deadlines[i];
    }
}

void worker_send_train(struct worker *w, const uint8_t *bytes, size_t len, size_t segment,
                       const struct endpoint *to)
{
    if (!to->stream)
        w->row->commit(w->udp, bytes, len, segment, to);
    else
        COUNT_N(w, dropped_send, tcp_send(w->tcp, to->stream, bytes, len, segment));
    COUNT_N(w, datagrams_out, len > segment ? (len + segment - 1) / segment : 1);
}

void worker_send(struct worker *w, const uint8_t *bytes, size_t len, const struct endpoint *to)
{
    worker_send_train(w, bytes, len, len, to);
}

void worker_poke(const struct worker *w)
{
    uint64_t one = 1; /* EAGAIN: it has been poked more than often enough */
    if (write(w->command_fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
        LOG_ERROR("media", "eventfd: error %d", errno);
}

static void poke_team(struct worker *w)
{
    for (unsigned t = 0; w->poke; t++, w->poke >>= 1)
        if (w->poke & 1) worker_poke(w->team[t]);
}

/* ---- the step ---- */

static void obey(struct worker *w, const struct media_command *c, uint64_t now)
{
    uint32_t place = peer_place(c->peer);
    if (!c->peer || place >= w->capacity) return;
    struct peer *p = &w->peers[place];
    if (c->kind == MEDIA_PEER_ADD) {
        if (p->name) peer_forget(w, p); /* its place was given away, so control knows that it is gone */
        peer_add(w, p, c->peer, &c->add, now);
        return;
    }
    if (p->name != c->peer) return; /* an old name: the peer went by itself meanwhile */
    if (c->kind == MEDIA_PEER_DROP && !without(WITHOUT_MEDIA_DROP))
        peer_forget(w, p);
    else if (c->kind == MEDIA_PEER_SPEAK)
        peer_speak(w, p, c->speak);
    else if (c->kind == MEDIA_PEER_TWIN)
        twin_set(&p->twin, &c->twin);
    else if (c->kind == MEDIA_PEER_PATH && p->state != PEER_GONE)
        ice_renew(w, p, &c->path, now);
}

static void take_commands(struct worker *w, uint64_t now)
{
    struct media_command c;
    bool any = false;
    for (; ring_pull(&w->commands, &c); any = true) obey(w, &c, now);
    if (any) wipe(&c, sizeof(c));
}

static void handle(struct worker *w, const struct datagram *batch, size_t count, uint64_t now)
{
    COUNT_N(w, datagrams_in, count);
    for (size_t k = 0; k < count; k++) peer_on_datagram(w, &batch[k], now);
    forward_flush(w); /* the payloads are in the buffers of this batch */
}

static void receive(struct worker *w, uint64_t now)
{
    struct datagram batch[LIMIT_UDP_BATCH];
    size_t got = LIMIT_UDP_BATCH;
    for (int i = 0; i < BATCHES_PER_STEP && got == LIMIT_UDP_BATCH; i++) {
        got = w->row->recv(w->udp, batch, LIMIT_UDP_BATCH);
        handle(w, batch, got, now);
    }
    got = w->tcp ? LIMIT_UDP_BATCH : 0;
    for (int i = 0; i < BATCHES_PER_STEP && got == LIMIT_UDP_BATCH; i++) {
        got = tcp_recv(w->tcp, batch, LIMIT_UDP_BATCH, now);
        handle(w, batch, got, now);
    }
}

void worker_step(struct worker *w, uint64_t now_ms)
{
    take_commands(w, now_ms);
    span_receive(w, now_ms);
    receive(w, now_ms);
    tick(w, now_ms);
    span_tick(w);
    COUNT_N(w, dropped_send, w->row->flush(w->udp));
    w->tcp_ms = w->tcp ? tcp_tick(w->tcp, now_ms) : UINT64_MAX;
    if (w->tcp) tcp_flush(w->tcp);
    rooms_draw(w);
#ifdef APARTE_TEST_HOOKS
    if (w->tap) fflush(w->tap);
#endif
    poke_team(w);
    if (w->told && w->wake) w->wake(w->user);
    w->told = false;
}

/* ---- the thread ---- */

static uint64_t clock_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

uint64_t worker_cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* Processor time, not wall time: a thread that waits for its turn is not busy. Without the handshakes: when
 * thousands come at once, their joining is no reason to refuse them. */
static void measure_load(struct worker *w, uint64_t now_ms)
{
    if (now_ms - w->load_ms < LIMIT_LOAD_MS) return;
    uint64_t us = worker_cpu_us() - w->handshakes_us;
    if (w->load_ms)
        __atomic_store_n(&w->stats.busy, (uint32_t)((us - w->load_us) / (now_ms - w->load_ms)),
                         __ATOMIC_RELAXED);
    w->load_ms = now_ms;
    w->load_us = us;
}

static int wait_ms(const struct worker *w)
{
    uint64_t now = clock_ms();
    uint64_t until =
        w->stats.busy ? now + LIMIT_LOAD_MS : UINT64_MAX; /* that it was busy must be forgotten */
    if (worker_deadline(w) < until) until = worker_deadline(w);
    if (w->tcp && tcp_more(w->tcp)) return 0;
    if (until == UINT64_MAX) return -1;
    if (until <= now) return 0;
    return until - now > INT_MAX ? INT_MAX : (int)(until - now);
}

void worker_run(struct worker *w, const _Atomic bool *stop)
{
    struct pollfd fds[] = {{.fd = w->command_fd, .events = POLLIN},
                           {.fd = w->row->fd(w->udp), .events = POLLIN},
                           {.fd = w->tcp ? tcp_fd(w->tcp) : -1, .events = POLLIN}};
    while (!atomic_load(stop)) {
        if (poll(fds, 3, wait_ms(w)) < 0 && errno != EINTR) LOG_ERROR("media", "poll: error %d", errno);
        uint64_t pushed;
        if (fds[0].revents && read(w->command_fd, &pushed, sizeof(pushed)) < 0 && errno != EAGAIN)
            LOG_ERROR("media", "eventfd: error %d", errno);
        uint64_t now = clock_ms();
        worker_step(w, now);
        measure_load(w, now);
    }
}
