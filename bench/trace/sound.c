#include "sound.h"

#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../test/c/noise.h"
#include "trace/resample.h"

static const char folder[] = "/usr/share/asterisk/sounds/";
static const struct {
    const char *voice;
    double seconds;
} voices[] = {{"en_US_f_Allison", 110},
              {"es_MX_f_Allison", 90},
              {"fr_CA_f_June", 100},
              {"it_IT_m_Carlo", 90},
              {"ru_RU_f_IvrvoiceRU", 90}};

static void die(const char *what)
{
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

struct sound sound_new(size_t n, unsigned rate)
{
    struct sound s = {calloc(n + 1, sizeof(float)), n, rate};
    if (!s.pcm) die("no memory");
    return s;
}

void sound_free(struct sound *s)
{
    free(s->pcm);
    *s = (struct sound){0};
}

struct sound sound_resampled(const struct sound *s, unsigned rate)
{
    struct sound out = {.rate = rate};
    if (resample(s->pcm, s->n, s->rate, rate, &out.pcm, &out.n)) die("no memory");
    return out;
}

struct sound sound_cut(const struct sound *s, double from_s, double seconds)
{
    size_t from = (size_t)(from_s * s->rate), n = (size_t)(seconds * s->rate);
    if (from > s->n) from = s->n;
    if (n > s->n - from) n = s->n - from;
    struct sound out = sound_new(n, s->rate);
    memcpy(out.pcm, s->pcm + from, n * sizeof(float));
    return out;
}

double sound_active_rms(const struct sound *s)
{
    float peak = 0;
    double sum = 0;
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++) peak = fmaxf(peak, fabsf(s->pcm[i]));
    for (size_t i = 0; i < s->n; i++)
        if (fabsf(s->pcm[i]) > 0.02f * peak) sum += (double)s->pcm[i] * s->pcm[i], n++;
    return n ? sqrt(sum / (double)n) : 0;
}

uint32_t dice_u32(struct dice *d)
{
    return (uint32_t)(splitmix64(&d->state) >> 32);
}

double dice_unit(struct dice *d)
{
    return dice_u32(d) / 4294967296.0;
}

double dice_normal(struct dice *d)
{
    double u = dice_unit(d) + 1e-12;
    return sqrt(-2 * log(u)) * cos(2 * M_PI * dice_unit(d));
}

static struct sound decode(const char *path)
{
    char command[600];
    snprintf(command, sizeof(command), "ffmpeg -v error -i '%s' -ac 1 -ar 48000 -f f32le -", path);
    FILE *f = popen(command, "r");
    struct sound s = sound_new(48000 * 60, 48000);
    if (f) s.n = fread(s.pcm, sizeof(float), s.n, f);
    if (!f || pclose(f) || s.n == 0) die("ffmpeg cannot read the recorded speech");
    return s;
}

/* Without the silence at its ends, at one loudness for all voices. */
static void trim(struct sound *s)
{
    float peak = 0;
    for (size_t i = 0; i < s->n; i++) peak = fmaxf(peak, fabsf(s->pcm[i]));
    size_t from = 0, to = s->n;
    while (from < to && fabsf(s->pcm[from]) < 0.02f * peak) from++;
    while (to > from && fabsf(s->pcm[to - 1]) < 0.02f * peak) to--;
    from = from > 1500 ? from - 1500 : 0;
    to = to + 3000 < s->n ? to + 3000 : s->n;
    float scale = (float)(0.09 / (sound_active_rms(s) + 1e-9));
    for (size_t i = from; i < to; i++) s->pcm[i - from] = fmaxf(-0.98f, fminf(0.98f, s->pcm[i] * scale));
    s->n = to - from;
}

static size_t add_voice(struct sound *out, const char *voice, double seconds, struct dice *dice)
{
    char pattern[300];
    snprintf(pattern, sizeof(pattern), "%s%s/*.g722", folder, voice);
    glob_t files = {0};
    if (glob(pattern, 0, NULL, &files)) die("please install asterisk-core-sounds-{en,es,fr,it,ru}-g722");
    size_t first = out->n, most = (size_t)(seconds * 48000);
    for (size_t i = files.gl_pathc; i > 1; i--) { /* shuffled */
        size_t k = dice_u32(dice) % i;
        char *x = files.gl_pathv[i - 1];
        files.gl_pathv[i - 1] = files.gl_pathv[k], files.gl_pathv[k] = x;
    }
    for (size_t i = 0; i < files.gl_pathc && out->n - first < most; i++) {
        struct sound s = decode(files.gl_pathv[i]);
        if (s.n > 48000 * 1.8) {
            trim(&s);
            size_t n = s.n < most - (out->n - first) ? s.n : most - (out->n - first);
            memcpy(out->pcm + out->n, s.pcm, n * sizeof(float));
            out->n += n + (size_t)(48000 * (0.15 + 0.75 * dice_unit(dice)));
        }
        sound_free(&s);
    }
    globfree(&files);
    return out->n;
}

struct sound speech_load(void)
{
    struct dice dice = {7};
    struct sound s = sound_new(48000 * 600, 48000);
    s.n = 0;
    for (size_t i = 0; i < sizeof(voices) / sizeof(*voices); i++)
        add_voice(&s, voices[i].voice, voices[i].seconds, &dice);
    for (size_t i = 0; i < s.n; i++)
        s.pcm[i] += (float)(0.0005 * dice_normal(&dice)); /* a microphone's own noise */
    return s;
}
