/* RFC 4571 framing over a real connection: however a stream is cut into pieces, and however few datagrams are
 * asked for at a time, what comes out is what a reader of the whole stream would find; what is no frame of
 * ours ends the connection. Input: how many to ask for, how many sizes of pieces, the sizes (0: all that is
 * left), the stream. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "media/tcp.h"
#include "must.h"
#include "wire/rtp.h"

enum { ASK_MAX = 8, STREAM_MAX = 1 << 14 };

struct world {
    struct tcp *tcp;
    struct sockaddr_in at;
    int fd;
    uint32_t stream;
    uint64_t now; /* stands still */
};

static void listen_somewhere(struct world *w)
{
    MUST(tcp_open(&w->tcp) == OK);
    enum err e = ERR_SYSTEM;
    for (int port = 20000; port < 30000 && e; port++) {
        w->at = (struct sockaddr_in){.sin_family = AF_INET,
                                     .sin_port = htons((uint16_t)port),
                                     .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        struct sockaddr_storage at = {0};
        memcpy(&at, &w->at, sizeof(w->at));
        e = tcp_listen(w->tcp, &at);
    }
    MUST(e == OK);
}

/* A busy kernel may take its time, even here. */
static void wait_for(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    MUST(poll(&p, 1, 20000) == 1);
}

static bool connected(struct world *w)
{
    return tcp_tick(w->tcp, w->now) != UINT64_MAX;
}

/* Reset at its end: thousands a second would use up the ports. */
static void dial(struct world *w)
{
    struct linger reset = {.l_onoff = 1};
    int one = 1;
    struct datagram none;
    w->fd = socket(AF_INET, SOCK_STREAM, 0);
    MUST(w->fd >= 0 && setsockopt(w->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)) == 0);
    MUST(setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == 0);
    MUST(connect(w->fd, (const struct sockaddr *)&w->at, sizeof(w->at)) == 0);
    w->stream = 0;
    while (!connected(w)) {
        wait_for(tcp_fd(w->tcp));
        MUST(tcp_recv(w->tcp, &none, 1, w->now) == 0);
    }
}

/* The reader of the whole stream. */
struct model {
    struct reader r;
    bool greeted, refused;
};

/* False: there is no other frame in what has been sent so far. */
static bool model_next(struct model *m, size_t sent, struct view *frame)
{
    while (!m->refused) {
        struct reader r = m->r;
        size_t len = read_u16(&r);
        if (r.err || r.pos > sent) return false;
        m->refused = len > LIMIT_DATAGRAM_BYTES;
        if (m->refused) return false;
        *frame = read_view(&r, len);
        if (r.err || r.pos > sent) return false;
        m->refused = len && !m->greeted && packet_kind(*frame) != PACKET_STUN;
        if (m->refused) return false;
        m->r = r;
        if (!len) continue;
        m->greeted = true;
        return true;
    }
    return false;
}

/* Takes what the model says has come, one batch after the other. */
static void hear(struct world *w, struct model *m, size_t sent, size_t ask)
{
    struct datagram got[ASK_MAX];
    struct model ahead = *m;
    struct view expected;
    size_t due = 0;
    while (model_next(&ahead, sent, &expected)) due++;
    while (due) {
        if (!tcp_more(w->tcp)) wait_for(tcp_fd(w->tcp));
        size_t n = tcp_recv(w->tcp, got, ask, w->now);
        MUST(n <= ask && n <= due);
        for (size_t i = 0; i < n; i++) {
            MUST(model_next(m, sent, &expected));
            MUST(view_eq(got[i].data, expected) && got[i].writable == got[i].data.ptr);
            MUST(!w->stream || got[i].from.stream == w->stream);
            w->stream = got[i].from.stream;
        }
        due -= n;
    }
    m->refused = ahead.refused;
}

/* The connection is gone, and brings nothing more. */
static void until_ended(struct world *w)
{
    struct datagram none;
    while (connected(w)) {
        if (!tcp_more(w->tcp)) wait_for(tcp_fd(w->tcp));
        MUST(tcp_recv(w->tcp, &none, 1, w->now) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct world w;
    if (!w.tcp) listen_somewhere(&w);
    struct reader r = reader_init((struct view){data, size < STREAM_MAX ? size : STREAM_MAX});
    size_t ask = read_u8(&r) % ASK_MAX + 1, pieces = read_u8(&r) % 16;
    struct view sizes = read_view(&r, pieces);
    struct view stream = read_view(&r, reader_left(&r));
    if (r.err || !stream.len) return 0;

    struct model m = {.r = reader_init(stream)};
    dial(&w);
    size_t sent = 0;
    for (size_t i = 0; sent < stream.len && !m.refused; i++) {
        size_t n = sizes.len ? sizes.ptr[i % sizes.len] : 0;
        if (!n || n > stream.len - sent) n = stream.len - sent;
        MUST(send(w.fd, stream.ptr + sent, n, MSG_NOSIGNAL) == (ssize_t)n);
        sent += n;
        hear(&w, &m, sent, ask);
    }
    if (m.refused) until_ended(&w);
    close(w.fd);
    until_ended(&w);
    return 0;
}
