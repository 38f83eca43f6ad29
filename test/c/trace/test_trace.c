/* The subcommand: what it prints, the exit codes, and what it refuses. */
#include "evening.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace/trace.h"

static char folder[] = "/tmp/aparte-trace-XXXXXX";
static char leak[64], session[64], plot[64], printed[1 << 20];
static struct evening *evening;

enum { LEAKER = 12 };

static void write_session(json_t *j)
{
    assert_int_equal(json_dump_file(j, session, 0), 0);
    json_decref(j);
}

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder)) return -1;
    snprintf(leak, sizeof(leak), "%s/leak.wav", folder);
    snprintf(session, sizeof(session), "%s/session.json", folder);
    evening = evening_new(45);
    size_t n;
    float *pcm = evening_leak(evening, LEAKER, 9.3, 25, 1, &n);
    evening_write_wav(leak, pcm, n);
    free(pcm);
    write_session(evening_session(evening));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char command[100];
    evening_free(evening);
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command);
}

/* Both streams into `printed`. */
static int run(int argc, char **argv)
{
    char path[64];
    snprintf(path, sizeof(path), "%s/out", folder);
    fflush(NULL);
    int out = dup(1), err = dup(2), file = open(path, O_CREAT | O_TRUNC | O_RDWR, 0600);
    assert_true(out >= 0 && err >= 0 && file >= 0);
    dup2(file, 1);
    dup2(file, 2);
    int code = trace_main(argc, argv);
    fflush(NULL);
    dup2(out, 1);
    dup2(err, 2);
    ssize_t n = pread(file, printed, sizeof(printed) - 1, 0);
    printed[n > 0 ? n : 0] = 0;
    close(out);
    close(err);
    close(file);
    return code;
}

#define RUN(...) run((int)(sizeof((char *[]){__VA_ARGS__}) / sizeof(char *)), (char *[]){__VA_ARGS__})

static void assert_says(const char *what)
{
    if (!strstr(printed, what)) fail_msg("\"%s\" is not in: %.600s", what, printed);
}

static void test_report_names_the_leaker(void **state)
{
    (void)state;
    assert_int_equal(RUN(leak, "--session", session), 0);
    assert_says("25.0 s of sound, compared with 40 listeners");
    assert_says("Named (chance");
    assert_says("1. Listener 12");
    assert_says("in the voice of Speaker");
    assert_says("not proof in court");
    assert_says("aparte ban ");
}

static size_t file_starts(const char *path, const char *magic, size_t n)
{
    char head[64] = {0};
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_true(fread(head, 1, sizeof(head), f) >= n);
    assert_memory_equal(head, magic, n);
    fseek(f, 0, SEEK_END);
    size_t size = (size_t)ftell(f);
    fclose(f);
    return size;
}

static void test_json_and_plots(void **state)
{
    (void)state;
    snprintf(plot, sizeof(plot), "%s/plot.png", folder);
    assert_int_equal(RUN(leak, "--json", "--session", session, "--plot", plot), 0);
    json_t *j = json_loads(printed, 0, NULL);
    assert_non_null(j);
    json_t *first = json_array_get(json_object_get(j, "suspects"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "name")), "Listener 12");
    assert_true(json_is_true(json_object_get(first, "named")));
    assert_true(json_real_value(json_object_get(first, "log10_p")) < -6);
    assert_true(json_array_size(json_object_get(first, "curve")) > 90);
    assert_int_equal(json_integer_value(json_object_get(j, "named")), 1);
    long long off = json_integer_value(json_object_get(j, "start")) - 1009300;
    assert_true(off >= -40 && off <= 40);
    json_decref(j);
    assert_true(file_starts(plot, "\x89PNG\r\n\x1a\n", 8) > 2000);
    snprintf(plot, sizeof(plot), "%s/plot.svg", folder);
    assert_int_equal(RUN(leak, "--session", session, "--plot", plot), 0);
    assert_true(file_starts(plot, "<svg ", 5) > 2000);
}

static void test_not_enough_is_said(void **state)
{
    (void)state;
    char path[64];
    size_t n;
    float *pcm = evening_leak(evening, LEAKER, 12, 3, 1, &n);
    snprintf(path, sizeof(path), "%s/short.wav", folder);
    evening_write_wav(path, pcm, n);
    free(pcm);
    assert_int_equal(RUN(path, "--session", session), 1);
    assert_says("Not enough evidence to name anybody");
    assert_null(strstr(printed, "aparte ban"));
}

static void test_usage(void **state)
{
    (void)state;
    assert_int_equal(RUN("--session", session), 2);
    assert_int_equal(RUN(leak), 2);
    assert_says("which session?");
    assert_int_equal(RUN(leak, leak, "--session", session), 2);
    assert_int_equal(RUN(leak, "--session"), 2);
    assert_int_equal(RUN(leak, "--session", session, "--plot", "a.gif"), 2);
    assert_int_equal(RUN(leak, "--session", session, "--threshold", "0.5"), 2);
    assert_int_equal(RUN(leak, "--session", session, "--threshold", "1e-6x"), 2);
    assert_int_equal(RUN(leak, "--session", session, "--louder", "1"), 2);
}

static void test_bad_recordings(void **state)
{
    (void)state;
    assert_int_equal(RUN(session, "--session", session), 3);
    assert_says("no sound file of a known kind");
    assert_int_equal(RUN("/nowhere", "--session", session), 3);
    assert_says("no such file");
    assert_int_equal(RUN(leak, "--session", session, "--plot", "/nowhere/plot.png"), 3);
    assert_says("the plot cannot be written");
}

static void assert_refused(json_t *j, const char *sentence)
{
    write_session(j);
    assert_int_equal(RUN(leak, "--session", session), 3);
    assert_says(sentence);
}

/* Each is the good file with one thing wrong. */
static void test_bad_sessions(void **state)
{
    (void)state;
    assert_int_equal(RUN(leak, "--session", leak), 3);
    assert_says("is not JSON");
    assert_int_equal(RUN(leak, "--session", "/nowhere"), 3);
    assert_says("cannot be read");
    assert_refused(json_array(), "not a session file");
    json_t *j = evening_session(evening), *one;
    json_object_set_new(j, "version", json_integer(2));
    assert_refused(j, "number from 0 to 1");
    j = evening_session(evening);
    json_object_set_new(j, "segment_ms", json_integer(480));
    assert_refused(j, "segments are not 240 ms");
    j = evening_session(evening);
    json_object_set_new(j, "listeners", json_array());
    assert_refused(j, "\"listeners\" is not a list");
    j = evening_session(evening);
    json_object_del(json_array_get(json_object_get(j, "speakers"), 0), "key");
    assert_refused(j, "\"key\" is not 32 bytes");
    j = evening_session(evening);
    json_object_set_new(json_array_get(json_object_get(j, "listeners"), 3), "name",
                        json_string("\x1b[31mred"));
    assert_refused(j, "not a name");
    j = evening_session(evening);
    one = json_array_get(json_object_get(json_array_get(json_object_get(j, "speakers"), 0), "spans"), 0);
    json_object_set_new(one, "segments", json_integer(1 << 30));
    assert_refused(j, "\"segments\" is not a number");
    write_session(evening_session(evening));
}

/* A server that fits a codeword to the recording afterwards: the commitment does not open. */
static void test_codeword_of_afterwards_is_refused(void **state)
{
    (void)state;
    json_t *j = evening_session(evening), *listeners = json_object_get(j, "listeners");
    json_t *leaker = json_array_get(listeners, LEAKER), *other = json_array_get(listeners, LEAKER + 1);
    json_t *seed = json_incref(json_object_get(leaker, "seed"));
    json_object_set(leaker, "seed", json_object_get(other, "seed"));
    json_object_set_new(other, "seed", seed);
    assert_refused(j, "not the one that the room's key header committed to");
    j = evening_session(evening);
    leaker = json_array_get(json_object_get(j, "listeners"), LEAKER);
    json_object_set(json_object_get(j, "bias"), "seed", json_object_get(leaker, "seed"));
    assert_refused(j, "not the one that the room's key header committed to");
    write_session(evening_session(evening));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_report_names_the_leaker),
        cmocka_unit_test(test_json_and_plots),
        cmocka_unit_test(test_not_enough_is_said),
        cmocka_unit_test(test_usage),
        cmocka_unit_test(test_bad_recordings),
        cmocka_unit_test(test_bad_sessions),
        cmocka_unit_test(test_codeword_of_afterwards_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
