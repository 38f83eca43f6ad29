/* The client as one thing, computed from the files that are served: the SHA-256 of one line per file, as
 * sha256sum prints them, sorted by name. docs/protocol.md, "The client". Thread: start-up. */
#ifndef SERVER_BUNDLE_H
#define SERVER_BUNDLE_H

#include "crypt/sign.h"
#include "server/static.h"

enum { BUNDLE_HEX_BYTES = 2 * HASH_BYTES + 1 };

struct bundle {
    char hex[BUNDLE_HEX_BYTES];
    bool whole;     /* bundle.txt says the same: browsers that have a client take this one */
    bool is_signed; /* by a key of its own; browsers check it, this does not */
};

MUST_CHECK enum err bundle_of(const struct static_files *s, struct bundle *out); /* ERR_SYSTEM: no memory */

#endif
