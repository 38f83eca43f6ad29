/* Who had the variants that the recording shows, and how likely an innocent codeword fits as well.
 *
 * A user's score is the sum of log likelihood ratios over the segments; an innocent codeword was drawn by
 * secret coins after known biases, so with everything else fixed the chance that it reaches a score S is at
 * most exp(K(t) - t S) for every t > 0 (Chernoff), where K is the log of the score's moment generating
 * function. No model of the audio or of the attack enters: a bad one makes scores low, not accusations wrong.
 */
#ifndef TRACE_SCORE_H
#define TRACE_SCORE_H

#include <pthread.h>
#include <stdint.h>

#include "base/err.h"
#include "trace/align.h"

/* The codewords of all users for the segments of one target, 32 to a word, bit 1 is B. */
struct book {
    size_t users, words;  /* words: per user */
    const uint32_t *bits; /* users x words */
    const uint32_t *biases;
};

/* The soft decisions that one line gives; several lines of different parts of a recording can count together.
 */
struct part {
    const struct book *book;
    const struct soft *soft;
    size_t n;
};

/* What a score is tuned for: one leaker, or two or three who cut between their streams or average them. */
enum score_kind { SCORE_ALONE, SCORE_CUT_2, SCORE_CUT_3, SCORE_MEAN_2, SCORE_MEAN_3, SCORE_KINDS };
int score_colluders(enum score_kind kind);

struct verdict {
    double log10_p;       /* that chance, with the price of all that was tried */
    double log10_price;   /* that price: what is in log10_p already */
    enum score_kind kind; /* of the best score */
    size_t trial;         /* the caller's number of the best trial */
};

struct tally {
    pthread_mutex_t lock;
    struct verdict *verdicts; /* one per user; starts at log10_p = 0 */
};

/* One trial: tells the tally of every user that scores well. log10_price: of this trial, at least 0; the
 * probabilities that all trials have together, 10^-price, must not exceed 1. Any thread. */
MUST_CHECK enum err score_trial(const struct part *parts, size_t n, double log10_price, size_t trial,
                                struct tally *t);

/* The chance itself instead of the bound, which is about ten times higher: by adding up the distribution of
 * an innocent codeword's score, distances to the best possible score rounded down. Without the price. */
MUST_CHECK enum err score_tail(const struct part *parts, size_t n, size_t user, enum score_kind kind,
                               double *log10_p);

/* What each segment adds to the score of one user, for a curve over time; as many values as the part has. */
void score_curve(const struct part *part, size_t user, enum score_kind kind, float *out);

#endif
