/* The same work on all cores: `work(arg, i)` for every i below n, in any order, on several threads; returns
 * when all are done. Without threads to be had it does everything itself. */
#ifndef TRACE_PARALLEL_H
#define TRACE_PARALLEL_H

#include <stddef.h>

void parallel(size_t n, void (*work)(void *arg, size_t i), void *arg);

#endif
