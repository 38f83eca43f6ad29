/* The requests about leak tracing. */
#include "server/api_fields.h"

void decode_twin(struct members *m, struct command *c)
{
    TAKE_EXACT(m, "room", c->twin.room.bytes);
    struct media_twin *twin = &c->twin.is;
    twin->live = take_bool(m, "live");
    if (!twin->live) return;
    twin->offset = (uint32_t)take_number(m, "offset", 0, UINT32_MAX);
    twin->timestamp = (uint32_t)take_number(m, "timestamp", 0, UINT32_MAX);
    twin->hop = (uint32_t)take_number(m, "hop", 0, UINT32_MAX);
    (void)maybe_bytes(m, "pattern", LIMIT_PATTERN_BYTES, &c->twin.pattern);
}

void decode_trace_read(struct members *m, struct command *c)
{
    TAKE_EXACT(m, "room", c->trace.room.bytes);
}

void decode_trace(struct members *m, struct command *c)
{
    enum { RELEASES = sizeof(c->trace.releases) / sizeof(*c->trace.releases) };
    json_t *array = take_value(m, "releases", JSON_ARRAY);
    if (json_array_size(array) != RELEASES) take_fail(m, ERR_MALFORMED);
    for (size_t i = 0; i < RELEASES && !m->err; i++)
        c->trace.releases[i] = decode_bytes(m, json_array_get(array, i), LIMIT_RELEASE_BYTES);
}
