/* Nobody empties a club or a room alone: more than a few removals by one person within a minute wait for
 * somebody else, an admin or the host of the room. */
#include "rooms/state.h"

#include "base/without.h"

enum { MINUTE_MS = 60000 };

static bool is_removal(const struct record *rec)
{
    switch (rec->type) {
    case RECORD_BAN:
    case RECORD_ROOM_BAN:
        return true;
    case RECORD_DELETION:
        return !id_eq(rec->author, rec->target);
    default:
        return false;
    }
}

static void ask(struct rooms *r, const struct member *author, const struct record *rec)
{
    const struct member *target = log_member(&r->log, rec->target);
    struct out out = {.kind = EVENT_MOD_ASK};
    out.mod_ask.by = author->account;
    out.mod_ask.by_name = member_name(author);
    out.mod_ask.target = rec->target;
    out.mod_ask.target_name = target ? member_name(target) : (struct view){0};
    out.mod_ask.kind = record_purpose(rec->type);
    tell_admins(r, out, author);
    const struct room *room = author->person ? author->person->room : NULL;
    const struct member *host = room ? room->opener : NULL;
    if (host && host != author && host->role > CLUB_ADMIN && host->person && host->person->room == room)
        tell_member(r, host, out);
}

/* The ring holds the last ones: if its oldest is younger than a minute, this would be one too many. */
enum err removal_check(struct rooms *r, struct member *author, const struct record *rec)
{
    if (!is_removal(rec) || author->removal_count < LIMIT_REMOVALS_PER_MINUTE || without(WITHOUT_REMOVALS))
        return OK;
    uint64_t oldest = author->removals_ms[author->removal_count % LIMIT_REMOVALS_PER_MINUTE];
    if (r->now_ms >= oldest + MINUTE_MS) return OK;
    r->retry_after_ms = (uint32_t)(oldest + MINUTE_MS - r->now_ms);
    ask(r, author, rec);
    return ERR_SECOND;
}

void removal_note(struct rooms *r, struct member *author, const struct record *rec)
{
    if (!is_removal(rec)) return;
    author->removals_ms[author->removal_count++ % LIMIT_REMOVALS_PER_MINUTE] = r->now_ms;
}
