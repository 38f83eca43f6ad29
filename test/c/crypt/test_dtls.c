/* The server half of DTLS against OpenSSL's client: what both agree on, what is refused, and what the network
 * may do. */
#include "dtls_pair.h"

static void handshake_yields_the_same_keys(void **state)
{
    (void)state;
    struct pair p;
    pair_init(&p, BROWSER);
    struct srtp_keys k;
    assert_int_equal(dtls_export(p.server, &k), ERR_STATE);
    run(&p, 1000);
    assert_int_equal(dtls_state(p.server), DTLS_UP);
    assert_int_equal(dtls_deadline(p.server), UINT64_MAX);
    assert_same_keys(&p, SRTP_AEAD_AES_128_GCM);

    struct hash ours = dtls_context_fingerprint(p.ctx), seen;
    unsigned len;
    X509 *cert = SSL_get0_peer_certificate(p.client->ssl);
    char name[32];
    assert_int_equal(X509_digest(cert, EVP_sha256(), seen.bytes, &len), 1);
    assert_true(hash_eq(ours, seen));
    X509_NAME_get_text_by_NID(X509_get_subject_name(cert), NID_commonName, name, sizeof(name));
    assert_string_equal(name, "aparte");
    assert_string_equal(SSL_get_version(p.client->ssl), "DTLSv1.2");
    pair_deinit(&p);
}

static void profiles_are_taken_in_our_order(void **state)
{
    (void)state;
    const struct {
        const char *offer;
        enum srtp_profile profile;
    } cases[] = {
        {"SRTP_AES128_CM_SHA1_80", SRTP_AES128_CM_SHA1_80},
        {"SRTP_AEAD_AES_128_GCM", SRTP_AEAD_AES_128_GCM},
        {"SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM", SRTP_AEAD_AES_128_GCM},
        {"SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_32:SRTP_AES128_CM_SHA1_80", SRTP_AES128_CM_SHA1_80}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pair p;
        pair_init(&p, (struct client_options){.profiles = cases[i].offer, .rsa = i == 2});
        run(&p, 1000);
        assert_int_equal(dtls_state(p.server), DTLS_UP);
        assert_same_keys(&p, cases[i].profile);
        pair_deinit(&p);
    }
}

static void peers_we_cannot_serve_fail(void **state)
{
    (void)state;
    const struct client_options cases[] = {
        {.profiles = NULL},
        {.profiles = "SRTP_AES128_CM_SHA1_32"},
        {.profiles = BROWSER.profiles, .no_certificate = true},
        {.profiles = BROWSER.profiles, .ciphers = "ECDHE-ECDSA-AES128-SHA"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pair p;
        struct srtp_keys k;
        pair_init(&p, cases[i]);
        run(&p, 1000);
        assert_int_equal(dtls_state(p.server), DTLS_FAILED);
        assert_int_equal(dtls_export(p.server, &k), ERR_STATE);
        assert_int_equal(k.profile, SRTP_NONE);
        pair_deinit(&p);
    }
}

static void another_certificate_than_announced_is_refused(void **state)
{
    (void)state;
    for (int bit = 0; bit < 256; bit += 85) {
        struct pair p;
        struct srtp_keys k;
        pair_init(&p, BROWSER);
        struct hash other = p.client->fingerprint;
        other.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        dtls_free(p.server);
        assert_int_equal(dtls_new(&p.server, p.ctx, other), OK);
        run(&p, 1000);
        assert_int_equal(dtls_state(p.server), DTLS_WRONG_FINGERPRINT);
        assert_int_equal(dtls_export(p.server, &k), ERR_STATE);
        assert_false(SSL_is_init_finished(p.client->ssl));
        pair_deinit(&p);
    }
}

/* Chromium 156 sends its ClientHello in two datagrams, of 1200 and 263 bytes. */
static void client_hello_in_two_datagrams(void **state)
{
    (void)state;
    const char *orders[] = {"01", "10", "0011", "1100", "010", "101", "0101"};
    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        struct pair p;
        struct client_options o = BROWSER;
        o.alpn_bytes = 1150;
        pair_init(&p, o);
        client_step(p.client, NULL);
        struct queue hello = p.client->out;
        p.client->out.count = 0;
        assert_int_equal(hello.count, 2);
        assert_true(hello.items[0].len > 1000);
        assert_true(hello.items[1].len > 100);
        for (const char *n = orders[i]; *n; n++) to_server(&p, &hello.items[*n - '0']);
        assert_int_equal(dtls_state(p.server), DTLS_HANDSHAKING);
        assert_true(p.out.count > 0);
        uint64_t took = run(&p, 5000);
        assert_int_equal(dtls_state(p.server), DTLS_UP);
        assert_true(took < 100); /* of virtual time: nothing had to be sent again */
        pair_deinit(&p);
    }
}

static void one_half_of_a_client_hello_gets_no_answer(void **state)
{
    (void)state;
    struct pair p;
    struct client_options o = BROWSER;
    o.alpn_bytes = 1150;
    pair_init(&p, o);
    client_step(p.client, NULL);
    to_server(&p, &p.client->out.items[1]);
    assert_int_equal(dtls_state(p.server), DTLS_HANDSHAKING);
    assert_int_equal(p.out.count, 0);
    assert_int_equal(dtls_deadline(p.server), now_ms + LIMIT_DTLS_MS);
    pair_deinit(&p);
}

static void handshake_survives_a_bad_network(void **state)
{
    (void)state;
    uint64_t longest = 0;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        struct pair p;
        struct client_options o = BROWSER;
        o.alpn_bytes = seed % 2 ? 1150 : 0;
        pair_init(&p, o);
        p.seed = seed * 0x9e3779b97f4a7c15ull;
        p.loss = 25;
        p.doubling = 20;
        p.reordering = 30;
        uint64_t took = run(&p, LIMIT_DTLS_MS);
        if (dtls_state(p.server) != DTLS_UP)
            fail_msg("seed %d: state %d", (int)seed, (int)dtls_state(p.server));
        assert_same_keys(&p, SRTP_AEAD_AES_128_GCM);
        longest = took > longest ? took : longest;
        pair_deinit(&p);
    }
    print_message("longest handshake at 25 %% loss: %d virtual ms\n", (int)longest);
}

static void flight_is_sent_again_at_doubling_intervals(void **state)
{
    (void)state;
    struct pair p;
    pair_init(&p, BROWSER);
    client_step(p.client, NULL);
    uint64_t start = now_ms, at = start;
    to_server(&p, &p.client->out.items[0]);
    size_t flight = p.out.count;
    struct queue first = p.out;
    assert_true(flight > 0);

    const uint64_t intervals[] = {100, 200, 400, 800, 1600, 1600, 1600};
    for (size_t i = 0; i < sizeof(intervals) / sizeof(intervals[0]); i++) {
        at += intervals[i];
        assert_int_equal(dtls_deadline(p.server), at);
        p.out.count = 0;
        dtls_tick(p.server, at - 1);
        drain(&p);
        assert_int_equal(p.out.count, 0);
        dtls_tick(p.server, at);
        drain(&p);
        assert_int_equal(p.out.count, flight);
        for (size_t n = 0; n < flight; n++)
            assert_memory_equal(p.out.items[n].bytes, first.items[n].bytes, first.items[n].len);
    }
    assert_int_equal(dtls_tick(p.server, start + LIMIT_DTLS_MS - 1), DTLS_HANDSHAKING);
    assert_int_equal(dtls_tick(p.server, start + LIMIT_DTLS_MS), DTLS_FAILED);
    assert_int_equal(dtls_deadline(p.server), UINT64_MAX);
    pair_deinit(&p);
}

static void lost_last_flight_is_repeated_on_demand(void **state)
{
    (void)state;
    struct pair p;
    pair_init(&p, BROWSER);
    client_step(p.client, NULL);
    while (dtls_state(p.server) != DTLS_UP) {
        while (p.client->out.count) {
            struct packet packet = queue_take(&p.client->out, 0);
            to_server(&p, &packet);
        }
        while (dtls_state(p.server) != DTLS_UP && p.out.count) {
            struct packet packet = queue_take(&p.out, 0);
            client_step(p.client, &packet);
        }
    }
    assert_true(p.out.count > 0);
    p.out.count = 0; /* lost */
    assert_false(SSL_is_init_finished(p.client->ssl));
    run(&p, 2000);
    assert_true(SSL_is_init_finished(p.client->ssl));
    assert_same_keys(&p, SRTP_AEAD_AES_128_GCM);
    pair_deinit(&p);
}

/* RFC 6347 4.1.2.7: what is no valid record is dropped, in every state. */
static void garbage_is_ignored(void **state)
{
    (void)state;
    struct pair p;
    pair_init(&p, BROWSER);
    for (int stage = 0; stage < 3; stage++) {
        enum dtls_state before = dtls_state(p.server);
        for (int i = 0; i < 500; i++) {
            struct packet g;
            g.len = (size_t)dice(&p) * 12;
            for (size_t n = 0; n < g.len; n++) g.bytes[n] = (uint8_t)(dice(&p) * 7 + dice(&p));
            g.bytes[0] = (uint8_t)(20 + dice(&p) % 44);
            to_server(&p, &g);
            assert_int_equal(dtls_state(p.server), before);
        }
        if (stage == 0) {
            client_step(p.client, NULL);
            struct packet packet = queue_take(&p.client->out, 0);
            to_server(&p, &packet);
        } else if (stage == 1) {
            run(&p, 1000);
            assert_int_equal(dtls_state(p.server), DTLS_UP);
        }
    }
    assert_same_keys(&p, SRTP_AEAD_AES_128_GCM);
    pair_deinit(&p);
}

/* A record of the right epoch that does not decrypt is dropped too: nobody without the keys can end a
 * session. */
static void forged_records_do_not_end_a_session(void **state)
{
    (void)state;
    struct pair p;
    pair_init(&p, BROWSER);
    run(&p, 1000);
    SSL_write(p.client->ssl, "x", 1);
    assert_int_equal(p.client->out.count, 1);
    struct packet good = queue_take(&p.client->out, 0);
    for (size_t bit = 0; bit < 8 * good.len; bit++) {
        struct packet bad = good;
        bad.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        to_server(&p, &bad);
        assert_int_equal(dtls_state(p.server), DTLS_UP);
    }
    struct packet alert = {.bytes = {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40}, .len = 15};
    to_server(&p, &alert); /* a fatal alert in the clear */
    assert_int_equal(dtls_state(p.server), DTLS_UP);
    to_server(&p, &good);
    assert_int_equal(dtls_state(p.server), DTLS_UP);
    pair_deinit(&p);
}

static void a_goodbye_closes(void **state)
{
    (void)state;
    const char *ciphers[] = {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"};
    for (int i = 0; i < 2; i++) {
        struct pair p;
        struct srtp_keys k;
        struct client_options o = BROWSER;
        o.ciphers = ciphers[i];
        pair_init(&p, o);
        run(&p, 1000);
        assert_string_equal(SSL_CIPHER_get_name(SSL_get_current_cipher(p.client->ssl)), ciphers[i]);
        SSL_shutdown(p.client->ssl);
        struct packet packet = queue_take(&p.client->out, 0), bad;
        for (size_t bit = 0; bit < 8 * packet.len; bit++) {
            bad = packet;
            bad.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
            to_server(&p, &bad);
            assert_int_equal(dtls_state(p.server), DTLS_UP);
        }
        to_server(&p, &packet);
        assert_int_equal(dtls_state(p.server), DTLS_CLOSED);
        assert_int_equal(dtls_export(p.server, &k), ERR_STATE);
        pair_deinit(&p);
    }
    dtls_free(NULL);
    dtls_context_free(NULL);
}

/* What asks for our last flight is not authenticated: the answer is never larger, and there is an end to it.
 */
static void repetitions_are_rationed(void **state)
{
    (void)state;
    struct pair p;
    pair_init(&p, BROWSER);
    run(&p, 1000);
    struct packet small = {.bytes = {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 1}, .len = 14},
                  large = small;
    p.out.count = 0;
    to_server(&p, &small);
    assert_int_equal(p.out.count, 0);
    large.bytes[12] = 200;
    large.len = 13 + 200;
    size_t answers = 0;
    for (int i = 0; i < 100; i++) {
        to_server(&p, &large);
        answers += p.out.count;
        for (size_t n = 0; n < p.out.count; n++) assert_true(p.out.items[n].len <= large.len);
        p.out.count = 0;
    }
    assert_int_equal(answers, 16);
    assert_int_equal(dtls_state(p.server), DTLS_UP);
    pair_deinit(&p);
}

static void renegotiation_is_refused(void **state)
{
    (void)state;
    struct pair p;
    struct srtp_keys before, after;
    pair_init(&p, BROWSER);
    run(&p, 1000);
    assert_int_equal(dtls_export(p.server, &before), OK);
    SSL_renegotiate(p.client->ssl);
    SSL_do_handshake(p.client->ssl);
    assert_true(p.client->out.count > 0);
    while (p.client->out.count) {
        struct packet packet = queue_take(&p.client->out, 0);
        to_server(&p, &packet);
    }
    for (size_t i = 0; i < p.out.count; i++)
        assert_int_not_equal(p.out.items[i].bytes[0], 22); /* no handshake record came back */
    assert_int_equal(dtls_export(p.server, &after), OK);
    assert_memory_equal(&before, &after, sizeof(before));
    pair_deinit(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handshake_yields_the_same_keys),
        cmocka_unit_test(profiles_are_taken_in_our_order),
        cmocka_unit_test(peers_we_cannot_serve_fail),
        cmocka_unit_test(another_certificate_than_announced_is_refused),
        cmocka_unit_test(client_hello_in_two_datagrams),
        cmocka_unit_test(one_half_of_a_client_hello_gets_no_answer),
        cmocka_unit_test(handshake_survives_a_bad_network),
        cmocka_unit_test(flight_is_sent_again_at_doubling_intervals),
        cmocka_unit_test(lost_last_flight_is_repeated_on_demand),
        cmocka_unit_test(garbage_is_ignored),
        cmocka_unit_test(forged_records_do_not_end_a_session),
        cmocka_unit_test(a_goodbye_closes),
        cmocka_unit_test(repetitions_are_rationed),
        cmocka_unit_test(renegotiation_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
