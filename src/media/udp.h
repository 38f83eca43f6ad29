/* Datagrams in batches, behind a table so that the same worker runs on the kernel and on a
 * simulated network. Rows: udp_mmsg (recvmmsg/sendmmsg), udp_sim. A third (AF_XDP) may come.
 * Owner: one media thread (sim: the test). Buffers belong to the row and live until the next recv
 * or flush. The socket is bound to a concrete address and never connected. */
#ifndef MEDIA_UDP_H
#define MEDIA_UDP_H

#include <netinet/in.h>

#include "base/bytes.h"
#include "base/limits.h"

struct udp;

struct datagram {
    struct sockaddr_storage from;
    struct view data; /* mutable through udp_recv's own buffers: see `writable` */
    uint8_t *writable;
};

struct udp_row {
    const char *name;
    MUST_CHECK enum err (*open)(struct udp **out, const struct sockaddr_storage *bind_to);
    void (*close)(struct udp *u);
    int (*fd)(const struct udp *u);                                /* to poll; -1 = none */
    size_t (*recv)(struct udp *u, struct datagram *out, size_t n); /* non-blocking */
    /* Room for one outgoing datagram of up to LIMIT_DATAGRAM_BYTES; flushes by itself when the batch
     * is full. Write, then commit with its length and destination. */
    uint8_t *(*reserve)(struct udp *u);
    void (*commit)(struct udp *u, size_t len, const struct sockaddr_storage *to);
    size_t (*flush)(struct udp *u); /* returns how many were dropped by a full socket buffer */
    struct sockaddr_storage (*local)(const struct udp *u);
};

extern const struct udp_row udp_mmsg;
extern const struct udp_row udp_sim;

#endif
