/* Every bound of base/limits.h with its name and what it bounds, for people to read: `aparte version
 * --limits`. The table is made from that header when the program is built (scripts/limits.awk). */
#ifndef BASE_BOUNDS_H
#define BASE_BOUNDS_H

#include <stddef.h>

struct bound {
    const char *name; /* LIMIT_...; its last word is the unit, see limits.h */
    long long value;
    const char *part; /* of the system; those of one part stand together */
    const char *what; /* "" where the name says it all */
};

extern const struct bound bounds[];
extern const size_t bound_count;

#endif
