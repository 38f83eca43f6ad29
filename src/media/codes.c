#include "media/codes.h"

#include <stdlib.h>

#include "media/peer.h"
#include "media/room.h"

enum { PAGES = sizeof(((struct codes *)0)->pages) / sizeof(struct page) };

enum err codes_grow(struct codes *s, uint32_t listeners)
{
    for (int i = 0; i < PAGES; i++) {
        uint32_t *bits = reallocarray(s->pages[i].bits, listeners, sizeof(*bits));
        if (!bits) return ERR_SYSTEM;
        s->pages[i].bits = bits;
    }
    return OK;
}

void codes_free(struct codes *s)
{
    for (int i = 0; i < PAGES; i++) free(s->pages[i].bits);
}

static bool is_whole(const struct page *p)
{
    return p->whole != UINT64_MAX;
}

/* Whether it is to be drawn. */
static bool need_page(struct codes *s, uint32_t block)
{
    struct page *p = &s->pages[block % PAGES];
    if (p->block != block + 1)
        *p = (struct page){.block = block + 1, .begun = s->next, .whole = UINT64_MAX, .bits = p->bits};
    return !is_whole(p);
}

/* Nothing of a new tenure was heard yet, so what is drawn for the same speaker holds from its start. */
static void begin_tenure(struct codes *s, const struct cue *c)
{
    bool same = id_eq(s->account, c->account);
    s->tenure = c->tenure;
    s->account = c->account;
    s->next = c->index;
    for (int i = 0; i < PAGES; i++) {
        struct page *p = &s->pages[i];
        if (!same) p->block = 0;
        p->begun = 0;
        if (is_whole(p)) p->whole = 0;
    }
}

bool codes_on_cue(struct codes *s, const struct cue *c)
{
    if (!c->twin) return false;
    if (s->tenure != c->tenure) begin_tenure(s, c);
    uint32_t block = c->segment / CODE_BLOCK;
    bool draws = need_page(s, block);
    if (c->segment % CODE_BLOCK >= CODE_BLOCK / 2) draws |= need_page(s, block + 1);
    if (c->index >= s->next) s->next = c->index + 1;
    return draws;
}

static void draw(const struct codes *s, struct page *p, const struct listener *l, uint32_t place)
{
    const struct media_peer *to = &l[place].peer->is;
    p->bits[place] = to->traced ? code_bits(to->seed, s->account, p->block - 1, p->biases) : 0;
}

uint32_t codes_draw(struct codes *s, const struct listener *listeners, uint32_t count, uint32_t most)
{
    uint32_t drawn = 0;
    for (int i = 0; i < PAGES; i++) {
        struct page *p = &s->pages[i];
        if (!p->block || is_whole(p) || !count) continue;
        if (!p->drawn) p->biases = code_biases(listeners[0].peer->is.bias, s->account, p->block - 1);
        for (; p->drawn < count && drawn < most; drawn++) draw(s, p, listeners, p->drawn++);
        if (p->drawn == count) p->whole = s->next;
    }
    return drawn;
}

void codes_enter(struct codes *s, const struct listener *listeners)
{
    for (int i = 0; i < PAGES; i++) {
        struct page *p = &s->pages[i];
        if (p->block && is_whole(p)) draw(s, p, listeners, p->drawn++);
    }
}

void codes_leave(struct codes *s, const struct listener *listeners, uint32_t place, uint32_t last)
{
    for (int i = 0; i < PAGES; i++) {
        struct page *p = &s->pages[i];
        if (!p->block || place >= p->drawn) continue;
        if (last < p->drawn)
            p->bits[place] = p->bits[--p->drawn];
        else
            draw(s, p, listeners, place);
    }
}

struct variants codes_variants(const struct codes *s, const struct cue *c)
{
    if (!c->twin) return (struct variants){.all = 0};
    const struct page *p = &s->pages[c->segment / CODE_BLOCK % PAGES];
    if (s->tenure != c->tenure || p->block != c->segment / CODE_BLOCK + 1 || c->index < p->begun)
        return (struct variants){.all = -1};
    if (c->index < p->whole) return (struct variants){.all = 0};
    return (struct variants){.bits = p->bits, .shift = c->segment % CODE_BLOCK};
}
