/* One WebRTC client as the media plane sees it: ICE checks, DTLS, SRTP; sans-I/O like the server's own cores.
 * It opens every packet that it gets and counts what does not authenticate or is missing. Owner: the crowd's
 * thread. */
#ifndef BENCH_CLIENT_H
#define BENCH_CLIENT_H

#include <netinet/in.h>

#include "base/limits.h"
#include "crypt/srtp.h"
#include "histogram.h"
#include "identity.h"
#include "stream.h"

enum client_state { CLIENT_NEW, CLIENT_CHECKING, CLIENT_SHAKING, CLIENT_UP, CLIENT_FAILED };
enum { CLIENT_SECRET_BYTES = 64 };
enum {
    CLIENT_SAMPLES = 960,
    CLIENT_TWIN_OFFSET = 4711 * CLIENT_SAMPLES
}; /* of a packet; of B's timestamps */

struct terms { /* how a server and a client find and know each other */
    struct sockaddr_in self, server;
    char ufrag[CLIENT_SECRET_BYTES], pwd[CLIENT_SECRET_BYTES];               /* the client's */
    char server_ufrag[CLIENT_SECRET_BYTES], server_pwd[CLIENT_SECRET_BYTES]; /* the server's */
    struct hash server_fingerprint;
    uint8_t payload_type, level_ext; /* level_ext 0: send none */
    uint8_t fill;                    /* of what it says, and of all that it may hear */
    uint32_t ssrc[LIMIT_VARIANTS];   /* what it sends with */
};

struct tally { /* of a whole crowd */
    uint64_t sent, received, reordered;
    uint64_t second; /* of these received, in variant B */
    uint64_t forged, doubled,
        strange;               /* did not authenticate; came twice; authentic, but not what was said */
    uint64_t control, refused; /* RTCP compounds; STUN errors */
    uint64_t early;            /* came before the last flight of the handshake, and cannot be opened yet */
    struct histogram latency;  /* ns from the speaker's clock to the arrival */
};

struct client_world { /* what the clients of a crowd share */
    const struct identity *identity;
    struct tally *tally;
    size_t payload_bytes;
    void (*send)(void *user, const struct client_world *world, in_addr_t from, const struct sockaddr_in *to,
                 struct view datagram);
    void *user;
};

struct client {
    enum client_state state;
    in_addr_t address; /* host order */
    struct terms terms;
    uint64_t check_ms, dtls_ms, give_up_ms; /* dtls_ms: of the handshake, later of the next report */
    SSL *ssl;                               /* during the handshake */
    enum srtp_profile profile;
    struct srtp *in, *out;
    bool twin;         /* it says everything in two variants, in step */
    uint64_t index;    /* of the next packet it says */
    uint64_t heard_ns; /* when the last packet of somebody came; 0: none did */
    uint64_t said_ns;  /* and when the latest of these was said: they may have waited since */
    uint64_t came;     /* datagrams of any kind */
    struct stream streams[LIMIT_SLOTS];
};

void client_start(struct client *c, const struct client_world *w, uint64_t now_ms);
void client_free(struct client *c);
void client_on_datagram(struct client *c, const struct client_world *w, struct span datagram, uint64_t at_ns,
                        uint64_t now_ms);
uint64_t client_tick(struct client *c, const struct client_world *w,
                     uint64_t now_ms); /* when to call again */
/* One packet of 20 ms, with the time in it. */
MUST_CHECK enum err client_say(struct client *c, const struct client_world *w, uint8_t level,
                               uint64_t now_ns);
uint32_t client_timestamp(const struct client *c); /* of the next packet it says */
/* Any bytes from its address; sealed: as SRTP, of which they are header and payload, but for the number. */
MUST_CHECK enum err client_send(struct client *c, const struct client_world *w, struct view bytes,
                                bool sealed);

#endif
