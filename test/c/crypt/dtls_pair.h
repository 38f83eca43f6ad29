/* Our DTLS server and OpenSSL's client over a network in memory, in virtual time. For test_dtls.c alone: it
 * also defines the clock that OpenSSL reads. */
#ifndef TEST_DTLS_PAIR_H
#define TEST_DTLS_PAIR_H

#include "vectors.h"

#include <sys/time.h>

#include "base/limits.h"
#include "crypt/dtls.h"
#include "crypt/openssl.h"
#include "crypt/sign.h"

static uint64_t now_ms = 1000000;

/* OpenSSL's client takes the time from here: the program's own symbol comes before libc's. */
int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
    (void)zone;
    tv->tv_sec = (time_t)(now_ms / 1000);
    tv->tv_usec = (suseconds_t)(now_ms % 1000 * 1000);
    return 0;
}

/* ---- a client ---- */

struct packet {
    uint8_t bytes[2048];
    size_t len;
};

struct queue { /* datagrams on their way, delivered from the front */
    struct packet items[64];
    size_t count;
};

static void queue_add(struct queue *q, const void *bytes, size_t len)
{
    assert_true(q->count < 64 && len <= sizeof(q->items[0].bytes));
    memcpy(q->items[q->count].bytes, bytes, len);
    q->items[q->count++].len = len;
}

static struct packet queue_take(struct queue *q, size_t at)
{
    struct packet p = q->items[at];
    memmove(&q->items[at], &q->items[at + 1], (q->count - at - 1) * sizeof(p));
    q->count--;
    return p;
}

struct client_options {
    const char *profiles; /* NULL: no use_srtp */
    bool no_certificate;
    size_t alpn_bytes; /* makes the ClientHello this much longer */
    const char *ciphers;
    bool rsa;
};

struct client {
    SSL_CTX *ctx;
    SSL *ssl;
    BIO_METHOD *method;
    struct queue out;
    struct packet in;
    struct hash fingerprint;
};

static int client_write(BIO *bio, const char *data, int len)
{
    struct client *c = BIO_get_data(bio);
    queue_add(&c->out, data, (size_t)len);
    return len;
}

static int client_read(BIO *bio, char *out, int cap)
{
    struct client *c = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (c->in.len == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    int n = (int)c->in.len;
    assert_true(n <= cap);
    memcpy(out, c->in.bytes, c->in.len);
    c->in.len = 0;
    return n;
}

static long client_ctrl(BIO *bio, int what, long number, void *pointer)
{
    (void)bio, (void)number, (void)pointer;
    return what == BIO_CTRL_FLUSH;
}

static void client_certificate(struct client *c, bool rsa)
{
    EVP_PKEY *key = rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    unsigned len;
    assert_non_null(key);
    X509_set_version(cert, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC, (const uint8_t *)"WebRTC", -1,
                               -1, 0);
    X509_set_issuer_name(cert, X509_get_subject_name(cert));
    X509_gmtime_adj(X509_getm_notBefore(cert), 0);
    X509_gmtime_adj(X509_getm_notAfter(cert), -60); /* long past: nobody looks at it */
    X509_set_pubkey(cert, key);
    assert_true(X509_sign(cert, key, EVP_sha256()) > 0);
    assert_int_equal(X509_digest(cert, EVP_sha256(), c->fingerprint.bytes, &len), 1);
    assert_int_equal(SSL_CTX_use_certificate(c->ctx, cert), 1);
    assert_int_equal(SSL_CTX_use_PrivateKey(c->ctx, key), 1);
    X509_free(cert);
    EVP_PKEY_free(key);
}

static unsigned client_timer(SSL *ssl, unsigned us)
{
    (void)ssl;
    return us == 0 ? 150000 : us * 2;
}

static struct client *client_new(struct client_options o)
{
    struct client *c = calloc(1, sizeof(*c));
    c->ctx = SSL_CTX_new(DTLS_client_method());
    SSL_CTX_set_options(c->ctx, SSL_OP_NO_QUERY_MTU);
    if (o.profiles) assert_int_equal(SSL_CTX_set_tlsext_use_srtp(c->ctx, o.profiles), 0);
    if (o.ciphers) assert_int_equal(SSL_CTX_set_cipher_list(c->ctx, o.ciphers), 1);
    if (!o.no_certificate) client_certificate(c, o.rsa);
    c->method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "client");
    BIO_meth_set_write(c->method, client_write);
    BIO_meth_set_read(c->method, client_read);
    BIO_meth_set_ctrl(c->method, client_ctrl);
    c->ssl = SSL_new(c->ctx);
    BIO *bio = BIO_new(c->method);
    BIO_set_init(bio, 1);
    BIO_set_data(bio, c);
    SSL_set_bio(c->ssl, bio, bio);
    SSL_set_mtu(c->ssl, 1200);
    DTLS_set_timer_cb(c->ssl, client_timer);
    if (o.alpn_bytes) {
        uint8_t names[2048];
        assert_true(o.alpn_bytes < sizeof(names));
        for (size_t i = 0; i < o.alpn_bytes; i++)
            names[i] = i % 64 ? 'a' : (uint8_t)(o.alpn_bytes - i > 64 ? 63 : o.alpn_bytes - i - 1);
        assert_int_equal(SSL_set_alpn_protos(c->ssl, names, (unsigned)o.alpn_bytes), 0);
    }
    SSL_set_connect_state(c->ssl);
    return c;
}

static void client_free(struct client *c)
{
    SSL_free(c->ssl);
    SSL_CTX_free(c->ctx);
    BIO_meth_free(c->method);
    free(c);
}

static void client_step(struct client *c, const struct packet *p)
{
    uint8_t unused[1500];
    if (p) c->in = *p;
    ERR_clear_error();
    if (!SSL_is_init_finished(c->ssl))
        SSL_do_handshake(c->ssl);
    else
        SSL_read(c->ssl, unused, sizeof(unused));
    ERR_clear_error();
    c->in.len = 0;
}

static void client_tick(struct client *c)
{
    struct timeval left;
    if (DTLSv1_get_timeout(c->ssl, &left) && left.tv_sec == 0 && left.tv_usec == 0)
        DTLSv1_handle_timeout(c->ssl);
    ERR_clear_error();
}

/* ---- both ends and the network ---- */

static const struct client_options BROWSER = {.profiles = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80"};

struct pair {
    struct dtls_context *ctx;
    struct dtls *server;
    struct client *client;
    struct queue out; /* from the server */
    uint64_t seed;
    unsigned loss, doubling, reordering; /* per cent */
};

static unsigned dice(struct pair *p)
{
    p->seed ^= p->seed << 13;
    p->seed ^= p->seed >> 7;
    p->seed ^= p->seed << 17;
    return (unsigned)(p->seed % 100);
}

static void pair_init(struct pair *p, struct client_options o)
{
    memset(p, 0, sizeof(*p));
    p->seed = 88172645463325252ull;
    assert_int_equal(dtls_context_new(&p->ctx), OK);
    p->client = client_new(o);
    assert_int_equal(dtls_new(&p->server, p->ctx, p->client->fingerprint), OK);
}

static void pair_deinit(struct pair *p)
{
    client_free(p->client);
    dtls_free(p->server);
    dtls_context_free(p->ctx);
}

static void drain(struct pair *p)
{
    uint8_t buf[LIMIT_DATAGRAM_BYTES];
    size_t n;
    while ((n = dtls_next_out(p->server, (struct span){buf, sizeof(buf)})) > 0) {
        assert_true(n <= 1200);
        queue_add(&p->out, buf, n);
    }
}

static void to_server(struct pair *p, const struct packet *packet)
{
    dtls_on_datagram(p->server, (struct view){packet->bytes, packet->len}, now_ms);
    drain(p);
}

/* Takes the next datagram of q as the network would: false if it was lost. */
static bool carry(struct pair *p, struct queue *q, struct packet *out)
{
    size_t at = q->count > 1 && dice(p) < p->reordering ? 1 : 0;
    *out = queue_take(q, at);
    if (dice(p) < p->doubling) queue_add(q, out->bytes, out->len);
    return dice(p) >= p->loss;
}

static bool settled(const struct pair *p)
{
    enum dtls_state s = dtls_state(p->server);
    return s != DTLS_HANDSHAKING && (s != DTLS_UP || SSL_is_init_finished(p->client->ssl));
}

/* Runs in steps of 10 ms until both ends are done or `limit_ms` have gone by. Returns the time it took. */
static uint64_t run(struct pair *p, uint64_t limit_ms)
{
    uint64_t start = now_ms;
    struct packet packet;
    client_step(p->client, NULL);
    for (; !settled(p) && now_ms - start < limit_ms; now_ms += 10) {
        client_tick(p->client);
        while (p->client->out.count)
            if (carry(p, &p->client->out, &packet)) to_server(p, &packet);
        if (dtls_deadline(p->server) <= now_ms) dtls_tick(p->server, now_ms);
        drain(p);
        while (p->out.count)
            if (carry(p, &p->out, &packet)) client_step(p->client, &packet);
    }
    return now_ms - start;
}

static void assert_same_keys(struct pair *p, enum srtp_profile profile)
{
    struct srtp_keys k;
    uint8_t m[60];
    size_t salt = profile == SRTP_AEAD_AES_128_GCM ? 12 : 14;
    assert_int_equal(dtls_export(p->server, &k), OK);
    assert_int_equal(k.profile, profile);
    assert_int_equal(
        SSL_export_keying_material(p->client->ssl, m, 32 + 2 * salt, "EXTRACTOR-dtls_srtp", 19, NULL, 0, 0),
        1);
    assert_memory_equal(k.in_key, m, 16);
    assert_memory_equal(k.out_key, m + 16, 16);
    assert_memory_equal(k.in_salt, m + 32, salt);
    assert_memory_equal(k.out_salt, m + 32 + salt, salt);
}

#endif
