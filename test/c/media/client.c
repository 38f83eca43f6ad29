#include "client.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypt/sign.h"
#include "wire/rtcp.h"
#include "wire/rtp.h"
#include "wire/stun.h"

/* ---- identity ---- */

static void make_certificate(struct client *c)
{
    c->key = EVP_EC_gen("P-256");
    c->certificate = X509_new();
    assert_non_null(c->key);
    assert_non_null(c->certificate);
    X509_gmtime_adj(X509_getm_notBefore(c->certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(c->certificate), 3600);
    X509_set_pubkey(c->certificate, c->key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(c->certificate), "CN", MBSTRING_ASC,
                               (const unsigned char *)"client", -1, -1, 0);
    X509_set_issuer_name(c->certificate, X509_get_subject_name(c->certificate));
    assert_true(X509_sign(c->certificate, c->key, EVP_sha256()) > 0);
}

struct hash client_fingerprint(const struct client *c)
{
    struct hash h;
    unsigned len = 0;
    assert_int_equal(X509_digest(c->certificate, EVP_sha256(), h.bytes, &len), 1);
    return h;
}

static int accept_any(int ok, X509_STORE_CTX *store)
{
    (void)ok, (void)store;
    return 1;
}

void client_reset_dtls(struct client *c)
{
    SSL_free(c->ssl);
    c->ssl = SSL_new(c->context);
    assert_non_null(c->ssl);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(in, -1);
    BIO_set_mem_eof_return(out, -1);
    SSL_set_bio(c->ssl, in, out);
    SSL_set_options(c->ssl, SSL_OP_NO_QUERY_MTU);
    SSL_set_mtu(c->ssl, 1200);
    SSL_set_connect_state(c->ssl);
}

static void make_context(struct client *c)
{
    c->context = SSL_CTX_new(DTLS_client_method());
    assert_non_null(c->context);
    assert_int_equal(SSL_CTX_use_certificate(c->context, c->certificate), 1);
    assert_int_equal(SSL_CTX_use_PrivateKey(c->context, c->key), 1);
    SSL_CTX_set_verify(c->context, SSL_VERIFY_PEER, accept_any);
    assert_int_equal(SSL_CTX_set_tlsext_use_srtp(c->context, "SRTP_AEAD_AES_128_GCM"), 0);
}

struct client *client_new(unsigned number, struct id room)
{
    struct client *c = calloc(1, sizeof(*c));
    assert_non_null(c);
    make_certificate(c);
    make_context(c);
    client_reset_dtls(c);
    struct sockaddr_in *a = (struct sockaddr_in *)&c->address;
    *a = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)(20000 + number))};
    a->sin_addr.s_addr = htonl(0x0a000001 + number);
    c->is = (struct media_peer){.room = room,
                                .fingerprint = client_fingerprint(c),
                                .payload_type = PT,
                                .level_ext = LEVEL_EXT,
                                .ssrc = {0x1000 + number, 0x2000 + number}};
    snprintf(c->is.ice.ufrag, sizeof(c->is.ice.ufrag), "ours%u", number);
    snprintf(c->is.ice.pwd, sizeof(c->is.ice.pwd), "password-of-ours-no-%u", number);
    snprintf(c->is.ice.remote_ufrag, sizeof(c->is.ice.remote_ufrag), "th%u", number);
    for (uint32_t k = 0; k < LIMIT_SLOTS; k++) c->is.slot_ssrc[k] = 0x10000 + number * LIMIT_SLOTS + k;
    c->index = 30000 + number; /* rolls over within the tests that say a lot */
    c->timestamp = 0xfffff000u + number * 12345;
    return c;
}

void client_free(struct client *c)
{
    SSL_free(c->ssl);
    SSL_CTX_free(c->context);
    X509_free(c->certificate);
    EVP_PKEY_free(c->key);
    srtp_free(c->out);
    srtp_free(c->in);
    ear_free(c->ear);
    free(c);
}

/* ---- STUN and DTLS ---- */

static void check(struct client *c, const char *username, const char *pwd, bool use_candidate)
{
    uint8_t transaction[12], buf[512];
    assert_int_equal(random_bytes(transaction, sizeof(transaction)), OK);
    struct writer w = writer_init(buf, sizeof(buf));
    assert_int_equal(
        stun_write_request(&w, transaction, view_str(username), view_str(pwd), 0x7e0000ff, use_candidate),
        OK);
    c->send(c, writer_view(&w));
}

void client_check(struct client *c, bool use_candidate)
{
    char username[2 * LIMIT_UFRAG_BYTES + 2];
    snprintf(username, sizeof(username), "%s:%s", c->is.ice.ufrag, c->is.ice.remote_ufrag);
    check(c, username, c->is.ice.pwd, use_candidate);
}

void client_check_as(struct client *c, const char *username, const char *pwd)
{
    check(c, username, pwd, true);
}

static void send_flight(struct client *c)
{
    uint8_t buf[4096];
    int n;
    while ((n = BIO_read(SSL_get_wbio(c->ssl), buf, sizeof(buf))) > 0) {
        assert_true(n <= LIMIT_DATAGRAM_BYTES);
        c->send(c, (struct view){buf, (size_t)n});
    }
}

static void take_keys(struct client *c)
{
    uint8_t m[56], salt[14] = {0};
    const size_t key = 16, salt_len = 12;
    assert_string_equal(SSL_get_selected_srtp_profile(c->ssl)->name, "SRTP_AEAD_AES_128_GCM");
    assert_int_equal(SSL_export_keying_material(c->ssl, m, sizeof(m), "EXTRACTOR-dtls_srtp", 19, NULL, 0, 0),
                     1);
    memcpy(salt, m + 2 * key, salt_len); /* client key, server key, client salt, server salt */
    assert_int_equal(srtp_new(&c->out, SRTP_AEAD_AES_128_GCM, m, salt), OK);
    memcpy(salt, m + 2 * key + salt_len, salt_len);
    assert_int_equal(srtp_new(&c->in, SRTP_AEAD_AES_128_GCM, m + key, salt), OK);
    c->ear = ear_new(m + key, salt);
    c->up = true;
}

static void shake(struct client *c)
{
    ERR_clear_error();
    if (SSL_is_init_finished(c->ssl)) {
        uint8_t none[16];
        (void)SSL_read(c->ssl, none, sizeof(none));
    } else {
        int r = SSL_do_handshake(c->ssl);
        if (r <= 0 && SSL_get_error(c->ssl, r) == SSL_ERROR_SSL) c->alert = true;
    }
    send_flight(c);
    if (SSL_is_init_finished(c->ssl) && !c->up) take_keys(c);
}

void client_hello(struct client *c)
{
    shake(c);
}

void client_close(struct client *c)
{
    SSL_shutdown(c->ssl);
    send_flight(c);
}

/* ---- SRTP ---- */

void client_say_as(struct client *c, const struct say *say)
{
    uint8_t *buf = c->last;
    uint64_t index = c->index + (say->b ? c->apart : 0);
    uint32_t ssrc = say->ssrc ? say->ssrc : c->is.ssrc[say->b];
    struct writer w = writer_init(buf, sizeof(c->last));
    size_t len = say->len ? say->len : strlen(say->payload);
    bool level = !c->is.constant || say->extension;
    write_u8(&w, 0x80 | (say->padding ? 0x20 : 0) | (level ? 0x10 : 0) | (say->csrc ? 1 : 0));
    write_u8(&w, (say->marker ? 0x80 : 0) | (say->payload_type ? say->payload_type : PT));
    write_u16(&w, (uint16_t)index);
    write_u32(&w, c->timestamp + (say->b ? c->offset : 0));
    write_u32(&w, ssrc);
    if (say->csrc) write_u32(&w, 0xdeadbeef);
    if (level) {
        write_u16(&w, 0xbede);
        write_u16(&w, 1);
        write_u8(&w, LEVEL_EXT << 4);
        write_u8(&w, 0x80 | say->level);
        write_u16(&w, 0);
    }
    for (size_t i = 0; i < len; i++) write_u8(&w, (uint8_t)say->payload[say->len ? 0 : i]);
    if (say->padding) write_u32(&w, 4);
    assert_int_equal(writer_end(&w), OK);
    struct srtp_job job = {.ctx = c->out, .buf = {buf, sizeof(c->last)}, .len = w.len, .index = index};
    srtp_protect_rtp(&job, 1);
    assert_int_equal(job.err, OK);
    c->last_len = job.len;
    if (!say->b) client_skip(c);
    c->send(c, (struct view){buf, job.len});
}

void client_skip(struct client *c)
{
    c->index++;
    c->timestamp += 960;
}

void client_say(struct client *c, const char *payload, uint8_t level)
{
    client_say_as(c, &(struct say){.payload = payload, .level = level});
}

void client_report(struct client *c, uint64_t ntp)
{
    uint8_t buf[256];
    struct writer w = writer_init(buf, sizeof(buf));
    struct rtcp_sender s = {
        .ssrc = c->is.ssrc[0], .ntp = ntp, .rtp_timestamp = c->timestamp, .packets = 1, .octets = 1};
    rtcp_write_sr(&w, &s);
    rtcp_write_sdes_cname(&w, s.ssrc, view_str("x"));
    assert_int_equal(writer_end(&w), OK);
    struct srtp_job job = {.ctx = c->out, .buf = {buf, sizeof(buf)}, .len = w.len};
    assert_int_equal(srtp_protect_rtcp(&job), OK);
    c->send(c, (struct view){buf, job.len});
}

void client_nack(struct client *c, uint32_t ssrc, uint16_t seq, uint16_t behind)
{
    uint8_t buf[256];
    struct writer w = writer_init(buf, sizeof(buf));
    write_u16(&w, 0x80c9); /* an empty receiver report comes first: RFC 3550 6.1 */
    write_u16(&w, 1);
    write_u32(&w, c->is.ssrc[0]);
    write_u16(&w, 0x81cd);
    write_u16(&w, 3);
    write_u32(&w, c->is.ssrc[0]);
    write_u32(&w, ssrc);
    write_u16(&w, seq);
    write_u16(&w, behind);
    struct srtp_job job = {.ctx = c->out, .buf = {buf, sizeof(buf)}, .len = w.len};
    assert_int_equal(srtp_protect_rtcp(&job), OK);
    c->send(c, (struct view){buf, job.len});
}

static void hear(struct client *c, uint8_t *packet, size_t len)
{
    struct rtp_header h;
    struct view payload;
    if (!c->ear || !ear_open(c->ear, packet, &len)) {
        c->deaf_count++;
        return;
    }
    assert_int_equal(rtp_parse(&h, (struct view){packet, len}), OK);
    assert_int_equal(rtp_payload(&h, (struct view){packet, len}, &payload), OK);
    assert_int_equal(h.header_len, RTP_HEADER_BYTES); /* no CSRC, no extension */
    assert_false(h.padding);
    struct heard *out = &c->heard[c->heard_count++ % HEARD];
    *out = (struct heard){.ssrc = h.ssrc,
                          .timestamp = h.timestamp,
                          .seq = h.seq,
                          .payload_type = h.payload_type,
                          .marker = h.marker,
                          .len = payload.len};
    size_t kept = payload.len < sizeof(out->payload) ? payload.len : sizeof(out->payload);
    if (kept) memcpy(out->payload, payload.ptr, kept);
}

static void hear_rtcp(struct client *c, const uint8_t *packet, size_t len)
{
    assert_non_null(c->in);
    memcpy(c->rtcp, packet, len);
    struct srtp_job job = {.ctx = c->in, .buf = {c->rtcp, sizeof(c->rtcp)}, .len = len};
    assert_int_equal(srtp_unprotect_rtcp(&job), OK);
    c->rtcp_len = job.len;
    c->rtcp_count++;
}

void client_on_datagram(struct client *c, struct view datagram)
{
    uint8_t buf[LIMIT_DATAGRAM_BYTES];
    struct stun_message m;
    assert_true(datagram.len <= sizeof(buf));
    memcpy(buf, datagram.ptr, datagram.len);
    struct view copy = {buf, datagram.len};
    c->datagrams++;
    switch (packet_kind(copy)) {
    case PACKET_STUN:
        assert_int_equal(stun_parse(&m, copy), OK);
        assert_int_equal(stun_check_integrity(&m, view_str(c->is.ice.pwd)), OK);
        if (m.type == STUN_BINDING_SUCCESS)
            c->answers++;
        else
            c->errors++;
        break;
    case PACKET_DTLS:
        BIO_write(SSL_get_rbio(c->ssl), buf, (int)datagram.len);
        shake(c);
        break;
    case PACKET_RTP:
        hear(c, buf, datagram.len);
        break;
    case PACKET_RTCP:
        hear_rtcp(c, buf, datagram.len);
        break;
    case PACKET_OTHER:
        fail_msg("the server sent something unknown");
    }
}

const struct heard *client_heard(const struct client *c, size_t from_last)
{
    assert_true(from_last < c->heard_count && from_last < HEARD);
    return &c->heard[(c->heard_count - 1 - from_last) % HEARD];
}
