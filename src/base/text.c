/* Which text may stand on other people's screens. The lists are short on purpose: what Unicode marks as
 * invisible or as a change of direction, not what anybody finds ugly. */
#include "base/bytes.h"
#include "base/without.h"

struct range {
    uint32_t first, last;
};

/* Never: controls and line separators, bidi embeddings, overrides and isolates (a name could reorder the
 * sentence it is shown in), private use, interlinear annotations, noncharacters. */
static const struct range refused[] = {
    {0x0000, 0x001f}, {0x007f, 0x009f}, {0x2028, 0x202e}, {0x2066, 0x206f},    {0xd800, 0xdfff},
    {0xe000, 0xf8ff}, {0xfdd0, 0xfdef}, {0xfff9, 0xfffb}, {0xf0000, 0x10ffff},
};

static const struct range spaces[] = {
    {0x0020, 0x0020}, {0x00a0, 0x00a0}, {0x1680, 0x1680}, {0x2000, 0x200a},
    {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000},
};

/* Fine beside something visible (an emoji is joined by U+200D, an accent combines), nothing on their own:
 * zero-width characters, fillers that look empty, the main blocks of combining marks, variation selectors and
 * tags. */
static const struct range unseen[] = {
    {0x00ad, 0x00ad},   {0x0300, 0x036f},   {0x0483, 0x0489},   {0x0591, 0x05bd}, {0x061c, 0x061c},
    {0x064b, 0x065f},   {0x115f, 0x1160},   {0x17b4, 0x17b5},   {0x180b, 0x180f}, {0x1ab0, 0x1aff},
    {0x1dc0, 0x1dff},   {0x200b, 0x200f},   {0x2060, 0x2065},   {0x20d0, 0x20ff}, {0x2800, 0x2800},
    {0x3164, 0x3164},   {0xfe00, 0xfe0f},   {0xfe20, 0xfe2f},   {0xfeff, 0xfeff}, {0xffa0, 0xffa0},
    {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

static bool within(uint32_t c, const struct range *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (c >= list[i].first && c <= list[i].last) return true;
    return false;
}

#define WITHIN(c, list) within(c, list, sizeof(list) / sizeof(*(list)))

/* One code point, RFC 3629 section 4: no overlong form, no surrogate, nothing above U+10FFFF. */
static uint32_t read_utf8(struct reader *r)
{
    uint8_t b = read_u8(r);
    if (b < 0x80) return b;
    unsigned more = b >= 0xf0 ? 3 : b >= 0xe0 ? 2 : 1;
    if (b < 0xc2 || b > 0xf4) reader_fail(r, ERR_MALFORMED);
    uint32_t c = b & (0x3f >> more);
    for (unsigned i = 0; i < more; i++) {
        uint8_t next = read_u8(r);
        if ((next & 0xc0) != 0x80) reader_fail(r, ERR_MALFORMED);
        c = c << 6 | (next & 0x3f);
    }
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    if (c < least[more] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) reader_fail(r, ERR_MALFORMED);
    return c;
}

enum err text_check(struct view s, size_t min_chars, size_t max_chars)
{
    if (s.len > max_chars * 4) return ERR_TOO_LARGE; /* so that it fits its buffer */
    if (without(WITHOUT_TEXT)) return OK;
    struct reader r = reader_init(s);
    size_t chars = 0, pending = 0; /* spaces count once something follows them: the ends are trimmed */
    bool seen = false;
    while (reader_left(&r)) {
        uint32_t c = read_utf8(&r);
        if (r.err) return ERR_MALFORMED;
        if (WITHIN(c, refused) || (c & 0xfffe) == 0xfffe) return ERR_MALFORMED;
        if (WITHIN(c, spaces)) {
            pending += chars > 0;
            continue;
        }
        seen = seen || !WITHIN(c, unseen);
        chars += pending + 1;
        pending = 0;
    }
    if (chars > max_chars) return ERR_TOO_LARGE;
    if (chars < min_chars || (chars && !seen)) return ERR_MALFORMED;
    return OK;
}
