/* sim [first seed] [how many]: runs them on all processors. The seed of a run that breaks is printed and
 * makes the same run again. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/without.h"
#include "checks.h"

enum { MAX_JOBS = 16, MANY = 500 /* seeds, among which every request gets through once */ };

static const char *const names[] = {
#define X(name, wire) #name,
    COMMANDS(X)
#undef X
};

struct job { /* shared with its parent */
    uint64_t seed, seed_first, digest, first_digest;
    struct tally tally;
};

static void work(struct job *j, uint64_t first, uint64_t count, unsigned jobs)
{
    static struct sim sim;
    j->seed_first = first;
    log_set_level(LOG_ERROR_LEVEL); /* a store that fails is part of the play */
    for (uint64_t k = 0; k < count; k += jobs) {
        j->seed = first + k;
        sim_run(&sim, j->seed);
        if (!j->digest) j->first_digest = sim.digest;
        j->digest += sim.digest;
    }
    j->tally = sim.tally;
    exit(0); /* with the leak check of a sanitizer */
}

static void add(struct tally *to, const struct tally *from)
{
    uint64_t *a = (uint64_t *)to;
    const uint64_t *b = (const uint64_t *)from;
    for (size_t i = 0; i < sizeof(*to) / sizeof(*a); i++) a[i] += b[i];
}

/* What no run ever got through with is not played at all. */
static bool all_played(const struct tally *t)
{
    static const enum command_kind apart[] = {
        /* nobody here asks for these */
        COMMAND_LOOK,           COMMAND_RECOVERY_LOOK,    COMMAND_RECOVERY_USE,    COMMAND_CLAIM_OPEN,
        COMMAND_PASSKEY_LOOK,   COMMAND_OPERATOR_MEMBERS, COMMAND_OPERATOR_EXPORT, COMMAND_ROOM_SEALS,
        COMMAND_OPERATOR_TRACE, COMMAND_OPERATOR_STATS,   COMMAND_TRACE_READ};
    bool all = true;
    for (int i = 0; i < COMMAND_COUNT; i++) {
        bool expected = true;
        for (size_t k = 0; k < sizeof(apart) / sizeof(*apart); k++) expected &= (int)apart[k] != i;
        if (!expected || t->done[i]) continue;
        fprintf(stderr, "nobody ever got through with %s\n", names[i]);
        all = false;
    }
    return all;
}

static bool wait_for(const struct job *j, pid_t pid)
{
    int status;
    if (waitpid(pid, &status, 0) == pid && status == 0) return true;
    fprintf(stderr, "seed %llu failed: sim %llu 1 runs it again\n", (unsigned long long)j->seed,
            (unsigned long long)j->seed);
    return false;
}

/* The first seed once more, in a process of its own: other addresses and other hash seeds, the same run. */
static bool replays(struct job *again, const struct job *once)
{
    pid_t pid = fork();
    if (pid == 0) work(again, once->seed_first, 1, 1);
    if (!wait_for(again, pid)) return false;
    if (again->first_digest == once->first_digest) return true;
    fprintf(stderr, "seed %llu does not replay exactly\n", (unsigned long long)once->seed_first);
    return false;
}

int main(int argc, char **argv)
{
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1,
             count = argc > 2 ? strtoull(argv[2], NULL, 10) : 200;
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned jobs = cpus > MAX_JOBS ? MAX_JOBS : (unsigned)cpus;
    if (count < jobs) jobs = (unsigned)count;
    pid_t pids[MAX_JOBS];
    const char *protection = getenv("APARTE_TEST_WITHOUT");
    if (protection && !without_read(protection)) {
        fprintf(stderr, "there is no protection %s\n", protection);
        return 1;
    }
    struct job *j =
        /* cppcheck-suppress invalidFunctionArg ; -1 goes with MAP_ANONYMOUS (mmap(2)) */
        mmap(NULL, (MAX_JOBS + 1) * sizeof(*j), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (j == MAP_FAILED || !count) return 1;
    for (unsigned i = 0; i < jobs; i++) {
        pids[i] = fork();
        if (pids[i] == 0) work(&j[i], first + i, count - i, jobs);
    }
    struct tally t = {0};
    uint64_t digest = 0;
    bool good = true;
    for (unsigned i = 0; i < jobs; i++) {
        good &= wait_for(&j[i], pids[i]);
        add(&t, &j[i].tally);
        digest += j[i].digest;
    }
    good = good && replays(&j[MAX_JOBS], &j[0]);
    printf(
        "%llu seeds: %llu records, %llu key headers (%llu refused), %llu handshakes, %llu packets said, %llu "
        "heard, %llu crashes, %llu pictures compared; digest %016llx\n",
        (unsigned long long)count, (unsigned long long)t.records, (unsigned long long)t.headers,
        (unsigned long long)t.refused, (unsigned long long)t.handshakes, (unsigned long long)t.packets,
        (unsigned long long)t.heard, (unsigned long long)t.crashes, (unsigned long long)t.checks,
        (unsigned long long)digest);
    return good && (count < MANY || all_played(&t)) ? 0 : 1;
}
