#include "store/sqlite_open.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "store/wal.h"

enum {
    APPLICATION_ID = 0x41504152
}; /* "APAR" in the file's header: https://sqlite.org/fileformat.html 1.3.16 */
enum { PATH_BYTES = 4096 };

static const char file_name[] = "aparte.db";
static const char closed_to_us[] = "the data folder and all in it must belong to the server's user, who may write to it";

static const char *const migrations[] = {
#include "store/0001_first.sql.h"
#include "store/0002_profiles.sql.h"
#include "store/0003_slips.sql.h"
#include "store/0004_ledger.sql.h"
#include "store/0005_rooms.sql.h"
#include "store/0006_pronouns.sql.h"
#include "store/0007_alerts.sql.h"
};
enum { SCHEMA = sizeof(migrations) / sizeof(*migrations) };

/* ---- the folder and the file ---- */

static enum err open_folder(int *out, const char *place)
{
    if (mkdir(place, 0700) != 0 && errno != EEXIST) {
        LOG_ERROR("store", "the data folder cannot be made: %s", strerror(errno));
        return ERR_STORE;
    }
    int fd = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        LOG_ERROR("store", "the data folder cannot be opened: %s", strerror(errno));
        if (fd >= 0) close(fd);
        return ERR_STORE;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        LOG_ERROR("store", "another server is running on this data folder: stop it first");
        close(fd);
        return ERR_BUSY;
    }
    if (st.st_mode & 077)
        LOG_WARN("store", "other users can look into the data folder: chmod 700 would close it");
    *out = fd;
    return OK;
}

/* Made here and not by SQLite, so that it is never readable to others, whatever the umask; SQLite gives its
 * -wal and -shm files the mode of the database. */
static enum err make_file(int folder)
{
    int fd = openat(folder, file_name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        const char *what = fd < 0 ? strerror(errno) : "it is not a file";
        LOG_ERROR("store", "aparte.db cannot be opened: %s; %s", what, closed_to_us);
        if (fd >= 0) close(fd);
        return ERR_STORE;
    }
    close(fd);
    if (fsync(folder) != 0) LOG_WARN("store", "the data folder cannot be synced: %s", strerror(errno));
    return OK;
}

/* ---- what is in the file ---- */

static enum err refuse(sqlite3 *db, const char *doing)
{
    int code = sqlite3_errcode(db), more = sqlite3_extended_errcode(db);
    switch (code) {
    case SQLITE_NOTADB:
        LOG_ERROR("store", "aparte.db is not a database: move it away or restore a backup");
        break;
    case SQLITE_CORRUPT:
        LOG_ERROR("store", "aparte.db is damaged: restore a backup");
        break;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        LOG_ERROR("store", "%s failed: %s (%d); %s", doing, sqlite3_errstr(code), more, closed_to_us);
        break;
    case SQLITE_FULL:
    case SQLITE_IOERR:
        LOG_ERROR("store", "%s failed: %s (%d); the disk is full or fails: make room on it, or move the data folder",
                  doing, sqlite3_errstr(code), more);
        break;
    default:
        LOG_ERROR("store", "%s failed: %s (%d)", doing, sqlite3_errstr(code), more);
    }
    return ERR_STORE;
}

static enum err execute(sqlite3 *db, const char *sql, const char *doing)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? OK : refuse(db, doing);
}

static enum err ask(sqlite3 *db, const char *sql, int *number, bool *says_ok)
{
    sqlite3_stmt *s = NULL;
    enum err e = OK;
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK || sqlite3_step(s) != SQLITE_ROW) {
        e = refuse(db, "reading aparte.db");
    } else {
        if (number) *number = sqlite3_column_int(s, 0);
        if (says_ok) *says_ok = strcmp((const char *)sqlite3_column_text(s, 0), "ok") == 0;
    }
    sqlite3_finalize(s);
    return e;
}

/* The version found, 0 for a new file. */
static enum err identify(sqlite3 *db, int *version)
{
    int application = 0, tables = 0;
    enum err e = ask(db, "PRAGMA user_version", version, NULL);
    if (!e) e = ask(db, "PRAGMA application_id", &application, NULL);
    if (!e) e = ask(db, "SELECT count(*) FROM sqlite_schema", &tables, NULL);
    if (e) return e;
    bool fresh = *version == 0 && application == 0 && tables == 0;
    if (!fresh && application != APPLICATION_ID) {
        LOG_ERROR("store", "aparte.db belongs to another program: move it away");
        return ERR_STORE;
    }
    if (*version > SCHEMA) {
        LOG_ERROR("store", "aparte.db was written by a newer version (schema %d, this one knows %d): update",
                  *version, (int)SCHEMA);
        return ERR_UNSUPPORTED;
    }
    if (*version < 0 || (!fresh && *version == 0)) {
        LOG_ERROR("store", "aparte.db is damaged: restore a backup");
        return ERR_STORE;
    }
    return OK;
}

static enum err check_whole(sqlite3 *db)
{
    bool whole = false;
    enum err e = ask(db, "PRAGMA quick_check(1)", NULL, &whole);
    if (e || whole) return e;
    LOG_ERROR("store", "aparte.db is damaged: restore a backup");
    return ERR_STORE;
}

/* ---- what we make of it ---- */

/* One step is one transaction, its number included: a crash in between leaves the version before. */
static enum err migrate(sqlite3 *db, int version)
{
    char number[96];
    for (; version < SCHEMA; version++) {
        snprintf(number, sizeof(number), "PRAGMA application_id = %d; PRAGMA user_version = %d",
                 APPLICATION_ID, version + 1);
        enum err e = execute(db, "BEGIN EXCLUSIVE", "changing the schema");
        if (!e) e = execute(db, migrations[version], "changing the schema");
        if (!e) e = execute(db, number, "changing the schema");
        if (!e) e = execute(db, "COMMIT", "changing the schema");
        if (e) return e; /* closing rolls back */
    }
    return OK;
}

/* WAL with FULL: a commit returns when its pages are on the disk. What is sorted stays in memory: the server
 * may write to its data folder only (server/sandbox.h). */
static enum err settle(sqlite3 *db)
{
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return execute(db,
                   "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
                   "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY",
                   "preparing aparte.db");
}

static enum err prepare_database(sqlite3 *db, int folder)
{
    int version = 0;
    enum err e = identify(db, &version);
    if (!e) e = check_whole(db);
    if (!e) e = settle(db);
    if (!e) e = migrate(db, version);
    if (!e && fchmodat(folder, file_name, 0600, 0) != 0) {
        LOG_ERROR("store", "aparte.db cannot be closed to other users: %s", strerror(errno));
        e = ERR_STORE;
    }
    return e;
}

enum err sqlite_open_database(sqlite3 **db, int *folder, const char *place)
{
    char path[PATH_BYTES];
    *db = NULL;
    *folder = -1;
    if (snprintf(path, sizeof(path), "%s/%s", place, file_name) >= (int)sizeof(path)) {
        LOG_ERROR("store", "the path of the data folder is too long");
        return ERR_STORE;
    }
    enum err e = open_folder(folder, place);
    if (e) return e;
    e = make_file(*folder);
    if (!e && wal_lost(*folder)) {
        LOG_ERROR("store", "aparte.db-wal has lost changes that were acknowledged: restore a backup, or remove "
                           "aparte.db-shm to go on without them");
        e = ERR_STORE;
    }
    if (!e && sqlite3_open_v2(path, db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        e = *db ? refuse(*db, "opening aparte.db") : ERR_SYSTEM;
    if (!e) e = prepare_database(*db, *folder);
    if (e) {
        sqlite3_close(*db);
        close(*folder);
        *db = NULL;
        *folder = -1;
    }
    return e;
}
