#include "crowd.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SWEEP_MS = 5, BATCHES = 8 };
static const uint64_t NS_PER_MS = 1000000;

static void send_now(void *user, struct packet *p)
{
    struct crowd *c = user;
    port_send(c->port, p->here, &p->there, (struct view){p->data, p->len});
}

static void send_datagram(void *user, const struct client_world *w, in_addr_t from,
                          const struct sockaddr_in *to, struct view datagram)
{
    (void)w;
    struct crowd *c = user;
    if (!c->rates || datagram.len > LIMIT_DATAGRAM_BYTES) {
        port_send(c->port, from, to, datagram);
        return;
    }
    struct packet p = {.here = from, .there = *to, .len = datagram.len};
    memcpy(p.data, datagram.ptr, datagram.len);
    faults_pass(&c->out, &p, send_now, c);
}

enum err crowd_init(struct crowd *c, const struct crowd_config *config)
{
    *c = (struct crowd){.capacity = config->capacity, .first = config->first, .rates = config->faults};
    if (c->rates) c->in.rates = c->out.rates = *c->rates;
    c->in.state = config->first, c->out.state = ~(uint64_t)config->first;
    enum err e = identity_init(&c->identity);
    if (!e) e = port_new(&c->port, config->port, config->stamps);
    if (!e) {
        c->clients = calloc(c->capacity, sizeof(*c->clients));
        c->due_ms = calloc(c->capacity, sizeof(*c->due_ms));
        if (!c->clients || !c->due_ms) e = ERR_SYSTEM;
    }
    c->world = (struct client_world){.identity = &c->identity,
                                     .tally = &c->tally,
                                     .payload_bytes = config->payload_bytes,
                                     .send = send_datagram,
                                     .user = c};
    c->now_ms = wall_ns() / NS_PER_MS;
    if (e) crowd_deinit(c);
    return e;
}

void crowd_deinit(struct crowd *c)
{
    for (uint32_t i = 0; c->clients && i < c->count; i++) client_free(&c->clients[i]);
    free(c->clients);
    free(c->due_ms);
    port_free(c->port);
    identity_deinit(&c->identity);
    *c = (struct crowd){0};
}

struct client *crowd_add(struct crowd *c)
{
    if (c->count == c->capacity) return NULL;
    struct client *client = &c->clients[c->count];
    client->address = c->first + c->count;
    c->due_ms[c->count++] = UINT64_MAX;
    return client;
}

/* Keeps the sums right, whatever the client did meanwhile. */
static void settle(struct crowd *c, struct client *client, enum client_state before)
{
    if (client->state == before) return;
    if (client->state == CLIENT_UP) c->up++;
    if (client->state == CLIENT_FAILED) c->failed++;
}

void crowd_start(struct crowd *c, struct client *client)
{
    client_start(client, &c->world, c->now_ms);
    c->due_ms[client - c->clients] = c->now_ms;
}

void crowd_move(struct crowd *c, struct client *client)
{
    client->address += c->capacity;
    client->terms.self.sin_addr.s_addr = htonl(client->address);
}

void crowd_renew(struct crowd *c, struct client *client)
{
    in_addr_t address = client->address;
    for (int k = 0; k < LIMIT_SLOTS; k++) c->missed += stream_missing(&client->streams[k]);
    client_free(client);
    client->address = address;
    crowd_move(c, client);
    crowd_hush(c, client);
}

void crowd_hush(struct crowd *c, const struct client *client)
{
    c->due_ms[client - c->clients] = UINT64_MAX;
}

static void take(struct crowd *c, in_addr_t to, struct span data, uint64_t at_ns)
{
    uint32_t i = (to - c->first) % c->capacity;
    if (i >= c->count) {
        c->tally.strange++;
        return;
    }
    struct client *client = &c->clients[i];
    if (client->address != to || client->state == CLIENT_NEW) {
        c->stray++;
        return;
    }
    enum client_state before = client->state;
    client_on_datagram(client, &c->world, data, at_ns, c->now_ms);
    settle(c, client, before);
    if (client->state != before) c->due_ms[i] = c->now_ms;
}

static void take_packet(void *user, struct packet *p)
{
    take(user, p->here, (struct span){p->data, p->len}, p->at_ns);
}

static void on_arrival(void *user, const struct arrival *a)
{
    struct crowd *c = user;
    if (!c->rates || a->len > LIMIT_DATAGRAM_BYTES) {
        take(c, a->to, (struct span){a->data, a->len}, a->at_ns);
        return;
    }
    struct packet p = {.here = a->to, .at_ns = a->at_ns, .len = a->len};
    memcpy(p.data, a->data, a->len);
    faults_pass(&c->in, &p, take_packet, c);
}

static void sweep(struct crowd *c)
{
    if (c->now_ms < c->swept_ms + SWEEP_MS) return;
    c->swept_ms = c->now_ms;
    for (uint32_t i = 0; i < c->count; i++) {
        if (c->due_ms[i] > c->now_ms) continue;
        enum client_state before = c->clients[i].state;
        c->due_ms[i] = client_tick(&c->clients[i], &c->world, c->now_ms);
        settle(c, &c->clients[i], before);
    }
}

void crowd_step(struct crowd *c, uint64_t until_ns)
{
    uint64_t now = wall_ns();
    port_flush(c->port);
    if (until_ns > now) {
        uint64_t left = until_ns - now < SWEEP_MS * NS_PER_MS ? until_ns - now : SWEEP_MS * NS_PER_MS;
        struct pollfd fd = {.fd = port_fd(c->port), .events = POLLIN};
        struct timespec t = {.tv_nsec = (long)left};
        (void)ppoll(&fd, 1, &t, NULL);
    }
    c->now_ms = wall_ns() / NS_PER_MS;
    port_recv(c->port, BATCHES, on_arrival, c);
    sweep(c);
    port_flush(c->port);
}

uint64_t crowd_missing(const struct crowd *c)
{
    uint64_t sum = c->missed;
    for (uint32_t i = 0; i < c->count; i++)
        for (int k = 0; k < LIMIT_SLOTS; k++) sum += stream_missing(&c->clients[i].streams[k]);
    return sum;
}
