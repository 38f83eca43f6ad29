/* The embedder: one microphone in, two time-aligned variants of it out, which differ by a keyed pattern of
 * +-1.5 dB (mark/pattern.h). It runs in the speaker's browser as wasm32, in an AudioWorklet, and natively in
 * tests and benches, with the same bits. Freestanding: no libc, no allocation, a few thousand operations per
 * sample's share.
 *
 * 48 kHz, mono. A square-root Hann window of 20 ms with a hop of 10 ms, gains in the frequency domain,
 * overlap and add: what comes out is EMBED_DELAY samples late. Gains multiply, so silence stays silence. Both
 * variants come from one inverse transform, A as its real part and B as its imaginary part. */
#ifndef MARK_EMBED_H
#define MARK_EMBED_H

#include "mark/fft.h"
#include "mark/pattern.h"

enum { EMBED_WINDOW = 2 * PATTERN_HOP, EMBED_DELAY = EMBED_WINDOW };

struct embed {
    struct fft fft;
    const uint8_t *keystream; /* PATTERN_BYTES, the caller's, as long as this lives */
    uint32_t hop;  /* the next one's number; the caller may read it: cell = hop / PATTERN_CELL_HOPS */
    unsigned fill; /* samples of that hop that have come */
    uint8_t band[FFT_MAX / 2 + 1]; /* of a bin; PATTERN_BANDS: none */
    float window[EMBED_WINDOW];
    float in[EMBED_WINDOW];
    float out[2][PATTERN_HOP], tail[2][PATTERN_HOP]; /* of A and B */
    float re[FFT_MAX], im[FFT_MAX];
};

void embed_init(struct embed *e, const uint8_t *keystream, uint32_t first_hop);
void embed_run(struct embed *e, const float *in, float *a, float *b,
               unsigned n); /* any n; in may be a or b */

#endif
