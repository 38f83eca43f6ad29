/* What the rules ask of the store, as a job for its queue. Pure; the job's views are the effect's. */
#ifndef SERVER_JOBS_H
#define SERVER_JOBS_H

#include "rooms/rooms.h"
#include "store/queue.h"

struct store_job job_of(const struct effect *e); /* an EFFECT_STORE of any kind */

#endif
