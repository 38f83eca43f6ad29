/* OpenSSL's random source from a seed. For programs of one thread; before anything else of OpenSSL. */
#ifndef TEST_NOISE_OPENSSL_H
#define TEST_NOISE_OPENSSL_H

#ifndef OPENSSL_SUPPRESS_DEPRECATED
#error "define OPENSSL_SUPPRESS_DEPRECATED before OpenSSL is included: RAND_METHOD wants a provider since 3.0"
#endif
#include "crypt/openssl.h"

#include "noise.h"

static uint64_t noise; /* set at the start of each run */

static int noise_bytes(unsigned char *out, int n)
{
    noise_fill(&noise, out, (size_t)n);
    return 1;
}

static int noise_status(void)
{
    return 1;
}

static const RAND_METHOD noise_method = {
    .bytes = noise_bytes, .pseudorand = noise_bytes, .status = noise_status};

#endif
