/* Who hears what: rooms, slots and reports, on the simulated network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "net.h"
#include "wire/rtcp.h"
#include "wire/rtp.h"

enum { LOUD = 20, SILENT = 127 };

static void three_hear_each_other_but_not_themselves(void **state)
{
    struct net *n = *state;
    struct client *c[3], *elsewhere = net_join(n, net_room(2), true);
    for (int i = 0; i < 3; i++) c[i] = net_join(n, net_room(1), true);
    for (int round = 0; round < 100; round++) {
        for (int i = 0; i < 3; i++) client_say(c[i], (const char *[]){"zero", "one.", "two."}[i], LOUD);
        net_pass(n, 20);
    }
    for (int i = 0; i < 3; i++) {
        assert_int_equal(c[i]->heard_count, 200);
        assert_int_equal(c[i]->deaf_count, 0);
        uint32_t slot_of[3] = {0};
        for (size_t k = 0; k < 200; k++) {
            const struct heard *h = client_heard(c[i], k);
            int who = h->payload[0] == 'z' ? 0 : h->payload[0] == 'o' ? 1 : 2;
            assert_int_not_equal(who, i);
            if (!slot_of[who]) slot_of[who] = h->ssrc;
            assert_int_equal(h->ssrc, slot_of[who]); /* nobody wanders between slots */
            assert_in_range(h->ssrc, c[i]->is.slot_ssrc[0], c[i]->is.slot_ssrc[3]);
        }
    }
    assert_int_equal(elsewhere->heard_count + elsewhere->deaf_count, 0);
}

static void the_listener_gets_its_own_numbers(void **state)
{
    struct net *n = *state;
    struct client *a = net_join(n, net_room(1), true), *b = net_client(n, net_room(1));
    b->is.payload_type = 96;
    net_add(n, b);
    client_check(b, true);
    net_settle(n);
    client_hello(b);
    net_settle(n);
    client_say_as(a, &(struct say){.payload = "padded", .padding = true, .csrc = true});
    client_say_as(a, &(struct say){.payload = "marked", .marker = true});
    client_say_as(a, &(struct say){.payload = ""});
    net_settle(n); /* the client checks that there are no CSRCs, extensions or padding */
    assert_int_equal(b->heard_count, 3);
    const struct heard *first = client_heard(b, 2), *second = client_heard(b, 1), *empty = client_heard(b, 0);
    assert_int_equal(first->payload_type, 96);
    assert_int_equal(first->ssrc, b->is.slot_ssrc[0]);
    assert_int_equal(first->len, 6);
    assert_memory_equal(first->payload, "padded", 6);
    assert_true(first->marker);
    assert_true(first->seq < 0x8000);
    assert_true(second->marker);
    assert_int_equal(second->seq, first->seq + 1);
    assert_int_equal(second->timestamp, first->timestamp + 960);
    assert_int_equal(empty->len, 0);
    assert_false(empty->marker);
}

/* Five talk in turns of a second, four are audible at once: every slot stays one stream. */
static void five_speakers_share_four_slots(void **state)
{
    struct net *n = *state;
    struct client *c[5], *ear = net_join(n, net_room(1), false);
    n->checking = true;
    for (int i = 0; i < 5; i++) c[i] = net_join(n, net_room(1), true);
    struct {
        uint16_t seq;
        uint32_t timestamp;
        uint8_t who;
        bool used;
    } last[LIMIT_SLOTS] = {0};
    unsigned switches = 0, heard_of[5] = {0};
    for (int round = 0; round < 1500; round++) {
        size_t before = ear->heard_count;
        for (int i = 0; i < 5; i++)
            client_say(c[i], (const char *[]){"0", "1", "2", "3", "4"}[i],
                       round / 50 % 5 == i ? LOUD : SILENT);
        net_pass(n, 20);
        for (size_t k = ear->heard_count - before; k-- > 0;) {
            const struct heard *h = client_heard(ear, k);
            uint32_t slot = h->ssrc - ear->is.slot_ssrc[0];
            assert_true(slot < LIMIT_SLOTS);
            bool other = last[slot].used && last[slot].who != h->payload[0];
            if (last[slot].used) assert_int_equal(h->seq, (uint16_t)(last[slot].seq + 1));
            if (last[slot].used) assert_int_equal((h->timestamp - last[slot].timestamp) % 960, 0);
            if (last[slot].used) assert_in_range(h->timestamp - last[slot].timestamp, 960, 2 * 960);
            if (other) assert_true(h->marker);
            switches += other;
            if (round / 50 % 5 == h->payload[0] - '0') heard_of[h->payload[0] - '0']++;
            last[slot].seq = h->seq;
            last[slot].timestamp = h->timestamp;
            last[slot].who = h->payload[0];
            last[slot].used = true;
        }
    }
    assert_int_equal(ear->deaf_count, 0);
    assert_in_range(switches, 5, 30); /* at most one per turn */
    for (int i = 0; i < 5; i++)
        assert_true(heard_of[i] >= 6 * 42); /* of 6 turns of 50; the onset may be missed */
}

/* Its own slot reaches a speaker again after more packets than a rollover counter can be guessed over. */
static void who_spoke_for_long_hears_again(void **state)
{
    struct net *n = *state;
    struct client *a = net_join(n, net_room(1), true), *b = net_join(n, net_room(1), true),
                  *ear = net_join(n, net_room(1), false), *late;
    n->checking = true;
    client_say(b, "first", LOUD); /* slot 0 */
    net_settle(n);
    assert_int_equal(a->heard_count, 1);
    uint16_t seq = client_heard(a, 0)->seq;
    net_speak(n, b, false);
    for (int i = 0; i < 70000; i++) { /* in slot 0 */
        client_say(a, "on and on", LOUD);
        net_pass(n, 20);
    }
    assert_int_equal(ear->heard_count, 70001);
    assert_int_equal(ear->deaf_count, 0);
    late = net_join(n, net_room(1), false);
    client_say(a, "still", LOUD);
    net_settle(n);
    assert_int_equal(late->heard_count, 1);
    assert_true(client_heard(late, 0)->seq < 0x8000);

    net_speak(n, a, false);
    net_speak(n, b, true);
    for (int i = 0; i < 10; i++) {
        client_say(b, "my turn", LOUD);
        net_pass(n, 20);
    }
    assert_int_equal(a->heard_count, 11);
    assert_int_equal(a->deaf_count, 0);
    assert_int_equal(client_heard(a, 9)->ssrc, a->is.slot_ssrc[0]);
    assert_int_equal(client_heard(a, 9)->seq, (uint16_t)(seq + 1));
    assert_int_equal(client_heard(a, 0)->seq, (uint16_t)(seq + 10));
    assert_int_equal(late->heard_count, 11);
    assert_int_equal(ear->heard_count, 70001 + 1 + 10);
    assert_int_equal(late->deaf_count + ear->deaf_count, 0);
}

static void keep_back(struct client *c, struct view datagram)
{
    (void)c, (void)datagram;
}

static bool lose_a_tenth(struct net *n, const struct client *to, struct view d)
{
    (void)to;
    return packet_kind(d) == PACKET_RTP && net_random(n) % 10 == 0;
}

/* A tenth lost on both ways, some reordered on the way in; across a rollover and many switches. */
static void loss_and_reordering(void **state)
{
    struct net *n = *state;
    struct client *a = net_join(n, net_room(1), true), *b = net_join(n, net_room(1), true);
    n->checking = true;
    n->lose = lose_a_tenth;
    uint8_t held[LIMIT_DATAGRAM_BYTES];
    size_t held_len = 0, sent = 0;
    for (int i = 0; i < 40000; i++) {
        char text[16];
        snprintf(text, sizeof(text), "%d", i);
        uint32_t r = net_random(n) % 100;
        void (*send)(struct client *, struct view) = a->send;
        if (r < 10) {
            client_skip(a);
        } else if (r < 20 && !held_len) { /* after its successor */
            a->send = keep_back;
            client_say(a, text, LOUD);
            a->send = send;
            sent++;
            memcpy(held, a->last, a->last_len);
            held_len = a->last_len;
        } else {
            client_say(a, text, LOUD);
            sent++;
            if (held_len) a->send(a, (struct view){held, held_len});
            held_len = 0;
        }
        if (i % 500 == 499) { /* gives up its slot and takes it again */
            net_speak(n, a, false);
            net_speak(n, a, true);
        }
        net_pass(n, 20);
    }
    assert_int_equal(b->deaf_count, 0);
    assert_in_range(b->heard_count, sent * 88 / 100, sent * 92 / 100);
}

static void a_late_packet_of_the_speaker_before(void **state)
{
    struct net *n = *state;
    struct client *a = net_join(n, net_room(1), true), *b = net_join(n, net_room(1), false);
    client_say(a, "1", LOUD);
    net_settle(n);
    uint64_t index = a->index;
    client_skip(a);
    client_say(a, "3", LOUD);
    net_settle(n);
    net_speak(n, a, false);
    net_speak(n, a, true);
    client_say(a, "4", LOUD); /* a new tenure */
    net_settle(n);
    uint64_t now = a->index;
    a->index = index;
    client_say(a, "2", LOUD);
    a->index = now;
    net_settle(n);
    assert_int_equal(b->heard_count, 3);
    assert_memory_equal(client_heard(b, 0)->payload, "4", 1);
    assert_int_equal(client_heard(b, 0)->seq, client_heard(b, 1)->seq + 1);
}

static void speakers_come_and_go(void **state)
{
    struct net *n = *state;
    struct client *ear = net_join(n, net_room(1), false);
    for (int i = 0; i < 8; i++) {
        struct client *c = net_join(n, net_room(1), true);
        for (int k = 0; k < 30; k++) {
            client_say(c, "x", LOUD);
            net_pass(n, 20);
        }
        net_drop(n, c);
    }
    assert_int_equal(ear->heard_count, 8 * 30);
    for (size_t k = 0; k + 1 < 8 * 30; k++) {
        assert_int_equal(client_heard(ear, k)->ssrc, ear->is.slot_ssrc[0]);
        assert_int_equal(client_heard(ear, k)->seq, (uint16_t)(client_heard(ear, k + 1)->seq + 1));
        assert_int_equal(client_heard(ear, k)->timestamp, client_heard(ear, k + 1)->timestamp + 960);
    }
    net_drop(n, ear);
    assert_int_equal(pool_used(&n->w.rooms), 0);
    assert_int_equal(n->w.by_room.count + n->w.by_ufrag.count + n->w.by_address.count, 0);
}

static void no_level_counts_as_a_voice(void **state)
{
    struct net *n = *state;
    struct client *c[5], *ear = net_join(n, net_room(1), false);
    for (int i = 0; i < 4; i++) c[i] = net_join(n, net_room(1), true);
    c[4] = net_client(n, net_room(1));
    c[4]->is.level_ext = 0;
    net_add(n, c[4]);
    net_speak(n, c[4], true);
    client_check(c[4], true);
    net_settle(n);
    client_hello(c[4]);
    net_settle(n);
    for (int round = 0; round < 100; round++) {
        for (int i = 0; i < 5; i++) client_say(c[i], i == 4 ? "4" : "-", SILENT);
        net_pass(n, 20);
    }
    size_t heard = 0;
    for (size_t k = 0; k < ear->heard_count; k++) heard += client_heard(ear, k)->payload[0] == '4';
    assert_true(heard >= 60);
}

/* ---- reports ---- */

struct reports {
    unsigned senders, blocks;
    struct rtcp_sender sender;
    struct rtcp_report block;
};

static struct reports read_reports(const struct client *c)
{
    struct reports r = {0};
    struct rtcp_walk walk;
    assert_int_equal(rtcp_walk_init(&walk, (struct view){c->rtcp, c->rtcp_len}), OK);
    for (struct rtcp_event e; rtcp_walk_next(&walk, &e);) {
        if (e.kind == RTCP_SR) r.senders++, r.sender = e.sender;
        if (e.kind == RTCP_RR) r.blocks++, r.block = e.report;
    }
    assert_int_equal(walk.err, OK);
    return r;
}

static void reports_once_a_second(void **state)
{
    struct net *n = *state;
    struct client *a = net_join(n, net_room(1), true), *b = net_join(n, net_room(1), false);
    n->checking = true;
    net_pass(n, 2000);
    assert_int_equal(a->rtcp_count + b->rtcp_count, 0); /* nothing to tell */
    uint64_t first = a->index;
    client_report(a, 0x0000111122223333);
    for (int i = 0; i < 500; i++) {
        if (i % 10 == 5)
            client_skip(a);
        else
            client_say(a, "x", LOUD);
        net_pass(n, 20);
    }
    assert_in_range(a->rtcp_count, 9, 11);
    assert_in_range(b->rtcp_count, 9, 11);

    struct reports r = read_reports(a);
    assert_int_equal(r.senders, 0);
    assert_int_equal(r.blocks, 1);
    assert_int_equal(r.block.ssrc, a->is.ssrc[0]);
    assert_in_range(r.block.fraction_lost, 24, 27); /* a tenth of 256 */
    assert_in_range(r.block.lost, 44, 50);
    assert_in_range(r.block.highest_seq, first + 440, first + 500);
    assert_true(r.block.jitter < 48);
    assert_int_equal(r.block.last_sr, 0x11112222);
    assert_in_range(r.block.delay_since_sr, 9 * 65536 - 6553, 10 * 65536);

    r = read_reports(b);
    assert_int_equal(r.senders, 1);
    assert_int_equal(r.blocks, 0);
    assert_int_equal(r.sender.ssrc, b->is.slot_ssrc[0]);
    assert_in_range(r.sender.packets, 400, b->heard_count);
    assert_int_equal(r.sender.octets, r.sender.packets);
    const struct heard *h = client_heard(b, 0);
    int32_t ahead = (int32_t)(r.sender.rtp_timestamp - h->timestamp);
    assert_true(abs(ahead) <= 48000); /* the report is at most a second old */

    size_t before = a->rtcp_count;
    net_pass(n, 5000);
    assert_in_range(a->rtcp_count, before, before + 1); /* it says nothing more */
}

#ifdef APARTE_TEST_HOOKS
static void the_tap_has_what_was_accepted(void **state)
{
    struct net *n = *state;
    char path[] = "/tmp/aparte-tap-XXXXXX";
    close(mkstemp(path));
    n->w.tap = fopen(path, "ab");
    assert_non_null(n->w.tap);
    struct client *a = net_join(n, net_room(1), true);
    client_say(a, "sealed", LOUD);
    net_settle(n);
    net_speak(n, a, false);
    client_say(a, "muted", LOUD);
    net_settle(n);
    uint8_t got[64];
    FILE *f = fopen(path, "rb");
    size_t len = fread(got, 1, sizeof(got), f);
    fclose(f);
    remove(path);
    struct reader r = reader_init((struct view){got, len});
    assert_int_equal(read_u32(&r), 6);
    assert_int_equal(read_u32(&r), a->is.ssrc[0]);
    assert_memory_equal(read_view(&r, 6).ptr, "sealed", 6);
    assert_int_equal(reader_end(&r), OK);
}
#endif

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, net_setup, net_teardown)
    const struct CMUnitTest tests[] = {
        T(three_hear_each_other_but_not_themselves),
        T(the_listener_gets_its_own_numbers),
        T(five_speakers_share_four_slots),
        T(who_spoke_for_long_hears_again),
        T(loss_and_reordering),
        T(a_late_packet_of_the_speaker_before),
        T(speakers_come_and_go),
        T(no_level_counts_as_a_voice),
        T(reports_once_a_second),
#ifdef APARTE_TEST_HOOKS
        T(the_tap_has_what_was_accepted),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
