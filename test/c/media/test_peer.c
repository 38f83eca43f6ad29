/* Who gets in, who does not, and who goes: ICE, DTLS and SRTP of one peer, on the simulated network. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "crypt/sign.h"
#include "media/prefix.h"
#include "net.h"
#include "wire/rtcp.h"
#include "wire/stun.h"

static void move(struct client *c, uint16_t port)
{
    ((struct sockaddr_in *)&c->address)->sin_port = htons(port);
}

static struct media_event last_event(const struct net *n)
{
    assert_true(n->event_count > 0);
    return n->events[n->event_count - 1];
}

static bool lose_everything(struct net *n, const struct client *to, struct view d)
{
    (void)n, (void)to, (void)d;
    return true;
}

static void joins_and_is_heard(void **state)
{
    struct net *n = *state;
    struct client *a = net_join(n, net_room(1), true), *b = net_join(n, net_room(1), false);
    client_say(a, "hello", 20);
    net_settle(n);
    assert_int_equal(b->heard_count, 1);
    assert_memory_equal(client_heard(b, 0)->payload, "hello", 5);
    assert_int_equal(client_heard(b, 0)->len, 5);
    assert_int_equal(a->heard_count, 0);
    assert_int_equal(n->w.stats.peers, 2);
    assert_int_equal(n->w.stats.dtls_up, 2);
    assert_int_equal(n->w.stats.forwarded, 1);
}

static void checks_without_the_secret_are_refused(void **state)
{
    struct net *n = *state;
    struct client *c = net_client(n, net_room(1));
    net_add(n, c);
    const char *pairs[][2] = {{"ours0:th0", "wrong"},
                              {"ours0:th1", c->is.ice.pwd},
                              {"ours0:", c->is.ice.pwd},
                              {"ours0", c->is.ice.pwd},
                              {"ours0:th0:", c->is.ice.pwd},
                              {"ours:th0", c->is.ice.pwd},
                              {":th0", c->is.ice.pwd},
                              {"ours1:th0", c->is.ice.pwd},
                              {"an-ufrag-that-is-longer-than-any-may-be:th0", c->is.ice.pwd}};
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        client_check_as(c, pairs[i][0], pairs[i][1]);
        net_settle(n);
        assert_int_equal(n->w.stats.stun_refused, i + 1);
    }
    assert_int_equal(c->datagrams, 0); /* not even an error */
    client_hello(c);
    net_settle(n);
    assert_int_equal(c->datagrams, 0);
    assert_int_equal(n->w.stats.dropped_unknown, 1);
    client_check_as(c, "ours0:th0", c->is.ice.pwd);
    net_settle(n);
    assert_int_equal(c->answers, 1);
}

static void a_check_without_integrity_or_of_another_kind(void **state)
{
    struct net *n = *state;
    struct client *c = net_client(n, net_room(1));
    net_add(n, c);
    uint8_t bare[] = {0, 1, 0, 16, 0x21, 0x12, 0xa4, 0x42, 0,   0,   0,   0,   0,   0,   0,   0, 0, 0,
                      0, 0, 0, 6,  0,    9,    'o',  'u',  'r', 's', '0', ':', 't', 'h', '0', 0, 0, 0};
    c->send(c, VIEW(bare));
    net_settle(n);
    assert_int_equal(n->w.stats.stun_refused, 1);
    bare[1] = 0x11; /* an indication */
    c->send(c, VIEW(bare));
    net_settle(n);
    assert_int_equal(n->w.stats.dropped_unknown, 1);
    assert_int_equal(c->datagrams, 0);
}

static void checks_are_rationed(void **state)
{
    struct net *n = *state;
    struct client *c = net_join(n, net_room(1), false);
    n->now += 2000;
    for (int i = 0; i < LIMIT_STUN_PER_S + 10; i++) client_check(c, true);
    net_settle(n);
    assert_int_equal(c->answers, 1 + LIMIT_STUN_PER_S);
    assert_int_equal(n->w.stats.stun_refused, 10);
    n->now += 1000;
    client_check(c, true);
    net_settle(n);
    assert_int_equal(c->answers, 2 + LIMIT_STUN_PER_S);
}

static void media_before_dtls_is_dropped(void **state)
{
    struct net *n = *state;
    struct client *b = net_join(n, net_room(1), false), *a = net_client(n, net_room(1));
    uint8_t key[16] = {0}, salt[14] = {0};
    net_add(n, a);
    net_speak(n, a, true);
    assert_int_equal(srtp_new(&a->out, SRTP_AEAD_AES_128_GCM, key, salt), OK);
    client_say(a, "early", 20);
    net_settle(n);
    assert_int_equal(n->w.stats.dropped_unknown, 1);
    client_check(a, true);
    client_say(a, "early", 20);
    client_report(a, 1);
    net_settle(n);
    assert_int_equal(n->w.stats.dropped_auth, 2);
    assert_int_equal(b->heard_count, 0);
    srtp_free(a->out);
    a->out = NULL;
    client_hello(a);
    net_settle(n);
    client_say(a, "now", 20);
    net_settle(n);
    assert_int_equal(b->heard_count, 1);
}

/* Everything that a page could copy is known to the thief; the key of the certificate cannot be copied. */
static void copied_credentials_open_nothing(void **state)
{
    struct net *n = *state;
    struct client *a = net_join(n, net_room(1), true), *honest = net_client(n, net_room(1)),
                  *thief = net_client(n, net_room(1));
    net_add(n, honest);
    strcpy(thief->is.ice.ufrag, honest->is.ice.ufrag);
    strcpy(thief->is.ice.pwd, honest->is.ice.pwd);
    strcpy(thief->is.ice.remote_ufrag, honest->is.ice.remote_ufrag);
    client_check(thief, true);
    net_settle(n);
    client_hello(thief);
    net_settle(n);
    assert_int_equal(n->w.stats.dtls_wrong_fingerprint, 1);
    assert_true(net_event(n, MEDIA_PEER_DOWN, honest));
    assert_int_equal(last_event(n).why, MEDIA_DOWN_FINGERPRINT);
    size_t before = thief->datagrams;
    client_say(a, "secret", 20);
    client_check(thief, true);
    net_pass(n, 3000);
    assert_int_equal(thief->datagrams, before);
    assert_int_equal(thief->heard_count, 0);
    assert_int_equal(n->w.stats.forwarded, 0);
}

static void copied_credentials_of_one_who_is_in(void **state)
{
    struct net *n = *state;
    struct client *a = net_join(n, net_room(1), true), *honest = net_join(n, net_room(1), false),
                  *thief = net_client(n, net_room(1));
    strcpy(thief->is.ice.ufrag, honest->is.ice.ufrag);
    strcpy(thief->is.ice.pwd, honest->is.ice.pwd);
    strcpy(thief->is.ice.remote_ufrag, honest->is.ice.remote_ufrag);
    client_check(thief, true);
    net_settle(n);
    client_hello(thief);
    client_say(a, "secret", 20);
    net_settle(n);
    assert_false(thief->up);
    assert_int_equal(thief->heard_count, 0); /* what reaches it is sealed for another */
    assert_false(net_event(n, MEDIA_PEER_DOWN, honest));
    client_check(honest, true);
    net_settle(n);
    client_say(a, "secret", 20);
    net_settle(n);
    assert_int_equal(honest->heard_count, 1);
    assert_memory_equal(client_heard(honest, 0)->payload, "secret", 6);
}

static void dtls_from_another_address_is_ignored(void **state)
{
    struct net *n = *state;
    struct client *c = net_client(n, net_room(1));
    net_add(n, c);
    client_check(c, true);
    net_settle(n);
    move(c, 999);
    client_hello(c);
    net_settle(n);
    assert_int_equal(n->w.stats.dropped_unknown, 1);
    assert_int_equal(c->datagrams, 1);
}

static void a_muted_peer_is_silent(void **state)
{
    struct net *n = *state;
    struct client *a = net_join(n, net_room(1), false), *b = net_join(n, net_room(1), false);
    client_say(a, "psst", 0);
    net_settle(n);
    assert_int_equal(b->heard_count, 0);
    assert_int_equal(n->w.stats.dropped_muted, 1);
    net_speak(n, a, true);
    client_say(a, "hello", 0);
    net_settle(n);
    assert_int_equal(b->heard_count, 1);
    net_speak(n, a, false);
    client_say(a, "more", 0);
    net_settle(n);
    assert_int_equal(b->heard_count, 1);
    assert_int_equal(n->w.stats.dropped_muted, 2);
}

/* Its browser goes on sending silence for twenty minutes; the rollover counter must not be lost over that. */
static void speaks_again_after_a_long_mute(void **state)
{
    struct net *n = *state;
    struct client *a = net_join(n, net_room(1), false), *b = net_join(n, net_room(1), false);
    n->checking = true;
    for (int i = 0; i < 70000; i++) {
        client_say(a, "-", 127);
        if (i % 5 == 4) net_pass(n, 100);
    }
    net_speak(n, a, true);
    client_say(a, "back", 20);
    net_settle(n);
    assert_int_equal(b->heard_count, 1);
    assert_int_equal(n->w.stats.dropped_muted, 70000);
}

static void replays_are_dropped(void **state)
{
    struct net *n = *state;
    struct client *a = net_join(n, net_room(1), true), *b = net_join(n, net_room(1), false);
    client_say(a, "once", 20);
    struct view again = {a->last, a->last_len};
    a->send(a, again);
    net_settle(n);
    for (int i = 0; i < 100; i++) {
        a->send(a, again);
        net_settle(n);
    }
    assert_int_equal(b->heard_count, 1);
    assert_int_equal(n->w.stats.dropped_replay, 101);
}

static void what_was_not_announced_is_dropped(void **state)
{
    struct net *n = *state;
    struct client *a = net_join(n, net_room(1), true), *b = net_join(n, net_room(1), false);
    client_say_as(a, &(struct say){.payload = "x", .ssrc = 0x7777});
    client_say_as(a, &(struct say){.payload = "x", .payload_type = 96});
    client_say_as(a, &(struct say){.payload = "x", .len = LIMIT_RTP_PAYLOAD_BYTES + 1});
    client_say_as(a, &(struct say){.payload = "x", .ssrc = a->is.ssrc[1]});
    a->send(a, (struct view){a->last, a->last_len - 1});
    net_settle(n);
    assert_int_equal(b->heard_count, 0);
    assert_int_equal(n->w.stats.dropped_unknown, 1);
    assert_int_equal(n->w.stats.dropped_policed, 2);
    assert_int_equal(n->w.stats.dropped_variant, 1);
    client_say_as(a, &(struct say){.payload = "x", .len = LIMIT_RTP_PAYLOAD_BYTES});
    net_settle(n);
    assert_int_equal(b->heard_count, 1);
    assert_int_equal(client_heard(b, 0)->len, LIMIT_RTP_PAYLOAD_BYTES);
}

static struct client *constant(struct net *n)
{
    struct client *c = net_client(n, net_room(1));
    c->is.constant = true;
    c->is.level_ext = 0;
    net_add(n, c);
    net_speak(n, c, true);
    client_check(c, true);
    net_settle(n);
    client_hello(c);
    net_settle(n);
    return c;
}

static void a_constant_room_takes_nothing_that_says_who_talks(void **state)
{
    struct net *n = *state;
    struct client *a = constant(n), *b = constant(n);
    client_say_as(a, &(struct say){.payload = "level", .extension = true});
    client_say_as(a, &(struct say){.payload = "source", .csrc = true});
    net_settle(n);
    assert_int_equal(b->heard_count, 0);
    assert_int_equal(n->w.stats.dropped_policed, 2);
    client_say_as(a, &(struct say){.payload = "x"});
    net_settle(n);
    assert_int_equal(b->heard_count, 1);
}

/* Loud or not, nobody loses a slot; one that is given up is the next one's at once. */
static void in_a_constant_room_every_open_microphone_is_heard(void **state)
{
    struct net *n = *state;
    struct client *c[LIMIT_SLOTS + 1], *ear = constant(n);
    for (int i = 0; i <= LIMIT_SLOTS; i++) c[i] = constant(n);
    net_speak(n, c[LIMIT_SLOTS], false);
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i <= LIMIT_SLOTS; i++) client_say_as(c[i], &(struct say){.payload = "x"});
        net_pass(n, 20);
    }
    assert_int_equal(ear->heard_count, 50 * LIMIT_SLOTS);
    net_speak(n, c[0], false);
    net_speak(n, c[LIMIT_SLOTS], true);
    for (int i = 0; i <= LIMIT_SLOTS; i++) client_say_as(c[i], &(struct say){.payload = "x"});
    net_pass(n, 20);
    assert_int_equal(ear->heard_count, 51 * LIMIT_SLOTS);
}

static void a_flood_is_policed(void **state)
{
    struct net *n = *state;
    struct client *a = net_join(n, net_room(1), true), *b = net_join(n, net_room(1), false);
    n->now += 5000;
    for (int i = 0; i < 2 * LIMIT_RTP_PER_S; i++) {
        client_say(a, "x", 20);
        if (i % 50 == 49) net_settle(n);
    }
    assert_int_equal(b->heard_count, LIMIT_RTP_PER_S);
    assert_int_equal(n->w.stats.dropped_policed, LIMIT_RTP_PER_S);
    n->now += 1000;
    client_say(a, "x", 20);
    net_settle(n);
    assert_int_equal(b->heard_count, LIMIT_RTP_PER_S + 1);
}

static void so_is_a_flood_of_bytes(void **state)
{
    struct net *n = *state;
    struct client *a = net_join(n, net_room(1), true), *b = net_join(n, net_room(1), false);
    n->now += 5000;
    for (int i = 0; i < 100; i++) client_say_as(a, &(struct say){.payload = "x", .len = 1000});
    net_settle(n);
    assert_in_range(b->heard_count, LIMIT_RTP_BYTES_PER_S / 1050, LIMIT_RTP_BYTES_PER_S / 1000);
    assert_int_equal(n->w.stats.dropped_policed, 100 - b->heard_count);
}

/* Who guesses is not heard for the rest of the second, and neither are strangers near it; who is in, is. */
static void guessing_is_rationed(void **state)
{
    struct net *n = *state;
    struct client *in = net_join(n, net_room(1), false), *c = net_client(n, net_room(1));
    net_add(n, c);
    n->now += 5000;
    for (int i = 0; i < 3 * LIMIT_FAILURES_PER_S; i++) {
        client_check_as(c, "ours1:th1", "guess");
        if (i % 50 == 49) net_settle(n);
    }
    assert_int_equal(n->w.stats.stun_refused, LIMIT_FAILURES_PER_S);
    assert_int_equal(n->w.stats.dropped_policed, 2 * LIMIT_FAILURES_PER_S);
    client_check(c, true);
    client_check(in, true);
    net_settle(n);
    assert_int_equal(c->answers, 0);
    assert_int_equal(in->answers, 2);
    struct endpoint near = c->address;
    c->address.v4.sin_addr.s_addr ^= htonl(0x10000); /* another network */
    client_check(c, true);
    net_settle(n);
    assert_int_equal(c->answers, 1);
    c->address = near;
    n->now += 1000;
    client_check(c, true);
    net_settle(n);
    assert_int_equal(c->answers, 2);
}

static void handshakes_in_progress_are_bounded(void **state)
{
    struct net *n = *state;
    struct client *a = net_client(n, net_room(1)), *b = net_client(n, net_room(1));
    net_add(n, a);
    net_add(n, b);
    client_check(a, true);
    client_check(b, true);
    net_settle(n);
    n->w.handshakes = LIMIT_HANDSHAKES - 1; /* others, elsewhere */
    n->lose = lose_everything;
    client_hello(a);
    net_settle(n);
    client_hello(b);
    net_settle(n);
    assert_int_equal(n->w.handshakes, LIMIT_HANDSHAKES);
    assert_int_equal(n->w.stats.dropped_policed, 1);
    n->lose = NULL;
    net_pass(n, 200);
    assert_true(a->up);
    assert_int_equal(n->w.handshakes, LIMIT_HANDSHAKES - 1);
    client_reset_dtls(b);
    client_hello(b);
    net_settle(n);
    assert_true(b->up);
    net_drop(n, b);
    assert_int_equal(n->w.handshakes, LIMIT_HANDSHAKES - 1);
}

/* Datagrams of handshakes from one prefix: the last one of this second is taken, then none; elsewhere they are. */
static void handshakes_are_rationed(void **state)
{
    struct net *n = *state;
    struct client *a = net_client(n, net_room(1)), *b = net_client(n, net_room(1)), *far = net_client(n, net_room(1));
    struct client *const all[] = {a, b, far};
    far->address.v4.sin_addr.s_addr ^= htonl(0x10000);
    for (size_t i = 0; i < 3; i++) {
        net_add(n, all[i]);
        client_check(all[i], true);
    }
    net_settle(n);
    n->lose = lose_everything;
    prefix_of(n->w.prefixes, &a->address)->handshakes = (struct rate){n->now / 1000, LIMIT_HANDSHAKES_PER_S - 1};
    client_hello(a);
    net_settle(n);
    assert_int_equal(n->w.handshakes, 1);
    assert_int_equal(n->w.stats.dropped_policed, 0);
    client_hello(b);
    net_settle(n);
    assert_int_equal(n->w.handshakes, 1);
    assert_int_equal(n->w.stats.dropped_policed, 1);
    client_hello(far);
    net_settle(n);
    assert_int_equal(n->w.handshakes, 2);
    n->lose = NULL;
    net_pass(n, 1000);
    client_reset_dtls(b);
    client_hello(b);
    net_settle(n);
    assert_true(b->up); /* in the next second */
}

/* However many prefixes there are, they share one table, all of it, and each has one place in it. */
static void prefixes_are_counted_in_a_fixed_table(void **state)
{
    enum { NETWORKS = 32 * LIMIT_PREFIXES };
    static struct prefixes p;
    static bool taken[LIMIT_PREFIXES];
    size_t places = 0;
    (void)state;
    prefixes_init(&p);
    for (uint32_t i = 0; i < NETWORKS; i++) {
        struct endpoint near = {.v4 = {.sin_family = AF_INET}}, other = near;
        near.v4.sin_addr.s_addr = htonl(i << 8 | 1);
        other.v4.sin_addr.s_addr = htonl(i << 8 | 254);
        ptrdiff_t at = prefix_of(&p, &near) - p.all;
        assert_in_range(at, 0, LIMIT_PREFIXES - 1);
        assert_ptr_equal(prefix_of(&p, &other), &p.all[at]);
        places += !taken[at];
        taken[at] = true;
    }
    assert_int_equal(places, LIMIT_PREFIXES);
}

static void rebinding_is_followed(void **state)
{
    struct net *n = *state;
    struct client *a = net_join(n, net_room(1), true), *b = net_join(n, net_room(1), false);
    uint16_t old = ntohs(((struct sockaddr_in *)&b->address)->sin_port);
    move(b, 4000);
    client_say(a, "1", 20);
    net_settle(n);
    assert_int_equal(b->heard_count, 0);
    client_check(b, true);
    net_settle(n);
    client_say(a, "2", 20);
    net_settle(n);
    assert_int_equal(b->heard_count, 1);
    move(b, 4001); /* a spare candidate is answered, but moves nothing while the other lives */
    client_check(b, false);
    client_say(a, "3", 20);
    net_settle(n);
    assert_int_equal(b->heard_count, 1);
    net_pass(n, LIMIT_ADDRESS_MS); /* now it is silent */
    client_check(b, false);
    client_say(a, "4", 20);
    net_settle(n);
    assert_int_equal(b->heard_count, 2);
    move(a, 4002); /* media alone does not prove an address */
    client_say(a, "5", 20);
    net_settle(n);
    assert_int_equal(b->heard_count, 2);
    move(b, old);
}

static void an_address_in_use_is_not_taken_over(void **state)
{
    struct net *n = *state;
    struct client *a = net_join(n, net_room(1), true), *b = net_join(n, net_room(1), false),
                  *c = net_join(n, net_room(2), false);
    struct endpoint own = c->address;
    c->address = b->address; /* spoofed */
    size_t refused = n->w.stats.stun_refused;
    client_check(c, true);
    net_settle(n);
    assert_int_equal(n->w.stats.stun_refused, refused + 1);
    c->address = own;
    client_say(a, "still here", 20);
    net_settle(n);
    assert_int_equal(b->heard_count, 1);
    net_pass(n, LIMIT_ADDRESS_MS); /* b is silent: its NAT may have given the port to c */
    c->address = b->address;
    move(b, 4000);
    client_check(c, true);
    net_settle(n);
    assert_int_equal(n->w.stats.stun_refused, refused + 1);
    client_say(a, "to nobody", 20);
    net_settle(n);
    assert_int_equal(b->heard_count, 1);
    assert_int_equal(c->heard_count + c->deaf_count, 0);
    client_check(b, true); /* and here it is again */
    client_say(a, "hello", 20);
    net_settle(n);
    assert_int_equal(b->heard_count, 2);
}

static void a_ufrag_twice_or_empty_is_refused(void **state)
{
    struct net *n = *state;
    struct client *a = net_join(n, net_room(1), true), *b = net_client(n, net_room(1)),
                  *c = net_client(n, net_room(1));
    strcpy(b->is.ice.ufrag, a->is.ice.ufrag);
    net_add(n, b);
    assert_int_equal(last_event(n).why, MEDIA_DOWN_FULL);
    c->is.ice.pwd[0] = 0;
    net_add(n, c);
    assert_true(net_event(n, MEDIA_PEER_DOWN, c));
    client_check(a, true);
    net_settle(n);
    assert_int_equal(a->answers, 2);
}

static void garbage_changes_nothing(void **state)
{
    struct net *n = *state;
    struct client *a = net_join(n, net_room(1), true), *b = net_join(n, net_room(1), false);
    size_t before = b->datagrams + a->datagrams;
    uint8_t buf[LIMIT_DATAGRAM_BYTES];
    for (int i = 0; i < 20000; i++) {
        uint32_t r = net_random(n);
        size_t len = r % 7 ? r % 200 : r % (sizeof(buf) + 1);
        for (size_t k = 0; k < len; k++) buf[k] = (uint8_t)(net_random(n) >> 8);
        static const uint8_t first[] = {0, 1, 20, 22, 23, 63, 64, 128, 144, 191, 200, 255};
        if (len) buf[0] = first[net_random(n) % sizeof(first)];
        if (len > 7 && r & 256) memcpy(buf + 4, "\x21\x12\xa4\x42", 4);
        if (len > 11 && r & 512) memcpy(buf + 8, "\0\0\x10\0", 4);
        if (len > 1 && r & 1024) buf[1] = r & 2048 ? PT : 200;
        a->send(a, (struct view){buf, len});
        if (i % 100 == 99) n->now += 40;
        if (i % 100 == 99) client_check(a, true), client_check(b, true);
        net_settle(n);
    }
    assert_int_equal(b->datagrams + a->datagrams - b->answers - a->answers - b->rtcp_count - a->rtcp_count,
                     before - 2); /* two checks of the joins were answered */
    assert_int_equal(b->heard_count + b->deaf_count, 0);
    assert_true(n->w.stats.dropped_malformed > 1000 && n->w.stats.dropped_policed > 0);
    client_say(a, "unharmed", 20);
    n->now += 1000;
    net_settle(n);
    assert_int_equal(b->heard_count, 1);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, net_setup, net_teardown)
    const struct CMUnitTest tests[] = {
        T(joins_and_is_heard),
        T(checks_without_the_secret_are_refused),
        T(a_check_without_integrity_or_of_another_kind),
        T(checks_are_rationed),
        T(media_before_dtls_is_dropped),
        T(copied_credentials_open_nothing),
        T(copied_credentials_of_one_who_is_in),
        T(dtls_from_another_address_is_ignored),
        T(a_muted_peer_is_silent),
        T(speaks_again_after_a_long_mute),
        T(replays_are_dropped),
        T(what_was_not_announced_is_dropped),
        T(a_constant_room_takes_nothing_that_says_who_talks),
        T(in_a_constant_room_every_open_microphone_is_heard),
        T(a_flood_is_policed),
        T(so_is_a_flood_of_bytes),
        T(guessing_is_rationed),
        T(handshakes_in_progress_are_bounded),
        T(handshakes_are_rationed),
        cmocka_unit_test(prefixes_are_counted_in_a_fixed_table),
        T(rebinding_is_followed),
        T(an_address_in_use_is_not_taken_over),
        T(a_ufrag_twice_or_empty_is_refused),
        T(garbage_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
