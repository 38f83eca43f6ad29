/* RFC 9605 from the text, against the RFC's vectors: header encoding and suite 4, AES_128_GCM_SHA256_128. */
#include "primitives.h"

enum { SUITE = 4, KEY_BYTES_16 = 16, NONCE_BYTES = 12 };

static uint64_t number(const json_t *object, const char *name)
{
    const char *s = json_string_value(json_object_get(object, name));
    assert_non_null(s);
    return strtoull(s, NULL, 10);
}

static size_t bytes_for(uint64_t v)
{
    size_t n = 1;
    while (n < 8 && v >> 8 * n) n++;
    return n;
}

/* 4.3: X K K K Y C C C, then KID and CTR where they do not fit 3 bits; lengths are one less than the bytes */
static struct blob header(uint64_t kid, uint64_t ctr)
{
    struct blob h = {.len = 1};
    if (kid < 8) {
        h.bytes[0] |= (uint8_t)(kid << 4);
    } else {
        h.bytes[0] |= (uint8_t)(0x80 | (bytes_for(kid) - 1) << 4);
        append_number(&h, kid, bytes_for(kid));
    }
    if (ctr < 8) {
        h.bytes[0] |= (uint8_t)ctr;
    } else {
        h.bytes[0] |= (uint8_t)(0x08 | (bytes_for(ctr) - 1));
        append_number(&h, ctr, bytes_for(ctr));
    }
    return h;
}

static bool parse_header(struct view v, uint64_t *kid, uint64_t *ctr)
{
    struct reader r = reader_init(v);
    uint8_t config = read_u8(&r);
    *kid = config >> 4 & 7;
    *ctr = config & 7;
    if (config & 0x80) {
        size_t n = *kid + 1;
        for (*kid = 0; n; n--) *kid = *kid << 8 | read_u8(&r);
    }
    if (config & 0x08) {
        size_t n = *ctr + 1;
        for (*ctr = 0; n; n--) *ctr = *ctr << 8 | read_u8(&r);
    }
    return reader_end(&r) == OK;
}

static void headers_are_encoded_as_in_the_rfc(void **state)
{
    (void)state;
    json_t *root = golden("sframe.json"), *v;
    size_t i;
    json_array_foreach(json_object_get(root, "header"), i, v)
    {
        uint64_t kid = number(v, "kid"), ctr = number(v, "ctr"), got_kid, got_ctr;
        struct blob want = json_hex(v, "encoded"), got = header(kid, ctr);
        assert_blob_equal(&want, got.bytes, got.len);
        assert_true(parse_header(blob_view(&want), &got_kid, &got_ctr));
        assert_true(got_kid == kid && got_ctr == ctr);
        assert_false(parse_header((struct view){want.bytes, want.len - 1}, &got_kid, &got_ctr));
    }
    assert_int_equal(i, 289);
    json_decref(root);
}

/* 4.4.2 */
static struct blob label(const char *what, uint64_t kid)
{
    struct blob l = text("SFrame 1.0 Secret ");
    append(&l, what, strlen(what));
    append_number(&l, kid, 8);
    append_number(&l, SUITE, 2);
    return l;
}

static void suite_4_encrypts_as_in_the_rfc(void **state)
{
    (void)state;
    const struct blob none = {0};
    json_t *root = golden("sframe.json"), *v;
    size_t i;
    json_array_foreach(json_object_get(root, "sframe"), i, v)
    {
        uint64_t kid = number(v, "kid"), ctr = number(v, "ctr");
        struct blob base = json_hex(v, "base_key"), metadata = json_hex(v, "metadata"),
                    pt = json_hex(v, "pt"), want;
        struct blob key_label = label("key ", kid), salt_label = label("salt ", kid);
        want = json_hex(v, "sframe_key_label");
        assert_blob_equal(&want, key_label.bytes, key_label.len);
        want = json_hex(v, "sframe_salt_label");
        assert_blob_equal(&want, salt_label.bytes, salt_label.len);

        struct blob secret = hkdf_extract(&none, &base);
        want = json_hex(v, "sframe_secret");
        assert_blob_equal(&want, secret.bytes, secret.len);
        struct blob key = hkdf_expand(&secret, &key_label, KEY_BYTES_16);
        want = json_hex(v, "sframe_key");
        assert_blob_equal(&want, key.bytes, key.len);
        struct blob nonce = hkdf_expand(&secret, &salt_label, NONCE_BYTES);
        want = json_hex(v, "sframe_salt");
        assert_blob_equal(&want, nonce.bytes, nonce.len);
        for (int n = 0; n < 8; n++) nonce.bytes[NONCE_BYTES - 1 - n] ^= (uint8_t)(ctr >> 8 * n);
        want = json_hex(v, "nonce");
        assert_blob_equal(&want, nonce.bytes, nonce.len);

        struct blob frame = header(kid, ctr), aad = frame;
        append_blob(&aad, &metadata);
        want = json_hex(v, "aad");
        assert_blob_equal(&want, aad.bytes, aad.len);
        struct blob sealed = gcm_seal(&key, &nonce, &aad, &pt);
        append_blob(&frame, &sealed);
        want = json_hex(v, "ct");
        assert_blob_equal(&want, frame.bytes, frame.len);
    }
    assert_true(i > 0);
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_encoded_as_in_the_rfc),
        cmocka_unit_test(suite_4_encrypts_as_in_the_rfc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
