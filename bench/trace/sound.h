/* Sound in memory, and what happens to it between a speaker's microphone and a leaked file. For benches: what
 * goes wrong ends the program with a sentence. */
#ifndef BENCH_SOUND_H
#define BENCH_SOUND_H

#include <stddef.h>
#include <stdint.h>

struct sound {
    float *pcm; /* mono, malloc'd */
    size_t n;
    unsigned rate;
};

struct sound sound_new(size_t n, unsigned rate);
void sound_free(struct sound *s);
struct sound sound_resampled(const struct sound *s, unsigned rate);
struct sound sound_cut(const struct sound *s, double from_s, double seconds);
double sound_active_rms(const struct sound *s); /* of what is louder than 2 % of the peak */

/* Recorded speech of the Debian packages asterisk-core-sounds-{en,es,fr,it,ru}-g722, pauses between, about 8
 * minutes. */
struct sound speech_load(void);

/* Deterministic random numbers. */
struct dice {
    uint64_t state;
};
uint32_t dice_u32(struct dice *d);
double dice_unit(struct dice *d); /* 0 <= x < 1 */
double dice_normal(struct dice *d);

/* A speaker's two variants of `in` (48 kHz), time-aligned with it. */
void variants_make(const struct sound *in, const uint8_t *keystream, struct sound *a, struct sound *b);

/* What one listener hears: variant bits[segment], 0 is A; bitrate 0: no codec, else Opus, 20 ms frames,
 * constant bit rate, one decoder. */
struct sound listener_hears(const struct sound *a, const struct sound *b, const uint8_t *bits,
                            size_t segments, int bitrate);

/* The mean of what several listeners hear. */
struct sound sound_mean(const struct sound *s, size_t n);

/* By name: none, opus24, opus16, mp3_64, aac48, narrow8k, noise20, noise10, reverb, rerecorded, chain. 16 kHz
 * come out. */
struct sound channel(const char *name, const struct sound *in);

#endif
