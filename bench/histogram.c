#include "histogram.h"

#include <math.h>

static const uint64_t HIGHEST = (1ull << 40) - 1;

/* Values below HISTOGRAM_SUB have a bucket of their own; above, every power of two is cut into
 * HISTOGRAM_SUB equal parts. */
static unsigned bucket_of(uint64_t v)
{
    if (v < HISTOGRAM_SUB) return (unsigned)v;
    unsigned top = 63u - (unsigned)__builtin_clzll(v); /* at least 5 */
    unsigned shift = top - 5;
    return (shift + 1) * HISTOGRAM_SUB + (unsigned)(v >> shift) - HISTOGRAM_SUB;
}

static uint64_t upper_end(unsigned bucket)
{
    if (bucket < HISTOGRAM_SUB) return bucket;
    unsigned shift = bucket / HISTOGRAM_SUB - 1;
    uint64_t part = bucket % HISTOGRAM_SUB + HISTOGRAM_SUB;
    return ((part + 1) << shift) - 1;
}

void histogram_add(struct histogram *h, uint64_t value)
{
    if (value > HIGHEST) value = HIGHEST;
    h->counts[bucket_of(value)]++;
    h->total++;
    if (value > h->highest) h->highest = value;
}

uint64_t histogram_quantile(const struct histogram *h, double share)
{
    uint64_t wanted = (uint64_t)ceil(share * (double)h->total), seen = 0;
    if (wanted == 0) wanted = 1;
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += h->counts[i];
        if (h->counts[i] && seen >= wanted) return upper_end(i) < h->highest ? upper_end(i) : h->highest;
    }
    return 0;
}
