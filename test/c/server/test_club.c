/* A club from its first minute, through the real program: the founder's link, an invitation, a room, a
 * restart. */
#include "member.h"

#include <signal.h>

#include "base/limits.h"
#include "crypt/sign.h"

static const char *join_text(struct member *m, struct id room, enum record_type role)
{
    static char text[TEXT_BYTES];
    uint8_t bytes[LIMIT_LEAF_BYTES], hashes[CHAIN_MAX * HASH_BYTES];
    struct hash fingerprint;
    struct leaf leaf = {.suite = 1,
                        .room = room,
                        .account = m->account,
                        .device = m->device,
                        .role = (uint8_t)role,
                        .time_ms = now()};
    for (size_t i = 0; i < m->chain_len; i++) memcpy(hashes + i * HASH_BYTES, m->chain[i].bytes, HASH_BYTES);
    leaf.chain = hash_two("chain", (struct view){hashes, m->chain_len * HASH_BYTES}, (struct view){0});
    assert_int_equal(random_bytes(leaf.hpke_key, sizeof leaf.hpke_key), OK);
    assert_int_equal(random_bytes(leaf.join, sizeof leaf.join), OK);
    assert_int_equal(random_bytes(fingerprint.bytes, sizeof fingerprint.bytes), OK);
    struct writer w = writer_init(bytes, sizeof bytes);
    assert_int_equal(leaf_write_body(&w, &leaf), OK);
    sign_and_add(&w, m->device_seed, "leaf", writer_view(&w));
    snprintf(text, sizeof text,
             "\"do\":\"room.join\",\"room\":\"%s\",\"leaf\":\"%s\",\"media\":{\"ufrag\":\"abcd\","
             "\"fingerprint\":\"%s\","
             "\"pt\":111,\"level\":1,\"ssrc\":[11,12]}",
             b64(VIEW(room.bytes)), b64(writer_view(&w)), b64(VIEW(fingerprint.bytes)));
    return text;
}

static void a_link_founds_a_club_once(void **state)
{
    (void)state;
    char line[512];
    uint8_t old_seed[32];
    struct member late = {0};
    start(line, sizeof line);
    read_link(line, old_seed);
    assert_int_equal(stop_server(&server), 0);
    make_member(&late);
    found_club(); /* a second start: the first link is void */
    connect_member(&late);
    json_t *r = ask(&late, look_text(&late, old_seed));
    assert_string_equal(error_code(r), "invite_unknown");
    json_decref(r);
    close(late.fd), close(founder.fd);
    assert_int_equal(stop_server(&server), 0);
    start(NULL, 0);
    assert_int_equal(stop_server(&server), 0);
}

static void a_void_link_founds_nothing(void **state)
{
    (void)state;
    char line[512];
    uint8_t old_seed[32];
    struct member late = {0};
    start(line, sizeof line);
    read_link(line, old_seed);
    assert_int_equal(stop_server(&server), 0);
    start(line, sizeof line);
    make_member(&late);
    connect_member(&late);
    json_t *r = ask(&late, redeem_text(&late, RECORD_FOUNDER, old_seed, "Late"));
    assert_null(json_object_get(r, "ok"));
    json_decref(r);
    close(late.fd);
    assert_int_equal(stop_server(&server), 0);
}

static struct id open_room(void)
{
    struct id room;
    json_t *r = ask(&founder, "\"do\":\"room.open\",\"title\":\"Caf\\u00e9 du soir\",\"who\":\"everyone\"");
    const char *text = json_string_value(json_object_get(r, "room"));
    assert_non_null(text);
    assert_int_equal(b64_decode_exact(room.bytes, ID_BYTES, text, strlen(text)), OK);
    json_decref(r);
    return room;
}

static void check_media(const json_t *joined)
{
    const json_t *media = json_object_get(joined, "media"), *list = json_object_get(media, "candidates");
    const json_t *candidate = json_array_get(list, 0);
    const json_t *tcp = json_array_get(list, 1);
    assert_int_equal(json_array_size(list), 2);
    assert_string_equal(json_string_value(json_object_get(candidate, "address")), "127.0.0.1");
    assert_true(json_integer_value(json_object_get(candidate, "port")) >= 20000);
    assert_null(json_object_get(candidate, "tcp"));
    assert_true(json_is_true(json_object_get(tcp, "tcp"))); /* the same place */
    assert_true(json_equal(json_object_get(tcp, "address"), json_object_get(candidate, "address")));
    assert_true(json_equal(json_object_get(tcp, "port"), json_object_get(candidate, "port")));
    assert_int_equal(json_string_length(json_object_get(media, "fingerprint")), 43);
    assert_string_not_equal(json_string_value(json_object_get(media, "fingerprint")),
                            b64((struct view){(uint8_t[32]){0}, 32}));
    assert_int_equal(json_array_size(json_object_get(media, "slots")), LIMIT_SLOTS);
    assert_string_equal(json_string_value(json_object_get(media, "setup")), "passive");
    assert_true(json_string_length(json_object_get(media, "pwd")) >= 22); /* RFC 8445 5.3 */
}

static void two_meet_in_a_room(void **state)
{
    (void)state;
    found_club();
    invite_guest();
    struct id room = open_room();
    json_t *r = ask(&founder, join_text(&founder, room, 1));
    assert_string_equal(error_code(r), "");
    check_media(r);
    json_decref(r);
    r = ask(&guest, join_text(&guest, room, 3));
    assert_string_equal(error_code(r), "");
    check_media(r);
    assert_int_equal(json_array_size(json_object_get(r, "people")), 2);
    json_decref(r);
    r = ws_event(founder.fd, "room.person");
    assert_string_equal(json_string_value(json_object_get(json_object_get(r, "person"), "name")), "Tom");
    json_decref(r);
    ask_ok(&guest, "\"do\":\"room.hand\",\"up\":true");
    ask_refused(&guest, "\"do\":\"room.mute\",\"muted\":false", "out_of_state");
    close(founder.fd), close(guest.fd);
    assert_int_equal(stop_server(&server), 0);
}

/* Both ask before either is answered. */
/* Fifty who have one link, at once, against the store on disk: one account, and a restart knows of one. */
static void one_account_for_a_link(void **state)
{
    (void)state;
    enum { CROWD = 50 };
    static struct member crowd[CROWD];
    uint8_t seed[32] = {42};
    struct hash invite;
    char text[TEXT_BYTES];
    unsigned came = 0, late = 0;
    found_club();
    ask_ok(&founder, invite_text(&founder, seed, &invite));
    for (int i = 0; i < CROWD; i++) {
        crowd[i] = (struct member){0};
        make_member(&crowd[i]);
        connect_member(&crowd[i]);
    }
    for (int i = 0; i < CROWD; i++) {
        snprintf(text, sizeof text, "{\"id\":1,%s}", redeem_text(&crowd[i], RECORD_REDEEM, seed, "Tom"));
        ws_text(crowd[i].fd, text);
    }
    for (int i = 0; i < CROWD; i++) {
        json_t *reply = ws_reply(crowd[i].fd, 1);
        assert_non_null(reply);
        came += json_is_true(json_object_get(reply, "ok"));
        const char *code = error_code(reply);
        late += code && strcmp(code, "invite_used") == 0;
        json_decref(reply);
    }
    assert_int_equal(came, 1);
    assert_int_equal(late, CROWD - 1);
    for (int i = 0; i < CROWD; i++) close(crowd[i].fd);
    close(founder.fd);
    assert_int_equal(stop_server(&server), 0);
    start(NULL, 0);
    connect_member(&founder);
    json_t *reply = ask(&founder, hello_text(&founder));
    assert_int_equal(json_integer_value(json_object_get(json_object_get(reply, "log"), "size")), 3);
    json_decref(reply);
    close(founder.fd);
    assert_int_equal(stop_server(&server), 0);
}

static void one_handle_for_two(void **state)
{
    (void)state;
    enum { ROUNDS = 30 };
    struct member *both[] = {&founder, &guest};
    found_club();
    invite_guest();
    for (int round = 0; round < ROUNDS; round++) {
        int taken = 0, id = 1000 + round;
        for (int i = 0; i < 2; i++) {
            char text[128];
            snprintf(text, sizeof text, "{\"id\":%d,\"do\":\"profile.set\",\"handle\":\"both_%d\"}", id,
                     round);
            ws_text(both[(i + round) % 2]->fd, text);
        }
        for (int i = 0; i < 2; i++) {
            json_t *r = ws_reply(both[i]->fd, id);
            bool refused = !json_is_true(json_object_get(r, "ok"));
            if (refused) assert_string_equal(error_code(r), "handle_taken");
            taken += refused;
            json_decref(r);
        }
        assert_int_equal(taken, 1);
    }
    close(founder.fd), close(guest.fd);
    assert_int_equal(stop_server(&server), 0);
}

/* A tie, and an event tomorrow. */
static void leave_slips(struct member *m, const struct member *about)
{
    char text[256];
    for (int i = 0; i < 2; i++) {
        snprintf(text, sizeof text, "\"do\":\"people.%s\",\"account\":\"%s\",\"on\":true",
                 i ? "block" : "follow", b64(VIEW(about->account.bytes)));
        ask_ok(m, text);
    }
    snprintf(
        text, sizeof text,
        "\"do\":\"event.new\",\"title\":\"Radio\",\"start\":%llu,\"sensitive\":false,\"who\":\"everyone\"",
        (unsigned long long)now() + 86400000);
    json_decref(ask(m, text));
}

/* Takes them out: what was left in one millisecond may come back in another order. */
static void assert_same_slips(json_t *before, json_t *after)
{
    json_t *was = json_object_get(before, "slips"), *is = json_object_get(after, "slips");
    assert_int_equal(json_array_size(was), 3);
    assert_int_equal(json_array_size(is), 3);
    for (size_t i = 0; i < 3; i++) {
        bool found = false;
        for (size_t k = 0; k < 3; k++) found |= json_equal(json_array_get(was, i), json_array_get(is, k));
        assert_true(found);
    }
    json_object_del(before, "slips");
    json_object_del(after, "slips");
}

static void a_profile_outlives_the_server(void **state)
{
    (void)state;
    found_club();
    invite_guest();
    ask_ok(&guest, "\"do\":\"profile.set\",\"name\":\"Tom "
                   "\\ud83c\\udfa7\",\"handle\":\"tom_9\",\"bio\":\"Radio\",\"picture\":\"_9j_\"");
    ask_ok(&guest, "\"do\":\"passkey.set\",\"passkeys\":[{\"credential\":\"YQ\",\"data\":\"YWE\"},{"
                   "\"credential\":\"Yg\",\"data\":\"YmI\"}]");
    leave_slips(&guest, &founder);
    json_t *before = ask(&guest, "\"do\":\"account.export\"");
    close(founder.fd), close(guest.fd);
    kill(server.pid, SIGKILL); /* what was answered is on the disk */
    assert_int_equal(stop_server(&server), 128 + SIGKILL);
    start(NULL, 0);
    connect_member(&guest);
    json_t *r = ask(&guest, "\"do\":\"passkey.look\",\"credential\":\"Yg\""); /* a visitor still */
    assert_string_equal(json_string_value(json_object_get(r, "data")), "YmI");
    json_decref(r);
    ask_ok(&guest, hello_text(&guest));
    json_t *after = ask(&guest, "\"do\":\"account.export\"");
    assert_string_equal(json_string_value(json_object_get(json_object_get(after, "export"), "picture")),
                        "_9j_");
    assert_same_slips(json_object_get(before, "export"), json_object_get(after, "export"));
    assert_true(json_equal(json_object_get(before, "export"), json_object_get(after, "export")));
    json_decref(before);
    json_decref(after);
    close(guest.fd);
    assert_int_equal(stop_server(&server), 0);
}

static void a_restart_forgets_rooms_and_no_member(void **state)
{
    (void)state;
    found_club();
    invite_guest();
    open_room();
    close(founder.fd), close(guest.fd);
    assert_int_equal(stop_server(&server), 0);
    char line[512];
    start(NULL, 0);
    connect_member(&guest);
    json_t *r = ask(&guest, hello_text(&guest));
    assert_string_equal(json_string_value(json_object_get(r, "name")), "Tom");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(r, "log"), "size")), 3);
    json_decref(r);
    r = ws_event(guest.fd, "hall");
    assert_int_equal(json_array_size(json_object_get(r, "rooms")), 0);
    json_decref(r);
    close(guest.fd);
    kill(server.pid, SIGTERM);
    read_line(server.out, line, sizeof line);
    assert_string_equal(line, ""); /* no founder's link: the club has a founder */
    assert_int_equal(stop_server(&server), 0);
}

/* A store that never answers: what would change the log waits for the first record, up to a bound. */
static void so_many_commands_wait(void **state)
{
    enum { EACH = 32, SOCKETS = LIMIT_WAITING_COMMANDS / EACH };
    (void)state;
    char line[512], text[TEXT_BYTES];
    uint8_t seed[32];
    int sockets[SOCKETS];
    setenv("APARTE_TEST_WITHOUT", "store-answers", 1);
    start(line, sizeof line);
    unsetenv("APARTE_TEST_WITHOUT");
    read_link(line, seed);
    make_member(&founder);
    connect_member(&founder);
    snprintf(text, sizeof text, "{\"id\":1,%s}", redeem_text(&founder, RECORD_FOUNDER, seed, "Ada"));
    ws_text(founder.fd, text);
    ws_quiet(founder.fd);
    for (int i = 0; i < SOCKETS; i++) {
        connect_member(&guest);
        sockets[i] = guest.fd;
        for (int k = 0; k < EACH; k++) ws_text(guest.fd, text);
        ws_quiet(guest.fd);
    }
    connect_member(&guest);
    ws_text(guest.fd, text);
    json_t *r = ws_reply(guest.fd, 1);
    assert_string_equal(error_code(r), "busy");
    assert_true(json_integer_value(json_object_get(json_object_get(r, "error"), "retry_after_ms")) > 0);
    json_decref(r);

    ws_send(sockets[0], 8, true, "\x03\xe8", 2); /* what waited goes with its socket */
    assert_null(ws_next(sockets[0]));
    for (int k = 0; k < EACH; k++) ws_text(guest.fd, text);
    ws_quiet(guest.fd);
    ws_text(founder.fd, text);
    r = ws_reply(founder.fd, 1);
    assert_string_equal(error_code(r), "busy");
    json_decref(r);
    for (int i = 0; i < SOCKETS; i++) close(sockets[i]);
    close(guest.fd), close(founder.fd);
    assert_int_equal(stop_server(&server), 0);
}

int main(int argc, char **argv)
{
    program = argc > 1 ? argv[1] : "aparte";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_link_founds_a_club_once, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(a_void_link_founds_nothing, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(so_many_commands_wait, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(two_meet_in_a_room, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(one_account_for_a_link, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(one_handle_for_two, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(a_profile_outlives_the_server, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(a_restart_forgets_rooms_and_no_member, folder_set_up, folder_tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
