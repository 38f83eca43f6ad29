#include "trace/score.h"

#include <math.h>
#include <stdlib.h>

#include "mark/code.h"

/* Tilts at which the bound is tried; the model being right, t = 1 is best for one leaker. */
static const double tilts[] = {0.12, 0.2, 0.3, 0.42, 0.55, 0.7, 0.85, 1, 1.2, 1.45, 1.8, 2.3, 3, 4, 5.5};
enum { TILTS = sizeof(tilts) / sizeof(*tilts) };

/* A score tuned for c colluders has so much of the probability to spend. */
static const double price_of[SCORE_COLLUDERS + 1] = {0, 0.30103, 0.60206,
                                                     0.60206}; /* -log10 of 1/2, 1/4, 1/4 */

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

/* Under c colluders the variant heard is one's own with 1/c, else another's, which is B with p. */
static struct gains gains_of(const struct part *part, const struct soft *s, double amp, double least,
                             int colluders)
{
    double p = bias_of(part->book, s->segment), own = 1.0 / colluders;
    double llr = 2 * amp * s->weight * s->score / fmax(s->noise, least);
    llr = fmin(fmax(llr, -llr_max), llr_max);
    double a = 1, b = exp(-llr), any = p * b + (1 - p) * a;
    return (struct gains){
        .a = log(((own + (1 - own) * (1 - p)) * a + (1 - own) * p * b) / any),
        .b = log(((own + (1 - own) * p) * b + (1 - own) * (1 - p) * a) / any),
        .p = p,
    };
}

static void add_to_table(struct table *t, unsigned bit, struct gains g)
{
    for (unsigned i = 0; i < 256; i++) t->sums[i] += (float)(i >> bit & 1 ? g.b : g.a);
}

/* Fills tables and K; returns the number of tables. */
static size_t prepare(const struct part *parts, size_t n, int colluders, struct table *tables,
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
            struct gains g = gains_of(part, s, amp, least, colluders);
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
    for (int c = 1; c <= SCORE_COLLUDERS; c++) {
        double k[TILTS];
        size_t made = prepare(parts, n, c, tables, k);
        score_users(tables, made, k, log10_price + price_of[c],
                    (struct verdict){.colluders = c, .trial = trial}, t);
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

enum err score_tail(const struct part *parts, size_t n, size_t user, int colluders, double *log10_p)
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
                struct gains g = gains_of(&parts[q], s, amp, least, colluders);
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

void score_curve(const struct part *part, size_t user, int colluders, float *out)
{
    double amp = amplitude(part), least = noise_floor(part);
    for (size_t i = 0; i < part->n; i++) {
        const struct soft *s = &part->soft[i];
        struct gains g = gains_of(part, s, amp, least, colluders);
        out[i] = (float)(has_b(part->book, user, s->segment) ? g.b : g.a);
    }
}
