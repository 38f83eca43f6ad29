/* A disk that is full, may not be written, or lost what it had: nothing that was acknowledged goes without a
 * word. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#include "../noise.h"
#include "base/limits.h"
#include "folder.h"

enum { PAGE = 4096, ENTRIES = 300, CUTS = 12 };

static const struct store_row *const row = &store_sqlite;

/* No file may grow beyond `bytes`: as on a full disk, a write fails half-way. Works for root and for users.
 */
static void disk_holds(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static struct folder filled(void)
{
    struct folder f = folder_new();
    struct store *s;
    assert_int_equal(row->open(&s, f.path), OK);
    for (uint64_t n = 0; n < ENTRIES; n++) {
        struct sample x;
        sample_make(&x, n);
        assert_int_equal(row->append(s, &x.entry, NULL), OK);
    }
    row->close(s);
    return f;
}

static uint64_t entries(struct store *s)
{
    struct tally t = {0};
    assert_int_equal(tally_all(row, s, &t), OK);
    return t.entries;
}

/* Appends until the disk is full: how many were acknowledged. */
static uint64_t append_until_full(struct store *s, uint64_t n)
{
    for (;; n++) {
        struct sample x;
        sample_make(&x, n);
        enum err e = row->append(s, &x.entry, NULL);
        if (!e) continue;
        assert_int_equal(e, ERR_STORE);
        return n;
    }
}

static void test_a_full_disk_refuses_and_goes_on_when_there_is_room(void **state)
{
    (void)state;
    struct folder f = filled();
    struct store *s;
    assert_int_equal(row->open(&s, f.path), OK);
    uint64_t n = ENTRIES;
    for (rlim_t more = 1; more <= 4; more++) { /* full at another byte each time */
        disk_holds(more * 30 * PAGE + more * 777);
        n = append_until_full(s, n);
        struct store_profile p = {.name = view_str("Inès")};
        struct store_room room = {.data = view_str("room")};
        assert_int_equal(row->set_profile(s, &p), ERR_STORE);
        assert_int_equal(row->put_rooms(s, &room, 1), ERR_STORE);
        disk_holds(RLIM_INFINITY);
        assert_int_equal(entries(s), n);
        struct sample x;
        sample_make(&x, n);
        assert_int_equal(row->append(s, &x.entry, NULL), OK); /* the one that was refused */
        n++;
    }
    row->close(s);
    assert_int_equal(row->open(&s, f.path), OK);
    assert_int_equal(entries(s), n);
    row->close(s);
    folder_free(&f);
}

static char words[2048]; /* what was said on standard error meanwhile */

/* Opens it and reads all of it. */
static enum err looks(const char *path, uint64_t *found)
{
    int ends[2], before = dup(STDERR_FILENO);
    struct store *s;
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    dup2(ends[1], STDERR_FILENO);
    enum err e = row->open(&s, path);
    struct tally t = {0};
    if (!e) {
        e = tally_all(row, s, &t);
        row->close(s);
    }
    dup2(before, STDERR_FILENO);
    close(before), close(ends[1]);
    ssize_t n = read(ends[0], words, sizeof(words) - 1);
    words[n > 0 ? n : 0] = 0;
    close(ends[0]);
    *found = t.entries;
    return e;
}

/* And all of it is there; whether it said anything. */
static enum err opens(const char *path, bool *said)
{
    uint64_t found;
    enum err e = looks(path, &found);
    if (!e && found != ENTRIES) fail_msg("only %llu entries", (unsigned long long)found);
    *said = words[0];
    return e;
}

static void test_a_disk_that_is_full_at_the_start(void **state)
{
    (void)state;
    bool said;
    struct folder f = filled();
    disk_holds(1);
    enum err e = opens(f.path, &said);
    disk_holds(RLIM_INFINITY);
    assert_int_equal(e, ERR_STORE);
    assert_true(said);
    assert_int_equal(opens(f.path, &said), OK); /* and nothing came of it */
    folder_free(&f);
}

/* At each page, and in the middle of one. */
static void test_a_truncated_database_is_never_taken_for_whole(void **state)
{
    (void)state;
    struct folder f = filled();
    struct stat st;
    assert_int_equal(stat(f.file, &st), 0);
    for (off_t size = st.st_size - PAGE / 2; size > 0; size -= PAGE / 2) {
        bool said;
        assert_int_equal(truncate(f.file, size), 0);
        assert_int_equal(opens(f.path, &said), ERR_STORE);
        assert_true(said);
    }
    folder_free(&f);
}

static void test_a_last_page_of_noise_is_noticed(void **state)
{
    (void)state;
    static const int fills[] = {0x00, 0xff, 0x5a};
    for (size_t i = 0; i < sizeof(fills) / sizeof(*fills); i++) {
        struct folder f = filled();
        struct stat st;
        uint8_t page[PAGE];
        bool said;
        memset(page, fills[i], sizeof(page));
        assert_int_equal(stat(f.file, &st), 0);
        int fd = open(f.file, O_WRONLY);
        assert_int_equal(pwrite(fd, page, sizeof(page), st.st_size - PAGE), PAGE);
        close(fd);
        assert_int_equal(opens(f.path, &said), ERR_STORE);
        assert_true(said);
        folder_free(&f);
    }
}

/* ---- a disk that may not be written ---- */

/* As a user who owns nothing here: root could write all the same. */
static void a_stranger_is_refused(const char *path, mode_t folder, mode_t file)
{
    char db[128];
    snprintf(db, sizeof(db), "%s/aparte.db", path);
    assert_int_equal(chmod(db, file), 0);
    assert_int_equal(chmod(path, folder), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        bool said;
        if (geteuid() == 0 && (setgid(65534) || setuid(65534))) _exit(1);
        if (opens(path, &said) != ERR_STORE) _exit(2);
        _exit(strstr(words, "must belong to the server's user, who may write to it") ? 0 : 3);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(chmod(path, 0700), 0);
    assert_int_equal(chmod(db, 0600), 0);
}

static void test_a_disk_that_may_not_be_written(void **state)
{
    (void)state;
    bool said;
    struct folder f = filled();
    assert_int_equal(chmod(f.root, 0755), 0);
    a_stranger_is_refused(f.path, 0555, 0444);
    a_stranger_is_refused(f.path, 0555, 0666); /* no log beside it */
    a_stranger_is_refused(f.path, 0777, 0444);
    assert_int_equal(opens(f.path, &said), OK); /* and nothing came of it */
    folder_free(&f);
}

/* ---- a write-ahead log that lost something ---- */

struct kept_file {
    char path[128];
    uint8_t *bytes;
    size_t len;
};

static struct kept_file keep(const struct folder *f, const char *ending)
{
    struct kept_file k = {0};
    struct stat st;
    snprintf(k.path, sizeof(k.path), "%s%s", f->file, ending);
    assert_int_equal(stat(k.path, &st), 0);
    k.len = (size_t)st.st_size;
    k.bytes = malloc(k.len);
    int fd = open(k.path, O_RDONLY);
    assert_int_equal(read(fd, k.bytes, k.len), k.len);
    close(fd);
    return k;
}

static void put_back(const struct kept_file *k)
{
    int fd = open(k->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(write(fd, k->bytes, k->len), k->len);
    close(fd);
}

/* The server is killed with all of this in its log. */
static struct folder killed(uint64_t entries)
{
    struct folder f = folder_new();
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct store *s;
        if (row->open(&s, f.path)) _exit(1);
        for (uint64_t n = 0; n < entries; n++) {
            struct sample x;
            sample_make(&x, n);
            if (row->append(s, &x.entry, NULL)) _exit(2);
        }
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return f;
}

static void is_refused_for_good(const struct folder *f)
{
    uint64_t found;
    for (int i = 0; i < 2; i++) { /* at the next start too: what it goes by is still there */
        assert_int_equal(looks(f->path, &found), ERR_STORE);
        assert_non_null(strstr(words, "aparte.db-wal has lost changes that were acknowledged"));
    }
}

static void test_a_log_that_was_cut_is_never_taken_for_whole(void **state)
{
    enum { MANY = 60 };
    (void)state;
    unsigned chance = (unsigned)time(NULL);
    printf("seed %u\n", chance);
    struct folder f = killed(MANY);
    struct kept_file files[] = {keep(&f, ""), keep(&f, "-wal"), keep(&f, "-shm")}, *log = &files[1];
    char index[160];
    uint64_t found;
    snprintf(index, sizeof(index), "%s-shm", f.file);
    for (int i = 0; i < CUTS; i++) {
        for (size_t k = 0; k < 3; k++) put_back(&files[k]);
        lcg(&chance);
        size_t at = i ? chance % log->len : log->len - 1;
        if (i % 2) { /* not cut, but one bit is another */
            uint8_t byte = log->bytes[at] ^ (uint8_t)(1 << chance % 8);
            int fd = open(log->path, O_WRONLY);
            assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
            close(fd);
        } else {
            assert_int_equal(truncate(log->path, (off_t)at), 0);
        }
        is_refused_for_good(&f);
        /* And the way on that the sentence names: what is left is a whole log of fewer entries. */
        assert_int_equal(unlink(index), 0);
        assert_int_equal(looks(f.path, &found), OK);
        assert_true(found < MANY);
    }
    for (size_t k = 0; k < 3; k++) put_back(&files[k]);
    assert_int_equal(unlink(log->path), 0);
    is_refused_for_good(&f);
    for (size_t k = 0; k < 3; k++) put_back(&files[k]);
    assert_int_equal(looks(f.path, &found), OK);
    assert_int_equal(found, MANY);
    for (size_t k = 0; k < 3; k++) free(files[k].bytes);
    folder_free(&f);
}

int main(void)
{
    signal(SIGXFSZ, SIG_IGN); /* a write beyond the limit fails with EFBIG */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_full_disk_refuses_and_goes_on_when_there_is_room),
        cmocka_unit_test(test_a_disk_that_is_full_at_the_start),
        cmocka_unit_test(test_a_truncated_database_is_never_taken_for_whole),
        cmocka_unit_test(test_a_last_page_of_noise_is_noticed),
        cmocka_unit_test(test_a_disk_that_may_not_be_written),
        cmocka_unit_test(test_a_log_that_was_cut_is_never_taken_for_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
