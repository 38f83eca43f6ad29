/* HTTP, TLS and WebSockets (libwebsockets): the only file pair, with ws.c, that knows the library. It serves
 * the files in memory and carries text between browsers and the hooks; what a text means is not known here.
 *
 * One thread, the control thread, runs http_run and calls everything else, but for http_wake, which any
 * thread may call. Hooks are called on the control thread; http_send and http_close may be called from inside
 * them, and never call a hook themselves. */
#ifndef SERVER_HTTP_H
#define SERVER_HTTP_H

#include <signal.h>

#include "base/bytes.h"
#include "rooms/rooms.h" /* sock_name */
#include "server/config.h"
#include "server/static.h"

struct http;

struct http_hooks {
    void (*open)(void *user, sock_name sock, struct view host); /* host: of the Origin that was checked */
    void (*message)(void *user, sock_name sock, struct view text);
    /* A message that was too large or not text: it is dropped. */
    void (*refused)(void *user, sock_name sock, enum err err);
    void (*closed)(void *user, sock_name sock); /* once per open; the name means nobody from here on */
    void (*wake)(void *user);                   /* http_wake was called, perhaps several times */
    void (*tick)(void *user);                   /* every HTTP_TICK_MS */
    void *user;
};

enum { HTTP_TICK_MS = 100 };
/* A sock_name is a generation over a place, from 1 to LIMIT_SOCKETS here; those above are local.h's. */
enum { SOCK_INDEX_BITS = 15 };

/* Text for one or many sockets, shared: the one that made it and every queue hold a reference. */
struct message {
    unsigned refs;
    size_t len;
    char text[];
};
struct message *message_new(const char *text, size_t len); /* NULL without memory */
void message_drop(struct message *m);

MUST_CHECK enum err http_new(struct http **out, const struct config *config, const struct static_files *files,
                             const struct http_hooks *hooks, char *why, size_t why_size);
void http_free(struct http *h); /* closes every socket: `closed` is called for each */
uint16_t http_port(const struct http *h);
const struct origins *http_origins(const struct http *h);
void http_run(struct http *h, const volatile sig_atomic_t *stop);
void http_wake(struct http *h);
/* Calls `readable` from the loop whenever this descriptor, one per server, has something to read. It stays the
 * caller's, but must not be closed before http_free. */
MUST_CHECK enum err http_watch(struct http *h, int fd, void (*readable)(void *user), void *user);
void http_set_ready(struct http *h, bool ready); /* what /readyz says */

/* Queues a text. A reader so slow that LIMIT_SOCKET_QUEUE_BYTES do not suffice is disconnected. */
void http_send(struct http *h, sock_name sock, struct message *m);
void http_close(struct http *h, sock_name sock, enum err why); /* after what was queued has gone out */
/* The socket has an account now: it may send large messages and stays open. */
void http_admit(struct http *h, sock_name sock);
/* A visitor that waits to be added to an account may stay as long as its code is good. */
void http_await(struct http *h, sock_name sock);
/* Counts a message that deserved no better answer than an error event; too many of them close the socket. */
void http_strike(struct http *h, sock_name sock);

#endif
