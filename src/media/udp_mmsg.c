/* The kernel's UDP by recvmmsg and sendmmsg, and by UDP_SEGMENT where several datagrams go to one
 * destination. One bound, never connected socket; buffers that are used over and over, so that they stay in
 * the cache. */
#include <errno.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "media/udp.h"

struct control { /* one control message: the size of a train's segments */
    _Alignas(struct cmsghdr) uint8_t bytes[CMSG_SPACE(sizeof(uint16_t))];
};

struct inward {
    struct mmsghdr messages[LIMIT_UDP_BATCH];
    struct iovec parts[LIMIT_UDP_BATCH];
    struct endpoint addresses[LIMIT_UDP_BATCH];
    uint8_t bytes[LIMIT_UDP_BATCH][UDP_STRIDE];
};

struct outward {
    struct mmsghdr messages[LIMIT_UDP_BATCH];
    struct iovec parts[LIMIT_UDP_BATCH];
    struct endpoint addresses[LIMIT_UDP_BATCH];
    struct control controls[LIMIT_UDP_BATCH];
    uint16_t datagrams[LIMIT_UDP_BATCH]; /* how many a message stands for */
    _Alignas(64) uint8_t bytes[LIMIT_UDP_BATCH][UDP_STRIDE];
};

struct udp {
    int fd;
    bool segments; /* the kernel cuts trains */
    struct sockaddr_storage local;
    size_t used;    /* buffers with committed data */
    size_t waiting; /* messages not yet sent; without UDP_SEGMENT one train is several */
    size_t dropped; /* since the last flush that was asked for */
    struct inward in;
    struct outward out;
};

static socklen_t address_len(int family)
{
    return family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

/* A wildcard socket answers from whatever address routing picks, and ICE fails. */
static bool concrete(const struct sockaddr_storage *a)
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)a;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)a;
    if (a->ss_family == AF_INET) return v4->sin_addr.s_addr != htonl(INADDR_ANY);
    return a->ss_family == AF_INET6 && !IN6_IS_ADDR_UNSPECIFIED(&v6->sin6_addr);
}

/* ---- the socket ---- */

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

static void rows_init(struct udp *u)
{
    for (size_t i = 0; i < LIMIT_UDP_BATCH; i++) {
        u->in.parts[i] = (struct iovec){u->in.bytes[i], LIMIT_DATAGRAM_BYTES};
        u->in.messages[i].msg_hdr =
            (struct msghdr){.msg_name = &u->in.addresses[i], .msg_iov = &u->in.parts[i], .msg_iovlen = 1};
        u->out.messages[i].msg_hdr =
            (struct msghdr){.msg_name = &u->out.addresses[i], .msg_iov = &u->out.parts[i], .msg_iovlen = 1};
        struct cmsghdr *c = (struct cmsghdr *)u->out.controls[i].bytes;
        *c = (struct cmsghdr){
            .cmsg_level = SOL_UDP, .cmsg_type = UDP_SEGMENT, .cmsg_len = CMSG_LEN(sizeof(uint16_t))};
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
    struct udp *u = aligned_alloc(_Alignof(struct udp), sizeof(*u));
    if (!u) return ERR_SYSTEM;
    memset(u, 0, sizeof(*u));
    rows_init(u);
    int segment = 0;
    socklen_t len = sizeof(u->local), int_len = sizeof(segment);
    u->fd = socket(bind_to->ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP);
    if (u->fd >= 0) set_options(u->fd, bind_to->ss_family);
    if (u->fd < 0 || bind(u->fd, (const struct sockaddr *)bind_to, address_len(bind_to->ss_family)) != 0 ||
        getsockname(u->fd, (struct sockaddr *)&u->local, &len) != 0) {
        LOG_ERROR("media", "UDP socket: error %d", errno);
        mmsg_close(u);
        return ERR_SYSTEM;
    }
    u->segments = getsockopt(u->fd, SOL_UDP, UDP_SEGMENT, &segment, &int_len) == 0; /* Linux 4.18 */
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

/* ---- in ---- */

static size_t mmsg_recv(struct udp *u, struct datagram *out, size_t n)
{
    if (n > LIMIT_UDP_BATCH) n = LIMIT_UDP_BATCH;
    for (size_t i = 0; i < n; i++) {
        u->in.messages[i].msg_hdr.msg_namelen = sizeof(struct sockaddr_in6);
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

/* ---- out ---- */

/* A train that the device cannot cut (no checksum offload: EIO) goes out datagram by datagram, this one and
 * all that follow. */
static void send_singly(struct udp *u, size_t i)
{
    struct msghdr m = u->out.messages[i].msg_hdr;
    struct iovec rest = *m.msg_iov, part;
    uint16_t segment;
    memcpy(&segment, CMSG_DATA((struct cmsghdr *)m.msg_control), sizeof(segment));
    m.msg_control = NULL;
    m.msg_controllen = 0;
    m.msg_iov = &part;
    for (; rest.iov_len; rest.iov_base = (uint8_t *)rest.iov_base + part.iov_len) {
        part = (struct iovec){rest.iov_base, rest.iov_len < segment ? rest.iov_len : segment};
        if (sendmsg(u->fd, &m, 0) < 0) u->dropped++;
        rest.iov_len -= part.iov_len;
    }
}

static void on_refused(struct udp *u, size_t i)
{
    bool train = u->out.messages[i].msg_hdr.msg_control;
    if (train && (errno == EIO || errno == EINVAL || errno == EMSGSIZE || errno == EOPNOTSUPP)) {
        if (errno == EIO && u->segments) {
            LOG_WARN("media", "this network device cannot segment datagrams: sent one by one");
            u->segments = false;
        }
        send_singly(u, i);
    } else {
        u->dropped += u->out.datagrams[i];
    }
}

/* A full buffer ends the attempt: audio that waits is worth less than audio that comes next. An error of one
 * destination (no route, refused by a filter) costs its own datagrams only. */
static void send_waiting(struct udp *u)
{
    size_t at = 0;
    while (at < u->waiting) {
        int sent = sendmmsg(u->fd, &u->out.messages[at], (unsigned)(u->waiting - at), 0);
        if (sent > 0) {
            at += (size_t)sent;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
            while (at < u->waiting) u->dropped += u->out.datagrams[at++];
        } else if (errno != EINTR) {
            on_refused(u, at++);
        }
    }
    u->waiting = 0;
}

static uint8_t *mmsg_reserve(struct udp *u, size_t n)
{
    if (u->used + n > LIMIT_UDP_BATCH) {
        send_waiting(u);
        u->used = 0;
    }
    return u->out.bytes[u->used];
}

static void add_message(struct udp *u, const uint8_t *bytes, size_t len, size_t segment,
                        const struct endpoint *to)
{
    if (u->waiting == LIMIT_UDP_BATCH) send_waiting(u);
    size_t i = u->waiting++;
    struct msghdr *m = &u->out.messages[i].msg_hdr;
    bool train = len > segment;
    u->out.addresses[i] = *to;
    u->out.parts[i] = (struct iovec){(void *)bytes, len};
    u->out.datagrams[i] = train ? (uint16_t)((len + segment - 1) / segment) : 1;
    m->msg_namelen = address_len(to->any.sa_family);
    m->msg_control = train ? u->out.controls[i].bytes : NULL;
    m->msg_controllen = train ? sizeof(u->out.controls[i].bytes) : 0;
    uint16_t size = (uint16_t)segment;
    if (train) memcpy(CMSG_DATA((struct cmsghdr *)u->out.controls[i].bytes), &size, sizeof(size));
}

static void mmsg_commit(struct udp *u, const uint8_t *bytes, size_t len, size_t segment,
                        const struct endpoint *to)
{
    u->used = (size_t)(bytes - u->out.bytes[0]) / UDP_STRIDE + 1;
    if (!u->segments)
        for (; len > segment; bytes += segment, len -= segment) add_message(u, bytes, segment, segment, to);
    add_message(u, bytes, len, segment, to);
}

static size_t mmsg_flush(struct udp *u)
{
    send_waiting(u);
    u->used = 0;
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
