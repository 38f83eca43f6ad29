/* STUN, DTLS, SRTP and time as one state machine. The input is a script of two-byte events, some with bytes
 * of their own: what four clients do, what the network does with what they sent, what control commands, and
 * how long all wait. Keys, certificates and flights are real, and the same in every run. The rules:
 * peer_world.h. */
#include <stdio.h>

#include "peer_world.h"

enum { EVENTS_MAX = 300 };

struct event {
    struct mate *mate;
    uint8_t arg;
    struct reader *more; /* the input behind it */
};

/* ---- control ---- */

/* Names and passwords that nobody had before. */
static struct media_ice fresh_ice(const struct mate *m)
{
    struct media_ice ice = {0};
    snprintf(ice.ufrag, sizeof(ice.ufrag), "%c%07u", 'a' + (int)(m - f.mates), ++f.secrets % 10000000);
    snprintf(ice.pwd, sizeof(ice.pwd), "password-number-%07u", f.secrets % 10000000);
    snprintf(ice.remote_ufrag, sizeof(ice.remote_ufrag), "theirs%u", f.secrets);
    return ice;
}

static void command(const struct media_command *c)
{
    MUST(ring_push(&f.w.commands, c));
    step();
}

static void add(const struct event *e)
{
    struct mate *m = e->mate;
    unsigned i = (unsigned)(m - f.mates);
    uint16_t port = m->port;
    if (m->name) return;
    client_free(&m->client);
    *m =
        (struct mate){.port = port, .index = 65000 + i, .timestamp = 0xffff0000u + i, .impostor = e->arg & 1};
    m->name = (peer_name)++f.generation << 32 | (i + 1);
    m->is = (struct media_peer){.room = {{i < 3 ? 1 : 2}},
                                .ice = fresh_ice(m),
                                .fingerprint = client_fingerprint,
                                .payload_type = 111,
                                .level_ext = 1,
                                .ssrc = {0x100 + i, 0x200 + i},
                                .account = {{(uint8_t)i}},
                                .traced = i & 1};
    m->is.fingerprint.bytes[0] ^= m->impostor;
    for (uint32_t k = 0; k < LIMIT_SLOTS; k++) m->is.slot_ssrc[k] = 0x1000 + i * LIMIT_SLOTS + k;
    command(&(struct media_command){.kind = MEDIA_PEER_ADD, .peer = m->name, .add = m->is});
    command(&(struct media_command){.kind = MEDIA_PEER_SPEAK, .peer = m->name, .speak = !(e->arg & 2)});
}

static void drop(const struct event *e)
{
    peer_name name = e->mate->name;
    e->mate->name = 0;
    command(&(struct media_command){.kind = MEDIA_PEER_DROP, .peer = name});
    MUST(!f.w.peers[e->mate - f.mates].name);
}

static void speak(const struct event *e)
{
    command(&(struct media_command){.kind = MEDIA_PEER_SPEAK, .peer = e->mate->name, .speak = e->arg & 1});
}

static void path(const struct event *e)
{
    struct mate *m = e->mate;
    m->next = fresh_ice(m);
    m->has_next = true;
    command(&(struct media_command){.kind = MEDIA_PEER_PATH, .peer = m->name, .path = m->next});
}

static void twin(const struct event *e)
{
    command(&(struct media_command){.kind = MEDIA_PEER_TWIN,
                                    .peer = e->mate->name,
                                    .twin = {.live = e->arg & 1,
                                             .offset = 960u * (e->arg >> 5),
                                             .timestamp = e->mate->timestamp,
                                             .hop = e->arg >> 1 & 15}});
}

static void wait(const struct event *e)
{
    f.now += 1 + (uint64_t)e->arg * e->arg / 4; /* up to 16 s */
    step();
}

/* ---- clients ---- */

static void check_with(struct mate *m, const struct media_ice *ice, bool use_candidate)
{
    uint8_t buf[256], name_bytes[64], transaction[12];
    struct writer name = writer_init(name_bytes, sizeof(name_bytes)), w = writer_init(buf, sizeof(buf));
    noise_bytes(transaction, sizeof(transaction));
    write_view(&name, view_str(ice->ufrag));
    write_u8(&name, ':');
    write_view(&name, view_str(ice->remote_ufrag));
    MUST(stun_write_request(&w, transaction, writer_view(&name), view_str(ice->pwd), 1, use_candidate) == OK);
    struct letter *l = post(m, writer_view(&w));
    l->check = true;
    l->ice = *ice;
}

static void check(const struct event *e)
{
    if (e->mate->is.ice.ufrag[0]) check_with(e->mate, &e->mate->is.ice, e->arg & 1);
}

/* The new path, which the old one ends with once it is used. */
static void renew(const struct event *e)
{
    struct mate *m = e->mate;
    if (!m->has_next) return;
    check_with(m, &m->next, e->arg & 1);
    if (!(e->arg & 2)) return;
    m->is.ice = m->next;
    m->has_next = false;
    reached.adopted++;
}

static void hello(const struct event *e)
{
    struct mate *m = e->mate;
    if (f.handshakes == HANDSHAKES) return;
    f.handshakes++;
    m->sessions++;
    client_new(&m->client, m == &f.mates[1] ? "SRTP_AES128_CM_SHA1_80" : "SRTP_AEAD_AES_128_GCM");
    client_on_datagram(&m->client, (struct view){0});
    post_flight(m);
}

static void rebind(const struct event *e)
{
    e->mate->port = e->arg % PORTS;
}

static void close_notify(const struct event *e)
{
    if (!e->mate->client.out) return;
    SSL_shutdown(e->mate->client.ssl);
    post_flight(e->mate);
}

/* Everything that it takes to be heard, on a network without faults. */
static void join(const struct event *e)
{
    add(&(struct event){e->mate, e->arg & 2, e->more});
    check(&(struct event){e->mate, 1, e->more});
    deliver_all();
    hello(e);
    deliver_all();
}

/* ---- media, sealed with the real keys ---- */

static void seal_rtp(struct mate *m, struct writer *w, uint64_t index, uint32_t said)
{
    struct srtp_job job = {.ctx = m->client.out, .buf = {w->ptr, w->cap}, .len = w->len, .index = index};
    if (writer_end(w)) return;
    srtp_protect_rtp(&job, 1);
    if (job.err) return; /* the input's header was none */
    post(m, (struct view){w->ptr, job.len})->said = said;
}

static void say(const struct event *e)
{
    struct mate *m = e->mate;
    uint8_t buf[256];
    struct writer w = writer_init(buf, sizeof(buf));
    bool b = e->arg & 128; /* variant B of the frame before */
    uint64_t index = m->index - b + (b ? 500 : 0);
    if (!m->client.out || f.said_count == SAID) return;
    uint32_t n = f.said_count++;
    f.said[n] = (struct utterance_said){.who = (uint8_t)(m - f.mates)};
    write_u16(&w, 0x9000 | 111);
    write_u16(&w, (uint16_t)index);
    write_u32(&w, m->timestamp);
    write_u32(&w, m->is.ssrc[b]);
    write_u32(&w, 0xbede0001);
    write_u32(&w, 0x10000000u | (e->arg & 127u) << 16); /* RFC 6464: element 1, one byte */
    write_u32(&w, SPOKEN);
    write_u32(&w, n);
    write_u32(&w, ~n);
    if (!b) m->index++, m->timestamp += 960;
    seal_rtp(m, &w, index, n + 1);
}

static struct view take(const struct event *e)
{
    size_t n = e->arg < reader_left(e->more) ? e->arg : reader_left(e->more);
    return read_view(e->more, n);
}

/* First bytes, extensions, CSRCs, payload and padding are the input's. */
static void say_anything(const struct event *e)
{
    struct mate *m = e->mate;
    uint8_t buf[512];
    struct writer w = writer_init(buf, sizeof(buf) - SRTP_MAX_TRAILER);
    uint8_t first = read_u8(e->more), type = read_u8(e->more);
    struct view rest = take(e);
    if (!m->client.out) return;
    write_u8(&w, 0x80 | (first & 0x3f));
    write_u8(&w, type);
    write_u16(&w, (uint16_t)m->index);
    write_u32(&w, m->timestamp);
    write_u32(&w, m->is.ssrc[first >> 6 & 1]);
    write_view(&w, rest);
    w.cap = sizeof(buf);
    seal_rtp(m, &w, m->index++, 0);
}

static void seal_rtcp(struct mate *m, struct writer *w)
{
    struct srtp_job job = {.ctx = m->client.out, .buf = {w->ptr, w->cap}, .len = w->len};
    if (!m->client.out || writer_end(w) || srtp_protect_rtcp(&job)) return;
    post(m, (struct view){w->ptr, job.len});
}

static void report_anything(const struct event *e)
{
    uint8_t buf[512];
    struct writer w = writer_init(buf, sizeof(buf));
    write_u8(&w, 0x80 | (read_u8(e->more) & 0x3f));
    write_u8(&w, (uint8_t)(200 + read_u8(e->more) % 8));
    write_u16(&w, read_u16(e->more));
    write_u32(&w, e->mate->is.ssrc[0]);
    write_view(&w, take(e));
    seal_rtcp(e->mate, &w);
}

/* A packet of slot `arg & 3` is asked for again: the last one heard, or one before or after it. */
static void nack(const struct event *e)
{
    uint8_t buf[128];
    struct writer w = writer_init(buf, sizeof(buf));
    unsigned slot = e->arg & 3;
    rtcp_write_rr(&w, e->mate->is.ssrc[0], NULL, 0);
    write_u32(&w, 0x81cd0003);
    write_u32(&w, e->mate->is.ssrc[0]);
    write_u32(&w, e->mate->is.slot_ssrc[slot]);
    write_u16(&w, (uint16_t)(e->mate->heard_seq[slot] + 2 - (e->arg >> 2)));
    write_u16(&w, 0x0101);
    seal_rtcp(e->mate, &w);
}

static void sender_report(const struct event *e)
{
    uint8_t buf[128];
    struct writer w = writer_init(buf, sizeof(buf));
    struct rtcp_sender s = {.ssrc = e->mate->is.ssrc[e->arg & 1], .ntp = f.now << 22, .packets = 1};
    rtcp_write_sr(&w, &s);
    rtcp_write_sdes_cname(&w, s.ssrc, view_str("x"));
    seal_rtcp(e->mate, &w);
}

/* ---- the network ---- */

static void raw(const struct event *e)
{
    post(e->mate, take(e));
}

static void deliver_one(const struct event *e)
{
    if (!f.letter_count) return;
    struct letter l = letter_take(e->arg % f.letter_count);
    deliver(&l);
}

static void deliver_copy(const struct event *e)
{
    if (!f.letter_count) return;
    struct letter l = f.letters[e->arg % f.letter_count];
    deliver(&l);
}

static void lose(const struct event *e)
{
    if (f.letter_count) (void)letter_take(e->arg % f.letter_count);
}

/* Of what goes to the server: the way back is not this target's. */
static void spoil(const struct event *e)
{
    uint16_t at = read_u16(e->more);
    uint8_t change = read_u8(e->more);
    struct letter *l = f.letter_count ? &f.letters[e->arg % f.letter_count] : NULL;
    if (l && l->up && l->len) l->bytes[at % l->len] ^= change;
}

/* From another address than its own: a NAT that changed its mind, or somebody who listens in. */
static void forward_elsewhere(const struct event *e)
{
    struct letter *l = f.letter_count ? &f.letters[f.letter_count - 1] : NULL;
    if (l && l->up) l->port = e->arg % PORTS;
}

static void flush(const struct event *e)
{
    (void)e;
    deliver_all();
}

/* ---- the script ---- */

static void (*const events[])(const struct event *) = {join,          check,        hello,
                                                       say,           deliver_one,  flush,
                                                       wait,          deliver_copy, lose,
                                                       spoil,         rebind,       speak,
                                                       path,          renew,        drop,
                                                       add,           nack,         twin,
                                                       sender_report, raw,          close_notify,
                                                       say,           say_anything, report_anything,
                                                       flush,         rebind,       forward_elsewhere};
enum { EVENTS = sizeof(events) / sizeof(*events) };

static void world_init(struct dtls_context *dtls)
{
    struct worker_config config = {.row = &udp_sim, .capacity = MATES, .dtls = dtls, .address_count = 1};
    f = (struct world){.now = 1000000};
    noise = 1;
    MUST(worker_init(&f.w, &config) == OK);
    for (unsigned i = 0; i < MATES; i++) f.mates[i].port = (uint16_t)i;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct dtls_context *dtls;
    if (!dtls) {
        clients_start();
        MUST(dtls_context_new(&dtls) == OK);
    }
    world_init(dtls);
    struct reader r = reader_init((struct view){data, size});
    for (int i = 0; i < EVENTS_MAX && reader_left(&r) >= 2; i++) {
        uint8_t what = read_u8(&r);
        struct event e = {&f.mates[what & 3], read_u8(&r), &r};
        events[(what >> 2) % EVENTS](&e);
    }
    for (unsigned i = 0; i < MATES; i++) client_free(&f.mates[i].client);
    worker_deinit(&f.w);
    return 0;
}

const char *fuzz_unreached(void)
{
    if (!reached.up) return "nobody was ever up";
    if (!reached.heard) return "nobody was ever heard";
    if (!reached.again) return "no packet was ever sent again";
    if (!reached.adopted || !reached.moved) return "nobody ever moved to another address";
    for (unsigned why = 0; why < MEDIA_DOWN_FULL; why++)
        if (!reached.down[why]) return "not every reason to go down was seen";
    return NULL;
}
