/* Bounds that need a crowd or a pile to reach: what is at the bound is taken, what is one past it is refused,
 * says why, and changes nothing. Where each other bound has its test, test/limits.txt says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../noise.h"
#include "rooms/state.h"
#include "world.h"

struct scene {
    struct world w;
    struct actor *f;
};

static int setup(void **state)
{
    struct scene *s = calloc(1, sizeof(*s));
    world_init(&s->w);
    s->f = world_founder(&s->w);
    *state = s;
    return 0;
}

/* The refusal with its code, and nothing else; a time to wait only where waiting helps. */
static void refused(const struct world *w, sock_name sock, enum err expected, enum err e, bool waiting_helps)
{
    assert_int_equal(e, expected);
    assert_int_equal(w->effect_count, 1);
    const struct out *o = world_out(w, sock, REPLY_ERROR, 0);
    assert_non_null(o);
    assert_int_equal(o->error.retry_after_ms > 0, waiting_helps);
    assert_true(err_sentence(expected)[0]);
}

static enum err announce(struct world *w, const struct actor *a, uint64_t in_ms)
{
    struct command c = {.kind = COMMAND_EVENT_NEW, .sock = a->sock};
    c.event.title = view_str("Radio");
    c.event.start_ms = w->now + in_ms;
    return world_apply(w, &c);
}

static void an_event_is_at_most_a_year_ahead(void **state)
{
    struct scene *s = *state;
    const uint64_t most = LIMIT_EVENT_DAYS * 86400000ull;
    assert_int_equal(announce(&s->w, s->f, most), OK);
    refused(&s->w, s->f->sock, ERR_TIME, announce(&s->w, s->f, most + 1), false);
}

static void a_club_has_so_many_events(void **state)
{
    struct scene *s = *state;
    struct actor *a = NULL;
    for (int i = 0; i < LIMIT_EVENTS; i++) {
        if (i % LIMIT_EVENTS_PER_MEMBER == 0) a = world_member(&s->w, s->f);
        assert_int_equal(announce(&s->w, a, 1000), OK);
    }
    refused(&s->w, a->sock, ERR_MANY, announce(&s->w, a, 1000), false);
    refused(&s->w, s->f->sock, ERR_FULL, announce(&s->w, s->f, 1000), false);
}

static void an_admin_has_so_many_invites(void **state)
{
    struct scene *s = *state;
    struct ticket t;
    for (int i = 0; i < LIMIT_INVITES_PER_ADMIN; i++) {
        t = world_ticket(&s->w, s->f, s->w.now + 1000);
        assert_int_equal(world_invite(&s->w, s->f, &t), OK);
    }
    t = world_ticket(&s->w, s->f, s->w.now + 1000);
    refused(&s->w, s->f->sock, ERR_INVITE_QUOTA, world_invite(&s->w, s->f, &t), false);
    s->w.now += 1001; /* they have expired */
    t = world_ticket(&s->w, s->f, s->w.now + 1000);
    assert_int_equal(world_invite(&s->w, s->f, &t), OK);
}

static enum err pair(struct world *w, const struct actor *a)
{
    struct command c = {.kind = COMMAND_PAIR_OPEN, .sock = a->sock, .pair = {.key = a->device_key}};
    return world_apply(w, &c);
}

static void so_many_devices_wait_to_be_added(void **state)
{
    struct scene *s = *state;
    struct actor *a = NULL, *last = NULL;
    for (int i = 0; i <= LIMIT_PAIRS; i++) {
        last = a;
        a = world_actor(&s->w);
        assert_int_equal(world_connect(&s->w, a), OK);
        if (i < LIMIT_PAIRS) assert_int_equal(pair(&s->w, a), OK);
    }
    refused(&s->w, a->sock, ERR_FULL, pair(&s->w, a), false);
    world_disconnect(&s->w, last);
    assert_int_equal(pair(&s->w, a), OK);
}

static enum err keep(struct world *w, const struct actor *a, size_t credential, size_t data)
{
    static uint8_t bytes[2][LIMIT_PASSKEY_BYTES + 1] = {{1}, {2}};
    struct passkey_info list[] = {{{bytes[0], credential}, {bytes[0], data}}, {{bytes[1], 9}, {bytes[1], 9}}};
    struct command c = {.kind = COMMAND_PASSKEY_SET, .sock = a->sock, .passkeys = {list, 2}};
    return world_apply(w, &c);
}

static void a_passkey_holds_so_much(void **state)
{
    struct scene *s = *state;
    const size_t most = LIMIT_PASSKEY_BYTES;
    assert_int_equal(keep(&s->w, s->f, most, most), OK);
    refused(&s->w, s->f->sock, ERR_TOO_LARGE, keep(&s->w, s->f, most + 1, most), false);
    refused(&s->w, s->f->sock, ERR_TOO_LARGE, keep(&s->w, s->f, most, most + 1), false);
}

/* By others each time, so that it is the one who is asked whom this protects. */
static void nobody_is_asked_too_often(void **state)
{
    enum { AT_ONCE = 6 }; /* five in reserve */
    struct scene *s = *state;
    struct world *w = &s->w;
    struct actor *guest = world_member(w, s->f), *asks[AT_ONCE + 1];
    struct id room;
    for (int i = 0; i <= AT_ONCE; i++) {
        asks[i] = world_member(w, s->f);
        assert_int_equal(world_open(w, asks[i], "Talk", NULL, 0, &room), OK);
        assert_int_equal(world_join(w, asks[i], room), OK);
    }
    for (int i = 0; i < AT_ONCE; i++)
        assert_int_equal(world_person(w, asks[i], COMMAND_ROOM_PING, guest), OK);
    refused(w, asks[AT_ONCE]->sock, ERR_RATE, world_person(w, asks[AT_ONCE], COMMAND_ROOM_PING, guest), true);
    w->now += LIMIT_ASKED_MS;
    assert_int_equal(world_person(w, asks[AT_ONCE], COMMAND_ROOM_PING, guest), OK);
}

/* The first who was let through a lock is forgotten when one more than that is let in; nobody else. */
static void a_lock_lets_the_latest_in(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct actor *guests[LIMIT_RING + 1];
    struct id room;
    for (int i = 0; i <= LIMIT_RING; i++) guests[i] = world_member(w, s->f);
    assert_int_equal(world_open(w, s->f, "Talk", NULL, 0, &room), OK);
    assert_int_equal(world_join(w, s->f, room), OK);
    assert_int_equal(world_flag(w, s->f, COMMAND_ROOM_LOCK, true), OK);
    for (int i = 0; i <= LIMIT_RING; i++) {
        w->now += LIMIT_ASK_MS;
        assert_int_equal(world_person(w, s->f, COMMAND_ROOM_PING, guests[i]), OK);
    }
    refused(w, guests[0]->sock, ERR_LOCKED, world_join(w, guests[0], room), false);
    assert_int_equal(world_join(w, guests[1], room), OK);
    assert_int_equal(world_join(w, guests[LIMIT_RING], room), OK);
}

/* ---- a large club ----------------------------------------------------------------------------------- */

/* A record into the log as the store would give it back, but that nobody signed: log_append asks for no signature,
 * which is chain_check's. */
static void append(struct world *w, struct record *rec)
{
    static const uint8_t unsigned_yet[3 * SIG_BYTES];
    uint8_t bytes[LIMIT_RECORD_BYTES];
    struct log_change change;
    struct writer wr = writer_init(bytes, sizeof(bytes));
    rec->time_ms = w->now;
    assert_int_equal(record_write_body(&wr, rec), OK);
    write_bytes(&wr, unsigned_yet, record_signatures(rec->type) * SIG_BYTES);
    assert_int_equal(writer_end(&wr), OK);
    assert_int_equal(record_parse(rec, writer_view(&wr)), OK);
    assert_int_equal(log_append(&w->r->log, writer_view(&wr), rec, &change), OK);
    w->log_size++;
}

static struct key number(uint8_t what, uint32_t n)
{
    struct key k = {{what, (uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16)}};
    return k;
}

static void append_invite(struct scene *s, uint32_t n)
{
    struct record rec = {.type = RECORD_INVITE, .author = s->f->account, .author_device = s->f->device};
    rec.one_time_key = number('i', n);
    rec.expires_ms = s->w.now + 1000;
    append(&s->w, &rec);
}

static void append_member(struct scene *s, uint32_t n)
{
    struct record rec = {.type = RECORD_REDEEM, .one_time_key = number('i', n)};
    append_invite(s, n);
    rec.account_key = number('a', n);
    rec.device_key = number('d', n);
    append(&s->w, &rec);
}

static void grow_club(struct scene *s, uint32_t members)
{
    for (uint32_t n = s->w.r->log.member_count; n < members; n++) append_member(s, n);
}

/* An array that is as long as it says, with blanks in it from `count` on: filling it in earnest takes seconds. */
static void *stretch(void *array, uint32_t count, uint32_t to, size_t size)
{
    uint8_t *wider = reallocarray(array, to, size);
    assert_non_null(wider);
    memset(wider + count * size, 0, (to - count) * size);
    return wider;
}

static void a_club_has_so_many_members(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct member_log *l = &w->r->log;
    struct actor *last = world_actor(w), *late = world_actor(w);
    struct ticket t = world_ticket(w, s->f, w->now + 1000), u = world_ticket(w, s->f, w->now + 1000);
    assert_int_equal(world_invite(w, s->f, &t), OK);
    assert_int_equal(world_invite(w, s->f, &u), OK);
    assert_int_equal(world_connect(w, last), OK);
    assert_int_equal(world_connect(w, late), OK);
    l->members = stretch(l->members, l->member_count, LIMIT_MEMBERS, sizeof(*l->members));
    l->member_cap = LIMIT_MEMBERS;
    while (l->member_count < LIMIT_MEMBERS - 1) {
        l->members[l->member_count] = calloc(1, sizeof(struct member));
        assert_non_null(l->members[l->member_count++]);
    }
    assert_int_equal(world_redeem(w, last, &t), OK);
    assert_int_equal(rooms_stats(w->r).members, LIMIT_MEMBERS);
    refused(w, late->sock, ERR_FULL, world_redeem(w, late, &u), false);
    assert_int_equal(rooms_stats(w->r).members, LIMIT_MEMBERS);
}

static void a_log_has_so_many_records(void **state)
{
    struct scene *s = *state;
    struct member_log *l = &s->w.r->log;
    l->entries = stretch(l->entries, l->size, LIMIT_LOG_RECORDS, sizeof(*l->entries));
    l->cap = LIMIT_LOG_RECORDS;
    s->w.log_size = l->size = LIMIT_LOG_RECORDS - 1;
    append_invite(s, 1);
    assert_int_equal(l->size, LIMIT_LOG_RECORDS);
    struct ticket t = world_ticket(&s->w, s->f, s->w.now + 1000);
    refused(&s->w, s->f->sock, ERR_FULL, world_invite(&s->w, s->f, &t), false);
    assert_int_equal(l->size, LIMIT_LOG_RECORDS);
}

static size_t read_log(struct scene *s, uint64_t from)
{
    struct command c = {.kind = COMMAND_LOG_READ, .sock = s->f->sock, .log = {from}};
    assert_int_equal(world_apply(&s->w, &c), OK);
    return world_out(&s->w, s->f->sock, REPLY_LOG, 0)->part.entries.len / (1 + HASH_BYTES);
}

static void a_log_is_read_in_parts(void **state)
{
    struct scene *s = *state;
    for (uint32_t n = 0; s->w.log_size < LIMIT_LOG_CHUNK; n++) append_invite(s, n);
    assert_int_equal(read_log(s, 0), LIMIT_LOG_CHUNK);
    append_invite(s, LIMIT_LOG_CHUNK);
    assert_int_equal(read_log(s, 0), LIMIT_LOG_CHUNK);
    assert_int_equal(read_log(s, LIMIT_LOG_CHUNK), 1);
}

static const struct out *read_members(struct scene *s, sock_name operator, uint64_t from)
{
    struct command c = {.kind = COMMAND_OPERATOR_MEMBERS, .sock = operator, .members = {from}};
    assert_int_equal(world_apply(&s->w, &c), OK);
    return world_out(&s->w, operator, REPLY_MEMBERS, 0);
}

static void members_are_listed_in_parts(void **state)
{
    struct scene *s = *state;
    sock_name operator = s->w.next_sock++;
    s->w.open[operator] = true;
    struct command c = {.kind = COMMAND_SOCKET_OPEN, .sock = operator, .open = {.operator = true}};
    assert_int_equal(world_apply(&s->w, &c), OK);
    grow_club(s, LIMIT_MEMBERS_CHUNK);
    const struct out *o = read_members(s, operator, 0);
    assert_int_equal(o->members.count, LIMIT_MEMBERS_CHUNK);
    assert_int_equal(o->members.next, 0); /* that is all */
    grow_club(s, LIMIT_MEMBERS_CHUNK + 1);
    o = read_members(s, operator, 0);
    assert_int_equal(o->members.count, LIMIT_MEMBERS_CHUNK);
    o = read_members(s, operator, o->members.next);
    assert_int_equal(o->members.count, 1);
    assert_int_equal(o->members.next, 0);
}

static void the_moderation_log_has_an_end(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct actor *a = world_member(w, s->f);
    uint64_t first = w->log_size;
    for (int i = 0; i <= LIMIT_MOD_ENTRIES; i++) {
        struct record rec = {.type = RECORD_ROLE, .target = a->account, .role = i % 2 ? CLUB_MEMBER : CLUB_ADMIN};
        assert_int_equal(world_append(w, s->f, &rec, NULL), OK);
        if (i < LIMIT_MOD_ENTRIES - 1) continue;
        assert_int_equal(world_simple(w, s->f, COMMAND_MOD_LIST), OK);
        const struct out *o = world_out(w, s->f->sock, REPLY_MOD, 0);
        assert_int_equal(o->mod.count, LIMIT_MOD_ENTRIES);
        assert_int_equal(o->mod.list[0].n, w->log_size - 1); /* the newest are there, the oldest falls out */
        assert_int_equal(o->mod.list[LIMIT_MOD_ENTRIES - 1].n, first + (i == LIMIT_MOD_ENTRIES));
    }
}

/* As many as the store may have kept, all from one room's bytes. */
static void so_many_rooms_are_open(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct actor *a = world_member(w, s->f), *b = world_member(w, s->f);
    struct id room;
    assert_int_equal(world_open(w, s->f, "Talk", NULL, 0, &room), OK);
    assert_int_equal(world_join(w, s->f, room), OK);
    world_tick(w, LIMIT_KEPT_MS);
    assert_int_equal(w->kept_count, 1);
    for (uint32_t i = 1; i < LIMIT_ROOMS - 1; i++) {
        struct kept_room kept = {{{(uint8_t)i, (uint8_t)(i >> 8), 7}}, {w->kept[0].data, w->kept[0].len}};
        assert_int_equal(rooms_replay_room(w->r, &kept), OK);
    }
    assert_int_equal(world_open(w, a, "Talk", NULL, 0, &room), OK);
    assert_int_equal(rooms_stats(w->r).rooms, LIMIT_ROOMS);
    refused(w, b->sock, ERR_FULL, world_open(w, b, "Talk", NULL, 0, &room), false);
}

static void follows_already(struct scene *s, struct id whom)
{
    struct slip_info is = {
        .kind = SLIP_FOLLOW, .account = s->f->account, .id = whom, .about = whom, .time_ms = s->w.now};
    assert_int_equal(rooms_replay_slip(s->w.r, &is), OK);
}

static void so_much_is_left_here(void **state)
{
    struct scene *s = *state;
    struct rooms *r = s->w.r;
    struct actor *a = world_member(&s->w, s->f);
    struct command c = {.kind = COMMAND_PEOPLE_BLOCK, .sock = a->sock, .tie = {s->f->account, true}};
    struct command seen = {.kind = COMMAND_PROFILE_READ, .sock = a->sock, .chains = {&s->f->account, 1}};
    assert_int_equal(world_apply(&s->w, &seen), OK); /* whom one has seen today costs nothing more */
    r->slips = stretch(r->slips, r->slip_count, LIMIT_SLIPS, sizeof(*r->slips));
    r->slip_cap = LIMIT_SLIPS;
    r->slip_count = LIMIT_SLIPS - 1;
    assert_int_equal(world_apply(&s->w, &c), OK);
    assert_int_equal(r->slip_count, LIMIT_SLIPS);
    c.kind = COMMAND_PEOPLE_FOLLOW;
    refused(&s->w, a->sock, ERR_FULL, world_apply(&s->w, &c), false);
}

static void somebody_follows_so_many(void **state)
{
    struct scene *s = *state;
    struct actor *a = world_member(&s->w, s->f), *b = world_member(&s->w, s->f);
    struct command c = {.kind = COMMAND_PEOPLE_FOLLOW, .sock = s->f->sock, .tie = {a->account, true}};
    for (uint32_t i = 0; i < LIMIT_FOLLOWS - 1; i++)
        follows_already(s, (struct id){{(uint8_t)i, (uint8_t)(i >> 8), 1}});
    assert_int_equal(world_apply(&s->w, &c), OK);
    c.tie.account = b->account;
    refused(&s->w, s->f->sock, ERR_MANY, world_apply(&s->w, &c), false);
    struct command list = {.kind = COMMAND_PEOPLE_LIST, .sock = s->f->sock};
    assert_int_equal(world_apply(&s->w, &list), OK);
    assert_int_equal(world_out(&s->w, s->f->sock, REPLY_PEOPLE, 0)->people.follow_count, 1); /* who is known */
}

/* Of those whom somebody on stage follows the first 200 stand before the rest. */
static void so_many_stand_before_the_rest(void **state)
{
    struct scene *s = *state;
    struct world *w = &s->w;
    struct actor *host = world_member(w, s->f), *guests[LIMIT_FOLLOWED + 1];
    struct id room;
    assert_int_equal(world_open(w, host, "Talk", NULL, 0, &room), OK);
    assert_int_equal(world_join(w, host, room), OK);
    assert_int_equal(world_join(w, s->f, room), OK);
    assert_int_equal(world_flag(w, s->f, COMMAND_ROOM_HAND, true), OK);
    assert_int_equal(world_person(w, host, COMMAND_ROOM_BRING, s->f), OK);
    for (uint32_t i = 0; i <= LIMIT_FOLLOWED; i++) {
        guests[i] = world_member(w, s->f);
        follows_already(s, guests[i]->account);
        assert_int_equal(world_join(w, guests[i], room), OK);
        if (i < LIMIT_FOLLOWED - 1) continue;
        world_tick(w, LIMIT_FOLLOWED_MS);
        const struct out *o = world_out(w, host->sock, EVENT_FOLLOWED, 0);
        assert_true((o != NULL) == (i < LIMIT_FOLLOWED)); /* one more changes nothing for the room */
        if (o) assert_int_equal(o->followed.count, LIMIT_FOLLOWED);
    }
    assert_int_equal(world_simple(w, guests[0], COMMAND_ROOM_LEAVE), OK);
    world_tick(w, LIMIT_FOLLOWED_MS);
    const struct out *o = world_out(w, host->sock, EVENT_FOLLOWED, 0); /* whoever waited moves up */
    assert_non_null(o);
    assert_int_equal(o->followed.count, LIMIT_FOLLOWED);
}

/* ---- sockets ---------------------------------------------------------------------------------------- */

static void hears_nothing(void *user, const struct effect *e)
{
    (void)user, (void)e;
}

static enum err draw(void *user, uint8_t *out, size_t n)
{
    noise_fill(user, out, n);
    return OK;
}

static void so_many_sockets(void **state)
{
    uint64_t noise = 1;
    struct rooms *r;
    struct rooms_config config = {
        .club_name = view_str("Club"), .effect = hears_nothing, .random = draw, .user = &noise};
    (void)state;
    assert_int_equal(rooms_new(&r, &config), OK);
    struct command c = {.kind = COMMAND_SOCKET_OPEN, .open = {.host = view_str("club.example")}};
    for (c.sock = 1; c.sock <= LIMIT_SOCKETS; c.sock++)
        assert_int_equal(rooms_apply(r, &c, WORLD_EPOCH_MS), OK);
    assert_int_equal(rooms_apply(r, &c, WORLD_EPOCH_MS), ERR_FULL);
    struct command gone = {.kind = COMMAND_SOCKET_CLOSED, .sock = 7};
    assert_int_equal(rooms_apply(r, &gone, WORLD_EPOCH_MS), OK);
    assert_int_equal(rooms_apply(r, &c, WORLD_EPOCH_MS), OK);
    rooms_free(r);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(an_event_is_at_most_a_year_ahead), TEST(a_club_has_so_many_events),
        TEST(an_admin_has_so_many_invites),     TEST(so_many_devices_wait_to_be_added),
        TEST(a_passkey_holds_so_much),          TEST(nobody_is_asked_too_often),
        TEST(a_lock_lets_the_latest_in),        TEST(a_club_has_so_many_members),
        TEST(a_log_has_so_many_records),        TEST(a_log_is_read_in_parts),
        TEST(members_are_listed_in_parts),      TEST(the_moderation_log_has_an_end),
        TEST(so_many_rooms_are_open),           TEST(so_much_is_left_here),
        TEST(somebody_follows_so_many),         TEST(so_many_stand_before_the_rest),
        cmocka_unit_test(so_many_sockets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
