/* How much work strangers may cause: a ration per second for every address prefix (IPv4 /24, IPv6 /56), in a
 * table of fixed size under a secret hash. Prefixes that meet in one place share its ration. What is counted
 * here is only what failed or what nobody has proven yet, so a house full of listeners behind one address is
 * not slowed down. Owner: the worker. */
#ifndef MEDIA_PREFIX_H
#define MEDIA_PREFIX_H

#include "media/peer.h"

struct prefixes {
    uint64_t secret;
    struct prefix {
        struct rate failures, handshakes;
    } all[LIMIT_PREFIXES];
};

void prefixes_init(struct prefixes *p);
struct prefix *prefix_of(struct prefixes *p, const struct endpoint *from);

#endif
