#include "media/udp_sim.h"

#include <stdlib.h>
#include <string.h>

enum { QUEUE = 4 * LIMIT_UDP_BATCH };

struct letter {
    struct endpoint address;
    size_t len;
    uint8_t bytes[LIMIT_DATAGRAM_BYTES];
};

struct queue { /* the newest is at (head + count - 1) % QUEUE */
    size_t head, count;
    struct letter letters[QUEUE];
};

struct udp {
    struct sockaddr_storage local[LIMIT_MEDIA_ADDRESSES];
    size_t dropped;
    size_t used;
    uint8_t drafts[LIMIT_UDP_BATCH][UDP_STRIDE];
    struct queue in, out;
};

static bool queue_push(struct queue *q, const struct endpoint *address, const uint8_t *bytes, size_t len)
{
    if (q->count == QUEUE || len > LIMIT_DATAGRAM_BYTES) return false;
    struct letter *l = &q->letters[(q->head + q->count++) % QUEUE];
    l->address = *address;
    l->len = len;
    if (len) memcpy(l->bytes, bytes, len);
    return true;
}

static struct letter *queue_pull(struct queue *q)
{
    if (!q->count) return NULL;
    struct letter *l = &q->letters[q->head];
    q->head = (q->head + 1) % QUEUE;
    q->count--;
    return l;
}

static enum err sim_open(struct udp **out, const struct sockaddr_storage *bind_to, size_t n)
{
    if (n > LIMIT_MEDIA_ADDRESSES) return ERR_UNSUPPORTED;
    *out = calloc(1, sizeof(**out));
    if (!*out) return ERR_SYSTEM;
    memcpy((*out)->local, bind_to, n * sizeof(*bind_to));
    return OK;
}

static void sim_close(struct udp *u)
{
    free(u);
}

static int sim_fd(const struct udp *u)
{
    (void)u;
    return -1;
}

static size_t sim_recv(struct udp *u, struct datagram *out, size_t n)
{
    size_t got = 0;
    if (n > LIMIT_UDP_BATCH) n = LIMIT_UDP_BATCH;
    for (struct letter *l; got < n && (l = queue_pull(&u->in)); got++)
        out[got] = (struct datagram){l->address, {l->bytes, l->len}, l->bytes};
    return got;
}

static uint8_t *sim_reserve(struct udp *u, size_t n)
{
    if (u->used + n > LIMIT_UDP_BATCH) u->used = 0;
    return u->drafts[u->used];
}

static void sim_commit(struct udp *u, const uint8_t *bytes, size_t len, size_t segment,
                       const struct endpoint *to)
{
    u->used = (size_t)(bytes - u->drafts[0]) / UDP_STRIDE + 1;
    do {
        size_t n = len < segment ? len : segment;
        if (!queue_push(&u->out, to, bytes, n)) u->dropped++;
        bytes += n;
        len -= n;
    } while (len);
}

static size_t sim_flush(struct udp *u)
{
    size_t dropped = u->dropped;
    u->dropped = u->used = 0;
    return dropped;
}

static struct sockaddr_storage sim_local(const struct udp *u, size_t i)
{
    return u->local[i];
}

bool udp_sim_inject(struct udp *u, const struct endpoint *from, struct view data)
{
    return queue_push(&u->in, from, data.ptr, data.len);
}

bool udp_sim_drain(struct udp *u, struct endpoint *to, struct view *data)
{
    struct letter *l = queue_pull(&u->out);
    if (!l) return false;
    *to = l->address;
    *data = (struct view){l->bytes, l->len};
    return true;
}

const struct udp_row udp_sim = {
    .name = "sim",
    .open = sim_open,
    .close = sim_close,
    .fd = sim_fd,
    .recv = sim_recv,
    .reserve = sim_reserve,
    .commit = sim_commit,
    .flush = sim_flush,
    .local = sim_local,
};
