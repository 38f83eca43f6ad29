/* The local socket: however what a program of the operator's sends is cut into pieces, each line comes out
 * once, as it was and in its order; one that is too long is refused and no part of it is taken for a line.
 * Input: pieces, each with its length before it; 255 stands for a long stretch of one letter. */
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/limits.h"
#include "folder.h"
#include "server/local.h"

enum { STRETCH = 1 << 19, STREAM_MAX = 1 << 23, READ_BYTES = 16384, STRETCHES = 8 };

static struct world {
    struct local *local;
    int fd;
    sock_name sock;
    bool closed;
    uint8_t stream[STREAM_MAX]; /* all that was sent */
    size_t len, heard;          /* heard: where the next line begins */
    bool long_one;              /* the line that begins there was refused */
} w;

static unsigned lines, refusals;

static void on_open(void *user, sock_name sock, struct view host)
{
    (void)user;
    MUST(!w.sock && local_owns(sock) && view_eq(host, view_str(LOCAL_HOST)));
    w.sock = sock;
}

static size_t line_len(void)
{
    const uint8_t *end = memchr(w.stream + w.heard, '\n', w.len - w.heard);
    return end ? (size_t)(end - w.stream) - w.heard : w.len - w.heard;
}

/* Empty lines and the end of one that was refused say nothing. */
static void skip(void)
{
    while (w.heard < w.len && (w.long_one || w.stream[w.heard] == '\n')) {
        size_t n = line_len();
        if (w.heard + n == w.len) return; /* its end has not come yet */
        w.heard += n + 1;
        w.long_one = false;
    }
}

static void on_message(void *user, sock_name sock, struct view text)
{
    (void)user;
    skip();
    MUST(sock == w.sock && !w.long_one && text.len > 0 && text.len <= LIMIT_MESSAGE_BYTES + READ_BYTES);
    MUST(text.len == line_len() && memcmp(w.stream + w.heard, text.ptr, text.len) == 0);
    w.heard += text.len + 1;
    lines++;
    struct view answer = view_str("heard");
    local_send(w.local, sock, answer);
}

static void on_refused(void *user, sock_name sock, enum err err)
{
    (void)user;
    skip();
    MUST(sock == w.sock && err == ERR_TOO_LARGE && !w.long_one);
    MUST(line_len() > LIMIT_MESSAGE_BYTES || w.len - w.heard > LIMIT_MESSAGE_BYTES);
    w.long_one = true;
    refusals++;
}

static void on_closed(void *user, sock_name sock)
{
    (void)user;
    MUST(sock == w.sock && !w.closed);
    w.closed = true;
}

static void dial(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    snprintf(at.sun_path, sizeof(at.sun_path), "%s/" LOCAL_SOCKET, folder);
    w.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    MUST(w.fd >= 0 && connect(w.fd, (const struct sockaddr *)&at, sizeof(at)) == 0);
    while (!w.sock) local_step(w.local);
}

/* Takes the answers, so that none of them stops the other side. */
static void listen_in(void)
{
    char answers[1 << 14];
    while (recv(w.fd, answers, sizeof(answers), MSG_DONTWAIT) > 0) continue;
}

static void send_piece(const uint8_t *bytes, size_t len)
{
    if (len > STREAM_MAX - w.len) return;
    memcpy(w.stream + w.len, bytes, len);
    w.len += len;
    for (size_t sent = 0; sent < len;) {
        ssize_t n = send(w.fd, bytes + sent, len - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n > 0) sent += (size_t)n;
        local_step(w.local);
        listen_in();
        MUST(!w.closed);
    }
    struct pollfd more = {.fd = local_fd(w.local), .events = POLLIN};
    for (int i = 0; i < 4 && poll(&more, 1, 0) == 1; i++) local_step(w.local);
}

static void send_pieces(struct reader *r)
{
    static uint8_t letters[STRETCH];
    unsigned stretches = 0;
    memset(letters, 'x', sizeof(letters));
    while (reader_left(r)) {
        size_t n = read_u8(r);
        if (n == UINT8_MAX) {
            if (stretches++ < STRETCHES) send_piece(letters, STRETCH);
            continue;
        }
        if (n > reader_left(r)) n = reader_left(r);
        struct view piece = read_view(r, n);
        if (piece.len) send_piece(piece.ptr, piece.len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_hooks hooks = {
        .open = on_open, .message = on_message, .refused = on_refused, .closed = on_closed};
    char why[256];
    folder_make(LOCAL_SOCKET);
    w.len = w.heard = 0;
    w.sock = 0;
    w.closed = w.long_one = false;
    MUST(local_new(&w.local, folder, &hooks, why, sizeof(why)) == OK);
    dial();
    struct reader r = reader_init((struct view){data, size});
    send_pieces(&r);
    const uint8_t end = '\n'; /* so that every line has one */
    send_piece(&end, 1);
    for (int i = 0; i < 1000 && w.heard < w.len; i++) {
        local_step(w.local);
        skip();
    }
    MUST(w.heard == w.len);
    close(w.fd);
    while (!w.closed) local_step(w.local);
    local_free(w.local);
    return 0;
}

const char *fuzz_unreached(void)
{
    return !lines ? "no line was ever heard" : !refusals ? "no line was ever too long" : NULL;
}
