/* What a club says of itself to its members: club.read. Views are the caller's. Thread: control. */
#ifndef ROOMS_CLUB_H
#define ROOMS_CLUB_H

#include "base/bytes.h"

struct club_words {                       /* as the operator wrote them, each may be empty */
    struct view about, about_fr, contact; /* about_fr: the same in French, if it is another text */
};

struct club_info {
    struct club_words words;
    uint64_t since_ms; /* its founder came */
    uint32_t members, trace_days;
};

#endif
