/* Another process: starting it with its pipes on a chosen core, and what it has used. Linux's /proc. */
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/err.h"

struct process {
    pid_t pid;
    FILE *in, *out; /* its standard input and output; NULL if it was not started by us */
};

struct process_place {
    int cpu;           /* -1: any */
    const char *netns; /* path of a network namespace; NULL: ours */
};

/* argv[0] is a path. */
MUST_CHECK enum err process_start(struct process *p, char *const argv[], const struct process_place *place);
/* Closes its input and waits; what waitpid says of it. */
int process_stop(struct process *p);
int process_kill(struct process *p); /* SIGTERM first, for one that does not look at its input */
bool process_ended(pid_t pid);       /* a child, by itself */
/* CPU time of all its threads in ns, by the scheduler's own count; 0 if it is gone. */
uint64_t process_cpu_ns(pid_t pid);
uint64_t process_memory_kb(pid_t pid); /* resident */
uint64_t process_share_kb(pid_t pid);  /* the same, its share of what others have too */
unsigned process_files(pid_t pid);     /* open descriptors */
void process_pin(int cpu);             /* the caller; -1: nothing */

#endif
