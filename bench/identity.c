#include "identity.h"

#include "crypt/dtls.h"
#include "crypt/sign.h"

enum { MTU = 1200, DAY_S = 86400, FIRST_RESEND_US = 250000, LAST_RESEND_US = 2000000 };

static int check_fingerprint(X509_STORE_CTX *store, void *unused)
{
    (void)unused;
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    const struct hash *expected = SSL_get_app_data(ssl);
    struct hash h;
    unsigned len = 0;
    return X509_digest(X509_STORE_CTX_get0_cert(store), EVP_sha256(), h.bytes, &len) == 1 &&
           equal_secret(h.bytes, expected->bytes, HASH_BYTES);
}

static X509 *make_certificate(EVP_PKEY *key)
{
    X509 *cert = X509_new();
    if (!cert || !ASN1_INTEGER_set(X509_get_serialNumber(cert), 1) ||
        !X509_set_version(cert, X509_VERSION_3) ||
        !X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC, (const uint8_t *)"load",
                                    -1, -1, 0) ||
        !X509_set_issuer_name(cert, X509_get_subject_name(cert)) ||
        !X509_gmtime_adj(X509_getm_notBefore(cert), -DAY_S) ||
        !X509_gmtime_adj(X509_getm_notAfter(cert), 30 * DAY_S) || !X509_set_pubkey(cert, key) ||
        !X509_sign(cert, key, EVP_sha256())) {
        X509_free(cert);
        return NULL;
    }
    return cert;
}

enum err identity_init(struct identity *id)
{
    unsigned len = 0;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = key ? make_certificate(key) : NULL;
    SSL_CTX *c = SSL_CTX_new(DTLS_client_method());
    bool ok = cert && c && X509_digest(cert, EVP_sha256(), id->fingerprint.bytes, &len) == 1 &&
              SSL_CTX_use_certificate(c, cert) == 1 && SSL_CTX_use_PrivateKey(c, key) == 1 &&
              SSL_CTX_set_min_proto_version(c, DTLS1_2_VERSION) == 1 &&
              SSL_CTX_set1_groups_list(c, "X25519:P-256") == 1 && /* the next one says 0 for success */
              SSL_CTX_set_tlsext_use_srtp(c, "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80") == 0;
    X509_free(cert);
    EVP_PKEY_free(key);
    id->context = c;
    if (!ok) {
        identity_deinit(id);
        return ERR_CRYPTO;
    }
    SSL_CTX_set_verify(c, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(c, check_fingerprint, NULL);
    SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
    return OK;
}

void identity_deinit(struct identity *id)
{
    SSL_CTX_free(id->context);
    *id = (struct identity){0};
}

/* Doubles from a quarter of a second: OpenSSL starts with a whole one, which would be most of a join. */
static unsigned int resend_us(SSL *ssl, unsigned int before)
{
    (void)ssl;
    if (before == 0) return FIRST_RESEND_US;
    return before * 2 < LAST_RESEND_US ? before * 2 : LAST_RESEND_US;
}

SSL *identity_connect(const struct identity *id, const struct hash *server)
{
    SSL *ssl = SSL_new(id->context);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    if (!ssl || !in || !out) {
        BIO_free(in);
        BIO_free(out);
        SSL_free(ssl);
        return NULL;
    }
    BIO_set_mem_eof_return(in, -1);
    BIO_set_mem_eof_return(out, -1);
    SSL_set_bio(ssl, in, out);
    SSL_set_options(ssl, SSL_OP_NO_QUERY_MTU);
    SSL_set_mtu(ssl, MTU);
    DTLS_set_timer_cb(ssl, resend_us);
    SSL_set_app_data(ssl, (char *)(uintptr_t)server);
    SSL_set_connect_state(ssl);
    return ssl;
}
