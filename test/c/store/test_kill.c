/* kill -9 at any moment: what was acknowledged is there, in order, and the log goes on from there. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#include "../noise.h"
#include "folder.h"

enum { ROUNDS = 25 };

/* The child: appends from `n` on, and says each position once append has returned OK. */
static void append_for_ever(const char *path, int said)
{
    struct store *s;
    struct tally t = {0};
    if (store_sqlite.open(&s, path) != OK || tally_all(&store_sqlite, s, &t) != OK) _exit(1);
    for (uint64_t n = t.entries;; n++) {
        struct sample x;
        struct store_also name = {.name = view_str("Inès")};
        sample_make(&x, n);
        memcpy(name.account.bytes, &n, sizeof(n));
        if (store_sqlite.append(s, &x.entry, &name) != OK) _exit(2);
        if (write(said, &n, sizeof(n)) != (ssize_t)sizeof(n)) _exit(3);
    }
}

/* Kills it some time after it said its first position. Returns how many entries it has acknowledged in all.
 */
static uint64_t acknowledged_before_death(const char *path, unsigned microseconds)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        append_for_ever(path, ends[1]);
    }
    close(ends[1]);
    uint64_t n, last = 0;
    assert_int_equal(read(ends[0], &last, sizeof(last)), sizeof(last));
    nanosleep(&(struct timespec){.tv_nsec = microseconds * 1000L}, NULL);
    kill(child, SIGKILL);
    while (read(ends[0], &n, sizeof(n)) == (ssize_t)sizeof(n)) {
        assert_int_equal(n, last + 1);
        last = n;
    }
    close(ends[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return last + 1;
}

static void test_what_was_acknowledged_is_there(void **state)
{
    (void)state;
    struct folder f = folder_new();
    unsigned seed = (unsigned)time(NULL);
    uint64_t before = 0;
    printf("seed %u\n", seed);
    for (int round = 0; round < ROUNDS; round++) {
        lcg(&seed);
        uint64_t acknowledged = acknowledged_before_death(f.path, (seed >> 8) % 20000);
        struct store *s;
        struct tally t = {0};
        assert_int_equal(store_sqlite.open(&s, f.path), OK);
        assert_int_equal(tally_all(&store_sqlite, s, &t), OK);
        store_sqlite.close(s);
        assert_true(acknowledged > before);
        if (t.entries < acknowledged)
            fail_msg("%llu acknowledged, %llu there", (unsigned long long)acknowledged,
                     (unsigned long long)t.entries);
        assert_true(t.entries <= acknowledged + 1); /* one may have been written and not said yet */
        assert_int_equal(t.profiles, t.entries);    /* an entry and its name come together */
        before = t.entries;
    }
    printf("%llu entries in %d lives\n", (unsigned long long)before, ROUNDS);
    folder_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_was_acknowledged_is_there)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
