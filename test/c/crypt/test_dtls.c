/* The server half of DTLS against OpenSSL's client over a network in memory, in virtual time. */
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

/* ---- tests ---- */

static void handshake_yields_the_same_keys(void **state)
{
    (void)state;
    struct pair p;
    pair_init(&p, BROWSER);
    struct srtp_keys k;
    assert_int_equal(dtls_export(p.server, &k), ERR_STATE);
    run(&p, 1000);
    assert_int_equal(dtls_state(p.server), DTLS_UP);
    assert_int_equal(dtls_deadline(p.server), UINT64_MAX);
    assert_same_keys(&p, SRTP_AEAD_AES_128_GCM);

    struct hash ours = dtls_context_fingerprint(p.ctx), seen;
    unsigned len;
    X509 *cert = SSL_get0_peer_certificate(p.client->ssl);
    char name[32];
    assert_int_equal(X509_digest(cert, EVP_sha256(), seen.bytes, &len), 1);
    assert_true(hash_eq(ours, seen));
    X509_NAME_get_text_by_NID(X509_get_subject_name(cert), NID_commonName, name, sizeof(name));
    assert_string_equal(name, "aparte");
    assert_string_equal(SSL_get_version(p.client->ssl), "DTLSv1.2");
    pair_deinit(&p);
}

static void profiles_are_taken_in_our_order(void **state)
{
    (void)state;
    const struct {
        const char *offer;
        enum srtp_profile profile;
    } cases[] = {
        {"SRTP_AES128_CM_SHA1_80", SRTP_AES128_CM_SHA1_80},
        {"SRTP_AEAD_AES_128_GCM", SRTP_AEAD_AES_128_GCM},
        {"SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM", SRTP_AEAD_AES_128_GCM},
        {"SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_32:SRTP_AES128_CM_SHA1_80", SRTP_AES128_CM_SHA1_80}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pair p;
        pair_init(&p, (struct client_options){.profiles = cases[i].offer, .rsa = i == 2});
        run(&p, 1000);
        assert_int_equal(dtls_state(p.server), DTLS_UP);
        assert_same_keys(&p, cases[i].profile);
        pair_deinit(&p);
    }
}

static void peers_we_cannot_serve_fail(void **state)
{
    (void)state;
    const struct client_options cases[] = {
        {.profiles = NULL},
        {.profiles = "SRTP_AES128_CM_SHA1_32"},
        {.profiles = BROWSER.profiles, .no_certificate = true},
        {.profiles = BROWSER.profiles, .ciphers = "ECDHE-ECDSA-AES128-SHA"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pair p;
        struct srtp_keys k;
        pair_init(&p, cases[i]);
        run(&p, 1000);
        assert_int_equal(dtls_state(p.server), DTLS_FAILED);
        assert_int_equal(dtls_export(p.server, &k), ERR_STATE);
        assert_int_equal(k.profile, SRTP_NONE);
        pair_deinit(&p);
    }
}

static void another_certificate_than_announced_is_refused(void **state)
{
    (void)state;
    for (int bit = 0; bit < 256; bit += 85) {
        struct pair p;
        struct srtp_keys k;
        pair_init(&p, BROWSER);
        struct hash other = p.client->fingerprint;
        other.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        dtls_free(p.server);
        assert_int_equal(dtls_new(&p.server, p.ctx, other), OK);
        run(&p, 1000);
        assert_int_equal(dtls_state(p.server), DTLS_WRONG_FINGERPRINT);
        assert_int_equal(dtls_export(p.server, &k), ERR_STATE);
        assert_false(SSL_is_init_finished(p.client->ssl));
        pair_deinit(&p);
    }
}

/* Chromium 156 sends its ClientHello in two datagrams, of 1200 and 263 bytes. */
static void client_hello_in_two_datagrams(void **state)
{
    (void)state;
    const char *orders[] = {"01", "10", "0011", "1100", "010", "101", "0101"};
    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        struct pair p;
        struct client_options o = BROWSER;
        o.alpn_bytes = 1150;
        pair_init(&p, o);
        client_step(p.client, NULL);
        struct queue hello = p.client->out;
        p.client->out.count = 0;
        assert_int_equal(hello.count, 2);
        assert_true(hello.items[0].len > 1000);
        assert_true(hello.items[1].len > 100);
        for (const char *n = orders[i]; *n; n++) to_server(&p, &hello.items[*n - '0']);
        assert_int_equal(dtls_state(p.server), DTLS_HANDSHAKING);
        assert_true(p.out.count > 0);
        uint64_t took = run(&p, 5000);
        assert_int_equal(dtls_state(p.server), DTLS_UP);
        assert_true(took < 100); /* of virtual time: nothing had to be sent again */
        pair_deinit(&p);
    }
}

static void one_half_of_a_client_hello_gets_no_answer(void **state)
{
    (void)state;
    struct pair p;
    struct client_options o = BROWSER;
    o.alpn_bytes = 1150;
    pair_init(&p, o);
    client_step(p.client, NULL);
    to_server(&p, &p.client->out.items[1]);
    assert_int_equal(dtls_state(p.server), DTLS_HANDSHAKING);
    assert_int_equal(p.out.count, 0);
    assert_int_equal(dtls_deadline(p.server), now_ms + LIMIT_DTLS_MS);
    pair_deinit(&p);
}

static void handshake_survives_a_bad_network(void **state)
{
    (void)state;
    uint64_t longest = 0;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        struct pair p;
        struct client_options o = BROWSER;
        o.alpn_bytes = seed % 2 ? 1150 : 0;
        pair_init(&p, o);
        p.seed = seed * 0x9e3779b97f4a7c15ull;
        p.loss = 25;
        p.doubling = 20;
        p.reordering = 30;
        uint64_t took = run(&p, LIMIT_DTLS_MS);
        if (dtls_state(p.server) != DTLS_UP)
            fail_msg("seed %d: state %d", (int)seed, (int)dtls_state(p.server));
        assert_same_keys(&p, SRTP_AEAD_AES_128_GCM);
        longest = took > longest ? took : longest;
        pair_deinit(&p);
    }
    print_message("longest handshake at 25 %% loss: %d virtual ms\n", (int)longest);
}

static void flight_is_sent_again_at_doubling_intervals(void **state)
{
    (void)state;
    struct pair p;
    pair_init(&p, BROWSER);
    client_step(p.client, NULL);
    uint64_t start = now_ms, at = start;
    to_server(&p, &p.client->out.items[0]);
    size_t flight = p.out.count;
    struct queue first = p.out;
    assert_true(flight > 0);

    const uint64_t intervals[] = {100, 200, 400, 800, 1600, 1600, 1600};
    for (size_t i = 0; i < sizeof(intervals) / sizeof(intervals[0]); i++) {
        at += intervals[i];
        assert_int_equal(dtls_deadline(p.server), at);
        p.out.count = 0;
        dtls_tick(p.server, at - 1);
        drain(&p);
        assert_int_equal(p.out.count, 0);
        dtls_tick(p.server, at);
        drain(&p);
        assert_int_equal(p.out.count, flight);
        for (size_t n = 0; n < flight; n++)
            assert_memory_equal(p.out.items[n].bytes, first.items[n].bytes, first.items[n].len);
    }
    assert_int_equal(dtls_tick(p.server, start + LIMIT_DTLS_MS - 1), DTLS_HANDSHAKING);
    assert_int_equal(dtls_tick(p.server, start + LIMIT_DTLS_MS), DTLS_FAILED);
    assert_int_equal(dtls_deadline(p.server), UINT64_MAX);
    pair_deinit(&p);
}

static void lost_last_flight_is_repeated_on_demand(void **state)
{
    (void)state;
    struct pair p;
    pair_init(&p, BROWSER);
    client_step(p.client, NULL);
    while (dtls_state(p.server) != DTLS_UP) {
        while (p.client->out.count) {
            struct packet packet = queue_take(&p.client->out, 0);
            to_server(&p, &packet);
        }
        while (dtls_state(p.server) != DTLS_UP && p.out.count) {
            struct packet packet = queue_take(&p.out, 0);
            client_step(p.client, &packet);
        }
    }
    assert_true(p.out.count > 0);
    p.out.count = 0; /* lost */
    assert_false(SSL_is_init_finished(p.client->ssl));
    run(&p, 2000);
    assert_true(SSL_is_init_finished(p.client->ssl));
    assert_same_keys(&p, SRTP_AEAD_AES_128_GCM);
    pair_deinit(&p);
}

/* RFC 6347 4.1.2.7: what is no valid record is dropped, in every state. */
static void garbage_is_ignored(void **state)
{
    (void)state;
    struct pair p;
    pair_init(&p, BROWSER);
    for (int stage = 0; stage < 3; stage++) {
        enum dtls_state before = dtls_state(p.server);
        for (int i = 0; i < 500; i++) {
            struct packet g;
            g.len = (size_t)dice(&p) * 12;
            for (size_t n = 0; n < g.len; n++) g.bytes[n] = (uint8_t)(dice(&p) * 7 + dice(&p));
            g.bytes[0] = (uint8_t)(20 + dice(&p) % 44);
            to_server(&p, &g);
            assert_int_equal(dtls_state(p.server), before);
        }
        if (stage == 0) {
            client_step(p.client, NULL);
            struct packet packet = queue_take(&p.client->out, 0);
            to_server(&p, &packet);
        } else if (stage == 1) {
            run(&p, 1000);
            assert_int_equal(dtls_state(p.server), DTLS_UP);
        }
    }
    assert_same_keys(&p, SRTP_AEAD_AES_128_GCM);
    pair_deinit(&p);
}

/* A record of the right epoch that does not decrypt is dropped too: nobody without the keys can end a
 * session. */
static void forged_records_do_not_end_a_session(void **state)
{
    (void)state;
    struct pair p;
    pair_init(&p, BROWSER);
    run(&p, 1000);
    SSL_write(p.client->ssl, "x", 1);
    assert_int_equal(p.client->out.count, 1);
    struct packet good = queue_take(&p.client->out, 0);
    for (size_t bit = 0; bit < 8 * good.len; bit++) {
        struct packet bad = good;
        bad.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        to_server(&p, &bad);
        assert_int_equal(dtls_state(p.server), DTLS_UP);
    }
    struct packet alert = {.bytes = {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40}, .len = 15};
    to_server(&p, &alert); /* a fatal alert in the clear */
    assert_int_equal(dtls_state(p.server), DTLS_UP);
    to_server(&p, &good);
    assert_int_equal(dtls_state(p.server), DTLS_UP);
    pair_deinit(&p);
}

static void either_side_can_close(void **state)
{
    (void)state;
    struct pair p;
    struct srtp_keys k;
    pair_init(&p, BROWSER);
    run(&p, 1000);
    SSL_shutdown(p.client->ssl);
    struct packet packet = queue_take(&p.client->out, 0);
    to_server(&p, &packet);
    assert_int_equal(dtls_state(p.server), DTLS_CLOSED);
    assert_int_equal(dtls_export(p.server, &k), ERR_STATE);
    pair_deinit(&p);

    pair_init(&p, BROWSER);
    run(&p, 1000);
    dtls_close(p.server);
    assert_int_equal(dtls_state(p.server), DTLS_CLOSED);
    drain(&p);
    assert_int_equal(p.out.count, 1);
    packet = queue_take(&p.out, 0);
    client_step(p.client, &packet);
    assert_true(SSL_get_shutdown(p.client->ssl) & SSL_RECEIVED_SHUTDOWN);
    dtls_close(p.server);
    drain(&p);
    assert_int_equal(p.out.count, 0);
    pair_deinit(&p);
    dtls_free(NULL);
    dtls_context_free(NULL);
}

static void renegotiation_is_refused(void **state)
{
    (void)state;
    struct pair p;
    struct srtp_keys before, after;
    pair_init(&p, BROWSER);
    run(&p, 1000);
    assert_int_equal(dtls_export(p.server, &before), OK);
    SSL_renegotiate(p.client->ssl);
    SSL_do_handshake(p.client->ssl);
    assert_true(p.client->out.count > 0);
    while (p.client->out.count) {
        struct packet packet = queue_take(&p.client->out, 0);
        to_server(&p, &packet);
    }
    for (size_t i = 0; i < p.out.count; i++)
        assert_int_not_equal(p.out.items[i].bytes[0], 22); /* no handshake record came back */
    assert_int_equal(dtls_export(p.server, &after), OK);
    assert_memory_equal(&before, &after, sizeof(before));
    pair_deinit(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handshake_yields_the_same_keys),
        cmocka_unit_test(profiles_are_taken_in_our_order),
        cmocka_unit_test(peers_we_cannot_serve_fail),
        cmocka_unit_test(another_certificate_than_announced_is_refused),
        cmocka_unit_test(client_hello_in_two_datagrams),
        cmocka_unit_test(one_half_of_a_client_hello_gets_no_answer),
        cmocka_unit_test(handshake_survives_a_bad_network),
        cmocka_unit_test(flight_is_sent_again_at_doubling_intervals),
        cmocka_unit_test(lost_last_flight_is_repeated_on_demand),
        cmocka_unit_test(garbage_is_ignored),
        cmocka_unit_test(forged_records_do_not_end_a_session),
        cmocka_unit_test(either_side_can_close),
        cmocka_unit_test(renegotiation_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
