/* One WebSocket message as a command: JSON text in, struct command out. Pure; shape only, the rules judge the
 * rest.
 *
 * Unknown and duplicate members, wrong types, numbers out of range, bytes that are not base64url, texts with
 * NUL, and more JSON values than LIMIT_MESSAGE_NODES are refused. A request owns its memory (the parsed JSON
 * and an arena for decoded bytes), so it can wait in a queue as it is. Thread: control. */
#ifndef SERVER_API_H
#define SERVER_API_H

#include "rooms/rooms.h"

struct request {
    struct command command; /* sock is left 0 */
    uint32_t id;            /* 0: the message had no usable id */
    struct request *next;   /* for the owner's queue */
    struct json_t *root;
    struct arena_block *blocks;
};

/* Always gives a request, whose id says where an error belongs; NULL only without memory. Free it in every
 * case. */
MUST_CHECK enum err api_decode(struct request **out, struct view text);
void api_free(struct request *r);

#endif
