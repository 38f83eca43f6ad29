/* How many profiles of others an account may look up in a day (UTC): nobody takes the whole club home. A restart must not
 * give the day anew, so the number is stored, ahead of its use and in steps: a crash loses what was left of a step, and
 * gives nothing back. Whom somebody looked at is known in memory alone, and forgotten with the day. */
#include "rooms/officers.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/without.h"

enum { DAY_MS = 24 * 60 * 60 * 1000 };

struct lookups { /* of one account, today */
    uint64_t day;
    uint32_t earlier;  /* before the last restart: of whom, nobody knows any more */
    uint32_t count;    /* since then */
    uint32_t reserved; /* of both together, as the store has it */
    bool failed;       /* the store refused: whoever waits for it is told */
    struct id whom[LIMIT_PROFILES_PER_DAY];
};

static uint64_t today(const struct rooms *r)
{
    return r->now_ms / DAY_MS;
}

/* ---- using it --------------------------------------------------------------------------------------- */

/* Who is in the same room is known anyway. */
static bool near(const struct member *a, const struct member *b)
{
    return a == b || (a->person && b->person && a->person->room == b->person->room);
}

static enum err refuse(struct rooms *r, const struct member *me)
{
    r->retry_after_ms = (uint32_t)(DAY_MS - r->now_ms % DAY_MS);
    r->budget_refusals++;
    if (alert_raise(r, ALERT_BUDGET, me, LIMIT_PROFILES_PER_DAY))
        LOG_WARN("rooms", "a member has used up the day's budget of profiles: somebody may be collecting");
    return ERR_BUDGET;
}

static void ask_store(struct rooms *r, struct member *m, struct lookups_info is)
{
    r->pending =
        (struct pending){.active = true, .budget = true, .member = m, .lookups = is, .n = r->log.size};
    struct effect store = {EFFECT_STORE_LOOKUPS, {.lookups = {r->pending.n, is}}};
    r->config.effect(r->config.user, &store);
}

/* As far as the step that `used` is in. The command comes again when it is stored. */
static enum err reserve(struct rooms *r, struct member *me, uint32_t used)
{
    struct lookups *l = me->lookups;
    uint32_t steps = (used + LIMIT_PROFILES_STEP - 1) / LIMIT_PROFILES_STEP;
    if (r->pending.active) return ERR_BUSY;
    if (l->failed) {
        l->failed = false;
        return ERR_STORE;
    }
    ask_store(r, me, (struct lookups_info){me->account, l->day, steps * LIMIT_PROFILES_STEP});
    return ERR_BUSY;
}

static struct lookups *lookups_of(const struct rooms *r, struct member *me)
{
    struct lookups *l = me->lookups;
    if (!l && !(l = me->lookups = calloc(1, sizeof(*l)))) return NULL;
    if (l->day != today(r)) *l = (struct lookups){.day = today(r)};
    return l;
}

enum err lookups_charge(struct rooms *r, struct member *me, const struct id *accounts, size_t count)
{
    struct lookups *l = lookups_of(r, me);
    if (!l) return ERR_SYSTEM;
    uint32_t before = l->count;
    for (size_t i = 0; i < count; i++) {
        const struct member *m = log_member(&r->log, accounts[i]);
        if (!m || near(me, m) || id_among(l->whom, l->count, accounts[i])) continue;
        if (l->earlier + l->count == LIMIT_PROFILES_PER_DAY) {
            if (without(WITHOUT_PROFILE_BUDGET)) return OK;
            l->count = before;
            return refuse(r, me);
        }
        l->whom[l->count++] = accounts[i];
    }
    if (l->count == before || l->earlier + l->count <= l->reserved || without(WITHOUT_KEPT_BUDGET)) return OK;
    uint32_t used = l->earlier + l->count;
    l->count = before;
    return reserve(r, me, used);
}

/* ---- storing it ------------------------------------------------------------------------------------- */

void lookups_stored(struct rooms *r, enum err result)
{
    struct pending p = r->pending;
    struct lookups *l = p.member ? p.member->lookups : NULL;
    r->pending = (struct pending){0};
    if (result) {
        LOG_WARN("rooms", "what is used of a day's budget was not stored: %s", err_code(result));
        r->lookups_due_ms = r->now_ms + LIMIT_ALERT_RETRY_MS;
    } else {
        r->lookups_day = p.member ? p.lookups.day : 0;
    }
    if (!l || l->day != p.lookups.day) return;
    l->failed = result != OK;
    if (!result) l->reserved = p.lookups.used;
}

/* In memory, and then in the store, if it has any of a day that is over. */
void lookups_expire(struct rooms *r)
{
    if (!r->lookups_day || r->lookups_day >= today(r)) return;
    if (r->pending.active || r->now_ms < r->lookups_due_ms) return;
    for (uint32_t i = 0; i < r->log.member_count; i++) {
        struct member *m = r->log.members[i];
        if (!m->lookups || m->lookups->day >= today(r)) continue;
        free(m->lookups);
        m->lookups = NULL;
    }
    ask_store(r, NULL, (struct lookups_info){.day = today(r)});
}

enum err rooms_replay_lookups(struct rooms *r, const struct lookups_info *is)
{
    struct member *m = log_member(&r->log, is->account);
    if (!m) return ERR_UNKNOWN_ACCOUNT;
    if (!m->lookups && !(m->lookups = calloc(1, sizeof(*m->lookups)))) return ERR_SYSTEM;
    uint32_t used = is->used < LIMIT_PROFILES_PER_DAY ? is->used : LIMIT_PROFILES_PER_DAY;
    *m->lookups = (struct lookups){.day = is->day, .earlier = used, .reserved = used};
    if (is->day > r->lookups_day) r->lookups_day = is->day;
    return OK;
}

struct lookups_info lookups_today(const struct rooms *r, const struct member *m)
{
    const struct lookups *l = m->lookups;
    if (!l || l->day != today(r)) return (struct lookups_info){0};
    return (struct lookups_info){m->account, l->day, l->reserved};
}
