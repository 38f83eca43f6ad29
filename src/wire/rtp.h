/* RTP headers (RFC 3550 5.1) with one-byte and two-byte extensions (RFC 8285) and the audio level
 * (RFC 6464). Pure codec. */
#ifndef WIRE_RTP_H
#define WIRE_RTP_H

#include "base/bytes.h"

enum { RTP_HEADER_BYTES = 12 };

struct rtp_header {
    bool marker;
    uint8_t payload_type;
    uint16_t seq;
    uint32_t timestamp;
    uint32_t ssrc;
    size_t header_len;      /* where the payload (or its ciphertext) starts: CSRCs and extension included */
    struct view extension;  /* the extension block's data, empty if none */
    uint16_t profile;       /* 0xBEDE one-byte, 0x100x two-byte */
    bool padding;           /* P bit: the last payload byte counts the padding, after decryption */
};

enum packet_kind { PACKET_STUN, PACKET_DTLS, PACKET_RTP, PACKET_RTCP, PACKET_OTHER };
enum packet_kind packet_kind(struct view datagram); /* RFC 7983 and RFC 5761 (rtcp-mux) */

MUST_CHECK enum err rtp_parse(struct rtp_header *out, struct view packet);
void rtp_write_header(struct writer *w, const struct rtp_header *h); /* 12 bytes, no extension */
/* Audio level of extension element `id`: 0 loudest .. 127 silent (-dBov); 127 if absent. */
uint8_t rtp_audio_level(const struct rtp_header *h, uint8_t id, bool *voice);
/* Payload without RTP padding of an already decrypted packet. */
MUST_CHECK enum err rtp_payload(const struct rtp_header *h, struct view packet, struct view *payload);

#endif
