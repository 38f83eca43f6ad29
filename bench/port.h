/* One UDP socket for thousands of clients: each client is an address of its own (127.1.0.0 and on, or any
 * range that is local), all on one port, told apart by IP_PKTINFO. So one recvmmsg brings the packets of 128
 * clients. Owner: one thread. Buffers are the port's and are valid during the call-back. */
#ifndef BENCH_PORT_H
#define BENCH_PORT_H

#include <netinet/in.h>

#include "base/bytes.h"

struct port;

struct arrival {
    uint8_t *data;
    size_t len;
    in_addr_t to;   /* host order: whose packet it is */
    uint64_t at_ns; /* CLOCK_REALTIME, by the kernel where `stamps` was asked for, else of the batch */
};

MUST_CHECK enum err port_new(struct port **out, uint16_t number, bool stamps);
void port_free(struct port *p);
int port_fd(const struct port *p);
/* Everything that waits, at most `batches` system calls; returns the number of datagrams. */
size_t port_recv(struct port *p, unsigned batches, void (*on)(void *user, const struct arrival *a),
                 void *user);
/* Copies into the batch, which goes out when it is full and with port_flush(). */
void port_send(struct port *p, in_addr_t from, const struct sockaddr_in *to, struct view datagram);
void port_flush(struct port *p);
uint64_t port_unsent(const struct port *p); /* datagrams that the kernel refused, since start */
uint64_t wall_ns(void);                     /* CLOCK_REALTIME */

#endif
