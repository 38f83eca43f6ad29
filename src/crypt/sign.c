#include "crypt/sign.h"

#include <stdlib.h>

#include "base/limits.h"
#include "crypt/openssl.h"

enum { PREFIX_MAX = 64 };

static_assert(LIMIT_SIGNED_BYTES >= LIMIT_PATTERN_BYTES && LIMIT_SIGNED_BYTES >= LIMIT_SLIP_BYTES &&
                  LIMIT_SIGNED_BYTES >= LIMIT_TAGS_BYTES && LIMIT_SIGNED_BYTES >= LIMIT_RECORD_BYTES,
              "every signed body fits");

/* A hash has no way to report failure, and libcrypto fails at it only when memory is exhausted. A wrong hash
 * would end up in the member log, so there is no going on. */
static void must(int ok)
{
    if (ok != 1) abort();
}

static void write_prefix(struct writer *w, const char *purpose)
{
    write_view(w, view_str("aparte/v1/"));
    write_view(w, view_str(purpose));
    write_u8(w, 0);
}

static void signed_free(struct writer *w)
{
    wipe(w->ptr, w->len); /* a release holds shares of keys */
    free(w->ptr);
}

/* The one-shot Ed25519 of OpenSSL wants prefix and body in one piece: for signed_free. */
static enum err signed_bytes(struct writer *w, const char *purpose, struct view body)
{
    if (body.len > LIMIT_SIGNED_BYTES) return ERR_TOO_LARGE;
    size_t cap = PREFIX_MAX + body.len;
    uint8_t *bytes = malloc(cap);
    if (!bytes) return ERR_SYSTEM;
    *w = writer_init(bytes, cap);
    write_prefix(w, purpose);
    write_view(w, body);
    enum err e = writer_end(w); /* a longer purpose than any that there is */
    if (e) signed_free(w);
    return e;
}

enum err sign_verify(const struct key *key, const char *purpose, struct view body,
                     const uint8_t sig[SIG_BYTES])
{
    struct writer w;
    enum err e = signed_bytes(&w, purpose, body);
    if (e) return e;

    e = ERR_CRYPTO;
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->bytes, KEY_BYTES);
    if (md && pkey && EVP_DigestVerifyInit(md, NULL, NULL, NULL, pkey) == 1)
        e = EVP_DigestVerify(md, sig, SIG_BYTES, w.ptr, w.len) == 1 ? OK : ERR_SIGNATURE;
    EVP_PKEY_free(pkey);
    EVP_MD_CTX_free(md);
    signed_free(&w);
    return e;
}

enum err sign_make(const uint8_t seed[32], const char *purpose, struct view body, uint8_t sig[SIG_BYTES])
{
    struct writer w;
    enum err e = signed_bytes(&w, purpose, body);
    if (e) return e;

    size_t len = SIG_BYTES;
    e = ERR_CRYPTO;
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
    if (md && pkey && EVP_DigestSignInit(md, NULL, NULL, NULL, pkey) == 1 &&
        EVP_DigestSign(md, sig, &len, w.ptr, w.len) == 1 && len == SIG_BYTES)
        e = OK;
    EVP_PKEY_free(pkey);
    EVP_MD_CTX_free(md);
    signed_free(&w);
    return e;
}

enum err sign_public(const uint8_t seed[32], struct key *out)
{
    size_t len = KEY_BYTES;
    EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
    bool ok = pkey && EVP_PKEY_get_raw_public_key(pkey, out->bytes, &len) == 1 && len == KEY_BYTES;
    EVP_PKEY_free(pkey);
    return ok ? OK : ERR_CRYPTO;
}

struct hash hash_two(const char *purpose, struct view a, struct view b)
{
    uint8_t prefix[64];
    struct writer w = writer_init(prefix, sizeof(prefix));
    write_prefix(&w, purpose);
    must(writer_end(&w) == OK);

    struct hash h;
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    must(md != NULL);
    must(EVP_DigestInit_ex(md, EVP_sha256(), NULL));
    must(EVP_DigestUpdate(md, w.ptr, w.len));
    must(EVP_DigestUpdate(md, a.ptr, a.len));
    must(EVP_DigestUpdate(md, b.ptr, b.len));
    must(EVP_DigestFinal_ex(md, h.bytes, NULL));
    EVP_MD_CTX_free(md);
    return h;
}

struct hash hash_raw(struct view a)
{
    struct hash h;
    must(EVP_Digest(a.ptr, a.len, h.bytes, NULL, EVP_sha256(), NULL));
    return h;
}

struct id id_of_key(const char *purpose, const struct key *key)
{
    struct hash h = hash_two(purpose, VIEW(key->bytes), (struct view){0});
    struct id id;
    memcpy(id.bytes, h.bytes, ID_BYTES);
    return id;
}

enum err random_bytes(uint8_t *out, size_t n)
{
    if (n > INT32_MAX) return ERR_TOO_LARGE;
    return RAND_bytes(out, (int)n) == 1 ? OK : ERR_CRYPTO;
}

void hmac_sha1(struct view key, struct view data, uint8_t out[20])
{
    static const uint8_t none[1];
    must(key.len <= INT32_MAX);
    must(HMAC(EVP_sha1(), key.len ? key.ptr : none, (int)key.len, data.ptr, data.len, out, NULL) != NULL);
}

void hmac_sha256(struct view key, struct view data, uint8_t out[HASH_BYTES])
{
    must(key.len > 0 && key.len <= INT32_MAX);
    must(HMAC(EVP_sha256(), key.ptr, (int)key.len, data.ptr, data.len, out, NULL) != NULL);
}

enum err keystream(const uint8_t key[32], uint8_t *out, size_t n)
{
    static const uint8_t counter[16];
    if (n > INT32_MAX) return ERR_TOO_LARGE;
    memset(out, 0, n);
    int len = 0;
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    bool ok = c && EVP_EncryptInit_ex(c, EVP_aes_256_ctr(), NULL, key, counter) == 1 &&
              EVP_EncryptUpdate(c, out, &len, out, (int)n) == 1 && (size_t)len == n;
    EVP_CIPHER_CTX_free(c);
    return ok ? OK : ERR_CRYPTO;
}

bool equal_secret(const void *a, const void *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}

void wipe(void *p, size_t n)
{
    OPENSSL_cleanse(p, n);
}
