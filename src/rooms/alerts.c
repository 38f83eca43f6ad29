/* What founder and admins should know of: kept over a restart, 200 at most and for 30 days, each once a day. An alert
 * names an account where there is one, and goes with it. Who has read which, their browsers know. */
#include "rooms/officers.h"

#include "base/log.h"

enum { DAY_MS = 24 * 60 * 60 * 1000 };

static void drop(struct rooms *r, uint32_t at)
{
    struct alerts *a = &r->alerts;
    a->count--;
    memmove(&a->list[at], &a->list[at + 1], (a->count - at) * sizeof(*a->list));
    a->changed = true;
}

static bool was_told(const struct rooms *r, enum alert_kind kind, struct id account)
{
    for (uint32_t i = 0; i < r->alerts.count; i++) {
        const struct alert *a = &r->alerts.list[i];
        if (a->kind == kind && id_eq(a->account, account) && a->time_ms / DAY_MS == r->now_ms / DAY_MS)
            return true;
    }
    return false;
}

bool alert_raise(struct rooms *r, enum alert_kind kind, const struct member *m, uint32_t count)
{
    struct alerts *a = &r->alerts;
    struct id account = m ? m->account : (struct id){0};
    if (was_told(r, kind, account)) return false;
    if (a->count == LIMIT_ALERTS) drop(r, 0);
    /* It rises even after a restart that the newest before did not see, as it went with its account. */
    a->last = r->now_ms > a->last ? r->now_ms : a->last + 1;
    a->list[a->count++] = (struct alert){a->last, kind, account, r->now_ms, count};
    a->changed = true;
    tell_admins(r, (struct out){.kind = EVENT_ALERTS, .alerts = {.newest = a->last}}, NULL);
    return true;
}

void rooms_alert(struct rooms *r, enum alert_kind kind, uint32_t count, uint64_t now_ms)
{
    r->now_ms = now_ms;
    (void)alert_raise(r, kind, NULL, count);
}

/* A phone and a laptop take turns a few times a day; scripts that share an account do so all the time. */
void alert_move(struct rooms *r, struct member *m)
{
    r->moved++;
    if (m->moved_day != r->now_ms / DAY_MS) m->moved_count = 0;
    m->moved_day = r->now_ms / DAY_MS;
    if (++m->moved_count == LIMIT_MOVES_PER_DAY) (void)alert_raise(r, ALERT_MOVES, m, m->moved_count);
}

void alerts_tell(struct rooms *r, const struct sock *s)
{
    if (s->member->role > CLUB_ADMIN || !r->alerts.count) return;
    uint64_t newest = r->alerts.list[r->alerts.count - 1].n;
    send_out(r, s, (struct out){.kind = EVENT_ALERTS, .alerts = {.newest = newest}});
}

enum err alerts_list(struct rooms *r, const struct member *m, const struct alert_info **list, size_t *count)
{
    struct alert_info *out = scratch_take(r, r->alerts.count * sizeof(*out) + 1);
    if (!out) return ERR_SYSTEM;
    *list = out;
    *count = 0;
    for (uint32_t i = r->alerts.count; i-- > 0;) {
        const struct alert *a = &r->alerts.list[i];
        if (m && !id_eq(a->account, m->account)) continue;
        const struct member *about = log_member(&r->log, a->account);
        out[*count] = (struct alert_info){.is = *a};
        if (about) out[*count].name = member_name(about);
        ++*count;
    }
    return OK;
}

/* ---- time, and the store ----------------------------------------------------------------------------- */

static void expire(struct rooms *r)
{
    if (r->now_ms < r->alerts.expire_ms) return;
    r->alerts.expire_ms = r->now_ms + LIMIT_SLIPS_MS;
    while (r->alerts.count && r->alerts.list[0].time_ms + LIMIT_ALERT_DAYS * (uint64_t)DAY_MS <= r->now_ms)
        drop(r, 0);
}

void alerts_tick(struct rooms *r)
{
    struct alerts *a = &r->alerts;
    expire(r);
    if (!a->changed || a->busy || r->now_ms < a->due_ms) return;
    a->changed = false;
    a->busy = true;
    struct effect e = {EFFECT_STORE_ALERTS, {.alerts = {a->list, a->count}}};
    r->config.effect(r->config.user, &e);
}

void rooms_on_alerts(struct rooms *r, enum err result, uint64_t now_ms)
{
    struct alerts *a = &r->alerts;
    a->busy = false;
    if (!result) return;
    LOG_WARN("rooms", "alerts were not stored: %s", err_code(result));
    a->changed = true;
    a->due_ms = now_ms + LIMIT_ALERT_RETRY_MS;
}

/* One that names an account which is gone was on its way to the store when the account went. */
enum err rooms_replay_alert(struct rooms *r, const struct alert *alert)
{
    struct alerts *a = &r->alerts;
    struct id nobody = {0};
    const struct member *m = log_member(&r->log, alert->account);
    if (alert->kind < ALERT_BUDGET || alert->kind > ALERT_DISK) return ERR_UNSUPPORTED;
    if (alert->n <= a->last || alert->n > NUMBER_MAX || alert->time_ms > NUMBER_MAX) return ERR_MALFORMED;
    a->last = alert->n;
    if (!id_eq(alert->account, nobody) && (!m || !m->name_len)) {
        a->changed = true;
        return OK;
    }
    if (a->count == LIMIT_ALERTS) drop(r, 0);
    a->list[a->count++] = *alert;
    return OK;
}

void alerts_erase(struct rooms *r, const struct member *m)
{
    for (uint32_t i = r->alerts.count; i-- > 0;)
        if (id_eq(r->alerts.list[i].account, m->account)) drop(r, i);
}
