/* The signed bytes of the protocol: member-log records, roster leaves, key headers, and the hello.
 * Byte layouts: docs/protocol.md, "Signed bytes". Pure codec: shape only, no signature is checked
 * here (rooms/chain.c does, with crypt/sign.h). Unknown types, versions and trailing bytes are refused. */
#ifndef WIRE_RECORD_H
#define WIRE_RECORD_H

#include "base/bytes.h"
#include "base/id.h"

enum record_type {
    RECORD_FOUNDER = 1,
    RECORD_INVITE = 2,
    RECORD_REDEEM = 3,
    RECORD_DEVICE_ADD = 4,
    RECORD_DEVICE_REVOKE = 5,
    RECORD_ROLE = 6,
    RECORD_BAN = 7,
    RECORD_UNBAN = 8,
    RECORD_INVITE_REVOKE = 9,
    RECORD_RECOVERY = 10,
    RECORD_DELETION = 11,
    RECORD_SUPERSEDE = 12,
    RECORD_VETO = 13,
    RECORD_SUCCESSION = 14,
    RECORD_ROOM_BAN = 15,
    RECORD_ROOM_UNBAN = 16,
    RECORD_HOLD = 17,
    RECORD_RELEASE = 18,
    RECORD_TRACE_KEY = 19,
    RECORD_TRACE_RELEASE = 20,
    RECORD_LAST = RECORD_TRACE_RELEASE,
};

enum { SUITE_X25519 = 1, SUITE_HYBRID = 2 };        /* of leaves and headers */
enum { SCOPE_EVENING = 1, SCOPE_FOR_GOOD = 2 }; /* of a room-ban */

struct record {
    enum record_type type;
    uint64_t time_ms;
    struct id author, author_device;    /* all but founder and redeem */
    struct id second, second_device;    /* supersede: who signs beside the author */
    struct key one_time_key;            /* founder: set-up key; invite, redeem, invite_revoke: invite key; recovery: recovery key; trace_key: X25519 */
    struct key account_key, device_key; /* founder, redeem; device_add: device_key */
    struct id target;                   /* whom it is about; device_revoke: the device */
    struct id successor;                /* supersede, succession */
    struct id host, room;               /* room_ban, room_unban (host), trace_release (room) */
    uint64_t expires_ms;                /* invite */
    uint8_t role;                       /* role: 2 or 3 */
    uint8_t scope;                      /* room_ban */
    uint8_t subtree;                    /* release: 0 or 1 */
    uint8_t sig[3][SIG_BYTES];          /* as many as record_signatures() says, in the order of the layout */
    struct view body;                   /* what the signatures cover: a part of the parsed bytes */
};

const char *record_purpose(enum record_type t); /* "founder", "invite", ...; NULL if unknown */
unsigned record_signatures(enum record_type t); /* 1 to 3 */
MUST_CHECK enum err record_parse(struct record *out, struct view bytes);
/* Writes the body, without signatures; the caller appends them. For tests, the CLI and vectors. */
MUST_CHECK enum err record_write_body(struct writer *w, const struct record *r);

struct leaf { /* one roster leaf, signed by its device, purpose "leaf" */
    uint8_t suite;
    struct id room, account, device;
    uint8_t hpke_key[32];
    struct hash kem;    /* suite 2: SHA-256 of the ML-KEM-768 encapsulation key; suite 1: zeros */
    uint8_t join[16];   /* random per join */
    uint8_t role;       /* club role: 1 founder, 2 admin, 3 member */
    struct hash chain;
    uint64_t time_ms;
    uint8_t sig[SIG_BYTES];
    struct view body;
};
MUST_CHECK enum err leaf_parse(struct leaf *out, struct view bytes);
MUST_CHECK enum err leaf_write_body(struct writer *w, const struct leaf *l);

struct key_header { /* signed by the steward's device, purpose "header" */
    uint8_t suite;
    struct id room;
    uint32_t counter, epoch, generation;
    struct hash prev, roster_root;
    uint32_t count;
    struct hash stage_hash;
    struct hash trace; /* what the server committed to for leak tracing; zeros: nothing */
    uint64_t log_size;
    struct hash log_head;
    uint8_t commitment[32];
    uint64_t time_ms;
    struct id steward, steward_device;
    uint8_t sig[SIG_BYTES];
    struct view body;
};
MUST_CHECK enum err key_header_parse(struct key_header *out, struct view bytes);
MUST_CHECK enum err key_header_write_body(struct writer *w, const struct key_header *h);

/* What a device signs to open a session, purpose "hello"; and a visitor with an invite, "look". */
MUST_CHECK enum err hello_write_body(struct writer *w, struct view host, const uint8_t challenge[32],
                                     struct id account, struct id device);
MUST_CHECK enum err look_write_body(struct writer *w, struct view host, const uint8_t challenge[32],
                                    const struct key *invite_key);

#endif
