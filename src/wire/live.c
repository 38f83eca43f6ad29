#include "wire/live.h"

enum { VERSION = 1 };

enum err heartbeat_parse(struct heartbeat *out, struct view bytes)
{
    *out = (struct heartbeat){0};
    struct reader r = reader_init(bytes);
    uint8_t version = read_u8(&r);
    read_bytes(&r, out->room.bytes, ID_BYTES);
    read_bytes(&r, out->header.bytes, HASH_BYTES);
    out->time_ms = read_u64(&r);
    read_bytes(&r, out->steward.bytes, ID_BYTES);
    read_bytes(&r, out->steward_device.bytes, ID_BYTES);
    out->body = (struct view){bytes.ptr, r.pos};
    read_bytes(&r, out->sig, SIG_BYTES);
    if (!r.err && version != VERSION) return ERR_UNSUPPORTED;
    return reader_end(&r);
}

enum err heartbeat_write_body(struct writer *w, const struct heartbeat *b)
{
    write_u8(w, VERSION);
    write_bytes(w, b->room.bytes, ID_BYTES);
    write_bytes(w, b->header.bytes, HASH_BYTES);
    write_u64(w, b->time_ms);
    write_bytes(w, b->steward.bytes, ID_BYTES);
    write_bytes(w, b->steward_device.bytes, ID_BYTES);
    return writer_end(w);
}

enum err frame_tags_parse(struct frame_tags *out, struct view bytes)
{
    *out = (struct frame_tags){0};
    struct reader r = reader_init(bytes);
    uint8_t version = read_u8(&r);
    read_bytes(&r, out->room.bytes, ID_BYTES);
    out->counter = read_u32(&r);
    out->index = read_u8(&r);
    out->first = read_u64(&r);
    uint8_t n = read_u8(&r);
    out->tags = read_view(&r, (size_t)n * FRAME_TAG_BYTES);
    out->body = (struct view){bytes.ptr, r.pos};
    read_bytes(&r, out->sig, SIG_BYTES);
    if (r.err) return r.err;
    if (version != VERSION) return ERR_UNSUPPORTED;
    if (n == 0 || n > LIMIT_TAGS || out->index == 0 || out->index == UINT8_MAX) return ERR_MALFORMED;
    return reader_end(&r);
}

enum err frame_tags_write_body(struct writer *w, const struct frame_tags *t)
{
    size_t n = t->tags.len / FRAME_TAG_BYTES;
    if (t->tags.len % FRAME_TAG_BYTES || n == 0 || n > LIMIT_TAGS) return ERR_MALFORMED;
    write_u8(w, VERSION);
    write_bytes(w, t->room.bytes, ID_BYTES);
    write_u32(w, t->counter);
    write_u8(w, t->index);
    write_u64(w, t->first);
    write_u8(w, (uint8_t)n);
    write_view(w, t->tags);
    return writer_end(w);
}
