/* What the files of rooms/ share: the live state and the ways to change it and to tell about it.
 *
 * Sockets, rooms and people are allocated on their own and bounded by limits.h; pointers are good until the
 * thing is removed. A room or person that was removed stays readable until the next rooms_* call, because
 * effects point into it. Thread: control. */
#ifndef ROOMS_STATE_H
#define ROOMS_STATE_H

#include "base/array.h"
#include "base/map.h"
#include "rooms/commands.h"
#include "rooms/ledger.h"
#include "rooms/log.h"
#include "rooms/rooms.h"

enum { PAIR_CODE_CHARS = 8, SLIP_KEY_BYTES = 1 + 2 * ID_BYTES };

struct sock {
    sock_name name;
    uint32_t index; /* in rooms.socks */
    uint8_t nonce[32];
    uint8_t host[256];
    size_t host_len;
    bool operator;         /* came by the local socket */
    struct member *member; /* the session; NULL: a visitor */
    struct device *device; /* its device */
    struct sock *next;     /* of the same member */
    struct person *person; /* who is in a room through this socket */
    struct id elsewhere;   /* the room that the session was told its account is in on another device; zero: none */
};

struct person {
    struct room *room;
    struct member *member;
    const struct device *device;
    struct sock *sock; /* NULL: away */
    peer_name peer;
    uint32_t index, at; /* in rooms.people, in room.people */
    uint8_t leaf[LIMIT_LEAF_BYTES];
    size_t leaf_len;
    struct hash leaf_hash;
    uint8_t suite; /* of the leaf */
    uint8_t *kem;  /* its encapsulation key, LIMIT_KEM_BYTES; NULL in suite 1 */
    enum room_role role;
    bool on_stage, muted, called, keyed;
    bool may_speak; /* what the media plane was told */
    bool untold;    /* the room has yet to hear of what changed: news.c */
    uint64_t away_ms, called_ms, hand_ms;
    uint64_t beat_due_ms, tags_due_ms; /* when the next one is due: see pace.c */
    bool silent, pinned; /* pinned: was given the pinned line of the room */
    uint32_t order;
    uint16_t slot;       /* valid if keyed */
    struct view removal; /* the signed room-ban, while its person is being removed */
    struct id run;       /* of its pattern, if it has one: it speaks in two variants */
    bool has_run, has_stay, has_span;
    uint32_t stay, span; /* where in the room's ledger */
    uint32_t run_count, span_count;
    struct person *dead;
};

struct slot { /* of the current header */
    bool filled;
    bool waits; /* for a seal that another steward sends, see keys_share.c */
    uint8_t suite;
    struct hash leaf;
    struct person *person; /* NULL: gone, or back with another leaf, and not yet taken out of the keys */
};

struct key_share { /* buckets whose seals the person with this leaf sends */
    struct hash leaf;
    uint16_t first, last;
};

struct room_split { /* of the last header that had one */
    uint32_t counter;
    uint8_t suite;
    struct hash signer_leaf;
    struct key_share shares[LIMIT_SPLIT];
    size_t count;
};

struct room_keys {
    uint8_t header[LIMIT_HEADER_BYTES];
    uint8_t stage[1 + 3 * LIMIT_STAGE];
    size_t header_len, stage_len; /* 0: no header yet */
    uint8_t suite;
    uint32_t counter, epoch, generation, filled;
    uint64_t log_size;
    struct hash hash, steward_leaf; /* of the current header; the leaf of who signed it */
    struct slot *slots;
    uint32_t slot_count, slot_cap; /* slot_count: highest filled one + 1 */
    struct room_split split;
};

enum due { DUE_CARD, DUE_NEWS, DUES }; /* what a room waits with: hall.c, news.c */
struct room_news { /* of the audience, to be told together: news.c */
    uint64_t since_ms;
    size_t noted;           /* people who are `untold`, and departures */
    struct departure *left; /* LIMIT_NEWS; NULL: none yet */
    size_t left_count;
};

struct removal { /* from one room, for the evening */
    struct id account, by;
    uint64_t time_ms;
    int rank; /* of who did it */
    bool undone;
};

enum { REMOVAL_BYTES = 42 }; /* as it is kept */

struct place { /* in a room, of somebody who is there or may come back to it */
    struct member *member;
    uint32_t order;
    enum room_role role;
    bool on_stage;
    uint64_t hand_ms;
};

struct id_ring { /* the latest LIMIT_RING accounts; NULL: none yet */
    struct id *ids;
    uint32_t count;
};

struct room {
    struct id id;
    uint8_t title[LIMIT_TITLE_BYTES];
    size_t title_len;
    enum room_who who;
    bool music, sensitive;
    struct member *opener;
    struct id *picked;
    size_t picked_count;
    const struct member **hidden; /* who may come, but somebody on stage blocks them: sorted. See hidden.c */
    size_t hidden_count;
    uint32_t followed[LIMIT_FOLLOWED]; /* as the room was told: see followed.c */
    size_t followed_count;
    bool followed_dirty;
    uint64_t followed_ms;
    uint64_t opened_ms;
    bool started; /* the opener has come */
    struct person **people;
    uint32_t count, cap, stage_count, next_order;
    uint32_t index;          /* in rooms.rooms */
    struct removal *removed; /* a ring of LIMIT_REMOVED: the oldest is forgotten first; NULL: none yet */
    uint32_t removed_count;
    struct id *silenced;        /* LIMIT_SILENCED; NULL: none yet */
    struct reaction *reactions; /* LIMIT_REACTIONS, those that wait; NULL: none yet */
    uint32_t silenced_count, reaction_count;
    uint64_t say_due_ms, reacted_ms; /* of the whole room; when reactions went out last */
    bool locked;
    enum room_hands hands;
    struct id_ring let_in; /* through the lock */
    struct id_ring gone;   /* who left: they can still be removed */
    struct room_keys keys;
    bool traced;
    uint8_t secret[LEDGER_SECRET_BYTES]; /* all codewords follow from it */
    struct hash trace;                   /* the commitment to it */
    struct ledger_room *ledger;          /* NULL: no pattern has come yet */
    struct room_news news;
    struct place *places; /* of before a restart, of those who have not come back: places.c. NULL: none */
    uint32_t place_count;
    uint64_t places_until_ms;
    bool untitled;          /* it has a title, which nobody has brought back yet */
    bool is_kept, kept_sent, kept_due; /* by the store; what it has is on its way there; touched since */
    struct hash kept;       /* what it has */
    uint64_t hall_ms; /* when the card was last sent */
    struct room *next_due[DUES], **at_due[DUES]; /* in the lists of rooms.due; at_due: what points here, NULL: is not there */
    struct room *dead;
};

struct slip { /* see slips.c */
    struct slip_info is;
    struct member *member; /* whose it is */
    struct slip *next;     /* of the same member */
    uint32_t index;        /* in rooms.slips */
    uint8_t bytes[];       /* its data */
};

struct pending { /* the one change in flight: a profile, passkeys, a slip, look-ups, or else a record */
    bool active, budget;
    struct lookups_info lookups; /* of `member`; NULL: those of days before */
    struct slip *slip; /* a new one; or, with slip_gone, one that is to go */
    bool slip_gone;
    struct profile *profile;
    struct passkeys *passkeys;
    struct member *member; /* whose they are */
    sock_name sock;
    uint32_t request;
    uint64_t n;
    struct record record;
    uint8_t bytes[LIMIT_RECORD_BYTES], name[LIMIT_NAME_BYTES];
    size_t len, name_len;
};

struct pair { /* a new device that asks to be added; see pair.c */
    sock_name sock;
    struct key key;
    char code[PAIR_CODE_CHARS + 1];
    uint64_t until_ms;
    struct member *by; /* who offers its account; NULL: nobody yet */
    uint8_t body[LIMIT_RECORD_BYTES];
    size_t body_len;
};

struct open_claim { /* a supersede record that lacks its second signature; see claim.c */
    uint8_t bytes[LIMIT_RECORD_BYTES];
    size_t len;
    uint64_t time_ms;
};

struct scratch; /* memory that lives until the next call */

struct rooms {
    struct rooms_config config;
    uint8_t club_name[LIMIT_NAME_BYTES];
    struct member_log log;
    bool has_setup;
    struct key setup;
    struct pending pending;
    uint64_t now_ms;

    struct sock **socks;
    struct room **rooms;
    struct person **people;
    uint32_t sock_count, sock_cap, room_count, room_cap, people_count, people_cap, session_count;
    struct map by_sock, by_room, by_peer;
    struct slip **slips;
    uint32_t slip_count, slip_cap;
    struct map by_slip; /* kind, account, id -> index of slips */
    uint64_t slips_due_ms; /* when what is over is looked for again */
    uint32_t slip_kinds[SLIP_REPORT + 1]; /* how many there are of each */
    struct map by_handle;     /* the handles that are taken */
    struct map by_credential; /* SHA-256 of a passkey's credential id -> index of its member */
    uint32_t retry_after_ms;  /* goes out with the error of the current command */
    uint64_t budget_refusals, moved; /* see rooms_stats */
    uint64_t lookups_day, lookups_due_ms; /* of the newest that the store has; when to try again what it refused */
    struct alerts alerts;

    struct pair pairs[LIMIT_PAIRS];
    uint32_t pair_count;
    struct open_claim claims[LIMIT_CLAIMS];
    uint32_t claim_count;

    struct ledger ledger;
    struct keeping keeping;
    bool log_dirty;  /* it grew, and the sessions do not know yet */
    uint64_t log_ms; /* when they were last told */
    struct room *due[DUES];
    struct room *dead_rooms;
    struct person *dead_people;
    struct scratch *scratch;
};

/* ---- rooms.c: the command table ----------------------------------------------------------------- */
typedef enum err (*command_fn)(struct rooms *r, struct sock *s, const struct command *c);
struct sock *sock_find(const struct rooms *r, sock_name name);  /* NULL: closed meanwhile */
void sock_close(struct rooms *r, struct sock *s, enum err why); /* EFFECT_CLOSE, and forgets it */
void session_open(struct rooms *r, struct sock *s, struct device *d);

/* ---- effects.c: telling -------------------------------------------------------------------------- */
void *scratch_take(struct rooms *r, size_t n); /* zeroed; NULL: no memory */
void scratch_reset(struct rooms *r);           /* and frees the dead */
void scratch_free(struct rooms *r);
void send_out(struct rooms *r, const struct sock *s, struct out out);
void reply_ok(struct rooms *r, const struct sock *s, const struct command *c);
void reply_error(struct rooms *r, sock_name sock, uint32_t request, enum err e);
void send_many(struct rooms *r, const sock_name *socks, size_t count, struct out out); /* encoded once */
void tell_room(struct rooms *r, const struct room *room, struct out out, const struct person *except);
void tell_person(struct rooms *r, const struct person *p, const struct person *except); /* EVENT_PERSON */
void tell_act(struct rooms *r, const struct person *p, enum room_act act, const struct member *by);
void tell_speak(struct rooms *r, struct person *p); /* MEDIA_PEER_SPEAK, if it changed */
void tell_path(struct rooms *r, const struct person *p, const struct media_ice *ice); /* MEDIA_PEER_PATH */
void tell_drop(struct rooms *r, struct person *p, bool already_down);
struct person_info person_info(const struct person *p);

/* ---- elsewhere.c ----------------------------------------------------------------------------------- */
struct id elsewhere_of(const struct sock *s); /* of a session: the room of its account on another device; zero: none */
/* The account's presence is `p` from now on, NULL: none. Every session hears of it for which that is news. */
void elsewhere_tell(struct rooms *r, const struct member *m, const struct person *p);

/* ---- room.c: who is where ------------------------------------------------------------------------ */
struct room *room_find(const struct rooms *r, struct id id);
bool room_for(const struct room *room, const struct member *m); /* among those who may come */
/* Out of the room: media, EVENT_OUT to the person (not if it left by itself), EVENT_LEFT to the others. */
void person_remove(struct rooms *r, struct person *p, enum left_why why, struct view by, bool peer_down);
void room_end(struct rooms *r, struct room *room, struct view by);
void room_end_if_empty(struct rooms *r, struct room *room); /* nobody is left on stage */
void room_due(struct rooms *r, struct room *room, enum due what); /* it is on the list, once */
void room_settled(struct room *room, enum due what); /* and not any more */
/* person_remove, and the room ends with its last stage member. */
void person_leave(struct rooms *r, struct person *p, enum left_why why, struct view by, bool peer_down);
void person_away(struct rooms *r, struct person *p);
MUST_CHECK enum err person_new(struct rooms *r, struct room *room, struct sock *s, struct person **out);
void person_enter(struct rooms *r, struct person *p); /* cannot fail: person_new reserved all it takes */
void person_free(struct person *p);
void person_discard(struct rooms *r, struct person *p); /* instead of person_enter */
void stage_enter(struct person *p);
void stage_exit(struct rooms *r, struct person *p);
MUST_CHECK enum err room_new(struct rooms *r, struct room **out);
MUST_CHECK enum err room_make(struct rooms *r, struct id id, struct room **out); /* with this id */
void room_free(struct room *room);
void rooms_expire(struct rooms *r); /* grace, calls, rooms that nobody came to */

/* ---- places.c ------------------------------------------------------------------------------------ */
struct place place_of(const struct person *p);
bool places_has(const struct room *room, const struct member *m);
bool places_take(struct room *room, const struct member *m, struct place *out); /* false: there was none */
bool places_wait(const struct room *room); /* for somebody on stage */
/* After every change of what places_write writes (hall_touch does it too): with a later tick the store is told. */
void places_touch(struct room *room);
/* What a restart must not undo, in memory of this call; empty: there was none. */
MUST_CHECK struct view places_write(struct rooms *r, const struct room *room);
void places_forget(struct rooms *r, const struct room *room); /* it has ended */
void places_tick(struct rooms *r);
MUST_CHECK enum err places_about(struct rooms *r, const struct member *m, struct export_info *x);

/* ---- news.c -------------------------------------------------------------------------------------- */
/* Tells the room that somebody came or changed, or left: at once, or gathered with others. */
void news_person(struct rooms *r, struct person *p, const struct person *except);
void news_left(struct rooms *r, const struct person *p, enum left_why why);
void news_returns(struct rooms *r, struct room *room, struct id account); /* before somebody joins */
void news_flush(struct rooms *r, struct room *room);                      /* before what must not overtake it */
void news_tick(struct rooms *r);

/* ---- ice.c --------------------------------------------------------------------------------------- */
MUST_CHECK enum err ice_check(const struct media_ice *ice); /* the client's half */
/* Beside it ours: all of it is random, none of it tells anything. */
MUST_CHECK enum err ice_draw(struct rooms *r, const struct media_ice *theirs, struct media_ice *out);
/* ---- lock.c: who may come in ---------------------------------------------------------------------- */
/* May be in this room: it is there for the account, and nobody removed it. The lock is another matter. */
MUST_CHECK enum err room_takes(const struct rooms *r, const struct room *room, const struct member *m); /* whoever blocks whom */
MUST_CHECK enum err room_admits(const struct rooms *r, const struct room *room, const struct member *m);
bool lock_stops(const struct room *room, const struct member *m); /* somebody who is not in the room */
bool ring_has(const struct id_ring *ring, struct id account);
void ring_add(struct id_ring *ring, struct id account); /* without memory for it, not */

/* ---- host.c ---------------------------------------------------------------------------------------- */
MUST_CHECK enum err title_check(struct view title);
void room_set_title(struct room *room, struct view title);

/* ---- hall.c -------------------------------------------------------------------------------------- */
void hall_touch(struct rooms *r, struct room *room); /* its card changed */
void hall_gone(struct rooms *r, struct room *room);
void hall_flush(struct rooms *r);
void hall_send(struct rooms *r, const struct sock *s); /* EVENT_HALL */
struct room_info room_info(const struct room *room);

/* ---- invite.c, hello.c ---------------------------------------------------------------------------- */
/* A visitor has the key: a signature over this socket's challenge. */
MUST_CHECK enum err check_look(const struct sock *s, const struct key *key, const uint8_t sig[SIG_BYTES]);

/* ---- records.c, follow.c: the log grows ------------------------------------------------------------ */
void records_stored(struct rooms *r, enum err result);
/* By the account and the device of this session. */
bool signed_here(const struct sock *s, struct id account, struct id device);
void log_touch(struct rooms *r, bool now); /* EVENT_LOG to all sessions, at once or with a later tick */
void log_flush(struct rooms *r);

/* ---- ban.c, device.c: what a record does to the living --------------------------------------------- */
/* Out of the room that the member is in, out of one that it opened, every socket closed. */
void ban_enforce(struct rooms *r, struct member *target, enum left_why why, enum err close, struct view by);
void hold_enforce(struct rooms *r, uint64_t n); /* all whom this record held or released */
void rank_enforce(struct rooms *r, const struct member *m);
void device_enforce(struct rooms *r, const struct device *d); /* was revoked */
void tell_member(struct rooms *r, const struct member *m, struct out out); /* on every device */
void tell_admins(struct rooms *r, struct out out, const struct member *except);

/* ---- removals.c ------------------------------------------------------------------------------------ */
/* More than a few bans, room-bans and deletions of others within a minute need a second admin: ERR_SECOND, and the
 * other admins are asked. Every one that is carried out is noted. */
MUST_CHECK enum err removal_check(struct rooms *r, struct member *author, const struct record *rec);
void removal_note(struct rooms *r, struct member *author, const struct record *rec);

/* ---- pair.c, claim.c ------------------------------------------------------------------------------- */
MUST_CHECK enum err pair_check(const struct rooms *r, const struct sock *s, const struct record *rec);
void pair_done(struct rooms *r, const struct device *d);
void pair_forget(struct rooms *r, sock_name sock);
void pairs_expire(struct rooms *r);
void claim_done(struct rooms *r, const struct record *rec);
void claims_expire(struct rooms *r);

/* ---- stage.c: who may act on whom ---------------------------------------------------------------- */
int member_rank(const struct room *room, const struct member *m); /* without a role in it: somebody who left */
int person_rank(const struct person *p);
bool person_moderates(const struct person *p);
bool person_hosts(const struct person *p); /* the opener, or founder or admin of the club */
MUST_CHECK enum err need_moderator(const struct sock *s); /* of the room it is in */
/* Somebody in the room of who asks. */
MUST_CHECK enum err find_target(const struct rooms *r, const struct sock *s, struct id account,
                                struct person **out);
/* Somebody in one's room who is below oneself. */
MUST_CHECK enum err find_inferior(const struct rooms *r, const struct sock *s, struct id account,
                                  struct person **out);

/* ---- moderation.c -------------------------------------------------------------------------------- */
bool was_removed(const struct room *room, struct id account);
void removals_write(struct writer *w, const struct room *room); /* for places.c */
MUST_CHECK enum err removals_read(struct room *room, struct reader *in);
/* What a stored room-ban does to who is in a room of that host. */
void room_ban_enforce(struct rooms *r, const struct record *rec, struct view bytes);

/* ---- pace.c, talk.c ------------------------------------------------------------------------------ */
/* ERR_RATE with the time to wait, if more than what the reserve allows was done before `due_ms`. */
MUST_CHECK enum err pace_check(struct rooms *r, uint64_t due_ms, uint64_t spare_ms);
void pace_note(const struct rooms *r, uint64_t *due_ms, uint64_t every_ms); /* it was done */
bool was_silenced(const struct room *room, struct id account);
void talk_flush(struct rooms *r); /* reactions that wait */

/* ---- profile.c, passkey.c ------------------------------------------------------------------------ */
struct profile_info member_profile(const struct member *m);
void profile_stored(struct rooms *r, enum err result);
void passkeys_stored(struct rooms *r, enum err result);
size_t member_passkeys(const struct member *m, const struct passkey_info **list);
/* Forgets what is kept about somebody who goes: name, handle, bio, picture, passkeys, whom they looked up. */
void member_erase(struct rooms *r, struct member *m);
void member_deinit(struct member *m);
void passkeys_erase(struct rooms *r, struct member *m);
void profile_free(struct profile *p);
void passkeys_free(struct passkeys *p);

/* ---- keys*.c ------------------------------------------------------------------------------------- */
void keys_forget(struct person *p);         /* its leaf is gone: the slot waits for a rekey */
bool keys_eligible(const struct person *p); /* may act as steward */
/* The encapsulation key beside a leaf: the one that was signed, and a key at all. */
MUST_CHECK enum err kem_check(const struct leaf *leaf, struct view kem);
MUST_CHECK enum err kem_keep(struct person *p, struct view kem);

/* ---- trace.c ------------------------------------------------------------------------------------- */
MUST_CHECK enum err trace_room(struct rooms *r, struct room *room); /* a new one gets its secret */
void trace_media(const struct room *room, const struct member *m, struct media_peer *out);
void trace_enter(struct rooms *r, struct person *p);
void trace_exit(struct rooms *r, struct person *p);
void trace_untwin(struct rooms *r, struct person *p); /* it speaks in one variant again */
void trace_end(struct rooms *r, struct room *room);
void trace_tick(struct rooms *r);
MUST_CHECK enum err trace_stays(struct rooms *r, struct id account, struct export_info *x);

#endif
