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

static struct store_job job(uint64_t n)
{
    struct sample s;
    struct store_job j = {.n = n};
    sample_make(&s, n);
    memcpy(j.record, s.record, s.entry.record.len);
    j.record_len = s.entry.record.len;
    j.head = s.entry.head;
    return j;
}

static struct store_result next(struct store_queue *q)
{
    struct store_result r;
    while (!store_queue_pull(q, &r)) sem_wait(&ready);
    return r;
}

static void test_results_come_in_the_order_of_jobs(void **state)
{
    (void)state;
    enum { JOBS = 3 * LIMIT_STORE_QUEUE };
    _Atomic unsigned wakes = 0;
    struct store *s;
    struct store_queue *q;
    sem_init(&ready, 0, 0);
    assert_int_equal(store_mem.open(&s, NULL), OK);
    assert_int_equal(store_queue_start(&q, &store_mem, s, wake, &wakes), OK);
    for (uint64_t pushed = 0, pulled = 0; pulled < JOBS;) {
        struct store_job j = job(pushed);
        if (pushed < JOBS && store_queue_push(q, &j) == OK) {
            pushed++;
        } else {
            struct store_result r = next(q);
            assert_int_equal(r.n, pulled++);
            assert_int_equal(r.err, OK);
        }
    }
    store_queue_stop(q);
    assert_int_equal(wakes, JOBS);
    struct tally t = {0};
    assert_int_equal(store_mem.replay(s, tally_entry, tally_name, &t), OK);
    assert_int_equal(t.entries, JOBS);
    store_mem.close(s);
    sem_destroy(&ready);
}

static void test_a_failure_is_a_result(void **state)
{
    (void)state;
    _Atomic unsigned wakes = 0;
    struct store *s;
    struct store_queue *q;
    sem_init(&ready, 0, 0);
    assert_int_equal(store_mem.open(&s, NULL), OK);
    assert_int_equal(store_queue_start(&q, &store_mem, s, wake, &wakes), OK);
    struct store_job wrong = job(7), right = job(0), large = job(1);
    strcpy(right.name, "Inès");
    large.record_len = LIMIT_RECORD_BYTES + 1;
    assert_int_equal(store_queue_push(q, &large), ERR_TOO_LARGE); /* at once */
    assert_int_equal(store_queue_push(q, &wrong), OK);
    assert_int_equal(store_queue_push(q, &right), OK);
    struct store_result r = next(q);
    assert_int_equal(r.n, 7);
    assert_int_equal(r.err, ERR_STATE);
    r = next(q);
    assert_int_equal(r.n, 0);
    assert_int_equal(r.err, OK);
    store_queue_stop(q);
    struct tally t = {0};
    assert_int_equal(store_mem.replay(s, tally_entry, tally_name, &t), OK);
    assert_int_equal(t.entries, 1);
    assert_int_equal(t.names, 1);
    store_mem.close(s);
    sem_destroy(&ready);
}

/* A back end that waits until it is let go. */
static sem_t gate;

static enum err slow_append(struct store *s, const struct store_entry *e, const struct store_name *name)
{
    sem_wait(&gate);
    return store_mem.append(s, e, name);
}

static void test_a_full_queue_says_busy_and_stop_finishes_it(void **state)
{
    (void)state;
    _Atomic unsigned wakes = 0;
    struct store_row slow = store_mem;
    struct store *s;
    struct store_queue *q;
    slow.append = slow_append;
    sem_init(&ready, 0, 0);
    sem_init(&gate, 0, 0);
    assert_int_equal(slow.open(&s, NULL), OK);
    assert_int_equal(store_queue_start(&q, &slow, s, wake, &wakes), OK);
    for (uint64_t n = 0; n < LIMIT_STORE_QUEUE; n++) {
        struct store_job j = job(n);
        assert_int_equal(store_queue_push(q, &j), OK);
    }
    struct store_job more = job(LIMIT_STORE_QUEUE);
    assert_int_equal(store_queue_push(q, &more), ERR_BUSY);
    sem_post(&gate);
    assert_int_equal(next(q).n, 0);
    assert_int_equal(store_queue_push(q, &more), OK); /* one out, one in */
    for (int i = 0; i < LIMIT_STORE_QUEUE; i++) sem_post(&gate);
    store_queue_stop(q);
    struct tally t = {0};
    assert_int_equal(store_mem.replay(s, tally_entry, tally_name, &t), OK);
    assert_int_equal(t.entries, LIMIT_STORE_QUEUE + 1);
    slow.close(s);
    sem_destroy(&gate);
    sem_destroy(&ready);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_results_come_in_the_order_of_jobs),
        cmocka_unit_test(test_a_failure_is_a_result),
        cmocka_unit_test(test_a_full_queue_says_busy_and_stop_finishes_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
