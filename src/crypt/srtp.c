#include "crypt/srtp.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "crypt/openssl.h"
#include "crypt/sign.h"
#include "crypt/srtp_session.h"

enum { GCM_TAG = 16, CM_TAG = 10, SRTCP_WORD = 4, RTCP_HEAD = 8, MAC_BYTES = 20 };
static const uint32_t ENCRYPTED = 1u << 31;         /* the E bit of the SRTCP word */
static const uint64_t INDEX_END = 1ull << 48;       /* RTP packet indices are below it */
static const uint32_t CONTROL_INDEX_END = 1u << 31; /* and SRTCP indices below this */

struct half { /* RTP or RTCP: the keys, set once. Only the IV changes from packet to packet. */
    EVP_CIPHER_CTX *cipher;
    EVP_MAC_CTX *mac; /* NULL with GCM */
    uint8_t salt[14];
};

struct stream { /* what one SSRC has sent so far; bit n of `seen` is packet highest - n */
    bool used;
    uint32_t ssrc;
    uint64_t highest;
    uint64_t seen;
};

static_assert(LIMIT_REPLAY_WINDOW == 64, "the window is one 64-bit word");

struct srtp {
    bool aead;
    size_t tag;
    struct half rtp, rtcp;
    uint32_t next_control; /* SRTCP index of the next packet we protect: one row for all our SSRCs */
    struct stream streams[SRTP_SSRCS], controls[SRTP_SSRCS];
};

/* One packet taken apart. `head` is authenticated only, `body` also encrypted; they adjoin. `extra` is
 * authenticated behind them: the SRTCP word or, for CM, the rollover counter. */
struct parts {
    struct span head, body;
    struct view extra;
    uint8_t *tag;
    uint32_t ssrc;
    uint64_t index;
};

/* ---- life ---- */

static void half_deinit(struct half *h)
{
    EVP_CIPHER_CTX_free(h->cipher);
    EVP_MAC_CTX_free(h->mac);
}

static enum err half_init(struct half *h, bool aead, const struct srtp_half_keys *keys)
{
    memcpy(h->salt, keys->salt, sizeof(h->salt));
    h->cipher = EVP_CIPHER_CTX_new();
    const EVP_CIPHER *type = aead ? EVP_aes_128_gcm() : EVP_aes_128_ctr();
    if (!h->cipher || EVP_CipherInit_ex(h->cipher, type, NULL, keys->key, NULL, 1) != 1) return ERR_CRYPTO;
    if (aead) return OK;

    char digest[] = "SHA1";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                           OSSL_PARAM_construct_end()};
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    h->mac = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
    EVP_MAC_free(hmac);
    return h->mac && EVP_MAC_init(h->mac, keys->auth, sizeof(keys->auth), params) == 1 ? OK : ERR_CRYPTO;
}

enum err srtp_new_from_session(struct srtp **out, enum srtp_profile profile,
                               const struct srtp_session *session)
{
    *out = NULL;
    if (profile != SRTP_AEAD_AES_128_GCM && profile != SRTP_AES128_CM_SHA1_80) return ERR_UNSUPPORTED;
    struct srtp *s = calloc(1, sizeof(*s));
    if (!s) return ERR_SYSTEM;
    s->aead = profile == SRTP_AEAD_AES_128_GCM;
    s->tag = s->aead ? GCM_TAG : CM_TAG;
    enum err e = half_init(&s->rtp, s->aead, &session->rtp);
    if (!e) e = half_init(&s->rtcp, s->aead, &session->rtcp);
    if (e)
        srtp_free(s);
    else
        *out = s;
    return e;
}

enum err srtp_new(struct srtp **out, enum srtp_profile profile, const uint8_t key[16], const uint8_t salt[14])
{
    struct srtp_session session;
    *out = NULL;
    enum err e = srtp_session_derive(&session, profile, key, salt);
    if (e) return e;
    e = srtp_new_from_session(out, profile, &session);
    wipe(&session, sizeof(session));
    return e;
}

void srtp_free(struct srtp *s)
{
    if (!s) return;
    half_deinit(&s->rtp);
    half_deinit(&s->rtcp);
    wipe(s, sizeof(*s));
    free(s);
}

/* ---- the transforms ---- */

/* RFC 3711 4.1.1 (16 bytes) and RFC 7714 8.1, 9.1 (12 bytes) are one layout: zeros, SSRC, 48-bit index, and
 * for CM a block counter that starts at zero; all XOR the session salt. */
static void make_iv(const struct srtp *s, const struct half *h, const struct parts *p, uint8_t iv[16])
{
    struct writer w = writer_init(iv, 16);
    write_u16(&w, 0);
    if (!s->aead) write_u16(&w, 0);
    write_u32(&w, p->ssrc);
    write_u16(&w, (uint16_t)(p->index >> 32));
    write_u32(&w, (uint32_t)p->index);
    while (w.len < w.cap) write_u8(&w, 0);
    for (size_t i = 0; i < (s->aead ? 12 : 14); i++) iv[i] ^= h->salt[i];
}

static bool update(EVP_CIPHER_CTX *c, uint8_t *out, const uint8_t *in, size_t n)
{
    int len = 0;
    return n == 0 || (EVP_CipherUpdate(c, out, &len, in, (int)n) == 1 && (size_t)len == n);
}

static enum err gcm(struct half *h, struct parts *p, const uint8_t iv[16], bool seal)
{
    EVP_CIPHER_CTX *c = h->cipher;
    uint8_t rest[16];
    int len = 0;
    if (EVP_CipherInit_ex(c, NULL, NULL, NULL, iv, seal) != 1 ||
        (!seal && EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, GCM_TAG, p->tag) != 1) ||
        !update(c, NULL, p->head.ptr, p->head.len) || !update(c, NULL, p->extra.ptr, p->extra.len) ||
        !update(c, p->body.ptr, p->body.ptr, p->body.len))
        return ERR_CRYPTO;
    if (EVP_CipherFinal_ex(c, rest, &len) != 1) return seal ? ERR_CRYPTO : ERR_SIGNATURE;
    if (seal && EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, GCM_TAG, p->tag) != 1) return ERR_CRYPTO;
    return OK;
}

static enum err cm_xor(struct half *h, struct parts *p, const uint8_t iv[16])
{
    if (EVP_CipherInit_ex(h->cipher, NULL, NULL, NULL, iv, 1) != 1 ||
        !update(h->cipher, p->body.ptr, p->body.ptr, p->body.len))
        return ERR_CRYPTO;
    return OK;
}

static enum err cm_mac(struct half *h, const struct parts *p, uint8_t mac[MAC_BYTES])
{
    size_t len = 0;
    if (EVP_MAC_init(h->mac, NULL, 0, NULL) != 1 || EVP_MAC_update(h->mac, p->head.ptr, p->head.len) != 1 ||
        EVP_MAC_update(h->mac, p->body.ptr, p->body.len) != 1 ||
        EVP_MAC_update(h->mac, p->extra.ptr, p->extra.len) != 1 ||
        EVP_MAC_final(h->mac, mac, &len, MAC_BYTES) != 1 || len != MAC_BYTES)
        return ERR_CRYPTO;
    return OK;
}

static enum err seal_parts(struct srtp *s, struct half *h, struct parts *p)
{
    uint8_t iv[16], mac[MAC_BYTES];
    make_iv(s, h, p, iv);
    if (s->aead) return gcm(h, p, iv, true);
    enum err e = cm_xor(h, p, iv);
    if (!e) e = cm_mac(h, p, mac);
    if (!e) memcpy(p->tag, mac, CM_TAG);
    return e;
}

static enum err open_parts(struct srtp *s, struct half *h, struct parts *p)
{
    uint8_t iv[16], mac[MAC_BYTES];
    make_iv(s, h, p, iv);
    if (s->aead) return gcm(h, p, iv, false);
    enum err e = cm_mac(h, p, mac);
    if (!e && !equal_secret(mac, p->tag, CM_TAG)) e = ERR_SIGNATURE;
    return e ? e : cm_xor(h, p, iv);
}

/* ---- replay, RFC 3711 3.3.2 ---- */

static struct stream *stream_of(struct stream *all, uint32_t ssrc)
{
    for (size_t i = 0; i < SRTP_SSRCS; i++)
        if (all[i].used && all[i].ssrc == ssrc) return &all[i];
    for (size_t i = 0; i < SRTP_SSRCS; i++)
        if (!all[i].used) return &all[i];
    return NULL;
}

static enum err stream_check(const struct stream *st, uint64_t index)
{
    if (!st->used || index > st->highest) return OK;
    uint64_t age = st->highest - index;
    return age >= LIMIT_REPLAY_WINDOW || (st->seen >> age & 1) ? ERR_REPLAY : OK;
}

/* Only after the packet was authenticated. */
static void stream_accept(struct stream *st, uint32_t ssrc, uint64_t index)
{
    if (!st->used) {
        *st = (struct stream){.used = true, .ssrc = ssrc, .highest = index, .seen = 1};
    } else if (index > st->highest) {
        uint64_t step = index - st->highest;
        st->seen = (step < LIMIT_REPLAY_WINDOW ? st->seen << step : 0) | 1;
        st->highest = index;
    } else {
        st->seen |= 1ull << (st->highest - index);
    }
}

/* RFC 3711 3.3.1 and appendix A: the rollover counter that puts `seq` closest to the highest index seen.
 * There is none below 0: a sequence number that seems to come from before the start is taken as one far
 * ahead. */
static uint64_t estimate_index(const struct stream *st, uint16_t seq)
{
    if (!st->used) return seq;
    uint64_t roc = st->highest >> 16;
    int ahead = (int)seq - (int)(st->highest & 0xffff);
    if (ahead > 0x8000 && roc > 0)
        roc--;
    else if (ahead < -0x8000)
        roc++;
    return roc << 16 | seq;
}

/* ---- packets ---- */

static struct span part(struct span s, size_t at, size_t n)
{
    assert(at <= s.len && n <= s.len - at);
    return (struct span){s.ptr + at, n};
}

/* RTP header with CSRCs and extension (RFC 3550 5.1, 5.3.1); `trailer` bytes at the end are no payload. */
static enum err parse_rtp(struct span packet, size_t trailer, struct parts *p, uint16_t *seq)
{
    struct reader r = reader_init((struct view){packet.ptr, packet.len});
    uint8_t first = read_u8(&r);
    read_skip(&r, 1);
    *seq = read_u16(&r);
    read_skip(&r, 4);
    p->ssrc = read_u32(&r);
    read_skip(&r, 4u * (first & 0x0f));
    if (first & 0x10) {
        read_skip(&r, 2);
        read_skip(&r, 4u * read_u16(&r));
    }
    size_t head = r.pos;
    read_skip(&r, trailer);
    if (r.err) return ERR_TRUNCATED;
    if (first >> 6 != 2) return ERR_MALFORMED;
    p->head = part(packet, 0, head);
    p->body = part(packet, head, packet.len - head - trailer);
    return OK;
}

static enum err parse_rtcp(struct span packet, size_t trailer, struct parts *p)
{
    struct reader r = reader_init((struct view){packet.ptr, packet.len});
    uint8_t first = read_u8(&r);
    read_skip(&r, 3);
    p->ssrc = read_u32(&r);
    read_skip(&r, trailer);
    if (r.err) return ERR_TRUNCATED;
    if (first >> 6 != 2) return ERR_MALFORMED;
    p->head = part(packet, 0, RTCP_HEAD);
    p->body = part(packet, RTCP_HEAD, packet.len - RTCP_HEAD - trailer);
    return OK;
}

static void put_u32(uint8_t out[4], uint32_t v)
{
    struct writer w = writer_init(out, 4);
    write_u32(&w, v);
}

static enum err check_room(const struct srtp_job *job, size_t trailer)
{
    if (job->len > job->buf.len || job->buf.len > INT32_MAX || job->buf.len - job->len < trailer)
        return ERR_TOO_LARGE;
    return OK;
}

/* After a failure there is no packet: neither a plaintext that might be sent, nor one that might be believed.
 */
static enum err finish(struct srtp_job *job, enum err e, size_t len)
{
    job->err = e;
    job->len = e ? 0 : len;
    return e;
}

static enum err protect_rtp(struct srtp_job *job)
{
    struct srtp *s = job->ctx;
    struct parts p = {0};
    uint16_t seq = 0;
    uint8_t roc[4];
    enum err e = check_room(job, s->tag);
    if (!e) e = parse_rtp(part(job->buf, 0, job->len), 0, &p, &seq);
    if (e) return e;
    if (job->index >= INDEX_END || (uint16_t)job->index != seq) return ERR_STATE;
    p.index = job->index;
    p.tag = part(job->buf, job->len, s->tag).ptr;
    put_u32(roc, (uint32_t)(p.index >> 16));
    if (!s->aead) p.extra = VIEW(roc);
    return seal_parts(s, &s->rtp, &p);
}

void srtp_protect_rtp(struct srtp_job *jobs, size_t n)
{
    for (size_t i = 0; i < n; i++) finish(&jobs[i], protect_rtp(&jobs[i]), jobs[i].len + jobs[i].ctx->tag);
}

static enum err unprotect_rtp(struct srtp_job *job)
{
    struct srtp *s = job->ctx;
    struct parts p = {0};
    uint16_t seq = 0;
    uint8_t roc[4];
    enum err e = check_room(job, 0);
    if (!e) e = parse_rtp(part(job->buf, 0, job->len), s->tag, &p, &seq);
    if (e) return e;
    struct stream *st = stream_of(s->streams, p.ssrc);
    if (!st) return ERR_FULL;
    p.index = estimate_index(st, seq);
    if (p.index >= INDEX_END) return ERR_STATE;
    e = stream_check(st, p.index);
    if (e) return e;
    p.tag = part(job->buf, job->len - s->tag, s->tag).ptr;
    put_u32(roc, (uint32_t)(p.index >> 16));
    if (!s->aead) p.extra = VIEW(roc);
    e = open_parts(s, &s->rtp, &p);
    if (e) return e;
    stream_accept(st, p.ssrc, p.index);
    job->index = p.index;
    return OK;
}

enum err srtp_unprotect_rtp(struct srtp_job *job)
{
    return finish(job, unprotect_rtp(job), job->len - job->ctx->tag);
}

/* Where tag and SRTCP word stand behind the body: RFC 7714 9.2 has the tag first, RFC 3711 3.4 the word. */
static uint8_t *place_trailer(const struct srtp *s, struct span packet, size_t at, uint8_t **tag)
{
    *tag = part(packet, s->aead ? at : at + SRTCP_WORD, s->tag).ptr;
    return part(packet, s->aead ? at + s->tag : at, SRTCP_WORD).ptr;
}

static enum err protect_rtcp(struct srtp_job *job)
{
    struct srtp *s = job->ctx;
    struct parts p = {0};
    enum err e = check_room(job, s->tag + SRTCP_WORD);
    if (!e) e = parse_rtcp(part(job->buf, 0, job->len), 0, &p);
    if (e) return e;
    if (s->next_control >= CONTROL_INDEX_END) /* RFC 3711 9.2: this key is used up */
        return ERR_STATE;
    p.index = s->next_control++;
    uint8_t *word = place_trailer(s, job->buf, job->len, &p.tag);
    put_u32(word, ENCRYPTED | (uint32_t)p.index);
    p.extra = (struct view){word, SRTCP_WORD};
    job->index = p.index;
    return seal_parts(s, &s->rtcp, &p);
}

enum err srtp_protect_rtcp(struct srtp_job *job)
{
    return finish(job, protect_rtcp(job), job->len + job->ctx->tag + SRTCP_WORD);
}

static enum err unprotect_rtcp(struct srtp_job *job)
{
    struct srtp *s = job->ctx;
    struct parts p = {0};
    size_t trailer = s->tag + SRTCP_WORD;
    enum err e = check_room(job, 0);
    if (!e) e = parse_rtcp(part(job->buf, 0, job->len), trailer, &p);
    if (e) return e;
    uint8_t *word = place_trailer(s, job->buf, job->len - trailer, &p.tag);
    p.extra = (struct view){word, SRTCP_WORD};
    struct reader r = reader_init(p.extra);
    uint32_t value = read_u32(&r);
    p.index = value & ~ENCRYPTED;
    if (!(value & ENCRYPTED)) { /* authenticated only */
        p.head = part(job->buf, 0, job->len - trailer);
        p.body.len = 0;
    }
    struct stream *st = stream_of(s->controls, p.ssrc);
    if (!st) return ERR_FULL;
    e = stream_check(st, p.index);
    if (!e) e = open_parts(s, &s->rtcp, &p);
    if (e) return e;
    stream_accept(st, p.ssrc, p.index);
    job->index = p.index;
    return OK;
}

enum err srtp_unprotect_rtcp(struct srtp_job *job)
{
    return finish(job, unprotect_rtcp(job), job->len - job->ctx->tag - SRTCP_WORD);
}
