/* Ed25519, SHA-256, HMAC-SHA1 (STUN only), HMAC-SHA256, a keystream, random bytes, constant-time compare and
 * wiping: the few primitives that the rules and the codecs need, on OpenSSL EVP. RFC 8032, FIPS 180-4, RFC
 * 2104. Thread: any; no global state. Memory: the caller's. */
#ifndef CRYPT_SIGN_H
#define CRYPT_SIGN_H

#include "base/bytes.h"
#include "base/id.h"

/* Signatures are over "aparte/v1/<purpose>\0" || body, so that no signature can serve another
 * purpose. `purpose` is a string literal such as "invite". */
MUST_CHECK enum err sign_verify(const struct key *key, const char *purpose, struct view body,
                                const uint8_t sig[SIG_BYTES]);
MUST_CHECK enum err sign_make(const uint8_t seed[32], const char *purpose, struct view body,
                              uint8_t sig[SIG_BYTES]);
MUST_CHECK enum err sign_public(const uint8_t seed[32], struct key *out);

/* SHA-256("aparte/v1/<purpose>\0" || a || b); `b` may be empty. */
struct hash hash_two(const char *purpose, struct view a, struct view b);
struct hash hash_raw(struct view a);
struct id id_of_key(const char *purpose, const struct key *key); /* "account" or "device" */

MUST_CHECK enum err random_bytes(uint8_t *out, size_t n);
void hmac_sha1(struct view key, struct view data, uint8_t out[20]);
void hmac_sha256(struct view key, struct view data, uint8_t out[HASH_BYTES]);
/* AES-256-CTR (NIST SP 800-38A) of zeros, the counter block from zero. */
MUST_CHECK enum err keystream(const uint8_t key[32], uint8_t *out, size_t n);
bool equal_secret(const void *a, const void *b, size_t n); /* constant-time */
void wipe(void *p, size_t n);

#endif
