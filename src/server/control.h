/* Between the sockets and the rules: text to commands, effects to text, store jobs and media commands, in
 * their order. Thread: control, but for control_wake, which the store and media threads call. */
#ifndef SERVER_CONTROL_H
#define SERVER_CONTROL_H

#include "media/media.h"
#include "server/local.h"
#include "store/queue.h"

struct control;

struct control_config {
    struct media *media; /* started and stopped by the caller */
    struct view club_name;
    struct club_words words; /* as long as the control thread */
    char media_addresses[LIMIT_MEDIA_ADDRESSES][64]; /* what browsers are told; "": no second one */
    uint16_t media_port; /* the first of them; one for each thread */
    unsigned media_threads;
    int data_folder;     /* a descriptor of something in it: how much of the disk is left. -1: nobody asks */
    uint32_t trace_days;
    uint64_t (*clock_ms)(void); /* civil time */
};

MUST_CHECK enum err control_new(struct control **out, const struct control_config *config);
void control_free(struct control *c);
struct rooms *control_rooms(struct control *c); /* for replay, before the start */
/* From here on effects reach sockets and the store; with NULLs, at the end, nothing does any more. */
void control_attach(struct control *c, struct http *http, struct local *local, struct store_queue *queue);
/* For threads that start before the control does: `place` is a struct control **, which is set by then or
 * NULL. */
void control_wake(void *place);
struct http_hooks control_hooks(struct control *c);

#endif
