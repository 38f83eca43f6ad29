/* The store behind faults: slow, refusing, out of order for a while, or gone in the middle of a write. What
 * is kept is written at once; only the word of it takes its time, so a crash in between leaves a change that
 * nobody was told of. */
#include <stdlib.h>

#include "checks.h"
#include "server/jobs.h"
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

void store_take(struct sim *s, const struct effect *e)
{
    struct store_side *st = s->store;
    bool ledger = e->kind == EFFECT_STORE_LEDGER;
    enum fate fate = draw(s);
    if (ledger && fate == FATE_LOST) fate = FATE_REFUSED;
    struct store_job job = job_of(e);
    if (fate == FATE_KEPT && store_job_run(&store_mem, st->mem, &job))
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
