#include "crypt/srtp.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/limits.h"
#include "crypt/gcm.h"
#include "crypt/openssl.h"
#include "crypt/sign.h"
#include "crypt/srtp_session.h"

enum { CM_TAG = 10, SRTCP_WORD = 4, RTCP_HEAD = 8, MAC_BYTES = 20 };
enum { PLAIN = 0x80, PLAIN_HEAD = 12, AHEAD = 4 };  /* an RTP header without CSRCs, padding or extension */
static const uint32_t ENCRYPTED = 1u << 31;         /* the E bit of the SRTCP word */
static const uint64_t INDEX_END = 1ull << 48;       /* RTP packet indices are below it */
static const uint32_t CONTROL_INDEX_END = 1u << 31; /* and SRTCP indices below this */

struct half { /* RTP or RTCP: the keys, set once. Only the IV changes from packet to packet. */
    union {
        struct gcm_key gcm;
        struct {
            EVP_CIPHER_CTX *cipher;
            EVP_MAC_CTX *mac;
        } cm;
    };
    uint8_t salt[14];
};
static_assert(sizeof(struct half) == 1024, "an expanded key and its salt fill whole cache lines");

struct stream { /* what one SSRC has sent so far; bit n of `seen` is packet highest - n */
    bool used;
    uint32_t ssrc;
    uint64_t highest;
    uint64_t seen;
};

static_assert(LIMIT_REPLAY_WINDOW == 64, "the window is one 64-bit word");

struct srtp {
    _Alignas(64) struct half rtp; /* first, on a cache line: what a fan-out touches */
    const struct gcm_row *row;    /* NULL: AES-CM and HMAC-SHA1 */
    size_t tag;
    uint32_t next_control; /* SRTCP index of the next packet we protect: one row for all our SSRCs */
    struct half rtcp;
    size_t size; /* what was allocated; one that only protects ends before the replay windows */
    struct stream streams[SRTP_SSRCS], controls[SRTP_SSRCS];
};
enum {
    LINE = _Alignof(struct srtp),
    SEALING_BYTES = (offsetof(struct srtp, streams) + LINE - 1) / LINE * LINE
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

static void half_deinit(const struct srtp *s, struct half *h)
{
    if (s->row) {
        s->row->deinit(&h->gcm);
    } else {
        EVP_CIPHER_CTX_free(h->cm.cipher);
        EVP_MAC_CTX_free(h->cm.mac);
    }
}

static enum err half_init(const struct srtp *s, struct half *h, const struct srtp_half_keys *keys)
{
    memcpy(h->salt, keys->salt, sizeof(h->salt));
    if (s->row) return s->row->init(&h->gcm, keys->key);
    h->cm.cipher = EVP_CIPHER_CTX_new();
    if (!h->cm.cipher || EVP_CipherInit_ex(h->cm.cipher, EVP_aes_128_ctr(), NULL, keys->key, NULL, 1) != 1)
        return ERR_CRYPTO;

    char digest[] = "SHA1";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                           OSSL_PARAM_construct_end()};
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    h->cm.mac = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
    EVP_MAC_free(hmac);
    return h->cm.mac && EVP_MAC_init(h->cm.mac, keys->auth, sizeof(keys->auth), params) == 1 ? OK
                                                                                             : ERR_CRYPTO;
}

static enum err new_of_size(struct srtp **out, size_t size, const struct gcm_row *row,
                            enum srtp_profile profile, const struct srtp_session *session)
{
    *out = NULL;
    if (profile != SRTP_AEAD_AES_128_GCM && profile != SRTP_AES128_CM_SHA1_80) return ERR_UNSUPPORTED;
    struct srtp *s = aligned_alloc(_Alignof(struct srtp), size);
    if (!s) return ERR_SYSTEM;
    memset(s, 0, size);
    s->size = size;
    s->row = profile == SRTP_AEAD_AES_128_GCM ? row : NULL;
    s->tag = s->row ? GCM_TAG_BYTES : CM_TAG;
    enum err e = half_init(s, &s->rtp, &session->rtp);
    if (!e) e = half_init(s, &s->rtcp, &session->rtcp);
    if (e)
        srtp_free(s);
    else
        *out = s;
    return e;
}

enum err srtp_new_on(struct srtp **out, const struct gcm_row *row, enum srtp_profile profile,
                     const struct srtp_session *session)
{
    return new_of_size(out, sizeof(struct srtp), row, profile, session);
}

static enum err derive(struct srtp **out, size_t size, enum srtp_profile profile, const uint8_t key[16],
                       const uint8_t salt[14])
{
    struct srtp_session session;
    *out = NULL;
    enum err e = srtp_session_derive(&session, profile, key, salt);
    if (e) return e;
    e = new_of_size(out, size, gcm_best(), profile, &session);
    wipe(&session, sizeof(session));
    return e;
}

enum err srtp_new(struct srtp **out, enum srtp_profile profile, const uint8_t key[16], const uint8_t salt[14])
{
    return derive(out, sizeof(struct srtp), profile, key, salt);
}

enum err srtp_new_sealing(struct srtp **out, enum srtp_profile profile, const uint8_t key[16],
                          const uint8_t salt[14])
{
    return derive(out, SEALING_BYTES, profile, key, salt);
}

void srtp_free(struct srtp *s)
{
    if (!s) return;
    half_deinit(s, &s->rtp);
    half_deinit(s, &s->rtcp);
    wipe(s, s->size);
    free(s);
}

/* ---- the transforms ---- */

const char *srtp_backend(void)
{
    return gcm_best()->name;
}

size_t srtp_trailer(const struct srtp *s)
{
    return s->tag;
}

/* RFC 7714 8.1, 9.1: 16 bits of zero, SSRC, 48-bit index; all XOR the session salt. */
static void gcm_iv(const struct half *h, const struct parts *p, uint8_t iv[GCM_IV_BYTES])
{
    put_u64(iv, get_u64(h->salt) ^ ((uint64_t)p->ssrc << 16 | p->index >> 32));
    put_u32(iv + 8, get_u32(h->salt + 8) ^ (uint32_t)p->index);
}

/* RFC 3711 4.1.1: the same two bytes further on, then a block counter that starts at zero. */
static void cm_iv(const struct half *h, const struct parts *p, uint8_t iv[16])
{
    put_u64(iv, get_u64(h->salt) ^ p->ssrc);
    put_u64(iv + 8, p->index << 16);
    for (size_t i = 8; i < sizeof(h->salt); i++) iv[i] ^= h->salt[i];
}

static bool update(EVP_CIPHER_CTX *c, uint8_t *out, const uint8_t *in, size_t n)
{
    int len = 0;
    return n == 0 || (EVP_CipherUpdate(c, out, &len, in, (int)n) == 1 && (size_t)len == n);
}

static enum err cm_xor(struct half *h, struct parts *p)
{
    uint8_t iv[16];
    cm_iv(h, p, iv);
    if (EVP_CipherInit_ex(h->cm.cipher, NULL, NULL, NULL, iv, 1) != 1 ||
        !update(h->cm.cipher, p->body.ptr, p->body.ptr, p->body.len))
        return ERR_CRYPTO;
    return OK;
}

static enum err cm_mac(struct half *h, const struct parts *p, uint8_t mac[MAC_BYTES])
{
    size_t len = 0;
    if (EVP_MAC_init(h->cm.mac, NULL, 0, NULL) != 1 ||
        EVP_MAC_update(h->cm.mac, p->head.ptr, p->head.len) != 1 ||
        EVP_MAC_update(h->cm.mac, p->body.ptr, p->body.len) != 1 ||
        EVP_MAC_update(h->cm.mac, p->extra.ptr, p->extra.len) != 1 ||
        EVP_MAC_final(h->cm.mac, mac, &len, MAC_BYTES) != 1 || len != MAC_BYTES)
        return ERR_CRYPTO;
    return OK;
}

static struct gcm_text text_of(const struct half *h, const struct parts *p)
{
    struct gcm_text t = {
        .head = {p->head.ptr, p->head.len}, .extra = p->extra, .body = p->body, .tag = p->tag};
    gcm_iv(h, p, t.iv);
    return t;
}

static enum err seal_parts(struct srtp *s, struct half *h, struct parts *p)
{
    if (s->row) {
        struct gcm_text t = text_of(h, p);
        return s->row->seal(&h->gcm, &t);
    }
    uint8_t mac[MAC_BYTES];
    enum err e = cm_xor(h, p);
    if (!e) e = cm_mac(h, p, mac);
    if (!e) memcpy(p->tag, mac, CM_TAG);
    return e;
}

static enum err open_parts(struct srtp *s, struct half *h, struct parts *p)
{
    if (s->row) {
        struct gcm_text t = text_of(h, p);
        return s->row->open(&h->gcm, &t);
    }
    uint8_t mac[MAC_BYTES];
    enum err e = cm_mac(h, p, mac);
    if (!e && !equal_secret(mac, p->tag, CM_TAG)) e = ERR_SIGNATURE;
    return e ? e : cm_xor(h, p);
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
    if (packet.len >= PLAIN_HEAD + trailer && packet.ptr[0] == PLAIN) { /* as we write them ourselves */
        *seq = get_u16(packet.ptr + 2);
        p->ssrc = get_u32(packet.ptr + 8);
        p->head = part(packet, 0, PLAIN_HEAD);
        p->body = part(packet, PLAIN_HEAD, packet.len - PLAIN_HEAD - trailer);
        return OK;
    }
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
    if (!s->row) p.extra = VIEW(roc);
    return seal_parts(s, &s->rtp, &p);
}

/* The part of a context that sealing one packet reads: round keys, the hash powers of a short packet, the
 * salt. */
static void fetch(const struct srtp *s)
{
    const uint8_t *line = s->rtp.gcm.bytes;
    for (size_t at = 0; at < 8 * 64; at += 64) __builtin_prefetch(line + at);
    __builtin_prefetch(s->rtp.salt);
}

void srtp_protect_rtp(struct srtp_job *jobs, size_t n)
{
    for (size_t i = 0; i < n && i < AHEAD; i++) fetch(jobs[i].ctx);
    for (size_t i = 0; i < n; i++) {
        if (i + AHEAD < n) fetch(jobs[i + AHEAD].ctx);
        finish(&jobs[i], protect_rtp(&jobs[i]), jobs[i].len + jobs[i].ctx->tag);
    }
}

static enum err unprotect_rtp(struct srtp_job *job)
{
    struct srtp *s = job->ctx;
    struct parts p = {0};
    uint16_t seq = 0;
    uint8_t roc[4];
    enum err e = s->size == sizeof(*s) ? check_room(job, 0) : ERR_STATE;
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
    if (!s->row) p.extra = VIEW(roc);
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
    *tag = part(packet, s->row ? at : at + SRTCP_WORD, s->tag).ptr;
    return part(packet, s->row ? at + s->tag : at, SRTCP_WORD).ptr;
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
    enum err e = s->size == sizeof(*s) ? check_room(job, 0) : ERR_STATE;
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
