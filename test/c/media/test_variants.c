/* Which listener gets which variant: codewords, borders, losses, repeats. On the simulated network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "net.h"

enum { LOUD = 20, FRAMES = 12, TICKS = 960, HOP0 = 24 * 30 };
static const uint8_t secret[32] = {7};

static struct id account(uint8_t n)
{
    return (struct id){{n, 1}};
}

/* In room 1, with a codeword. */
static struct client *join(struct net *n, uint8_t who, bool may_speak)
{
    n->checking = true;
    struct client *c = net_client(n, net_room(1));
    c->is.account = account(who);
    c->is.traced = true;
    c->apart = 20000;
    c->offset = 123457;
    code_seed(secret, net_room(1), account(who), c->is.seed);
    code_seed(secret, net_room(1), (struct id){{0}}, c->is.bias);
    net_up(n, c, may_speak);
    return c;
}

static unsigned bit(const struct client *listener, const struct client *speaker, uint32_t segment)
{
    uint32_t block = segment / CODE_BLOCK;
    uint32_t bits = code_bits(listener->is.seed, speaker->is.account, block,
                              code_biases(listener->is.bias, speaker->is.account, block));
    return bits >> segment % CODE_BLOCK & 1;
}

enum lost { NONE = 0, A_LOST = 1, B_LOST = 2 };

/* Frame n of a speaker: "A n" and "B n". */
static void say(struct net *n, struct client *c, unsigned frame, bool b_first, enum lost lost)
{
    char text[2][16];
    snprintf(text[0], sizeof(text[0]), "A %u", frame);
    snprintf(text[1], sizeof(text[1]), "B %u", frame);
    const struct say say[2] = {{.payload = text[0], .level = LOUD},
                               {.payload = text[1], .level = LOUD, .b = true}};
    uint64_t index = c->index;
    uint32_t timestamp = c->timestamp;
    for (int i = 0; i < 2; i++) {
        unsigned variant = b_first ? !i : i;
        c->index = index, c->timestamp = timestamp;
        if (!(lost >> variant & 1)) client_say_as(c, &say[variant]);
    }
    c->index = index, c->timestamp = timestamp;
    client_skip(c);
    net_pass(n, 20);
}

static void begin_twin(struct net *n, struct client *c)
{
    net_twin(n, c, (struct media_twin){true, c->offset, c->timestamp, HOP0});
}

static unsigned frame_of(const struct heard *h)
{
    char text[33];
    memcpy(text, h->payload, sizeof(h->payload));
    text[h->len < 32 ? h->len : 32] = 0;
    return (unsigned)atoi(text + 2);
}

/* Every frame of the range is there once, in order, in one stream, in the variant of the listener's codeword.
 */
static void assert_stream(const struct client *l, const struct client *speaker, size_t count, unsigned first)
{
    assert_int_equal(l->deaf_count, 0);
    for (size_t k = 0; k < count; k++) {
        const struct heard *h = client_heard(l, count - 1 - k),
                           *before = k ? client_heard(l, count - k) : NULL;
        unsigned frame = first + (unsigned)k;
        assert_int_equal(frame_of(h), frame);
        assert_int_equal(h->payload[0], bit(l, speaker, HOP0 / 24 + frame / FRAMES) ? 'B' : 'A');
        if (!before) continue;
        assert_int_equal(h->seq, (uint16_t)(before->seq + 1));
        assert_int_equal(h->timestamp, before->timestamp + TICKS);
        assert_int_equal(h->ssrc, before->ssrc);
        assert_false(h->marker);
    }
}

static void each_listener_gets_its_own_codeword(void **state)
{
    struct net *n = *state;
    struct client *speaker = join(n, 1, true), *l[4];
    for (uint8_t i = 0; i < 4; i++) l[i] = join(n, (uint8_t)(10 + i), false);
    begin_twin(n, speaker);
    unsigned frames = FRAMES * 70; /* more than two blocks */
    for (unsigned f = 0; f < frames; f++) say(n, speaker, f, f / 7 % 2, NONE);
    unsigned different = 0, of_b = 0;
    for (int i = 0; i < 4; i++) {
        assert_int_equal(l[i]->heard_count, frames); /* as many as without tracing */
        /* By the first both are known to run in step, at the second codewords are drawn: A for all. */
        assert_stream(l[i], speaker, frames - 2, 2);
        for (unsigned s = 0; s < 70; s++) {
            of_b += bit(l[i], speaker, HOP0 / 24 + s);
            different += bit(l[i], speaker, HOP0 / 24 + s) != bit(l[0], speaker, HOP0 / 24 + s);
        }
    }
    for (unsigned f = 0; f < 2; f++) assert_int_equal(client_heard(l[0], frames - 1 - f)->payload[0], 'A');
    assert_in_range(of_b, 60, 220);
    assert_true(different > 30);
    assert_int_equal(speaker->heard_count, 0);
}

static void without_a_word_everybody_gets_a(void **state)
{
    struct net *n = *state;
    struct client *speaker = join(n, 1, true), *l = join(n, 10, false);
    for (unsigned f = 0; f < 100; f++) say(n, speaker, f, false, NONE);
    assert_int_equal(l->heard_count, 100);
    for (size_t k = 0; k < 100; k++) assert_int_equal(client_heard(l, k)->payload[0], 'A');
    assert_int_equal(n->w.stats.dropped_variant, 100);
    begin_twin(n, speaker);
    for (unsigned f = 0; f < 60; f++) say(n, speaker, f, false, NONE);
    assert_stream(l, speaker, 58, 2);
    net_twin(n, speaker, (struct media_twin){.live = false});
    for (unsigned f = 0; f < 60; f++) say(n, speaker, f, false, NONE);
    for (size_t k = 0; k < 60; k++) assert_int_equal(client_heard(l, k)->payload[0], 'A');
    assert_int_equal(l->heard_count, 220);
    assert_int_equal(l->deaf_count, 0);
}

/* A speaker whose B never comes: nobody misses anything. */
static void a_word_without_a_b(void **state)
{
    struct net *n = *state;
    struct client *speaker = join(n, 1, true), *l = join(n, 10, false);
    begin_twin(n, speaker);
    for (unsigned f = 0; f < 100; f++) say(n, speaker, f, false, B_LOST);
    assert_int_equal(l->heard_count, 100);
    for (size_t k = 0; k < 100; k++) assert_int_equal(client_heard(l, k)->payload[0], 'A');
}

/* What was lost on the way here is lost to those who were to get it, and the other variant does not stand in.
 */
static void a_lost_variant_is_nobodys_but_theirs(void **state)
{
    struct net *n = *state;
    struct client *speaker = join(n, 1, true), *l[2] = {join(n, 10, false), join(n, 11, false)};
    begin_twin(n, speaker);
    unsigned frames = FRAMES * 40, missed[2] = {0};
    for (unsigned f = 0; f < frames; f++) {
        enum lost lost = f && f % 9 == 0 ? (f / 9 % 2 ? A_LOST : B_LOST) : NONE;
        size_t before[2] = {l[0]->heard_count, l[1]->heard_count};
        say(n, speaker, f, f % 2, lost);
        for (int i = 0; i < 2; i++) {
            unsigned mine = bit(l[i], speaker, HOP0 / 24 + f / FRAMES) ? B_LOST : A_LOST;
            bool gone = lost == mine;
            assert_int_equal(l[i]->heard_count - before[i], !gone);
            missed[i] += gone;
        }
    }
    for (int i = 0; i < 2; i++) {
        assert_true(missed[i] > 5);
        const struct heard *last = client_heard(l[i], 0), *first = client_heard(l[i], l[i]->heard_count - 2);
        assert_int_equal((uint16_t)(last->seq - first->seq), frames - 2); /* the losses show in the numbers */
        assert_int_equal(last->timestamp - first->timestamp, (frames - 2) * TICKS);
        assert_int_equal(l[i]->deaf_count, 0);
    }
}

static bool lose_all(struct net *n, const struct client *to, struct view datagram)
{
    (void)n;
    return to->is.account.bytes[0] == 10 && datagram.ptr[0] >> 6 == 2;
}

static void a_nack_brings_the_variant_that_was_sent(void **state)
{
    struct net *n = *state;
    struct client *speaker = join(n, 1, true), *l = join(n, 10, false);
    begin_twin(n, speaker);
    unsigned f = 0, checked[2] = {0};
    for (; f < 2; f++) say(n, speaker, f, false, NONE); /* A for all */
    while (f < FRAMES * 64) {
        say(n, speaker, f++, false, NONE);
        const struct heard *last = client_heard(l, 0);
        uint32_t ssrc = last->ssrc, timestamp = last->timestamp;
        uint16_t seq = (uint16_t)(last->seq + 1);
        n->lose = lose_all;
        say(n, speaker, f++, false, NONE);
        n->lose = NULL;
        for (int i = 0; i < 10; i++) say(n, speaker, f++, false, NONE); /* over a border now and then */
        size_t before = l->heard_count;
        client_nack(l, ssrc, seq, 0);
        net_settle(n);
        assert_int_equal(l->heard_count, before + 1);
        const struct heard *again = client_heard(l, 0);
        unsigned b = bit(l, speaker, HOP0 / 24 + (f - 11) / FRAMES);
        assert_int_equal(frame_of(again), f - 11);
        assert_int_equal(again->payload[0], b ? 'B' : 'A');
        assert_int_equal(again->seq, seq);
        assert_int_equal(again->timestamp, timestamp + TICKS);
        checked[b]++;
        say(n, speaker, f++, false, NONE);
        net_pass(n, 100); /* the ration of repeats */
    }
    assert_true(checked[0] > 10 && checked[1] > 10);
    assert_int_equal(l->deaf_count, 0);
}

/* B jumps by a frame, is repaired by a word, and a packet of B with a wrong timestamp goes nowhere: one
 * stream all the while. */
static void drift_and_repair(void **state)
{
    struct net *n = *state;
    struct client *speaker = join(n, 1, true), *l = join(n, 10, false);
    begin_twin(n, speaker);
    unsigned f = 0;
    for (; f < 50; f++) say(n, speaker, f, false, NONE);
    speaker->apart--; /* it left a frame out */
    for (; f < 100; f++) say(n, speaker, f, false, NONE);
    speaker->offset += TICKS; /* and is now a frame late, which nobody has said */
    for (; f < 150; f++) say(n, speaker, f, false, NONE);
    net_twin(n, speaker, (struct media_twin){true, speaker->offset, speaker->timestamp, HOP0 + 300});
    for (; f < 250; f++) say(n, speaker, f, false, NONE);
    assert_int_equal(l->deaf_count, 0); /* libsrtp2 refuses an index that came before */
    assert_stream(l, speaker, 99, 151);
    for (size_t k = 1; k < l->heard_count; k++) {
        const struct heard *later = client_heard(l, k - 1), *before = client_heard(l, k);
        assert_true((uint16_t)(later->seq - before->seq) < 3);
        assert_true(later->timestamp - before->timestamp <= 3 * TICKS);
    }
}

/* One index would be sealed for two packets, if a frame's B could have another segment than its A. */
static void another_timestamp_than_its_frame(void **state)
{
    struct net *n = *state;
    struct client *speaker = join(n, 1, true), *l = join(n, 10, false);
    begin_twin(n, speaker);
    unsigned f = 0, of_a = 0;
    for (; f < 24; f++) say(n, speaker, f, false, NONE);
    speaker->offset += TICKS / 2;
    uint64_t before = n->w.stats.dropped_variant;
    size_t heard = l->heard_count;
    for (; f < 24 + 480; f++) {
        say(n, speaker, f, false, NONE);
        of_a += !bit(l, speaker, HOP0 / 24 + f / FRAMES);
    }
    assert_int_equal(n->w.stats.dropped_variant - before, 480);
    assert_int_equal(l->heard_count - heard, of_a);
    assert_true(of_a > 100 && of_a < 400);
}

/* Two who speak at once have independent codewords, and each slot is one stream. */
static void two_speakers(void **state)
{
    struct net *n = *state;
    struct client *s[2] = {join(n, 1, true), join(n, 2, true)}, *l = join(n, 10, false);
    for (int i = 0; i < 2; i++) begin_twin(n, s[i]);
    unsigned frames = FRAMES * 40, right[2] = {0};
    for (unsigned f = 0; f < frames; f++) {
        say(n, s[0], f, false, NONE);
        const struct heard *h = client_heard(l, 0);
        right[0] += h->payload[0] == (bit(l, s[0], HOP0 / 24 + f / FRAMES) ? 'B' : 'A');
        say(n, s[1], f, true, NONE);
        h = client_heard(l, 0);
        right[1] += h->payload[0] == (bit(l, s[1], HOP0 / 24 + f / FRAMES) ? 'B' : 'A');
    }
    assert_int_equal(l->heard_count, 2 * frames);
    assert_true(right[0] >= frames - 2 && right[1] >= frames - 2);
    assert_int_equal(l->deaf_count, 0);
}

/* Muted and back: the pattern ran on, and so do the segments. */
static void a_pause_changes_nothing(void **state)
{
    struct net *n = *state;
    struct client *speaker = join(n, 1, true), *l = join(n, 10, false);
    begin_twin(n, speaker);
    unsigned f = 0;
    for (; f < 100; f++) say(n, speaker, f, false, NONE);
    net_speak(n, speaker, false);
    for (; f < 150; f++) say(n, speaker, f, false, NONE);
    assert_int_equal(l->heard_count, 100);
    net_speak(n, speaker, true);
    for (; f < 250; f++) say(n, speaker, f, false, NONE);
    assert_stream(l, speaker, 99, 151);
    assert_int_equal(l->heard_count, 200);
}

#define ON_NET(test) cmocka_unit_test_setup_teardown(test, net_setup, net_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_NET(each_listener_gets_its_own_codeword),
        ON_NET(without_a_word_everybody_gets_a),
        ON_NET(a_word_without_a_b),
        ON_NET(a_lost_variant_is_nobodys_but_theirs),
        ON_NET(a_nack_brings_the_variant_that_was_sent),
        ON_NET(drift_and_repair),
        ON_NET(another_timestamp_than_its_frame),
        ON_NET(two_speakers),
        ON_NET(a_pause_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
