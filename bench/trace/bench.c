/* How much leaked speech names one of 5,000, and what a listener could notice of the mark: `make
 * bench-trace`, JSON lines. Options: names of parts (conditions, average, transparency; all without), --quick
 * for a tenth of the tries,
 * --known without the whole inquiries, which take most of the time. What the lines mean is written in
 * docs/tracing.md, "Measured". */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crypt/sign.h"
#include "mark/embed.h"
#include "sound.h"
#include "trace/inquiry.h"
#include "trace/score.h"
#include "transparency.h"

enum { USERS = 5000, LEAKER = 1234, INNOCENTS = 20000, EXACT_EVERY = 20, COLLUDERS = 3, BLIND_TRIES = 6 };

static const struct condition {
    const char *name, *channel;
    int bitrate; /* of what the listener got; 0: the variants as they are, switched */
    double blind_s;
} conditions[] = {
    {"clean", "none", 0, 15},
    {"opus24", "none", 24000, 15},
    {"opus16", "none", 16000, 15},
    {"opus32", "none", 32000, 15},
    {"mp3_64", "mp3_64", 0, 15},
    {"aac48", "aac48", 0, 15},
    {"chain", "chain", 0, 15},
    {"narrow8k", "narrow8k", 0, 15},
    {"noise20", "noise20", 0, 20},
    {"noise10", "noise10", 0, 30},
    {"reverb", "reverb", 0, 30},
    {"rerecorded", "rerecorded", 0, 60},
    {"opus32_rerecorded", "rerecorded", 32000, 60},
};
enum { CONDITIONS = sizeof(conditions) / sizeof(*conditions) };

/* The price that the inquiry puts on the first rank: users, whole recording, rank 1, rigid line. */
static double blind_price(void)
{
    return log10(USERS / 0.8 * 2 / 0.7);
}

struct bench {
    struct session session;
    struct session_speaker speaker;
    struct session_span span;
    struct sound speech, a, b;
    uint8_t *keystream;
    int tries;
    bool blind;
};

/* The soft decisions of one recording as if all of it were variant A, on its true line. */
struct evidence {
    struct soft *soft;
    size_t n;
};

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *need(void *p)
{
    if (p) return p;
    fprintf(stderr, "bench: no memory\n");
    exit(1);
}

static void must(enum err e)
{
    if (!e) return;
    fprintf(stderr, "bench: %s\n", err_sentence(e));
    exit(1);
}

static void set_up(struct bench *b)
{
    static const uint8_t secret[32] = {5};
    b->speech = speech_load();
    b->span = (struct session_span){.segments = (uint32_t)(b->speech.n / (SEGMENT_HOPS * PATTERN_HOP))};
    b->speaker = (struct session_speaker){.account = {{7}}, .key = {3}, .spans = &b->span, .span_count = 1};
    struct session *s = &b->session;
    *s = (struct session){.id = {{1}}, .listener_count = USERS, .speakers = &b->speaker, .speaker_count = 1};
    s->listeners = need(calloc(USERS, sizeof(*s->listeners)));
    code_seed(secret, s->id, (struct id){{0}}, s->bias);
    for (unsigned i = 0; i < USERS; i++) {
        struct code_entry *e = &s->listeners[i].entry;
        e->account = (struct id){{9, (uint8_t)(i >> 8), (uint8_t)i}};
        code_seed(secret, s->id, e->account, e->seed);
    }
    b->keystream = need(malloc(PATTERN_BYTES));
    must(keystream(b->speaker.key, b->keystream, PATTERN_BYTES));
    double before = cpu_s();
    variants_make(&b->speech, b->keystream, &b->a, &b->b);
    double seconds = (double)b->speech.n / 48000;
    printf("{\"bench\": \"trace\", \"speech_s\": %.1f, \"segments\": %u, \"embed_ms_per_s\": %.2f}\n",
           seconds, b->span.segments, 1000 * (cpu_s() - before) / seconds);
}

static uint8_t *codeword(const struct bench *b, unsigned user)
{
    uint8_t *bits = need(calloc(b->span.segments + CODE_BLOCK, 1));
    for (uint32_t k = 0; k * CODE_BLOCK < b->span.segments; k++) {
        uint32_t biases = code_biases(b->session.bias, b->speaker.account, k);
        uint32_t word = code_bits(b->session.listeners[user].entry.seed, b->speaker.account, k, biases);
        for (int i = 0; i < CODE_BLOCK; i++) bits[k * CODE_BLOCK + (uint32_t)i] = word >> i & 1;
    }
    return bits;
}

/* bits NULL: leave the signs as they are. */
static struct evidence evidence_of(const struct bench *b, const struct sound *leak, const uint8_t *bits)
{
    struct target target = {b->keystream, 0, b->span.segments};
    struct field f;
    struct line line;
    size_t found;
    must(field_make(&f, leak->pcm, leak->n, (struct speed){1, 1}));
    must(sync_search(&f, 1, &target, &line, 1, &found));
    if (!found) must(ERR_NOT_FOUND);
    struct evidence e = {need(malloc(align_max(&f, 1) * sizeof(struct soft))), 0};
    e.n = align_line(&f, 1, &target, &line, e.soft);
    field_free(&f);
    for (size_t i = 0; bits && i < e.n; i++)
        if (bits[e.soft[i].segment]) e.soft[i].score = -e.soft[i].score;
    return e;
}

static double error_rate(const struct evidence *e)
{
    double wrong = 0;
    for (size_t i = 0; i < e->n; i++) wrong += e->soft[i].score < 0 ? 1 : e->soft[i].score == 0 ? 0.5 : 0;
    return wrong / (double)e->n;
}

/* A few users' random codewords over n segments. */
struct draw {
    uint32_t *bits, *biases;
    struct book book;
};

static bool bit_of(const uint32_t *words, size_t i)
{
    return words[i / 32] >> i % 32 & 1;
}

static struct draw draw_new(struct dice *dice, size_t users, size_t n)
{
    size_t words = n / 32 + 1;
    struct draw d = {need(calloc(users * words, 4)), need(calloc(words, 4)), {0}};
    for (size_t i = 0; i < words; i++) d.biases[i] = dice_u32(dice);
    for (size_t u = 0; u < users; u++)
        for (size_t i = 0; i < n; i++)
            if ((int)(dice_u32(dice) >> 24) < (bit_of(d.biases, i) ? CODE_OFTEN : CODE_RARE))
                d.bits[u * words + i / 32] |= 1u << i % 32;
    d.book = (struct book){.users = users, .words = words, .bits = d.bits, .biases = d.biases};
    return d;
}

static void draw_free(struct draw *d)
{
    free(d->bits);
    free(d->biases);
}

/* What colluders with these bits let be heard: cut (one of them at random), majority, minority. */
static bool attack(struct dice *dice, const char *name, const struct draw *d, size_t users, size_t i)
{
    size_t ones = 0;
    for (size_t u = 0; u < users; u++) ones += bit_of(d->bits + u * d->book.words, i);
    bool all = ones == users, most = 2 * ones > users || (2 * ones == users && dice_u32(dice) & 1);
    if (!strcmp(name, "majority")) return most;
    if (!strcmp(name, "minority")) return ones == 0 ? false : all ? true : !most;
    return bit_of(d->bits + dice_u32(dice) % users * d->book.words, i);
}

/* Best log10 p of any of the book's users with the first n segments. */
static double log10_p_of(const struct book *book, const struct soft *soft, size_t n, double price)
{
    struct part part = {book, soft, n};
    struct verdict verdicts[COLLUDERS] = {0};
    struct tally tally = {PTHREAD_MUTEX_INITIALIZER, verdicts};
    double best = 0, tail;
    must(score_trial(&part, 1, price, 0, &tally));
    for (size_t u = 0; u < book->users; u++) {
        if (verdicts[u].log10_p > -4) continue; /* too far away for the exact chance to help */
        must(score_tail(&part, 1, u, verdicts[u].kind, &tail));
        best = fmin(best, fmin(verdicts[u].log10_p, tail + verdicts[u].log10_price));
    }
    return best;
}

static bool names(const struct book *book, const struct soft *soft, size_t n)
{
    return log10_p_of(book, soft, n, blind_price()) < -6;
}

/* Segments until somebody is named, by doubling and bisection; 0: never. */
static size_t segments_to_name(const struct book *book, const struct soft *soft, size_t max)
{
    size_t low = 8, high = 32 < max ? 32 : max;
    while (high < max && !names(book, soft, high)) {
        low = high;
        high = 2 * high < max ? 2 * high : max;
    }
    if (high == max && !names(book, soft, max)) return 0;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (names(book, soft, middle))
            high = middle;
        else
            low = middle;
    }
    return high;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_time(double s)
{
    if (isinf(s))
        printf("null");
    else
        printf("%.1f", s);
}

static void print_seconds(const char *condition, size_t users, const char *how, double *times, int n)
{
    qsort(times, (size_t)n, sizeof(*times), by_value);
    printf("{\"bench\": \"trace\", \"condition\": \"%s\", \"colluders\": %zu, \"attack\": \"%s\", \"users\": "
           "%d, ",
           condition, users, how, USERS);
    printf("\"seconds_median\": ");
    print_time(times[n / 2]);
    printf(", \"seconds_p90\": ");
    print_time(times[n * 9 / 10]);
    printf(", \"tries\": %d}\n", n);
    fflush(stdout);
}

/* Random starts, codewords drawn anew; prints median and 90th percentile, null where it is never. */
static void seconds_to_name(const struct bench *b, const struct evidence *e, const char *condition,
                            size_t users, const char *how)
{
    struct dice dice = {users * 31 + (unsigned char)how[0]};
    double *times = need(calloc((size_t)b->tries, sizeof(*times)));
    struct soft *soft = need(malloc(e->n * sizeof(*soft)));
    for (int t = 0; t < b->tries; t++) {
        size_t start = dice_u32(&dice) % e->n;
        struct draw d = draw_new(&dice, users, e->n);
        for (size_t i = 0; i < e->n; i++) {
            soft[i] = e->soft[(start + i) % e->n];
            soft[i].segment = (uint32_t)i;
            if (attack(&dice, how, &d, users, i)) soft[i].score = -soft[i].score;
        }
        size_t n = segments_to_name(&d.book, soft, e->n);
        times[t] = n ? (double)n * SEGMENT_MS / 1000 : INFINITY;
        draw_free(&d);
    }
    print_seconds(condition, users, how, times, b->tries);
    fflush(stdout);
    free(soft);
    free(times);
}

/* How many innocents reach a chance of 1e-1 to 1e-4 on 60 s, by the bound and, of every twentieth,
 * exactly. */
static void innocents(const struct evidence *e, const char *condition)
{
    struct dice dice = {99};
    size_t n = e->n < 250 ? e->n : 250;
    struct draw d = draw_new(&dice, INNOCENTS, n);
    struct soft *soft = need(malloc(n * sizeof(*soft)));
    for (size_t i = 0; i < n; i++) { /* as some leaker's codeword left it */
        soft[i] = e->soft[i];
        soft[i].segment = (uint32_t)i;
        if (dice_u32(&dice) & 1) soft[i].score = -soft[i].score;
    }
    struct verdict *verdicts = need(calloc(INNOCENTS, sizeof(*verdicts)));
    struct tally tally = {PTHREAD_MUTEX_INITIALIZER, verdicts};
    struct part part = {&d.book, soft, n};
    must(score_trial(&part, 1, 0, 0, &tally));
    int bound[5] = {0}, exact[5] = {0};
    for (size_t u = 0; u < INNOCENTS; u++) {
        double tail = 0;
        if (u % EXACT_EVERY == 0) must(score_tail(&part, 1, u, 1, &tail));
        for (int k = 1; k <= 4; k++) bound[k] += verdicts[u].log10_p <= -k, exact[k] += tail <= -k;
    }
    printf("{\"bench\": \"trace\", \"condition\": \"%s\", \"innocents\": %d, \"below\": [0.1, 0.01, 0.001, "
           "0.0001], "
           "\"bound\": [%d, %d, %d, %d], \"exact_of\": %d, \"exact\": [%d, %d, %d, %d]}\n",
           condition, INNOCENTS, bound[1], bound[2], bound[3], bound[4], INNOCENTS / EXACT_EVERY, exact[1],
           exact[2], exact[3], exact[4]);
    fflush(stdout);
    free(verdicts);
    free(soft);
    draw_free(&d);
}

/* The whole inquiry, at random starts. */
static void blind(const struct bench *b, const struct sound *leak, const struct condition *c)
{
    struct dice dice = {17};
    int tries = b->tries < 100 ? BLIND_TRIES / 2 : BLIND_TRIES, right = 0, wrong = 0;
    double before = cpu_s();
    for (int t = 0; t < tries; t++) {
        double from = dice_unit(&dice) * ((double)leak->n / 16000 - c->blind_s - 1);
        struct sound cut = sound_cut(leak, from, c->blind_s);
        struct inquiry_options o = {.log10_threshold = -6};
        struct finding f;
        must(inquire(&b->session, cut.pcm, cut.n, &o, &f));
        for (size_t i = 0; i < f.named; i++)
            if (f.suspects[i].listener == LEAKER)
                right++;
            else
                wrong++;
        finding_free(&f);
        sound_free(&cut);
    }
    printf("{\"bench\": \"trace\", \"condition\": \"%s\", \"blind_s\": %.0f, \"tries\": %d, \"named\": %d, "
           "\"wrong\": %d, \"cpu_s_per_trace\": %.2f, \"detect_ms_per_s\": %.1f}\n",
           c->name, c->blind_s, tries, right, wrong, (cpu_s() - before) / tries,
           1000 * (cpu_s() - before) / tries / c->blind_s);
    fflush(stdout);
}

static void run(const struct bench *b, const struct condition *c)
{
    uint8_t *bits = codeword(b, LEAKER);
    struct sound heard = listener_hears(&b->a, &b->b, bits, b->span.segments, c->bitrate),
                 leak = channel(c->channel, &heard);
    struct evidence e = evidence_of(b, &leak, bits);
    printf("{\"bench\": \"trace\", \"condition\": \"%s\", \"segments\": %zu, \"bit_error_rate\": %.4f}\n",
           c->name, e.n, error_rate(&e));
    seconds_to_name(b, &e, c->name, 1, "alone");
    innocents(&e, c->name);
    if (b->blind) blind(b, &leak, c);
    if (!strcmp(c->name, "opus24") || !strcmp(c->name, "rerecorded")) {
        seconds_to_name(b, &e, c->name, 2, "cut");
        seconds_to_name(b, &e, c->name, 3, "cut");
        seconds_to_name(b, &e, c->name, 3, "majority");
        seconds_to_name(b, &e, c->name, 3, "minority");
    }
    free(e.soft);
    free(bits);
    sound_free(&heard);
    sound_free(&leak);
}

static bool bias_of(const struct bench *b, uint32_t segment)
{
    return code_biases(b->session.bias, b->speaker.account, segment / CODE_BLOCK) >> segment % CODE_BLOCK & 1;
}

static void put_bit(uint32_t *words, size_t i, bool bit)
{
    words[i / 32] = (words[i / 32] & ~(1u << i % 32)) | (uint32_t)bit << i % 32;
}

/* The audio of two or three streams averaged, from evenly spread starts, once round; the first to be named
 * counts. */
static void run_average(const struct bench *b, unsigned users, const char *condition, const char *how)
{
    struct sound heard[COLLUDERS];
    uint8_t *bits[COLLUDERS];
    for (unsigned u = 0; u < users; u++) {
        bits[u] = codeword(b, LEAKER + u);
        heard[u] = listener_hears(&b->a, &b->b, bits[u], b->span.segments, 24000);
    }
    struct sound mean = sound_mean(heard, users), leak = channel(how, &mean);
    struct evidence e = evidence_of(b, &leak, NULL);
    struct draw d = draw_new(&(struct dice){0}, users, e.n);
    struct soft *soft = need(malloc(e.n * sizeof(*soft)));
    double *times = need(calloc((size_t)b->tries, sizeof(*times)));
    for (int t = 0; t < b->tries; t++) {
        size_t first = e.n * (size_t)t / (size_t)b->tries;
        for (size_t i = 0; i < e.n; i++) {
            uint32_t segment = e.soft[(first + i) % e.n].segment;
            soft[i] = e.soft[(first + i) % e.n];
            soft[i].segment = (uint32_t)i;
            put_bit(d.biases, i, bias_of(b, segment));
            for (unsigned u = 0; u < users; u++) put_bit(d.bits + u * d.book.words, i, bits[u][segment]);
        }
        size_t named = segments_to_name(&d.book, soft, e.n);
        times[t] = named ? (double)named * SEGMENT_MS / 1000 : INFINITY;
    }
    print_seconds(condition, users, "average", times, b->tries);
    free(times);
    free(soft);
    draw_free(&d);
    free(e.soft);
    for (unsigned u = 0; u < users; u++) {
        free(bits[u]);
        sound_free(&heard[u]);
    }
    sound_free(&mean);
    sound_free(&leak);
}

static bool wanted(int argc, char **argv, const char *name)
{
    bool any = false;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], name)) return true;
        any |= argv[i][0] != '-';
    }
    return !any;
}

int main(int argc, char **argv)
{
    struct bench b = {.tries = 200, .blind = true};
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--quick")) b.tries = 20;
        if (!strcmp(argv[i], "--known")) b.blind = false;
    }
    set_up(&b);
    if (wanted(argc, argv, "transparency")) {
        uint8_t *bits = codeword(&b, LEAKER);
        transparency(&b.speech, &b.a, &b.b, bits, b.span.segments);
        free(bits);
    }
    for (int i = 0; i < CONDITIONS; i++)
        if (wanted(argc, argv, conditions[i].name)) run(&b, &conditions[i]);
    for (unsigned users = 2; users <= COLLUDERS && wanted(argc, argv, "average"); users++) {
        run_average(&b, users, "opus24", "none");
        run_average(&b, users, "opus24, rerecorded", "rerecorded");
    }
    free(b.keystream);
    free(b.session.listeners);
    sound_free(&b.speech);
    sound_free(&b.a);
    sound_free(&b.b);
    return 0;
}
