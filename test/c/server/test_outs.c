/* Every reply and event of test/golden/messages is what the server makes of the same values. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "golden.h"
#include "server/effects.h"
#include "wire/record.h"

#define TOM "Tom \"T\" O'Neil\\"
#define REPLY(k) blank((k), 7)
#define EVENT(k) blank((k), 0)

/* Zeros in every byte: an initializer would clear only the first member of the union. */
static struct out blank(enum out_kind kind, uint32_t request)
{
    struct out o;
    memset(&o, 0, sizeof o);
    o.kind = kind, o.sock = 1, o.request = request;
    return o;
}

static unsigned compared; /* files that some test looked at */
static struct media_place place;

static uint8_t leaf[203], header[306], seal[80], welcome[112], wrap[48];
static const uint8_t stage[] = {1, 1, 0, 0};
static uint8_t founder_record[297], invite_record[145], redeem_record[297], room_ban[154];

static int fill(void **state)
{
    (void)state;
    RUN(place.fingerprint.bytes, 0xe0);
    place.at[0].address = "192.0.2.1";
    place.port = 8080;
    leaf[0] = leaf[1] = 1;
    run(leaf + 2, 16, 0x10), run(leaf + 18, 16, RUN_INES), run(leaf + 34, 16, RUN_INES_DEVICE);
    run(leaf + 50, 32, 0x40), run(leaf + 82, 16, 0x60), leaf[98] = 1, run(leaf + 99, 32, 0x70);
    put_u64(leaf + 131, GOLDEN_TIME), run(leaf + 139, 64, 0x90);
    RUN(seal, 0xb0), RUN(welcome, 0xb1), RUN(wrap, 0xb2);
    founder_record[0] = 1, run(founder_record + 1, 32, 1), run(founder_record + 33, 32, 2);
    run(founder_record + 65, 32, 3), put_u64(founder_record + 97, GOLDEN_TIME),
        run(founder_record + 105, 192, 4);
    redeem_record[0] = 3, run(redeem_record + 1, 32, 5), run(redeem_record + 33, 32, 7);
    run(redeem_record + 65, 32, 8), put_u64(redeem_record + 97, GOLDEN_TIME),
        run(redeem_record + 105, 192, 9);
    invite_record[0] = 2, run(invite_record + 1, 16, RUN_INES), run(invite_record + 17, 16, RUN_INES_DEVICE);
    run(invite_record + 33, 32, 5), put_u64(invite_record + 65, GOLDEN_TIME);
    put_u64(invite_record + 73, GOLDEN_TIME + 86400000), run(invite_record + 81, 64, 6);
    room_ban[0] = 15, run(room_ban + 1, 16, RUN_INES), run(room_ban + 17, 16, RUN_INES_DEVICE);
    run(room_ban + 33, 16, RUN_TOM), run(room_ban + 49, 16, RUN_INES), run(room_ban + 65, 16, 0x10);
    room_ban[81] = 1, put_u64(room_ban + 82, GOLDEN_TIME), run(room_ban + 90, 64, 6);
    return 0;
}

static void fill_header(uint8_t counter, uint8_t epoch, uint8_t generation)
{
    memset(header, 0, sizeof header);
    header[0] = header[1] = 1;
    run(header + 2, 16, 0x10);
    header[21] = counter, header[25] = epoch, header[29] = generation;
    run(header + 30, 32, 1), run(header + 62, 32, 0x21), header[97] = 2, run(header + 98, 32, 0x41);
    header[137] = 3, run(header + 138, 32, 0x61), run(header + 170, 32, 0x81);
    put_u64(header + 202, GOLDEN_TIME + 1);
    run(header + 210, 16, RUN_INES), run(header + 226, 16, RUN_INES_DEVICE), run(header + 242, 64, 0xa1);
}

static void assert_golden(const char *file, struct json *j)
{
    json_t *want = golden_read(file), *got = json_loadb(j->text, j->len, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(want);
    if (!got || !json_equal(want, got)) fail_msg("%s: got %.*s", file, (int)j->len, j->text);
    json_decref(want);
    json_decref(got);
    compared++;
}

static void assert_encodes(const char *file, const struct out *o)
{
    struct json j;
    json_init(&j);
    assert_int_equal(effects_encode(&j, o, &place), OK);
    assert_golden(file, &j);
    json_deinit(&j);
}

static struct room_info cafe(void)
{
    struct room_info r = {.room = run_id(0x10),
                          .host = run_id(RUN_INES),
                          .title = view_str("Café du soir"),
                          .who = ROOM_EVERYONE,
                          .opened_ms = GOLDEN_TIME,
                          .people = 3,
                          .speakers = 2,
                          .face_count = 2};
    r.faces[0].account = run_id(RUN_INES), r.faces[0].name = view_str("Inès");
    r.faces[1].account = run_id(RUN_TOM), r.faces[1].name = view_str(TOM);
    return r;
}

static struct room_info untitled(void)
{
    struct room_info r = {.room = run_id(0x11),
                          .host = run_id(RUN_INES),
                          .who = ROOM_PICKED,
                          .music = true,
                          .sensitive = true,
                          .opened_ms = GOLDEN_TIME + 5,
                          .people = 1,
                          .speakers = 1,
                          .face_count = 1};
    r.faces[0].account = run_id(RUN_INES), r.faces[0].name = view_str("Inès");
    return r;
}

static struct person_info person(unsigned first, const char *name, uint32_t order)
{
    return (struct person_info){.account = run_id(first),
                                .device = run_id(first == RUN_INES ? RUN_INES_DEVICE : first + 1),
                                .name = view_str(name),
                                .leaf = VIEW(leaf),
                                .order = order};
}

static struct person_info ines(void)
{
    struct person_info p = person(RUN_INES, "Inès", 1);
    p.club_role = CLUB_FOUNDER, p.role = ROLE_MODERATOR, p.on_stage = p.keyed = true;
    return p;
}

static struct person_info tom(void)
{
    struct person_info p = person(RUN_TOM, TOM, 2);
    p.club_role = CLUB_MEMBER, p.role = ROLE_LISTENER, p.muted = p.away = p.called = true;
    p.hand_ms = GOLDEN_TIME + 7;
    return p;
}

static struct person_info zoe(void)
{
    struct person_info p = person(RUN_ZOE, "Zoé 🎧", 3);
    p.club_role = CLUB_ADMIN, p.role = ROLE_SPEAKER, p.on_stage = p.muted = p.keyed = true, p.slot = 40;
    return p;
}

static void opening(void **state)
{
    (void)state;
    struct out o = EVENT(EVENT_CHALLENGE);
    RUN(o.challenge.nonce, 0xc0), o.challenge.club = view_str("Aparté"), o.challenge.time_ms = GOLDEN_TIME;
    assert_encodes("challenge.event", &o);
    o.challenge.founder = run_id(RUN_INES);
    assert_encodes("challenge.event-founder", &o);
    o = REPLY(REPLY_LOOK);
    o.look.club = view_str("Aparté"), o.look.inviter = view_str("Inès"),
    o.look.founder_account = run_id(RUN_INES);
    assert_encodes("invite.look.reply", &o);
    o.look.founder = true;
    assert_encodes("invite.look.reply-founder", &o);
    o = REPLY(REPLY_HELLO);
    o.hello.account = o.hello.founder = run_id(RUN_INES), o.hello.name = view_str("Inès");
    o.hello.role = CLUB_FOUNDER, o.hello.log_size = 3;
    RUN(o.hello.log_head.bytes, 0x61);
    assert_encodes("hello.reply", &o);
    o.hello.elsewhere = run_id(0x10);
    assert_encodes("hello.reply-elsewhere", &o);
    o.hello.elsewhere = (struct id){0};
    o.hello.successor = run_id(RUN_ZOE), o.hello.successor_name = view_str("Zoé");
    o.hello.claim_until_ms = GOLDEN_TIME + LIMIT_CLAIM_MS;
    assert_encodes("hello.reply-claim", &o);
    o = REPLY(REPLY_RECORD);
    o.record.n = 2, o.record.log_size = 3;
    RUN(o.record.head.bytes, 0x61);
    assert_encodes("log.append.reply", &o);
    o.record.account = run_id(RUN_ZOE), o.record.device = run_id(RUN_ZOE_DEVICE);
    assert_encodes("invite.redeem.reply", &o);
    o.record.account = run_id(RUN_INES);
    assert_encodes("pair.accept.reply", &o);
    assert_encodes("recovery.use.reply", &o);
}

/* The body of a device-add or a supersede, in runs; returns its size. */
static size_t write_body(uint8_t *out, size_t cap, enum record_type type)
{
    struct record rec = {.type = type,
                         .time_ms = GOLDEN_TIME,
                         .author = run_id(RUN_INES),
                         .author_device = run_id(RUN_INES_DEVICE),
                         .second = run_id(RUN_TOM),
                         .second_device = run_id(RUN_TOM_DEVICE),
                         .target = run_id(0x70),
                         .successor = run_id(RUN_ZOE)};
    struct writer w = writer_init(out, cap);
    RUN(rec.device_key.bytes, 5);
    assert_int_equal(record_write_body(&w, &rec), OK);
    return w.len;
}

static void log_in_parts(void **state)
{
    (void)state;
    uint8_t entries[2 * 33] = {RECORD_BAN}, ban[57 + SIG_BYTES];
    struct record rec = {.type = RECORD_BAN,
                         .time_ms = GOLDEN_TIME,
                         .author = run_id(RUN_INES),
                         .author_device = run_id(RUN_INES_DEVICE),
                         .target = run_id(RUN_TOM)};
    struct writer w = writer_init(ban, sizeof ban);
    assert_int_equal(record_write_body(&w, &rec), OK);
    run(ban + 57, SIG_BYTES, 10);
    run(entries + 1, 32, 0x11), entries[33] = RECORD_INVITE, run(entries + 34, 32, 0x31);
    struct chain_entry in_full = {2, VIEW(ban)};
    struct out o = REPLY(REPLY_LOG);
    o.part.from = 2, o.part.size = 4, o.part.entries = VIEW(entries);
    o.part.records = &in_full, o.part.count = 1;
    RUN(o.part.head.bytes, 0x61);
    assert_encodes("log.read.reply", &o);
}

static void devices(void **state)
{
    (void)state;
    uint8_t body[LIMIT_RECORD_BYTES];
    struct device_info list[] = {{run_id(RUN_INES_DEVICE), GOLDEN_TIME, true, true},
                                 {run_id(0x31), GOLDEN_TIME, false, false}};
    struct out o = REPLY(REPLY_DEVICES);
    o.devices.list = list, o.devices.count = 2, o.devices.recovery = true;
    assert_encodes("device.list.reply", &o);
    o = REPLY(REPLY_PAIR);
    o.pair.code = "7K2M9QXA", o.pair.until_ms = GOLDEN_TIME + LIMIT_PAIR_MS;
    assert_encodes("pair.open.reply", &o);
    o = REPLY(REPLY_PAIR_KEY);
    RUN(o.pair.key.bytes, 5);
    assert_encodes("pair.find.reply", &o);
    o = REPLY(REPLY_OK);
    assert_encodes("pair.offer.reply", &o);
    o = EVENT(EVENT_PAIR_OFFER);
    o.offer.account = o.offer.founder = run_id(RUN_INES);
    o.offer.body = (struct view){body, write_body(body, sizeof body, RECORD_DEVICE_ADD)};
    uint8_t sig[SIG_BYTES];
    RUN(sig, 9);
    o.offer.sig = VIEW(sig);
    assert_encodes("pair.offer.event", &o);
    o.offer.sig = (struct view){0};
    assert_encodes("pair.offer.event-unsigned", &o);
    o = EVENT(EVENT_PAIR_DONE);
    o.paired.device = run_id(RUN_ZOE_DEVICE);
    assert_encodes("pair.done.event", &o);
    o = EVENT(EVENT_PAIR_GONE);
    RUN(o.unpaired.key.bytes, 5);
    assert_encodes("pair.gone.event", &o);
    o = REPLY(REPLY_RECOVERY);
    o.recovery.account = run_id(RUN_INES), o.recovery.name = view_str("Inès");
    assert_encodes("recovery.look.reply", &o);
}

static void standing(void **state)
{
    (void)state;
    uint8_t body[LIMIT_RECORD_BYTES];
    struct claim_info claim = {.body = {body, write_body(body, sizeof body, RECORD_SUPERSEDE)},
                               .by = run_id(RUN_INES),
                               .target = run_id(RUN_TOM),
                               .successor = run_id(RUN_ZOE),
                               .by_name = view_str("Inès"),
                               .target_name = view_str("Tom"),
                               .successor_name = view_str("Zoé")};
    RUN(claim.sig, 9);
    struct out o = REPLY(REPLY_CLAIMS);
    o.claims.list = &claim, o.claims.count = 1;
    assert_encodes("claim.list.reply", &o);
    o = REPLY(REPLY_OK);
    assert_encodes("claim.open.reply", &o);
    o = EVENT(EVENT_CLAIM);
    o.claims.list = &claim, o.claims.count = 1;
    assert_encodes("claim.event", &o);
    o = EVENT(EVENT_CLAIMED);
    o.claimed.successor = run_id(RUN_ZOE), o.claimed.name = view_str("Zoé");
    o.claimed.until_ms = GOLDEN_TIME + LIMIT_CLAIM_MS;
    assert_encodes("claimed.event", &o);
    o = EVENT(EVENT_HELD);
    o.held.held = true;
    assert_encodes("held.event", &o);
    o = EVENT(EVENT_ROLE);
    o.role.role = CLUB_ADMIN;
    assert_encodes("role.event", &o);
    o = EVENT(EVENT_ELSEWHERE);
    assert_encodes("elsewhere.event-nowhere", &o);
    o.room.room = run_id(0x10);
    assert_encodes("elsewhere.event", &o);
}

static void club(void **state)
{
    (void)state;
    struct invite_info list[4] = {
        {.state = INVITE_OPEN, .time_ms = GOLDEN_TIME, .expires_ms = GOLDEN_TIME + 86400000},
        {.state = INVITE_USED,
         .time_ms = GOLDEN_TIME,
         .expires_ms = GOLDEN_TIME + 86400000,
         .guest = run_id(RUN_ZOE),
         .guest_name = view_str("Zoé 🎧")},
        {.state = INVITE_EXPIRED, .time_ms = GOLDEN_TIME, .expires_ms = GOLDEN_TIME + 1},
        {.state = INVITE_REVOKED, .time_ms = GOLDEN_TIME, .expires_ms = GOLDEN_TIME + 2}};
    for (unsigned i = 0; i < 4; i++) RUN(list[i].invite.bytes, 5 + i);
    struct out o = REPLY(REPLY_INVITES);
    o.invites.list = list, o.invites.count = 4, o.invites.left = 4;
    assert_encodes("invite.list.reply", &o);
    o.invites.count = 0, o.invites.left = 5;
    assert_encodes("invite.list.reply-empty", &o);

    struct chain_entry entries[] = {
        {0, VIEW(founder_record)}, {1, VIEW(invite_record)}, {2, VIEW(redeem_record)}};
    struct chain_info chains[] = {{run_id(RUN_INES), entries, 1}, {run_id(RUN_TOM), entries, 3}};
    o = REPLY(REPLY_CHAINS);
    o.chains.list = chains, o.chains.count = 2;
    assert_encodes("chain.read.reply", &o);

    o = EVENT(EVENT_LOG);
    o.log.size = 3;
    RUN(o.log.head.bytes, 0x61);
    assert_encodes("log.event", &o);
    o = EVENT(EVENT_GUEST);
    o.guest.account = run_id(RUN_ZOE), o.guest.name = view_str("Zoé 🎧");
    RUN(o.guest.invite.bytes, 6);
    assert_encodes("guest.event", &o);
}

static uint8_t picture[16] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 1, 2, 3, 4, 5, 6, 7, 8};

static struct member_profile ines_profile(void)
{
    return (struct member_profile){
        run_id(RUN_INES),
        {view_str("Inès"), view_str("ines_9"), view_str("Radio, mostly 🎧"), VIEW(picture), view_str("elle")},
        CLUB_FOUNDER};
}

static struct event_info evening(void)
{
    return (struct event_info){.event = run_id(0x12),
                               .by = run_id(RUN_INES),
                               .by_name = view_str("Inès"),
                               .title = view_str("Café du soir"),
                               .start_ms = GOLDEN_TIME + 5,
                               .sensitive = true,
                               .who = ROOM_EVERYONE};
}

static struct report_info complaint(void)
{
    static uint8_t sig[SIG_BYTES];
    run(sig, SIG_BYTES, 0x33);
    return (struct report_info){.report = run_id(0x13),
                                .by = run_id(RUN_INES),
                                .device = run_id(RUN_INES_DEVICE),
                                .by_name = view_str("Inès"),
                                .target_name = view_str(TOM),
                                .room = view_str("Café du soir"),
                                .is = {.target = run_id(RUN_TOM),
                                       .room = run_id(0x10),
                                       .reason = REPORT_HATE,
                                       .time_ms = GOLDEN_TIME + 3,
                                       .text = view_str("He said:\nno"),
                                       .evidence = view_str("Café du soir")},
                                .sig = VIEW(sig),
                                .until_ms = GOLDEN_TIME + 9,
                                .untrue = 1};
}

static void profiles(void **state)
{
    (void)state;
    struct member_profile list[] = {ines_profile(), {.account = run_id(RUN_TOM), .role = CLUB_MEMBER}};
    list[1].is.name = view_str(TOM);
    struct out o = REPLY(REPLY_PROFILES);
    o.profiles.list = list, o.profiles.count = 2;
    assert_encodes("profile.read.reply", &o);
    o = EVENT(EVENT_PROFILE);
    o.profile.account = run_id(RUN_ZOE), o.profile.name = view_str("Zoé 🎧");
    assert_encodes("profile.event", &o);

    uint8_t credential[2][20], data[2][60];
    RUN(credential[0], 0x41), RUN(data[0], 0x42), RUN(credential[1], 0x43), RUN(data[1], 0x44);
    struct passkey_info keys[] = {{VIEW(credential[0]), VIEW(data[0])}, {VIEW(credential[1]), VIEW(data[1])}};
    o = REPLY(REPLY_PASSKEYS);
    o.passkeys.list = keys, o.passkeys.count = 2;
    assert_encodes("passkey.list.reply", &o);
    o = REPLY(REPLY_PASSKEY);
    o.passkeys.list = keys, o.passkeys.count = 1;
    assert_encodes("passkey.look.reply", &o);

    struct chain_entry records[] = {{1, VIEW(invite_record)}, {2, VIEW(redeem_record)}};
    struct kept_info slips[] = {
        {.kind = SLIP_FOLLOW, .about = run_id(RUN_TOM), .time_ms = GOLDEN_TIME},
        {.kind = SLIP_EVENT, .time_ms = GOLDEN_TIME + 1, .event = evening()},
        {.kind = SLIP_REPORT, .about = run_id(RUN_TOM), .time_ms = GOLDEN_TIME + 2, .report = complaint()},
        {.kind = SLIP_REPORT, .time_ms = GOLDEN_TIME + 3, .untrue = true}};
    struct stay_info stay = {run_id(0x10), view_str("Café du soir"), GOLDEN_TIME, GOLDEN_TIME + 9};
    struct place_info spot = {run_id(0x10), KEPT_OPENER | KEPT_STAGE | KEPT_REMOVED};
    struct lookups_info used = {run_id(RUN_INES), GOLDEN_TIME / 86400000, 40};
    struct alert_info alert = {{3, ALERT_BUDGET, run_id(RUN_INES), GOLDEN_TIME + 3, 200}, view_str("Inès")};
    struct export_info x = {ines_profile(), keys,  2, slips, 4,    records, 2,
                            &stay,          1, &spot, 1,     used, &alert,  1};
    o = REPLY(REPLY_EXPORT);
    o.export = &x;
    assert_encodes("../operator/account.export.reply", &o);
}

static void events(void **state)
{
    (void)state;
    struct event_info list[] = {evening(), evening()};
    list[1].event = run_id(0x14), list[1].by = run_id(RUN_TOM), list[1].by_name = view_str(TOM);
    list[1].title = view_str("Radio"), list[1].start_ms++, list[1].sensitive = false,
    list[1].who = ROOM_PICKED;
    struct out o = EVENT(EVENT_EVENTS);
    o.events.list = list, o.events.count = 2;
    assert_encodes("hall.events.event", &o);
    o.kind = EVENT_EVENT, o.events.count = 1;
    assert_encodes("hall.event.event", &o);
    o = EVENT(EVENT_EVENT_GONE);
    o.event.event = run_id(0x12);
    assert_encodes("hall.event_gone.event", &o);
    o = REPLY(REPLY_EVENT);
    o.event.event = run_id(0x12);
    assert_encodes("event.new.reply", &o);
}

static void ties(void **state)
{
    (void)state;
    static const uint32_t orders[] = {2, 7};
    struct face_info faces[] = {{run_id(RUN_TOM), view_str(TOM)},
                                {run_id(RUN_ZOE), view_str("Zoé 🎧")},
                                {run_id(RUN_INES), view_str("Inès")}};
    struct out o = REPLY(REPLY_PEOPLE);
    o.people.follows = faces, o.people.follow_count = 2, o.people.blocks = faces + 2,
    o.people.block_count = 1;
    assert_encodes("people.list.reply", &o);
    o = EVENT(EVENT_FOLLOWED);
    o.followed.room = run_id(0x10), o.followed.orders = orders, o.followed.count = 2;
    assert_encodes("room.followed.event", &o);
}

static void reports(void **state)
{
    (void)state;
    struct report_info list[] = {complaint(), complaint()};
    list[1].is.room = (struct id){0}, list[1].room.len = list[1].untrue = 0, list[1].is.reason = REPORT_SPAM;
    struct out o = REPLY(REPLY_REPORTS);
    o.reports.list = list, o.reports.count = 2;
    assert_encodes("report.list.reply", &o);
    o.kind = EVENT_REPORTS;
    assert_encodes("reports.event", &o);
}

static void moderating(void **state)
{
    (void)state;
    struct mod_info list[] = {{.kind = "room-ban",
                               .time_ms = GOLDEN_TIME + 5,
                               .by = run_id(RUN_ZOE),
                               .target = run_id(RUN_TOM),
                               .by_name = view_str("Zoé 🎧"),
                               .target_name = view_str(TOM),
                               .undone = true,
                               .evening = true,
                               .room = view_str("Café du soir")},
                              {.kind = "ban",
                               .stored = true,
                               .n = 7,
                               .time_ms = GOLDEN_TIME,
                               .by = run_id(RUN_INES),
                               .target = run_id(RUN_TOM),
                               .by_name = view_str("Inès"),
                               .target_name = view_str(TOM)}};
    struct out o = REPLY(REPLY_MOD);
    o.mod.list = list, o.mod.count = 2;
    assert_encodes("mod.list.reply", &o);
    o = EVENT(EVENT_MOD_ASK);
    o.mod_ask.by = run_id(RUN_ZOE), o.mod_ask.by_name = view_str("Zoé 🎧");
    o.mod_ask.target = run_id(RUN_TOM), o.mod_ask.target_name = view_str(TOM), o.mod_ask.kind = "ban";
    assert_encodes("mod.ask.event", &o);
}

static void for_the_operator(void **state)
{
    (void)state;
    struct member_info list[] = {{.account = run_id(RUN_INES),
                                  .name = view_str("Inès"),
                                  .handle = view_str("ines_9"),
                                  .role = CLUB_FOUNDER,
                                  .devices = 2,
                                  .invites = 3},
                                 {.account = run_id(RUN_TOM),
                                  .inviter = run_id(RUN_INES),
                                  .role = CLUB_MEMBER,
                                  .state = MEMBER_DELETED,
                                  .n = 4}};
    struct out o = REPLY(REPLY_MEMBERS);
    o.members.list = list, o.members.count = 2, o.members.next = 5;
    assert_encodes("../operator/operator.members.reply", &o);
    struct media_stats media = {.peers = 20,
                                .busy = 21,
                                .datagrams_in = 22,
                                .datagrams_out = 23,
                                .forwarded = 24,
                                .sent_again = 25,
                                .stun_answered = 26,
                                .stun_refused = 27,
                                .dtls_up = 28,
                                .dtls_failed = 29,
                                .dtls_wrong_fingerprint = 30,
                                .dropped_malformed = 31,
                                .dropped_unknown = 32,
                                .dropped_auth = 33,
                                .dropped_replay = 34,
                                .dropped_muted = 35,
                                .dropped_policed = 36,
                                .dropped_send = 37,
                                .dropped_span = 38,
                                .dropped_variant = 39};
    o = REPLY(REPLY_STATS);
    o.stats = (struct rooms_stats){.members = 1,
                                   .sockets = 2,
                                   .sessions = 3,
                                   .rooms = 4,
                                   .people = 5,
                                   .heard = 6,
                                   .speaking = 7,
                                   .log_size = 8,
                                   .budget_refusals = 9,
                                   .moved = 10};
    place.stats = &media;
    assert_encodes("../operator/operator.stats.reply", &o);
    place.stats = NULL;
    o = EVENT(EVENT_CHALLENGE);
    RUN(o.challenge.nonce, 0xc0), o.challenge.club = view_str("Aparté"), o.challenge.time_ms = GOLDEN_TIME;
    place.origin = "https://club.example";
    assert_encodes("../operator/challenge.event", &o);
    place.origin = NULL;
}

/* A pattern of two shares. */
static void fill_pattern(uint8_t out[356])
{
    out[0] = 1, run(out + 1, 16, 0x10), run(out + 17, 16, RUN_INES), run(out + 33, 16, RUN_INES_DEVICE);
    run(out + 49, 16, 0x70), run(out + 65, 32, 0x41), out[97] = 2;
    run(out + 98, 2 * 97, 0), run(out + 292, 64, 0x90);
}

static void tracing(void **state)
{
    (void)state;
    struct id released[] = {run_id(RUN_INES), run_id(RUN_ZOE)};
    struct trace_room rooms[] = {{run_id(0x10), view_str("Café du soir"), GOLDEN_TIME, 2, released, 2},
                                 {.room = run_id(0x11), .opened_ms = GOLDEN_TIME - 5, .patterns = 1}};
    struct out o = REPLY(REPLY_CLUB);
    o.club = (struct club_info){.since_ms = GOLDEN_TIME, .members = 42, .trace_days = 30};
    assert_encodes("club.read.reply-bare", &o);
    o.club.words.about = view_str("Thursdays, and whenever it rains.");
    o.club.words.about_fr = view_str("Le jeudi, et quand il pleut.");
    o.club.words.contact = view_str("ines@example.org");
    assert_encodes("club.read.reply", &o);

    o = REPLY(REPLY_TRACES);
    o.traces.list = rooms, o.traces.count = 2;
    assert_encodes("trace.list.reply", &o);

    uint8_t first[420], second[517], pattern[356], secret[32 + 13], a_run[16];
    RUN(first, 0x11), RUN(second, 0x12), RUN(a_run, 0x70), fill_pattern(pattern);
    struct ledger_row patterns[] = {{.kind = LEDGER_PATTERN, .data = VIEW(first)},
                                    {.kind = LEDGER_PATTERN, .data = VIEW(second)}};
    o = REPLY(REPLY_PATTERNS);
    o.trace.rows = patterns, o.trace.count = 2;
    assert_encodes("trace.read.reply", &o);

    run(secret, 32, 0xd1), memcpy(secret + 32, "Café du soir", 13);
    const uint64_t t = GOLDEN_TIME;
    const struct id room = run_id(0x10), ines_id = run_id(RUN_INES), tom_id = run_id(RUN_TOM);
    struct ledger_row rows[] = {
        {LEDGER_ROOM, room, {{0}}, t, t + 9, 0, VIEW(secret)},
        {LEDGER_STAY, room, ines_id, t + 1, t + 9, 0, {0}},
        {LEDGER_STAY, room, tom_id, t + 2, t + 8, 0, {0}},
        {LEDGER_PATTERN, room, ines_id, t + 5, 0, 0, VIEW(pattern)}, /* then the clock was set back */
        {LEDGER_SPAN, room, ines_id, t + 3, t + 9, 70, VIEW(a_run)}};
    struct view names[5] = {[1] = view_str("Inès"), [2] = view_str(TOM)};
    o = REPLY(REPLY_TRACE);
    RUN(o.trace.root.bytes, 0xe1);
    o.trace.rows = rows, o.trace.names = names, o.trace.count = 5;
    assert_encodes("../operator/operator.trace.reply", &o);
}

static void for_admins(void **state)
{
    (void)state;
    struct open_invite invites[] = {
        {.author = {run_id(RUN_INES), view_str("Inès")}, .time_ms = GOLDEN_TIME, .expires_ms = GOLDEN_TIME + 86400000},
        {.author = {run_id(RUN_TOM), view_str(TOM)},
         .time_ms = GOLDEN_TIME + 1,
         .expires_ms = GOLDEN_TIME + 86400001,
         .held = true,
         .may_revoke = true}};
    RUN(invites[0].invite.bytes, 5), RUN(invites[1].invite.bytes, 6);
    struct out o = REPLY(REPLY_ADMIN_INVITES);
    o.open_invites.list = invites, o.open_invites.count = 2, o.open_invites.open = 3, o.open_invites.next = 9;
    assert_encodes("admin.invites.reply", &o);
    o = REPLY(REPLY_ACCOUNT);
    o.account.is = (struct member_info){.account = run_id(RUN_INES),
                                        .name = view_str("Inès"),
                                        .role = CLUB_FOUNDER,
                                        .devices = 1};
    o.account.time_ms = GOLDEN_TIME;
    assert_encodes("admin.find.reply-founder", &o);
    o.account = (struct account_info){{.account = run_id(RUN_TOM),
                                       .inviter = run_id(RUN_INES),
                                       .name = view_str(TOM),
                                       .handle = view_str("tom"),
                                       .role = CLUB_MEMBER,
                                       .state = MEMBER_HELD,
                                       .n = 5,
                                       .devices = 2,
                                       .invites = 1},
                                      view_str("Inès"),
                                      GOLDEN_TIME + 3};
    assert_encodes("admin.find.reply", &o);
    struct alert_info alerts[] = {
        {.is = {4, ALERT_DISK, {{0}}, GOLDEN_TIME + 9, 100}},
        {.is = {3, ALERT_BUDGET, run_id(RUN_TOM), GOLDEN_TIME + 3, 200}, .name = view_str(TOM)}};
    o = REPLY(REPLY_ALERTS);
    o.alerts.list = alerts, o.alerts.count = 2, o.alerts.newest = 4;
    assert_encodes("admin.alerts.reply", &o);
    o = EVENT(EVENT_ALERTS);
    o.alerts.newest = 4;
    assert_encodes("alerts.event", &o);
}

static void health(void **state)
{
    (void)state;
    struct media_stats media = {.peers = 3,
                                .busy = 120,
                                .dtls_up = 7,
                                .dtls_wrong_fingerprint = 3,
                                .dtls_failed = 4,
                                .stun_refused = 5,
                                .dropped_auth = 6,
                                .dropped_replay = 7,
                                .dropped_muted = 8,
                                .dropped_policed = 9};
    struct health is = {.version = "0.1.0",
                        .since_ms = GOLDEN_TIME,
                        .now_ms = GOLDEN_TIME + 9,
                        .written_ms = GOLDEN_TIME + 8,
                        .store_failed = 1,
                        .store_slowest_ms = 40,
                        .store_waiting = 2,
                        .disk = true,
                        .disk_left = 1ull << 30,
                        .disk_whole = 4ull << 30,
                        .media_port = 8080,
                        .media_threads = 2};
    struct out o = REPLY(REPLY_HEALTH);
    o.stats = (struct rooms_stats){.members = 5,
                                   .sessions = 3,
                                   .sockets = 4,
                                   .rooms = 2,
                                   .people = 3,
                                   .invites = 6,
                                   .log_size = 12,
                                   .moved = 1,
                                   .budget_refusals = 2};
    place.stats = &media, place.health = &is;
    assert_encodes("admin.health.reply", &o);
    is.disk = false, is.written_ms = 0;
    assert_encodes("admin.health.reply-new", &o);
}

static void hallway(void **state)
{
    (void)state;
    struct room_info list[] = {cafe(), untitled()};
    struct out o = EVENT(EVENT_HALL);
    assert_encodes("hall.event-empty", &o);
    o.hall.list = list, o.hall.count = 2;
    assert_encodes("hall.event", &o);
    o = EVENT(EVENT_HALL_ROOM);
    o.hall.list = list, o.hall.count = 1;
    assert_encodes("hall.room.event", &o);
    list[0].locked = true, list[0].hands = HANDS_OFF;
    assert_encodes("hall.room.event-locked", &o);
    list[0].locked = false, list[0].hands = HANDS_FOLLOWED;
    assert_encodes("hall.room.event-hands", &o);
    o = EVENT(EVENT_HALL_GONE);
    o.room.room = run_id(0x10);
    assert_encodes("hall.gone.event", &o);
}

static void joining(void **state)
{
    (void)state;
    struct out o = REPLY(REPLY_ROOM_OPEN);
    o.room.room = run_id(0x10);
    assert_encodes("room.open.reply", &o);

    struct media_peer media = {.ice = {.ufrag = "sErV", .pwd = "abcdefghijklmnopqrstuv12"},
                               .slot_ssrc = {101, 102, 103, UINT32_MAX}};
    struct person_info people[] = {ines(), tom(), zoe()};
    o = REPLY(REPLY_ROOM_PATH);
    o.path.ice = &media.ice;
    assert_encodes("room.path.reply", &o);
    place.at[1].address = "2001:db8::1";
    place.at[0].tcp = place.at[1].tcp = true;
    assert_encodes("room.path.reply-both", &o);
    place.at[1].address = NULL;
    place.at[0].tcp = place.at[1].tcp = false;
    fill_header(4, 2, 1);
    o = REPLY(REPLY_ROOM_JOIN);
    o.join.room = cafe(), o.join.people = people, o.join.count = 3, o.join.media = &media;
    o.join.header = VIEW(header), o.join.stage = VIEW(stage);
    assert_encodes("room.join.reply", &o);
    struct roster_change gone = {.slot = 1, .filled = true};
    RUN(gone.leaf.bytes, 0x79);
    struct hash root;
    RUN(root.bytes, 0xe1);
    o.join.count = 1, o.join.gone = &gone, o.join.gone_count = 1, o.join.trace = &root;
    assert_encodes("room.join.reply-gone", &o);
    o.join.gone_count = 0, o.join.trace = NULL;
    people[0].keyed = false;
    o.join.room = untitled(), o.join.count = 1, o.join.header = o.join.stage = (struct view){0};
    o.join.untitled = true;
    assert_encodes("room.join.reply-first", &o);
}

/* The longest reply there is: a room of 10,000 with the longest names, all keyed, as many gone. */
static void a_full_room_fits_the_queue(void **state)
{
    (void)state;
    static struct person_info people[LIMIT_PEOPLE_PER_ROOM];
    static struct roster_change gone[LIMIT_PEOPLE_PER_ROOM];
    char name[LIMIT_NAME_BYTES + 1] = "";
    uint8_t full_leaf[235];
    for (size_t i = 0; i < LIMIT_NAME_CHARS; i++) strcat(name, "\xf0\x9f\x8e\xa7");
    memset(full_leaf, 0xff, sizeof full_leaf);
    for (size_t i = 0; i < LIMIT_PEOPLE_PER_ROOM; i++) {
        people[i] = zoe();
        people[i].name = view_str(name), people[i].leaf = VIEW(full_leaf);
        people[i].silent = true, people[i].hand_ms = GOLDEN_TIME, people[i].slot = UINT16_MAX,
        people[i].order = UINT32_MAX;
        gone[i].slot = UINT16_MAX, gone[i].filled = true;
    }
    struct media_peer media = {.ice = {.ufrag = "sErV", .pwd = "abcdefghijklmnopqrstuv12"}};
    struct out o = REPLY(REPLY_ROOM_JOIN);
    o.join.room = cafe(), o.join.media = &media, o.join.header = VIEW(header), o.join.stage = VIEW(stage);
    o.join.people = people, o.join.gone = gone, o.join.count = o.join.gone_count = LIMIT_PEOPLE_PER_ROOM;
    struct json j;
    json_init(&j);
    assert_int_equal(effects_encode(&j, &o, &place), OK);
    assert_true(j.len > 4 << 20 && j.len < LIMIT_SOCKET_QUEUE_BYTES - (2 << 20)); /* and news behind it */
    json_deinit(&j);
}

static void in_a_room(void **state)
{
    (void)state;
    static const char *const plain[] = {
        "room.leave.reply",  "room.hand.reply",      "room.mute.reply",    "room.bring.reply",
        "room.answer.reply", "room.send_back.reply", "room.remove.reply",  "room.readmit.reply",
        "room.twin.reply",   "profile.set.reply",    "passkey.set.reply",  "room.mute_other.reply",
        "room.end.reply",    "room.keys.reply",      "room.seals.reply",   "room.beat.reply",
        "room.tags.reply",   "room.say.reply",       "room.react.reply",   "room.note.reply",
        "room.pin.reply",    "room.silence.reply",   "room.role.reply",    "room.lock.reply",
        "room.title.reply",  "room.hands.reply",     "room.lower.reply",   "room.lower_all.reply",
        "room.ping.reply",   "room.knock.reply", "people.follow.reply",  "people.block.reply", "event.cancel.reply",
        "report.reply",      "report.close.reply"};
    struct out o = REPLY(REPLY_OK);
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) assert_encodes(plain[i], &o);

    struct person_info p = ines();
    o = EVENT(EVENT_PERSON);
    o.person.room = run_id(0x10), o.person.person = &p;
    assert_encodes("room.person.event-keyed", &o);
    p = tom();
    assert_encodes("room.person.event", &o);
    p.silent = true;
    assert_encodes("room.person.event-silent", &o);
    p.silent = false;

    static const char *const left[] = {"self", "removed", "lost", "elsewhere", "banned", "ended"};
    o = EVENT(EVENT_LEFT);
    o.left.room = run_id(0x10), o.left.account = run_id(RUN_TOM);
    for (unsigned i = 0; i < 6; i++) {
        char file[64];
        snprintf(file, sizeof file, "room.left.event-%s", left[i]);
        o.left.why = (enum left_why)i;
        o.left.record = i == LEFT_REMOVED ? VIEW(room_ban) : (struct view){0};
        assert_encodes(file, &o);
    }
    struct departure lost = {run_id(RUN_TOM), LEFT_LOST};
    o = EVENT(EVENT_NEWS);
    o.news.room = run_id(0x10);
    o.news.people = &p, o.news.count = 1;
    o.news.left = &lost, o.news.left_count = 1;
    assert_encodes("room.news.event", &o);
    o = EVENT(EVENT_CALLED);
    o.called.room = run_id(0x10), o.called.by = run_id(RUN_INES), o.called.by_name = view_str("Inès");
    assert_encodes("room.called.event", &o);
    o.kind = EVENT_HANDS_DOWN;
    assert_encodes("room.hands_down.event", &o);
    o = EVENT(EVENT_OUT);
    o.out.room = run_id(0x10), o.out.why = LEFT_REMOVED, o.out.by_name = view_str("Inès");
    assert_encodes("room.out.event-removed", &o);
    o.out.why = LEFT_ENDED, o.out.by_name = (struct view){0};
    assert_encodes("room.out.event-ended", &o);
}

static void acts_and_pings(void **state)
{
    (void)state;
    static const char *const acts[] = {"muted", "sent_back", "lowered", "moderator", "no_moderator"};
    struct out o = EVENT(EVENT_ACT);
    o.act.room = run_id(0x10), o.act.by = run_id(RUN_INES), o.act.by_name = view_str("Inès");
    for (unsigned i = 0; i < sizeof acts / sizeof *acts; i++) {
        char file[64];
        snprintf(file, sizeof file, "room.act.event-%s", acts[i]);
        o.act.act = (enum room_act)i;
        assert_encodes(file, &o);
    }
    o = EVENT(EVENT_PINGED);
    o.pinged.room = run_id(0x10), o.pinged.title = view_str("Café du soir");
    o.pinged.by = run_id(RUN_INES), o.pinged.by_name = view_str("Inès");
    assert_encodes("pinged.event", &o);
    o = EVENT(EVENT_KNOCKED);
    o.called.room = run_id(0x10);
    o.called.by = run_id(RUN_INES), o.called.by_name = view_str("Inès");
    assert_encodes("room.knocked.event", &o);
}

static void keys(void **state)
{
    (void)state;
    struct roster_change rekey[] = {{.slot = 0, .filled = true}, {.slot = 1}},
                         joined[] = {{.slot = 2, .filled = true}};
    RUN(rekey[0].leaf.bytes, 0x77);
    RUN(joined[0].leaf.bytes, 0x78);
    struct out o = EVENT(EVENT_KEYS);
    fill_header(4, 2, 0);
    o.keys.room = run_id(0x10), o.keys.header = VIEW(header), o.keys.stage = VIEW(stage);
    o.keys.changes = rekey, o.keys.change_count = 2, o.keys.seal = VIEW(seal), o.keys.wrap = VIEW(wrap);
    assert_encodes("room.keys.event-rekey", &o);
    uint8_t share[80];
    RUN(share, 0xb5);
    struct key_split split = {.account = run_id(RUN_TOM), .first = 1, .last = 2, .seal = VIEW(share)};
    o.keys.split = &split;
    assert_encodes("room.keys.event-split", &o);
    o.keys.split = NULL;
    fill_header(5, 2, 1);
    o.keys.changes = joined, o.keys.change_count = 1, o.keys.welcome = VIEW(welcome);
    o.keys.seal = o.keys.wrap = (struct view){0};
    assert_encodes("room.keys.event-welcome", &o);
    o.keys.change_count = 0, o.keys.welcome = (struct view){0};
    assert_encodes("room.keys.event-ratchet", &o);
}

static void what_follows_a_header(void **state)
{
    (void)state;
    uint8_t hybrid[1168], beat[153], tags[111], kem[1184];
    RUN(hybrid, 0xb4), RUN(beat, 0xc1), RUN(tags, 0xc2), RUN(kem, 0xc3);
    struct out o = EVENT(EVENT_SEAL);
    o.seal.room = run_id(0x10), o.seal.counter = 4, o.seal.data = VIEW(hybrid);
    assert_encodes("room.seal.event", &o);
    o = EVENT(EVENT_BEAT);
    o.live.room = run_id(0x10), o.live.account = run_id(RUN_INES), o.live.data = VIEW(beat);
    assert_encodes("room.beat.event", &o);
    o = EVENT(EVENT_TAGS);
    o.live.room = run_id(0x10), o.live.account = run_id(RUN_TOM), o.live.data = VIEW(tags);
    assert_encodes("room.tags.event", &o);
    struct kem_info list = {run_id(RUN_TOM), VIEW(kem)};
    o = REPLY(REPLY_KEMS);
    o.kems.list = &list, o.kems.count = 1;
    assert_encodes("room.kem.reply", &o);
}

static void talk(void **state)
{
    (void)state;
    uint8_t line[545], note[289], pin[545];
    RUN(line, 0xc4), RUN(note, 0xc6), RUN(pin, 0xc7);
    struct out o = EVENT(EVENT_SAY);
    o.live.room = run_id(0x10), o.live.account = run_id(RUN_TOM), o.live.data = VIEW(line);
    assert_encodes("room.say.event", &o);
    o.kind = EVENT_NOTE, o.live.data = VIEW(note);
    assert_encodes("room.note.event", &o);
    o.kind = EVENT_PIN, o.live.data = VIEW(pin);
    assert_encodes("room.pin.event", &o);
    struct reaction list[2] = {{.account = run_id(RUN_INES)}, {.account = run_id(RUN_TOM)}};
    RUN(list[0].data, 0xc5), RUN(list[1].data, 0xc8);
    o = EVENT(EVENT_REACT);
    o.react.room = run_id(0x10), o.react.list = list, o.react.count = 2;
    assert_encodes("room.react.event", &o);
}

static void errors(void **state)
{
    (void)state;
    struct out o = REPLY(REPLY_ERROR);
    o.error.err = ERR_NOT_IN_ROOM;
    assert_encodes("room.hand.reply-error", &o);
    o.error.err = ERR_LOCKED;
    assert_encodes("room.ping.reply-error", &o);
    o.error.err = ERR_HANDS;
    assert_encodes("room.hand.reply-off", &o);
    o.error.err = ERR_RATE, o.error.retry_after_ms = 500;
    assert_encodes("log.append.reply-error", &o);
    o.error.err = ERR_BUDGET, o.error.retry_after_ms = 3600000;
    assert_encodes("profile.read.reply-error", &o);
    struct json j;
    json_init(&j);
    assert_int_equal(effects_encode_error(&j, ERR_MALFORMED), OK);
    assert_golden("error.event", &j);
    json_deinit(&j);
}

static void control_characters_are_escaped(void **state)
{
    (void)state;
    struct out o = REPLY(REPLY_LOOK);
    uint8_t odd[] = {0x00, 0x1f, '"', '\\', '\n', 0x7f};
    o.look.founder = true, o.look.club = VIEW(odd);
    struct json j;
    json_init(&j);
    assert_int_equal(effects_encode(&j, &o, &place), OK);
    json_t *got = json_loadb(j.text, j.len, JSON_ALLOW_NUL, NULL), *text = json_object_get(got, "club");
    assert_non_null(got);
    assert_int_equal(json_string_length(text), sizeof odd);
    assert_memory_equal(json_string_value(text), odd, sizeof odd);
    json_decref(got);
    json_deinit(&j);
}

static void no_file_was_left_out(void **state)
{
    (void)state;
    char path[1024];
    unsigned files = 0;
    static const char *const folders[] = {"messages", "operator"};
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", getenv("GOLDEN"), folders[i]);
        DIR *d = opendir(path);
        assert_non_null(d);
        for (struct dirent *e; (e = readdir(d));)
            files += strstr(e->d_name, ".reply") || strstr(e->d_name, ".event");
        closedir(d);
    }
    assert_int_equal(compared, files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(opening),
                                       cmocka_unit_test(log_in_parts),
                                       cmocka_unit_test(devices),
                                       cmocka_unit_test(standing),
                                       cmocka_unit_test(club),
                                       cmocka_unit_test(profiles),
                                       cmocka_unit_test(events),
                                       cmocka_unit_test(ties),
                                       cmocka_unit_test(reports),
                                       cmocka_unit_test(moderating),
                                       cmocka_unit_test(tracing),
                                       cmocka_unit_test(for_the_operator),
                                       cmocka_unit_test(for_admins),
                                       cmocka_unit_test(health),
                                       cmocka_unit_test(hallway),
                                       cmocka_unit_test(joining),
                                       cmocka_unit_test(a_full_room_fits_the_queue),
                                       cmocka_unit_test(in_a_room),
                                       cmocka_unit_test(acts_and_pings),
                                       cmocka_unit_test(keys),
                                       cmocka_unit_test(what_follows_a_header),
                                       cmocka_unit_test(talk),
                                       cmocka_unit_test(errors),
                                       cmocka_unit_test(control_characters_are_escaped),
                                       cmocka_unit_test(no_file_was_left_out)};
    return cmocka_run_group_tests(tests, fill, NULL);
}
