/* The kernel's UDP by recvmmsg and sendmmsg. One bound, never connected socket; two rows of buffers that are
 * used over and over, so that they stay in the cache. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "media/udp.h"

struct row {
    struct mmsghdr messages[LIMIT_UDP_BATCH];
    struct iovec parts[LIMIT_UDP_BATCH];
    struct sockaddr_storage addresses[LIMIT_UDP_BATCH];
    uint8_t bytes[LIMIT_UDP_BATCH][LIMIT_DATAGRAM_BYTES];
};

struct udp {
    int fd;
    struct sockaddr_storage local;
    size_t waiting; /* committed, not yet sent */
    size_t dropped; /* since the last flush that was asked for */
    struct row in, out;
};

static socklen_t address_len(const struct sockaddr_storage *a)
{
    return a->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

/* A wildcard socket answers from whatever address routing picks, and ICE fails. */
static bool concrete(const struct sockaddr_storage *a)
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)a;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)a;
    if (a->ss_family == AF_INET) return v4->sin_addr.s_addr != htonl(INADDR_ANY);
    return a->ss_family == AF_INET6 && !IN6_IS_ADDR_UNSPECIFIED(&v6->sin6_addr);
}

static void set(int fd, int level, int name, int value, const char *what)
{
    if (setsockopt(fd, level, name, &value, sizeof(value)) != 0)
        LOG_WARN("media", "socket option %s: error %d", what, errno);
}

static void set_buffer(int fd, int forced, int plain, const char *what)
{
    int bytes = LIMIT_UDP_BUFFER_BYTES; /* beyond net.core.[rw]mem_max only with CAP_NET_ADMIN */
    if (setsockopt(fd, SOL_SOCKET, forced, &bytes, sizeof(bytes)) != 0)
        set(fd, SOL_SOCKET, plain, bytes, what);
}

static void set_options(int fd, int family)
{
    set_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, "SO_RCVBUF");
    set_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, "SO_SNDBUF");
    if (family == AF_INET6) {
        set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1, "IPV6_V6ONLY");
        set(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE, "IPV6_MTU_DISCOVER");
    } else {
        set(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE, "IP_MTU_DISCOVER");
    }
}

static void row_init(struct row *r)
{
    for (size_t i = 0; i < LIMIT_UDP_BATCH; i++) {
        r->parts[i] = (struct iovec){r->bytes[i], LIMIT_DATAGRAM_BYTES};
        r->messages[i].msg_hdr = (struct msghdr){.msg_name = &r->addresses[i],
                                                 .msg_namelen = sizeof(r->addresses[i]),
                                                 .msg_iov = &r->parts[i],
                                                 .msg_iovlen = 1};
    }
}

static void mmsg_close(struct udp *u)
{
    if (!u) return;
    if (u->fd >= 0) close(u->fd);
    free(u);
}

static enum err mmsg_open(struct udp **out, const struct sockaddr_storage *bind_to)
{
    *out = NULL;
    if (!concrete(bind_to)) return ERR_UNSUPPORTED;
    struct udp *u = calloc(1, sizeof(*u));
    if (!u) return ERR_SYSTEM;
    row_init(&u->in);
    row_init(&u->out);
    u->fd = socket(bind_to->ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP);
    if (u->fd >= 0) set_options(u->fd, bind_to->ss_family);
    socklen_t len = sizeof(u->local);
    if (u->fd < 0 || bind(u->fd, (const struct sockaddr *)bind_to, address_len(bind_to)) != 0 ||
        getsockname(u->fd, (struct sockaddr *)&u->local, &len) != 0) {
        LOG_ERROR("media", "UDP socket: error %d", errno);
        mmsg_close(u);
        return ERR_SYSTEM;
    }
    *out = u;
    return OK;
}

static int mmsg_fd(const struct udp *u)
{
    return u->fd;
}

static struct sockaddr_storage mmsg_local(const struct udp *u)
{
    return u->local;
}

static size_t mmsg_recv(struct udp *u, struct datagram *out, size_t n)
{
    if (n > LIMIT_UDP_BATCH) n = LIMIT_UDP_BATCH;
    for (size_t i = 0; i < n; i++) {
        u->in.messages[i].msg_hdr.msg_namelen = sizeof(u->in.addresses[i]);
        u->in.messages[i].msg_hdr.msg_flags = 0;
    }
    int got = recvmmsg(u->fd, u->in.messages, (unsigned)n, 0, NULL);
    if (got < 0) return 0; /* nothing there, or interrupted: the loop comes back */
    for (size_t i = 0; i < (size_t)got; i++) {
        const struct mmsghdr *m = &u->in.messages[i];
        size_t len = m->msg_hdr.msg_flags & MSG_TRUNC ? 0 : m->msg_len; /* too long: dropped as malformed */
        out[i] = (struct datagram){u->in.addresses[i], {u->in.bytes[i], len}, u->in.bytes[i]};
    }
    return (size_t)got;
}

/* A full buffer ends the attempt: audio that waits is worth less than audio that comes next. An error of one
 * destination (no route, refused by a filter) costs that datagram only. */
static void send_waiting(struct udp *u)
{
    size_t at = 0;
    while (at < u->waiting) {
        int sent = sendmmsg(u->fd, &u->out.messages[at], (unsigned)(u->waiting - at), 0);
        if (sent > 0) {
            at += (size_t)sent;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
            u->dropped += u->waiting - at;
            break;
        } else if (errno != EINTR) {
            u->dropped++;
            at++;
        }
    }
    u->waiting = 0;
}

static uint8_t *mmsg_reserve(struct udp *u)
{
    if (u->waiting == LIMIT_UDP_BATCH) send_waiting(u);
    return u->out.bytes[u->waiting];
}

static void mmsg_commit(struct udp *u, size_t len, const struct sockaddr_storage *to)
{
    size_t i = u->waiting++;
    u->out.addresses[i] = *to;
    u->out.messages[i].msg_hdr.msg_namelen = address_len(to);
    u->out.parts[i].iov_len = len;
}

static size_t mmsg_flush(struct udp *u)
{
    send_waiting(u);
    size_t dropped = u->dropped;
    u->dropped = 0;
    return dropped;
}

const struct udp_row udp_mmsg = {
    .name = "mmsg",
    .open = mmsg_open,
    .close = mmsg_close,
    .fd = mmsg_fd,
    .recv = mmsg_recv,
    .reserve = mmsg_reserve,
    .commit = mmsg_commit,
    .flush = mmsg_flush,
    .local = mmsg_local,
};
