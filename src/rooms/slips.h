/* What a member leaves here beside the profile, as it goes in and out of the rules: whom it follows and blocks, the
 * events it announces, its reports. Part of rooms.h, whose words on memory hold here too. */
#ifndef ROOMS_SLIPS_H
#define ROOMS_SLIPS_H

#include "base/bytes.h"
#include "base/id.h"

enum room_who { ROOM_EVERYONE, ROOM_PICKED, ROOM_FOLLOWED /* in a request: picked are those one follows now */ };

/* What a member left here beside the profile. The store knows no more of it than this. */
enum slip_kind { SLIP_FOLLOW = 1, SLIP_BLOCK, SLIP_EVENT, SLIP_REPORT };
struct slip_info {
    enum slip_kind kind;
    struct id account, id; /* whose it is, and which of these; FOLLOW, BLOCK: the other account */
    struct id about;       /* FOLLOW, BLOCK, REPORT: the other account; zeros: nobody */
    uint64_t time_ms;
    struct view data;      /* EVENT, REPORT: see events.c, reports.c */
};

enum report_reason { REPORT_HARASSMENT, REPORT_HATE, REPORT_RECORDING, REPORT_IMPERSONATION, REPORT_SPAM, REPORT_OTHER };

struct report_fields {     /* what the reporter signed: docs/protocol.md "Report" */
    struct id target, room; /* room zeros: none */
    enum report_reason reason;
    uint64_t time_ms;
    struct view text, evidence;
};

struct face_info {
    struct id account;
    struct view name;
};

struct event_info {
    struct id event, by;
    struct view by_name, title;
    uint64_t start_ms;
    bool sensitive;        /* its title stays within the club */
    enum room_who who;     /* EVERYONE or PICKED */
};

struct report_info {
    struct id report, by, device; /* a report is one of its author's; signed by this device */
    struct view by_name, target_name, room; /* room: its title; empty: none, or it is gone */
    struct report_fields is;
    struct view sig;       /* over what `is` says */
    uint64_t until_ms;     /* then it is deleted */
    uint32_t untrue;       /* earlier ones by the same that were marked as such */
};

struct kept_info {         /* a slip, for its author */
    enum slip_kind kind;
    struct id about;
    uint64_t time_ms;
    struct event_info event;   /* EVENT */
    struct report_info report; /* REPORT */
    bool untrue;               /* REPORT: all that is left is that it was marked */
};

#endif
