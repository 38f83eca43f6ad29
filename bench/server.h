/* An aparte server of one's own, in a data folder of its own, for as long as it is needed. */
#ifndef BENCH_SERVER_H
#define BENCH_SERVER_H

#include <netinet/in.h>

#include "process.h"

struct server_config {
    const char *path;    /* of aparte */
    const char *address; /* IPv4, of HTTP and of the media */
    const char *media_port, *media_threads;
    struct process_place place;
};

struct server {
    struct process process; /* pid -1: it did not start */
    struct sockaddr_in http;
    char folder[32];
    uint8_t founder_seed[32]; /* of the link that a new server prints */
};

#define SERVER_ORIGIN "https://load.example"

/* Waits until it serves; a message on standard error if it does not. To be stopped in either case. */
MUST_CHECK enum err server_start(struct server *s, const struct server_config *config);
int server_stop(struct server *s); /* what waitpid says of it; its folder is gone */

#endif
