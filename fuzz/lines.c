/* For targets whose input is lines of text: mutations that know lines. Bytes alone would spoil most of a
 * script before they find anything; half of the mutations move, drop, repeat or borrow whole lines, and give
 * a line to somebody else. Linked where there is a libFuzzer. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../test/c/noise.h"
#include "must.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                                 uint8_t *out, size_t max, unsigned seed);

struct text {
    const uint8_t *at;
    size_t len;
};

static size_t below(uint64_t *chance, size_t n)
{
    return n ? (size_t)(splitmix64(chance) % n) : 0;
}

static size_t count(struct text t)
{
    size_t n = 0;
    for (size_t i = 0; i < t.len; i++) n += t.at[i] == '\n';
    return n + (t.len && t.at[t.len - 1] != '\n');
}

/* With its end. */
static struct text line(struct text t, size_t n)
{
    size_t from = 0, to;
    for (; n && from < t.len; from++) n -= t.at[from] == '\n';
    for (to = from; to < t.len && t.at[to] != '\n'; to++) continue;
    return (struct text){t.at + from, (to < t.len ? to + 1 : to) - from};
}

static struct text word(struct text t)
{
    size_t n = 0;
    while (n < t.len && t.at[n] != ' ' && t.at[n] != '\n') n++;
    return (struct text){t.at, n};
}

struct sheet { /* what is being written */
    uint8_t *at;
    size_t len, max;
};

static void add(struct sheet *s, struct text t)
{
    if (t.len > s->max - s->len) t.len = s->max - s->len;
    if (t.len) memcpy(s->at + s->len, t.at, t.len);
    s->len += t.len;
}

static void add_line(struct sheet *s, struct text t)
{
    add(s, t);
    if (t.len && t.at[t.len - 1] != '\n') add(s, (struct text){(const uint8_t *)"\n", 1});
}

/* Line `i` is dropped, said twice, said behind the next one, or said by who says another one. */
static size_t change_lines(struct text t, struct sheet *s, uint64_t *chance)
{
    size_t n = count(t), i = below(chance, n), how = below(chance, 4), from = below(chance, n),
           to = below(chance, n);
    for (size_t k = 0; k < n; k++) {
        struct text l = line(t, k), name = word(l);
        if (how == 0 && k == i) continue;
        if (how == 1 && k == to) add_line(s, line(t, from));
        if (how == 2 && k == i && k + 1 < n) {
            add_line(s, line(t, ++k));
            add_line(s, l);
        } else if (how == 3 && k == i) {
            add(s, word(line(t, from)));
            add_line(s, (struct text){l.at + name.len, l.len - name.len});
        } else {
            add_line(s, l);
        }
    }
    return s->len;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    static uint8_t before[1 << 20];
    uint64_t chance = seed;
    if (!size || size > sizeof(before) || splitmix64(&chance) & 1) return LLVMFuzzerMutate(data, size, max);
    memcpy(before, data, size);
    struct sheet s = {data, 0, max};
    return change_lines((struct text){before, size}, &s, &chance);
}

/* The beginning of the one, some lines of the other, and the rest. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                                 uint8_t *out, size_t max, unsigned seed)
{
    uint64_t chance = seed;
    struct text one = {a, a_size}, other = {b, b_size};
    struct sheet s = {out, 0, max};
    size_t n = count(one), m = count(other), at = below(&chance, n + 1), from = below(&chance, m),
           to = from + 1 + below(&chance, 8);
    for (size_t k = 0; k < at; k++) add_line(&s, line(one, k));
    for (size_t k = from; k < to && k < m; k++) add_line(&s, line(other, k));
    for (size_t k = at; k < n; k++) add_line(&s, line(one, k));
    return s.len;
}
