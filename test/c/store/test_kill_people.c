/* kill -9 between any two steps of people who come, say who they are, and go: after it the store holds what
 * was acknowledged, or one step more, and never half of one. */
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

/* The n-th person takes four steps: comes with a name, takes a handle, takes two passkeys, goes. */
enum step { COMES, HANDLE, PASSKEYS, GOES, STEPS };

static enum err take_step(struct store *s, uint64_t at)
{
    uint64_t n = at / STEPS;
    char handle[24], keys[2][24];
    struct sample x;
    struct store_also also = {.name = view_str("Inès"), .erase = at % STEPS == GOES};
    memcpy(also.account.bytes, &n, sizeof(n));
    snprintf(handle, sizeof(handle), "h%llu", (unsigned long long)n);
    for (int i = 0; i < 2; i++) snprintf(keys[i], sizeof(keys[i]), "%llu-%d", (unsigned long long)n, i);
    struct store_profile p = {.account = also.account, .name = also.name, .handle = view_str(handle)};
    struct store_passkey list[2] = {{view_str(keys[0]), view_str("x")}, {view_str(keys[1]), view_str("y")}};
    if (at % STEPS == HANDLE) return store_sqlite.set_profile(s, &p);
    if (at % STEPS == PASSKEYS) return store_sqlite.set_passkeys(s, p.account, list, 2);
    sample_make(&x, 2 * n + also.erase);
    return store_sqlite.append(s, &x.entry, &also);
}

/* How many steps the store holds; UINT64_MAX: it is in no state that steps lead to. */
static uint64_t steps_in(struct store *s)
{
    struct tally t = {0};
    if (tally_all(&store_sqlite, s, &t) != OK) return UINT64_MAX;
    uint64_t before = t.entries / 2 * STEPS;
    bool here = t.entries % 2;
    if (t.profiles != here || t.handles > t.profiles || (t.passkeys && (t.passkeys != 2 || !t.handles)))
        return UINT64_MAX;
    return here ? before + 1 + t.handles + t.passkeys / 2 : before;
}

static void live(const char *path, int said)
{
    struct store *s;
    if (store_sqlite.open(&s, path) != OK) _exit(1);
    for (uint64_t at = steps_in(s);; at++) {
        if (take_step(s, at) != OK) _exit(2);
        if (write(said, &at, sizeof(at)) != (ssize_t)sizeof(at)) _exit(3);
    }
}

/* Returns how many steps it has acknowledged in all. */
static uint64_t acknowledged_before_death(const char *path, unsigned microseconds)
{
    int ends[2], status;
    uint64_t at, last = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        live(path, ends[1]);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &last, sizeof(last)), sizeof(last));
    nanosleep(&(struct timespec){.tv_nsec = microseconds * 1000L}, NULL);
    kill(child, SIGKILL);
    while (read(ends[0], &at, sizeof(at)) == (ssize_t)sizeof(at)) last = at;
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return last + 1;
}

static void test_a_step_is_there_or_not(void **state)
{
    (void)state;
    struct folder f = folder_new();
    unsigned seed = (unsigned)time(NULL);
    printf("seed %u\n", seed);
    for (int round = 0; round < ROUNDS; round++) {
        lcg(&seed);
        uint64_t acknowledged = acknowledged_before_death(f.path, (seed >> 8) % 20000);
        struct store *s;
        assert_int_equal(store_sqlite.open(&s, f.path), OK);
        uint64_t there = steps_in(s);
        store_sqlite.close(s);
        if (there != acknowledged && there != acknowledged + 1)
            fail_msg("%llu steps acknowledged, %llu there", (unsigned long long)acknowledged,
                     (unsigned long long)there);
    }
    folder_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_step_is_there_or_not)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
