/* What must survive a restart: the member log, profiles, passkeys, slips, a few settings, and for some weeks what
 * tracing needs of rooms, of the rooms that live what they need to come back, how much of the day's budget of
 * profiles was used, and what founder and admins should know of. No address and no audio is ever stored (docs/privacy.md has the inventory).
 *
 * A table with one row per back end; both rows pass the same tests. Rows are synchronous and are
 * called from one thread at a time; store/queue.h puts a row on its own thread for the server.
 * A call that returned OK is durable: it survives kill -9 and power loss. After an error nothing has changed. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/alert.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/ledger.h"

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
    struct view name, handle, bio, picture, pronouns;
};

struct store_passkey {
    struct view credential, data;
};

/* What a member left here beside the profile: whom it follows or blocks, its events, its reports. Of what is in
 * `data` the rules know. It goes with its account, and with the one it is about. */
enum store_slip_kind { STORE_FOLLOW = 1, STORE_BLOCK, STORE_EVENT, STORE_REPORT };
struct store_slip {
    enum store_slip_kind kind;
    struct id account, id; /* whose it is, and which of these */
    struct id about;       /* another account; zeros: none */
    uint64_t time_ms;
    struct view data;
};

struct store_room { /* one that lives; of what is in `data` the rules know */
    struct id room;
    struct view data; /* empty: it has ended */
};

struct store_lookups { /* how many profiles an account has used of a day's budget */
    struct id account;
    uint64_t day; /* since 1970, UTC */
    uint32_t used;
};

/* Return anything but OK to stop; the caller gets that error. Views live until the call returns. */
struct store_reader {
    enum err (*entry)(void *user, const struct store_entry *e);
    enum err (*profile)(void *user, const struct store_profile *p);
    enum err (*passkey)(void *user, struct id account, const struct store_passkey *k);
    enum err (*slip)(void *user, const struct store_slip *n);
    enum err (*ledger)(void *user, const struct ledger_row *row); /* a room's own row before its others */
    enum err (*room)(void *user, const struct store_room *room);
    enum err (*lookups)(void *user, const struct store_lookups *l);
    enum err (*alert)(void *user, const struct alert *a); /* the oldest first */
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
    /* Replaces all of the account's: a set, replayed in any order. A credential is one account's: ERR_REPLAY. */
    MUST_CHECK enum err (*set_passkeys)(struct store *s, struct id account, const struct store_passkey *list,
                                        size_t count);
    /* There is one per kind, account and id: this replaces it. */
    MUST_CHECK enum err (*set_slip)(struct store *s, const struct store_slip *n);
    MUST_CHECK enum err (*drop_slip)(struct store *s, const struct store_slip *n); /* ERR_NOT_FOUND if absent */
    /* All of them or none; a row with the room, kind, account and beginning of an older one replaces it. */
    MUST_CHECK enum err (*put_ledger)(struct store *s, const struct ledger_row *rows, size_t count);
    MUST_CHECK enum err (*erase_ledger)(struct store *s, uint64_t before_ms); /* of rooms that ended before */
    MUST_CHECK enum err (*put_rooms)(struct store *s, const struct store_room *rooms, size_t count); /* all or none */
    /* Replaces the account's, and forgets those of days before; with `used` 0 it does only that. */
    MUST_CHECK enum err (*set_lookups)(struct store *s, const struct store_lookups *l);
    /* Replaces all of them. */
    MUST_CHECK enum err (*set_alerts)(struct store *s, const struct alert *list, size_t count);
    /* Settings: "setup_key" (32 bytes, public), "club_name". ERR_NOT_FOUND if absent. */
    MUST_CHECK enum err (*get)(struct store *s, const char *key, uint8_t *out, size_t cap, size_t *len);
    MUST_CHECK enum err (*put)(struct store *s, const char *key, struct view value);
    MUST_CHECK enum err (*remove)(struct store *s, const char *key);
};

extern const struct store_row store_mem;
extern const struct store_row store_sqlite;

#endif
