/* Hybrid leaves: the key beside the leaf, who gets it, and that a room never goes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scene.h"

static void make_hybrid(struct scene *s, struct actor *a)
{
    a->suite = 2;
    world_noise(&s->w, a->kem, sizeof(a->kem));
    for (size_t i = 1; i < sizeof(a->kem) - 32; i += 3)
        a->kem[i] &= 0x33, a->kem[i + 1] &= 0x7f; /* below q */
}

/* Host and a with hybrid leaves, no header yet. */
static int begin_hybrid(void **state)
{
    scene_begin(state);
    struct scene *s = *state;
    make_hybrid(s, s->host);
    make_hybrid(s, s->a);
    assert_int_equal(world_join(&s->w, s->host, s->room), OK);
    assert_int_equal(world_join(&s->w, s->a, s->room), OK);
    return 0;
}

static struct draft *first_of(struct scene *s, uint8_t suite)
{
    struct draft *msg = begin(s, s->host, true);
    msg->h.suite = suite;
    seat(msg, 0, s->host);
    seat(msg, 1, s->a);
    message_fill(msg, true, true);
    message_stage(msg, 1, host_on_stage);
    return msg;
}

static void a_hybrid_room(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct draft *msg = first_of(s, 2);
    msg->seals[1].data.len = SEAL; /* a part of the other suite */
    assert_refused(s, ERR_MALFORMED, send_own(s, s->host));
    first_of(s, 2);
    assert_int_equal(send_own(s, s->host), OK);
    assert_int_equal(world_out(w, s->a->sock, EVENT_KEYS, 0)->keys.seal.len, KEM_CIPHERTEXT + SEAL);

    assert_int_equal(world_join(w, s->b, s->room), ERR_SUITE); /* no downgrade */
    assert_int_equal(world_outs(w, REPLY_ERROR), 1);
    make_hybrid(s, s->b);
    assert_int_equal(world_join(w, s->b, s->room), OK);
    msg = begin(s, s->host, false);
    seat(msg, 2, s->b);
    msg->h.suite = 1;
    message_fill(msg, false, false);
    message_stage(msg, 1, host_on_stage);
    assert_refused(s, ERR_SUITE, send_own(s, s->host));
    msg = begin(s, s->host, false);
    seat(msg, 2, s->b);
    message_fill(msg, false, false);
    message_stage(msg, 1, host_on_stage);
    assert_int_equal(send_own(s, s->host), OK);
    assert_int_equal(world_out(w, s->b->sock, EVENT_KEYS, 0)->keys.welcome.len, KEM_CIPHERTEXT + WELCOME);
    msg = begin(s, s->host, true);
    msg->h.suite = 1;
    message_fill(msg, true, true);
    message_stage(msg, 1, host_on_stage);
    assert_refused(s, ERR_SUITE, send_own(s, s->host));
}

/* One leaf of suite 1 in the room, seated or not: not hybrid yet. */
static void all_or_nobody(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_join(w, s->b, s->room), OK); /* suite 1, came while the header was made */
    first_of(s, 2);
    assert_refused(s, ERR_STALE_HEADER, send_own(s, s->host));
    first_of(s, 1);
    assert_int_equal(send_own(s, s->host), OK);
    struct draft *msg = begin(s, s->host, false);
    seat(msg, 2, s->b);
    message_fill(msg, false, false);
    message_stage(msg, 1, host_on_stage);
    assert_int_equal(send_own(s, s->host), OK);
    assert_int_equal(world_simple(w, s->b, COMMAND_ROOM_LEAVE), OK);

    msg = begin(s, s->host, true); /* b's leaf is still in the table */
    msg->h.suite = 2;
    message_fill(msg, true, true);
    message_stage(msg, 1, host_on_stage);
    assert_refused(s, ERR_SUITE, send_own(s, s->host));
    for (int all = 0; all < 2; all++) {
        msg = begin(s, s->host, true);
        seat(msg, 2, NULL);
        msg->h.suite = 2;
        message_fill(msg, true, all);
        if (!all) msg->m.seal_count = 0; /* what was sealed in suite 1 must not live on */
        message_stage(msg, 1, host_on_stage);
        if (all)
            assert_int_equal(send_own(s, s->host), OK);
        else
            assert_refused(s, ERR_MALFORMED, send_own(s, s->host));
    }
}

static void the_key_beside_the_leaf(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    make_hybrid(s, s->b);
    struct leaf l = world_leaf(w, s->b, s->room);
    world_sign_leaf(s->b, &l, s->b->device_seed);
    s->b->kem[700] ^= 1; /* not the one that was signed */
    assert_refused(s, ERR_MALFORMED, world_join_leaf(w, s->b, s->room));
    make_hybrid(s, s->b);
    s->b->kem[3] = 0x01, s->b->kem[4] = 0x0d; /* a coefficient of q: FIPS 203 7.2 */
    assert_refused(s, ERR_MALFORMED, world_join(w, s->b, s->room));
    s->b->kem[3] = 0x00; /* q - 1 */
    assert_int_equal(world_join(w, s->b, s->room), OK);
    s->b->suite = 1;
    struct command c = {.kind = COMMAND_ROOM_JOIN, .sock = s->b->sock, .request = 1};
    l = world_leaf(w, s->b, s->room);
    world_sign_leaf(s->b, &l, s->b->device_seed);
    c.join.room = s->room;
    c.join.leaf = (struct view){s->b->leaf, s->b->leaf_len};
    c.join.kem = VIEW(s->b->kem); /* nothing to go beside */
    assert_refused(s, ERR_MALFORMED, world_apply(w, &c));
}

static enum err ask(struct scene *s, const struct actor *from, const struct id *accounts, size_t n)
{
    struct command c = {.kind = COMMAND_ROOM_KEM, .sock = from->sock, .request = 1};
    c.kem.room = s->room;
    c.kem.accounts = accounts;
    c.kem.count = n;
    return world_apply(&s->w, &c);
}

static void keys_are_for_stewards(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    assert_int_equal(world_join(w, s->b, s->room), OK);
    struct id everybody[] = {s->a->account, s->b->account, s->f->account, s->host->account, {{7}}};
    assert_int_equal(ask(s, s->host, everybody, 5), OK);
    const struct out *o = world_out(w, s->host->sock, REPLY_KEMS, 0);
    assert_int_equal(o->kems.count, 2); /* b has none, the founder is not here, and one is nobody */
    assert_true(id_eq(o->kems.list[0].account, s->a->account) &&
                id_eq(o->kems.list[1].account, s->host->account));
    assert_true(view_eq(o->kems.list[0].kem, VIEW(s->a->kem)));
    assert_refused(s, ERR_FORBIDDEN, ask(s, s->a, everybody, 5));
    assert_refused(s, ERR_NOT_IN_ROOM, ask(s, s->f, everybody, 5));
    assert_refused(s, ERR_TOO_LARGE, ask(s, s->host, everybody, LIMIT_CHAIN_ACCOUNTS + 1));
    assert_int_equal(world_join(w, s->f, s->room), OK); /* moderates, so may be needed */
    assert_int_equal(ask(s, s->f, everybody, 1), OK);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_hybrid, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_hybrid_room),
        TEST(all_or_nobody),
        TEST(the_key_beside_the_leaf),
        TEST(keys_are_for_stewards),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
