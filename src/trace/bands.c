#include "trace/bands.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mark/fft.h"

enum {
    WINDOW = 320, /* samples: 20 ms */
    POINTS = 512,
    BINS = POINTS / 2,
    SIDE = FIELD_SLOT / 2 -
           1, /* frames to either side that a value is averaged over: 35 ms with the window's 20 */
};

static const double floor_share = 0.08; /* so many frames are taken for pauses */
static const double floor_margin_db = 3;
static const double quiet = 1e-9; /* energy below which there is nothing: -90 dB of the mean */

struct analysis {
    struct fft fft;
    float window[WINDOW];
    struct {
        unsigned from, to;
        float share[BINS];
    } bands[PATTERN_BANDS];
};

/* A bin that a border cuts belongs to both of its bands in part. */
static void analysis_init(struct analysis *a, double pitch)
{
    fft_init(&a->fft, POINTS);
    for (int i = 0; i < WINDOW; i++) a->window[i] = (float)(0.5 - 0.5 * cos(2 * M_PI * (i + 0.5) / WINDOW));
    const double width = (double)FIELD_RATE / POINTS;
    for (int b = 0; b < PATTERN_BANDS; b++) {
        double low = (PATTERN_LOW_HZ + PATTERN_BAND_HZ * b) * pitch, high = low + PATTERN_BAND_HZ * pitch;
        a->bands[b].from = BINS;
        a->bands[b].to = 0;
        for (unsigned k = 0; k < BINS; k++) {
            double share = fmin((k + 0.5) * width, high) - fmax((k - 0.5) * width, low);
            if (share <= 0) continue;
            if (k < a->bands[b].from) a->bands[b].from = k;
            a->bands[b].to = k + 1;
            a->bands[b].share[k] = (float)(share / width);
        }
    }
}

/* Two frames at once, one as the real and one as the imaginary part of the transform. */
static void analyse(const struct analysis *a, const float *pcm, size_t n, size_t frame, float scale,
                    float *out[2])
{
    float re[POINTS] = {0}, im[POINTS] = {0}, power[2][BINS];
    for (size_t i = 0; i < WINDOW; i++) {
        size_t at = frame * FIELD_STEP + i; /* the frame's centre is WINDOW / 2 further on */
        if (at >= WINDOW / 2 && at - WINDOW / 2 < n) re[i] = pcm[at - WINDOW / 2] * scale * a->window[i];
        at += FIELD_STEP;
        if (at >= WINDOW / 2 && at - WINDOW / 2 < n) im[i] = pcm[at - WINDOW / 2] * scale * a->window[i];
    }
    fft_run(&a->fft, re, im, -1);
    for (unsigned k = 1; k < BINS; k++) {
        float ar = re[k] + re[POINTS - k], ai = im[k] - im[POINTS - k];
        float br = im[k] + im[POINTS - k], bi = re[POINTS - k] - re[k];
        power[0][k] = (ar * ar + ai * ai) / 4;
        power[1][k] = (br * br + bi * bi) / 4;
    }
    power[0][0] = power[1][0] = 0;
    for (int v = 0; v < 2; v++)
        for (int b = 0; out[v] && b < PATTERN_BANDS; b++) {
            double sum = 0;
            for (unsigned k = a->bands[b].from; k < a->bands[b].to; k++)
                sum += a->bands[b].share[k] * power[v][k];
            out[v][b] = (float)(10 * log10(sum + quiet));
        }
}

/* A running mean of 2 SIDE + 1 frames; at the ends of what there is. */
static enum err smooth(float *bands, size_t frames)
{
    float *sums = malloc((frames + 1) * sizeof(*sums));
    if (!sums) return ERR_SYSTEM;
    for (int b = 0; b < PATTERN_BANDS; b++) {
        double sum = 0, mean = 0;
        for (size_t f = 0; f < frames; f++) mean += bands[f * PATTERN_BANDS + b];
        mean /= (double)frames;
        sums[0] = 0;
        for (size_t f = 0; f < frames; f++) sums[f + 1] = (float)(sum += bands[f * PATTERN_BANDS + b] - mean);
        for (size_t f = 0; f < frames; f++) {
            size_t from = f > SIDE ? f - SIDE : 0, to = f + SIDE + 1 < frames ? f + SIDE + 1 : frames;
            bands[f * PATTERN_BANDS + b] = (float)(mean + (sums[to] - sums[from]) / (double)(to - from));
        }
    }
    free(sums);
    return OK;
}

enum err bands_make(float *out, const float *pcm, size_t n, double pitch)
{
    struct analysis *a = calloc(1, sizeof(*a));
    if (!a) return ERR_SYSTEM;
    analysis_init(a, pitch);
    double power = 0;
    for (size_t i = 0; i < n; i++) power += (double)pcm[i] * pcm[i];
    float scale = (float)(0.05 / sqrt(power / (double)n + 1e-20)); /* the recording's volume says nothing */
    size_t frames = n / FIELD_STEP;
    for (size_t f = 0; f < frames; f += 2) {
        float *two[2] = {out + f * PATTERN_BANDS, f + 1 < frames ? out + (f + 1) * PATTERN_BANDS : NULL};
        analyse(a, pcm, n, f, scale, two);
    }
    free(a);
    return smooth(out, frames);
}

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

enum err bands_gate(float *bands, float *gates, size_t frames)
{
    float *sorted = malloc(frames * sizeof(*sorted));
    if (!sorted) return ERR_SYSTEM;
    for (int b = 0; b < PATTERN_BANDS; b++) {
        for (size_t f = 0; f < frames; f++) sorted[f] = bands[f * PATTERN_BANDS + b];
        qsort(sorted, frames, sizeof(*sorted), by_value);
        float noise = sorted[(size_t)(floor_share * (double)frames)] + (float)floor_margin_db;
        for (size_t f = 0; f < frames; f++) {
            float *x = &bands[f * PATTERN_BANDS + b];
            gates[f * PATTERN_BANDS + b] = *x > noise ? 1 - powf(10, (noise - *x) / 10) : 0;
            if (*x < noise) *x = noise;
        }
    }
    free(sorted);
    return OK;
}
