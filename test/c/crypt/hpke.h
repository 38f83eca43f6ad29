/* RFC 9180, base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM: an oracle for the client's
 * sealing. */
#ifndef TEST_HPKE_H
#define TEST_HPKE_H

#include "primitives.h"

struct hpke_keys {
    struct blob shared_secret, context, secret, key, base_nonce;
};

static inline struct blob x25519_public(const struct blob *sk)
{
    struct blob pk = {.len = 32};
    size_t len = 32;
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, sk->bytes, sk->len);
    assert_int_equal(EVP_PKEY_get_raw_public_key(key, pk.bytes, &len), 1);
    EVP_PKEY_free(key);
    return pk;
}

static inline struct blob x25519(const struct blob *sk, const struct blob *pk)
{
    struct blob out = {.len = 32};
    EVP_PKEY *mine = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, sk->bytes, sk->len);
    EVP_PKEY *theirs = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, pk->bytes, pk->len);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(mine, NULL);
    assert_int_equal(EVP_PKEY_derive_init(ctx), 1);
    assert_int_equal(EVP_PKEY_derive_set_peer(ctx, theirs), 1);
    assert_int_equal(EVP_PKEY_derive(ctx, out.bytes, &out.len), 1);
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(mine);
    EVP_PKEY_free(theirs);
    return out;
}

/* 4: LabeledExtract and LabeledExpand */
static inline struct blob labeled_extract(const struct blob *suite, const struct blob *salt,
                                          const char *label, const struct blob *ikm)
{
    struct blob in = text("HPKE-v1");
    append_blob(&in, suite);
    append(&in, label, strlen(label));
    append_blob(&in, ikm);
    return hkdf_extract(salt, &in);
}

static inline struct blob labeled_expand(const struct blob *suite, const struct blob *prk, const char *label,
                                         const struct blob *info, size_t n)
{
    struct blob in = {0};
    append_number(&in, n, 2);
    append(&in, "HPKE-v1", 7);
    append_blob(&in, suite);
    append(&in, label, strlen(label));
    append_blob(&in, info);
    return hkdf_expand(prk, &in, n);
}

/* 4.1 ExtractAndExpand and 5.1 KeySchedule in base mode */
static inline struct hpke_keys hpke_schedule(const struct blob *dh, const struct blob *enc,
                                             const struct blob *pk, const struct blob *info)
{
    const struct blob none = {0};
    struct hpke_keys k;
    struct blob kem = text("KEM"), suite = text("HPKE"), kem_context = *enc;
    append_number(&kem, 0x20, 2);
    append_number(&suite, 0x20, 2);
    append_number(&suite, 1, 2);
    append_number(&suite, 1, 2);
    append_blob(&kem_context, pk);
    struct blob eae = labeled_extract(&kem, &none, "eae_prk", dh);
    k.shared_secret = labeled_expand(&kem, &eae, "shared_secret", &kem_context, 32);

    struct blob psk_id = labeled_extract(&suite, &none, "psk_id_hash", &none);
    struct blob info_hash = labeled_extract(&suite, &none, "info_hash", info);
    k.context = (struct blob){.len = 1}; /* mode 0 */
    append_blob(&k.context, &psk_id);
    append_blob(&k.context, &info_hash);
    k.secret = labeled_extract(&suite, &k.shared_secret, "secret", &none);
    k.key = labeled_expand(&suite, &k.secret, "key", &k.context, 16);
    k.base_nonce = labeled_expand(&suite, &k.secret, "base_nonce", &k.context, 12);
    return k;
}

/* 5.2 */
static inline struct blob hpke_nonce(const struct hpke_keys *k, uint64_t seq)
{
    struct blob nonce = k->base_nonce;
    for (int i = 0; i < 8; i++) nonce.bytes[11 - i] ^= (uint8_t)(seq >> 8 * i);
    return nonce;
}

static inline struct hpke_keys hpke_receive(const struct blob *sk, const struct blob *enc,
                                            const struct blob *info)
{
    struct blob pk = x25519_public(sk), dh = x25519(sk, enc);
    return hpke_schedule(&dh, enc, &pk, info);
}

/* Single shot (6.1): enc || ciphertext, as docs/protocol.md sends it */
static inline bool hpke_open(const struct blob *sk, const struct blob *info, const struct blob *aad,
                             const struct blob *sealed, struct blob *plain)
{
    if (sealed->len < 32) return false;
    struct blob enc = blob_of(sealed->bytes, 32), rest = blob_of(sealed->bytes + 32, sealed->len - 32);
    struct hpke_keys k = hpke_receive(sk, &enc, info);
    return gcm_open(&k.key, &k.base_nonce, aad, &rest, plain);
}

#endif
