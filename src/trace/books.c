#include "trace/books.h"

#include <stdlib.h>

#include "crypt/sign.h"
#include "trace/parallel.h"

struct writing {
    const struct session *session;
    struct id speaker;
    uint32_t block; /* the first */
    size_t words;
    uint32_t *bits, *biases;
};

static void write_listener(void *arg, size_t user)
{
    struct writing *w = arg;
    const uint8_t *seed = w->session->listeners[user].entry.seed;
    for (size_t i = 0; i < w->words; i++)
        w->bits[user * w->words + i] = code_bits(seed, w->speaker, w->block + (uint32_t)i, w->biases[i]);
}

static enum err write_book(struct passage *p, const struct session *s, const struct session_span *span)
{
    uint32_t block = span->segment / CODE_BLOCK;
    p->lead = span->segment % CODE_BLOCK;
    size_t words = ((size_t)p->lead + span->segments + CODE_BLOCK - 1) / CODE_BLOCK;
    struct writing w = {
        .session = s, .speaker = s->speakers[p->speaker].account, .block = block, .words = words};
    w.bits = malloc((s->listener_count * words + 1) * sizeof(uint32_t));
    w.biases = malloc((words + 1) * sizeof(uint32_t));
    p->book = (struct book){.users = s->listener_count, .words = words, .bits = w.bits, .biases = w.biases};
    if (!w.bits || !w.biases) return ERR_SYSTEM;
    for (size_t i = 0; i < words; i++) w.biases[i] = code_biases(s->bias, w.speaker, block + (uint32_t)i);
    parallel(s->listener_count, write_listener, &w);
    return OK;
}

enum err books_make(struct books *b, const struct session *s)
{
    size_t spans = 0;
    for (size_t i = 0; i < s->speaker_count; i++) spans += s->speakers[i].span_count;
    *b = (struct books){.speakers = s->speaker_count};
    b->passages = calloc(spans + 1, sizeof(*b->passages));
    b->keystreams = malloc(s->speaker_count * PATTERN_BYTES + 1);
    enum err e = b->passages && b->keystreams ? OK : ERR_SYSTEM;
    for (size_t i = 0; !e && i < s->speaker_count; i++) {
        const struct session_speaker *speaker = &s->speakers[i];
        uint8_t *chips = b->keystreams + i * PATTERN_BYTES;
        e = keystream(speaker->key, chips, PATTERN_BYTES);
        for (size_t k = 0; !e && k < speaker->span_count; k++) {
            const struct session_span *span = &speaker->spans[k];
            struct passage *p = &b->passages[b->count++];
            /* The cell whose middle is nearest: segments may begin anywhere in a cell. */
            uint32_t cell = (uint32_t)(((uint64_t)span->hop + PATTERN_CELL_HOPS / 2) / PATTERN_CELL_HOPS);
            p->target = (struct target){chips, cell, span->segments};
            p->time_ms = span->time_ms;
            p->speaker = i;
            e = write_book(p, s, span);
        }
    }
    if (e) books_free(b);
    return e;
}

void books_free(struct books *b)
{
    for (size_t i = 0; i < b->count; i++) {
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): without passages there is no count */
        free((void *)b->passages[i].book.bits);
        free((void *)b->passages[i].book.biases);
    }
    free(b->passages);
    if (b->keystreams) wipe(b->keystreams, b->speakers * PATTERN_BYTES);
    free(b->keystreams);
    *b = (struct books){0};
}
