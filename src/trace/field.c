#include "trace/field.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trace/bands.h"

enum {
    B = PATTERN_BANDS,
    SLOTS = 4, /* to either side that speech is predicted from */
    TAPS = 2 * SLOTS + 1,
};

static const double ridge = 0.02; /* of the mean variance: keeps the inverses tame */
static const float clip = 2.5f;   /* standard deviations */

/* Gauss-Jordan on a symmetric positive definite matrix: no pivoting needed. In place. */
static void invert(double *m, int n)
{
    for (int k = 0; k < n; k++) {
        double pivot = 1 / m[k * n + k];
        m[k * n + k] = 1;
        for (int j = 0; j < n; j++) m[k * n + j] *= pivot;
        for (int i = 0; i < n; i++) {
            if (i == k) continue;
            double x = m[i * n + k];
            m[i * n + k] = 0;
            for (int j = 0; j < n; j++) m[i * n + j] -= x * m[k * n + j];
        }
    }
}

static void centre(float *x, size_t frames)
{
    for (int b = 0; b < B; b++) {
        double sum = 0;
        for (size_t f = 0; f < frames; f++) sum += x[f * B + b];
        for (size_t f = 0; f < frames; f++) x[f * B + b] -= (float)(sum / (double)frames);
    }
}

/* What the slots around do not predict: the row of the inverse autocorrelation in the middle. */
static void whiten_time(float *out, const float *x, size_t frames, size_t slot)
{
    double r[TAPS], m[TAPS * TAPS];
    for (size_t k = 0; k < TAPS; k++) {
        double sum = 0;
        for (size_t i = 0; i + k * slot * B < frames * B; i++) sum += (double)x[i] * x[i + k * slot * B];
        r[k] = sum;
    }
    for (int i = 0; i < TAPS; i++)
        for (int j = 0; j < TAPS; j++) m[i * TAPS + j] = r[abs(i - j)] + (i == j ? ridge * r[0] + 1e-9 : 0);
    invert(m, TAPS);
    float taps[TAPS];
    for (int k = 0; k < TAPS; k++) taps[k] = (float)(m[SLOTS * TAPS + k] / m[SLOTS * TAPS + SLOTS]);
    for (size_t f = 0; f < frames; f++)
        for (int b = 0; b < B; b++) {
            float sum = 0;
            for (int k = 0; k < TAPS; k++) {
                long at = (long)f + (k - SLOTS) * (long)slot;
                at = at < 0 ? 0 : at >= (long)frames ? (long)frames - 1 : at;
                sum += taps[k] * x[(size_t)at * B + b];
            }
            out[f * B + b] = sum;
        }
}

/* Times the inverse covariance of the bands, then every band to variance 1. */
static void whiten_bands(float *x, size_t frames)
{
    double c[B * B] = {0}, trace = 0, square[B] = {0};
    for (size_t f = 0; f < frames; f++)
        for (int i = 0; i < B; i++)
            for (int j = 0; j <= i; j++) c[i * B + j] += (double)x[f * B + i] * x[f * B + j];
    for (int i = 0; i < B; i++) trace += c[i * B + i];
    for (int i = 0; i < B; i++) {
        for (int j = 0; j < i; j++) c[j * B + i] = c[i * B + j];
        c[i * B + i] += ridge * trace / B + 1e-9;
    }
    invert(c, B);
    for (size_t f = 0; f < frames; f++) {
        double y[B];
        for (int i = 0; i < B; i++) {
            y[i] = 0;
            for (int j = 0; j < B; j++) y[i] += c[i * B + j] * x[f * B + j];
        }
        for (int i = 0; i < B; i++) square[i] += y[i] * y[i], x[f * B + i] = (float)(y[i] * trace);
    }
    for (int i = 0; i < B; i++) {
        float scale = (float)(1 / (sqrt(square[i] / (double)frames) * trace + 1e-12));
        for (size_t f = 0; f < frames; f++) x[f * B + i] *= scale;
    }
}

static void fold(struct field *f, const float *x, const float *gates)
{
    for (size_t i = 0; i < f->frames; i++) {
        float weight = 0, y[B];
        for (int b = 0; b < B; b++) {
            float g = gates[i * B + b];
            y[b] = fminf(fmaxf(x[i * B + b], -clip), clip) * g;
            weight += g * g;
        }
        for (int c = 0; c < PATTERN_CHIPS; c++) f->dipoles[i * PATTERN_CHIPS + c] = y[2 * c] - y[2 * c + 1];
        f->weights[i] = weight;
    }
}

enum err field_make(struct field *f, const float *pcm, size_t n, struct speed speed)
{
    *f = (struct field){.frames = n / FIELD_STEP};
    if (n < FIELD_RATE) return ERR_TRUNCATED;
    size_t values = f->frames * B;
    float *bands = malloc(3 * values * sizeof(*bands));
    f->dipoles = malloc(f->frames * PATTERN_CHIPS * sizeof(float));
    f->weights = malloc(f->frames * sizeof(float));
    enum err e = bands && f->dipoles && f->weights ? OK : ERR_SYSTEM;
    if (!e) e = bands_make(bands, pcm, n, speed.pitch);
    if (!e) e = bands_gate(bands, bands + values, f->frames);
    if (!e) {
        float *white = bands + 2 * values;
        centre(bands, f->frames);
        whiten_time(white, bands, f->frames, (size_t)lround(FIELD_SLOT * speed.stretch));
        whiten_bands(white, f->frames);
        fold(f, white, bands + values);
    }
    free(bands);
    if (e) field_free(f);
    return e;
}

void field_free(struct field *f)
{
    free(f->dipoles);
    free(f->weights);
    *f = (struct field){0};
}

bool field_segment(const struct field *f, double stretch, double at, float d[SEGMENT_CHIPS], float *weight)
{
    double end = at + (FIELD_SEGMENT - FIELD_SLOT) * stretch;
    if (at < 0 || end > (double)f->frames - 1) return false;
    *weight = 0;
    for (int cell = 0; cell < SEGMENT_CELLS; cell++) {
        size_t first = (size_t)(at + cell * FIELD_CELL * stretch + 0.5);
        size_t second = (size_t)(at + (cell * FIELD_CELL + FIELD_SLOT) * stretch + 0.5);
        const float *x = f->dipoles + first * PATTERN_CHIPS, *y = f->dipoles + second * PATTERN_CHIPS;
        for (int i = 0; i < PATTERN_CHIPS; i++) d[cell * PATTERN_CHIPS + i] = x[i] - y[i];
        *weight += f->weights[first] + f->weights[second];
    }
    return true;
}
