#include "server/jobs.h"

static struct store_job append(const struct effect *e)
{
    struct store_job job = {.kind = STORE_APPEND, .n = e->store.n};
    job.append.entry = (struct store_entry){e->store.n, e->store.record, e->store.head};
    job.append.also = (struct store_also){e->store.account, e->store.name, e->store.erase};
    return job;
}

static struct store_job profile(const struct effect *e)
{
    const struct profile_info *to = &e->profile.to;
    struct store_job job = {.kind = STORE_PROFILE, .n = e->profile.n};
    job.profile = (struct store_profile){e->profile.account, to->name,    to->handle,
                                         to->bio,            to->picture, to->pronouns};
    return job;
}

static struct store_job passkeys(const struct effect *e)
{
    struct store_job job = {.kind = STORE_PASSKEYS, .n = e->passkeys.n};
    job.passkeys.account = e->passkeys.account;
    for (size_t i = 0; i < e->passkeys.count && i < LIMIT_PASSKEYS; i++)
        job.passkeys.list[job.passkeys.count++] =
            (struct store_passkey){e->passkeys.list[i].credential, e->passkeys.list[i].data};
    return job;
}

static struct store_job slip(const struct effect *e)
{
    const struct slip_info *is = &e->slip.is;
    struct store_job job = {.kind = e->slip.gone ? STORE_DROP_SLIP : STORE_SET_SLIP, .n = e->slip.n};
    job.slip = (struct store_slip){
        (enum store_slip_kind)is->kind, is->account, is->id, is->about, is->time_ms, is->data};
    return job;
}

static struct store_job lookups(const struct effect *e)
{
    const struct lookups_info *is = &e->lookups.is;
    struct store_job job = {.kind = STORE_LOOKUPS, .n = e->lookups.n};
    job.lookups = (struct store_lookups){is->account, is->day, is->used};
    return job;
}

static struct store_job alerts(const struct effect *e)
{
    struct store_job job = {.kind = STORE_ALERTS};
    job.alerts.list = (struct view){(const void *)e->alerts.list, e->alerts.count * sizeof *e->alerts.list};
    return job;
}

static struct store_job ledger(const struct effect *e)
{
    struct store_job job = {.kind = e->ledger.erase_before_ms ? STORE_ERASE : STORE_LEDGER};
    if (job.kind == STORE_ERASE)
        job.before_ms = e->ledger.erase_before_ms;
    else
        for (size_t i = 0; i < e->ledger.count && i < LIMIT_LEDGER_ROWS; i++)
            job.ledger.rows[job.ledger.count++] = e->ledger.rows[i];
    return job;
}

static struct store_job kept(const struct effect *e)
{
    struct store_job job = {.kind = STORE_ROOMS};
    for (size_t i = 0; i < e->kept.count && i < LIMIT_KEPT_ROOMS; i++)
        job.rooms.list[job.rooms.count++] = (struct store_room){e->kept.list[i].room, e->kept.list[i].data};
    return job;
}

struct store_job job_of(const struct effect *e)
{
    switch (e->kind) {
    case EFFECT_STORE_PROFILE:
        return profile(e);
    case EFFECT_STORE_PASSKEYS:
        return passkeys(e);
    case EFFECT_STORE_SLIP:
        return slip(e);
    case EFFECT_STORE_LOOKUPS:
        return lookups(e);
    case EFFECT_STORE_ALERTS:
        return alerts(e);
    case EFFECT_STORE_LEDGER:
        return ledger(e);
    case EFFECT_STORE_ROOMS:
        return kept(e);
    default:
        return append(e);
    }
}
