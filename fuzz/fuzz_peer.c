/* A worker with two peers, fed by whatever the network may bring. The input is a row of
 *   u8 what, u8 length (times 4), bytes
 * what & 3: whose address (2 and 3: strangers), what >> 2 & 7:
 *   0, 1 the bytes as they are   2, 3 as RTP / RTCP with an announced SSRC    4 a valid check, bytes into its
 * tail 5 a valid check from there, untouched    6 time passes    7 a command */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "media/udp_sim.h"
#include "media/worker.h"
#include "wire/stun.h"

enum { PEERS = 2 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct world {
    struct worker w;
    struct media_peer is[PEERS];
    peer_name names[PEERS];
    uint64_t now;
};

static struct endpoint address(unsigned who)
{
    return (struct endpoint){.v4 = {.sin_family = AF_INET,
                                    .sin_port = htons((uint16_t)(1000 + who)),
                                    .sin_addr.s_addr = htonl(0x0a000001)}};
}

static void command(struct world *f, enum media_command_kind kind, unsigned who, bool speak)
{
    if (kind == MEDIA_PEER_ADD) f->names[who] += 1ull << 32;
    struct media_command c = {.kind = kind, .peer = f->names[who]};
    if (kind == MEDIA_PEER_ADD)
        c.add = f->is[who];
    else
        c.speak = speak;
    ring_push(&f->w.commands, &c);
}

static void inject(struct world *f, unsigned from, struct view bytes)
{
    struct endpoint a = address(from);
    udp_sim_inject(f->w.udp, &a, bytes);
}

/* The check that this peer would send, with the input laid over its end. */
static void check(struct world *f, unsigned from, struct view over)
{
    const struct media_peer *is = &f->is[from % PEERS];
    uint8_t buf[512], name_bytes[80], transaction[12] = {0};
    struct writer name = writer_init(name_bytes, sizeof(name_bytes)), w = writer_init(buf, sizeof(buf));
    write_view(&name, view_str(is->ufrag));
    write_u8(&name, ':');
    write_view(&name, view_str(is->remote_ufrag));
    if (stun_write_request(&w, transaction, writer_view(&name), view_str(is->pwd), 1, from & 1) != OK)
        abort();
    for (size_t i = 0; i < over.len && i < w.len; i++) buf[w.len - 1 - i] ^= over.ptr[i];
    inject(f, from, writer_view(&w));
}

static void packet(struct world *f, unsigned from, bool rtcp, struct view rest)
{
    uint8_t buf[LIMIT_DATAGRAM_BYTES];
    const struct media_peer *is = &f->is[from % PEERS];
    struct writer w = writer_init(buf, sizeof(buf));
    write_u8(&w, 0x80);
    write_u8(&w, rtcp ? 200 : is->payload_type);
    write_u16(&w, rtcp ? (uint16_t)(rest.len / 4) : (uint16_t)f->now);
    if (!rtcp) write_u32(&w, 0);
    write_u32(&w, is->ssrc[0]);
    write_view(&w, rest);
    inject(f, from, writer_view(&w));
}

static void act(struct world *f, unsigned what, struct view bytes)
{
    unsigned from = what & 3, who = what & 1;
    switch (what >> 2 & 7) {
    case 2:
        packet(f, from, false, bytes);
        break;
    case 3:
        packet(f, from, true, bytes);
        break;
    case 4:
        check(f, from, bytes);
        break;
    case 5:
        check(f, from, (struct view){0});
        break;
    case 6:
        f->now += 1 + bytes.len * 40;
        break;
    case 7:
        command(f, (enum media_command_kind)(what >> 5 & 3), who, what & 128);
        break;
    default:
        inject(f, from, bytes);
    }
    worker_step(&f->w, f->now);
    struct endpoint to;
    struct view sent;
    while (udp_sim_drain(f->w.udp, &to, &sent))
        if (!sent.len || sent.len > LIMIT_DATAGRAM_BYTES) abort();
    struct media_event e;
    while (ring_pull(&f->w.events, &e))
        if (e.kind == MEDIA_PEER_UP) abort(); /* nobody here has a certificate */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct dtls_context *dtls;
    if (!dtls && dtls_context_new(&dtls) != OK) abort();
    static struct world f;
    f = (struct world){.now = 1000};
    struct worker_config config = {.row = &udp_sim, .capacity = PEERS, .dtls = dtls};
    if (worker_init(&f.w, &config) != OK) abort();
    for (unsigned i = 0; i < PEERS; i++) {
        f.names[i] = i + 1;
        f.is[i] = (struct media_peer){.payload_type = 111, .level_ext = 1, .ssrc = {i * 2 + 1, i * 2 + 2}};
        memset(f.is[i].ufrag, 'a' + (int)i, 4);
        memset(f.is[i].remote_ufrag, 'x', 4);
        memset(f.is[i].pwd, 'p', 24);
        command(&f, MEDIA_PEER_ADD, i, false);
    }
    struct reader r = reader_init((struct view){data, size});
    while (reader_left(&r) >= 2) {
        unsigned what = read_u8(&r);
        size_t len = 4u * read_u8(&r);
        act(&f, what, read_view(&r, len < reader_left(&r) ? len : reader_left(&r)));
    }
    if (f.w.stats.forwarded) abort();
    worker_deinit(&f.w);
    return 0;
}
