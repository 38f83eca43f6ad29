#include "trace/session.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypt/sign.h"

/* Reading with a sticky error, as base/bytes.h does for bytes: the first thing that is wrong stays. */
struct source {
    char *why;
    size_t cap;
    bool failed;
};

__attribute__((format(printf, 2, 3))) static void refuse(struct source *in, const char *format, ...)
{
    if (in->failed) return;
    in->failed = true;
    va_list args;
    va_start(args, format);
    vsnprintf(in->why, in->cap, format, args);
    va_end(args);
}

static void take_bytes(struct source *in, const json_t *object, const char *name, uint8_t *out, size_t n)
{
    const json_t *v = json_object_get(object, name);
    if (!json_is_string(v) || b64_decode_exact(out, n, json_string_value(v), json_string_length(v)))
        refuse(in, "\"%s\" is not %zu bytes in base64url.", name, n);
}

static uint64_t take_number(struct source *in, const json_t *object, const char *name, uint64_t max)
{
    const json_t *v = json_object_get(object, name);
    json_int_t n = json_is_integer(v) ? json_integer_value(v) : -1;
    if (n < 0 || (uint64_t)n > max)
        refuse(in, "\"%s\" is not a number from 0 to %llu.", name, (unsigned long long)max);
    return n < 0 ? 0 : (uint64_t)n;
}

/* Names go to a terminal: only what the club's own rule for names allows. */
static void take_name(struct source *in, const json_t *object, char out[LIMIT_NAME_BYTES + 1])
{
    const json_t *v = json_object_get(object, "name");
    size_t n = json_string_length(v);
    if (!json_is_string(v) || n > LIMIT_NAME_BYTES ||
        text_check(view_str(json_string_value(v)), 0, LIMIT_NAME_CHARS))
        refuse(in, "\"name\" is not a name.");
    else
        memcpy(out, json_string_value(v), n + 1);
}

static const json_t *take_array(struct source *in, const json_t *object, const char *name, size_t min,
                                size_t max)
{
    const json_t *v = json_object_get(object, name);
    size_t n = json_array_size(v);
    if (!json_is_array(v) || n < min || n > max)
        refuse(in, "\"%s\" is not a list of %zu to %zu entries.", name, min, max);
    return in->failed ? NULL : v;
}

/* The opening of the commitment: index and audit path. */
static void take_proof(struct source *in, const json_t *object, const struct session *s,
                       const struct code_entry *entry, size_t entries)
{
    struct hash path[CODE_PATH];
    size_t index = take_number(in, object, "index", entries - 1), n;
    const json_t *list = take_array(in, object, "path", 0, CODE_PATH), *v;
    for (n = 0; !in->failed && n < json_array_size(list); n++) {
        v = json_array_get(list, n);
        if (b64_decode_exact(path[n].bytes, HASH_BYTES, json_string_value(v), json_string_length(v)))
            refuse(in, "\"path\" is not a list of hashes.");
    }
    if (!in->failed && !code_proven(code_leaf(s->id, entry), index, entries, path, n, s->root))
        refuse(in, "A codeword in it is not the one that the room's key header committed to.");
}

static void take_listeners(struct source *in, const json_t *root, struct session *s, size_t entries)
{
    const json_t *list = take_array(in, root, "listeners", 1, LIMIT_PEOPLE_PER_ROOM);
    if (!list) return;
    s->listeners = calloc(json_array_size(list), sizeof(*s->listeners));
    if (!s->listeners) return refuse(in, "There is not enough memory.");
    for (size_t i = 0; i < json_array_size(list) && !in->failed; i++) {
        const json_t *v = json_array_get(list, i);
        struct session_listener *l = &s->listeners[s->listener_count++];
        take_bytes(in, v, "account", l->entry.account.bytes, ID_BYTES);
        take_bytes(in, v, "seed", l->entry.seed, CODE_SEED_BYTES);
        take_name(in, v, l->name);
        take_proof(in, v, s, &l->entry, entries);
    }
}

static void take_spans(struct source *in, const json_t *object, struct session_speaker *speaker)
{
    const json_t *list = take_array(in, object, "spans", 1, LIMIT_TRACE_SPANS);
    if (!list) return;
    speaker->spans = calloc(json_array_size(list), sizeof(*speaker->spans));
    if (!speaker->spans) return refuse(in, "There is not enough memory.");
    for (size_t i = 0; i < json_array_size(list) && !in->failed; i++) {
        const json_t *v = json_array_get(list, i);
        speaker->spans[speaker->span_count++] = (struct session_span){
            .hop = (uint32_t)take_number(in, v, "hop", PATTERN_CELLS * (uint64_t)PATTERN_CELL_HOPS - 1),
            .segment = (uint32_t)take_number(in, v, "segment", UINT32_MAX - LIMIT_TRACE_SEGMENTS),
            .segments = (uint32_t)take_number(in, v, "segments", LIMIT_TRACE_SEGMENTS),
            .time_ms = take_number(in, v, "time", 1ull << 53),
        };
    }
}

static void take_speakers(struct source *in, const json_t *root, struct session *s)
{
    const json_t *list = take_array(in, root, "speakers", 1, LIMIT_TRACE_SPEAKERS);
    if (!list) return;
    s->speakers = calloc(json_array_size(list), sizeof(*s->speakers));
    if (!s->speakers) return refuse(in, "There is not enough memory.");
    for (size_t i = 0; i < json_array_size(list) && !in->failed; i++) {
        const json_t *v = json_array_get(list, i);
        struct session_speaker *speaker = &s->speakers[s->speaker_count++];
        take_bytes(in, v, "account", speaker->account.bytes, ID_BYTES);
        take_bytes(in, v, "key", speaker->key, KEY_BYTES);
        take_name(in, v, speaker->name);
        take_spans(in, v, speaker);
    }
}

static void take_session(struct source *in, const json_t *root, struct session *s)
{
    if (take_number(in, root, "version", 1) != 1) refuse(in, "Its version is not 1.");
    if (take_number(in, root, "segment_ms", 1 << 20) != SEGMENT_MS)
        refuse(in, "Its segments are not %d ms long.", SEGMENT_MS);
    take_bytes(in, root, "session", s->id.bytes, ID_BYTES);
    s->time_ms = take_number(in, root, "time", 1ull << 53);
    const json_t *commitment = json_object_get(root, "commitment"), *bias = json_object_get(root, "bias");
    take_bytes(in, commitment, "root", s->root.bytes, HASH_BYTES);
    size_t entries = take_number(in, commitment, "entries", LIMIT_MEMBERS + 1);
    if (entries == 0) refuse(in, "Its commitment has no entries.");
    take_bytes(in, bias, "seed", s->bias, CODE_SEED_BYTES);
    struct code_entry first = {0};
    memcpy(first.seed, s->bias, sizeof(first.seed));
    if (!in->failed) take_proof(in, bias, s, &first, entries);
    if (!in->failed) take_listeners(in, root, s, entries);
    if (!in->failed) take_speakers(in, root, s);
}

enum err session_parse(struct session *s, const char *text, size_t n, char *why, size_t why_cap)
{
    *s = (struct session){0};
    json_error_t error;
    json_t *root = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        snprintf(why, why_cap, "Line %d of it is not JSON.", error.line);
        return ERR_MALFORMED;
    }
    struct source in = {why, why_cap, false};
    if (!json_is_object(root)) refuse(&in, "It is not a session file.");
    take_session(&in, root, s);
    json_decref(root);
    if (!in.failed) return OK;
    session_free(s);
    return ERR_MALFORMED;
}

enum err session_load(struct session *s, const char *path, char *why, size_t why_cap)
{
    FILE *f = fopen(path, "rb");
    char *text = malloc(LIMIT_SESSION_BYTES + 1);
    size_t n = f && text ? fread(text, 1, LIMIT_SESSION_BYTES + 1, f) : 0;
    enum err e = !f || ferror(f) || !text ? ERR_NOT_FOUND : n > LIMIT_SESSION_BYTES ? ERR_TOO_LARGE : OK;
    if (f) fclose(f);
    if (e == ERR_NOT_FOUND)
        snprintf(why, why_cap, "It cannot be read.");
    else if (e)
        snprintf(why, why_cap, "It is too large.");
    else
        e = session_parse(s, text, n, why, why_cap);
    if (text) wipe(text, n);
    free(text);
    return e;
}

void session_free(struct session *s)
{
    for (size_t i = 0; i < s->speaker_count; i++) free(s->speakers[i].spans);
    if (s->speakers) wipe(s->speakers, s->speaker_count * sizeof(*s->speakers));
    if (s->listeners) wipe(s->listeners, s->listener_count * sizeof(*s->listeners));
    free(s->speakers);
    free(s->listeners);
    wipe(s, sizeof(*s));
}
