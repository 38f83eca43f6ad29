/* Records, leaves and key headers: what parses writes back to the same bytes. The first byte chooses which.
 */
#include "base/limits.h"
#include "must.h"
#include "wire/record.h"

static void same_body(const struct writer *w, struct view body, struct view whole, unsigned signatures)
{
    MUST(writer_end(w) == OK);
    MUST(view_eq(writer_view(w), body));
    MUST(body.ptr == whole.ptr && body.len + (size_t)signatures * SIG_BYTES == whole.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t out[LIMIT_RECORD_BYTES];
    struct reader r = reader_init((struct view){data, size});
    struct writer w = writer_init(out, sizeof(out));
    uint8_t which = read_u8(&r);
    struct view rest = read_view(&r, reader_left(&r));
    struct record record;
    struct leaf leaf;
    struct key_header header;
    if (which % 3 == 0 && record_parse(&record, rest) == OK) {
        MUST(record_write_body(&w, &record) == OK);
        MUST(record_purpose(record.type));
        same_body(&w, record.body, rest, record_signatures(record.type));
    }
    if (which % 3 == 1 && leaf_parse(&leaf, rest) == OK) {
        MUST(leaf_write_body(&w, &leaf) == OK);
        same_body(&w, leaf.body, rest, 1);
    }
    if (which % 3 == 2 && key_header_parse(&header, rest) == OK) {
        MUST(key_header_write_body(&w, &header) == OK);
        same_body(&w, header.body, rest, 1);
    }
    return 0;
}
