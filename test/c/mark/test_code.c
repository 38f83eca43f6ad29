/* Codewords, the commitment to them, and split pattern keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "crypt/sign.h"
#include "mark/code.h"
#include "mark/share.h"

static struct id id_of(unsigned n)
{
    struct id id = {{(uint8_t)(n >> 8), (uint8_t)n, 7}};
    return id;
}

static const uint8_t secret[32] = {1, 2, 3};

/* Computed with Python's hmac module. */
static void test_seeds_and_bits_are_as_documented(void **state)
{
    (void)state;
    uint8_t seed[32], bias[32];
    struct id session = {{0xaa}}, account = {{0xbb}}, speaker = {{0xcc}};
    code_seed(secret, session, account, seed);
    code_seed(secret, session, (struct id){{0}}, bias);
    static const uint8_t want[] = {0x3a, 0x73, 0xb7, 0x94, 0x49, 0x7e, 0xae, 0x95, 0xe2, 0x38, 0x17,
                                   0x04, 0x4a, 0x63, 0xb7, 0xd2, 0x52, 0x71, 0x2f, 0xa2, 0xcf, 0x5d,
                                   0x9d, 0x1a, 0x28, 0xec, 0x96, 0x26, 0x36, 0x22, 0xb4, 0x1d};
    assert_memory_equal(seed, want, sizeof(want));
    uint32_t biases = code_biases(bias, speaker, 3);
    assert_int_equal(biases, 0x6235cac4);
    assert_int_equal(code_bits(seed, speaker, 3, biases), 0x2005cb64);
}

static void test_bits_have_their_bias(void **state)
{
    (void)state;
    uint8_t bias[32];
    struct id session = id_of(1), speaker = id_of(2);
    code_seed(secret, session, (struct id){{0}}, bias);
    unsigned long ones[2] = {0}, all[2] = {0};
    for (unsigned account = 1; account <= 200; account++) {
        uint8_t seed[32];
        code_seed(secret, session, id_of(account), seed);
        for (uint32_t block = 0; block < 16; block++) {
            uint32_t biases = code_biases(bias, speaker, block);
            uint32_t bits = code_bits(seed, speaker, block, biases);
            for (int i = 0; i < 32; i++) all[biases >> i & 1]++, ones[biases >> i & 1] += bits >> i & 1;
        }
    }
    assert_in_range(all[1], 46000, 56400); /* 512 biases of 1/2, each counted 200 times: five sigma */
    assert_true(all[0] + all[1] == 200 * 16 * 32);
    for (int often = 0; often < 2; often++) {
        double p = (often ? CODE_OFTEN : CODE_RARE) / 256.0, rate = (double)ones[often] / (double)all[often];
        assert_true(rate > p - 0.01 && rate < p + 0.01);
    }
}

static void test_everything_makes_another_codeword(void **state)
{
    (void)state;
    uint8_t seed[4][32];
    const uint8_t other[32] = {9};
    code_seed(secret, id_of(1), id_of(2), seed[0]);
    code_seed(secret, id_of(1), id_of(3), seed[1]);
    code_seed(secret, id_of(2), id_of(2), seed[2]);
    code_seed(other, id_of(1), id_of(2), seed[3]);
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < i; k++) assert_memory_not_equal(seed[i], seed[k], 32);
    uint32_t bits = code_bits(seed[0], id_of(5), 0, 0x55555555);
    assert_int_not_equal(bits, code_bits(seed[0], id_of(6), 0, 0x55555555));
    assert_int_not_equal(bits, code_bits(seed[0], id_of(5), 1, 0x55555555));
}

static void test_the_commitment_binds_secret_and_session(void **state)
{
    (void)state;
    const uint8_t other[32] = {9};
    struct hash root = code_commitment(secret, id_of(1));
    assert_true(hash_eq(root, code_commitment(secret, id_of(1))));
    assert_false(hash_eq(root, code_commitment(secret, id_of(2))));
    assert_false(hash_eq(root, code_commitment(other, id_of(1))));
}

static struct share share_of(const uint8_t key[32], const uint8_t slope[32], uint8_t x)
{
    struct share s = {.x = x};
    for (int i = 0; i < 32; i++) { /* schoolbook, other than the code under test */
        unsigned product = 0;
        for (int k = 7; k >= 0; k--) {
            product <<= 1;
            if (product & 0x100) product ^= 0x11b;
            if (x >> k & 1) product ^= slope[i];
        }
        s.bytes[i] = (uint8_t)(key[i] ^ product);
    }
    return s;
}

static void test_any_two_shares_give_the_key(void **state)
{
    (void)state;
    uint8_t key[32], slope[32], got[32];
    for (int i = 0; i < 32; i++) key[i] = (uint8_t)(i * 7 + 1), slope[i] = (uint8_t)(255 - i * 13);
    struct hash check = hash_two("pattern-check", VIEW(key), (struct view){0});
    for (unsigned a = 1; a <= 64; a++)
        for (unsigned b = 1; b <= 64; b++) {
            struct share one = share_of(key, slope, (uint8_t)a), two = share_of(key, slope, (uint8_t)b);
            assert_int_equal(share_combine(&one, &two, check, got), a != b);
            if (a != b) assert_memory_equal(got, key, 32);
        }
    struct share one = share_of(key, slope, 3), two = share_of(key, slope, 250);
    assert_true(share_combine(&one, &two, check, got));
    two.bytes[31] ^= 1;
    assert_false(share_combine(&one, &two, check, got));
    for (int i = 0; i < 32; i++) assert_int_equal(got[i], 0);
    two.bytes[31] ^= 1, two.x = 251; /* somebody else's */
    assert_false(share_combine(&one, &two, check, got));
}

/* Multiplication of FIPS 197 4.2: {57} {13} = {fe}; so 0 + 13 * 57 is fe. */
static void test_the_field_is_that_of_aes(void **state)
{
    (void)state;
    uint8_t key[32] = {0}, slope[32] = {0x57}, got[32];
    struct share a = share_of(key, slope, 0x13), b = share_of(key, slope, 1);
    assert_int_equal(a.bytes[0], 0xfe);
    assert_int_equal(b.bytes[0], 0x57);
    assert_true(share_combine(&a, &b, hash_two("pattern-check", VIEW(key), (struct view){0}), got));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seeds_and_bits_are_as_documented),
        cmocka_unit_test(test_bits_have_their_bias),
        cmocka_unit_test(test_everything_makes_another_codeword),
        cmocka_unit_test(test_the_commitment_binds_secret_and_session),
        cmocka_unit_test(test_any_two_shares_give_the_key),
        cmocka_unit_test(test_the_field_is_that_of_aes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
