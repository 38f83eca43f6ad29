/* One worker on the simulated network with its clients, and a clock that only the test moves. */
#ifndef TEST_NET_H
#define TEST_NET_H

#include "client.h"
#include "media/udp_sim.h"
#include "media/worker.h"

enum { NET_CLIENTS = 16, NET_CAPACITY = 32 };

struct net {
    struct worker w;
    struct dtls_context *dtls;
    uint64_t now;
    struct client *clients[NET_CLIENTS];
    size_t count;
    struct media_event events[64];
    size_t event_count;
    bool (*lose)(struct net *n, const struct client *to, struct view datagram); /* on the way to a client */
    bool checking; /* clients repeat their check every two seconds */
    uint32_t random;
    peer_name generation;
    peer_name thread; /* which one of a team the worker is */
};

int net_setup(void **state); /* cmocka: *state is a fresh net */
int net_teardown(void **state);

struct id net_room(uint8_t n);
struct client *net_client(struct net *n, struct id room); /* made, not yet added */
void net_add(struct net *n, struct client *c);            /* MEDIA_PEER_ADD */
void net_drop(struct net *n, struct client *c);
void net_speak(struct net *n, struct client *c, bool may);
void net_twin(struct net *n, struct client *c, struct media_twin twin);
void net_up(struct net *n, struct client *c, bool may_speak); /* added and all that follows, until it is up */
struct client *net_join(struct net *n, struct id room, bool may_speak); /* a new one */

bool net_deliver(struct net *n);           /* what was sent to the clients; false: nothing was */
void net_settle(struct net *n);            /* until no datagram is on its way; time stands still */
void net_pass(struct net *n, uint64_t ms); /* in steps of 10 ms */
bool net_event(const struct net *n, enum media_event_kind kind, const struct client *c);
uint32_t net_random(struct net *n); /* the same sequence in every run */

#endif
