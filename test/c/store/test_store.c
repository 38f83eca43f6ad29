/* What every back end promises: the same tests on each row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "folder.h"

struct place {
    const struct store_row *row;
    struct folder folder;
    struct store *store;
};

static int set_up(void **state, const struct store_row *row)
{
    struct place *p = calloc(1, sizeof(*p));
    p->row = row;
    p->folder = folder_new();
    assert_int_equal(row->open(&p->store, p->folder.path), OK);
    *state = p;
    return 0;
}

static int set_up_mem(void **state)
{
    return set_up(state, &store_mem);
}

static int set_up_sqlite(void **state)
{
    return set_up(state, &store_sqlite);
}

static int tear_down(void **state)
{
    struct place *p = *state;
    p->row->close(p->store);
    folder_free(&p->folder);
    free(p);
    return 0;
}

static enum err append(struct place *p, uint64_t n, const struct store_name *name)
{
    struct sample s;
    sample_make(&s, n);
    return p->row->append(p->store, &s.entry, name);
}

static struct tally replay(struct place *p)
{
    struct tally t = {0};
    assert_int_equal(p->row->replay(p->store, tally_entry, tally_name, &t), OK);
    return t;
}

static struct id account(uint8_t n)
{
    struct id a;
    memset(a.bytes, n, ID_BYTES);
    return a;
}

static void test_an_empty_store(void **state)
{
    struct place *p = *state;
    struct tally t = replay(p);
    assert_int_equal(t.entries, 0);
    assert_int_equal(t.names, 0);
}

static void test_entries_come_back_in_order(void **state)
{
    struct place *p = *state;
    for (uint64_t n = 0; n < 200; n++) assert_int_equal(append(p, n, NULL), OK);
    assert_int_equal(replay(p).entries, 200);
    assert_int_equal(replay(p).entries, 200); /* any number of times */
}

static void test_only_the_next_position_is_taken(void **state)
{
    struct place *p = *state;
    struct store_name name = {account(1), view_str("Inès")};
    assert_int_equal(append(p, 1, &name), ERR_STATE);
    assert_int_equal(append(p, 0, NULL), OK);
    assert_int_equal(append(p, 0, &name), ERR_STATE);
    assert_int_equal(append(p, 2, &name), ERR_STATE);
    assert_int_equal(append(p, UINT64_MAX, &name), ERR_STATE);
    struct tally t = replay(p);
    assert_int_equal(t.entries, 1);
    assert_int_equal(t.names, 0); /* nothing at all was written */
    assert_int_equal(append(p, 1, &name), OK);
    assert_int_equal(replay(p).names, 1);
}

static void test_entries_that_are_no_entries(void **state)
{
    struct place *p = *state;
    uint8_t large[LIMIT_RECORD_BYTES + 1] = {0};
    struct store_entry e = {.record = {large, sizeof(large)}};
    assert_int_equal(p->row->append(p->store, &e, NULL), ERR_TOO_LARGE);
    e.record.len = 0;
    assert_int_equal(p->row->append(p->store, &e, NULL), ERR_MALFORMED);
    struct store_name name = {account(1), view_str("two\nlines")};
    assert_int_equal(append(p, 0, &name), ERR_MALFORMED);
    assert_int_equal(replay(p).entries, 0);
    e = (struct store_entry){.record = {large, LIMIT_RECORD_BYTES}};
    assert_int_equal(p->row->append(p->store, &e, NULL), OK);
}

static void test_a_name_is_one_per_account(void **state)
{
    struct place *p = *state;
    struct store_name name = {account(1), view_str("Inès")};
    assert_int_equal(append(p, 0, &name), OK);
    name.name = view_str("Nour 🎧");
    assert_int_equal(p->row->set_name(p->store, &name), OK);
    struct tally t = replay(p);
    assert_int_equal(t.names, 1);
    assert_true(id_eq(t.last_account, account(1)));
    assert_string_equal(t.last_name, "Nour 🎧");
    for (uint8_t i = 2; i < 150; i++) {
        name.account = account(i);
        assert_int_equal(p->row->set_name(p->store, &name), OK);
    }
    assert_int_equal(replay(p).names, 149);
    char longest[LIMIT_NAME_BYTES + 1];
    for (size_t i = 0; i < LIMIT_NAME_BYTES; i += 4) memcpy(longest + i, "🎧", 4);
    name.name = (struct view){(const uint8_t *)longest, LIMIT_NAME_BYTES};
    assert_int_equal(p->row->set_name(p->store, &name), OK);
    name.name.len++;
    assert_int_equal(p->row->set_name(p->store, &name), ERR_TOO_LARGE);
    name.name = view_str("");
    assert_int_equal(p->row->set_name(p->store, &name), ERR_MALFORMED);
}

static enum err stop_at_third(void *user, const struct store_entry *e)
{
    ++*(unsigned *)user;
    return e->n == 2 ? ERR_SIGNATURE : OK;
}

static void test_a_reader_may_stop(void **state)
{
    struct place *p = *state;
    unsigned seen = 0;
    for (uint64_t n = 0; n < 5; n++) assert_int_equal(append(p, n, NULL), OK);
    assert_int_equal(p->row->replay(p->store, stop_at_third, tally_name, &seen), ERR_SIGNATURE);
    assert_int_equal(seen, 3);
    assert_int_equal(append(p, 5, NULL), OK); /* and nothing is left half-read */
    assert_int_equal(replay(p).entries, 6);
}

static void test_settings(void **state)
{
    struct place *p = *state;
    uint8_t out[32];
    size_t len = 99;
    assert_int_equal(p->row->get(p->store, "setup_key", out, sizeof(out), &len), ERR_NOT_FOUND);
    assert_int_equal(len, 0);
    assert_int_equal(p->row->remove(p->store, "setup_key"), ERR_NOT_FOUND);
    assert_int_equal(p->row->put(p->store, "setup_key", view_str("a")), OK);
    assert_int_equal(p->row->put(p->store, "club_name", view_str("The Thursday Club")), OK);
    assert_int_equal(p->row->put(p->store, "setup_key", view_str("bytes of a key, thirty-two long.")), OK);
    assert_int_equal(p->row->get(p->store, "setup_key", out, 32, &len), OK);
    assert_int_equal(len, 32);
    assert_memory_equal(out, "bytes of a key, thirty-two long.", 32);
    assert_int_equal(p->row->get(p->store, "setup_key", out, 31, &len), ERR_TOO_LARGE);
    assert_int_equal(p->row->remove(p->store, "setup_key"), OK);
    assert_int_equal(p->row->get(p->store, "setup_key", out, sizeof(out), &len), ERR_NOT_FOUND);
    assert_int_equal(p->row->get(p->store, "club_name", out, sizeof(out), &len), OK);
    assert_int_equal(len, 17);
    assert_int_equal(p->row->put(p->store, "empty", (struct view){0}), OK);
    assert_int_equal(p->row->get(p->store, "empty", out, 0, &len), OK);
    assert_int_equal(p->row->put(p->store, "", view_str("x")), ERR_MALFORMED);
    assert_int_equal(p->row->get(p->store, "", out, sizeof(out), &len), ERR_NOT_FOUND);
    assert_int_equal(p->row->put(p->store, "a-key-that-is-longer-than-any-of-ours", view_str("x")),
                     ERR_TOO_LARGE);
}

#define ON(row, test) cmocka_unit_test_setup_teardown(test, set_up_##row, tear_down)
#define ON_BOTH(test) ON(mem, test), ON(sqlite, test)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(test_an_empty_store),
        ON_BOTH(test_entries_come_back_in_order),
        ON_BOTH(test_only_the_next_position_is_taken),
        ON_BOTH(test_entries_that_are_no_entries),
        ON_BOTH(test_a_name_is_one_per_account),
        ON_BOTH(test_a_reader_may_stop),
        ON_BOTH(test_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
