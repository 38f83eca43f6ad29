#include "mark/fft.h"

/* The Taylor series up to x^17: below 1e-14 wrong on a quarter turn, where all arguments are folded to. */
double sine_of(double turn)
{
    double x = 6.28318530717958647692 * (turn > 0.25 ? 0.5 - turn : turn);
    double term = x, sum = x;
    for (int i = 1; i <= 8; i++) {
        term *= -x * x / ((2 * i) * (2 * i + 1));
        sum += term;
    }
    return sum;
}

void fft_init(struct fft *f, unsigned n)
{
    f->n = n;
    for (unsigned i = 0; i < n / 2; i++) {
        double turn = (double)i / n;
        f->sine[i] = (float)sine_of(turn);
        f->cosine[i] = (float)(turn <= 0.25 ? sine_of(0.25 - turn) : -sine_of(turn - 0.25));
    }
    for (unsigned i = 0; i < n; i++) {
        unsigned r = 0;
        for (unsigned bit = 1, x = i; bit < n; bit <<= 1, x >>= 1) r = r << 1 | (x & 1);
        f->reversed[i] = (uint16_t)r;
    }
}

static void reorder(const struct fft *f, float *re, float *im)
{
    for (unsigned i = 0; i < f->n; i++) {
        unsigned j = f->reversed[i];
        if (j <= i) continue;
        float r = re[i], m = im[i];
        re[i] = re[j], im[i] = im[j];
        re[j] = r, im[j] = m;
    }
}

void fft_run(const struct fft *f, float *re, float *im, int sign)
{
    reorder(f, re, im);
    for (unsigned half = 1; half < f->n; half <<= 1) {
        unsigned step = f->n / (2 * half);
        for (unsigned start = 0; start < f->n; start += 2 * half)
            for (unsigned k = 0; k < half; k++) {
                float c = f->cosine[k * step], s = (float)sign * f->sine[k * step];
                unsigned a = start + k, b = a + half;
                float r = re[b] * c - im[b] * s, m = re[b] * s + im[b] * c;
                re[b] = re[a] - r, im[b] = im[a] - m;
                re[a] += r, im[a] += m;
            }
    }
}
