/* What api.c refuses, and with which code: shape, types, unknown and doubled members, bombs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "server/api.h"

#define ID "\"EBESExQVFhcYGRobHB0eHw\""
#define HASH "\"0NHS09TV1tfY2drb3N3e3-Dh4uPk5ebn6Onq6-zt7u8\""
#define MEDIA "{\"ufrag\":\"aB3+\",\"fingerprint\":" HASH ",\"pt\":111,\"level\":1,\"ssrc\":[1,2]}"

static enum err decode(const char *text, size_t len, uint32_t *id)
{
    struct request *r;
    uint8_t *exact = malloc(len ? len : 1); /* so that a byte too far is seen */
    memcpy(exact, text, len);
    enum err e = api_decode(&r, (struct view){exact, len});
    assert_non_null(r);
    if (id) *id = r->id;
    api_free(r);
    free(exact);
    return e;
}

static void expect(const char *text, enum err want, uint32_t want_id)
{
    uint32_t id;
    enum err got = decode(text, strlen(text), &id);
    if (got != want || id != want_id) fail_msg("%.200s: error %d, id %u", text, got, id);
}

static void good_ones_pass(void **state)
{
    (void)state;
    expect("{\"id\":1,\"do\":\"room.leave\"}", OK, 1);
    expect(" {\"do\" : \"room.hand\", \"up\":true, \"id\":4294967295 }\n", OK, 4294967295u);
    expect("{\"id\":2,\"do\":\"room.join\",\"room\":" ID ",\"leaf\":\"\",\"media\":" MEDIA "}", OK, 2);
    expect("{\"id\":3,\"do\":\"chain.read\",\"accounts\":[]}", OK, 3);
}

static void without_a_usable_id_there_is_nobody_to_answer(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        " ",
                                        "null",
                                        "7",
                                        "\"text\"",
                                        "[]",
                                        "[{\"id\":1,\"do\":\"room.leave\"}]",
                                        "{",
                                        "{}",
                                        "{\"id\":1",
                                        "{\"do\":\"room.leave\"}",
                                        "{\"id\":0,\"do\":\"room.leave\"}",
                                        "{\"id\":-1,\"do\":\"room.leave\"}",
                                        "{\"id\":4294967296,\"do\":\"room.leave\"}",
                                        "{\"id\":1.0,\"do\":\"room.leave\"}",
                                        "{\"id\":\"1\",\"do\":\"room.leave\"}",
                                        "{\"id\":null,\"do\":\"room.leave\"}",
                                        "{\"id\":1e3,\"do\":\"room.leave\"}",
                                        "{\"id\":true,\"do\":\"room.leave\"}",
                                        "{\"id\":[1],\"do\":\"room.leave\"}",
                                        "{\"id\":99999999999999999999999999,\"do\":\"room.leave\"}",
                                        "{\"id\":1,\"id\":2,\"do\":\"room.leave\"}",
                                        "{\"id\":1,\"do\":\"room.leave\",\"do\":\"room.end\"}",
                                        "{\"id\":1,\"do\":\"room.leave\"} x",
                                        "{\"id\":1,\"do\":\"room.leave\"}{}",
                                        "{'id':1,'do':'room.leave'}",
                                        "{\"id\":1,\"do\":\"room.leave\",}",
                                        "{\"id\":1,\"do\":\"room.leave\",\"x\":\"\\u0000\"}",
                                        "{\"id\":1,\"do\":\"room.leave\",\"x\":\"\xff\xfe\"}",
                                        "{\"id\":1,\"do\":\"room.leave\",\"x\":\"\\ud800\"}",
                                        "{\"id\":1,\"do\":\"room.hand\",\"up\":NaN}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) expect(texts[i], ERR_MALFORMED, 0);
}

static void nul_bytes_end_nothing(void **state)
{
    (void)state;
    static const char after[] = "{\"id\":1,\"do\":\"room.leave\"}\0",
                      inside[] = "{\"id\":1,\"do\":\"room.leave\0\"}";
    assert_int_equal(decode(after, sizeof after - 1, NULL), ERR_MALFORMED);
    assert_int_equal(decode(inside, sizeof inside - 1, NULL), ERR_MALFORMED);
}

static void requests_have_their_members_and_no_others(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"id\":9}",
        "{\"id\":9,\"do\":7}",
        "{\"id\":9,\"do\":null}",
        "{\"id\":9,\"do\":\"room.leave\",\"room\":" ID "}",
        "{\"id\":9,\"do\":\"room.hand\"}",
        "{\"id\":9,\"do\":\"room.hand\",\"up\":1}",
        "{\"id\":9,\"do\":\"room.hand\",\"up\":\"true\"}",
        "{\"id\":9,\"do\":\"room.hand\",\"up\":null}",
        "{\"id\":9,\"do\":\"room.hand\",\"up\":true,\"muted\":true}",
        "{\"id\":9,\"do\":\"room.hand\",\"Up\":true}",
        "{\"id\":9,\"do\":\"room.bring\"}",
        "{\"id\":9,\"do\":\"room.bring\",\"account\":7}",
        "{\"id\":9,\"do\":\"room.bring\",\"account\":\"\"}",
        "{\"id\":9,\"do\":\"room.bring\",\"account\":\"EBESExQVFhcYGRobHB0eH\"}",
        "{\"id\":9,\"do\":\"room.bring\",\"account\":\"EBESExQVFhcYGRobHB0eHwA\"}",
        "{\"id\":9,\"do\":\"room.bring\",\"account\":\"EBESExQVFhcYGRobHB0eHw==\"}",
        "{\"id\":9,\"do\":\"room.bring\",\"account\":\"EBESExQVFhcYGRobHB0eHz\"}", /* trailing bits */
        "{\"id\":9,\"do\":\"room.bring\",\"account\":\"EBESExQVFhcYGRobHB0e+w\"}",
        "{\"id\":9,\"do\":\"room.bring\",\"account\":\"EBESExQVFhcYGRobHB0e w\"}",
        "{\"id\":9,\"do\":\"log.append\",\"record\":[]}",
        "{\"id\":9,\"do\":\"log.append\",\"record\":\"A\"}",
        "{\"id\":9,\"do\":\"invite.redeem\",\"record\":\"AAAA\"}",
        "{\"id\":9,\"do\":\"invite.redeem\",\"record\":\"AAAA\",\"name\":7}",
        "{\"id\":9,\"do\":\"chain.read\",\"accounts\":{}}",
        "{\"id\":9,\"do\":\"chain.read\",\"accounts\":[7]}",
        "{\"id\":9,\"do\":\"chain.read\",\"accounts\":[null]}",
        "{\"id\":9,\"do\":\"chain.read\",\"accounts\":" ID "}",
        "{\"id\":9,\"do\":\"room.open\",\"title\":\"\",\"who\":\"nobody\"}",
        "{\"id\":9,\"do\":\"room.open\",\"title\":\"\",\"who\":\"picked\"}",
        "{\"id\":9,\"do\":\"room.open\",\"title\":\"\",\"who\":\"everyone\",\"picked\":[]}",
        "{\"id\":9,\"do\":\"room.open\",\"title\":\"\",\"who\":\"everyone\",\"sound\":\"noise\"}",
        "{\"id\":9,\"do\":\"room.open\",\"title\":\"\",\"who\":\"everyone\",\"sound\":true}",
        "{\"id\":9,\"do\":\"room.open\",\"title\":null,\"who\":\"everyone\"}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) expect(texts[i], ERR_MALFORMED, 9);
}

static void hello_is_exact(void **state)
{
    (void)state;
#define SIG "MzQ1Njc4OTo7PD0-P0BBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWltcXV5fYGFiY2RlZmdoaWprbG1ub3Bxcg"
    char text[1024];
    static const char *const logs[] = {"7",
                                       "[]",
                                       "null",
                                       "{}",
                                       "{\"size\":0}",
                                       "{\"head\":" HASH "}",
                                       "{\"size\":-1,\"head\":" HASH "}",
                                       "{\"size\":1.5,\"head\":" HASH "}",
                                       "{\"size\":0,\"head\":" ID "}",
                                       "{\"size\":0,\"head\":" HASH ",\"x\":0}"};
    for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
        snprintf(text, sizeof text,
                 "{\"id\":9,\"do\":\"hello\",\"account\":" ID ",\"device\":" ID ",\"sig\":\"" SIG
                 "\",\"log\":%s}",
                 logs[i]);
        expect(text, ERR_MALFORMED, 9);
    }
    snprintf(text, sizeof text,
             "{\"id\":9,\"do\":\"hello\",\"account\":" ID ",\"device\":" ID ",\"sig\":\"" SIG "\",\"log\":"
             "{\"size\":9007199254740991,\"head\":" HASH "}}");
    expect(text, OK, 9);
}

static void media_is_exact(void **state)
{
    (void)state;
    static const char *const medias[] = {
        "null",
        "[]",
        "{}",
        "{\"ufrag\":\"aB3\",\"fingerprint\":" HASH ",\"pt\":111,\"level\":1,\"ssrc\":[1,2]}",
        "{\"ufrag\":\"aB3 x\",\"fingerprint\":" HASH ",\"pt\":111,\"level\":1,\"ssrc\":[1,2]}",
        "{\"ufrag\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"fingerprint\":" HASH
        ",\"pt\":111,\"level\":1,\"ssrc\":[1,2]}",
        "{\"ufrag\":\"aB3+\",\"fingerprint\":" ID ",\"pt\":111,\"level\":1,\"ssrc\":[1,2]}",
        "{\"ufrag\":\"aB3+\",\"fingerprint\":" HASH ",\"pt\":128,\"level\":1,\"ssrc\":[1,2]}",
        "{\"ufrag\":\"aB3+\",\"fingerprint\":" HASH ",\"pt\":-1,\"level\":1,\"ssrc\":[1,2]}",
        "{\"ufrag\":\"aB3+\",\"fingerprint\":" HASH ",\"pt\":111,\"level\":15,\"ssrc\":[1,2]}",
        "{\"ufrag\":\"aB3+\",\"fingerprint\":" HASH ",\"pt\":111,\"level\":1,\"ssrc\":[1]}",
        "{\"ufrag\":\"aB3+\",\"fingerprint\":" HASH ",\"pt\":111,\"level\":1,\"ssrc\":[1,2,3]}",
        "{\"ufrag\":\"aB3+\",\"fingerprint\":" HASH ",\"pt\":111,\"level\":1,\"ssrc\":[1,1]}",
        "{\"ufrag\":\"aB3+\",\"fingerprint\":" HASH ",\"pt\":111,\"level\":1,\"ssrc\":[0,1]}",
        "{\"ufrag\":\"aB3+\",\"fingerprint\":" HASH ",\"pt\":111,\"level\":1,\"ssrc\":[1,4294967296]}",
        "{\"ufrag\":\"aB3+\",\"fingerprint\":" HASH ",\"pt\":111,\"level\":1,\"ssrc\":[1,\"2\"]}",
        "{\"ufrag\":\"aB3+\",\"fingerprint\":" HASH ",\"pt\":111,\"level\":1,\"ssrc\":[1,2],\"sdp\":\"\"}"};
    char text[1024];
    for (size_t i = 0; i < sizeof medias / sizeof *medias; i++) {
        snprintf(text, sizeof text,
                 "{\"id\":9,\"do\":\"room.join\",\"room\":" ID ",\"leaf\":\"AAAA\",\"media\":%s}", medias[i]);
        expect(text, ERR_MALFORMED, 9);
    }
}

static void keys_are_exact(void **state)
{
    (void)state;
    /* AQE + room: the first 18 bytes of a header are version, suite and the room. */
#define KEYS(room, header, rest)                                                                             \
    "{\"id\":9,\"do\":\"room.keys\",\"room\":" room ",\"header\":\"" header "\",\"stage\":\"AA\"," rest "}"
#define NO_PARTS "\"changes\":[],\"welcomes\":[],\"seals\":[],\"wraps\":[]"
#define ITS_HEADER "AQEQERITFBUWFxgZGhscHR4f"
    expect(KEYS(ID, ITS_HEADER, NO_PARTS), OK, 9);
    expect(KEYS(ID, "AQERERITFBUWFxgZGhscHR4f", NO_PARTS), ERR_MALFORMED, 9);
    expect(KEYS(ID, "AQEQ", NO_PARTS), ERR_MALFORMED, 9);
    expect(KEYS("7", ITS_HEADER, NO_PARTS), ERR_MALFORMED, 9);
    static const char *const rests[] = {
        KEYS(ID, ITS_HEADER, "\"changes\":[],\"welcomes\":[],\"seals\":[]"),
        KEYS(ID, ITS_HEADER, NO_PARTS ",\"more\":[]"),
        KEYS(ID, ITS_HEADER, "\"changes\":[7],\"welcomes\":[],\"seals\":[],\"wraps\":[]"),
        KEYS(ID, ITS_HEADER, "\"changes\":[{}],\"welcomes\":[],\"seals\":[],\"wraps\":[]"),
        KEYS(ID, ITS_HEADER, "\"changes\":[{\"slot\":0}],\"welcomes\":[],\"seals\":[],\"wraps\":[]"),
        KEYS(ID, ITS_HEADER,
             "\"changes\":[{\"slot\":0,\"leaf\":" ID "}],\"welcomes\":[],\"seals\":[],\"wraps\":[]"),
        KEYS(ID, ITS_HEADER,
             "\"changes\":[{\"slot\":0,\"leaf\":false}],\"welcomes\":[],\"seals\":[],\"wraps\":[]"),
        KEYS(ID, ITS_HEADER,
             "\"changes\":[{\"slot\":65536,\"leaf\":null}],\"welcomes\":[],\"seals\":[],\"wraps\":[]"),
        KEYS(ID, ITS_HEADER,
             "\"changes\":[{\"slot\":0,\"leaf\":null,\"x\":1}],\"welcomes\":[],\"seals\":[],\"wraps\":[]"),
        KEYS(ID, ITS_HEADER, "\"changes\":[],\"welcomes\":[{\"slot\":0}],\"seals\":[],\"wraps\":[]"),
        KEYS(ID, ITS_HEADER,
             "\"changes\":[],\"welcomes\":[],\"seals\":[{\"slot\":0,\"data\":\"A\"}],\"wraps\":[]"),
        KEYS(ID, ITS_HEADER,
             "\"changes\":[],\"welcomes\":[],\"seals\":[{\"slot\":0,\"data\":\"AA\",\"x\":1}],\"wraps\":[]"),
        KEYS(ID, ITS_HEADER, "\"changes\":[],\"welcomes\":[],\"seals\":[],\"wraps\":[null]"),
        KEYS(ID, ITS_HEADER, "\"changes\":[],\"welcomes\":[],\"seals\":[],\"wraps\":{}")};
    for (size_t i = 0; i < sizeof rests / sizeof *rests; i++) expect(rests[i], ERR_MALFORMED, 9);
}

static void unknown_requests_are_named_so(void **state)
{
    (void)state;
    static const char *const names[] = {"",        "room",         "room.leave ", "ROOM.LEAVE", "socket.open",
                                        "peer.up", "room.leave\\n"};
    char text[128];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(text, sizeof text, "{\"id\":9,\"do\":\"%s\"}", names[i]);
        expect(text, ERR_UNKNOWN_REQUEST, 9);
    }
}

static char *repeat(const char *head, const char *part, size_t n, const char *tail)
{
    size_t len = strlen(part);
    char *text = malloc(strlen(head) + n * len + strlen(tail) + 1), *at = text + strlen(head);
    strcpy(text, head);
    for (size_t i = 0; i < n; i++) memcpy(at + i * len, part, len);
    strcpy(at + n * len, tail);
    return text;
}

static void bombs_and_giants_are_too_large(void **state)
{
    (void)state;
    struct {
        char *text;
        uint32_t id;
    } rows[] = {
        {repeat("{\"id\":1,\"do\":\"room.leave\",\"x\":", "[", 1000000, ""), 0},
        {repeat("{\"id\":1,\"do\":\"room.leave\",\"x\":", "{\"a\":", 100000, ""), 0},
        {repeat("{\"id\":1,\"do\":\"room.leave\",\"x\":[", "0,", 70000, "0]}"), 0},
        {repeat("{\"id\":1,\"do\":\"log.append\",\"record\":\"", "A", LIMIT_MESSAGE_BYTES, "\"}"), 0},
        {repeat("{\"id\":1,\"do\":\"log.append\",\"record\":\"", "AAAA", 200, "\"}"), 1},
        {repeat("{\"id\":1,\"do\":\"chain.read\",\"accounts\":[", ID ",", 64, ID "]}"), 1},
        {repeat("{\"id\":1,\"do\":\"room.open\",\"title\":\"\",\"who\":\"picked\",\"picked\":[", ID ",", 200,
                ID "]}"),
         1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        expect(rows[i].text, ERR_TOO_LARGE, rows[i].id);
        free(rows[i].text);
    }
    char *quoted =
        repeat("{\"id\":1,\"do\":\"room.open\",\"who\":\"everyone\",\"title\":\"\\\"", "[{,", 50000, "\"}");
    expect(quoted, OK, 1); /* brackets in a text are text; the rules refuse the title */
    free(quoted);
}

static void a_message_has_so_many_values(void **state)
{
    enum { OTHERS = 4 }; /* the object, its two commas, the array: each comma in it makes one more */
    (void)state;
    for (size_t more = 0; more <= 1; more++) {
        char *text = repeat("{\"id\":1,\"do\":\"room.leave\",\"x\":[", "0,", LIMIT_MESSAGE_NODES - OTHERS + more,
                            "0]}");
        expect(text, more ? ERR_TOO_LARGE : ERR_MALFORMED, !more); /* it was read, and x is nothing of ours */
        free(text);
    }
}

/* As large as the limits let a room get: a flat rekey passes. */
static void a_full_rekey_passes(void **state)
{
    (void)state;
    char *seals = repeat("",
                         "{\"slot\":7,\"data\":"
                         "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                         "AAAAAAAAAAAAAAAAAAAAAAAAAA\"},",
                         LIMIT_PEOPLE_PER_ROOM - 1, "{\"slot\":7,\"data\":\"AA\"}");
    size_t cap = strlen(seals) + 1024;
    char *text = malloc(cap);
    snprintf(text, cap,
             "{\"id\":9,\"do\":\"room.keys\",\"room\":" ID ",\"header\":\"" ITS_HEADER "\",\"stage\":\"AA\","
             "\"changes\":[],\"welcomes\":[],\"seals\":[%s],\"wraps\":[]}",
             seals);
    struct request *r;
    assert_int_equal(api_decode(&r, view_str(text)), OK);
    assert_int_equal(r->command.keys.seal_count, LIMIT_PEOPLE_PER_ROOM);
    assert_int_equal(r->command.keys.seals[1].data.len, 80);
    api_free(r);
    free(text);
    free(seals);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(good_ones_pass),
                                       cmocka_unit_test(without_a_usable_id_there_is_nobody_to_answer),
                                       cmocka_unit_test(nul_bytes_end_nothing),
                                       cmocka_unit_test(requests_have_their_members_and_no_others),
                                       cmocka_unit_test(hello_is_exact),
                                       cmocka_unit_test(media_is_exact),
                                       cmocka_unit_test(keys_are_exact),
                                       cmocka_unit_test(unknown_requests_are_named_so),
                                       cmocka_unit_test(bombs_and_giants_are_too_large),
                                       cmocka_unit_test(a_message_has_so_many_values),
                                       cmocka_unit_test(a_full_rekey_passes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
