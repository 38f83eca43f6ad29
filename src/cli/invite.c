/* Invitations: links for others, and what became of them. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/session.h"
#include "crypt/sign.h"
#include "wire/link.h"

enum { HOUR_MS = 3600 * 1000 };

static void say_when(const struct session *s, const char *what, uint64_t time_ms)
{
    char text[64];
    time_t t = (time_t)(time_ms / 1000);
    struct tm tm;
    if (localtime_r(&t, &tm) && strftime(text, sizeof text, "%Y-%m-%d %H:%M", &tm))
        session_say(s, "%s %s.", what, text);
}

/* One link; what it opens is in the log before it is shown. */
static int make_one(struct session *s, uint64_t expires_ms, json_t *links)
{
    struct link link = {.kind = LINK_INVITE, .fingerprint = s->founder};
    struct record rec = {.type = RECORD_INVITE, .expires_ms = expires_ms};
    char url[LINK_URL_BYTES];
    json_int_t n;
    enum err e = random_bytes(link.seed, sizeof link.seed);
    if (!e) e = sign_public(link.seed, &rec.one_time_key);
    if (!e) e = link_url(url, s->origin, &link);
    int code = e ? session_fail(s, CLI_REFUSED, "internal", "The link could not be made.") : 0;
    if (!code) code = session_append(s, &rec, &n);
    if (!code) {
        session_say(s, "%s", url);
        json_array_append_new(links, json_string(url));
    }
    wipe(&link, sizeof link);
    wipe(url, sizeof url);
    return code;
}

int invite_main(int argc, char **argv)
{
    struct session s;
    int code = session_start(&s, argc, argv, "invite", "[--count N] [--hours H] [--json] [--data DIR]", 0, 0,
                             OPTION_COUNT | OPTION_HOURS);
    if (code) return code;
    json_t *links = json_array();
    code = session_connect(&s);
    if (!code) code = session_member(&s);
    uint64_t expires_ms = cli_now_ms() + s.hours * HOUR_MS;
    for (unsigned long i = 0; !code && i < s.count; i++) code = make_one(&s, expires_ms, links);
    size_t made = json_array_size(links);
    if (made) {
        session_say(&s, "%zu invitation%s, for one person each.", made, made == 1 ? "" : "s");
        say_when(&s, "Good until", expires_ms);
    }
    session_add(&s, "links", links);
    session_add(&s, "expires", json_integer((json_int_t)expires_ms));
    return session_end(&s, code);
}

int invites_main(int argc, char **argv)
{
    struct session s;
    json_t *reply, *invite;
    size_t i;
    int code = session_start(&s, argc, argv, "invites", "[--json] [--data DIR]", 0, 0, 0);
    if (code) return code;
    code = session_connect(&s);
    if (!code) code = session_member(&s);
    if (!code) code = session_ask(&s, json_pack("{s:s}", "do", "invite.list"), &reply);
    if (code) return session_end(&s, code);
    json_t *invites = json_object_get(reply, "invites");
    json_array_foreach(invites, i, invite)
    {
        const char *guest = json_string_value(json_object_get(json_object_get(invite, "guest"), "name"));
        session_say(&s, "%s  %s%s%s", json_string_value(json_object_get(invite, "invite")),
                    json_string_value(json_object_get(invite, "state")), guest ? " by " : "",
                    guest ? guest : "");
    }
    session_say(&s, "%zu invitations, %lld more possible.", i,
                (long long)json_integer_value(json_object_get(reply, "left")));
    session_add(&s, "invites", json_incref(invites));
    session_add(&s, "left", json_incref(json_object_get(reply, "left")));
    json_decref(reply);
    return session_end(&s, 0);
}

/* What revoke is given: a whole link, or the key that aparte invites lists. */
static enum err invite_key(const char *text, struct key *out)
{
    uint8_t bytes[LINK_BYTES];
    struct link link;
    const char *payload = strchr(text, '#');
    if (!payload) return b64_decode_exact(out->bytes, KEY_BYTES, text, strlen(text));
    enum err e = b64_decode_exact(bytes, sizeof bytes, payload + 1, strlen(payload + 1));
    if (!e) e = link_parse(&link, VIEW(bytes));
    if (!e && link.kind != LINK_INVITE) e = ERR_UNSUPPORTED;
    if (!e) e = sign_public(link.seed, out);
    wipe(bytes, sizeof bytes);
    wipe(&link, sizeof link);
    return e;
}

int revoke_main(int argc, char **argv)
{
    struct session s;
    struct record rec = {.type = RECORD_INVITE_REVOKE};
    json_int_t n;
    int code = session_start(&s, argc, argv, "revoke", "LINK|KEY [--json] [--data DIR]", 1, 1, 0);
    if (code) return code;
    if (invite_key(s.args[0], &rec.one_time_key))
        return session_end(
            &s, session_fail(&s, CLI_USAGE, "usage",
                             "That is neither an invitation's link nor a key as aparte invites lists it."));
    code = session_connect(&s);
    if (!code) code = session_member(&s);
    if (!code) code = session_append(&s, &rec, &n);
    if (code) return session_end(&s, code);
    session_say(&s, "Withdrew the invitation. Record %lld of the member log.", (long long)n);
    session_add(&s, "revoked", json_b64(VIEW(rec.one_time_key.bytes)));
    session_add(&s, "n", json_integer(n));
    return session_end(&s, 0);
}
