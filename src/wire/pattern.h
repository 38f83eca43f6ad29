/* What tracing hands about between devices: a speaker's pattern key, split among the admins' devices, and the
 * shares that one of these gives out for a trace. Byte layouts: docs/protocol.md, "Tracing". Pure codec: no
 * signature is checked and nothing is opened here. The views point into the parsed bytes. */
#ifndef WIRE_PATTERN_H
#define WIRE_PATTERN_H

#include "base/bytes.h"
#include "base/id.h"

struct pattern { /* signed by the speaker's device, purpose "pattern" */
    struct id room, account, device, run;
    struct hash check; /* of the key */
    uint8_t n;         /* shares, each sealed to a device */
    uint8_t sig[SIG_BYTES];
    struct view body;
};
MUST_CHECK enum err pattern_parse(struct pattern *out, struct view bytes);

struct release { /* signed by the device whose shares these are, purpose "trace-share" */
    struct id room, account, device;
    uint16_t n;
    struct view shares; /* n of them, for release_share */
    uint8_t sig[SIG_BYTES];
    struct view body;
};
struct release_share {
    struct id account, run; /* of the speaker */
    uint8_t x;              /* whose share it is, from 1 */
    uint8_t share[KEY_BYTES];
};
MUST_CHECK enum err release_parse(struct release *out, struct view bytes);
struct release_share release_share(const struct release *r, unsigned i); /* i < n */

#endif
