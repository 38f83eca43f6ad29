#include "base/without.h"

#ifdef APARTE_TEST_HOOKS

#include <assert.h>
#include <stdint.h>
#include <string.h>

static uint64_t missing; /* by bit */

static const char *const names[] = {
#define X(id, name) name,
    PROTECTIONS(X)
#undef X
};
static_assert(sizeof names / sizeof *names <= 64, "a bit each");

bool without(enum protection p)
{
    return missing >> p & 1;
}

bool without_read(const char *name)
{
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0) {
            missing |= UINT64_C(1) << i;
            return true;
        }
    return false;
}

#endif
