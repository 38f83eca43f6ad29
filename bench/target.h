/* Where a crowd goes: whoever gives its clients their terms. Rows: target_host (the media plane alone),
 * target_janus (Janus' videoroom), target_club (a whole server, by its WebSocket),
 * target_room (a room of a server that runs already). */
#ifndef BENCH_TARGET_H
#define BENCH_TARGET_H

#include <sys/types.h>

#include "client.h"
#include "process.h"

struct seat { /* who comes */
    uint32_t number, room;
    bool speaker;
};

struct target;

struct target_row {
    const char *name;
    /* `where` is the row's own: a path, an address. NULL and a message on standard error if that is
     * impossible. */
    struct target *(*open)(const char *where, const struct process_place *place, uint32_t seats);
    void (*close)(struct target *t);
    pid_t (*pid)(const struct target *t); /* of the server */
    /* The client's side of the terms is filled in; this fills in the server's side. Waits for the answer. */
    enum err (*add)(struct target *t, const struct seat *s, const struct hash *fingerprint,
                    struct terms *terms);
    /* Speakers that are up may be heard from now on. */
    enum err (*speak)(struct target *t, const struct seat *s);
    /* NULL, or: its two variants run in step from this timestamp on, or no longer do. */
    enum err (*twin)(struct target *t, const struct seat *s, bool live, uint32_t timestamp);
    /* A JSON object about the server's own counters, or "null". */
    void (*stats)(struct target *t, char *out, size_t cap);
    void (*breathe)(struct target *t); /* NULL, or what must be done again and again besides */
};

extern const struct target_row target_host, target_janus, target_club, target_room;

/* For the rows. */
bool hex_read(const char *s, uint8_t *out, size_t n); /* exactly n bytes, with or without colons */
void hex_write(char *out, const uint8_t *bytes, size_t n);

#endif
