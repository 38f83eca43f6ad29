#include "client.h"

#include <stdio.h>
#include <string.h>

#include "crypt/sign.h"
#include "wire/rtcp.h"
#include "wire/rtp.h"
#include "wire/stun.h"

/* RFC 7675 asks for consent every 5 s; Chromium does it every 2.5 s. RFC 3550 6.2: reports every 5 s. */
enum { CHECK_FIRST_MS = 200, CHECK_MS = 2500, DTLS_TICK_MS = 50, GIVE_UP_MS = 20000, REPORT_MS = 5000 };
enum { PRIORITY = 0x7e0000ff, DTLS_HEAD = 13, DTLS_ROOM = 1200, BUFFER_BYTES = 4096 };
static const uint32_t MAGIC[LIMIT_VARIANTS] = {0x41504c44, 0x42504c44};

static void send_to_server(struct client *c, const struct client_world *w, struct view datagram)
{
    w->send(w->user, w, c->address, &c->terms.server, datagram);
}

static void fail(struct client *c)
{
    c->state = CLIENT_FAILED;
    SSL_free(c->ssl);
    c->ssl = NULL;
}

void client_free(struct client *c)
{
    SSL_free(c->ssl);
    srtp_free(c->in);
    srtp_free(c->out);
    *c = (struct client){0};
}

/* ---- ICE ---- */

static void check(struct client *c, const struct client_world *w)
{
    uint8_t transaction[12], buf[512];
    char name[2 * CLIENT_SECRET_BYTES];
    snprintf(name, sizeof(name), "%s:%s", c->terms.server_ufrag, c->terms.ufrag);
    struct writer out = writer_init(buf, sizeof(buf));
    if (random_bytes(transaction, sizeof(transaction)) == OK &&
        stun_write_request(&out, transaction, view_str(name), view_str(c->terms.server_pwd), PRIORITY,
                           true) == OK)
        send_to_server(c, w, writer_view(&out));
}

/* A full ICE agent checks us too. */
static void answer_check(struct client *c, const struct client_world *w, const struct stun_message *m)
{
    uint8_t buf[512];
    struct writer out = writer_init(buf, sizeof(buf));
    struct sockaddr_storage from = {0};
    memcpy(&from, &c->terms.server, sizeof(c->terms.server));
    if (stun_check_integrity(m, view_str(c->terms.pwd)) != OK)
        w->tally->refused++;
    else if (stun_write_success(&out, m, &from, view_str(c->terms.pwd)) == OK)
        send_to_server(c, w, writer_view(&out));
}

/* ---- DTLS ---- */

/* The memory BIO has lost the borders of datagrams; records know their length (RFC 6347 4.1). As many as fit
 * share a datagram. */
static void send_flight(struct client *c, const struct client_world *w)
{
    uint8_t buf[BUFFER_BYTES];
    int n = BIO_read(SSL_get_wbio(c->ssl), buf, sizeof(buf));
    if (n <= 0) return;
    struct view whole = {buf, (size_t)n};
    size_t start = 0, end = 0;
    while (end < whole.len) {
        struct reader r = {.ptr = whole.ptr, .len = whole.len, .pos = end};
        read_skip(&r, DTLS_HEAD - 2);
        read_skip(&r, read_u16(&r));
        if (r.err) break;
        if (r.pos - start > DTLS_ROOM && end > start) {
            send_to_server(c, w, (struct view){whole.ptr + start, end - start});
            start = end;
        }
        end = r.pos;
    }
    if (end > start) send_to_server(c, w, (struct view){whole.ptr + start, end - start});
}

/* RFC 5764 4.2: client key, server key, client salt, server salt */
static enum err take_keys(struct client *c)
{
    uint8_t material[60], client_key[16], server_key[16], client_salt[14] = {0}, server_salt[14] = {0};
    const SRTP_PROTECTION_PROFILE *profile = SSL_get_selected_srtp_profile(c->ssl);
    if (!profile) return ERR_UNSUPPORTED;
    size_t salt = profile->id == SRTP_AEAD_AES_128_GCM ? 12 : 14;
    struct reader r = reader_init((struct view){material, 2 * (16 + salt)});
    if (SSL_export_keying_material(c->ssl, material, r.len, "EXTRACTOR-dtls_srtp", 19, NULL, 0, 0) != 1)
        return ERR_CRYPTO;
    read_bytes(&r, client_key, 16);
    read_bytes(&r, server_key, 16);
    read_bytes(&r, client_salt, salt);
    read_bytes(&r, server_salt, salt);
    c->profile = (enum srtp_profile)profile->id;
    enum err e = srtp_new(&c->in, c->profile, server_key, server_salt);
    return e ? e : srtp_new(&c->out, c->profile, client_key, client_salt);
}

static void shake(struct client *c, const struct client_world *w, uint64_t now_ms)
{
    ERR_clear_error();
    int r = SSL_do_handshake(c->ssl);
    send_flight(c, w);
    if (r == 1) {
        bool good = take_keys(c) == OK;
        if (!good) {
            fail(c);
            return;
        }
        SSL_free(c->ssl); /* the server's last flight is here, so ours will not be asked for again */
        c->ssl = NULL;
        c->state = CLIENT_UP;
        c->dtls_ms = now_ms + 1 + c->address % REPORT_MS;
    } else if (SSL_get_error(c->ssl, r) != SSL_ERROR_WANT_READ) {
        fail(c);
    } else {
        c->dtls_ms = now_ms + DTLS_TICK_MS;
    }
}

static void on_dtls(struct client *c, const struct client_world *w, struct span d, uint64_t now_ms)
{
    if (c->state != CLIENT_SHAKING || BIO_write(SSL_get_rbio(c->ssl), d.ptr, (int)d.len) <= 0) return;
    shake(c, w, now_ms);
}

static void on_stun(struct client *c, const struct client_world *w, struct span d, uint64_t now_ms)
{
    struct stun_message m;
    struct view bytes = {d.ptr, d.len};
    if (stun_parse(&m, bytes) != OK) {
        w->tally->strange++;
    } else if (m.type == STUN_BINDING_REQUEST) {
        answer_check(c, w, &m);
    } else if (m.type != STUN_BINDING_SUCCESS ||
               stun_check_integrity(&m, view_str(c->terms.server_pwd)) != OK) {
        w->tally->refused++;
    } else if (c->state == CLIENT_CHECKING) {
        c->check_ms = now_ms + CHECK_MS - c->address % 500; /* spread, as those of real people are */
        c->ssl = identity_connect(w->identity, &c->terms.server_fingerprint);
        c->state = c->ssl ? CLIENT_SHAKING : CLIENT_FAILED;
        if (c->ssl) shake(c, w, now_ms);
    }
}

/* ---- what is said and heard ---- */

static enum err say_variant(struct client *c, const struct client_world *w, int variant, uint8_t level,
                            uint64_t now_ns)
{
    uint8_t buf[LIMIT_DATAGRAM_BYTES];
    struct writer out = writer_init(buf, sizeof(buf) - SRTP_MAX_TRAILER);
    write_u8(&out, c->terms.level_ext ? 0x90 : 0x80); /* RFC 3550 5.1: version 2, with or without extension */
    write_u8(&out, c->terms.payload_type);
    write_u16(&out, (uint16_t)c->index);
    write_u32(&out, client_timestamp(c) + (variant ? CLIENT_TWIN_OFFSET : 0));
    write_u32(&out, c->terms.ssrc[variant]);
    if (c->terms.level_ext) { /* RFC 8285 4.2, RFC 6464 */
        write_u16(&out, 0xbede);
        write_u16(&out, 1);
        write_u8(&out, (uint8_t)(c->terms.level_ext << 4));
        write_u8(&out, 0x80 | level);
        write_u16(&out, 0);
    }
    size_t body = out.len;
    write_u32(&out, MAGIC[variant]);
    write_u64(&out, now_ns);
    while (!out.err && out.len < body + w->payload_bytes) write_u8(&out, c->terms.fill);
    enum err e = writer_end(&out);
    if (e) return e;
    struct srtp_job job = {.ctx = c->out, .buf = {buf, sizeof(buf)}, .len = out.len, .index = c->index};
    srtp_protect_rtp(&job, 1);
    if (!job.err) send_to_server(c, w, (struct view){buf, job.len});
    return job.err;
}

uint32_t client_timestamp(const struct client *c)
{
    return (uint32_t)c->index * CLIENT_SAMPLES;
}

enum err client_say(struct client *c, const struct client_world *w, uint8_t level, uint64_t now_ns)
{
    if (c->state != CLIENT_UP) return ERR_STATE;
    enum err e = say_variant(c, w, 0, level, now_ns);
    if (!e && c->twin) e = say_variant(c, w, 1, level, now_ns);
    c->index++;
    if (!e) w->tally->sent++;
    return e;
}

enum err client_send(struct client *c, const struct client_world *w, struct view bytes, bool sealed)
{
    uint8_t buf[LIMIT_DATAGRAM_BYTES];
    if (bytes.len > sizeof(buf) - SRTP_MAX_TRAILER) return ERR_TOO_LARGE;
    if (bytes.len) memcpy(buf, bytes.ptr, bytes.len);
    struct srtp_job job = {.ctx = c->out, .buf = {buf, sizeof(buf)}, .len = bytes.len, .index = c->index};
    if (sealed && !c->out) return ERR_STATE;
    if (sealed) {
        if (bytes.len >= 4) memcpy(buf + 2, (uint8_t[]){(uint8_t)(c->index >> 8), (uint8_t)c->index}, 2);
        srtp_protect_rtp(&job, 1);
        c->index++;
    }
    if (job.err) return job.err;
    send_to_server(c, w, (struct view){buf, job.len});
    return OK;
}

static struct stream *stream_of(struct client *c, uint32_t ssrc)
{
    for (int i = 0; i < LIMIT_SLOTS; i++) {
        struct stream *s = &c->streams[i];
        if (!s->started) s->ssrc = ssrc;
        if (s->ssrc == ssrc) return s;
    }
    return NULL;
}

/* Only the time may differ from what was said. The variant, or -1: it is something else. */
static int as_said(struct view payload, size_t expected, uint8_t fill, uint64_t *sent_ns)
{
    struct reader r = reader_init(payload);
    uint32_t magic = read_u32(&r);
    *sent_ns = read_u64(&r);
    read_skip(&r, reader_left(&r) ? reader_left(&r) - 1 : 0);
    bool good = read_u8(&r) == fill && reader_end(&r) == OK && payload.len == expected;
    return !good ? -1 : magic == MAGIC[0] ? 0 : magic == MAGIC[1] ? 1 : -1;
}

static void on_rtp(struct client *c, const struct client_world *w, struct span d, uint64_t at_ns)
{
    struct tally *t = w->tally;
    struct srtp_job job = {.ctx = c->in, .buf = d, .len = d.len};
    if (!c->in) {
        t->early++;
        return;
    }
    enum err e = srtp_unprotect_rtp(&job);
    if (e) {
        if (e == ERR_REPLAY)
            t->doubled++;
        else
            t->forged++;
        return;
    }
    struct rtp_header h;
    struct view whole = {d.ptr, job.len}, payload;
    uint64_t sent_ns;
    struct stream *s = rtp_parse(&h, whole) == OK ? stream_of(c, h.ssrc) : NULL;
    bool known = s && rtp_payload(&h, whole, &payload) == OK;
    int variant = known ? as_said(payload, w->payload_bytes, c->terms.fill, &sent_ns) : -1;
    if (variant < 0) {
        t->strange++;
        return;
    }
    uint64_t before = s->reordered;
    stream_on_packet(s, job.index);
    t->reordered += s->reordered - before;
    t->received++;
    t->second += variant == 1;
    c->heard_ns = at_ns;
    if (sent_ns > c->said_ns) c->said_ns = sent_ns;
    histogram_add(&t->latency, at_ns > sent_ns ? at_ns - sent_ns : 0);
}

static void on_rtcp(struct client *c, const struct client_world *w, struct span d)
{
    struct srtp_job job = {.ctx = c->in, .buf = d, .len = d.len};
    if (!c->in) {
        w->tally->early++;
        return;
    }
    enum err e = srtp_unprotect_rtcp(&job);
    if (e == ERR_REPLAY)
        w->tally->doubled++;
    else if (e)
        w->tally->forged++;
    else
        w->tally->control++;
}

void client_on_datagram(struct client *c, const struct client_world *w, struct span d, uint64_t at_ns,
                        uint64_t now_ms)
{
    c->came++;
    switch (packet_kind((struct view){d.ptr, d.len})) {
    case PACKET_STUN:
        on_stun(c, w, d, now_ms);
        break;
    case PACKET_DTLS:
        on_dtls(c, w, d, now_ms);
        break;
    case PACKET_RTP:
        on_rtp(c, w, d, at_ns);
        break;
    case PACKET_RTCP:
        on_rtcp(c, w, d);
        break;
    case PACKET_OTHER:
        w->tally->strange++;
        break;
    }
}

/* ---- time ---- */

/* What a listener owes its speakers (RFC 3550 6.4.2). Nothing is ever said to be lost: then no server
 * repeats. */
static void report(struct client *c, const struct client_world *w)
{
    uint8_t buf[512];
    struct rtcp_report blocks[LIMIT_SLOTS];
    size_t n = 0;
    for (int i = 0; i < LIMIT_SLOTS; i++)
        if (c->streams[i].started)
            blocks[n++] = (struct rtcp_report){.ssrc = c->streams[i].ssrc,
                                               .highest_seq = (uint32_t)c->streams[i].highest};
    struct writer out = writer_init(buf, sizeof(buf) - SRTP_MAX_TRAILER);
    rtcp_write_rr(&out, c->terms.ssrc[0], blocks, n);
    rtcp_write_sdes_cname(&out, c->terms.ssrc[0], view_str("load"));
    struct srtp_job job = {.ctx = c->out, .buf = {buf, sizeof(buf)}, .len = out.len};
    if (writer_end(&out) == OK && srtp_protect_rtcp(&job) == OK)
        send_to_server(c, w, (struct view){buf, job.len});
}

void client_start(struct client *c, const struct client_world *w, uint64_t now_ms)
{
    c->state = CLIENT_CHECKING;
    c->give_up_ms = now_ms + GIVE_UP_MS;
    c->check_ms = now_ms + CHECK_FIRST_MS;
    c->index = 1000;
    check(c, w);
}

uint64_t client_tick(struct client *c, const struct client_world *w, uint64_t now_ms)
{
    if (c->state == CLIENT_NEW || c->state == CLIENT_FAILED) return UINT64_MAX;
    if (c->state != CLIENT_UP && now_ms >= c->give_up_ms) {
        fail(c);
        return UINT64_MAX;
    }
    if (now_ms >= c->check_ms) {
        check(c, w);
        c->check_ms = now_ms + (c->state == CLIENT_CHECKING ? CHECK_FIRST_MS : CHECK_MS);
    }
    if (c->state == CLIENT_SHAKING && now_ms >= c->dtls_ms) {
        DTLSv1_handle_timeout(c->ssl);
        send_flight(c, w);
        c->dtls_ms = now_ms + DTLS_TICK_MS;
    } else if (c->state == CLIENT_UP && now_ms >= c->dtls_ms) {
        report(c, w);
        c->dtls_ms = now_ms + REPORT_MS;
    }
    if (c->state == CLIENT_CHECKING) return c->check_ms;
    return c->check_ms < c->dtls_ms ? c->check_ms : c->dtls_ms;
}
