#include "server/audit.h"

#include "base/log.h"
#include "media/audit.h"

struct look {
    const struct rooms *rooms;
    peer_name strays[LIMIT_STRAYS];
    size_t count;
};

static void on_listener(void *user, peer_name peer)
{
    struct look *l = user;
    if (rooms_has_peer(l->rooms, peer) || l->count == LIMIT_STRAYS) return;
    l->strays[l->count++] = peer;
}

static bool was_astray(const struct audit *a, peer_name peer)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->strays[i] == peer) return true;
    return false;
}

static void drop(struct media *m, peer_name peer)
{
    struct media_command again = {.kind = MEDIA_PEER_DROP, .peer = peer};
    LOG_ERROR("control", "somebody gets packets who is in no room; dropped once more");
    (void)!media_push(m, &again); /* a full ring: at the next look */
}

bool audit_tick(struct audit *a, struct media *m, const struct rooms *r, uint64_t now_ms)
{
    bool found = false;
    if (now_ms < a->due_ms) return false;
    struct look l = {.rooms = r};
    media_each_listener(m, on_listener, &l);
    for (size_t i = 0; i < l.count; i++) {
        if (!was_astray(a, l.strays[i])) continue;
        drop(m, l.strays[i]);
        found = true;
    }
    for (size_t i = 0; i < l.count; i++) a->strays[i] = l.strays[i];
    a->count = l.count;
    a->due_ms = now_ms + LIMIT_AUDIT_MS;
    return found;
}
