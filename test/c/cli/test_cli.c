/* The operator's commands against a running server: what they do, what they say, and how they fail. */
#include "member.h"

#include <sys/stat.h>

#include "crypt/sign.h"
#include "wire/link.h"

enum { OUTPUT_BYTES = 1 << 20, WORDS = 12 };

static char data[256], output[OUTPUT_BYTES];

static int set_up(void **state)
{
    (void)state;
    make_folder(folder);
    file_path(data, sizeof data, folder, "data");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    remove_folder(folder);
    return 0;
}

/* aparte WORDS... --data DATA; the exit code. What it wrote is in `output`. */
static int run_words(const char *const *words)
{
    const char *args[WORDS + 4] = {program};
    size_t n = 1;
    for (; *words; words++) args[n++] = *words;
    args[n++] = "--data";
    args[n] = data;
    return run_program(args, output, sizeof output);
}

#define RUN(...) run_words((const char *const[]){__VA_ARGS__, NULL})

static void assert_says(const char *what)
{
    if (!strstr(output, what)) fail_msg("it does not say \"%s\" but: %.2000s", what, output);
}

/* The one JSON object on standard output; the sentence on standard error stands behind it. */
static json_t *result(void)
{
    json_t *j = json_loads(output, JSON_DISABLE_EOF_CHECK, NULL);
    if (!j) fail_msg("no JSON: %.2000s", output);
    return j;
}

static void assert_json_error(const char *code)
{
    json_t *j = result();
    assert_string_equal(error_code(j), code);
    json_decref(j);
}

/* An invitation by the founder, as a link. */
static const char *make_link(void)
{
    static char url[LINK_URL_BYTES];
    struct link link = {.kind = LINK_INVITE, .seed = {0}, .fingerprint = founder.account};
    struct hash hash;
    assert_int_equal(random_bytes(link.seed, sizeof link.seed), OK);
    ask_ok(&founder, invite_text(&founder, link.seed, &hash));
    assert_int_equal(link_url(url, origin, &link), OK);
    return url;
}

static struct id console_account(void)
{
    struct id id = {0};
    json_t *j = result();
    const char *text = json_string_value(json_object_get(j, "account"));
    assert_non_null(text);
    assert_int_equal(b64_decode_exact(id.bytes, ID_BYTES, text, strlen(text)), OK);
    json_decref(j);
    return id;
}

static struct id enrol(bool admin)
{
    assert_int_equal(RUN("console", make_link(), "--name", "The console", "--json"), 0);
    struct id console = console_account();
    if (admin) ask_ok(&founder, record_text(&founder, RECORD_ROLE, console, 2));
    return console;
}

static void stop_all(void)
{
    close(founder.fd), close(guest.fd);
    assert_int_equal(stop_server(&server), 0);
}

/* ---- how they fail --------------------------------------------------------------------------------- */

static void without_a_server(void **state)
{
    (void)state;
    assert_int_equal(RUN("members"), 3);
    assert_says("No server is running on the data folder");
    assert_int_equal(RUN("ban", "Tom", "--json"), 3);
    assert_json_error("no_server");
    start(NULL, 0);
    assert_int_equal(stop_server(&server), 0);
    assert_int_equal(RUN("members"), 3); /* it has run, and stopped */
}

static void with_words_that_are_wrong(void **state)
{
    (void)state;
    assert_int_equal(RUN("ban"), 2);
    assert_says("Usage: aparte ban WHOM");
    assert_int_equal(RUN("ban", "Tom", "Zoe"), 2);
    assert_int_equal(RUN("members", "--count", "3"), 2);
    assert_says("There is no option \"--count\"");
    assert_int_equal(RUN("invite", "--count", "0"), 2);
    assert_says("--count must be a number from 1 to 1000");
    assert_int_equal(RUN("invite", "--hours", "721"), 2);
    assert_int_equal(RUN("invite", "--count"), 2); /* the value it takes is "--data" */
    assert_int_equal(RUN("ban", "--AAAAAAAAAAAAAAAAAAAA"),
                     3); /* an id, not an option: it fails for want of a server */
    assert_int_equal(RUN("ban", "--AAAAAAAAAAAAAAAAAAA"), 2);
    assert_int_equal(RUN("role", "Tom", "emperor"), 2);
    assert_int_equal(RUN("revoke", "nonsense"), 2);
    assert_int_equal(RUN("console", "https://club.example/#nonsense", "--json"), 2);
    assert_json_error("usage");
}

static void a_console_that_is_no_member(void **state)
{
    (void)state;
    found_club();
    invite_guest();
    assert_int_equal(RUN("ban", "Tom"), 4);
    assert_says("aparte console LINK");
    assert_int_equal(RUN("invite", "--json"), 4);
    assert_json_error("not_enrolled");
    assert_int_equal(RUN("members"), 0); /* for this the socket is enough */
    assert_says("Tom");
    assert_says("2 members.");
    assert_int_equal(RUN("status"), 0);
    assert_says("2 members, ");
    assert_says("0 people in 0 rooms.");
    stop_all();
}

static void a_key_that_others_can_read(void **state)
{
    (void)state;
    char path[300];
    struct stat st;
    found_club();
    invite_guest();
    enrol(false);
    snprintf(path, sizeof path, "%s/console.key", data);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    for (mode_t bit = 1; bit < 0100; bit <<= 1) {
        assert_int_equal(chmod(path, 0600 | bit), 0);
        assert_int_equal(RUN("invites", "--json"), 4);
        assert_json_error("key_file");
    }
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(RUN("invites"), 0);
    assert_int_equal(truncate(path, st.st_size - 1), 0);
    assert_int_equal(RUN("invites"), 4);
    assert_says("it is not a console's key");
    stop_all();
}

static void a_console_is_enrolled_once(void **state)
{
    (void)state;
    char link[LINK_URL_BYTES];
    found_club();
    invite_guest();
    snprintf(link, sizeof link, "%s", make_link());
    assert_int_equal(RUN("console", link, "--name", "two\nlines"), 1);
    assert_says("A name has 1 to 40 visible characters");
    assert_int_equal(RUN("invites"), 4); /* no key is left of what was refused */
    assert_int_equal(RUN("console", link, "--name", "The console"), 0);
    assert_says("This console is a member now, called The console");
    assert_int_equal(RUN("console", link), 1);
    assert_says("has an account already (member)");
    assert_int_equal(RUN("members"), 0);
    assert_says("3 members.");
    char key[300], aside[320];
    snprintf(key, sizeof key, "%s/console.key", data);
    snprintf(aside, sizeof aside, "%s.aside", key);
    assert_int_equal(rename(key, aside), 0);
    assert_int_equal(RUN("console", link), 1); /* one link, one account */
    assert_says("already used");
    unlink(aside);
    stop_all();
}

/* ---- what they do ---------------------------------------------------------------------------------- */

static void a_rank_that_does_not_suffice(void **state)
{
    (void)state;
    found_club();
    invite_guest();
    enrol(false);
    assert_int_equal(RUN("ban", "Tom"), 1);
    assert_says("above this console's rank, which is member");
    assert_int_equal(RUN("ban", "In\xc3\xa8s", "--json"), 1);
    assert_json_error("forbidden");
    json_t *r = ask(&guest, "\"do\":\"invite.list\"");
    assert_true(json_is_true(json_object_get(r, "ok"))); /* nothing happened */
    json_decref(r);
    stop_all();
}

static void links_for_a_group(void **state)
{
    (void)state;
    found_club();
    invite_guest();
    enrol(false);
    assert_int_equal(RUN("invite", "--count", "3", "--hours", "2", "--json"), 0);
    json_t *j = result();
    const json_t *links = json_object_get(j, "links");
    assert_int_equal(json_array_size(links), 3);
    uint64_t expires = (uint64_t)json_integer_value(json_object_get(j, "expires"));
    assert_true(expires > now() + 7000000 && expires < now() + 7300000);
    char first[LINK_URL_BYTES], second[LINK_URL_BYTES];
    snprintf(first, sizeof first, "%s", json_string_value(json_array_get(links, 0)));
    snprintf(second, sizeof second, "%s", json_string_value(json_array_get(links, 1)));
    json_decref(j);
    assert_int_equal(strncmp(first, origin, strlen(origin)), 0);

    /* One comes in with it. */
    struct member zoe = {0};
    uint8_t seed[32];
    make_member(&zoe);
    read_link(first, seed);
    connect_member(&zoe);
    json_t *r = ask(&zoe, look_text(&zoe, seed));
    assert_string_equal(json_string_value(json_object_get(r, "inviter")), "The console");
    json_decref(r);
    ask_ok(&zoe, redeem_text(&zoe, RECORD_REDEEM, seed, "Zoe"));
    close(zoe.fd);

    assert_int_equal(RUN("revoke", second), 0);
    assert_says("Withdrew the invitation");
    assert_int_equal(RUN("revoke", second), 1);
    assert_int_equal(RUN("invites"), 0);
    assert_says("used by Zoe");
    assert_says("revoked");
    assert_says("3 invitations, 4 more possible.");
    assert_int_equal(RUN("invite", "--count", "9", "--json"),
                     1); /* what was made is told, and why there is no more */
    j = result();
    assert_int_equal(json_array_size(json_object_get(j, "links")), 4);
    assert_string_equal(error_code(j), "invite_quota");
    json_decref(j);
    stop_all();
}

static void moderation(void **state)
{
    (void)state;
    char id[32];
    found_club();
    invite_guest();
    enrol(true);
    snprintf(id, sizeof id, "%s", b64(VIEW(guest.account.bytes)));
    assert_int_equal(RUN("ban", "Tom", "--json"), 0);
    json_t *j = result();
    assert_string_equal(json_string_value(json_object_get(j, "did")), "ban");
    assert_string_equal(json_string_value(json_object_get(j, "account")), id);
    assert_string_equal(json_string_value(json_object_get(j, "name")), "Tom");
    json_decref(j);
    for (json_t *m; (m = ws_next(guest.fd));) json_decref(m); /* until the server has closed the socket */
    close(guest.fd);
    assert_string_equal(ws_reason, "banned");
    assert_int_equal(RUN("ban", "Tom"), 1);
    assert_int_equal(RUN("unban", id), 0);
    assert_says("Took back the ban of Tom");
    connect_member(&guest);
    ask_ok(&guest, hello_text(&guest));
    assert_int_equal(RUN("hold", "Inès"), 1);         /* above an admin */
    assert_int_equal(RUN("role", "Tom", "admin"), 1); /* the founder's alone */
    assert_int_equal(RUN("hold", "Tom"), 0);
    assert_says("Held for review all below Tom");
    assert_int_equal(RUN("release", "Tom", "--subtree"), 0);
    assert_int_equal(RUN("ban", "nobody"), 1);
    assert_says("There is no member \"nobody\"");
    stop_all();
}

static void whom_one_means(void **state)
{
    (void)state;
    found_club();
    invite_guest();
    enrol(true);
    ask_ok(&guest, "\"do\":\"profile.set\",\"handle\":\"tom_9\"");
    ask_ok(&founder, "\"do\":\"profile.set\",\"handle\":\"tom\"");
    assert_int_equal(RUN("export", "@tom_9", "--json"), 0);
    assert_int_equal(RUN("export", "tom_9", "--json"), 0);
    assert_int_equal(RUN("export", "Tom", "--json"), 0);
    json_t *j = result();
    assert_string_equal(json_string_value(json_object_get(json_object_get(j, "export"), "account")),
                        b64(VIEW(guest.account.bytes)));
    json_decref(j);
    ask_ok(&guest, "\"do\":\"profile.set\",\"name\":\"tom\""); /* a name like another's handle */
    assert_int_equal(RUN("export", "tom", "--json"), 1);
    assert_json_error("ambiguous");
    assert_int_equal(RUN("export", "@tom", "--json"), 0);
    ask_ok(&guest, "\"do\":\"profile.set\",\"name\":\"In\\u00e8s\"");
    assert_int_equal(RUN("ban", "Inès"), 1);
    assert_says("2 members go by");
    stop_all();
}

/* ---- what is stored -------------------------------------------------------------------------------- */

/* The names in the first column of the inventory's first table. */
static json_t *inventory(void)
{
    char path[1024], line[4096];
    json_t *fields = json_object();
    snprintf(path, sizeof path, "%s/../../docs/privacy.md", getenv("GOLDEN"));
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        char *end = strncmp(line, "| `", 3) == 0 ? strchr(line + 3, '`') : NULL;
        if (!end || strncmp(end, "` |", 3)) continue;
        *end = 0;
        json_object_set_new(fields, line + 3, json_true());
    }
    fclose(f);
    return fields;
}

static void an_export_is_the_inventory(void **state)
{
    (void)state;
    const char *key;
    json_t *value, *fields = inventory();
    found_club();
    invite_guest();
    ask_ok(&guest,
           "\"do\":\"profile.set\",\"handle\":\"tom_9\",\"pronouns\":\"he\",\"bio\":\"Radio\","
           "\"picture\":\"iVBORw0KGgo\"");
    ask_ok(&guest, "\"do\":\"passkey.set\",\"passkeys\":[{\"credential\":\"YQ\",\"data\":\"YWE\"},"
                   "{\"credential\":\"Yg\",\"data\":\"YmI\"}]");
    assert_int_equal(RUN("export", "Tom", "--json"), 0);
    json_t *j = result(), *export = json_object_get(j, "export");
    assert_int_equal(json_object_size(export), json_object_size(fields));
    json_object_foreach(export, key, value) if (!json_object_get(fields, key))
        fail_msg("%s is in no inventory", key);
    assert_string_equal(json_string_value(json_object_get(export, "picture")), "iVBORw0KGgo");
    assert_int_equal(json_array_size(json_object_get(export, "passkeys")), 2);
    json_t *own = ask(&guest, "\"do\":\"account.export\"");
    assert_true(json_equal(json_object_get(own, "export"), export)); /* one gets the same oneself */
    json_decref(own);
    json_decref(j);
    json_decref(fields);
    stop_all();
}

static bool in_file(const char *name, const char *text)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", data, name);
    FILE *f = fopen(path, "rb");
    if (!f) return false;
    static char bytes[1 << 20];
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    return memmem(bytes, n, text, strlen(text)) != NULL;
}

static void a_deletion_leaves_no_name(void **state)
{
    (void)state;
    static const char *const words[] = {"Hortense B.", "hortense_b", "plays the viola", "her-credential",
                                        "her-sealed-code"};
    found_club();
    invite_guest();
    enrol(true);
    ask_ok(&guest, "\"do\":\"profile.set\",\"name\":\"Hortense "
                   "B.\",\"handle\":\"hortense_b\",\"bio\":\"plays the viola\"");
    char text[512];
    snprintf(text, sizeof text,
             "\"do\":\"passkey.set\",\"passkeys\":[{\"credential\":\"%s\",\"data\":\"%s\"},"
             "{\"credential\":\"Yg\",\"data\":\"YmI\"}]",
             b64(view_str(words[3])), b64(view_str(words[4])));
    ask_ok(&guest, text);
    for (int i = 0; i < 5; i++)
        assert_true(in_file("aparte.db", words[i]) || in_file("aparte.db-wal", words[i]));
    assert_int_equal(RUN("delete", "@hortense_b"), 0);
    assert_says("Deleted the account and everything stored about Hortense B.");
    for (int i = 0; i < 5; i++)
        if (in_file("aparte.db", words[i]) || in_file("aparte.db-wal", words[i]))
            fail_msg("\"%s\" is left", words[i]);
    assert_int_equal(RUN("members"), 0);
    assert_says("deleted");
    assert_int_equal(RUN("export", b64(VIEW(guest.account.bytes)), "--json"), 0);
    json_t *j = result(), *export = json_object_get(j, "export");
    assert_string_equal(json_string_value(json_object_get(export, "name")), "");
    assert_null(json_object_get(export, "handle"));
    json_decref(j);
    ask_ok(&founder, "\"do\":\"profile.set\",\"handle\":\"hortense_b\""); /* free again */
    stop_all();
    start(NULL, 0); /* and what is left verifies */
    assert_int_equal(RUN("members"), 0);
    assert_says("3 members.");
    assert_int_equal(stop_server(&server), 0);
}

/* ---- tracing: what it needs before it looks at a recording ------------------------------------------ */

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* Of one room, by an account that is nobody's; x: the first byte of that. */
static void write_release(const char *path, uint8_t x)
{
    uint8_t bytes[51 + SIG_BYTES] = {1, [17] = x};
    char text[B64_LEN(sizeof bytes) + 3];
    assert_true(b64_encode(text, sizeof text, VIEW(bytes)) > 0);
    strcat(text, "\n");
    write_file(path, text);
}

static void a_trace_needs_two_releases(void **state)
{
    (void)state;
    char one[256], two[256];
    found_club();
    file_path(one, sizeof one, folder, "one");
    file_path(two, sizeof two, folder, "two");
    assert_int_equal(RUN("trace", "leak.wav", "--release", "/nowhere", "--release", "/nowhere"), 3);
    assert_says("/nowhere cannot be read");
    write_file(one, "no release, surely");
    write_release(two, 2);
    assert_int_equal(RUN("trace", "leak.wav", "--release", one, "--release", two), 3);
    assert_says("These are not two releases for one room.");
    write_release(one, 1);
    assert_int_equal(RUN("trace", "leak.wav", "--release", one, "--release", two), 3);
    assert_says("of a device that this club does not know");
    unlink(one), unlink(two);
    close(founder.fd);
    assert_int_equal(stop_server(&server), 0);
}

int main(int argc, char **argv)
{
    program = argc > 1 ? argv[1] : "aparte";
    unsetenv("APARTE_DATA");
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(without_a_server),
        TEST(with_words_that_are_wrong),
        TEST(a_console_that_is_no_member),
        TEST(a_key_that_others_can_read),
        TEST(a_console_is_enrolled_once),
        TEST(a_rank_that_does_not_suffice),
        TEST(links_for_a_group),
        TEST(moderation),
        TEST(whom_one_means),
        TEST(an_export_is_the_inventory),
        TEST(a_deletion_leaves_no_name),
        TEST(a_trace_needs_two_releases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
