#include "evening.h"

#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypt/sign.h"
#include "mark/embed.h"
#include "trace/resample.h"

static const char folder[] = "/usr/share/asterisk/sounds/en_US_f_Allison/";
static const char *const prompts[] = {
    "vm-intro",        "conf-adminmenu",  "conf-usermenu",   "vm-options",
    "agent-user",      "vm-opts",         "demo-congrats",   "demo-instruct",
    "demo-abouttotry", "vm-whichbox",     "conf-onlyperson", "followme/sorry",
    "demo-moreinfo",   "demo-nogo",       "demo-echotest",   "dictate/enter_filename",
    "tt-allbusy",      "tt-monkeysintro", "vm-instructions", "vm-rec-generic",
    "vm-rec-unv",      "dir-intro",       "dir-instr",       "conf-banned",
};

/* RIFF, 8 kHz, 16 bits, mono; the package's files all are. */
static size_t read_prompt(const char *name, float *out, size_t max)
{
    char path[300];
    uint8_t header[44], sample[2];
    snprintf(path, sizeof(path), "%s%s.wav", folder, name);
    FILE *f = fopen(path, "rb");
    if (!f) return 0;
    size_t n = 0;
    if (fread(header, 1, sizeof(header), f) == sizeof(header) && memcmp(header, "RIFF", 4) == 0)
        while (n < max && fread(sample, 1, 2, f) == 2)
            out[n++] = (float)(int16_t)(sample[0] | sample[1] << 8) / 32768;
    fclose(f);
    return n;
}

static void speak(struct evening *e, double seconds)
{
    size_t wanted = (size_t)(seconds * 8000), n = 0;
    float *narrow = calloc(wanted, sizeof(float));
    assert_non_null(narrow);
    for (size_t i = 0; i < sizeof(prompts) / sizeof(*prompts) && n < wanted; i++)
        n += read_prompt(prompts[i], narrow + n, wanted - n);
    if (n < wanted) fail_msg("%s has only %.1f s of the prompts", folder, (double)n / 8000);
    assert_int_equal(resample(narrow, wanted, 8000, 48000, &e->plain, &e->n), OK);
    free(narrow);
}

static void mark(struct evening *e)
{
    static uint8_t chips[PATTERN_BYTES];
    struct embed *embed = malloc(sizeof(*embed));
    size_t n = e->n + EMBED_DELAY;
    float *in = calloc(n, sizeof(float));
    e->a = malloc(n * sizeof(float));
    e->b = malloc(n * sizeof(float));
    assert_true(embed && in && e->a && e->b);
    memcpy(in, e->plain, e->n * sizeof(float));
    assert_int_equal(keystream(e->speaker.key, chips, sizeof(chips)), OK);
    embed_init(embed, chips, e->span.hop);
    embed_run(embed, in, e->a, e->b, (unsigned)n);
    memmove(e->a, e->a + EMBED_DELAY, e->n * sizeof(float));
    memmove(e->b, e->b + EMBED_DELAY, e->n * sizeof(float));
    free(in);
    free(embed);
}

struct evening *evening_new(double seconds)
{
    static const uint8_t secret[32] = {4, 2};
    struct evening *e = calloc(1, sizeof(*e));
    assert_non_null(e);
    speak(e, seconds);
    e->span = (struct session_span){.hop = 4000,
                                    .segment = 45,
                                    .segments = (uint32_t)(e->n / (SEGMENT_HOPS * PATTERN_HOP)),
                                    .time_ms = 1000000};
    e->speaker = (struct session_speaker){
        .account = {{1}}, .name = "Speaker", .key = {7}, .spans = &e->span, .span_count = 1};
    struct session *s = &e->session;
    *s = (struct session){.id = {{9}},
                          .time_ms = 900000,
                          .listeners = e->listeners,
                          .listener_count = EVENING_LISTENERS,
                          .speakers = &e->speaker,
                          .speaker_count = 1};
    code_seed(secret, s->id, (struct id){{0}}, s->bias);
    for (uint8_t i = 0; i < EVENING_LISTENERS; i++) {
        struct code_entry *entry = &e->listeners[i].entry;
        entry->account = (struct id){{2, i}};
        code_seed(secret, s->id, entry->account, entry->seed);
        snprintf(e->listeners[i].name, sizeof(e->listeners[i].name), "Listener %u", i);
    }
    mark(e);
    return e;
}

void evening_free(struct evening *e)
{
    free(e->plain);
    free(e->a);
    free(e->b);
    free(e);
}

static bool has_b(const struct evening *e, size_t listener, size_t segment)
{
    uint32_t number = e->span.segment + (uint32_t)segment, block = number / CODE_BLOCK;
    uint32_t biases = code_biases(e->session.bias, e->speaker.account, block);
    return code_bits(e->listeners[listener].entry.seed, e->speaker.account, block, biases) >>
               number % CODE_BLOCK &
           1;
}

float *evening_leak(const struct evening *e, size_t listener, double from, double seconds, double speed,
                    size_t *n)
{
    float *heard = malloc(e->n * sizeof(float)), *out;
    assert_non_null(heard);
    const size_t length = SEGMENT_HOPS * PATTERN_HOP;
    for (size_t at = 0; at < e->n; at += length) {
        const float *variant = has_b(e, listener, at / length) ? e->b : e->a;
        memcpy(heard + at, variant + at, (length < e->n - at ? length : e->n - at) * sizeof(float));
    }
    size_t first = (size_t)(from * 48000), count = (size_t)(seconds * 48000);
    assert_true(first + count <= e->n);
    assert_int_equal(resample(heard + first, count, 48000 * speed, 16000, &out, n), OK);
    free(heard);
    return out;
}

static json_t *b64(const void *p, size_t n)
{
    char text[128];
    assert_true(b64_encode(text, sizeof(text), (struct view){p, n}) > 0);
    return json_string(text);
}

static void add_proof(json_t *object, const struct hash *leaves, size_t n, size_t index)
{
    struct hash path[CODE_PATH];
    json_t *list = json_array();
    size_t len = code_proof(leaves, n, index, path);
    for (size_t i = 0; i < len; i++) json_array_append_new(list, b64(path[i].bytes, HASH_BYTES));
    json_object_set_new(object, "index", json_integer((json_int_t)index));
    json_object_set_new(object, "path", list);
}

json_t *evening_session(const struct evening *e)
{
    enum { ENTRIES = EVENING_LISTENERS + 1 };
    const struct session *s = &e->session;
    struct hash leaves[ENTRIES], root;
    struct code_entry bias = {0};
    memcpy(bias.seed, s->bias, sizeof(bias.seed));
    leaves[0] = code_leaf(s->id, &bias);
    for (size_t i = 1; i < ENTRIES; i++) leaves[i] = code_leaf(s->id, &e->listeners[i - 1].entry);
    root = code_root(leaves, ENTRIES);
    json_t *biases = json_pack("{s:o}", "seed", b64(s->bias, sizeof(s->bias))), *listeners = json_array();
    add_proof(biases, leaves, ENTRIES, 0);
    for (size_t i = 1; i < ENTRIES; i++) {
        const struct session_listener *l = &e->listeners[i - 1];
        json_t *one = json_pack("{s:o, s:s, s:o}", "account", b64(l->entry.account.bytes, ID_BYTES), "name",
                                l->name, "seed", b64(l->entry.seed, sizeof(l->entry.seed)));
        add_proof(one, leaves, ENTRIES, i);
        json_array_append_new(listeners, one);
    }
    return json_pack(
        "{s:i, s:o, s:I, s:i, s:{s:o, s:i}, s:o, s:o, s:[{s:o, s:s, s:o, s:[{s:I, s:I, s:I, s:I}]}]}",
        "version", 1, "session", b64(s->id.bytes, ID_BYTES), "time", (json_int_t)s->time_ms, "segment_ms",
        SEGMENT_MS, "commitment", "root", b64(root.bytes, HASH_BYTES), "entries", ENTRIES, "bias", biases,
        "listeners", listeners, "speakers", "account", b64(e->speaker.account.bytes, ID_BYTES), "name",
        e->speaker.name, "key", b64(e->speaker.key, KEY_BYTES), "spans", "hop", (json_int_t)e->span.hop,
        "segment", (json_int_t)e->span.segment, "segments", (json_int_t)e->span.segments, "time",
        (json_int_t)e->span.time_ms);
}

void evening_write_wav(const char *path, const float *pcm, size_t n)
{
    SF_INFO info = {.samplerate = 16000, .channels = 1, .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    SNDFILE *f = sf_open(path, SFM_WRITE, &info);
    assert_non_null(f);
    assert_int_equal(sf_write_float(f, pcm, (sf_count_t)n), n);
    sf_close(f);
}
