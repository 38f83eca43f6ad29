/* The store behind faults: slow, refusing, out of order for a while, or gone in the middle of a write. What
 * is kept is written at once; only the word of it takes its time, so a crash in between leaves a change that
 * nobody was told of. */
#include <stdlib.h>

#include "checks.h"
#include "server/replay.h"

enum { ANSWER_MS = 300, STALL_MS = 6000, OUTAGE_MS = 4000 };

enum fate {
    FATE_KEPT,
    FATE_REFUSED,
    FATE_LOST /* the machine stops before it is written */
};

struct store_side {
    struct store *mem;
    bool waits, ledger_waits;
    enum fate fate, ledger_fate;
    uint64_t at, ledger_at, outage_until;
};

void store_open(struct sim *s)
{
    s->store = calloc(1, sizeof(*s->store));
    if (!s->store || store_mem.open(&s->store->mem, "")) abort();
}

void store_close(struct sim *s)
{
    store_mem.close(s->store->mem);
    free(s->store);
    s->store = NULL;
}

/* ---- jobs --------------------------------------------------------------------------------------------- */

static enum fate draw(struct sim *s)
{
    struct store_side *st = s->store;
    if (s->calm) return FATE_KEPT;
    if (sim_random(s, 300) == 0) st->outage_until = s->mono + sim_random(s, OUTAGE_MS);
    if (s->mono < st->outage_until || sim_random(s, 25) == 0) return FATE_REFUSED;
    return sim_random(s, 120) == 0 ? FATE_LOST : FATE_KEPT;
}

static uint64_t answer_at(struct sim *s)
{
    bool stalls = !s->calm && sim_random(s, 40) == 0;
    return s->mono + sim_random(s, stalls ? STALL_MS : ANSWER_MS);
}

static enum err append(struct store *mem, const struct effect *e)
{
    struct store_entry entry = {e->store.n, e->store.record, e->store.head};
    struct store_also also = {e->store.account, e->store.name, e->store.erase};
    return store_mem.append(mem, &entry, &also);
}

static enum err set_profile(struct store *mem, const struct effect *e)
{
    const struct profile_info *to = &e->profile.to;
    struct store_profile p = {e->profile.account, to->name, to->handle, to->bio, to->picture, to->pronouns};
    return store_mem.set_profile(mem, &p);
}

static enum err set_passkeys(struct store *mem, const struct effect *e)
{
    struct store_passkey list[LIMIT_PASSKEYS];
    for (size_t i = 0; i < e->passkeys.count; i++)
        list[i] = (struct store_passkey){e->passkeys.list[i].credential, e->passkeys.list[i].data};
    return store_mem.set_passkeys(mem, e->passkeys.account, list, e->passkeys.count);
}

static enum err set_slip(struct store *mem, const struct effect *e)
{
    const struct slip_info *is = &e->slip.is;
    struct store_slip slip = {
        (enum store_slip_kind)is->kind, is->account, is->id, is->about, is->time_ms, is->data};
    return e->slip.gone ? store_mem.drop_slip(mem, &slip) : store_mem.set_slip(mem, &slip);
}

static enum err put_ledger(struct store *mem, const struct effect *e)
{
    if (e->ledger.erase_before_ms) return store_mem.erase_ledger(mem, e->ledger.erase_before_ms);
    return store_mem.put_ledger(mem, e->ledger.rows, e->ledger.count);
}

static enum err write_job(struct store *mem, const struct effect *e)
{
    switch (e->kind) {
    case EFFECT_STORE:
        return append(mem, e);
    case EFFECT_STORE_PROFILE:
        return set_profile(mem, e);
    case EFFECT_STORE_PASSKEYS:
        return set_passkeys(mem, e);
    case EFFECT_STORE_SLIP:
        return set_slip(mem, e);
    default:
        return put_ledger(mem, e);
    }
}

void store_take(struct sim *s, const struct effect *e)
{
    struct store_side *st = s->store;
    bool ledger = e->kind == EFFECT_STORE_LEDGER;
    enum fate fate = draw(s);
    if (ledger && fate == FATE_LOST) fate = FATE_REFUSED;
    if (fate == FATE_KEPT && write_job(st->mem, e))
        sim_broken(s, INVARIANT_DURABLE, "the store refused what the rules allowed");
    *(ledger ? &st->ledger_waits : &st->waits) = true;
    *(ledger ? &st->ledger_fate : &st->fate) = fate;
    *(ledger ? &st->ledger_at : &st->at) = answer_at(s);
}

/* ---- answers ------------------------------------------------------------------------------------------ */

bool store_answers(struct sim *s, enum err *result, bool *dies)
{
    struct store_side *st = s->store;
    if (!st->waits || s->mono < st->at) return false;
    st->waits = false;
    *dies = st->fate == FATE_LOST;
    *result = st->fate == FATE_KEPT ? OK : ERR_STORE;
    return true;
}

bool store_answers_ledger(struct sim *s, enum err *result)
{
    struct store_side *st = s->store;
    if (!st->ledger_waits || s->mono < st->ledger_at) return false;
    st->ledger_waits = false;
    *result = st->ledger_fate == FATE_KEPT ? OK : ERR_STORE;
    return true;
}

void store_forget(struct sim *s)
{
    s->store->waits = s->store->ledger_waits = false;
}

bool store_unsure(const struct sim *s)
{
    return s->store->waits && s->store->fate == FATE_KEPT;
}

/* ---- start-up ----------------------------------------------------------------------------------------- */

void store_replay(struct sim *s)
{
    struct store_reader to = replay_into(s->w.r);
    if (store_mem.replay(s->store->mem, &to))
        sim_broken(s, INVARIANT_KEPT, "the server does not start again");
}
