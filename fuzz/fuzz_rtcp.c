/* A compound RTCP packet: sender parts and report blocks that were read write back to the same bytes. */
#include <string.h>

#include "must.h"
#include "wire/rtcp.h"

enum { HEADER = 4, SENDER = 24, BLOCK = 24 };

/* `n` bytes of the packet at `at`, and of what we wrote at `from`. */
static void same(struct view packet, size_t at, const struct writer *w, size_t from, size_t n)
{
    MUST(writer_end(w) == OK);
    MUST(at + n <= packet.len && from + n <= w->len);
    MUST(memcmp(packet.ptr + at, w->ptr + from, n) == 0);
}

/* As many numbers as the pairs say, the first of each pair its own. */
static void check_nack(struct view body)
{
    uint32_t media;
    uint16_t seq;
    unsigned n = 0, most = (unsigned)(body.len / 4) * 17;
    while (rtcp_nack_seq(body, n, &media, &seq)) MUST(++n <= most);
    MUST(!rtcp_nack_seq(body, n + 1, &media, &seq));
}

static void check(const struct rtcp_walk *walk, const struct rtcp_event *e)
{
    uint8_t out[64];
    struct writer w = writer_init(out, sizeof(out));
    bool in_sr = walk->packet.ptr[walk->pos + 1] == RTCP_SR;
    if (e->kind == RTCP_SR) {
        rtcp_write_sr(&w, &e->sender);
        same(walk->packet, walk->pos + HEADER, &w, HEADER, SENDER);
    } else if (e->kind == RTCP_RR) { /* `block` already points to the next */
        size_t before = in_sr ? SENDER + (walk->block - 2) * BLOCK : 4 + (walk->block - 1) * BLOCK;
        rtcp_write_rr(&w, e->ssrc, &e->report, 1);
        same(walk->packet, walk->pos + HEADER, &w, HEADER, 4);
        same(walk->packet, walk->pos + HEADER + before, &w, HEADER + 4, BLOCK);
    } else {
        MUST(e->kind == RTCP_BYE || e->kind == RTCP_RTPFB || e->kind == RTCP_PSFB);
        MUST(e->body.len <= walk->packet.len);
        if (e->kind == RTCP_RTPFB && e->format == RTCP_NACK) check_nack(e->body);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rtcp_walk walk;
    struct rtcp_event e;
    size_t events = 0;
    if (rtcp_walk_init(&walk, (struct view){data, size})) return 0;
    while (rtcp_walk_next(&walk, &e)) {
        check(&walk, &e);
        MUST(++events <= size); /* it ends */
    }
    MUST(walk.err || walk.pos == size);
    return 0;
}
