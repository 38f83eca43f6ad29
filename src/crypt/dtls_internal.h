/* Shared by dtls.c, dtls_bio.c and dtls_context.c; nobody else includes it. */
#ifndef CRYPT_DTLS_INTERNAL_H
#define CRYPT_DTLS_INTERNAL_H

#include "base/limits.h"
#include "crypt/dtls.h"
#include "crypt/openssl.h"

/* Our whole flight is about 1 KB. A datagram that finds no place is lost, as datagrams may be. */
enum { DTLS_MTU = 1200, FLIGHT_DATAGRAMS = 8, FLIGHT_BYTES = 4 * DTLS_MTU };

enum fingerprint { FINGERPRINT_UNSEEN, FINGERPRINT_RIGHT, FINGERPRINT_WRONG };

struct dtls_context {
    SSL_CTX *ssl;
    BIO_METHOD *bio;
    struct hash fingerprint;
};

/* Datagrams out, in order, kept after they were sent in case they must be sent again. */
struct flight {
    uint8_t bytes[FLIGHT_BYTES];
    size_t used;
    uint16_t len[FLIGHT_DATAGRAMS];
    unsigned count, next; /* next: the first that is yet to be handed out */
    size_t next_at;       /* and where it starts */
};

struct shake { /* a handshake in progress, or one that failed: what OpenSSL needs */
    SSL *ssl;
    struct view in; /* the datagram being read; valid during one call */
    struct flight flight;
    size_t answer_at; /* where in the flight the answer to that datagram starts */
    bool started;
    uint64_t start_ms, resend_ms, interval_ms; /* resend_ms UINT64_MAX: not waiting */
};

struct rest {                 /* what remains of one that is done */
    uint8_t key[32], salt[4]; /* of the client's records */
    size_t key_len;
    uint8_t flight[256]; /* our last one, in one datagram */
    size_t flight_len;
    bool owed; /* it is to be sent, again or for the first time */
    unsigned answers;
};

struct dtls {
    enum dtls_state state;
    struct hash peer;
    enum fingerprint fingerprint;
    struct shake *shake; /* NULL once it is up */
    struct rest rest;
    struct srtp_keys keys;
};

MUST_CHECK enum err rest_init(struct rest *r, SSL *ssl, struct view last_flight);
bool rest_on_datagram(struct rest *r, struct view datagram); /* true: the peer says goodbye */

BIO_METHOD *dtls_bio_method(void); /* its data is a struct dtls */
void flight_add(struct flight *f, struct view datagram);
bool dtls_certificate_hash(const X509 *cert, struct hash *out);

#endif
