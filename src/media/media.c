#include "media/media.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>

#include "base/log.h"
#include "crypt/srtp.h"
#include "media/audit.h"
#include "media/place.h"
#include "media/span.h"
#include "media/worker.h"

struct thread {
    struct worker worker;
    struct pool places; /* control's side of the names: who has which place; the items are empty */
    pthread_t id;
    bool ready, running;
    _Atomic bool stop;
};

struct media {
    struct dtls_context *dtls;
    unsigned count;
    unsigned turn; /* whose events are pulled next */
    struct thread *threads;
    struct worker *team[LIMIT_MEDIA_THREADS];
};

static_assert(LIMIT_PEERS_PER_THREAD < 1 << PEER_PLACE_BITS, "a place fits a name");
static_assert(LIMIT_MEDIA_THREADS <= 256, "so does a thread");

/* ---- life ---- */

static void *run(void *arg)
{
    struct thread *t = arg;
    worker_run(&t->worker, &t->stop);
    return NULL;
}

/* The n-th of the processors this process may use; with fewer of them than threads some are shared. */
static void pin(struct thread *t, unsigned n)
{
    cpu_set_t allowed, one;
    if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0 || CPU_COUNT(&allowed) == 0) return;
    n %= (unsigned)CPU_COUNT(&allowed);
    int cpu = 0;
    while (!CPU_ISSET(cpu, &allowed) || n--) cpu++;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    if (pthread_setaffinity_np(t->id, sizeof(one), &one) != 0)
        LOG_WARN("media", "a thread cannot be bound to processor %d", cpu);
}

/* Signals are for the control thread. */
static enum err start_thread(struct thread *t)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    t->running = pthread_create(&t->id, NULL, run, t) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return t->running ? OK : ERR_SYSTEM;
}

static struct sockaddr_storage address_of(const struct media_address *first, unsigned i)
{
    struct sockaddr_storage a = first->at;
    uint16_t port = endpoint_port(&a);
    if (port) endpoint_set_port(&a, (uint16_t)(port + i)); /* 0: any */
    return a;
}

static enum err init_thread(struct media *m, unsigned i, const struct media_config *config)
{
    struct thread *t = &m->threads[i];
    struct worker_config c = {.row = &udp_mmsg,
                              .address_count = config->address_count,
                              .capacity = LIMIT_PEERS_PER_THREAD,
                              .dtls = m->dtls,
                              .wake = config->wake,
                              .user = config->user,
                              .tap_path = config->tap_path};
    for (size_t k = 0; k < c.address_count; k++) {
        c.addresses[k] = address_of(&config->addresses[k], i);
        uint16_t port = endpoint_port(&c.addresses[k]);
        c.tcp[k] = !port || port != config->addresses[k].http_port;
        if (!c.tcp[k]) LOG_INFO("media", "no TCP on media port %u, which is HTTP's: browsers need UDP", port);
    }
    enum err e = worker_init(&t->worker, &c);
    if (e) return e;
    t->ready = true;
    m->team[i] = &t->worker;
    e = span_init(&t->worker, m->team, m->count, i);
    if (e) return e;
    return pool_init(&t->places, 1, LIMIT_PEERS_PER_THREAD);
}

enum err media_start(struct media **out, const struct media_config *config)
{
    *out = NULL;
    if (config->threads < 1 || config->threads > LIMIT_MEDIA_THREADS) return ERR_UNSUPPORTED;
    if (config->address_count < 1 || config->address_count > LIMIT_MEDIA_ADDRESSES) return ERR_UNSUPPORTED;
    struct media *m = calloc(1, sizeof(*m));
    if (!m) return ERR_SYSTEM;
    m->count = config->threads;
    m->threads = calloc(m->count, sizeof(*m->threads));
    enum err e = m->threads ? dtls_context_new(&m->dtls) : ERR_SYSTEM;
    for (unsigned i = 0; i < m->count && !e; i++) e = init_thread(m, i, config);
    for (unsigned i = 0; i < m->count && !e; i++) e = start_thread(&m->threads[i]);
    for (unsigned i = 0; i < m->count && !e && config->pin; i++) pin(&m->threads[i], i);
    if (e)
        media_stop(m);
    else
        *out = m;
    if (!e) LOG_INFO("media", "AES-GCM by %s", srtp_backend());
    return e;
}

void media_stop(struct media *m)
{
    if (!m) return;
    for (unsigned i = 0; m->threads && i < m->count; i++) {
        struct thread *t = &m->threads[i];
        atomic_store(&t->stop, true);
        if (t->running) {
            worker_poke(&t->worker);
            pthread_join(t->id, NULL);
        }
        if (t->ready) worker_deinit(&t->worker);
        pool_deinit(&t->places);
    }
    dtls_context_free(m->dtls);
    free(m->threads);
    free(m);
}

struct hash media_fingerprint(const struct media *m)
{
    return dtls_context_fingerprint(m->dtls);
}

/* ---- names ---- */

static uint32_t busy(const struct media *m, unsigned thread)
{
    return __atomic_load_n(&m->threads[thread].worker.stats.busy, __ATOMIC_RELAXED);
}

static unsigned choose(const struct media *m, const struct id *room)
{
    struct thread_load loads[LIMIT_MEDIA_THREADS];
    for (unsigned i = 0; i < m->count; i++)
        loads[i] = (struct thread_load){pool_used(&m->threads[i].places), busy(m, i)};
    return place_choose(loads, m->count, worker_home(room, m->count));
}

peer_name media_peer_name(struct media *m, struct id room)
{
    uint64_t thread = choose(m, &room);
    pool_name place;
    if (busy(m, (unsigned)thread) >= LIMIT_BUSY || !pool_take(&m->threads[thread].places, &place)) return 0;
    return place | thread << PEER_PLACE_BITS;
}

static struct thread *thread_of(const struct media *m, peer_name peer)
{
    return peer && peer_thread(peer) < m->count ? &m->threads[peer_thread(peer)] : NULL;
}

void media_peer_release(struct media *m, peer_name peer)
{
    struct thread *t = thread_of(m, peer);
    if (t) pool_give(&t->places, peer & ~((peer_name)0xff << PEER_PLACE_BITS));
}

uint16_t media_port(const struct media *m, peer_name peer)
{
    const struct thread *t = thread_of(m, peer);
    if (!t) return 0;
    struct sockaddr_storage a = t->worker.row->local(t->worker.udp, 0);
    return endpoint_port(&a);
}

bool media_tcp(const struct media *m, peer_name peer, size_t address)
{
    const struct thread *t = thread_of(m, peer);
    return t && address < LIMIT_MEDIA_ADDRESSES && t->worker.tcp_at[address];
}

/* ---- audit ---- */

void media_each_listener(const struct media *m, void (*fn)(void *user, peer_name peer), void *user)
{
    for (unsigned t = 0; t < m->count; t++)
        for (uint32_t i = 0; i < m->threads[t].worker.capacity; i++) {
            peer_name peer = __atomic_load_n(&m->threads[t].worker.listening[i], __ATOMIC_RELAXED);
            if (peer) fn(user, peer);
        }
}

/* ---- rings ---- */

enum err media_push(struct media *m, const struct media_command *c)
{
    struct thread *t = thread_of(m, c->peer);
    if (!t) return ERR_NOT_FOUND;
    if (!ring_push(&t->worker.commands, c)) return ERR_BUSY;
    worker_poke(&t->worker);
    return OK;
}

/* From one thread after the other, so that none waits for ever. */
bool media_pull(struct media *m, struct media_event *out)
{
    for (unsigned i = 0; i < m->count; i++) {
        struct thread *t = &m->threads[m->turn];
        m->turn = (m->turn + 1) % m->count;
        if (ring_pull(&t->worker.events, out)) return true;
    }
    return false;
}

struct media_stats media_stats(const struct media *m)
{
    struct media_stats sum = {0};
#define ADD(what) sum.what += __atomic_load_n(&s->what, __ATOMIC_RELAXED)
    for (unsigned i = 0; i < m->count; i++) {
        const struct media_stats *s = &m->threads[i].worker.stats;
        ADD(datagrams_in), ADD(datagrams_out), ADD(forwarded);
        ADD(dropped_malformed), ADD(dropped_unknown), ADD(dropped_auth), ADD(dropped_replay),
            ADD(dropped_muted);
        ADD(dropped_policed), ADD(dropped_send), ADD(dropped_span), ADD(sent_again), ADD(dropped_variant);
        ADD(stun_answered), ADD(stun_refused), ADD(dtls_up), ADD(dtls_failed), ADD(dtls_wrong_fingerprint);
        ADD(peers);
        if (busy(m, i) > sum.busy) sum.busy = busy(m, i);
    }
#undef ADD
    return sum;
}
