/* One media thread without its thread: worker_step() does everything that is due at `now` and returns.
 * The thread of media.c calls it in a loop; tests, the simulator and the fuzzer call it with a clock of
 * their own. Commands come and events go through the two rings. Owner: one thread at a time. */
#ifndef MEDIA_WORKER_H
#define MEDIA_WORKER_H

#include <stdatomic.h>
#include <stdio.h>

#include "base/map.h"
#include "base/pool.h"
#include "base/ring.h"
#include "media/peer.h"
#include "media/prefix.h"
#include "media/room.h"
#include "media/tcp.h"

struct worker_config {
    const struct udp_row *row;
    struct sockaddr_storage addresses[LIMIT_MEDIA_ADDRESSES];
    size_t address_count;
    bool tcp[LIMIT_MEDIA_ADDRESSES]; /* listen there too; if the port is taken it does without */
    uint32_t capacity;               /* peers */
    struct dtls_context *dtls;
    void (*wake)(void *user); /* events wait; may be NULL */
    void *user;
    const char *tap_path;
};

struct worker {
    const struct udp_row *row;
    struct udp *udp;
    struct tcp *tcp; /* NULL: UDP only */
    bool tcp_at[LIMIT_MEDIA_ADDRESSES];
    struct ring commands, events;
    int command_fd; /* eventfd: a command was pushed, or it is time to stop */
    void (*wake)(void *user);
    void *user;
    bool told; /* an event was pushed in this step */
    struct dtls_context *dtls;

    struct peer *peers;
    uint64_t
        *deadlines; /* of the peer in the same place: dense, so that scanning thousands costs microseconds */
    uint32_t capacity;
    peer_name *listening; /* the name of the peer in the same place if it gets packets, else 0: for media/audit.h */
    uint64_t wake_ms; /* the earliest of them */
    uint64_t tcp_ms;  /* and what the TCP connections want */
    struct prefixes *prefixes;
    uint32_t handshakes; /* in progress */
    struct map by_ufrag, by_address, by_room;
    struct pool rooms;
    struct room *waiting; /* those with packets to send in this turn */
    struct room *drawing; /* those with codewords to draw */
    struct fan *fan;      /* forward.c's working memory */

    struct worker *const *team; /* span.h: all media threads, this one among them */
    unsigned team_size, self;
    struct ring *inboxes; /* one from each of the others */
    uint64_t poke;        /* those who have something in theirs, by bit */
    bool untold;          /* some room's home is yet to hear of us */

    uint64_t load_ms, load_us; /* when it was measured, and the processor time until then */
    uint64_t handshakes_us;    /* of that time, what went into handshakes: those pass, listeners stay */
    struct media_stats stats;  /* written by the owner only, through COUNT */
#ifdef APARTE_TEST_HOOKS
    FILE *tap;
#endif
};

/* Single writer, racy readers: a relaxed store is an ordinary one that the reader may see at any time. */
#define COUNT_N(w, what, n) __atomic_store_n(&(w)->stats.what, (w)->stats.what + (n), __ATOMIC_RELAXED)
#define COUNT(w, what) COUNT_N(w, what, 1)

MUST_CHECK enum err worker_init(struct worker *w, const struct worker_config *config);
void worker_deinit(struct worker *w); /* wipes all keys */
void worker_step(struct worker *w, uint64_t now_ms);
uint64_t worker_deadline(const struct worker *w); /* when to call next without a datagram or command */
void worker_run(struct worker *w, const _Atomic bool *stop); /* until *stop and a write to command_fd */

/* For the files of the media plane. */
bool worker_tell(struct worker *w,
                 const struct media_event *e); /* false: the ring is full, try at the next tick */
void worker_wake_at(struct worker *w, const struct peer *p, uint64_t at_ms);
uint64_t worker_cpu_us(void); /* processor time of this thread; for measuring only, no rule looks at it */
void worker_poke(const struct worker *w); /* from any thread: something waits for it */
/* What was written where row->reserve said: one datagram, or several of `segment` bytes (the last may be
 * shorter). */
void worker_send(struct worker *w, const uint8_t *bytes, size_t len, const struct endpoint *to);
void worker_send_train(struct worker *w, const uint8_t *bytes, size_t len, size_t segment,
                       const struct endpoint *to);

/* Ids are random, so their first bytes spread rooms evenly over the threads. */
static inline unsigned worker_home(const struct id *room, unsigned threads)
{
    return get_u32(room->bytes) % threads; /* NOLINT(clang-analyzer-core.DivideZero): there is one at least */
}

enum { PEER_PLACE_BITS = 24 }; /* peer_name: generation 32, thread 8, place + 1 24 */
static inline uint32_t peer_place(peer_name n)
{
    return (uint32_t)(n & ((1u << PEER_PLACE_BITS) - 1)) - 1;
}
static inline unsigned peer_thread(peer_name n)
{
    return (unsigned)(n >> PEER_PLACE_BITS) & 0xff;
}

#endif
