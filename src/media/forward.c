#include "media/forward.h"

#include "media/worker.h"

/* ---- rooms ---- */

enum err room_enter(struct worker *w, struct peer *p)
{
    uint32_t place;
    pool_name name;
    struct room *room = NULL;
    if (map_get(&w->by_room, p->is.room.bytes, &place)) {
        room = pool_at(&w->rooms, place, &name);
    } else if ((room = pool_take(&w->rooms, &name))) {
        enum err e = map_put(&w->by_room, p->is.room.bytes, (uint32_t)name - 1);
        if (e) {
            pool_give(&w->rooms, name);
            return e;
        }
        room->id = p->is.room;
        room->name = name;
    }
    if (!room) return ERR_FULL;
    room->members++;
    p->room = room;
    return OK;
}

void room_silence(struct peer *p)
{
    for (int k = 0; k < LIMIT_SLOTS; k++)
        if (p->room->holders[k] == p) p->room->holders[k] = NULL;
}

void room_listen(struct peer *p)
{
    p->previous = NULL;
    p->next = p->room->up;
    if (p->next) p->next->previous = p;
    p->room->up = p;
}

static void unlink_listener(struct peer *p)
{
    if (p->state != PEER_UP) return;
    if (p->next) p->next->previous = p->previous;
    if (p->previous)
        p->previous->next = p->next;
    else
        p->room->up = p->next;
    p->next = p->previous = NULL;
}

void room_leave(struct worker *w, struct peer *p)
{
    struct room *room = p->room;
    room_silence(p);
    unlink_listener(p);
    p->room = NULL;
    if (--room->members) return;
    map_remove(&w->by_room, room->id.bytes);
    pool_give(&w->rooms, room->name);
}

/* ---- packets ---- */

/* The slot the speaker is heard in, taken now if it may; -1: it is not heard. */
static int slot_of(struct room *room, struct peer *p, uint64_t now)
{
    struct level_holder holders[LIMIT_SLOTS];
    for (int k = 0; k < LIMIT_SLOTS; k++) {
        if (room->holders[k] == p) return k;
        holders[k].loudness = room->holders[k] ? &room->holders[k]->loudness : NULL;
        holders[k].since_ms = room->since_ms[k];
    }
    int k = level_choose(holders, &p->loudness, now);
    if (k < 0) return -1;
    room->holders[k] = p;
    room->since_ms[k] = now;
    slot_switch(&room->slots[k]);
    return k;
}

static void forward_one(struct worker *w, struct peer *to, int k, const struct rtp_header *in,
                        struct view payload, uint64_t index)
{
    struct slot_out *o = &to->outs[k];
    uint64_t out_index;
    bool first;
    if (!to->placed || !slot_out_index(o, &to->room->slots[k], index, &out_index, &first)) return;

    struct rtp_header h = {.marker = in->marker || first,
                           .payload_type = to->is.payload_type,
                           .seq = (uint16_t)out_index,
                           .timestamp = in->timestamp,
                           .ssrc = to->is.slot_ssrc[k]};
    uint8_t *bytes = w->row->reserve(w->udp);
    struct writer out = writer_init(bytes, LIMIT_DATAGRAM_BYTES);
    rtp_write_header(&out, &h);
    write_view(&out, payload);
    if (writer_end(&out) != OK) return;
    struct srtp_job job = {
        .ctx = to->out, .buf = {bytes, LIMIT_DATAGRAM_BYTES}, .len = out.len, .index = out_index};
    srtp_protect_rtp(&job, 1);
    if (job.err) return;
    worker_send(w, job.len, &to->address);
    COUNT(w, forwarded);
    o->packets++;
    o->octets += (uint32_t)payload.len;
}

void forward_rtp(struct worker *w, struct peer *p, const struct rtp_header *h, struct view payload,
                 uint64_t index, uint64_t now)
{
    struct room *room = p->room;
    struct rtp_header in = *h;
    int k = slot_of(room, p, now);
    if (k < 0 || !slot_on_packet(&room->slots[k], index, h->timestamp, now, &in.timestamp)) return;
    for (struct peer *to = room->up; to; to = to->next)
        if (to != p) forward_one(w, to, k, &in, payload, index);
}

/* ---- reports ---- */

/* Any clock that counts elapsed time will do (RFC 3550 6.4.1), and this one tells nothing about ours. */
static uint64_t ntp_of(uint64_t ms)
{
    return ms / 1000 << 32 | (ms % 1000 << 32) / 1000;
}

static void write_sender_reports(struct writer *out, const struct peer *p, struct view cname, uint64_t now)
{
    for (int k = 0; k < LIMIT_SLOTS; k++) {
        if (!p->outs[k].packets) continue;
        struct rtcp_sender s = {.ssrc = p->is.slot_ssrc[k],
                                .ntp = ntp_of(now),
                                .rtp_timestamp = slot_timestamp_at(&p->room->slots[k], now),
                                .packets = p->outs[k].packets,
                                .octets = p->outs[k].octets};
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

void forward_reports(struct worker *w, struct peer *p, uint64_t now)
{
    struct view cname = view_str("a"); /* RFC 3550 6.1 wants one; it names nobody */
    if (!p->placed) return;
    uint8_t *bytes = w->row->reserve(w->udp);
    struct writer out = writer_init(bytes, LIMIT_DATAGRAM_BYTES);
    write_sender_reports(&out, p, cname, now);
    write_receiver_reports(&out, p, cname, now);
    if (writer_end(&out) != OK || !out.len) return;
    struct srtp_job job = {.ctx = p->out, .buf = {bytes, LIMIT_DATAGRAM_BYTES}, .len = out.len};
    if (srtp_protect_rtcp(&job) == OK) worker_send(w, job.len, &p->address);
}
