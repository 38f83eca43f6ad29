/* A rekey that stewards share: whose seals are whose, and that each person gets one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scene.h"

enum { CROWD = 67 }; /* after host, a and the founder: slots 3 to 69, three buckets */

static struct actor *crowd[CROWD];

/* Slot 0 the host, 1 a, 2 the founder, who moderates in every room. */
static struct draft *everybody(struct scene *s, bool all_new)
{
    struct draft *msg = begin(s, s->host, true);
    if (all_new) {
        seat(msg, 0, s->host);
        seat(msg, 1, s->a);
        seat(msg, 2, s->f);
        for (uint16_t i = 0; i < CROWD; i++) seat(msg, (uint16_t)(3 + i), crowd[i]);
    }
    message_stage(msg, 1, host_on_stage);
    return msg;
}

static int begin_hall(void **state)
{
    scene_begin(state);
    struct scene *s = *state;
    assert_int_equal(world_join(&s->w, s->f, s->room), OK);
    for (int i = 0; i < CROWD; i++) {
        crowd[i] = world_member(&s->w, s->f);
        assert_int_equal(world_join(&s->w, crowd[i], s->room), OK);
    }
    return 0;
}

/* The founder seals buckets 1 and 2: slots 32 to 69, crowd 29 to 66. */
static void shared_header(struct scene *s, bool all_new)
{
    struct draft *msg = everybody(s, all_new);
    message_share(msg, s->f, 1, 2);
    message_fill(msg, true, true);
    assert_int_equal(msg->m.seal_count, LIMIT_BUCKET);
    assert_int_equal(send_own(s, s->host), OK);
}

static enum err send_seals(struct scene *s, const struct actor *from, uint16_t first, uint16_t last,
                           size_t bytes)
{
    struct key_part parts[SEATS];
    struct command c = {.kind = COMMAND_ROOM_SEALS, .sock = from->sock, .request = 1};
    c.seals.room = s->room;
    c.seals.counter = 1;
    c.seals.list = parts;
    for (uint16_t slot = first; slot <= last; slot++)
        parts[c.seals.count++] = (struct key_part){slot, {steward_parts[slot % SEATS], bytes}};
    return world_apply(&s->w, &c);
}

static void the_helper_learns_its_share(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    shared_header(s, true);
    const struct out *o = world_out(w, s->f->sock, EVENT_KEYS, 0);
    assert_non_null(o->keys.split);
    assert_true(o->keys.split->first == 1 && o->keys.split->last == 2);
    assert_true(view_eq(o->keys.split->seal, (struct view){steward_parts[1], SEAL}));
    assert_int_equal(o->keys.seal.len, SEAL); /* its own slot lies in the signer's part */
    assert_null(world_out(w, s->host->sock, EVENT_KEYS, 0)->keys.split);
    o = world_out(w, crowd[40]->sock, EVENT_KEYS, 0);
    assert_true(o->keys.seal.len == 0 && o->keys.wrap.len == WRAP && !o->keys.split);
}

static void each_gets_one_seal(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    shared_header(s, true);
    assert_int_equal(send_seals(s, s->f, 32, 40, SEAL), OK);
    assert_int_equal(world_outs(w, EVENT_SEAL), 9);
    const struct out *o = world_out(w, crowd[29]->sock, EVENT_SEAL, 0); /* slot 32 */
    assert_int_equal(o->seal.counter, 1);
    assert_true(view_eq(o->seal.data, (struct view){steward_parts[32], SEAL}));
    assert_int_equal(send_seals(s, s->host, 40, 69, SEAL), OK); /* the signer sends what is missing */
    assert_int_equal(world_outs(w, EVENT_SEAL), 29);
    assert_int_equal(send_seals(s, s->f, 32, 69, SEAL), OK);
    assert_int_equal(world_outs(w, EVENT_SEAL), 0);
    assert_int_equal(world_outs(w, REPLY_OK), 1);
}

static void seals_that_are_refused(void **state)
{
    struct scene *s = *state;
    struct draft *msg = everybody(s, true); /* a header that is not shared */
    message_fill(msg, true, true);
    assert_int_equal(send_own(s, s->host), OK);
    assert_refused(s, ERR_STALE_HEADER, send_seals(s, s->f, 32, 32, SEAL));
    shared_header(s, false);
    assert_refused(s, ERR_STALE_HEADER, send_seals(s, s->f, 32, 32, SEAL)); /* counter 1: not that one */
}

static void a_share_is_a_right_to_its_buckets(void **state)
{
    struct scene *s = *state;
    shared_header(s, true);
    assert_refused(s, ERR_FORBIDDEN, send_seals(s, s->f, 31, 32, SEAL)); /* all or nothing */
    assert_refused(s, ERR_FORBIDDEN, send_seals(s, s->f, 96, 96, SEAL));
    assert_refused(s, ERR_FORBIDDEN, send_seals(s, s->host, 31, 31, SEAL));
    assert_refused(s, ERR_FORBIDDEN, send_seals(s, s->a, 32, 32, SEAL));
    assert_refused(s, ERR_MALFORMED, send_seals(s, s->f, 32, 32, SEAL - 1));
    assert_refused(s, ERR_NOT_IN_ROOM, send_seals(s, s->b, 32, 32, SEAL));
    assert_int_equal(world_join(&s->w, s->f, s->room), OK); /* back: its share is gone with its leaf */
    assert_refused(s, ERR_FORBIDDEN, send_seals(s, s->f, 32, 32, SEAL));
    assert_int_equal(send_seals(s, s->host, 32, 90, SEAL), OK); /* slots above 69 are nobody's */
    assert_int_equal(world_outs(&s->w, EVENT_SEAL), 38);
}

/* The next headers do not make the seals useless: whoever waits follows once it has come. */
static void seals_outlive_the_next_header(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    shared_header(s, true);
    assert_int_equal(world_simple(w, crowd[66], COMMAND_ROOM_LEAVE), OK); /* slot 69 */
    message_fill(begin(s, s->host, false), false, false);
    message_stage(&s->msg, 1, host_on_stage);
    assert_int_equal(send_own(s, s->host), OK);
    assert_int_equal(send_seals(s, s->f, 32, 40, SEAL), OK);
    assert_int_equal(world_outs(w, EVENT_SEAL), 9);

    struct draft *msg = begin(s, s->host, true); /* bucket 2 is sealed anew, bucket 1 still waits */
    seat(msg, 69, NULL);
    message_fill(msg, true, false);
    message_stage(msg, 1, host_on_stage);
    assert_int_equal(send_own(s, s->host), OK);
    assert_int_equal(send_seals(s, s->f, 32, 69, SEAL), OK);
    assert_int_equal(world_outs(w, EVENT_SEAL), 63 - 40);
}

static void a_second_split_may_not_strand_anybody(void **state)
{
    struct scene *s = *state;
    shared_header(s, true);
    struct draft *msg = everybody(s, false);
    message_share(msg, s->f, 2, 2);
    message_fill(msg, true, false);
    assert_refused(s, ERR_STATE, send_own(s, s->host)); /* bucket 1 would wait for ever */
    msg = everybody(s, false);
    message_share(msg, s->f, 2, 2);
    message_fill(msg, true, true);
    assert_int_equal(send_own(s, s->host), OK);
}

/* The seals of a large hybrid room do not fit into one message: the signer sends the rest after it. */
static void a_share_may_be_the_signers_own(void **state)
{
    struct scene *s = *state;
    struct draft *msg = everybody(s, true);
    message_share(msg, s->host, 1, 2);
    message_fill(msg, true, true);
    assert_int_equal(msg->m.seal_count, LIMIT_BUCKET);
    assert_int_equal(send_own(s, s->host), OK);
    assert_refused(s, ERR_FORBIDDEN, send_seals(s, s->f, 32, 32, SEAL));
    assert_int_equal(send_seals(s, s->host, 32, 69, SEAL), OK);
    assert_int_equal(world_outs(&s->w, EVENT_SEAL), 38);
}

static void splits_that_are_refused(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    for (int i = 0; i < 9; i++) {
        struct draft *msg = everybody(s, true);
        enum err expected = ERR_MALFORMED;
        const struct actor *helper = i == 5 ? s->a : i == 6 ? s->b : s->f;
        message_share(msg, helper, i == 0 ? 2 : 1, i == 1 ? 3 : i == 0 ? 1 : 2);
        if (i == 0) msg->split[0] = (struct key_split){s->f->account, 2, 1, msg->split[0].seal};
        if (i == 2) msg->split[0].seal.len--;
        if (i == 3) message_share(msg, s->a, 2, 2); /* overlap */
        if (i == 4) {
            msg->split[0].last = 1;
            message_share(msg, s->f, 2, 2); /* two shares for one */
        }
        if (i == 5) expected = ERR_FORBIDDEN;    /* a listener */
        if (i == 6) expected = ERR_STALE_HEADER; /* not here */
        if (i == 7) msg->m.split_count = LIMIT_SPLIT + 1, expected = ERR_TOO_LARGE;
        message_fill(msg, true, true);
        if (i == 8) msg->seals[msg->m.seal_count++] = (struct key_part){32, {steward_parts[32], SEAL}};
        assert_refused(s, expected, send_own(s, s->host));
    }
    world_disconnect(w, s->f); /* away: nobody to do the work */
    struct draft *msg = everybody(s, true);
    message_share(msg, s->f, 1, 2);
    message_fill(msg, true, true);
    assert_refused(s, ERR_STALE_HEADER, send_own(s, s->host));
    msg = everybody(s, true);
    message_fill(msg, true, true);
    assert_int_equal(send_own(s, s->host), OK);
    msg = everybody(s, false); /* a ratchet has no seals to share */
    msg->h.epoch--, msg->h.generation = 1;
    message_share(msg, s->f, 1, 2);
    message_fill(msg, false, false);
    assert_refused(s, ERR_MALFORMED, send_own(s, s->host));
}

/* The relay encodes one text per bucket and per seal, not one per person. */
static void a_rekey_is_told_by_bucket(void **state)
{
    struct scene *s = *state;
    struct draft *msg = everybody(s, true);
    message_fill(msg, true, true);
    assert_int_equal(send_own(s, s->host), OK);
    s->w.told = 0;
    message_fill(begin(s, s->host, true), true, false); /* nobody's seal: every 5 minutes */
    message_stage(&s->msg, 1, host_on_stage);
    assert_int_equal(send_own(s, s->host), OK);
    assert_int_equal(world_outs(&s->w, EVENT_KEYS), 70);
    assert_int_equal(s->w.told, 3);
    s->w.told = 0;
    message_fill(begin(s, s->host, false), false, false);
    message_stage(&s->msg, 1, host_on_stage);
    assert_int_equal(send_own(s, s->host), OK);
    assert_int_equal(world_outs(&s->w, EVENT_KEYS), 70);
    assert_int_equal(s->w.told, 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_hall, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_helper_learns_its_share),   TEST(each_gets_one_seal),
        TEST(seals_that_are_refused),        TEST(a_share_is_a_right_to_its_buckets),
        TEST(seals_outlive_the_next_header), TEST(a_second_split_may_not_strand_anybody),
        TEST(splits_that_are_refused),       TEST(a_share_may_be_the_signers_own),
        TEST(a_rekey_is_told_by_bucket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
