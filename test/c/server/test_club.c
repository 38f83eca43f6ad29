/* A club from its first minute, through the real program: the founder's link, an invitation, a room, a
 * restart. */
#include "support.h"

#include <signal.h>
#include <time.h>

#include "base/limits.h"
#include "crypt/sign.h"
#include "wire/record.h"

enum { CHAIN_MAX = 3, TEXT_BYTES = 4096 };

struct member {
    uint8_t account_seed[32], device_seed[32];
    struct key account_key, device_key;
    struct id account, device;
    struct hash chain[CHAIN_MAX]; /* of each record from the founder's to one's own */
    size_t chain_len;
    int fd;
    uint8_t challenge[32];
};

static char folder[64], origin[80], host[64];
static struct child server;
static struct member founder, guest;
static int request_id;

static uint64_t now(void)
{
    return (uint64_t)time(NULL) * 1000;
}

static void start(char *link, size_t cap)
{
    server = start_server(folder, NULL);
    snprintf(host, sizeof host, "localhost:%d", server.port);
    snprintf(origin, sizeof origin, "http://%s", host);
    if (link) read_line(server.out, link, cap);
}

static int set_up(void **state)
{
    (void)state;
    make_folder(folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    remove_folder(folder);
    return 0;
}

static const char *b64(struct view v)
{
    static char text[4][TEXT_BYTES];
    static unsigned turn;
    char *out = text[turn++ % 4];
    assert_true(v.len == 0 || b64_encode(out, TEXT_BYTES, v) > 0);
    return out;
}

static void make_member(struct member *m)
{
    assert_int_equal(random_bytes(m->account_seed, 32), OK);
    assert_int_equal(random_bytes(m->device_seed, 32), OK);
    assert_int_equal(sign_public(m->account_seed, &m->account_key), OK);
    assert_int_equal(sign_public(m->device_seed, &m->device_key), OK);
    m->account = id_of_key("account", &m->account_key);
    m->device = id_of_key("device", &m->device_key);
}

static void connect_member(struct member *m)
{
    assert_int_equal(ws_dial(server.port, "/ws", origin, "aparte.v1", &m->fd), 101);
    json_t *e = ws_event(m->fd, "challenge");
    const char *nonce = json_string_value(json_object_get(e, "nonce"));
    assert_int_equal(b64_decode_exact(m->challenge, 32, nonce, strlen(nonce)), OK);
    json_decref(e);
}

/* Sends {"id":..., <members>} and gives the reply. */
static json_t *ask(struct member *m, const char *members)
{
    char text[TEXT_BYTES];
    int id = ++request_id;
    assert_true(snprintf(text, sizeof text, "{\"id\":%d,%s}", id, members) < (int)sizeof text);
    ws_text(m->fd, text);
    return ws_reply(m->fd, id);
}

static void ask_ok(struct member *m, const char *members)
{
    json_t *r = ask(m, members);
    if (!json_is_true(json_object_get(r, "ok"))) fail_msg("%.60s: %s", members, error_code(r));
    json_decref(r);
}

static void ask_refused(struct member *m, const char *members, const char *code)
{
    json_t *r = ask(m, members);
    assert_string_equal(error_code(r), code);
    json_decref(r);
}

static void sign_and_add(struct writer *w, const uint8_t seed[32], const char *purpose, struct view body)
{
    uint8_t sig[SIG_BYTES];
    assert_int_equal(sign_make(seed, purpose, body, sig), OK);
    write_bytes(w, sig, sizeof sig);
}

static const char *look_text(struct member *m, const uint8_t seed[32])
{
    static char text[TEXT_BYTES];
    uint8_t body[256], sig[SIG_BYTES];
    struct key key;
    struct writer w = writer_init(body, sizeof body);
    assert_int_equal(sign_public(seed, &key), OK);
    assert_int_equal(look_write_body(&w, view_str(host), m->challenge, &key), OK);
    assert_int_equal(sign_make(seed, "look", writer_view(&w), sig), OK);
    snprintf(text, sizeof text, "\"do\":\"invite.look\",\"invite\":\"%s\",\"sig\":\"%s\"",
             b64(VIEW(key.bytes)), b64(VIEW(sig)));
    return text;
}

/* A founder or redeem record, from the seed of the link. */
static const char *redeem_text(struct member *m, enum record_type type, const uint8_t seed[32],
                               const char *name)
{
    static char text[TEXT_BYTES];
    uint8_t bytes[LIMIT_RECORD_BYTES];
    struct record r = {
        .type = type, .time_ms = now(), .account_key = m->account_key, .device_key = m->device_key};
    struct writer w = writer_init(bytes, sizeof bytes);
    assert_int_equal(sign_public(seed, &r.one_time_key), OK);
    assert_int_equal(record_write_body(&w, &r), OK);
    struct view body = writer_view(&w);
    sign_and_add(&w, seed, record_purpose(type), body);
    sign_and_add(&w, m->account_seed, record_purpose(type), body);
    sign_and_add(&w, m->device_seed, record_purpose(type), body);
    assert_int_equal(writer_end(&w), OK);
    m->chain[m->chain_len++] = hash_raw(writer_view(&w));
    snprintf(text, sizeof text, "\"do\":\"invite.redeem\",\"name\":\"%s\",\"record\":\"%s\"", name,
             b64(writer_view(&w)));
    return text;
}

static const char *invite_text(struct member *m, const uint8_t seed[32], struct hash *record_hash)
{
    static char text[TEXT_BYTES];
    uint8_t bytes[LIMIT_RECORD_BYTES];
    struct record r = {.type = RECORD_INVITE,
                       .author = m->account,
                       .author_device = m->device,
                       .time_ms = now(),
                       .expires_ms = now() + 86400000};
    struct writer w = writer_init(bytes, sizeof bytes);
    assert_int_equal(sign_public(seed, &r.one_time_key), OK);
    assert_int_equal(record_write_body(&w, &r), OK);
    struct view body = writer_view(&w);
    sign_and_add(&w, m->device_seed, "invite", body);
    assert_int_equal(writer_end(&w), OK);
    *record_hash = hash_raw(writer_view(&w));
    snprintf(text, sizeof text, "\"do\":\"invite.create\",\"record\":\"%s\"", b64(writer_view(&w)));
    return text;
}

static const char *hello_text(struct member *m)
{
    static char text[TEXT_BYTES];
    static const struct hash zero;
    uint8_t body[256], sig[SIG_BYTES];
    struct writer w = writer_init(body, sizeof body);
    assert_int_equal(hello_write_body(&w, view_str(host), m->challenge, m->account, m->device), OK);
    assert_int_equal(sign_make(m->device_seed, "hello", writer_view(&w), sig), OK);
    snprintf(text, sizeof text,
             "\"do\":\"hello\",\"account\":\"%s\",\"device\":\"%s\",\"sig\":\"%s\",\"log\":{\"size\":0,"
             "\"head\":\"%s\"}",
             b64(VIEW(m->account.bytes)), b64(VIEW(m->device.bytes)), b64(VIEW(sig)), b64(VIEW(zero.bytes)));
    return text;
}

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

static void read_link(const char *line, uint8_t seed[32])
{
    uint8_t payload[53];
    const char *fragment = strchr(line, '#');
    assert_non_null(fragment);
    assert_int_equal(b64_decode_exact(payload, sizeof payload, fragment + 1, strlen(fragment + 1)), OK);
    struct hash check = hash_two("link", (struct view){payload, 49}, (struct view){0});
    assert_memory_equal(check.bytes, payload + 49, 4);
    memcpy(seed, payload + 1, 32);
}

static void found_club(void)
{
    char line[512];
    uint8_t seed[32];
    memset(&founder, 0, sizeof founder);
    make_member(&founder);
    start(line, sizeof line);
    read_link(line, seed);
    connect_member(&founder);
    json_t *r = ask(&founder, look_text(&founder, seed));
    assert_string_equal(json_string_value(json_object_get(r, "kind")), "founder");
    json_decref(r);
    ask_ok(&founder, redeem_text(&founder, RECORD_FOUNDER, seed, "Inès"));
    r = ask(&founder, hello_text(&founder));
    assert_string_equal(json_string_value(json_object_get(r, "role")), "founder");
    assert_string_equal(json_string_value(json_object_get(r, "name")), "Inès");
    assert_string_equal(json_string_value(json_object_get(r, "account")), b64(VIEW(founder.account.bytes)));
    json_decref(r);
    json_decref(ws_event(founder.fd, "hall"));
}

static void invite_guest(void)
{
    uint8_t seed[32];
    struct hash invite;
    memset(&guest, 0, sizeof guest);
    make_member(&guest);
    assert_int_equal(random_bytes(seed, sizeof seed), OK);
    ask_ok(&founder, invite_text(&founder, seed, &invite));
    guest.chain[0] = founder.chain[0], guest.chain[1] = invite, guest.chain_len = 2;
    connect_member(&guest);
    json_t *r = ask(&guest, look_text(&guest, seed));
    assert_string_equal(json_string_value(json_object_get(r, "inviter")), "Inès");
    json_decref(r);
    ask_ok(&guest, redeem_text(&guest, RECORD_REDEEM, seed, "Tom"));
    r = ws_event(founder.fd, "guest");
    assert_string_equal(json_string_value(json_object_get(r, "name")), "Tom");
    json_decref(r);
    ask_ok(&guest, hello_text(&guest));
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
    assert_int_equal(json_array_size(list), 1);
    assert_string_equal(json_string_value(json_object_get(candidate, "address")), "127.0.0.1");
    assert_true(json_integer_value(json_object_get(candidate, "port")) >= 20000);
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

int main(int argc, char **argv)
{
    program = argc > 1 ? argv[1] : "aparte";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_link_founds_a_club_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_void_link_founds_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_meet_in_a_room, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_restart_forgets_rooms_and_no_member, set_up, tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
