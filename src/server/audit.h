/* Forwarding set = roster, looked at once a second: whoever gets packets must be in a room. Both sides follow
 * from one command stream, so this finds what should not be possible; then the log says so, and the media
 * plane is told again to drop that peer. The other way round, who is in a room without getting packets is
 * told of by MEDIA_PEER_DOWN within LIMIT_CONSENT_MS. Thread: control. */
#ifndef SERVER_AUDIT_H
#define SERVER_AUDIT_H

#include "media/media.h"
#include "rooms/rooms.h"

struct audit {
    uint64_t due_ms;
    peer_name strays[LIMIT_STRAYS]; /* of the last look: at one alone the drop may be on its way */
    size_t count;
};

/* Whether there was one. */
bool audit_tick(struct audit *a, struct media *m, const struct rooms *r, uint64_t now_ms);

#endif
