#include "media/forward.h"

#include <stdlib.h>
#include <string.h>

#include "media/span.h"
#include "media/worker.h"
#include "wire/rtp.h"

/* ---- at home: who is heard ---- */

/* The slot the speaker is heard in, taken now if it may; -1: it is not heard. */
static int slot_of(struct room *room, struct voice *v, uint64_t now)
{
    struct level_holder holders[LIMIT_SLOTS];
    if (v->slot >= 0) return v->slot;
    for (int k = 0; k < LIMIT_SLOTS; k++) {
        holders[k].loudness = room->holders[k] ? &room->holders[k]->loudness : NULL;
        holders[k].since_ms = room->since_ms[k];
    }
    int k = level_choose(holders, &v->loudness, now);
    if (k < 0) return -1;
    if (room->holders[k]) {
        room->holders[k]->slot = -1;
        loudness_unheard(&room->holders[k]->loudness, now);
    }
    room->holders[k] = v;
    room->since_ms[k] = now;
    slot_switch(&room->slots[k]);
    v->slot = (int8_t)k;
    return k;
}

void forward_utterance(struct worker *w, struct room *room, const struct utterance *u, uint64_t now)
{
    struct voice *v = room_voice(room, u->from, now);
    if (!v) {
        COUNT(w, dropped_policed);
        return;
    }
    if (!u->variant) loudness_on_packet(&v->loudness, u->level, now); /* a frame counts once */
    struct cue c = {.slot = u->variant ? v->slot : slot_of(room, v, now),
                    .marker = u->marker,
                    .twin = u->at.twin,
                    .variant = u->variant,
                    .segment = u->at.segment,
                    .index = u->at.index,
                    .from = u->from,
                    .account = u->account,
                    .payload = u->payload};
    if (c.slot < 0) return;
    struct slot *s = &room->slots[c.slot];
    if (s->epoch != u->at.epoch) slot_switch(s); /* its indices may mean other frames than before */
    s->epoch = u->at.epoch;
    if (!slot_on_packet(s, c.index, u->at.timestamp, now, &c.timestamp)) return;
    if (c.twin && !slot_fits(s, c.index, c.timestamp)) {
        COUNT(w, dropped_variant);
        return;
    }
    c.tenure = s->tenure;
    span_cue(w, room, &c);
    forward_cue(w, room, &c, now);
}

/* ---- the turn ---- */

void forward_cue(struct worker *w, struct room *room, const struct cue *c, uint64_t now)
{
    slot_follow(&room->slots[c->slot], c->tenure, c->timestamp, now);
    history_add(&room->histories[c->slot][c->variant], c);
    if (!room->count) return;
    if (codes_on_cue(&room->codes[c->slot], c)) room_draw(w, room);
    if (room->cue_count == LIMIT_TURN_CUES) forward_flush(w);
    if (!room->cue_count) {
        room->next_waiting = w->waiting;
        w->waiting = room;
    }
    room->cues[room->cue_count++] = *c;
}

/* What is being written, sealed and sent together: a row of trains, one per listener and size. */
struct fan {
    uint8_t *buffers;
    struct srtp_job jobs[LIMIT_UDP_BATCH];
    struct train {
        const struct listener *to;
        uint32_t first_job, jobs;
        size_t len, segment; /* sealed */
    } trains[LIMIT_FAN];
    uint32_t job_count, train_count;
};

struct fan *forward_fan_new(void)
{
    return calloc(1, sizeof(struct fan));
}

static void begin(struct worker *w, struct fan *f)
{
    f->buffers = w->row->reserve(w->udp, LIMIT_FAN);
    f->job_count = f->train_count = 0;
}

/* Sealing cannot fail for a packet that we have written ourselves; should it, the train is not sent. */
static void seal_and_send(struct worker *w, struct fan *f)
{
    srtp_protect_rtp(f->jobs, f->job_count);
    for (uint32_t i = 0; i < f->train_count; i++) {
        const struct train *t = &f->trains[i];
        bool good = true;
        for (uint32_t k = 0; k < t->jobs; k++) good = good && !f->jobs[t->first_job + k].err;
        if (!good) continue;
        worker_send_train(w, f->buffers + i * UDP_STRIDE, t->len, t->segment, &t->to->to);
        COUNT_N(w, forwarded, t->jobs);
    }
    begin(w, f);
}

/* Joins the last train if it goes to the same listener and may have one more of this size. */
static struct train *train_for(struct worker *w, struct fan *f, const struct listener *l, size_t sealed)
{
    struct train *t = f->train_count ? &f->trains[f->train_count - 1] : NULL;
    bool joins = t && t->to == l && sealed <= t->segment && t->len % t->segment == 0 &&
                 t->len + sealed <= LIMIT_TRAIN_BYTES && !l->to.stream && f->job_count < LIMIT_UDP_BATCH;
    if (joins) return t;
    if (f->train_count == LIMIT_FAN || f->job_count == LIMIT_UDP_BATCH) seal_and_send(w, f);
    t = &f->trains[f->train_count++];
    *t = (struct train){.to = l, .first_job = f->job_count, .segment = sealed};
    return t;
}

static struct srtp_job write_packet(const struct listener *l, const struct cue *c, uint64_t index, bool first,
                                    struct span room)
{
    put_u16(room.ptr, (uint16_t)(0x8000 | (c->marker || first ? 0x80 : 0) | l->payload_type));
    put_u16(room.ptr + 2, (uint16_t)index);
    put_u32(room.ptr + 4, c->timestamp);
    put_u32(room.ptr + 8, l->ssrc[c->slot]);
    if (c->payload.len) memcpy(room.ptr + RTP_HEADER_BYTES, c->payload.ptr, c->payload.len);
    return (struct srtp_job){
        .ctx = l->out, .buf = room, .len = RTP_HEADER_BYTES + c->payload.len, .index = index};
}

static void add(struct worker *w, struct fan *f, struct listener *l, const struct cue *c)
{
    struct slot_out *o = &l->outs[c->slot];
    uint64_t index;
    bool first;
    if (c->from == l->name || !l->placed) return;
    if (!slot_out_index(o, c->tenure, c->index, &index, &first)) return;
    size_t sealed = RTP_HEADER_BYTES + c->payload.len + l->trailer;
    struct train *t = train_for(w, f, l, sealed);
    uint8_t *at = f->buffers + (size_t)(t - f->trains) * UDP_STRIDE + t->len;
    f->jobs[f->job_count++] = write_packet(l, c, index, first, (struct span){at, sealed});
    t->jobs++;
    t->len += sealed;
    o->packets++;
    o->octets += (uint32_t)c->payload.len;
}

static void fetch(const struct listener *l)
{
    const uint8_t *line = (const uint8_t *)l;
    for (size_t at = 0; at < sizeof(*l); at += 64) __builtin_prefetch(line + at, 1);
}

/* Which of the cues a listener gets, by bit. Looks only at codewords, 4 bytes each: of two variants half the
 * listeners get the other one, and what is written of them need not come into the cache twice per frame. */
static uint32_t cues_for(const struct room *room, const struct variants *variants, uint32_t listener)
{
    uint32_t gets = 0;
    static_assert(LIMIT_TURN_CUES <= 32, "a bit each");
    for (uint32_t k = 0; k < room->cue_count; k++)
        gets |= (uint32_t)(listener_variant(&variants[k], listener) == room->cues[k].variant) << k;
    return gets;
}

static void send_room(struct worker *w, struct room *room)
{
    enum { AHEAD = 4 };
    struct fan *f = w->fan;
    struct variants variants[LIMIT_TURN_CUES];
    for (uint32_t k = 0; k < room->cue_count; k++)
        variants[k] = codes_variants(&room->codes[room->cues[k].slot], &room->cues[k]);
    begin(w, f);
    for (uint32_t n = 0, i = room->first % room->count; n < room->count; n++, i++) {
        if (i == room->count) i = 0;
        if (i + AHEAD < room->count && cues_for(room, variants, i + AHEAD))
            fetch(&room->listeners[i + AHEAD]);
        for (uint32_t gets = cues_for(room, variants, i); gets; gets &= gets - 1)
            add(w, f, &room->listeners[i], &room->cues[__builtin_ctz(gets)]);
    }
    if (f->train_count) seal_and_send(w, f);
    room->first += LIMIT_UDP_BATCH;
}

void forward_flush(struct worker *w)
{
    for (struct room *room; (room = w->waiting);) {
        w->waiting = room->next_waiting;
        if (room->count) send_room(w, room);
        room->cue_count = 0;
    }
}

/* ---- once more ---- */

/* The variant that it was sent; the other one, if it is there, says which. */
static bool find_heard(struct room *room, struct listener *l, uint64_t index, struct cue *c)
{
    struct history *const *of = room->histories[c->slot];
    uint32_t tenure = l->outs[c->slot].tenure;
    if (!history_get(of[0], tenure, index, c) && !history_get(of[1], tenure, index, c)) return false;
    struct variants variants = codes_variants(&room->codes[c->slot], c);
    int variant = listener_variant(&variants, (uint32_t)(l - room->listeners));
    return variant == c->variant || (variant >= 0 && history_get(of[variant], tenure, index, c));
}

/* The same index may be sealed again only to the same bytes: everything that goes into the packet is either
 * kept (the cue) or fixed (the listener), and GCM with equal input is equal. */
bool forward_again(struct worker *w, struct listener *l, struct room *room, int slot, uint16_t seq)
{
    uint64_t index, out;
    struct cue c = {.slot = slot};
    bool first;
    if (!slot_out_find(&l->outs[slot], seq, &index, &out, &first) || !find_heard(room, l, index, &c))
        return false;
    uint8_t *bytes = w->row->reserve(w->udp, 1);
    struct span place = {bytes, RTP_HEADER_BYTES + c.payload.len + l->trailer};
    struct srtp_job job = write_packet(l, &c, out, first, place);
    srtp_protect_rtp(&job, 1);
    if (job.err) return false;
    worker_send(w, bytes, job.len, &l->to);
    return true;
}
