/* What must survive a restart: the member log, the display names and a few settings. No room, no
 * presence, no address, no audio is ever stored (docs/privacy.md has the inventory).
 *
 * A table with one row per back end; both rows pass the same tests. Rows are synchronous and are
 * called from one thread at a time; store/queue.h puts a row on its own thread for the server.
 * A call that returned OK is durable: it survives kill -9 and power loss. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/bytes.h"
#include "base/id.h"

struct store;

struct store_entry { /* one log entry as it is replayed at start */
    uint64_t n;      /* position, from 0 */
    struct view record;
    struct hash head; /* the head after this entry */
};

struct store_name {
    struct id account;
    struct view name;
};

/* Return anything but OK to stop; the caller gets that error. Views live until the call returns. */
typedef enum err (*store_on_entry)(void *user, const struct store_entry *e);
typedef enum err (*store_on_name)(void *user, const struct store_name *n);

struct store_row {
    const char *name;
    /* `place` is the data folder (sqlite) or ignored (mem). Refuses a newer schema. */
    MUST_CHECK enum err (*open)(struct store **out, const char *place);
    void (*close)(struct store *s);
    MUST_CHECK enum err (*replay)(struct store *s, store_on_entry on_entry, store_on_name on_name, void *user);
    /* Appends entry n, in one transaction with the display name it brings (empty view: none).
     * ERR_STATE if n is not the next position: nothing is written then. */
    MUST_CHECK enum err (*append)(struct store *s, const struct store_entry *e, const struct store_name *name);
    MUST_CHECK enum err (*set_name)(struct store *s, const struct store_name *name);
    /* Settings: "setup_key" (32 bytes, public), "club_name". ERR_NOT_FOUND if absent. */
    MUST_CHECK enum err (*get)(struct store *s, const char *key, uint8_t *out, size_t cap, size_t *len);
    MUST_CHECK enum err (*put)(struct store *s, const char *key, struct view value);
    MUST_CHECK enum err (*remove)(struct store *s, const char *key);
};

extern const struct store_row store_mem;
extern const struct store_row store_sqlite;

#endif
