/* Is what one SSRC brings complete? Packets are given by their 48-bit SRTP index (the replay window has
 * already thrown out doubles), so what is missing between the first and the highest is lost. Thread: the
 * owner's. */
#ifndef BENCH_STREAM_H
#define BENCH_STREAM_H

#include <stdbool.h>
#include <stdint.h>

struct stream {
    bool started;
    uint32_t ssrc;
    uint64_t first, highest, received;
    uint64_t reordered; /* came after one with a higher index */
};

void stream_on_packet(struct stream *s, uint64_t index);
uint64_t stream_missing(const struct stream *s);

#endif
