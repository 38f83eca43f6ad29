/* The far side of the simulated network: what a test (or the fuzzer) puts in, and takes out.
 * Two queues of fixed size; what does not fit is lost, as on a network. Owner: the test. */
#ifndef MEDIA_UDP_SIM_H
#define MEDIA_UDP_SIM_H

#include "media/udp.h"

bool udp_sim_inject(struct udp *u, const struct endpoint *from, struct view data); /* false: lost */
/* The oldest datagram sent, false if there is none. It lives until the next call or flush. */
bool udp_sim_drain(struct udp *u, struct endpoint *to, struct view *data);

#endif
