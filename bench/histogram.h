/* How often which latency was seen, in buckets of at most 1/32 relative width from 1 ns to 2^40 ns.
 * Thread: the owner's; fixed size, no allocation. */
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_SUB = 32, HISTOGRAM_BUCKETS = 36 * HISTOGRAM_SUB + HISTOGRAM_SUB };

struct histogram {
    uint64_t counts[HISTOGRAM_BUCKETS];
    uint64_t total, highest;
};

void histogram_add(struct histogram *h, uint64_t value);
/* The smallest bucket's upper end that at least this share (0 to 1) of the values does not exceed; 0 if
 * empty. */
uint64_t histogram_quantile(const struct histogram *h, double share);

#endif
