/* The kernel's UDP by recvmmsg and sendmmsg, and by UDP_SEGMENT where several datagrams go to one
 * destination. A bound, never connected socket for each address; buffers that are used over and over, so that
 * they stay in the cache. */
#include <errno.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
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

struct lane { /* one address, and what is to go out there */
    int fd;
    bool segments; /* the kernel cuts trains */
    struct sockaddr_storage local;
    size_t waiting; /* messages not yet sent; without UDP_SEGMENT one train is several */
    struct mmsghdr messages[LIMIT_UDP_BATCH];
    struct iovec parts[LIMIT_UDP_BATCH];
    struct endpoint addresses[LIMIT_UDP_BATCH];
    struct control controls[LIMIT_UDP_BATCH];
    uint16_t datagrams[LIMIT_UDP_BATCH]; /* how many a message stands for */
};

struct udp {
    size_t lane_count, turn; /* turn: which lane is heard first */
    int epoll;               /* over both sockets; -1: there is one */
    size_t used;             /* buffers with committed data */
    size_t dropped;          /* since the last flush that was asked for */
    struct inward in;
    struct lane lanes[LIMIT_MEDIA_ADDRESSES];
    _Alignas(64) uint8_t out[LIMIT_UDP_BATCH][UDP_STRIDE];
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

static void inward_init(struct inward *in)
{
    for (size_t i = 0; i < LIMIT_UDP_BATCH; i++) {
        in->parts[i] = (struct iovec){in->bytes[i], LIMIT_DATAGRAM_BYTES};
        in->messages[i].msg_hdr =
            (struct msghdr){.msg_name = &in->addresses[i], .msg_iov = &in->parts[i], .msg_iovlen = 1};
    }
}

static void lane_init(struct lane *l)
{
    for (size_t i = 0; i < LIMIT_UDP_BATCH; i++) {
        l->messages[i].msg_hdr =
            (struct msghdr){.msg_name = &l->addresses[i], .msg_iov = &l->parts[i], .msg_iovlen = 1};
        struct cmsghdr *c = (struct cmsghdr *)l->controls[i].bytes;
        *c = (struct cmsghdr){
            .cmsg_level = SOL_UDP, .cmsg_type = UDP_SEGMENT, .cmsg_len = CMSG_LEN(sizeof(uint16_t))};
    }
}

static bool lane_open(struct lane *l, const struct sockaddr_storage *at)
{
    int segment = 0;
    socklen_t len = sizeof(l->local), int_len = sizeof(segment);
    lane_init(l);
    l->fd = socket(at->ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP);
    if (l->fd < 0) return false;
    set_options(l->fd, at->ss_family);
    l->segments = getsockopt(l->fd, SOL_UDP, UDP_SEGMENT, &segment, &int_len) == 0; /* Linux 4.18 */
    return bind(l->fd, (const struct sockaddr *)at, address_len(at->ss_family)) == 0 &&
           getsockname(l->fd, (struct sockaddr *)&l->local, &len) == 0;
}

/* One descriptor to wait for, whichever socket has something. */
static bool watch_both(struct udp *u)
{
    u->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (u->epoll < 0) return false;
    for (size_t i = 0; i < u->lane_count; i++) {
        struct epoll_event e = {.events = EPOLLIN};
        if (epoll_ctl(u->epoll, EPOLL_CTL_ADD, u->lanes[i].fd, &e) != 0) return false;
    }
    return true;
}

static void mmsg_close(struct udp *u)
{
    if (!u) return;
    for (size_t i = 0; i < u->lane_count; i++)
        if (u->lanes[i].fd >= 0) close(u->lanes[i].fd);
    if (u->epoll >= 0) close(u->epoll);
    free(u);
}

static bool acceptable(const struct sockaddr_storage *at, size_t n)
{
    if (n < 1 || n > LIMIT_MEDIA_ADDRESSES || (n == 2 && at[0].ss_family == at[1].ss_family)) return false;
    for (size_t i = 0; i < n; i++)
        if (!concrete(&at[i])) return false;
    return true;
}

static enum err mmsg_open(struct udp **out, const struct sockaddr_storage *bind_to, size_t n)
{
    *out = NULL;
    if (!acceptable(bind_to, n)) return ERR_UNSUPPORTED;
    struct udp *u = aligned_alloc(_Alignof(struct udp), sizeof(*u));
    if (!u) return ERR_SYSTEM;
    memset(u, 0, sizeof(*u));
    inward_init(&u->in);
    u->epoll = -1;
    bool good = true;
    for (size_t i = 0; i < n && good; i++) {
        struct sockaddr_storage at = bind_to[i];
        if (i && !endpoint_port(&at)) endpoint_set_port(&at, endpoint_port(&u->lanes[0].local));
        u->lane_count++;
        good = lane_open(&u->lanes[i], &at);
    }
    if (!good || (n > 1 && !watch_both(u))) {
        LOG_ERROR("media", "UDP socket: error %d", errno);
        mmsg_close(u);
        return ERR_SYSTEM;
    }
    *out = u;
    return OK;
}

static int mmsg_fd(const struct udp *u)
{
    return u->epoll >= 0 ? u->epoll : u->lanes[0].fd;
}

static struct sockaddr_storage mmsg_local(const struct udp *u, size_t i)
{
    return u->lanes[i].local;
}

/* ---- in ---- */

/* Into the rows from the first one on. */
static size_t hear(struct inward *in, int fd, size_t first, struct datagram *out, size_t n)
{
    for (size_t i = first; i < n; i++) {
        in->messages[i].msg_hdr.msg_namelen = sizeof(struct sockaddr_in6);
        in->messages[i].msg_hdr.msg_flags = 0;
    }
    int got = recvmmsg(fd, in->messages + first, (unsigned)(n - first), 0, NULL);
    if (got < 0) return first; /* nothing there, or interrupted: the loop comes back */
    for (size_t i = first; i < first + (size_t)got; i++) {
        const struct mmsghdr *m = &in->messages[i];
        size_t len = m->msg_hdr.msg_flags & MSG_TRUNC ? 0 : m->msg_len; /* too long: dropped as malformed */
        out[i] = (struct datagram){in->addresses[i], {in->bytes[i], len}, in->bytes[i]};
    }
    return first + (size_t)got;
}

static size_t mmsg_recv(struct udp *u, struct datagram *out, size_t n)
{
    size_t got = 0;
    if (n > LIMIT_UDP_BATCH) n = LIMIT_UDP_BATCH;
    for (size_t i = 0; i < u->lane_count && got < n; i++)
        got = hear(&u->in, u->lanes[(u->turn + i) % u->lane_count].fd, got, out, n);
    u->turn++; /* a flood at one address does not silence the other */
    return got;
}

/* ---- out ---- */

/* A train that the device cannot cut (no checksum offload: EIO) goes out datagram by datagram, this one and
 * all that follow. How many were dropped. */
static size_t send_singly(struct lane *l, size_t i)
{
    struct msghdr m = l->messages[i].msg_hdr;
    struct iovec rest = *m.msg_iov, part;
    uint16_t segment;
    size_t dropped = 0;
    memcpy(&segment, CMSG_DATA((struct cmsghdr *)m.msg_control), sizeof(segment));
    m.msg_control = NULL;
    m.msg_controllen = 0;
    m.msg_iov = &part;
    for (; rest.iov_len; rest.iov_base = (uint8_t *)rest.iov_base + part.iov_len) {
        part = (struct iovec){rest.iov_base, rest.iov_len < segment ? rest.iov_len : segment};
        if (sendmsg(l->fd, &m, 0) < 0) dropped++;
        rest.iov_len -= part.iov_len;
    }
    return dropped;
}

static size_t on_refused(struct lane *l, size_t i)
{
    bool train = l->messages[i].msg_hdr.msg_control;
    if (!train || (errno != EIO && errno != EINVAL && errno != EMSGSIZE && errno != EOPNOTSUPP))
        return l->datagrams[i];
    if (errno == EIO && l->segments) {
        LOG_WARN("media", "this network device cannot segment datagrams: sent one by one");
        l->segments = false;
    }
    return send_singly(l, i);
}

/* A full buffer ends the attempt: audio that waits is worth less than audio that comes next. An error of one
 * destination (no route, refused by a filter) costs its own datagrams only. How many were dropped. */
static size_t send_waiting(struct lane *l)
{
    size_t at = 0, dropped = 0;
    while (at < l->waiting) {
        int sent = sendmmsg(l->fd, &l->messages[at], (unsigned)(l->waiting - at), 0);
        if (sent > 0) {
            at += (size_t)sent;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
            while (at < l->waiting) dropped += l->datagrams[at++];
        } else if (errno != EINTR) {
            dropped += on_refused(l, at++);
        }
    }
    l->waiting = 0;
    return dropped;
}

static void send_all(struct udp *u)
{
    for (size_t i = 0; i < u->lane_count; i++) u->dropped += send_waiting(&u->lanes[i]);
    u->used = 0;
}

static uint8_t *mmsg_reserve(struct udp *u, size_t n)
{
    if (u->used + n > LIMIT_UDP_BATCH) send_all(u);
    return u->out[u->used];
}

/* How many were dropped to make room for it. */
static size_t add_message(struct lane *l, const uint8_t *bytes, size_t len, size_t segment,
                          const struct endpoint *to)
{
    size_t dropped = l->waiting == LIMIT_UDP_BATCH ? send_waiting(l) : 0;
    size_t i = l->waiting++;
    struct msghdr *m = &l->messages[i].msg_hdr;
    bool train = len > segment;
    l->addresses[i] = *to;
    l->parts[i] = (struct iovec){(void *)bytes, len};
    l->datagrams[i] = train ? (uint16_t)((len + segment - 1) / segment) : 1;
    m->msg_namelen = address_len(to->any.sa_family);
    m->msg_control = train ? l->controls[i].bytes : NULL;
    m->msg_controllen = train ? sizeof(l->controls[i].bytes) : 0;
    uint16_t size = (uint16_t)segment;
    if (train) memcpy(CMSG_DATA((struct cmsghdr *)l->controls[i].bytes), &size, sizeof(size));
    return dropped;
}

/* Whoever has an address of a family was heard at our address of it. */
static struct lane *lane_of(struct udp *u, const struct endpoint *to)
{
    return &u->lanes[u->lane_count > 1 && u->lanes[1].local.ss_family == to->any.sa_family];
}

static void mmsg_commit(struct udp *u, const uint8_t *bytes, size_t len, size_t segment,
                        const struct endpoint *to)
{
    struct lane *l = lane_of(u, to);
    u->used = (size_t)(bytes - u->out[0]) / UDP_STRIDE + 1;
    if (!l->segments)
        for (; len > segment; bytes += segment, len -= segment)
            u->dropped += add_message(l, bytes, segment, segment, to);
    u->dropped += add_message(l, bytes, len, segment, to);
}

static size_t mmsg_flush(struct udp *u)
{
    send_all(u);
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
