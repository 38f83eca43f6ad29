/* What the kernel alone can do: one packet to each of N destinations, RATE times a second for SECONDS, by
 * sendmmsg in batches of 128 and nothing else. With GSO n, n packets for a destination leave as one buffer
 * (UDP_SEGMENT). Prints one JSON line with the CPU time that its process used.
 *
 *   bench-raw SOURCE FIRST PORT N BYTES GSO RATE SECONDS       RATE 0: as fast as it goes */
#include <arpa/inet.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"

enum { BATCH = LIMIT_UDP_BATCH, GSO_MAX = 8 };
static const uint64_t NS_PER_S = 1000000000;

struct raw {
    int fd;
    uint32_t first, count;
    uint16_t port;
    size_t bytes;
    unsigned gso;
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    struct sockaddr_in to[BATCH];
    uint8_t data[BATCH][GSO_MAX * LIMIT_DATAGRAM_BYTES];
    _Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(sizeof(uint16_t))];
    uint64_t sent;
};

static uint64_t clock_ns(clockid_t which)
{
    struct timespec t;
    clock_gettime(which, &t);
    return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static void prepare(struct raw *r)
{
    struct cmsghdr *c = (struct cmsghdr *)r->control;
    uint16_t segment = (uint16_t)r->bytes;
    *c = (struct cmsghdr){
        .cmsg_len = CMSG_LEN(sizeof(segment)), .cmsg_level = SOL_UDP, .cmsg_type = UDP_SEGMENT};
    memcpy(CMSG_DATA(c), &segment, sizeof(segment));
    for (int i = 0; i < BATCH; i++) {
        memset(r->data[i], 0x5a, sizeof(r->data[i]));
        r->parts[i] = (struct iovec){r->data[i], r->bytes * r->gso};
        r->to[i] = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(r->port)};
        r->messages[i].msg_hdr = (struct msghdr){.msg_name = &r->to[i],
                                                 .msg_namelen = sizeof(r->to[i]),
                                                 .msg_iov = &r->parts[i],
                                                 .msg_iovlen = 1,
                                                 .msg_control = r->gso > 1 ? r->control : NULL,
                                                 .msg_controllen = r->gso > 1 ? sizeof(r->control) : 0};
    }
}

static bool open_socket(struct raw *r, const char *source)
{
    int buffer = LIMIT_UDP_BUFFER_BYTES, probe = IP_PMTUDISC_PROBE;
    struct sockaddr_in a = {.sin_family = AF_INET};
    r->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP);
    return inet_pton(AF_INET, source, &a.sin_addr) == 1 && r->fd >= 0 &&
           setsockopt(r->fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof(buffer)) == 0 &&
           setsockopt(r->fd, IPPROTO_IP, IP_MTU_DISCOVER, &probe, sizeof(probe)) == 0 &&
           bind(r->fd, (struct sockaddr *)&a, sizeof(a)) == 0;
}

static bool send_round(struct raw *r)
{
    for (uint32_t at = 0; at < r->count;) {
        uint32_t n = r->count - at < BATCH ? r->count - at : BATCH;
        for (uint32_t i = 0; i < n; i++) r->to[i].sin_addr.s_addr = htonl(r->first + at + i);
        int done = sendmmsg(r->fd, r->messages, n, 0);
        if (done <= 0) {
            perror("raw: sendmmsg");
            return false;
        }
        at += (uint32_t)done;
        r->sent += (uint64_t)done * r->gso;
    }
    return true;
}

/* GSO n stands for n speakers: as many rounds a second, each of n packets per destination. */
static bool run(struct raw *r, unsigned rate, double seconds)
{
    uint64_t start = clock_ns(CLOCK_MONOTONIC), end = start + (uint64_t)(seconds * 1e9), turn = 0;
    while (clock_ns(CLOCK_MONOTONIC) < end) {
        if (!send_round(r)) return false;
        if (rate == 0) continue;
        uint64_t next = start + ++turn * NS_PER_S / rate;
        struct timespec t = {(time_t)(next / NS_PER_S), (long)(next % NS_PER_S)};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
    }
    return true;
}

int main(int argc, char **argv)
{
    static struct raw r;
    struct in_addr first;
    if (argc != 9 || inet_pton(AF_INET, argv[2], &first) != 1) {
        fputs("usage: bench-raw SOURCE FIRST PORT N BYTES GSO RATE SECONDS\n", stderr);
        return 2;
    }
    r.first = ntohl(first.s_addr);
    r.port = (uint16_t)atoi(argv[3]);
    r.count = (uint32_t)atoi(argv[4]);
    r.bytes = (size_t)atoi(argv[5]);
    r.gso = (unsigned)atoi(argv[6]);
    if (r.bytes < 1 || r.bytes > LIMIT_DATAGRAM_BYTES || r.gso < 1 || r.gso > GSO_MAX ||
        !open_socket(&r, argv[1])) {
        fputs("bench-raw: that is not possible\n", stderr);
        return 1;
    }
    prepare(&r);
    uint64_t before = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    bool ok = run(&r, (unsigned)atoi(argv[7]), atof(argv[8]));
    printf("{\"sent\":%llu,\"cpu_ns\":%llu}\n", (unsigned long long)r.sent,
           (unsigned long long)(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - before));
    return ok ? 0 : 1;
}
