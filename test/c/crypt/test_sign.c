#include "vectors.h"

#include "base/limits.h"
#include "crypt/sign.h"

static const char *SEED =
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"; /* RFC 8032 7.1 test 1 */

static void public_key_is_that_of_the_seed(void **state)
{
    (void)state;
    struct blob seed = from_hex(SEED);
    struct blob want = from_hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    struct key key;
    assert_int_equal(sign_public(seed.bytes, &key), OK);
    assert_blob_equal(&want, key.bytes, KEY_BYTES);
}

static void signature_holds_for_its_purpose_and_bytes_only(void **state)
{
    (void)state;
    struct blob seed = from_hex(SEED);
    struct key key;
    uint8_t sig[SIG_BYTES], body[] = "some record";
    assert_int_equal(sign_public(seed.bytes, &key), OK);
    assert_int_equal(sign_make(seed.bytes, "invite", VIEW(body), sig), OK);
    assert_int_equal(sign_verify(&key, "invite", VIEW(body), sig), OK);

    assert_int_equal(sign_verify(&key, "redeem", VIEW(body), sig), ERR_SIGNATURE);
    assert_int_equal(sign_verify(&key, "invit", VIEW(body), sig), ERR_SIGNATURE);
    assert_int_equal(sign_verify(&key, "invite", (struct view){body, sizeof(body) - 1}, sig), ERR_SIGNATURE);
    for (size_t bit = 0; bit < 8 * SIG_BYTES; bit++) {
        sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(sign_verify(&key, "invite", VIEW(body), sig), ERR_SIGNATURE);
        sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * sizeof(body); bit++) {
        body[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(sign_verify(&key, "invite", VIEW(body), sig), ERR_SIGNATURE);
        body[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * KEY_BYTES; bit++) {
        key.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_not_equal(sign_verify(&key, "invite", VIEW(body), sig), OK);
        key.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void prefix_is_part_of_the_message(void **state)
{
    (void)state;
    const uint8_t body[] = {1, 2, 3};
    const uint8_t whole[] = "aparte/v1/leaf\0\1\2\3"; /* and the NUL that ends the literal */
    struct hash a = hash_two("leaf", VIEW(body), (struct view){0});
    struct hash b = hash_raw((struct view){whole, sizeof(whole) - 1});
    assert_true(hash_eq(a, b));
    struct hash c = hash_two("leaf", (struct view){body, 1}, (struct view){body + 1, 2});
    assert_true(hash_eq(a, c));
    assert_false(hash_eq(a, hash_two("lea", VIEW(body), (struct view){0})));
}

/* Ed25519 is deterministic: another implementation signed "aparte/v1/leaf" 00 010203 with SEED. */
static void signature_is_byte_for_byte_the_protocols(void **state)
{
    (void)state;
    const uint8_t body[] = {1, 2, 3};
    struct blob seed = from_hex(SEED);
    struct blob want = from_hex("50683e1cb117ab599217c8d10b04d10a74182a7526b5ed5107a6d74573a36fe5"
                                "f0217d67e45fa597acdc69641f9ffdeaba97435c0c48bd99d048addc36ee7c02");
    uint8_t sig[SIG_BYTES];
    assert_int_equal(sign_make(seed.bytes, "leaf", VIEW(body), sig), OK);
    assert_blob_equal(&want, sig, SIG_BYTES);
}

static void body_too_large_is_refused(void **state)
{
    (void)state;
    static const uint8_t large[LIMIT_SIGNED_BYTES + 1];
    struct blob seed = from_hex(SEED);
    struct key key;
    uint8_t sig[SIG_BYTES] = {0};
    assert_int_equal(sign_public(seed.bytes, &key), OK);
    assert_int_equal(sign_make(seed.bytes, "invite", VIEW(large), sig), ERR_TOO_LARGE);
    assert_int_equal(sign_verify(&key, "invite", VIEW(large), sig), ERR_TOO_LARGE);
    struct view most = {large, LIMIT_SIGNED_BYTES};
    assert_int_equal(sign_make(seed.bytes, "invite-revoke", most, sig), OK);
    assert_int_equal(sign_verify(&key, "invite-revoke", most, sig), OK);
}

static void hashes_match_published_values(void **state)
{
    (void)state;
    struct blob abc =
        from_hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"); /* FIPS 180-4 */
    struct blob none = from_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    struct hash h = hash_raw(view_str("abc"));
    assert_blob_equal(&abc, h.bytes, HASH_BYTES);
    h = hash_raw((struct view){0});
    assert_blob_equal(&none, h.bytes, HASH_BYTES);
}

static void id_is_the_front_of_the_hash(void **state)
{
    (void)state;
    struct key key = {{7}};
    struct id account = id_of_key("account", &key), device = id_of_key("device", &key);
    struct hash h = hash_two("account", VIEW(key.bytes), (struct view){0});
    assert_memory_equal(account.bytes, h.bytes, ID_BYTES);
    assert_false(id_eq(account, device));
}

static void hmac_matches_rfc_2202(void **state)
{
    (void)state;
    uint8_t out[20], key[20];
    memset(key, 0x0b, sizeof(key));
    hmac_sha1(VIEW(key), view_str("Hi There"), out);
    struct blob want = from_hex("b617318655057264e28bc0b6fb378c8ef146be00");
    assert_blob_equal(&want, out, sizeof(out));
    hmac_sha1(view_str("Jefe"), view_str("what do ya want for nothing?"), out);
    want = from_hex("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    assert_blob_equal(&want, out, sizeof(out));
    hmac_sha1((struct view){0}, (struct view){0}, out);
    want = from_hex("fbdb1d1b18aa6c08324b7d64b71fb76370690e1d");
    assert_blob_equal(&want, out, sizeof(out));
}

static void small_helpers(void **state)
{
    (void)state;
    uint8_t a[32], b[32], zero[32] = {0};
    assert_int_equal(random_bytes(a, sizeof(a)), OK);
    assert_int_equal(random_bytes(b, sizeof(b)), OK);
    assert_false(equal_secret(a, b, sizeof(a)));
    assert_true(equal_secret(a, a, sizeof(a)));
    wipe(a, sizeof(a));
    assert_true(equal_secret(a, zero, sizeof(a)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(public_key_is_that_of_the_seed),
        cmocka_unit_test(signature_holds_for_its_purpose_and_bytes_only),
        cmocka_unit_test(prefix_is_part_of_the_message),
        cmocka_unit_test(signature_is_byte_for_byte_the_protocols),
        cmocka_unit_test(body_too_large_is_refused),
        cmocka_unit_test(hashes_match_published_values),
        cmocka_unit_test(id_is_the_front_of_the_hash),
        cmocka_unit_test(hmac_matches_rfc_2202),
        cmocka_unit_test(small_helpers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
