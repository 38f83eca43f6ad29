#include "trace/sync.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trace/parallel.h"

/* The recording is cut into segments at each of PHASES borders, and each is correlated with every segment of
 * the pattern. What the segments of a block say about an offset is added up as squares, as their variants are
 * unknown; blocks are then added up along lines, for a clock that is a little fast or slow. */
enum {
    PHASES = 24,
    PHASE = FIELD_SEGMENT / PHASES, /* frames: 10 ms, the grain of offsets */
    BLOCK = 20,                     /* segments: 4.8 s, in which no clock drifts by more than a few frames */
    TILE = 256,                     /* offsets worked on at a time, to stay in the cache */
    APART = 3,                      /* offsets closer than this are the same line */
};
static const double drift_max = 0.006;

struct search {
    const struct field *field;
    const struct target *target;
    double stretch;
    size_t segments, blocks; /* of the recording */
    size_t offsets;          /* index i stands for the offset (i - PHASES * segments) * PHASE */
    float *planes;           /* SEGMENT_CHIPS x pattern segments */
    float *evidence;         /* blocks x offsets */
    float *best;             /* of all drifts, per offset at the middle of the recording */
    int16_t *drift;          /* which one */
    int drifts;              /* to either side */
    double noise[PHASES];    /* variance of the evidence where there is no mark */
};

void target_chips(const struct target *t, uint32_t segment, float chips[SEGMENT_CHIPS])
{
    for (uint32_t c = 0; c < SEGMENT_CELLS; c++) {
        unsigned bits = pattern_chips(t->keystream, t->first_cell + segment * SEGMENT_CELLS + c);
        for (int i = 0; i < PATTERN_CHIPS; i++) chips[c * PATTERN_CHIPS + i] = bits >> i & 1 ? 1 : -1;
    }
}

double line_frame(const struct line *l, double pattern)
{
    return (pattern - l->offset + l->drift * l->middle) / (1 + l->drift);
}

static void correlate_tile(struct search *s, const float *d, size_t g, size_t phase, size_t from, size_t to)
{
    float sums[TILE] = {0}, square = 0;
    for (int c = 0; c < SEGMENT_CHIPS; c++) {
        const float *plane = s->planes + (size_t)c * s->target->segments + from;
        for (size_t i = 0; i < to - from; i++) sums[i] += d[c] * plane[i];
        square += d[c] * d[c];
    }
    float *row = s->evidence + g / BLOCK * s->offsets;
    for (size_t i = 0; i < to - from; i++)
        row[PHASES * (from + i - g + s->segments) - phase] += sums[i] * sums[i] - square;
}

static void correlate(void *arg, size_t phase)
{
    struct search *s = arg;
    float d[SEGMENT_CHIPS], weight;
    for (size_t g = 0; g < s->segments; g++) {
        double at = (double)(FIELD_SEGMENT * g + PHASE * phase) * s->stretch;
        if (!field_segment(s->field, s->stretch, at, d, &weight)) continue;
        double square = 0;
        for (int c = 0; c < SEGMENT_CHIPS; c++) square += d[c] * d[c];
        s->noise[phase] += 2 * square * square;
        for (size_t from = 0; from < s->target->segments; from += TILE) {
            size_t to = from + TILE < s->target->segments ? from + TILE : s->target->segments;
            correlate_tile(s, d, g, phase, from, to);
        }
    }
}

static double middle_of(const struct search *s)
{
    return (double)s->segments * FIELD_SEGMENT / 2;
}

/* How many offsets a block is further on by a drift of one step, which moves the ends of the recording by
 * one. */
static double lever(const struct search *s, size_t block)
{
    double at = ((double)block + 0.5) * BLOCK * FIELD_SEGMENT;
    return s->drifts ? (at - middle_of(s)) / middle_of(s) : 0;
}

static void add_lines(void *arg, size_t tile)
{
    struct search *s = arg;
    size_t from = tile * TILE, to = from + TILE < s->offsets ? from + TILE : s->offsets;
    for (size_t i = from; i < to; i++) s->best[i] = -INFINITY;
    for (int v = -s->drifts; v <= s->drifts; v++) {
        float sums[TILE] = {0};
        for (size_t b = 0; b < s->blocks; b++) {
            const float *row = s->evidence + b * s->offsets;
            long shift = lround(v * lever(s, b));
            for (size_t i = from; i < to; i++) {
                long at = (long)i + shift;
                if (at >= 0 && at < (long)s->offsets) sums[i - from] += row[at];
            }
        }
        for (size_t i = from; i < to; i++)
            if (sums[i - from] > s->best[i]) s->best[i] = sums[i - from], s->drift[i] = (int16_t)v;
    }
}

static int by_evidence(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    return (x->z < y->z) - (x->z > y->z);
}

static bool is_peak(const struct search *s, size_t i)
{
    size_t from = i > APART ? i - APART : 0, to = i + APART < s->offsets ? i + APART : s->offsets - 1;
    for (size_t k = from; k <= to; k++)
        if (s->best[k] > s->best[i] || (k < i && s->best[k] == s->best[i])) return false;
    return true;
}

static enum err pick(const struct search *s, struct line *lines, size_t max, size_t *n)
{
    struct line *peaks = malloc((s->offsets / APART + 1) * sizeof(*peaks));
    if (!peaks) return ERR_SYSTEM;
    double noise = 0;
    for (int p = 0; p < PHASES; p++) noise += s->noise[p] / PHASES;
    size_t found = 0;
    for (size_t i = 0; i < s->offsets; i++) {
        if (s->best[i] <= 0 || !is_peak(s, i)) continue;
        peaks[found++] = (struct line){
            .offset = ((double)i - (double)(PHASES * s->segments)) * PHASE,
            .drift = s->drift[i] * PHASE / middle_of(s),
            .middle = middle_of(s),
            .z = s->best[i] / sqrt(noise + 1e-20),
        };
    }
    qsort(peaks, found, sizeof(*peaks), by_evidence);
    *n = found < max ? found : max;
    memcpy(lines, peaks, *n * sizeof(*lines));
    free(peaks);
    return OK;
}

static void free_search(struct search *s)
{
    free(s->planes);
    free(s->evidence);
    free(s->best);
    free(s->drift);
}

enum err sync_search(const struct field *f, double stretch, const struct target *target, struct line *lines,
                     size_t max, size_t *n)
{
    struct search s = {.field = f, .target = target, .stretch = stretch};
    *n = 0;
    s.segments = (size_t)((double)f->frames / stretch / FIELD_SEGMENT);
    if (s.segments == 0 || target->segments == 0) return OK;
    s.blocks = (s.segments + BLOCK - 1) / BLOCK;
    s.offsets = PHASES * (s.segments + target->segments);
    s.drifts = (int)ceil(drift_max * middle_of(&s) / PHASE);
    s.planes = malloc(SEGMENT_CHIPS * (size_t)target->segments * sizeof(float));
    s.evidence = calloc(s.blocks * s.offsets, sizeof(float));
    s.best = malloc(s.offsets * sizeof(float));
    s.drift = malloc(s.offsets * sizeof(*s.drift));
    enum err e = s.planes && s.evidence && s.best && s.drift ? OK : ERR_SYSTEM;
    if (!e) {
        for (uint32_t m = 0; m < target->segments; m++) {
            float chips[SEGMENT_CHIPS];
            target_chips(target, m, chips);
            for (size_t c = 0; c < SEGMENT_CHIPS; c++) s.planes[c * target->segments + m] = chips[c];
        }
        parallel(PHASES, correlate, &s);
        parallel((s.offsets + TILE - 1) / TILE, add_lines, &s);
        e = pick(&s, lines, max, n);
    }
    free_search(&s);
    return e;
}
