#include "trace/session.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crypt/sign.h"
#include "mark/share.h"
#include "wire/pattern.h"

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

/* Bytes of any length up to `max`, in `*out`, the caller's to free. */
static struct view take_blob(struct source *in, const json_t *v, size_t max, uint8_t **out)
{
    size_t n = json_string_length(v), len = 0;
    *out = in->failed ? NULL : malloc(max);
    if (!in->failed && !*out) refuse(in, "There is not enough memory.");
    if (!in->failed && (!json_is_string(v) || b64_decode(*out, max, &len, json_string_value(v), n)))
        refuse(in, "It has bytes that are not in base64url, or too many.");
    return (struct view){*out, len};
}

/* ---- who was there --------------------------------------------------------------------------------- */

static struct session_listener *find_listener(const struct session *s, struct id account)
{
    for (size_t i = 0; i < s->listener_count; i++)
        if (id_eq(s->listeners[i].entry.account, account)) return &s->listeners[i];
    return NULL;
}

/* For a terminal and for people: what is neither is left out. */
static char *take_chain(const json_t *object)
{
    const char *text = json_string_value(json_object_get(object, "chain"));
    bool good = text && text_check(view_str(text), 1, LIMIT_CHAIN_CHARS) == OK;
    return good ? strdup(text) : NULL;
}

/* Each once, however often they came and went. */
static void take_people(struct source *in, const json_t *root, struct session *s, const uint8_t secret[32])
{
    const json_t *list = take_array(in, root, "people", 1, LIMIT_TRACE_STAYS);
    if (!list) return;
    s->listeners = calloc(json_array_size(list), sizeof(*s->listeners));
    if (!s->listeners) return refuse(in, "There is not enough memory.");
    for (size_t i = 0; i < json_array_size(list) && !in->failed; i++) {
        const json_t *v = json_array_get(list, i);
        struct session_listener l = {0};
        take_bytes(in, v, "account", l.entry.account.bytes, ID_BYTES);
        take_name(in, v, l.name);
        if (find_listener(s, l.entry.account)) continue;
        code_seed(secret, s->id, l.entry.account, l.entry.seed);
        l.chain = take_chain(v);
        s->listeners[s->listener_count++] = l;
    }
}

/* ---- whose patterns can be read -------------------------------------------------------------------- */

struct released { /* by two admins */
    struct release releases[2];
    uint8_t *bytes[2];
};

static void take_releases(struct source *in, const json_t *root, struct session *s, struct released *r)
{
    const json_t *list = take_array(in, root, "releases", 2, 2);
    for (int i = 0; i < 2 && list && !in->failed; i++) {
        struct view bytes = take_blob(in, json_array_get(list, (size_t)i), LIMIT_RELEASE_BYTES, &r->bytes[i]);
        if (!in->failed && release_parse(&r->releases[i], bytes))
            refuse(in, "A release in it is not in the form that the admin screen gives.");
        if (!in->failed && !id_eq(r->releases[i].room, s->id))
            refuse(in, "A release in it is for another room.");
    }
    if (!in->failed && id_eq(r->releases[0].account, r->releases[1].account))
        refuse(in, "Both releases are of one account: a trace takes two.");
}

static bool find_share(const struct release *r, const struct pattern *p, struct share *out)
{
    for (unsigned i = 0; i < r->n; i++) {
        struct release_share s = release_share(r, i);
        bool found = id_eq(s.account, p->account) && id_eq(s.run, p->run);
        if (found) {
            out->x = s.x;
            memcpy(out->bytes, s.share, KEY_BYTES);
        }
        wipe(&s, sizeof(s));
        if (found) return true;
    }
    return false;
}

/* A pattern for which one of the two has no share (they were no admins then) stays closed. */
static void take_pattern(struct source *in, const json_t *v, const struct released *r, struct session *s)
{
    uint8_t *bytes;
    struct pattern p;
    struct share shares[2];
    struct view blob = take_blob(in, v, LIMIT_PATTERN_BYTES, &bytes);
    if (!in->failed && (pattern_parse(&p, blob) || !id_eq(p.room, s->id)))
        refuse(in, "A pattern in it is not one of that room.");
    if (!in->failed && find_share(&r->releases[0], &p, &shares[0]) &&
        find_share(&r->releases[1], &p, &shares[1])) {
        struct session_speaker *speaker = &s->speakers[s->speaker_count];
        const struct session_listener *known = find_listener(s, p.account);
        *speaker = (struct session_speaker){.account = p.account, .run = p.run};
        if (known) memcpy(speaker->name, known->name, sizeof(speaker->name));
        if (share_combine(&shares[0], &shares[1], p.check, speaker->key))
            s->speaker_count++;
        else
            refuse(in, "The two shares do not give the key that the speaker committed to.");
    }
    wipe(shares, sizeof(shares));
    free(bytes);
}

static void take_patterns(struct source *in, const json_t *root, const struct released *r, struct session *s)
{
    const json_t *list = take_array(in, root, "patterns", 1, LIMIT_TRACE_SPEAKERS);
    if (!list) return;
    s->speakers = calloc(json_array_size(list), sizeof(*s->speakers));
    if (!s->speakers) return refuse(in, "There is not enough memory.");
    for (size_t i = 0; i < json_array_size(list) && !in->failed; i++)
        take_pattern(in, json_array_get(list, i), r, s);
    if (!s->speaker_count) refuse(in, "The two releases have no pattern in common.");
}

/* ---- when they ran in step ------------------------------------------------------------------------- */

/* From the first whole segment on: number n begins at hop 24 n. */
static void take_span(struct source *in, const json_t *v, struct session *s, uint64_t now_ms)
{
    struct id account, run;
    take_bytes(in, v, "account", account.bytes, ID_BYTES);
    take_bytes(in, v, "run", run.bytes, ID_BYTES);
    uint64_t hop = take_number(in, v, "hop", UINT32_MAX), since = take_number(in, v, "since", 1ull << 53),
             until = take_number(in, v, "until", 1ull << 53);
    uint64_t segment = (hop + SEGMENT_HOPS - 1) / SEGMENT_HOPS;
    since += (segment * SEGMENT_HOPS - hop) * (SEGMENT_MS / SEGMENT_HOPS);
    if (!until) until = now_ms;
    uint64_t segments = until > since ? (until - since) / SEGMENT_MS + 1 : 0;
    if (segments > LIMIT_TRACE_SEGMENTS) segments = LIMIT_TRACE_SEGMENTS;
    for (size_t i = 0; i < s->speaker_count && segments && !in->failed; i++) {
        struct session_speaker *speaker = &s->speakers[i];
        if (!id_eq(speaker->account, account) || !id_eq(speaker->run, run)) continue;
        if (!speaker->spans) speaker->spans = calloc(LIMIT_TRACE_SPANS, sizeof(*speaker->spans));
        if (!speaker->spans) return refuse(in, "There is not enough memory.");
        if (speaker->span_count == LIMIT_TRACE_SPANS) return refuse(in, "It has too many \"spans\".");
        speaker->spans[speaker->span_count++] = (struct session_span){
            .hop = (uint32_t)(segment * SEGMENT_HOPS % (PATTERN_CELLS * (uint64_t)PATTERN_CELL_HOPS)),
            .segment = (uint32_t)segment,
            .segments = (uint32_t)segments,
            .time_ms = since};
        return;
    }
}

static void take_session(struct source *in, const json_t *root, struct session *s)
{
    uint8_t secret[LEDGER_SECRET_BYTES] = {0};
    struct released released = {0};
    size_t spans = 0;
    take_bytes(in, root, "room", s->id.bytes, ID_BYTES);
    take_bytes(in, root, "trace", s->root.bytes, HASH_BYTES);
    take_bytes(in, root, "secret", secret, sizeof(secret));
    s->time_ms = take_number(in, root, "opened", 1ull << 53);
    if (!in->failed && !hash_eq(code_commitment(secret, s->id), s->root))
        refuse(in, "Its secret is not the one that the room's key headers committed to.");
    code_seed(secret, s->id, (struct id){{0}}, s->bias);
    if (!in->failed) take_people(in, root, s, secret);
    if (!in->failed) take_releases(in, root, s, &released);
    if (!in->failed) take_patterns(in, root, &released, s);
    const json_t *list = in->failed ? NULL : take_array(in, root, "spans", 1, LIMIT_TRACE_STAYS);
    for (size_t i = 0; i < json_array_size(list) && !in->failed; i++)
        take_span(in, json_array_get(list, i), s, (uint64_t)time(NULL) * 1000);
    for (size_t i = 0; i < s->speaker_count; i++) spans += s->speakers[i].span_count;
    if (!spans) refuse(in, "No stretch of it has a pattern that the two releases open.");
    for (int i = 0; i < 2; i++) {
        if (released.bytes[i]) wipe(released.bytes[i], LIMIT_RELEASE_BYTES);
        free(released.bytes[i]);
    }
    wipe(secret, sizeof(secret));
}

enum err session_read(struct session *s, const json_t *root, char *why, size_t why_cap)
{
    *s = (struct session){0};
    struct source in = {why, why_cap, false};
    if (!json_is_object(root)) refuse(&in, "It is not what the ledger has of a room.");
    take_session(&in, root, s);
    if (!in.failed) return OK;
    session_free(s);
    return ERR_MALFORMED;
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
    enum err e = session_read(s, root, why, why_cap);
    json_decref(root);
    return e;
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
    for (size_t i = 0; i < s->listener_count; i++) free(s->listeners[i].chain);
    if (s->speakers) wipe(s->speakers, s->speaker_count * sizeof(*s->speakers));
    if (s->listeners) wipe(s->listeners, s->listener_count * sizeof(*s->listeners));
    free(s->speakers);
    free(s->listeners);
    wipe(s, sizeof(*s));
}
