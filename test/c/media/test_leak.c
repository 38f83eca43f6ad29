/* From end to end without a browser: marked speech goes through the media plane as two streams, a listener
 * puts together what it got, and the trace names that listener. Payloads are numbers of frames, as the plane
 * cannot tell. */
#include "evening.h"

#include <stdlib.h>
#include <string.h>

#include "net.h"
#include "trace/inquiry.h"
#include "trace/resample.h"

enum { LISTENERS = 3, FRAME = 960, LOUD = 20 };

static struct client *join(struct net *n, const struct evening *e, struct id account, const uint8_t *seed)
{
    struct client *c = net_client(n, net_room(1));
    c->is.account = account;
    c->is.traced = true;
    memcpy(c->is.bias, e->session.bias, sizeof(c->is.bias));
    if (seed) memcpy(c->is.seed, seed, sizeof(c->is.seed));
    net_up(n, c, !seed);
    return c;
}

static void say(struct net *n, struct client *speaker, unsigned frame)
{
    char text[2][16];
    snprintf(text[0], sizeof(text[0]), "A%u", frame);
    snprintf(text[1], sizeof(text[1]), "B%u", frame);
    bool lost[2] = {frame % 97 == 50, frame % 89 == 40}; /* on the way here */
    if (!lost[1]) client_say_as(speaker, &(struct say){.payload = text[1], .level = LOUD, .b = true});
    if (lost[0])
        client_skip(speaker);
    else
        client_say(speaker, text[0], LOUD);
    net_pass(n, 20);
}

/* What a listener's decoder makes of it: a lost frame is the one before once more. */
static float *decode(const struct evening *e, const struct client *l, size_t *n)
{
    float *heard = calloc(e->n, sizeof(float)), *out;
    const size_t frames = e->n / FRAME;
    assert_non_null(heard);
    assert_true(l->heard_count <= HEARD && l->heard_count > frames * 9 / 10);
    bool *have = calloc(frames, sizeof(*have));
    for (size_t k = 0; k < l->heard_count; k++) {
        const struct heard *h = client_heard(l, k);
        char text[16] = {0};
        memcpy(text, h->payload, h->len < 15 ? h->len : 15);
        size_t frame = (size_t)atoi(text + 1);
        assert_true(frame < frames && !have[frame]); /* each once */
        have[frame] = true;
        memcpy(heard + frame * FRAME, (text[0] == 'B' ? e->b : e->a) + frame * FRAME, FRAME * sizeof(float));
    }
    for (size_t frame = 1; frame < frames; frame++)
        if (!have[frame]) memcpy(heard + frame * FRAME, heard + (frame - 1) * FRAME, FRAME * sizeof(float));
    size_t from = (size_t)(9.3 * 48000), count = 30 * 48000;
    assert_true(from + count <= e->n);
    assert_int_equal(resample(heard + from, count, 48000, 16000, &out, n), OK);
    free(have);
    free(heard);
    return out;
}

static void each_listener_is_named_in_turn(void **state)
{
    struct net *n = *state;
    struct evening *e = evening_new(45);
    struct client *speaker = join(n, e, e->speaker.account, NULL), *l[LISTENERS];
    n->checking = true;
    for (size_t i = 0; i < LISTENERS; i++)
        l[i] = join(n, e, e->listeners[i].entry.account, e->listeners[i].entry.seed);
    speaker->apart = 1234, speaker->offset = 0x90000001;
    speaker->timestamp = 0xffff0000; /* wraps on the way */
    net_twin(n, speaker, (struct media_twin){true, speaker->offset, speaker->timestamp, e->span.hop});
    for (unsigned frame = 0; frame < e->n / FRAME; frame++) say(n, speaker, frame);
    for (size_t i = 0; i < LISTENERS; i++) {
        struct inquiry_options o = {.log10_threshold = -6};
        struct finding f;
        size_t samples;
        float *pcm = decode(e, l[i], &samples);
        assert_int_equal(l[i]->deaf_count, 0);
        assert_int_equal(inquire(&e->session, pcm, samples, &o, &f), OK);
        assert_int_equal(f.named, 1);
        assert_int_equal(f.suspects[0].listener, i);
        finding_free(&f);
        free(pcm);
    }
    evening_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_listener_is_named_in_turn, net_setup, net_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
