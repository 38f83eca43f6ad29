/* A bad network in front of a crowd: datagrams are lost, come twice or out of order, both ways. Owner: the
 * crowd's thread. */
#ifndef BENCH_FAULTS_H
#define BENCH_FAULTS_H

#include <netinet/in.h>

#include "base/bytes.h"
#include "base/limits.h"

struct faults_rates { /* of a thousand datagrams */
    unsigned lost, twice, late;
};

struct packet {
    in_addr_t here; /* the client's address, host order */
    struct sockaddr_in there;
    uint64_t at_ns;
    size_t len;
    uint8_t data[LIMIT_DATAGRAM_BYTES];
};

struct faults {
    struct faults_rates rates;
    struct packet held; /* len 0: none; comes behind the next one */
    uint64_t state, lost, twice, late;
};

/* Passes on none, one or two datagrams; the call-back may change them. */
void faults_pass(struct faults *f, const struct packet *p, void (*pass)(void *user, struct packet *p),
                 void *user);

#endif
