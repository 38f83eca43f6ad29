/* The conversation with the server: one JSON text per line, see docs/protocol.md "Operator". */
#include "cli/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "crypt/sign.h"

enum { ANSWER_S = 60, READ_BYTES = 65536 };

#define HOST "local"
#define SOCKET_NAME "aparte.sock"

uint64_t cli_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

json_t *json_b64(struct view v)
{
    size_t cap = B64_LEN(v.len) + 1;
    char *text = malloc(cap);
    json_t *j = text && (!v.len || b64_encode(text, cap, v)) ? json_stringn(text, cap - 1) : NULL;
    free(text);
    return j;
}

bool json_b64_exact(const json_t *text, uint8_t *out, size_t len)
{
    return json_is_string(text) &&
           b64_decode_exact(out, len, json_string_value(text), json_string_length(text)) == OK;
}

const char *reply_error_code(const json_t *reply)
{
    const char *code = json_string_value(json_object_get(json_object_get(reply, "error"), "code"));
    return code ? code : "";
}

/* ---- lines ---------------------------------------------------------------------------------------- */

static int lost(struct session *s)
{
    return session_fail(s, CLI_NO_SERVER, "no_server", "The server does not answer any more.");
}

static bool send_line(struct session *s, const json_t *message)
{
    char *text = json_dumps(message, JSON_COMPACT);
    size_t len = text ? strlen(text) : 0, sent = 0;
    if (text) text[len++] = '\n'; /* in the place of the NUL */
    while (text && sent < len) {
        ssize_t n = send(s->fd, text + sent, len - sent, MSG_NOSIGNAL);
        if (n <= 0 && errno != EINTR) break;
        if (n > 0) sent += (size_t)n;
    }
    free(text);
    return len && sent == len;
}

static bool read_more(struct session *s)
{
    if (s->in_cap - s->in_len < READ_BYTES) {
        size_t cap = s->in_cap ? s->in_cap * 2 : 2 * READ_BYTES;
        char *in = cap > 2 * (size_t)LIMIT_LOCAL_QUEUE_BYTES ? NULL : realloc(s->in, cap);
        if (!in) return false;
        s->in = in;
        s->in_cap = cap;
    }
    ssize_t n;
    do n = recv(s->fd, s->in + s->in_len, s->in_cap - s->in_len, 0);
    while (n < 0 && errno == EINTR);
    if (n <= 0) return false;
    s->in_len += (size_t)n;
    return true;
}

/* The next message; NULL: there is none and will be none. */
static json_t *next_message(struct session *s)
{
    size_t seen = 0;
    char *end;
    if (s->in_used) {
        s->in_len -= s->in_used;
        memmove(s->in, s->in + s->in_used, s->in_len);
        s->in_used = 0;
    }
    while (!(end = s->in_len > seen ? memchr(s->in + seen, '\n', s->in_len - seen) : NULL)) {
        seen = s->in_len;
        if (!read_more(s)) return NULL;
    }
    s->in_used = (size_t)(end - s->in) + 1;
    return json_loadb(s->in, s->in_used - 1, 0, NULL);
}

static bool is_event(const json_t *message, const char *name)
{
    const char *ev = json_string_value(json_object_get(message, "ev"));
    return ev && strcmp(ev, name) == 0;
}

/* ---- requests ------------------------------------------------------------------------------------- */

int session_try(struct session *s, json_t *request, json_t **reply)
{
    json_int_t id = ++s->next_id;
    *reply = NULL;
    bool sent = request && !json_object_set_new(request, "id", json_integer(id)) && send_line(s, request);
    json_decref(request);
    if (!sent) return lost(s);
    for (json_t *m; (m = next_message(s)); json_decref(m)) {
        if (json_integer_value(json_object_get(m, "re")) == id) {
            *reply = m;
            return 0;
        }
        if (!is_event(m, "error")) continue;
        const char *why = json_string_value(json_object_get(json_object_get(m, "error"), "message"));
        int code = session_fail(s, CLI_REFUSED, reply_error_code(m), "%s", why ? why : "The server closed.");
        json_decref(m);
        return code;
    }
    return lost(s);
}

int session_ask(struct session *s, json_t *request, json_t **reply)
{
    int code = session_try(s, request, reply);
    if (code || json_is_true(json_object_get(*reply, "ok"))) return code;
    const json_t *error = json_object_get(*reply, "error");
    const char *why = json_string_value(json_object_get(error, "message"));
    const char *name = reply_error_code(*reply);
    if (strcmp(name, "forbidden") == 0 && s->role[0])
        code = session_fail(
            s, CLI_REFUSED, name,
            "That is above this console's rank, which is %s: a founder or admin can do it, or give the "
            "console a higher one.",
            s->role);
    else
        code = session_fail(s, CLI_REFUSED, name, "%s", why ? why : "The server refused.");
    json_decref(*reply);
    *reply = NULL;
    return code;
}

/* ---- opening -------------------------------------------------------------------------------------- */

static int no_server(struct session *s)
{
    if (errno == EACCES || errno == EPERM)
        return session_fail(
            s, CLI_NO_SERVER, "no_server",
            "The socket in %s belongs to another user: run this as the one who runs the server.", s->data);
    return session_fail(s, CLI_NO_SERVER, "no_server",
                        "No server is running on the data folder %s (--data, APARTE_DATA): %s.", s->data,
                        strerror(errno));
}

int session_connect(struct session *s)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const struct timeval patience = {.tv_sec = ANSWER_S};
    int n = snprintf(address.sun_path, sizeof address.sun_path, "%s/" SOCKET_NAME, s->data);
    if (n < 0 || (size_t)n >= sizeof address.sun_path)
        return session_fail(s, CLI_USAGE, "usage", "The path of the data folder is too long.");
    s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s->fd < 0 || connect(s->fd, (struct sockaddr *)&address, sizeof address)) return no_server(s);
    setsockopt(s->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    json_t *hello = next_message(s);
    const char *origin = json_string_value(json_object_get(hello, "origin"));
    bool good = is_event(hello, "challenge") && origin && strlen(origin) < sizeof s->origin &&
                json_b64_exact(json_object_get(hello, "nonce"), s->nonce, sizeof s->nonce);
    if (good) memcpy(s->origin, origin, strlen(origin) + 1);
    json_decref(hello);
    return good ? 0 : lost(s);
}

static int key_trouble(struct session *s, enum err e)
{
    if (e == ERR_NOT_FOUND)
        return session_fail(
            s, CLI_NO_MEMBER, "not_enrolled",
            "This console is not a member yet: invite it in the browser, then run: aparte console LINK");
    if (e == ERR_FORBIDDEN)
        return session_fail(
            s, CLI_NO_MEMBER, "key_file",
            "%s/" KEY_FILE " is open to others or another user's, so it cannot be trusted: chmod 600 it, "
            "and if somebody may have read it, delete the console's account and enrol it again.",
            s->data);
    return session_fail(s, CLI_NO_MEMBER, "key_file", "%s/" KEY_FILE " cannot be used: %s.", s->data,
                        e == ERR_SYSTEM ? strerror(errno) : "it is not a console's key");
}

static json_t *hello_request(const struct session *s)
{
    static const struct hash none;
    uint8_t body[256], sig[SIG_BYTES];
    struct writer w = writer_init(body, sizeof body);
    if (hello_write_body(&w, view_str(HOST), s->nonce, s->key.account, s->key.device) || writer_end(&w) ||
        sign_make(s->key.seed, "hello", writer_view(&w), sig))
        return NULL;
    return json_pack("{s:s, s:o, s:o, s:o, s:{s:i, s:o}}", "do", "hello", "account",
                     json_b64(VIEW(s->key.account.bytes)), "device", json_b64(VIEW(s->key.device.bytes)),
                     "sig", json_b64(VIEW(sig)), "log", "size", 0, "head", json_b64(VIEW(none.bytes)));
}

int session_hello(struct session *s, json_t **reply)
{
    int code = session_try(s, hello_request(s), reply);
    const char *role = json_string_value(json_object_get(*reply, "role"));
    if (role) snprintf(s->role, sizeof s->role, "%s", role);
    return code;
}

int session_member(struct session *s)
{
    json_t *reply;
    enum err e = key_file_read(&s->key, s->data);
    if (e) return key_trouble(s, e);
    int code = session_hello(s, &reply);
    if (code) return code;
    if (!s->role[0] || !json_b64_exact(json_object_get(reply, "founder"), s->founder.bytes, ID_BYTES)) {
        const char *why = json_string_value(json_object_get(json_object_get(reply, "error"), "message"));
        code = session_fail(s, CLI_NO_MEMBER, reply_error_code(reply),
                            "The server does not let this console in: %s", why ? why : "");
    }
    json_decref(reply);
    return code;
}

/* ---- records -------------------------------------------------------------------------------------- */

int session_append(struct session *s, struct record *rec, json_int_t *n)
{
    uint8_t bytes[LIMIT_RECORD_BYTES], sig[SIG_BYTES];
    struct writer w = writer_init(bytes, sizeof bytes);
    json_t *reply;
    rec->author = s->key.account;
    rec->author_device = s->key.device;
    rec->time_ms = cli_now_ms();
    enum err e = record_write_body(&w, rec);
    if (!e) e = sign_make(s->key.seed, record_purpose(rec->type), writer_view(&w), sig);
    write_bytes(&w, sig, sizeof sig);
    if (e || writer_end(&w))
        return session_fail(s, CLI_REFUSED, "internal", "The record could not be signed.");
    int code = session_ask(
        s, json_pack("{s:s, s:o}", "do", "log.append", "record", json_b64(writer_view(&w))), &reply);
    if (code) return code;
    *n = json_integer_value(json_object_get(reply, "n"));
    json_decref(reply);
    return 0;
}
