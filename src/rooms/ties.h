/* What the files of rooms/ share about slips, and about what follows from them: who follows and blocks whom, events,
 * reports. Thread: control. */
#ifndef ROOMS_TIES_H
#define ROOMS_TIES_H

#include "rooms/state.h"

/* ---- slips.c: what members left here ----------------------------------------------------------------- */
/* The request that changes a slip: nothing happens before it is stored; then its kind says what follows. With `s` NULL
 * nobody asked, its time is over. */
MUST_CHECK enum err slip_put(struct rooms *r, const struct sock *s, const struct command *c, const struct slip_info *to);
void slip_drop(struct rooms *r, const struct sock *s, const struct command *c, struct slip *n);
struct slip *slip_find(const struct rooms *r, enum slip_kind kind, struct id account, struct id id);
uint32_t slip_count(const struct member *m, enum slip_kind kind);
void slips_stored(struct rooms *r, enum err result);
void slips_expire(struct rooms *r);
void slips_erase(struct rooms *r, const struct member *m); /* its own, and those about it */
void slips_deinit(struct rooms *r);

/* ---- ties.c: who follows and who blocks whom ---------------------------------------------------------- */
/* Nobody follows whom they block. Private to `who`: whatever answers by it shows no more than docs/protocol.md says. */
bool member_follows(const struct rooms *r, const struct member *who, const struct member *whom);
/* Founder and admins are blocked by nobody: they answer for what happens here. */
bool member_blocks(const struct rooms *r, const struct member *who, const struct member *whom);
void ties_changed(struct rooms *r, const struct slip *n);
struct audience { /* of a room or an event */
    enum room_who who;
    const struct id *picked;
    size_t count;
};
/* As it was asked for, made into EVERYONE or a list without `m` and with each once; memory of this call. */
MUST_CHECK enum err audience_take(struct rooms *r, const struct member *m, struct audience *a);

/* ---- followed.c: whom somebody on stage follows --------------------------------------------------------- */
bool stage_follows(const struct rooms *r, const struct person *p);
void followed_send(struct rooms *r, const struct person *p); /* to a newcomer, if there is anybody */
void followed_flush(struct rooms *r);

/* ---- hidden.c: rooms that one does not see, because of who is on stage ----------------------------------- */
bool room_hides(const struct rooms *r, const struct room *room, const struct member *m); /* at this moment */
bool room_hidden(const struct room *room, const struct member *m); /* as the hallway shows it */
/* Whoever lost sight of the room since it was last shown hears that it is gone. */
MUST_CHECK enum err hidden_update(struct rooms *r, struct room *room);

/* ---- events.c, reports.c -------------------------------------------------------------------------------- */
struct event_info event_info(const struct slip *n);
bool report_info(const struct rooms *r, const struct slip *n, struct report_info *out); /* false: its text is deleted */
MUST_CHECK enum err event_check(struct view data); /* of a slip that the store kept: it is as we wrote it */
bool event_over(const struct slip *n, uint64_t now_ms);
void event_changed(struct rooms *r, const struct slip *n, bool gone);
void events_send(struct rooms *r, const struct sock *s); /* EVENT_EVENTS, if there are any */
void events_retell(struct rooms *r, const struct member *maker, const struct member *to); /* who is blocked, or not any more */
void events_show(struct rooms *r, const struct member *m, bool show); /* a ban or a hold hides what one announced */
MUST_CHECK enum err report_check(struct view data);
bool report_over(const struct slip *n, uint64_t now_ms);
void report_changed(struct rooms *r);
void reports_tell(struct rooms *r, const struct sock *s); /* EVENT_REPORTS to founder and admins, if there are any */

#endif
