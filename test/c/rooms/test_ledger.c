/* The ledger in memory: bounded whatever comes, and gone as a whole when it is too old. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rooms/ledger.h"

static const uint8_t data[LEDGER_SECRET_BYTES + 4] = {7};

static struct ledger_row row(enum ledger_kind kind, uint32_t room)
{
    struct ledger_row r = {.kind = kind, .since_ms = 1000};
    put_u32(r.room.bytes, room);
    if (kind == LEDGER_ROOM || kind == LEDGER_PATTERN) r.data = VIEW(data);
    return r;
}

static enum err add(struct ledger *l, enum ledger_kind kind, uint32_t room)
{
    struct ledger_row r = row(kind, room);
    return ledger_add(l, &r, LEDGER_CHANGED, NULL);
}

static struct ledger_room *find(const struct ledger *l, uint32_t room)
{
    struct ledger_row r = row(LEDGER_ROOM, room);
    return ledger_find(l, &r.room);
}

static int set_up(void **state)
{
    static struct ledger l;
    l = (struct ledger){0};
    *state = &l;
    return ledger_init(&l) == OK ? 0 : -1;
}

static int tear_down(void **state)
{
    ledger_deinit(*state);
    return 0;
}

static void too_old_is_gone_as_a_whole(void **state)
{
    struct ledger *l = *state;
    size_t one = 0;
    for (uint32_t room = 0; room < 3; room++) {
        assert_int_equal(add(l, LEDGER_ROOM, room), OK);
        for (int i = 0; i < 100; i++) assert_int_equal(add(l, LEDGER_STAY, room), OK);
        assert_int_equal(add(l, LEDGER_PATTERN, room), OK);
        assert_int_equal(add(l, LEDGER_SPAN, room), OK);
        if (!room) one = l->bytes;
    }
    assert_true(one > 103 * sizeof(struct ledger_entry) && l->bytes == 3 * one);
    ledger_end_all(find(l, 0), 2000);
    ledger_end_all(find(l, 2), 3000);
    assert_false(ledger_expire(l, 2000)); /* the one that ended then is kept, the one that lives too */
    assert_true(ledger_expire(l, 2001));
    assert_true(!find(l, 0) && find(l, 1) && find(l, 2));
    assert_int_equal(l->bytes, 2 * one);
    assert_true(ledger_expire(l, UINT64_MAX));
    assert_int_equal(l->count, 1);
    ledger_end_all(find(l, 1), 4000);
    assert_true(ledger_expire(l, UINT64_MAX));
    assert_int_equal(l->bytes, 0);
    assert_int_equal(l->count, 0);
}

/* Of who was there as much again is taken: without that what is kept already would be worth less. */
static void bytes_are_bounded(void **state)
{
    struct ledger *l = *state;
    assert_int_equal(add(l, LEDGER_ROOM, 0), OK);
    size_t before = l->bytes;
    l->bytes = LIMIT_LEDGER_BYTES;
    assert_int_equal(add(l, LEDGER_PATTERN, 0), ERR_FULL);
    assert_int_equal(add(l, LEDGER_SPAN, 0), ERR_FULL);
    assert_int_equal(add(l, LEDGER_ROOM, 1), ERR_FULL);
    assert_null(find(l, 1));
    assert_int_equal(add(l, LEDGER_STAY, 0), OK);
    l->bytes = 2 * (size_t)LIMIT_LEDGER_BYTES;
    assert_int_equal(add(l, LEDGER_STAY, 0), ERR_FULL);
    l->bytes = before + sizeof(struct ledger_entry);
}

static void rooms_are_bounded(void **state)
{
    struct ledger *l = *state;
    for (uint32_t room = 0; room < LIMIT_LEDGER_ROOMS; room++)
        assert_int_equal(add(l, LEDGER_ROOM, room), OK);
    assert_int_equal(add(l, LEDGER_ROOM, LIMIT_LEDGER_ROOMS), ERR_FULL);
    ledger_end_all(find(l, 77), 2000);
    assert_true(ledger_expire(l, 3000));
    assert_int_equal(add(l, LEDGER_ROOM, LIMIT_LEDGER_ROOMS), OK);
}

#define ON_LEDGER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_LEDGER(too_old_is_gone_as_a_whole),
        ON_LEDGER(bytes_are_bounded),
        ON_LEDGER(rooms_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
