#include "net.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

int net_setup(void **state)
{
    struct net *n = calloc(1, sizeof(*n));
    assert_non_null(n);
    n->now = 1000000;
    n->random = 1;
    n->generation = 1;
    assert_int_equal(dtls_context_new(&n->dtls), OK);
    struct worker_config config = {
        .row = &udp_sim, .capacity = NET_CAPACITY, .dtls = n->dtls, .address_count = 1};
    struct sockaddr_in *a = (struct sockaddr_in *)&config.addresses[0];
    *a = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(3478)};
    inet_pton(AF_INET, "192.0.2.1", &a->sin_addr);
    assert_int_equal(worker_init(&n->w, &config), OK);
    *state = n;
    return 0;
}

int net_teardown(void **state)
{
    struct net *n = *state;
    for (size_t i = 0; i < n->count; i++) client_free(n->clients[i]);
    worker_deinit(&n->w);
    dtls_context_free(n->dtls);
    free(n);
    return 0;
}

struct id net_room(uint8_t n)
{
    return (struct id){{n}};
}

static void inject(struct client *c, struct view datagram)
{
    struct net *n = c->user;
    assert_true(udp_sim_inject(n->w.udp, &c->address, datagram));
}

struct client *net_client(struct net *n, struct id room)
{
    assert_true(n->count < NET_CLIENTS);
    struct client *c = client_new((unsigned)n->count, room);
    c->user = n;
    c->send = inject;
    n->clients[n->count++] = c;
    return c;
}

static void push(struct net *n, const struct media_command *command)
{
    assert_true(ring_push(&n->w.commands, command));
    net_settle(n);
}

void net_add(struct net *n, struct client *c)
{
    size_t place = 0;
    while (n->clients[place] != c) place++;
    c->name = (n->generation += 2) << 32 | n->thread << PEER_PLACE_BITS | (place + 1);
    push(n, &(struct media_command){.kind = MEDIA_PEER_ADD, .peer = c->name, .add = c->is});
}

void net_drop(struct net *n, struct client *c)
{
    push(n, &(struct media_command){.kind = MEDIA_PEER_DROP, .peer = c->name});
}

void net_speak(struct net *n, struct client *c, bool may)
{
    push(n, &(struct media_command){.kind = MEDIA_PEER_SPEAK, .peer = c->name, .speak = may});
}

void net_twin(struct net *n, struct client *c, struct media_twin twin)
{
    push(n, &(struct media_command){.kind = MEDIA_PEER_TWIN, .peer = c->name, .twin = twin});
}

void net_up(struct net *n, struct client *c, bool may_speak)
{
    net_add(n, c);
    if (may_speak) net_speak(n, c, true);
    client_check(c, true);
    net_settle(n);
    client_hello(c);
    net_settle(n);
    assert_true(c->up);
}

struct client *net_join(struct net *n, struct id room, bool may_speak)
{
    struct client *c = net_client(n, room);
    net_up(n, c, may_speak);
    assert_true(net_event(n, MEDIA_PEER_UP, c));
    return c;
}

static bool same_address(const struct endpoint *a, const struct endpoint *b)
{
    const struct sockaddr_in *x = (const struct sockaddr_in *)a, *y = (const struct sockaddr_in *)b;
    return x->sin_addr.s_addr == y->sin_addr.s_addr && x->sin_port == y->sin_port;
}

bool net_deliver(struct net *n)
{
    struct endpoint to;
    struct view datagram;
    bool any = false;
    for (; udp_sim_drain(n->w.udp, &to, &datagram); any = true)
        for (size_t i = 0; i < n->count; i++)
            if (same_address(&to, &n->clients[i]->address) &&
                !(n->lose && n->lose(n, n->clients[i], datagram)))
                client_on_datagram(n->clients[i], datagram);
    return any;
}

void net_settle(struct net *n)
{
    do {
        worker_step(&n->w, n->now);
    } while (net_deliver(n));
    struct media_event e;
    while (ring_pull(&n->w.events, &e)) {
        assert_true(n->event_count < 64);
        n->events[n->event_count++] = e;
    }
}

void net_pass(struct net *n, uint64_t ms)
{
    for (uint64_t end = n->now + ms; n->now < end;) {
        n->now += 10;
        if (n->checking && n->now % 2000 == 0)
            for (size_t i = 0; i < n->count; i++)
                if (n->clients[i]->up) client_check(n->clients[i], true);
        net_settle(n);
    }
}

bool net_event(const struct net *n, enum media_event_kind kind, const struct client *c)
{
    for (size_t i = 0; i < n->event_count; i++)
        if (n->events[i].kind == kind && n->events[i].peer == c->name) return true;
    return false;
}

uint32_t net_random(struct net *n) /* xorshift32 (Marsaglia 2003) */
{
    n->random ^= n->random << 13;
    n->random ^= n->random >> 17;
    n->random ^= n->random << 5;
    return n->random;
}
