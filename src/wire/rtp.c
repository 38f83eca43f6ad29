#include "wire/rtp.h"

enum { VERSION = 2 };
enum { ONE_BYTE = 0xbede, TWO_BYTE = 0x1000, TWO_BYTE_MASK = 0xfff0 };
enum { LEVEL_SILENT = 127 };

/* RFC 7983 section 7 by the first byte; RFC 5761 section 4 tells RTCP by the packet type in the second. */
enum packet_kind packet_kind(struct view datagram)
{
    struct reader r = reader_init(datagram);
    uint8_t first = read_u8(&r);
    if (r.err) return PACKET_OTHER;
    if (first <= 3) return PACKET_STUN;
    if (first >= 20 && first <= 63) return PACKET_DTLS;
    if (first < 128 || first > 191) return PACKET_OTHER;
    uint8_t second = read_u8(&r);
    if (r.err) return PACKET_OTHER;
    return second >= 192 && second <= 223 ? PACKET_RTCP : PACKET_RTP;
}

enum err rtp_parse(struct rtp_header *out, struct view packet)
{
    *out = (struct rtp_header){0};
    struct rtp_header h = {0};
    struct reader r = reader_init(packet);
    uint8_t first = read_u8(&r), second = read_u8(&r);
    h.seq = read_u16(&r);
    h.timestamp = read_u32(&r);
    h.ssrc = read_u32(&r);
    if (r.err) return r.err;
    if (first >> 6 != VERSION) return ERR_MALFORMED;
    h.padding = first & 0x20;
    h.marker = second & 0x80;
    h.payload_type = second & 0x7f;
    read_skip(&r, (size_t)(first & 0x0f) * 4); /* CSRC list */
    if (first & 0x10) {
        h.profile = read_u16(&r);
        uint16_t words = read_u16(&r);
        h.extension = read_view(&r, (size_t)words * 4);
    }
    if (r.err) return r.err;
    h.header_len = r.pos;
    *out = h;
    return OK;
}

void rtp_write_header(struct writer *w, const struct rtp_header *h)
{
    write_u8(w, (uint8_t)(VERSION << 6 | (h->padding ? 0x20 : 0)));
    write_u8(w, (uint8_t)((h->marker ? 0x80 : 0) | (h->payload_type & 0x7f)));
    write_u16(w, h->seq);
    write_u32(w, h->timestamp);
    write_u32(w, h->ssrc);
}

/* RFC 8285 4.2. An id of 0 is one byte of padding, unless it claims a length: then, as with id 15, nothing
 * after it counts. */
static struct view find_one_byte(struct reader *r, uint8_t id)
{
    while (reader_left(r)) {
        uint8_t head = read_u8(r), found = head >> 4;
        if (head == 0) continue;
        if (found == 0 || found == 15) break;
        struct view value = read_view(r, (size_t)(head & 0x0f) + 1);
        if (found == id) return value;
    }
    return (struct view){0};
}

/* RFC 8285 4.3: lengths of 0 to 255, padding is a lone id of 0. */
static struct view find_two_byte(struct reader *r, uint8_t id)
{
    while (reader_left(r)) {
        uint8_t found = read_u8(r);
        if (found == 0) continue;
        uint8_t len = read_u8(r);
        struct view value = read_view(r, len);
        if (found == id) return value;
    }
    return (struct view){0};
}

uint8_t rtp_audio_level(const struct rtp_header *h, uint8_t id, bool *voice)
{
    if (voice) *voice = false;
    if (id == 0) return LEVEL_SILENT;
    struct reader r = reader_init(h->extension);
    struct view value = {0};
    if (h->profile == ONE_BYTE)
        value = find_one_byte(&r, id);
    else if ((h->profile & TWO_BYTE_MASK) == TWO_BYTE)
        value = find_two_byte(&r, id);
    if (value.len == 0) return LEVEL_SILENT;
    struct reader v = reader_init(value);
    uint8_t level = read_u8(&v); /* RFC 6464 3: V bit, then -dBov */
    if (voice) *voice = level & 0x80;
    return level & 0x7f;
}

enum err rtp_payload(const struct rtp_header *h, struct view packet, struct view *payload)
{
    *payload = (struct view){0};
    struct reader r = reader_init(packet);
    read_skip(&r, h->header_len);
    size_t len = reader_left(&r);
    struct view all = read_view(&r, len);
    if (r.err) return r.err;
    if (!h->padding) {
        *payload = all;
        return OK;
    }
    /* RFC 3550 5.1: the last byte counts the padding bytes, itself among them */
    if (all.len == 0) return ERR_MALFORMED;
    size_t padding = all.ptr[all.len - 1];
    if (padding == 0 || padding > all.len) return ERR_MALFORMED;
    *payload = (struct view){all.ptr, all.len - padding};
    return OK;
}
