/* aparte console LINK: this machine's console becomes a member, by an invitation like anybody's. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/session.h"
#include "crypt/sign.h"
#include "wire/link.h"

static int read_link(struct session *s, struct link *out)
{
    uint8_t bytes[LINK_BYTES];
    const char *text = s->args[0], *hash = strchr(text, '#');
    const char *payload = hash ? hash + 1 : text;
    enum err e = b64_decode_exact(bytes, sizeof bytes, payload, strlen(payload));
    if (!e) e = link_parse(out, VIEW(bytes));
    wipe(bytes, sizeof bytes);
    if (e) return session_fail(s, CLI_USAGE, "usage", "That is not a whole invitation link.");
    if (out->kind == LINK_INVITE) return 0;
    return session_fail(s, CLI_USAGE, "usage",
                        "A console is invited by a member: open the founder's link in a browser, and make an "
                        "invitation there.");
}

/* A key whose account the server knows is not thrown away; one of a club that is gone is. */
static int check_fresh(struct session *s)
{
    json_t *reply;
    if (key_file_read(&s->key, s->data)) return 0;
    int code = session_hello(s, &reply);
    if (!code && strcmp(reply_error_code(reply), "unknown_account"))
        code = session_fail(s, CLI_REFUSED, "enrolled",
                            "This console has an account already (%s). Its key is %s/" KEY_FILE ".",
                            s->role[0] ? s->role : reply_error_code(reply), s->data);
    json_decref(reply);
    return code;
}

/* The invitation must be into the club that this server has. */
static int look(struct session *s, const struct link *link)
{
    uint8_t body[256], sig[SIG_BYTES];
    struct key invite;
    struct id founder;
    json_t *reply;
    struct writer w = writer_init(body, sizeof body);
    enum err e = sign_public(link->seed, &invite);
    if (!e) e = look_write_body(&w, view_str("local"), s->nonce, &invite);
    if (!e) e = writer_end(&w);
    if (!e) e = sign_make(link->seed, "look", writer_view(&w), sig);
    if (e) return session_fail(s, CLI_REFUSED, "internal", "The link cannot be used: %s", err_sentence(e));
    int code = session_ask(s,
                           json_pack("{s:s, s:o, s:o}", "do", "invite.look", "invite",
                                     json_b64(VIEW(invite.bytes)), "sig", json_b64(VIEW(sig))),
                           &reply);
    if (code) return code;
    bool same = json_b64_exact(json_object_get(reply, "founder"), founder.bytes, ID_BYTES) &&
                id_eq(founder, link->fingerprint);
    json_decref(reply);
    return same ? 0
                : session_fail(s, CLI_REFUSED, "other_log", "The link is an invitation into another club.");
}

static enum err sign_redeem(struct record *rec, const struct link *link, const uint8_t account_seed[32],
                            const uint8_t device_seed[32], struct writer *w)
{
    const uint8_t *seeds[] = {link->seed, account_seed, device_seed};
    uint8_t sigs[3][SIG_BYTES];
    enum err e = sign_public(link->seed, &rec->one_time_key);
    if (!e) e = sign_public(account_seed, &rec->account_key);
    if (!e) e = sign_public(device_seed, &rec->device_key);
    if (!e) e = record_write_body(w, rec);
    for (int i = 0; !e && i < 3; i++)
        e = sign_make(seeds[i], record_purpose(rec->type), writer_view(w), sigs[i]);
    for (int i = 0; i < 3; i++) write_bytes(w, sigs[i], SIG_BYTES);
    return e ? e : writer_end(w);
}

/* The key is on the disk before the server hears of it: a console that died in between finds it again. */
static int redeem(struct session *s, const struct link *link)
{
    uint8_t account_seed[32], bytes[LIMIT_RECORD_BYTES];
    struct record rec = {.type = RECORD_REDEEM, .time_ms = cli_now_ms()};
    struct writer w = writer_init(bytes, sizeof bytes);
    json_t *reply;
    enum err e = random_bytes(account_seed, sizeof account_seed);
    if (!e) e = random_bytes(s->key.seed, sizeof s->key.seed);
    if (!e) e = sign_redeem(&rec, link, account_seed, s->key.seed, &w);
    wipe(account_seed, sizeof account_seed); /* it signs this once and never again */
    if (e) return session_fail(s, CLI_REFUSED, "internal", "%s", err_sentence(e));
    s->key.account = id_of_key("account", &rec.account_key);
    s->key.device = id_of_key("device", &rec.device_key);
    if (key_file_write(&s->key, s->data))
        return session_fail(s, CLI_REFUSED, "key_file", "%s/" KEY_FILE " cannot be written: %s.", s->data,
                            strerror(errno));
    int code = session_ask(s,
                           json_pack("{s:s, s:s, s:o}", "do", "invite.redeem", "name", s->name, "record",
                                     json_b64(writer_view(&w))),
                           &reply);
    if (code == CLI_REFUSED)
        key_file_remove(s->data); /* refused for sure; without an answer it may be good */
    json_decref(reply);
    return code;
}

int console_main(int argc, char **argv)
{
    struct session s;
    struct link link;
    int code = session_start(&s, argc, argv, "console", "LINK [--name NAME] [--json] [--data DIR]", 1, 1,
                             OPTION_NAME);
    if (code) return code;
    code = read_link(&s, &link);
    if (!code) code = session_connect(&s);
    if (!code) code = check_fresh(&s);
    if (!code) code = look(&s, &link);
    if (!code) code = redeem(&s, &link);
    wipe(&link, sizeof link);
    if (!code) {
        session_say(&s,
                    "This console is a member now, called %s. Its key is %s/" KEY_FILE ". "
                    "A founder can make it an admin in the browser.",
                    s.name, s.data);
        session_add(&s, "account", json_b64(VIEW(s.key.account.bytes)));
        session_add(&s, "name", json_string(s.name));
    }
    return session_end(&s, code);
}
