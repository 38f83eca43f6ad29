/* Thousands of clients on one port, and their clock. Owner: one thread. */
#ifndef BENCH_CROWD_H
#define BENCH_CROWD_H

#include "client.h"
#include "faults.h"
#include "port.h"

struct crowd {
    struct port *port;
    struct identity identity;
    struct tally tally;
    struct client_world world;
    struct client *clients; /* client i has the address first + i, or after it has moved another whose place
                               is i too */
    uint64_t *due_ms;       /* of its next tick: dense, because it is searched often */
    uint32_t capacity, count;
    in_addr_t first;
    uint32_t up, failed;
    uint64_t swept_ms, now_ms;
    uint64_t missed;                  /* holes in the streams of clients that started anew */
    uint64_t stray;                   /* datagrams to an address that somebody has left */
    const struct faults_rates *rates; /* NULL: a good network */
    struct faults in, out;
};

struct crowd_config {
    uint32_t capacity;
    in_addr_t first; /* host order */
    uint16_t port;
    size_t payload_bytes;
    bool stamps;
    const struct faults_rates *faults; /* NULL: none */
};

MUST_CHECK enum err crowd_init(struct crowd *c, const struct crowd_config *config);
void crowd_deinit(struct crowd *c);
/* The newest client's terms are filled in by the caller before crowd_start. */
struct client *crowd_add(struct crowd *c); /* NULL when full */
void crowd_start(struct crowd *c, struct client *client);
/* It forgets everything and is to have new terms, at an address that nobody has had. */
void crowd_renew(struct crowd *c, struct client *client);
/* The same client at another address, as after a router has forgotten it. */
void crowd_move(struct crowd *c, struct client *client);
/* It says nothing more by itself, until crowd_renew. */
void crowd_hush(struct crowd *c, const struct client *client);
/* Receives, ticks and flushes; waits at most until `until_ns` (CLOCK_REALTIME) for a datagram. */
void crowd_step(struct crowd *c, uint64_t until_ns);
uint64_t crowd_missing(const struct crowd *c); /* holes in all streams so far */

#endif
