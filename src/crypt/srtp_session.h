/* The session keys below a master key (RFC 3711 4.3): apart from srtp.h because only srtp.c and the tests
 * with published vectors, which start from session keys, have a use for them. Wipe after use. */
#ifndef CRYPT_SRTP_SESSION_H
#define CRYPT_SRTP_SESSION_H

#include "crypt/gcm.h"
#include "crypt/srtp.h"

struct srtp_half_keys { /* GCM: no auth, first 12 bytes of salt */
    uint8_t key[16], auth[20], salt[14];
};
struct srtp_session {
    struct srtp_half_keys rtp, rtcp;
};

MUST_CHECK enum err srtp_session_derive(struct srtp_session *out, enum srtp_profile profile,
                                        const uint8_t key[16], const uint8_t salt[14]);
/* On a given row of the table instead of the machine's best. */
MUST_CHECK enum err srtp_new_on(struct srtp **out, const struct gcm_row *row, enum srtp_profile profile,
                                const struct srtp_session *session);

#endif
