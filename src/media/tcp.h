/* ICE over TCP for networks that let no UDP through: connections that browsers open to the media port
 * (passive candidates, RFC 6544), each carrying datagrams behind a length of two bytes (RFC 4571 2). To the
 * rest of the media plane a connection is an address like another: its number stands in endpoint.stream.
 *
 * Whoever connects has LIMIT_STREAM_PROOF_MS for a check that the peer's password has signed, and must begin
 * with a check; after that tcp_keep() lets it live on. When all places are taken the longest unproven one
 * gives way. What a slow reader has no room for is lost to it, datagram by datagram, as on a network; one
 * that takes nothing for LIMIT_STREAM_STALL_MS is closed. Nothing blocks. Memory: one array, made at
 * tcp_open. Owner: a worker. */
#ifndef MEDIA_TCP_H
#define MEDIA_TCP_H

#include "media/udp.h"

struct tcp;

MUST_CHECK enum err tcp_open(struct tcp **out);
/* At one address more, LIMIT_MEDIA_ADDRESSES at most; ERR_SYSTEM: the port is taken, or the like. */
MUST_CHECK enum err tcp_listen(struct tcp *t, const struct sockaddr_storage *at);
void tcp_close(struct tcp *t);
int tcp_fd(const struct tcp *t); /* readable when anything is to be done */

/* What has arrived, like udp_row's; it lives until the next call. */
size_t tcp_recv(struct tcp *t, struct datagram *out, size_t n, uint64_t now_ms);
bool tcp_more(const struct tcp *t); /* the last call had more to give than it was asked for */
/* A datagram or a train of them, written out at the next flush. Gives how many found no room, or no
 * connection. */
size_t tcp_send(struct tcp *t, uint32_t stream, const uint8_t *bytes, size_t len, size_t segment);
void tcp_flush(struct tcp *t); /* one system call for each connection that was sent to */

void tcp_keep(struct tcp *t, uint32_t stream, uint64_t now_ms); /* it has proven itself, again */
void tcp_drop(struct tcp *t, uint32_t stream);                  /* closes it */
uint64_t tcp_tick(struct tcp *t, uint64_t now_ms);              /* when it wants the next one */

#endif
