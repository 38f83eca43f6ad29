#include "trace/decode.h"

#include <errno.h>
#include <fcntl.h>
#include <sndfile.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "trace/field.h"
#include "trace/sandbox.h"

enum {
    CHUNK = 4096,
    RATE_MAX = 48000
}; /* frames; a faster recording is halved: a voice has nothing up there */

/* The file is 0, the pipe is 1, errors go nowhere; nothing else is open. */
static void only(int in, int out)
{
    int null = open("/dev/null", O_WRONLY);
    if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || null < 0 || dup2(null, 2) < 0) _exit(DECODE_NO_SANDBOX);
    if (close_range(3, ~0u, 0)) _exit(DECODE_NO_SANDBOX);
}

static bool put(const void *p, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t w = write(1, (const char *)p + done, n - done);
        if (w <= 0 && errno != EINTR) return false;
        if (w > 0) done += (size_t)w;
    }
    return true;
}

/* Mixes to mono, in place, and takes the mean of every `step` frames. */
static size_t mix(float *x, size_t frames, int channels, size_t step)
{
    size_t out = 0;
    for (size_t f = 0; f + step <= frames; f += step) {
        float sum = 0;
        for (size_t i = 0; i < step * (size_t)channels; i++) sum += x[f * (size_t)channels + i];
        x[out++] = sum / (float)(step * (size_t)channels);
    }
    return out;
}

_Noreturn void decode_library(int in, int out)
{
    only(in, out);
    SF_INFO info = {0};
    if (sandbox_library()) _exit(DECODE_NO_SANDBOX);
    SNDFILE *file = sf_open_fd(0, SFM_READ, &info, 0);
    if (!file || info.channels < 1 || info.channels > LIMIT_DECODE_CHANNELS || info.samplerate < 4000 ||
        info.samplerate > 8 * RATE_MAX)
        _exit(DECODE_REFUSED);
    size_t step = 1;
    while (info.samplerate / (int)step > RATE_MAX) step *= 2; /* divides CHUNK */
    uint32_t rate = (uint32_t)info.samplerate / (uint32_t)step;
    float *x = malloc(sizeof(float) * CHUNK * (size_t)info.channels);
    if (!x || !put(&rate, sizeof(rate))) _exit(DECODE_REFUSED);
    sf_count_t n;
    while ((n = sf_readf_float(file, x, CHUNK)) > 0)
        if (!put(x, mix(x, (size_t)n, info.channels, step) * sizeof(float)))
            _exit(DECODE_DONE); /* enough was read */
    _exit(sf_error(file) ? DECODE_REFUSED : DECODE_DONE);
}

_Noreturn void decode_program(int in, int out, const char *demuxer)
{
    only(in, out);
    uint32_t rate = FIELD_RATE;
    if (!put(&rate, sizeof(rate))) _exit(DECODE_REFUSED);
    if (sandbox_program()) _exit(DECODE_NO_SANDBOX);
    char *const nothing[] = {NULL};
    char *const argv[] = {"ffmpeg",
                          "-nostdin",
                          "-v",
                          "quiet",
                          "-protocol_whitelist",
                          "file,pipe",
                          "-f",
                          (char *)demuxer,
                          "-i",
                          "/dev/stdin",
                          "-map",
                          "0:a:0",
                          "-ac",
                          "1",
                          "-ar",
                          "16000",
                          "-f",
                          "f32le",
                          "pipe:1",
                          NULL};
    static_assert(FIELD_RATE == 16000, "the rate above");
    execve("/usr/bin/ffmpeg", argv, nothing);
    _exit(errno == ENOENT ? DECODE_NO_PROGRAM : DECODE_NO_SANDBOX);
}
