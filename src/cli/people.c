#include "cli/people.h"

#include <stdio.h>
#include <string.h>

int people_load(struct session *s, json_t **members)
{
    json_int_t after = 0;
    *members = json_array();
    do {
        json_t *reply;
        int code = session_ask(s, json_pack("{s:s, s:I}", "do", "operator.members", "after", after), &reply);
        if (!code && json_array_extend(*members, json_object_get(reply, "members")))
            code = session_fail(s, CLI_REFUSED, "internal", "There is no memory for the list of members.");
        after = json_integer_value(json_object_get(reply, "next"));
        json_decref(reply);
        if (code) {
            json_decref(*members);
            *members = NULL;
            return code;
        }
    } while (after);
    return 0;
}

static bool is(const json_t *member, const char *key, const char *text)
{
    const char *value = json_string_value(json_object_get(member, key));
    return value && strcmp(value, text) == 0;
}

/* An id is nobody's name by accident. A handle and a name may be two people's: then neither is meant. */
static bool matches(const json_t *member, const char *text)
{
    if (text[0] == '@') return is(member, "handle", text + 1);
    return is(member, "account", text) || is(member, "handle", text) || is(member, "name", text);
}

static int choose(struct session *s, const json_t *members, const char *text, const json_t **found)
{
    size_t i, count = 0;
    json_t *m;
    json_array_foreach(members, i, m)
    {
        if (is(m, "account", text)) {
            *found = m;
            return 0;
        }
        if (!matches(m, text)) continue;
        *found = m;
        count++;
    }
    if (count == 1) return 0;
    if (!count) return session_fail(s, CLI_REFUSED, "not_found", "There is no member \"%.80s\".", text);
    return session_fail(s, CLI_REFUSED, "ambiguous",
                        "%zu members go by \"%.80s\": give the account id, which aparte members lists.",
                        count, text);
}

int people_find(struct session *s, const char *text, struct whom *out)
{
    json_t *members;
    const json_t *found = NULL;
    int code = people_load(s, &members);
    if (code) return code;
    code = choose(s, members, text, &found);
    if (!code) {
        const char *id = json_string_value(json_object_get(found, "account")),
                   *name = json_string_value(json_object_get(found, "name"));
        snprintf(out->id, sizeof out->id, "%s", id ? id : "");
        snprintf(out->name, sizeof out->name, "%s", name && *name ? name : "somebody without a name");
        if (!json_b64_exact(json_object_get(found, "account"), out->account.bytes, ID_BYTES))
            code = session_fail(s, CLI_REFUSED, "internal", "The server's list of members cannot be read.");
    }
    json_decref(members);
    return code;
}

static const char *text_of(const json_t *member, const char *key)
{
    const char *text = json_string_value(json_object_get(member, key));
    return text ? text : "";
}

int members_main(int argc, char **argv)
{
    struct session s;
    json_t *members, *m;
    size_t i;
    int code = session_start(&s, argc, argv, "members", "[--json] [--data DIR]", 0, 0, 0);
    if (code) return code;
    code = session_connect(&s);
    if (!code) code = people_load(&s, &members);
    if (code) return session_end(&s, code);
    json_array_foreach(members, i, m)
    {
        const char *handle = text_of(m, "handle");
        session_say(&s, "%s  %-8s %-10s %s%s%s", text_of(m, "account"), text_of(m, "role"),
                    text_of(m, "state"), text_of(m, "name"), *handle ? "  @" : "", handle);
    }
    session_say(&s, "%zu members.", i);
    session_add(&s, "members", members);
    return session_end(&s, 0);
}

static long long number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

int status_main(int argc, char **argv)
{
    struct session s;
    json_t *is;
    int code = session_start(&s, argc, argv, "status", "[--json] [--data DIR]", 0, 0, 0);
    if (code) return code;
    code = session_connect(&s);
    if (!code) code = session_ask(&s, json_pack("{s:s}", "do", "operator.stats"), &is);
    if (code) return session_end(&s, code);
    session_say(&s, "%lld members, %lld connected by %lld sockets.", number_of(is, "members"),
                number_of(is, "sessions"), number_of(is, "sockets"));
    session_say(&s, "%lld people in %lld rooms.", number_of(is, "people"), number_of(is, "rooms"));
    session_say(&s,
                "Since the start: %lld times an account that was in a room came in by another session, "
                "which ended the first; %lld times somebody asked for more profiles than a day has.",
                number_of(is, "moved"), number_of(is, "budget_refusals"));
    session_add(&s, "status", is);
    return session_end(&s, 0);
}

int export_main(int argc, char **argv)
{
    struct session s;
    struct whom whom;
    json_t *reply;
    int code = session_start(&s, argc, argv, "export", "WHOM [--json] [--data DIR]", 1, 1, 0);
    if (code) return code;
    code = session_connect(&s);
    if (!code) code = people_find(&s, s.args[0], &whom);
    if (!code)
        code = session_ask(&s, json_pack("{s:s, s:s}", "do", "operator.export", "account", whom.id), &reply);
    if (code) return session_end(&s, code);
    json_t *x = json_object_get(reply, "export");
    if (!s.json) {
        json_dumpf(x, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
        putchar('\n');
    }
    session_add(&s, "export", json_incref(x));
    json_decref(reply);
    return session_end(&s, 0);
}
