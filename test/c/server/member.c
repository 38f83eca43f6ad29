#include "member.h"

#include <time.h>

#include "crypt/sign.h"

char folder[64], origin[80], host[64];
struct child server;
struct member founder, guest;
static int request_id;

int folder_set_up(void **state)
{
    (void)state;
    make_folder(folder);
    return 0;
}

int folder_tear_down(void **state)
{
    (void)state;
    remove_folder(folder);
    return 0;
}

uint64_t now(void)
{
    return (uint64_t)time(NULL) * 1000;
}

void start(char *link, size_t cap)
{
    server = start_server(folder, NULL);
    snprintf(host, sizeof host, "localhost:%d", server.port);
    snprintf(origin, sizeof origin, "http://%s", host);
    if (link) read_line(server.out, link, cap);
}

const char *b64(struct view v)
{
    static char text[4][TEXT_BYTES];
    static unsigned turn;
    char *out = text[turn++ % 4];
    assert_true(v.len == 0 || b64_encode(out, TEXT_BYTES, v) > 0);
    return out;
}

void make_member(struct member *m)
{
    assert_int_equal(random_bytes(m->account_seed, 32), OK);
    assert_int_equal(random_bytes(m->device_seed, 32), OK);
    assert_int_equal(sign_public(m->account_seed, &m->account_key), OK);
    assert_int_equal(sign_public(m->device_seed, &m->device_key), OK);
    m->account = id_of_key("account", &m->account_key);
    m->device = id_of_key("device", &m->device_key);
}

void connect_member(struct member *m)
{
    assert_int_equal(ws_dial(server.port, "/ws", origin, "aparte.v1", &m->fd), 101);
    json_t *e = ws_event(m->fd, "challenge");
    const char *nonce = json_string_value(json_object_get(e, "nonce"));
    assert_int_equal(b64_decode_exact(m->challenge, 32, nonce, strlen(nonce)), OK);
    json_decref(e);
}

/* Sends {"id":..., <members>} and gives the reply. */
json_t *ask(struct member *m, const char *members)
{
    char text[TEXT_BYTES];
    int id = ++request_id;
    assert_true(snprintf(text, sizeof text, "{\"id\":%d,%s}", id, members) < (int)sizeof text);
    ws_text(m->fd, text);
    return ws_reply(m->fd, id);
}

void ask_ok(struct member *m, const char *members)
{
    json_t *r = ask(m, members);
    if (!json_is_true(json_object_get(r, "ok"))) fail_msg("%.60s: %s", members, error_code(r));
    json_decref(r);
}

void ask_refused(struct member *m, const char *members, const char *code)
{
    json_t *r = ask(m, members);
    assert_string_equal(error_code(r), code);
    json_decref(r);
}

void sign_and_add(struct writer *w, const uint8_t seed[32], const char *purpose, struct view body)
{
    uint8_t sig[SIG_BYTES];
    assert_int_equal(sign_make(seed, purpose, body, sig), OK);
    write_bytes(w, sig, sizeof sig);
}

const char *look_text(struct member *m, const uint8_t seed[32])
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
const char *redeem_text(struct member *m, enum record_type type, const uint8_t seed[32], const char *name)
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

const char *invite_text(struct member *m, const uint8_t seed[32], struct hash *record_hash)
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
    snprintf(text, sizeof text, "\"do\":\"log.append\",\"record\":\"%s\"", b64(writer_view(&w)));
    return text;
}

const char *record_text(struct member *m, enum record_type type, struct id target, uint8_t role)
{
    static char text[TEXT_BYTES];
    uint8_t bytes[LIMIT_RECORD_BYTES];
    struct record r = {.type = type,
                       .author = m->account,
                       .author_device = m->device,
                       .target = target,
                       .role = role,
                       .time_ms = now()};
    struct writer w = writer_init(bytes, sizeof bytes);
    assert_int_equal(record_write_body(&w, &r), OK);
    sign_and_add(&w, m->device_seed, record_purpose(type), writer_view(&w));
    assert_int_equal(writer_end(&w), OK);
    snprintf(text, sizeof text, "\"do\":\"log.append\",\"record\":\"%s\"", b64(writer_view(&w)));
    return text;
}

const char *hello_text(struct member *m)
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

void read_link(const char *line, uint8_t seed[32])
{
    uint8_t payload[53];
    const char *fragment = strchr(line, '#');
    assert_non_null(fragment);
    assert_int_equal(b64_decode_exact(payload, sizeof payload, fragment + 1, strlen(fragment + 1)), OK);
    struct hash check = hash_two("link", (struct view){payload, 49}, (struct view){0});
    assert_memory_equal(check.bytes, payload + 49, 4);
    memcpy(seed, payload + 1, 32);
}

void found_club(void)
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

void invite_guest(void)
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
