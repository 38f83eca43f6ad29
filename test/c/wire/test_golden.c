/* What the TypeScript client signs, read here: test/golden/records.json and headers.json. The path of the
 * folder is in $GOLDEN. Numbers of 64 bits are decimal strings there, bytes are hex. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/limits.h"
#include "crypt/sign.h"
#include "hex.h"
#include "wire/live.h"
#include "wire/record.h"

struct bytes {
    uint8_t data[LIMIT_RECORD_BYTES];
    size_t len;
};

static json_t *load(const char *name)
{
    char path[4096];
    const char *folder = getenv("GOLDEN");
    if (!folder) fail_msg("GOLDEN does not name the folder test/golden");
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    json_error_t e;
    json_t *list = json_load_file(path, JSON_REJECT_DUPLICATES, &e);
    if (!list) fail_msg("%s: line %d: %s", path, e.line, e.text);
    if (json_array_size(list) == 0) fail_msg("%s has no vectors", path);
    return list;
}

static const char *text(json_t *object, const char *member)
{
    const char *s = json_string_value(json_object_get(object, member));
    if (!s) fail_msg("a vector has no text \"%s\"", member);
    return s;
}

static struct bytes hex_of(const char *s)
{
    struct bytes b;
    long n = unhex(b.data, sizeof(b.data), s);
    if (n < 0) fail_msg("not hex, or too long: %.80s", s);
    b.len = (size_t)n;
    return b;
}

static struct view view_of(const struct bytes *b)
{
    return (struct view){b->data, b->len};
}

static struct key key_of(json_t *vector, size_t i)
{
    struct key k;
    const char *s = json_string_value(json_array_get(json_object_get(vector, "keys"), i));
    if (!s || unhex(k.bytes, KEY_BYTES, s) != KEY_BYTES) fail_msg("key %zu is missing", i);
    return k;
}

/* ---- fields ---- */

struct field {
    const char *name;
    size_t offset, size;
    bool number;
};

#define FIELD(type, wire, member, is_number)                                                                 \
    {                                                                                                        \
        wire, offsetof(struct type, member), sizeof(((struct type *)0)->member), is_number                   \
    }

static const struct field record_fields[] = {
    FIELD(record, "setup_key", one_time_key, false),
    FIELD(record, "invite_key", one_time_key, false),
    FIELD(record, "account_key", account_key, false),
    FIELD(record, "device_key", device_key, false),
    FIELD(record, "author", author, false),
    FIELD(record, "author_device", author_device, false),
    FIELD(record, "target", target, false),
    FIELD(record, "time", time_ms, true),
    FIELD(record, "expires", expires_ms, true),
    FIELD(record, "target_device", target, false),
    FIELD(record, "recovery_key", one_time_key, false),
    FIELD(record, "trace_key", one_time_key, false),
    FIELD(record, "second", second, false),
    FIELD(record, "second_device", second_device, false),
    FIELD(record, "successor", successor, false),
    FIELD(record, "host", host, false),
    FIELD(record, "room", room, false),
    FIELD(record, "role", role, true),
    FIELD(record, "scope", scope, true),
    FIELD(record, "subtree", subtree, true),
    {0},
};

static const struct field leaf_fields[] = {
    FIELD(leaf, "suite", suite, true),
    FIELD(leaf, "room", room, false),
    FIELD(leaf, "account", account, false),
    FIELD(leaf, "device", device, false),
    FIELD(leaf, "hpke_key", hpke_key, false),
    FIELD(leaf, "kem", kem, false),
    FIELD(leaf, "join", join, false),
    FIELD(leaf, "role", role, true),
    FIELD(leaf, "chain", chain, false),
    FIELD(leaf, "time", time_ms, true),
    {0},
};

static const struct field header_fields[] = {
    FIELD(key_header, "suite", suite, true),
    FIELD(key_header, "room", room, false),
    FIELD(key_header, "counter", counter, true),
    FIELD(key_header, "epoch", epoch, true),
    FIELD(key_header, "generation", generation, true),
    FIELD(key_header, "prev", prev, false),
    FIELD(key_header, "roster_root", roster_root, false),
    FIELD(key_header, "count", count, true),
    FIELD(key_header, "stage_hash", stage_hash, false),
    FIELD(key_header, "trace", trace, false),
    FIELD(key_header, "log_size", log_size, true),
    FIELD(key_header, "log_head", log_head, false),
    FIELD(key_header, "commitment", commitment, false),
    FIELD(key_header, "time", time_ms, true),
    FIELD(key_header, "steward", steward, false),
    FIELD(key_header, "steward_device", steward_device, false),
    {0},
};

static uint64_t number_at(const uint8_t *p, size_t size)
{
    uint32_t four;
    uint64_t eight;
    if (size == 1) return *p;
    memcpy(&four, p, sizeof(four));
    if (size == sizeof(four)) return four;
    memcpy(&eight, p, sizeof(eight));
    return eight;
}

static const struct field heartbeat_fields[] = {
    FIELD(heartbeat, "room", room, false),
    FIELD(heartbeat, "header", header, false),
    FIELD(heartbeat, "time", time_ms, true),
    FIELD(heartbeat, "steward", steward, false),
    FIELD(heartbeat, "steward_device", steward_device, false),
    {0},
};

static const struct field tags_fields[] = {
    FIELD(frame_tags, "room", room, false),
    FIELD(frame_tags, "counter", counter, true),
    FIELD(frame_tags, "index", index, true),
    FIELD(frame_tags, "first", first, true),
    {"tags", offsetof(struct frame_tags, tags), 0, false}, /* size 0: a view */
    {0},
};

/* Every field that the vector names, each of which must be one that we know. */
static void compare(json_t *vector, const void *parsed, const struct field *known)
{
    const char *name;
    json_t *value, *fields = json_object_get(vector, "fields");
    assert_true(json_object_size(fields) > 0);
    json_object_foreach(fields, name, value)
    {
        const struct field *f = known;
        while (f->name && strcmp(f->name, name) != 0) f++;
        if (!f->name) fail_msg("%s: unknown field \"%s\"", text(vector, "name"), name);
        const uint8_t *at = (const uint8_t *)parsed + f->offset;
        if (f->number) {
            uint64_t want = json_is_integer(value) ? (uint64_t)json_integer_value(value)
                                                   : strtoull(json_string_value(value), NULL, 10);
            if (number_at(at, f->size) != want) fail_msg("%s: %s differs", text(vector, "name"), name);
        } else {
            struct bytes want = hex_of(json_string_value(value));
            if (!f->size) { /* a view */
                const struct view *v = (const void *)at;
                assert_int_equal(want.len, v->len);
                at = v->ptr;
            } else {
                assert_int_equal(want.len, f->size);
            }
            if (memcmp(at, want.data, want.len) != 0) fail_msg("%s: %s differs", text(vector, "name"), name);
        }
    }
}

/* ---- signed structures ---- */

struct parsed {
    union {
        struct record record;
        struct leaf leaf;
        struct key_header header;
        struct heartbeat heartbeat;
        struct frame_tags tags;
    };
    struct view body;
    const uint8_t *sig;
    unsigned signatures;
    const char *purpose;
    const struct field *fields;
};

static enum err parse_record(struct parsed *p, struct view bytes)
{
    enum err e = record_parse(&p->record, bytes);
    p->body = p->record.body;
    p->sig = p->record.sig[0];
    p->signatures = record_signatures(p->record.type);
    p->purpose = record_purpose(p->record.type);
    p->fields = record_fields;
    return e;
}

static enum err parse_leaf(struct parsed *p, struct view bytes)
{
    enum err e = leaf_parse(&p->leaf, bytes);
    p->body = p->leaf.body;
    p->sig = p->leaf.sig;
    p->signatures = 1;
    p->purpose = "leaf";
    p->fields = leaf_fields;
    return e;
}

static enum err parse_header(struct parsed *p, struct view bytes)
{
    enum err e = key_header_parse(&p->header, bytes);
    p->body = p->header.body;
    p->sig = p->header.sig;
    p->signatures = 1;
    p->purpose = "header";
    p->fields = header_fields;
    return e;
}

static enum err parse_heartbeat(struct parsed *p, struct view bytes)
{
    enum err e = heartbeat_parse(&p->heartbeat, bytes);
    p->body = p->heartbeat.body;
    p->sig = p->heartbeat.sig;
    p->signatures = 1;
    p->purpose = "heartbeat";
    p->fields = heartbeat_fields;
    return e;
}

static enum err parse_tags(struct parsed *p, struct view bytes)
{
    enum err e = frame_tags_parse(&p->tags, bytes);
    p->body = p->tags.body;
    p->sig = p->tags.sig;
    p->signatures = 1;
    p->purpose = "tags";
    p->fields = tags_fields;
    return e;
}

static enum err write_again(struct writer *w, const struct parsed *p)
{
    if (p->fields == leaf_fields) return leaf_write_body(w, &p->leaf);
    if (p->fields == header_fields) return key_header_write_body(w, &p->header);
    if (p->fields == heartbeat_fields) return heartbeat_write_body(w, &p->heartbeat);
    if (p->fields == tags_fields) return frame_tags_write_body(w, &p->tags);
    return record_write_body(w, &p->record);
}

typedef enum err (*parser)(struct parsed *p, struct view bytes);

static enum err verify(json_t *vector, const struct parsed *p)
{
    enum err e = OK;
    for (unsigned i = 0; !e && i < p->signatures; i++) {
        struct key k = key_of(vector, i);
        e = sign_verify(&k, p->purpose, p->body, p->sig + (size_t)i * SIG_BYTES);
    }
    return e;
}

static void refuse_other_lengths(parser parse, struct bytes bytes)
{
    struct parsed p;
    for (size_t n = 0; n < bytes.len; n++) {
        uint8_t *exact = malloc(n ? n : 1);
        memcpy(exact, bytes.data, n);
        assert_int_equal(parse(&p, (struct view){exact, n}), ERR_TRUNCATED);
        free(exact);
    }
    bytes.data[bytes.len++] = 0;
    assert_int_equal(parse(&p, view_of(&bytes)), ERR_TRAILING);
}

/* Each bit of the body: either it is no such structure any more, or no signature holds. */
static void refuse_flipped_bits(json_t *vector, parser parse, struct bytes bytes, size_t body)
{
    for (size_t bit = 0; bit < body * 8; bit++) {
        struct parsed p;
        bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (parse(&p, view_of(&bytes)) == OK)
            for (unsigned i = 0; i < p.signatures; i++) {
                struct key k = key_of(vector, i % (unsigned)json_array_size(json_object_get(vector, "keys")));
                if (sign_verify(&k, p.purpose, p.body, p.sig + (size_t)i * SIG_BYTES) != ERR_SIGNATURE)
                    fail_msg("%s: signature %u holds with bit %zu flipped", text(vector, "name"), i, bit);
            }
        bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void check(json_t *vector, parser parse)
{
    struct parsed p;
    uint8_t again[LIMIT_RECORD_BYTES];
    struct bytes bytes = hex_of(text(vector, "bytes")), body = hex_of(text(vector, "body"));
    enum err e = parse(&p, view_of(&bytes));
    if (e) fail_msg("%s: refused, %s", text(vector, "name"), err_code(e));
    assert_string_equal(p.purpose, text(vector, "purpose"));
    assert_int_equal(json_array_size(json_object_get(vector, "keys")), p.signatures);
    assert_true(view_eq(p.body, view_of(&body)));
    compare(vector, &p.record, p.fields); /* all begin at the same place */
    struct writer w = writer_init(again, sizeof(again));
    assert_int_equal(write_again(&w, &p), OK);
    assert_true(view_eq(writer_view(&w), view_of(&body)));
    assert_int_equal(verify(vector, &p), OK);
    struct key k = key_of(vector, 0);
    assert_int_equal(sign_verify(&k, "hello", p.body, p.sig),
                     ERR_SIGNATURE); /* nor does it serve another purpose */
    refuse_other_lengths(parse, bytes);
    refuse_flipped_bits(vector, parse, bytes, body.len);
}

static json_t *named(json_t *list, const char *name)
{
    size_t i;
    json_t *vector;
    json_array_foreach(list, i, vector) if (strcmp(text(vector, "name"), name) == 0) return vector;
    fail_msg("no vector \"%s\"", name);
    return NULL;
}

static void test_records(void **state)
{
    (void)state;
    json_t *list = load("records.json"), *vector;
    size_t i;
    json_array_foreach(list, i, vector) check(vector, parse_record);
    for (int type = RECORD_FOUNDER; type <= RECORD_LAST; type++) { /* none is left out */
        vector = named(list, record_purpose((enum record_type)type));
        assert_int_equal(json_integer_value(json_object_get(vector, "type")), type);
    }
    json_decref(list);
}

static void test_ids_are_hashes_of_keys(void **state)
{
    (void)state;
    json_t *list = load("records.json");
    struct record founder, invite;
    struct bytes a = hex_of(text(named(list, "founder"), "bytes")),
                 b = hex_of(text(named(list, "invite"), "bytes"));
    assert_int_equal(record_parse(&founder, view_of(&a)), OK);
    assert_int_equal(record_parse(&invite, view_of(&b)), OK);
    assert_true(id_eq(id_of_key("account", &founder.account_key), invite.author));
    assert_true(id_eq(id_of_key("device", &founder.device_key), invite.author_device));
    json_decref(list);
}

static void test_leaf_and_header(void **state)
{
    (void)state;
    json_t *list = load("headers.json");
    check(named(list, "leaf"), parse_leaf);
    check(named(list, "header"), parse_header);
    check(named(list, "hybrid leaf"), parse_leaf);
    check(named(list, "hybrid header"), parse_header);
    check(named(list, "heartbeat"), parse_heartbeat);
    check(named(list, "tags"), parse_tags);
    json_decref(list);
}

static void check_greeting(json_t *vector, const struct writer *w)
{
    struct bytes body = hex_of(text(vector, "body")), sig = hex_of(text(vector, "sig"));
    struct key k = key_of(vector, 0);
    assert_int_equal(writer_end(w), OK);
    assert_true(view_eq(writer_view(w), view_of(&body)));
    assert_int_equal(sig.len, SIG_BYTES);
    assert_int_equal(sign_verify(&k, text(vector, "purpose"), view_of(&body), sig.data), OK);
    for (size_t bit = 0; bit < body.len * 8; bit++) {
        body.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(sign_verify(&k, text(vector, "purpose"), view_of(&body), sig.data), ERR_SIGNATURE);
        body.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void test_hello_and_look(void **state)
{
    (void)state;
    uint8_t out[512];
    json_t *list = load("headers.json");
    json_t *hello = named(list, "hello"), *look = named(list, "look"), *f = json_object_get(hello, "fields");
    struct bytes host = hex_of(text(f, "host")), challenge = hex_of(text(f, "challenge"));
    struct bytes account = hex_of(text(f, "account")), device = hex_of(text(f, "device"));
    struct id a, d;
    memcpy(a.bytes, account.data, ID_BYTES);
    memcpy(d.bytes, device.data, ID_BYTES);
    struct writer w = writer_init(out, sizeof(out));
    assert_int_equal(hello_write_body(&w, view_of(&host), challenge.data, a, d), OK);
    check_greeting(hello, &w);

    struct key invite = key_of(look, 0);
    w = writer_init(out, sizeof(out));
    assert_int_equal(look_write_body(&w, view_of(&host), challenge.data, &invite), OK);
    check_greeting(look, &w);
    json_decref(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_ids_are_hashes_of_keys),
        cmocka_unit_test(test_leaf_and_header),
        cmocka_unit_test(test_hello_and_look),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
