#include "trace/resample.h"

#include <math.h>
#include <stdlib.h>

enum { CROSSINGS = 16, GRAIN = 256, TABLE = CROSSINGS * GRAIN };

/* Half of a Hann-windowed sinc, GRAIN values per zero crossing. */
static void kernel(float table[TABLE + 2])
{
    table[0] = 1;
    for (int i = 1; i < TABLE; i++) {
        double x = M_PI * i / GRAIN;
        table[i] = (float)(sin(x) / x * (0.5 + 0.5 * cos(M_PI * i / TABLE)));
    }
    table[TABLE] = table[TABLE + 1] = 0;
}

enum err resample(const float *in, size_t n, double rate, double to, float **out, size_t *out_n)
{
    float table[TABLE + 2];
    kernel(table);
    double cutoff = fmin(1, to / rate) * 0.96; /* of the input's Nyquist frequency; leaves the slope room */
    double reach = CROSSINGS / cutoff;
    *out_n = (size_t)((double)n * to / rate);
    *out = malloc((*out_n + 1) * sizeof(**out));
    if (!*out) return ERR_SYSTEM;
    for (size_t i = 0; i < *out_n; i++) {
        double at = (double)i * rate / to;
        long from = lround(ceil(at - reach)), end = lround(floor(at + reach));
        double sum = 0;
        for (long k = from < 0 ? 0 : from; k <= end && k < (long)n; k++) {
            double x = fabs(at - (double)k) * cutoff * GRAIN;
            size_t whole = (size_t)x;
            if (whole >= TABLE) continue;
            double part = x - (double)whole;
            sum += in[k] * (table[whole] + part * (table[whole + 1] - table[whole]));
        }
        (*out)[i] = (float)(sum * cutoff);
    }
    return OK;
}
