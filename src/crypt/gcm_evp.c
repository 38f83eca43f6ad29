#include "crypt/gcm.h"

#include "crypt/openssl.h"
#include "crypt/sign.h"

static bool usable(void)
{
    return true;
}

static EVP_CIPHER_CTX **context(struct gcm_key *k)
{
    return (EVP_CIPHER_CTX **)k->bytes;
}

static enum err init(struct gcm_key *k, const uint8_t key[16])
{
    EVP_CIPHER_CTX *c = *context(k) = EVP_CIPHER_CTX_new();
    return c && EVP_CipherInit_ex(c, EVP_aes_128_gcm(), NULL, key, NULL, 1) == 1 ? OK : ERR_CRYPTO;
}

static void deinit(struct gcm_key *k)
{
    EVP_CIPHER_CTX_free(*context(k));
    wipe(k, sizeof(*k));
}

static bool update(EVP_CIPHER_CTX *c, uint8_t *out, const uint8_t *in, size_t n)
{
    int len = 0;
    return n == 0 || (EVP_CipherUpdate(c, out, &len, in, (int)n) == 1 && (size_t)len == n);
}

static enum err run(EVP_CIPHER_CTX *c, struct gcm_text *t, bool sealing)
{
    uint8_t rest[16];
    int len = 0;
    if (EVP_CipherInit_ex(c, NULL, NULL, NULL, t->iv, sealing) != 1 ||
        (!sealing && EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, GCM_TAG_BYTES, t->tag) != 1) ||
        !update(c, NULL, t->head.ptr, t->head.len) || !update(c, NULL, t->extra.ptr, t->extra.len) ||
        !update(c, t->body.ptr, t->body.ptr, t->body.len))
        return ERR_CRYPTO;
    if (EVP_CipherFinal_ex(c, rest, &len) != 1) return sealing ? ERR_CRYPTO : ERR_SIGNATURE;
    if (sealing && EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, GCM_TAG_BYTES, t->tag) != 1)
        return ERR_CRYPTO;
    return OK;
}

static enum err seal(struct gcm_key *k, struct gcm_text *t)
{
    return run(*context(k), t, true);
}

static enum err open(struct gcm_key *k, struct gcm_text *t)
{
    return run(*context(k), t, false);
}

const struct gcm_row gcm_evp = {
    .name = "OpenSSL", .usable = usable, .init = init, .deinit = deinit, .seal = seal, .open = open};

const struct gcm_row *gcm_best(void)
{
    return gcm_ipsec_mb.usable() ? &gcm_ipsec_mb : &gcm_evp;
}
