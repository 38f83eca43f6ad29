/* The row that keeps everything in one SQLite file of the data folder. What lives shorter than the accounts is in
 * sqlite_kept.c. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "store/check.h"
#include "store/sqlite_open.h"
#include "store/sqlite_parts.h"

static const char *const texts[STATEMENTS] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [LAST] = "SELECT coalesce(max(n) + 1, 0) FROM log",
    [ENTRIES] = "SELECT n, record, head FROM log ORDER BY n",
    [PROFILES] = "SELECT account, name, handle, bio, picture, pronouns FROM profile",
    [PASSKEYS] = "SELECT account, credential, data FROM passkey",
    [SLIPS] = "SELECT account, kind, id, about, time, data FROM slip ORDER BY time",
    [APPEND] = "INSERT INTO log (n, record, head) VALUES (?1, ?2, ?3)",
    [SET_NAME] = "INSERT INTO profile (account, name) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET name = ?2",
    [SET_PROFILE] = ("INSERT INTO profile (account, name, handle, bio, picture, pronouns)"
                     "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (account) DO UPDATE SET "
                     "name = ?2, handle = ?3, bio = ?4, picture = ?5, pronouns = ?6"),
    [DROP_PROFILE] = "DELETE FROM profile WHERE account = ?1",
    [ADD_PASSKEY] = "INSERT INTO passkey (account, credential, data) VALUES (?1, ?2, ?3)",
    [DROP_PASSKEYS] = "DELETE FROM passkey WHERE account = ?1",
    [SET_SLIP] =
        "INSERT OR REPLACE INTO slip (account, kind, id, about, time, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [DROP_SLIP] = "DELETE FROM slip WHERE account = ?1 AND kind = ?2 AND id = ?3",
    [DROP_SLIPS] = "DELETE FROM slip WHERE account = ?1 OR about = ?1",
    [LEDGER] = "SELECT account, room, kind, since, until, hop, data FROM ledger ORDER BY room, kind",
    [PUT_LEDGER] = ("INSERT INTO ledger (account, room, kind, since, until, hop, data)"
                    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
                    "ON CONFLICT DO UPDATE SET until = ?5, hop = ?6, data = ?7"),
    [ERASE_LEDGER] = ("DELETE FROM ledger WHERE room IN"
                      "(SELECT room FROM ledger WHERE kind = 1 AND until > 0 AND until < ?1)"),
    [ROOMS] = "SELECT id, data FROM room",
    [PUT_ROOM] = "INSERT OR REPLACE INTO room (id, data) VALUES (?1, ?2)",
    [DROP_ROOM] = "DELETE FROM room WHERE id = ?1",
    [LOOKUPS] = "SELECT account, day, used FROM lookup",
    [SET_LOOKUPS] = "INSERT OR REPLACE INTO lookup (account, day, used) VALUES (?1, ?2, ?3)",
    [DROP_LOOKUPS] = "DELETE FROM lookup WHERE account = ?1",
    [PAST_LOOKUPS] = "DELETE FROM lookup WHERE day < ?1",
    [ALERTS] = "SELECT account, n, kind, time, count FROM alert ORDER BY n",
    [ADD_ALERT] = "INSERT INTO alert (account, n, kind, time, count) VALUES (?1, ?2, ?3, ?4, ?5)",
    [DROP_ALERTS] = "DELETE FROM alert",
    [DROP_ALERTS_ON] = "DELETE FROM alert WHERE account = ?1",
    [CHECKPOINT] = "PRAGMA wal_checkpoint(TRUNCATE)",
    [GET] = "SELECT value FROM setting WHERE key = ?1",
    [PUT] = "INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
    [REMOVE] = "DELETE FROM setting WHERE key = ?1",
};

enum err sql_failed(struct store *s, const char *doing)
{
    LOG_ERROR("store", "%s failed: %s (%d)", doing, sqlite3_errstr(sqlite3_errcode(s->db)),
              sqlite3_extended_errcode(s->db));
    return ERR_STORE;
}

/* Views may be empty: a zero-length value, not NULL. */
void sql_blob(sqlite3_stmt *q, int at, struct view v)
{
    sqlite3_bind_blob(q, at, v.len ? (const void *)v.ptr : "", (int)v.len, SQLITE_STATIC);
}

static void bind_text(sqlite3_stmt *q, int at, struct view v)
{
    sqlite3_bind_text(q, at, v.len ? (const char *)v.ptr : "", (int)v.len, SQLITE_STATIC);
}

/* What is absent stays NULL, as every value that is not bound: a handle is unique, but many have none. */
static void bind_some_text(sqlite3_stmt *q, int at, struct view v)
{
    if (v.len) bind_text(q, at, v);
}

struct view sql_column(sqlite3_stmt *q, int at)
{
    const void *p = sqlite3_column_blob(q, at);
    return (struct view){p, (size_t)sqlite3_column_bytes(q, at)};
}

/* Runs a statement that answers nothing. A binding that failed left a NULL, and NOT NULL refuses it. */
bool sql_run(struct store *s, enum statement which)
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
            return sql_failed(s, "reading the schema");
    sqlite3_stmt *q = s->statements[LAST];
    if (sqlite3_step(q) != SQLITE_ROW) return sql_failed(s, "reading the member log");
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

static enum err replay_entries(struct store *s, const struct store_reader *to)
{
    sqlite3_stmt *q = s->statements[ENTRIES];
    enum err e = OK;
    int got = SQLITE_DONE;
    for (uint64_t n = 0; !e && (got = sqlite3_step(q)) == SQLITE_ROW; n++) {
        struct store_entry entry = {.n = (uint64_t)sqlite3_column_int64(q, 0), .record = sql_column(q, 1)};
        struct view head = sql_column(q, 2);
        if (entry.n != n || head.len != HASH_BYTES) {
            LOG_ERROR("store", "the member log has a hole at position %llu: restore a backup",
                      (unsigned long long)n);
            e = ERR_STORE;
            break;
        }
        memcpy(entry.head.bytes, head.ptr, HASH_BYTES);
        e = to->entry(to->user, &entry);
    }
    if (!e && got != SQLITE_DONE) e = sql_failed(s, "reading the member log");
    sqlite3_reset(q);
    return e;
}

bool sql_id(sqlite3_stmt *q, int at, struct id *out)
{
    struct view id = sql_column(q, at);
    if (id.len != ID_BYTES) return false; /* the schema forbids it */
    memcpy(out->bytes, id.ptr, ID_BYTES);
    return true;
}

static enum err profile_row(sqlite3_stmt *q, const struct store_reader *to)
{
    struct store_profile p = {
        .name = sql_column(q, 1), .handle = sql_column(q, 2), .bio = sql_column(q, 3), .picture = sql_column(q, 4),
        .pronouns = sql_column(q, 5)};
    return sql_id(q, 0, &p.account) ? to->profile(to->user, &p) : ERR_STORE;
}

static enum err passkey_row(sqlite3_stmt *q, const struct store_reader *to)
{
    struct id account;
    struct store_passkey k = {.credential = sql_column(q, 1), .data = sql_column(q, 2)};
    return sql_id(q, 0, &account) ? to->passkey(to->user, account, &k) : ERR_STORE;
}

static enum err slip_row(sqlite3_stmt *q, const struct store_reader *to)
{
    struct store_slip n = {.kind = (enum store_slip_kind)sqlite3_column_int(q, 1),
                           .time_ms = (uint64_t)sqlite3_column_int64(q, 4),
                           .data = sql_column(q, 5)};
    bool whole = sql_id(q, 0, &n.account) && sql_id(q, 2, &n.id) && sql_id(q, 3, &n.about);
    return whole ? to->slip(to->user, &n) : ERR_STORE;
}

static enum err replay_rows(struct store *s, enum statement which, const struct store_reader *to,
                            enum err (*row)(sqlite3_stmt *q, const struct store_reader *to))
{
    sqlite3_stmt *q = s->statements[which];
    enum err e = OK;
    int got = SQLITE_DONE;
    while (!e && (got = sqlite3_step(q)) == SQLITE_ROW) e = row(q, to);
    if (!e && got != SQLITE_DONE) e = sql_failed(s, "reading what is stored");
    sqlite3_reset(q);
    return e;
}

static enum err sqlite_replay(struct store *s, const struct store_reader *to)
{
    enum err e = replay_entries(s, to);
    if (!e) e = replay_rows(s, PROFILES, to, profile_row);
    if (!e) e = replay_rows(s, PASSKEYS, to, passkey_row);
    if (!e) e = replay_rows(s, SLIPS, to, slip_row);
    if (!e) e = replay_rows(s, LEDGER, to, sql_ledger_row);
    if (!e) e = replay_rows(s, ROOMS, to, sql_room_row);
    if (!e) e = replay_rows(s, LOOKUPS, to, sql_lookups_row);
    return e ? e : replay_rows(s, ALERTS, to, sql_alert_row);
}

/* After something in a transaction failed: what it was, and everything as before. */
enum err sql_undo(struct store *s, const char *doing)
{
    enum err why = sql_failed(s, doing);
    if (!sqlite3_get_autocommit(s->db) && !sql_run(s, ROLLBACK)) LOG_ERROR("store", "and it could not be undone");
    return why;
}

static bool is_conflict(const struct store *s)
{
    int code = sqlite3_extended_errcode(s->db);
    return code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY;
}

bool sql_run_on(struct store *s, enum statement which, const struct id *account)
{
    sql_blob(s->statements[which], 1, VIEW(account->bytes));
    return sql_run(s, which);
}

static bool run_also(struct store *s, const struct store_also *also)
{
    if (!also) return true;
    if (also->erase)
        return sql_run_on(s, DROP_PROFILE, &also->account) && sql_run_on(s, DROP_PASSKEYS, &also->account) &&
               sql_run_on(s, DROP_SLIPS, &also->account) && sql_run_on(s, DROP_LOOKUPS, &also->account) &&
               sql_run_on(s, DROP_ALERTS_ON, &also->account);
    if (!also->name.len) return true;
    bind_text(s->statements[SET_NAME], 2, also->name);
    return sql_run_on(s, SET_NAME, &also->account);
}

/* What was erased is zeroed in the database (secure_delete), but older pages still lie in the -wal file until
 * it is written back. A reader that holds it open (a backup) delays that: the next one does it then. */
void sql_forget_pages(struct store *s)
{
    sqlite3_stmt *q = s->statements[CHECKPOINT];
    if (sqlite3_step(q) != SQLITE_ROW || sqlite3_column_int(q, 0))
        LOG_WARN("store", "what was erased may stay in aparte.db-wal for a while: the file is in use");
    sqlite3_reset(q);
}

static bool run_append(struct store *s, const struct store_entry *e)
{
    sqlite3_stmt *q = s->statements[APPEND];
    sqlite3_bind_int64(q, 1, (sqlite3_int64)e->n);
    sql_blob(q, 2, e->record);
    sql_blob(q, 3, VIEW(e->head.bytes));
    return sql_run(s, APPEND);
}

static enum err sqlite_append(struct store *s, const struct store_entry *e, const struct store_also *also)
{
    if (e->n != s->next) return ERR_STATE;
    enum err bad = store_check_entry(e, also);
    if (bad) return bad;
    if (!sql_run(s, BEGIN) || !run_append(s, e) || !run_also(s, also) || !sql_run(s, COMMIT))
        return sql_undo(s, "saving a record");
    s->next++;
    if (also && also->erase) sql_forget_pages(s);
    return OK;
}

static enum err sqlite_set_profile(struct store *s, const struct store_profile *p)
{
    enum err bad = store_check_profile(p);
    if (bad) return bad;
    sqlite3_stmt *q = s->statements[SET_PROFILE];
    bind_text(q, 2, p->name);
    bind_some_text(q, 3, p->handle);
    bind_some_text(q, 4, p->bio);
    if (p->picture.len) sql_blob(q, 5, p->picture);
    bind_some_text(q, 6, p->pronouns);
    if (sql_run_on(s, SET_PROFILE, &p->account)) return OK;
    return is_conflict(s) ? ERR_HANDLE_TAKEN : sql_failed(s, "saving a profile");
}

static bool run_add_passkey(struct store *s, const struct id *account, const struct store_passkey *k)
{
    sqlite3_stmt *q = s->statements[ADD_PASSKEY];
    sql_blob(q, 2, k->credential);
    sql_blob(q, 3, k->data);
    return sql_run_on(s, ADD_PASSKEY, account);
}

static enum err sqlite_set_passkeys(struct store *s, struct id account, const struct store_passkey *list,
                                    size_t count)
{
    enum err bad = store_check_passkeys(list, count);
    if (bad) return bad;
    bool ok = sql_run(s, BEGIN) && sql_run_on(s, DROP_PASSKEYS, &account);
    for (size_t i = 0; ok && i < count; i++) ok = run_add_passkey(s, &account, &list[i]);
    bool taken = !ok && is_conflict(s);
    if (ok && sql_run(s, COMMIT)) return OK;
    enum err e = sql_undo(s, "saving passkeys");
    return taken ? ERR_REPLAY : e;
}

/* The key of a slip; the account is bound by run_on. */
static sqlite3_stmt *bind_slip(struct store *s, enum statement which, const struct store_slip *n)
{
    sqlite3_stmt *q = s->statements[which];
    sqlite3_bind_int(q, 2, (int)n->kind);
    sql_blob(q, 3, VIEW(n->id.bytes));
    return q;
}

static enum err sqlite_set_slip(struct store *s, const struct store_slip *n)
{
    enum err bad = store_check_slip(n);
    if (bad) return bad;
    sqlite3_stmt *q = bind_slip(s, SET_SLIP, n);
    sql_blob(q, 4, VIEW(n->about.bytes));
    sqlite3_bind_int64(q, 5, (sqlite3_int64)n->time_ms);
    sql_blob(q, 6, n->data);
    return sql_run_on(s, SET_SLIP, &n->account) ? OK : sql_failed(s, "saving a slip");
}

static enum err sqlite_drop_slip(struct store *s, const struct store_slip *n)
{
    (void)bind_slip(s, DROP_SLIP, n);
    if (!sql_run_on(s, DROP_SLIP, &n->account)) return sql_failed(s, "removing a slip");
    if (!sqlite3_changes(s->db)) return ERR_NOT_FOUND;
    sql_forget_pages(s);
    return OK;
}

static enum err sqlite_get(struct store *s, const char *key, uint8_t *out, size_t cap, size_t *len)
{
    *len = 0;
    sqlite3_stmt *q = s->statements[GET];
    bind_text(q, 1, view_str(key));
    enum err e = OK;
    int got = sqlite3_step(q);
    if (got == SQLITE_ROW) {
        struct view value = sql_column(q, 0);
        if (value.len > cap) {
            e = ERR_TOO_LARGE;
        } else {
            if (value.len) memcpy(out, value.ptr, value.len);
            *len = value.len;
        }
    } else {
        e = got == SQLITE_DONE ? ERR_NOT_FOUND : sql_failed(s, "reading a setting");
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
    sql_blob(s->statements[PUT], 2, value);
    return sql_run(s, PUT) ? OK : sql_failed(s, "saving a setting");
}

static enum err sqlite_remove(struct store *s, const char *key)
{
    bind_text(s->statements[REMOVE], 1, view_str(key));
    if (!sql_run(s, REMOVE)) return sql_failed(s, "removing a setting");
    return sqlite3_changes(s->db) ? OK : ERR_NOT_FOUND;
}

const struct store_row store_sqlite = {
    .name = "sqlite",
    .open = sqlite_open,
    .close = sqlite_close,
    .replay = sqlite_replay,
    .append = sqlite_append,
    .set_profile = sqlite_set_profile,
    .set_passkeys = sqlite_set_passkeys,
    .set_slip = sqlite_set_slip,
    .drop_slip = sqlite_drop_slip,
    .put_ledger = sqlite_put_ledger,
    .erase_ledger = sqlite_erase_ledger,
    .put_rooms = sqlite_put_rooms,
    .set_lookups = sqlite_set_lookups,
    .set_alerts = sqlite_set_alerts,
    .get = sqlite_get,
    .put = sqlite_put,
    .remove = sqlite_remove,
};
