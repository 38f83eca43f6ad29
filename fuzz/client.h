/* A DTLS-SRTP client as browsers are one, in memory and without a clock, and a random source that gives the
 * same bytes in every run: an input that fails once fails again. */
#ifndef FUZZ_CLIENT_H
#define FUZZ_CLIENT_H

#define OPENSSL_SUPPRESS_DEPRECATED /* RAND_set_rand_method: OpenSSL 3 wants a provider for it */
#include "../test/c/noise_openssl.h"
#include "base/limits.h"
#include "crypt/dtls.h"
#include "crypt/openssl.h"
#include "crypt/srtp.h"
#include "must.h"

struct client {
    SSL *ssl;
    struct srtp *out, *in; /* NULL: not up */
};

static SSL_CTX *client_context;
static struct hash client_fingerprint; /* all clients have one certificate */

/* Once, before anything else of OpenSSL. */
static void clients_start(void)
{
    unsigned len;
    MUST(RAND_set_rand_method(&noise_method) == 1);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    client_context = SSL_CTX_new(DTLS_client_method());
    X509_time_adj_ex(X509_getm_notBefore(certificate), 0, 0,
                     &(time_t){0}); /* nobody looks, but they must be there */
    X509_time_adj_ex(X509_getm_notAfter(certificate), 1, 0, &(time_t){0});
    X509_set_pubkey(certificate, key);
    MUST(X509_sign(certificate, key, EVP_sha256()) > 0);
    MUST(X509_digest(certificate, EVP_sha256(), client_fingerprint.bytes, &len) == 1);
    MUST(SSL_CTX_use_certificate(client_context, certificate) == 1);
    MUST(SSL_CTX_use_PrivateKey(client_context, key) == 1);
    SSL_CTX_set_options(client_context, SSL_OP_NO_QUERY_MTU);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static void client_free(struct client *c)
{
    SSL_free(c->ssl);
    srtp_free(c->in);
    srtp_free(c->out);
    *c = (struct client){0};
}

/* A handshake from its beginning. */
static void client_new(struct client *c, const char *profiles)
{
    client_free(c);
    c->ssl = SSL_new(client_context);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    MUST(c->ssl && in && out);
    BIO_set_mem_eof_return(in, -1);
    BIO_set_mem_eof_return(out, -1);
    SSL_set_bio(c->ssl, in, out);
    SSL_set_mtu(c->ssl, 1400);
    MUST(SSL_set_tlsext_use_srtp(c->ssl, profiles) == 0);
    SSL_set_connect_state(c->ssl);
}

static void client_take_keys(struct client *c)
{
    uint8_t m[60], salt[14] = {0};
    enum srtp_profile profile = (enum srtp_profile)SSL_get_selected_srtp_profile(c->ssl)->id;
    size_t key = 16, salt_len = profile == SRTP_AEAD_AES_128_GCM ? 12 : 14, all = 2 * (key + salt_len);
    MUST(SSL_export_keying_material(c->ssl, m, all, "EXTRACTOR-dtls_srtp", 19, NULL, 0, 0) == 1);
    memcpy(salt, m + 2 * key, salt_len); /* RFC 5764 4.2: client key, server key, client salt, server salt */
    MUST(srtp_new(&c->out, profile, m, salt) == OK);
    memcpy(salt, m + 2 * key + salt_len, salt_len);
    MUST(srtp_new(&c->in, profile, m + key, salt) == OK);
}

/* Takes a datagram, or without one begins. */
static void client_on_datagram(struct client *c, struct view v)
{
    uint8_t unused[64];
    ERR_clear_error();
    if (v.len) MUST(BIO_write(SSL_get_rbio(c->ssl), v.ptr, (int)v.len) == (int)v.len);
    if (SSL_is_init_finished(c->ssl))
        (void)SSL_read(c->ssl, unused, sizeof(unused));
    else
        (void)SSL_do_handshake(c->ssl);
    if (SSL_is_init_finished(c->ssl) && !c->out) client_take_keys(c);
    ERR_clear_error();
}

/* What it has to send, in one datagram; 0: nothing. */
static size_t client_next_out(struct client *c, struct span room)
{
    int n = BIO_read(SSL_get_wbio(c->ssl), room.ptr, (int)room.len);
    return n > 0 ? (size_t)n : 0;
}

#endif
