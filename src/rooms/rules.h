/* Private to chain.c and the files beside it: for every type of record, whether it may be the next one, and what it
 * changes. chain.c has the table. */
#ifndef ROOMS_RULES_H
#define ROOMS_RULES_H

#include "rooms/log.h"

struct candidate { /* for the next place in the log */
    const struct record *rec;
    struct member *author; /* in good standing, and the device is its own and signed; NULL in founder, redeem, and
                              a device-add by the recovery key */
    struct device *device;
    const struct key *setup;
    uint64_t now_ms; /* 0: start-up, only the order of the log counts */
};

typedef enum err (*check_fn)(const struct member_log *l, const struct candidate *c);
typedef enum err (*apply_fn)(struct member_log *l, const struct record *rec, struct log_change *out);

/* ---- log.c: members, invites, devices ------------------------------------------------------------- */
enum err apply_founder(struct member_log *l, const struct record *rec, struct log_change *out);
enum err apply_invite(struct member_log *l, const struct record *rec, struct log_change *out);
enum err apply_redeem(struct member_log *l, const struct record *rec, struct log_change *out);
enum err apply_invite_revoke(struct member_log *l, const struct record *rec, struct log_change *out);
MUST_CHECK enum err device_add(struct member_log *l, struct member *m, const struct record *rec,
                               const struct device *parent, uint64_t via, struct log_change *out);
void invites_void(struct member *m);

/* ---- device.c -------------------------------------------------------------------------------------- */
enum err check_device_add(const struct member_log *l, const struct candidate *c);
enum err check_device_revoke(const struct member_log *l, const struct candidate *c);
enum err check_recovery(const struct member_log *l, const struct candidate *c);
enum err apply_device_add(struct member_log *l, const struct record *rec, struct log_change *out);
enum err apply_device_revoke(struct member_log *l, const struct record *rec, struct log_change *out);
enum err apply_recovery(struct member_log *l, const struct record *rec, struct log_change *out);

/* ---- rank.c: what a superior may do ---------------------------------------------------------------- */
enum err check_role(const struct member_log *l, const struct candidate *c);
enum err check_ban(const struct member_log *l, const struct candidate *c);
enum err check_deletion(const struct member_log *l, const struct candidate *c);
enum err check_hold(const struct member_log *l, const struct candidate *c);
enum err check_room_ban(const struct member_log *l, const struct candidate *c);
enum err check_room_unban(const struct member_log *l, const struct candidate *c);
enum err check_trace(const struct member_log *l, const struct candidate *c);
enum err apply_role(struct member_log *l, const struct record *rec, struct log_change *out);
enum err apply_ban(struct member_log *l, const struct record *rec, struct log_change *out);
enum err apply_unban(struct member_log *l, const struct record *rec, struct log_change *out);
enum err apply_deletion(struct member_log *l, const struct record *rec, struct log_change *out);
enum err apply_hold(struct member_log *l, const struct record *rec, struct log_change *out);
enum err apply_release(struct member_log *l, const struct record *rec, struct log_change *out);
enum err apply_room_ban(struct member_log *l, const struct record *rec, struct log_change *out);
enum err apply_room_unban(struct member_log *l, const struct record *rec, struct log_change *out);
enum err apply_trace(struct member_log *l, const struct record *rec, struct log_change *out);

/* ---- succession.c ----------------------------------------------------------------------------------- */
/* All but the signatures; the author is in good standing. */
MUST_CHECK enum err check_claim(const struct member_log *l, const struct record *rec,
                                const struct member *author);
enum err check_supersede(const struct member_log *l, const struct candidate *c);
enum err check_veto(const struct member_log *l, const struct candidate *c);
enum err check_succession(const struct member_log *l, const struct candidate *c);
enum err apply_supersede(struct member_log *l, const struct record *rec, struct log_change *out);
enum err apply_veto(struct member_log *l, const struct record *rec, struct log_change *out);
enum err apply_succession(struct member_log *l, const struct record *rec, struct log_change *out);

/* chain.c */
MUST_CHECK enum err rules_apply(struct member_log *l, const struct record *rec, struct log_change *out);
/* The account and its device count at this position, and nobody holds it. */
MUST_CHECK enum err find_signer(const struct member_log *l, struct id account, struct id device,
                                struct member **m, struct device **d);

#endif
