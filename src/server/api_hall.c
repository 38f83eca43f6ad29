/* The requests about people and events: follow, block, announce, report. */
#include "server/api_fields.h"

/* Which of the words it is; the first one if none, and an error. */
static unsigned take_word(struct members *m, const char *key, const char *const words[], unsigned count)
{
    struct view word = take_text(m, key);
    for (unsigned i = 0; i < count && !m->err; i++)
        if (view_eq(word, view_str(words[i]))) return i;
    take_fail(m, ERR_MALFORMED);
    return 0;
}

enum room_who take_who(struct members *m, const struct id **picked, size_t *count)
{
    static const char *const words[] = {"everyone", "picked", "followed"};
    static_assert(sizeof words / sizeof *words == ROOM_FOLLOWED + 1, "a word for each");
    enum room_who who = take_word(m, "who", words, ROOM_FOLLOWED + 1);
    if (who == ROOM_PICKED) *picked = take_ids(m, "picked", LIMIT_PICKED, count);
    return who;
}

void decode_tie(struct members *m, struct command *c)
{
    TAKE_EXACT(m, "account", c->tie.account.bytes);
    c->tie.on = take_bool(m, "on");
}

void decode_event(struct members *m, struct command *c)
{
    c->event.title = take_text(m, "title");
    c->event.start_ms = take_number(m, "start", 0, INT64_MAX);
    c->event.sensitive = take_bool(m, "sensitive");
    c->event.who = take_who(m, &c->event.picked, &c->event.picked_count);
}

void decode_cancel(struct members *m, struct command *c)
{
    TAKE_EXACT(m, "event", c->close.id.bytes);
}

void decode_report(struct members *m, struct command *c)
{
    static const char *const words[] = {"harassment", "hate", "recording", "impersonation", "spam", "other"};
    static_assert(sizeof words / sizeof *words == REPORT_OTHER + 1, "a word for every reason");
    struct report_fields *f = &c->report.is;
    TAKE_EXACT(m, "account", f->target.bytes);
    json_t *room = take_maybe(m, "room");
    if (room) decode_exact(m, f->room.bytes, ID_BYTES, room);
    f->reason = take_word(m, "reason", words, REPORT_OTHER + 1);
    f->time_ms = take_number(m, "time", 0, INT64_MAX);
    f->text = take_text(m, "text");
    f->evidence = take_text(m, "evidence");
    TAKE_EXACT(m, "sig", c->report.sig);
}

void decode_close(struct members *m, struct command *c)
{
    TAKE_EXACT(m, "report", c->close.id.bytes);
    TAKE_EXACT(m, "by", c->close.by.bytes);
    c->close.untrue = take_bool(m, "untrue");
}
