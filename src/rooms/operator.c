/* What the operator may see, and what an account may take with it: everything that is stored about it. */
#include "rooms/officers.h"

static bool names_account(struct view record, struct id account)
{
    return memmem(record.ptr, record.len, account.bytes, ID_BYTES) != NULL;
}

/* The account's own entrance, and whatever has its id in it. */
static enum err list_records(struct rooms *r, const struct member *m, struct export_info *x)
{
    size_t count = 0;
    for (uint64_t n = 0; n < r->log.size; n++)
        count += n == m->n || names_account(r->log.entries[n].record, m->account);
    struct chain_entry *list = scratch_take(r, count * sizeof(*list));
    if (!list) return ERR_SYSTEM;
    x->records = list;
    x->record_count = count;
    for (uint64_t n = 0; n < r->log.size; n++)
        if (n == m->n || names_account(r->log.entries[n].record, m->account))
            *list++ = (struct chain_entry){n, r->log.entries[n].record};
    return OK;
}

static struct kept_info slip_kept(const struct rooms *r, const struct slip *n)
{
    struct kept_info k = {.kind = n->is.kind, .about = n->is.about, .time_ms = n->is.time_ms};
    if (n->is.kind == SLIP_EVENT) k.event = event_info(n);
    if (n->is.kind == SLIP_REPORT) k.untrue = !report_info(r, n, &k.report);
    return k;
}

static enum err list_slips(struct rooms *r, const struct member *m, struct export_info *x)
{
    size_t count = 0;
    for (const struct slip *n = m->slips; n; n = n->next) count++;
    struct kept_info *list = scratch_take(r, count * sizeof(*list) + 1);
    if (!list) return ERR_SYSTEM;
    x->slips = list;
    for (const struct slip *n = m->slips; n; n = n->next) list[x->slip_count++] = slip_kept(r, n);
    return OK;
}

static enum err send_export(struct rooms *r, const struct sock *s, const struct command *c,
                            const struct member *m)
{
    struct export_info *x = scratch_take(r, sizeof(*x));
    if (!x) return ERR_SYSTEM;
    x->profile = (struct member_profile){m->account, member_profile(m), m->role};
    x->passkey_count = member_passkeys(m, &x->passkeys);
    enum err e = list_records(r, m, x);
    if (!e) e = list_slips(r, m, x);
    if (!e) e = trace_stays(r, m->account, x);
    if (!e) e = places_about(r, m, x);
    if (!e) e = alerts_list(r, m, &x->alerts, &x->alert_count);
    x->lookups = lookups_today(r, m);
    if (e) return e;
    send_out(r, s, (struct out){.kind = REPLY_EXPORT, .request = c->request, .export = x});
    return OK;
}

enum err do_export(struct rooms *r, struct sock *s, const struct command *c)
{
    return send_export(r, s, c, s->member);
}

enum err do_operator_export(struct rooms *r, struct sock *s, const struct command *c)
{
    const struct member *m = log_member(&r->log, c->person.account);
    return m ? send_export(r, s, c, m) : ERR_NOT_FOUND;
}

static enum member_state state_of(const struct member *m)
{
    if (m->deleted) return MEMBER_DELETED;
    if (m->superseded) return MEMBER_SUPERSEDED;
    if (m->banned) return MEMBER_BANNED;
    return m->held ? MEMBER_HELD : MEMBER_GOOD;
}

struct member_info member_info(const struct rooms *r, const struct member *m)
{
    struct member_info info = {
        .account = m->account,
        .name = member_name(m),
        .handle = member_profile(m).handle,
        .role = m->role,
        .state = state_of(m),
        .n = m->n,
    };
    if (m->inviter) info.inviter = m->inviter->account;
    for (const struct device *d = m->devices; d; d = d->next) info.devices += !d->revoked;
    for (const struct invite *i = m->invites; i; i = i->next)
        info.invites += invite_state(i, r->now_ms) == INVITE_OPEN;
    return info;
}

/* Members stand in the order of the log. */
enum err do_operator_members(struct rooms *r, struct sock *s, const struct command *c)
{
    const struct member_log *l = &r->log;
    struct member_info *list = scratch_take(r, LIMIT_MEMBERS_CHUNK * sizeof(*list));
    if (!list) return ERR_SYSTEM;
    struct out out = {.kind = REPLY_MEMBERS, .request = c->request, .members = {.list = list}};
    for (uint32_t i = 0; i < l->member_count; i++) {
        if (l->members[i]->n < c->members.from) continue;
        if (out.members.count == LIMIT_MEMBERS_CHUNK) {
            out.members.next = l->members[i]->n;
            break;
        }
        list[out.members.count++] = member_info(r, l->members[i]);
    }
    send_out(r, s, out);
    return OK;
}

enum err do_operator_stats(struct rooms *r, struct sock *s, const struct command *c)
{
    send_out(r, s, (struct out){.kind = REPLY_STATS, .request = c->request, .stats = rooms_stats(r)});
    return OK;
}
