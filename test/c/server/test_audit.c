/* The look at who gets packets without being in a room. Both sides of it are the test's: what should not be
 * possible cannot be had from the real ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media/audit.h"
#include "server/audit.h"

enum { PEERS = 2 * LIMIT_STRAYS };

struct media {
    bool hears[PEERS], full;
    size_t drops;
};

struct rooms {
    bool has[PEERS];
};

static struct media media;
static struct rooms rooms;
static struct audit audit;
static uint64_t now;

void media_each_listener(const struct media *m, void (*fn)(void *user, peer_name peer), void *user)
{
    for (peer_name i = 0; i < PEERS; i++)
        if (m->hears[i]) fn(user, i);
}

enum err media_push(struct media *m, const struct media_command *c)
{
    assert_int_equal(c->kind, MEDIA_PEER_DROP);
    if (m->full) return ERR_BUSY;
    m->hears[c->peer] = false;
    m->drops++;
    return OK;
}

bool rooms_has_peer(const struct rooms *r, peer_name peer)
{
    return r->has[peer];
}

static int set_up(void **state)
{
    (void)state;
    media = (struct media){0};
    rooms = (struct rooms){0};
    audit = (struct audit){0};
    now = 1000000;
    return 0;
}

static size_t look(uint64_t after_ms)
{
    size_t before = media.drops;
    now += after_ms;
    audit_tick(&audit, &media, &rooms, now);
    return media.drops - before;
}

static void who_is_in_a_room_stays(void **state)
{
    (void)state;
    for (size_t i = 0; i < PEERS; i++) media.hears[i] = rooms.has[i] = true;
    for (int i = 0; i < 3; i++) assert_int_equal(look(LIMIT_AUDIT_MS), 0);
}

/* At one look alone the drop may be on its way: what is still there at the next is dropped. */
static void a_stray_is_dropped_at_the_second_look(void **state)
{
    (void)state;
    media.hears[7] = media.hears[8] = true;
    assert_int_equal(look(0), 0);
    media.hears[8] = false, media.hears[9] = true; /* one went by itself, another is new */
    assert_int_equal(look(LIMIT_AUDIT_MS - 1), 0); /* not yet time for a look */
    assert_true(media.hears[7]);
    assert_int_equal(look(1), 1);
    assert_false(media.hears[7]);
    assert_true(media.hears[9]);
    assert_int_equal(look(LIMIT_AUDIT_MS), 1);
    assert_false(media.hears[9]);
}

static void a_drop_that_was_not_taken_is_said_again(void **state)
{
    (void)state;
    media.hears[7] = media.full = true;
    for (int i = 0; i < 3; i++) assert_int_equal(look(LIMIT_AUDIT_MS), 0);
    media.full = false;
    assert_int_equal(look(LIMIT_AUDIT_MS), 1);
}

static void so_many_at_one_look_and_the_others_at_the_next(void **state)
{
    (void)state;
    for (size_t i = 0; i <= LIMIT_STRAYS; i++) media.hears[i] = true;
    assert_int_equal(look(0), 0);
    assert_int_equal(look(LIMIT_AUDIT_MS), LIMIT_STRAYS);
    assert_true(media.hears[LIMIT_STRAYS]);
    assert_int_equal(look(LIMIT_AUDIT_MS), 0); /* seen for the first time */
    assert_int_equal(look(LIMIT_AUDIT_MS), 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, set_up)
    const struct CMUnitTest tests[] = {
        TEST(who_is_in_a_room_stays),
        TEST(a_stray_is_dropped_at_the_second_look),
        TEST(a_drop_that_was_not_taken_is_said_again),
        TEST(so_many_at_one_look_and_the_others_at_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
