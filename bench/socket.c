#include "socket.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"

enum { TEXT = 1 /* and 0: its continuation */, PING = 9, PONG = 10, FIN = 0x80, MASKED = 0x80 };
enum { READ_BYTES = 65536, IDLE_BYTES = 65536, FRAME_MOST = 16 << 20, WAIT_MS = 20000, HEAD_BYTES = 4096 };

/* ---- frames ---- */

void socket_close(struct socket *s)
{
    if (s->fd >= 0) close(s->fd);
    free(s->bytes);
    free(s->text);
    s->fd = -1;
    s->bytes = NULL;
    s->have = s->capacity = 0;
    s->text = NULL;
    s->text_len = 0;
    s->request = 0;
    s->out = false;
    s->refusal[0] = '\0';
}

static bool send_all(struct socket *s, const void *bytes, size_t n)
{
    const uint8_t *at = bytes;
    while (n > 0) {
        struct pollfd fd = {.fd = s->fd, .events = POLLOUT};
        ssize_t sent = send(s->fd, at, n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EAGAIN && poll(&fd, 1, WAIT_MS) > 0) continue;
        if (sent <= 0) return false;
        at += sent;
        n -= (size_t)sent;
    }
    return true;
}

/* The mask (RFC 6455 5.3) protects proxies from what scripts choose; there are neither here, so it is zero.
 */
static bool send_frame(struct socket *s, uint8_t opcode, struct view payload)
{
    uint8_t head[14];
    struct writer w = writer_init(head, sizeof(head));
    write_u8(&w, FIN | opcode);
    if (payload.len < 126) {
        write_u8(&w, (uint8_t)(MASKED | payload.len));
    } else if (payload.len < 65536) {
        write_u8(&w, MASKED | 126);
        write_u16(&w, (uint16_t)payload.len);
    } else {
        write_u8(&w, MASKED | 127);
        write_u64(&w, payload.len);
    }
    write_u32(&w, 0);
    return send_all(s, head, w.len) && send_all(s, payload.ptr, payload.len);
}

static bool grow(struct socket *s)
{
    if (s->capacity - s->have >= READ_BYTES) return true;
    size_t capacity = s->capacity * 2 < s->have + READ_BYTES ? s->have + READ_BYTES : s->capacity * 2;
    uint8_t *bytes = capacity > FRAME_MOST ? NULL : realloc(s->bytes, capacity);
    if (!bytes) return false;
    s->bytes = bytes;
    s->capacity = capacity;
    return true;
}

/* False: nothing was there, or the socket is closed now. */
static bool read_some(struct socket *s)
{
    ssize_t n = grow(s) ? recv(s->fd, s->bytes + s->have, s->capacity - s->have, MSG_DONTWAIT) : 0;
    if (n < 0 && errno == EAGAIN) return false;
    if (n <= 0) {
        if (!s->quiet)
            fprintf(stderr, "load: a connection ended after %u requests: %s\n", s->request,
                    n < 0 ? strerror(errno) : "closed, or more than fits");
        socket_close(s);
        return false;
    }
    s->have += (size_t)n;
    return true;
}

struct frame {
    bool final;
    uint8_t opcode;
    struct view payload;
    size_t whole; /* bytes, with its head */
};

/* Is a whole one at the start of the buffer? */
static bool parse_frame(const struct socket *s, struct frame *f)
{
    struct reader r = reader_init((struct view){s->bytes, s->have});
    uint8_t first = read_u8(&r);
    uint64_t len = read_u8(&r) & 127;
    if (len == 126)
        len = read_u16(&r);
    else if (len == 127)
        len = read_u64(&r);
    *f = (struct frame){.final = first & FIN, .opcode = first & 15, .payload = read_view(&r, len)};
    f->whole = r.pos;
    return !r.err;
}

/* RFC 6455 5.4: a message is a TEXT frame and its continuations; only the last one is final. False: too much.
 */
static bool add_text(struct socket *s, const struct frame *f)
{
    char *text =
        s->text_len + f->payload.len > FRAME_MOST ? NULL : realloc(s->text, s->text_len + f->payload.len + 1);
    if (!text) return false;
    memcpy(text + s->text_len, f->payload.ptr, f->payload.len);
    s->text = text;
    s->text_len += f->payload.len;
    return true;
}

static json_t *end_text(struct socket *s, bool keep)
{
    static const char OUT[] = "\"ev\":\"room.out\"";
    if (memmem(s->text, s->text_len, OUT, sizeof(OUT) - 1)) s->out = true;
    json_t *message = keep ? json_loadb(s->text, s->text_len, 0, NULL) : NULL;
    free(s->text);
    s->text = NULL;
    s->text_len = 0;
    return message;
}

static void drop_front(struct socket *s, size_t n)
{
    s->have -= n;
    memmove(s->bytes, s->bytes + n, s->have);
    if (s->have > 0 || s->capacity <= IDLE_BYTES) return;
    free(s->bytes); /* thousands of sockets: a large roster comes once */
    s->bytes = NULL;
    s->capacity = 0;
}

/* What is not text: false if the socket is closed now. */
static bool obey(struct socket *s, const struct frame *f)
{
    if (f->opcode == PING && send_frame(s, PONG, f->payload)) return true;
    if (f->opcode == PONG) return true;
    if (!s->quiet)
        fprintf(stderr, "load: closed by the server: %.*s\n",
                f->payload.len > 2 ? (int)f->payload.len - 2 : 0,
                f->payload.len > 2 ? (const char *)f->payload.ptr + 2 : "");
    socket_close(s);
    return false;
}

/* The next message if `keep`, else every complete frame is dealt with and forgotten. NULL: none is there. */
static json_t *take(struct socket *s, bool keep)
{
    struct frame f;
    json_t *message = NULL;
    while (s->fd >= 0 && !message && parse_frame(s, &f)) {
        if (f.opcode <= TEXT) {
            if (!add_text(s, &f)) {
                socket_close(s);
                break;
            }
            if (f.final) message = end_text(s, keep);
        } else if (!obey(s, &f)) {
            break;
        }
        drop_front(s, f.whole);
    }
    return message;
}

void socket_breathe(struct socket *s)
{
    while (s->fd >= 0 && read_some(s)) json_decref(take(s, false));
}

static json_t *wait_for_message(struct socket *s)
{
    time_t end = time(NULL) + WAIT_MS / 1000;
    while (s->fd >= 0 && time(NULL) <= end) {
        json_t *m = take(s, true);
        struct pollfd fd = {.fd = s->fd, .events = POLLIN};
        if (m) return m;
        if (s->fd >= 0 && poll(&fd, 1, WAIT_MS) > 0) read_some(s);
    }
    return NULL;
}

/* ---- opening ---- */

static bool upgrade(struct socket *s, const char *origin)
{
    char text[HEAD_BYTES];
    int n =
        snprintf(text, sizeof(text),
                 "GET /ws HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nOrigin: %s\r\n"
                 "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                 "Sec-WebSocket-Protocol: aparte.v1\r\n\r\n",
                 strstr(origin, "://") + 3, origin);
    if (!send_all(s, text, (size_t)n)) return false;
    for (size_t have = 0; have + 1 < sizeof(text);) { /* to the byte: what follows is the first frame */
        struct pollfd fd = {.fd = s->fd, .events = POLLIN};
        if (poll(&fd, 1, WAIT_MS) <= 0 || recv(s->fd, text + have, 1, 0) != 1) return false;
        text[++have] = 0;
        if (have >= 4 && memcmp(text + have - 4, "\r\n\r\n", 4) == 0) break;
    }
    return strncmp(text, "HTTP/1.1 101", 12) == 0;
}

enum err socket_open(struct socket *s, in_addr_t self, const struct sockaddr_in *server, const char *origin)
{
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = self};
    *s = (struct socket){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), .quiet = s->quiet};
    int one =
        1; /* head and payload are two sends: Nagle's algorithm would wait 40 ms for an ACK in between */
    if (s->fd >= 0 && setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == 0 &&
        bind(s->fd, (struct sockaddr *)&from, sizeof(from)) == 0 &&
        connect(s->fd, (const struct sockaddr *)server, sizeof(*server)) == 0 && upgrade(s, origin))
        return OK;
    fprintf(stderr, "load: no WebSocket: %s\n", strerror(errno));
    socket_close(s);
    return ERR_SYSTEM;
}

/* ---- messages ---- */

json_t *socket_event(struct socket *s, const char *name)
{
    for (json_t *m; (m = wait_for_message(s)); json_decref(m)) {
        const char *event = json_string_value(json_object_get(m, "ev"));
        if (event && strcmp(event, name) == 0) return m;
    }
    return NULL;
}

json_t *socket_ask(struct socket *s, json_t *request)
{
    unsigned id = ++s->request;
    char what[32];
    snprintf(what, sizeof(what), "%s", json_string_value(json_object_get(request, "do")));
    json_object_set_new(request, "id", json_integer(id));
    char *text = json_dumps(request, JSON_COMPACT);
    json_decref(request);
    bool sent = text && s->fd >= 0 && send_frame(s, TEXT, view_str(text));
    free(text);
    s->refusal[0] = 0;
    for (json_t *m; sent && (m = wait_for_message(s)); json_decref(m)) {
        if (json_integer_value(json_object_get(m, "re")) != id) continue;
        if (json_is_true(json_object_get(m, "ok"))) return m;
        const json_t *error = json_object_get(m, "error");
        snprintf(s->refusal, sizeof(s->refusal), "%s", json_string_value(json_object_get(error, "code")));
        if (!s->quiet)
            fprintf(stderr, "load: %s: %s\n", what, json_string_value(json_object_get(error, "message")));
        json_decref(m);
        return NULL;
    }
    if (!s->quiet)
        fprintf(stderr, "load: %s: %s\n", what, s->fd < 0 ? "the connection is closed" : "no answer");
    return NULL;
}
