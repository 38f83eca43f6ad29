/* Who gets packets at this moment, for the check that nobody does who is not in a room (server/audit.h).
 * Thread: control, while the media threads run: a command that is on its way is not seen yet. */
#ifndef MEDIA_AUDIT_H
#define MEDIA_AUDIT_H

#include "media/media.h"

void media_each_listener(const struct media *m, void (*fn)(void *user, peer_name peer), void *user);

#endif
