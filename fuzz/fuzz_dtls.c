/* First byte: how many good flights of a real client the server has had before the noise begins (0, 1, 2 =
 * up). Then steps: 0 length u16, bytes     a datagram of these bytes 1 n u8                  n * 20 ms go by
 *   2 length u16, bytes     the client's next flight, XORed with these bytes */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "crypt/dtls.h"
#include "crypt/openssl.h"

enum { STEPS = 64 };

static struct dtls_context *server_ctx;
static SSL_CTX *client_ctx;
static struct hash client_fingerprint;

struct session {
    struct dtls *server;
    SSL *client;
    uint64_t now_ms;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool ok)
{
    if (!ok) abort();
}

static void start(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    unsigned len;
    if (dtls_context_new(&server_ctx) != OK) abort();
    client_ctx = SSL_CTX_new(DTLS_client_method());
    X509_set_pubkey(cert, key);
    expect(X509_sign(cert, key, EVP_sha256()) > 0 &&
           X509_digest(cert, EVP_sha256(), client_fingerprint.bytes, &len) == 1);
    expect(SSL_CTX_use_certificate(client_ctx, cert) == 1 && SSL_CTX_use_PrivateKey(client_ctx, key) == 1);
    expect(SSL_CTX_set_tlsext_use_srtp(client_ctx, "SRTP_AEAD_AES_128_GCM") == 0);
    SSL_CTX_set_options(client_ctx, SSL_OP_NO_QUERY_MTU);
    X509_free(cert);
    EVP_PKEY_free(key);
}

static void session_init(struct session *s)
{
    *s = (struct session){.now_ms = 1};
    if (dtls_new(&s->server, server_ctx, client_fingerprint) != OK) abort();
    s->client = SSL_new(client_ctx);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(in, -1);
    SSL_set_bio(s->client, in, out);
    SSL_set_mtu(s->client, 1400);
    SSL_set_connect_state(s->client);
    SSL_do_handshake(s->client);
}

/* What the server sends goes to the client, whole flights at a time. */
static void drain(struct session *s)
{
    uint8_t buf[LIMIT_DATAGRAM_BYTES], unused[LIMIT_DATAGRAM_BYTES];
    size_t n;
    int rounds = 0;
    while ((n = dtls_next_out(s->server, (struct span){buf, sizeof(buf)})) > 0) {
        expect(n <= 1200 && ++rounds < 16);
        BIO_write(SSL_get_rbio(s->client), buf, (int)n);
        if (SSL_is_init_finished(s->client))
            SSL_read(s->client, unused, sizeof(unused));
        else
            SSL_do_handshake(s->client);
    }
    struct srtp_keys keys;
    expect((dtls_export(s->server, &keys) == OK) == (dtls_state(s->server) == DTLS_UP));
}

static void datagram(struct session *s, struct view v)
{
    enum dtls_state before = dtls_state(s->server);
    enum dtls_state after = dtls_on_datagram(s->server, v, s->now_ms);
    expect(after == dtls_state(s->server));
    if (before != DTLS_HANDSHAKING && before != DTLS_UP) expect(after == before);
    drain(s);
}

static void client_flight(struct session *s, struct view change)
{
    uint8_t buf[LIMIT_DATAGRAM_BYTES];
    int n = BIO_read(SSL_get_wbio(s->client), buf, sizeof(buf));
    if (n <= 0) return;
    for (size_t i = 0; i < change.len && i < (size_t)n; i++) buf[i] ^= change.ptr[i];
    datagram(s, (struct view){buf, (size_t)n});
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct session s;
    struct reader r = reader_init((struct view){data, size});
    if (!server_ctx) start();
    session_init(&s);
    for (unsigned flights = read_u8(&r) % 3; flights; flights--) client_flight(&s, (struct view){0});
    for (int step = 0; step < STEPS && reader_left(&r); step++) {
        uint8_t what = read_u8(&r);
        if (what == 1) {
            s.now_ms += 20u * read_u8(&r);
            dtls_tick(s.server, s.now_ms);
            drain(&s);
            expect(dtls_deadline(s.server) > s.now_ms);
            continue;
        }
        size_t n = read_u16(&r);
        struct view bytes = read_view(&r, n < reader_left(&r) ? n : reader_left(&r));
        if (what == 2)
            client_flight(&s, bytes);
        else
            datagram(&s, bytes);
    }
    SSL_free(s.client);
    dtls_free(s.server);
    ERR_clear_error();
    return 0;
}
