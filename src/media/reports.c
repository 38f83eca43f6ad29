#include "media/peer.h"
#include "media/room.h"
#include "media/worker.h"
#include "wire/rtcp.h"

/* Any clock that counts elapsed time will do (RFC 3550 6.4.1), and this one tells nothing about ours. */
static uint64_t ntp_of(uint64_t ms)
{
    return ms / 1000 << 32 | (ms % 1000 << 32) / 1000;
}

static void write_sender_reports(struct writer *out, const struct peer *p, struct view cname, uint64_t now)
{
    const struct listener *l = room_listener(p);
    for (int k = 0; k < LIMIT_SLOTS; k++) {
        if (!l->outs[k].packets) continue;
        struct rtcp_sender s = {.ssrc = p->is.slot_ssrc[k],
                                .ntp = ntp_of(now),
                                .rtp_timestamp = slot_timestamp_at(&p->room->slots[k], now),
                                .packets = l->outs[k].packets,
                                .octets = l->outs[k].octets};
        rtcp_write_sr(out, &s);
        rtcp_write_sdes_cname(out, s.ssrc, cname);
    }
}

static void write_receiver_reports(struct writer *out, struct peer *p, struct view cname, uint64_t now)
{
    struct rtcp_report blocks[LIMIT_VARIANTS];
    size_t n = 0;
    for (int i = 0; i < LIMIT_VARIANTS; i++)
        if (p->sources[i].heard) source_report(&p->sources[i], p->is.ssrc[i], now, &blocks[n++]);
    if (!n) return;
    bool alone = !out->len;
    rtcp_write_rr(out, p->is.slot_ssrc[0], blocks, n);
    if (alone) rtcp_write_sdes_cname(out, p->is.slot_ssrc[0], cname);
}

void reports_send(struct worker *w, struct peer *p, uint64_t now)
{
    struct view cname = view_str("a"); /* RFC 3550 6.1 wants one; it names nobody */
    if (!p->placed) return;
    uint8_t *bytes = w->row->reserve(w->udp, 1);
    struct writer out = writer_init(bytes, LIMIT_DATAGRAM_BYTES);
    write_sender_reports(&out, p, cname, now);
    write_receiver_reports(&out, p, cname, now);
    if (writer_end(&out) != OK || !out.len) return;
    struct srtp_job job = {.ctx = p->out, .buf = {bytes, LIMIT_DATAGRAM_BYTES}, .len = out.len};
    if (srtp_protect_rtcp(&job) == OK) worker_send(w, bytes, job.len, &p->address);
}
