/* What is left of a handshake: OpenSSL's session takes tens of kilobytes, and after the handshake a DTLS-SRTP
 * peer has two things to say: its last flight once more, because ours was lost, and an alert. The first is
 * answered with the datagram kept (a copy carries the record numbers of the original, which the peer never
 * saw), the second is opened with the client's write key (RFC 5246 6.3, RFC 5288 3, RFC 6347 4.1). */
#include "crypt/dtls_internal.h"
#include "crypt/sign.h"

enum {
    RECORD_HEADER = 13,
    EXPLICIT_NONCE = 8,
    SALT = 4,
    TAG = 16,
    ALERT = 21,
    HANDSHAKE = 22,
    ANSWERS_MAX = 16
};
enum { FATAL = 2, CLOSE_NOTIFY = 0 };

/* RFC 5246 6.3: no MAC keys with GCM; client key, server key, client IV, server IV. */
static enum err expand(SSL *ssl, uint8_t *out, size_t n)
{
    uint8_t secret[48], seed[13 + 32 + 32] = "key expansion";
    char digest[] = "SHA256";
    if (SSL_CIPHER_get_handshake_digest(SSL_get_current_cipher(ssl)) == EVP_sha384())
        memcpy(digest, "SHA384", sizeof(digest));
    SSL_get_server_random(ssl, seed + 13, 32);
    SSL_get_client_random(ssl, seed + 45, 32);
    size_t secret_len = SSL_SESSION_get_master_key(SSL_get_session(ssl), secret, sizeof(secret));
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
                           OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, secret, secret_len),
                           OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, seed, sizeof(seed)),
                           OSSL_PARAM_construct_end()};
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "TLS1-PRF", NULL);
    EVP_KDF_CTX *c = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
    bool ok = c && EVP_KDF_derive(c, out, n, params) == 1;
    EVP_KDF_CTX_free(c);
    EVP_KDF_free(kdf);
    wipe(secret, sizeof(secret));
    return ok ? OK : ERR_CRYPTO;
}

enum err rest_init(struct rest *r, SSL *ssl, struct view last_flight)
{
    uint8_t block[2 * sizeof(r->key) + 2 * SALT];
    if (last_flight.len > sizeof(r->flight)) return ERR_TOO_LARGE;
    const EVP_CIPHER *cipher = EVP_get_cipherbynid(SSL_CIPHER_get_cipher_nid(SSL_get_current_cipher(ssl)));
    r->key_len = cipher ? (size_t)EVP_CIPHER_get_key_length(cipher) : 0;
    if (r->key_len != 16 && r->key_len != 32) return ERR_UNSUPPORTED;
    enum err e = expand(ssl, block, 2 * r->key_len + SALT);
    if (e) return e;
    memcpy(r->key, block, r->key_len);
    memcpy(r->salt, block + 2 * r->key_len, SALT);
    wipe(block, sizeof(block));
    if (last_flight.len)
        memcpy(r->flight, last_flight.ptr,
               last_flight.len); /* several records may share a datagram: RFC 6347 4.1.1 */
    r->flight_len = last_flight.len;
    r->owed = true;
    return OK;
}

/* RFC 5246 6.2.3.3: the nonce is salt and explicit part, what is authenticated is the header with the length
 * of the plaintext. */
static bool open_alert(const struct rest *r, struct view header, struct view body, uint8_t out[2])
{
    uint8_t nonce[SALT + EXPLICIT_NONCE], head[RECORD_HEADER], tag[TAG];
    int len = 0;
    if (body.len != EXPLICIT_NONCE + 2 + TAG) return false;
    memcpy(nonce, r->salt, SALT);
    memcpy(nonce + SALT, body.ptr, EXPLICIT_NONCE);
    memcpy(head, header.ptr + 3, 8); /* epoch and number, then type, version, length */
    memcpy(head + 8, header.ptr, 3);
    put_u16(head + 11, 2);
    memcpy(tag, body.ptr + EXPLICIT_NONCE + 2, TAG);
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    const EVP_CIPHER *type = r->key_len == 16 ? EVP_aes_128_gcm() : EVP_aes_256_gcm();
    bool ok = c && EVP_DecryptInit_ex(c, type, NULL, r->key, nonce) == 1 &&
              EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, TAG, tag) == 1 &&
              EVP_DecryptUpdate(c, NULL, &len, head, sizeof(head)) == 1 &&
              EVP_DecryptUpdate(c, out, &len, body.ptr + EXPLICIT_NONCE, 2) == 1 && len == 2 &&
              EVP_DecryptFinal_ex(c, tag, &len) == 1;
    EVP_CIPHER_CTX_free(c);
    ERR_clear_error();
    return ok;
}

bool rest_on_datagram(struct rest *r, struct view datagram)
{
    struct reader all = reader_init(datagram);
    while (reader_left(&all) >= RECORD_HEADER) {
        struct view header = read_view(&all, RECORD_HEADER);
        struct view body = read_view(&all, get_u16(header.ptr + 11));
        uint16_t epoch = get_u16(header.ptr + 3);
        uint8_t alert[2];
        if (all.err) return false;
        /* Not larger than what asked for it, nor without end: nothing here is authenticated. */
        if (header.ptr[0] == HANDSHAKE && epoch == 0 && !r->owed && r->answers < ANSWERS_MAX &&
            datagram.len >= r->flight_len) {
            r->owed = true;
            r->answers++;
        }
        if (header.ptr[0] == ALERT && epoch == 1 && open_alert(r, header, body, alert) &&
            (alert[0] == FATAL || alert[1] == CLOSE_NOTIFY))
            return true;
    }
    return false;
}
