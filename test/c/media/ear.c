#include "ear.h"

#include <srtp2/srtp.h>
#include <stdlib.h>
#include <string.h>

struct ear {
    srtp_t srtp;
};

struct ear *ear_new(const uint8_t key[16], const uint8_t salt[12])
{
    static bool started;
    if (!started && srtp_init() != srtp_err_status_ok) abort();
    started = true;

    uint8_t master[28];
    memcpy(master, key, 16);
    memcpy(master + 16, salt, 12);
    srtp_policy_t policy = {.ssrc = {.type = ssrc_any_inbound}, .key = master, .window_size = 128};
    srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
    srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
    struct ear *e = calloc(1, sizeof(*e));
    if (!e || srtp_create(&e->srtp, &policy) != srtp_err_status_ok) abort();
    return e;
}

void ear_free(struct ear *e)
{
    if (!e) return;
    srtp_dealloc(e->srtp);
    free(e);
}

bool ear_open(struct ear *e, uint8_t *packet, size_t *len)
{
    int n = (int)*len;
    if (srtp_unprotect(e->srtp, packet, &n) != srtp_err_status_ok) return false;
    *len = (size_t)n;
    return true;
}
