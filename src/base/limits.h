/* Every bound of the system, in one place. Nothing else in the tree defines a size, a count or a
 * time-out of its own; what depends on two of these is asserted at compile time below.
 * Units are the last word of the name: _MS milliseconds, _BYTES bytes, no unit means a count. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#include <assert.h>

enum {
    /* identities and rooms */
    LIMIT_MEMBERS = 100000,         /* accounts ever admitted to one club */
    LIMIT_DEVICES_PER_MEMBER = 8,   /* not counting those that were revoked */
    LIMIT_DEVICES_EVER = 64,        /* of one account, with those that were revoked */
    LIMIT_PATH_RECORDS = 256,       /* that one device hangs from */
    LIMIT_INVITES_PER_MEMBER = 5,   /* outstanding at once; founder and admins: LIMIT_INVITES_PER_ADMIN */
    LIMIT_INVITES_PER_ADMIN = 1000, /* the same, of the founder or an admin */
    LIMIT_INVITE_DAYS = 30,         /* longest life an invite may ask for */
    LIMIT_CHAIN_DEPTH = 64,         /* invitations between the founder and any member */
    LIMIT_ROOMS = 10000,            /* open at once */
    LIMIT_PEOPLE_PER_ROOM = 10000,  /* on stage and in the audience */
    LIMIT_STAGE = 32,               /* people on one stage */
    LIMIT_PICKED = 200,             /* accounts a closed room may name */
    LIMIT_RING = 256,               /* accounts let through one room's lock, or gone from it; the oldest is forgotten first */
    LIMIT_HAND_MS = 1000,           /* between two hands that an account raises or lowers, with ten in reserve */
    LIMIT_ASK_MS = 6000,            /* between two pings by one account, with ten in reserve */
    LIMIT_ASKED_MS = 6000,          /* between two pings to one account, with five in reserve */
    LIMIT_KNOCK_MS = 20000,         /* between two knocks by one account, with two in reserve */
    LIMIT_REMOVED = 256,            /* accounts removed from one room for the evening */
    LIMIT_SLIPS = 1 << 20,          /* what all members left here: follows, blocks, events, reports */
    LIMIT_SLIP_BYTES = 12 << 10,    /* what one of these holds */
    LIMIT_FOLLOWS = 500,            /* people that one account follows; all of them may be let into one room */
    LIMIT_BLOCKS = 200,             /* people that one account blocks */
    LIMIT_FOLLOWED = 200,           /* people who stand before the rest of the audience */
    LIMIT_FOLLOWED_STAGE = 2,       /* people on stage, below whom nobody does: one alone would show its list */
    LIMIT_FOLLOWED_MS = 1000,       /* these are told to the room at most this often */
    LIMIT_EVENTS = 1000,            /* announced and not over */
    LIMIT_EVENTS_PER_MEMBER = 5,    /* the same, by one account */
    LIMIT_EVENT_DAYS = 366,         /* how far ahead one may be announced */
    LIMIT_EVENT_STAY_MS = 3 * 3600 * 1000, /* it is forgotten this long after its start */
    LIMIT_REPORTS = 1000,           /* that wait for an admin */
    LIMIT_REPORTS_PER_MEMBER = 5,   /* the same, by one account */
    LIMIT_REPORT_CHARS = 1000,      /* what one writes, and as much again of evidence */
    LIMIT_REPORT_DAYS = 30,         /* then it is deleted, and so is the mark of a false one */
    LIMIT_REPORT_CLOCK_MS = 600000, /* how far the time in it may be from the server's clock */
    LIMIT_FALSE_REPORTS = 2,        /* with so many marks an account reports nobody */
    LIMIT_SLIPS_MS = 60000,         /* how often what is over is looked for */
    LIMIT_TITLE_CHARS = 60,
    LIMIT_TITLE_BYTES = LIMIT_TITLE_CHARS * 4,
    LIMIT_NAME_CHARS = 40,
    LIMIT_NAME_BYTES = LIMIT_NAME_CHARS * 4,
    LIMIT_ABOUT_CHARS = 600,        /* what a club says of itself, in each of two languages */
    LIMIT_ABOUT_BYTES = LIMIT_ABOUT_CHARS * 4,
    LIMIT_CONTACT_CHARS = 120,      /* how its operator is reached */
    LIMIT_CONTACT_BYTES = LIMIT_CONTACT_CHARS * 4,
    LIMIT_SOCKET_GRACE_MS = 10000,  /* a lost WebSocket may come back this long; then its person leaves */
    LIMIT_RESUME_MS = 30000,        /* after a restart places in rooms are kept this long */
    LIMIT_KEPT_MS = 200,            /* what a restart needs of the rooms is written at most this often */
    LIMIT_KEPT_ROOMS = 32,          /* of so many rooms in one transaction */
    LIMIT_KEPT_BYTES = 512 << 10,   /* of one room: 10,000 places behind a lock are 280 KB */
    LIMIT_CALL_MS = 60000,          /* an invitation to speak stands this long */
    LIMIT_HALL_MS = 200,            /* a room's card is sent to the hallway at most this often */
    LIMIT_NEWS = 128,               /* arrivals and departures of a room that are told in one message */
    LIMIT_NEWS_PEOPLE = 64,         /* a smaller room hears of each at once */
    LIMIT_NEWS_MS = 1000,           /* a larger one waits a millisecond for each person, this long at most */
    LIMIT_HANDLE_CHARS = 20,        /* a-z, 0-9 and _; at least 2 */
    LIMIT_BIO_CHARS = 160,
    LIMIT_BIO_BYTES = LIMIT_BIO_CHARS * 4,
    LIMIT_PRONOUNS_CHARS = 30,
    LIMIT_PRONOUNS_BYTES = LIMIT_PRONOUNS_CHARS * 4,
    LIMIT_PICTURE_BYTES = 24 << 10,
    LIMIT_PROFILE_ACCOUNTS = 16,    /* accounts per profile.read */
    LIMIT_PROFILES_PER_DAY = 200,   /* different people elsewhere that one account may look up */
    LIMIT_PROFILES_STEP = 20,       /* so many of these are written down ahead of their use: a write is for so many */
    LIMIT_ALERTS = 200,             /* that founder and admins are shown; the oldest goes first */
    LIMIT_ALERT_DAYS = 30,          /* then one is deleted */
    LIMIT_ALERT_RETRY_MS = 60000,   /* when the store did not take them */
    LIMIT_MOVES_PER_DAY = 20,       /* presences that one account ends by coming in elsewhere; then founder and admins hear of it */
    LIMIT_PASSKEYS = 8,             /* of one account */
    LIMIT_PASSKEY_BYTES = 512,      /* a credential id, and the sealed code beside it */
    LIMIT_PAIRS = 256,              /* new devices that wait to be added */
    LIMIT_PAIR_MS = 300000,         /* they wait so long */
    LIMIT_PAIR_FIND_MS = 6000,      /* between two codes that an account tries, with ten in reserve */
    LIMIT_CLAIM_CLOCK_MS = 600000,  /* how far the time of a claim may be from the server's clock */
    LIMIT_CLAIM_MS = 72 * 3600 * 1000, /* the veto period of a succession */
    LIMIT_CLAIM_SIGN_MS = 24 * 3600 * 1000, /* a claim may wait so long for its second signature */
    LIMIT_CLAIMS = 64,              /* claims that wait for their second signature */
    LIMIT_REMOVALS_PER_MINUTE = 5,  /* by one person; more need a second admin */
    LIMIT_MOD_ENTRIES = 500,        /* of the moderation log per answer */
    LIMIT_LOG_MS = 200,             /* news of records that change nobody's standing: at most so often */
    LIMIT_LOG_CHUNK = 8192,         /* log entries per log.read */
    LIMIT_MEMBERS_CHUNK = 500,      /* members per operator.members */
    LIMIT_INVITES_CHUNK = 200,      /* open invitations per admin.invites */
    LIMIT_LOG_RECORDS = 1 << 20,    /* records in one club's member log */

    /* records and key messages, see docs/protocol.md */
    LIMIT_RECORD_BYTES = 512,
    LIMIT_LEAF_BYTES = 512,
    LIMIT_HEADER_BYTES = 512,
    LIMIT_BUCKET = 32,              /* roster slots that share one bucket key */
    LIMIT_SEAL_BYTES = 1280,        /* hybrid: 1088 of ML-KEM and 32 of X25519 beside the ciphertext */
    LIMIT_KEM_BYTES = 1184,         /* ML-KEM-768 encapsulation key */
    LIMIT_STEWARDS = 5,             /* moderators of one room who may sign key headers */
    LIMIT_SPLIT = LIMIT_STEWARDS - 1,                /* stewards who help with one flat rekey */
    LIMIT_TAGS = 200,               /* frame tags per message */
    LIMIT_TAGS_BYTES = 128 + 8 * LIMIT_TAGS,
    LIMIT_BEAT_MS = 5000,           /* between two heartbeats of one person */
    LIMIT_TAGS_PER_S = 2,           /* messages with tags from one sender, with as many in reserve */
    LIMIT_CHAIN_ACCOUNTS = 64,      /* accounts per chain.read */

    /* talk: what is said without speaking. _SPARE: as many more in reserve */
    LIMIT_TALK_BYTES = 2337,        /* the largest of four sizes; 500 characters of four bytes fit */
    LIMIT_TALK_SMALL_BYTES = 289,   /* the smallest, and the one of every reaction */
    LIMIT_SAY_MS = 1500,            /* between two chat messages of a person */
    LIMIT_SAY_SPARE = 5,
    LIMIT_ROOM_SAY_MS = 200,        /* and of a room */
    LIMIT_ROOM_SAY_SPARE = 25,
    LIMIT_NOTE_MS = 500,            /* between two notes of a person */
    LIMIT_NOTE_SPARE = 12,
    LIMIT_PIN_MS = 1000,            /* between two pinned lines of a person */
    LIMIT_PIN_SPARE = 8,
    LIMIT_REACT_MS = 500,           /* between two reactions of a person */
    LIMIT_REACT_SPARE = 6,
    LIMIT_REACTIONS = 8,            /* of a room in one batch; more are refused */
    LIMIT_REACT_BATCH_MS = 250,     /* and a batch goes out at most this often */
    LIMIT_SILENCED = 256,           /* accounts of one room that may not chat */

    /* HTTP and WebSocket */
    LIMIT_SOCKETS = 20000,          /* WebSockets at once */
    LIMIT_SOCKETS_PER_PREFIX = 256, /* per IPv4 /32 or IPv6 /64; loopback is exempt behind a proxy */
    LIMIT_MESSAGE_BYTES = 2 << 20,  /* a flat rekey of 10,000 is 800 KB before base64 */
    LIMIT_VISITOR_MESSAGE_BYTES = 8192, /* before hello: a record and a name */
    LIMIT_STRIKES = 8,              /* messages without a usable id; then the socket is closed */
    LIMIT_WAITING_COMMANDS = 256,   /* commands that wait for the record in flight */
    LIMIT_MESSAGE_NODES = 65536,    /* JSON values in one message */
    LIMIT_SOCKET_QUEUE_BYTES = 12 << 20, /* unsent output; a slower reader is closed. Holds a join of a full room */
    LIMIT_MESSAGES_PER_S = 20,      /* from one WebSocket, in the long run */
    LIMIT_MESSAGES_BURST = 60,      /* and at once, after a pause */
    LIMIT_LOCAL_SOCKETS = 8,        /* connections to the local socket */
    LIMIT_LOCAL_QUEUE_BYTES = 256 << 20, /* unsent output there: an export comes as one message */
    LIMIT_VISITOR_MS = 30000,       /* a socket that has not said hello by then is closed */
    LIMIT_PING_MS = 5000,           /* a WebSocket silent for so long is asked */
    LIMIT_PONG_MS = 10000,          /* and one that does not answer by then is closed */
    LIMIT_URL_BYTES = 256,
    LIMIT_AUDIT_MS = 1000,          /* how often who gets packets is held against who is in a room */
    LIMIT_STRAYS = 64,              /* found at one look; more are found at the next */
    LIMIT_STATIC_FILES = 256,
    LIMIT_STATIC_BYTES = 4 << 20,

    /* media plane */
    LIMIT_MEDIA_THREADS = 64,
    LIMIT_MEDIA_ADDRESSES = 2,      /* one of IPv4, one of IPv6 */
    LIMIT_PEERS_PER_THREAD = 16384,
    LIMIT_SLOTS = 4,                /* receive streams of a peer; speakers audible at once */
    LIMIT_VARIANTS = 2,             /* sendonly tracks of a peer: A and B */
    LIMIT_DATAGRAM_BYTES = 1500,
    LIMIT_RTP_PAYLOAD_BYTES = 1200,
    LIMIT_UDP_BATCH = 128,          /* datagrams per recvmmsg / sendmmsg */
    LIMIT_TRAIN_BYTES = 1536,       /* datagrams to one destination that are handed over together */
    LIMIT_FAN = 32,                 /* listeners whose packets are sealed in one row */
    LIMIT_TURN_CUES = 16,           /* packets of a room that go out together */
    LIMIT_TURN_CODES = 128,         /* codewords drawn between two turns of a media thread */
    LIMIT_UDP_BUFFER_BYTES = 8 << 20, /* asked of the kernel for each UDP socket, each way */
    LIMIT_STREAMS = 1024,           /* TCP connections to one media thread */
    LIMIT_STREAM_IN_BYTES = 2048,   /* of one, received and not yet complete */
    LIMIT_STREAM_OUT_BYTES = 8192,  /* and unsent: a quarter of a second; as much again is with the kernel */
    LIMIT_STREAM_PROOF_MS = 5000,   /* one without an authenticated check is closed */
    LIMIT_STREAM_MS = 30000,        /* and one without another for so long; spare ones are checked every 25 s */
    LIMIT_STREAM_STALL_MS = 5000,   /* one that takes nothing of what it is owed is closed */
    LIMIT_STREAM_TICK_MS = 500,     /* how often these are looked at */
    LIMIT_HISTORY_PACKETS = 32,     /* of a slot, kept for those who missed one */
    LIMIT_HISTORY_BYTES = 4096,     /* and as many bytes of them */
    LIMIT_SPAN_ITEMS = 128,         /* between two media threads that share a room, each way */
    LIMIT_REPLAY_WINDOW = 64,       /* packets, RFC 3711 3.3.2 */
    LIMIT_MEDIA_COMMANDS = 4096,    /* ring between control and one media thread, each way */
    LIMIT_CONSENT_MS = 15000,       /* no authenticated STUN check for so long: the peer is gone (RFC 7675: 30 s) */
    LIMIT_DTLS_MS = 15000,          /* a handshake not finished by then is dropped */
    LIMIT_DTLS_FLIGHT_MS = 100,     /* first retransmission; doubles up to 1.6 s */
    LIMIT_RTCP_MS = 1000,           /* between two reports to one peer */
    LIMIT_RTP_PER_S = 250,          /* packets per second accepted from one speaker (2.5 ms frames would be 400) */
    LIMIT_RTP_BYTES_PER_S = 64000,  /* 512 kbit/s from one speaker, both variants */
    LIMIT_NACKS_PER_S = 50,         /* packets sent again to one listener */
    LIMIT_HANDSHAKES = 1024,        /* DTLS handshakes in progress on one media thread */
    LIMIT_FAILURES_PER_S = 100,     /* checks that failed, per address prefix; beyond it strangers there are not heard */
    LIMIT_HANDSHAKES_PER_S = 2000,  /* datagrams of unfinished DTLS handshakes, per address prefix */
    LIMIT_PREFIXES = 4096,          /* prefixes counted at a time */
    LIMIT_SPAN_SKEW = 256,          /* peers that a room's home may have beyond the emptiest thread; then it spans */
    LIMIT_BUSY_SKEW = 250,          /* thousandths of a core, the same */
    LIMIT_BUSY = 900,               /* thousandths of a core; a busier thread takes nobody in */
    LIMIT_LOAD_MS = 500,            /* how often a media thread measures its load */
    LIMIT_STUN_PER_S = 50,          /* checks answered per peer and second */
    LIMIT_ADDRESS_MS = 3000,        /* an address silent for so long may be taken by another authenticated check */
    LIMIT_TICK_MS = 10,             /* timers of a media thread are this coarse */
    LIMIT_SPEAKER_HOLD_MS = 600,    /* a speaker who got a slot keeps it at least this long */
    LIMIT_SPEAKER_IDLE_MS = 500,    /* a speaker who sent nothing for so long has no claim on its slot */
    LIMIT_SPEAKER_WAIT_MS = 3000,   /* who speaks unheard for so long gets the slot of one who had it as long */
    LIMIT_SPEAKER_MARGIN_DB = 6,    /* how much louder than the quietest a newcomer must be */
    LIMIT_SEQ_JUMP = 3000,          /* packets; a larger gap of a speaker is closed, not passed on as loss */
    LIMIT_UFRAG_BYTES = 32,         /* a client's */
    LIMIT_OUR_UFRAG_BYTES = 8,
    LIMIT_PWD_BYTES = 24,           /* ours */

    /* leak tracing */
    LIMIT_PATTERN_SHARES = 64,      /* devices that one pattern key is split among */
    LIMIT_PATTERN_BYTES = 6400,     /* such a split key */
    LIMIT_RELEASE_BYTES = 256 << 10, /* the shares of one device for one room */
    LIMIT_SIGNED_BYTES = LIMIT_RELEASE_BYTES, /* of what is signed that is the longest */
    LIMIT_TWINS = 4096,             /* stretches of lockstep that one presence in a room may begin */
    LIMIT_RUNS = 64,                /* and pattern keys it may use */
    LIMIT_LEDGER_ROOMS = 1 << 17,   /* that the ledger holds */
    LIMIT_LEDGER_BYTES = 512 << 20, /* what the ledger holds; then no pattern or stretch is added, at twice that no stay */
    LIMIT_LEDGER_ROWS = 32,         /* written in one transaction */
    LIMIT_LEDGER_MS = 60000,        /* how often what is too old is looked for, and a failed write is tried again */
    LIMIT_TRACE_DAYS = 3650,        /* the longest that the ledger keeps a room */
    LIMIT_TRACE_ROOMS = 100,        /* per trace.list */
    LIMIT_LEAK_S = 1800,            /* of recording that one trace takes */
    LIMIT_SESSION_BYTES = 64 << 20, /* of one session file: 10,000 listeners with their audit paths are 10 MB */
    LIMIT_TRACE_SPEAKERS = 256,     /* in one session file */
    LIMIT_CHAIN_CHARS = 1024,       /* of the names in somebody's chain of invitations */
    LIMIT_TRACE_STAYS = 1 << 20,    /* comings, and stretches of lockstep, of one room */
    LIMIT_TRACE_SPANS = 4096,       /* of one speaker */
    LIMIT_TRACE_SEGMENTS = 1 << 17, /* of one span: 8.7 hours */
    LIMIT_DECODE_MS = 300000,       /* for the child that decodes a recording: time, CPU, memory */
    LIMIT_DECODE_CPU_S = 240,
    LIMIT_DECODE_MEMORY_BYTES = 1 << 30,
    LIMIT_DECODE_CHANNELS = 32,

    /* store */
    LIMIT_STORE_QUEUE = 1024,       /* writes that wait for the disk; beyond it requests are refused */
    LIMIT_STORE_SLOW_MS = 2000,     /* founder and admins hear of one that takes so long */
    LIMIT_DISK_BYTES = 256 << 20,   /* and when no more is left of the disk */
    LIMIT_DISK_MS = 60000,          /* which is looked at so often */
};

static_assert((LIMIT_MEDIA_COMMANDS & (LIMIT_MEDIA_COMMANDS - 1)) == 0, "rings are powers of two");
static_assert((LIMIT_STORE_QUEUE & (LIMIT_STORE_QUEUE - 1)) == 0, "rings are powers of two");
static_assert(LIMIT_RTP_PAYLOAD_BYTES + 64 < LIMIT_DATAGRAM_BYTES, "a rewritten packet fits a datagram");
static_assert(LIMIT_PROFILES_PER_DAY % LIMIT_PROFILES_STEP == 0, "the last step ends with the day's budget");
static_assert(LIMIT_PROFILES_STEP >= LIMIT_PROFILE_ACCOUNTS, "a request needs one write at most");
static_assert(LIMIT_SLIP_BYTES >= LIMIT_FOLLOWS * 16 + LIMIT_TITLE_BYTES + 32, "an event for all one follows");
static_assert(LIMIT_SLIP_BYTES >= 2 * LIMIT_REPORT_CHARS * 4 + 128, "a report and its evidence");
static_assert(LIMIT_STAGE < 255, "a sender index is one byte and starts at 1");

#endif
