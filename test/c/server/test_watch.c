/* What of the server itself founder and admins are told, between a media plane, rules and a disk of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/statvfs.h>

#include <cmocka.h>

#include "server/watch.h"

static struct media_stats counted;
static uint64_t left; /* bytes of the disk */
static unsigned told[ALERT_DISK + 1];
static uint32_t count;

struct media_stats media_stats(const struct media *m)
{
    (void)m;
    return counted;
}

void rooms_alert(struct rooms *r, enum alert_kind kind, uint32_t n, uint64_t now_ms)
{
    (void)r, (void)now_ms;
    told[kind]++;
    count = n;
}

int fstatvfs(int fd, struct statvfs *out)
{
    assert_int_equal(fd, 7);
    *out = (struct statvfs){.f_bavail = left / 4096, .f_blocks = 1 << 20, .f_frsize = 4096};
    return 0;
}

static int start(void **state)
{
    static struct watch w;
    watch_init(&w, 7, 1000);
    counted = (struct media_stats){0};
    left = 1ull << 32;
    memset(told, 0, sizeof told);
    *state = &w;
    return 0;
}

static void a_slow_store(void **state)
{
    struct watch *w = *state;
    watch_asked(w, 1000);
    watch_asked(w, 1500); /* two at once: the oldest is answered first */
    watch_answered(w, NULL, OK, 1000 + LIMIT_STORE_SLOW_MS - 1);
    assert_int_equal(told[ALERT_STORE_SLOW], 0);
    assert_int_equal(watch_health(w, 9000).store_waiting, 1);
    watch_answered(w, NULL, OK, 1500 + LIMIT_STORE_SLOW_MS);
    assert_int_equal(told[ALERT_STORE_SLOW], 1);
    assert_int_equal(count, LIMIT_STORE_SLOW_MS);
    struct health h = watch_health(w, 9000);
    assert_int_equal(h.store_waiting, 0);
    assert_int_equal(h.store_slowest_ms, LIMIT_STORE_SLOW_MS);
    assert_int_equal(h.written_ms, 1500 + LIMIT_STORE_SLOW_MS);
    assert_int_equal(h.since_ms, 1000);
}

static void a_store_that_fails(void **state)
{
    struct watch *w = *state;
    watch_asked(w, 1000);
    watch_answered(w, NULL, ERR_NOT_FOUND, 1001); /* what was to go is gone: as good */
    assert_int_equal(told[ALERT_STORE_FAILED], 0);
    watch_asked(w, 1000);
    watch_answered(w, NULL, ERR_STORE, 1001);
    assert_int_equal(told[ALERT_STORE_FAILED], 1);
    struct health h = watch_health(w, 2000);
    assert_int_equal(h.store_failed, 1);
    assert_int_equal(h.written_ms, 0);
}

static void the_queue_is_full_many_times_over(void **state)
{
    struct watch *w = *state;
    for (uint64_t i = 0; i < 3 * LIMIT_STORE_QUEUE; i++) {
        watch_asked(w, i);
        if (i >= LIMIT_STORE_QUEUE - 1) watch_answered(w, NULL, OK, i);
    }
    assert_int_equal(watch_health(w, 0).store_waiting, LIMIT_STORE_QUEUE - 1);
    assert_int_equal(watch_health(w, 0).store_slowest_ms, LIMIT_STORE_QUEUE - 1);
}

static void a_wrong_certificate(void **state)
{
    struct watch *w = *state;
    watch_tick(w, NULL, NULL, 1000);
    assert_int_equal(told[ALERT_FINGERPRINT], 0);
    counted.dtls_wrong_fingerprint = 3;
    watch_tick(w, NULL, NULL, 1000 + LIMIT_AUDIT_MS - 1);
    assert_int_equal(told[ALERT_FINGERPRINT], 0);
    watch_tick(w, NULL, NULL, 1000 + LIMIT_AUDIT_MS);
    assert_int_equal(told[ALERT_FINGERPRINT], 1);
    assert_int_equal(count, 3);
    watch_tick(w, NULL, NULL, 1000 + 2 * LIMIT_AUDIT_MS);
    assert_int_equal(told[ALERT_FINGERPRINT], 1);
}

static void a_disk_that_fills(void **state)
{
    struct watch *w = *state;
    left = LIMIT_DISK_BYTES;
    watch_tick(w, NULL, NULL, 1000);
    assert_int_equal(told[ALERT_DISK], 0);
    left = LIMIT_DISK_BYTES - 4096;
    watch_tick(w, NULL, NULL, 1000 + LIMIT_DISK_MS);
    assert_int_equal(told[ALERT_DISK], 1);
    assert_int_equal(count, 255);
    struct health h = watch_health(w, 2000);
    assert_true(h.disk);
    assert_int_equal(h.disk_left, LIMIT_DISK_BYTES - 4096);
    assert_int_equal(h.disk_whole, 4ull << 30);
    w->folder = -1;
    assert_false(watch_health(w, 2000).disk);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, start)
    const struct CMUnitTest tests[] = {TEST(a_slow_store), TEST(a_store_that_fails),
                                       TEST(the_queue_is_full_many_times_over), TEST(a_wrong_certificate),
                                       TEST(a_disk_that_fills)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
