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

static enum err append(struct place *p, uint64_t n, const struct store_also *name)
{
    struct sample s;
    sample_make(&s, n);
    return p->row->append(p->store, &s.entry, name);
}

static struct tally replay(struct place *p)
{
    struct tally t = {0};
    assert_int_equal(tally_all(p->row, p->store, &t), OK);
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
    assert_int_equal(t.profiles, 0);
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
    struct store_also name = {account(1), view_str("Inès"), false};
    assert_int_equal(append(p, 1, &name), ERR_STATE);
    assert_int_equal(append(p, 0, NULL), OK);
    assert_int_equal(append(p, 0, &name), ERR_STATE);
    assert_int_equal(append(p, 2, &name), ERR_STATE);
    assert_int_equal(append(p, UINT64_MAX, &name), ERR_STATE);
    struct tally t = replay(p);
    assert_int_equal(t.entries, 1);
    assert_int_equal(t.profiles, 0); /* nothing at all was written */
    assert_int_equal(append(p, 1, &name), OK);
    assert_int_equal(replay(p).profiles, 1);
}

static void test_entries_that_are_no_entries(void **state)
{
    struct place *p = *state;
    uint8_t large[LIMIT_RECORD_BYTES + 1] = {0};
    struct store_entry e = {.record = {large, sizeof(large)}};
    assert_int_equal(p->row->append(p->store, &e, NULL), ERR_TOO_LARGE);
    e.record.len = 0;
    assert_int_equal(p->row->append(p->store, &e, NULL), ERR_MALFORMED);
    struct store_also name = {account(1), view_str("two\nlines"), false};
    assert_int_equal(append(p, 0, &name), ERR_MALFORMED);
    assert_int_equal(replay(p).entries, 0);
    e = (struct store_entry){.record = {large, LIMIT_RECORD_BYTES}};
    assert_int_equal(p->row->append(p->store, &e, NULL), OK);
}

static struct store_profile profile(uint8_t n, const char *name, const char *handle)
{
    return (struct store_profile){.account = account(n), .name = view_str(name), .handle = view_str(handle)};
}

static void test_a_profile_is_one_per_account(void **state)
{
    struct place *p = *state;
    static const uint8_t picture[LIMIT_PICTURE_BYTES + 1] = {1};
    struct store_also name = {account(1), view_str("Inès"), false};
    assert_int_equal(append(p, 0, &name), OK);
    struct store_profile x = profile(1, "Nour 🎧", "nour_9");
    x.bio = view_str("Radio");
    x.pronouns = view_str("elle");
    x.picture = (struct view){picture, LIMIT_PICTURE_BYTES};
    assert_int_equal(p->row->set_profile(p->store, &x), OK);
    struct tally t = replay(p);
    assert_int_equal(t.profiles, 1);
    assert_true(id_eq(t.last_account, account(1)));
    assert_string_equal(t.last_name, "Nour 🎧");
    assert_string_equal(t.last_handle, "nour_9");
    assert_string_equal(t.last_bio, "Radio");
    assert_string_equal(t.last_pronouns, "elle");
    assert_int_equal(t.last_picture, LIMIT_PICTURE_BYTES);
    x = profile(1, "Nour", "");
    assert_int_equal(p->row->set_profile(p->store, &x), OK); /* replaces all of it */
    t = replay(p);
    assert_string_equal(t.last_handle, "");
    assert_string_equal(t.last_pronouns, "");
    assert_int_equal(t.last_picture, 0);
    for (uint8_t i = 2; i < 150; i++) {
        x.account = account(i);
        assert_int_equal(p->row->set_profile(p->store, &x), OK);
    }
    assert_int_equal(replay(p).profiles, 149);
}

static void test_profiles_that_do_not_fit(void **state)
{
    struct place *p = *state;
    static const uint8_t picture[LIMIT_PICTURE_BYTES + 1] = {1};
    char longest[LIMIT_NAME_BYTES + 1];
    for (size_t i = 0; i < LIMIT_NAME_BYTES; i += 4) memcpy(longest + i, "🎧", 4);
    struct store_profile x = {.account = account(1), .name = {(const uint8_t *)longest, LIMIT_NAME_BYTES}};
    assert_int_equal(p->row->set_profile(p->store, &x), OK);
    x.name.len++;
    assert_int_equal(p->row->set_profile(p->store, &x), ERR_TOO_LARGE);
    x.name = view_str("");
    assert_int_equal(p->row->set_profile(p->store, &x), ERR_MALFORMED);
    x.name = view_str("Inès");
    x.picture = VIEW(picture);
    assert_int_equal(p->row->set_profile(p->store, &x), ERR_TOO_LARGE);
    assert_int_equal(replay(p).last_picture, 0);
}

static void test_a_handle_is_one_accounts(void **state)
{
    struct place *p = *state;
    struct store_profile ines = profile(1, "Inès", "ines"), tom = profile(2, "Tom", "ines");
    assert_int_equal(p->row->set_profile(p->store, &ines), OK);
    assert_int_equal(p->row->set_profile(p->store, &ines), OK); /* one's own is not taken */
    assert_int_equal(p->row->set_profile(p->store, &tom), ERR_HANDLE_TAKEN);
    assert_int_equal(replay(p).profiles, 1);
    ines.handle = view_str("");
    assert_int_equal(p->row->set_profile(p->store, &ines), OK);
    assert_int_equal(p->row->set_profile(p->store, &tom), OK);
}

static void test_passkeys_are_replaced_as_a_whole(void **state)
{
    struct place *p = *state;
    struct store_passkey list[LIMIT_PASSKEYS + 1];
    char names[LIMIT_PASSKEYS + 1][2];
    for (size_t i = 0; i <= LIMIT_PASSKEYS; i++) {
        names[i][0] = (char)('a' + i);
        names[i][1] = 0;
        list[i] = (struct store_passkey){view_str(names[i]), view_str("sealed")};
    }
    assert_int_equal(p->row->set_passkeys(p->store, account(1), list, LIMIT_PASSKEYS), OK);
    assert_int_equal(p->row->set_passkeys(p->store, account(1), list, LIMIT_PASSKEYS + 1), ERR_TOO_LARGE);
    assert_int_equal(replay(p).passkeys, LIMIT_PASSKEYS);
    assert_int_equal(p->row->set_passkeys(p->store, account(1), list, 2), OK);
    assert_int_equal(p->row->set_passkeys(p->store, account(2), list + 1, 2), ERR_REPLAY);
    assert_int_equal(p->row->set_passkeys(p->store, account(2), list + 2, 2), OK);
    struct store_passkey twice[2] = {list[5], list[5]}, empty[2] = {list[5], {list[6].credential, {0}}};
    assert_int_equal(p->row->set_passkeys(p->store, account(2), twice, 2), ERR_REPLAY);
    assert_int_equal(p->row->set_passkeys(p->store, account(2), empty, 2), ERR_MALFORMED);
    assert_int_equal(replay(p).passkeys, 4); /* what failed changed nothing */
    assert_int_equal(p->row->set_passkeys(p->store, account(1), NULL, 0), OK);
    struct tally t = replay(p);
    assert_int_equal(t.passkeys, 2);
    assert_true(id_eq(t.key_account, account(2)));
    assert_int_equal(t.key_data, 6);
}

static void test_an_append_erases_somebody(void **state)
{
    struct place *p = *state;
    struct store_passkey keys[2] = {{view_str("a"), view_str("x")}, {view_str("b"), view_str("y")}};
    struct store_profile ines = profile(1, "Inès", "ines"), tom = profile(2, "Tom", "tom");
    assert_int_equal(p->row->set_profile(p->store, &ines), OK);
    assert_int_equal(p->row->set_profile(p->store, &tom), OK);
    assert_int_equal(p->row->set_passkeys(p->store, account(1), keys, 2), OK);
    struct store_also gone = {.account = account(1), .erase = true};
    assert_int_equal(append(p, 1, &gone), ERR_STATE);
    assert_int_equal(replay(p).profiles, 2);
    assert_int_equal(append(p, 0, &gone), OK);
    struct tally t = replay(p);
    assert_int_equal(t.profiles, 1);
    assert_string_equal(t.last_name, "Tom");
    assert_int_equal(t.passkeys, 0);
    tom.handle = view_str("ines"); /* free again */
    assert_int_equal(p->row->set_profile(p->store, &tom), OK);
    assert_int_equal(append(p, 1, &gone), OK); /* nothing left of it: as good */
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
    struct store_reader to = {.entry = stop_at_third, .user = &seen};
    assert_int_equal(p->row->replay(p->store, &to), ERR_SIGNATURE);
    assert_int_equal(seen, 3);
    assert_int_equal(append(p, 5, NULL), OK); /* and nothing is left half-read */
    assert_int_equal(replay(p).entries, 6);
}

static struct store_slip slip(enum store_slip_kind kind, uint8_t of, uint8_t id, uint8_t about,
                              const char *data)
{
    return (struct store_slip){kind, account(of), account(id), account(about), 1795500000000, view_str(data)};
}

static void test_a_slip_is_one_per_kind_account_and_id(void **state)
{
    struct place *p = *state;
    struct store_slip n = slip(STORE_FOLLOW, 1, 2, 2, "");
    assert_int_equal(p->row->set_slip(p->store, &n), OK);
    assert_int_equal(p->row->set_slip(p->store, &n), OK);
    assert_int_equal(replay(p).slips, 1);
    n = slip(STORE_EVENT, 1, 2, 0, "Radio");
    assert_int_equal(p->row->set_slip(p->store, &n), OK);
    n.data = view_str("Radio again");
    assert_int_equal(p->row->set_slip(p->store, &n), OK);
    n.account = account(3);
    assert_int_equal(p->row->set_slip(p->store, &n), OK);
    struct tally t = replay(p);
    assert_int_equal(t.slips, 3);
    assert_int_equal(t.last_slip.time_ms, 1795500000000);
    assert_string_equal(t.slip_data, "Radio again");
    assert_int_equal(p->row->drop_slip(p->store, &n), OK);
    assert_int_equal(p->row->drop_slip(p->store, &n), ERR_NOT_FOUND);
    assert_int_equal(replay(p).slips, 2);
}

static void test_slips_go_with_who_they_are_about(void **state)
{
    struct place *p = *state;
    const struct store_slip all[] = {slip(STORE_FOLLOW, 1, 2, 2, ""), slip(STORE_BLOCK, 2, 1, 1, ""),
                                     slip(STORE_EVENT, 3, 9, 0, "x"), slip(STORE_REPORT, 3, 8, 1, "x")};
    for (size_t i = 0; i < 4; i++) assert_int_equal(p->row->set_slip(p->store, &all[i]), OK);
    struct store_also gone = {.account = account(1), .erase = true};
    assert_int_equal(append(p, 0, &gone), OK);
    struct tally t = replay(p);
    assert_int_equal(t.slips, 1);
    assert_int_equal(t.last_slip.kind, STORE_EVENT);
}

static void test_slips_that_do_not_fit(void **state)
{
    struct place *p = *state;
    static const uint8_t large[LIMIT_SLIP_BYTES + 1] = {1};
    struct store_slip n = slip(STORE_EVENT, 1, 2, 0, "");
    n.data = VIEW(large);
    assert_int_equal(p->row->set_slip(p->store, &n), ERR_TOO_LARGE);
    n.data.len--;
    n.kind = 0;
    assert_int_equal(p->row->set_slip(p->store, &n), ERR_MALFORMED);
    n.kind = STORE_REPORT + 1;
    assert_int_equal(p->row->set_slip(p->store, &n), ERR_MALFORMED);
    assert_int_equal(replay(p).slips, 0);
    n.kind = STORE_EVENT;
    assert_int_equal(p->row->set_slip(p->store, &n), OK);
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

static struct ledger_row line(enum ledger_kind kind, uint8_t room, uint8_t who, uint64_t since)
{
    return (struct ledger_row){
        .kind = kind, .room = account(room), .account = account(who), .since_ms = since};
}

static void test_the_ledger_comes_back(void **state)
{
    struct place *p = *state;
    uint8_t data[40] = {1, 2, 3};
    struct ledger_row rows[] = {line(LEDGER_STAY, 1, 7, 11), line(LEDGER_ROOM, 1, 0, 10),
                                line(LEDGER_SPAN, 1, 7, 12), line(LEDGER_STAY, 1, 8, 11)};
    rows[1].data = VIEW(data), rows[2].hop = UINT32_MAX;
    assert_int_equal(p->row->put_ledger(p->store, rows, 4), OK);
    struct tally t = replay(p);
    assert_int_equal(t.rooms, 1);
    assert_int_equal(t.lines, 3);
    rows[0] = rows[2], rows[0].until_ms = 99; /* written again: its end */
    assert_int_equal(p->row->put_ledger(p->store, rows, 1), OK);
    t = replay(p);
    assert_int_equal(t.lines, 3);
    struct ledger_row room = line(LEDGER_ROOM, 2, 0, 20);
    room.until_ms = 30, room.data = VIEW(data);
    assert_int_equal(p->row->put_ledger(p->store, &room, 1), OK);
    t = replay(p);
    assert_int_equal(t.rooms, 2);
    struct ledger_row bad = line((enum ledger_kind)5, 1, 7, 11);
    assert_int_equal(p->row->put_ledger(p->store, &bad, 1), ERR_MALFORMED);
    bad = line(LEDGER_STAY, 1, 7, UINT64_MAX);
    assert_int_equal(p->row->put_ledger(p->store, &bad, 1), ERR_MALFORMED);
    assert_int_equal(replay(p).lines, 3);
}

static void test_an_end_is_kept(void **state)
{
    struct place *p = *state;
    struct ledger_row rows[] = {line(LEDGER_ROOM, 1, 0, 10), line(LEDGER_SPAN, 1, 7, 12)};
    rows[1].hop = 5;
    assert_int_equal(p->row->put_ledger(p->store, rows, 2), OK);
    rows[1].until_ms = 99;
    assert_int_equal(p->row->put_ledger(p->store, rows + 1, 1), OK);
    struct tally t = replay(p);
    assert_int_equal(t.last_line.kind, LEDGER_SPAN);
    assert_int_equal(t.last_line.until_ms, 99);
    assert_int_equal(t.last_line.hop, 5);
    assert_true(id_eq(t.last_line.account, account(7)));
}

static void test_the_ledger_is_erased_room_by_room(void **state)
{
    struct place *p = *state;
    for (uint8_t room = 1; room <= 3; room++) {
        struct ledger_row rows[] = {line(LEDGER_ROOM, room, 0, 10), line(LEDGER_STAY, room, 7, 11),
                                    line(LEDGER_PATTERN, room, 7, 12)};
        rows[0].until_ms = room == 3 ? 0 : 100u * room; /* the third still lives */
        assert_int_equal(p->row->put_ledger(p->store, rows, 3), OK);
    }
    assert_int_equal(p->row->erase_ledger(p->store, 100), OK); /* not before 100 */
    assert_int_equal(replay(p).rooms, 3);
    assert_int_equal(p->row->erase_ledger(p->store, 101), OK);
    struct tally t = replay(p);
    assert_int_equal(t.rooms, 2);
    assert_int_equal(t.lines, 4);
    assert_int_equal(p->row->erase_ledger(p->store, UINT64_MAX), OK);
    t = replay(p);
    assert_int_equal(t.rooms, 1);
    assert_int_equal(t.lines, 2);
}

static struct store_room kept(uint8_t room, const char *data)
{
    return (struct store_room){account(room), view_str(data)};
}

static void test_rooms_that_live_come_back(void **state)
{
    struct place *p = *state;
    struct store_room rooms[] = {kept(1, "first"), kept(2, "second")};
    assert_int_equal(p->row->put_rooms(p->store, rooms, 2), OK);
    assert_int_equal(replay(p).kept, 2);
    struct store_room next[] = {kept(1, ""), kept(2, "changed"),
                                kept(9, "")}; /* one ended; one was never there */
    assert_int_equal(p->row->put_rooms(p->store, next, 3), OK);
    struct tally t = replay(p);
    assert_int_equal(t.kept, 1);
    assert_string_equal(t.kept_data, "changed");
}

static void test_rooms_all_or_none(void **state)
{
    struct place *p = *state;
    static uint8_t large[LIMIT_KEPT_BYTES + 1];
    struct store_room rooms[LIMIT_KEPT_ROOMS + 1];
    for (uint8_t i = 0; i <= LIMIT_KEPT_ROOMS; i++) rooms[i] = kept((uint8_t)(i + 1), "x");
    assert_int_equal(p->row->put_rooms(p->store, rooms, LIMIT_KEPT_ROOMS + 1), ERR_TOO_LARGE);
    rooms[1].data = VIEW(large);
    assert_int_equal(p->row->put_rooms(p->store, rooms, 2), ERR_TOO_LARGE);
    assert_int_equal(replay(p).kept, 0);
    rooms[1].data.len--;
    assert_int_equal(p->row->put_rooms(p->store, rooms, LIMIT_KEPT_ROOMS), OK);
    assert_int_equal(replay(p).kept, LIMIT_KEPT_ROOMS);
}

static enum err use(struct place *p, uint8_t of, uint64_t day, uint32_t used)
{
    struct store_lookups l = {account(of), day, used};
    return p->row->set_lookups(p->store, &l);
}

static void test_a_day_s_use_is_one_per_account_and_of_that_day(void **state)
{
    struct place *p = *state;
    assert_int_equal(use(p, 1, 20000, 20), OK);
    assert_int_equal(use(p, 1, 20000, 40), OK);
    struct tally t = replay(p);
    assert_int_equal(t.lookups, 1);
    assert_true(id_eq(t.last_lookups.account, account(1)));
    assert_int_equal(t.last_lookups.day, 20000);
    assert_int_equal(t.last_lookups.used, 40);
    assert_int_equal(use(p, 2, 20000, 200), OK);
    assert_int_equal(replay(p).lookups, 2);
    assert_int_equal(use(p, 3, 20001, 20), OK); /* of days before nothing is left */
    t = replay(p);
    assert_int_equal(t.lookups, 1);
    assert_true(id_eq(t.last_lookups.account, account(3)));
    assert_int_equal(use(p, 0, 20001, 0), OK); /* nobody's: only what is past goes */
    assert_int_equal(replay(p).lookups, 1);
    assert_int_equal(use(p, 0, 20002, 0), OK);
    assert_int_equal(replay(p).lookups, 0);
    assert_int_equal(use(p, 1, UINT64_MAX, 1), ERR_MALFORMED);
}

static void test_alerts_are_replaced_as_a_whole(void **state)
{
    struct place *p = *state;
    struct alert list[LIMIT_ALERTS + 1];
    for (uint32_t i = 0; i <= LIMIT_ALERTS; i++)
        list[i] = (struct alert){i + 1, ALERT_BUDGET, account((uint8_t)(i % 3)), 1795500000000, i};
    assert_int_equal(p->row->set_alerts(p->store, list, LIMIT_ALERTS + 1), ERR_TOO_LARGE);
    assert_int_equal(p->row->set_alerts(p->store, list, LIMIT_ALERTS), OK);
    assert_int_equal(replay(p).alerts, LIMIT_ALERTS);
    list[1].kind = ALERT_DISK;
    assert_int_equal(p->row->set_alerts(p->store, list, 2), OK);
    struct tally t = replay(p);
    assert_int_equal(t.alerts, 2);
    assert_memory_equal(&t.last_alert, &list[1], sizeof list[1]);
    list[1].n = 1; /* two of one number; none before; a kind that there is not */
    assert_int_equal(p->row->set_alerts(p->store, list, 2), ERR_MALFORMED);
    list[0].n = 0;
    assert_int_equal(p->row->set_alerts(p->store, list, 1), ERR_MALFORMED);
    list[0] = (struct alert){1, (enum alert_kind)(ALERT_DISK + 1), account(1), 5, 0};
    assert_int_equal(p->row->set_alerts(p->store, list, 1), ERR_MALFORMED);
    assert_int_equal(replay(p).alerts, 2);
    assert_int_equal(p->row->set_alerts(p->store, NULL, 0), OK);
    assert_int_equal(replay(p).alerts, 0);
}

static void test_a_day_s_use_and_alerts_go_with_the_account(void **state)
{
    struct place *p = *state;
    struct alert list[] = {{1, ALERT_BUDGET, account(1), 5, 0}, {2, ALERT_MOVES, account(2), 6, 20}};
    assert_int_equal(use(p, 1, 20000, 20), OK);
    assert_int_equal(use(p, 2, 20000, 20), OK);
    assert_int_equal(p->row->set_alerts(p->store, list, 2), OK);
    struct store_also gone = {.account = account(1), .erase = true};
    assert_int_equal(append(p, 0, &gone), OK);
    struct tally t = replay(p);
    assert_int_equal(t.lookups, 1);
    assert_true(id_eq(t.last_lookups.account, account(2)));
    assert_int_equal(t.alerts, 1);
    assert_int_equal(t.last_alert.n, 2);
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
        ON_BOTH(test_the_ledger_comes_back),
        ON_BOTH(test_an_end_is_kept),
        ON_BOTH(test_the_ledger_is_erased_room_by_room),
        ON_BOTH(test_rooms_that_live_come_back),
        ON_BOTH(test_rooms_all_or_none),
        ON_BOTH(test_a_day_s_use_is_one_per_account_and_of_that_day),
        ON_BOTH(test_alerts_are_replaced_as_a_whole),
        ON_BOTH(test_a_day_s_use_and_alerts_go_with_the_account),
        ON_BOTH(test_a_profile_is_one_per_account),
        ON_BOTH(test_profiles_that_do_not_fit),
        ON_BOTH(test_a_handle_is_one_accounts),
        ON_BOTH(test_passkeys_are_replaced_as_a_whole),
        ON_BOTH(test_a_slip_is_one_per_kind_account_and_id),
        ON_BOTH(test_slips_go_with_who_they_are_about),
        ON_BOTH(test_slips_that_do_not_fit),
        ON_BOTH(test_an_append_erases_somebody),
        ON_BOTH(test_a_reader_may_stop),
        ON_BOTH(test_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
