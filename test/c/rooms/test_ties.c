/* Follow, block, events and reports: what they change for others, and that nothing else does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "crypt/sign.h"
#include "world.h"

enum { HOUR_MS = 3600 * 1000, DAY_MS = 24 * HOUR_MS };

struct scene {
    struct world w;
    struct actor *f, *a, *b, *c;
    struct id room;
};

static int set_up(void **state)
{
    struct scene *s = calloc(1, sizeof(*s));
    world_init(&s->w);
    s->f = world_founder(&s->w);
    s->a = world_member(&s->w, s->f);
    s->b = world_member(&s->w, s->f);
    s->c = world_member(&s->w, s->f);
    *state = s;
    return 0;
}

static struct command from(const struct actor *a, enum command_kind kind)
{
    return (struct command){.kind = kind, .sock = a->sock, .request = 9};
}

static enum err tie(struct scene *s, enum command_kind kind, const struct actor *a, const struct actor *to,
                    bool on)
{
    struct command c = from(a, kind);
    c.tie.account = to->account;
    c.tie.on = on;
    return world_apply(&s->w, &c);
}

static enum err follow(struct scene *s, const struct actor *a, const struct actor *to)
{
    return tie(s, COMMAND_PEOPLE_FOLLOW, a, to, true);
}

static enum err block(struct scene *s, const struct actor *a, const struct actor *to, bool on)
{
    return tie(s, COMMAND_PEOPLE_BLOCK, a, to, on);
}

/* A room of `a` with `a` on stage. */
static void open_room(struct scene *s, struct actor *a)
{
    assert_int_equal(world_open(&s->w, a, "Talk", NULL, 0, &s->room), OK);
    assert_int_equal(world_join(&s->w, a, s->room), OK);
    world_tick(&s->w, 300);
}

static void bring_up(struct scene *s, const struct actor *by, const struct actor *whom)
{
    assert_int_equal(world_flag(&s->w, whom, COMMAND_ROOM_HAND, true), OK);
    assert_int_equal(world_person(&s->w, by, COMMAND_ROOM_BRING, whom), OK);
    world_tick(&s->w, 300);
}

static size_t heard(struct scene *s, const struct actor *a, enum out_kind kind)
{
    size_t n = 0;
    while (world_out(&s->w, a->sock, kind, n)) n++;
    return n;
}

static const struct out *list_people(struct scene *s, const struct actor *a)
{
    struct command c = from(a, COMMAND_PEOPLE_LIST);
    assert_int_equal(world_apply(&s->w, &c), OK);
    return world_out(&s->w, a->sock, REPLY_PEOPLE, 0);
}

/* ---- ties ----------------------------------------------------------------------------------------- */

static void a_tie_counts_when_it_is_stored_and_is_listed_for_its_author_alone(void **state)
{
    struct scene *s = *state;
    struct command seen = from(s->a, COMMAND_PROFILE_READ); /* whom one has seen today costs nothing more */
    seen.chains.accounts = &s->b->account;
    seen.chains.count = 1;
    assert_int_equal(world_apply(&s->w, &seen), OK);
    s->w.hold_store = true;
    assert_int_equal(follow(s, s->a, s->b), OK);
    assert_int_equal(s->w.effect_count, 1); /* the store is asked, nobody hears anything */
    assert_int_equal(list_people(s, s->a)->people.follow_count, 0);
    world_stored(&s->w, ERR_SYSTEM);
    assert_int_equal(world_out(&s->w, s->a->sock, REPLY_ERROR, 0)->error.err, ERR_STORE);
    assert_int_equal(list_people(s, s->a)->people.follow_count, 0);
    s->w.hold_store = false;
    assert_int_equal(follow(s, s->a, s->b), OK);
    assert_int_equal(world_outs(&s->w, REPLY_OK), 1);
    assert_int_equal(world_effects(&s->w, EFFECT_SEND), 1); /* b hears nothing of it */
    assert_int_equal(follow(s, s->a, s->b), OK);            /* again: nothing to store */
    assert_int_equal(world_effects(&s->w, EFFECT_STORE_SLIP), 0);
    assert_int_equal(block(s, s->a, s->c, true), OK);
    const struct out *o = list_people(s, s->a);
    assert_int_equal(o->people.follow_count, 1);
    assert_true(id_eq(o->people.follows[0].account, s->b->account));
    assert_true(view_eq(o->people.follows[0].name, view_str(s->b->name)));
    assert_int_equal(o->people.block_count, 1);
    assert_true(id_eq(o->people.blocks[0].account, s->c->account));
    assert_int_equal(list_people(s, s->b)->people.follow_count, 0);
    assert_int_equal(tie(s, COMMAND_PEOPLE_FOLLOW, s->a, s->b, false), OK);
    assert_int_equal(list_people(s, s->a)->people.follow_count, 0);
}

static void ties_that_cannot_be(void **state)
{
    struct scene *s = *state;
    struct actor *stranger = world_actor(&s->w);
    assert_int_equal(follow(s, s->a, s->a), ERR_NOT_FOUND);
    assert_int_equal(block(s, s->a, stranger, true), ERR_NOT_FOUND);
    assert_int_equal(tie(s, COMMAND_PEOPLE_FOLLOW, s->a, stranger, false), OK); /* as it is already */
    struct actor **many = calloc(LIMIT_BLOCKS + 1, sizeof(*many));
    for (int i = 0; i <= LIMIT_BLOCKS; i++) many[i] = world_member(&s->w, s->f);
    for (int i = 0; i < LIMIT_BLOCKS; i++) assert_int_equal(block(s, s->a, many[i], true), OK);
    assert_int_equal(block(s, s->a, many[LIMIT_BLOCKS], true), ERR_MANY);
    assert_int_equal(block(s, s->a, many[7], false), OK);
    assert_int_equal(block(s, s->a, many[LIMIT_BLOCKS], true), OK);
    /* Following is looking up: the day's budget holds. */
    for (int i = 0; i < LIMIT_PROFILES_PER_DAY; i++) assert_int_equal(follow(s, s->b, many[i]), OK);
    assert_int_equal(follow(s, s->b, many[LIMIT_BLOCKS]), ERR_BUDGET);
    free(many);
}

static void ties_go_with_the_account(void **state)
{
    struct scene *s = *state;
    assert_int_equal(follow(s, s->a, s->b), OK);
    assert_int_equal(block(s, s->c, s->b, true), OK);
    struct record rec = {.type = RECORD_DELETION, .target = s->b->account};
    assert_int_equal(world_append(&s->w, s->b, &rec, NULL), OK);
    assert_int_equal(list_people(s, s->a)->people.follow_count, 0);
    assert_int_equal(list_people(s, s->c)->people.block_count, 0);
}

/* ---- rooms for those whom one follows ---------------------------------------------------------------- */

static void a_room_for_the_followed_is_for_them_as_they_are_now(void **state)
{
    struct scene *s = *state;
    assert_int_equal(follow(s, s->a, s->b), OK);
    struct command c = from(s->a, COMMAND_ROOM_OPEN);
    c.create.who = ROOM_FOLLOWED;
    assert_int_equal(world_apply(&s->w, &c), OK);
    s->room = world_out(&s->w, s->a->sock, REPLY_ROOM_OPEN, 0)->room.room;
    assert_int_equal(heard(s, s->b, EVENT_HALL_ROOM), 1);
    assert_int_equal(world_out(&s->w, s->b->sock, EVENT_HALL_ROOM, 0)->hall.list[0].who, ROOM_PICKED);
    assert_int_equal(heard(s, s->c, EVENT_HALL_ROOM), 0);
    assert_int_equal(world_join(&s->w, s->a, s->room), OK);
    assert_int_equal(world_join(&s->w, s->c, s->room), ERR_NOT_FOUND);
    assert_int_equal(tie(s, COMMAND_PEOPLE_FOLLOW, s->a, s->b, false), OK);
    assert_int_equal(world_join(&s->w, s->b, s->room), OK); /* nobody is thrown out by that */
    c.create.picked = &s->c->account;
    c.create.picked_count = 1;
    assert_int_equal(world_apply(&s->w, &c), ERR_MALFORMED);
}

static void who_is_followed_by_the_stage_is_told_when_two_are_on_it(void **state)
{
    struct scene *s = *state;
    struct actor *d = world_member(&s->w, s->f);
    assert_int_equal(follow(s, s->a, s->b), OK);
    assert_int_equal(follow(s, s->a, s->c), OK);
    open_room(s, s->a);
    assert_int_equal(world_join(&s->w, s->b, s->room), OK);
    assert_int_equal(world_join(&s->w, d, s->room), OK);
    world_tick(&s->w, 2000);
    assert_int_equal(world_outs(&s->w, EVENT_FOLLOWED), 0); /* one alone would show its list */
    static_assert(LIMIT_FOLLOWED_STAGE == 2, "a and d are enough");
    bring_up(s, s->a, d);
    world_tick(&s->w, 1100);
    assert_int_equal(world_join(&s->w, s->c, s->room), OK);
    const struct out *o =
        world_out(&s->w, s->c->sock, EVENT_FOLLOWED, 0); /* a newcomer hears what was told before */
    assert_non_null(o);
    assert_int_equal(o->followed.count, 1);
    assert_int_equal(o->followed.orders[0], 2);
    world_tick(&s->w, 2000);
    o = world_out(&s->w, s->b->sock, EVENT_FOLLOWED, 0);
    assert_non_null(o);
    assert_int_equal(o->followed.count, 2);
    assert_int_equal(o->followed.orders[1], 4);
    assert_int_equal(block(s, s->a, s->b, true), OK); /* nobody follows whom they block */
    world_tick(&s->w, 2000);
    assert_int_equal(world_out(&s->w, s->c->sock, EVENT_FOLLOWED, 0)->followed.count, 1);
    assert_int_equal(world_person(&s->w, s->a, COMMAND_ROOM_SEND_BACK, d), OK);
    world_tick(&s->w, 2000);
    assert_int_equal(world_out(&s->w, s->c->sock, EVENT_FOLLOWED, 0)->followed.count, 0);
}

/* ---- block ---------------------------------------------------------------------------------------- */

static void a_block_hides_the_room_and_is_not_told(void **state)
{
    struct scene *s = *state;
    struct id nowhere = {{1, 2, 3}};
    assert_int_equal(block(s, s->a, s->b, true), OK);
    assert_int_equal(world_open(&s->w, s->a, "Talk", NULL, 0, &s->room), OK);
    assert_int_equal(heard(s, s->b, EVENT_HALL_ROOM) + heard(s, s->b, EVENT_HALL_GONE), 0);
    assert_int_equal(heard(s, s->c, EVENT_HALL_ROOM), 1);
    assert_int_equal(world_join(&s->w, s->a, s->room), OK);
    world_tick(&s->w, 300);
    assert_int_equal(heard(s, s->b, EVENT_HALL_ROOM) + heard(s, s->b, EVENT_HALL_GONE), 0);
    assert_int_equal(world_join(&s->w, s->b, nowhere), ERR_NOT_FOUND);
    struct out other = *world_out(&s->w, s->b->sock, REPLY_ERROR, 0);
    assert_int_equal(world_join(&s->w, s->b, s->room), ERR_NOT_FOUND);
    const struct out *o = world_out(&s->w, s->b->sock, REPLY_ERROR, 0);
    assert_int_equal(o->error.err, other.error.err);
    assert_int_equal(o->error.retry_after_ms, other.error.retry_after_ms);
    assert_int_equal(s->w.effect_count, 1);
    world_disconnect(&s->w, s->b);
    assert_int_equal(world_connect(&s->w, s->b), OK);
    assert_int_equal(world_hello(&s->w, s->b, 0, (struct hash){0}), OK);
    assert_int_equal(world_out(&s->w, s->b->sock, EVENT_HALL, 0)->hall.count, 0);
    assert_int_equal(world_join(&s->w, s->c, s->room), OK);
    assert_int_equal(world_simple(&s->w, s->a, COMMAND_ROOM_END), OK);
    assert_int_equal(heard(s, s->b, EVENT_HALL_GONE), 0); /* nor that it ended */
    assert_int_equal(heard(s, s->f, EVENT_HALL_GONE), 1);
}

static void a_room_disappears_when_the_one_who_blocks_goes_on_stage(void **state)
{
    struct scene *s = *state;
    struct actor *d = world_member(&s->w, s->f);
    assert_int_equal(block(s, s->b, s->c, true), OK);
    assert_int_equal(block(s, s->b, d, true), OK);
    open_room(s, s->a);
    assert_int_equal(world_join(&s->w, s->b, s->room), OK);
    assert_int_equal(world_join(&s->w, s->c, s->room), OK); /* b is in the audience: both may be here */
    world_tick(&s->w, 300);
    bring_up(s, s->a, s->b);
    assert_int_equal(heard(s, d, EVENT_HALL_GONE), 1);
    assert_int_equal(heard(s, d, EVENT_HALL_ROOM), 0);
    assert_int_equal(heard(s, s->c, EVENT_OUT), 0); /* who is in it stays, and sees its card */
    assert_int_equal(heard(s, s->c, EVENT_HALL_ROOM), 1);
    assert_int_equal(world_join(&s->w, d, s->room), ERR_NOT_FOUND);
    assert_int_equal(world_join(&s->w, s->c, s->room), OK); /* after a reload, too */
    world_tick(&s->w, 300);
    assert_int_equal(world_simple(&s->w, s->c, COMMAND_ROOM_LEAVE), OK);
    world_tick(&s->w, 300);
    assert_int_equal(world_join(&s->w, s->c, s->room), ERR_NOT_FOUND);
    assert_int_equal(world_person(&s->w, s->a, COMMAND_ROOM_SEND_BACK, s->b), OK);
    world_tick(&s->w, 300);
    assert_int_equal(heard(s, d, EVENT_HALL_ROOM), 1);
    assert_int_equal(world_join(&s->w, d, s->room), OK);
}

static void founder_admins_and_the_opener_are_not_kept_out(void **state)
{
    struct scene *s = *state;
    assert_int_equal(block(s, s->b, s->f, true), OK);
    assert_int_equal(block(s, s->b, s->a, true), OK);
    open_room(s, s->a);
    assert_int_equal(world_join(&s->w, s->b, s->room), OK);
    bring_up(s, s->a, s->b);
    assert_int_equal(world_join(&s->w, s->f, s->room), OK);
    assert_int_equal(world_simple(&s->w, s->a, COMMAND_ROOM_LEAVE), OK);
    assert_int_equal(world_join(&s->w, s->a, s->room), OK);
}

static void a_ping_across_a_block_is_answered_as_any_other(void **state)
{
    struct scene *s = *state;
    assert_int_equal(block(s, s->b, s->a, true), OK);
    open_room(s, s->a);
    assert_int_equal(world_person(&s->w, s->a, COMMAND_ROOM_PING, s->b), OK);
    assert_int_equal(world_outs(&s->w, REPLY_OK), 1);
    assert_int_equal(world_outs(&s->w, EVENT_PINGED), 0);
    assert_int_equal(world_person(&s->w, s->a, COMMAND_ROOM_PING, s->c), OK);
    assert_int_equal(world_outs(&s->w, EVENT_PINGED), 1);
}

static void who_blocks_somebody_does_not_hear_them_knock(void **state)
{
    struct scene *s = *state;
    open_room(s, s->a);
    assert_int_equal(world_join(&s->w, s->b, s->room), OK);
    assert_int_equal(world_role(&s->w, s->a, s->b, true), OK);
    assert_int_equal(block(s, s->b, s->c, true), OK);
    assert_int_equal(world_flag(&s->w, s->a, COMMAND_ROOM_LOCK, true), OK);
    struct command c = from(s->c, COMMAND_ROOM_KNOCK);
    c.knock.room = s->room;
    assert_int_equal(world_apply(&s->w, &c), OK);
    assert_non_null(world_out(&s->w, s->a->sock, EVENT_KNOCKED, 0));
    assert_int_equal(world_outs(&s->w, EVENT_KNOCKED), 1);
}

/* ---- events --------------------------------------------------------------------------------------- */

static enum err announce(struct scene *s, const struct actor *a, const char *title, uint64_t start_ms)
{
    struct command c = from(a, COMMAND_EVENT_NEW);
    c.event.title = view_str(title);
    c.event.start_ms = start_ms;
    return world_apply(&s->w, &c);
}

static enum err cancel(struct scene *s, const struct actor *a, struct id event)
{
    struct command c = from(a, COMMAND_EVENT_CANCEL);
    c.close.id = event;
    return world_apply(&s->w, &c);
}

static void an_event_is_announced_cancelled_and_over(void **state)
{
    struct scene *s = *state;
    assert_int_equal(announce(s, s->a, "Soirée", s->w.now + HOUR_MS), OK);
    struct id event = world_out(&s->w, s->a->sock, REPLY_EVENT, 0)->event.event;
    const struct out *o = world_out(&s->w, s->b->sock, EVENT_EVENT, 0);
    assert_non_null(o);
    assert_true(view_eq(o->events.list[0].title, view_str("Soirée")));
    assert_true(id_eq(o->events.list[0].by, s->a->account));
    assert_int_equal(cancel(s, s->b, event), ERR_NOT_FOUND);
    assert_int_equal(cancel(s, s->f, event), OK);
    assert_true(id_eq(world_out(&s->w, s->b->sock, EVENT_EVENT_GONE, 0)->event.event, event));
    assert_int_equal(cancel(s, s->a, event), ERR_NOT_FOUND);

    assert_int_equal(announce(s, s->a, "Soirée", s->w.now + HOUR_MS), OK);
    world_tick(&s->w, HOUR_MS + LIMIT_EVENT_STAY_MS); /* not longer than that */
    assert_int_equal(world_outs(&s->w, EVENT_EVENT_GONE), 0);
    world_tick(&s->w, LIMIT_SLIPS_MS);
    assert_int_equal(heard(s, s->b, EVENT_EVENT_GONE), 1);
}

static void events_that_cannot_be(void **state)
{
    struct scene *s = *state;
    uint64_t later = s->w.now + HOUR_MS;
    static const char *const titles[] = {"",    "  ", "two\nlines", "\xe2\x80\xae backwards", "\xe2\x80\x8b",
                                         "\xff"};
    for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++)
        assert_int_equal(announce(s, s->a, titles[i], later), ERR_TITLE);
    char *title = calloc(1, 62);
    memset(title, 'x', 61);
    assert_int_equal(announce(s, s->a, title, later), ERR_TITLE);
    title[60] = 0;
    assert_int_equal(announce(s, s->a, title, later), OK);
    free(title);
    assert_int_equal(announce(s, s->a, "Late", s->w.now), ERR_TIME);
    assert_int_equal(announce(s, s->a, "Late", 0), ERR_TIME);
    assert_int_equal(announce(s, s->a, "Far", s->w.now + 367 * (uint64_t)DAY_MS), ERR_TIME);
    assert_int_equal(announce(s, s->a, "Far", INT64_MAX), ERR_TIME);
    for (int i = 1; i < LIMIT_EVENTS_PER_MEMBER; i++) assert_int_equal(announce(s, s->a, "Five", later), OK);
    assert_int_equal(announce(s, s->a, "Six", later), ERR_MANY);
    assert_int_equal(announce(s, s->b, "Mine", later), OK);
}

static void an_event_is_seen_by_those_it_is_for(void **state)
{
    struct scene *s = *state;
    struct command c = from(s->a, COMMAND_EVENT_NEW);
    c.event.title = view_str("For b");
    c.event.start_ms = s->w.now + HOUR_MS;
    c.event.who = ROOM_PICKED;
    c.event.picked = &s->b->account;
    c.event.picked_count = 1;
    assert_int_equal(world_apply(&s->w, &c), OK);
    assert_int_equal(heard(s, s->b, EVENT_EVENT), 1);
    assert_int_equal(heard(s, s->a, EVENT_EVENT), 1);
    assert_int_equal(heard(s, s->c, EVENT_EVENT), 0);
    assert_int_equal(block(s, s->a, s->b, true), OK);
    assert_int_equal(heard(s, s->b, EVENT_EVENT_GONE), 1);
    assert_int_equal(block(s, s->a, s->b, false), OK);
    assert_int_equal(heard(s, s->b, EVENT_EVENT), 1);
    world_disconnect(&s->w, s->b);
    assert_int_equal(world_connect(&s->w, s->b), OK);
    assert_int_equal(world_hello(&s->w, s->b, 0, (struct hash){0}), OK);
    assert_int_equal(world_out(&s->w, s->b->sock, EVENT_EVENTS, 0)->events.count, 1);
    assert_int_equal(world_ban(&s->w, s->f, s->a), OK);
    assert_int_equal(heard(s, s->b, EVENT_EVENT_GONE), 1);
    assert_int_equal(world_unban(&s->w, s->f, s->a), OK);
    assert_int_equal(heard(s, s->b, EVENT_EVENT), 1);
}

static void a_hold_hides_what_one_announced(void **state)
{
    struct scene *s = *state;
    struct actor *below = world_member(&s->w, s->a);
    assert_int_equal(announce(s, below, "Radio", s->w.now + HOUR_MS), OK);
    struct record hold = {.type = RECORD_HOLD, .target = s->a->account},
                  release = {.type = RECORD_RELEASE, .target = s->a->account, .subtree = true};
    assert_int_equal(world_append(&s->w, s->f, &hold, NULL), OK);
    assert_int_equal(heard(s, s->b, EVENT_EVENT_GONE), 1);
    assert_int_equal(world_append(&s->w, s->f, &release, NULL), OK);
    assert_int_equal(heard(s, s->b, EVENT_EVENT), 1);
}

/* ---- reports -------------------------------------------------------------------------------------- */

static enum err report_at(struct scene *s, uint64_t time_ms, const struct actor *a, const struct actor *target,
                          const char *text, const char *evidence, const uint8_t *seed)
{
    struct command c = from(a, COMMAND_REPORT);
    uint8_t body[9000];
    struct writer w = writer_init(body, sizeof(body));
    c.report.is = (struct report_fields){.target = target->account,
                                         .reason = REPORT_SPAM,
                                         .time_ms = time_ms,
                                         .text = view_str(text),
                                         .evidence = view_str(evidence)};
    write_u8(&w, 1);
    write_bytes(&w, a->account.bytes, ID_BYTES);
    write_bytes(&w, a->device.bytes, ID_BYTES);
    write_bytes(&w, target->account.bytes, ID_BYTES);
    write_bytes(&w, c.report.is.room.bytes, ID_BYTES);
    write_u8(&w, REPORT_SPAM);
    write_u64(&w, time_ms);
    write_u16(&w, (uint16_t)strlen(text));
    write_view(&w, view_str(text));
    write_u16(&w, (uint16_t)strlen(evidence));
    write_view(&w, view_str(evidence));
    assert_int_equal(sign_make(seed, "report", writer_view(&w), c.report.sig), OK);
    return world_apply(&s->w, &c);
}

static enum err report(struct scene *s, const struct actor *a, const struct actor *target, const char *text,
                       const uint8_t *seed)
{
    return report_at(s, s->w.now, a, target, text, "Talk", seed);
}

static enum err close_report(struct scene *s, const struct actor *by, const struct report_info *r,
                             bool untrue)
{
    struct command c = from(by, COMMAND_REPORT_CLOSE);
    c.close.id = r->report;
    c.close.by = r->by;
    c.close.untrue = untrue;
    return world_apply(&s->w, &c);
}

static const struct out *list_reports(struct scene *s, const struct actor *a)
{
    struct command c = from(a, COMMAND_REPORT_LIST);
    return world_apply(&s->w, &c) ? NULL : world_out(&s->w, a->sock, REPLY_REPORTS, 0);
}

static void a_report_reaches_the_admins_and_nobody_else(void **state)
{
    struct scene *s = *state;
    assert_int_equal(report(s, s->a, s->b, "He sold things", s->a->device_seed), OK);
    assert_int_equal(world_out(&s->w, s->f->sock, EVENT_REPORTS, 0)->reports.count, 1);
    assert_int_equal(s->w.effect_count, 3); /* the store, the reply, the founder */
    assert_int_equal(report(s, s->a, s->b, "He sold things", s->a->device_seed), ERR_REPLAY);
    assert_null(list_reports(s, s->a));
    assert_null(list_reports(s, s->b));
    const struct out *o = list_reports(s, s->f);
    assert_int_equal(o->reports.count, 1);
    struct report_info r = o->reports.list[0];
    assert_true(id_eq(r.by, s->a->account) && id_eq(r.is.target, s->b->account));
    assert_true(view_eq(r.is.text, view_str("He sold things")));
    assert_int_equal(r.is.reason, REPORT_SPAM);
    assert_int_equal(r.sig.len, SIG_BYTES);
    assert_int_equal(close_report(s, s->a, &r, false), ERR_FORBIDDEN);
    assert_int_equal(close_report(s, s->f, &r, false), OK);
    assert_int_equal(list_reports(s, s->f)->reports.count, 0);
    assert_int_equal(close_report(s, s->f, &r, false), ERR_NOT_FOUND);
}

static void nobody_judges_a_report_about_themselves(void **state)
{
    struct scene *s = *state;
    struct record rec = {.type = RECORD_ROLE, .target = s->b->account, .role = CLUB_ADMIN};
    assert_int_equal(world_append(&s->w, s->f, &rec, NULL), OK);
    assert_int_equal(report(s, s->a, s->b, "x", s->a->device_seed), OK);
    assert_int_equal(world_out(&s->w, s->b->sock, EVENT_REPORTS, 0)->reports.count, 0);
    struct report_info r = list_reports(s, s->f)->reports.list[0];
    assert_int_equal(list_reports(s, s->b)->reports.count, 0);
    assert_int_equal(close_report(s, s->b, &r, true), ERR_NOT_FOUND);
}

static void reports_that_cannot_be(void **state)
{
    struct scene *s = *state;
    assert_int_equal(report(s, s->a, s->a, "x", s->a->device_seed), ERR_NOT_FOUND);
    assert_int_equal(report(s, s->a, s->b, "x", s->b->device_seed), ERR_SIGNATURE);
    assert_int_equal(report(s, s->a, s->b, "\xe2\x80\xae", s->a->device_seed), ERR_TEXT);
    char text[4 * LIMIT_REPORT_CHARS + 5] = "";
    for (size_t i = 0; i <= LIMIT_REPORT_CHARS; i++) memcpy(text + 4 * i, "\xf0\x9f\x8e\xb5", 4);
    const uint8_t *seed = s->a->device_seed;
    assert_int_equal(report_at(s, s->w.now, s->a, s->b, text, text + 4, seed), ERR_TEXT);
    assert_int_equal(report_at(s, s->w.now, s->a, s->b, text + 4, text, seed), ERR_TEXT);
    assert_int_equal(report_at(s, s->w.now, s->a, s->b, text + 4, text + 4, seed), OK);
    const struct out *o = list_reports(s, s->f);
    assert_true(view_eq(o->reports.list[0].is.text, view_str(text + 4)));
    struct report_info longest = o->reports.list[0];
    assert_int_equal(close_report(s, s->f, &longest, false), OK);
    assert_int_equal(report(s, s->a, s->b, "two\nlines\n", s->a->device_seed), OK);
    for (int i = 1; i < LIMIT_REPORTS_PER_MEMBER; i++) {
        world_tick(&s->w, 10);
        assert_int_equal(report(s, s->a, s->b, "", s->a->device_seed), OK);
    }
    world_tick(&s->w, 10);
    assert_int_equal(report(s, s->a, s->b, "", s->a->device_seed), ERR_MANY);
    assert_int_equal(list_reports(s, s->f)->reports.count, LIMIT_REPORTS_PER_MEMBER);
    world_tick(&s->w, LIMIT_REPORT_DAYS * (uint64_t)DAY_MS);
    for (int i = 0; i < 10; i++) world_tick(&s->w, 100);
    assert_int_equal(list_reports(s, s->f)->reports.count, 0);
}

static void a_report_is_of_now(void **state)
{
    struct scene *s = *state;
    const uint64_t apart = LIMIT_REPORT_CLOCK_MS, now = s->w.now;
    assert_int_equal(report_at(s, now - apart - 1, s->a, s->b, "x", "", s->a->device_seed), ERR_TIME);
    assert_int_equal(report_at(s, now + apart + 1, s->a, s->b, "x", "", s->a->device_seed), ERR_TIME);
    assert_int_equal(report_at(s, now - apart, s->a, s->b, "x", "", s->a->device_seed), OK);
    assert_int_equal(report_at(s, now + apart, s->a, s->b, "x", "", s->a->device_seed), OK);
}

/* All but one that wait are the store's, from before a restart. */
static void so_many_reports_wait(void **state)
{
    struct scene *s = *state;
    uint8_t waits[2 + 4 * ID_BYTES + 1 + 8 + 2 + 2 + SIG_BYTES] = {0}; /* about nobody, without a word */
    memcpy(waits + 2, s->c->account.bytes, ID_BYTES);
    struct slip_info is = {.kind = SLIP_REPORT, .account = s->c->account, .time_ms = s->w.now, .data = VIEW(waits)};
    for (uint32_t i = 0; i < LIMIT_REPORTS - 1; i++) {
        is.id = (struct id){{(uint8_t)i, (uint8_t)(i >> 8), 1}};
        assert_int_equal(rooms_replay_slip(s->w.r, &is), OK);
    }
    assert_int_equal(report(s, s->a, s->b, "x", s->a->device_seed), OK);
    assert_int_equal(report(s, s->b, s->a, "x", s->b->device_seed), ERR_FULL);
    assert_int_equal(s->w.effect_count, 1);
    struct report_info last = list_reports(s, s->f)->reports.list[0];
    assert_int_equal(close_report(s, s->f, &last, false), OK);
    assert_int_equal(report(s, s->b, s->a, "x", s->b->device_seed), OK);
}

static void two_false_reports_and_one_reports_nobody_for_a_while(void **state)
{
    struct scene *s = *state;
    for (int i = 0; i < LIMIT_FALSE_REPORTS; i++) {
        world_tick(&s->w, 10);
        assert_int_equal(report(s, s->a, s->b, "x", s->a->device_seed), OK);
        struct report_info r = list_reports(s, s->f)->reports.list[0];
        assert_int_equal(r.untrue, i);
        assert_int_equal(close_report(s, s->f, &r, true), OK);
        assert_int_equal(list_reports(s, s->f)->reports.count, 0);
    }
    world_tick(&s->w, 10);
    assert_int_equal(report(s, s->a, s->b, "x", s->a->device_seed), ERR_RATE);
    assert_true(world_out(&s->w, s->a->sock, REPLY_ERROR, 0)->error.retry_after_ms > 29 * (uint32_t)DAY_MS);
    struct command c = from(s->a, COMMAND_EXPORT);
    assert_int_equal(world_apply(&s->w, &c), OK);
    const struct export_info *x = world_out(&s->w, s->a->sock, REPLY_EXPORT, 0)->export;
    assert_int_equal(x->slip_count, LIMIT_FALSE_REPORTS);
    assert_true(x->slips[0].untrue);
    assert_true(id_zero(x->slips[0].about)); /* what it said is deleted, about whom as well */
    world_tick(&s->w, LIMIT_REPORT_DAYS * (uint64_t)DAY_MS);
    for (int i = 0; i < 5; i++) world_tick(&s->w, 100);
    assert_int_equal(report(s, s->a, s->b, "x", s->a->device_seed), OK);
}

/* ---- a start --------------------------------------------------------------------------------------- */

/* What the store was last asked to keep, in a copy that can be spoiled. */
static struct slip_info kept(const struct scene *s, uint8_t bytes[LIMIT_SLIP_BYTES])
{
    for (size_t i = 0; i < s->w.effect_count; i++) {
        if (s->w.effects[i].kind != EFFECT_STORE_SLIP) continue;
        struct slip_info is = s->w.effects[i].slip.is;
        memcpy(bytes, is.data.ptr, is.data.len);
        is.data.ptr = bytes;
        return is;
    }
    fail();
    return (struct slip_info){0};
}

/* `text` stands in it: what is there instead would go to browsers, whose sockets take no other text. */
static void assert_not_taken_spoiled(struct scene *s, struct slip_info is, uint8_t *bytes, const char *text,
                                     size_t time_at)
{
    uint8_t *at = memmem(bytes, is.data.len, text, strlen(text));
    assert_non_null(at);
    assert_int_equal(rooms_replay_slip(s->w.r, &is), OK);
    *at ^= 0x80;
    assert_int_equal(rooms_replay_slip(s->w.r, &is), ERR_MALFORMED);
    *at ^= 0x80;
    bytes[time_at + 1] ^= 0x20; /* a time that browsers cannot count to: the 54th bit */
    assert_int_equal(rooms_replay_slip(s->w.r, &is), ERR_MALFORMED);
    bytes[time_at + 1] ^= 0x20;
    is.data.len--;
    assert_int_equal(rooms_replay_slip(s->w.r, &is), ERR_MALFORMED);
    is.data.len = 0;
    assert_int_equal(rooms_replay_slip(s->w.r, &is), ERR_MALFORMED);
}

static void a_start_refuses_what_is_no_event_and_no_report(void **state)
{
    struct scene *s = *state;
    uint8_t bytes[LIMIT_SLIP_BYTES], untrue = 1;
    assert_int_equal(announce(s, s->a, "Radio", s->w.now + HOUR_MS), OK);
    assert_not_taken_spoiled(s, kept(s, bytes), bytes, "Radio", 0);
    assert_int_equal(report(s, s->a, s->b, "loud", s->a->device_seed), OK);
    struct slip_info is = kept(s, bytes);
    assert_not_taken_spoiled(s, is, bytes, "loud", 2 + 4 * ID_BYTES + 1);
    is.data = (struct view){&untrue, 1};
    assert_int_equal(rooms_replay_slip(s->w.r, &is), OK);
    untrue = 2;
    assert_int_equal(rooms_replay_slip(s->w.r, &is), ERR_MALFORMED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_tie_counts_when_it_is_stored_and_is_listed_for_its_author_alone),
        TEST(ties_that_cannot_be),
        TEST(ties_go_with_the_account),
        TEST(a_room_for_the_followed_is_for_them_as_they_are_now),
        TEST(who_is_followed_by_the_stage_is_told_when_two_are_on_it),
        TEST(a_block_hides_the_room_and_is_not_told),
        TEST(a_room_disappears_when_the_one_who_blocks_goes_on_stage),
        TEST(founder_admins_and_the_opener_are_not_kept_out),
        TEST(a_ping_across_a_block_is_answered_as_any_other),
        TEST(who_blocks_somebody_does_not_hear_them_knock),
        TEST(an_event_is_announced_cancelled_and_over),
        TEST(events_that_cannot_be),
        TEST(an_event_is_seen_by_those_it_is_for),
        TEST(a_hold_hides_what_one_announced),
        TEST(a_report_reaches_the_admins_and_nobody_else),
        TEST(nobody_judges_a_report_about_themselves),
        TEST(reports_that_cannot_be),
        TEST(a_report_is_of_now),
        TEST(so_many_reports_wait),
        TEST(two_false_reports_and_one_reports_nobody_for_a_while),
        TEST(a_start_refuses_what_is_no_event_and_no_report),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
