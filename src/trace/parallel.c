#include "trace/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { THREADS_MAX = 64 };

struct job {
    void (*work)(void *arg, size_t i);
    void *arg;
    size_t n;
    atomic_size_t next;
};

static void *run(void *arg)
{
    struct job *job = arg;
    for (size_t i; (i = atomic_fetch_add(&job->next, 1)) < job->n;) job->work(job->arg, i);
    return NULL;
}

void parallel(size_t n, void (*work)(void *arg, size_t i), void *arg)
{
    struct job job = {.work = work, .arg = arg, .n = n};
    pthread_t threads[THREADS_MAX];
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t helpers = 0;
    while (helpers + 1 < (size_t)(cores < 1 ? 1 : cores) && helpers < THREADS_MAX && helpers + 1 < n) {
        if (pthread_create(&threads[helpers], NULL, run, &job)) break;
        helpers++;
    }
    run(&job);
    while (helpers) pthread_join(threads[--helpers], NULL);
}
