#include "port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"

/* Datagrams that were sent as one GSO buffer may arrive as one too: up to 64 of them. */
enum { BATCH = LIMIT_UDP_BATCH, IN_BYTES = 16384, OUT_BYTES = LIMIT_DATAGRAM_BYTES, CONTROL_BYTES = 128 };
enum { SOCKET_BYTES = 256 << 20 };

struct row {
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    struct sockaddr_in addresses[BATCH];
    _Alignas(struct cmsghdr) uint8_t control[BATCH][CONTROL_BYTES];
};

struct port {
    int fd;
    size_t waiting;
    uint64_t unsent;
    struct row in, out;
    uint8_t in_bytes[BATCH][IN_BYTES], out_bytes[BATCH][OUT_BYTES];
};

uint64_t wall_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* ---- life ---- */

static void row_init(struct row *r, uint8_t *bytes, size_t each)
{
    for (size_t i = 0; i < BATCH; i++) {
        r->parts[i] = (struct iovec){bytes + i * each, each};
        r->messages[i].msg_hdr = (struct msghdr){.msg_name = &r->addresses[i],
                                                 .msg_namelen = sizeof(r->addresses[i]),
                                                 .msg_iov = &r->parts[i],
                                                 .msg_iovlen = 1,
                                                 .msg_control = r->control[i]};
    }
}

static bool set(int fd, int level, int name, int value)
{
    return setsockopt(fd, level, name, &value, sizeof(value)) == 0;
}

static bool set_options(int fd, bool stamps)
{
    if (!set(fd, SOL_SOCKET, SO_RCVBUFFORCE, SOCKET_BYTES))
        (void)set(fd, SOL_SOCKET, SO_RCVBUF, SOCKET_BYTES);
    if (!set(fd, SOL_SOCKET, SO_SNDBUFFORCE, SOCKET_BYTES))
        (void)set(fd, SOL_SOCKET, SO_SNDBUF, SOCKET_BYTES);
    (void)set(fd, IPPROTO_IP, IP_TRANSPARENT,
              1); /* as root: clients whose addresses lead to a sink go on sending */
    return set(fd, IPPROTO_IP, IP_PKTINFO, 1) && set(fd, SOL_UDP, UDP_GRO, 1) &&
           (!stamps || set(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1));
}

enum err port_new(struct port **out, uint16_t number, bool stamps)
{
    *out = NULL;
    struct port *p = calloc(1, sizeof(*p));
    if (!p) return ERR_SYSTEM;
    row_init(&p->in, p->in_bytes[0], IN_BYTES);
    row_init(&p->out, p->out_bytes[0], OUT_BYTES);
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(number)};
    p->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP);
    if (p->fd < 0 || !set_options(p->fd, stamps) || bind(p->fd, (struct sockaddr *)&any, sizeof(any)) != 0) {
        fprintf(stderr, "load: UDP port %u: %s\n", number, strerror(errno));
        port_free(p);
        return ERR_SYSTEM;
    }
    *out = p;
    return OK;
}

void port_free(struct port *p)
{
    if (!p) return;
    if (p->fd >= 0) close(p->fd);
    free(p);
}

int port_fd(const struct port *p)
{
    return p->fd;
}

uint64_t port_unsent(const struct port *p)
{
    return p->unsent;
}

/* ---- in ---- */

struct labels { /* what the kernel says beside a datagram */
    size_t segment;
    struct arrival arrival;
};

static void read_labels(struct msghdr *m, struct labels *out)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof(info));
            out->arrival.to = ntohl(info.ipi_addr.s_addr);
        } else if (c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_GRO) {
            int size;
            memcpy(&size, CMSG_DATA(c), sizeof(size));
            out->segment = (size_t)size;
        } else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPNS) {
            struct timespec t;
            memcpy(&t, CMSG_DATA(c), sizeof(t));
            out->arrival.at_ns = (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
        }
    }
}

size_t port_recv(struct port *p, unsigned batches, void (*on)(void *user, const struct arrival *a),
                 void *user)
{
    size_t count = 0;
    for (int got = BATCH; batches-- > 0 && got == BATCH;) {
        for (size_t i = 0; i < BATCH; i++) {
            p->in.messages[i].msg_hdr.msg_namelen = sizeof(p->in.addresses[i]);
            p->in.messages[i].msg_hdr.msg_controllen = CONTROL_BYTES;
        }
        got = recvmmsg(p->fd, p->in.messages, BATCH, MSG_DONTWAIT, NULL);
        uint64_t now = wall_ns();
        for (int i = 0; i < got; i++) {
            size_t left = p->in.messages[i].msg_len;
            struct labels l = {.segment = left, .arrival = {.data = p->in_bytes[i], .at_ns = now}};
            read_labels(&p->in.messages[i].msg_hdr, &l);
            for (; left > 0; left -= l.arrival.len, l.arrival.data += l.arrival.len, count++) {
                l.arrival.len = left < l.segment ? left : l.segment;
                on(user, &l.arrival);
            }
        }
    }
    return count;
}

/* ---- out ---- */

static void label_source(struct msghdr *m, uint8_t *control, in_addr_t from)
{
    m->msg_control = control;
    m->msg_controllen = CMSG_SPACE(sizeof(struct in_pktinfo));
    struct in_pktinfo info = {.ipi_spec_dst.s_addr = htonl(from)};
    struct cmsghdr *c = CMSG_FIRSTHDR(m);
    *c = (struct cmsghdr){
        .cmsg_len = CMSG_LEN(sizeof(info)), .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO};
    memcpy(CMSG_DATA(c), &info, sizeof(info));
}

void port_send(struct port *p, in_addr_t from, const struct sockaddr_in *to, struct view datagram)
{
    if (datagram.len > OUT_BYTES) {
        p->unsent++;
        return;
    }
    size_t i = p->waiting++;
    memcpy(p->out_bytes[i], datagram.ptr, datagram.len);
    p->out.parts[i].iov_len = datagram.len;
    p->out.addresses[i] = *to;
    label_source(&p->out.messages[i].msg_hdr, p->out.control[i], from);
    if (p->waiting == BATCH) port_flush(p);
}

void port_flush(struct port *p)
{
    for (size_t at = 0; at < p->waiting;) {
        int n = sendmmsg(p->fd, p->out.messages + at, (unsigned)(p->waiting - at), 0);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) p->unsent++; /* the first one was refused; the others have their chance */
        at += n > 0 ? (size_t)n : 1;
    }
    p->waiting = 0;
}
