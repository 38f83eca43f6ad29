#include "trace/trace.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace/audio.h"
#include "trace/plot.h"
#include "trace/report.h"

enum { EXIT_NAMED = 0, EXIT_NOT_ENOUGH = 1, EXIT_USAGE = 2, EXIT_INPUT = 3 };

struct wishes {
    const char *recording, *session, *plot, *data, *save;
    const char *releases[2];
    unsigned release_count;
    double log10_threshold;
    bool json;
};

static int usage(const char *what)
{
    fprintf(
        stderr,
        "aparte trace: %s\n\nUsage: aparte trace RECORDING --release FILE --release FILE [OPTIONS]\n"
        "  RECORDING            WAV, FLAC, Ogg, Opus, MP3, M4A or WebM, one second to half an hour\n"
        "  --release FILE       what an admin released for this trace; two of different admins\n"
        "  --data DIR           data folder of the running server (APARTE_DATA, ./data)\n"
        "  --save FILE          keep what the ledger has, to trace elsewhere; it holds secrets of that room\n"
        "  --session FILE       use what --save kept instead of a server and releases\n"
        "  --plot FILE.svg|png  draw how the score of each suspect grows\n"
        "  --threshold P        name only below this chance of accusing somebody innocent (1e-6)\n"
        "  --json               print one JSON object\n"
        "Exit codes: 0 somebody is named, 1 not enough evidence, 2 wrong usage,\n3 the recording, a release "
        "or the ledger cannot be used.\n",
        what);
    return EXIT_USAGE;
}

/* NULL, or what is wrong. */
static const char *parse(struct wishes *w, int argc, char **argv)
{
    *w = (struct wishes){.log10_threshold = -6};
    for (int i = 0; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (!strcmp(argv[i], "--json"))
            w->json = true;
        else if (!strncmp(argv[i], "--", 2)) {
            if (!value) return "an option has no value";
            i++;
            if (!strcmp(argv[i - 1], "--session"))
                w->session = value;
            else if (!strcmp(argv[i - 1], "--data"))
                w->data = value;
            else if (!strcmp(argv[i - 1], "--save"))
                w->save = value;
            else if (!strcmp(argv[i - 1], "--release")) {
                if (w->release_count == 2) return "a trace takes two releases, not more";
                w->releases[w->release_count++] = value;
            } else if (!strcmp(argv[i - 1], "--plot"))
                w->plot = value;
            else if (!strcmp(argv[i - 1], "--threshold")) {
                char *end;
                double p = strtod(value, &end);
                if (*end || !(p > 0 && p <= 0.001))
                    return "the threshold is a number above 0 and at most 0.001";
                w->log10_threshold = log10(p);
            } else
                return "there is no such option";
        } else if (w->recording)
            return "one recording at a time";
        else
            w->recording = argv[i];
    }
    if (!w->recording) return "which recording?";
    if (w->session && (w->release_count || w->save)) return "--session takes neither releases nor --save";
    if (!w->session && w->release_count != 2)
        return "a trace takes the releases of two admins: --release FILE --release FILE";
    if (w->plot && !plot_path_ok(w->plot)) return "a plot is a file that ends in .svg or .png";
    return NULL;
}

static void show_progress(void *arg, double share)
{
    (void)arg;
    enum { CELLS = 40 };
    int full = (int)(share * CELLS + 0.5);
    fprintf(stderr, "\r[");
    for (int i = 0; i < CELLS; i++) fputc(i < full ? '#' : '.', stderr);
    fprintf(stderr, "] %3.0f %%", share * 100);
    if (share >= 1) fprintf(stderr, "\r%*s\r", CELLS + 10, "");
    fflush(stderr);
}

static int say(const struct wishes *w, const struct session *s, const struct finding *f)
{
    if (w->json) {
        json_t *report = report_json(s, f, w->log10_threshold);
        if (!report || json_dumpf(report, stdout, JSON_REAL_PRECISION(6))) {
            fprintf(stderr, "aparte trace: the report cannot be written.\n");
            json_decref(report);
            return EXIT_INPUT;
        }
        puts("");
        json_decref(report);
    } else
        report_text(stdout, s, f, w->recording, w->log10_threshold);
    if (w->plot && plot_write(w->plot, s, f)) {
        fprintf(stderr, "aparte trace: the plot cannot be written.\n");
        return EXIT_INPUT;
    }
    return f->named ? EXIT_NAMED : EXIT_NOT_ENOUGH;
}

static int trace(const struct wishes *w, const struct session *s)
{
    char why[200];
    float *pcm;
    size_t n;
    if (audio_load(w->recording, &pcm, &n, why, sizeof(why))) {
        fprintf(stderr, "aparte trace: the recording cannot be used. %s\n", why);
        return EXIT_INPUT;
    }
    struct inquiry_options o = {.log10_threshold = w->log10_threshold,
                                .progress = isatty(2) ? show_progress : NULL};
    struct finding f;
    enum err e = inquire(s, pcm, n, &o, &f);
    free(pcm);
    if (e) {
        fprintf(stderr, "aparte trace: %s\n",
                e == ERR_SYSTEM ? "There is not enough memory." : err_sentence(e));
        return EXIT_INPUT;
    }
    int code = say(w, s, &f);
    finding_free(&f);
    return code;
}

/* 0600, and never over something else. */
static bool save(const char *path, const json_t *ledger)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return false;
    bool good = json_dumpfd(ledger, fd, JSON_COMPACT) == 0;
    return close(fd) == 0 && good;
}

/* What the ledger has: from a file, or from the server. */
static int take_session(const struct wishes *w, trace_fetch fetch, struct session *s)
{
    char why[200];
    int code = 0;
    if (w->session) {
        if (session_load(s, w->session, why, sizeof(why)) == OK) return 0;
        fprintf(stderr, "aparte trace: the session file cannot be used. %s\n", why);
        return EXIT_INPUT;
    }
    json_t *ledger = fetch(w->data, w->releases, &code);
    if (!ledger) return EXIT_INPUT;
    if (w->save && !save(w->save, ledger)) {
        fprintf(stderr, "aparte trace: %s cannot be made, or is there already.\n", w->save);
        code = EXIT_INPUT;
    } else if (session_read(s, ledger, why, sizeof(why))) {
        fprintf(stderr, "aparte trace: what the ledger has cannot be used. %s\n", why);
        code = EXIT_INPUT;
    }
    json_decref(ledger);
    return code;
}

int trace_main(int argc, char **argv, trace_fetch fetch)
{
    struct wishes w;
    const char *wrong = parse(&w, argc, argv);
    if (wrong) return usage(wrong);
    struct session s;
    int code = take_session(&w, fetch, &s);
    if (code) return code;
    code = trace(&w, &s);
    session_free(&s);
    return code;
}
