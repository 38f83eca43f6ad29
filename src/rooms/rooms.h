/* The rules: membership, hallway, rooms, stage, hands, keys relay. Command + state + now -> effects.
 *
 * Sans-I/O: no socket, thread, clock, JSON or disk. The caller (server/, sim/, tests) gives a command
 * with the time and the socket it came on, and carries out the effects in their order. All memory is
 * owned by `struct rooms`; strings and bytes inside an effect live until the next rooms_* call, those that came in
 * with the command (key messages) as long as the command's own memory.
 * Thread: control. Randomness comes from the function given at rooms_new, so runs can be replayed.
 *
 * Records: a command that appends to the member log (log.append and what adds a member or a device) is checked,
 * then EFFECT_STORE asks for the append, and only rooms_on_stored(OK) changes membership and sends the
 * reply. The same holds for profiles, passkeys, slips and what is used of a day's budget. One change is in flight at a time; meanwhile such commands return ERR_BUSY *without any
 * effect* and the caller keeps them in its queue. So validity follows log order exactly.
 *
 * Files: rooms.c (table of commands, ticks), log.c (the member log in memory), path.c (what a device hangs from),
 * chain.c (signatures and who may sign what; beside it device.c, rank.c, succession.c), records.c (the way into
 * the log), follow.c (reading it), ban.c (what records do to the living), pair.c, claim.c, removals.c, invite.c,
 * club.c, profile.c, budget.c (how many one may look up), passkey.c, operator.c (exports, the list of members), admin.c and
 * alerts.c (what founder and admins see and are told), slips.c (follows, blocks, events and reports as
 * they are kept; beside it ties.c, hidden.c, followed.c, events.c, reports.c), hall.c, join.c, ice.c, lock.c (who may come in),
 * elsewhere.c, ping.c, stage.c, hands.c, host.c (its moderators and its title), moderation.c (out of a room, and looking back),
 * keys.c (relay of key messages; beside it keys_parts.c, keys_share.c, keys_live.c and keys_kem.c), talk.c (relay of
 * chat and reactions), pace.c, trace.c and ledger.c (leak tracing). */
#ifndef ROOMS_ROOMS_H
#define ROOMS_ROOMS_H

#include "base/bytes.h"
#include "base/id.h"
#include "base/ledger.h"
#include "base/limits.h"
#include "rooms/admin.h"
#include "rooms/club.h"
#include "rooms/kept.h"
#include "rooms/profile.h"
#include "rooms/slips.h"
#include "media/media.h" /* struct media_peer only: the shape of a join's media parameters */

struct rooms;
typedef uint32_t sock_name; /* the caller's name of a WebSocket, never 0, never re-used while open */

/* ---- commands ------------------------------------------------------------------------------------ */

#define COMMANDS(X)                                                                                 \
    X(SOCKET_OPEN, "")                /* a WebSocket was accepted: EVENT_CHALLENGE goes out */      \
    X(SOCKET_CLOSED, "")              /* it is gone: its person is away, later left */              \
    X(PEER_UP, "")                    /* media event: the DTLS session of a person is up */         \
    X(PEER_DOWN, "")                  /* media event: it is gone; closed in order it may come back */                                 \
    X(LOOK, "invite.look")            /* visitor: is this invite good, who sent it */               \
    X(REDEEM, "invite.redeem")        /* visitor: become a member */                                \
    X(HELLO, "hello")                 /* visitor: open the session of a device */                   \
    X(PAIR_OPEN, "pair.open")         /* visitor: a device that asks to be added */                 \
    X(PAIR_ACCEPT, "pair.accept")     /* visitor: the record that adds it */                        \
    X(RECOVERY_LOOK, "recovery.look") /* visitor: whose recovery key is this */                     \
    X(RECOVERY_USE, "recovery.use")   /* visitor: a device that the recovery key adds */            \
    X(LOG_APPEND, "log.append")                                                                     \
    X(LOG_READ, "log.read")                                                                         \
    X(DEVICE_LIST, "device.list")                                                                   \
    X(PAIR_FIND, "pair.find")                                                                       \
    X(PAIR_OFFER, "pair.offer")                                                                     \
    X(CLAIM_OPEN, "claim.open")       /* a supersede record that lacks its second signature */      \
    X(CLAIM_LIST, "claim.list")                                                                     \
    X(INVITE_LIST, "invite.list")                                                                   \
    X(CHAIN_READ, "chain.read")                                                                     \
    X(CLUB_READ, "club.read")         /* what the club says of itself */                            \
    X(PROFILE_READ, "profile.read")                                                                 \
    X(PROFILE_SET, "profile.set")                                                                   \
    X(EXPORT, "account.export")                                                                     \
    X(PASSKEY_SET, "passkey.set")                                                                   \
    X(PASSKEY_LIST, "passkey.list")                                                                 \
    X(PASSKEY_LOOK, "passkey.look")   /* visitor */                                                 \
    X(MOD_LIST, "mod.list")                                                                         \
    X(ADMIN_HEALTH, "admin.health")   /* founder, admins: how the server is, as the next three */      \
    X(ADMIN_INVITES, "admin.invites") /* every open invitation of the club */                       \
    X(ADMIN_FIND, "admin.find")       /* one account, by what the admin has of it */                \
    X(ADMIN_ALERTS, "admin.alerts")   /* what they should know of */                                \
    X(OPERATOR_MEMBERS, "operator.members") /* on the local socket only, as the next */             \
    X(OPERATOR_EXPORT, "operator.export")                                                           \
    X(OPERATOR_STATS, "operator.stats") /* what lives at this moment */                             \
    X(PEOPLE_FOLLOW, "people.follow")                                                               \
    X(PEOPLE_BLOCK, "people.block")                                                                 \
    X(PEOPLE_LIST, "people.list")     /* whom one follows and blocks oneself */                     \
    X(EVENT_NEW, "event.new")                                                                       \
    X(EVENT_CANCEL, "event.cancel")                                                                 \
    X(REPORT, "report")                                                                             \
    X(REPORT_LIST, "report.list")     /* founder, admins */                                         \
    X(REPORT_CLOSE, "report.close")                                                                 \
    X(ROOM_OPEN, "room.open")                                                                       \
    X(ROOM_JOIN, "room.join")                                                                       \
    X(ROOM_PATH, "room.path")         /* another way for the media, as the network changed */       \
    X(ROOM_LEAVE, "room.leave")                                                                     \
    X(ROOM_END, "room.end")                                                                         \
    X(ROOM_HAND, "room.hand")                                                                       \
    X(ROOM_MUTE, "room.mute")                                                                       \
    X(ROOM_BRING, "room.bring")       /* moderator: bring a person to the stage, or call them */    \
    X(ROOM_ANSWER, "room.answer")     /* the called person accepts or declines */                   \
    X(ROOM_SEND_BACK, "room.send_back")                                                             \
    X(ROOM_MUTE_OTHER, "room.mute_other")                                                           \
    X(ROOM_REMOVE, "room.remove")     /* moderator: out of this room for the evening, or for good */ \
    X(ROOM_READMIT, "room.readmit")   /* takes an evening's removal back */                         \
    X(ROOM_ROLE, "room.role")         /* host: makes a moderator of this room, or takes it back */  \
    X(ROOM_LOCK, "room.lock")         /* moderator: nobody new comes in, or again they do */        \
    X(ROOM_TITLE, "room.title")       /* moderator */                                               \
    X(ROOM_HANDS, "room.hands")       /* moderator: who may raise a hand */                         \
    X(ROOM_LOWER, "room.lower")       /* moderator: not now, to one raised hand */                  \
    X(ROOM_LOWER_ALL, "room.lower_all") /* moderator: to all of them */                             \
    X(ROOM_PING, "room.ping")         /* asks a member to come into one's room */                   \
    X(ROOM_KNOCK, "room.knock")       /* at a locked room: its moderators hear of it */             \
    X(ROOM_KEYS, "room.keys")         /* steward: a key message */                                  \
    X(ROOM_SEALS, "room.seals")       /* steward: its share of a rekey's seals */                   \
    X(ROOM_BEAT, "room.beat")         /* steward: a heartbeat */                                    \
    X(ROOM_TAGS, "room.tags")         /* on stage: the tags of the frames just sent */              \
    X(ROOM_KEM, "room.kem")           /* steward: encapsulation keys of people here */              \
    X(ROOM_SAY, "room.say")           /* a line of chat, sealed */                                  \
    X(ROOM_REACT, "room.react")                                                                     \
    X(ROOM_NOTE, "room.note")         /* sealed too: a removal, or the consent to record */         \
    X(ROOM_PIN, "room.pin")           /* moderator: the pinned line; steward: again, for newcomers */ \
    X(ROOM_SILENCE, "room.silence")   /* moderator: somebody may not chat, or may again */            \
    X(ROOM_TWIN, "room.twin")         /* on stage: two variants run in step, or no longer do */     \
    X(TRACE_LIST, "trace.list")       /* founder, admins: rooms that the ledger has */              \
    X(TRACE_READ, "trace.read")       /* the same: patterns, after a trace-release */               \
    X(OPERATOR_TRACE, "operator.trace") /* on the local socket: a room's ledger for two releases */

enum command_kind {
#define X(name, wire) COMMAND_##name,
    COMMANDS(X)
#undef X
    COMMAND_COUNT
};

enum room_hands { HANDS_EVERYONE, HANDS_FOLLOWED, HANDS_OFF }; /* who may raise a hand; followed: by somebody on stage */

struct key_part { /* a seal or a welcome for one slot */
    uint16_t slot;
    struct view data;
};

struct roster_change {
    uint16_t slot;
    bool filled;           /* false: the slot is now empty */
    struct hash leaf;      /* SHA-256 of the leaf that takes it */
};

struct key_split {         /* buckets whose seals another steward sends */
    struct id account;
    uint16_t first, last;
    struct view seal;      /* of the secret that their keys come from, for that steward */
};

struct key_message {       /* shape only; docs/protocol.md "Key messages" */
    struct view header, stage;
    const struct roster_change *changes;
    size_t change_count;
    const struct key_part *welcomes;
    size_t welcome_count;
    const struct key_part *seals;
    size_t seal_count;
    const struct view *wraps; /* one per bucket; none in a ratchet */
    size_t wrap_count;
    const struct key_split *split;
    size_t split_count;
};

struct command {
    enum command_kind kind;
    sock_name sock;
    uint32_t request; /* the client's id, echoed in the reply */
    union {
        struct { struct view host; bool operator; } open; /* SOCKET_OPEN: the Host that Origin was checked against */
        struct { struct key invite; uint8_t sig[SIG_BYTES]; } look; /* LOOK, RECOVERY_LOOK (the recovery key) */
        struct { struct key key; struct view code, body, sig; } pair; /* PAIR_OPEN: key; PAIR_FIND: code; PAIR_OFFER: key, body, sig (empty: not signed yet) */
        struct { struct view body; uint8_t sig[SIG_BYTES]; } claim;      /* CLAIM_OPEN */
        struct { uint64_t from; } log;                                   /* LOG_READ */
        struct { struct view record, name; } record;    /* REDEEM (with name), PAIR_ACCEPT, RECOVERY_USE, LOG_APPEND, ROOM_REMOVE */
        struct { struct id account, device; uint8_t sig[SIG_BYTES]; uint64_t log_size; struct hash log_head; } hello;
        struct { const struct id *accounts; size_t count; } chains; /* CHAIN_READ, PROFILE_READ */
        struct { struct profile_info to; bool name, handle, bio, picture, pronouns; } profile; /* PROFILE_SET: which of them are there */
        struct { const struct passkey_info *list; size_t count; } passkeys; /* PASSKEY_SET */
        struct { struct view credential; } passkey;      /* PASSKEY_LOOK */
        struct { uint64_t from; } members;               /* OPERATOR_MEMBERS, ADMIN_INVITES: a position */
        struct { struct view handle; struct id account; struct key invite; } find; /* ADMIN_FIND: one of them; the others empty or zeros */
        struct { struct view title; enum room_who who; const struct id *picked; size_t picked_count; bool music, sensitive; enum room_hands hands; } create; /* OPEN; TITLE: title; HANDS: hands */
        struct { struct id account; bool on; } tie;      /* PEOPLE_FOLLOW, PEOPLE_BLOCK */
        struct { struct view title; uint64_t start_ms; bool sensitive; enum room_who who;
                 const struct id *picked; size_t picked_count; } event; /* EVENT_NEW */
        struct { struct report_fields is; uint8_t sig[SIG_BYTES]; } report; /* REPORT */
        struct { struct id id, by; bool untrue; } close; /* EVENT_CANCEL: id; REPORT_CLOSE: id, by whom, and it was not true */
        struct { struct id room; struct view leaf, kem; struct media_peer media; } join; /* media: ice.remote_ufrag, fingerprint, payload_type, level_ext, ssrc */
        struct { struct id room; struct media_ice ice; } path;           /* ROOM_PATH: ice.remote_ufrag */
        struct { struct id account; } person;            /* BRING, SEND_BACK, MUTE_OTHER, READMIT, LOWER, PING, OPERATOR_EXPORT */
        struct { struct id room; } knock;                /* ROOM_KNOCK */
        struct { struct id account; bool moderator; } role; /* ROOM_ROLE */
        struct { bool on; } flag;                        /* HAND up, MUTE muted, ANSWER accept, LOCK locked */
        struct key_message keys;
        struct { struct id room; uint32_t counter; const struct key_part *list; size_t count; } seals;
        struct { struct id room; struct view data; } live; /* BEAT, TAGS */
        struct { struct id room; const struct id *accounts; size_t count; } kem;
        struct { struct id room; struct view data; bool again; } talk; /* SAY, REACT, NOTE, PIN (again: not a new one) */
        struct { struct id account; bool on; } silence;
        struct { struct id room; struct media_twin is; struct view pattern; } twin; /* ROOM_TWIN; pattern empty: as before */
        struct { struct id room; struct view releases[2]; } trace; /* TRACE_READ: room; OPERATOR_TRACE: releases */
        struct { peer_name peer; enum media_down_why why; } peer; /* PEER_UP, PEER_DOWN: sock is 0 */
    };
};

/* ---- effects ------------------------------------------------------------------------------------- */

enum room_role { ROLE_LISTENER, ROLE_SPEAKER, ROLE_MODERATOR };

struct person_info {
    struct id account, device;
    struct view name, leaf;
    enum club_role club_role;
    enum room_role role;
    bool on_stage, muted, away, keyed; /* keyed: has a slot in the current header */
    bool called;           /* was invited to speak and has not answered */
    bool silent;           /* may not chat */
    uint64_t hand_ms;      /* 0 = down, else since when */
    uint32_t order;        /* joined as the n-th of this room */
    uint16_t slot;         /* valid if keyed */
};

struct room_info {
    struct id room, host; /* host: who opened it */
    struct view title;
    enum room_who who;
    bool music, sensitive; /* else voice; its title is shown in the club alone. The server passes these wishes on */
    bool locked;
    enum room_hands hands;
    uint64_t opened_ms;
    uint32_t people, speakers;
    struct face_info faces[LIMIT_SLOTS]; /* stage first */
    uint32_t face_count;
};

enum invite_state { INVITE_OPEN, INVITE_USED, INVITE_EXPIRED, INVITE_REVOKED };
struct invite_info {
    struct key invite;
    enum invite_state state;
    uint64_t time_ms, expires_ms;
    struct id guest;       /* who redeemed it; zero = nobody */
    struct view guest_name;
};

struct chain_entry {
    uint64_t n;            /* position in the log */
    struct view record;
};
struct chain_info { /* founder record first, the account's own redeem record last */
    struct id account;
    const struct chain_entry *entries;
    size_t count;
};

struct device_info {
    struct id device;
    uint64_t time_ms;
    bool online, here;     /* here: the one that asks */
};

struct claim_info {
    struct view body;      /* supersede, without signatures */
    uint8_t sig[SIG_BYTES]; /* of its author */
    struct id by, target, successor;
    struct view by_name, target_name, successor_name;
};

struct reaction {          /* sealed, in the smallest size */
    struct id account;
    uint8_t data[LIMIT_TALK_SMALL_BYTES];
};

struct kem_info {
    struct id account;
    struct view kem;
};

struct member_profile {
    struct id account;
    struct profile_info is;
    enum club_role role;
};

struct stay_info {         /* that tracing keeps a while */
    struct id room;
    struct view title;
    uint64_t since_ms, until_ms; /* until 0: still there */
};

struct trace_room {        /* that the ledger has */
    struct id room;
    struct view title;
    uint64_t opened_ms;
    uint32_t patterns;
    const struct id *released; /* who signed a trace-release for it */
    size_t released_count;
};

/* Everything that is stored about an account: docs/privacy.md has the same list. */
struct export_info {
    struct member_profile profile;
    const struct passkey_info *passkeys;
    size_t passkey_count;
    const struct kept_info *slips; /* its own */
    size_t slip_count;
    const struct chain_entry *records; /* all that name the account, in the order of the log */
    size_t record_count;
    const struct stay_info *stays;
    size_t stay_count;
    const struct place_info *places;
    size_t place_count;
    struct lookups_info lookups; /* used 0: none today */
    const struct alert_info *alerts; /* that name it */
    size_t alert_count;
};

/* What a moderator did to somebody, told to that person alone: EVENT_ACT. */
enum room_act { ACT_MUTED, ACT_SENT_BACK, ACT_LOWERED, ACT_MODERATOR, ACT_NO_MODERATOR };

enum left_why { LEFT_SELF, LEFT_REMOVED, LEFT_LOST, LEFT_ELSEWHERE, LEFT_BANNED, LEFT_ENDED };

struct departure {
    struct id account;
    enum left_why why;
};

/* Replies answer one request; events come by themselves. Their JSON is in docs/protocol.md. */
enum out_kind {
    REPLY_ERROR, REPLY_OK, REPLY_LOOK, REPLY_HELLO, REPLY_RECORD, REPLY_INVITES, REPLY_CHAINS,
    REPLY_ROOM_OPEN, REPLY_ROOM_JOIN, REPLY_ROOM_PATH, REPLY_KEMS,
    REPLY_LOG, REPLY_DEVICES, REPLY_PAIR, REPLY_PAIR_KEY, REPLY_RECOVERY, REPLY_CLAIMS,
    REPLY_PEOPLE, REPLY_EVENT, REPLY_REPORTS,
    REPLY_CLUB, REPLY_PROFILES, REPLY_EXPORT, REPLY_PASSKEYS, REPLY_PASSKEY, REPLY_MOD, REPLY_MEMBERS, REPLY_STATS,
    REPLY_HEALTH, REPLY_ADMIN_INVITES, REPLY_ACCOUNT, REPLY_ALERTS,
    REPLY_TRACES, REPLY_PATTERNS, REPLY_TRACE,
    EVENT_CHALLENGE, EVENT_HALL, EVENT_HALL_ROOM, EVENT_HALL_GONE, EVENT_GUEST, EVENT_PROFILE, EVENT_MOD_ASK,
    EVENT_PERSON, EVENT_LEFT, EVENT_NEWS, EVENT_KEYS, EVENT_CALLED, EVENT_ACT, EVENT_HANDS_DOWN, EVENT_PINGED, EVENT_KNOCKED, EVENT_OUT,
    EVENT_LOG, EVENT_SEAL, EVENT_BEAT, EVENT_TAGS, EVENT_SAY, EVENT_REACT, EVENT_NOTE, EVENT_PIN,
    EVENT_FOLLOWED, EVENT_EVENTS, EVENT_EVENT, EVENT_EVENT_GONE, EVENT_REPORTS, EVENT_ALERTS,
    EVENT_HELD, EVENT_ROLE, EVENT_ELSEWHERE, EVENT_PAIR_OFFER, EVENT_PAIR_DONE, EVENT_PAIR_GONE, EVENT_CLAIM, EVENT_CLAIMED,
};

struct out {
    enum out_kind kind;
    sock_name sock;        /* the one it goes to; 0 in an EFFECT_TELL */
    uint32_t request;      /* replies */
    union {
        struct { enum err err; uint32_t retry_after_ms; } error;
        struct { uint8_t nonce[32]; struct view club; uint64_t time_ms; struct id founder; } challenge; /* founder: zero if there is none */
        struct { bool founder; struct view inviter, club; struct id founder_account; } look;
        struct { struct id account; struct view name; enum club_role role; uint64_t log_size; struct hash log_head;
                 struct id founder, elsewhere; bool held; /* elsewhere: the room it is in on another device; zero: none */
                 struct id successor; struct view successor_name; uint64_t claim_until_ms; } hello; /* successor: zero, nobody claims to be */
        struct { uint64_t n; struct hash head; uint64_t log_size; struct id account, device; } record;
        struct { const struct invite_info *list; size_t count; uint32_t left; } invites;
        struct { const struct chain_info *list; size_t count; } chains;
        struct club_info club;
        struct { const struct member_profile *list; size_t count; } profiles;
        struct { const struct passkey_info *list; size_t count; } passkeys; /* PASSKEYS; PASSKEY: one */
        const struct export_info *export;
        struct { const struct mod_info *list; size_t count; } mod;
        struct { const struct member_info *list; size_t count; uint64_t next; } members; /* next 0: that was all */
        struct { struct id account; struct view name; } profile;      /* PROFILE: a new name */
        struct { struct id by, target; struct view by_name, target_name; const char *kind; } mod_ask; /* kind: of a record */
        struct { const struct room_info *list; size_t count; } hall;  /* HALL, HALL_ROOM (one) */
        struct { struct id room; } room;                              /* ROOM_OPEN, HALL_GONE; ELSEWHERE: zero, not any more */
        struct { const struct face_info *follows, *blocks; size_t follow_count, block_count; } people; /* PEOPLE */
        struct { struct id room; const uint32_t *orders; size_t count; } followed; /* FOLLOWED: the `order` of each */
        struct { const struct event_info *list; size_t count; } events; /* EVENTS; EVENT: one */
        struct { struct id event; } event;                            /* REPLY_EVENT, EVENT_EVENT_GONE */
        struct { const struct report_info *list; size_t count; } reports; /* REPLY_REPORTS; EVENT_REPORTS: count alone */
        struct {                                                      /* ROOM_JOIN */
            struct room_info room;
            const struct person_info *people; size_t count;
            struct view header, stage;                                /* current header; empty in a new room */
            bool untitled;                                            /* its title was lost with a restart */
            const struct media_peer *media; peer_name peer;           /* ours: ice, slot_ssrc */
            const struct roster_change *gone; size_t gone_count;      /* slots of the current header whose leaf is nobody's any more */
            const struct hash *trace;                                 /* committed to for tracing; NULL: it cannot be traced */
        } join;
        struct { const struct media_ice *ice; peer_name peer; } path; /* ROOM_PATH */
        struct { struct id room; const struct person_info *person; } person; /* PERSON */
        struct { struct id room, account; enum left_why why; struct view record; } left; /* LEFT; record: the room-ban, if removed */
        struct { struct id room; const struct person_info *people; size_t count;
                 const struct departure *left; size_t left_count; } news; /* NEWS: of a large audience, gathered */
        struct { struct id room; struct view header, stage; const struct roster_change *changes; size_t change_count;
                 struct view welcome, seal, wrap;
                 const struct key_split *split; } keys;               /* KEYS: only this socket's own parts; split: NULL or its share */
        struct { struct id room; uint32_t counter; struct view data; } seal; /* SEAL */
        struct { struct id room, account; struct view data; } live;   /* BEAT; with the sender's account TAGS, SAY, NOTE, PIN */
        struct { struct id room; const struct reaction *list; size_t count; } react; /* REACT: what came within a moment */
        struct { const struct kem_info *list; size_t count; } kems;   /* KEMS */
        struct rooms_stats stats;                                     /* STATS, HEALTH */
        struct { const struct open_invite *list; size_t count; uint32_t open; uint64_t next; } open_invites; /* ADMIN_INVITES; next 0: that was all */
        struct account_info account;                                  /* ACCOUNT */
        struct { const struct alert_info *list; size_t count; uint64_t newest; } alerts; /* REPLY_ALERTS; EVENT_ALERTS: newest alone */
        struct { struct id room, by; struct view by_name; } called;   /* CALLED; HANDS_DOWN: every hand in the room is down; KNOCKED: `by` would like to come in */
        struct { struct id room, by; struct view by_name; enum room_act act; } act; /* ACT */
        struct { struct id room, by; struct view by_name, title; } pinged; /* PINGED: asked to come into a room */
        struct { const struct trace_room *list; size_t count; } traces; /* TRACES */
        struct { struct hash root; const struct ledger_row *rows; const struct view *names; size_t count; } trace; /* TRACE, all
                 rows of a room with the names of their accounts; PATTERNS, of the patterns alone */
        struct { struct id room; enum left_why why; struct view by_name; } out; /* OUT: you are out of the room */
        struct { struct id account; struct view name; struct key invite; } guest; /* GUEST: your invite was redeemed */
        struct { uint64_t size; struct hash head; } log;              /* LOG: the member log grew */
        struct { uint64_t from; struct view entries;                  /* REPLY_LOG; entries: type u8, hash[32] each */
                 const struct chain_entry *records; size_t count; uint64_t size; struct hash head; } part;
        struct { const struct device_info *list; size_t count; bool recovery; } devices; /* recovery: there is a recovery key */
        struct { const char *code; uint64_t until_ms; struct key key; } pair; /* REPLY_PAIR: code, until; PAIR_KEY: key */
        struct { struct id account; struct view name; } recovery;
        struct { const struct claim_info *list; size_t count; } claims; /* REPLY_CLAIMS; EVENT_CLAIM: one */
        struct { bool held; } held;
        struct { enum club_role role; } role;
        struct { struct id account, founder; struct view body, sig; } offer; /* PAIR_OFFER */
        struct { struct id device; } paired;                          /* PAIR_DONE */
        struct { struct key key; } unpaired;                          /* PAIR_GONE: the new device refused, or went away */
        struct { struct id successor; struct view name; uint64_t until_ms; } claimed;
    };
};

/* The store's answer to any of the STOREs comes back by rooms_on_stored, to the ledger's by rooms_on_ledger,
 * to ROOMS by rooms_on_kept, to ALERTS by rooms_on_alerts: of each one at a time is on its way. */
enum effect_kind {
    EFFECT_SEND, EFFECT_TELL, EFFECT_CLOSE, EFFECT_STORE, EFFECT_STORE_PROFILE, EFFECT_STORE_PASSKEYS,
    EFFECT_STORE_SLIP, EFFECT_STORE_LOOKUPS, EFFECT_STORE_ALERTS, EFFECT_STORE_LEDGER, EFFECT_STORE_ROOMS, EFFECT_MEDIA, EFFECT_RELEASE,
};

struct effect {
    enum effect_kind kind;
    union {
        struct out send;
        struct { struct out out; const sock_name *socks; size_t count; } tell; /* one text for many sockets */
        struct { sock_name sock; enum err why; } close; /* after what was sent before has been flushed */
        struct { uint64_t n; struct view record; struct hash head;
                 struct id account; struct view name; bool erase; } store; /* with a name, or all about the account erased */
        struct { uint64_t n; struct id account; struct profile_info to; } profile;
        struct { uint64_t n; struct id account; const struct passkey_info *list; size_t count; } passkeys;
        struct { uint64_t n; struct slip_info is; bool gone; } slip; /* replaced, or removed */
        struct { uint64_t n; struct lookups_info is; } lookups;
        struct { const struct alert *list; size_t count; } alerts; /* all of them */
        struct { const struct ledger_row *rows; size_t count; uint64_t erase_before_ms; } ledger; /* not 0: no rows, but rooms that ended before are erased */
        struct { const struct kept_room *list; size_t count; } kept; /* STORE_ROOMS */
        struct media_command media;                     /* RELEASE: media.peer is given back */
    };
};

typedef void (*effect_fn)(void *user, const struct effect *e); /* called in order, during rooms_* calls */

struct rooms_config {
    struct view club_name;
    struct club_words words;            /* the caller's, as long as the rooms */
    struct hash dtls_fingerprint;       /* not used by the rules, carried into join replies by the server */
    effect_fn effect;
    enum err (*random)(void *user, uint8_t *out, size_t n);
    peer_name (*peer_name)(void *user, struct id room); /* reserves a place in the media plane; 0 = full */
    uint32_t trace_days;                /* the ledger is kept so long; 0: rooms cannot be traced */
    void *user;
};

MUST_CHECK enum err rooms_new(struct rooms **out, const struct rooms_config *config);
void rooms_free(struct rooms *r);

/* Start-up: replay what the store holds, verifying every record and the chain of heads. */
MUST_CHECK enum err rooms_replay(struct rooms *r, uint64_t n, struct view record, struct hash head);
MUST_CHECK enum err rooms_replay_profile(struct rooms *r, struct id account, const struct profile_info *p);
MUST_CHECK enum err rooms_replay_ledger(struct rooms *r, const struct ledger_row *row); /* a room's own row before its others */
MUST_CHECK enum err rooms_replay_passkey(struct rooms *r, struct id account, const struct passkey_info *k);
MUST_CHECK enum err rooms_replay_slip(struct rooms *r, const struct slip_info *n);
/* An empty log accepts exactly one founder record, signed with this one-time key. */
void rooms_set_setup_key(struct rooms *r, const struct key *setup);
bool rooms_has_founder(const struct rooms *r);

/* The one entrance. ERR_BUSY: a record is in flight, or what this command needs to be written down first; nothing
 * happened, give the command again after rooms_on_stored. Any other error was already answered with REPLY_ERROR where there is a socket. */
enum err rooms_apply(struct rooms *r, const struct command *c, uint64_t now_ms);
void rooms_on_stored(struct rooms *r, uint64_t n, enum err result, uint64_t now_ms);
void rooms_on_ledger(struct rooms *r, enum err result, uint64_t now_ms);
void rooms_tick(struct rooms *r, uint64_t now_ms); /* every 100 ms: hallway cards and reactions held back, grace, calls, empty rooms */

/* For metrics, the CLI and invariant checks. */
struct rooms_stats rooms_stats(const struct rooms *r);
bool rooms_has_peer(const struct rooms *r, peer_name peer); /* of somebody who is in a room */
/* Every person of every room, for "forwarding set = roster": calls `fn` with the room, the peer and
 * whether its packets may be forwarded. Peer 0: somebody away whose connection is gone; nothing is forwarded. */
void rooms_each_person(const struct rooms *r, void (*fn)(void *user, struct id room, peer_name peer, bool may_speak),
                       void *user);

#endif
