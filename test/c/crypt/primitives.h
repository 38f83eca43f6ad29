/* HKDF-SHA256 and AES-128-GCM for the oracles of this folder. The server itself needs neither; the oracles
 * are written from the RFCs, apart from the client's TypeScript, and both sides are held to the same vectors.
 */
#ifndef TEST_PRIMITIVES_H
#define TEST_PRIMITIVES_H

#include "vectors.h"

#include "crypt/openssl.h"

static inline struct blob blob_of(const void *p, size_t n)
{
    struct blob b = {.len = n};
    assert_true(n <= sizeof(b.bytes));
    if (n) memcpy(b.bytes, p, n);
    return b;
}

static inline struct blob text(const char *s)
{
    return blob_of(s, strlen(s));
}

static inline void append(struct blob *b, const void *p, size_t n)
{
    assert_true(n <= sizeof(b->bytes) - b->len);
    if (n) memcpy(b->bytes + b->len, p, n);
    b->len += n;
}

static inline void append_blob(struct blob *b, const struct blob *more)
{
    append(b, more->bytes, more->len);
}

static inline void append_number(struct blob *b, uint64_t v, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        uint8_t byte = (uint8_t)(v >> 8 * (bytes - 1 - i));
        append(b, &byte, 1);
    }
}

static inline struct blob hmac_blob(const struct blob *key, const struct blob *data)
{
    struct blob out = {.len = 32};
    static const uint8_t none[1];
    assert_non_null(HMAC(EVP_sha256(), key->len ? key->bytes : none, (int)key->len, data->bytes, data->len,
                         out.bytes, NULL));
    return out;
}

/* RFC 5869 2.2: an absent salt is 32 zero bytes, which HMAC treats as it treats an empty key. */
static inline struct blob hkdf_extract(const struct blob *salt, const struct blob *ikm)
{
    return hmac_blob(salt, ikm);
}

/* RFC 5869 2.3 */
static inline struct blob hkdf_expand(const struct blob *prk, const struct blob *info, size_t n)
{
    struct blob out = {0}, t = {0};
    for (uint8_t i = 1; out.len < n; i++) {
        append_blob(&t, info);
        append(&t, &i, 1);
        t = hmac_blob(prk, &t);
        append_blob(&out, &t);
    }
    out.len = n;
    return out;
}

static inline struct blob gcm_seal(const struct blob *key, const struct blob *nonce, const struct blob *aad,
                                   const struct blob *plain)
{
    struct blob out = {.len = plain->len + 16};
    int n;
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    assert_int_equal(key->len, 16);
    assert_int_equal(nonce->len, 12);
    assert_int_equal(EVP_EncryptInit_ex(c, EVP_aes_128_gcm(), NULL, key->bytes, nonce->bytes), 1);
    assert_int_equal(EVP_EncryptUpdate(c, NULL, &n, aad->bytes, (int)aad->len), 1);
    assert_int_equal(EVP_EncryptUpdate(c, out.bytes, &n, plain->bytes, (int)plain->len), 1);
    assert_int_equal(EVP_EncryptFinal_ex(c, out.bytes + n, &n), 1);
    assert_int_equal(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, 16, out.bytes + plain->len), 1);
    EVP_CIPHER_CTX_free(c);
    return out;
}

static inline bool gcm_open(const struct blob *key, const struct blob *nonce, const struct blob *aad,
                            const struct blob *sealed, struct blob *plain)
{
    int n;
    if (sealed->len < 16) return false;
    struct blob tag = blob_of(sealed->bytes + sealed->len - 16, 16);
    *plain = (struct blob){.len = sealed->len - 16};
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    assert_int_equal(EVP_DecryptInit_ex(c, EVP_aes_128_gcm(), NULL, key->bytes, nonce->bytes), 1);
    assert_int_equal(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, 16, tag.bytes), 1);
    assert_int_equal(EVP_DecryptUpdate(c, NULL, &n, aad->bytes, (int)aad->len), 1);
    assert_int_equal(EVP_DecryptUpdate(c, plain->bytes, &n, sealed->bytes, (int)plain->len), 1);
    bool ok = EVP_DecryptFinal_ex(c, plain->bytes + n, &n) == 1;
    EVP_CIPHER_CTX_free(c);
    return ok;
}

#endif
