/* Codewords drawn between turns: right for everybody, in time, and one variant of an index at most. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../noise.h"
#include "media/codes.h"
#include "media/peer.h"
#include "media/room.h"

enum { MOST = 40, FRAMES = 12 /* of a segment */, BLOCK_FRAMES = FRAMES * CODE_BLOCK };

struct hall {
    struct codes codes;
    struct peer peers[MOST];
    struct listener listeners[MOST];
    uint32_t count;
    uint32_t random;
};

static uint32_t roll(struct hall *h, uint32_t sides)
{
    return (lcg(&h->random) >> 8) % sides;
}

static void enter(struct hall *h, unsigned who)
{
    struct media_peer *is = &h->peers[who].is;
    *is = (struct media_peer){.traced = true, .seed = {1, (uint8_t)who}, .bias = {2}};
    h->listeners[h->count++] = (struct listener){.peer = &h->peers[who]};
    codes_enter(&h->codes, h->listeners);
}

static void leave(struct hall *h, uint32_t place)
{
    h->listeners[place] = h->listeners[--h->count];
    codes_leave(&h->codes, h->listeners, place, h->count);
}

static int set_up(void **state)
{
    struct hall *h = calloc(1, sizeof(*h));
    assert_non_null(h);
    assert_int_equal(codes_grow(&h->codes, MOST / 2), OK);
    assert_int_equal(codes_grow(&h->codes, MOST), OK);
    h->random = 1;
    *state = h;
    return 0;
}

static int tear_down(void **state)
{
    struct hall *h = *state;
    codes_free(&h->codes);
    free(h);
    return 0;
}

static const struct id speaker = {{7}};

/* Frame n of a speaker who began when the pattern did. */
static struct cue frame(uint64_t n)
{
    return (struct cue){
        .twin = true, .tenure = 1, .index = n, .segment = (uint32_t)(n / FRAMES), .account = speaker};
}

static int variant_for(const struct hall *h, uint32_t place, const struct cue *c)
{
    struct variants variants = codes_variants(&h->codes, c);
    return listener_variant(&variants, place);
}

static int expected(const struct hall *h, uint32_t place, const struct cue *c)
{
    const struct media_peer *to = &h->listeners[place].peer->is;
    uint32_t block = c->segment / CODE_BLOCK;
    return code_bits(to->seed, c->account, block, code_biases(to->bias, c->account, block)) >>
               c->segment % CODE_BLOCK &
           1;
}

static void assert_by_codeword(const struct hall *h, const struct cue *c)
{
    for (uint32_t i = 0; i < h->count; i++)
        assert_int_equal(variant_for(h, i, c), expected(h, i, c));
}

static void a_until_the_page_is_whole(void **state)
{
    struct hall *h = *state;
    for (unsigned i = 0; i < 10; i++) enter(h, i);
    struct cue first = frame(5), c = frame(6), alone = {.tenure = 1, .index = 4};
    assert_false(codes_on_cue(&h->codes, &alone));
    assert_int_equal(variant_for(h, 3, &alone), 0);
    assert_true(codes_on_cue(&h->codes, &first));
    for (uint32_t i = 0; i < 10; i++) assert_int_equal(variant_for(h, i, &first), 0);
    assert_int_equal(codes_draw(&h->codes, h->listeners, 10, 6), 6);
    assert_true(codes_on_cue(&h->codes, &c));
    for (uint32_t i = 0; i < 10; i++) assert_int_equal(variant_for(h, i, &c), 0);
    assert_int_equal(codes_draw(&h->codes, h->listeners, 10, 6), 4);
    assert_int_equal(codes_draw(&h->codes, h->listeners, 10, 6), 0);
    for (uint32_t i = 0; i < 10; i++)
        assert_int_equal(variant_for(h, i, &c), 0); /* as it was sent */
    c = frame(7);
    assert_false(codes_on_cue(&h->codes, &c));
    assert_by_codeword(h, &c);
    h->peers[2].is.traced = false;
    struct cue other = frame(8); /* somebody else speaks: all anew */
    other.tenure = 2, other.account.bytes[0]++;
    assert_true(codes_on_cue(&h->codes, &other));
    assert_int_equal(variant_for(h, 0, &c), -1);
    codes_draw(&h->codes, h->listeners, 10, 100);
    for (other.segment = 1; other.segment < CODE_BLOCK; other.segment++) {
        other.index++;
        assert_int_equal(variant_for(h, 2, &other), 0);
        assert_int_equal(variant_for(h, 3, &other), expected(h, 3, &other));
    }
}

/* Whoever comes, goes and speaks: from the second frame on it is the codeword, over many borders. */
static void the_next_page_is_there_in_time(void **state)
{
    struct hall *h = *state;
    bool in[MOST] = {0};
    for (uint64_t n = 0; n < 6 * BLOCK_FRAMES; n++) {
        struct cue c = frame(n);
        c.tenure = 1 + (uint32_t)(n / 700); /* the same person once more: at once */
        unsigned who = roll(h, MOST);
        uint32_t place = 0;
        while (place < h->count && h->listeners[place].peer != &h->peers[who]) place++;
        if (!in[who])
            enter(h, who);
        else if (h->count > 1)
            leave(h, place);
        in[who] = !in[who] || h->count == 1;
        codes_on_cue(&h->codes, &c);
        if (n > 0) assert_by_codeword(h, &c);
        /* At first at once, then a little per frame. */
        codes_draw(&h->codes, h->listeners, h->count, n ? roll(h, 3) : MOST);
    }
    assert_true(h->count > 5);
}

/* A speaker who sends what they like, and drawing that comes at any time. */
static void nobody_gets_both_variants_of_an_index(void **state)
{
    struct hall *h = *state;
    enum { INDICES = 400, LISTENERS = 6 };
    static int8_t got[LISTENERS][INDICES];
    unsigned of[2] = {0};
    for (unsigned i = 0; i < LISTENERS; i++) enter(h, i);
    for (uint32_t round = 0; round < 200; round++) {
        uint32_t segments[INDICES];
        for (int i = 0; i < INDICES; i++) segments[i] = roll(h, 5) ? roll(h, 40) : roll(h, 5 * CODE_BLOCK);
        memset(got, -1, sizeof(got));
        for (int turn = 0; turn < 3000; turn++) {
            uint32_t index = roll(h, 3) ? (uint32_t)turn / 8 + roll(h, 4) : roll(h, INDICES);
            struct cue c = {.twin = true, .tenure = round + 1, .index = index % INDICES, .account = speaker};
            c.segment = segments[c.index];
            bool again = roll(h, 4) == 0; /* a repeat asks without a cue */
            if (!again) codes_on_cue(&h->codes, &c);
            for (uint32_t i = 0; i < LISTENERS; i++) {
                int variant = variant_for(h, i, &c);
                if (variant < 0) continue;
                if (again && got[i][c.index] < 0) continue;         /* was never sent: a NACK finds nothing */
                if (!again && variant != (int)(turn & 1)) continue; /* the packet is of the other variant */
                if (got[i][c.index] >= 0) assert_int_equal(got[i][c.index], variant);
                got[i][c.index] = (int8_t)variant;
                of[variant]++;
            }
            if (roll(h, 6) == 0) codes_draw(&h->codes, h->listeners, LISTENERS, roll(h, 10));
        }
    }
    assert_true(of[0] > 2000 && of[1] > 2000);
}

#define IN_HALL(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_HALL(a_until_the_page_is_whole),
        IN_HALL(the_next_page_is_there_in_time),
        IN_HALL(nobody_gets_both_variants_of_an_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
