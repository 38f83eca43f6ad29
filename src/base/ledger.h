/* One line of what tracing needs of a room, as rooms/ writes it and store/ keeps it (docs/privacy.md). Written again
 * with the same room, kind, account and beginning it replaces what was there: that is how an end is written. */
#ifndef BASE_LEDGER_H
#define BASE_LEDGER_H

#include "base/bytes.h"
#include "base/id.h"

enum ledger_kind {
    LEDGER_ROOM = 1, /* account: zeros; data: the room's secret, then its title */
    LEDGER_STAY,     /* somebody was in the room */
    LEDGER_PATTERN,  /* data: a speaker's split pattern key, as it came (wire/pattern.h) */
    LEDGER_SPAN,     /* a speaker's two variants ran in step from `hop` of the pattern on whose run is the data */
};
enum { LEDGER_SECRET_BYTES = 32 };

struct ledger_row {
    enum ledger_kind kind;
    struct id room, account;
    uint64_t since_ms, until_ms; /* until 0: not over; a pattern has none */
    uint32_t hop;
    struct view data;
};

#endif
