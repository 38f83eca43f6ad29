#include "wire/pattern.h"

#include "base/limits.h"

enum { VERSION = 1, SEALED_BYTES = 80, SHARE_BYTES = 1 + ID_BYTES + SEALED_BYTES };
enum { GIVEN_BYTES = 2 * ID_BYTES + 1 + KEY_BYTES };

/* The body is everything up to the signature, which is the last of it. */
static enum err end(struct reader *r, struct view bytes, uint8_t sig[SIG_BYTES], struct view *body)
{
    *body = (struct view){bytes.ptr, r->err ? 0 : r->pos};
    read_bytes(r, sig, SIG_BYTES);
    return reader_end(r);
}

enum err pattern_parse(struct pattern *out, struct view bytes)
{
    struct reader r = reader_init(bytes);
    if (bytes.len > LIMIT_PATTERN_BYTES) return ERR_TOO_LARGE;
    if (read_u8(&r) != VERSION) reader_fail(&r, ERR_UNSUPPORTED);
    read_bytes(&r, out->room.bytes, ID_BYTES);
    read_bytes(&r, out->account.bytes, ID_BYTES);
    read_bytes(&r, out->device.bytes, ID_BYTES);
    read_bytes(&r, out->run.bytes, ID_BYTES);
    read_bytes(&r, out->check.bytes, HASH_BYTES);
    out->n = read_u8(&r);
    if (out->n < 2 || out->n > LIMIT_PATTERN_SHARES) reader_fail(&r, ERR_MALFORMED);
    read_skip(&r, out->n * SHARE_BYTES);
    return end(&r, bytes, out->sig, &out->body);
}

enum err release_parse(struct release *out, struct view bytes)
{
    struct reader r = reader_init(bytes);
    if (read_u8(&r) != VERSION) reader_fail(&r, ERR_UNSUPPORTED);
    read_bytes(&r, out->room.bytes, ID_BYTES);
    read_bytes(&r, out->account.bytes, ID_BYTES);
    read_bytes(&r, out->device.bytes, ID_BYTES);
    out->n = read_u16(&r);
    out->shares = read_view(&r, (size_t)out->n * GIVEN_BYTES);
    return end(&r, bytes, out->sig, &out->body);
}

struct release_share release_share(const struct release *r, unsigned i)
{
    struct release_share s;
    struct reader at = reader_init(r->shares);
    read_skip(&at, (size_t)i * GIVEN_BYTES);
    read_bytes(&at, s.account.bytes, ID_BYTES);
    read_bytes(&at, s.run.bytes, ID_BYTES);
    s.x = read_u8(&at);
    read_bytes(&at, s.share, KEY_BYTES);
    return s;
}
