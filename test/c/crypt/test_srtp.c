/* SRTP against the published vectors, and the rules about state: nothing changes before a packet is
 * authenticated. */
#include "vectors.h"

#include "crypt/srtp_session.h"

static const struct gcm_row *row; /* what is under test */

#define GCM_SALT "517569642070726f2071756f" /* RFC 7714 16: "Quid pro quo" */
#define GCM_RTP                                                                                              \
    "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573"
#define GCM_SRTP                                                                                             \
    "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf883389" \
    "9d7f27"                                                                                                 \
    "beb16a9152cf765ee4390cce"
#define GCM_RTCP                                                                                             \
    "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbe" \
    "ef"

static struct srtp *from_session_keys(enum srtp_profile profile, const char *key, const char *salt)
{
    struct srtp_session session = {0};
    struct blob k = from_hex(key), s = from_hex(salt);
    memcpy(session.rtp.key, k.bytes, 16);
    memcpy(session.rtp.salt, s.bytes, s.len);
    session.rtcp = session.rtp;
    struct srtp *srtp;
    assert_int_equal(srtp_new_on(&srtp, row, profile, &session), OK);
    return srtp;
}

static struct srtp *gcm_vector_context(void)
{
    return from_session_keys(SRTP_AEAD_AES_128_GCM, "000102030405060708090a0b0c0d0e0f", GCM_SALT);
}

static struct srtp *plain_context(enum srtp_profile profile)
{
    static const uint8_t key[16] = {1, 2, 3}, salt[14] = {4, 5, 6};
    struct srtp_session session;
    struct srtp *s;
    assert_int_equal(srtp_session_derive(&session, profile, key, salt), OK);
    assert_int_equal(srtp_new_on(&s, row, profile, &session), OK);
    return s;
}

static enum err protect(struct srtp *s, struct blob *b, uint64_t index)
{
    struct srtp_job job = {.ctx = s, .buf = {b->bytes, sizeof(b->bytes)}, .len = b->len, .index = index};
    srtp_protect_rtp(&job, 1);
    b->len = job.len;
    return job.err;
}

static enum err unprotect(struct srtp *s, struct blob *b, uint64_t *index)
{
    struct srtp_job job = {.ctx = s, .buf = {b->bytes, sizeof(b->bytes)}, .len = b->len};
    enum err e = srtp_unprotect_rtp(&job);
    b->len = job.len;
    assert_int_equal(e, job.err);
    if (index) *index = job.index;
    return e;
}

static enum err protect_control(struct srtp *s, struct blob *b)
{
    struct srtp_job job = {.ctx = s, .buf = {b->bytes, sizeof(b->bytes)}, .len = b->len};
    enum err e = srtp_protect_rtcp(&job);
    b->len = job.len;
    return e;
}

static enum err unprotect_control(struct srtp *s, struct blob *b, uint64_t *index)
{
    struct srtp_job job = {.ctx = s, .buf = {b->bytes, sizeof(b->bytes)}, .len = b->len};
    enum err e = srtp_unprotect_rtcp(&job);
    b->len = job.len;
    if (index) *index = job.index;
    return e;
}

/* 12 bytes of header and a payload that names the index */
static struct blob packet(uint32_t ssrc, uint64_t index)
{
    struct blob b = {0};
    struct writer w = writer_init(b.bytes, sizeof(b.bytes));
    write_u16(&w, 0x806f);
    write_u16(&w, (uint16_t)index);
    write_u32(&w, 960 * (uint32_t)index);
    write_u32(&w, ssrc);
    write_u64(&w, index);
    b.len = w.len;
    return b;
}

static struct blob sealed(struct srtp *s, uint32_t ssrc, uint64_t index)
{
    struct blob b = packet(ssrc, index);
    assert_int_equal(protect(s, &b, index), OK);
    return b;
}

static void rfc_3711_key_derivation(void **state) /* B.3 */
{
    (void)state;
    struct blob key = from_hex("E1F97A0D3E018BE0D64FA32C06DE4139"),
                salt = from_hex("0EC675AD498AFEEBB6960B3AABE6");
    struct srtp_session out;
    assert_int_equal(srtp_session_derive(&out, SRTP_AES128_CM_SHA1_80, key.bytes, salt.bytes), OK);
    struct blob want = from_hex("C61E7A93744F39EE10734AFE3FF7A087");
    assert_blob_equal(&want, out.rtp.key, 16);
    want = from_hex("30CBBC08863D8C85D49DB34A9AE1");
    assert_blob_equal(&want, out.rtp.salt, 14);
    want = from_hex("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4");
    assert_blob_equal(&want, out.rtp.auth, 20);
    assert_memory_not_equal(out.rtp.key, out.rtcp.key, 16);
}

static void
rfc_3711_key_stream(void **state) /* B.2: zeros encrypted are the key stream, block 0xff00 included */
{
    (void)state;
    enum { HEAD = 12, SIZE = HEAD + 0xff02 * 16 };
    struct srtp *s = from_session_keys(SRTP_AES128_CM_SHA1_80, "2B7E151628AED2A6ABF7158809CF4F3C",
                                       "F0F1F2F3F4F5F6F7F8F9FAFBFCFD");
    uint8_t *buf = calloc(1, SIZE + SRTP_MAX_TRAILER);
    assert_non_null(buf);
    buf[0] = 0x80;
    struct srtp_job job = {.ctx = s, .buf = {buf, SIZE + SRTP_MAX_TRAILER}, .len = SIZE};
    srtp_protect_rtp(&job, 1);
    assert_int_equal(job.err, OK);
    struct blob first = from_hex("E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB"
                                 "41E95B3BB0A2E8DD477901E4FCA894C0");
    struct blob late = from_hex("EC8CDF7398607CB0F2D21675EA9EA1E4362B7C3C6773516318A077D7FC5073AE");
    assert_memory_equal(buf + HEAD, first.bytes, first.len);
    assert_memory_equal(buf + HEAD + 0xfeff * 16, late.bytes, late.len);
    free(buf);
    srtp_free(s);
}

static void rfc_7714_rtp(void **state) /* 16.1 */
{
    (void)state;
    struct srtp *s = gcm_vector_context();
    struct blob b = from_hex(GCM_RTP), clear = b, want = from_hex(GCM_SRTP);
    assert_int_equal(protect(s, &b, 0xf17b), OK);
    assert_blob_equal(&want, b.bytes, b.len);
    uint64_t index;
    assert_int_equal(unprotect(s, &b, &index), OK);
    assert_blob_equal(&clear, b.bytes, b.len);
    assert_int_equal(index, 0xf17b);
    srtp_free(s);
}

static void rfc_7714_rtcp(void **state) /* 17.1 encrypted, 17.3 authenticated only */
{
    (void)state;
    struct srtp *s = gcm_vector_context();
    struct blob clear = from_hex(GCM_RTCP), b;
    struct blob want =
        from_hex("81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b46"
                 "86303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4");
    for (int i = 0; i <= 0x5d4; i++) {
        b = clear;
        assert_int_equal(protect_control(s, &b), OK);
    }
    assert_blob_equal(&want, b.bytes, b.len);
    uint64_t index;
    assert_int_equal(unprotect_control(s, &b, &index), OK);
    assert_blob_equal(&clear, b.bytes, b.len);
    assert_int_equal(index, 0x5d4);
    srtp_free(s);

    s = gcm_vector_context();
    b = from_hex(GCM_RTCP "841dd9683dd78ec92ae58790125f62b3000005d4");
    assert_int_equal(unprotect_control(s, &b, &index), OK);
    assert_blob_equal(&clear, b.bytes, b.len);
    srtp_free(s);
}

static void replays_and_old_packets_are_refused(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        enum srtp_profile profile = i ? SRTP_AEAD_AES_128_GCM : SRTP_AES128_CM_SHA1_80;
        struct srtp *out = plain_context(profile), *in = plain_context(profile);
        struct blob b, again;
        again = b = sealed(out, 9, 1000);
        assert_int_equal(unprotect(in, &b, NULL), OK);
        b = again;
        assert_int_equal(unprotect(in, &b, NULL), ERR_REPLAY);
        assert_int_equal(b.len, 0);
        b = sealed(out, 9, 1000 - 63);
        assert_int_equal(unprotect(in, &b, NULL), OK);
        b = sealed(out, 9, 1000 - 63);
        assert_int_equal(unprotect(in, &b, NULL), ERR_REPLAY);
        b = sealed(out, 9, 1000 - 64);
        assert_int_equal(unprotect(in, &b, NULL), ERR_REPLAY);
        b = sealed(out, 9, 1200); /* jumps over the whole window */
        assert_int_equal(unprotect(in, &b, NULL), OK);
        for (uint64_t index = 1199; index > 1200 - 64; index--) { /* and leaves nothing of it behind */
            b = sealed(out, 9, index);
            assert_int_equal(unprotect(in, &b, NULL), OK);
        }
        b = again;
        assert_int_equal(unprotect(in, &b, NULL), ERR_REPLAY);
        b = sealed(out, 10, 1000); /* another SSRC has a window of its own */
        assert_int_equal(unprotect(in, &b, NULL), OK);
        srtp_free(out);
        srtp_free(in);
    }
}

static void rollover_is_followed_both_ways(void **state)
{
    (void)state;
    struct srtp *out = plain_context(SRTP_AES128_CM_SHA1_80), *in = plain_context(SRTP_AES128_CM_SHA1_80);
    const uint64_t order[] = {0xfffe, 0x10001, 0xffff, 0x10000, 0x18000, 0x1fff0, 0x20010, 0x1fff8};
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        uint64_t index = 0;
        struct blob b = sealed(out, 9, order[i]);
        assert_int_equal(unprotect(in, &b, &index), OK);
        assert_int_equal(index, order[i]);
    }
    srtp_free(out);
    srtp_free(in);
}

static void forged_packet_changes_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        enum srtp_profile profile = i ? SRTP_AEAD_AES_128_GCM : SRTP_AES128_CM_SHA1_80;
        struct srtp *out = plain_context(profile), *in = plain_context(profile);
        struct blob b = sealed(out, 9, 100), good;
        assert_int_equal(unprotect(in, &b, NULL), OK);
        good = sealed(out, 9, 101);
        for (size_t bit = 0; bit < 8 * good.len; bit++) {
            b = good;
            b.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_int_not_equal(unprotect(in, &b, NULL), OK);
        }
        for (size_t len = 0; len < good.len; len++) {
            b = good;
            b.len = len;
            assert_int_not_equal(unprotect(in, &b, NULL), OK);
        }
        b = good;
        assert_int_equal(unprotect(in, &b, NULL), OK);
        srtp_free(out);
        srtp_free(in);
    }
}

static void forged_ssrcs_take_no_place(void **state)
{
    (void)state;
    struct srtp *out = plain_context(SRTP_AEAD_AES_128_GCM), *in = plain_context(SRTP_AEAD_AES_128_GCM);
    struct blob b;
    for (uint32_t ssrc = 1000; ssrc < 1100; ssrc++) {
        b = packet(ssrc, 1);
        b.len += 16;
        assert_int_equal(unprotect(in, &b, NULL), ERR_SIGNATURE);
    }
    for (uint32_t ssrc = 0; ssrc < SRTP_SSRCS; ssrc++) {
        b = sealed(out, ssrc, 5);
        assert_int_equal(unprotect(in, &b, NULL), OK);
    }
    b = sealed(out, SRTP_SSRCS, 5);
    assert_int_equal(unprotect(in, &b, NULL), ERR_FULL);
    b = sealed(out, SRTP_SSRCS - 1, 6);
    assert_int_equal(unprotect(in, &b, NULL), OK);
    srtp_free(out);
    srtp_free(in);
}

static void control_packets_have_their_own_index(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        enum srtp_profile profile = i ? SRTP_AEAD_AES_128_GCM : SRTP_AES128_CM_SHA1_80;
        struct srtp *out = plain_context(profile), *in = plain_context(profile);
        struct blob clear = from_hex(GCM_RTCP), b[3], bad;
        for (int n = 0; n < 3; n++) {
            b[n] = clear;
            assert_int_equal(protect_control(out, &b[n]), OK);
        }
        for (size_t bit = 0; bit < 8 * b[1].len; bit++) {
            bad = b[1];
            bad.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_int_not_equal(unprotect_control(in, &bad, NULL), OK);
        }
        for (size_t len = 0; len < b[1].len; len++) {
            bad = b[1];
            bad.len = len;
            assert_int_not_equal(unprotect_control(in, &bad, NULL), OK);
        }
        const int order[] = {2, 0, 1};
        for (int n = 0; n < 3; n++) {
            bad = b[order[n]];
            uint64_t index;
            assert_int_equal(unprotect_control(in, &bad, &index), OK);
            assert_int_equal(index, order[n]);
            assert_blob_equal(&clear, bad.bytes, bad.len);
            bad = b[order[n]];
            assert_int_equal(unprotect_control(in, &bad, NULL), ERR_REPLAY);
        }
        srtp_free(out);
        srtp_free(in);
    }
}

/* The smaller context seals what the other opens, and opens nothing itself: it has no replay windows. */
static void one_that_only_protects(void **state)
{
    (void)state;
    static const enum srtp_profile profiles[] = {SRTP_AEAD_AES_128_GCM, SRTP_AES128_CM_SHA1_80};
    static const uint8_t key[16] = {1, 2, 3}, salt[14] = {4, 5, 6};
    for (size_t i = 0; i < 2; i++) {
        struct srtp *seals, *opens;
        assert_int_equal(srtp_new_sealing(&seals, profiles[i], key, salt), OK);
        assert_int_equal(srtp_new(&opens, profiles[i], key, salt), OK);
        struct blob rtp = from_hex(GCM_RTP), rtcp = from_hex(GCM_RTCP), copy;
        assert_int_equal(protect(seals, &rtp, 0xf17b), OK);
        assert_int_equal(protect_control(seals, &rtcp), OK);
        copy = rtp;
        assert_int_equal(unprotect(seals, &copy, NULL), ERR_STATE);
        copy = rtcp;
        assert_int_equal(unprotect_control(seals, &copy, NULL), ERR_STATE);
        assert_int_equal(unprotect(opens, &rtp, NULL), OK);
        assert_int_equal(unprotect_control(opens, &rtcp, NULL), OK);
        srtp_free(seals);
        srtp_free(opens);
    }
}

static void sender_is_held_to_its_bounds(void **state)
{
    (void)state;
    static const uint8_t key[16], salt[14];
    struct srtp *s;
    assert_int_equal(srtp_new(&s, SRTP_NONE, key, salt), ERR_UNSUPPORTED);
    assert_null(s);
    s = plain_context(SRTP_AEAD_AES_128_GCM);
    struct blob b = packet(9, 5);
    assert_int_equal(protect(s, &b, 6), ERR_STATE); /* not the packet's sequence number */
    assert_int_equal(b.len, 0);
    b = packet(9, (1ull << 48) + 5);
    assert_int_equal(protect(s, &b, (1ull << 48) + 5), ERR_STATE);
    b = packet(9, 5);
    struct srtp_job job = {.ctx = s, .buf = {b.bytes, b.len + 15}, .len = b.len, .index = 5};
    srtp_protect_rtp(&job, 1);
    assert_int_equal(job.err, ERR_TOO_LARGE);
    b = packet(9, 5);
    b.bytes[0] = 0x9f; /* 15 CSRCs and an extension that are not there */
    assert_int_equal(protect(s, &b, 5), ERR_TRUNCATED);
    b = packet(9, 5);
    b.bytes[0] = 0x40;
    assert_int_equal(protect(s, &b, 5), ERR_MALFORMED);
    srtp_free(s);
    srtp_free(NULL);
}

/* As a fan-out does it: one packet under many keys, some of them of the other profile. */
static void a_row_of_jobs(void **state)
{
    (void)state;
    enum { JOBS = 37 };
    static struct blob packets[JOBS];
    struct srtp *out[JOBS], *in;
    struct srtp_job jobs[JOBS];
    for (uint64_t i = 0; i < JOBS; i++) {
        out[i] = plain_context(i % 5 ? SRTP_AEAD_AES_128_GCM : SRTP_AES128_CM_SHA1_80);
        packets[i] = packet(9, 70000 + i);
        jobs[i] = (struct srtp_job){.ctx = out[i],
                                    .buf = {packets[i].bytes, sizeof(packets[i].bytes)},
                                    .len = packets[i].len,
                                    .index = i == 11 ? 5 : 70000 + i};
    }
    srtp_protect_rtp(jobs, JOBS);
    for (uint64_t i = 0; i < JOBS; i++) {
        struct blob want = packet(9, 70000 + i);
        assert_int_equal(jobs[i].err, i == 11 ? ERR_STATE : OK);
        packets[i].len = jobs[i].len;
        if (i == 11)
            assert_int_equal(packets[i].len, 0);
        else
            assert_int_equal(packets[i].len, want.len + srtp_trailer(out[i]));
        in = plain_context(i % 5 ? SRTP_AEAD_AES_128_GCM : SRTP_AES128_CM_SHA1_80);
        struct blob before = sealed(out[i], 9, 65530); /* so that the receiver knows the rollover counter */
        assert_int_equal(unprotect(in, &before, NULL), OK);
        if (i != 11) {
            assert_int_equal(unprotect(in, &packets[i], NULL), OK);
            assert_blob_equal(&want, packets[i].bytes, packets[i].len);
        }
        srtp_free(in);
        srtp_free(out[i]);
    }
}

static int on_every_row(const struct CMUnitTest *tests, size_t count)
{
    const struct gcm_row *const rows[] = {&gcm_evp, &gcm_ipsec_mb};
    int failed = 0;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        row = rows[i];
        print_message("AES-GCM: %s\n", row->name);
        if (row->usable()) failed += _cmocka_run_group_tests(row->name, tests, count, NULL, NULL);
    }
    return failed;
}

static void the_best_row_is_usable(void **state)
{
    (void)state;
    assert_true(gcm_best()->usable());
    assert_ptr_equal(gcm_best(), gcm_ipsec_mb.usable() ? &gcm_ipsec_mb : &gcm_evp);
    assert_string_equal(srtp_backend(), gcm_best()->name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_3711_key_derivation),
        cmocka_unit_test(rfc_3711_key_stream),
        cmocka_unit_test(rfc_7714_rtp),
        cmocka_unit_test(rfc_7714_rtcp),
        cmocka_unit_test(replays_and_old_packets_are_refused),
        cmocka_unit_test(rollover_is_followed_both_ways),
        cmocka_unit_test(forged_packet_changes_nothing),
        cmocka_unit_test(forged_ssrcs_take_no_place),
        cmocka_unit_test(control_packets_have_their_own_index),
        cmocka_unit_test(one_that_only_protects),
        cmocka_unit_test(sender_is_held_to_its_bounds),
        cmocka_unit_test(a_row_of_jobs),
        cmocka_unit_test(the_best_row_is_usable),
    };
    return on_every_row(tests, sizeof(tests) / sizeof(tests[0]));
}
