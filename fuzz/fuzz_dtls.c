/* First byte: how many good flights of a real client the server has had before the noise begins (0, 1, 2 =
 * up). Then steps: 0 length u16, bytes     a datagram of these bytes 1 n u8                  n * 20 ms go by
 *   2 length u16, bytes     the client's next flight, XORed with these bytes */
#include <string.h>

#include "client.h"

enum { STEPS = 64 };

static struct dtls_context *server_ctx;
static unsigned ups; /* of all inputs */

struct session {
    struct dtls *server;
    struct client client;
    uint64_t now_ms;
};

static void session_init(struct session *s)
{
    noise = 1;
    *s = (struct session){.now_ms = 1};
    MUST(dtls_new(&s->server, server_ctx, client_fingerprint) == OK);
    client_new(&s->client, "SRTP_AEAD_AES_128_GCM");
    client_on_datagram(&s->client, (struct view){0});
}

/* What the server sends goes to the client, whole flights at a time. */
static void drain(struct session *s)
{
    uint8_t buf[LIMIT_DATAGRAM_BYTES];
    size_t n;
    int rounds = 0;
    while ((n = dtls_next_out(s->server, (struct span){buf, sizeof(buf)})) > 0) {
        MUST(n <= 1200 && ++rounds < 16);
        client_on_datagram(&s->client, (struct view){buf, n});
    }
    struct srtp_keys keys;
    MUST((dtls_export(s->server, &keys) == OK) == (dtls_state(s->server) == DTLS_UP));
}

static void datagram(struct session *s, struct view v)
{
    enum dtls_state before = dtls_state(s->server);
    enum dtls_state after = dtls_on_datagram(s->server, v, s->now_ms);
    MUST(after == dtls_state(s->server));
    if (before != DTLS_HANDSHAKING && before != DTLS_UP) MUST(after == before);
    drain(s);
}

static void client_flight(struct session *s, struct view change)
{
    uint8_t buf[LIMIT_DATAGRAM_BYTES];
    size_t n = client_next_out(&s->client, (struct span){buf, sizeof(buf)});
    if (!n) return;
    for (size_t i = 0; i < change.len && i < n; i++) buf[i] ^= change.ptr[i];
    datagram(s, (struct view){buf, n});
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct session s;
    struct reader r = reader_init((struct view){data, size});
    if (!server_ctx) {
        clients_start();
        MUST(dtls_context_new(&server_ctx) == OK);
    }
    session_init(&s);
    for (unsigned flights = read_u8(&r) % 3; flights; flights--) client_flight(&s, (struct view){0});
    for (int step = 0; step < STEPS && reader_left(&r); step++) {
        uint8_t what = read_u8(&r);
        if (what == 1) {
            s.now_ms += 20u * read_u8(&r);
            dtls_tick(s.server, s.now_ms);
            drain(&s);
            MUST(dtls_deadline(s.server) > s.now_ms);
            continue;
        }
        size_t n = read_u16(&r);
        struct view bytes = read_view(&r, n < reader_left(&r) ? n : reader_left(&r));
        if (what == 2)
            client_flight(&s, bytes);
        else
            datagram(&s, bytes);
    }
    ups += dtls_state(s.server) == DTLS_UP && s.client.out;
    client_free(&s.client);
    dtls_free(s.server);
    ERR_clear_error();
    return 0;
}

const char *fuzz_unreached(void)
{
    return ups ? NULL : "no handshake ever came to its end";
}
