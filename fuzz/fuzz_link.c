/* The payload of a link, which somebody may have mistyped or made up: what parses writes back to the same bytes. */
#include "must.h"
#include "wire/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view bytes = {data, size};
    struct link link;
    uint8_t out[LINK_BYTES];
    if (link_parse(&link, bytes)) return 0;
    link_write(out, &link);
    MUST(view_eq(VIEW(out), bytes));
    return 0;
}
