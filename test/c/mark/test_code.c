/* Codewords and the commitment to them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "crypt/sign.h"
#include "mark/code.h"

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

/* The eight inputs and the root that the Certificate Transparency project tests RFC 6962 2.1 with. */
static size_t ct_leaves(struct hash leaves[8])
{
    static const char *const inputs[] = {
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
    for (int i = 0; i < 8; i++) {
        uint8_t message[17] = {0};
        size_t n = strlen(inputs[i]) / 2;
        for (size_t k = 0; k < n; k++)
            assert_int_equal(sscanf(inputs[i] + 2 * k, "%2hhx", message + 1 + k), 1);
        leaves[i] = hash_raw((struct view){message, 1 + n});
    }
    return 8;
}

static void test_root_is_that_of_rfc_6962(void **state)
{
    (void)state;
    struct hash leaves[8];
    static const struct hash want[] = {
        [0] = {{0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4,
                0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b,
                0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55}},
        [1] = {{0x5d, 0xc9, 0xda, 0x79, 0xa7, 0x06, 0x59, 0xa9, 0xad, 0x55, 0x9c,
                0xb7, 0x01, 0xde, 0xd9, 0xa2, 0xab, 0x9d, 0x82, 0x3a, 0xad, 0x2f,
                0x49, 0x60, 0xcf, 0xe3, 0x70, 0xef, 0xf4, 0x60, 0x43, 0x28}},
    };
    ct_leaves(leaves);
    assert_true(hash_eq(code_root(NULL, 0), want[0]));
    assert_true(hash_eq(code_root(leaves, 8), want[1]));
    assert_true(hash_eq(code_root(leaves, 1), leaves[0]));
}

static void test_every_entry_can_be_proven(void **state)
{
    (void)state;
    static struct hash leaves[70];
    for (unsigned i = 0; i < 70; i++) {
        struct code_entry entry = {id_of(i), {0}};
        code_seed(secret, id_of(9), entry.account, entry.seed);
        leaves[i] = code_leaf(id_of(9), &entry);
    }
    for (size_t n = 1; n <= 70; n++) {
        struct hash root = code_root(leaves, n);
        for (size_t i = 0; i < n; i++) {
            struct hash path[CODE_PATH];
            size_t len = code_proof(leaves, n, i, path);
            assert_true(code_proven(leaves[i], i, n, path, len, root));
            assert_false(code_proven(leaves[(i + 1) % 70], i, n, path, len, root));
            if (n == 1) continue;
            assert_false(code_proven(leaves[i], (i + 1) % n, n, path, len, root));
            assert_false(code_proven(leaves[i], i, n, path, len - 1, root));
            path[len / 2].bytes[3] ^= 1;
            assert_false(code_proven(leaves[i], i, n, path, len, root));
        }
        assert_false(code_proven(leaves[0], n, n, leaves, 0, root));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seeds_and_bits_are_as_documented),
        cmocka_unit_test(test_bits_have_their_bias),
        cmocka_unit_test(test_everything_makes_another_codeword),
        cmocka_unit_test(test_root_is_that_of_rfc_6962),
        cmocka_unit_test(test_every_entry_can_be_proven),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
