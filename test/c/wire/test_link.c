/* Links: what the client writes in test/golden/links.json is read here, and written back the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "crypt/sign.h"
#include "hex.h"
#include "wire/link.h"

static const char *text(const json_t *vector, const char *member)
{
    const char *s = json_string_value(json_object_get(vector, member));
    return s ? s : "";
}

static void reads_back(const json_t *vector, const struct link *l)
{
    uint8_t want[32];
    struct key key;
    char url[LINK_URL_BYTES], whole[LINK_URL_BYTES];
    assert_int_equal(l->kind, json_integer_value(json_object_get(vector, "kind")));
    bool device = l->kind == LINK_DEVICE; /* a public key itself, and no club */
    assert_int_equal(unhex(want, sizeof(want), text(vector, device ? "public_key" : "seed")), 32);
    assert_memory_equal(l->seed, want, 32);
    memset(want, 0, sizeof(want));
    assert_int_equal(unhex(want, sizeof(want), text(vector, "fingerprint")), device ? 0 : ID_BYTES);
    assert_memory_equal(l->fingerprint.bytes, want, ID_BYTES);
    if (!device) {
        assert_int_equal(sign_public(l->seed, &key), OK);
        assert_int_equal(unhex(want, sizeof(want), text(vector, "public_key")), 32);
        assert_memory_equal(key.bytes, want, 32);
    }
    assert_int_equal(link_url(url, "https://club.example", l), OK);
    snprintf(whole, sizeof(whole), "https://club.example/#%s", text(vector, "payload"));
    assert_string_equal(url, whole);
}

static void golden_links(void **state)
{
    (void)state;
    char path[1024];
    size_t i;
    unsigned good = 0, bad = 0;
    json_t *vector;
    snprintf(path, sizeof(path), "%s/links.json", getenv("GOLDEN"));
    json_t *list = json_load_file(path, 0, NULL);
    assert_non_null(list);
    json_array_foreach(list, i, vector)
    {
        uint8_t bytes[LINK_BYTES];
        struct link l;
        const char *payload = text(vector, "payload");
        bool valid = json_is_true(json_object_get(vector, "valid"));
        enum err e = b64_decode_exact(bytes, sizeof(bytes), payload, strlen(payload));
        if (!e) e = link_parse(&l, VIEW(bytes));
        if ((e == OK) != valid) fail_msg("%s: %s", text(vector, "name"), err_code(e));
        if (valid) reads_back(vector, &l);
        good += valid;
        bad += !valid;
    }
    json_decref(list);
    assert_true(good >= 3 && bad >= 3);
}

static void a_mistyped_link_is_told_apart(void **state)
{
    (void)state;
    uint8_t bytes[LINK_BYTES];
    struct link l = {.kind = LINK_INVITE, .seed = {1, 2, 3}}, out;
    link_write(bytes, &l);
    assert_int_equal(link_parse(&out, VIEW(bytes)), OK);
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] ^= 4;
        assert_int_equal(link_parse(&out, VIEW(bytes)), ERR_MALFORMED);
        bytes[i] ^= 4;
    }
    assert_int_equal(link_parse(&out, (struct view){bytes, sizeof(bytes) - 1}), ERR_TRUNCATED);
    l.kind = 9;
    link_write(bytes, &l);
    assert_int_equal(link_parse(&out, VIEW(bytes)), ERR_UNSUPPORTED);
}

static void an_origin_that_is_too_long(void **state)
{
    (void)state;
    char origin[LINK_URL_BYTES], url[LINK_URL_BYTES];
    struct link l = {.kind = LINK_INVITE};
    memset(origin, 'x', sizeof(origin) - 1);
    origin[sizeof(origin) - 1] = 0;
    assert_int_equal(link_url(url, origin, &l), ERR_TOO_LARGE);
    origin[LINK_URL_BYTES - B64_LEN(LINK_BYTES) - 3] = 0;
    assert_int_equal(link_url(url, origin, &l), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_links),
        cmocka_unit_test(a_mistyped_link_is_told_apart),
        cmocka_unit_test(an_origin_that_is_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
