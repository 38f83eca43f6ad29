/* Leak tracing as the rules see it: commitments, lockstep, the ledger and who gets what of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "mark/code.h"
#include "scene.h"
#include "wire/pattern.h"

enum { DAYS = 30, ROWS = 4096 };
static const uint64_t day_ms = 24 * 3600 * 1000;

/* What the store has: rows as they were written last. */
struct shelf {
    struct ledger_row rows[ROWS];
    uint8_t data[ROWS][LIMIT_PATTERN_BYTES];
    size_t count;
};

struct evening {
    struct scene s;
    struct shelf shelf;
};

static int begin_days(void **state, uint32_t days)
{
    struct evening *e = calloc(1, sizeof(*e));
    struct world *w = &e->s.w;
    world_init_traced(w, days);
    e->s.f = world_founder(w);
    e->s.host = world_member(w, e->s.f);
    e->s.a = world_member(w, e->s.f);
    e->s.b = world_member(w, e->s.f);
    assert_int_equal(world_open(w, e->s.host, "Talk", NULL, 0, &e->s.room), OK);
    *state = e;
    return 0;
}

static int traced(void **state)
{
    return begin_days(state, DAYS);
}

static int untraced(void **state)
{
    return begin_days(state, 0);
}

static int end(void **state)
{
    struct evening *e = *state;
    world_check(&e->s.w);
    world_deinit(&e->s.w);
    free(e);
    return 0;
}

/* ---- a store ---------------------------------------------------------------------------------------- */

static void put(struct shelf *shelf, const struct ledger_row *row)
{
    size_t at = 0;
    for (; at < shelf->count; at++) {
        const struct ledger_row *x = &shelf->rows[at];
        if (x->kind == row->kind && x->since_ms == row->since_ms && id_eq(x->room, row->room) &&
            id_eq(x->account, row->account))
            break;
    }
    assert_true(at < ROWS);
    if (at == shelf->count) shelf->count++;
    shelf->rows[at] = *row;
    if (row->data.len) memcpy(shelf->data[at], row->data.ptr, row->data.len);
    shelf->rows[at].data.ptr = shelf->data[at];
}

/* Carries out what the rules ask of the store until nothing is left; the ledger's jobs that it was. */
static size_t store(struct evening *e)
{
    struct world *w = &e->s.w;
    size_t jobs = 0;
    for (; w->ledger_waits; jobs++) {
        const struct effect *job = NULL;
        for (size_t i = 0; i < w->effect_count; i++)
            if (w->effects[i].kind == EFFECT_STORE_LEDGER) job = &w->effects[i];
        assert_non_null(job);
        assert_true(job->ledger.count <= LIMIT_LEDGER_ROWS);
        for (size_t i = 0; i < job->ledger.count; i++) put(&e->shelf, &job->ledger.rows[i]);
        if (job->ledger.erase_before_ms) e->shelf.count = 0; /* each test has one room that ends */
        w->ledger_waits = false;
        w->effect_count = 0;
        rooms_on_ledger(w->r, OK, w->now);
    }
    return jobs;
}

static size_t tick(struct evening *e, uint64_t ms)
{
    world_tick(&e->s.w, ms);
    return store(e);
}

static const struct ledger_row *row(const struct evening *e, enum ledger_kind kind, const struct actor *who,
                                    size_t n)
{
    for (size_t i = 0; i < e->shelf.count; i++) {
        const struct ledger_row *x = &e->shelf.rows[i];
        if (x->kind == kind && (!who || id_eq(x->account, who->account)) && n-- == 0) return x;
    }
    return NULL;
}

/* ---- twins ------------------------------------------------------------------------------------------ */

static struct view split_pattern(const struct evening *e, const struct actor *a, uint8_t run, uint8_t devices)
{
    static uint8_t bytes[LIMIT_PATTERN_BYTES + 97];
    static const uint8_t share[97];
    uint8_t runs[ID_BYTES] = {run}, check[HASH_BYTES] = {9}, sig[SIG_BYTES];
    struct writer w = writer_init(bytes, sizeof(bytes));
    write_u8(&w, 1);
    write_view(&w, VIEW(e->s.room.bytes));
    write_view(&w, VIEW(a->account.bytes));
    write_view(&w, VIEW(a->device.bytes));
    write_view(&w, VIEW(runs));
    write_view(&w, VIEW(check));
    write_u8(&w, devices);
    for (uint8_t i = 0; i < devices; i++) write_view(&w, VIEW(share));
    assert_int_equal(sign_make(a->device_seed, "pattern", writer_view(&w), sig), OK);
    write_view(&w, VIEW(sig));
    assert_int_equal(writer_end(&w), OK);
    return writer_view(&w);
}

static struct view pattern_of(const struct evening *e, const struct actor *a, uint8_t run)
{
    return split_pattern(e, a, run, 2);
}

static enum err twin(struct evening *e, const struct actor *a, uint32_t hop, struct view pattern)
{
    struct command c = {.kind = COMMAND_ROOM_TWIN, .sock = a->sock, .request = 1};
    c.twin.room = e->s.room;
    c.twin.is = (struct media_twin){true, 777, 4000000000u, hop};
    c.twin.pattern = pattern;
    return world_apply(&e->s.w, &c);
}

static enum err untwin(struct evening *e, const struct actor *a)
{
    struct command c = {.kind = COMMAND_ROOM_TWIN, .sock = a->sock, .request = 1};
    c.twin.room = e->s.room;
    return world_apply(&e->s.w, &c);
}

static const struct media_twin *told(const struct evening *e, const struct actor *a)
{
    const struct media_twin *last = NULL;
    for (size_t i = 0; i < e->s.w.effect_count; i++) {
        const struct effect *x = &e->s.w.effects[i];
        if (x->kind == EFFECT_MEDIA && x->media.kind == MEDIA_PEER_TWIN && x->media.peer == a->peer)
            last = &x->media.twin;
    }
    return last;
}

static const struct media_peer *added(const struct evening *e)
{
    for (size_t i = 0; i < e->s.w.effect_count; i++)
        if (e->s.w.effects[i].kind == EFFECT_MEDIA && e->s.w.effects[i].media.kind == MEDIA_PEER_ADD)
            return &e->s.w.effects[i].media.add;
    return NULL;
}

static void join(struct evening *e, struct actor *a)
{
    assert_int_equal(world_join(&e->s.w, a, e->s.room), OK);
}

/* ---- tests ------------------------------------------------------------------------------------------ */

static void the_commitment_stands_before_anybody_is_heard(void **state)
{
    struct evening *e = *state;
    struct scene *s = &e->s;
    join(e, s->host);
    const struct out *o = world_out(&s->w, s->host->sock, REPLY_ROOM_JOIN, 0);
    assert_non_null(o->join.trace);
    struct hash root = *o->join.trace;
    struct media_peer host = *added(e);
    assert_true(host.traced && id_eq(host.account, s->host->account));
    join(e, s->a);
    assert_true(hash_eq(*world_out(&s->w, s->a->sock, REPLY_ROOM_JOIN, 0)->join.trace, root));
    struct media_peer a = *added(e);
    assert_memory_equal(a.bias, host.bias, sizeof(a.bias));
    assert_memory_not_equal(a.seed, host.seed, sizeof(a.seed));
    assert_memory_not_equal(a.seed, a.bias, sizeof(a.seed));
    /* The secret that comes out in the end gives the root and the seeds. */
    assert_int_equal(twin(e, s->host, 24, pattern_of(e, s->host, 1)), OK);
    tick(e, 100);
    const struct ledger_row *room = row(e, LEDGER_ROOM, NULL, 0);
    uint8_t seed[CODE_SEED_BYTES];
    assert_true(hash_eq(code_commitment(room->data.ptr, s->room), root));
    code_seed(room->data.ptr, s->room, s->a->account, seed);
    assert_memory_equal(seed, a.seed, sizeof(seed));
    assert_int_equal(room->data.len, LEDGER_SECRET_BYTES + 4);
    assert_memory_equal(room->data.ptr + LEDGER_SECRET_BYTES, "Talk", 4);
}

static void headers_carry_it(void **state)
{
    struct evening *e = *state;
    struct scene *s = &e->s;
    join(e, s->host);
    struct hash root = *world_out(&s->w, s->host->sock, REPLY_ROOM_JOIN, 0)->join.trace;
    join(e, s->a);
    struct draft *msg = begin(s, s->host, true);
    seat(msg, 0, s->host);
    seat(msg, 1, s->a);
    message_fill(msg, true, true);
    message_stage(msg, 1, host_on_stage);
    assert_refused(s, ERR_MALFORMED, send_own(s, s->host)); /* zeros */
    msg->h.trace = root;
    assert_int_equal(send_own(s, s->host), OK);
}

static void without_a_ledger_nothing_is_traced(void **state)
{
    struct evening *e = *state;
    struct scene *s = &e->s;
    join(e, s->host);
    assert_null(world_out(&s->w, s->host->sock, REPLY_ROOM_JOIN, 0)->join.trace);
    assert_false(added(e)->traced);
    join(e, s->a);
    first_header(s); /* with zeros */
    assert_refused(s, ERR_STATE, twin(e, s->host, 0, pattern_of(e, s->host, 1)));
    assert_int_equal(tick(e, LIMIT_LEDGER_MS), 0);
}

static void nothing_is_kept_before_the_first_pattern(void **state)
{
    struct evening *e = *state;
    struct scene *s = &e->s;
    join(e, s->host);
    join(e, s->a);
    assert_int_equal(world_simple(&s->w, s->a, COMMAND_ROOM_LEAVE), OK);
    assert_int_equal(tick(e, 1000), 0);
    uint64_t since = s->w.now;
    assert_int_equal(twin(e, s->host, 240, pattern_of(e, s->host, 1)), OK);
    assert_true(told(e, s->host)->live && told(e, s->host)->offset == 777 && told(e, s->host)->hop == 240);
    assert_int_equal(tick(e, 100), 1);
    assert_int_equal(e->shelf.count, 4); /* room, one stay, pattern, span: not who left before */
    assert_int_equal(row(e, LEDGER_STAY, s->host, 0)->since_ms, since);
    assert_int_equal(row(e, LEDGER_SPAN, s->host, 0)->hop, 240);
    assert_int_equal(row(e, LEDGER_ROOM, NULL, 0)->until_ms, 0);
}

static void who_comes_and_goes_is_noted(void **state)
{
    struct evening *e = *state;
    struct scene *s = &e->s;
    join(e, s->host);
    assert_int_equal(twin(e, s->host, 0, pattern_of(e, s->host, 1)), OK);
    tick(e, 500);
    join(e, s->a);
    uint64_t came = s->w.now;
    tick(e, 500);
    assert_int_equal(row(e, LEDGER_STAY, s->a, 0)->since_ms, came);
    assert_int_equal(row(e, LEDGER_STAY, s->a, 0)->until_ms, 0);
    assert_int_equal(world_simple(&s->w, s->a, COMMAND_ROOM_LEAVE), OK);
    uint64_t went = s->w.now;
    tick(e, 500);
    assert_int_equal(row(e, LEDGER_STAY, s->a, 0)->until_ms, went);
    join(e, s->a);
    tick(e, 500);
    assert_int_equal(row(e, LEDGER_STAY, s->a, 1)->until_ms, 0);
    assert_int_equal(world_simple(&s->w, s->host, COMMAND_ROOM_LEAVE), OK); /* the room ends */
    uint64_t over = s->w.now;
    tick(e, 500);
    assert_int_equal(row(e, LEDGER_STAY, s->a, 1)->until_ms, over);
    assert_int_equal(row(e, LEDGER_STAY, s->host, 0)->until_ms, over);
    assert_int_equal(row(e, LEDGER_SPAN, s->host, 0)->until_ms, over);
    assert_int_equal(row(e, LEDGER_ROOM, NULL, 0)->until_ms, over);
}

static void lockstep_is_told_again_and_taken_back(void **state)
{
    struct evening *e = *state;
    struct scene *s = &e->s;
    join(e, s->host);
    join(e, s->a);
    assert_int_equal(world_flag(&s->w, s->a, COMMAND_ROOM_HAND, true), OK);
    assert_int_equal(world_person(&s->w, s->host, COMMAND_ROOM_BRING, s->a), OK);
    assert_int_equal(twin(e, s->a, 24, pattern_of(e, s->a, 1)), OK);
    tick(e, 100);
    assert_int_equal(twin(e, s->a, 48, (struct view){0}), OK); /* repaired, the same pattern */
    tick(e, 100);
    assert_int_equal(twin(e, s->a, 72, pattern_of(e, s->a, 1)), OK); /* said again: it is known */
    tick(e, 100);
    assert_null(row(e, LEDGER_PATTERN, s->a, 1));
    assert_true(row(e, LEDGER_SPAN, s->a, 0)->until_ms && row(e, LEDGER_SPAN, s->a, 1)->until_ms);
    assert_int_equal(row(e, LEDGER_SPAN, s->a, 2)->until_ms, 0);
    assert_int_equal(untwin(e, s->a), OK);
    assert_false(told(e, s->a)->live);
    tick(e, 100);
    assert_int_not_equal(row(e, LEDGER_SPAN, s->a, 2)->until_ms, 0);
    assert_refused(s, ERR_STATE, twin(e, s->a, 96, (struct view){0})); /* without a pattern */
    assert_int_equal(twin(e, s->a, 96, pattern_of(e, s->a, 1)), OK);
    tick(e, 100);
    assert_null(row(e, LEDGER_PATTERN, s->a, 1)); /* known all the same */
    assert_int_equal(untwin(e, s->a), OK);
    tick(e, 100);
    assert_int_equal(twin(e, s->a, 96, pattern_of(e, s->a, 2)), OK);
    assert_int_equal(world_person(&s->w, s->host, COMMAND_ROOM_SEND_BACK, s->a), OK);
    assert_false(told(e, s->a)->live);
    assert_refused(s, ERR_STATE, twin(e, s->a, 96, pattern_of(e, s->a, 3)));
    tick(e, 100);
    assert_int_not_equal(row(e, LEDGER_SPAN, s->a, 4)->until_ms, 0);
}

/* Which pattern a stretch is of does not hang on times. */
static void a_clock_set_back_parts_no_stretch_from_its_pattern(void **state)
{
    struct evening *e = *state;
    struct scene *s = &e->s;
    join(e, s->host);
    for (uint8_t run = 1; run <= 2; run++) {
        s->w.now -= 5000;
        assert_int_equal(twin(e, s->host, 24 * run, pattern_of(e, s->host, run)), OK);
        tick(e, 100);
        s->w.now -= 5000;
        assert_int_equal(twin(e, s->host, 24 * run + 240, (struct view){0}), OK); /* repaired */
        tick(e, 100);
    }
    for (size_t n = 0; n < 4; n++) {
        const struct ledger_row *span = row(e, LEDGER_SPAN, s->host, n);
        const uint8_t run[ID_BYTES] = {span->hop % 240 / 24};
        assert_true(view_eq(span->data, VIEW(run)));
    }
    struct ledger_row bare = *row(e, LEDGER_SPAN, s->host, 0);
    bare.data.len--;
    assert_int_equal(rooms_replay_ledger(s->w.r, &bare), ERR_MALFORMED);
}

/* Earlier versions told it by the times. */
static void a_stretch_that_does_not_say_its_pattern_is_of_the_newest(void **state)
{
    struct evening *e = *state, *next = calloc(1, sizeof(*next));
    struct scene *s = &e->s;
    join(e, s->host);
    for (uint8_t run = 1; run <= 2; run++) {
        assert_int_equal(twin(e, s->host, 24 * run, pattern_of(e, s->host, run)), OK);
        tick(e, 100);
    }
    world_init_traced(&next->s.w, DAYS);
    for (size_t i = 0; i < e->shelf.count; i++) {
        struct ledger_row old = e->shelf.rows[i];
        if (old.kind == LEDGER_SPAN) old.data.len = 0;
        assert_int_equal(rooms_replay_ledger(next->s.w.r, &old), OK);
    }
    assert_int_equal(tick(next, 0), 1); /* the open one is ended, and written with what it is of */
    const uint8_t run[ID_BYTES] = {2};
    assert_true(view_eq(row(next, LEDGER_SPAN, s->host, 0)->data, VIEW(run)));
    world_deinit(&next->s.w);
    free(next);
}

/* Its title goes to browsers, whose sockets take text alone. */
static void a_start_refuses_a_room_whose_title_is_no_text(void **state)
{
    struct evening *e = *state;
    uint8_t data[LEDGER_SECRET_BYTES + 2] = {[LEDGER_SECRET_BYTES] = 0xc3, 0xa9};
    struct ledger_row room = {.kind = LEDGER_ROOM, .room = {{1}}, .since_ms = 1, .data = VIEW(data)};
    assert_int_equal(rooms_replay_ledger(e->s.w.r, &room), OK);
    room.room.bytes[0] = 2;
    room.data.len--; /* half of a letter */
    assert_int_equal(rooms_replay_ledger(e->s.w.r, &room), ERR_MALFORMED);
    room.data.len = LEDGER_SECRET_BYTES; /* without a title */
    assert_int_equal(rooms_replay_ledger(e->s.w.r, &room), OK);
}

static void patterns_that_are_refused(void **state)
{
    struct evening *e = *state;
    struct scene *s = &e->s;
    join(e, s->host);
    assert_refused(s, ERR_NOT_IN_ROOM, twin(e, s->b, 0, pattern_of(e, s->b, 1)));
    assert_refused(s, ERR_STATE, twin(e, s->host, 0, (struct view){0}));
    assert_refused(s, ERR_AUTH, twin(e, s->host, 0, pattern_of(e, s->a, 1))); /* another's */
    uint8_t bytes[LIMIT_PATTERN_BYTES];
    struct view good = pattern_of(e, s->host, 1), bad = {bytes, good.len};
    memcpy(bytes, good.ptr, good.len);
    bytes[70] ^= 1; /* the key's hash */
    assert_refused(s, ERR_SIGNATURE, twin(e, s->host, 0, bad));
    bytes[70] ^= 1, bytes[0] = 2;
    assert_refused(s, ERR_UNSUPPORTED, twin(e, s->host, 0, bad));
    bytes[0] = 1, bad.len--;
    assert_refused(s, ERR_TRUNCATED, twin(e, s->host, 0, bad));
    struct id room = s->room;
    s->room.bytes[0] ^= 1; /* of another room */
    struct view other = pattern_of(e, s->host, 1);
    assert_refused(s, ERR_STATE, twin(e, s->host, 0, other));
    s->room = room;
    assert_refused(s, ERR_AUTH, twin(e, s->host, 0, other));
    assert_int_equal(tick(e, 1000), 0);
}

static void runs_and_stretches_are_bounded(void **state)
{
    struct evening *e = *state;
    struct scene *s = &e->s;
    join(e, s->host);
    for (unsigned i = 0; i < LIMIT_RUNS; i++)
        assert_int_equal(twin(e, s->host, i, pattern_of(e, s->host, (uint8_t)i)), OK);
    assert_refused(s, ERR_MANY, twin(e, s->host, 0, pattern_of(e, s->host, 200)));
    for (unsigned i = LIMIT_RUNS; i < LIMIT_TWINS; i++)
        assert_int_equal(twin(e, s->host, i, (struct view){0}), OK);
    assert_refused(s, ERR_MANY, twin(e, s->host, 0, (struct view){0}));
}

static void a_pattern_is_split_among_so_many_devices(void **state)
{
    struct evening *e = *state;
    struct scene *s = &e->s;
    join(e, s->host);
    struct view longest = split_pattern(e, s->host, 1, LIMIT_PATTERN_SHARES);
    assert_true(longest.len <= LIMIT_PATTERN_BYTES);
    assert_int_equal(twin(e, s->host, 0, longest), OK);
    struct view more = split_pattern(e, s->host, 2, LIMIT_PATTERN_SHARES + 1);
    assert_refused(s, ERR_TOO_LARGE, twin(e, s->host, 0, more));
    struct pattern p;
    more.len = LIMIT_PATTERN_BYTES;
    assert_int_equal(pattern_parse(&p, more), ERR_MALFORMED); /* whatever else is wrong with it */
    assert_refused(s, ERR_MALFORMED, twin(e, s->host, 0, split_pattern(e, s->host, 3, 1)));
}

/* The newest are listed, and the one before them is not. */
static void so_many_rooms_are_listed(void **state)
{
    struct evening *e = *state;
    struct scene *s = &e->s;
    struct command list = {.kind = COMMAND_TRACE_LIST, .sock = s->f->sock, .request = 1};
    struct id rooms[LIMIT_TRACE_ROOMS + 1];
    for (size_t i = 0; i <= LIMIT_TRACE_ROOMS; i++) {
        s->w.now++;
        if (i) assert_int_equal(world_open(&s->w, s->host, "Talk", NULL, 0, &s->room), OK);
        rooms[i] = s->room;
        join(e, s->host);
        assert_int_equal(twin(e, s->host, 0, pattern_of(e, s->host, 1)), OK);
        assert_int_equal(world_simple(&s->w, s->host, COMMAND_ROOM_LEAVE), OK);
        if (i < LIMIT_TRACE_ROOMS - 1) continue;
        assert_int_equal(world_apply(&s->w, &list), OK);
        const struct out *o = world_out(&s->w, s->f->sock, REPLY_TRACES, 0);
        assert_int_equal(o->traces.count, LIMIT_TRACE_ROOMS);
        assert_true(id_eq(o->traces.list[0].room, rooms[i]));
        assert_true(id_eq(o->traces.list[LIMIT_TRACE_ROOMS - 1].room, rooms[i + 1 - LIMIT_TRACE_ROOMS]));
    }
}

static void too_old_is_erased(void **state)
{
    struct evening *e = *state;
    struct scene *s = &e->s;
    join(e, s->host);
    assert_int_equal(twin(e, s->host, 0, pattern_of(e, s->host, 1)), OK);
    tick(e, 40 * day_ms); /* it lives: nothing is erased however long that takes */
    assert_int_equal(e->shelf.count, 4);
    assert_int_equal(world_simple(&s->w, s->host, COMMAND_ROOM_LEAVE), OK);
    tick(e, 1000);
    tick(e, 29 * day_ms);
    assert_int_equal(e->shelf.count, 4);
    tick(e, day_ms + LIMIT_LEDGER_MS);
    assert_int_equal(e->shelf.count, 0);
    struct command c = {.kind = COMMAND_TRACE_LIST, .sock = s->f->sock, .request = 1};
    assert_int_equal(world_apply(&s->w, &c), OK);
    assert_int_equal(world_out(&s->w, s->f->sock, REPLY_TRACES, 0)->traces.count, 0);
}

static void a_failed_write_is_tried_again(void **state)
{
    struct evening *e = *state;
    struct scene *s = &e->s;
    join(e, s->host);
    assert_int_equal(twin(e, s->host, 0, pattern_of(e, s->host, 1)), OK);
    world_tick(&s->w, 100);
    assert_true(s->w.ledger_waits);
    s->w.ledger_waits = false;
    rooms_on_ledger(s->w.r, ERR_STORE, s->w.now);
    assert_false(s->w.ledger_waits);
    assert_int_equal(tick(e, 100), 0); /* not at once */
    assert_int_equal(tick(e, LIMIT_LEDGER_MS), 1);
    assert_int_equal(e->shelf.count, 4);
}

/* What changed while a write was on its way is written once more. */
static void an_end_that_overtakes_its_beginning(void **state)
{
    struct evening *e = *state;
    struct scene *s = &e->s;
    join(e, s->host);
    assert_int_equal(twin(e, s->host, 0, pattern_of(e, s->host, 1)), OK);
    world_tick(&s->w, 100);
    struct effect job = s->w.effects[s->w.effect_count - 1];
    assert_int_equal(job.kind, EFFECT_STORE_LEDGER);
    for (size_t i = 0; i < job.ledger.count; i++) put(&e->shelf, &job.ledger.rows[i]);
    assert_int_equal(world_simple(&s->w, s->host, COMMAND_ROOM_LEAVE), OK);
    s->w.ledger_waits = false;
    s->w.effect_count = 0;
    rooms_on_ledger(s->w.r, OK, s->w.now);
    assert_int_equal(store(e), 1);
    assert_int_not_equal(row(e, LEDGER_ROOM, NULL, 0)->until_ms, 0);
    assert_int_not_equal(row(e, LEDGER_STAY, s->host, 0)->until_ms, 0);
}

/* ---- releases --------------------------------------------------------------------------------------- */

static enum err announce(struct evening *e, const struct actor *by)
{
    struct record rec = {.type = RECORD_TRACE_RELEASE, .room = e->s.room};
    return world_append(&e->s.w, by, &rec, NULL);
}

static struct view release_of(const struct evening *e, const struct actor *a, uint8_t out[256])
{
    uint8_t sig[SIG_BYTES];
    struct writer w = writer_init(out, 256);
    write_u8(&w, 1);
    write_view(&w, VIEW(e->s.room.bytes));
    write_view(&w, VIEW(a->account.bytes));
    write_view(&w, VIEW(a->device.bytes));
    write_u16(&w, 0);
    assert_int_equal(sign_make(a->device_seed, "trace-share", writer_view(&w), sig), OK);
    write_view(&w, VIEW(sig));
    assert_int_equal(writer_end(&w), OK);
    return writer_view(&w);
}

static sock_name operator_sock(struct evening *e)
{
    struct command c = {.kind = COMMAND_SOCKET_OPEN, .sock = e->s.w.next_sock++};
    c.open.host = view_str("local");
    c.open.operator= true;
    e->s.w.open[c.sock] = true;
    assert_int_equal(world_apply(&e->s.w, &c), OK);
    return c.sock;
}

static enum err ask_trace(struct evening *e, sock_name sock, struct view one, struct view two)
{
    struct command c = {.kind = COMMAND_OPERATOR_TRACE, .sock = sock, .request = 1};
    c.trace.releases[0] = one, c.trace.releases[1] = two;
    return world_apply(&e->s.w, &c);
}

static enum err read_patterns(struct evening *e, const struct actor *a)
{
    struct command c = {.kind = COMMAND_TRACE_READ, .sock = a->sock, .request = 1};
    c.trace.room = e->s.room;
    return world_apply(&e->s.w, &c);
}

/* The room has ended; a is an admin. */
static void spoken(struct evening *e)
{
    struct scene *s = &e->s;
    struct record rec = {.type = RECORD_ROLE, .target = s->a->account, .role = 2};
    assert_int_equal(world_append(&s->w, s->f, &rec, NULL), OK);
    join(e, s->host);
    join(e, s->b);
    assert_int_equal(twin(e, s->host, 24, pattern_of(e, s->host, 1)), OK);
    assert_int_equal(world_simple(&s->w, s->host, COMMAND_ROOM_LEAVE), OK);
    tick(e, 1000);
}

static void patterns_are_given_to_who_announced_it(void **state)
{
    struct evening *e = *state;
    struct scene *s = &e->s;
    spoken(e);
    assert_refused(s, ERR_STATE, read_patterns(e, s->f));
    assert_int_equal(announce(e, s->f), OK);
    assert_int_equal(read_patterns(e, s->f), OK);
    const struct out *o = world_out(&s->w, s->f->sock, REPLY_PATTERNS, 0);
    assert_int_equal(o->trace.count, 1);
    assert_true(view_eq(o->trace.rows[0].data, pattern_of(e, s->host, 1)));
    assert_refused(s, ERR_STATE, read_patterns(e, s->a)); /* each for itself */
    assert_refused(s, ERR_FORBIDDEN, read_patterns(e, s->b));
    struct command c = {.kind = COMMAND_TRACE_LIST, .sock = s->a->sock, .request = 1};
    assert_int_equal(world_apply(&s->w, &c), OK);
    o = world_out(&s->w, s->a->sock, REPLY_TRACES, 0);
    assert_int_equal(o->traces.count, 1);
    assert_int_equal(o->traces.list[0].patterns, 1);
    assert_int_equal(o->traces.list[0].released_count, 1);
    assert_true(id_eq(o->traces.list[0].released[0], s->f->account));
    c.sock = s->b->sock;
    assert_refused(s, ERR_FORBIDDEN, world_apply(&s->w, &c));
    s->room.bytes[0] ^= 1;
    assert_refused(s, ERR_NOT_FOUND, read_patterns(e, s->f));
}

static void a_trace_takes_two(void **state)
{
    struct evening *e = *state;
    struct scene *s = &e->s;
    uint8_t bytes[3][256];
    spoken(e);
    sock_name sock = operator_sock(e);
    struct view one = release_of(e, s->f, bytes[0]), two = release_of(e, s->a, bytes[1]),
                three = release_of(e, s->b, bytes[2]);
    assert_refused(s, ERR_STATE, ask_trace(e, sock, one, two)); /* the members were not told */
    assert_int_equal(announce(e, s->f), OK);
    assert_refused(s, ERR_STATE, ask_trace(e, sock, one, two));
    assert_refused(s, ERR_SECOND, ask_trace(e, sock, one, one));
    assert_refused(s, ERR_FORBIDDEN, ask_trace(e, sock, one, three));
    assert_int_equal(announce(e, s->a), OK);
    assert_refused(s, ERR_FORBIDDEN, ask_trace(e, s->f->sock, one, two)); /* the operator alone */
    bytes[1][40] ^= 1;
    assert_refused(s, ERR_UNKNOWN_ACCOUNT, ask_trace(e, sock, one, two));
    bytes[1][40] ^= 1, bytes[1][60] ^= 1;
    assert_refused(s, ERR_SIGNATURE, ask_trace(e, sock, one, two));
    bytes[1][60] ^= 1;
    assert_int_equal(ask_trace(e, sock, one, two), OK);
    const struct out *o = world_out(&s->w, sock, REPLY_TRACE, 0);
    assert_int_equal(o->trace.count, 5); /* room, two stays, pattern, span */
    assert_int_equal(o->trace.rows[0].kind, LEDGER_ROOM);
    assert_true(hash_eq(o->trace.root, code_commitment(o->trace.rows[0].data.ptr, s->room)));
    assert_true(view_eq(o->trace.names[1], view_str(s->host->name)));
    assert_int_equal(world_ban(&s->w, s->f, s->a), OK);
    assert_refused(s, ERR_FORBIDDEN, ask_trace(e, sock, one, two)); /* banned meanwhile */
}

static void an_export_has_ones_own_stays(void **state)
{
    struct evening *e = *state;
    struct scene *s = &e->s;
    spoken(e);
    struct command c = {.kind = COMMAND_EXPORT, .sock = s->b->sock, .request = 1};
    assert_int_equal(world_apply(&s->w, &c), OK);
    const struct export_info *x = world_out(&s->w, s->b->sock, REPLY_EXPORT, 0)->export;
    assert_int_equal(x->stay_count, 1);
    assert_true(id_eq(x->stays[0].room, s->room) && x->stays[0].until_ms);
    assert_true(view_eq(x->stays[0].title, view_str("Talk")));
    c.sock = s->a->sock;
    assert_int_equal(world_apply(&s->w, &c), OK);
    assert_int_equal(world_out(&s->w, s->a->sock, REPLY_EXPORT, 0)->export->stay_count, 0);
}

/* Another server starts with what the store has: what was open ended by then. */
static void a_crash_ends_what_was_open(void **state)
{
    struct evening *e = *state;
    struct scene *s = &e->s;
    join(e, s->host);
    assert_int_equal(twin(e, s->host, 24, pattern_of(e, s->host, 1)), OK);
    tick(e, 100);
    struct evening *next = calloc(1, sizeof(*next));
    world_init_traced(&next->s.w, DAYS);
    for (size_t i = 0; i < e->shelf.count; i++)
        assert_int_equal(rooms_replay_ledger(next->s.w.r, &e->shelf.rows[i]), OK);
    assert_int_equal(rooms_replay_ledger(next->s.w.r, &e->shelf.rows[0]), ERR_STATE); /* twice */
    next->s.w.now += 5000;
    assert_int_equal(tick(next, 0), 1);
    assert_int_equal(next->shelf.count, 3); /* a pattern has no end */
    for (size_t i = 0; i < 3; i++) assert_int_equal(next->shelf.rows[i].until_ms, next->s.w.now);
    assert_int_equal(tick(next, 100), 0);
    world_deinit(&next->s.w);
    free(next);
}

#define TRACED(test) cmocka_unit_test_setup_teardown(test, traced, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRACED(the_commitment_stands_before_anybody_is_heard),
        TRACED(headers_carry_it),
        cmocka_unit_test_setup_teardown(without_a_ledger_nothing_is_traced, untraced, end),
        TRACED(nothing_is_kept_before_the_first_pattern),
        TRACED(who_comes_and_goes_is_noted),
        TRACED(lockstep_is_told_again_and_taken_back),
        TRACED(a_clock_set_back_parts_no_stretch_from_its_pattern),
        TRACED(a_stretch_that_does_not_say_its_pattern_is_of_the_newest),
        TRACED(a_start_refuses_a_room_whose_title_is_no_text),
        TRACED(patterns_that_are_refused),
        TRACED(runs_and_stretches_are_bounded),
        TRACED(a_pattern_is_split_among_so_many_devices),
        TRACED(so_many_rooms_are_listed),
        TRACED(too_old_is_erased),
        TRACED(a_failed_write_is_tried_again),
        TRACED(an_end_that_overtakes_its_beginning),
        TRACED(patterns_are_given_to_who_announced_it),
        TRACED(a_trace_takes_two),
        TRACED(an_export_has_ones_own_stays),
        TRACED(a_crash_ends_what_was_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
