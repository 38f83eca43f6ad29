#include "trace/inquiry.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trace/books.h"
#include "trace/parallel.h"

/* What is tried, and what each trial costs. All trials of an inquiry share a probability of 1: 0.8 go to the
 * recording as a whole at its own speed, 0.05 each to chains of long and of short windows, 0.1 to other
 * speeds. Within each, the lines are ranked by the evidence of synchronisation, which knows no codewords:
 * rank r gets 1 / r (r + 1), split between the rigid line (0.7) and the one that follows jumps (0.3). */
static const double whole_share = 0.8, chain_share = 0.05, speeds_share = 0.1, rigid_share = 0.7;
static const double sure = -3; /* log10 of the chance that speed and place are wrong */

enum {
    LINES = 300,               /* per stage; later ranks could not be named at their price */
    WINDOW_FRAMES = 240 * 200, /* a longer recording is searched in windows of half of that */
    SHORT_FRAMES = 30 * 200,
};

/* A line on one window of the recording. */
struct piece {
    struct line line;
    struct speed speed;
    size_t from, frames; /* of the recording */
    bool tracked;
};

struct trial {
    struct piece *pieces;
    size_t count;
};

struct inquiry {
    const struct session *session;
    const float *pcm;
    size_t frames;
    const struct inquiry_options *options;
    struct books books;
    struct tally tally;
    struct trial *trials;
    size_t trial_count;
    enum err err;      /* of what ran in parallel; under tally.lock */
    double done, span; /* progress: what is done, and the share of the stage that runs */
};

/* One window at several speeds. */
struct stage {
    struct inquiry *q;
    size_t from, frames;
    const struct speed *speeds;
    struct field *fields;
    size_t speed_count;
    struct line *lines;
    size_t line_count;
    double price;
    size_t first_trial;
};

static void report_progress(struct inquiry *q, double share)
{
    if (q->options->progress) q->options->progress(q->options->arg, q->done + q->span * share);
}

static int by_evidence(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    return (x->z < y->z) - (x->z > y->z);
}

/* Lines of all speeds and passages together, the best LINES of them. */
static enum err find_lines(struct stage *s, size_t max)
{
    struct inquiry *q = s->q;
    enum err e = OK;
    for (size_t v = 0; !e && v < s->speed_count; v++) {
        e = field_make(&s->fields[v], q->pcm + s->from * FIELD_STEP, s->frames * FIELD_STEP, s->speeds[v]);
        for (size_t p = 0; !e && p < q->books.count; p++) {
            size_t n;
            struct line *into = s->lines + s->line_count;
            e = sync_search(&s->fields[v], s->speeds[v].stretch, &q->books.passages[p].target, into, max, &n);
            for (size_t i = 0; i < n; i++) into[i].speed = (unsigned)v, into[i].target = (unsigned)p;
            s->line_count += n;
            qsort(s->lines, s->line_count, sizeof(*s->lines), by_evidence);
            if (s->line_count > max) s->line_count = max;
        }
        report_progress(q, (double)(v + 1) / (double)(2 * s->speed_count));
    }
    return e;
}

static enum err soft_of(const struct inquiry *q, const struct field *f, const struct piece *piece,
                        struct soft **soft, size_t *n)
{
    const struct passage *p = &q->books.passages[piece->line.target];
    *soft = malloc(align_max(f, piece->speed.stretch) * sizeof(**soft));
    if (!*soft) return ERR_SYSTEM;
    enum err e = OK;
    if (piece->tracked)
        e = align_track(f, piece->speed.stretch, &p->target, &piece->line, *soft, n);
    else
        *n = align_line(f, piece->speed.stretch, &p->target, &piece->line, *soft);
    for (size_t i = 0; !e && i < *n; i++) (*soft)[i].segment += p->lead;
    return e;
}

static void fail(struct inquiry *q, enum err e)
{
    pthread_mutex_lock(&q->tally.lock);
    if (!q->err) q->err = e;
    pthread_mutex_unlock(&q->tally.lock);
}

/* Every line twice, rigid and tracked. */
static void try_line(void *arg, size_t i)
{
    struct stage *s = arg;
    const struct line *line = &s->lines[i / 2];
    struct piece *piece = s->q->trials[s->first_trial + i].pieces;
    *piece = (struct piece){*line, s->speeds[line->speed], s->from, s->frames, i % 2 == 1};
    struct soft *soft;
    size_t n;
    enum err e = soft_of(s->q, &s->fields[line->speed], piece, &soft, &n);
    if (!e) {
        struct part part = {&s->q->books.passages[line->target].book, soft, n};
        size_t pair = i / 2;
        double rank = (double)pair + 1, share = piece->tracked ? 1 - rigid_share : rigid_share;
        e = score_trial(&part, 1, s->price + log10(rank * (rank + 1) / share), s->first_trial + i,
                        &s->q->tally);
    }
    free(soft);
    if (e) fail(s->q, e);
}

static enum err add_trials(struct inquiry *q, size_t n, size_t pieces)
{
    if (n == 0) return OK; /* silence: no line, and realloc to nothing would free */
    struct trial *more = realloc(q->trials, (q->trial_count + n) * sizeof(*more));
    if (!more) return ERR_SYSTEM;
    q->trials = more;
    for (size_t i = 0; i < n; i++) {
        struct trial *t = &q->trials[q->trial_count];
        *t = (struct trial){calloc(pieces, sizeof(*t->pieces)), pieces};
        if (!t->pieces) return ERR_SYSTEM;
        q->trial_count++;
    }
    return OK;
}

static enum err stage_open(struct stage *s, struct inquiry *q, size_t from, size_t frames,
                           const struct speed *speeds, size_t n, size_t max)
{
    *s = (struct stage){.q = q, .from = from, .frames = frames, .speeds = speeds, .speed_count = n};
    s->fields = calloc(n, sizeof(*s->fields));
    s->lines = malloc(2 * max * sizeof(*s->lines));
    return s->fields && s->lines ? find_lines(s, max) : ERR_SYSTEM;
}

static void stage_close(struct stage *s)
{
    for (size_t i = 0; s->fields && i < s->speed_count; i++) field_free(&s->fields[i]);
    free(s->fields);
    free(s->lines);
}

/* One window as a whole: all its lines, each a trial. */
static enum err examine(struct inquiry *q, size_t from, size_t frames, const struct speed *speeds, size_t n,
                        double price)
{
    struct stage s;
    enum err e = stage_open(&s, q, from, frames, speeds, n, LINES);
    s.price = price;
    s.first_trial = q->trial_count;
    if (!e) e = add_trials(q, 2 * s.line_count, 1);
    if (!e) parallel(2 * s.line_count, try_line, &s);
    stage_close(&s);
    return e ? e : q->err;
}

static void free_parts(struct part *parts, size_t n)
{
    for (size_t i = 0; parts && i < n; i++) free((void *)parts[i].soft);
    free(parts);
}

/* The best line of each window, one behind the other, as one trial: for recordings that were cut or are long.
 */
static enum err examine_chain(struct inquiry *q, size_t window, double price)
{
    static const struct speed own = {1, 1};
    size_t windows = q->frames / window, used = 0;
    struct part *parts = calloc(windows, sizeof(*parts));
    enum err e = parts ? add_trials(q, 1, windows) : ERR_SYSTEM;
    if (e) {
        free(parts);
        return e;
    }
    struct trial *trial = &q->trials[q->trial_count - 1];
    double begin = q->done, share = q->span;
    for (size_t w = 0; !e && w < windows; w++) {
        size_t from = w * window, frames = w + 1 < windows ? window : q->frames - from;
        struct stage s;
        q->done = begin + share * (double)w / (double)windows, q->span = share / (double)windows;
        e = stage_open(&s, q, from, frames, &own, 1, 1);
        if (!e && s.line_count) {
            struct soft *soft;
            size_t n;
            trial->pieces[used] = (struct piece){s.lines[0], own, from, frames, true};
            e = soft_of(q, &s.fields[0], &trial->pieces[used], &soft, &n);
            parts[used++] = (struct part){&q->books.passages[s.lines[0].target].book, soft, e ? 0 : n};
        }
        stage_close(&s);
    }
    trial->count = used;
    q->done = begin, q->span = share;
    if (!e) e = score_trial(parts, used, price, q->trial_count - 1, &q->tally);
    free_parts(parts, used);
    return e;
}

/* Somebody fits so well that the speed must be right. */
static bool any_trace(const struct inquiry *q)
{
    for (size_t i = 0; i < q->session->listener_count; i++)
        if (q->tally.verdicts[i].log10_p < sure) return true;
    return false;
}

static void begin_stage(struct inquiry *q, double done, double span)
{
    q->done = done, q->span = span;
    report_progress(q, 0);
}

/* Tempo alone, pitch alone, and both together (played faster or slower), from -10 to +10 %. */
static size_t other_speeds(struct speed *out)
{
    size_t n = 0;
    for (int percent = -10; percent <= 10; percent++) {
        if (percent == 0) continue;
        double x = 1 + percent / 100.0;
        out[n++] = (struct speed){1 / x, 1};
        out[n++] = (struct speed){1, x};
        out[n++] = (struct speed){1 / x, x};
    }
    return n;
}

static enum err search(struct inquiry *q)
{
    static const struct speed own = {1, 1};
    double users = log10((double)q->session->listener_count);
    size_t window = q->frames > WINDOW_FRAMES ? WINDOW_FRAMES / 2 : q->frames;
    size_t windows = q->frames / window;
    enum err e = OK;
    for (size_t w = 0; !e && w < windows; w++) {
        size_t frames = w + 1 < windows ? window : q->frames - w * window;
        begin_stage(q, 0.3 * (double)w / (double)windows, 0.3 / (double)windows);
        e = examine(q, w * window, frames, &own, 1, users + log10((double)windows / whole_share));
    }
    begin_stage(q, 0.3, 0.1);
    if (!e && windows > 1) e = examine_chain(q, window, users - log10(chain_share));
    begin_stage(q, 0.4, 0.1);
    if (!e && q->frames >= 2 * SHORT_FRAMES) e = examine_chain(q, SHORT_FRAMES, users - log10(chain_share));
    if (!e && !any_trace(q)) {
        struct speed speeds[60];
        size_t n = other_speeds(speeds),
               frames = q->frames < WINDOW_FRAMES / 2 ? q->frames : WINDOW_FRAMES / 2;
        begin_stage(q, 0.5, 0.5);
        e = examine(q, 0, frames, speeds, n, users - log10(speeds_share));
    }
    return e;
}

/* The soft decisions of a trial once more; free_parts gives them back, also after an error. */
static enum err parts_of(const struct inquiry *q, const struct trial *trial, struct part *parts)
{
    enum err e = OK;
    for (size_t i = 0; !e && i < trial->count; i++) {
        const struct piece *p = &trial->pieces[i];
        struct field f;
        struct soft *soft = NULL;
        size_t n = 0;
        e = field_make(&f, q->pcm + p->from * FIELD_STEP, p->frames * FIELD_STEP, p->speed);
        if (!e) e = soft_of(q, &f, p, &soft, &n);
        field_free(&f);
        parts[i] = (struct part){&q->books.passages[p->line.target].book, soft, e ? 0 : n};
    }
    return e;
}

static enum err draw_curve(const struct trial *trial, const struct part *part, size_t piece, float *sum,
                           struct suspect *out)
{
    float *steps = malloc((part->n + 1) * sizeof(*steps));
    struct curve_point *more = realloc(out->curve, (out->points + part->n + 1) * sizeof(*more));
    if (more) out->curve = more;
    if (!steps || !more) {
        free(steps);
        return ERR_SYSTEM;
    }
    score_curve(part, out->listener, out->kind, steps);
    for (size_t k = 0; k < part->n; k++) {
        float frame = (float)trial->pieces[piece].from + part->soft[k].at;
        out->curve[out->points++] = (struct curve_point){frame * FIELD_STEP / FIELD_RATE, *sum += steps[k]};
    }
    free(steps);
    return OK;
}

/* The exact chance and the curve of one suspect, from its best trial. */
static enum err examine_suspect(const struct inquiry *q, struct suspect *out, const struct verdict *v)
{
    const struct trial *trial = &q->trials[v->trial];
    struct part *parts = calloc(trial->count, sizeof(*parts));
    enum err e = parts ? parts_of(q, trial, parts) : ERR_SYSTEM;
    double tail = 0;
    if (!e) e = score_tail(parts, trial->count, out->listener, v->kind, &tail);
    if (!e) out->log10_p = fmin(out->log10_p, fmin(0, tail + v->log10_price));
    float sum = 0;
    for (size_t i = 0; !e && i < trial->count; i++) e = draw_curve(trial, &parts[i], i, &sum, out);
    free_parts(parts, trial->count);
    return e;
}

static int by_chance(const void *a, const void *b)
{
    double x = ((const struct suspect *)a)->log10_p, y = ((const struct suspect *)b)->log10_p;
    return (x > y) - (x < y);
}

/* Where the best evidence lies: of the best suspect's trial if there is one worth the name, else of
 * synchronisation alone.
 */
static void locate(const struct inquiry *q, struct finding *out)
{
    const struct piece *best = NULL;
    for (size_t i = 0; i < q->trial_count; i++)
        for (size_t k = 0; k < q->trials[i].count; k++)
            if (!best || q->trials[i].pieces[k].line.z > best->line.z) best = &q->trials[i].pieces[k];
    if (out->suspect_count && out->suspects[0].log10_p < sure)
        best = &q->trials[q->tally.verdicts[out->suspects[0].listener].trial].pieces[0];
    if (!best) return;
    const struct passage *p = &q->books.passages[best->line.target];
    out->sync_z = best->line.z;
    out->speaker = p->speaker;
    out->speed = best->speed;
    out->drift = best->line.drift;
    double first = best->line.offset - best->line.drift * best->line.middle;
    double ms_per_frame = 1000.0 * FIELD_STEP / FIELD_RATE;
    out->start_ms =
        (int64_t)p->time_ms + llround((first - (double)best->from / best->speed.stretch) * ms_per_frame);
}

static enum err conclude(const struct inquiry *q, struct finding *out)
{
    const struct verdict *v = q->tally.verdicts;
    for (size_t i = 0; i < q->session->listener_count; i++) {
        if (v[i].log10_p >= 0) continue;
        size_t at = out->suspect_count < FINDING_SUSPECTS ? out->suspect_count++ : FINDING_SUSPECTS;
        while (at > 0 && out->suspects[at - 1].log10_p > v[i].log10_p) {
            if (at < FINDING_SUSPECTS) out->suspects[at] = out->suspects[at - 1];
            at--;
        }
        if (at < FINDING_SUSPECTS)
            out->suspects[at] =
                (struct suspect){.listener = i, .log10_p = v[i].log10_p, .kind = v[i].kind};
    }
    enum err e = OK;
    for (size_t i = 0; !e && i < out->suspect_count; i++)
        e = examine_suspect(q, &out->suspects[i], &v[out->suspects[i].listener]);
    qsort(out->suspects, out->suspect_count, sizeof(*out->suspects), by_chance);
    while (out->named < out->suspect_count && out->suspects[out->named].log10_p < q->options->log10_threshold)
        out->named++;
    if (!e) locate(q, out);
    out->trials = q->trial_count;
    return e;
}

enum err inquire(const struct session *s, const float *pcm, size_t n, const struct inquiry_options *o,
                 struct finding *out)
{
    struct inquiry q = {.session = s, .pcm = pcm, .frames = n / FIELD_STEP, .options = o};
    *out = (struct finding){.seconds = (double)n / FIELD_RATE, .speed = {1, 1}};
    if (n < FIELD_RATE) return ERR_TRUNCATED;
    pthread_mutex_init(&q.tally.lock, NULL);
    q.tally.verdicts = calloc(s->listener_count + 1, sizeof(*q.tally.verdicts));
    enum err e = q.tally.verdicts ? books_make(&q.books, s) : ERR_SYSTEM;
    if (!e) e = search(&q);
    if (!e) begin_stage(&q, 1, 0);
    if (!e) e = conclude(&q, out);
    for (size_t i = 0; i < q.trial_count; i++) free(q.trials[i].pieces);
    free(q.trials);
    free(q.tally.verdicts);
    books_free(&q.books);
    pthread_mutex_destroy(&q.tally.lock);
    if (e)
        finding_free(out);
    else
        report_progress(&q, 1);
    return e;
}

void finding_free(struct finding *f)
{
    for (size_t i = 0; i < f->suspect_count; i++) free(f->suspects[i].curve);
    *f = (struct finding){0};
}
