/* How the server itself is: how long the store takes, what is left of the disk, connections with a wrong certificate.
 * Founder and admins see it, and are told of what is not as it should be (rooms/alerts.c). Thread: control. */
#ifndef SERVER_WATCH_H
#define SERVER_WATCH_H

#include "media/media.h"
#include "rooms/rooms.h"
#include "server/effects.h"

struct watch {
    uint16_t media_port;
    unsigned media_threads;
    int folder;                           /* somewhere in the data folder; -1: nowhere */
    uint64_t asked_ms[LIMIT_STORE_QUEUE]; /* when each change that waits for the disk was handed over: a ring */
    uint32_t asked, answered;
    uint64_t since_ms, written_ms, store_failed, store_slowest_ms, wrong_fingerprints, due_ms, disk_due_ms;
};

void watch_init(struct watch *w, int folder, uint64_t now_ms);
void watch_asked(struct watch *w, uint64_t now_ms); /* the store has one more change to write */
void watch_answered(struct watch *w, struct rooms *r, enum err result, uint64_t now_ms); /* the oldest of them */
void watch_tick(struct watch *w, struct media *m, struct rooms *r, uint64_t now_ms);
struct health watch_health(const struct watch *w, uint64_t now_ms);

#endif
