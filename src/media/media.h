/* The media plane's whole power: a closed set of commands in, a closed set of events out.
 *
 * It forwards audio and knows no room rule: who may speak, hear or stay is decided in rooms/ and
 * arrives here as commands. N threads, each with its own UDP port; a room lives on one, a large one on several.
 * Thread: every function below is called from the control thread only. Commands and events travel
 * through single-producer single-consumer rings; `wake` of the config is called on a media thread
 * when events wait (it must be async-signal-plain: lws_cancel_service, an eventfd write).
 * Memory: all pools are allocated in media_start; nothing is allocated per packet. */
#ifndef MEDIA_MEDIA_H
#define MEDIA_MEDIA_H

#include <netinet/in.h>
#include <stddef.h>

#include "base/id.h"
#include "base/limits.h"
#include "base/bytes.h"
#include "mark/code.h"

struct media;

struct media_address {
    struct sockaddr_storage at; /* concrete, not a wildcard; its port is the first thread's */
    uint16_t http_port; /* where no TCP is listened for there, because it is HTTP's; 0: none */
};

struct media_config {
    struct media_address addresses[LIMIT_MEDIA_ADDRESSES]; /* every thread is at each of them, on one port */
    size_t address_count;
    unsigned threads;
    bool pin; /* each thread stays on a processor of its own */
    void (*wake)(void *user);
    void *user;
    const char *tap_path; /* only in builds with test hooks: decrypted SRTP payloads are appended there */
};

/* A peer, named by the thread it lives on, its place there and a generation that makes old names
 * harmless. 0 is nobody. Handed out by the control thread in media_peer_name(). */
typedef uint64_t peer_name;

enum media_command_kind {
    MEDIA_PEER_ADD,    /* a member joined: expect ICE and DTLS with exactly these credentials */
    MEDIA_PEER_PATH,   /* it also answers to these credentials; once they have proven themselves, to no others */
    MEDIA_PEER_DROP,   /* forward nothing more from or to it, forget its keys, ignore its STUN */
    MEDIA_PEER_SPEAK,  /* may (or may not) its packets reach the others: on stage and not muted */
    MEDIA_PEER_TWIN,   /* its two variants run in step, or no longer do (docs/protocol.md, Tracing) */
};

struct media_ice { /* credentials of both sides */
    char ufrag[LIMIT_OUR_UFRAG_BYTES + 1], pwd[LIMIT_PWD_BYTES + 1]; /* ours, random, chosen by the caller */
    char remote_ufrag[LIMIT_UFRAG_BYTES + 1];
};

struct media_peer { /* everything a peer is; all but the credentials is fixed for its life */
    struct id room;
    struct media_ice ice;
    struct hash fingerprint;            /* SHA-256 of its DTLS certificate, as announced on the WebSocket */
    uint8_t payload_type, level_ext;    /* of its offer; level_ext 0 = none */
    bool constant;                      /* takes no header that varies: it may say who talks */
    uint32_t ssrc[LIMIT_VARIANTS];      /* what it may send, nothing else is accepted */
    uint32_t slot_ssrc[LIMIT_SLOTS];    /* what it gets */
    struct id account;
    bool traced;                        /* gets one variant or the other after its codeword; else A alone */
    uint8_t seed[CODE_SEED_BYTES], bias[CODE_SEED_BYTES]; /* of its codeword; of the room's biases */
};

struct media_twin {
    bool live;          /* false: there is A alone, and the rest means nothing */
    uint32_t offset;    /* RTP timestamp of B minus that of A */
    uint32_t timestamp; /* of a frame of A */
    uint32_t hop;       /* of the speaker's pattern, where that frame begins */
};

struct media_command {
    enum media_command_kind kind;
    peer_name peer;
    union {
        struct media_peer add;
        struct media_ice path;
        bool speak;
        struct media_twin twin;
    };
};

enum media_event_kind {
    MEDIA_PEER_UP,   /* DTLS is done: packets flow */
    MEDIA_PEER_DOWN, /* gone by itself; the media thread has already forgotten it */
};

enum media_down_why { MEDIA_DOWN_CONSENT, MEDIA_DOWN_DTLS, MEDIA_DOWN_FINGERPRINT, MEDIA_DOWN_CLOSED, MEDIA_DOWN_FULL };

struct media_event {
    enum media_event_kind kind;
    peer_name peer;
    enum media_down_why why;
};

struct media_stats { /* counters since start, summed over threads; read racily, for /metrics and tests */
    uint64_t datagrams_in, datagrams_out, forwarded; /* forwarded: RTP copies, one per listener */
    uint64_t dropped_malformed, dropped_unknown, dropped_auth, dropped_replay, dropped_muted, dropped_policed;
    uint64_t dropped_send, dropped_span; /* a full socket buffer; a full ring between two threads */
    uint64_t sent_again; /* after a NACK */
    uint64_t dropped_variant; /* good packets of variant B that belong to no frame of A, or to nobody */
    uint64_t stun_answered, stun_refused, dtls_up, dtls_failed, dtls_wrong_fingerprint;
    uint32_t peers;
    uint32_t busy; /* thousandths of a core, of the busiest thread */
};

MUST_CHECK enum err media_start(struct media **out, const struct media_config *config);
void media_stop(struct media *m); /* joins the threads, wipes keys, frees */
struct hash media_fingerprint(const struct media *m); /* of our DTLS certificate */
/* Chooses a thread for a peer of this room and reserves a place: the room's home, or the one with the least load when
 * home has clearly more. 0 when full, or so busy that those who are in would suffer. */
peer_name media_peer_name(struct media *m, struct id room);
void media_peer_release(struct media *m, peer_name peer); /* after PEER_DROP was pushed, or PEER_DOWN was pulled */
uint16_t media_port(const struct media *m, peer_name peer); /* UDP port of its thread */
bool media_tcp(const struct media *m, peer_name peer, size_t address); /* whether TCP is listened for there too */
MUST_CHECK enum err media_push(struct media *m, const struct media_command *c); /* ERR_BUSY if the ring is full */
bool media_pull(struct media *m, struct media_event *out);
struct media_stats media_stats(const struct media *m);

#endif
