/* A receiver that is not ours: libsrtp2. It guesses the rollover counter from what it gets, as a browser
 * does. Apart from the other files, because the two libraries share names. */
#ifndef TEST_EAR_H
#define TEST_EAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ear;

struct ear *ear_new(const uint8_t key[16], const uint8_t salt[12]); /* AEAD_AES_128_GCM, any SSRC */
void ear_free(struct ear *e);
bool ear_open(struct ear *e, uint8_t *packet, size_t *len); /* in place */

#endif
