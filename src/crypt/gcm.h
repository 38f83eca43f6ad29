/* AES-128-GCM under many keys, packet after packet: the transform of SRTP's first profile (RFC 7714), behind
 * a table with two rows. gcm_ipsec_mb is Intel's library, for processors with AES-NI: one call per packet,
 * the key and its hash powers laid out flat so that thousands of listeners can be fetched ahead. gcm_evp is
 * OpenSSL, for all others. Both give the same bytes and pass the same tests. Thread: a key belongs to one
 * thread. Memory: the caller's; gcm_evp keeps one allocation per key. */
#ifndef CRYPT_GCM_H
#define CRYPT_GCM_H

#include "base/bytes.h"

enum { GCM_TAG_BYTES = 16, GCM_IV_BYTES = 12, GCM_KEY_BYTES = 1008 };

struct gcm_key {
    _Alignas(16) uint8_t bytes[GCM_KEY_BYTES]; /* what is in it is the row's */
};

/* One packet, worked on in place: `head` and `extra` are authenticated only, `body` is encrypted too. */
struct gcm_text {
    uint8_t iv[GCM_IV_BYTES];
    struct view head, extra;
    struct span body;
    uint8_t *tag; /* seal: written; open: compared in constant time */
};

struct gcm_row {
    const char *name;
    bool (*usable)(void); /* on this processor */
    MUST_CHECK enum err (*init)(struct gcm_key *k, const uint8_t key[16]);
    void (*deinit)(struct gcm_key *k); /* wipes; zeros are fine */
    MUST_CHECK enum err (*seal)(struct gcm_key *k, struct gcm_text *t);
    MUST_CHECK enum err (*open)(struct gcm_key *k, struct gcm_text *t); /* ERR_SIGNATURE */
};

extern const struct gcm_row gcm_ipsec_mb, gcm_evp;

/* The best row of this machine, found out at the first call. */
const struct gcm_row *gcm_best(void);

#endif
