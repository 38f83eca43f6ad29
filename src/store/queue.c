#include "store/queue.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/ring.h"
#include "base/without.h"

struct store_queue {
    struct ring jobs, results;
    const struct store_row *row;
    struct store *store;
    void (*wake)(void *user);
    void *user;
    pthread_t thread;
    pthread_mutex_t lock; /* for the sleep of the store thread; the rings need none */
    pthread_cond_t more;
    bool stopping;        /* under the lock */
    uint32_t outstanding; /* pushed and not pulled yet: the control thread's own count */
};

struct item {
    struct store_job job;
    void *block; /* what its views point into */
};

enum { JOB_VIEWS_MAX = LIMIT_LEDGER_ROWS };
static_assert((int)JOB_VIEWS_MAX >= 2 * (int)LIMIT_PASSKEYS, "each has two");
static_assert(JOB_VIEWS_MAX >= 5, "a profile has five");
static_assert((int)JOB_VIEWS_MAX >= (int)LIMIT_KEPT_ROOMS, "each has one");

static size_t job_views(struct store_job *job, struct view *out[JOB_VIEWS_MAX])
{
    size_t n = 0;
    switch (job->kind) {
    case STORE_APPEND:
        out[n++] = &job->append.entry.record;
        out[n++] = &job->append.also.name;
        break;
    case STORE_PROFILE:
        out[n++] = &job->profile.name;
        out[n++] = &job->profile.handle;
        out[n++] = &job->profile.bio;
        out[n++] = &job->profile.picture;
        out[n++] = &job->profile.pronouns;
        break;
    case STORE_PASSKEYS:
        for (size_t i = 0; i < job->passkeys.count; i++) {
            out[n++] = &job->passkeys.list[i].credential;
            out[n++] = &job->passkeys.list[i].data;
        }
        break;
    case STORE_SET_SLIP:
    case STORE_DROP_SLIP:
        out[n++] = &job->slip.data;
        break;
    case STORE_LEDGER:
        for (size_t i = 0; i < job->ledger.count; i++) out[n++] = &job->ledger.rows[i].data;
        break;
    case STORE_ROOMS:
        for (size_t i = 0; i < job->rooms.count; i++) out[n++] = &job->rooms.list[i].data;
        break;
    case STORE_ALERTS:
        out[n++] = &job->alerts.list; /* alone, so it is aligned as the block is */
        break;
    case STORE_LOOKUPS:
    case STORE_ERASE:
        break;
    }
    return n;
}

/* False when there is nothing left and nothing will come. */
static bool next_item(struct store_queue *q, struct item *item)
{
    pthread_mutex_lock(&q->lock);
    bool got;
    while (!(got = ring_pull(&q->jobs, item)) && !q->stopping) pthread_cond_wait(&q->more, &q->lock);
    pthread_mutex_unlock(&q->lock);
    return got;
}

static void *work(void *arg)
{
    struct store_queue *q = arg;
    struct item item;
    while (next_item(q, &item)) {
        struct store_result result = {.kind = item.job.kind, .n = item.job.n};
        result.err = store_job_run(q->row, q->store, &item.job);
        free(item.block);
        /* cannot be full: push lets no more jobs in than there are places here */
        if (!ring_push(&q->results, &result)) LOG_ERROR("store", "a result was lost");
        q->wake(q->user);
    }
    return NULL;
}

/* Signals are the control thread's business. */
static int start_thread(struct store_queue *q)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&q->thread, NULL, work, q);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

static void free_queue(struct store_queue *q)
{
    ring_deinit(&q->jobs);
    ring_deinit(&q->results);
    pthread_cond_destroy(&q->more);
    pthread_mutex_destroy(&q->lock);
    free(q);
}

enum err store_queue_start(struct store_queue **out, const struct store_row *row, struct store *s,
                           void (*wake)(void *user), void *user)
{
    *out = NULL;
    struct store_queue *q = calloc(1, sizeof(*q));
    if (!q) return ERR_SYSTEM;
    *q = (struct store_queue){.row = row, .store = s, .wake = wake, .user = user};
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->more, NULL);
    enum err e = ring_init(&q->jobs, sizeof(struct item), LIMIT_STORE_QUEUE);
    if (!e) e = ring_init(&q->results, sizeof(struct store_result), LIMIT_STORE_QUEUE);
    if (!e && start_thread(q) != 0) e = ERR_SYSTEM;
    if (e)
        free_queue(q);
    else
        *out = q;
    return e;
}

void store_queue_stop(struct store_queue *q)
{
    if (!q) return;
    pthread_mutex_lock(&q->lock);
    q->stopping = true;
    pthread_cond_signal(&q->more);
    pthread_mutex_unlock(&q->lock);
    pthread_join(q->thread, NULL);
    free_queue(q);
}

enum err store_queue_push(struct store_queue *q, const struct store_job *job)
{
    struct item item = {.job = *job};
    struct view *views[JOB_VIEWS_MAX];
    if (job->kind == STORE_PASSKEYS && job->passkeys.count > LIMIT_PASSKEYS) return ERR_TOO_LARGE;
    if (job->kind == STORE_LEDGER && job->ledger.count > LIMIT_LEDGER_ROWS) return ERR_TOO_LARGE;
    if (job->kind == STORE_ROOMS && job->rooms.count > LIMIT_KEPT_ROOMS) return ERR_TOO_LARGE;
    if (q->outstanding == LIMIT_STORE_QUEUE) return ERR_BUSY;
    enum err e = views_keep(&item.block, views, job_views(&item.job, views));
    if (e) return e;
    if (!ring_push(&q->jobs, &item)) {
        free(item.block);
        return ERR_BUSY;
    }
    q->outstanding++;
    pthread_mutex_lock(&q->lock); /* the store thread holds it only to look into the ring, never during SQL */
    pthread_cond_signal(&q->more);
    pthread_mutex_unlock(&q->lock);
    return OK;
}

bool store_queue_pull(struct store_queue *q, struct store_result *out)
{
    if (without(WITHOUT_STORE_ANSWERS) || !ring_pull(&q->results, out)) return false;
    q->outstanding--;
    return true;
}
