/* The member log in memory: records, heads, and what they add up to: members, devices, invites, bans.
 *
 * Only log_append() changes it, in log order, with records that chain_check() has passed. Members and
 * invites are never freed before log_deinit(), so pointers to them stay good. Thread: control. */
#ifndef ROOMS_LOG_H
#define ROOMS_LOG_H

#include "base/map.h"
#include "rooms/rooms.h"
#include "wire/record.h"

struct room;
struct person;
struct sock;
struct profile;
struct passkeys;
struct lookups;

struct invite {
    struct key key;
    struct member *author, *guest; /* guest: who redeemed it */
    struct invite *next;           /* the author's one before */
    uint64_t n, time_ms, expires_ms;
    bool revoked;
};

struct member {
    struct id account, device;
    struct key device_key;
    enum club_role role;
    bool banned;
    uint32_t depth;         /* invitations between the founder and this member */
    struct invite *ticket;  /* the invite that let it in; NULL: founder */
    struct invite *invites; /* its own, newest first */
    uint64_t n;             /* position of its founder or redeem record */
    struct hash chain;
    uint8_t name[LIMIT_NAME_BYTES];
    size_t name_len;

    /* kept by profile.c and passkey.c; NULL: nothing */
    struct profile *profile; /* what there is beside the name */
    struct passkeys *passkeys;
    struct lookups *lookups;

    /* who is here now, kept by rooms.c and room.c */
    struct sock *socks;
    struct person *person;
    struct room *opening; /* opened by this member, who has not come yet */
};

struct log_entry {
    struct view record;
    struct hash head; /* after this record */
};

struct member_log {
    struct log_entry *entries;
    struct member **members;
    struct invite **invites;
    uint32_t size, cap, member_count, member_cap, invite_count, invite_cap;
    struct map by_account, by_device, by_invite; /* to an index of the arrays above */
    struct map bodies;                           /* hash of every record's body: none counts twice */
    struct key founder_key; /* the set-up key that the founder used; valid once size > 0 */
    bool broken; /* memory ran out between the store and us: nothing is accepted until a restart */
};

MUST_CHECK enum err log_init(struct member_log *l);
void log_deinit(struct member_log *l);

struct hash log_head(const struct member_log *l, uint64_t size); /* size <= l->size */
struct hash log_next_head(const struct member_log *l, struct view record);
struct member *log_member(const struct member_log *l, struct id account);
struct member *log_device(const struct member_log *l, struct id device);
struct invite *log_invite(const struct member_log *l, const struct key *key);
bool log_has_body(const struct member_log *l, const struct record *rec);

/* Takes memory for one more record ahead of the store's answer. */
MUST_CHECK enum err log_reserve(struct member_log *l);
/* Applies a checked record. *member is who joined, or was banned or unbanned, *invite what was made, used
 * or revoked; either may be NULL. On an error the log is broken. */
MUST_CHECK enum err log_append(struct member_log *l, struct view bytes, const struct record *rec,
                               struct member **member, struct invite **invite);

void member_set_name(struct member *m, struct view name);
static inline struct view member_name(const struct member *m)
{
    return (struct view){m->name, m->name_len};
}
enum invite_state invite_state(const struct invite *i, uint64_t now_ms);
uint32_t member_invites_left(const struct member *m, uint64_t now_ms);

/* chain.c: may this record be the next one? now_ms 0: at start-up, where only the log's order counts and
 * clocks and quotas do not. `setup` is the one-time key of an empty log, NULL if any is accepted. */
MUST_CHECK enum err chain_check(const struct member_log *l, const struct record *rec, const struct key *setup,
                                uint64_t now_ms);
/* The chain of a member: founder record, then invite and redeem of every step. Writes at most CHAIN_MAX. */
enum { CHAIN_MAX = 1 + 2 * LIMIT_CHAIN_DEPTH };
size_t chain_of(const struct member_log *l, const struct member *m, struct chain_entry out[CHAIN_MAX]);
struct hash chain_hash(const struct member_log *l, const struct member *m);

#endif
