#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "media/level.h"

enum { PEOPLE = 8, LOUD = 25, SOFT = 45, SILENT = 127, FRAME_MS = 20 };

struct stage { /* as a room would use it */
    struct loudness people[PEOPLE];
    int holder[LIMIT_SLOTS]; /* -1: free */
    uint64_t since[LIMIT_SLOTS], now;
    unsigned switches;
};

static struct stage stage_new(void)
{
    struct stage s = {.now = 100000};
    for (int k = 0; k < LIMIT_SLOTS; k++) s.holder[k] = -1;
    return s;
}

static int slot_of(const struct stage *s, int who)
{
    for (int k = 0; k < LIMIT_SLOTS; k++)
        if (s->holder[k] == who) return k;
    return -1;
}

static void packet(struct stage *s, int who, uint8_t level)
{
    struct level_holder holders[LIMIT_SLOTS];
    loudness_on_packet(&s->people[who], level, s->now);
    if (slot_of(s, who) >= 0) return;
    for (int k = 0; k < LIMIT_SLOTS; k++)
        holders[k] = (struct level_holder){s->holder[k] < 0 ? NULL : &s->people[s->holder[k]], s->since[k]};
    int k = level_choose(holders, &s->people[who], s->now);
    if (k < 0) return;
    if (s->holder[k] >= 0) {
        s->switches++;
        loudness_unheard(&s->people[s->holder[k]], s->now);
    }
    s->holder[k] = who;
    s->since[k] = s->now;
}

/* `ms` of packets from the first `n`, each at its level; 255 sends nothing. */
static void pass(struct stage *s, const uint8_t *levels, int n, uint64_t ms)
{
    for (uint64_t end = s->now + ms; s->now < end; s->now += FRAME_MS)
        for (int i = 0; i < n; i++)
            if (levels[i] != 255) packet(s, i, levels[i]);
}

static void four_never_switch(void **state)
{
    (void)state;
    struct stage s = stage_new();
    uint8_t quiet[] = {SILENT, SILENT, SILENT, SILENT}, mixed[] = {LOUD, SOFT, SILENT, 0};
    pass(&s, quiet, 4, 200); /* silence is sent too: nobody misses the first word */
    for (int i = 0; i < 4; i++) assert_int_equal(slot_of(&s, i), i);
    for (int i = 0; i < 20; i++) pass(&s, i & 1 ? quiet : mixed, 4, 700);
    assert_int_equal(s.switches, 0);
}

static void a_fifth_takes_a_silent_slot(void **state)
{
    (void)state;
    struct stage s = stage_new();
    uint8_t before[] = {LOUD, LOUD, SILENT, LOUD, SILENT}, after[] = {LOUD, LOUD, SILENT, LOUD, LOUD};
    pass(&s, before, 5, 2000);
    assert_int_equal(slot_of(&s, 4), -1);
    pass(&s, after, 5, 200);
    assert_int_equal(slot_of(&s, 4), 2);
    assert_int_equal(s.switches, 1);
}

/* All at once and as loud: nobody is shut out for long, nobody is cut off before the others' patience ends.
 */
static void equals_take_turns_slowly(void **state)
{
    (void)state;
    struct stage s = stage_new();
    uint8_t levels[PEOPLE];
    uint64_t unheard[PEOPLE] = {0};
    for (int i = 0; i < PEOPLE; i++) levels[i] = (uint8_t)(LOUD + i % 4); /* within the margin */
    pass(&s, levels, PEOPLE, LIMIT_SPEAKER_WAIT_MS - 500);
    assert_int_equal(s.switches, 0);
    for (int i = 0; i < 3000; i++) {
        int before[LIMIT_SLOTS];
        uint64_t since[LIMIT_SLOTS];
        for (int k = 0; k < LIMIT_SLOTS; k++) before[k] = s.holder[k], since[k] = s.since[k];
        pass(&s, levels, PEOPLE, FRAME_MS);
        for (int k = 0; k < LIMIT_SLOTS; k++)
            if (s.holder[k] != before[k]) assert_true(s.since[k] - since[k] >= LIMIT_SPEAKER_WAIT_MS);
        for (int who = 0; who < PEOPLE; who++) {
            unheard[who] = slot_of(&s, who) < 0 ? unheard[who] + FRAME_MS : 0;
            assert_true(unheard[who] <= 2 * LIMIT_SPEAKER_WAIT_MS);
        }
    }
    assert_in_range(s.switches, 4 * 15, 4 * 20);
}

/* One who interrupts softly does not get through; at the same loudness after a while; mumbling never waits.
 */
static void an_interrupter_gets_through(void **state)
{
    (void)state;
    struct stage s = stage_new();
    uint8_t four[] = {LOUD, LOUD, LOUD, LOUD, 70}, five[] = {LOUD, LOUD, LOUD, LOUD, LOUD + 2};
    pass(&s, four, 5, 10000);
    assert_int_equal(slot_of(&s, 4), -1);
    pass(&s, five, 5, LIMIT_SPEAKER_WAIT_MS - 200);
    assert_int_equal(slot_of(&s, 4), -1);
    pass(&s, five, 5, 500);
    assert_true(slot_of(&s, 4) >= 0);
    assert_int_equal(s.switches, 1);
}

static void the_loudest_win_and_the_quietest_goes(void **state)
{
    (void)state;
    struct stage s = stage_new();
    uint8_t soft[] = {SOFT, SOFT + 15, SOFT, SOFT, 255, 255}, both[] = {SOFT, SOFT + 15, SOFT, SOFT, LOUD, 255},
            all[] = {SOFT, SOFT + 15, SOFT, SOFT, LOUD, LOUD};
    pass(&s, soft, 6, 2000);
    pass(&s, both, 6, 1000);
    assert_int_equal(slot_of(&s, 4), 1);
    pass(&s, all, 6, 1000);
    assert_true(slot_of(&s, 5) >= 0 && slot_of(&s, 5) != 1);
    assert_int_equal(s.switches, 2);
    pass(&s, all, 6, 1500);
    assert_int_equal(s.switches, 2);
}

static void a_newcomer_is_held(void **state)
{
    (void)state;
    struct stage s = stage_new();
    uint8_t soft[] = {LOUD, LOUD, LOUD, SOFT, 255, 255}, loud[] = {LOUD, LOUD, LOUD, SOFT, LOUD, 255},
            louder[] = {LOUD, LOUD, LOUD, SOFT, SILENT, LOUD};
    pass(&s, soft, 6, 2000);
    pass(&s, loud, 6, 400);
    assert_int_equal(slot_of(&s, 4), 3);
    uint64_t since = s.since[3];
    while (slot_of(&s, 5) < 0) pass(&s, louder, 6, FRAME_MS); /* not in the stead of another who is loud */
    assert_int_equal(slot_of(&s, 5), 3);
    assert_true(s.since[3] - since >= LIMIT_SPEAKER_HOLD_MS);
}

static void a_click_is_no_speech(void **state)
{
    (void)state;
    struct stage s = stage_new();
    uint8_t quiet[] = {SOFT, SOFT, SOFT, SOFT, SILENT}, click[] = {SOFT, SOFT, SOFT, SOFT, LOUD};
    pass(&s, quiet, 5, 2000);
    for (int i = 0; i < 10; i++) {
        pass(&s, click, 5, FRAME_MS);
        pass(&s, quiet, 5, 2000);
    }
    assert_int_equal(s.switches, 0);
}

/* By more than the margin, and not by the margin itself. */
static void louder_by_a_margin(void **state)
{
    enum { SCORE = 50 * 256, MARGIN = LIMIT_SPEAKER_MARGIN_DB * 256, NOW = 100000 }; /* 256 to the dB */
    (void)state;
    struct loudness heard[LIMIT_SLOTS], newcomer = {.heard_ms = NOW};
    struct level_holder holders[LIMIT_SLOTS];
    for (size_t i = 0; i < LIMIT_SLOTS; i++) {
        heard[i] = (struct loudness){.score = SCORE + (i != 2), .heard_ms = NOW};
        holders[i] = (struct level_holder){&heard[i], NOW - LIMIT_SPEAKER_HOLD_MS};
    }
    newcomer.score = SCORE + MARGIN;
    assert_int_equal(level_choose(holders, &newcomer, NOW), -1);
    newcomer.score++;
    assert_int_equal(level_choose(holders, &newcomer, NOW), 2);
}

static void who_stopped_sending_has_no_claim(void **state)
{
    (void)state;
    struct stage s = stage_new();
    uint8_t before[] = {0, 0, 0, 0, SILENT}, after[] = {0, 255, 0, 0, SILENT};
    pass(&s, before, 5, 2000);
    assert_int_equal(slot_of(&s, 4), -1);
    pass(&s, after, 5, LIMIT_SPEAKER_IDLE_MS + 2 * FRAME_MS);
    assert_int_equal(slot_of(&s, 4), 1);
    assert_int_equal(loudness_score(&s.people[1], s.now), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_never_switch),
        cmocka_unit_test(a_fifth_takes_a_silent_slot),
        cmocka_unit_test(equals_take_turns_slowly),
        cmocka_unit_test(an_interrupter_gets_through),
        cmocka_unit_test(the_loudest_win_and_the_quietest_goes),
        cmocka_unit_test(a_newcomer_is_held),
        cmocka_unit_test(a_click_is_no_speech),
        cmocka_unit_test(louder_by_a_margin),
        cmocka_unit_test(who_stopped_sending_has_no_claim),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
