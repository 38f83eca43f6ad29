#include "media/tcp.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "wire/rtp.h"

enum { PLACE_BITS = 12, EVENTS = 64, ACCEPTS = 16, FRAME_HEAD = 2 };
static_assert(LIMIT_STREAMS < 1 << PLACE_BITS, "a place fits a stream's number");
static_assert((int)LIMIT_STREAM_IN_BYTES > (int)LIMIT_DATAGRAM_BYTES + FRAME_HEAD, "and a frame its buffer");
static_assert((int)LIMIT_STREAM_OUT_BYTES > (int)LIMIT_TRAIN_BYTES + FRAME_HEAD, "in both directions");

struct stream {
    uint32_t name; /* generation and place + 1; 0: free */
    int fd;
    bool greeted; /* its first datagram was a check */
    bool proven;
    bool dirty;        /* among those to write at the next flush */
    bool blocked;      /* the kernel took no more: waits for EPOLLOUT */
    uint64_t until_ms; /* closed then, unless it is kept */
    uint64_t taken_ms; /* when the other side last took something, or owed nothing */
    struct endpoint from;
    size_t in_at, in_len; /* not yet given out: in[in_at .. in_len) */
    size_t out_len;
    uint8_t in[LIMIT_STREAM_IN_BYTES], out[LIMIT_STREAM_OUT_BYTES];
};

struct tcp {
    int listeners[LIMIT_MEDIA_ADDRESSES], epoll;
    size_t listener_count;
    bool deaf; /* accept() failed for want of something: tried again at the next tick */
    uint64_t now_ms, tick_ms;
    uint32_t generation, count;
    struct epoll_event events[EVENTS];
    size_t event_at, event_count;
    size_t dirty_count;
    uint32_t dirty[LIMIT_STREAMS];
    struct stream streams[LIMIT_STREAMS];
};

static struct stream *find(struct tcp *t, uint32_t name)
{
    uint32_t place = (name & ((1u << PLACE_BITS) - 1)) - 1;
    return name && place < LIMIT_STREAMS && t->streams[place].name == name ? &t->streams[place] : NULL;
}

static bool watch(struct tcp *t, int op, int fd, uint32_t events, uint32_t name)
{
    struct epoll_event e = {.events = events, .data.u32 = name};
    return epoll_ctl(t->epoll, op, fd, &e) == 0;
}

/* ---- life ---- */

static bool option(int fd, int level, int name, int value)
{
    return setsockopt(fd, level, name, &value, sizeof(value)) == 0;
}

static bool listen_on(struct tcp *t, int fd, const struct sockaddr_storage *a)
{
    bool v6 = a->ss_family == AF_INET6;
    return option(fd, SOL_SOCKET, SO_REUSEADDR, 1) && (!v6 || option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1)) &&
           bind(fd, (const struct sockaddr *)a,
                v6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in)) == 0 &&
           listen(fd, LIMIT_STREAMS) == 0 && watch(t, EPOLL_CTL_ADD, fd, EPOLLIN, 0);
}

enum err tcp_listen(struct tcp *t, const struct sockaddr_storage *at)
{
    if (t->listener_count == LIMIT_MEDIA_ADDRESSES) return ERR_FULL;
    int fd = socket(at->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (fd < 0) return ERR_SYSTEM;
    if (!listen_on(t, fd, at)) {
        int error = errno;
        close(fd);
        errno = error;
        return ERR_SYSTEM;
    }
    t->listeners[t->listener_count++] = fd;
    return OK;
}

enum err tcp_open(struct tcp **out)
{
    *out = NULL;
    struct tcp *t = calloc(1, sizeof(*t)); /* pages that no connection needs are never touched */
    if (!t) return ERR_SYSTEM;
    t->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (t->epoll < 0) {
        tcp_close(t);
        return ERR_SYSTEM;
    }
    *out = t;
    return OK;
}

static void end(struct tcp *t, struct stream *s)
{
    close(s->fd); /* the epoll set forgets it */
    s->name = 0;
    t->count--;
}

void tcp_close(struct tcp *t)
{
    if (!t) return;
    for (size_t i = 0; i < LIMIT_STREAMS; i++)
        if (t->streams[i].name) end(t, &t->streams[i]);
    for (size_t i = 0; i < t->listener_count; i++) close(t->listeners[i]);
    if (t->epoll >= 0) close(t->epoll);
    free(t);
}

int tcp_fd(const struct tcp *t)
{
    return t->epoll;
}

void tcp_keep(struct tcp *t, uint32_t stream, uint64_t now_ms)
{
    struct stream *s = find(t, stream);
    if (!s) return;
    s->proven = true;
    s->until_ms = now_ms + LIMIT_STREAM_MS;
}

void tcp_drop(struct tcp *t, uint32_t stream)
{
    struct stream *s = find(t, stream);
    if (s) end(t, s);
}

/* ---- new ones ---- */

static struct stream *free_place(struct tcp *t)
{
    struct stream *oldest = NULL;
    for (size_t i = 0; i < LIMIT_STREAMS; i++) {
        struct stream *s = &t->streams[i];
        if (!s->name) return s;
        if (!s->proven && (!oldest || s->until_ms < oldest->until_ms)) oldest = s;
    }
    if (oldest) end(t, oldest);
    return oldest;
}

/* What the kernel holds back for a slow reader is late when it comes, so it may not be much. */
static void admit(struct tcp *t, int fd, const struct endpoint *from)
{
    struct stream *s = free_place(t);
    if (!s || !option(fd, IPPROTO_TCP, TCP_NODELAY, 1) ||
        !option(fd, SOL_SOCKET, SO_SNDBUF, LIMIT_STREAM_OUT_BYTES)) {
        close(fd);
        return;
    }
    uint32_t name = ++t->generation << PLACE_BITS | (uint32_t)(s - t->streams + 1);
    if (!watch(t, EPOLL_CTL_ADD, fd, EPOLLIN, name)) {
        close(fd);
        return;
    }
    s->name = name;
    s->fd = fd;
    s->greeted = s->proven = s->dirty = s->blocked = false;
    s->in_at = s->in_len = s->out_len = 0;
    s->until_ms = t->now_ms + LIMIT_STREAM_PROOF_MS;
    s->from = *from;
    s->from.stream = name;
    t->count++;
}

static bool hear_listeners(struct tcp *t, uint32_t events)
{
    bool all = true;
    for (size_t i = 0; i < t->listener_count; i++) all &= watch(t, EPOLL_CTL_MOD, t->listeners[i], events, 0);
    return all;
}

static void accept_some(struct tcp *t, int listener)
{
    for (int i = 0; i < ACCEPTS; i++) {
        struct endpoint from = {0};
        socklen_t len = sizeof(struct sockaddr_in6);
        int fd = accept4(listener, &from.any, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            admit(t, fd, &from);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            LOG_WARN("media", "no TCP connection can be taken: error %d", errno);
            t->deaf = hear_listeners(t, 0);
            return;
        } else if (errno == EAGAIN) {
            return;
        }
    }
}

/* ---- out ---- */

static void drain(struct tcp *t, struct stream *s)
{
    ssize_t sent = s->out_len ? send(s->fd, s->out, s->out_len, MSG_NOSIGNAL) : 0;
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        end(t, s);
        return;
    }
    if (sent > 0) {
        s->out_len -= (size_t)sent;
        memmove(s->out, s->out + sent, s->out_len);
        s->taken_ms = t->now_ms;
    }
    bool blocked = s->out_len > 0;
    if (blocked != s->blocked &&
        !watch(t, EPOLL_CTL_MOD, s->fd, blocked ? EPOLLIN | EPOLLOUT : EPOLLIN, s->name))
        end(t, s);
    s->blocked = blocked;
}

/* Whole frames only: half of one would be noise to all that follow. */
static bool add_frame(struct tcp *t, struct stream *s, const uint8_t *bytes, size_t len)
{
    struct writer w = writer_init(s->out + s->out_len, sizeof(s->out) - s->out_len);
    write_u16(&w, (uint16_t)len);
    write_view(&w, (struct view){bytes, len});
    if (writer_end(&w) != OK) return false;
    if (!s->out_len) s->taken_ms = t->now_ms;
    s->out_len += w.len;
    return true;
}

size_t tcp_send(struct tcp *t, uint32_t stream, const uint8_t *bytes, size_t len, size_t segment)
{
    struct stream *s = find(t, stream);
    size_t lost = 0;
    for (size_t n; len; bytes += n, len -= n) {
        n = len < segment ? len : segment;
        if (!s || !add_frame(t, s, bytes, n)) lost++;
    }
    if (s && !s->dirty && !s->blocked) {
        if (t->dirty_count == LIMIT_STREAMS) tcp_flush(t);
        t->dirty[t->dirty_count++] = stream;
        s->dirty = true;
    }
    return lost;
}

void tcp_flush(struct tcp *t)
{
    for (size_t i = 0; i < t->dirty_count; i++) {
        struct stream *s = find(t, t->dirty[i]);
        if (!s) continue;
        s->dirty = false;
        drain(t, s);
    }
    t->dirty_count = 0;
}

/* ---- in ---- */

/* False: it is at its end, or it is not one of ours. */
static bool fill(struct stream *s)
{
    s->in_len -= s->in_at;
    memmove(s->in, s->in + s->in_at, s->in_len);
    s->in_at = 0;
    size_t room = sizeof(s->in) - s->in_len;
    if (!room) return true; /* full of frames that were not asked for yet */
    ssize_t got = recv(s->fd, s->in + s->in_len, room, 0);
    if (got > 0) s->in_len += (size_t)got;
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

/* RFC 4571 2: a length of zero is the null packet, which says nothing. False: no frame of ours. */
static bool next_frame(struct stream *s, struct datagram *out, bool *got)
{
    *got = false;
    while (s->in_len - s->in_at >= FRAME_HEAD) {
        struct reader r = reader_init((struct view){s->in + s->in_at, s->in_len - s->in_at});
        size_t len = read_u16(&r);
        if (len > LIMIT_DATAGRAM_BYTES) return false;
        struct view frame = read_view(&r, len);
        if (r.err) return true; /* the rest is on its way */
        if (len && !s->greeted && packet_kind(frame) != PACKET_STUN) return false;
        uint8_t *writable = s->in + s->in_at + FRAME_HEAD;
        s->in_at += FRAME_HEAD + len;
        if (!len) continue;
        s->greeted = *got = true;
        *out = (struct datagram){s->from, frame, writable};
        return true;
    }
    return true;
}

static size_t take_frames(struct tcp *t, struct stream *s, struct datagram *out, size_t n)
{
    bool more = true, good = fill(s);
    size_t count = 0;
    while (more && count < n) {
        good = next_frame(s, &out[count], &more) && good;
        if (more) count++;
    }
    if (!good)
        end(t,
            s); /* what it said before stays readable: its place is taken at the next call at the earliest */
    return count;
}

size_t tcp_recv(struct tcp *t, struct datagram *out, size_t n, uint64_t now_ms)
{
    t->now_ms = now_ms;
    if (!tcp_more(t)) {
        int ready = epoll_wait(t->epoll, t->events, EVENTS, 0);
        t->event_at = 0;
        t->event_count = ready > 0 ? (size_t)ready : 0;
    }
    size_t got = 0;
    for (; tcp_more(t); t->event_at++) {
        const struct epoll_event *e = &t->events[t->event_at];
        struct stream *s = find(t, e->data.u32);
        for (size_t i = 0; !e->data.u32 && i < t->listener_count; i++) accept_some(t, t->listeners[i]);
        if (s && (e->events & EPOLLOUT)) drain(t, s);
        s = find(t, e->data.u32);
        if (s && (e->events & ~(uint32_t)EPOLLOUT)) got += take_frames(t, s, out + got, n - got);
        if (got == n) break; /* this one may have more */
    }
    return got;
}

bool tcp_more(const struct tcp *t)
{
    return t->event_at < t->event_count;
}

/* ---- time ---- */

uint64_t tcp_tick(struct tcp *t, uint64_t now_ms)
{
    if (now_ms >= t->tick_ms) {
        t->tick_ms = now_ms + LIMIT_STREAM_TICK_MS;
        if (t->deaf) t->deaf = !hear_listeners(t, EPOLLIN);
        for (size_t i = 0; t->count && i < LIMIT_STREAMS; i++) {
            struct stream *s = &t->streams[i];
            bool stalled = s->out_len && now_ms - s->taken_ms >= LIMIT_STREAM_STALL_MS;
            if (s->name && (stalled || now_ms >= s->until_ms)) end(t, s);
        }
    }
    return t->count || t->deaf ? t->tick_ms : UINT64_MAX;
}
