/* What a client needs to shake hands: a certificate, which all clients of a process share, and the settings
 * of a DTLS 1.2 client that is as picky as a browser. Thread: made once, then read-only. */
#ifndef BENCH_IDENTITY_H
#define BENCH_IDENTITY_H

#include "base/err.h"
#include "base/id.h"
#include "crypt/openssl.h"

struct identity {
    SSL_CTX *context;
    struct hash fingerprint; /* SHA-256 of the certificate */
};

MUST_CHECK enum err identity_init(struct identity *id);
void identity_deinit(struct identity *id);
/* A client's end of a handshake over memory BIOs. The server's certificate must have this fingerprint, which
 * has to stay where it is until SSL_free. NULL: out of memory. */
SSL *identity_connect(const struct identity *id, const struct hash *server);

#endif
