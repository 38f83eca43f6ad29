/* What somebody says of themselves, and what they come back by: profile.c, passkey.c. Views are the caller's.
 * Thread: control. */
#ifndef ROOMS_PROFILE_H
#define ROOMS_PROFILE_H

#include "base/bytes.h"

struct profile_info { /* all but the name may be empty: not there */
    struct view name, handle, bio, picture, pronouns;
};

struct passkey_info {
    struct view credential, data;
};

#endif
