#include "crypt/srtp_session.h"

#include "crypt/openssl.h"
#include "crypt/sign.h"

/* RFC 3711 4.3.1, the labels of the six session keys */
enum { LABEL_RTP = 0, LABEL_RTCP = 3, LABEL_KEY = 0, LABEL_AUTH = 1, LABEL_SALT = 2 };

/* RFC 3711 4.3.3: AES-CM as a PRF. x = label * 2^48 XOR master salt (derivation rate 0, so index DIV rate is
 * 0), and the counter block is x * 2^16: the label meets the salt at byte 7. */
static enum err prf(EVP_CIPHER_CTX *aes, const uint8_t salt[14], uint8_t label, uint8_t *out, int n)
{
    uint8_t counter[16] = {0};
    int len = 0;
    memcpy(counter, salt, 14);
    counter[7] ^= label;
    memset(out, 0, (size_t)n);
    bool ok = EVP_EncryptInit_ex(aes, NULL, NULL, NULL, counter) == 1 &&
              EVP_EncryptUpdate(aes, out, &len, out, n) == 1 && len == n;
    wipe(counter, sizeof(counter));
    return ok ? OK : ERR_CRYPTO;
}

static enum err derive_half(EVP_CIPHER_CTX *aes, const uint8_t salt[14], uint8_t first,
                            struct srtp_half_keys *out)
{
    enum err e = prf(aes, salt, first + LABEL_KEY, out->key, sizeof(out->key));
    if (!e) e = prf(aes, salt, first + LABEL_AUTH, out->auth, sizeof(out->auth));
    if (!e) e = prf(aes, salt, first + LABEL_SALT, out->salt, sizeof(out->salt));
    return e;
}

enum err srtp_session_derive(struct srtp_session *out, enum srtp_profile profile, const uint8_t key[16],
                             const uint8_t salt[14])
{
    if (profile != SRTP_AEAD_AES_128_GCM && profile != SRTP_AES128_CM_SHA1_80) return ERR_UNSUPPORTED;
    uint8_t padded[14] = {0}; /* RFC 7714 11: the 96-bit master salt, then 16 zero bits */
    memcpy(padded, salt, profile == SRTP_AEAD_AES_128_GCM ? 12 : 14);

    enum err e = ERR_CRYPTO;
    EVP_CIPHER_CTX *aes = EVP_CIPHER_CTX_new();
    if (aes && EVP_EncryptInit_ex(aes, EVP_aes_128_ctr(), NULL, key, NULL) == 1) {
        e = derive_half(aes, padded, LABEL_RTP, &out->rtp);
        if (!e) e = derive_half(aes, padded, LABEL_RTCP, &out->rtcp);
    }
    EVP_CIPHER_CTX_free(aes);
    wipe(padded, sizeof(padded));
    if (e) wipe(out, sizeof(*out));
    return e;
}
