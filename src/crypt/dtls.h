/* One DTLS 1.2 server handshake (RFC 6347) that yields SRTP keys (RFC 5764), without sockets or
 * clock: datagrams and `now` in, datagrams out.
 *
 * A fragmented ClientHello is reassembled (current browsers send it in two datagrams). The peer's
 * certificate is accepted by its SHA-256 fingerprint alone, compared in constant time with the one
 * announced on the WebSocket. Cookies are not used: the caller starts DTLS only after an
 * authenticated STUN check has proven the address.
 * Profiles in order: AEAD_AES_128_GCM (RFC 7714), AES_CM_128_HMAC_SHA1_80.
 * Memory: about 60 KB during the handshake, of which 450 bytes remain once it is up: enough to repeat our
 * last flight when the client repeats its own, and to understand an alert. Owner: the media thread that owns
 * the peer. dtls_context is shared and read-only after start. */
#ifndef CRYPT_DTLS_H
#define CRYPT_DTLS_H

#include "base/bytes.h"
#include "base/id.h"

struct dtls_context; /* one per process: SSL_CTX with an ephemeral P-256 certificate, CN "aparte" */
struct dtls;

enum srtp_profile {
    SRTP_NONE = 0,
    SRTP_AES128_CM_SHA1_80 = 1,
    SRTP_AEAD_AES_128_GCM = 7
}; /* RFC 5764/7714 ids */

struct srtp_keys { /* wipe after use */
    enum srtp_profile profile;
    uint8_t in_key[16], out_key[16];   /* in: what the client sends with */
    uint8_t in_salt[14], out_salt[14]; /* GCM uses the first 12 bytes */
};

enum dtls_state { DTLS_HANDSHAKING, DTLS_UP, DTLS_CLOSED, DTLS_FAILED, DTLS_WRONG_FINGERPRINT };

MUST_CHECK enum err dtls_context_new(struct dtls_context **out);
void dtls_context_free(struct dtls_context *ctx);
struct hash dtls_context_fingerprint(const struct dtls_context *ctx); /* SHA-256 of our certificate */

MUST_CHECK enum err dtls_new(struct dtls **out, struct dtls_context *ctx, struct hash peer_fingerprint);
void dtls_free(struct dtls *d); /* NULL is fine */

/* Feed one datagram (first byte 20..63, RFC 7983). Garbage is ignored, as RFC 6347 4.1.2.7 says. */
enum dtls_state dtls_on_datagram(struct dtls *d, struct view datagram, uint64_t now_ms);
enum dtls_state dtls_tick(struct dtls *d,
                          uint64_t now_ms);   /* retransmits when due; fails after LIMIT_DTLS_MS */
uint64_t dtls_deadline(const struct dtls *d); /* next tick wanted; UINT64_MAX = none */
enum dtls_state dtls_state(const struct dtls *d);
/* Next datagram to send into buf; 0 = none. Call until 0 after each on_datagram / tick. */
size_t dtls_next_out(struct dtls *d, struct span buf);
MUST_CHECK enum err dtls_export(struct dtls *d, struct srtp_keys *out); /* only in DTLS_UP */

#endif
