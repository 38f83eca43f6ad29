/* Of a connection that is gone no key is left in memory: not in its place, not in a ring, not in a block that was
 * given back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../wiped.h"
#include "crypt/srtp_session.h"
#include "net.h"

static const char new_pwd[] = "a-password-of-the-new-path";

/* What both ends of a DTLS session made of it: its exported material, and all that follows (RFC 5764 4.2). */
static void watch_keys(const struct client *c)
{
    static const char label[] = "EXTRACTOR-dtls_srtp";
    static const char *const names[2][4] = {
        {"client's master key", "client's RTP key", "client's RTCP key", "client's RTP salt"},
        {"server's master key", "server's RTP key", "server's RTCP key", "server's RTP salt"}};
    uint8_t material[2 * (16 + 14)];
    enum srtp_profile profile = (enum srtp_profile)SSL_get_selected_srtp_profile(c->ssl)->id;
    size_t salt = profile == SRTP_AEAD_AES_128_GCM ? 12 : 14, len = 2 * (16 + salt);
    assert_int_equal(SSL_export_keying_material(c->ssl, material, len, label, sizeof(label) - 1, NULL, 0, 0), 1);
    for (size_t i = 0; i < 2; i++) {
        struct srtp_session session;
        uint8_t salts[14] = {0};
        memcpy(salts, material + 32 + i * salt, salt);
        assert_int_equal(srtp_session_derive(&session, profile, material + 16 * i, salts), OK);
        wiped_watch(names[i][0], material + 16 * i, 16);
        wiped_watch(names[i][1], session.rtp.key, 16);
        wiped_watch(names[i][2], session.rtcp.key, 16);
        wiped_watch(names[i][3], session.rtp.salt, 12);
    }
}

static size_t in_places(const struct worker *w, const char *where)
{
    size_t commands = (size_t)(w->commands.mask + 1) * w->commands.item_size;
    return wiped_look(w->peers, w->capacity * sizeof(*w->peers), where) +
           wiped_look(w->commands.items, commands, where);
}

static struct client *comes(struct net *n)
{
    struct client *c = net_client(n, net_room(1));
    memset(c->is.seed, 0x5e, sizeof(c->is.seed)); /* its codeword follows from this */
    net_add(n, c);
    client_check(c, true);
    net_settle(n);
    client_hello(c);
    net_settle(n);
    assert_true(c->up);
    wiped_watch("ICE password", c->is.ice.pwd, LIMIT_PWD_BYTES - 2);
    wiped_watch("codeword seed", c->is.seed, sizeof(c->is.seed));
    watch_keys(c);
    return c;
}

static void asks_for_a_path(struct net *n, const struct client *c)
{
    struct media_command command = {.kind = MEDIA_PEER_PATH, .peer = c->name, .path = c->is.ice};
    memcpy(command.path.ufrag, "another", 8);
    memcpy(command.path.pwd, new_pwd, LIMIT_PWD_BYTES);
    assert_true(ring_push(&n->w.commands, &command));
    net_settle(n);
    wiped_watch("ICE password of a path", new_pwd, LIMIT_PWD_BYTES);
}

static void nothing_is_left_of_one_who_was_dropped(void **state)
{
    struct net *n = *state;
    struct client *c = comes(n);
    asks_for_a_path(n, c);
    client_say(c, "hello", 20);
    net_settle(n);
    assert_true(in_places(&n->w, NULL) >= 2); /* so they can be found: password and seed */
    if (gcm_best() == &gcm_ipsec_mb) {
        const struct peer *p = &n->w.peers[peer_place(c->name)];
        assert_true(wiped_look(p->out, malloc_usable_size(p->out), NULL) >= 1); /* and its keys */
    }
    net_drop(n, c);
    assert_int_equal(in_places(&n->w, "a place that was left"), 0);
    assert_int_equal(wiped_end(), 0);
}

static void nothing_is_left_of_one_who_closed(void **state)
{
    struct net *n = *state;
    struct client *c = comes(n);
    client_close(c);
    net_settle(n);
    assert_true(net_event(n, MEDIA_PEER_DOWN, c));
    assert_int_equal(in_places(&n->w, "a place that was left"), 0);
    assert_int_equal(wiped_end(), 0);
}

/* In the middle of everything: one is there, another's handshake has begun. */
static void nothing_is_left_when_the_server_ends(void **state)
{
    struct net *n = *state;
    asks_for_a_path(n, comes(n));
    struct client *late = net_client(n, net_room(1));
    net_add(n, late);
    client_check(late, true);
    net_settle(n);
    wiped_watch("ICE password of a newcomer", late->is.ice.pwd, LIMIT_PWD_BYTES - 2);
    worker_deinit(&n->w);
    assert_int_equal(wiped_end(), 0);
    for (size_t i = 0; i < n->count; i++) client_free(n->clients[i]);
    dtls_context_free(n->dtls);
    free(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_left_of_one_who_was_dropped, net_setup, net_teardown),
        cmocka_unit_test_setup_teardown(nothing_is_left_of_one_who_closed, net_setup, net_teardown),
        cmocka_unit_test_setup(nothing_is_left_when_the_server_ends, net_setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
