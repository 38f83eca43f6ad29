/* Messages about people and events: who is followed, what is announced, what was reported. */
#include "server/effects_parts.h"

static const char *const reasons[] = {"harassment", "hate", "recording", "impersonation", "spam", "other"};
static_assert(sizeof reasons / sizeof *reasons == REPORT_OTHER + 1, "a word for every reason");

static void put_faces(struct json *j, const char *key, const struct face_info *list, size_t count)
{
    json_open(j, key, '[');
    for (size_t i = 0; i < count; i++) put_face(j, NULL, &list[i].account, list[i].name);
    json_close(j, ']');
}

void put_people(struct json *j, const struct out *o)
{
    put_faces(j, "follows", o->people.follows, o->people.follow_count);
    put_faces(j, "blocks", o->people.blocks, o->people.block_count);
}

void put_followed(struct json *j, const struct out *o)
{
    put_id(j, "room", &o->followed.room);
    json_open(j, "orders", '[');
    for (size_t i = 0; i < o->followed.count; i++) json_number(j, NULL, o->followed.orders[i]);
    json_close(j, ']');
}

/* ---- events --------------------------------------------------------------------------------------- */

/* The inside of an event object. */
static void put_event_fields(struct json *j, const struct event_info *e)
{
    put_id(j, "id", &e->event);
    put_face(j, "by", &e->by, e->by_name);
    json_text(j, "title", e->title);
    json_number(j, "start", e->start_ms);
    json_bool(j, "sensitive", e->sensitive);
    json_word(j, "who", e->who == ROOM_PICKED ? "picked" : "everyone");
}

static void put_event(struct json *j, const char *key, const struct event_info *e)
{
    json_open(j, key, '{');
    put_event_fields(j, e);
    json_close(j, '}');
}

void put_events(struct json *j, const struct out *o)
{
    json_open(j, "events", '[');
    for (size_t i = 0; i < o->events.count; i++) put_event(j, NULL, &o->events.list[i]);
    json_close(j, ']');
}

void put_event_one(struct json *j, const struct out *o)
{
    put_event(j, "event", &o->events.list[0]);
}

void put_event_gone(struct json *j, const struct out *o)
{
    put_id(j, "event", &o->event.event);
}

/* ---- reports -------------------------------------------------------------------------------------- */

static void put_said(struct json *j, const struct report_info *r)
{
    json_word(j, "reason", reasons[r->is.reason]);
    json_number(j, "time", r->is.time_ms);
    json_text(j, "text", r->is.text);
    json_text(j, "evidence", r->is.evidence);
}

void put_reports(struct json *j, const struct out *o)
{
    json_open(j, "reports", '[');
    for (size_t i = 0; i < o->reports.count; i++) {
        const struct report_info *r = &o->reports.list[i];
        json_open(j, NULL, '{');
        put_id(j, "id", &r->report);
        put_face(j, "by", &r->by, r->by_name);
        put_id(j, "device", &r->device);
        put_face(j, "target", &r->is.target, r->target_name);
        if (!id_zero(r->is.room)) put_id(j, "room", &r->is.room);
        if (r->room.len) json_text(j, "title", r->room);
        put_said(j, r);
        json_bytes(j, "sig", r->sig);
        json_number(j, "until", r->until_ms);
        json_number(j, "untrue", r->untrue);
        json_close(j, '}');
    }
    json_close(j, ']');
}

void put_report_count(struct json *j, const struct out *o)
{
    json_number(j, "count", o->reports.count);
}

/* ---- all of it, for its author -------------------------------------------------------------------- */

void put_kept(struct json *j, const struct kept_info *list, size_t count)
{
    static const char *const kinds[] = {"", "follow", "block", "event", "report"};
    static_assert(sizeof kinds / sizeof *kinds == SLIP_REPORT + 1, "a word for every kind");
    json_open(j, "slips", '[');
    for (size_t i = 0; i < count; i++) {
        json_open(j, NULL, '{');
        json_word(j, "kind", kinds[list[i].kind]);
        if (!id_zero(list[i].about)) put_id(j, "account", &list[i].about);
        if (list[i].kind == SLIP_EVENT) put_event_fields(j, &list[i].event);
        if (list[i].kind == SLIP_REPORT && !list[i].untrue) put_said(j, &list[i].report);
        if (list[i].kind == SLIP_REPORT) json_bool(j, "untrue", list[i].untrue);
        json_number(j, "made", list[i].time_ms);
        json_close(j, '}');
    }
    json_close(j, ']');
}
