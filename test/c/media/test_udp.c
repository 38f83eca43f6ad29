#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "media/udp.h"
#include "media/udp_sim.h"

static struct sockaddr_storage address(const char *text, uint16_t port)
{
    struct sockaddr_storage a = {0};
    struct sockaddr_in *v4 = (struct sockaddr_in *)&a;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&a;
    if (strchr(text, ':')) {
        *v6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port)};
        assert_int_equal(inet_pton(AF_INET6, text, &v6->sin6_addr), 1);
    } else {
        *v4 = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
        assert_int_equal(inet_pton(AF_INET, text, &v4->sin_addr), 1);
    }
    return a;
}

static struct endpoint endpoint(struct sockaddr_storage a)
{
    struct endpoint e = {0};
    memcpy(&e.v6, &a, sizeof(e.v6));
    return e;
}

/* Three batches to itself, with sizes from 0 to the largest; loopback keeps order and loses nothing that
 * fits. */
static void to_itself_and_back(const char *text)
{
    enum { COUNT = 3 * LIMIT_UDP_BATCH + 1 };
    struct sockaddr_storage any = address(text, 0);
    struct udp *u;
    struct datagram got[LIMIT_UDP_BATCH];
    assert_int_equal(udp_mmsg.open(&u, &any, 1), OK);
    struct endpoint self = endpoint(udp_mmsg.local(u, 0));
    size_t back = 0;
    for (size_t i = 0; i < COUNT; i++) {
        uint8_t *p = udp_mmsg.reserve(u, 1);
        size_t len = i % (LIMIT_DATAGRAM_BYTES + 1);
        memset(p, (int)i, len);
        udp_mmsg.commit(u, p, len, len, &self);
    }
    assert_int_equal(udp_mmsg.flush(u), 0);
    struct pollfd fd = {.fd = udp_mmsg.fd(u), .events = POLLIN};
    while (back < COUNT) {
        assert_int_equal(poll(&fd, 1, 5000), 1);
        size_t n = udp_mmsg.recv(u, got, LIMIT_UDP_BATCH);
        for (size_t i = 0; i < n; i++, back++) {
            assert_int_equal(got[i].data.len, back % (LIMIT_DATAGRAM_BYTES + 1));
            for (size_t k = 0; k < got[i].data.len; k++) assert_int_equal(got[i].data.ptr[k], (uint8_t)back);
            assert_int_equal(got[i].from.v4.sin_port, self.v4.sin_port);
        }
    }
    assert_int_equal(udp_mmsg.recv(u, got, LIMIT_UDP_BATCH), 0);
    udp_mmsg.close(u);
}

static void kernel_ipv4(void **state)
{
    (void)state;
    to_itself_and_back("127.0.0.1");
}

static void kernel_ipv6(void **state)
{
    (void)state;
    struct sockaddr_storage any = address("::1", 0);
    struct udp *u;
    if (udp_mmsg.open(&u, &any, 1) != OK) skip(); /* a machine without IPv6 */
    udp_mmsg.close(u);
    to_itself_and_back("::1");
}

/* Trains of every number of datagrams, with a shorter one at the end, among single ones; the buffers that
 * were reserved and left out go nowhere. */
static void trains_on(const struct udp_row *row, struct udp *u, const struct endpoint *to)
{
    enum { SEGMENT = 150, TRAINS = 60 };
    for (size_t i = 0; i < TRAINS; i++) {
        uint8_t *p = row->reserve(u, 3);
        size_t len = 100 + SEGMENT * (i % 10);
        if (i % 2) p += UDP_STRIDE;
        for (size_t k = 0; k < len; k++) p[k] = (uint8_t)(i + k / SEGMENT);
        row->commit(u, p, len, SEGMENT, to);
    }
    assert_int_equal(row->flush(u), 0);
}

static void expect_trains(size_t (*next)(void *user, uint8_t *out), void *user)
{
    uint8_t got[LIMIT_DATAGRAM_BYTES];
    for (size_t i = 0; i < 60; i++)
        for (size_t k = 0; k <= i % 10; k++) {
            size_t len = next(user, got);
            assert_int_equal(len, k == i % 10 ? 100 : 150);
            for (size_t n = 0; n < len; n++) assert_int_equal(got[n], (uint8_t)(i + k));
        }
}

static size_t next_of_kernel(void *user, uint8_t *out)
{
    struct datagram d;
    struct pollfd fd = {.fd = udp_mmsg.fd(user), .events = POLLIN};
    assert_int_equal(poll(&fd, 1, 5000), 1);
    assert_int_equal(udp_mmsg.recv(user, &d, 1), 1);
    memcpy(out, d.data.ptr, d.data.len);
    return d.data.len;
}

static size_t next_of_sim(void *user, uint8_t *out)
{
    struct endpoint to;
    struct view data;
    assert_true(udp_sim_drain(user, &to, &data));
    memcpy(out, data.ptr, data.len);
    return data.len;
}

static int refused_trains; /* the device cannot cut the next so many of them */
static int option_error;
int __real_sendmmsg(int fd, struct mmsghdr *messages, unsigned n, int flags);
int __wrap_sendmmsg(int fd, struct mmsghdr *messages, unsigned n, int flags);
int __wrap_sendmmsg(int fd, struct mmsghdr *messages, unsigned n, int flags)
{
    for (unsigned i = 0; refused_trains && i < n; i++) {
        if (!messages[i].msg_hdr.msg_control) continue;
        if (i) return __real_sendmmsg(fd, messages, i, flags);
        refused_trains--;
        errno = EIO;
        return -1;
    }
    return __real_sendmmsg(fd, messages, n, flags);
}
int __real_getsockopt(int fd, int level, int name, void *value, socklen_t *len);
int __wrap_getsockopt(int fd, int level, int name, void *value, socklen_t *len);
int __wrap_getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
    if (!option_error) return __real_getsockopt(fd, level, name, value, len);
    errno = option_error;
    return -1;
}

static void trains_arrive_as_datagrams(void **state)
{
    (void)state;
    for (int how = 0; how < 3;
         how++) { /* cut by the kernel; a kernel that knows no trains; a device that fails */
        struct sockaddr_storage any = address("127.0.0.1", 0);
        struct udp *u;
        option_error = how == 1 ? ENOPROTOOPT : 0;
        refused_trains = how == 2 ? 100 : 0;
        assert_int_equal(udp_mmsg.open(&u, &any, 1), OK);
        struct endpoint self = endpoint(udp_mmsg.local(u, 0));
        trains_on(&udp_mmsg, u, &self);
        expect_trains(next_of_kernel, u);
        if (how == 2) assert_in_range(refused_trains, 1, 99);
        refused_trains = 0;
        trains_on(&udp_mmsg, u, &self);
        expect_trains(next_of_kernel, u);
        udp_mmsg.close(u);
    }
    struct sockaddr_storage here = address("192.0.2.1", 1);
    struct endpoint there = endpoint(here);
    struct udp *u;
    assert_int_equal(udp_sim.open(&u, &here, 1), OK);
    trains_on(&udp_sim, u, &there);
    expect_trains(next_of_sim, u);
    udp_sim.close(u);
}

/* Two sockets, one set of buffers: each datagram leaves from the address of its destination's family. */
static void both_families_at_once(void **state)
{
    (void)state;
    enum { COUNT = 2 * LIMIT_UDP_BATCH + 3 };
    struct sockaddr_storage any[] = {address("127.0.0.1", 0), address("::1", 0)};
    struct udp *u;
    struct datagram got[LIMIT_UDP_BATCH];
    enum err e = ERR_SYSTEM;
    for (int tries = 0; e && tries < 20; tries++) e = udp_mmsg.open(&u, any, 2); /* both ports must be free */
    assert_int_equal(e, OK);
    struct endpoint self[] = {endpoint(udp_mmsg.local(u, 0)), endpoint(udp_mmsg.local(u, 1))};
    assert_int_equal(self[0].v4.sin_port, self[1].v6.sin6_port);
    for (size_t i = 0; i < COUNT; i++) {
        uint8_t *p = udp_mmsg.reserve(u, 1);
        memset(p, (int)i, 150);
        udp_mmsg.commit(u, p, 150, 150, &self[i % 3 == 0]);
    }
    assert_int_equal(udp_mmsg.flush(u), 0);
    struct pollfd fd = {.fd = udp_mmsg.fd(u), .events = POLLIN};
    size_t next[] = {1, 0}, back = 0; /* what each family gets next, in order */
    while (back < COUNT) {
        assert_int_equal(poll(&fd, 1, 5000), 1);
        size_t n = udp_mmsg.recv(u, got, 7);
        for (size_t i = 0; i < n; i++, back++) {
            bool v6 = got[i].from.any.sa_family == AF_INET6;
            assert_int_equal(got[i].from.v4.sin_port, self[v6].v4.sin_port);
            assert_int_equal(got[i].data.ptr[149], (uint8_t)next[v6]);
            next[v6] += v6 ? 3 : next[v6] % 3; /* 0 3 6 ..., and 1 2 4 5 7 ... */
        }
    }
    assert_int_equal(poll(&fd, 1, 0), 0);
    udp_mmsg.close(u);
}

static void wildcards_and_nonsense_are_refused(void **state)
{
    (void)state;
    struct udp *u;
    struct sockaddr_storage bad[] = {address("0.0.0.0", 0), address("::", 0), {.ss_family = AF_UNIX}};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(udp_mmsg.open(&u, &bad[i], 1), ERR_UNSUPPORTED);
        assert_null(u);
    }
    struct sockaddr_storage two[] = {address("127.0.0.1", 0), address("127.0.0.1", 0), address("::1", 0)};
    assert_int_equal(udp_mmsg.open(&u, two, 2), ERR_UNSUPPORTED);
    assert_int_equal(udp_mmsg.open(&u, two, 3), ERR_UNSUPPORTED);
    assert_int_equal(udp_mmsg.open(&u, two, 0), ERR_UNSUPPORTED);
    struct sockaddr_storage foreign = address("192.0.2.1", 0);
    assert_int_equal(udp_mmsg.open(&u, &foreign, 1), ERR_SYSTEM);
    assert_null(u);
}

static void a_bad_destination_costs_one_datagram(void **state)
{
    (void)state;
    struct sockaddr_storage any = address("127.0.0.1", 0), zero = address("127.0.0.1", 0);
    struct endpoint nowhere = endpoint(zero);
    struct udp *u;
    struct datagram got[LIMIT_UDP_BATCH];
    assert_int_equal(udp_mmsg.open(&u, &any, 1), OK);
    struct endpoint self = endpoint(udp_mmsg.local(u, 0));
    for (int i = 0; i < 3; i++) {
        uint8_t *p = udp_mmsg.reserve(u, 1);
        *p = (uint8_t)i;
        udp_mmsg.commit(u, p, 1, 1, i == 1 ? &nowhere : &self); /* port 0: EINVAL */
    }
    assert_int_equal(udp_mmsg.flush(u), 1);
    assert_int_equal(udp_mmsg.flush(u), 0);
    struct pollfd fd = {.fd = udp_mmsg.fd(u), .events = POLLIN};
    for (size_t n = 0; n < 2;) {
        assert_int_equal(poll(&fd, 1, 5000), 1);
        n += udp_mmsg.recv(u, got, LIMIT_UDP_BATCH);
    }
    udp_mmsg.close(u);
}

static void too_long_arrives_empty(void **state)
{
    (void)state;
    struct sockaddr_storage any = address("127.0.0.1", 0);
    struct udp *u;
    struct datagram got[LIMIT_UDP_BATCH];
    assert_int_equal(udp_mmsg.open(&u, &any, 1), OK);
    struct endpoint self = endpoint(udp_mmsg.local(u, 0));
    uint8_t big[LIMIT_DATAGRAM_BYTES + 1] = {0};
    assert_int_equal(
        sendto(udp_mmsg.fd(u), big, sizeof(big), 0, (struct sockaddr *)&self, sizeof(struct sockaddr_in)),
        sizeof(big));
    struct pollfd fd = {.fd = udp_mmsg.fd(u), .events = POLLIN};
    assert_int_equal(poll(&fd, 1, 5000), 1);
    assert_int_equal(udp_mmsg.recv(u, got, LIMIT_UDP_BATCH), 1);
    assert_int_equal(got[0].data.len, 0);
    udp_mmsg.close(u);
}

static void the_simulated_one_loses_what_does_not_fit(void **state)
{
    (void)state;
    struct sockaddr_storage here = address("192.0.2.1", 1);
    struct endpoint there = endpoint(address("2001:db8::1", 2)), to;
    struct udp *u;
    struct view data;
    struct datagram got[LIMIT_UDP_BATCH];
    assert_int_equal(udp_sim.open(&u, &here, 1), OK);
    uint8_t byte = 0;
    size_t in = 0, out = 0;
    while (udp_sim_inject(u, &there, (struct view){&byte, 1})) byte++, in++;
    for (size_t n; (n = udp_sim.recv(u, got, LIMIT_UDP_BATCH)); out += n)
        for (size_t i = 0; i < n; i++) assert_int_equal(got[i].data.ptr[0], (uint8_t)(out + i));
    assert_int_equal(in, out);
    for (size_t i = 0; i < in + 3; i++) {
        uint8_t *p = udp_sim.reserve(u, 1);
        *p = (uint8_t)i;
        udp_sim.commit(u, p, 1, 1, &there);
    }
    assert_int_equal(udp_sim.flush(u), 3);
    for (size_t i = 0; i < in; i++) {
        assert_true(udp_sim_drain(u, &to, &data));
        assert_int_equal(data.ptr[0], (uint8_t)i);
        assert_memory_equal(&to, &there, sizeof(struct sockaddr_in6));
    }
    assert_false(udp_sim_drain(u, &to, &data));
    udp_sim.close(u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernel_ipv4),
        cmocka_unit_test(kernel_ipv6),
        cmocka_unit_test(trains_arrive_as_datagrams),
        cmocka_unit_test(both_families_at_once),
        cmocka_unit_test(wildcards_and_nonsense_are_refused),
        cmocka_unit_test(a_bad_destination_costs_one_datagram),
        cmocka_unit_test(too_long_arrives_empty),
        cmocka_unit_test(the_simulated_one_loses_what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
