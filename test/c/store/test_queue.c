#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "folder.h"
#include "store/queue.h"

static sem_t ready;

static void wake(void *user)
{
    ++*(_Atomic unsigned *)user;
    sem_post(&ready);
}

/* Its record is in memory that the next call overwrites: the queue has its own copy by then. */
static struct store_job job(uint64_t n)
{
    static struct sample s;
    sample_make(&s, n);
    return (struct store_job){.kind = STORE_APPEND, .n = n, .append = {.entry = s.entry}};
}

static struct store_result next(struct store_queue *q)
{
    struct store_result r;
    while (!store_queue_pull(q, &r)) sem_wait(&ready);
    return r;
}

struct running { /* a queue in front of the store in memory */
    _Atomic unsigned wakes;
    struct store *s;
    struct store_queue *q;
};

static void begin(struct running *x, const struct store_row *row)
{
    x->wakes = 0;
    sem_init(&ready, 0, 0);
    assert_int_equal(row->open(&x->s, NULL), OK);
    assert_int_equal(store_queue_start(&x->q, row, x->s, wake, &x->wakes), OK);
}

/* All jobs are done; what the store has in the end. */
static struct tally end(struct running *x)
{
    struct tally t = {0};
    store_queue_stop(x->q);
    assert_int_equal(tally_all(&store_mem, x->s, &t), OK);
    store_mem.close(x->s);
    sem_destroy(&ready);
    return t;
}

static void test_results_come_in_the_order_of_jobs(void **state)
{
    (void)state;
    enum { JOBS = 3 * LIMIT_STORE_QUEUE };
    struct running x;
    begin(&x, &store_mem);
    for (uint64_t pushed = 0, pulled = 0; pulled < JOBS;) {
        struct store_job j = job(pushed);
        if (pushed < JOBS && store_queue_push(x.q, &j) == OK) {
            pushed++;
        } else {
            struct store_result r = next(x.q);
            assert_int_equal(r.n, pulled++);
            assert_int_equal(r.err, OK);
        }
    }
    struct tally t = end(&x);
    assert_int_equal(x.wakes, JOBS);
    assert_int_equal(t.entries, JOBS);
}

static void test_a_failure_is_a_result(void **state)
{
    (void)state;
    struct running x;
    begin(&x, &store_mem);
    struct store_job wrong = job(7);
    assert_int_equal(store_queue_push(x.q, &wrong), OK);
    struct store_job right = job(0);
    right.append.also.name = view_str("Inès");
    assert_int_equal(store_queue_push(x.q, &right), OK);
    struct store_result r = next(x.q);
    assert_int_equal(r.n, 7);
    assert_int_equal(r.err, ERR_STATE);
    r = next(x.q);
    assert_int_equal(r.n, 0);
    assert_int_equal(r.err, OK);
    struct tally t = end(&x);
    assert_int_equal(t.entries, 1);
    assert_int_equal(t.profiles, 1);
}

static void test_profiles_and_passkeys_go_the_same_way(void **state)
{
    (void)state;
    struct running x;
    char bio[] = "Radio on Thursdays", credential[2][8] = {"first", "second"};
    begin(&x, &store_mem);
    struct store_job profile = {.kind = STORE_PROFILE, .n = 40};
    profile.profile = (struct store_profile){.name = view_str("Inès"),
                                             .handle = view_str("ines"),
                                             .bio = view_str(bio),
                                             .picture = view_str("a picture"),
                                             .pronouns = view_str("elle")};
    struct store_job keys = {.kind = STORE_PASSKEYS, .n = 41, .passkeys = {.count = 2}};
    for (size_t i = 0; i < 2; i++)
        keys.passkeys.list[i] = (struct store_passkey){view_str(credential[i]), view_str("sealed")};
    assert_int_equal(store_queue_push(x.q, &profile), OK);
    assert_int_equal(store_queue_push(x.q, &keys), OK);
    memset(bio, 'x', sizeof(bio) - 1); /* the queue has its own */
    memset(credential, 'x', sizeof(credential));
    for (uint64_t n = 40; n < 42; n++) {
        struct store_result r = next(x.q);
        assert_int_equal(r.n, n);
        assert_int_equal(r.err, OK);
    }
    keys.passkeys.count = LIMIT_PASSKEYS + 1;
    assert_int_equal(store_queue_push(x.q, &keys), ERR_TOO_LARGE);
    struct tally t = end(&x);
    assert_string_equal(t.last_bio, "Radio on Thursdays");
    assert_int_equal(t.last_picture, 9);
    assert_string_equal(t.last_pronouns, "elle");
    assert_int_equal(t.passkeys, 2);
}

/* A back end that waits until it is let go. */
static sem_t gate;

static enum err slow_append(struct store *s, const struct store_entry *e, const struct store_also *also)
{
    sem_wait(&gate);
    return store_mem.append(s, e, also);
}

static void test_a_full_queue_says_busy_and_stop_finishes_it(void **state)
{
    (void)state;
    struct store_row slow = store_mem;
    struct running x;
    slow.append = slow_append;
    sem_init(&gate, 0, 0);
    begin(&x, &slow);
    for (uint64_t n = 0; n < LIMIT_STORE_QUEUE; n++) {
        struct store_job j = job(n);
        assert_int_equal(store_queue_push(x.q, &j), OK);
    }
    struct store_job more = job(LIMIT_STORE_QUEUE);
    assert_int_equal(store_queue_push(x.q, &more), ERR_BUSY);
    sem_post(&gate);
    assert_int_equal(next(x.q).n, 0);
    assert_int_equal(store_queue_push(x.q, &more), OK); /* one out, one in */
    for (int i = 0; i < LIMIT_STORE_QUEUE; i++) sem_post(&gate);
    struct tally t = end(&x);
    assert_int_equal(t.entries, LIMIT_STORE_QUEUE + 1);
    sem_destroy(&gate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_results_come_in_the_order_of_jobs),
        cmocka_unit_test(test_a_failure_is_a_result),
        cmocka_unit_test(test_profiles_and_passkeys_go_the_same_way),
        cmocka_unit_test(test_a_full_queue_says_busy_and_stop_finishes_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
