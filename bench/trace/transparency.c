#include "transparency.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mark/fft.h"
#include "mark/pattern.h"

/* ---- noise to mask ---- */

/* A proxy in the manner of ITU-R BS.1387: bands of one Bark, the excitation spread by 27 dB per Bark
 * downwards and 15 upwards, the mask 3 dB below it up to 12 Bark and a quarter of a decibel per Bark above,
 * and never below -90 dB of full scale. The ratio is the mean over bands, then over the frames in which
 * somebody speaks; a frame is disturbed if some band's noise stands 1.5 dB above its mask. */
enum { FRAME = FFT_MAX, HOP = FRAME / 2, BARKS = 21 /* to 7.7 kHz: the recordings have nothing above */ };

struct ear {
    struct fft fft;
    float window[FRAME];
    int bark[FRAME / 2];
};

static void ear_init(struct ear *e, unsigned rate)
{
    fft_init(&e->fft, FRAME);
    for (int i = 0; i < FRAME; i++) e->window[i] = (float)(0.5 - 0.5 * cos(2 * M_PI * (i + 0.5) / FRAME));
    for (int k = 0; k < FRAME / 2; k++) { /* Zwicker and Terhardt 1980 */
        double khz = (double)k * rate / FRAME / 1000;
        int bark = (int)(13 * atan(0.76 * khz) + 3.5 * atan(khz / 7.5 * (khz / 7.5)));
        e->bark[k] = bark < BARKS ? bark : BARKS;
    }
}

static void band_energies(const struct ear *e, const float *x, const float *minus, double out[BARKS + 1])
{
    float re[FRAME], im[FRAME] = {0};
    for (int i = 0; i < FRAME; i++) re[i] = (x[i] - (minus ? minus[i] : 0)) * e->window[i];
    fft_run(&e->fft, re, im, -1);
    memset(out, 0, (BARKS + 1) * sizeof(*out));
    for (int k = 1; k < FRAME / 2; k++)
        out[e->bark[k]] += ((double)re[k] * re[k] + (double)im[k] * im[k]) / FRAME / FRAME;
}

static void mask_of(const double energy[BARKS], double mask[BARKS])
{
    for (int z = 0; z < BARKS; z++) {
        double sum = 0;
        for (int from = 0; from < BARKS; from++) {
            double db = from > z ? -27.0 * (from - z) : -15.0 * (z - from);
            sum += energy[from] * pow(10, db / 10);
        }
        double below = z <= 12 ? 3 : 0.25 * z;
        mask[z] = fmax(sum * pow(10, -below / 10), 1e-9);
    }
}

static void noise_to_mask(const char *what, const struct sound *is, const struct sound *was)
{
    static struct ear ear;
    ear_init(&ear, was->rate);
    size_t n = is->n < was->n ? is->n : was->n, frames = 0, disturbed = 0;
    double loud = sound_active_rms(was), sum = 0;
    for (size_t at = 0; at + FRAME <= n; at += HOP) {
        double noise[BARKS + 1], energy[BARKS + 1], mask[BARKS], ratio = 0, worst = 0, all = 0;
        band_energies(&ear, was->pcm + at, NULL, energy);
        for (int z = 0; z < BARKS; z++) all += energy[z];
        if (all < 0.02 * loud * loud) continue; /* a pause */
        band_energies(&ear, is->pcm + at, was->pcm + at, noise);
        mask_of(energy, mask);
        for (int z = 0; z < BARKS; z++) {
            ratio += noise[z] / mask[z] / BARKS;
            worst = fmax(worst, noise[z] / mask[z]);
        }
        sum += ratio;
        frames++;
        disturbed += worst > pow(10, 0.15);
    }
    printf("{\"bench\": \"trace\", \"transparency\": \"%s\", \"noise_to_mask_db\": %.1f, "
           "\"disturbed_frames\": %.4f, \"frames\": %zu}\n",
           what, 10 * log10(sum / (double)frames + 1e-12), (double)disturbed / (double)frames, frames);
    fflush(stdout);
}

/* ---- switching ---- */

static bool begins(const uint8_t *bits, size_t segment)
{
    return segment > 0 && bits[segment] != bits[segment - 1];
}

/* In the 100 ms after each switch: what is heard beyond the variant that the decoder would have had all
 * along; and, for comparison, what the codec makes of that variant anyway. Both in decibels of the signal. */
static void switching(const struct sound *heard, const struct sound *const coded[2],
                      const struct sound *const plain[2], const uint8_t *bits, size_t segments)
{
    size_t span = heard->rate / 10, switches = 0;
    double signal = 0, glitch = 0, codec = 0;
    for (size_t s = 0; s < segments; s++) {
        size_t at = s * SEGMENT_HOPS * PATTERN_HOP;
        if (!begins(bits, s) || at + span > heard->n) continue;
        const float *with = heard->pcm + at, *without = coded[bits[s]]->pcm + at,
                    *in = plain[bits[s]]->pcm + at;
        for (size_t i = 0; i < span; i++) {
            signal += (double)in[i] * in[i];
            glitch += pow((double)with[i] - without[i], 2);
            codec += pow((double)without[i] - in[i], 2);
        }
        switches++;
    }
    printf("{\"bench\": \"trace\", \"transparency\": \"switch, opus24\", \"glitch_db\": %.1f, "
           "\"codec_noise_db\": %.1f, "
           "\"switches\": %zu}\n",
           10 * log10(glitch / signal), 10 * log10(codec / signal), switches);
}

/* ---- all of it ---- */

static struct sound coded_alone(const struct sound *s, int bitrate)
{
    static const uint8_t none;
    return listener_hears(s, s, &none, 0, bitrate);
}

/* The codec with its frames 10 ms later: what is as different as this is nobody's mark. */
static struct sound coded_later(const struct sound *s, int bitrate)
{
    size_t late = s->rate / 100;
    struct sound moved = sound_new(s->n + late, s->rate), out;
    memcpy(moved.pcm + late, s->pcm, s->n * sizeof(float));
    out = coded_alone(&moved, bitrate);
    memmove(out.pcm, out.pcm + late, (out.n - late) * sizeof(float));
    out.n -= late;
    sound_free(&moved);
    return out;
}

void transparency(const struct sound *speech, const struct sound *a, const struct sound *b,
                  const uint8_t *bits, size_t segments)
{
    enum { RATE = 24000 };
    struct sound switched = listener_hears(a, b, bits, segments, 0), opus = coded_alone(speech, RATE),
                 later = coded_later(speech, RATE), in_a = coded_alone(a, RATE), in_b = coded_alone(b, RATE),
                 heard = listener_hears(a, b, bits, segments, RATE);
    noise_to_mask("mark", a, speech);
    noise_to_mask("mark, switched", &switched, speech);
    noise_to_mask("opus24", &opus, speech);
    noise_to_mask("mark and opus24", &heard, speech);
    noise_to_mask("mark and opus24 against opus24", &in_a, &opus);
    noise_to_mask("opus24 10 ms later against opus24", &later, &opus);
    const struct sound *coded[2] = {&in_a, &in_b}, *plain[2] = {a, b};
    switching(&heard, coded, plain, bits, segments);
    sound_free(&switched);
    sound_free(&opus);
    sound_free(&later);
    sound_free(&in_a);
    sound_free(&in_b);
    sound_free(&heard);
}
