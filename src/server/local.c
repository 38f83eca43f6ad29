#include "server/local.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"

enum { BACKLOG = 8, READ_BYTES = 16384, READS_PER_STEP = 8, EVENTS = LIMIT_LOCAL_SOCKETS + 1 };
static_assert(LIMIT_SOCKETS + LIMIT_LOCAL_SOCKETS < 1 << SOCK_INDEX_BITS,
              "places behind those of the WebSockets");

struct buffer {
    char *bytes;
    size_t len, cap;
};

struct connection {
    int fd; /* -1: a free place */
    sock_name name;
    struct buffer in, out;
    size_t sent; /* of `out` */
    bool dropping;        /* the rest of this line is not kept */
    bool closing, failed; /* closing: after `out` has gone */
};

struct local {
    struct http_hooks hooks;
    struct connection connections[LIMIT_LOCAL_SOCKETS];
    char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
    uint32_t generation; /* so that a name is not used again soon */
    int listener, epoll;
};

/* ---- names ---------------------------------------------------------------------------------------- */

static sock_name name_of(uint32_t generation, uint32_t place)
{
    return generation << SOCK_INDEX_BITS | (LIMIT_SOCKETS + 1 + place);
}

bool local_owns(sock_name sock)
{
    return (sock & ((1u << SOCK_INDEX_BITS) - 1)) > LIMIT_SOCKETS;
}

static struct connection *find(struct local *l, sock_name sock)
{
    uint32_t place = (sock & ((1u << SOCK_INDEX_BITS) - 1)) - LIMIT_SOCKETS - 1;
    if (!local_owns(sock) || place >= LIMIT_LOCAL_SOCKETS) return NULL;
    struct connection *c = &l->connections[place];
    return c->fd >= 0 && c->name == sock ? c : NULL;
}

/* ---- buffers -------------------------------------------------------------------------------------- */

static bool buffer_add(struct buffer *b, const char *bytes, size_t n)
{
    if (b->cap - b->len < n) {
        size_t cap = b->cap ? b->cap : READ_BYTES;
        while (cap - b->len < n) cap *= 2;
        char *more = realloc(b->bytes, cap);
        if (!more) return false;
        b->bytes = more;
        b->cap = cap;
    }
    if (n) memcpy(b->bytes + b->len, bytes, n);
    b->len += n;
    return true;
}

static void buffer_take(struct buffer *b, size_t n)
{
    b->len -= n;
    if (b->len) memmove(b->bytes, b->bytes + n, b->len);
}

/* ---- out ------------------------------------------------------------------------------------------ */

/* What the loop waits for: input, and room for output while some is left. */
static void expect(struct local *l, struct connection *c)
{
    struct epoll_event e = {.events = EPOLLIN | (c->out.len || c->closing ? EPOLLOUT : 0u), .data.ptr = c};
    if (epoll_ctl(l->epoll, EPOLL_CTL_MOD, c->fd, &e)) c->failed = true;
}

/* Closing is left to local_step, so that no hook is called from here; it wakes up for it. */
static void fail(struct connection *c)
{
    c->failed = true;
    shutdown(c->fd, SHUT_RDWR);
}

static void flush(struct local *l, struct connection *c)
{
    size_t left = c->out.len - c->sent;
    ssize_t n = left ? send(c->fd, c->out.bytes + c->sent, left, MSG_NOSIGNAL | MSG_DONTWAIT) : 0;
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        fail(c);
        return;
    }
    if (n > 0) c->sent += (size_t)n;
    if (c->sent == c->out.len) c->sent = c->out.len = 0;
    expect(l, c);
}

void local_send(struct local *l, sock_name sock, struct view text)
{
    struct connection *c = find(l, sock);
    if (!c || c->failed || c->closing) return;
    bool fits = text.len < LIMIT_LOCAL_QUEUE_BYTES && c->out.len < LIMIT_LOCAL_QUEUE_BYTES - text.len;
    if (!fits || !buffer_add(&c->out, (const char *)text.ptr, text.len) || !buffer_add(&c->out, "\n", 1))
        fail(c);
    else
        flush(l, c);
}

void local_close(struct local *l, sock_name sock)
{
    struct connection *c = find(l, sock);
    if (!c) return;
    c->closing = true;
    expect(l, c);
}

/* ---- in ------------------------------------------------------------------------------------------- */

static void drop(struct local *l, struct connection *c)
{
    sock_name name = c->name;
    close(c->fd); /* and with it epoll's interest */
    free(c->in.bytes);
    free(c->out.bytes);
    *c = (struct connection){.fd = -1};
    l->hooks.closed(l->hooks.user, name);
}

static void take_line(struct local *l, struct connection *c, size_t len)
{
    if (c->dropping)
        c->dropping = false;
    else if (len)
        l->hooks.message(l->hooks.user, c->name, (struct view){(const uint8_t *)c->in.bytes, len});
    buffer_take(&c->in, len + 1);
}

/* A hook may fail or close the connection, but the place stays this one's until local_step drops it. */
static void take_lines(struct local *l, struct connection *c)
{
    char *end;
    while (!c->failed && !c->closing && c->in.len && (end = memchr(c->in.bytes, '\n', c->in.len)))
        take_line(l, c, (size_t)(end - c->in.bytes));
    if (c->in.len <= LIMIT_MESSAGE_BYTES) return;
    if (!c->dropping) l->hooks.refused(l->hooks.user, c->name, ERR_TOO_LARGE);
    c->dropping = true;
    c->in.len = 0;
}

static void read_some(struct local *l, struct connection *c)
{
    char bytes[READ_BYTES];
    for (int i = 0; i < READS_PER_STEP && !c->failed && !c->closing; i++) {
        ssize_t n = recv(c->fd, bytes, sizeof bytes, MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (n <= 0 || !buffer_add(&c->in, bytes, (size_t)n)) {
            fail(c);
            return;
        }
        take_lines(l, c);
    }
}

/* The file's mode keeps others out; this holds even if somebody opened it up. */
static bool is_ours(int fd)
{
    struct ucred peer;
    socklen_t len = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len)) return false;
    return peer.uid == geteuid() || peer.uid == 0;
}

static struct connection *free_place(struct local *l)
{
    for (size_t i = 0; i < LIMIT_LOCAL_SOCKETS; i++)
        if (l->connections[i].fd < 0) return &l->connections[i];
    return NULL;
}

static void accept_one(struct local *l)
{
    int fd = accept4(l->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    struct connection *c = is_ours(fd) ? free_place(l) : NULL;
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
    if (!c || epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &e)) {
        LOG_WARN("local", "a connection to " LOCAL_SOCKET " was refused: %s",
                 c ? strerror(errno) : "another user, or too many");
        close(fd);
        return;
    }
    *c = (struct connection){.fd = fd, .name = name_of(++l->generation, (uint32_t)(c - l->connections))};
    l->hooks.open(l->hooks.user, c->name, view_str(LOCAL_HOST));
}

static void serve(struct local *l, struct connection *c, uint32_t events)
{
    if (events & EPOLLIN) read_some(l, c);
    if (!c->failed && (events & EPOLLOUT)) flush(l, c);
    bool gone = !(events & EPOLLIN) && (events & (EPOLLHUP | EPOLLERR));
    if (c->failed || gone || (c->closing && !c->out.len)) drop(l, c);
}

void local_step(void *local)
{
    struct local *l = local;
    struct epoll_event events[EVENTS];
    int n = epoll_wait(l->epoll, events, EVENTS, 0);
    for (int i = 0; i < n; i++) {
        if (events[i].data.ptr)
            serve(l, events[i].data.ptr, events[i].events);
        else
            accept_one(l);
    }
}

/* ---- life ----------------------------------------------------------------------------------------- */

static enum err listen_at(struct local *l, const char *folder, char *why, size_t why_size)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int n = snprintf(l->path, sizeof l->path, "%s/" LOCAL_SOCKET, folder);
    if (n < 0 || (size_t)n >= sizeof l->path) {
        l->path[0] = 0;
        snprintf(why, why_size,
                 "--data: the path of the data folder is too long for a socket in it (%zu bytes at most).",
                 sizeof l->path - sizeof LOCAL_SOCKET - 1);
        return ERR_SYSTEM;
    }
    memcpy(address.sun_path, l->path, sizeof l->path);
    unlink(l->path);
    mode_t before = umask(0177); /* 0600 from its first moment */
    l->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    bool bound = l->listener >= 0 && !bind(l->listener, (struct sockaddr *)&address, sizeof address);
    umask(before);
    struct epoll_event e = {.events = EPOLLIN};
    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (bound && !listen(l->listener, BACKLOG) && l->epoll >= 0 &&
        !epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->listener, &e))
        return OK;
    snprintf(why, why_size, "%s: %s.", l->path, strerror(errno));
    return ERR_SYSTEM;
}

enum err local_new(struct local **out, const char *folder, const struct http_hooks *hooks, char *why,
                   size_t why_size)
{
    struct local *l = calloc(1, sizeof *l);
    *out = NULL;
    if (!l) return ERR_SYSTEM;
    l->hooks = *hooks;
    l->listener = l->epoll = -1;
    for (size_t i = 0; i < LIMIT_LOCAL_SOCKETS; i++) l->connections[i].fd = -1;
    enum err e = listen_at(l, folder, why, why_size);
    if (e)
        local_free(l);
    else
        *out = l;
    return e;
}

void local_free(struct local *l)
{
    if (!l) return;
    for (size_t i = 0; i < LIMIT_LOCAL_SOCKETS; i++)
        if (l->connections[i].fd >= 0) drop(l, &l->connections[i]);
    if (l->listener >= 0) close(l->listener);
    if (l->epoll >= 0) close(l->epoll);
    if (l->path[0]) unlink(l->path);
    free(l);
}

int local_fd(const struct local *l)
{
    return l->epoll;
}
