/* The local socket: `aparte.sock` in the data folder, mode 0600, for programs of the same user on this machine: the
 * command line. One JSON text per line, the same messages and the same rules as over the WebSocket, and the
 * operator's requests besides; host "local".
 *
 * It shares the hooks and the name space of http.h and runs in the same loop, by http_watch. Thread: control. */
#ifndef SERVER_LOCAL_H
#define SERVER_LOCAL_H

#include "server/http.h"

struct local;

#define LOCAL_SOCKET "aparte.sock"
#define LOCAL_HOST "local"

/* The caller holds the lock of the data folder: what an earlier server left there is removed. `why` gets one sentence
 * when the result is not OK. */
MUST_CHECK enum err local_new(struct local **out, const char *folder, const struct http_hooks *hooks, char *why,
                              size_t why_size);
void local_free(struct local *l); /* closes every connection: `closed` is called for each; removes the file */
int local_fd(const struct local *l); /* readable when there is something to do */
void local_step(void *local);        /* does it: accepts, reads, writes, calls the hooks */

bool local_owns(sock_name sock); /* whether this name is of a local connection */
/* As http_send and http_close: neither calls a hook. */
void local_send(struct local *l, sock_name sock, struct view text);
void local_close(struct local *l, sock_name sock); /* after what was queued has gone out */

#endif
