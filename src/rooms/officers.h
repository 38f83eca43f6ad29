/* What the files of rooms/ share about those who answer for the club: what they see, and what they are told. Thread:
 * control. */
#ifndef ROOMS_OFFICERS_H
#define ROOMS_OFFICERS_H

#include "rooms/ties.h"

/* ---- budget.c -------------------------------------------------------------------------------------- */
/* People looked up, within the day's budget: all of them or none. ERR_BUSY: first it is written down. */
MUST_CHECK enum err lookups_charge(struct rooms *r, struct member *me, const struct id *accounts, size_t count);
void lookups_stored(struct rooms *r, enum err result);
void lookups_expire(struct rooms *r); /* at midnight, UTC */
struct lookups_info lookups_today(const struct rooms *r, const struct member *m); /* as the store has it */

/* ---- alerts.c -------------------------------------------------------------------------------------- */
/* `m` NULL: it is nobody's. False: it was told that day. */
bool alert_raise(struct rooms *r, enum alert_kind kind, const struct member *m, uint32_t count);
void alert_move(struct rooms *r, struct member *m); /* one presence ended another */
void alerts_tell(struct rooms *r, const struct sock *s); /* EVENT_ALERTS to founder and admins, if there are any */
void alerts_erase(struct rooms *r, const struct member *m);
void alerts_tick(struct rooms *r);
/* All of them, or those that name an account: the newest first, memory of this call. */
MUST_CHECK enum err alerts_list(struct rooms *r, const struct member *m, const struct alert_info **list, size_t *count);

/* ---- operator.c ----------------------------------------------------------------------------- */
struct member_info member_info(const struct rooms *r, const struct member *m);

#endif
