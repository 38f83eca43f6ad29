/* What `aparte trace` asks the server for: the ledger of the room that two admins have released. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/people.h"

/* The file that the admin screen gives: base64url, and white space that an editor may have left. */
static json_t *read_release(struct session *s, const char *path, int *code)
{
    enum { MAX = B64_LEN(LIMIT_RELEASE_BYTES) + 16 };
    char *text = malloc(MAX);
    FILE *f = fopen(path, "rb");
    size_t n = f && text ? fread(text, 1, MAX, f) : 0, from = 0;
    json_t *j = NULL;
    while (n && strchr(" \r\n\t", text[n - 1])) n--;
    while (from < n && strchr(" \r\n\t", text[from])) from++;
    if (!f)
        *code = session_fail(s, CLI_REFUSED, "release", "%.200s cannot be read: %s.", path, strerror(errno));
    else if (!n || n == MAX || !(j = json_stringn(text + from, n - from)))
        *code = session_fail(s, CLI_REFUSED, "release", "%.200s is no release from the admin screen.", path);
    if (f) fclose(f);
    free(text);
    return j;
}

static const char *sentence(const char *error)
{
    static const char *const sentences[][2] = {
        {"second_needed", "Both releases are of the same account: a trace takes two admins."},
        {"out_of_state",
         "One of the two releases is not announced in the member log. The admin screen does that "
         "when it makes the release."},
        {"forbidden", "One of the two releases is of somebody who is not, or no longer, founder or admin."},
        {"unknown_account", "One of the two releases is of a device that this club does not know."},
        {"bad_signature", "One of the two releases was changed after it was made."},
        {"not_found", "The ledger has nothing of that room, or not any more."},
        {"malformed", "These are not two releases for one room."},
    };
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
        if (strcmp(sentences[i][0], error) == 0) return sentences[i][1];
    return NULL;
}

static const json_t *member(const json_t *members, const char *account)
{
    size_t i;
    json_t *m;
    json_array_foreach(members, i, m)
    {
        const char *id = json_string_value(json_object_get(m, "account"));
        if (account && id && strcmp(id, account) == 0) return m;
    }
    return NULL;
}

/* By whom each account came into the club, up to the founder: "Tom < Zoé < Inès". */
static void add_chain(json_t *person, const json_t *members)
{
    char chain[1024] = "";
    size_t len = 0;
    const json_t *m = member(members, json_string_value(json_object_get(person, "account")));
    for (int depth = 0; m && depth < LIMIT_CHAIN_DEPTH && len < sizeof chain - 256; depth++) {
        const char *name = json_string_value(json_object_get(m, "name"));
        len += (size_t)snprintf(chain + len, sizeof chain - len, "%s%s", depth ? " < " : "",
                                name && *name ? name : "(no name)");
        m = member(members, json_string_value(json_object_get(m, "inviter")));
    }
    json_object_set_new(person, "chain", json_string(chain));
}

static int ask(struct session *s, const char *const paths[2], json_t **reply)
{
    json_t *members = NULL, *releases = json_array(), *person;
    size_t i;
    int code = 0;
    for (int k = 0; k < 2 && !code; k++) json_array_append_new(releases, read_release(s, paths[k], &code));
    if (!code) code = session_connect(s);
    if (!code)
        code = session_try(s, json_pack("{s:s, s:O}", "do", "operator.trace", "releases", releases), reply);
    if (!code && *reply_error_code(*reply)) {
        const char *error = reply_error_code(*reply), *words = sentence(error);
        code = session_fail(s, CLI_REFUSED, error, "%s", words ? words : "The server refused.");
    }
    if (!code) code = people_load(s, &members);
    if (!code) json_object_set(*reply, "releases", releases);
    json_array_foreach(json_object_get(code ? NULL : *reply, "people"), i, person) add_chain(person, members);
    json_decref(members);
    json_decref(releases);
    return code;
}

json_t *leak_fetch(const char *data, const char *const releases[2], int *code)
{
    struct session s;
    char *argv[] = {"--data", (char *)(uintptr_t)data, NULL};
    json_t *reply = NULL;
    *code = session_start(&s, data ? 2 : 0, argv, "trace", "", 0, 0, 0);
    if (*code) return NULL;
    *code = session_end(&s, ask(&s, releases, &reply));
    if (!*code) return reply;
    json_decref(reply);
    return NULL;
}
