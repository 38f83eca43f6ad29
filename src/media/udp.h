/* Datagrams in batches, behind a table so that the same worker runs on the kernel and on a
 * simulated network. Rows: udp_mmsg (recvmmsg/sendmmsg), udp_sim. A third (AF_XDP) may come: whatever fills
 * buffers that it owns and sends them at flush fits here.
 * Owner: one media thread (sim: the test). Buffers belong to the row and live until the next recv
 * or flush. There is a socket for each address, bound to it (not to a wildcard) and never connected; IPv4 and
 * IPv6 share the buffers. */
#ifndef MEDIA_UDP_H
#define MEDIA_UDP_H

#include <netinet/in.h>

#include "base/bytes.h"
#include "base/limits.h"

struct udp;

/* Where a datagram comes from or goes to. 32 bytes: thousands of them are walked per packet. */
struct endpoint {
    union {
        struct sockaddr any; /* its family says which of the two it is */
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    };
    uint32_t stream; /* 0: UDP; else a TCP connection, see tcp.h */
};

static inline uint16_t endpoint_port(const struct sockaddr_storage *a)
{
    return ntohs(a->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)a)->sin6_port
                                          : ((const struct sockaddr_in *)a)->sin_port);
}

static inline void endpoint_set_port(struct sockaddr_storage *a, uint16_t port)
{
    in_port_t *at = a->ss_family == AF_INET6 ? &((struct sockaddr_in6 *)a)->sin6_port
                                             : &((struct sockaddr_in *)a)->sin_port;
    *at = htons(port);
}

struct datagram {
    struct endpoint from;
    struct view data; /* mutable through udp_recv's own buffers: see `writable` */
    uint8_t *writable;
};

struct udp_row {
    const char *name;
    /* `n` addresses of different families; those without a port get that of the first. */
    MUST_CHECK enum err (*open)(struct udp **out, const struct sockaddr_storage *bind_to, size_t n);
    void (*close)(struct udp *u);
    int (*fd)(const struct udp *u);                                /* to poll; -1 = none */
    size_t (*recv)(struct udp *u, struct datagram *out, size_t n); /* non-blocking */
    /* `n` buffers of LIMIT_TRAIN_BYTES, each UDP_STRIDE behind the one before; n <= LIMIT_UDP_BATCH. Sends
     * what was committed when there are not as many left. Whoever reserves fills the first ones and commits
     * them in order; what it leaves out is free again. */
    uint8_t *(*reserve)(struct udp *u, size_t n);
    /* One of the buffers holds a train of datagrams to one destination: each `segment` bytes long, the last
     * one maybe shorter. `len` <= segment: one datagram. */
    void (*commit)(struct udp *u, const uint8_t *bytes, size_t len, size_t segment,
                   const struct endpoint *to);
    size_t (*flush)(struct udp *u); /* returns how many were dropped by a full socket buffer */
    struct sockaddr_storage (*local)(const struct udp *u, size_t i); /* the i-th address */
};

/* An odd number of cache lines, so that the beginnings of all buffers do not fight for the same places. */
enum { UDP_STRIDE = 25 * 64 };
static_assert((int)UDP_STRIDE >= (int)LIMIT_TRAIN_BYTES, "a train fits a buffer");

extern const struct udp_row udp_mmsg;
extern const struct udp_row udp_sim;

#endif
