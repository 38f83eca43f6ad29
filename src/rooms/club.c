/* What the club says of itself to its members. How many they are, anybody could count in the member log; who
 * they are, no request says. */
#include "rooms/ties.h"

enum err do_club_read(struct rooms *r, struct sock *s, const struct command *c)
{
    struct out out = {.kind = REPLY_CLUB, .request = c->request};
    const struct device *first = r->log.members[0]->devices;
    while (first->next) first = first->next;
    out.club = (struct club_info){.words = r->config.words,
                                  .since_ms = first->time_ms,
                                  .trace_days = r->config.trace_days};
    for (uint32_t i = 0; i < r->log.member_count; i++) out.club.members += member_good(r->log.members[i]);
    send_out(r, s, out);
    return OK;
}
