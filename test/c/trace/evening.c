#include "evening.h"

#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypt/sign.h"
#include "mark/embed.h"
#include "trace/resample.h"

static const uint8_t secret[32] = {4, 2};
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
    struct evening *e = calloc(1, sizeof(*e));
    assert_non_null(e);
    speak(e, seconds);
    e->span = (struct session_span){.hop = 167 * SEGMENT_HOPS,
                                    .segment = 167,
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
    char text[2048];
    assert_true(b64_encode(text, sizeof(text), (struct view){p, n}) > 0);
    return json_string(text);
}

static const uint8_t run[ID_BYTES] = {5, 5};

/* Split among two, who both gave out their shares. Nothing here checks signatures: the server has. */
static json_t *pattern(const struct evening *e)
{
    static const uint8_t rest[2 * 97 + SIG_BYTES];
    uint8_t bytes[512];
    struct hash check = hash_two("pattern-check", VIEW(e->speaker.key), (struct view){0});
    struct writer w = writer_init(bytes, sizeof(bytes));
    write_u8(&w, 1);
    write_view(&w, VIEW(e->session.id.bytes));
    write_view(&w, VIEW(e->speaker.account.bytes));
    write_bytes(&w, run, ID_BYTES); /* the device */
    write_bytes(&w, run, ID_BYTES);
    write_view(&w, VIEW(check.bytes));
    write_u8(&w, 2);
    write_view(&w, VIEW(rest));
    assert_int_equal(writer_end(&w), OK);
    return b64(bytes, w.len);
}

/* Shares of x = 1 and x = 2 on the line through the key with slope 1: key + x. */
static json_t *release(const struct evening *e, uint8_t x)
{
    static const uint8_t sig[SIG_BYTES];
    uint8_t bytes[512], account[ID_BYTES] = {x};
    struct writer w = writer_init(bytes, sizeof(bytes));
    write_u8(&w, 1);
    write_view(&w, VIEW(e->session.id.bytes));
    write_view(&w, VIEW(account));
    write_view(&w, VIEW(account));
    write_u16(&w, 1);
    write_view(&w, VIEW(e->speaker.account.bytes));
    write_bytes(&w, run, ID_BYTES);
    write_u8(&w, x);
    for (int i = 0; i < KEY_BYTES; i++) write_u8(&w, e->speaker.key[i] ^ x);
    write_view(&w, VIEW(sig));
    assert_int_equal(writer_end(&w), OK);
    return b64(bytes, w.len);
}

json_t *evening_session(const struct evening *e)
{
    const struct session *s = &e->session;
    struct hash root = code_commitment(secret, s->id);
    json_t *people = json_array();
    for (size_t i = 0; i < EVENING_LISTENERS; i++)
        json_array_append_new(people, json_pack("{s:o, s:s, s:I, s:I}", "account",
                                                b64(e->listeners[i].entry.account.bytes, ID_BYTES), "name",
                                                e->listeners[i].name, "since", (json_int_t)i, "until",
                                                (json_int_t)0));
    json_array_append(people, json_array_get(people, 3)); /* came twice */
    json_array_append_new(people, json_pack("{s:o, s:s, s:i, s:i}", "account",
                                            b64(e->speaker.account.bytes, ID_BYTES), "name", e->speaker.name,
                                            "since", 0, "until", 0));
    return json_pack("{s:o, s:s, s:I, s:i, s:o, s:o, s:o, s:[o], s:[{s:o, s:o, s:I, s:I, s:I}], s:[o, o]}",
                     "room", b64(s->id.bytes, ID_BYTES), "title", "Evening", "opened", (json_int_t)s->time_ms,
                     "ended", 0, "secret", b64(secret, sizeof(secret)), "trace", b64(root.bytes, HASH_BYTES),
                     "people", people, "patterns", pattern(e), "spans", "account",
                     b64(e->speaker.account.bytes, ID_BYTES), "run", b64(run, ID_BYTES), "hop",
                     (json_int_t)e->span.hop, "since", (json_int_t)e->span.time_ms, "until",
                     (json_int_t)(e->span.time_ms + e->span.segments * (uint64_t)SEGMENT_MS), "releases",
                     release(e, 1), release(e, 2));
}

void evening_write_wav(const char *path, const float *pcm, size_t n)
{
    SF_INFO info = {.samplerate = 16000, .channels = 1, .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    SNDFILE *f = sf_open(path, SFM_WRITE, &info);
    assert_non_null(f);
    assert_int_equal(sf_write_float(f, pcm, (sf_count_t)n), n);
    sf_close(f);
}
