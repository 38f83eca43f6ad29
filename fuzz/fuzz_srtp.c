/* First byte: bit 0 profile, bit 1 RTP or RTCP, bit 4 OpenSSL whatever the machine, bits 2 and 3 what is done
 * with the rest: 0 it is taken for a protected packet, and must not be believed 1 it is protected, and must
 * come out again as it was 2 a good protected packet is XORed with it, and must be believed only if that
 * changed nothing */
#include <stdlib.h>
#include <string.h>

#include "crypt/srtp_session.h"

enum { ROOM = 2048, CLEAR = 60 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool ok)
{
    if (!ok) abort();
}

static enum err seal(struct srtp_job *job, bool control)
{
    if (control) return srtp_protect_rtcp(job);
    struct reader r = reader_init((struct view){job->buf.ptr, job->len});
    read_skip(&r, 2);
    job->index = read_u16(&r);
    srtp_protect_rtp(job, 1);
    return job->err;
}

static enum err unseal(struct srtp_job *job, bool control)
{
    return control ? srtp_unprotect_rtcp(job) : srtp_unprotect_rtp(job);
}

static void there_and_back(struct srtp *s, struct view packet, bool control)
{
    uint8_t buf[ROOM];
    memcpy(buf, packet.ptr, packet.len);
    struct srtp_job job = {.ctx = s, .buf = {buf, sizeof(buf)}, .len = packet.len};
    if (seal(&job, control) != OK) return;
    expect(job.len > packet.len && job.len <= packet.len + SRTP_MAX_TRAILER);
    expect(unseal(&job, control) == OK);
    expect(job.len == packet.len && memcmp(buf, packet.ptr, packet.len) == 0);
}

static void changed(struct srtp *s, struct view change, bool control)
{
    uint8_t buf[ROOM] = {0x80, 0x6f, 0, 1};
    bool same = true;
    struct srtp_job job = {.ctx = s, .buf = {buf, sizeof(buf)}, .len = CLEAR};
    expect(seal(&job, control) == OK);
    for (size_t i = 0; i < change.len && i < job.len; i++) {
        buf[i] ^= change.ptr[i];
        same = same && change.ptr[i] == 0;
    }
    expect((unseal(&job, control) == OK) == same);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t key[16] = {1, 2, 3}, salt[14] = {4, 5, 6};
    struct reader r = reader_init((struct view){data, size});
    uint8_t what = read_u8(&r);
    struct view rest = read_view(&r, reader_left(&r));
    bool control = what & 2;
    enum srtp_profile profile = what & 1 ? SRTP_AEAD_AES_128_GCM : SRTP_AES128_CM_SHA1_80;
    struct srtp_session session;
    struct srtp *s;
    if (r.err || rest.len == 0 || rest.len > ROOM) return 0;
    expect(srtp_session_derive(&session, profile, key, salt) == OK);
    expect(srtp_new_on(&s, what & 16 ? &gcm_evp : gcm_best(), profile, &session) == OK);
    what = what >> 2 & 3;
    if (what == 0) {
        uint8_t buf[ROOM];
        memcpy(buf, rest.ptr, rest.len);
        struct srtp_job job = {.ctx = s, .buf = {buf, rest.len}, .len = rest.len};
        expect(unseal(&job, control) != OK && job.len == 0);
    } else if (what == 1) {
        there_and_back(s, rest, control);
    } else {
        changed(s, rest, control);
    }
    srtp_free(s);
    return 0;
}
