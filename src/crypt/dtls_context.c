/* What all handshakes of a process share: the settings and our certificate. */
#include <stdlib.h>

#include "base/without.h"
#include "crypt/dtls_internal.h"
#include "crypt/sign.h"

enum { CERTIFICATE_YEARS = 10, SECONDS_PER_DAY = 86400, CERTIFICATE_LIST_BYTES = 8192 };

/* RFC 8827 6.5: peers know each other by fingerprint alone, so the names and dates in here mean nothing. */
static X509 *make_certificate(EVP_PKEY *key)
{
    uint64_t serial;
    X509 *cert = X509_new();
    X509_NAME *name = cert ? X509_get_subject_name(cert) : NULL;
    if (!name || random_bytes((uint8_t *)&serial, sizeof(serial)) != OK) goto failed;
    if (!X509_set_version(cert, X509_VERSION_3) ||
        !ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial >> 1) ||
        !X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)"aparte", -1, -1, 0) ||
        !X509_set_issuer_name(cert, name) || !X509_gmtime_adj(X509_getm_notBefore(cert), -SECONDS_PER_DAY) ||
        !X509_time_adj_ex(X509_getm_notAfter(cert), CERTIFICATE_YEARS * 365, 0, NULL) ||
        !X509_set_pubkey(cert, key) || !X509_sign(cert, key, EVP_sha256()))
        goto failed;
    return cert;
failed:
    X509_free(cert);
    return NULL;
}

bool dtls_certificate_hash(const X509 *cert, struct hash *out)
{
    unsigned len = 0;
    return cert && X509_digest(cert, EVP_sha256(), out->bytes, &len) == 1 && len == HASH_BYTES;
}

/* In place of OpenSSL's chain building: the one thing that counts is the fingerprint from the signed-in
 * WebSocket. */
static int check_fingerprint(X509_STORE_CTX *store, void *unused)
{
    (void)unused;
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct dtls *d = SSL_get_app_data(ssl);
    struct hash h;
    d->fingerprint = FINGERPRINT_WRONG;
    if (dtls_certificate_hash(X509_STORE_CTX_get0_cert(store), &h) &&
        (equal_secret(h.bytes, d->peer.bytes, HASH_BYTES) || without(WITHOUT_DTLS_FINGERPRINT))) {
        d->fingerprint = FINGERPRINT_RIGHT;
        return 1;
    }
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
    return 0;
}

static bool configure(SSL_CTX *ssl)
{
    SSL_CTX_set_options(ssl, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
                                 SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_max_cert_list(ssl, CERTIFICATE_LIST_BYTES);
    SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_cert_verify_callback(ssl, check_fingerprint, NULL);
    return SSL_CTX_set_min_proto_version(ssl, DTLS1_2_VERSION) == 1 &&
           SSL_CTX_set_max_proto_version(ssl, DTLS1_2_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(ssl, "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384") == 1 &&
           SSL_CTX_set1_groups_list(ssl, "X25519:P-256") == 1 &&
           SSL_CTX_set_session_id_context(ssl, (const uint8_t *)"aparte", 6) == 1 &&
           /* this one says 0 for success */
           SSL_CTX_set_tlsext_use_srtp(ssl, "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80") == 0;
}

enum err dtls_context_new(struct dtls_context **out)
{
    *out = NULL;
    struct dtls_context *ctx = calloc(1, sizeof(*ctx));
    if (!ctx) return ERR_SYSTEM;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = key ? make_certificate(key) : NULL;
    ctx->ssl = SSL_CTX_new(DTLS_server_method());
    ctx->bio = dtls_bio_method();
    bool ok = cert && ctx->ssl && ctx->bio && configure(ctx->ssl) &&
              SSL_CTX_use_certificate(ctx->ssl, cert) == 1 && SSL_CTX_use_PrivateKey(ctx->ssl, key) == 1 &&
              dtls_certificate_hash(cert, &ctx->fingerprint);
    X509_free(cert);
    EVP_PKEY_free(key);
    ERR_clear_error();
    if (!ok) {
        dtls_context_free(ctx);
        return ERR_CRYPTO;
    }
    *out = ctx;
    return OK;
}

void dtls_context_free(struct dtls_context *ctx)
{
    if (!ctx) return;
    SSL_CTX_free(ctx->ssl);
    BIO_meth_free(ctx->bio);
    free(ctx);
}

struct hash dtls_context_fingerprint(const struct dtls_context *ctx)
{
    return ctx->fingerprint;
}
