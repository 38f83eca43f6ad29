/* Probabilities: against the enumeration of all codewords, and against many random innocents. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../noise.h"
#include "mark/code.h"
#include "trace/score.h"

enum { SEGMENTS = 12, ALL = 1 << SEGMENTS, LONG = 96, MIXED = 384, INNOCENTS = 20000 };

static uint32_t seed = 1;

static float random_unit(void)
{
    return (float)(lcg(&seed) >> 8) / (1 << 24);
}

static struct soft softs[MIXED];

/* The mark is there, with codeword bits `truth`, among noise. */
static void make_softs(size_t n, const uint32_t *truth, float strength)
{
    for (size_t i = 0; i < n; i++) {
        float noise = 0;
        for (int k = 0; k < 12; k++) noise += random_unit() - 0.5f;
        float sign = truth[i / 32] >> i % 32 & 1 ? -1 : 1;
        softs[i] = (struct soft){
            .segment = (uint32_t)i, .score = 10 * (sign * strength + noise), .noise = 100, .weight = 10};
    }
}

static double probability(uint32_t word, uint32_t biases)
{
    double p = 1;
    for (int i = 0; i < SEGMENTS; i++) {
        double b = (biases >> i & 1 ? CODE_OFTEN : CODE_RARE) / 256.0;
        p *= word >> i & 1 ? b : 1 - b;
    }
    return p;
}

static double score_of(const struct part *part, size_t user, enum score_kind kind)
{
    float steps[LONG];
    double sum = 0;
    score_curve(part, user, kind, steps);
    for (size_t i = 0; i < part->n; i++) sum += steps[i];
    return sum;
}

static void test_tail_is_what_enumeration_gives(void **state)
{
    (void)state;
    static uint32_t words[ALL];
    static double scores[ALL];
    uint32_t biases = 0xb35, truth = 0x9c5;
    for (uint32_t i = 0; i < ALL; i++) words[i] = i;
    struct book book = {.users = ALL, .words = 1, .bits = words, .biases = &biases};
    make_softs(SEGMENTS, &truth, 1.2f);
    struct part part = {&book, softs, SEGMENTS};
    for (enum score_kind kind = 0; kind < SCORE_KINDS; kind++) {
        for (size_t u = 0; u < ALL; u++) scores[u] = score_of(&part, u, kind);
        for (size_t u = 0; u < ALL; u += 37) {
            double exact = 0, tail;
            for (uint32_t w = 0; w < ALL; w++)
                if (scores[w] >= scores[u] - 1e-6) exact += probability(w, biases);
            assert_int_equal(score_tail(&part, 1, u, kind, &tail), OK);
            assert_true(tail >= log10(exact) - 1e-6);
            assert_true(tail <= log10(exact) + 0.05);
        }
    }
}

/* What the tally says of everyone is a bound: never below the exact chance times the price. */
static void test_bound_is_above_the_tail(void **state)
{
    (void)state;
    static uint32_t words[ALL];
    uint32_t biases = 0x5a3, truth = 0x3c1;
    for (uint32_t i = 0; i < ALL; i++) words[i] = i;
    struct book book = {.users = ALL, .words = 1, .bits = words, .biases = &biases};
    make_softs(SEGMENTS, &truth, 1.5f);
    struct part part = {&book, softs, SEGMENTS};
    static struct verdict verdicts[ALL];
    struct tally tally = {PTHREAD_MUTEX_INITIALIZER, verdicts};
    assert_int_equal(score_trial(&part, 1, 0.5, 7, &tally), OK);
    size_t told = 0;
    for (size_t u = 0; u < ALL; u++) {
        double tail;
        if (verdicts[u].log10_p >= 0) continue;
        told++;
        assert_int_equal(verdicts[u].trial, 7);
        assert_int_equal(score_tail(&part, 1, u, verdicts[u].kind, &tail), OK);
        assert_true(verdicts[u].log10_price > 0.5);
        assert_true(verdicts[u].log10_p >= tail - 0.05 + verdicts[u].log10_price);
    }
    assert_true(told > 10);
    assert_true(verdicts[truth].log10_p < 0);
}

/* Innocent codewords are drawn after the soft decisions, as in a real trace: few seem guilty, and never more
 * than said. */
static void test_innocents_are_as_rare_as_said(void **state)
{
    (void)state;
    static uint32_t words[INNOCENTS * 3];
    uint32_t biases[3] = {0x0f37a51c, 0xc0ffee11, 0x12345678},
             truth[3] = {0x13579bdf, 0x2468ace0, 0xdeadbeef};
    for (size_t u = 0; u < INNOCENTS; u++)
        for (int i = 0; i < LONG; i++) {
            float p = (biases[i / 32] >> i % 32 & 1 ? CODE_OFTEN : CODE_RARE) / 256.0f;
            words[u * 3 + (size_t)i / 32] |= (uint32_t)(random_unit() < p) << i % 32;
        }
    struct book book = {.users = INNOCENTS, .words = 3, .bits = words, .biases = biases};
    make_softs(LONG, truth, 0.8f);
    struct part part = {&book, softs, LONG};
    size_t exact[4] = {0}, bound[4] = {0};
    static struct verdict verdicts[INNOCENTS];
    struct tally tally = {PTHREAD_MUTEX_INITIALIZER, verdicts};
    assert_int_equal(score_trial(&part, 1, 0, 0, &tally), OK);
    for (size_t u = 0; u < INNOCENTS; u++)
        for (int k = 1; k <= 3; k++) {
            bound[k] += verdicts[u].log10_p <= -k;
            if (u % 10) continue; /* the exact one takes longer */
            double tail;
            assert_int_equal(score_tail(&part, 1, u, SCORE_ALONE, &tail), OK);
            exact[k] += tail <= -k;
        }
    assert_true(bound[1] <= INNOCENTS / 10 && bound[2] <= INNOCENTS / 100 && bound[3] <= INNOCENTS / 1000);
    assert_in_range(exact[1], 140, 260); /* of 2,000, a tenth: 200 +- 4.5 sigma */
    assert_in_range(exact[2], 2, 42);
    assert_true(exact[3] <= 10);
}

static void test_leaker_stands_out_and_nothing_says_nothing(void **state)
{
    (void)state;
    uint32_t words[2][3] = {{0x13579bdf, 0x2468ace0, 0xdeadbeef}, {0xeca86420, 0xdb97531f, 0x21524110}};
    uint32_t biases[3] = {0x0f37a51c, 0xc0ffee11, 0x12345678};
    struct book book = {.users = 2, .words = 3, .bits = words[0], .biases = biases};
    make_softs(LONG, words[0], 1.5f);
    struct part parts[2] = {{&book, softs, LONG / 2}, {&book, softs + LONG / 2, LONG / 2}};
    struct verdict verdicts[2] = {0};
    struct tally tally = {PTHREAD_MUTEX_INITIALIZER, verdicts};
    assert_int_equal(score_trial(parts, 2, 0, 0, &tally), OK);
    assert_true(verdicts[0].log10_p < -8);
    assert_true(verdicts[1].log10_p == 0);
    assert_int_equal(score_trial(parts, 0, 0, 0, &tally), OK);
    for (int i = 0; i < LONG; i++) softs[i] = (struct soft){.segment = (uint32_t)i};
    struct verdict none[2] = {0};
    tally.verdicts = none;
    assert_int_equal(score_trial(parts, 2, 0, 0, &tally), OK);
    assert_true(none[0].log10_p == 0 && none[1].log10_p == 0);
}

/* Where they differ the mark is weak or gone, which says as much as where it is there: each of them is told by
 * a score for averaging, at least one by the one for so many. By other scores it would be 10^-24 and 10^-14. */
static void assert_mix_is_told(size_t users, enum score_kind kind, double log10_p)
{
    uint32_t biases[MIXED / 32], words[3][MIXED / 32] = {0};
    for (size_t i = 0; i < MIXED / 32; i++) biases[i] = (uint32_t)(random_unit() * 4294967296.0f);
    make_softs(MIXED, words[0], 0);
    for (size_t i = 0; i < MIXED; i++)
        for (size_t u = 0; u < users; u++) {
            bool often = biases[i / 32] >> i % 32 & 1;
            bool b = random_unit() < (often ? CODE_OFTEN : CODE_RARE) / 256.0f;
            words[u][i / 32] |= (uint32_t)b << i % 32;
            softs[i].score += (b ? -30.0f : 30.0f) / (float)users;
        }
    struct book book = {.users = users, .words = MIXED / 32, .bits = words[0], .biases = biases};
    struct part part = {&book, softs, MIXED};
    struct verdict verdicts[3] = {0};
    struct tally tally = {PTHREAD_MUTEX_INITIALIZER, verdicts};
    assert_int_equal(score_trial(&part, 1, 0, 0, &tally), OK);
    bool told = false;
    for (size_t u = 0; u < users; u++) {
        assert_true(verdicts[u].kind >= SCORE_MEAN_2);
        assert_true(verdicts[u].log10_p < log10_p);
        told = told || verdicts[u].kind == kind;
    }
    assert_true(told);
}

static void test_averaged_streams_are_told(void **state)
{
    (void)state;
    assert_mix_is_told(2, SCORE_MEAN_2, -30);
    assert_mix_is_told(3, SCORE_MEAN_3, -16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tail_is_what_enumeration_gives),
        cmocka_unit_test(test_bound_is_above_the_tail),
        cmocka_unit_test(test_innocents_are_as_rare_as_said),
        cmocka_unit_test(test_leaker_stands_out_and_nothing_says_nothing),
        cmocka_unit_test(test_averaged_streams_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
