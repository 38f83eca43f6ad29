#include "crowd.h"

#include <poll.h>
#include <stdlib.h>
#include <time.h>

enum { SWEEP_MS = 5, BATCHES = 8 };
static const uint64_t NS_PER_MS = 1000000;

static void send_datagram(void *user, const struct client_world *w, in_addr_t from,
                          const struct sockaddr_in *to, struct view datagram)
{
    (void)w;
    port_send(user, from, to, datagram);
}

enum err crowd_init(struct crowd *c, const struct crowd_config *config)
{
    *c = (struct crowd){.capacity = config->capacity, .first = config->first};
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
                                     .user = c->port};
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

static void on_arrival(void *user, const struct arrival *a)
{
    struct crowd *c = user;
    uint32_t i = a->to - c->first;
    if (i >= c->count) {
        c->tally.strange++;
        return;
    }
    struct client *client = &c->clients[i];
    enum client_state before = client->state;
    client_on_datagram(client, &c->world, (struct span){a->data, a->len}, a->at_ns, c->now_ms);
    settle(c, client, before);
    if (client->state != before) c->due_ms[i] = c->now_ms;
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
    uint64_t sum = 0;
    for (uint32_t i = 0; i < c->count; i++)
        for (int k = 0; k < LIMIT_SLOTS; k++) sum += stream_missing(&c->clients[i].streams[k]);
    return sum;
}
