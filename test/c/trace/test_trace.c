/* The subcommand: what it prints, the exit codes, and what it refuses. */
#include "evening.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

/* In the place of a server. */
static json_t *fetched;
static const char *asked[3];

static json_t *fetch(const char *data, const char *const releases[2], int *code)
{
    asked[0] = data, asked[1] = releases[0], asked[2] = releases[1];
    if (!fetched) *code = 1;
    return json_incref(fetched);
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
    int code = trace_main(argc, argv, fetch);
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
    assert_says("25.0 s of sound, compared with 41 listeners");
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
    assert_says("releases of two admins");
    assert_int_equal(RUN(leak, "--release", "a"), 2); /* never with one */
    assert_int_equal(RUN(leak, "--release", "a", "--release", "b", "--release", "c"), 2);
    assert_int_equal(RUN(leak, "--release", "a", "--session", session), 2);
    assert_int_equal(RUN(leak, "--session", session, "--save", "x"), 2);
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

static json_t *at(json_t *j, const char *list, size_t i)
{
    return json_array_get(json_object_get(j, list), i);
}

/* Each is the good file with one thing wrong. */
static void test_bad_sessions(void **state)
{
    (void)state;
    assert_int_equal(RUN(leak, "--session", leak), 3);
    assert_says("is not JSON");
    assert_int_equal(RUN(leak, "--session", "/nowhere"), 3);
    assert_says("cannot be read");
    assert_refused(json_array(), "not what the ledger has");
    json_t *j = evening_session(evening);
    json_object_set_new(j, "people", json_array());
    assert_refused(j, "\"people\" is not a list");
    j = evening_session(evening);
    json_object_set_new(at(j, "people", 3), "name", json_string("\x1b[31mred"));
    assert_refused(j, "not a name");
    j = evening_session(evening);
    json_object_set_new(j, "patterns", json_array());
    assert_refused(j, "\"patterns\" is not a list");
    j = evening_session(evening);
    json_object_set_new(j, "spans", json_array());
    assert_refused(j, "\"spans\" is not a list");
    j = evening_session(evening);
    json_object_set(at(j, "spans", 0), "until", json_object_get(at(j, "spans", 0), "since"));
    json_object_set_new(at(j, "spans", 0), "since", json_integer((json_int_t)1 << 52));
    assert_refused(j, "No stretch of it");
    j = evening_session(evening); /* a secret that was made up afterwards */
    json_object_set(j, "secret", json_object_get(j, "trace"));
    assert_refused(j, "not the one that the room's key headers committed to");
    j = evening_session(evening);
    json_array_set(json_object_get(j, "releases"), 1, at(j, "releases", 0));
    assert_refused(j, "a trace takes two");
    j = evening_session(evening);
    json_array_set(json_object_get(j, "releases"), 1, at(j, "patterns", 0));
    assert_refused(j, "not in the form that the admin screen gives");
    j = evening_session(evening);
    json_array_remove(json_object_get(j, "releases"), 1);
    assert_refused(j, "\"releases\" is not a list of 2");
    struct evening other = *evening; /* a share that is not the speaker's */
    other.speaker.key[0] ^= 1;
    json_t *wrong = evening_session(&other);
    j = evening_session(evening);
    json_array_set(json_object_get(j, "releases"), 1, at(wrong, "releases", 1));
    json_decref(wrong);
    assert_refused(j, "do not give the key that the speaker committed to");
    write_session(evening_session(evening));
}

static void test_a_running_servers_ledger(void **state)
{
    (void)state;
    char kept[64];
    struct stat st;
    fetched = evening_session(evening);
    json_object_set_new(at(fetched, "people", LEAKER), "chain", json_string("Listener 12 < Zoé < Inès"));
    snprintf(kept, sizeof(kept), "%s/kept.json", folder);
    assert_int_equal(RUN(leak, "--release", "one", "--data", "there", "--release", "two", "--save", kept), 0);
    assert_string_equal(asked[0], "there");
    assert_string_equal(asked[1], "one");
    assert_string_equal(asked[2], "two");
    assert_says("compared with 41 listeners"); /* who came twice counts once */
    assert_says("1. Listener 12");
    assert_says("Who brought whom in: Listener 12 < Zoé < Inès");
    assert_says("aparte ban AgwAAAAAAAAAAAAAAAAAAA");
    assert_int_equal(stat(kept, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(RUN(leak, "--json", "--session", kept), 0);
    assert_says("Listener 12 < Zo");
    assert_int_equal(RUN(leak, "--release", "one", "--release", "two", "--save", kept), 3); /* is there */
    assert_says("is there already");
    json_object_set_new(fetched, "secret", json_string("x"));
    assert_int_equal(RUN(leak, "--release", "one", "--release", "two"), 3);
    assert_says("what the ledger has cannot be used");
    json_decref(fetched);
    fetched = NULL;
    assert_int_equal(RUN(leak, "--release", "one", "--release", "two"), 3);
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
        cmocka_unit_test(test_a_running_servers_ledger),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
