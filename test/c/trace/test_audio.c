/* Files from anywhere: what is sound becomes samples, what is not is refused with a sentence. */
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../noise.h"
#include "base/limits.h"
#include "trace/audio.h"
#include "trace/sandbox.h"

static char folder[] = "/tmp/aparte-audio-XXXXXX";

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    char command[100];
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command);
}

static const char *path_of(const char *name)
{
    static char path[200];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static void put(const char *name, const void *p, size_t n)
{
    FILE *f = fopen(path_of(name), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    fclose(f);
}

static void little(uint8_t *at, uint32_t v, int bytes)
{
    for (int i = 0; i < bytes; i++) at[i] = (uint8_t)(v >> 8 * i);
}

/* A WAV of a 440 Hz tone at half of full scale; the header may claim more data than there is. */
static void put_wav(const char *name, uint32_t rate, unsigned channels, uint32_t frames, uint32_t claimed)
{
    uint8_t h[44] = "RIFF....WAVEfmt ";
    little(h + 4, 36 + claimed, 4);
    little(h + 16, 16, 4);
    little(h + 20, 1, 2);
    little(h + 22, channels, 2);
    little(h + 24, rate, 4);
    little(h + 28, rate * channels * 2, 4);
    little(h + 32, channels * 2, 2);
    little(h + 34, 16, 2);
    memcpy(h + 36, "data", 4);
    little(h + 40, claimed, 4);
    FILE *f = fopen(path_of(name), "wb");
    assert_non_null(f);
    fwrite(h, 1, sizeof(h), f);
    for (uint32_t i = 0; i < frames; i++)
        for (unsigned c = 0; c < channels; c++) {
            uint8_t s[2];
            little(s, (uint32_t)(int16_t)lrint(16384 * sin(2 * M_PI * 440 * i / rate)), 2);
            fwrite(s, 1, 2, f);
        }
    fclose(f);
}

static void assert_tone(const char *name, double seconds)
{
    float *pcm;
    size_t n;
    char why[200] = "";
    if (audio_load(path_of(name), &pcm, &n, why, sizeof(why))) fail_msg("%s: %s", name, why);
    assert_true(fabs((double)n / 16000 - seconds) < 0.1);
    double power = 0, re = 0, im = 0;
    for (size_t i = 1600; i + 3200 < n; i++) {
        power += (double)pcm[i] * pcm[i];
        re += pcm[i] * cos(2 * M_PI * 440 * (double)i / 16000);
        im += pcm[i] * sin(2 * M_PI * 440 * (double)i / 16000);
    }
    double count = (double)(n - 4800);
    if (fabs(power / count - 0.125) > 0.02) fail_msg("%s: power %g", name, power / count);
    assert_true((re * re + im * im) / count / count * 2 > 0.97 * power / count); /* all of it is the tone */
    free(pcm);
}

static void assert_refused(const char *name, const char *sentence)
{
    float *pcm;
    size_t n;
    char why[200] = "";
    assert_int_equal(audio_load(path_of(name), &pcm, &n, why, sizeof(why)), ERR_MALFORMED);
    if (!strstr(why, sentence)) fail_msg("%s: \"%s\"", name, why);
}

static void test_wav_of_all_rates(void **state)
{
    (void)state;
    static const uint32_t rates[] = {8000, 11025, 16000, 22050, 44100, 48000, 96000, 192000};
    for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); i++) {
        put_wav("a.wav", rates[i], 1 + i % 3, rates[i] * 2, rates[i] * 4 * (1 + (uint32_t)i % 3));
        assert_tone("a.wav", 2);
    }
}

static void encode(const char *options, const char *name)
{
    char command[500];
    put_wav("source.wav", 48000, 1, 48000 * 3, 48000 * 6);
    snprintf(command, sizeof(command), "ffmpeg -nostdin -v error -y -i %s/source.wav %s %s/%s", folder,
             options, folder, name);
    assert_int_equal(system(command), 0);
}

static void test_codecs(void **state)
{
    (void)state;
    encode("-c:a libmp3lame -b:a 64k", "a.mp3");
    assert_tone("a.mp3", 3);
    encode("-c:a libopus -b:a 24k", "a.opus");
    assert_tone("a.opus", 3);
    encode("-c:a libvorbis", "a.ogg");
    assert_tone("a.ogg", 3);
    encode("-c:a aac -b:a 48k", "a.m4a");
    assert_tone("a.m4a", 3);
    encode("-c:a flac", "a.flac");
    assert_tone("a.flac", 3);
    encode("-c:a libopus", "a.webm");
    assert_tone("a.webm", 3);
}

static void test_what_is_no_sound(void **state)
{
    (void)state;
    assert_refused("missing", "no such file");
    put("empty.wav", "", 0);
    assert_refused("empty.wav", "is empty");
    put("text.mp3", "This is a letter, not a song.", 29);
    assert_refused("text.mp3", "no sound file of a known kind");
    assert_int_equal(mkdir(path_of("folder"), 0700), 0);
    assert_refused("folder", "not a file");
    assert_int_equal(mkfifo(path_of("pipe"), 0600), 0);
    assert_refused("pipe", "not a file");
    put("bare.wav", "RIFF\0\0\0\0WAVE", 12);
    assert_refused("bare.wav", "cannot be decoded");
    put("bare.m4a",
        "\0\0\0\x14"
        "ftypM4A \0\0\0\0M4A ",
        20);
    assert_refused("bare.m4a", "cannot be decoded");
    put("bare.ogg", "OggS\0\2", 6);
    assert_refused("bare.ogg", "cannot be decoded");
    put_wav("short.wav", 16000, 1, 8000, 16000);
    assert_refused("short.wav", "shorter than a second");
}

/* A playlist that wants other files read, as FFmpeg's HLS would; and one that says it is a film. */
static void test_playlist_reads_no_other_file(void **state)
{
    (void)state;
    static const char list[] = "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1.0\n/etc/passwd\n";
    put("a.m3u8", list, sizeof(list) - 1);
    assert_refused("a.m3u8", "no sound file of a known kind");
    char mixed[200] = "\0\0\0\x14"
                      "ftypM4A \0\0\0\0M4A ";
    memcpy(mixed + 20, list, sizeof(list));
    put("list.m4a", mixed, 20 + sizeof(list));
    assert_refused("list.m4a", "cannot be decoded");
}

static void test_header_that_claims_too_much(void **state)
{
    (void)state;
    put_wav("liar.wav", 48000, 1, 96000, 0xfffffff0u);
    assert_tone("liar.wav", 2);
}

/* A day at 8 kHz, which is a file with a hole: as long as it says, and no disk is filled. */
static void test_a_day_is_too_long(void **state)
{
    (void)state;
    put_wav("day.wav", 8000, 1, 0, 8000u * 2 * 86400);
    assert_int_equal(truncate(path_of("day.wav"), 44 + (off_t)8000 * 2 * 86400), 0);
    assert_refused("day.wav", "longer than 30 minutes");
    put_wav("just.wav", 8000, 1, 0, 8000u * 2 * LIMIT_LEAK_S);
    assert_int_equal(truncate(path_of("just.wav"), 44 + (off_t)8000 * 2 * LIMIT_LEAK_S), 0);
    float *pcm;
    size_t n;
    char why[200];
    assert_int_equal(audio_load(path_of("just.wav"), &pcm, &n, why, sizeof(why)), OK);
    assert_int_equal(n, (size_t)LIMIT_LEAK_S * 16000);
    free(pcm);
}

/* Every file with its bytes turned about is refused or read; nothing hangs and nothing leaks. */
static void test_damage(void **state)
{
    (void)state;
    static const char *const names[] = {"a.mp3", "a.opus", "a.m4a", "a.flac"};
    uint32_t seed = 5;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        static uint8_t bytes[1 << 20];
        FILE *f = fopen(path_of(names[i]), "rb");
        assert_non_null(f);
        size_t n = fread(bytes, 1, sizeof(bytes), f);
        fclose(f);
        for (int turn = 0; turn < 3; turn++) {
            for (int k = 0; k < 200; k++) {
                lcg(&seed);
                bytes[12 + (seed >> 8) % (n - 12)] = (uint8_t)seed;
            }
            put("damaged", bytes, turn == 2 ? n / 2 : n);
            float *pcm = NULL;
            size_t samples;
            char why[200] = "";
            if (audio_load(path_of("damaged"), &pcm, &samples, why, sizeof(why)) == OK)
                free(pcm);
            else
                assert_true(strlen(why) > 10);
        }
    }
}

/* What a decoder that was taken over would try. 0: it was stopped. */
static int attempt(enum err (*sandbox)(void))
{
    pid_t child = fork();
    if (child == 0) {
        if (sandbox()) _exit(1);
        if (socket(AF_INET, SOCK_STREAM, 0) >= 0) _exit(2);
        if (open(path_of("made"), O_CREAT | O_WRONLY, 0600) >= 0) _exit(3);
        if (unlink(path_of("a.wav")) == 0) _exit(4);
        if (kill(getppid(), 0) == 0) _exit(5);
        _exit(0);
    }
    int status;
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_sandbox_holds(void **state)
{
    (void)state;
    put_wav("a.wav", 8000, 1, 100, 200);
    assert_int_equal(attempt(sandbox_library), 0);
    assert_int_equal(attempt(sandbox_program), 0);
    assert_int_equal(access(path_of("a.wav"), F_OK), 0);
    assert_int_not_equal(access(path_of("made"), F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wav_of_all_rates),
        cmocka_unit_test(test_codecs),
        cmocka_unit_test(test_what_is_no_sound),
        cmocka_unit_test(test_playlist_reads_no_other_file),
        cmocka_unit_test(test_header_that_claims_too_much),
        cmocka_unit_test(test_a_day_is_too_long),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_sandbox_holds),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
