/* The store thread: SQL blocks, so it runs there. Jobs go in from the control thread in order, and
 * their results come back in the same order. `wake` is called on the store thread when one is ready. */
#ifndef STORE_QUEUE_H
#define STORE_QUEUE_H

#include "base/limits.h"
#include "store/store.h"

struct store_queue;

enum store_job_kind { STORE_APPEND, STORE_PROFILE, STORE_PASSKEYS, STORE_SET_SLIP, STORE_DROP_SLIP,
                      STORE_LEDGER, STORE_ERASE, STORE_ROOMS, STORE_LOOKUPS, STORE_ALERTS };

struct store_job { /* what its views point at is copied by store_queue_push */
    enum store_job_kind kind;
    uint64_t n; /* the caller's: it comes back with the result */
    union {
        struct { struct store_entry entry; struct store_also also; } append;
        struct store_profile profile;
        struct { struct id account; struct store_passkey list[LIMIT_PASSKEYS]; size_t count; } passkeys;
        struct store_slip slip;
        struct { struct ledger_row rows[LIMIT_LEDGER_ROWS]; size_t count; } ledger;
        struct { struct store_room list[LIMIT_KEPT_ROOMS]; size_t count; } rooms;
        struct store_lookups lookups;
        struct { struct view list; } alerts; /* the bytes of an array of struct alert */
        uint64_t before_ms; /* ERASE, of the ledger */
    };
};

struct store_result {
    enum store_job_kind kind;
    uint64_t n;
    enum err err;
};

/* What the thread does with a job: job.c. */
MUST_CHECK enum err store_job_run(const struct store_row *row, struct store *s, const struct store_job *job);

MUST_CHECK enum err store_queue_start(struct store_queue **out, const struct store_row *row, struct store *s,
                                      void (*wake)(void *user), void *user);
void store_queue_stop(struct store_queue *q); /* finishes what is queued, then joins; does not close the store */
MUST_CHECK enum err store_queue_push(struct store_queue *q, const struct store_job *job); /* ERR_BUSY when full */
bool store_queue_pull(struct store_queue *q, struct store_result *out);

#endif
