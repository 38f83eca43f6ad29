#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <stdlib.h>

#include "client.h"
#include "crypt/sign.h"
#include "histogram.h"
#include "port.h"
#include "stream.h"
#include "target.h"

/* ---- histogram ---- */

static void quantiles_are_within_a_thirtysecond(void **state)
{
    (void)state;
    struct histogram *h = calloc(1, sizeof(*h));
    for (uint64_t v = 1; v <= 100000; v++) histogram_add(h, v * 1000);
    static const double SHARES[] = {0.01, 0.5, 0.99, 0.999, 1};
    for (size_t i = 0; i < sizeof(SHARES) / sizeof(*SHARES); i++) {
        double exact = SHARES[i] * 100000 * 1000, found = (double)histogram_quantile(h, SHARES[i]);
        assert_true(found >= exact && found <= exact * (1 + 1.0 / HISTOGRAM_SUB));
    }
    assert_int_equal(h->highest, 100000000);
    free(h);
}

static void small_values_are_exact_and_huge_ones_fit(void **state)
{
    (void)state;
    struct histogram *h = calloc(1, sizeof(*h));
    assert_int_equal(histogram_quantile(h, 0.5), 0);
    for (uint64_t v = 0; v < 64; v++) histogram_add(h, v);
    assert_int_equal(histogram_quantile(h, 0.5), 31);
    assert_int_equal(histogram_quantile(h, 0), 0);
    histogram_add(h, UINT64_MAX);
    assert_int_equal(histogram_quantile(h, 1), (1ull << 40) - 1);
    assert_int_equal(h->total, 65);
    free(h);
}

/* ---- stream ---- */

static void holes_are_missing_until_they_are_filled(void **state)
{
    (void)state;
    struct stream s = {0};
    assert_int_equal(stream_missing(&s), 0);
    stream_on_packet(&s, 65534);
    stream_on_packet(&s, 65535);
    stream_on_packet(&s, 65538); /* across the roll-over of 16 bits */
    assert_int_equal(stream_missing(&s), 2);
    stream_on_packet(&s, 65536);
    assert_int_equal(stream_missing(&s), 1);
    assert_int_equal(s.reordered, 1);
    stream_on_packet(&s, 65530); /* before the first */
    assert_int_equal(stream_missing(&s), 4);
    assert_int_equal(s.received, 5);
}

/* ---- hex ---- */

static void hex_is_exact(void **state)
{
    (void)state;
    uint8_t b[3];
    char text[7];
    assert_true(hex_read("01aBff", b, 3));
    assert_true(b[0] == 0x01 && b[1] == 0xab && b[2] == 0xff);
    assert_true(hex_read("01:AB:FF", b, 3));
    assert_false(hex_read("01ab", b, 3));
    assert_false(hex_read("01abff00", b, 3));
    assert_false(hex_read("01abxf", b, 3));
    hex_write(text, b, 3);
    assert_string_equal(text, "01abff");
}

/* ---- what a listener believes ---- */

enum { PAYLOAD = 148 };

struct pair { /* a speaker whose packets a listener gets, without a server: both have the same keys */
    struct tally tally;
    struct client_world world;
    struct client speaker, listener;
    uint8_t last[LIMIT_DATAGRAM_BYTES];
    size_t len;
};

static void keep(void *user, const struct client_world *w, in_addr_t from, const struct sockaddr_in *to,
                 struct view datagram)
{
    (void)w, (void)from, (void)to;
    struct pair *p = user;
    assert_true(datagram.len <= sizeof(p->last));
    memcpy(p->last, datagram.ptr, datagram.len);
    p->len = datagram.len;
}

static int setup(void **state)
{
    static const uint8_t KEY[16] = {1}, SALT[14] = {2};
    struct pair *p = calloc(1, sizeof(*p));
    p->world = (struct client_world){.tally = &p->tally, .payload_bytes = PAYLOAD, .send = keep, .user = p};
    p->speaker = (struct client){.state = CLIENT_UP, .index = 65534};
    p->speaker.terms = (struct terms){.payload_type = 111, .level_ext = 1, .ssrc = {7}};
    p->listener = (struct client){.state = CLIENT_UP};
    assert_int_equal(srtp_new(&p->speaker.out, SRTP_AEAD_AES_128_GCM, KEY, SALT), OK);
    assert_int_equal(srtp_new(&p->listener.in, SRTP_AEAD_AES_128_GCM, KEY, SALT), OK);
    *state = p;
    return 0;
}

static int teardown(void **state)
{
    struct pair *p = *state;
    client_free(&p->speaker);
    client_free(&p->listener);
    free(p);
    return 0;
}

static void say(struct pair *p, uint64_t at_ns)
{
    assert_int_equal(client_say(&p->speaker, &p->world, 20, at_ns), OK);
}

static void hear(struct pair *p, uint64_t at_ns)
{
    uint8_t copy[LIMIT_DATAGRAM_BYTES];
    memcpy(copy, p->last, p->len);
    client_on_datagram(&p->listener, &p->world, (struct span){copy, p->len}, at_ns, 1);
}

static void what_was_said_is_received_with_its_delay(void **state)
{
    struct pair *p = *state;
    for (int i = 0; i < 10; i++) {
        say(p, 1000000);
        if (i != 4) hear(p, 1000000 + 31);
    }
    assert_int_equal(p->tally.sent, 10);
    assert_int_equal(p->tally.received, 9);
    assert_int_equal(stream_missing(&p->listener.streams[0]), 1);
    assert_int_equal(histogram_quantile(&p->tally.latency, 1), 31);
    assert_int_equal(p->listener.heard_ns, 1000000 + 31);
    assert_int_equal(p->tally.forged + p->tally.doubled + p->tally.strange, 0);
}

static void a_changed_packet_is_forged(void **state)
{
    struct pair *p = *state;
    say(p, 0);
    p->last[p->len / 2] ^= 1;
    hear(p, 0);
    assert_int_equal(p->listener.heard_ns, 0); /* what is not the speaker's is not heard */
    assert_int_equal(p->tally.forged, 1);
    assert_int_equal(p->tally.received, 0);
}

static void a_second_copy_is_doubled(void **state)
{
    struct pair *p = *state;
    say(p, 0);
    hear(p, 0);
    hear(p, 0);
    assert_int_equal(p->tally.doubled, 1);
    assert_int_equal(p->tally.received, 1);
}

static void authentic_but_not_what_was_said_is_strange(void **state)
{
    struct pair *p = *state;
    p->world.payload_bytes = PAYLOAD + 1;
    say(p, 0);
    p->world.payload_bytes = PAYLOAD;
    hear(p, 0);
    assert_int_equal(p->tally.strange, 1);
    p->last[0] = 0x50; /* RFC 7983: nobody's */
    hear(p, 0);
    assert_int_equal(p->tally.strange, 2);
    assert_int_equal(p->tally.received, 0);
}

/* ---- port ---- */

struct got {
    unsigned count;
    in_addr_t to;
    uint8_t first;
    size_t len;
};

static void on_arrival(void *user, const struct arrival *a)
{
    struct got *g = user;
    *g = (struct got){g->count + 1, a->to, a->data[0], a->len};
}

static void one_socket_is_many_addresses(void **state)
{
    (void)state;
    struct port *p;
    struct got got = {0};
    assert_int_equal(port_new(&p, 40977, true), OK);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(40977)};
    for (uint32_t i = 0; i < 300; i++) {
        uint8_t byte = (uint8_t)i;
        to.sin_addr.s_addr = htonl(0x7f020000 + i);
        port_send(p, 0x7f020000 + 1000 + i, &to, (struct view){&byte, 1});
    }
    port_flush(p);
    assert_int_equal(port_unsent(p), 0);
    assert_int_equal(port_recv(p, 8, on_arrival, &got), 300);
    assert_int_equal(got.count, 300);
    assert_int_equal(got.to, 0x7f020000 + 299);
    assert_int_equal(got.first, 299 & 0xff);
    assert_int_equal(got.len, 1);
    port_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_within_a_thirtysecond),
        cmocka_unit_test(small_values_are_exact_and_huge_ones_fit),
        cmocka_unit_test(holes_are_missing_until_they_are_filled),
        cmocka_unit_test(hex_is_exact),
        cmocka_unit_test_setup_teardown(what_was_said_is_received_with_its_delay, setup, teardown),
        cmocka_unit_test_setup_teardown(a_changed_packet_is_forged, setup, teardown),
        cmocka_unit_test_setup_teardown(a_second_copy_is_doubled, setup, teardown),
        cmocka_unit_test_setup_teardown(authentic_but_not_what_was_said_is_strange, setup, teardown),
        cmocka_unit_test(one_socket_is_many_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
