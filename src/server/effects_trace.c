/* Messages about leak tracing. */
#include "server/effects_parts.h"

void put_traces(struct json *j, const struct out *o)
{
    json_open(j, "rooms", '[');
    for (size_t i = 0; i < o->traces.count; i++) {
        const struct trace_room *x = &o->traces.list[i];
        json_open(j, NULL, '{');
        put_id(j, "room", &x->room);
        json_text(j, "title", x->title);
        json_number(j, "opened", x->opened_ms);
        json_number(j, "patterns", x->patterns);
        json_open(j, "released", '[');
        for (size_t k = 0; k < x->released_count; k++) put_id(j, NULL, &x->released[k]);
        json_close(j, ']');
        json_close(j, '}');
    }
    json_close(j, ']');
}

void put_patterns(struct json *j, const struct out *o)
{
    json_open(j, "patterns", '[');
    for (size_t i = 0; i < o->trace.count; i++)
        if (o->trace.rows[i].kind == LEDGER_PATTERN) json_bytes(j, NULL, o->trace.rows[i].data);
    json_close(j, ']');
}

static void put_times(struct json *j, const struct ledger_row *row)
{
    json_number(j, "since", row->since_ms);
    json_number(j, "until", row->until_ms);
}

static void put_stay(struct json *j, const struct ledger_row *row, struct view name)
{
    json_open(j, NULL, '{');
    put_id(j, "account", &row->account);
    json_text(j, "name", name);
    put_times(j, row);
    json_close(j, '}');
}

static void put_span(struct json *j, const struct ledger_row *row)
{
    json_open(j, NULL, '{');
    put_id(j, "account", &row->account);
    json_bytes(j, "run", row->data);
    json_number(j, "hop", row->hop);
    put_times(j, row);
    json_close(j, '}');
}

void put_trace(struct json *j, const struct out *o)
{
    const struct ledger_row *rows = o->trace.rows, *room = &rows[0];
    struct view secret = {room->data.ptr, LEDGER_SECRET_BYTES};
    struct view title = {secret.ptr + secret.len, room->data.len - secret.len};
    put_id(j, "room", &room->room);
    json_text(j, "title", title);
    json_number(j, "opened", room->since_ms);
    json_number(j, "ended", room->until_ms);
    json_bytes(j, "secret", secret);
    json_bytes(j, "trace", VIEW(o->trace.root.bytes));
    json_open(j, "people", '[');
    for (size_t i = 0; i < o->trace.count; i++)
        if (rows[i].kind == LEDGER_STAY) put_stay(j, &rows[i], o->trace.names[i]);
    json_close(j, ']');
    put_patterns(j, o);
    json_open(j, "spans", '[');
    for (size_t i = 0; i < o->trace.count; i++)
        if (rows[i].kind == LEDGER_SPAN) put_span(j, &rows[i]);
    json_close(j, ']');
}
