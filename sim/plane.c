/* The media plane: a real worker on a simulated network, and for each player the client of the media tests,
 * with real STUN, DTLS and SRTP. Players speak whenever they like, allowed or not. */
#define OPENSSL_SUPPRESS_DEPRECATED /* RAND_METHOD: chance comes from the seed, in OpenSSL too */
#include "../test/c/media/client.h"
#include "../test/c/noise_openssl.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "checks.h"
#include "media/udp_sim.h"
#include "media/worker.h"
#include "wire/rtp.h"

enum {
    CAPACITY = 2 * SIM_PLAYERS,
    FIRST_PORT = 10000,
    CHECK_MS = 100,    /* until the first answer */
    CONSENT_MS = 2000, /* from then on */
    FLIGHT_MS = 250,   /* a DTLS flight is sent again */
    FLIGHT = 8,
    HURRY = 12 /* one in so many slices a player says something */
};

enum line_state { LINE_DOWN, LINE_CHECKING, LINE_SHAKING, LINE_UP };

struct line { /* a player's connection */
    struct sim *s;
    struct client *c;
    enum line_state state;
    peer_name peer;
    uint64_t check_at, flight_at;
    struct {
        size_t len;
        uint8_t bytes[LIMIT_DATAGRAM_BYTES];
    } flight[FLIGHT]; /* what DTLS sent since it last heard something */
    size_t flight_count;
    bool answers; /* something came: what DTLS sends next is another flight. What it says nothing to changes
                     nothing */
    bool heard[SIM_PLAYERS]; /* from whom, since plane_hush */
};

struct plane {
    struct worker w;
    struct dtls_context *dtls;
    struct line lines[SIM_PLAYERS];
    struct letter *letters;
    uint16_t next_port;
    peer_name of_port[1 << 16];
    uint32_t place[WORLD_PEERS]; /* in the worker, + 1; 0: none */
    bool taken[CAPACITY];
    struct id room[WORLD_PEERS];
    uint64_t may_until[WORLD_PEERS]; /* when a peer was last allowed to speak; it may still be */
    struct media_event events[CAPACITY];
    size_t event_count;
};

static unsigned int timer_off(SSL *ssl, unsigned int us) /* OpenSSL would go by the machine's clock */
{
    (void)ssl, (void)us;
    return UINT32_MAX / 2;
}

/* ---- the server's half ------------------------------------------------------------------------------------
 */

static void start_worker(struct plane *m)
{
    struct worker_config config = {
        .row = &udp_sim, .capacity = CAPACITY, .dtls = m->dtls, .address_count = 1};
    struct sockaddr_in *at = (struct sockaddr_in *)&config.addresses[0];
    *at = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(3478)};
    inet_pton(AF_INET, "192.0.2.1", &at->sin_addr);
    if (worker_init(&m->w, &config)) abort();
}

void plane_open(struct sim *s)
{
    noise = s->seed;
    RAND_set_rand_method(&noise_method);
    struct plane *m = s->plane = calloc(1, sizeof(*m));
    if (!m || dtls_context_new(&m->dtls)) abort();
    m->next_port = FIRST_PORT;
    start_worker(m);
}

void plane_restart(struct sim *s)
{
    struct plane *m = s->plane;
    worker_deinit(&m->w);
    start_worker(m);
    memset(m->place, 0, sizeof(m->place));
    memset(m->taken, 0, sizeof(m->taken));
    for (peer_name i = 0; i < s->w.next_peer; i++) m->may_until[i] = s->mono;
    m->event_count = 0;
}

void plane_close(struct sim *s)
{
    struct plane *m = s->plane;
    worker_deinit(&m->w);
    dtls_context_free(m->dtls);
    net_drop(&m->letters);
    for (int i = 0; i < SIM_PLAYERS; i++)
        if (m->lines[i].c) client_free(m->lines[i].c);
    free(m);
    s->plane = NULL;
}

static void take_place(struct plane *m, const struct media_command *c)
{
    uint32_t place = 0;
    while (place < CAPACITY && m->taken[place]) place++;
    if (place == CAPACITY) abort();
    m->taken[place] = true;
    m->place[c->peer] = place + 1;
    m->room[c->peer] = c->add.room;
}

void plane_command(struct sim *s, const struct media_command *c)
{
    struct plane *m = s->plane;
    struct media_command out = *c;
    if (c->kind == MEDIA_PEER_ADD) take_place(m, c);
    if (c->kind == MEDIA_PEER_SPEAK || c->kind == MEDIA_PEER_DROP)
        m->may_until[c->peer] = s->mono; /* from here on the world knows */
    out.peer = c->peer << 32 | m->place[c->peer];
    if (!ring_push(&m->w.commands, &out)) abort();
}

void plane_release(struct sim *s, peer_name peer)
{
    struct plane *m = s->plane;
    if (m->place[peer]) m->taken[m->place[peer] - 1] = false;
    m->place[peer] = 0;
}

bool plane_event(struct sim *s, struct media_event *out)
{
    struct plane *m = s->plane;
    if (!m->event_count) return false;
    *out = m->events[0];
    m->may_until[out->peer] = s->mono;
    memmove(m->events, m->events + 1, --m->event_count * sizeof(*m->events));
    return true;
}

static void pull_events(struct sim *s)
{
    struct plane *m = s->plane;
    struct media_event e;
    while (ring_pull(&m->w.events, &e)) {
        if (m->event_count == CAPACITY) abort();
        e.peer >>= 32;
        s->tally.handshakes += e.kind == MEDIA_PEER_UP;
        m->events[m->event_count++] = e;
    }
}

/* ---- a player's half --------------------------------------------------------------------------------- */

static struct line *line_of(const struct sim *s, const struct player *p)
{
    return &s->plane->lines[p - s->players];
}

static uint16_t port_of(const struct endpoint *e)
{
    return ntohs(e->v4.sin_port);
}

static void to_server(struct client *c, struct view datagram)
{
    struct line *l = c->user;
    bool dtls = packet_kind(datagram) == PACKET_DTLS;
    if (dtls && l->answers) l->flight_count = 0;
    if (dtls) l->answers = false;
    if (dtls && l->flight_count < FLIGHT) {
        memcpy(l->flight[l->flight_count].bytes, datagram.ptr, datagram.len);
        l->flight[l->flight_count++].len = datagram.len;
    }
    net_send(l->s, &l->s->plane->letters, true, &c->address, datagram);
}

struct hash plane_certificate(struct sim *s, struct player *p)
{
    struct line *l = line_of(s, p);
    if (!l->c) {
        l->s = s;
        l->c = client_new((unsigned)(p - s->players), (struct id){0});
        l->c->user = l;
        l->c->send = to_server;
    }
    return client_fingerprint(l->c);
}

/* Another port: what was sent to the one before reaches nobody. */
static void move(struct plane *m, struct line *l)
{
    if (m->next_port < FIRST_PORT) abort();
    l->c->address.v4.sin_port = htons(m->next_port);
    m->of_port[m->next_port++] = l->peer;
}

void plane_leave(struct sim *s, struct player *p)
{
    struct line *l = line_of(s, p);
    l->state = LINE_DOWN;
    l->peer = 0;
}

void plane_hang_up(struct sim *s, struct player *p)
{
    struct line *l = line_of(s, p);
    if (l->state == LINE_UP) client_close(l->c);
    plane_leave(s, p);
}

void plane_join(struct sim *s, struct player *p, const struct note *n)
{
    struct line *l = line_of(s, p);
    struct client *c = l->c;
    srtp_free(c->out);
    srtp_free(c->in);
    ear_free(c->ear);
    c->out = c->in = NULL;
    c->ear = NULL;
    c->up = c->alert = false;
    c->answers = 0;
    c->is.ice = n->media.ice;
    c->is.constant = n->media.constant;
    memcpy(c->is.ssrc, n->media.ssrc, sizeof(c->is.ssrc));
    client_reset_dtls(c);
    DTLS_set_timer_cb(c->ssl, timer_off);
    l->state = LINE_CHECKING;
    l->peer = n->peer;
    l->check_at = l->flight_count = 0;
    l->answers = false;
    move(s->plane, l);
}

void plane_path(struct sim *s, struct player *p, const struct note *n)
{
    struct line *l = line_of(s, p);
    if (l->state == LINE_DOWN || l->peer != n->peer) return;
    l->c->is.ice = n->media.ice;
    l->check_at = 0;
    move(s->plane, l);
}

void plane_rebind(struct sim *s, struct player *p)
{
    struct line *l = line_of(s, p);
    if (l->state == LINE_DOWN) return;
    move(s->plane, l);
}

bool plane_up(const struct sim *s, const struct player *p)
{
    return line_of(s, p)->state == LINE_UP;
}

/* The payload says whose it is, and in which room it was said. */
void plane_say(struct sim *s, struct player *p)
{
    struct line *l = line_of(s, p);
    char text[32];
    if (l->state != LINE_UP) return;
    snprintf(text, sizeof(text), "%06u %03d %08x", (unsigned)l->peer, (int)(p - s->players),
             get_u32(p->room.bytes));
    client_say(l->c, text, (uint8_t)(20 + sim_random(s, 40)));
    s->tally.packets++;
}

static void hear(struct sim *s, struct line *l, const struct letter *from)
{
    unsigned peer, room;
    int who;
    const struct heard *h = client_heard(l->c, 0);
    char text[sizeof(h->payload) + 1] = {0};
    memcpy(text, h->payload, sizeof(h->payload));
    /* NOLINTNEXTLINE(cert-err34-c): what plane_say wrote, or not even that */
    if (sscanf(text, "%06u %03d %08x", &peer, &who, &room) != 3 || peer >= WORLD_PEERS)
        sim_broken(s, INVARIANT_SPEECH, "something was heard that nobody said");
    if (!id_eq(s->plane->room[peer], s->plane->room[l->peer]) || room != get_u32(s->plane->room[peer].bytes))
        sim_broken(s, INVARIANT_SPEECH, "heard in another room");
    if (!s->w.peer_speaks[peer] && from->sent > s->plane->may_until[peer])
        sim_broken(s, INVARIANT_SPEECH, "heard, but not on stage or muted");
    s->tally.heard++;
    l->heard[who] = true;
}

static void arrive(struct sim *s, const struct letter *letter)
{
    for (int i = 0; i < s->player_count; i++) {
        struct line *l = &s->plane->lines[i];
        struct view data = {letter->bytes, letter->len};
        if (!l->c || l->state == LINE_DOWN || port_of(&l->c->address) != port_of(&letter->address)) continue;
        size_t before = l->c->heard_count;
        enum packet_kind kind = packet_kind(data);
        if (kind == PACKET_RTCP) return; /* a modelled player makes nothing of reports */
        if (kind == PACKET_DTLS) {
            l->answers = true;
            l->flight_at = s->mono + FLIGHT_MS;
        }
        client_on_datagram(l->c, data);
        if (l->c->heard_count > before) hear(s, l, letter);
        return;
    }
}

static void line_turn(struct sim *s, struct line *l)
{
    if (l->state == LINE_DOWN) return;
    if (s->mono >= l->check_at) {
        client_check(l->c, true);
        l->check_at = s->mono + (l->c->answers ? CONSENT_MS : CHECK_MS);
    }
    if (l->state == LINE_CHECKING && l->c->answers) {
        l->state = LINE_SHAKING;
        l->flight_at = s->mono + FLIGHT_MS;
        client_hello(l->c);
    }
    if (l->state != LINE_SHAKING) return;
    if (l->c->up) l->state = LINE_UP;
    if (s->mono < l->flight_at) return;
    l->flight_at = s->mono + FLIGHT_MS;
    for (size_t i = 0; i < l->flight_count; i++)
        net_send(s, &s->plane->letters, true, &l->c->address,
                 (struct view){l->flight[i].bytes, l->flight[i].len});
}

/* ---- the network ------------------------------------------------------------------------------------------
 */

static void carry(struct sim *s)
{
    struct plane *m = s->plane;
    for (struct letter *l; (l = net_next(&m->letters, s->mono)); free(l)) {
        if (!l->to_server)
            arrive(s, l);
        else /* a full queue loses it, as a network does */
            (void)udp_sim_inject(m->w.udp, &l->address, (struct view){l->bytes, l->len});
    }
}

/* Whoever is out gets nothing more, from the worker's next turn on. */
static void post(struct sim *s)
{
    struct plane *m = s->plane;
    struct endpoint to;
    struct view data;
    while (udp_sim_drain(m->w.udp, &to, &data)) {
        peer_name peer = m->of_port[port_of(&to)];
        bool media = packet_kind(data) != PACKET_STUN;
        if (media && s->w.peer_state[peer] != PEER_ADDED)
            sim_broken(s, INVARIANT_BANNED, "a packet to somebody who is out");
        net_send(s, &m->letters, false, &to, data);
    }
}

static bool told_down(const struct plane *m, peer_name peer)
{
    for (size_t i = 0; i < m->event_count; i++)
        if (m->events[i].peer == peer && m->events[i].kind == MEDIA_PEER_DOWN) return true;
    return false;
}

/* Between a worker's turn and the next command both sides know the same. */
void plane_check(struct sim *s)
{
    struct plane *m = s->plane;
    for (uint32_t i = 0; i < CAPACITY; i++) {
        const struct peer *p = &m->w.peers[i];
        if (p->state == PEER_FREE || p->state == PEER_GONE) continue;
        if (s->w.peer_state[p->name >> 32] != PEER_ADDED)
            sim_broken(s, INVARIANT_ROSTER, "the media thread has somebody who is in no room");
    }
    for (peer_name i = 1; i < s->w.next_peer; i++) {
        if (s->w.peer_state[i] != PEER_ADDED || told_down(m, i)) continue;
        const struct peer *p = &m->w.peers[m->place[i] - 1];
        if (p->name >> 32 != i || p->state == PEER_GONE)
            sim_broken(s, INVARIANT_ROSTER, "in a room, and the media thread does not know");
        if (p->may_speak != s->w.peer_speaks[i])
            sim_broken(s, INVARIANT_ROSTER, "the media thread thinks otherwise of who may speak");
        if (!p->room || !id_eq(p->room->id, m->room[i]))
            sim_broken(s, INVARIANT_ROSTER, "the media thread has somebody in another room");
    }
}

void plane_turn(struct sim *s)
{
    struct plane *m = s->plane;
    carry(s);
    worker_step(&m->w, s->mono + DAY_MS);
    pull_events(s);
    post(s);
    plane_check(s);
    for (int i = 0; i < s->player_count; i++) {
        line_turn(s, &m->lines[i]);
        if (!s->calm && sim_random(s, HURRY) == 0) plane_say(s, &s->players[i]);
    }
}

void plane_hush(struct sim *s)
{
    for (int i = 0; i < SIM_PLAYERS; i++)
        memset(s->plane->lines[i].heard, 0, sizeof(s->plane->lines[i].heard));
}

bool plane_heard(const struct sim *s, const struct player *p, const struct player *from)
{
    return line_of(s, p)->heard[from - s->players];
}

void plane_check_empty(struct sim *s)
{
    struct worker *w = &s->plane->w;
    for (uint32_t i = 0; i < CAPACITY; i++)
        if (w->peers[i].name) sim_broken(s, INVARIANT_EMPTY, "the media thread still has somebody");
    if (pool_used(&w->rooms) || w->handshakes || w->by_ufrag.count || w->by_address.count || w->by_room.count)
        sim_broken(s, INVARIANT_EMPTY, "the media thread still has something of somebody");
}
