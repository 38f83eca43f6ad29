#include "mark/embed.h"

/* 10^(+-1.5/20): raised, lowered. */
static const float gains[2] = {1.1885022274370185f, 0.84139514164519509f};

void embed_init(struct embed *e, const uint8_t *keystream, uint32_t first_hop)
{
    fft_init(&e->fft, FFT_MAX);
    e->keystream = keystream;
    e->hop = first_hop;
    e->fill = 0;
    for (unsigned k = 0; k <= FFT_MAX / 2; k++) {
        /* In units of 1/FFT_MAX Hz, so that no bin sits on a rounded border. */
        unsigned at = k * PATTERN_RATE, low = PATTERN_LOW_HZ * FFT_MAX;
        unsigned band = at < low ? PATTERN_BANDS : (at - low) / (PATTERN_BAND_HZ * FFT_MAX);
        e->band[k] = (uint8_t)(band < PATTERN_BANDS ? band : PATTERN_BANDS);
    }
    for (unsigned i = 0; i < EMBED_WINDOW; i++) {
        e->window[i] = (float)sine_of((i + 0.5) / (2 * EMBED_WINDOW));
        e->in[i] = 0;
    }
    for (unsigned i = 0; i < PATTERN_HOP; i++)
        e->out[0][i] = e->out[1][i] = e->tail[0][i] = e->tail[1][i] = 0;
}

/* The gains of both variants for all bands, and 1 for what is outside. */
static void hop_gains(const struct embed *e, float a[PATTERN_BANDS + 1], float b[PATTERN_BANDS + 1])
{
    unsigned chips = pattern_chips(e->keystream, e->hop / PATTERN_CELL_HOPS);
    unsigned second = e->hop / PATTERN_SLOT_HOPS & 1;
    for (unsigned i = 0; i < PATTERN_BANDS; i++) {
        unsigned lowered = (chips >> i / 2 & 1) ^ 1 ^ (i & 1) ^ second;
        a[i] = gains[lowered];
        b[i] = gains[lowered ^ 1];
    }
    a[PATTERN_BANDS] = b[PATTERN_BANDS] = 1;
}

/* A border between two bands is softened by a quarter on either side. */
static float bin_gain(const struct embed *e, const float *gain, unsigned k)
{
    unsigned band = e->band[k];
    float g = gain[band];
    if (band == PATTERN_BANDS) return g;
    if (e->band[k - 1] != band) g = 0.75f * g + 0.25f * gain[e->band[k - 1]];
    if (e->band[k + 1] != band) g = 0.75f * g + 0.25f * gain[e->band[k + 1]];
    return g;
}

/* The spectrum X of a real signal becomes that of A + iB: a X + i b X, at the mirrored bin a X* + i b X*. */
static void apply(struct embed *e)
{
    float a[PATTERN_BANDS + 1], b[PATTERN_BANDS + 1];
    hop_gains(e, a, b);
    for (unsigned k = 0; k <= FFT_MAX / 2; k++) {
        float ga = bin_gain(e, a, k), gb = bin_gain(e, b, k);
        float re = e->re[k], im = e->im[k];
        e->re[k] = ga * re - gb * im;
        e->im[k] = ga * im + gb * re;
        if (k == 0 || k == FFT_MAX / 2) continue;
        e->re[FFT_MAX - k] = ga * re + gb * im;
        e->im[FFT_MAX - k] = gb * re - ga * im;
    }
}

static void hop(struct embed *e)
{
    for (unsigned i = 0; i < FFT_MAX; i++) {
        e->re[i] = i < EMBED_WINDOW ? e->in[i] * e->window[i] : 0;
        e->im[i] = 0;
    }
    fft_run(&e->fft, e->re, e->im, -1);
    apply(e);
    fft_run(&e->fft, e->re, e->im, 1);
    for (unsigned v = 0; v < 2; v++) {
        const float *y = v ? e->im : e->re;
        for (unsigned i = 0; i < PATTERN_HOP; i++) {
            unsigned late = i + PATTERN_HOP;
            e->out[v][i] = e->tail[v][i] + y[i] * (1.0f / FFT_MAX) * e->window[i];
            e->tail[v][i] = y[late] * (1.0f / FFT_MAX) * e->window[late];
        }
    }
    for (unsigned i = 0; i < PATTERN_HOP; i++) e->in[i] = e->in[i + PATTERN_HOP];
    e->hop++;
}

void embed_run(struct embed *e, const float *in, float *a, float *b, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        e->in[PATTERN_HOP + e->fill] = in[i];
        a[i] = e->out[0][e->fill];
        b[i] = e->out[1][e->fill];
        if (++e->fill < PATTERN_HOP) continue;
        e->fill = 0;
        hop(e);
    }
}
