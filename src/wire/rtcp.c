#include "wire/rtcp.h"

enum { VERSION = 2, PADDING_BIT = 0x20, COUNT_MASK = 0x1f };
enum { HEADER_BYTES = 4, SENDER_BYTES = 24, BLOCK_BYTES = 24, SSRC_BYTES = 4 };
enum { CNAME = 1, CNAME_MAX = 255 };

/* One packet of a compound one. */
struct part {
    uint8_t type;
    unsigned count;   /* the five bits beside the version: blocks, SSRCs or format */
    struct view body; /* after the header, without padding */
    size_t len;       /* with header and padding */
};

/* Smallest body that holds what the header promises. Profile extensions may follow (RFC 3550 6.4.3). */
static size_t least_body(const struct part *p)
{
    switch (p->type) {
    case RTCP_SR:
        return SENDER_BYTES + p->count * BLOCK_BYTES;
    case RTCP_RR:
        return SSRC_BYTES + p->count * BLOCK_BYTES;
    case RTCP_BYE:
        return p->count * SSRC_BYTES;
    case RTCP_RTPFB:
    case RTCP_PSFB:
        return 2 * SSRC_BYTES;
    default:
        return 0;
    }
}

/* RFC 3550 6.4.1: only the last packet of a compound may be padded, by a multiple of four bytes. */
static enum err strip_padding(struct view *body, bool last)
{
    if (!last || body->len == 0) return ERR_MALFORMED;
    size_t n = body->ptr[body->len - 1];
    if (n == 0 || n % 4 || n > body->len) return ERR_MALFORMED;
    body->len -= n;
    return OK;
}

static enum err read_part(const struct rtcp_walk *w, struct part *out)
{
    struct reader r = reader_init(w->packet);
    read_skip(&r, w->pos);
    uint8_t first = read_u8(&r);
    out->type = read_u8(&r);
    uint16_t words = read_u16(&r);
    out->body = read_view(&r, (size_t)words * 4);
    if (r.err) return r.err;
    if (first >> 6 != VERSION) return ERR_MALFORMED;
    out->count = first & COUNT_MASK;
    out->len = r.pos - w->pos;
    if (first & PADDING_BIT) {
        enum err e = strip_padding(&out->body, r.pos == w->packet.len);
        if (e) return e;
    }
    return out->body.len < least_body(out) ? ERR_TRUNCATED : OK;
}

static void read_sender(struct reader *r, struct rtcp_event *out)
{
    struct rtcp_sender *s = &out->sender;
    s->ssrc = out->ssrc = read_u32(r);
    s->ntp = read_u64(r);
    s->rtp_timestamp = read_u32(r);
    s->packets = read_u32(r);
    s->octets = read_u32(r);
}

static void read_report(struct reader *r, struct rtcp_report *out)
{
    out->ssrc = read_u32(r);
    out->fraction_lost = read_u8(r);
    uint32_t lost = read_u24(r);
    out->lost = lost & 0x800000 ? (int32_t)lost - 0x1000000 : (int32_t)lost;
    out->highest_seq = read_u32(r);
    out->jitter = read_u32(r);
    out->last_sr = read_u32(r);
    out->delay_since_sr = read_u32(r);
}

/* The n-th thing to say about a packet; false when there is no more. read_part() has checked that it fits. */
static bool read_item(const struct part *p, unsigned n, struct rtcp_event *out)
{
    *out = (struct rtcp_event){.kind = p->type};
    struct reader r = reader_init(p->body);
    switch (p->type) {
    case RTCP_SR:
        if (n == 0) {
            read_sender(&r, out);
            return true;
        }
        if (n > p->count) return false;
        out->kind = RTCP_RR;
        out->ssrc = read_u32(&r);
        read_skip(&r, SENDER_BYTES - SSRC_BYTES + (n - 1) * BLOCK_BYTES);
        read_report(&r, &out->report);
        return true;
    case RTCP_RR:
        if (n >= p->count) return false;
        out->ssrc = read_u32(&r);
        read_skip(&r, n * BLOCK_BYTES);
        read_report(&r, &out->report);
        return true;
    case RTCP_BYE:
        if (n >= p->count) return false;
        read_skip(&r, n * SSRC_BYTES);
        out->ssrc = read_u32(&r);
        return true;
    case RTCP_RTPFB:
    case RTCP_PSFB:
        if (n > 0) return false;
        out->format = (uint8_t)p->count;
        out->ssrc = read_u32(&r);
        out->body = read_view(&r, reader_left(&r)); /* media SSRC, then what the format says */
        return true;
    default:
        return false;
    }
}

enum err rtcp_walk_init(struct rtcp_walk *w, struct view packet)
{
    *w = (struct rtcp_walk){.packet = packet};
    struct part first;
    w->err = read_part(w, &first);
    return w->err;
}

bool rtcp_walk_next(struct rtcp_walk *w, struct rtcp_event *out)
{
    while (!w->err && w->pos < w->packet.len) {
        struct part p;
        w->err = read_part(w, &p);
        if (w->err) break;
        if (read_item(&p, w->block, out)) {
            w->block++;
            return true;
        }
        w->pos += p.len;
        w->block = 0;
    }
    *out = (struct rtcp_event){0};
    return false;
}

static void write_header(struct writer *w, unsigned count, uint8_t type, size_t body)
{
    write_u8(w, (uint8_t)(VERSION << 6 | count));
    write_u8(w, type);
    write_u16(w, (uint16_t)(body / 4));
}

bool rtcp_nack_seq(struct view body, unsigned n, uint32_t *media_ssrc, uint16_t *seq)
{
    struct reader r = reader_init(body);
    *media_ssrc = read_u32(&r);
    while (reader_left(&r) >= 4) {
        uint16_t first = read_u16(&r), behind = read_u16(&r);
        for (unsigned k = 0; k <= 16; k++) {
            if (k && !(behind >> (k - 1) & 1)) continue;
            *seq = (uint16_t)(first + k);
            if (n-- == 0) return true;
        }
    }
    return false;
}

static void too_large(struct writer *w)
{
    if (!w->err) w->err = ERR_TOO_LARGE;
}

void rtcp_write_sr(struct writer *w, const struct rtcp_sender *s)
{
    write_header(w, 0, RTCP_SR, SENDER_BYTES);
    write_u32(w, s->ssrc);
    write_u64(w, s->ntp);
    write_u32(w, s->rtp_timestamp);
    write_u32(w, s->packets);
    write_u32(w, s->octets);
}

/* RFC 3550 6.4.1: 24 bits, signed; an overflow stays at the end of the range. */
static uint32_t lost_24(int32_t lost)
{
    if (lost > 0x7fffff) lost = 0x7fffff;
    if (lost < -0x800000) lost = -0x800000;
    return (uint32_t)lost & 0xffffff;
}

void rtcp_write_rr(struct writer *w, uint32_t from_ssrc, const struct rtcp_report *blocks, size_t n)
{
    if (n > COUNT_MASK) return too_large(w);
    write_header(w, (unsigned)n, RTCP_RR, SSRC_BYTES + n * BLOCK_BYTES);
    write_u32(w, from_ssrc);
    for (size_t i = 0; i < n; i++) {
        write_u32(w, blocks[i].ssrc);
        write_u8(w, blocks[i].fraction_lost);
        write_u24(w, lost_24(blocks[i].lost));
        write_u32(w, blocks[i].highest_seq);
        write_u32(w, blocks[i].jitter);
        write_u32(w, blocks[i].last_sr);
        write_u32(w, blocks[i].delay_since_sr);
    }
}

/* One chunk with one item; the list of items ends with one to four zero bytes (RFC 3550 6.5). */
void rtcp_write_sdes_cname(struct writer *w, uint32_t ssrc, struct view cname)
{
    static const uint8_t zeros[4];
    if (cname.len > CNAME_MAX) return too_large(w);
    size_t end = 4 - (2 + cname.len) % 4;
    write_header(w, 1, RTCP_SDES, SSRC_BYTES + 2 + cname.len + end);
    write_u32(w, ssrc);
    write_u8(w, CNAME);
    write_u8(w, (uint8_t)cname.len);
    write_view(w, cname);
    write_bytes(w, zeros, end);
}
