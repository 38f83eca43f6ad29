/* A complex FFT of 2^k points, k <= 10, in place. Freestanding, deterministic: the tables come from the four
 * operations that IEEE 754 rounds exactly, so that native code and wasm32 give the same bits. Thread: a table
 * is read-only once made. */
#ifndef MARK_FFT_H
#define MARK_FFT_H

#include <stdint.h>

enum { FFT_MAX = 1024 };

struct fft {
    unsigned n;
    float cosine[FFT_MAX / 2], sine[FFT_MAX / 2];
    uint16_t reversed[FFT_MAX];
};

void fft_init(struct fft *f, unsigned n); /* n: a power of two up to FFT_MAX */
/* sign -1: forward; +1: inverse without the factor 1/n. */
void fft_run(const struct fft *f, float *re, float *im, int sign);

double sine_of(double turn); /* sin(2 pi turn), 0 <= turn <= 1/2 */

#endif
