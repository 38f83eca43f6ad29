/* Shapes and edges. The exact bytes, and signatures, are checked against test/golden by test_golden.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "wire/record.h"

static uint8_t buffer[LIMIT_RECORD_BYTES];

/* Every field a run of its own, so that a swapped or shifted one shows. */
static void fill(void *p, size_t n, uint8_t from)
{
    for (size_t i = 0; i < n; i++) ((uint8_t *)p)[i] = (uint8_t)(from + i);
}

static struct record example(enum record_type type)
{
    struct record r = {.type = type, .time_ms = 0x0002030405060708, .expires_ms = 0x0012131415161718};
    fill(&r.author, ID_BYTES, 0x20);
    fill(&r.author_device, ID_BYTES, 0x30);
    fill(&r.one_time_key, KEY_BYTES, 0x40);
    fill(&r.account_key, KEY_BYTES, 0x60);
    fill(&r.device_key, KEY_BYTES, 0x80);
    fill(&r.target, ID_BYTES, 0xa0);
    fill(&r.second, ID_BYTES, 0x21);
    fill(&r.second_device, ID_BYTES, 0x31);
    fill(&r.successor, ID_BYTES, 0x41);
    fill(&r.host, ID_BYTES, 0x51);
    fill(&r.room, ID_BYTES, 0x61);
    r.role = 2, r.scope = SCOPE_FOR_GOOD, r.subtree = 1;
    return r;
}

static struct view with_signatures(struct writer *w, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        for (int k = 0; k < SIG_BYTES; k++) write_u8(w, (uint8_t)(0xc0 + i));
    assert_int_equal(writer_end(w), OK);
    return writer_view(w);
}

static const struct {
    enum record_type type;
    const char *purpose;
    unsigned signatures;
    size_t body;
} kinds[] = {
    {RECORD_FOUNDER, "founder", 3, 105},
    {RECORD_INVITE, "invite", 1, 81},
    {RECORD_REDEEM, "redeem", 3, 105},
    {RECORD_DEVICE_ADD, "device-add", 2, 73},
    {RECORD_DEVICE_REVOKE, "device-revoke", 1, 57},
    {RECORD_ROLE, "role", 1, 58},
    {RECORD_BAN, "ban", 1, 57},
    {RECORD_UNBAN, "unban", 1, 57},
    {RECORD_INVITE_REVOKE, "invite-revoke", 1, 73},
    {RECORD_RECOVERY, "recovery", 2, 73},
    {RECORD_DELETION, "deletion", 1, 57},
    {RECORD_SUPERSEDE, "supersede", 2, 105},
    {RECORD_VETO, "veto", 1, 57},
    {RECORD_SUCCESSION, "succession", 1, 73},
    {RECORD_ROOM_BAN, "room-ban", 1, 90},
    {RECORD_ROOM_UNBAN, "room-unban", 1, 73},
    {RECORD_HOLD, "hold", 1, 57},
    {RECORD_RELEASE, "release", 1, 58},
    {RECORD_TRACE_KEY, "trace-key", 1, 73},
    {RECORD_TRACE_RELEASE, "trace-release", 1, 57},
};

static void test_records_there_and_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        struct record in = example(kinds[i].type), out;
        struct writer w = writer_init(buffer, sizeof(buffer));
        assert_string_equal(record_purpose(in.type), kinds[i].purpose);
        assert_int_equal(record_signatures(in.type), kinds[i].signatures);
        assert_int_equal(record_write_body(&w, &in), OK);
        assert_int_equal(w.len, kinds[i].body);
        struct view bytes = with_signatures(&w, kinds[i].signatures);
        assert_int_equal(record_parse(&out, bytes), OK);
        assert_int_equal(out.type, in.type);
        assert_true(out.time_ms == in.time_ms);
        assert_int_equal(out.body.len, kinds[i].body);
        assert_ptr_equal(out.body.ptr, buffer);
        for (unsigned s = 0; s < 3; s++)
            assert_int_equal(out.sig[s][63], s < kinds[i].signatures ? 0xc0 + s : 0);
        uint8_t again[LIMIT_RECORD_BYTES];
        w = writer_init(again, sizeof(again));
        assert_int_equal(record_write_body(&w, &out), OK);
        assert_true(view_eq(writer_view(&w), out.body));
        for (size_t n = 0; n < bytes.len; n++) {
            uint8_t *exact = malloc(n ? n : 1);
            memcpy(exact, bytes.ptr, n);
            assert_int_equal(record_parse(&out, (struct view){exact, n}), ERR_TRUNCATED);
            free(exact);
        }
        assert_int_equal(record_parse(&out, (struct view){buffer, bytes.len + 1}), ERR_TRAILING);
    }
}

static void test_fields_end_up_in_their_places(void **state)
{
    (void)state;
    struct record in = example(RECORD_INVITE), out;
    struct writer w = writer_init(buffer, sizeof(buffer));
    assert_int_equal(record_write_body(&w, &in), OK);
    assert_int_equal(buffer[0], 2);
    assert_int_equal(buffer[1], 0x20);
    assert_int_equal(buffer[17], 0x30);
    assert_int_equal(buffer[33], 0x40);
    assert_int_equal(buffer[66], 0x02);
    assert_int_equal(buffer[74], 0x12);
    assert_int_equal(record_parse(&out, with_signatures(&w, 1)), OK);
    assert_true(out.expires_ms == in.expires_ms);
    assert_true(id_eq(out.author, in.author) && id_eq(out.author_device, in.author_device));
    assert_true(key_eq(out.one_time_key, in.one_time_key));
    assert_true(id_zero(out.target)); /* what the type does not have stays zero */

    in = example(RECORD_REDEEM);
    w = writer_init(buffer, sizeof(buffer));
    assert_int_equal(record_write_body(&w, &in), OK);
    assert_int_equal(record_parse(&out, with_signatures(&w, 3)), OK);
    assert_true(key_eq(out.one_time_key, in.one_time_key) && key_eq(out.account_key, in.account_key) &&
                key_eq(out.device_key, in.device_key));
}

static void test_types_that_are_unknown(void **state)
{
    (void)state;
    static const uint8_t other[] = {0, 21, 22, 127, 128, 255};
    struct record r;
    for (size_t i = 0; i < sizeof(other); i++) {
        memset(buffer, other[i], sizeof(buffer));
        assert_int_equal(record_parse(&r, (struct view){buffer, 297}), ERR_UNSUPPORTED);
        assert_null(record_purpose((enum record_type)other[i]));
        assert_int_equal(record_signatures((enum record_type)other[i]), 0);
        struct writer w = writer_init(buffer, sizeof(buffer));
        assert_int_equal(record_write_body(&w, &(struct record){.type = (enum record_type)other[i]}),
                         ERR_UNSUPPORTED);
    }
}

/* Fields that know a few values: all others are refused. `at`: where the field stands. */
static void only(enum record_type type, size_t at, uint8_t first, uint8_t last)
{
    struct record in = example(type), out;
    struct writer w = writer_init(buffer, sizeof(buffer));
    assert_int_equal(record_write_body(&w, &in), OK);
    struct view bytes = with_signatures(&w, 1);
    for (unsigned v = 0; v < 256; v++) {
        buffer[at] = (uint8_t)v;
        assert_int_equal(record_parse(&out, bytes), v >= first && v <= last ? OK : ERR_MALFORMED);
    }
}

static void test_choices_and_large_numbers(void **state)
{
    (void)state;
    only(RECORD_ROLE, 49, 2, 3);
    only(RECORD_ROOM_BAN, 81, SCOPE_EVENING, SCOPE_FOR_GOOD);
    only(RECORD_RELEASE, 49, 0, 1);
    only(RECORD_BAN, 50, 0, 0x1f); /* a time of 2^53 or more: JavaScript would round it */
}

static struct leaf example_leaf(void)
{
    struct leaf l = {.suite = 1, .role = 3, .time_ms = 0x0002030405060708};
    fill(&l.room, ID_BYTES, 0x10);
    fill(&l.account, ID_BYTES, 0x20);
    fill(&l.device, ID_BYTES, 0x30);
    fill(l.hpke_key, 32, 0x40);
    fill(l.join, 16, 0x60);
    fill(&l.chain, HASH_BYTES, 0x70);
    return l;
}

static void test_leaf(void **state)
{
    (void)state;
    struct leaf in = example_leaf(), out;
    struct writer w = writer_init(buffer, sizeof(buffer));
    assert_int_equal(leaf_write_body(&w, &in), OK);
    assert_int_equal(w.len, 171);
    struct view bytes = with_signatures(&w, 1);
    assert_int_equal(leaf_parse(&out, bytes), OK);
    assert_int_equal(out.suite, 1);
    assert_int_equal(out.role, 3);
    assert_true(id_eq(out.room, in.room) && id_eq(out.account, in.account) && id_eq(out.device, in.device));
    assert_memory_equal(out.hpke_key, in.hpke_key, 32);
    assert_memory_equal(out.join, in.join, 16);
    assert_true(hash_eq(out.chain, in.chain) && out.time_ms == in.time_ms);
    assert_int_equal(out.body.len, 171);
    for (size_t n = 0; n < bytes.len; n++)
        assert_int_equal(leaf_parse(&out, (struct view){buffer, n}), ERR_TRUNCATED);
    assert_int_equal(leaf_parse(&out, (struct view){buffer, bytes.len + 1}), ERR_TRAILING);
    for (unsigned role = 0; role < 256; role++) {
        buffer[130] = (uint8_t)role;
        assert_int_equal(leaf_parse(&out, bytes), role >= 1 && role <= 3 ? OK : ERR_MALFORMED);
    }
    buffer[130] = 1;
    buffer[1] = 2; /* the hybrid suite: has an encapsulation key, the other has none */
    assert_int_equal(leaf_parse(&out, bytes), ERR_MALFORMED);
    buffer[82 + 31] = 7;
    assert_int_equal(leaf_parse(&out, bytes), OK);
    assert_int_equal(out.kem.bytes[31], 7);
    buffer[1] = 1;
    assert_int_equal(leaf_parse(&out, bytes), ERR_MALFORMED);
    buffer[82 + 31] = 0;
    buffer[1] = 3;
    assert_int_equal(leaf_parse(&out, bytes), ERR_UNSUPPORTED);
    buffer[1] = 1;
    buffer[0] = 2;
    assert_int_equal(leaf_parse(&out, bytes), ERR_UNSUPPORTED);
}

static void test_key_header(void **state)
{
    (void)state;
    struct key_header in = {.suite = 1,
                            .counter = 0x01020304,
                            .epoch = 0x05060708,
                            .generation = 0x090a0b0c,
                            .count = 0x0d0e0f10,
                            .log_size = 0x0012131415161718,
                            .time_ms = 0x0002232425262728},
                      out;
    fill(&in.room, ID_BYTES, 0x30);
    fill(&in.prev, HASH_BYTES, 0x40);
    fill(&in.roster_root, HASH_BYTES, 0x60);
    fill(&in.stage_hash, HASH_BYTES, 0x80);
    fill(&in.trace, HASH_BYTES, 0x90);
    fill(&in.log_head, HASH_BYTES, 0xa0);
    fill(in.commitment, 32, 0xc0);
    fill(&in.steward, ID_BYTES, 0xe0);
    fill(&in.steward_device, ID_BYTES, 0xf0);
    struct writer w = writer_init(buffer, sizeof(buffer));
    assert_int_equal(key_header_write_body(&w, &in), OK);
    assert_int_equal(w.len, 274);
    struct view bytes = with_signatures(&w, 1);
    assert_int_equal(key_header_parse(&out, bytes), OK);
    assert_int_equal(out.counter, in.counter);
    assert_int_equal(out.epoch, in.epoch);
    assert_int_equal(out.generation, in.generation);
    assert_int_equal(out.count, in.count);
    assert_true(out.log_size == in.log_size && out.time_ms == in.time_ms);
    assert_true(id_eq(out.room, in.room) && id_eq(out.steward, in.steward) &&
                id_eq(out.steward_device, in.steward_device));
    assert_true(hash_eq(out.prev, in.prev) && hash_eq(out.roster_root, in.roster_root));
    assert_true(hash_eq(out.stage_hash, in.stage_hash) && hash_eq(out.log_head, in.log_head));
    assert_memory_equal(out.commitment, in.commitment, 32);
    assert_true(hash_eq(out.trace, in.trace));
    assert_int_equal(out.body.len, 274);
    for (size_t n = 0; n < bytes.len; n++)
        assert_int_equal(key_header_parse(&out, (struct view){buffer, n}), ERR_TRUNCATED);
    assert_int_equal(key_header_parse(&out, (struct view){buffer, bytes.len + 1}), ERR_TRAILING);
    buffer[0] = 0;
    assert_int_equal(key_header_parse(&out, bytes), ERR_UNSUPPORTED);
    buffer[0] = 1;
    buffer[1] = 2;
    assert_int_equal(key_header_parse(&out, bytes), OK);
    buffer[1] = 3;
    assert_int_equal(key_header_parse(&out, bytes), ERR_UNSUPPORTED);
}

static void test_hello_and_look(void **state)
{
    (void)state;
    static const char long_host[257];
    uint8_t challenge[32];
    struct id account, device;
    struct key key;
    fill(challenge, 32, 0x10);
    fill(&account, ID_BYTES, 0x40);
    fill(&device, ID_BYTES, 0x50);
    fill(&key, KEY_BYTES, 0x60);
    struct writer w = writer_init(buffer, sizeof(buffer));
    assert_int_equal(hello_write_body(&w, view_str("localhost:8080"), challenge, account, device), OK);
    assert_int_equal(w.len, 1 + 14 + 32 + 32);
    assert_int_equal(buffer[0], 14);
    assert_memory_equal(buffer + 1, "localhost:8080", 14);
    assert_memory_equal(buffer + 15, challenge, 32);
    assert_memory_equal(buffer + 47, account.bytes, 16);
    assert_memory_equal(buffer + 63, device.bytes, 16);
    w = writer_init(buffer, sizeof(buffer));
    assert_int_equal(look_write_body(&w, view_str("h"), challenge, &key), OK);
    assert_int_equal(w.len, 2 + 32 + 32);
    assert_memory_equal(buffer + 34, key.bytes, 32);

    w = writer_init(buffer, sizeof(buffer));
    assert_int_equal(look_write_body(&w, (struct view){0}, challenge, &key), ERR_MALFORMED);
    struct view host = {(const uint8_t *)long_host, 256};
    assert_int_equal(look_write_body(&w, host, challenge, &key), ERR_TOO_LARGE);
    assert_int_equal(hello_write_body(&w, host, challenge, account, device), ERR_TOO_LARGE);
    host.len = 255;
    assert_int_equal(look_write_body(&w, host, challenge, &key), OK);
    w = writer_init(buffer, 10);
    assert_int_equal(look_write_body(&w, view_str("h"), challenge, &key), ERR_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records_there_and_back),
        cmocka_unit_test(test_fields_end_up_in_their_places),
        cmocka_unit_test(test_types_that_are_unknown),
        cmocka_unit_test(test_choices_and_large_numbers),
        cmocka_unit_test(test_leaf),
        cmocka_unit_test(test_key_header),
        cmocka_unit_test(test_hello_and_look),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
