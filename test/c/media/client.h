/* A WebRTC client as a browser is one, as far as the media plane can tell: STUN checks, a DTLS client, SRTP
 * out, libsrtp2 as its ear. Sans-I/O: what it sends goes to `send`, what arrives is given to
 * client_on_datagram. */
#ifndef TEST_CLIENT_H
#define TEST_CLIENT_H

#include "crypt/openssl.h"

#include "crypt/srtp.h"
#include "ear.h"
#include "media/media.h"
#include "media/udp.h"

enum { HEARD = 4096, PT = 111, LEVEL_EXT = 1 };

struct heard {
    uint32_t ssrc, timestamp;
    uint16_t seq;
    uint8_t payload_type;
    bool marker;
    size_t len;
    uint8_t payload[32]; /* its beginning */
};

struct client {
    void (*send)(struct client *c, struct view datagram);
    void *user;
    struct endpoint address;
    peer_name name;
    struct media_peer is;

    X509 *certificate;
    EVP_PKEY *key;
    SSL_CTX *context;
    SSL *ssl;
    bool up, alert;
    struct srtp *out, *in; /* in: for RTCP only */
    struct ear *ear;

    uint64_t index; /* of the next RTP packet */
    uint64_t apart;  /* its variant B: so many indices */
    uint32_t offset; /* and so many ticks later */
    uint32_t timestamp;
    uint8_t last[LIMIT_DATAGRAM_BYTES]; /* the last RTP datagram, for a replay */
    size_t last_len;

    struct heard heard[HEARD]; /* newest at (count - 1) % HEARD */
    size_t heard_count, deaf_count /* did not authenticate */, answers, errors, rtcp_count, datagrams;
    uint8_t rtcp[LIMIT_DATAGRAM_BYTES]; /* the last compound packet, decrypted */
    size_t rtcp_len;
};

/* A random identity for the room; `number` makes names, addresses and SSRCs distinct. */
struct client *client_new(unsigned number, struct id room);
void client_free(struct client *c);
void client_reset_dtls(struct client *c); /* a handshake from the start */
struct hash client_fingerprint(const struct client *c);

void client_check(struct client *c, bool use_candidate);
void client_check_as(struct client *c, const char *username, const char *pwd);
void client_hello(struct client *c); /* starts DTLS */
void client_close(struct client *c);
void client_on_datagram(struct client *c, struct view datagram);

struct say {
    const char *payload;
    size_t len; /* 0: of the string */
    uint8_t level, payload_type;
    uint32_t ssrc;
    bool padding, csrc, marker;
    bool extension; /* its level also where the room takes none */
    bool b; /* variant B of the next frame, which is still to be said */
};
/* A packet of 20 ms: sequence number + 1, timestamp + 960. */
void client_say(struct client *c, const char *payload, uint8_t level);
void client_say_as(struct client *c, const struct say *say);
void client_skip(struct client *c); /* the same, but the network lost it */
void client_nack(struct client *c, uint32_t ssrc, uint16_t seq, uint16_t behind); /* RFC 4585 6.2.1 */
void client_report(struct client *c, uint64_t ntp);                               /* a sender report */

/* What it heard last, or in which order from the end. */
const struct heard *client_heard(const struct client *c, size_t from_last);

#endif
