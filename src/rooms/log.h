/* The member log in memory: records, heads, and what they add up to: members, devices, invites, ranks, bans.
 *
 * Only log_append() changes it, in log order, with records that chain_check() has passed. Members, devices
 * and invites are never freed before log_deinit(), so pointers to them stay good. Thread: control. */
#ifndef ROOMS_LOG_H
#define ROOMS_LOG_H

#include "base/map.h"
#include "base/without.h"
#include "rooms/rooms.h"
#include "wire/record.h"

struct room;
struct person;
struct sock;
struct profile;
struct passkeys;
struct lookups;
struct slip;

struct invite {
    struct key key;
    struct member *author, *guest; /* guest: who redeemed it */
    const struct device *device;   /* of the author, which signed it */
    struct invite *next;           /* the author's one before */
    uint64_t n, time_ms, expires_ms;
    bool revoked; /* taken back, or void because its author was banned, deleted or superseded */
};

struct device {
    struct id id;
    struct key key;
    struct member *member;
    struct device *next; /* of the same member, the one before; revoked ones too */
    bool revoked;
    /* Its path: these records, and the path of the device that signed the first of them. */
    const struct device *parent; /* NULL: the founder's first */
    uint64_t n, via;             /* what brought it; the invite or recovery record for that, else n again */
    uint32_t path_len;           /* records */
    struct hash path;            /* their hash, as in leaves */
    uint64_t time_ms;
};

struct claim { /* a supersede record that waits for its 72 h; successor NULL: none */
    struct member *successor, *author, *second;
    uint64_t time_ms;
};
uint64_t
claim_until_ms(const struct claim *claim); /* no succession before; for a veto there are 72 h at least */

struct member {
    struct id account;
    enum club_role role;
    bool banned, deleted, superseded, held;
    bool shown;      /* signed a record that everybody reads in full, so everybody may ask for its path */
    uint64_t held_n; /* the record that held or released it last */
    uint32_t depth;  /* invitations between the founder and this member */
    struct invite *ticket;  /* the invite that let it in; NULL: founder */
    struct member *inviter; /* its place in the tree: who invited it, or that one's successor */
    struct invite *invites; /* its own, newest first */
    struct device *devices; /* newest first */
    uint32_t device_count;  /* ever */
    struct key recovery_key;
    const struct device *recovery_device; /* which signed the recovery record; NULL: there is none */
    uint64_t recovery_n;
    struct claim claim; /* against it */
    uint64_t n;         /* position of its founder or redeem record */
    uint8_t name[LIMIT_NAME_BYTES];
    size_t name_len;

    /* kept by profile.c and passkey.c; NULL: nothing */
    struct profile *profile; /* what there is beside the name */
    struct passkeys *passkeys;
    struct lookups *lookups;
    uint32_t blockers;  /* how many block it */
    struct slip *slips; /* newest first: see slips.c */

    /* who is here now, kept by rooms.c and room.c */
    struct sock *socks;
    struct person *person;
    struct room *opening;                            /* opened by this member, who has not come yet */
    uint64_t removals_ms[LIMIT_REMOVALS_PER_MINUTE]; /* a ring: see removals.c */
    uint32_t removal_count;
    uint64_t moved_day; /* see alerts.c */
    uint32_t moved_count;
    uint64_t find_due_ms; /* see pair.c */
    uint64_t hand_due_ms, ping_due_ms, pinged_due_ms, knock_due_ms; /* see hands.c, ping.c and knock.c */
    uint64_t say_due_ms, note_due_ms, react_due_ms, pin_due_ms; /* see talk.c: not of the person, who comes back anew */
};

struct log_entry {
    struct view record;
    struct hash hash; /* of the record */
    struct hash head; /* after it */
};

struct member_log {
    struct log_entry *entries;
    struct member **members;
    struct invite **invites;
    struct device **devices;
    uint32_t size, cap, member_count, member_cap, invite_count, invite_cap, device_count, device_cap;
    struct map by_account, by_device, by_invite; /* to an index of the arrays above */
    struct map by_recovery; /* every recovery key there ever was -> index of its member */
    struct map room_bans;   /* struct room_ban: for good */
    struct map bodies;      /* hash of every record's body: none counts twice */
    struct key founder_key; /* the set-up key that the founder used; valid once size > 0 */
    bool broken;            /* memory ran out between the store and us: nothing is accepted until a restart */
};

/* What a record changed, for what follows from it. */
struct log_change {
    struct member *member; /* who joined, or whom it is about */
    struct invite *invite; /* made, used or revoked */
    struct device *device; /* added or revoked */
};

MUST_CHECK enum err log_init(struct member_log *l);
void log_deinit(struct member_log *l);

struct hash log_head(const struct member_log *l, uint64_t size); /* size <= l->size */
struct hash log_next_head(const struct member_log *l, struct view record);
struct member *log_member(const struct member_log *l, struct id account);
struct device *log_device(const struct member_log *l, struct id device);
struct member *log_recovery(const struct member_log *l, const struct key *key); /* whose key it was made */
struct invite *log_invite(const struct member_log *l, const struct key *key);
bool log_has_body(const struct member_log *l, const struct record *rec);

bool log_room_banned(const struct member_log *l, struct id target, struct id host);

/* Takes memory for one more record ahead of the store's answer. */
MUST_CHECK enum err log_reserve(struct member_log *l);
/* Applies a checked record. On an error the log is broken. */
MUST_CHECK enum err log_append(struct member_log *l, struct view bytes, const struct record *rec,
                               struct log_change *out);

/* Counts as an author: neither banned nor deleted nor superseded. */
static inline bool member_good(const struct member *m)
{
    return !m->banned && !m->deleted && !m->superseded;
}
static inline bool rank_above(const struct member *a, const struct member *b)
{
    return a->role < b->role || without(WITHOUT_RANK);
}
bool member_below(const struct member *m, const struct member *root); /* in the invitation tree */
void member_set_name(struct member *m, struct view name);
static inline struct view member_name(const struct member *m)
{
    return (struct view){m->name, m->name_len};
}
enum invite_state invite_state(const struct invite *i, uint64_t now_ms);
MUST_CHECK enum err invite_usable(const struct invite *i, uint64_t now_ms);
uint32_t member_invites_left(const struct member *m, uint64_t now_ms);

/* chain.c: may this record be the next one? now_ms 0: at start-up, where only the log's order counts and
 * clocks and quotas do not. `setup` is the one-time key of an empty log, NULL if any is accepted. */
MUST_CHECK enum err chain_check(const struct member_log *l, const struct record *rec, const struct key *setup,
                                uint64_t now_ms);
/* Records that every member reads in full; of all others type and hash. */
bool record_open(enum record_type type);

/* path.c: the records that a device, or all devices of a member, hang from, in the order of the log.  */
enum { MEMBER_PATHS_MAX = LIMIT_PATH_RECORDS + 2 * LIMIT_DEVICES_EVER };
size_t path_of(const struct device *d, uint64_t out[LIMIT_PATH_RECORDS]);
struct hash path_hash(const struct member_log *l, const struct device *d);
size_t member_paths(const struct member *m, uint64_t out[MEMBER_PATHS_MAX]);

#endif
