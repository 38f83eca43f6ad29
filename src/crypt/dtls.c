/* The clock. OpenSSL reads its own (gettimeofday) for retransmissions and looks at it during every read, so
 * it cannot be told the time. Its timer is therefore set to never, and the flight is kept and sent again
 * here, by `now_ms`. The copies carry the record numbers of the originals: to the peer they are datagrams
 * that the network doubled, which its replay window drops if the first one arrived. A server has one flight
 * to repeat by timer (RFC 6347 4.2.4, flight 4); its last one is repeated when the client repeats its own
 * (dtls_rest.c). */
#include "crypt/dtls.h"

#include <stdlib.h>

#include "crypt/dtls_internal.h"
#include "crypt/sign.h"

enum { INTERVAL_MAX_MS = 1600, RECORD_HEADER = 13 };

static const uint64_t NEVER = UINT64_MAX;

static unsigned int openssl_timer_off(SSL *ssl, unsigned int us)
{
    (void)ssl, (void)us;
    return 3600u * 1000 * 1000;
}

static void end_shake(struct dtls *d)
{
    if (!d->shake) return;
    SSL_free(d->shake->ssl);
    wipe(d->shake, sizeof(*d->shake));
    free(d->shake);
    d->shake = NULL;
}

enum err dtls_new(struct dtls **out, struct dtls_context *ctx, struct hash peer_fingerprint)
{
    *out = NULL;
    struct dtls *d = calloc(1, sizeof(*d));
    if (!d) return ERR_SYSTEM;
    d->peer = peer_fingerprint;
    struct shake *s = d->shake = calloc(1, sizeof(*s));
    if (s) s->ssl = SSL_new(ctx->ssl);
    BIO *bio = s && s->ssl ? BIO_new(ctx->bio) : NULL;
    if (!bio) {
        ERR_clear_error();
        dtls_free(d);
        return ERR_CRYPTO;
    }
    s->resend_ms = NEVER;
    s->interval_ms = LIMIT_DTLS_FLIGHT_MS;
    BIO_set_data(bio, d);
    SSL_set_bio(s->ssl, bio, bio);
    SSL_set_app_data(s->ssl, d);
    SSL_set_mtu(s->ssl, DTLS_MTU);
    DTLS_set_timer_cb(s->ssl, openssl_timer_off);
    SSL_set_accept_state(s->ssl);
    *out = d;
    return OK;
}

void dtls_free(struct dtls *d)
{
    if (!d) return;
    end_shake(d);
    wipe(d, sizeof(*d));
    free(d);
}

static enum dtls_state finish(struct dtls *d, enum dtls_state state)
{
    d->state = state;
    if (d->shake) d->shake->resend_ms = NEVER;
    return state;
}

/* ---- the handshake ---- */

/* RFC 5764 4.2: client key, server key, client salt, server salt */
static enum err export_keys(SSL *ssl, struct srtp_keys *out)
{
    static const char LABEL[] = "EXTRACTOR-dtls_srtp";
    uint8_t material[2 * (16 + 14)];
    const SRTP_PROTECTION_PROFILE *profile = SSL_get_selected_srtp_profile(ssl);
    size_t salt = profile->id == SRTP_AEAD_AES_128_GCM ? 12 : 14;
    size_t len = 2 * (16 + salt);
    if (SSL_export_keying_material(ssl, material, len, LABEL, sizeof(LABEL) - 1, NULL, 0, 0) != 1)
        return ERR_CRYPTO;
    struct reader r = reader_init((struct view){material, len});
    out->profile = (enum srtp_profile)profile->id;
    read_bytes(&r, out->in_key, 16);
    read_bytes(&r, out->out_key, 16);
    read_bytes(&r, out->in_salt, salt);
    read_bytes(&r, out->out_salt, salt);
    wipe(material, sizeof(material));
    return reader_end(&r);
}

/* From here on OpenSSL is not needed. */
static enum dtls_state on_done(struct dtls *d)
{
    SSL *ssl = d->shake->ssl;
    if (d->fingerprint != FINGERPRINT_RIGHT) return finish(d, DTLS_WRONG_FINGERPRINT);
    if (!SSL_get_selected_srtp_profile(ssl)) { /* a peer with which no media can follow */
        SSL_shutdown(ssl);
        return finish(d, DTLS_FAILED);
    }
    const struct flight *f = &d->shake->flight;
    struct view last = {f->bytes + d->shake->answer_at, f->used - d->shake->answer_at};
    if (export_keys(ssl, &d->keys) != OK || rest_init(&d->rest, ssl, last) != OK)
        return finish(d, DTLS_FAILED);
    end_shake(d);
    return finish(d, DTLS_UP);
}

static enum dtls_state shake(struct dtls *d)
{
    int r = SSL_do_handshake(d->shake->ssl);
    if (r == 1) return on_done(d);
    if (SSL_get_error(d->shake->ssl, r) == SSL_ERROR_WANT_READ) return DTLS_HANDSHAKING;
    return finish(d, d->fingerprint == FINGERPRINT_WRONG ? DTLS_WRONG_FINGERPRINT : DTLS_FAILED);
}

/* RFC 6347 4.1: content type, a version 254.x, and a length that fits. OpenSSL drops the rest just as well,
 * but this way noise never reaches it. Type 24 and above are no records of DTLS 1.2. */
static bool looks_like_record(struct view datagram)
{
    struct reader r = reader_init(datagram);
    uint8_t type = read_u8(&r);
    uint8_t major = read_u8(&r);
    read_skip(&r, 9);
    read_skip(&r, read_u16(&r));
    return !r.err && type >= 20 && type <= 23 && major == 0xfe;
}

enum dtls_state dtls_on_datagram(struct dtls *d, struct view datagram, uint64_t now_ms)
{
    if (d->state != DTLS_HANDSHAKING && d->state != DTLS_UP) return d->state;
    if (dtls_tick(d, now_ms) != DTLS_UP && d->state != DTLS_HANDSHAKING) return d->state;
    if (datagram.len < RECORD_HEADER || datagram.len > LIMIT_DATAGRAM_BYTES || !looks_like_record(datagram))
        return d->state;

    if (d->state == DTLS_UP) return rest_on_datagram(&d->rest, datagram) ? finish(d, DTLS_CLOSED) : DTLS_UP;
    ERR_clear_error(); /* SSL_get_error looks at the queue, which others on this thread fill too */
    d->shake->in = datagram;
    d->shake->answer_at = d->shake->flight.used;
    shake(d);
    ERR_clear_error();

    struct shake *s = d->shake;
    if (s) s->in = (struct view){0};
    if (d->state == DTLS_HANDSHAKING && s->flight.count > 0 && s->resend_ms == NEVER)
        s->resend_ms = now_ms + s->interval_ms;
    return d->state;
}

enum dtls_state dtls_tick(struct dtls *d, uint64_t now_ms)
{
    if (d->state != DTLS_HANDSHAKING) return d->state;
    struct shake *s = d->shake;
    if (!s->started) {
        s->started = true;
        s->start_ms = now_ms;
    }
    if (now_ms - s->start_ms >= LIMIT_DTLS_MS) return finish(d, DTLS_FAILED);
    if (now_ms >= s->resend_ms) {
        s->flight.next = 0;
        s->flight.next_at = 0;
        s->interval_ms = s->interval_ms * 2 < INTERVAL_MAX_MS ? s->interval_ms * 2 : INTERVAL_MAX_MS;
        s->resend_ms = now_ms + s->interval_ms;
    }
    return d->state;
}

uint64_t dtls_deadline(const struct dtls *d)
{
    const struct shake *s = d->shake;
    if (d->state != DTLS_HANDSHAKING || !s->started) return NEVER;
    uint64_t end = s->start_ms + LIMIT_DTLS_MS;
    return s->resend_ms < end ? s->resend_ms : end;
}

enum dtls_state dtls_state(const struct dtls *d)
{
    return d->state;
}

size_t dtls_next_out(struct dtls *d, struct span buf)
{
    struct rest *rest = &d->rest;
    if (rest->owed && buf.len >= rest->flight_len) {
        rest->owed = false;
        memcpy(buf.ptr, rest->flight, rest->flight_len);
        return rest->flight_len;
    }
    struct flight *f = d->shake ? &d->shake->flight : NULL;
    while (f && f->next < f->count) {
        struct reader r = {.ptr = f->bytes, .len = f->used, .pos = f->next_at};
        size_t n = f->len[f->next++];
        f->next_at += n;
        if (n > buf.len) continue;
        read_bytes(&r, buf.ptr, n);
        return n;
    }
    return 0;
}

enum err dtls_export(struct dtls *d, struct srtp_keys *out)
{
    *out = d->state == DTLS_UP ? d->keys : (struct srtp_keys){0};
    return d->state == DTLS_UP ? OK : ERR_STATE;
}
