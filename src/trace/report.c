#include "trace/report.h"

#include <math.h>
#include <time.h>

enum { ACCOUNT_CHARS = B64_LEN(ID_BYTES) + 1 };

static const char *account_text(struct id id, char out[ACCOUNT_CHARS])
{
    b64_encode(out, ACCOUNT_CHARS, VIEW(id.bytes));
    return out;
}

static void time_text(int64_t ms, char out[40])
{
    time_t seconds = ms / 1000;
    struct tm t;
    if (!gmtime_r(&seconds, &t) || !strftime(out, 40, "%Y-%m-%d %H:%M:%S UTC", &t))
        snprintf(out, 40, "an unknown time");
}

/* "1 in 12,000" up to a million, then "1 in 10^9". Always rounded to the accused's side. */
static void chance_text(double log10_p, char out[40])
{
    if (log10_p >= 0)
        snprintf(out, 40, "as good as certain");
    else if (log10_p > -6)
        snprintf(out, 40, "1 in %.0f", floor(pow(10, -log10_p)));
    else
        snprintf(out, 40, "1 in 10^%.0f", floor(-log10_p));
}

static void print_file(FILE *out, const char *file)
{
    for (const char *c = file; *c; c++) fputc((unsigned char)*c < ' ' || *c == 127 ? '?' : *c, out);
}

static void print_suspect(FILE *out, const struct session *s, const struct suspect *x, size_t rank)
{
    const struct session_listener *l = &s->listeners[x->listener];
    char account[ACCOUNT_CHARS], chance[40];
    chance_text(x->log10_p, chance);
    fprintf(out, "  %zu. %-24s %s  %s\n", rank, l->name[0] ? l->name : "(no name)",
            account_text(l->entry.account, account), chance);
}

static void print_where(FILE *out, const struct session *s, const struct finding *f)
{
    char start[40];
    time_text(f->start_ms, start);
    const struct session_speaker *speaker = &s->speakers[f->speaker];
    fprintf(out, "  It begins at %s, in the voice of %s.\n", start,
            speaker->name[0] ? speaker->name : "(no name)");
    if (f->speed.stretch != 1 || f->speed.pitch != 1 || fabs(f->drift) > 0.0005)
        fprintf(out, "  It was played at %.2f times the tempo and %.2f times the pitch.\n",
                1 / f->speed.stretch * (1 + f->drift), f->speed.pitch);
}

void report_text(FILE *out, const struct session *s, const struct finding *f, const char *file,
                 double log10_threshold)
{
    char threshold[40], account[ACCOUNT_CHARS];
    chance_text(log10_threshold, threshold);
    print_file(out, file);
    fprintf(out, ": %.1f s of sound, compared with %zu listeners\n", f->seconds, s->listener_count);
    if (f->named == 0) {
        fprintf(out, "\nNot enough evidence to name anybody: nobody is below %s.\n", threshold);
        if (f->suspect_count)
            fprintf(out,
                    "What there is, and it is NOT enough (chance that somebody innocent fits as well):\n");
        else
            fprintf(out, "Nothing in it points to a listener of this session. A longer piece may.\n");
    } else {
        print_where(out, s, f);
        fprintf(out, "\n%s (chance that somebody innocent of this session fits as well):\n",
                f->named == 1 ? "Named" : "Named together");
    }
    for (size_t i = 0; i < f->suspect_count; i++) {
        if (i == f->named && f->named) fprintf(out, "Below what counts as evidence:\n");
        print_suspect(out, s, &f->suspects[i], i + 1);
    }
    if (f->named == 0) return;
    fprintf(out, "\nThis is evidence for moderators, not proof in court: it says which account's stream was "
                 "recorded, not who "
                 "pressed the key.\n");
    for (size_t i = 0; i < f->named; i++) {
        const struct session_listener *l = &s->listeners[f->suspects[i].listener];
        if (l->chain) fprintf(out, "Who brought whom in: %s\n", l->chain);
        fprintf(out, "To ban it: aparte ban %s\n", account_text(l->entry.account, account));
    }
}

static json_t *suspect_json(const struct session *s, const struct suspect *x, bool named)
{
    const struct session_listener *l = &s->listeners[x->listener];
    char account[ACCOUNT_CHARS];
    json_t *curve = json_array();
    for (size_t i = 0; i < x->points; i++)
        json_array_append_new(curve,
                              json_pack("[f, f]", (double)x->curve[i].at_s, (double)x->curve[i].score));
    return json_pack("{s:s, s:s, s:s*, s:b, s:f, s:i, s:o}", "account",
                     account_text(l->entry.account, account), "name", l->name, "chain", l->chain, "named",
                     named, "log10_p", x->log10_p, "colluders", score_colluders(x->kind), "curve", curve);
}

json_t *report_json(const struct session *s, const struct finding *f, double log10_threshold)
{
    char session[ACCOUNT_CHARS], speaker[ACCOUNT_CHARS];
    json_t *suspects = json_array();
    for (size_t i = 0; i < f->suspect_count; i++)
        json_array_append_new(suspects, suspect_json(s, &f->suspects[i], i < f->named));
    return json_pack("{s:s, s:f, s:I, s:I, s:f, s:s, s:I, s:f, s:f, s:f, s:f, s:o}", "session",
                     account_text(s->id, session), "seconds", f->seconds, "listeners",
                     (json_int_t)s->listener_count, "named", (json_int_t)f->named, "log10_threshold",
                     log10_threshold, "speaker", account_text(s->speakers[f->speaker].account, speaker),
                     "start", (json_int_t)f->start_ms, "sync_z", f->sync_z, "tempo",
                     (1 + f->drift) / f->speed.stretch, "pitch", f->speed.pitch, "drift", f->drift,
                     "suspects", suspects);
}
