/* One thing that founder and admins should know of, as rooms/ raises it and store/ keeps it (docs/privacy.md). It
 * names an account where there is one to name, and never what that account looked at. */
#ifndef BASE_ALERT_H
#define BASE_ALERT_H

#include "base/id.h"

enum alert_kind {
    ALERT_BUDGET = 1,  /* the account has used up its day's budget of profiles */
    ALERT_MOVES,       /* it ended `count` presences of its own by coming in elsewhere, in one day */
    ALERT_FINGERPRINT, /* `count` connections showed another certificate than was announced for them */
    ALERT_STRAY,       /* somebody got packets who was in no room */
    ALERT_STORE_FAILED,
    ALERT_STORE_SLOW,  /* a write took `count` milliseconds */
    ALERT_DISK,        /* `count` megabytes are left */
};

struct alert {
    uint64_t n; /* rises with every one there ever was: its time, or one more than the one before */
    enum alert_kind kind;
    struct id account; /* zeros: nobody's */
    uint64_t time_ms;
    uint32_t count;
};

#endif
