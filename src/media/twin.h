/* A speaker's two variants in step (docs/protocol.md, Tracing): what comes as B gets the place of its frame
 * of A, so that from here on a frame has one index and one timestamp, whichever variant it is. Both are one
 * packet per frame; how far their indices are apart is learned from the first frame of which both came. Until
 * then, and for whoever has not said that they run in step, there is A alone.
 *
 * A new epoch begins whenever that place may mean something else than before. Pure. */
#ifndef MEDIA_TWIN_H
#define MEDIA_TWIN_H

#include "media/media.h"

struct twin {
    bool told, paired;
    uint32_t epoch;
    uint32_t offset;                    /* of B's timestamps */
    uint32_t border_ts, border_segment; /* where a segment begins, by A's timestamps */
    uint64_t apart;                     /* index of B minus that of A, modulo 2^64 */
    struct {
        bool known;
        uint64_t index;
        uint32_t timestamp; /* on A's clock */
    } last[LIMIT_VARIANTS];
};

struct frame_place {
    uint64_t index;     /* A's */
    uint32_t timestamp; /* A's */
    uint32_t epoch;
    bool twin;        /* each listener gets one variant or the other; else A */
    uint32_t segment; /* of the pattern; with twin only */
};

void twin_set(struct twin *t, const struct media_twin *to);
/* False: this packet is B and belongs to no frame. */
bool twin_on_packet(struct twin *t, unsigned variant, uint64_t index, uint32_t timestamp,
                    struct frame_place *out);

#endif
