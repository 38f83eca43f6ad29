#include "trace/score.h"

#include <math.h>
#include <stdlib.h>

#include "mark/code.h"

/* Tilts at which the bound is tried; the model being right, t = 1 is best for one leaker. */
static const double tilts[] = {0.12, 0.2, 0.3, 0.42, 0.55, 0.7, 0.85, 1, 1.2, 1.45, 1.8, 2.3, 3, 4, 5.5};
enum { TILTS = sizeof(tilts) / sizeof(*tilts) };

/* Each kind of score has a share of the probability to spend, 0.6 and four times 0.1. */
static const struct {
    int colluders;
    bool averaged;
    double price; /* -log10 of the share */
} kinds[SCORE_KINDS] = {
    [SCORE_ALONE] = {1, false, 0.22185}, [SCORE_CUT_2] = {2, false, 1}, [SCORE_CUT_3] = {3, false, 1},
    [SCORE_MEAN_2] = {2, true, 1},       [SCORE_MEAN_3] = {3, true, 1},
};

int score_colluders(enum score_kind kind)
{
    return kinds[kind].colluders;
}

static const double llr_max = 8;      /* no single segment convinces more than that */
static const double ratio_min = 0.05; /* signal to noise that a mark has at least, where it is found at all */

/* A and B by what one segment adds to a user's score. */
struct gains {
    double a, b, p; /* p: of B */
};

struct table { /* sums of gains for eight segments of a book at once */
    const struct book *book;
    size_t word, shift;
    float sums[256];
};

static double noise_floor(const struct part *p)
{
    double sum = 0;
    for (size_t i = 0; i < p->n; i++) sum += p->soft[i].noise;
    return 0.1 * sum / (double)(p->n ? p->n : 1) + 1e-9;
}

/* Mean score per weight: from how much more the scores vary than noise would. */
static double amplitude(const struct part *p)
{
    double extra = 0, noise = 0, weights = 0;
    for (size_t i = 0; i < p->n; i++) {
        const struct soft *s = &p->soft[i];
        extra += s->score * s->score - s->noise;
        noise += s->noise;
        weights += s->weight * s->weight;
    }
    return sqrt(fmax(extra, ratio_min * noise) / (weights + 1e-9));
}

static double bias_of(const struct book *b, uint32_t segment)
{
    return (b->biases[segment / 32] >> segment % 32 & 1 ? CODE_OFTEN : CODE_RARE) / 256.0;
}

/* Of the mark, by the mean square, that averaging leaves: the biases are symmetrical. */
static double mean_level(int colluders)
{
    double lean = (CODE_OFTEN - CODE_RARE) / 256.0;
    return sqrt((1 + (colluders - 1) * lean * lean) / colluders);
}

/* What the recording says about one segment: how far the mark may stand out of the noise, and does. */
struct reading {
    double ratio; /* A's mean score squared, by the noise: 0 to llr_max / 2 */
    double pull;  /* half the log likelihood ratio between A and B, at most llr_max / 2 to either side */
};

static struct reading read_segment(const struct soft *s, double amp, double least)
{
    double noise = fmax(s->noise, least), mean = amp * s->weight, most = llr_max / 2;
    double ratio = mean * mean / noise, pull = mean * s->score / noise * most / fmax(ratio, most);
    return (struct reading){fmin(ratio, most), fmin(fmax(pull, -most), most)};
}

/* One of them at a time is heard: with 1 / c one's own variant, else another's, which is B with p. */
static struct gains gains_of_cut(double pull, double p, int colluders)
{
    double own = 1.0 / colluders, a = 1, b = exp(-2 * pull), any = p * b + (1 - p) * a;
    return (struct gains){
        .a = log(((own + (1 - own) * (1 - p)) * a + (1 - own) * p * b) / any),
        .b = log(((own + (1 - own) * p) * b + (1 - own) * (1 - p) * a) / any),
        .p = p,
    };
}

/* All are heard at once: of c, k with B leave (c - 2 k) / c of the mark. */
static double likelihood_of_mean(struct reading r, int colluders, int k)
{
    double level = (double)(colluders - 2 * k) / colluders;
    return exp(level * r.pull - level * level * r.ratio / 2);
}

static struct gains gains_of_mean(struct reading r, double p, int colluders)
{
    double a = 0, b = 0, chance = pow(1 - p, colluders - 1); /* that k of the others have B */
    for (int k = 0; k < colluders; k++) {
        a += chance * likelihood_of_mean(r, colluders, k);
        b += chance * likelihood_of_mean(r, colluders, k + 1);
        chance *= (double)(colluders - 1 - k) / (k + 1) * p / (1 - p);
    }
    double any = p * b + (1 - p) * a;
    return (struct gains){.a = log(a / any), .b = log(b / any), .p = p};
}

static struct gains gains_of(const struct part *part, const struct soft *s, double amp, double least,
                             enum score_kind kind)
{
    double p = bias_of(part->book, s->segment), noise = fmax(s->noise, least);
    int colluders = kinds[kind].colluders;
    if (kinds[kind].averaged)
        return gains_of_mean(read_segment(s, amp / mean_level(colluders), least), p, colluders);
    double most = llr_max / 2, pull = amp * s->weight * s->score / noise;
    return gains_of_cut(fmin(fmax(pull, -most), most), p, colluders);
}

static void add_to_table(struct table *t, unsigned bit, struct gains g)
{
    for (unsigned i = 0; i < 256; i++) t->sums[i] += (float)(i >> bit & 1 ? g.b : g.a);
}

/* Fills tables and K; returns the number of tables. */
static size_t prepare(const struct part *parts, size_t n, enum score_kind kind, struct table *tables,
                      double k[TILTS])
{
    size_t made = 0;
    for (int i = 0; i < TILTS; i++) k[i] = 0;
    for (size_t q = 0; q < n; q++) {
        const struct part *part = &parts[q];
        double amp = amplitude(part), least = noise_floor(part);
        uint32_t octet = UINT32_MAX;
        for (size_t i = 0; i < part->n; i++) {
            const struct soft *s = &part->soft[i];
            struct gains g = gains_of(part, s, amp, least, kind);
            if (s->segment / 8 != octet) {
                octet = s->segment / 8;
                tables[made++] =
                    (struct table){.book = part->book, .word = octet / 4, .shift = octet % 4 * 8};
            }
            add_to_table(&tables[made - 1], s->segment % 8, g);
            for (int t = 0; t < TILTS; t++)
                k[t] += log(g.p * exp(tilts[t] * g.b) + (1 - g.p) * exp(tilts[t] * g.a));
        }
    }
    return made;
}

static double log10_bound(const double k[TILTS], double score)
{
    double best = 0;
    for (int t = 0; t < TILTS; t++) best = fmin(best, k[t] - tilts[t] * score);
    return best / M_LN10;
}

/* The lowest score worth telling of: the bound falls as the score rises. */
static double worth(const double k[TILTS], double log10_p)
{
    double least = INFINITY;
    for (int t = 0; t < TILTS; t++) least = fmin(least, (k[t] - log10_p * M_LN10) / tilts[t]);
    return least;
}

static void tell(struct tally *t, size_t user, struct verdict v)
{
    pthread_mutex_lock(&t->lock);
    if (v.log10_p < t->verdicts[user].log10_p) t->verdicts[user] = v;
    pthread_mutex_unlock(&t->lock);
}

static float highest(const struct table *t)
{
    float most = t->sums[0];
    for (int i = 1; i < 256; i++) most = fmaxf(most, t->sums[i]);
    return most;
}

static void score_users(const struct table *tables, size_t n, const double k[TILTS], double price,
                        struct verdict v, struct tally *t)
{
    double least = worth(k, -price), most = 0;
    for (size_t i = 0; i < n; i++) most += highest(&tables[i]);
    if (most < least) return; /* nobody can reach it: most lines of a short recording */
    size_t users = n ? tables[0].book->users : 0;
    for (size_t user = 0; user < users; user++) {
        double score = 0;
        for (size_t i = 0; i < n; i++) {
            const struct book *b = tables[i].book;
            score += tables[i].sums[b->bits[user * b->words + tables[i].word] >> tables[i].shift & 255];
        }
        if (score < least) continue;
        v.log10_price = price;
        v.log10_p = log10_bound(k, score) + price;
        tell(t, user, v);
    }
}

enum err score_trial(const struct part *parts, size_t n, double log10_price, size_t trial, struct tally *t)
{
    size_t most = 0;
    for (size_t i = 0; i < n; i++) most += parts[i].n;
    struct table *tables = malloc((most + 1) * sizeof(*tables));
    if (!tables) return ERR_SYSTEM;
    for (enum score_kind kind = 0; kind < SCORE_KINDS; kind++) {
        double k[TILTS];
        size_t made = prepare(parts, n, kind, tables, k);
        score_users(tables, made, k, log10_price + kinds[kind].price,
                    (struct verdict){.kind = kind, .trial = trial}, t);
    }
    free(tables);
    return OK;
}

static bool has_b(const struct book *b, size_t user, uint32_t segment)
{
    return b->bits[user * b->words + segment / 32] >> segment % 32 & 1;
}

/* One segment costs `loss` of the best score where the codeword has the worse bit, with probability q. */
static void add_loss(double *chance, size_t cells, size_t loss, double q)
{
    for (size_t i = cells; i-- > 0;) chance[i] = chance[i] * (1 - q) + (i >= loss ? chance[i - loss] * q : 0);
}

enum err score_tail(const struct part *parts, size_t n, size_t user, enum score_kind kind, double *log10_p)
{
    enum { CELLS = 1 << 14 };
    double *chance = calloc(CELLS, sizeof(*chance)), lost = 0;
    if (!chance) return ERR_SYSTEM;
    for (int pass = 0; pass < 2;
         pass++) { /* first what the user lost, then how likely an innocent loses no more */
        chance[0] = 1;
        for (size_t q = 0; q < n; q++) {
            double amp = amplitude(&parts[q]), least = noise_floor(&parts[q]);
            for (size_t i = 0; i < parts[q].n; i++) {
                const struct soft *s = &parts[q].soft[i];
                struct gains g = gains_of(&parts[q], s, amp, least, kind);
                bool worse_is_b = g.b < g.a;
                if (pass == 0)
                    lost += has_b(parts[q].book, user, s->segment) == worse_is_b ? fabs(g.a - g.b) : 0;
                else if (lost > 0)
                    add_loss(chance, CELLS, (size_t)fmin(fabs(g.a - g.b) / lost * (CELLS - 1), CELLS),
                             worse_is_b ? g.p : 1 - g.p);
                else
                    chance[0] *= worse_is_b ? 1 - g.p : g.p;
            }
        }
    }
    double sum = 0;
    for (size_t i = 0; i < CELLS; i++) sum += chance[i];
    free(chance);
    *log10_p = log10(fmax(fmin(sum, 1), 1e-300));
    return OK;
}

void score_curve(const struct part *part, size_t user, enum score_kind kind, float *out)
{
    double amp = amplitude(part), least = noise_floor(part);
    for (size_t i = 0; i < part->n; i++) {
        const struct soft *s = &part->soft[i];
        struct gains g = gains_of(part, s, amp, least, kind);
        out[i] = (float)(has_b(part->book, user, s->segment) ? g.b : g.a);
    }
}
