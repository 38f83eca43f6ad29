/* The embedder: the golden bytes that wasm32 gives too (test/golden/mark.json), and what the mark is. */
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../noise.h"
#include "crypt/sign.h"
#include "mark/embed.h"

enum { SAMPLES = 96000 };

static struct embed embed;
static uint8_t chips[PATTERN_BYTES];
static float in[SAMPLES], a[SAMPLES], b[SAMPLES];

/* As in web/test/make-golden-mark.ts. */
static void make_noise(void)
{
    static const float steps[] = {0.5f, 0.03125f, 0, 0.25f};
    uint32_t state = 1;
    for (int i = 0; i < SAMPLES; i++) {
        lcg(&state);
        in[i] = (float)((int32_t)state >> 16) / 32768 * steps[i / 12000 % 4];
    }
}

static void make_chips(uint8_t first)
{
    uint8_t key[32];
    for (int i = 0; i < 32; i++) key[i] = (uint8_t)(first + i);
    assert_int_equal(keystream(key, chips, sizeof(chips)), OK);
}

static int set_up(void **state)
{
    (void)state;
    make_noise();
    make_chips(0);
    return 0;
}

static const char *hex(const void *p, size_t n)
{
    static char out[256];
    assert_true(2 * n < sizeof(out));
    for (size_t i = 0; i < n; i++) snprintf(out + 2 * i, 3, "%02x", ((const uint8_t *)p)[i]);
    return out;
}

static void assert_digest(const json_t *golden, const char *name, const float *x)
{
    struct hash h = hash_raw((struct view){(const uint8_t *)x, SAMPLES * sizeof(float)});
    assert_string_equal(hex(h.bytes, HASH_BYTES), json_string_value(json_object_get(golden, name)));
}

static void test_the_bytes_are_those_of_wasm(void **state)
{
    (void)state;
    char path[512];
    snprintf(path, sizeof(path), "%s/mark.json", getenv("GOLDEN"));
    json_t *golden = json_load_file(path, 0, NULL);
    assert_non_null(golden);
    assert_string_equal(hex(chips, 48), json_string_value(json_object_get(golden, "keystream")));

    embed_init(&embed, chips, (uint32_t)json_integer_value(json_object_get(golden, "first_hop")));
    for (int at = 0; at < SAMPLES; at += 128) embed_run(&embed, in + at, a + at, b + at, 128);
    const int head = 19200;
    assert_string_equal(hex(a + head, 64), json_string_value(json_object_get(golden, "a_head")));
    assert_string_equal(hex(b + head, 64), json_string_value(json_object_get(golden, "b_head")));
    assert_digest(golden, "a", a);
    assert_digest(golden, "b", b);
    json_decref(golden);
}

static void test_block_sizes_do_not_matter(void **state)
{
    (void)state;
    static float a2[SAMPLES], b2[SAMPLES];
    embed_init(&embed, chips, 0);
    embed_run(&embed, in, a, b, SAMPLES);
    embed_init(&embed, chips, 0);
    for (unsigned at = 0, n = 1; at < SAMPLES; at += n, n = n * 7 % 1021) {
        n = n < SAMPLES - at ? n : SAMPLES - at;
        embed_run(&embed, in + at, a2 + at, b2 + at, n);
    }
    assert_memory_equal(a, a2, sizeof(a));
    assert_memory_equal(b, b2, sizeof(b));
}

/* In place, as a caller with one buffer would. */
static void test_input_may_be_an_output(void **state)
{
    (void)state;
    static float x[SAMPLES];
    embed_init(&embed, chips, 0);
    embed_run(&embed, in, a, b, SAMPLES);
    memcpy(x, in, sizeof(x));
    embed_init(&embed, chips, 0);
    embed_run(&embed, x, x, b, SAMPLES);
    assert_memory_equal(a, x, sizeof(a));
}

static void test_silence_stays_silent(void **state)
{
    (void)state;
    embed_init(&embed, chips, 0);
    embed_run(&embed, in, a, b, SAMPLES);
    /* A hop that reaches back into the noise may still smear it over its own 10 ms. */
    for (int i = 24000 + EMBED_DELAY + PATTERN_HOP; i < 36000 + EMBED_DELAY - PATTERN_HOP; i++) {
        assert_true(a[i] == 0);
        assert_true(b[i] == 0);
    }
}

/* The two gains have a geometric mean of 1, so A + B is the input, 20 ms late, but for 1.5 % of each gain. */
static void test_delay_and_distance_from_the_input(void **state)
{
    (void)state;
    embed_init(&embed, chips, 0);
    embed_run(&embed, in, a, b, SAMPLES);
    double signal = 0, error = 0;
    for (int i = EMBED_DELAY; i < SAMPLES; i++) {
        double x = in[i - EMBED_DELAY], y = (a[i] + b[i]) / 2;
        signal += x * x;
        error += (y - x) * (y - x);
    }
    assert_true(signal > 0);
    assert_true(error < 0.0005 * signal);
}

static double energy(const struct fft *f, const float *x, unsigned low_hz, unsigned high_hz)
{
    static float re[1024], im[1024];
    for (int i = 0; i < 1024; i++) {
        re[i] = x[i] * (float)(0.5 - 0.5 * cos(2 * M_PI * (i + 0.5) / 1024));
        im[i] = 0;
    }
    fft_run(f, re, im, -1);
    double sum = 0;
    for (unsigned k = 0; k < 512; k++)
        if (k * 48000 / 1024 >= low_hz && k * 48000 / 1024 < high_hz) sum += re[k] * re[k] + im[k] * im[k];
    return sum;
}

/* In the middle of every slot each band of A is 3 dB above or below that of B, as its chip says. */
static void test_chips_are_in_the_bands(void **state)
{
    (void)state;
    static struct fft f;
    const unsigned first_cell = 777;
    fft_init(&f, 1024);
    embed_init(&embed, chips, first_cell * PATTERN_CELL_HOPS);
    embed_run(&embed, in, a, b, 12000);
    for (unsigned slot = 0; slot < 5; slot++)
        for (unsigned band = 0; band < PATTERN_BANDS; band++) {
            unsigned at = EMBED_DELAY + slot * 1920 + 720 - 512;
            unsigned low = PATTERN_LOW_HZ + band * PATTERN_BAND_HZ;
            double ratio =
                10 * log10(energy(&f, a + at, low + 60, low + 260) / energy(&f, b + at, low + 60, low + 260));
            unsigned chip = pattern_chips(chips, first_cell + slot / 2) >> band / 2 & 1;
            bool raised = chip ^ (band & 1) ^ (slot & 1);
            assert_true(raised ? ratio > 2 : ratio < -2);
            assert_true(fabs(ratio) < 4);
        }
}

static void test_pattern_wraps_round(void **state)
{
    (void)state;
    static float a2[4800], b2[4800];
    embed_init(&embed, chips, 0);
    embed_run(&embed, in, a, b, 4800);
    embed_init(&embed, chips, PATTERN_CELLS * PATTERN_CELL_HOPS);
    embed_run(&embed, in, a2, b2, 4800);
    assert_memory_equal(a, a2, sizeof(a2));
    assert_memory_equal(b, b2, sizeof(b2));
}

/* A microphone that gives garbage once is garbage for two hops, not for ever. */
static void test_garbage_passes(void **state)
{
    (void)state;
    static float x[4800];
    memcpy(x, in, sizeof(x));
    x[100] = NAN;
    embed_init(&embed, chips, 0);
    embed_run(&embed, x, a, b, 4800);
    for (int i = 2 * EMBED_DELAY; i < 4800; i++) assert_true(isfinite(a[i]) && isfinite(b[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_bytes_are_those_of_wasm),
        cmocka_unit_test(test_block_sizes_do_not_matter),
        cmocka_unit_test(test_input_may_be_an_output),
        cmocka_unit_test(test_silence_stays_silent),
        cmocka_unit_test(test_delay_and_distance_from_the_input),
        cmocka_unit_test(test_chips_are_in_the_bands),
        cmocka_unit_test(test_pattern_wraps_round),
        cmocka_unit_test(test_garbage_passes),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
