/* What RTCP reports say about a stream that we receive: RFC 3550 6.4.1, A.3, A.8. The extended
 * sequence number needs no guessing, it is the SRTP index. Pure; times in ms. */
#ifndef MEDIA_REPORT_H
#define MEDIA_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/rtcp.h"

struct source {
    bool heard; /* since the last report */
    bool known;
    uint64_t first, highest; /* packet indices */
    uint32_t received;
    uint32_t expected_before, received_before; /* at the last report */
    int32_t transit;
    uint32_t jitter_16; /* timestamp units * 16 */
    uint32_t last_sr;   /* middle 32 bits of the sender's NTP; 0: none yet */
    uint64_t last_sr_ms;
};

void source_on_packet(struct source *s, uint64_t index, uint32_t ts, uint64_t now_ms);
void source_on_sr(struct source *s, uint64_t ntp, uint64_t now_ms);
void source_report(struct source *s, uint32_t ssrc, uint64_t now_ms, struct rtcp_report *out);

#endif
