/* What founder and admins see of the club in their browsers. There is no list of members among it, on purpose: one is
 * seen by an invitation, a report, an alert or what a moderator did, or by the very handle that one gave. */
#include "rooms/officers.h"

static enum err need_officer(const struct sock *s)
{
    return s->member->role <= CLUB_ADMIN || without(WITHOUT_OFFICERS) ? OK : ERR_FORBIDDEN;
}

enum err do_admin_health(struct rooms *r, struct sock *s, const struct command *c)
{
    enum err e = need_officer(s);
    if (e) return e;
    struct out out = {.kind = REPLY_HEALTH, .request = c->request, .stats = rooms_stats(r)};
    for (uint32_t i = 0; i < r->log.invite_count; i++)
        out.stats.invites += invite_state(r->log.invites[i], r->now_ms) == INVITE_OPEN;
    send_out(r, s, out);
    return OK;
}

/* ---- invitations ------------------------------------------------------------------------------------ */

static struct open_invite open_invite(const struct member *me, const struct invite *i)
{
    return (struct open_invite){
        .invite = i->key,
        .n = i->n,
        .author = {i->author->account, member_name(i->author)},
        .time_ms = i->time_ms,
        .expires_ms = i->expires_ms,
        .held = i->author->held,
        .may_revoke = i->author == me || rank_above(me, i->author),
    };
}

/* In the order of the log. */
enum err do_admin_invites(struct rooms *r, struct sock *s, const struct command *c)
{
    enum err e = need_officer(s);
    if (e) return e;
    struct open_invite *list = scratch_take(r, LIMIT_INVITES_CHUNK * sizeof(*list));
    if (!list) return ERR_SYSTEM;
    struct out out = {.kind = REPLY_ADMIN_INVITES, .request = c->request, .open_invites = {.list = list}};
    for (uint32_t i = 0; i < r->log.invite_count; i++) {
        const struct invite *invite = r->log.invites[i];
        if (invite_state(invite, r->now_ms) != INVITE_OPEN) continue;
        out.open_invites.open++;
        if (invite->n < c->members.from || out.open_invites.next) continue;
        if (out.open_invites.count == LIMIT_INVITES_CHUNK)
            out.open_invites.next = invite->n;
        else
            list[out.open_invites.count++] = open_invite(s->member, invite);
    }
    send_out(r, s, out);
    return OK;
}

/* ---- one account ------------------------------------------------------------------------------------- */

static const struct member *by_handle(const struct rooms *r, struct view handle)
{
    for (uint32_t i = 0; i < r->log.member_count; i++)
        if (view_eq(member_profile(r->log.members[i]).handle, handle)) return r->log.members[i];
    return NULL;
}

static const struct member *find(const struct rooms *r, const struct command *c)
{
    static const struct key none;
    if (c->find.handle.len) return by_handle(r, c->find.handle);
    if (key_eq(c->find.invite, none)) return log_member(&r->log, c->find.account);
    const struct invite *i = log_invite(&r->log, &c->find.invite);
    return i ? i->guest : NULL;
}

/* It counts against the day's budget, as a profile does: an admin's account may be a stolen one. */
enum err do_admin_find(struct rooms *r, struct sock *s, const struct command *c)
{
    enum err e = need_officer(s);
    if (e) return e;
    const struct member *m = find(r, c);
    if (!m) return ERR_NOT_FOUND;
    e = lookups_charge(r, s->member, &m->account, 1);
    if (e) return e;
    struct out out = {.kind = REPLY_ACCOUNT, .request = c->request};
    struct record rec;
    out.account.is = member_info(r, m);
    if (m->inviter) out.account.inviter_name = member_name(m->inviter);
    if (record_parse(&rec, r->log.entries[m->n].record) == OK) out.account.time_ms = rec.time_ms;
    send_out(r, s, out);
    return OK;
}

enum err do_admin_alerts(struct rooms *r, struct sock *s, const struct command *c)
{
    enum err e = need_officer(s);
    struct out out = {.kind = REPLY_ALERTS, .request = c->request};
    out.alerts.newest = r->alerts.last;
    if (!e) e = alerts_list(r, NULL, &out.alerts.list, &out.alerts.count);
    if (!e) send_out(r, s, out);
    return e;
}
