#include <math.h>
#include <opus/opus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mark/embed.h"
#include "sound.h"

enum { FRAME = 960, SEGMENT_SAMPLES = SEGMENT_HOPS * PATTERN_HOP };

static void die(const char *what)
{
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

void variants_make(const struct sound *in, const uint8_t *keystream, struct sound *a, struct sound *b)
{
    static struct embed embed;
    embed_init(&embed, keystream, 0);
    size_t n = in->n + EMBED_DELAY;
    struct sound padded = sound_new(n, in->rate);
    memcpy(padded.pcm, in->pcm, in->n * sizeof(float));
    *a = sound_new(n, in->rate);
    *b = sound_new(n, in->rate);
    embed_run(&embed, padded.pcm, a->pcm, b->pcm, (unsigned)n);
    sound_free(&padded);
    for (struct sound *s = a;; s = b) { /* back in line with the input */
        memmove(s->pcm, s->pcm + EMBED_DELAY, in->n * sizeof(float));
        s->n = in->n;
        if (s == b) break;
    }
}

static OpusEncoder *encoder(int bitrate)
{
    int e;
    OpusEncoder *o = opus_encoder_create(48000, 1, OPUS_APPLICATION_VOIP, &e);
    if (!o) die("no Opus encoder");
    opus_encoder_ctl(o, OPUS_SET_BITRATE(bitrate));
    opus_encoder_ctl(o, OPUS_SET_VBR(0));
    return o;
}

static struct sound switched(const struct sound *a, const struct sound *b, const uint8_t *bits,
                             size_t segments)
{
    struct sound out = sound_new(a->n, a->rate);
    for (size_t i = 0; i < a->n; i++) {
        size_t s = i / SEGMENT_SAMPLES;
        out.pcm[i] = (s < segments && bits[s] ? b : a)->pcm[i];
    }
    return out;
}

struct sound listener_hears(const struct sound *a, const struct sound *b, const uint8_t *bits,
                            size_t segments, int bitrate)
{
    if (!bitrate) return switched(a, b, bits, segments);
    OpusEncoder *encoders[2] = {encoder(bitrate), encoder(bitrate)};
    int e, ahead;
    OpusDecoder *decoder = opus_decoder_create(48000, 1, &e);
    if (!decoder) die("no Opus decoder");
    opus_encoder_ctl(encoders[0], OPUS_GET_LOOKAHEAD(&ahead));
    struct sound out = sound_new(a->n + FRAME, a->rate);
    out.n = 0;
    for (size_t at = 0; at + FRAME <= a->n; at += FRAME) {
        size_t s = at / SEGMENT_SAMPLES;
        int bit = s < segments && bits[s];
        uint8_t packets[2][1500];
        float pcm[FRAME];
        int n[2] = {opus_encode_float(encoders[0], a->pcm + at, FRAME, packets[0], 1275),
                    opus_encode_float(encoders[1], b->pcm + at, FRAME, packets[1], 1275)};
        if (n[bit] < 0 || opus_decode_float(decoder, packets[bit], n[bit], pcm, FRAME, 0) != FRAME)
            die("Opus failed");
        size_t skip = at ? 0 : (size_t)ahead;
        memcpy(out.pcm + out.n, pcm + skip, (FRAME - skip) * sizeof(float));
        out.n += FRAME - skip;
    }
    opus_decoder_destroy(decoder);
    for (int i = 0; i < 2; i++) opus_encoder_destroy(encoders[i]);
    return out;
}

struct sound sound_mean(const struct sound *s, size_t n)
{
    struct sound out = sound_new(s[0].n, s[0].rate);
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < out.n && i < s[k].n; i++) out.pcm[i] += s[k].pcm[i] / (float)n;
    return out;
}

/* Through a file of the codec and back, by ffmpeg. */
static struct sound coded(const struct sound *in, const char *options, const char *ending)
{
    char name[64], command[400];
    snprintf(name, sizeof(name), "/tmp/aparte-bench-%d.%s", getpid(), ending);
    snprintf(command, sizeof(command), "ffmpeg -v error -y -f f32le -ar %u -ac 1 -i - -ar 48000 %s %s",
             in->rate, options, name);
    FILE *f = popen(command, "w");
    if (!f || fwrite(in->pcm, sizeof(float), in->n, f) != in->n || pclose(f)) die("ffmpeg cannot encode");
    snprintf(command, sizeof(command), "ffmpeg -v error -i %s -ac 1 -ar 48000 -f f32le -", name);
    f = popen(command, "r");
    struct sound out = sound_new((size_t)((double)in->n * 48000 / in->rate) + 96000, 48000);
    if (f) out.n = fread(out.pcm, sizeof(float), out.n, f);
    if (!f || pclose(f) || !out.n) die("ffmpeg cannot decode");
    unlink(name);
    return out;
}

static void add_noise(struct sound *s, double db)
{
    struct dice dice = {11};
    double level = sound_active_rms(s) * pow(10, -db / 20);
    for (size_t i = 0; i < s->n; i++) s->pcm[i] += (float)(level * dice_normal(&dice));
}

/* A room: direct sound and an exponential tail of noise, as loud together as `ratio_db` below the direct
 * sound. */
static void reverberate(struct sound *s, double t60, double ratio_db)
{
    struct dice dice = {3};
    size_t n = (size_t)(t60 * 1.2 * s->rate), quiet = (size_t)(0.002 * s->rate);
    float *room = calloc(n, sizeof(float));
    struct sound dry = sound_cut(s, 0, 1e6);
    if (!room) die("no memory");
    double power = 1e-12;
    for (size_t i = quiet; i < n; i++) {
        room[i] = (float)(dice_normal(&dice) * pow(10, -3 * (double)i / s->rate / t60));
        power += (double)room[i] * room[i];
    }
    float scale = (float)(pow(10, -ratio_db / 20) / sqrt(power));
    for (size_t i = 0; i < n; i++) room[i] *= scale;
    for (size_t k = quiet; k < n; k++)
        for (size_t i = k; i < s->n; i++) s->pcm[i] += room[k] * dry.pcm[i - k];
    sound_free(&dry);
    free(room);
}

static struct sound then(struct sound s, const char *options, const char *ending)
{
    struct sound out = coded(&s, options, ending);
    sound_free(&s);
    return out;
}

struct sound channel(const char *name, const struct sound *in)
{
    static const char aac[] = "-c:a aac -b:a 48k", mp3[] = "-c:a libmp3lame -b:a 64k",
                      opus24[] = "-c:a libopus -b:a 24k -vbr off -application voip";
    struct sound wide = {0}, out;
    if (!strcmp(name, "mp3_64"))
        wide = coded(in, mp3, "mp3");
    else if (!strcmp(name, "aac48"))
        wide = coded(in, aac, "m4a");
    else if (!strcmp(name, "opus24"))
        wide = coded(in, opus24, "ogg");
    else if (!strcmp(name, "opus16"))
        wide = coded(in, "-c:a libopus -b:a 16k -application voip", "ogg");
    else if (!strcmp(name, "chain"))
        wide = then(then(coded(in, aac, "m4a"), opus24, "ogg"), mp3, "mp3");
    out = sound_resampled(wide.pcm ? &wide : in, 16000);
    sound_free(&wide);
    if (!strcmp(name, "noise20"))
        add_noise(&out, 20);
    else if (!strcmp(name, "noise10"))
        add_noise(&out, 10);
    else if (!strcmp(name, "reverb"))
        reverberate(&out, 0.4, 0);
    else if (!strcmp(name, "narrow8k")) {
        wide = sound_resampled(&out, 8000);
        sound_free(&out);
        out = sound_resampled(&wide, 16000);
        sound_free(&wide);
    } else if (!strcmp(name, "rerecorded")) {
        reverberate(&out, 0.5, 0);
        add_noise(&out, 20);
        for (size_t i = 0; i < out.n; i++) out.pcm[i] *= 0.5f;
        wide = then(out, aac, "m4a");
        out = sound_resampled(&wide, 16000);
        sound_free(&wide);
    }
    return out;
}
