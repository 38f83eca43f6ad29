/* What was lost is sent again: RFC 4585 over the history of a slot, on the simulated network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "net.h"
#include "wire/rtp.h"

enum { LOUD = 20 };

static struct {
    uint8_t bytes[8][LIMIT_DATAGRAM_BYTES];
    size_t len[8], count;
} kept;

static bool keep_and_lose(struct net *n, const struct client *to, struct view d)
{
    (void)to;
    if (packet_kind(d) != PACKET_RTP || to != n->clients[1]) return false;
    memcpy(kept.bytes[kept.count % 8], d.ptr, d.len);
    kept.len[kept.count++ % 8] = d.len;
    return true;
}

static uint16_t seq_of(const uint8_t *packet)
{
    return get_u16(packet + 2);
}

/* An SRTP index may be used again only for the very same packet: so it is, to the byte. */
static void the_same_bytes(void **state)
{
    struct net *n = *state;
    struct client *a = net_join(n, net_room(1), true), *b = net_join(n, net_room(1), false);
    kept.count = 0;
    n->lose = keep_and_lose;
    client_say(a, "zero", LOUD); /* the first of a tenure carries the marker */
    client_say_as(a, &(struct say){.payload = "one", .marker = true, .level = LOUD});
    client_say(a, "two", LOUD);
    net_settle(n);
    assert_int_equal(kept.count, 3);
    n->lose = NULL;
    uint16_t first = seq_of(kept.bytes[0]);
    client_nack(b, b->is.slot_ssrc[0], first, 3);
    n->lose = keep_and_lose;
    net_settle(n);
    assert_int_equal(kept.count, 6);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(kept.len[i], kept.len[i + 3]);
        assert_memory_equal(kept.bytes[i], kept.bytes[i + 3], kept.len[i]);
    }
    n->lose = NULL;
    client_nack(b, b->is.slot_ssrc[0], first, 3);
    net_settle(n);
    assert_int_equal(b->heard_count, 3);
    assert_memory_equal(client_heard(b, 2)->payload, "zero", 4);
    assert_int_equal(n->w.stats.sent_again, 6);
    client_nack(b, b->is.slot_ssrc[0], first, 0); /* twice: the receiver's replay window takes one */
    net_settle(n);
    assert_int_equal(b->heard_count, 3);
    assert_int_equal(b->deaf_count, 1);
}

static void nothing_that_one_was_not_sent(void **state)
{
    struct net *n = *state;
    struct client *a = net_join(n, net_room(1), true), *b = net_join(n, net_room(1), true);
    for (int i = 0; i < 5; i++) client_say(a, "before", LOUD);
    net_settle(n);
    struct client *late = net_join(n, net_room(1), false), *outside = net_join(n, net_room(2), false);
    client_say(a, "now", LOUD);
    net_settle(n);
    assert_int_equal(late->heard_count, 1);
    uint16_t seq = client_heard(late, 0)->seq;
    client_nack(late, late->is.slot_ssrc[0], (uint16_t)(seq - 5), 15);     /* from before it came */
    client_nack(late, late->is.slot_ssrc[0], (uint16_t)(seq + 1), 0xffff); /* yet to come */
    client_nack(late, late->is.slot_ssrc[1], seq, 0);                      /* an empty slot */
    client_nack(late, b->is.slot_ssrc[0], client_heard(b, 0)->seq, 0);     /* another's */
    client_nack(outside, outside->is.slot_ssrc[0], 0, 0xffff);
    for (uint32_t i = 0; i < 65536 / 17; i++) { /* one's own words */
        client_nack(a, a->is.slot_ssrc[0], (uint16_t)(i * 17), 0xffff);
        if (i % 100 == 99) net_pass(n, 1000);
        if (i % 400 == 399) client_check(a, true), client_check(b, true), client_check(late, true);
    }
    net_settle(n);
    assert_int_equal(n->w.stats.sent_again, 0);
    assert_int_equal(a->heard_count, 0);
}

static void the_history_and_the_ration_end(void **state)
{
    struct net *n = *state;
    struct client *a = net_join(n, net_room(1), true), *b = net_join(n, net_room(1), false);
    n->now += 1000;
    for (int i = 0; i < 100; i++) client_say(a, "0123456789012345678901234567890123456789", LOUD);
    net_settle(n);
    uint16_t last = client_heard(b, 0)->seq;
    client_nack(b, b->is.slot_ssrc[0], (uint16_t)(last - LIMIT_HISTORY_PACKETS), 0);
    net_settle(n);
    assert_int_equal(n->w.stats.sent_again, 0);
    client_nack(b, b->is.slot_ssrc[0], (uint16_t)(last - LIMIT_HISTORY_PACKETS + 1), 0);
    net_settle(n);
    assert_int_equal(n->w.stats.sent_again, 1);
    n->now += 1000;
    for (int i = 0; i < 10; i++) client_nack(b, b->is.slot_ssrc[0], (uint16_t)(last - 9), 0x1ff);
    net_settle(n);
    assert_int_equal(n->w.stats.sent_again, 1 + LIMIT_NACKS_PER_S);
    assert_true(n->w.stats.dropped_policed > 0);
}

/* Of ten that were lost, those that fit. */
static void large_packets_leave_room_for_few(struct net *n, size_t size, size_t fit)
{
    struct client *a = net_join(n, net_room((uint8_t)size), true), *b = net_join(n, net_room((uint8_t)size), false);
    size_t before = n->w.stats.sent_again;
    n->now += 1000;
    for (int i = 0; i < 10; i++) client_say_as(a, &(struct say){.payload = "x", .len = size, .level = LOUD});
    net_settle(n);
    client_nack(b, b->is.slot_ssrc[0], (uint16_t)(client_heard(b, 0)->seq - 9), 0x1ff);
    net_settle(n);
    assert_int_equal(n->w.stats.sent_again - before, fit);
    assert_int_equal(client_heard(b, 0)->len, size);
}

static void the_history_holds_so_many_bytes(void **state)
{
    large_packets_leave_room_for_few(*state, LIMIT_HISTORY_BYTES / 4, 4);
    large_packets_leave_room_for_few(*state, LIMIT_HISTORY_BYTES / 4 + 1, 3); /* each is in one piece */
}

static bool lose_a_third(struct net *n, const struct client *to, struct view d)
{
    (void)to;
    return packet_kind(d) == PACKET_RTP && net_random(n) % 3 == 0;
}

/* A third is lost; the listener asks for every gap it sees, once per 20 ms, as browsers do. */
static void most_of_a_bad_network_is_mended(void **state)
{
    struct net *n = *state;
    struct client *a = net_join(n, net_room(1), true), *b = net_join(n, net_room(1), false);
    static bool got[70000];
    n->checking = true;
    client_say(a, "x", LOUD);
    net_settle(n);
    uint16_t start = client_heard(b, 0)->seq;
    size_t seen = 0, asked = 0;
    n->lose = lose_a_third;
    enum { COUNT = 3000 };
    for (uint16_t i = 1; i <= COUNT; i++) {
        client_say(a, "x", LOUD);
        net_pass(n, 20);
        for (; seen < b->heard_count; seen++)
            got[(uint16_t)(client_heard(b, b->heard_count - 1 - seen)->seq - start)] = true;
        for (uint16_t k = i > 5 ? i - 5 : 1; k < i; k++)
            if (!got[k]) client_nack(b, b->is.slot_ssrc[0], (uint16_t)(start + k), 0), asked++;
    }
    size_t missing = 0;
    for (uint16_t k = 1; k < COUNT - 5; k++) missing += !got[k];
    assert_int_equal(b->deaf_count, 0);
    assert_true(asked > COUNT / 4);
    assert_true(missing < COUNT / 50);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, net_setup, net_teardown)
    const struct CMUnitTest tests[] = {T(the_same_bytes), T(nothing_that_one_was_not_sent),
                                       T(the_history_and_the_ration_end), T(the_history_holds_so_many_bytes),
                                       T(most_of_a_bad_network_is_mended)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
