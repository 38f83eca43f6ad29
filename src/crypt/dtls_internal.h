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

struct dtls {
    SSL *ssl;
    struct hash peer;
    enum dtls_state state;
    enum fingerprint fingerprint;
    struct view in; /* the datagram being read; valid during one call */
    struct flight flight;
    bool started;
    uint64_t start_ms, resend_ms, interval_ms; /* resend_ms UINT64_MAX: not waiting */
};

BIO_METHOD *dtls_bio_method(void); /* its data is a struct dtls */
void flight_add(struct flight *f, struct view datagram);
void flight_clear(struct flight *f);
bool dtls_certificate_hash(const X509 *cert, struct hash *out);

#endif
