/* What is kept for a while: the ledger, rooms that live, the day's look-ups, alerts. */
#include <stdbool.h>

#include "store/check.h"
#include "store/sqlite_parts.h"

/* ---- the ledger ---- */

enum err sql_ledger_row(sqlite3_stmt *q, const struct store_reader *to)
{
    struct ledger_row row = {.kind = (enum ledger_kind)sqlite3_column_int(q, 2),
                             .since_ms = (uint64_t)sqlite3_column_int64(q, 3),
                             .until_ms = (uint64_t)sqlite3_column_int64(q, 4),
                             .hop = (uint32_t)sqlite3_column_int64(q, 5),
                             .data = sql_column(q, 6)};
    bool whole = sql_id(q, 0, &row.account) && sql_id(q, 1, &row.room);
    return whole ? to->ledger(to->user, &row) : ERR_STORE;
}

static bool run_put_ledger(struct store *s, const struct ledger_row *row)
{
    sqlite3_stmt *q = s->statements[PUT_LEDGER];
    sql_blob(q, 2, VIEW(row->room.bytes));
    sqlite3_bind_int(q, 3, row->kind);
    sqlite3_bind_int64(q, 4, (sqlite3_int64)row->since_ms);
    sqlite3_bind_int64(q, 5, (sqlite3_int64)row->until_ms);
    sqlite3_bind_int64(q, 6, row->hop);
    sql_blob(q, 7, row->data);
    return sql_run_on(s, PUT_LEDGER, &row->account);
}

enum err sqlite_put_ledger(struct store *s, const struct ledger_row *rows, size_t count)
{
    enum err bad = store_check_ledger(rows, count);
    if (bad) return bad;
    bool ok = sql_run(s, BEGIN);
    for (size_t i = 0; ok && i < count; i++) ok = run_put_ledger(s, &rows[i]);
    return ok && sql_run(s, COMMIT) ? OK : sql_undo(s, "saving the ledger");
}

enum err sqlite_erase_ledger(struct store *s, uint64_t before_ms)
{
    uint64_t before = before_ms > INT64_MAX ? INT64_MAX : before_ms;
    sqlite3_bind_int64(s->statements[ERASE_LEDGER], 1, (sqlite3_int64)before);
    if (!sql_run(s, ERASE_LEDGER)) return sql_failed(s, "erasing from the ledger");
    sql_forget_pages(s);
    return OK;
}

/* ---- rooms that live ---- */

enum err sql_room_row(sqlite3_stmt *q, const struct store_reader *to)
{
    struct store_room room = {.data = sql_column(q, 1)};
    return sql_id(q, 0, &room.room) ? to->room(to->user, &room) : ERR_STORE;
}

static bool run_put_room(struct store *s, const struct store_room *room)
{
    if (!room->data.len) return sql_run_on(s, DROP_ROOM, &room->room);
    sql_blob(s->statements[PUT_ROOM], 2, room->data);
    return sql_run_on(s, PUT_ROOM, &room->room);
}

enum err sqlite_put_rooms(struct store *s, const struct store_room *rooms, size_t count)
{
    enum err bad = store_check_rooms(rooms, count);
    if (bad) return bad;
    bool ended = false, ok = sql_run(s, BEGIN);
    for (size_t i = 0; ok && i < count; i++) {
        ok = run_put_room(s, &rooms[i]);
        ended = ended || !rooms[i].data.len;
    }
    if (!ok || !sql_run(s, COMMIT)) return sql_undo(s, "saving the rooms");
    if (ended) sql_forget_pages(s);
    return OK;
}

/* ---- the day's look-ups ---- */

enum err sql_lookups_row(sqlite3_stmt *q, const struct store_reader *to)
{
    struct store_lookups l = {.day = (uint64_t)sqlite3_column_int64(q, 1),
                              .used = (uint32_t)sqlite3_column_int64(q, 2)};
    return sql_id(q, 0, &l.account) ? to->lookups(to->user, &l) : ERR_STORE;
}

static bool run_set_lookups(struct store *s, const struct store_lookups *l)
{
    sqlite3_stmt *q = s->statements[SET_LOOKUPS];
    if (!l->used) return true;
    sqlite3_bind_int64(q, 2, (sqlite3_int64)l->day);
    sqlite3_bind_int64(q, 3, l->used);
    return sql_run_on(s, SET_LOOKUPS, &l->account);
}

enum err sqlite_set_lookups(struct store *s, const struct store_lookups *l)
{
    enum err bad = store_check_lookups(l);
    if (bad) return bad;
    bool ok = sql_run(s, BEGIN) && run_set_lookups(s, l);
    sqlite3_bind_int64(s->statements[PAST_LOOKUPS], 1, (sqlite3_int64)l->day);
    ok = ok && sql_run(s, PAST_LOOKUPS);
    bool past = ok && sqlite3_changes(s->db);
    if (!ok || !sql_run(s, COMMIT)) return sql_undo(s, "saving how much of a day's budget is used");
    if (past) sql_forget_pages(s);
    return OK;
}

/* ---- alerts ---- */

enum err sql_alert_row(sqlite3_stmt *q, const struct store_reader *to)
{
    struct alert a = {.n = (uint64_t)sqlite3_column_int64(q, 1),
                      .kind = (enum alert_kind)sqlite3_column_int(q, 2),
                      .time_ms = (uint64_t)sqlite3_column_int64(q, 3),
                      .count = (uint32_t)sqlite3_column_int64(q, 4)};
    return sql_id(q, 0, &a.account) ? to->alert(to->user, &a) : ERR_STORE;
}

static bool run_add_alert(struct store *s, const struct alert *a)
{
    sqlite3_stmt *q = s->statements[ADD_ALERT];
    sqlite3_bind_int64(q, 2, (sqlite3_int64)a->n);
    sqlite3_bind_int(q, 3, (int)a->kind);
    sqlite3_bind_int64(q, 4, (sqlite3_int64)a->time_ms);
    sqlite3_bind_int64(q, 5, a->count);
    return sql_run_on(s, ADD_ALERT, &a->account);
}

enum err sqlite_set_alerts(struct store *s, const struct alert *list, size_t count)
{
    enum err bad = store_check_alerts(list, count);
    if (bad) return bad;
    bool ok = sql_run(s, BEGIN) && sql_run(s, DROP_ALERTS);
    for (size_t i = 0; ok && i < count; i++) ok = run_add_alert(s, &list[i]);
    if (!ok || !sql_run(s, COMMIT)) return sql_undo(s, "saving alerts");
    sql_forget_pages(s);
    return OK;
}
