/* Heartbeats and frame tags: who may send them, how often, and who hears of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scene.h"
#include "wire/live.h"

static uint8_t bytes[LIMIT_TAGS_BYTES];

static enum err send_live(struct scene *s, const struct actor *from, enum command_kind kind, size_t len)
{
    struct command c = {.kind = kind, .sock = from->sock, .request = 1};
    c.live.room = s->room;
    c.live.data = (struct view){bytes, len};
    return world_apply(&s->w, &c);
}

static size_t sign_live(struct writer *w, const char *purpose, const uint8_t seed[32])
{
    uint8_t sig[SIG_BYTES];
    assert_int_equal(sign_make(seed, purpose, writer_view(w), sig), OK);
    write_bytes(w, sig, sizeof(sig));
    assert_int_equal(writer_end(w), OK);
    return w->len;
}

static struct heartbeat beat_of(const struct scene *s, const struct actor *a)
{
    return (struct heartbeat){.room = s->room,
                              .header = s->view.hash,
                              .time_ms = s->w.now,
                              .steward = a->account,
                              .steward_device = a->device};
}

static enum err beat(struct scene *s, const struct actor *from, const struct heartbeat *b,
                     const uint8_t seed[32])
{
    struct writer w = writer_init(bytes, sizeof(bytes));
    assert_int_equal(heartbeat_write_body(&w, b), OK);
    size_t len = sign_live(&w, "heartbeat", seed);
    return send_live(s, from, COMMAND_ROOM_BEAT, len);
}

static void a_heartbeat_reaches_the_room(void **state)
{
    struct scene *s = *state;
    struct heartbeat b = beat_of(s, s->host);
    assert_refused(s, ERR_STALE_HEADER, beat(s, s->host, &b, s->host->device_seed)); /* no header yet */
    first_header(s);
    b = beat_of(s, s->host);
    assert_int_equal(beat(s, s->host, &b, s->host->device_seed), OK);
    assert_int_equal(world_outs(&s->w, REPLY_OK), 1);
    assert_int_equal(world_outs(&s->w, EVENT_BEAT), 1);
    const struct out *o = world_out(&s->w, s->a->sock, EVENT_BEAT, 0);
    assert_true(id_eq(o->live.room, s->room));
    assert_int_equal(o->live.data.len, 153);
    assert_memory_equal(o->live.data.ptr, bytes, 153);
}

static void heartbeats_that_are_refused(void **state)
{
    struct scene *s = *state;
    first_header(s);
    const uint8_t *own = s->host->device_seed;
    struct heartbeat b = beat_of(s, s->host);
    b.room.bytes[0] ^= 1;
    assert_refused(s, ERR_NOT_IN_ROOM, beat(s, s->host, &b, own));
    b = beat_of(s, s->host), b.header.bytes[0] ^= 1;
    assert_refused(s, ERR_STALE_HEADER, beat(s, s->host, &b, own));
    b = beat_of(s, s->host), b.steward = s->a->account;
    assert_refused(s, ERR_FORBIDDEN, beat(s, s->host, &b, own));
    b = beat_of(s, s->host), b.steward_device = s->a->device;
    assert_refused(s, ERR_FORBIDDEN, beat(s, s->host, &b, own));
    b = beat_of(s, s->host);
    assert_refused(s, ERR_SIGNATURE, beat(s, s->host, &b, s->a->device_seed));
    b = beat_of(s, s->a); /* a listener */
    assert_refused(s, ERR_FORBIDDEN, beat(s, s->a, &b, s->a->device_seed));
    assert_refused(s, ERR_NOT_IN_ROOM, beat(s, s->b, &b, s->b->device_seed));
    bytes[0] = 1;
    assert_refused(s, ERR_TRUNCATED, send_live(s, s->host, COMMAND_ROOM_BEAT, 152));
    assert_refused(s, ERR_TRAILING, send_live(s, s->host, COMMAND_ROOM_BEAT, 154));
    bytes[0] = 2;
    assert_refused(s, ERR_UNSUPPORTED, send_live(s, s->host, COMMAND_ROOM_BEAT, 153));
    b = beat_of(s, s->host); /* and none of this counted against the host */
    assert_int_equal(beat(s, s->host, &b, own), OK);
}

static void heartbeats_have_a_pace(void **state)
{
    struct scene *s = *state;
    first_header(s);
    struct heartbeat b = beat_of(s, s->host);
    assert_int_equal(beat(s, s->host, &b, s->host->device_seed), OK);
    assert_int_equal(beat(s, s->host, &b, s->host->device_seed), OK); /* one in reserve */
    assert_refused(s, ERR_RATE, beat(s, s->host, &b, s->host->device_seed));
    world_tick(&s->w, LIMIT_BEAT_MS - 1);
    assert_refused(s, ERR_RATE, beat(s, s->host, &b, s->host->device_seed));
    world_tick(&s->w, 1);
    assert_int_equal(beat(s, s->host, &b, s->host->device_seed), OK);
}

/* ---- tags ------------------------------------------------------------------------------------------ */

static struct frame_tags tags_of(const struct scene *s)
{
    static const uint8_t tags[LIMIT_TAGS * FRAME_TAG_BYTES] = {7};
    return (struct frame_tags){
        .room = s->room, .counter = s->view.last.counter, .index = 1, .first = 50, .tags = {tags, 50 * 8}};
}

static enum err tag(struct scene *s, const struct actor *from, const struct frame_tags *t)
{
    struct writer w = writer_init(bytes, sizeof(bytes));
    assert_int_equal(frame_tags_write_body(&w, t), OK);
    size_t len = sign_live(&w, "tags", from->device_seed);
    return send_live(s, from, COMMAND_ROOM_TAGS, len);
}

static void tags_reach_the_room(void **state)
{
    struct scene *s = *state;
    struct frame_tags t = tags_of(s);
    t.counter = 1;
    assert_refused(s, ERR_STALE_HEADER, tag(s, s->host, &t)); /* no header yet */
    first_header(s);
    t = tags_of(s);
    assert_int_equal(tag(s, s->host, &t), OK);
    assert_int_equal(world_outs(&s->w, EVENT_TAGS), 1);
    const struct out *o = world_out(&s->w, s->a->sock, EVENT_TAGS, 0);
    assert_true(id_eq(o->live.account, s->host->account) && id_eq(o->live.room, s->room));
    assert_int_equal(o->live.data.len, 1 + 16 + 4 + 1 + 8 + 1 + 50 * 8 + 64);
    assert_memory_equal(o->live.data.ptr, bytes, o->live.data.len);
    t.tags.len = LIMIT_TAGS * FRAME_TAG_BYTES;
    assert_int_equal(tag(s, s->host, &t), OK);
}

static void tags_that_are_refused(void **state)
{
    struct scene *s = *state;
    first_header(s);
    struct frame_tags t = tags_of(s);
    t.room.bytes[3] ^= 1;
    assert_refused(s, ERR_NOT_IN_ROOM, tag(s, s->host, &t));
    t = tags_of(s), t.counter++;
    assert_refused(s, ERR_STALE_HEADER, tag(s, s->host, &t));
    t = tags_of(s), t.index = 2; /* nobody's */
    assert_refused(s, ERR_FORBIDDEN, tag(s, s->host, &t));
    t = tags_of(s);
    assert_refused(s, ERR_FORBIDDEN, tag(s, s->a, &t)); /* a listener in the host's name */
    assert_int_equal(world_flag(&s->w, s->a, COMMAND_ROOM_HAND, true), OK);
    assert_int_equal(world_person(&s->w, s->host, COMMAND_ROOM_BRING, s->a), OK);
    assert_refused(s, ERR_FORBIDDEN, tag(s, s->a, &t)); /* a speaker, too */
    assert_int_equal(tag(s, s->host, &t), OK);
    bytes[100] ^= 1;
    assert_refused(s, ERR_SIGNATURE,
                   send_live(s, s->host, COMMAND_ROOM_TAGS, 1 + 16 + 4 + 1 + 8 + 1 + 50 * 8 + 64));
    bytes[30] = LIMIT_TAGS + 1; /* n */
    assert_refused(s, ERR_TRUNCATED, send_live(s, s->host, COMMAND_ROOM_TAGS, 500));
    assert_refused(s, ERR_MALFORMED,
                   send_live(s, s->host, COMMAND_ROOM_TAGS, 31 + 8 * (LIMIT_TAGS + 1) + 64));
    bytes[30] = 0;
    assert_refused(s, ERR_MALFORMED, send_live(s, s->host, COMMAND_ROOM_TAGS, 31 + 64));
}

/* The keys of the last three headers are still in use; an index is good for all of them. */
static void tags_of_the_header_before(void **state)
{
    struct scene *s = *state;
    first_header(s);
    for (int i = 0; i < 3; i++) {
        message_fill(begin(s, s->host, false), false, false);
        message_stage(&s->msg, 1, host_on_stage);
        assert_int_equal(send_own(s, s->host), OK);
    }
    struct frame_tags t = tags_of(s);
    t.counter = 2;
    assert_int_equal(tag(s, s->host, &t), OK);
    t.counter = 1;
    assert_refused(s, ERR_STALE_HEADER, tag(s, s->host, &t));
    message_fill(begin(s, s->host, false), false, false);
    message_stage(&s->msg, 0, host_on_stage); /* off the list, though still on stage */
    assert_int_equal(send_own(s, s->host), OK);
    t = tags_of(s);
    assert_refused(s, ERR_FORBIDDEN, tag(s, s->host, &t));
}

static void tags_have_a_pace(void **state)
{
    struct scene *s = *state;
    first_header(s);
    struct frame_tags t = tags_of(s);
    for (int i = 0; i < 1 + LIMIT_TAGS_PER_S; i++) assert_int_equal(tag(s, s->host, &t), OK);
    assert_refused(s, ERR_RATE, tag(s, s->host, &t));
    world_tick(&s->w, 1000 / LIMIT_TAGS_PER_S);
    assert_int_equal(tag(s, s->host, &t), OK);
    assert_refused(s, ERR_RATE, tag(s, s->host, &t));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scene_begin, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_heartbeat_reaches_the_room),
        TEST(heartbeats_that_are_refused),
        TEST(heartbeats_have_a_pace),
        TEST(tags_reach_the_room),
        TEST(tags_that_are_refused),
        TEST(tags_of_the_header_before),
        TEST(tags_have_a_pace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
