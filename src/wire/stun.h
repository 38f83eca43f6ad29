/* STUN binding requests and answers for an ICE-lite agent (RFC 8489, RFC 8445). Pure codec.
 *
 *   0                   1                   2                   3
 *   |0 0| message type (14) | message length (16), a multiple of 4  |
 *   |                  magic cookie 0x2112A442                       |
 *   |                  transaction id (96 bits)                      |
 *   then attributes: type (16), length (16), value padded to 4        */
#ifndef WIRE_STUN_H
#define WIRE_STUN_H

#include <netinet/in.h>

#include "base/bytes.h"

enum { STUN_BINDING_REQUEST = 0x0001, STUN_BINDING_SUCCESS = 0x0101, STUN_BINDING_ERROR = 0x0111,
       STUN_BINDING_INDICATION = 0x0011 };

struct stun_message {
    uint16_t type;
    uint8_t transaction[12];
    struct view username;      /* empty if absent */
    bool has_integrity;
    size_t integrity_at;       /* offset of the MESSAGE-INTEGRITY attribute */
    bool has_fingerprint;      /* checked by stun_parse */
    bool use_candidate;
    bool controlling, controlled;
    uint32_t priority;
    uint16_t unknown_required; /* first unknown comprehension-required attribute, 0 = none */
    struct view whole;
};

bool stun_looks_like(struct view datagram); /* first byte 0..3 and the cookie: RFC 7983 */
/* Refuses bad lengths, attributes past the end, attributes after FINGERPRINT, and a bad FINGERPRINT. */
MUST_CHECK enum err stun_parse(struct stun_message *out, struct view datagram);
MUST_CHECK enum err stun_check_integrity(const struct stun_message *m, struct view pwd); /* constant-time */
/* Success answer: XOR-MAPPED-ADDRESS, MESSAGE-INTEGRITY, FINGERPRINT. Never larger than the request
 * of an ICE agent, so nothing is amplified. */
MUST_CHECK enum err stun_write_success(struct writer *w, const struct stun_message *request,
                                       const struct sockaddr_storage *from, struct view pwd);
/* Error answer (400 malformed, 420 unknown attribute, 487 role conflict). */
MUST_CHECK enum err stun_write_error(struct writer *w, const struct stun_message *request, int code,
                                     struct view pwd);
/* A client's check, for the load generator and the tests. */
MUST_CHECK enum err stun_write_request(struct writer *w, const uint8_t transaction[12], struct view username,
                                       struct view pwd, uint32_t priority, bool use_candidate);

#endif
