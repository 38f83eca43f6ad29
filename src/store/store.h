/* What must survive a restart: the member log, profiles, passkeys and a few settings. No room, no
 * presence, no address, no audio is ever stored (docs/privacy.md has the inventory).
 *
 * A table with one row per back end; both rows pass the same tests. Rows are synchronous and are
 * called from one thread at a time; store/queue.h puts a row on its own thread for the server.
 * A call that returned OK is durable: it survives kill -9 and power loss. After an error nothing has changed. */
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

/* What an append changes with it, in the same transaction: the display name that a newcomer brings, or nothing
 * at all left of what is stored about somebody who goes. */
struct store_also {
    struct id account;
    struct view name; /* empty: none */
    bool erase;
};

struct store_profile { /* all but the name may be empty: not there */
    struct id account;
    struct view name, handle, bio, picture;
};

struct store_passkey {
    struct view credential, data;
};

/* Return anything but OK to stop; the caller gets that error. Views live until the call returns. */
struct store_reader {
    enum err (*entry)(void *user, const struct store_entry *e);
    enum err (*profile)(void *user, const struct store_profile *p);
    enum err (*passkey)(void *user, struct id account, const struct store_passkey *k);
    void *user;
};

struct store_row {
    const char *name;
    /* `place` is the data folder (sqlite) or ignored (mem). Refuses a newer schema. */
    MUST_CHECK enum err (*open)(struct store **out, const char *place);
    void (*close)(struct store *s);
    MUST_CHECK enum err (*replay)(struct store *s, const struct store_reader *to); /* in this order */
    /* Appends entry n; `also` may be NULL. ERR_STATE if n is not the next position. */
    MUST_CHECK enum err (*append)(struct store *s, const struct store_entry *e, const struct store_also *also);
    /* Replaces what was there. A handle is one account's: ERR_HANDLE_TAKEN. */
    MUST_CHECK enum err (*set_profile)(struct store *s, const struct store_profile *p);
    /* Replaces all of the account's. A credential is one account's: ERR_REPLAY. */
    MUST_CHECK enum err (*set_passkeys)(struct store *s, struct id account, const struct store_passkey *list,
                                        size_t count);
    /* Settings: "setup_key" (32 bytes, public), "club_name". ERR_NOT_FOUND if absent. */
    MUST_CHECK enum err (*get)(struct store *s, const char *key, uint8_t *out, size_t cap, size_t *len);
    MUST_CHECK enum err (*put)(struct store *s, const char *key, struct view value);
    MUST_CHECK enum err (*remove)(struct store *s, const char *key);
};

extern const struct store_row store_mem;
extern const struct store_row store_sqlite;

#endif
