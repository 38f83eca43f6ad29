/* What only a store on a disk has to promise. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/limits.h"
#include "folder.h"

static const struct store_row *const row = &store_sqlite;

static struct store *open_new(struct folder *f)
{
    struct store *s;
    *f = folder_new();
    assert_int_equal(row->open(&s, f->path), OK);
    return s;
}

static void append(struct store *s, uint64_t from, uint64_t to)
{
    for (uint64_t n = from; n < to; n++) {
        struct sample x;
        sample_make(&x, n);
        assert_int_equal(row->append(s, &x.entry, NULL), OK);
    }
}

static uint64_t entries(struct store *s)
{
    struct tally t = {0};
    assert_int_equal(tally_all(row, s, &t), OK);
    return t.entries;
}

/* Opens it, and returns what it wrote to standard error meanwhile. */
static enum err open_and_listen(struct store **s, const char *path, char *said, size_t cap)
{
    int ends[2], before = dup(STDERR_FILENO);
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    dup2(ends[1], STDERR_FILENO);
    enum err e = row->open(s, path);
    dup2(before, STDERR_FILENO);
    close(before);
    close(ends[1]);
    ssize_t n = read(ends[0], said, cap - 1);
    said[n > 0 ? n : 0] = 0;
    close(ends[0]);
    return e;
}

static void refuses(const char *path, enum err want, const char *sentence)
{
    char said[2048];
    struct store *s = (struct store *)1;
    assert_int_equal(open_and_listen(&s, path, said, sizeof(said)), want);
    assert_null(s);
    if (!strstr(said, sentence)) fail_msg("it said: %s", said);
}

static void execute(const char *file, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void overwrite(const char *file, long at, const char *bytes, size_t n)
{
    FILE *f = fopen(file, "r+b");
    assert_non_null(f);
    assert_int_equal(fseek(f, at, SEEK_SET), 0);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

static mode_t mode(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 0777;
}

static void test_it_survives_closing(void **state)
{
    (void)state;
    struct folder f;
    struct store *s = open_new(&f);
    append(s, 0, 40);
    assert_int_equal(row->set_profile(s, &(struct store_profile){.name = view_str("Inès")}), OK);
    assert_int_equal(row->put(s, "club_name", view_str("Jeudi")), OK);
    row->close(s);
    assert_int_equal(row->open(&s, f.path), OK);
    assert_int_equal(entries(s), 40);
    append(s, 40, 60); /* goes on where it stopped */
    uint8_t out[8];
    size_t len;
    assert_int_equal(row->get(s, "club_name", out, sizeof(out), &len), OK);
    assert_memory_equal(out, "Jeudi", len);
    row->close(s);
    folder_free(&f);
}

static void test_others_cannot_look_in(void **state)
{
    (void)state;
    char path[256];
    struct folder f;
    mode_t before = umask(0);
    struct store *s = open_new(&f);
    append(s, 0, 1);
    umask(before);
    assert_int_equal(mode(f.path), 0700);
    assert_int_equal(mode(f.file), 0600);
    snprintf(path, sizeof(path), "%s-wal", f.file);
    assert_int_equal(mode(path), 0600);
    snprintf(path, sizeof(path), "%s-shm", f.file);
    assert_int_equal(mode(path), 0600);
    row->close(s);

    chmod(f.file, 0644); /* by a careless copy */
    chmod(f.path, 0755);
    char said[1024];
    assert_int_equal(open_and_listen(&s, f.path, said, sizeof(said)), OK);
    assert_int_equal(mode(f.file), 0600);
    assert_non_null(strstr(said, "chmod 700"));
    row->close(s);
    folder_free(&f);
}

static void test_it_is_durable_by_settings(void **state)
{
    (void)state;
    struct folder f;
    struct store *s = open_new(&f);
    append(s, 0, 1);
    FILE *db = fopen(f.file, "rb");
    uint8_t header[100];
    assert_int_equal(fread(header, 1, sizeof(header), db), sizeof(header));
    fclose(db);
    assert_int_equal(header[18], 2); /* WAL, for writing and reading: sqlite.org/fileformat.html 1.3.3 */
    assert_int_equal(header[19], 2);
    row->close(s);
    folder_free(&f);
}

static void test_one_server_per_folder(void **state)
{
    (void)state;
    struct folder f;
    struct store *s = open_new(&f);
    refuses(f.path, ERR_BUSY, "another server is running on this data folder");
    append(s, 0, 1);
    row->close(s);
    assert_int_equal(row->open(&s, f.path), OK);
    row->close(s);
    folder_free(&f);
}

static void test_a_newer_schema_is_left_alone(void **state)
{
    (void)state;
    struct folder f;
    struct store *s = open_new(&f);
    append(s, 0, 3);
    row->close(s);
    execute(f.file, "PRAGMA user_version = 8");
    refuses(f.path, ERR_UNSUPPORTED, "written by a newer version");
    execute(f.file, "PRAGMA user_version = 7");
    assert_int_equal(row->open(&s, f.path), OK);
    assert_int_equal(entries(s), 3);
    row->close(s);
    folder_free(&f);
}

static void test_a_strangers_file_is_left_alone(void **state)
{
    (void)state;
    struct folder f = folder_new();
    mkdir(f.path, 0700);
    execute(f.file, "CREATE TABLE recipes (x)"); /* a database without an application id */
    refuses(f.path, ERR_STORE, "belongs to another program");
    execute(f.file, "PRAGMA application_id = 7; PRAGMA user_version = 1");
    refuses(f.path, ERR_STORE, "belongs to another program");
    FILE *db = fopen(f.file, "rb");
    uint8_t header[20];
    assert_int_equal(fread(header, 1, sizeof(header), db), sizeof(header));
    fclose(db);
    assert_int_equal(header[18], 1); /* not even its journal mode was changed */

    FILE *text = fopen(f.file, "wb"); /* no database at all */
    for (int i = 0; i < 400; i++) fputs("This is a letter. ", text);
    fclose(text);
    refuses(f.path, ERR_STORE, "is not a database");
    unlink(f.file);
    mkdir(f.file, 0700);
    refuses(f.path, ERR_STORE, "cannot be opened");
    rmdir(f.file);
    folder_free(&f);
}

static void test_a_damaged_file_is_noticed(void **state)
{
    (void)state;
    static const char garbage[4096] = "garbage";
    struct folder f;
    struct store *s = open_new(&f);
    append(s, 0, 300);
    row->close(s);
    overwrite(f.file, 2L * 4096, garbage, sizeof(garbage)); /* a page of a table */
    refuses(f.path, ERR_STORE, "is damaged: restore a backup");
    folder_free(&f);

    s = open_new(&f);
    append(s, 0, 300);
    row->close(s);
    assert_int_equal(truncate(f.file, 5L * 4096), 0);
    refuses(f.path, ERR_STORE, "is damaged: restore a backup");
    folder_free(&f);
}

static void test_a_hole_in_the_log_is_noticed(void **state)
{
    (void)state;
    struct tally t = {0};
    struct folder f;
    struct store *s = open_new(&f);
    append(s, 0, 5);
    row->close(s);
    execute(f.file, "DELETE FROM log WHERE n = 2");
    assert_int_equal(row->open(&s, f.path), OK);
    assert_int_equal(tally_all(row, s, &t), ERR_STORE);
    assert_int_equal(t.entries, 2);
    row->close(s);
    folder_free(&f);
}

static void test_a_failed_write_changes_nothing(void **state)
{
    (void)state;
    struct folder f;
    struct sample x;
    struct store *s = open_new(&f);
    append(s, 0, 2);
    sample_make(&x, 2);
    struct store_also name = {.name = view_str("Inès")};
    execute(f.file, "CREATE TRIGGER no BEFORE INSERT ON profile BEGIN SELECT RAISE(ABORT, 'no'); END");
    assert_int_equal(row->append(s, &x.entry, &name),
                     ERR_STORE); /* the entry goes with its name, or not at all */
    assert_int_equal(entries(s), 2);
    execute(f.file, "DROP TRIGGER no");
    assert_int_equal(row->append(s, &x.entry, &name), OK);
    assert_int_equal(entries(s), 3);
    row->close(s);
    folder_free(&f);
}

/* As version 1 wrote it. */
static void test_names_of_the_first_schema_become_profiles(void **state)
{
    (void)state;
    struct folder f = folder_new();
    mkdir(f.path, 0700);
    execute(f.file,
            "CREATE TABLE log (n INTEGER PRIMARY KEY CHECK (n >= 0),"
            "record BLOB NOT NULL CHECK (length(record) BETWEEN 1 AND 512),"
            "head BLOB NOT NULL CHECK (length(head) = 32)) STRICT;"
            "CREATE TABLE name (account BLOB PRIMARY KEY CHECK (length(account) = 16), name TEXT NOT NULL)"
            "STRICT, WITHOUT ROWID;"
            "CREATE TABLE setting (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;"
            "INSERT INTO name VALUES (x'01010101010101010101010101010101', 'Inès');"
            "PRAGMA application_id = 0x41504152; PRAGMA user_version = 1");
    struct store *s;
    struct tally t = {0};
    assert_int_equal(row->open(&s, f.path), OK);
    assert_int_equal(tally_all(row, s, &t), OK);
    assert_int_equal(t.profiles, 1);
    assert_string_equal(t.last_name, "Inès");
    assert_int_equal(t.last_account.bytes[15], 1);
    row->close(s);
    folder_free(&f);
}

/* A store of three records that an older version wrote: `undo` takes away what came since. */
static struct store *open_older(struct folder *f, const char *undo)
{
    struct store *s = open_new(f);
    append(s, 0, 3);
    row->close(s);
    execute(f->file, undo);
    assert_int_equal(row->open(&s, f->path), OK);
    return s;
}

static void test_the_second_schema_takes_slips(void **state)
{
    (void)state;
    struct folder f;
    struct tally t = {0};
    struct store *s = open_older(
        &f, "DROP TABLE slip; DROP TABLE ledger; DROP TABLE room; DROP TABLE lookup; DROP TABLE alert;"
            "ALTER TABLE profile DROP COLUMN pronouns; PRAGMA user_version = 2");
    struct store_slip n = {.kind = STORE_EVENT, .account = {{1}}, .id = {{2}}, .data = view_str("Radio")};
    assert_int_equal(row->set_slip(s, &n), OK);
    assert_int_equal(tally_all(row, s, &t), OK);
    assert_int_equal(t.entries, 3);
    assert_int_equal(t.slips, 1);
    row->close(s);
    folder_free(&f);
}

static void test_the_sixth_schema_takes_alerts(void **state)
{
    (void)state;
    struct folder f;
    struct tally t = {0};
    struct store *s = open_older(&f, "DROP TABLE lookup; DROP TABLE alert; PRAGMA user_version = 6");
    struct store_lookups l = {.account = {{1}}, .day = 20000, .used = 20};
    struct alert a = {.n = 1, .kind = ALERT_DISK, .time_ms = 5, .count = 100};
    assert_int_equal(row->set_lookups(s, &l), OK);
    assert_int_equal(row->set_alerts(s, &a, 1), OK);
    assert_int_equal(tally_all(row, s, &t), OK);
    assert_int_equal(t.entries, 3);
    assert_int_equal(t.lookups, 1);
    assert_int_equal(t.alerts, 1);
    row->close(s);
    folder_free(&f);
}

/* What is sorted while it is read would go to a file in /tmp, where others may look, and where a server that
 * is closed to all but its data folder cannot write. */
static void test_reading_opens_no_other_file(void **state)
{
    (void)state;
    struct folder f;
    struct store *s = open_new(&f);
    struct tally t = {0};
    struct rlimit before;
    row->close(s);
    execute(f.file, "WITH RECURSIVE i (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 60000)"
                    "INSERT INTO slip (account, kind, id, about, time, data)"
                    "SELECT randomblob(16), 3, randomblob(16), zeroblob(16), 60000 - n, zeroblob(16) FROM i");
    assert_int_equal(row->open(&s, f.path), OK);
    assert_int_equal(entries(s), 0); /* all that it keeps open is open */
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &(struct rlimit){0, before.rlim_max}), 0);
    enum err e = tally_all(row, s, &t);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(e, OK);
    assert_int_equal(t.slips, 60000);
    row->close(s);
    folder_free(&f);
}

static bool file_holds(const char *path, const char *text)
{
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    fseek(file, 0, SEEK_END);
    size_t n = (size_t)ftell(file);
    char *bytes = malloc(n + 1);
    rewind(file);
    assert_int_equal(fread(bytes, 1, n, file), n);
    fclose(file);
    bool found = memmem(bytes, n, text, strlen(text)) != NULL;
    free(bytes);
    return found;
}

static void test_an_erased_ledger_is_in_no_byte_of_the_files(void **state)
{
    (void)state;
    static const char secret[] = "the-secret-of-this-very-room-and-its-title";
    char wal[256];
    struct folder f;
    struct store *s = open_new(&f);
    snprintf(wal, sizeof(wal), "%s-wal", f.file);
    struct ledger_row room = {
        .kind = LEDGER_ROOM, .room = {{1}}, .since_ms = 1, .until_ms = 2, .data = view_str(secret)};
    assert_int_equal(row->put_ledger(s, &room, 1), OK);
    assert_true(file_holds(f.file, secret) || file_holds(wal, secret));
    assert_int_equal(row->erase_ledger(s, 3), OK);
    assert_false(file_holds(f.file, secret) || file_holds(wal, secret));
    row->close(s);
    folder_free(&f);
}

/* While the store is open, and in the write-ahead log too. */
static void test_what_was_erased_is_in_no_byte_of_the_files(void **state)
{
    (void)state;
    static const char *const words[] = {"Hortense Beaulieu", "hortense_b",         "plays the viola",
                                        "JFIF-her-face",     "credential-of-hers", "sealed-code-of-hers",
                                        "evening-with-her",  "a-report-about-her", "pronouns-of-hers"};
    enum { WORDS = sizeof(words) / sizeof(*words) };
    static char picture[LIMIT_PICTURE_BYTES];
    char wal[256];
    struct folder f;
    struct sample x;
    struct store *s = open_new(&f);
    snprintf(wal, sizeof(wal), "%s-wal", f.file);
    for (size_t i = 0; i + 13 <= sizeof(picture); i += 13) memcpy(picture + i, words[3], 13);
    struct store_profile p = {{{7}},
                              view_str(words[0]),
                              view_str(words[1]),
                              view_str(words[2]),
                              {(const uint8_t *)picture, sizeof(picture)},
                              view_str(words[8])};
    struct store_passkey keys[2] = {{view_str(words[4]), view_str(words[5])},
                                    {view_str("other"), view_str("x")}};
    append(s, 0, 3);
    assert_int_equal(row->set_profile(s, &p), OK);
    assert_int_equal(row->set_passkeys(s, p.account, keys, 2), OK);
    struct store_slip
        slip = {.kind = STORE_EVENT, .account = p.account, .id = {{1}}, .data = view_str(words[6])},
        about = {.kind = STORE_REPORT, .account = {{8}}, .about = p.account, .data = view_str(words[7])};
    assert_int_equal(row->set_slip(s, &slip), OK);
    assert_int_equal(row->set_slip(s, &about), OK);
    for (size_t i = 0; i < WORDS; i++) assert_true(file_holds(f.file, words[i]) || file_holds(wal, words[i]));
    sample_make(&x, 3);
    struct store_also gone = {.account = p.account, .erase = true};
    assert_int_equal(row->append(s, &x.entry, &gone), OK);
    for (size_t i = 0; i < WORDS; i++)
        if (file_holds(f.file, words[i]) || file_holds(wal, words[i]))
            fail_msg("\"%s\" is still there", words[i]);
    row->close(s);
    folder_free(&f);
}

static void test_a_slip_that_was_dropped_is_in_no_byte(void **state)
{
    (void)state;
    char wal[256];
    struct folder f;
    struct store *s = open_new(&f);
    snprintf(wal, sizeof(wal), "%s-wal", f.file);
    struct store_slip n = {
        .kind = STORE_REPORT, .account = {{1}}, .id = {{2}}, .data = view_str("he said so and so")};
    assert_int_equal(row->set_slip(s, &n), OK);
    assert_true(file_holds(f.file, "so and so") || file_holds(wal, "so and so"));
    assert_int_equal(row->drop_slip(s, &n), OK);
    assert_false(file_holds(f.file, "so and so") || file_holds(wal, "so and so"));
    row->close(s);
    folder_free(&f);
}

static void test_a_failed_change_of_a_profile_changes_nothing(void **state)
{
    (void)state;
    struct folder f;
    struct tally t = {0};
    struct store *s = open_new(&f);
    struct store_profile p = {.name = view_str("Inès"), .handle = view_str("ines")};
    struct store_passkey keys[2] = {{view_str("a"), view_str("x")}, {view_str("b"), view_str("y")}};
    assert_int_equal(row->set_profile(s, &p), OK);
    assert_int_equal(row->set_passkeys(s, p.account, keys, 2), OK);
    struct alert alerts[2] = {{.n = 1, .kind = ALERT_DISK}, {.n = 2, .kind = ALERT_DISK}};
    struct store_lookups l = {.account = {{1}}, .day = 1, .used = 20};
    assert_int_equal(row->set_alerts(s, alerts, 1), OK);
    assert_int_equal(row->set_lookups(s, &l), OK);
    execute(f.file,
            "CREATE TRIGGER no1 BEFORE UPDATE ON profile BEGIN SELECT RAISE(ABORT, 'no'); END;"
            "CREATE TRIGGER no2 BEFORE INSERT ON passkey WHEN NEW.credential = CAST('c' AS BLOB) BEGIN "
            "SELECT RAISE(ABORT, 'no'); END;"
            "CREATE TRIGGER no4 BEFORE INSERT ON alert WHEN NEW.n = 2 BEGIN SELECT RAISE(ABORT, 'no'); END;"
            "CREATE TRIGGER no5 BEFORE DELETE ON lookup BEGIN SELECT RAISE(ABORT, 'no'); END;"
            "CREATE TRIGGER no3 BEFORE DELETE ON profile BEGIN SELECT RAISE(ABORT, 'no'); END");
    p.name = view_str("Nour");
    assert_int_equal(row->set_profile(s, &p), ERR_STORE);
    struct store_passkey more[2] = {keys[0], {view_str("c"), view_str("z")}};
    assert_int_equal(row->set_passkeys(s, p.account, more, 2), ERR_STORE);
    struct sample x;
    sample_make(&x, 0);
    assert_int_equal(row->append(s, &x.entry, &(struct store_also){.erase = true}), ERR_STORE);
    assert_int_equal(row->set_alerts(s, alerts, 2), ERR_STORE);
    l.account.bytes[0] = 2, l.day = 2;
    assert_int_equal(row->set_lookups(s, &l), ERR_STORE);
    assert_int_equal(tally_all(row, s, &t), OK);
    assert_int_equal(t.alerts, 1);
    assert_int_equal(t.lookups, 1);
    assert_int_equal(t.last_lookups.day, 1);
    assert_int_equal(t.entries, 0);
    assert_string_equal(t.last_name, "Inès");
    assert_int_equal(t.passkeys, 2);
    row->close(s);
    folder_free(&f);
}

static void test_places_that_cannot_be(void **state)
{
    (void)state;
    char path[5000];
    struct folder f = folder_new();
    refuses("/proc/nowhere/data", ERR_STORE, "cannot be made");
    FILE *file = fopen(f.path, "wb"); /* a file where the folder should be */
    fclose(file);
    refuses(f.path, ERR_STORE, "cannot be opened");
    unlink(f.path);
    memset(path, 'x', sizeof(path) - 1);
    path[sizeof(path) - 1] = 0;
    refuses(path, ERR_STORE, "too long");
    folder_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_survives_closing),
        cmocka_unit_test(test_others_cannot_look_in),
        cmocka_unit_test(test_it_is_durable_by_settings),
        cmocka_unit_test(test_one_server_per_folder),
        cmocka_unit_test(test_a_newer_schema_is_left_alone),
        cmocka_unit_test(test_a_strangers_file_is_left_alone),
        cmocka_unit_test(test_a_damaged_file_is_noticed),
        cmocka_unit_test(test_a_hole_in_the_log_is_noticed),
        cmocka_unit_test(test_a_failed_write_changes_nothing),
        cmocka_unit_test(test_names_of_the_first_schema_become_profiles),
        cmocka_unit_test(test_the_second_schema_takes_slips),
        cmocka_unit_test(test_the_sixth_schema_takes_alerts),
        cmocka_unit_test(test_reading_opens_no_other_file),
        cmocka_unit_test(test_a_slip_that_was_dropped_is_in_no_byte),
        cmocka_unit_test(test_an_erased_ledger_is_in_no_byte_of_the_files),
        cmocka_unit_test(test_what_was_erased_is_in_no_byte_of_the_files),
        cmocka_unit_test(test_a_failed_change_of_a_profile_changes_nothing),
        cmocka_unit_test(test_places_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
