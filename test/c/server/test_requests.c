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
    api_free(r);
    r = decode_file("room.open.request-picked");
    assert_int_equal(r->command.create.title.len, 0);
    assert_int_equal(r->command.create.who, ROOM_PICKED);
    assert_int_equal(r->command.create.picked_count, 2);
    ASSERT_RUN(r->command.create.picked[1].bytes, RUN_ZOE);
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
    assert_string_equal(m->remote_ufrag, "aB3+");
    ASSERT_RUN(m->fingerprint.bytes, 0xd0);
    assert_int_equal(m->payload_type, 111);
    assert_int_equal(m->level_ext, 1);
    assert_int_equal(m->ssrc[0], UINT32_MAX);
    assert_int_equal(m->ssrc[1], 2);
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
                {"room.readmit.request", COMMAND_ROOM_READMIT, -1, true},
                {"../operator/operator.export.request", COMMAND_OPERATOR_EXPORT, -1, true},
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
    assert_int_equal(r->command.profile.to.picture.len, 16);
    assert_true(is_run(r->command.profile.to.picture.ptr + 8, 8, 1));
    api_free(r);
    r = decode_file("profile.set.request-remove");
    assert_true(r->command.profile.handle && r->command.profile.picture);
    assert_false(r->command.profile.name || r->command.profile.bio);
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
                                       cmocka_unit_test(joins),
                                       cmocka_unit_test(acts_in_rooms),
                                       cmocka_unit_test(carries_keys),
                                       cmocka_unit_test(shares_a_rekey),
                                       cmocka_unit_test(keeps_a_room_alive),
                                       cmocka_unit_test(carries_encapsulation_keys),
                                       cmocka_unit_test(sets_profiles),
                                       cmocka_unit_test(sets_passkeys),
                                       cmocka_unit_test(every_file_decodes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
