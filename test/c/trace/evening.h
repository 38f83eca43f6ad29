/* A session with one speaker, whose speech is the recorded prompts of the Debian package
 * asterisk-core-sounds-en-wav, and what each of its listeners hears. */
#ifndef TEST_EVENING_H
#define TEST_EVENING_H

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "trace/session.h"

enum { EVENING_LISTENERS = 40 };

struct evening {
    struct session session;
    struct session_speaker speaker;
    struct session_span span;
    struct session_listener listeners[EVENING_LISTENERS];
    float *plain, *a, *b; /* 48 kHz, in step */
    size_t n;
};

struct evening *evening_new(double seconds);
void evening_free(struct evening *e);
/* What a listener hears, 16 kHz, `seconds` from `from` on, played `speed` times as fast. */
float *evening_leak(const struct evening *e, size_t listener, double from, double seconds, double speed,
                    size_t *n);

/* What the ledger has of it, with two releases. The speaker was there too, and one listener came twice. */
json_t *evening_session(const struct evening *e);
void evening_write_wav(const char *path, const float *pcm, size_t n);

#endif
