/* Private to cli/: the members as the server lists them, and whom somebody meant. */
#ifndef CLI_PEOPLE_H
#define CLI_PEOPLE_H

#include "cli/session.h"

MUST_CHECK int people_load(struct session *s, json_t **members); /* an array; the caller decrefs */

struct whom {
    struct id account;
    char id[32], name[LIMIT_NAME_BYTES + 1];
};
/* By account id, @handle, or a handle or name that means one member only. */
MUST_CHECK int people_find(struct session *s, const char *text, struct whom *out);

#endif
