#include "media/history.h"

#include <stdlib.h>
#include <string.h>

#include "media/room.h"

enum { ENTRIES = LIMIT_HISTORY_PACKETS, BYTES = LIMIT_HISTORY_BYTES };
static_assert((ENTRIES & (ENTRIES - 1)) == 0, "a place is a packet index modulo a power of two");
static_assert((int)BYTES >= (int)LIMIT_RTP_PAYLOAD_BYTES, "one packet always fits");

struct history {
    struct entry {
        struct cue cue; /* its payload is in `bytes` */
        uint64_t at;    /* bytes written before it */
    } entries[ENTRIES]; /* of packet index n: n % ENTRIES */
    uint64_t written;
    uint8_t bytes[BYTES];
};

void history_add(struct history **h, const struct cue *c)
{
    if (!*h && !(*h = calloc(1, sizeof(**h)))) return;
    struct history *all = *h;
    size_t at = all->written % BYTES;
    if (at + c->payload.len > BYTES) { /* in one piece: the rest of this round stays empty */
        all->written += BYTES - at;
        at = 0;
    }
    struct entry *e = &all->entries[c->index % ENTRIES];
    *e = (struct entry){.cue = *c, .at = all->written};
    e->cue.payload.ptr = all->bytes + at;
    if (c->payload.len) memcpy(all->bytes + at, c->payload.ptr, c->payload.len);
    all->written += c->payload.len;
}

bool history_get(const struct history *h, uint32_t tenure, uint64_t index, struct cue *c)
{
    if (!h) return false;
    const struct entry *e = &h->entries[index % ENTRIES];
    if (!e->cue.tenure || e->cue.tenure != tenure || e->cue.index != index || h->written - e->at > BYTES)
        return false;
    int slot = c->slot;
    *c = e->cue;
    c->slot = slot;
    return true;
}
