/* The row that keeps everything in one SQLite file of the data folder. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "store/check.h"
#include "store/sqlite_open.h"
#include "store/store.h"

enum statement {
    BEGIN,
    COMMIT,
    ROLLBACK,
    LAST,
    ENTRIES,
    NAMES,
    APPEND,
    SET_NAME,
    GET,
    PUT,
    REMOVE,
    STATEMENTS
};

static const char *const texts[STATEMENTS] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [LAST] = "SELECT coalesce(max(n) + 1, 0) FROM log",
    [ENTRIES] = "SELECT n, record, head FROM log ORDER BY n",
    [NAMES] = "SELECT account, name FROM name",
    [APPEND] = "INSERT INTO log (n, record, head) VALUES (?1, ?2, ?3)",
    [SET_NAME] = "INSERT INTO name (account, name) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET name = ?2",
    [GET] = "SELECT value FROM setting WHERE key = ?1",
    [PUT] = "INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
    [REMOVE] = "DELETE FROM setting WHERE key = ?1",
};

struct store {
    sqlite3 *db;
    int folder; /* holds the lock */
    sqlite3_stmt *statements[STATEMENTS];
    uint64_t next; /* position of the next entry */
};

static enum err failed(struct store *s, const char *doing)
{
    LOG_ERROR("store", "%s failed: %s (%d)", doing, sqlite3_errstr(sqlite3_errcode(s->db)),
              sqlite3_extended_errcode(s->db));
    return ERR_STORE;
}

/* Views may be empty: a zero-length value, not NULL. */
static void bind_blob(sqlite3_stmt *q, int at, struct view v)
{
    sqlite3_bind_blob(q, at, v.len ? (const void *)v.ptr : "", (int)v.len, SQLITE_STATIC);
}

static void bind_text(sqlite3_stmt *q, int at, struct view v)
{
    sqlite3_bind_text(q, at, v.len ? (const char *)v.ptr : "", (int)v.len, SQLITE_STATIC);
}

static struct view column(sqlite3_stmt *q, int at)
{
    const void *p = sqlite3_column_blob(q, at);
    return (struct view){p, (size_t)sqlite3_column_bytes(q, at)};
}

/* Runs a statement that answers nothing. A binding that failed left a NULL, and NOT NULL refuses it. */
static bool run(struct store *s, enum statement which)
{
    sqlite3_stmt *q = s->statements[which];
    bool ok = sqlite3_step(q) == SQLITE_DONE;
    sqlite3_reset(q);
    sqlite3_clear_bindings(q);
    return ok;
}

static void sqlite_close(struct store *s)
{
    if (!s) return;
    for (int i = 0; i < STATEMENTS; i++) sqlite3_finalize(s->statements[i]);
    sqlite3_close(s->db);
    close(s->folder);
    free(s);
}

static enum err prepare(struct store *s)
{
    for (int i = 0; i < STATEMENTS; i++)
        if (sqlite3_prepare_v3(s->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT, &s->statements[i], NULL) !=
            SQLITE_OK)
            return failed(s, "reading the schema");
    sqlite3_stmt *q = s->statements[LAST];
    if (sqlite3_step(q) != SQLITE_ROW) return failed(s, "reading the member log");
    s->next = (uint64_t)sqlite3_column_int64(q, 0);
    sqlite3_reset(q);
    return OK;
}

static enum err sqlite_open(struct store **out, const char *place)
{
    *out = NULL;
    struct store *s = calloc(1, sizeof(*s));
    if (!s) return ERR_SYSTEM;
    enum err e = sqlite_open_database(&s->db, &s->folder, place);
    if (e) {
        free(s);
        return e;
    }
    e = prepare(s);
    if (e)
        sqlite_close(s);
    else
        *out = s;
    return e;
}

static enum err replay_entries(struct store *s, store_on_entry on_entry, void *user)
{
    sqlite3_stmt *q = s->statements[ENTRIES];
    enum err e = OK;
    int got = SQLITE_DONE;
    for (uint64_t n = 0; !e && (got = sqlite3_step(q)) == SQLITE_ROW; n++) {
        struct store_entry entry = {.n = (uint64_t)sqlite3_column_int64(q, 0), .record = column(q, 1)};
        struct view head = column(q, 2);
        if (entry.n != n || head.len != HASH_BYTES) {
            LOG_ERROR("store", "the member log has a hole at position %llu: restore a backup",
                      (unsigned long long)n);
            e = ERR_STORE;
            break;
        }
        memcpy(entry.head.bytes, head.ptr, HASH_BYTES);
        e = on_entry(user, &entry);
    }
    if (!e && got != SQLITE_DONE) e = failed(s, "reading the member log");
    sqlite3_reset(q);
    return e;
}

static enum err replay_names(struct store *s, store_on_name on_name, void *user)
{
    sqlite3_stmt *q = s->statements[NAMES];
    enum err e = OK;
    int got = SQLITE_DONE;
    while (!e && (got = sqlite3_step(q)) == SQLITE_ROW) {
        struct view account = column(q, 0);
        struct store_name name = {.name = column(q, 1)};
        if (account.len != ID_BYTES) continue; /* the schema forbids it */
        memcpy(name.account.bytes, account.ptr, ID_BYTES);
        e = on_name(user, &name);
    }
    if (!e && got != SQLITE_DONE) e = failed(s, "reading the names");
    sqlite3_reset(q);
    return e;
}

static enum err sqlite_replay(struct store *s, store_on_entry on_entry, store_on_name on_name, void *user)
{
    enum err e = replay_entries(s, on_entry, user);
    return e ? e : replay_names(s, on_name, user);
}

static bool run_set_name(struct store *s, const struct store_name *name)
{
    bind_blob(s->statements[SET_NAME], 1, VIEW(name->account.bytes));
    bind_text(s->statements[SET_NAME], 2, name->name);
    return run(s, SET_NAME);
}

static bool run_append(struct store *s, const struct store_entry *e)
{
    sqlite3_stmt *q = s->statements[APPEND];
    sqlite3_bind_int64(q, 1, (sqlite3_int64)e->n);
    bind_blob(q, 2, e->record);
    bind_blob(q, 3, VIEW(e->head.bytes));
    return run(s, APPEND);
}

static enum err sqlite_append(struct store *s, const struct store_entry *e, const struct store_name *name)
{
    if (e->n != s->next) return ERR_STATE;
    enum err bad = store_check_entry(e, name);
    if (bad) return bad;
    bool ok = run(s, BEGIN) && run_append(s, e) && (!name || !name->name.len || run_set_name(s, name)) &&
              run(s, COMMIT);
    if (ok) {
        s->next++;
        return OK;
    }
    enum err why = failed(s, "saving a record");
    if (!sqlite3_get_autocommit(s->db) && !run(s, ROLLBACK)) LOG_ERROR("store", "and it could not be undone");
    return why;
}

static enum err sqlite_set_name(struct store *s, const struct store_name *name)
{
    enum err bad = store_check_name(name);
    if (bad) return bad;
    return run_set_name(s, name) ? OK : failed(s, "saving a name");
}

static enum err sqlite_get(struct store *s, const char *key, uint8_t *out, size_t cap, size_t *len)
{
    *len = 0;
    sqlite3_stmt *q = s->statements[GET];
    bind_text(q, 1, view_str(key));
    enum err e = OK;
    int got = sqlite3_step(q);
    if (got == SQLITE_ROW) {
        struct view value = column(q, 0);
        if (value.len > cap) {
            e = ERR_TOO_LARGE;
        } else {
            if (value.len) memcpy(out, value.ptr, value.len);
            *len = value.len;
        }
    } else {
        e = got == SQLITE_DONE ? ERR_NOT_FOUND : failed(s, "reading a setting");
    }
    sqlite3_reset(q);
    sqlite3_clear_bindings(q);
    return e;
}

static enum err sqlite_put(struct store *s, const char *key, struct view value)
{
    enum err bad = store_check_setting(key, value);
    if (bad) return bad;
    bind_text(s->statements[PUT], 1, view_str(key));
    bind_blob(s->statements[PUT], 2, value);
    return run(s, PUT) ? OK : failed(s, "saving a setting");
}

static enum err sqlite_remove(struct store *s, const char *key)
{
    bind_text(s->statements[REMOVE], 1, view_str(key));
    if (!run(s, REMOVE)) return failed(s, "removing a setting");
    return sqlite3_changes(s->db) ? OK : ERR_NOT_FOUND;
}

const struct store_row store_sqlite = {
    .name = "sqlite",
    .open = sqlite_open,
    .close = sqlite_close,
    .replay = sqlite_replay,
    .append = sqlite_append,
    .set_name = sqlite_set_name,
    .get = sqlite_get,
    .put = sqlite_put,
    .remove = sqlite_remove,
};
