/* What is signed while a room is live, and what tracing hands about. First byte: 0 heartbeat, 1 frame tags, 2
 * pattern, 3 release. What parses has its signed part and its signature where they say, nothing is left over,
 * and the writers give the same bytes again. */
#include <string.h>

#include "base/limits.h"
#include "must.h"
#include "wire/live.h"
#include "wire/pattern.h"

/* Body and signature are all of it. */
static void check_ends(struct view in, struct view body, const uint8_t sig[SIG_BYTES])
{
    MUST(body.ptr == in.ptr && body.len + SIG_BYTES == in.len);
    MUST(memcmp(in.ptr + body.len, sig, SIG_BYTES) == 0);
}

static void check_same(const struct writer *w, struct view body)
{
    MUST(view_eq(writer_view(w), body));
}

static void beat(struct view in)
{
    uint8_t out[256];
    struct heartbeat b;
    struct writer w = writer_init(out, sizeof(out));
    if (heartbeat_parse(&b, in)) return;
    check_ends(in, b.body, b.sig);
    MUST(heartbeat_write_body(&w, &b) == OK);
    check_same(&w, b.body);
}

static void tags(struct view in)
{
    uint8_t out[LIMIT_TAGS_BYTES];
    struct frame_tags t;
    struct writer w = writer_init(out, sizeof(out));
    if (frame_tags_parse(&t, in)) return;
    check_ends(in, t.body, t.sig);
    MUST(t.index >= 1 && t.index <= 254 && t.tags.len >= FRAME_TAG_BYTES);
    MUST(t.tags.len <= LIMIT_TAGS * FRAME_TAG_BYTES && t.tags.len % FRAME_TAG_BYTES == 0);
    MUST(frame_tags_write_body(&w, &t) == OK);
    check_same(&w, t.body);
}

static void pattern(struct view in)
{
    struct pattern p;
    if (pattern_parse(&p, in)) return;
    check_ends(in, p.body, p.sig);
    MUST(p.n >= 2 && p.n <= LIMIT_PATTERN_SHARES && in.len <= LIMIT_PATTERN_BYTES);
}

/* Every share is read, one behind the other. */
static void release(struct view in)
{
    struct release r;
    if (release_parse(&r, in)) return;
    check_ends(in, r.body, r.sig);
    MUST(r.n == 0 || r.shares.len % r.n == 0);
    size_t each = r.n ? r.shares.len / r.n : 0;
    for (unsigned i = 0; i < r.n; i++) {
        struct release_share s = release_share(&r, i);
        const uint8_t *at = r.shares.ptr + i * each;
        MUST(memcmp(s.account.bytes, at, ID_BYTES) == 0 && memcmp(s.run.bytes, at + ID_BYTES, ID_BYTES) == 0);
        MUST(s.x == at[2 * ID_BYTES] && memcmp(s.share, at + 2 * ID_BYTES + 1, KEY_BYTES) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const parsers[])(struct view in) = {beat, tags, pattern, release};
    if (size && data[0] < sizeof(parsers) / sizeof(*parsers))
        parsers[data[0]]((struct view){data + 1, size - 1});
    return 0;
}
