/* Every request of test/golden/messages decodes to the command it means. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "golden.h"
#include "server/api.h"

static struct request *decode_file(const char *file)
{
    json_t *json = golden_read(file);
    assert_non_null(json);
    char *text = json_dumps(json, JSON_COMPACT);
    struct request *r;
    assert_int_equal(api_decode(&r, view_str(text)), OK);
    assert_int_equal(r->id, json_integer_value(json_object_get(json, "id")));
    assert_int_equal(r->command.request, r->id);
    free(text);
    json_decref(json);
    return r;
}

#define ASSERT_RUN(field, first) assert_true(is_run((field), sizeof(field), (first)))
#define ASSERT_TEXT(view, text) assert_true(view_eq((view), view_str(text)))

static void looks(void **state)
{
    (void)state;
    struct request *r = decode_file("invite.look.request");
    assert_int_equal(r->command.kind, COMMAND_LOOK);
    ASSERT_RUN(r->command.look.invite.bytes, 5);
    ASSERT_RUN(r->command.look.sig, 0x33);
    api_free(r);
}

static void redeems(void **state)
{
    (void)state;
    struct request *r = decode_file("invite.redeem.request");
    assert_int_equal(r->command.kind, COMMAND_REDEEM);
    ASSERT_TEXT(r->command.record.name, "Zoé 🎧");
    assert_int_equal(r->command.record.record.len, 1 + 3 * 32 + 8 + 3 * 64);
    assert_int_equal(r->command.record.record.ptr[0], 3);
    assert_true(is_run(r->command.record.record.ptr + 1, 32, 5));
    assert_true(is_run(r->command.record.record.ptr + 105, 192, 9));
    api_free(r);
    r = decode_file("invite.redeem.request-founder");
    assert_int_equal(r->id, UINT32_MAX);
    assert_int_equal(r->command.record.record.ptr[0], 1);
    api_free(r);
}

static void says_hello(void **state)
{
    (void)state;
    struct request *r = decode_file("hello.request");
    assert_int_equal(r->command.kind, COMMAND_HELLO);
    ASSERT_RUN(r->command.hello.account.bytes, RUN_INES);
    ASSERT_RUN(r->command.hello.device.bytes, RUN_INES_DEVICE);
    ASSERT_RUN(r->command.hello.sig, 0x34);
    assert_int_equal(r->command.hello.log_size, 0);
    assert_int_equal(r->command.hello.log_head.bytes[31], 0);
    api_free(r);
    r = decode_file("hello.request-returning");
    assert_int_equal(r->command.hello.log_size, 3);
    ASSERT_RUN(r->command.hello.log_head.bytes, 0x61);
    api_free(r);
}

static void carries_records(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        enum command_kind kind;
        uint8_t type;
    } rows[] = {{"log.append.request-invite", COMMAND_LOG_APPEND, 2},
                {"log.append.request-invite-revoke", COMMAND_LOG_APPEND, 9},
                {"log.append.request-ban", COMMAND_LOG_APPEND, 7},
                {"pair.accept.request", COMMAND_PAIR_ACCEPT, 4},
                {"recovery.use.request", COMMAND_RECOVERY_USE, 4},
                {"room.remove.request", COMMAND_ROOM_REMOVE, 15},
                {"log.append.request-unban", COMMAND_LOG_APPEND, 8}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct request *r = decode_file(rows[i].file);
        assert_int_equal(r->command.kind, rows[i].kind);
        assert_int_equal(r->command.record.record.ptr[0], rows[i].type);
        assert_true(is_run(r->command.record.record.ptr + 1, 16, RUN_INES));
        assert_int_equal(r->command.record.name.len, 0);
        api_free(r);
    }
}

static void reads_the_log(void **state)
{
    (void)state;
    struct request *r = decode_file("log.read.request");
    assert_int_equal(r->command.kind, COMMAND_LOG_READ);
    assert_int_equal(r->command.log.from, 2);
    api_free(r);
}

static void adds_devices(void **state)
{
    (void)state;
    struct request *r = decode_file("pair.open.request");
    assert_int_equal(r->command.kind, COMMAND_PAIR_OPEN);
    ASSERT_RUN(r->command.pair.key.bytes, 5);
    api_free(r);
    r = decode_file("pair.find.request");
    assert_int_equal(r->command.kind, COMMAND_PAIR_FIND);
    assert_true(view_eq(r->command.pair.code, view_str("7K2M9QXA")));
    api_free(r);
    r = decode_file("pair.offer.request");
    assert_int_equal(r->command.kind, COMMAND_PAIR_OFFER);
    ASSERT_RUN(r->command.pair.key.bytes, 5);
    assert_int_equal(r->command.pair.body.len, 73);
    assert_int_equal(r->command.pair.sig.len, SIG_BYTES);
    assert_int_equal(r->command.pair.sig.ptr[0], 9);
    api_free(r);
    r = decode_file("pair.offer.request-unsigned");
    assert_int_equal(r->command.pair.body.len, 73);
    assert_int_equal(r->command.pair.sig.len, 0);
    api_free(r);
    r = decode_file("pair.offer.request-withdrawn");
    assert_int_equal(r->command.pair.body.len, 0);
    api_free(r);
    r = decode_file("recovery.look.request");
    assert_int_equal(r->command.kind, COMMAND_RECOVERY_LOOK);
    ASSERT_RUN(r->command.look.invite.bytes, 5);
    ASSERT_RUN(r->command.look.sig, 9);
    api_free(r);
    r = decode_file("device.list.request");
    assert_int_equal(r->command.kind, COMMAND_DEVICE_LIST);
    api_free(r);
}

static void claims(void **state)
{
    (void)state;
    struct request *r = decode_file("claim.open.request");
    assert_int_equal(r->command.kind, COMMAND_CLAIM_OPEN);
    assert_int_equal(r->command.claim.body.len, 105);
    ASSERT_RUN(r->command.claim.sig, 9);
    api_free(r);
    r = decode_file("claim.list.request");
    assert_int_equal(r->command.kind, COMMAND_CLAIM_LIST);
    api_free(r);
}

static void reads_chains(void **state)
{
    (void)state;
    struct request *r = decode_file("chain.read.request");
    assert_int_equal(r->command.kind, COMMAND_CHAIN_READ);
    assert_int_equal(r->command.chains.count, 2);
    ASSERT_RUN(r->command.chains.accounts[0].bytes, RUN_INES);
    ASSERT_RUN(r->command.chains.accounts[1].bytes, RUN_TOM);
    api_free(r);
}

static void opens_rooms(void **state)
{
    (void)state;
    struct request *r = decode_file("room.open.request");
    assert_int_equal(r->command.kind, COMMAND_ROOM_OPEN);
    ASSERT_TEXT(r->command.create.title, "Café du soir");
    assert_int_equal(r->command.create.who, ROOM_EVERYONE);
    assert_int_equal(r->command.create.picked_count, 0);
    assert_false(r->command.create.music || r->command.create.sensitive);
    api_free(r);
    r = decode_file("room.open.request-picked");
    assert_int_equal(r->command.create.title.len, 0);
    assert_int_equal(r->command.create.who, ROOM_PICKED);
    assert_int_equal(r->command.create.picked_count, 2);
    ASSERT_RUN(r->command.create.picked[1].bytes, RUN_ZOE);
    assert_true(r->command.create.music && r->command.create.sensitive);
    assert_int_equal(r->command.create.hands, HANDS_EVERYONE);
    api_free(r);
    r = decode_file("room.open.request-hands");
    assert_int_equal(r->command.create.hands, HANDS_OFF);
    api_free(r);
}

static void rules_a_room(void **state)
{
    (void)state;
    struct request *r = decode_file("room.role.request");
    assert_int_equal(r->command.kind, COMMAND_ROOM_ROLE);
    ASSERT_RUN(r->command.role.account.bytes, RUN_TOM);
    assert_true(r->command.role.moderator);
    api_free(r);
    r = decode_file("room.title.request");
    assert_int_equal(r->command.kind, COMMAND_ROOM_TITLE);
    ASSERT_TEXT(r->command.create.title, "Café du soir");
    api_free(r);
    r = decode_file("room.hands.request");
    assert_int_equal(r->command.kind, COMMAND_ROOM_HANDS);
    assert_int_equal(r->command.create.hands, HANDS_OFF);
    api_free(r);
    r = decode_file("room.hands.request-followed");
    assert_int_equal(r->command.create.hands, HANDS_FOLLOWED);
    api_free(r);
    r = decode_file("room.open.request-followed");
    assert_int_equal(r->command.create.who, ROOM_FOLLOWED);
    assert_int_equal(r->command.create.picked_count, 0);
    api_free(r);
}

static void ties_people(void **state)
{
    (void)state;
    struct request *r = decode_file("people.follow.request");
    assert_int_equal(r->command.kind, COMMAND_PEOPLE_FOLLOW);
    ASSERT_RUN(r->command.tie.account.bytes, RUN_TOM);
    assert_true(r->command.tie.on);
    api_free(r);
    r = decode_file("people.block.request");
    assert_int_equal(r->command.kind, COMMAND_PEOPLE_BLOCK);
    assert_false(r->command.tie.on);
    api_free(r);
}

static void announces(void **state)
{
    (void)state;
    struct request *r = decode_file("event.new.request");
    assert_int_equal(r->command.kind, COMMAND_EVENT_NEW);
    ASSERT_TEXT(r->command.event.title, "Café du soir");
    assert_int_equal(r->command.event.start_ms, GOLDEN_TIME + 5);
    assert_true(r->command.event.sensitive);
    assert_int_equal(r->command.event.who, ROOM_EVERYONE);
    api_free(r);
    r = decode_file("event.new.request-picked");
    assert_int_equal(r->command.event.picked_count, 1);
    ASSERT_RUN(r->command.event.picked[0].bytes, RUN_TOM);
    api_free(r);
    r = decode_file("event.cancel.request");
    assert_int_equal(r->command.kind, COMMAND_EVENT_CANCEL);
    ASSERT_RUN(r->command.close.id.bytes, 0x12);
    api_free(r);
}

static void reports(void **state)
{
    (void)state;
    struct request *r = decode_file("report.request");
    const struct report_fields *f = &r->command.report.is;
    assert_int_equal(r->command.kind, COMMAND_REPORT);
    ASSERT_RUN(f->target.bytes, RUN_TOM);
    ASSERT_RUN(f->room.bytes, 0x10);
    assert_int_equal(f->reason, REPORT_HATE);
    assert_int_equal(f->time_ms, GOLDEN_TIME + 3);
    ASSERT_TEXT(f->text, "He said:\nno");
    ASSERT_TEXT(f->evidence, "Café du soir");
    ASSERT_RUN(r->command.report.sig, 0x33);
    api_free(r);
    r = decode_file("report.request-short");
    assert_true(id_zero(r->command.report.is.room));
    assert_int_equal(r->command.report.is.reason, REPORT_OTHER);
    api_free(r);
    r = decode_file("report.close.request");
    assert_int_equal(r->command.kind, COMMAND_REPORT_CLOSE);
    ASSERT_RUN(r->command.close.id.bytes, 0x13);
    ASSERT_RUN(r->command.close.by.bytes, RUN_INES);
    assert_true(r->command.close.untrue);
    api_free(r);
}

static void joins(void **state)
{
    (void)state;
    struct request *r = decode_file("room.join.request");
    assert_int_equal(r->command.kind, COMMAND_ROOM_JOIN);
    ASSERT_RUN(r->command.join.room.bytes, 0x10);
    assert_int_equal(r->command.join.leaf.len, 203);
    assert_true(is_run(r->command.join.leaf.ptr + 139, 64, 0x90));
    const struct media_peer *m = &r->command.join.media;
    ASSERT_RUN(m->room.bytes, 0x10);
    assert_string_equal(m->ice.remote_ufrag, "aB3+");
    ASSERT_RUN(m->fingerprint.bytes, 0xd0);
    assert_int_equal(m->payload_type, 111);
    assert_int_equal(m->level_ext, 1);
    assert_int_equal(m->ssrc[0], UINT32_MAX);
    assert_int_equal(m->ssrc[1], 2);
    api_free(r);
}

static void asks_for_a_path(void **state)
{
    (void)state;
    struct request *r = decode_file("room.path.request");
    assert_int_equal(r->command.kind, COMMAND_ROOM_PATH);
    ASSERT_RUN(r->command.path.room.bytes, 0x10);
    assert_string_equal(r->command.path.ice.remote_ufrag, "aB3+");
    api_free(r);
}

static void knocks(void **state)
{
    (void)state;
    struct request *r = decode_file("room.knock.request");
    assert_int_equal(r->command.kind, COMMAND_ROOM_KNOCK);
    ASSERT_RUN(r->command.knock.room.bytes, 0x10);
    api_free(r);
}

static void acts_in_rooms(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        enum command_kind kind;
        int flag;
        bool person;
    } rows[] = {{"room.leave.request", COMMAND_ROOM_LEAVE, -1, false},
                {"room.hand.request", COMMAND_ROOM_HAND, 1, false},
                {"room.mute.request", COMMAND_ROOM_MUTE, 0, false},
                {"room.bring.request", COMMAND_ROOM_BRING, -1, true},
                {"room.answer.request", COMMAND_ROOM_ANSWER, 1, false},
                {"room.send_back.request", COMMAND_ROOM_SEND_BACK, -1, true},
                {"room.mute_other.request", COMMAND_ROOM_MUTE_OTHER, -1, true},
                {"room.lower.request", COMMAND_ROOM_LOWER, -1, true},
                {"room.ping.request", COMMAND_ROOM_PING, -1, true},
                {"room.lock.request", COMMAND_ROOM_LOCK, 1, false},
                {"room.lower_all.request", COMMAND_ROOM_LOWER_ALL, -1, false},
                {"room.readmit.request", COMMAND_ROOM_READMIT, -1, true},
                {"../operator/operator.export.request", COMMAND_OPERATOR_EXPORT, -1, true},
                {"../operator/operator.stats.request", COMMAND_OPERATOR_STATS, -1, false},
                {"room.end.request", COMMAND_ROOM_END, -1, false},
                {"invite.list.request", COMMAND_INVITE_LIST, -1, false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct request *r = decode_file(rows[i].file);
        assert_int_equal(r->command.kind, rows[i].kind);
        if (rows[i].flag >= 0) assert_int_equal(r->command.flag.on, rows[i].flag);
        if (rows[i].person) ASSERT_RUN(r->command.person.account.bytes, RUN_TOM);
        api_free(r);
    }
}

static void carries_keys(void **state)
{
    (void)state;
    struct request *r = decode_file("room.keys.request-rekey");
    const struct key_message *k = &r->command.keys;
    assert_int_equal(r->command.kind, COMMAND_ROOM_KEYS);
    assert_int_equal(k->header.len, 306);
    assert_true(is_run(k->header.ptr + 2, 16, 0x10));
    assert_int_equal(k->stage.len, 4);
    assert_int_equal(k->change_count, 2);
    assert_true(k->changes[0].filled && !k->changes[1].filled);
    ASSERT_RUN(k->changes[0].leaf.bytes, 0x77);
    assert_int_equal(k->changes[1].slot, 1);
    assert_int_equal(k->welcome_count, 0);
    assert_int_equal(k->seal_count, 2);
    assert_int_equal(k->seals[1].slot, 40);
    assert_int_equal(k->seals[1].data.len, 80);
    assert_true(is_run(k->seals[1].data.ptr, 80, 0xb0));
    assert_int_equal(k->wrap_count, 2);
    assert_true(is_run(k->wraps[1].ptr, 48, 0xb3));
    api_free(r);
    r = decode_file("room.keys.request-ratchet");
    k = &r->command.keys;
    assert_int_equal(k->welcome_count, 1);
    assert_int_equal(k->welcomes[0].data.len, 112);
    assert_int_equal(k->seal_count + k->wrap_count, 0);
    api_free(r);
}

static void shares_a_rekey(void **state)
{
    (void)state;
    struct request *r = decode_file("room.keys.request-split");
    const struct key_split *split = r->command.keys.split;
    assert_int_equal(r->command.keys.split_count, 1);
    ASSERT_RUN(split->account.bytes, RUN_TOM);
    assert_true(split->first == 1 && split->last == 2);
    assert_int_equal(split->seal.len, 80);
    assert_true(is_run(split->seal.ptr, 80, 0xb5));
    api_free(r);
    r = decode_file("room.seals.request");
    assert_int_equal(r->command.kind, COMMAND_ROOM_SEALS);
    ASSERT_RUN(r->command.seals.room.bytes, 0x10);
    assert_int_equal(r->command.seals.counter, 4);
    assert_int_equal(r->command.seals.count, 2);
    assert_int_equal(r->command.seals.list[0].slot, 40);
    assert_int_equal(r->command.seals.list[0].data.len, 1168);
    assert_true(is_run(r->command.seals.list[1].data.ptr, 80, 0xb0));
    api_free(r);
}

static void keeps_a_room_alive(void **state)
{
    (void)state;
    struct request *r = decode_file("room.beat.request");
    assert_int_equal(r->command.kind, COMMAND_ROOM_BEAT);
    ASSERT_RUN(r->command.live.room.bytes, 0x10);
    assert_true(r->command.live.data.len == 153 && is_run(r->command.live.data.ptr, 153, 0xc1));
    api_free(r);
    r = decode_file("room.tags.request");
    assert_int_equal(r->command.kind, COMMAND_ROOM_TAGS);
    ASSERT_RUN(r->command.live.room.bytes, 0x10);
    assert_true(r->command.live.data.len == 111 && is_run(r->command.live.data.ptr, 111, 0xc2));
    api_free(r);
}

static void carries_talk(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        enum command_kind kind;
        size_t len;
        unsigned first;
    } talk[] = {{"room.say.request", COMMAND_ROOM_SAY, 545, 0xc4},
                {"room.react.request", COMMAND_ROOM_REACT, 289, 0xc5},
                {"room.note.request", COMMAND_ROOM_NOTE, 289, 0xc6},
                {"room.pin.request", COMMAND_ROOM_PIN, 545, 0xc7}};
    for (size_t i = 0; i < sizeof talk / sizeof *talk; i++) {
        struct request *r = decode_file(talk[i].file);
        assert_int_equal(r->command.kind, talk[i].kind);
        ASSERT_RUN(r->command.talk.room.bytes, 0x10);
        assert_int_equal(r->command.talk.data.len, talk[i].len);
        assert_true(is_run(r->command.talk.data.ptr, talk[i].len, talk[i].first));
        assert_false(r->command.talk.again);
        api_free(r);
    }
    struct request *r = decode_file("room.silence.request");
    assert_int_equal(r->command.kind, COMMAND_ROOM_SILENCE);
    ASSERT_RUN(r->command.silence.account.bytes, RUN_TOM);
    assert_true(r->command.silence.on);
    api_free(r);
}

static void carries_encapsulation_keys(void **state)
{
    (void)state;
    struct request *r = decode_file("room.kem.request");
    assert_int_equal(r->command.kind, COMMAND_ROOM_KEM);
    ASSERT_RUN(r->command.kem.room.bytes, 0x10);
    assert_int_equal(r->command.kem.count, 2);
    ASSERT_RUN(r->command.kem.accounts[1].bytes, RUN_ZOE);
    api_free(r);
    r = decode_file("room.join.request-hybrid");
    assert_int_equal(r->command.join.kem.len, LIMIT_KEM_BYTES);
    assert_true(is_run(r->command.join.kem.ptr, LIMIT_KEM_BYTES, 0xc3));
    assert_int_equal(r->command.join.leaf.len, 235);
    api_free(r);
}

static void traces(void **state)
{
    (void)state;
    struct request *r = decode_file("room.twin.request");
    const struct media_twin *twin = &r->command.twin.is;
    assert_int_equal(r->command.kind, COMMAND_ROOM_TWIN);
    ASSERT_RUN(r->command.twin.room.bytes, 0x10);
    assert_true(twin->live && twin->offset == UINT32_MAX && twin->timestamp == 4000000000 && twin->hop == 70);
    assert_int_equal(r->command.twin.pattern.len, 420);
    assert_true(is_run(r->command.twin.pattern.ptr, 420, 0x11));
    api_free(r);
    r = decode_file("room.twin.request-again");
    assert_true(r->command.twin.is.live && r->command.twin.is.timestamp == 1);
    assert_int_equal(r->command.twin.pattern.len, 0);
    api_free(r);
    r = decode_file("room.twin.request-off");
    assert_false(r->command.twin.is.live);
    api_free(r);
    r = decode_file("club.read.request");
    assert_int_equal(r->command.kind, COMMAND_CLUB_READ);
    api_free(r);
    r = decode_file("trace.list.request");
    assert_int_equal(r->command.kind, COMMAND_TRACE_LIST);
    api_free(r);
    r = decode_file("trace.read.request");
    assert_int_equal(r->command.kind, COMMAND_TRACE_READ);
    ASSERT_RUN(r->command.trace.room.bytes, 0x10);
    api_free(r);
    r = decode_file("../operator/operator.trace.request");
    assert_int_equal(r->command.kind, COMMAND_OPERATOR_TRACE);
    assert_true(is_run(r->command.trace.releases[0].ptr, 117, 0x21));
    assert_true(is_run(r->command.trace.releases[1].ptr, 180, 0x22));
    api_free(r);
}

static void sets_profiles(void **state)
{
    (void)state;
    struct request *r = decode_file("profile.set.request");
    assert_int_equal(r->command.kind, COMMAND_PROFILE_SET);
    assert_true(r->command.profile.name && r->command.profile.handle && r->command.profile.bio &&
                r->command.profile.picture);
    ASSERT_TEXT(r->command.profile.to.name, "Inès");
    ASSERT_TEXT(r->command.profile.to.handle, "ines_9");
    ASSERT_TEXT(r->command.profile.to.bio, "Radio, mostly 🎧");
    assert_true(r->command.profile.pronouns);
    ASSERT_TEXT(r->command.profile.to.pronouns, "elle");
    assert_int_equal(r->command.profile.to.picture.len, 16);
    assert_true(is_run(r->command.profile.to.picture.ptr + 8, 8, 1));
    api_free(r);
    r = decode_file("profile.set.request-remove");
    assert_true(r->command.profile.handle && r->command.profile.picture);
    assert_false(r->command.profile.name || r->command.profile.bio || r->command.profile.pronouns);
    assert_int_equal(r->command.profile.to.handle.len + r->command.profile.to.picture.len, 0);
    api_free(r);
    assert_int_equal(api_decode(&r, view_str("{\"id\":7,\"do\":\"profile.set\"}")), ERR_MALFORMED);
    api_free(r);
    r = decode_file("profile.read.request");
    assert_int_equal(r->command.kind, COMMAND_PROFILE_READ);
    assert_int_equal(r->command.chains.count, 2);
    ASSERT_RUN(r->command.chains.accounts[1].bytes, RUN_TOM);
    api_free(r);
}

static void sets_passkeys(void **state)
{
    (void)state;
    struct request *r = decode_file("passkey.set.request");
    assert_int_equal(r->command.kind, COMMAND_PASSKEY_SET);
    assert_int_equal(r->command.passkeys.count, 2);
    assert_true(is_run(r->command.passkeys.list[0].credential.ptr, 20, 0x41));
    assert_int_equal(r->command.passkeys.list[1].data.len, 60);
    assert_true(is_run(r->command.passkeys.list[1].data.ptr, 60, 0x44));
    api_free(r);
    r = decode_file("passkey.set.request-none");
    assert_int_equal(r->command.passkeys.count, 0);
    api_free(r);
    r = decode_file("passkey.look.request");
    assert_int_equal(r->command.kind, COMMAND_PASSKEY_LOOK);
    assert_true(is_run(r->command.passkey.credential.ptr, 20, 0x41));
    api_free(r);
    r = decode_file("../operator/operator.members.request");
    assert_int_equal(r->command.kind, COMMAND_OPERATOR_MEMBERS);
    assert_int_equal(r->command.members.from, 500);
    api_free(r);
}

static void asks_as_an_admin(void **state)
{
    (void)state;
    struct request *r = decode_file("admin.health.request");
    assert_int_equal(r->command.kind, COMMAND_ADMIN_HEALTH);
    api_free(r);
    r = decode_file("admin.alerts.request");
    assert_int_equal(r->command.kind, COMMAND_ADMIN_ALERTS);
    api_free(r);
    r = decode_file("admin.invites.request");
    assert_int_equal(r->command.kind, COMMAND_ADMIN_INVITES);
    assert_int_equal(r->command.members.from, 200);
    api_free(r);
    r = decode_file("admin.find.request");
    assert_int_equal(r->command.kind, COMMAND_ADMIN_FIND);
    ASSERT_TEXT(r->command.find.handle, "ines_9");
    api_free(r);
    r = decode_file("admin.find.request-account");
    ASSERT_RUN(r->command.find.account.bytes, RUN_TOM);
    assert_int_equal(r->command.find.handle.len, 0);
    api_free(r);
    r = decode_file("admin.find.request-invite");
    ASSERT_RUN(r->command.find.invite.bytes, 5);
    api_free(r);
    static const char *const bad[] = {
        "{\"id\":7,\"do\":\"admin.find\"}",
        "{\"id\":7,\"do\":\"admin.find\",\"account\":\"YQ\"}",
        "{\"id\":7,\"do\":\"admin.find\",\"invite\":\"YQ\"}",
        "{\"id\":7,\"do\":\"admin.find\",\"handle\":\"a\",\"account\":\"UFFSU1RVVldYWVpbXF1eXw\"}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(api_decode(&r, view_str(bad[i])), ERR_MALFORMED);
        api_free(r);
    }
}

/* No request file is left out of the tests above by a decoder that refuses it. */
static void every_file_decodes(void **state)
{
    (void)state;
    char path[1024];
    unsigned seen = 0;
    snprintf(path, sizeof path, "%s/messages", getenv("GOLDEN"));
    DIR *d = opendir(path);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));) {
        if (!strstr(e->d_name, ".request")) continue;
        *strrchr(e->d_name, '.') = 0;
        api_free(decode_file(e->d_name));
        seen++;
    }
    closedir(d);
    assert_true(seen >= 21);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(looks),
                                       cmocka_unit_test(redeems),
                                       cmocka_unit_test(says_hello),
                                       cmocka_unit_test(carries_records),
                                       cmocka_unit_test(reads_the_log),
                                       cmocka_unit_test(adds_devices),
                                       cmocka_unit_test(claims),
                                       cmocka_unit_test(reads_chains),
                                       cmocka_unit_test(opens_rooms),
                                       cmocka_unit_test(rules_a_room),
                                       cmocka_unit_test(ties_people),
                                       cmocka_unit_test(announces),
                                       cmocka_unit_test(reports),
                                       cmocka_unit_test(joins),
                                       cmocka_unit_test(asks_for_a_path),
                                       cmocka_unit_test(knocks),
                                       cmocka_unit_test(acts_in_rooms),
                                       cmocka_unit_test(carries_keys),
                                       cmocka_unit_test(shares_a_rekey),
                                       cmocka_unit_test(keeps_a_room_alive),
                                       cmocka_unit_test(carries_encapsulation_keys),
                                       cmocka_unit_test(carries_talk),
                                       cmocka_unit_test(traces),
                                       cmocka_unit_test(sets_profiles),
                                       cmocka_unit_test(sets_passkeys),
                                       cmocka_unit_test(asks_as_an_admin),
                                       cmocka_unit_test(every_file_decodes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
