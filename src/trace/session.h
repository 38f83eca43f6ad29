/* What tracing one evening in one room needs: the answer to `operator.trace` with the two releases beside it
 * (docs/tracing.md, "What a trace needs"). Memory: one owner, session_free, which wipes the keys. */
#ifndef TRACE_SESSION_H
#define TRACE_SESSION_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/id.h"
#include "base/ledger.h"
#include "base/limits.h"
#include "mark/code.h"
#include "mark/pattern.h"

struct session_listener {
    struct code_entry entry;
    char name[LIMIT_NAME_BYTES + 1];
    char *chain; /* names of who brought it in, up to the founder; NULL: not known */
};

/* A stretch of a speaker's audio in which hops of the pattern and segments of the code ran in step. */
struct session_span {
    uint32_t hop;     /* of the pattern, at the start of the first segment */
    uint32_t segment; /* its number in the code */
    uint32_t segments;
    uint64_t time_ms;
};

struct session_speaker {
    struct id account, run;
    char name[LIMIT_NAME_BYTES + 1];
    uint8_t key[KEY_BYTES]; /* of the pattern */
    struct session_span *spans;
    size_t span_count;
};

struct session {
    struct id id;
    uint64_t time_ms;
    uint8_t bias[CODE_SEED_BYTES];
    struct hash root; /* the commitment in the room's key header */
    struct session_listener *listeners;
    size_t listener_count;
    struct session_speaker *speakers;
    size_t speaker_count;
};

/* `why`: a sentence for people when it fails. */
MUST_CHECK enum err session_read(struct session *s, const json_t *root, char *why, size_t why_cap);
MUST_CHECK enum err session_parse(struct session *s, const char *text, size_t n, char *why, size_t why_cap);
MUST_CHECK enum err session_load(struct session *s, const char *path, char *why, size_t why_cap);
void session_free(struct session *s);

#endif
