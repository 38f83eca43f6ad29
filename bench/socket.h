/* A WebSocket client (RFC 6455) for one member: text in, JSON out, pings answered. Blocks only where it says
 * so. Owner: one thread. */
#ifndef BENCH_SOCKET_H
#define BENCH_SOCKET_H

#include <jansson.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct socket {
    int fd;         /* -1: closed */
    uint8_t *bytes; /* as received */
    size_t have, capacity;
    char *text; /* of a message whose last fragment has not come */
    size_t text_len;
    unsigned request; /* id of the last one */
    bool quiet;       /* refusals are no news, nor is a connection that ends */
    bool out;         /* `room.out` has come; for the owner to clear */
    char refusal[24]; /* code of the last one; "": no answer came */
};

/* From `self`, so that every member is a neighbour of its own. Waits for the handshake. */
MUST_CHECK enum err socket_open(struct socket *s, in_addr_t self, const struct sockaddr_in *server,
                                const char *origin);
void socket_close(struct socket *s);
/* Reads what is there, answers pings, forgets messages: for members whom nobody asks anything. */
void socket_breathe(struct socket *s);
/* The next event of this name, or NULL after 20 s or when the server has closed. */
json_t *socket_event(struct socket *s, const char *name);
/* Sends a request (without its id; takes it) and waits for the reply. NULL, and a line on standard error, if
 * it was refused. */
json_t *socket_ask(struct socket *s, json_t *request);

#endif
