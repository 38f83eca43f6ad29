/* The blind search on recorded speech, telephone bandwidth: who leaked is named, nobody else ever is. */
#include "evening.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../noise.h"
#include "trace/inquiry.h"

static struct evening *evening;

static int set_up(void **state)
{
    (void)state;
    evening = evening_new(75);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    evening_free(evening);
    return 0;
}

static struct finding ask(const float *pcm, size_t n)
{
    struct inquiry_options o = {.log10_threshold = -6};
    struct finding f;
    assert_int_equal(inquire(&evening->session, pcm, n, &o, &f), OK);
    return f;
}

static void assert_names(const struct finding *f, size_t listener)
{
    assert_int_equal(f->named, 1);
    assert_int_equal(f->suspects[0].listener, listener);
    assert_true(f->suspects[0].log10_p < -6);
}

static void test_each_leaker_in_turn_is_named(void **state)
{
    (void)state;
    static const size_t leakers[] = {0, 17, EVENING_LISTENERS - 1}; /* at the ends and in the middle */
    for (int i = 0; i < 3; i++) {
        size_t n;
        double from = 13.37 + 7.1 * i;
        float *leak = evening_leak(evening, leakers[i], from, 25, 1, &n);
        struct finding f = ask(leak, n);
        assert_names(&f, leakers[i]);
        assert_true(llabs(f.start_ms - 1000000 - (int64_t)(from * 1000)) <= 40);
        assert_true(f.suspects[0].points > 90);
        assert_true(f.suspects[0].curve[f.suspects[0].points - 1].score > 15);
        assert_true(f.sync_z > 10);
        finding_free(&f);
        free(leak);
    }
}

static void test_volume_and_noise_do_not_hide(void **state)
{
    (void)state;
    size_t n;
    float *leak = evening_leak(evening, 5, 20, 30, 1, &n);
    uint32_t seed = 3;
    double power = 0;
    for (size_t i = 0; i < n; i++) power += (double)leak[i] * leak[i];
    float level =
        (float)sqrt(power / (double)n) * 0.17f; /* 20 dB, as it is even between -sqrt(3) and sqrt(3) */
    for (size_t i = 0; i < n; i++) {
        lcg(&seed);
        leak[i] = 0.01f * (leak[i] + level * (float)(int32_t)seed / 2147483648.0f);
    }
    struct finding f = ask(leak, n);
    assert_names(&f, 5);
    finding_free(&f);
    free(leak);
}

static void test_slow_clock_is_followed(void **state)
{
    (void)state;
    size_t n;
    float *leak = evening_leak(evening, 8, 10, 30, 1.004, &n);
    struct finding f = ask(leak, n);
    assert_names(&f, 8);
    assert_true(fabs(f.drift - 0.004) < 0.001);
    finding_free(&f);
    free(leak);
}

/* A player at 1.05 times the speed: neither tempo nor pitch are the original's. */
static void test_other_speed_is_found(void **state)
{
    (void)state;
    size_t n;
    float *leak = evening_leak(evening, 11, 12, 25, 1.05, &n);
    struct finding f = ask(leak, n);
    assert_names(&f, 11);
    assert_true(fabs(f.speed.pitch - 1.05) < 0.001);
    assert_true(fabs(f.speed.stretch - 1 / 1.05) < 0.001);
    finding_free(&f);
    free(leak);
}

/* A jitter buffer that drops and doubles 20 ms every few seconds. */
static void test_jumps_are_followed(void **state)
{
    (void)state;
    size_t n, kept = 0;
    float *leak = evening_leak(evening, 23, 15, 30, 1, &n);
    float *jumping = malloc((n + 16000) * sizeof(float));
    assert_non_null(jumping);
    const size_t piece = 16000 * 5 / 2, jump = 320;
    for (size_t at = 0, i = 0; at < n; at += piece, i++) {
        size_t from = at + (i % 4 < 2 ? jump : 0), length = piece < n - at ? piece : n - at;
        if (i % 4 == 3 && at) memcpy(jumping + kept, leak + at - jump, jump * sizeof(float)), kept += jump;
        length = from < at + length ? at + length - from : 0;
        memcpy(jumping + kept, leak + from, length * sizeof(float));
        kept += length;
    }
    struct finding f = ask(jumping, kept);
    assert_names(&f, 23);
    finding_free(&f);
    free(jumping);
    free(leak);
}

static void test_cut_recording_is_chained(void **state)
{
    (void)state;
    size_t n[2];
    float *late = evening_leak(evening, 30, 40, 30, 1, &n[0]),
          *early = evening_leak(evening, 30, 5, 30, 1, &n[1]);
    float *both = malloc((n[0] + n[1]) * sizeof(float));
    assert_non_null(both);
    memcpy(both, late, n[0] * sizeof(float));
    memcpy(both + n[0], early, n[1] * sizeof(float));
    struct finding f = ask(both, n[0] + n[1]);
    assert_names(&f, 30);
    assert_true(f.suspects[0].points > 200); /* both halves speak */
    finding_free(&f);
    free(both);
    free(early);
    free(late);
}

static void test_few_seconds_are_not_enough(void **state)
{
    (void)state;
    size_t n;
    float *leak = evening_leak(evening, 3, 20, 4, 1, &n);
    struct finding f = ask(leak, n);
    assert_int_equal(f.named, 0);
    finding_free(&f);
    free(leak);
}

static void test_unmarked_audio_accuses_nobody(void **state)
{
    (void)state;
    size_t n;
    float *plain;
    struct evening other = *evening;
    other.a = other.b = evening->plain;
    plain = evening_leak(&other, 0, 10, 12, 1, &n);
    struct finding f = ask(plain, n);
    assert_int_equal(f.named, 0);
    assert_true(f.suspect_count == 0 || f.suspects[0].log10_p > -2);
    finding_free(&f);
    free(plain);
}

static void test_wrong_key_accuses_nobody(void **state)
{
    (void)state;
    size_t n;
    float *leak = evening_leak(evening, 0, 10, 12, 1, &n);
    evening->speaker.key[0] ^= 1;
    struct finding f = ask(leak, n);
    evening->speaker.key[0] ^= 1;
    assert_int_equal(f.named, 0);
    assert_true(f.suspect_count == 0 || f.suspects[0].log10_p > -2);
    finding_free(&f);
    free(leak);
}

static void test_silence_and_next_to_nothing(void **state)
{
    (void)state;
    float *silence = calloc(16000 * 10, sizeof(float));
    struct inquiry_options o = {.log10_threshold = -6};
    struct finding f;
    assert_non_null(silence);
    f = ask(silence, 16000 * 10);
    assert_int_equal(f.named, 0);
    finding_free(&f);
    assert_int_equal(inquire(&evening->session, silence, 8000, &o, &f), ERR_TRUNCATED);
    f = ask(silence, 16000);
    assert_int_equal(f.named, 0);
    finding_free(&f);
    free(silence);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_leaker_in_turn_is_named),
        cmocka_unit_test(test_volume_and_noise_do_not_hide),
        cmocka_unit_test(test_slow_clock_is_followed),
        cmocka_unit_test(test_other_speed_is_found),
        cmocka_unit_test(test_jumps_are_followed),
        cmocka_unit_test(test_cut_recording_is_chained),
        cmocka_unit_test(test_few_seconds_are_not_enough),
        cmocka_unit_test(test_unmarked_audio_accuses_nobody),
        cmocka_unit_test(test_wrong_key_accuses_nobody),
        cmocka_unit_test(test_silence_and_next_to_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
