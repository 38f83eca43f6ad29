#include "trace/align.h"

#include <math.h>
#include <stdlib.h>

enum {
    FINE = 2,   /* frames to either side that a line is moved by to fit best */
    REACH = 24, /* frames to either side of the line that a track may be: 120 ms */
    LAGS = 2 * REACH + 1,
};
static const float step_cost = 1.5f, jump_cost = 12; /* of one frame; of a jump of any size */

size_t align_max(const struct field *f, double stretch)
{
    return (size_t)((double)f->frames / stretch / FIELD_SEGMENT) + 2;
}

/* One segment at `lag` frames from the line; false: not in the recording. */
static bool measure(const struct field *f, double stretch, const float chips[SEGMENT_CHIPS], double at,
                    struct soft *out)
{
    float d[SEGMENT_CHIPS];
    if (!field_segment(f, stretch, at, d, &out->weight)) return false;
    out->score = out->noise = 0;
    for (int c = 0; c < SEGMENT_CHIPS; c++) {
        out->score += d[c] * chips[c];
        out->noise += d[c] * d[c];
    }
    out->at = (float)at;
    return true;
}

/* The segments of the target that the recording can hold on this line, [*from, *to). */
static void reach(const struct field *f, double stretch, const struct target *t, const struct line *l,
                  uint32_t *from, uint32_t *to)
{
    double first = l->offset - l->drift * l->middle; /* the pattern's frame at frame 0 */
    double length = (double)f->frames / stretch * (1 + l->drift);
    double low = ceil(first / FIELD_SEGMENT), high = floor((first + length) / FIELD_SEGMENT);
    *from = low < 0 ? 0 : (uint32_t)low;
    *to = high < 0 ? 0 : high > t->segments ? t->segments : (uint32_t)high;
    if (*from > *to) *from = *to;
}

static size_t at_lag(const struct field *f, double stretch, const struct target *t, const struct line *l,
                     int lag, struct soft *out, double *evidence)
{
    uint32_t from, to;
    size_t n = 0;
    *evidence = 0;
    reach(f, stretch, t, l, &from, &to);
    for (uint32_t m = from; m < to; m++) {
        float chips[SEGMENT_CHIPS];
        target_chips(t, m, chips);
        out[n].segment = m;
        if (!measure(f, stretch, chips, (line_frame(l, (double)m * FIELD_SEGMENT) + lag) * stretch, &out[n]))
            continue;
        *evidence += out[n].score * out[n].score - out[n].noise;
        n++;
    }
    return n;
}

size_t align_line(const struct field *f, double stretch, const struct target *t, const struct line *l,
                  struct soft *out)
{
    double best = -INFINITY, evidence;
    int lag = 0;
    for (int i = -FINE; i <= FINE; i++) {
        at_lag(f, stretch, t, l, i, out, &evidence);
        if (evidence > best) best = evidence, lag = i;
    }
    return at_lag(f, stretch, t, l, lag, out, &evidence);
}

/* Viterbi: from[i] is the lag of the segment before on the best way to lag i. */
static void advance(float value[LAGS], const float gain[LAGS], uint8_t from[LAGS])
{
    float next[LAGS];
    for (int i = 0; i < LAGS; i++) {
        float best = -INFINITY;
        for (int k = 0; k < LAGS; k++) {
            float cost = fminf(step_cost * (float)abs(i - k), jump_cost);
            if (value[k] - cost > best) best = value[k] - cost, from[i] = (uint8_t)k;
        }
        next[i] = best + gain[i];
    }
    for (int i = 0; i < LAGS; i++) value[i] = next[i];
}

struct track {
    struct soft at[LAGS];
    bool there[LAGS];
    uint8_t from[LAGS];
};

static size_t follow(struct track *track, size_t n, const float value[LAGS], struct soft *out)
{
    int lag = 0;
    for (int i = 1; i < LAGS; i++)
        if (value[i] > value[lag]) lag = i;
    size_t found = 0;
    for (size_t g = n; g-- > 0;) {
        if (track[g].there[lag]) out[found++] = track[g].at[lag];
        lag = track[g].from[lag];
    }
    for (size_t i = 0; i < found / 2; i++) { /* it was found backwards */
        struct soft x = out[i];
        out[i] = out[found - 1 - i], out[found - 1 - i] = x;
    }
    return found;
}

enum err align_track(const struct field *f, double stretch, const struct target *t, const struct line *l,
                     struct soft *out, size_t *n)
{
    uint32_t from, to;
    *n = 0;
    reach(f, stretch, t, l, &from, &to);
    if (from == to) return OK;
    struct track *track = calloc(to - from, sizeof(*track));
    if (!track) return ERR_SYSTEM;
    double noise = 1e-9;
    for (uint32_t m = from; m < to; m++) {
        float chips[SEGMENT_CHIPS];
        target_chips(t, m, chips);
        struct track *now = &track[m - from];
        for (int i = 0; i < LAGS; i++) {
            double at = (line_frame(l, (double)m * FIELD_SEGMENT) + i - REACH) * stretch;
            now->at[i].segment = m;
            now->there[i] = measure(f, stretch, chips, at, &now->at[i]);
        }
        if (now->there[REACH]) noise += now->at[REACH].noise / (to - from);
    }
    float value[LAGS] = {0};
    for (uint32_t g = 0; g < to - from; g++) {
        float gain[LAGS];
        for (int i = 0; i < LAGS; i++) {
            const struct soft *s = &track[g].at[i];
            gain[i] = track[g].there[i] ? (float)(s->score * s->score / noise) : 0;
        }
        advance(value, gain, track[g].from);
    }
    *n = follow(track, to - from, value, out);
    free(track);
    return OK;
}
