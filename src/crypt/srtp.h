/* SRTP and SRTCP (RFC 3711, RFC 7714) for one direction of one peer. AEAD_AES_128_GCM first,
 * AES_CM_128_HMAC_SHA1_80 as fallback, key derivation rate 0, no MKI.
 *
 * The caller supplies the 48-bit packet index (ROC << 16 | seq) on protect, so a sender can never
 * re-use one by accident; unprotect estimates it and keeps a 64-packet replay window per SSRC.
 * Packets are worked on in place; after an error `len` is 0, so that nothing half-done is sent or
 * believed. Owner: the media thread that owns the peer. No allocation after srtp_new. Packets are sealed in
 * rows of jobs, each with its own context, which are fetched into the cache ahead. */
#ifndef CRYPT_SRTP_H
#define CRYPT_SRTP_H

#include "base/bytes.h"
#include "crypt/dtls.h"

enum { SRTP_MAX_TRAILER = 16 + 4, SRTP_SSRCS = 8 }; /* tag + SRTCP index; streams tracked per direction */

struct srtp; /* opaque: cipher contexts, salts, replay windows */

MUST_CHECK enum err srtp_new(struct srtp **out, enum srtp_profile profile, const uint8_t key[16],
                             const uint8_t salt[14]);
/* One that only protects: without the replay windows, which are a sixth of it. Unprotecting: ERR_STATE. */
MUST_CHECK enum err srtp_new_sealing(struct srtp **out, enum srtp_profile profile, const uint8_t key[16],
                                     const uint8_t salt[14]);
void srtp_free(struct srtp *s);            /* wipes; NULL is fine */
const char *srtp_backend(void);            /* what AES-GCM runs on here, for the log */
size_t srtp_trailer(const struct srtp *s); /* bytes that protecting an RTP packet adds */

/* In place. `len` is the packet before, and after, the transform; buf.len the room there is. */
struct srtp_job {
    struct srtp *ctx;
    struct span buf;
    size_t len;
    uint64_t index; /* protect: given, its low 16 bits are the packet's seq. unprotect: filled in */
    enum err err;   /* result */
};
void srtp_protect_rtp(struct srtp_job *jobs, size_t n);
MUST_CHECK enum err srtp_unprotect_rtp(struct srtp_job *job); /* ERR_REPLAY, ERR_SIGNATURE, ERR_TRUNCATED,
                                                              ERR_MALFORMED, ERR_FULL (a ninth SSRC) */
MUST_CHECK enum err srtp_protect_rtcp(struct srtp_job *job);  /* keeps its own 31-bit SRTCP index */
MUST_CHECK enum err srtp_unprotect_rtcp(struct srtp_job *job);

#endif
