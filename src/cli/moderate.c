/* What is done to members: one signed record each. */
#include <string.h>

#include "cli/people.h"

/* `did` is the sentence: "Banned". */
static int act(struct session *s, struct record *rec, const char *did)
{
    struct whom whom;
    json_int_t n;
    int code = session_connect(s);
    if (!code) code = session_member(s);
    if (!code) code = people_find(s, s->args[0], &whom);
    if (code) return session_end(s, code);
    rec->target = whom.account;
    code = session_append(s, rec, &n);
    if (code) return session_end(s, code);
    session_say(s, "%s %s (%s). Record %lld of the member log.", did, whom.name, whom.id, (long long)n);
    session_add(s, "did", json_string(record_purpose(rec->type)));
    session_add(s, "account", json_string(whom.id));
    session_add(s, "name", json_string(whom.name));
    session_add(s, "n", json_integer(n));
    return session_end(s, 0);
}

static int simple(int argc, char **argv, enum record_type type, const char *command, const char *did)
{
    struct session s;
    struct record rec = {.type = type};
    int code = session_start(&s, argc, argv, command, "WHOM [--json] [--data DIR]", 1, 1, 0);
    return code ? code : act(&s, &rec, did);
}

int ban_main(int argc, char **argv)
{
    return simple(argc, argv, RECORD_BAN, "ban", "Banned");
}

int unban_main(int argc, char **argv)
{
    return simple(argc, argv, RECORD_UNBAN, "unban", "Took back the ban of");
}

int hold_main(int argc, char **argv)
{
    return simple(argc, argv, RECORD_HOLD, "hold", "Held for review all below");
}

int delete_main(int argc, char **argv)
{
    return simple(argc, argv, RECORD_DELETION, "delete", "Deleted the account and everything stored about");
}

int release_main(int argc, char **argv)
{
    struct session s;
    struct record rec = {.type = RECORD_RELEASE};
    int code = session_start(&s, argc, argv, "release", "WHOM [--subtree] [--json] [--data DIR]", 1, 1,
                             OPTION_SUBTREE);
    if (code) return code;
    rec.subtree = s.subtree;
    return act(&s, &rec, s.subtree ? "Released, with all below," : "Released");
}

int role_main(int argc, char **argv)
{
    struct session s;
    struct record rec = {.type = RECORD_ROLE};
    int code = session_start(&s, argc, argv, "role", "WHOM admin|member [--json] [--data DIR]", 2, 2, 0);
    if (code) return code;
    bool admin = strcmp(s.args[1], "admin") == 0;
    if (!admin && strcmp(s.args[1], "member"))
        return session_end(
            &s, session_fail(&s, CLI_USAGE, "usage", "A role is admin or member, not \"%.40s\".", s.args[1]));
    rec.role = admin ? 2 : 3;
    return act(&s, &rec, admin ? "Made an admin of" : "Made a member of");
}
