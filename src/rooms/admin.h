/* What founder, admins and the operator see of the club, as it goes in and out of the rules. Part of rooms.h, whose words
 * on memory hold here too. */
#ifndef ROOMS_ADMIN_H
#define ROOMS_ADMIN_H

#include "base/alert.h"
#include "base/bytes.h"
#include "rooms/slips.h"

enum club_role { CLUB_FOUNDER = 1, CLUB_ADMIN = 2, CLUB_MEMBER = 3 };

struct mod_info {
    const char *kind;      /* the purpose of the record */
    bool stored;           /* in the log, at position n */
    uint64_t n, time_ms;
    struct id by, target;
    struct view by_name, target_name;
    bool undone, evening;
    struct view room;      /* its title; empty: none, or it is gone */
};

enum member_state { MEMBER_GOOD, MEMBER_HELD, MEMBER_BANNED, MEMBER_DELETED, MEMBER_SUPERSEDED };
struct member_info {       /* for the operator */
    struct id account, inviter; /* inviter zero: the founder */
    struct view name, handle;
    enum club_role role;
    enum member_state state;
    uint64_t n;
    uint32_t devices, invites; /* invites: open ones */
};

struct rooms_stats { uint32_t members, sockets, sessions, rooms, people;
                     uint32_t heard, speaking; /* of the people: with a place in the media plane; who may speak too */
                     uint64_t log_size; struct hash log_head;
                     uint64_t budget_refusals; /* profile.read beyond the day's budget: somebody collects */
                     uint64_t moved; /* presences in a room that ended because another session of the account came in */
                     uint32_t invites; }; /* that are open: HEALTH alone */

struct open_invite {
    struct key invite;
    uint64_t n;            /* of its record */
    struct face_info author;
    uint64_t time_ms, expires_ms;
    bool held;             /* its author is: it lets nobody in meanwhile */
    bool may_revoke;       /* by whoever asks */
};

struct account_info {
    struct member_info is;
    struct view inviter_name;
    uint64_t time_ms;      /* came then */
};

struct alert_info {
    struct alert is;
    struct view name;      /* of its account */
};

struct lookups_info {      /* how many profiles an account has used of a day's budget */
    struct id account;
    uint64_t day;          /* since 1970, UTC */
    uint32_t used;         /* 0: only those of days before are forgotten */
};

struct alerts {            /* the oldest first: alerts.c */
    struct alert list[LIMIT_ALERTS];
    uint32_t count;
    uint64_t last;         /* number of the newest there ever was */
    bool changed, busy;    /* since the store was told; a job is on its way there */
    uint64_t due_ms, expire_ms;
};

struct rooms;
MUST_CHECK enum err rooms_replay_lookups(struct rooms *r, const struct lookups_info *is);
MUST_CHECK enum err rooms_replay_alert(struct rooms *r, const struct alert *a); /* the oldest first */
void rooms_on_alerts(struct rooms *r, enum err result, uint64_t now_ms);
/* Something of the server itself. One of a kind and day is told, the others are not. */
void rooms_alert(struct rooms *r, enum alert_kind kind, uint32_t count, uint64_t now_ms);

#endif
