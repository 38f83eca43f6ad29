/* Cursors, base64url and text. The first byte chooses which. */
#include <string.h>

#include "base/bytes.h"
#include "must.h"

enum { LARGEST = 4096 };

/* The input is a program of reads; what was read and written again is what was there. */
static void copy_by_fields(struct view in)
{
    uint8_t out[LARGEST], piece[256];
    struct reader ops = reader_init(in), r = reader_init(in);
    struct writer w = writer_init(out, sizeof(out));
    while (!r.err && reader_left(&ops)) {
        uint8_t op = read_u8(&ops);
        switch (op & 7) {
        case 0:
            write_u8(&w, read_u8(&r));
            break;
        case 1:
            write_u16(&w, read_u16(&r));
            break;
        case 2:
            write_u24(&w, read_u24(&r));
            break;
        case 3:
            write_u32(&w, read_u32(&r));
            break;
        case 4:
            write_u64(&w, read_u64(&r));
            break;
        case 5:
            write_view(&w, read_view(&r, op >> 3));
            break;
        case 6:
            read_bytes(&r, piece, op >> 3);
            write_bytes(&w, piece, op >> 3);
            break;
        default:
            read_skip(&r, op == 0xff ? SIZE_MAX : 0);
        }
        if (w.err) return;
        MUST(r.pos <= r.len && w.len <= w.cap);
        if (!r.err) MUST(w.len == r.pos && (w.len == 0 || memcmp(out, in.ptr, w.len) == 0));
    }
}

static void one_spelling(struct view text)
{
    uint8_t out[LARGEST];
    char again[2 * LARGEST];
    size_t len;
    if (b64_decode(out, sizeof(out), &len, (const char *)text.ptr, text.len)) return;
    MUST(B64_LEN(len) == text.len);
    MUST(b64_encode(again, sizeof(again), (struct view){out, len}) == text.len);
    MUST(text.len == 0 || memcmp(again, text.ptr, text.len) == 0);
    MUST(b64_decode_exact(out, len, again, text.len) == OK);
    MUST(b64_decode_exact(out, len + 1, again, text.len) != OK);
}

static void fits_and_shows(struct view text)
{
    if (text_check(text, 1, 40) == OK) {
        MUST(text.len <= 160);
        for (size_t i = 0; i < text.len; i++) MUST(text.ptr[i] >= 0x20 && text.ptr[i] != 0x7f);
        MUST(text_check(text, 0, 40) == OK);
        MUST(text_check(text, 1, 60) == OK);
    }
    MUST(text_check(text, 2, 1) != OK || text.len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reader r = reader_init((struct view){data, size});
    uint8_t which = read_u8(&r);
    struct view rest = read_view(&r, reader_left(&r));
    if (rest.len > LARGEST) return 0;
    if (which % 3 == 0) copy_by_fields(rest);
    if (which % 3 == 1) one_spelling(rest);
    if (which % 3 == 2) fits_and_shows(rest);
    return 0;
}
