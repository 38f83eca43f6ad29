/* Our SRTP and libsrtp2 side by side: both protect to the same bytes, and on the same bad network both accept
 * and refuse the same packets. libsrtp2 is an oracle here, not a dependency of the server. */
#include "vectors.h"

/* Two names that both libraries define. Ours win at link time; the oracle is called by its _mki variants. */
#define srtp_protect_rtcp oracle_protect_rtcp
#define srtp_unprotect_rtcp oracle_unprotect_rtcp
#include <srtp2/srtp.h>
#undef srtp_protect_rtcp
#undef srtp_unprotect_rtcp

#include "crypt/srtp_session.h"

static const struct gcm_row *row; /* what is under test */

enum { ROUNDS = 20, PACKETS = 300, SSRC = 0x01020304 };

struct packet {
    uint8_t bytes[1600];
    size_t len;
    uint64_t index; /* 48 bits; RTP only */
};

static uint64_t seed = 0x2545f4914f6cdd1dull;

static uint32_t dice(uint32_t sides)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 20) % sides;
}

static void dice_bytes(uint8_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++) out[i] = (uint8_t)dice(256);
}

/* NSS, on which Debian's libsrtp2 is built, keeps some memory to the end. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libnss3\nleak:libnssutil3\nleak:libnspr4\nleak:libsoftokn3\nleak:libfreebl\n";
}

/* ---- both implementations under one key ---- */

struct both {
    struct srtp *ours;
    srtp_t oracle;
};

static struct both both_new(enum srtp_profile profile, const uint8_t key[16], const uint8_t salt[14],
                            bool inbound)
{
    struct both b;
    bool gcm = profile == SRTP_AEAD_AES_128_GCM;
    uint8_t joined[30];
    memcpy(joined, key, 16);
    memcpy(joined + 16, salt, 14);
    srtp_policy_t policy = {0};
    srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, gcm ? srtp_profile_aead_aes_128_gcm
                                                                 : srtp_profile_aes128_cm_sha1_80);
    srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, gcm ? srtp_profile_aead_aes_128_gcm
                                                                   : srtp_profile_aes128_cm_sha1_80);
    policy.ssrc.type = inbound ? ssrc_any_inbound : ssrc_any_outbound;
    policy.key = joined;
    policy.window_size = 64;
    assert_int_equal(srtp_create(&b.oracle, &policy), srtp_err_status_ok);
    struct srtp_session session;
    assert_int_equal(srtp_session_derive(&session, profile, key, salt), OK);
    assert_int_equal(srtp_new_on(&b.ours, row, profile, &session), OK);
    return b;
}

static void both_free(struct both *b)
{
    srtp_free(b->ours);
    srtp_dealloc(b->oracle);
}

static enum err our_job(struct both *b, struct packet *p, enum err (*f)(struct srtp_job *))
{
    struct srtp_job job = {
        .ctx = b->ours, .buf = {p->bytes, sizeof(p->bytes)}, .len = p->len, .index = p->index};
    enum err e = f(&job);
    p->len = job.len;
    if (!e) p->index = job.index;
    return e;
}

static enum err protect_one(struct srtp_job *job)
{
    srtp_protect_rtp(job, 1);
    return job->err;
}

static bool oracle_opens(struct both *b, struct packet *p, bool control)
{
    int len = (int)p->len;
    srtp_err_status_t s = control ? srtp_unprotect_rtcp_mki(b->oracle, p->bytes, &len, 0)
                                  : srtp_unprotect(b->oracle, p->bytes, &len);
    p->len = s == srtp_err_status_ok ? (size_t)len : 0;
    return s == srtp_err_status_ok;
}

/* ---- packets ---- */

static struct packet rtp(uint64_t index)
{
    struct packet p = {.index = index};
    struct writer w = writer_init(p.bytes, sizeof(p.bytes));
    uint8_t payload[1200];
    unsigned csrcs = dice(4) == 0 ? dice(16) : 0;
    bool extension = dice(2);
    write_u8(&w, (uint8_t)(0x80 | (extension ? 0x10 : 0) | csrcs));
    write_u8(&w, (uint8_t)dice(256));
    write_u16(&w, (uint16_t)index);
    write_u32(&w, dice(UINT32_MAX));
    write_u32(&w, SSRC);
    for (unsigned i = 0; i < csrcs; i++) write_u32(&w, dice(UINT32_MAX));
    if (extension) {
        unsigned words = dice(5);
        write_u16(&w, 0xbede);
        write_u16(&w, (uint16_t)words);
        for (unsigned i = 0; i < words; i++) write_u32(&w, dice(UINT32_MAX));
    }
    size_t n = dice(8) == 0 ? dice(2) : dice(sizeof(payload));
    dice_bytes(payload, n);
    write_bytes(&w, payload, n);
    assert_int_equal(writer_end(&w), OK);
    p.len = w.len;
    return p;
}

static struct packet rtcp(void)
{
    struct packet p = {0};
    struct writer w = writer_init(p.bytes, sizeof(p.bytes));
    unsigned words = 1 + dice(30);
    write_u16(&w, 0x81c8);
    write_u16(&w, (uint16_t)words);
    write_u32(&w, SSRC);
    for (unsigned i = 1; i < words; i++) write_u32(&w, dice(UINT32_MAX));
    p.len = w.len;
    return p;
}

/* The next datagram as a bad network delivers it: often from further back, sometimes twice or broken.
 * libsrtp's window for RTCP is 128 packets whatever one asks for, so there the comparison stays within
 * our 64. */
static struct packet arrive(const struct packet *sent, size_t n, bool control)
{
    size_t back = dice(3) ? dice(4) : dice(control ? 60 : 90);
    struct packet p = sent[n > back ? n - back : 0];
    unsigned what = dice(10);
    if (what == 0)
        p.bytes[dice((uint32_t)p.len)] ^= (uint8_t)(1 << dice(8));
    else if (what == 1)
        p.len = dice((uint32_t)p.len);
    return p;
}

static void receive_side_by_side(enum srtp_profile profile, const uint8_t *key, const uint8_t *salt,
                                 const struct packet *sent, const struct packet *clear, bool control)
{
    struct both in = both_new(profile, key, salt, true);
    size_t accepted = 0, refused = 0;
    for (size_t n = 0; n < PACKETS; n++) {
        struct packet a = arrive(sent, n, control), b = a;
        if (a.len == 0) continue;
        uint64_t index = a.index;
        bool ours = our_job(&in, &a, control ? srtp_unprotect_rtcp : srtp_unprotect_rtp) == OK;
        bool theirs = oracle_opens(&in, &b, control);
        if (ours != theirs) fail_msg("packet %d: ours %d, oracle %d", (int)n, ours, theirs);
        assert_int_equal(a.len, b.len);
        assert_memory_equal(a.bytes, b.bytes, a.len);
        if (!ours) {
            refused++;
            continue;
        }
        accepted++;
        assert_int_equal(a.index, index);
        size_t which = 0;
        while (sent[which].index != index) which++;
        assert_int_equal(a.len, clear[which].len);
        assert_memory_equal(a.bytes, clear[which].bytes, a.len);
    }
    assert_true(accepted > PACKETS / 3);
    assert_true(refused > PACKETS / 20);
    both_free(&in);
}

/* ---- tests ---- */

/* Of keys that have just been rolled. */
static struct both both_out(enum srtp_profile profile, uint8_t key[16], uint8_t salt[14])
{
    dice_bytes(key, 16);
    dice_bytes(salt, 14);
    if (profile == SRTP_AEAD_AES_128_GCM) memset(salt + 12, 0, 2);
    return both_new(profile, key, salt, false);
}

static void rtp_agrees(void **state)
{
    const enum srtp_profile profile = *(const enum srtp_profile *)*state;
    static struct packet clear[PACKETS], sealed[PACKETS];
    for (int round = 0; round < ROUNDS; round++) {
        uint8_t key[16], salt[14];
        struct both out = both_out(profile, key, salt);
        uint64_t index = round % 2 ? dice(0x8000) : 0x10000 - dice(200) - 1;
        uint32_t gap = round % 3 ? 3 : 1500; /* large gaps: several turns of the sequence number */
        for (int n = 0; n < PACKETS; n++, index += 1 + dice(gap)) {
            struct packet a = rtp(index), b = a;
            clear[n] = a;
            assert_int_equal(our_job(&out, &a, protect_one), OK);
            int len = (int)b.len;
            assert_int_equal(srtp_protect(out.oracle, b.bytes, &len), srtp_err_status_ok);
            assert_int_equal(a.len, len);
            assert_memory_equal(a.bytes, b.bytes, a.len);
            sealed[n] = a;
        }
        receive_side_by_side(profile, key, salt, sealed, clear, false);
        both_free(&out);
    }
}

static void rtcp_agrees(void **state)
{
    const enum srtp_profile profile = *(const enum srtp_profile *)*state;
    static struct packet clear[PACKETS], sealed[PACKETS];
    for (int round = 0; round < ROUNDS; round++) {
        uint8_t key[16], salt[14];
        struct both out = both_out(profile, key, salt);
        for (int n = 0; n < PACKETS; n++) {
            sealed[n] = clear[n] = rtcp();
            if (round % 2) {
                assert_int_equal(our_job(&out, &sealed[n], srtp_protect_rtcp), OK);
                assert_int_equal(sealed[n].index, n);
            } else { /* libsrtp counts from 1 */
                int len = (int)sealed[n].len;
                assert_int_equal(srtp_protect_rtcp_mki(out.oracle, sealed[n].bytes, &len, 0, 0),
                                 srtp_err_status_ok);
                sealed[n].len = (size_t)len;
                sealed[n].index = (uint64_t)n + 1;
            }
        }
        receive_side_by_side(profile, key, salt, sealed, clear, true);
        both_free(&out);
    }
}

int main(void)
{
    enum srtp_profile cm = SRTP_AES128_CM_SHA1_80, gcm = SRTP_AEAD_AES_128_GCM;
    const struct CMUnitTest tests[] = {
        {"rtp_agrees_cm", rtp_agrees, NULL, NULL, &cm},
        {"rtp_agrees_gcm", rtp_agrees, NULL, NULL, &gcm},
        {"rtcp_agrees_cm", rtcp_agrees, NULL, NULL, &cm},
        {"rtcp_agrees_gcm", rtcp_agrees, NULL, NULL, &gcm},
    };
    if (srtp_init() != srtp_err_status_ok) return 1;
    row = &gcm_evp;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    row = gcm_best();
    if (row != &gcm_evp) failed += cmocka_run_group_tests(tests, NULL, NULL);
    return failed + (srtp_shutdown() != srtp_err_status_ok);
}
