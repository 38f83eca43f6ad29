/* The payload of a link: docs/protocol.md, "Links". Pure codec. The seed in it is a secret: callers wipe. */
#ifndef WIRE_LINK_H
#define WIRE_LINK_H

#include "base/bytes.h"
#include "base/id.h"

enum link_kind { LINK_INVITE = 1, LINK_FOUNDER = 2, LINK_DEVICE = 3 };
enum { LINK_SEED_BYTES = 32, LINK_CHECK_BYTES = 4, LINK_BYTES = 1 + LINK_SEED_BYTES + ID_BYTES + LINK_CHECK_BYTES };

struct link {
    enum link_kind kind;
    uint8_t seed[LINK_SEED_BYTES];
    struct id fingerprint; /* of the club; zero but for invitations */
};

void link_write(uint8_t out[LINK_BYTES], const struct link *l);
MUST_CHECK enum err link_parse(struct link *out, struct view bytes); /* ERR_MALFORMED: mistyped, by its check */
/* The whole link, as people pass it on: "<origin>/#<payload>". ERR_TOO_LARGE if it does not fit. */
enum { LINK_URL_BYTES = 512 };
MUST_CHECK enum err link_url(char out[LINK_URL_BYTES], const char *origin, const struct link *l);

#endif
