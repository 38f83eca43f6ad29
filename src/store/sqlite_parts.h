/* Private to sqlite*.c: the statements, and what runs them. */
#ifndef STORE_SQLITE_PARTS_H
#define STORE_SQLITE_PARTS_H

#include <sqlite3.h>

#include "store/store.h"

enum statement {
    BEGIN,
    COMMIT,
    ROLLBACK,
    LAST,
    ENTRIES,
    PROFILES,
    PASSKEYS,
    SLIPS,
    APPEND,
    SET_NAME,
    SET_PROFILE,
    DROP_PROFILE,
    ADD_PASSKEY,
    DROP_PASSKEYS,
    LEDGER,
    PUT_LEDGER,
    ERASE_LEDGER,
    ROOMS,
    PUT_ROOM,
    DROP_ROOM,
    LOOKUPS,
    SET_LOOKUPS,
    DROP_LOOKUPS,
    PAST_LOOKUPS,
    ALERTS,
    ADD_ALERT,
    DROP_ALERTS,
    DROP_ALERTS_ON,
    SET_SLIP,
    DROP_SLIP,
    DROP_SLIPS,
    CHECKPOINT,
    GET,
    PUT,
    REMOVE,
    STATEMENTS
};

struct store {
    sqlite3 *db;
    int folder; /* holds the lock */
    sqlite3_stmt *statements[STATEMENTS];
    uint64_t next; /* position of the next entry */
};

/* ---- sqlite.c ---- */
enum err sql_failed(struct store *s, const char *doing); /* the error, logged with what SQLite says */
/* After something in a transaction failed: what it was, and everything as before. */
enum err sql_undo(struct store *s, const char *doing);
/* Views may be empty: a zero-length value, not NULL. */
void sql_blob(sqlite3_stmt *q, int at, struct view v);
struct view sql_column(sqlite3_stmt *q, int at);
bool sql_id(sqlite3_stmt *q, int at, struct id *out);
bool sql_run(struct store *s, enum statement which); /* one that answers nothing */
bool sql_run_on(struct store *s, enum statement which, const struct id *account); /* its first parameter */
void sql_forget_pages(struct store *s); /* what was erased is in no byte of the files */

/* ---- sqlite_kept.c ---- */
enum err sql_ledger_row(sqlite3_stmt *q, const struct store_reader *to);
enum err sql_room_row(sqlite3_stmt *q, const struct store_reader *to);
enum err sql_lookups_row(sqlite3_stmt *q, const struct store_reader *to);
enum err sql_alert_row(sqlite3_stmt *q, const struct store_reader *to);
enum err sqlite_put_ledger(struct store *s, const struct ledger_row *rows, size_t count);
enum err sqlite_erase_ledger(struct store *s, uint64_t before_ms);
enum err sqlite_put_rooms(struct store *s, const struct store_room *rooms, size_t count);
enum err sqlite_set_lookups(struct store *s, const struct store_lookups *l);
enum err sqlite_set_alerts(struct store *s, const struct alert *list, size_t count);

#endif
