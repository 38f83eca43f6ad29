#include "trace/audio.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "trace/decode.h"
#include "trace/field.h"
#include "trace/resample.h"

/* By first bytes. `demuxer`: ffmpeg's name, the only one it may use, so that no playlist can pose as a sound.
 */
static const struct {
    size_t at;
    const char *magic;
    size_t len;
    bool library; /* libsndfile may know it */
    const char *demuxer;
} kinds[] = {
    {0, "RIFF", 4, true, "wav"},
    {0, "RF64", 4, true, "wav"},
    {0, "fLaC", 4, true, "flac"},
    {0, "OggS", 4, true, "ogg"},
    {0, "ID3", 3, true, "mp3"},
    {0, "\xff\xfb", 2, true, "mp3"},
    {0, "\xff\xf3", 2, true, "mp3"},
    {0, "\xff\xf2", 2, true, "mp3"},
    {0, "\xff\xfa", 2, true, "mp3"},
    {4, "ftyp", 4, false, "mov"},
    {0, "\x1a\x45\xdf\xa3", 4, false, "matroska"},
    {0, "\xff\xf1", 2, false, "aac"},
    {0, "\xff\xf9", 2, false, "aac"},
};
enum { KINDS = sizeof(kinds) / sizeof(*kinds), MAGIC_BYTES = 12 };

struct decoded {
    float *samples;
    size_t n, cap;
    uint32_t rate;
    int exit; /* enum decode_exit, or -1: it was stopped */
    bool too_long;
};

static int refuse(char *why, size_t cap, const char *sentence)
{
    snprintf(why, cap, "%s", sentence);
    return -1;
}

static int open_sound(const char *path, int *kind, char *why, size_t cap)
{
    uint8_t head[MAGIC_BYTES] = {0};
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return refuse(why, cap, errno == ENOENT ? "There is no such file." : "The file cannot be opened.");
    const char *wrong = NULL;
    if (fstat(fd, &st) || !S_ISREG(st.st_mode))
        wrong = "That is not a file.";
    else if (st.st_size == 0)
        wrong = "The file is empty.";
    else if (pread(fd, head, sizeof(head), 0) < 0)
        wrong = "The file cannot be read.";
    for (*kind = 0; !wrong && *kind < KINDS; ++*kind)
        if (memcmp(head + kinds[*kind].at, kinds[*kind].magic, kinds[*kind].len) == 0) return fd;
    close(fd);
    return refuse(why, cap,
                  wrong ? wrong
                        : "That is no sound file of a known kind (WAV, FLAC, Ogg, Opus, MP3, M4A, WebM).");
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool grow(struct decoded *d)
{
    size_t cap = d->cap ? 2 * d->cap : 1 << 16;
    float *more = realloc(d->samples, cap * sizeof(float));
    if (more) d->samples = more, d->cap = cap;
    return more != NULL;
}

/* Reads until the child is done, too much came, or time is up; false in the last two cases. */
static bool drain(int fd, struct decoded *d)
{
    int64_t end = now_ms() + LIMIT_DECODE_MS;
    size_t have = 0; /* bytes after the rate */
    uint8_t rate[4];
    size_t rate_have = 0;
    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int64_t left = end - now_ms();
        if (left <= 0 || poll(&p, 1, (int)left) == 0) return false;
        if (rate_have == sizeof(rate) && have + 4096 > d->cap * sizeof(float) && !grow(d)) return false;
        ssize_t r = rate_have < sizeof(rate)
                        ? read(fd, rate + rate_have, sizeof(rate) - rate_have)
                        : read(fd, (char *)d->samples + have, d->cap * sizeof(float) - have);
        if (r < 0 && errno == EINTR) continue;
        if (r <= 0) return true;
        if (rate_have < sizeof(rate))
            rate_have += (size_t)r, memcpy(&d->rate, rate, sizeof(rate));
        else
            have += (size_t)r;
        d->n = have / sizeof(float);
        d->too_long = rate_have == sizeof(rate) && d->n > (size_t)d->rate * LIMIT_LEAK_S;
        if (d->too_long) return false;
    }
}

static enum err decode(int fd, const char *demuxer, struct decoded *d)
{
    *d = (struct decoded){.exit = -1};
    int ends[2];
    if (lseek(fd, 0, SEEK_SET) < 0 || pipe2(ends, O_CLOEXEC)) return ERR_SYSTEM;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        if (demuxer) decode_program(fd, ends[1], demuxer);
        decode_library(fd, ends[1]);
    }
    close(ends[1]);
    if (child > 0) {
        int status;
        if (!drain(ends[0], d)) kill(child, SIGKILL);
        while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
        if (WIFEXITED(status)) d->exit = WEXITSTATUS(status);
    }
    close(ends[0]);
    return child > 0 ? OK : ERR_SYSTEM;
}

static const char *judge(const struct decoded *d)
{
    static char too_long[120];
    snprintf(too_long, sizeof(too_long),
             "The recording is longer than %d minutes: please cut out the part to trace.", LIMIT_LEAK_S / 60);
    if (d->too_long) return too_long;
    if (d->exit == DECODE_NO_PROGRAM) return "This kind of file needs ffmpeg, which is not installed.";
    if (d->exit == DECODE_NO_SANDBOX) return "The decoder could not be locked in, so it was not run.";
    if (d->exit != DECODE_DONE || d->n == 0)
        return "The file cannot be decoded: it is damaged or not what it says it is.";
    if (d->n < d->rate) return "The recording is shorter than a second.";
    return NULL;
}

/* A damaged file may hold infinities and worse. */
static void tame(float *x, size_t n)
{
    for (size_t i = 0; i < n; i++) x[i] = isfinite(x[i]) ? fmaxf(fminf(x[i], 8), -8) : 0;
}

enum err audio_load(const char *path, float **pcm, size_t *n, char *why, size_t why_cap)
{
    int kind, fd = open_sound(path, &kind, why, why_cap);
    if (fd < 0) return ERR_MALFORMED;
    struct decoded d = {.exit = DECODE_REFUSED};
    enum err e = kinds[kind].library ? decode(fd, NULL, &d) : OK;
    if (!e && !d.too_long && (d.exit != DECODE_DONE || d.n == 0)) {
        struct decoded library = d;
        e = decode(fd, kinds[kind].demuxer, &d);
        if (!e && d.exit == DECODE_NO_PROGRAM &&
            kinds[kind].library) { /* then what the library said counts */
            free(d.samples);
            d = library;
        } else
            free(library.samples);
    }
    close(fd);
    const char *wrong = e ? "There is not enough memory." : judge(&d);
    if (wrong) {
        refuse(why, why_cap, wrong);
        free(d.samples);
        return e ? e : ERR_MALFORMED;
    }
    tame(d.samples, d.n);
    if (d.rate == FIELD_RATE) {
        *pcm = d.samples, *n = d.n;
        return OK;
    }
    e = resample(d.samples, d.n, d.rate, FIELD_RATE, pcm, n);
    free(d.samples);
    if (e) refuse(why, why_cap, "There is not enough memory.");
    return e;
}
