#include "soak.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { OPUS = 111, LEVEL_EXT = 1, LOUD = 20, FRAME_MS = 20, BREATHS = 16 };
enum { STAY_MS = 120000, FROZEN_MS = 20000, WATCH_MS = 3000 };
static const uint64_t NS_PER_MS = 1000000;

static struct client_world *world_of(const struct seat *p)
{
    return &p->crowd->world;
}

static uint32_t number_of(const struct soak *s, const struct seat *p)
{
    return (uint32_t)(p - s->seats);
}

static void wait_about(struct soak *s, struct seat *p, uint32_t ms)
{
    p->next_ms = s->now_ms + ms / 2 + soak_draw(s, ms);
}

/* ---- out ---- */

static void to(struct soak *s, struct seat *p, enum seat_state state, uint32_t about_ms)
{
    p->state = state;
    p->stage = p->talking = false;
    wait_about(s, p, about_ms);
}

/* The server has said that it is out: from now on its media connection is watched. */
static void out(struct soak *s, struct seat *p)
{
    p->member.socket.out = false;
    to(s, p, SEAT_WATCHED, WATCH_MS);
    p->next_ms = s->now_ms + WATCH_MS;
    p->out_ns = wall_ns();
}

static void end_watch(struct soak *s, struct seat *p)
{
    uint64_t late = p->out_ns + SOAK_SETTLE_MS * NS_PER_MS;
    if (p->client->said_ns > late) {
        s->counts.heard_outside++;
        fprintf(stderr, "soak: seat %u still hears room %u\n", number_of(s, p), p->room);
    }
    crowd_renew(p->crowd, p->client);
    to(s, p, p->member.socket.fd >= 0 ? SEAT_HALL : SEAT_AWAY, 2000);
}

/* Not in order: the other side gets a reset, and nothing of what was on its way. */
static void cut_socket(struct seat *p)
{
    struct linger now = {.l_onoff = 1};
    if (p->member.socket.fd >= 0)
        (void)setsockopt(p->member.socket.fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    socket_close(&p->member.socket);
}

/* The server has closed the connection, and we did not want that: a machine too busy for the pings, or
 * banned. */
static void lose(struct soak *s, struct seat *p)
{
    s->counts.lost++;
    to(s, p, SEAT_AWAY, 1000);
}

static void leave(struct soak *s, struct seat *p)
{
    switch (soak_draw(s, 10)) {
    case 0: /* the connection breaks, and comes back within the time that it may, or later */
        cut_socket(p);
        crowd_renew(p->crowd, p->client);
        s->counts.cut++;
        to(s, p, SEAT_AWAY, 10000);
        break;
    case 1: /* not a word more */
        crowd_hush(p->crowd, p->client);
        s->counts.vanished++;
        to(s, p, SEAT_FROZEN, FROZEN_MS);
        break;
    case 2: /* only the media connection */
        crowd_renew(p->crowd, p->client);
        s->counts.dark++;
        to(s, p, SEAT_INSIDE, 30000);
        break;
    case 3: /* only the WebSocket: its media goes on until it comes again */
        cut_socket(p);
        s->counts.reconnected++;
        to(s, p, SEAT_AWAY, 4000);
        break;
    default:
        if (member_do(&p->member, "room.leave") != OK &&
            p->member.socket.fd < 0) { /* closed before we said it */
            lose(s, p);
            break;
        }
        s->counts.left++;
        out(s, p);
        if (soak_draw(s, 4) == 0) socket_close(&p->member.socket);
    }
}

/* ---- in ---- */

static void refuse(struct soak *s, const struct seat *p, const char *what)
{
    s->counts.refused++;
    fprintf(stderr, "soak: seat %u: %s refused: %s\n", number_of(s, p), what, p->member.socket.refusal);
}

static in_addr_t founders_address(const struct soak *s)
{
    return htonl(s->seats[0].crowd->first);
}

/* It invites all others, and may lose its connection like them. */
static enum err founder_here(struct soak *s)
{
    return s->founder.socket.fd < 0 ? member_return(&s->founder, &s->club, founders_address(s)) : OK;
}

static void come(struct soak *s, struct seat *p)
{
    uint8_t seed[32];
    struct hash invite;
    in_addr_t self = htonl(p->crowd->first + number_of(s, p) / SOAK_CROWDS);
    enum err e = OK;
    if (p->known) {
        e = member_return(&p->member, &s->club, self);
    } else {
        e = founder_here(s);
        if (!e) e = member_invite(&s->founder, seed, &invite);
        if (!e) e = member_enter(&p->member, &s->club, self, seed, &s->founder, &invite);
        if (!e)
            p->known = true;
        else
            member_leave(&p->member);
    }
    if (e) refuse(s, p, "coming");
    to(s, p, e ? SEAT_AWAY : SEAT_HALL, e ? 3000 : 500);
}

static void fill_terms(const struct seat *p, uint32_t number, struct terms *t)
{
    *t = (struct terms){.payload_type = OPUS, .level_ext = LEVEL_EXT, .fill = (uint8_t)(p->room + 1)};
    snprintf(t->ufrag, sizeof(t->ufrag), "seat%u", number);
    snprintf(t->pwd, sizeof(t->pwd), "password-of-seat-%06u", number);
    t->self = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(p->client->address)};
    for (uint32_t k = 0; k < LIMIT_VARIANTS; k++) t->ssrc[k] = 0x20000000 + 2 * number + k;
}

static void join(struct soak *s, struct seat *p)
{
    uint32_t number = number_of(s, p);
    p->room = soak_draw(s, SOAK_ROOMS / SOAK_CROWDS) * SOAK_CROWDS + number % SOAK_CROWDS;
    struct soak_room *room = &s->rooms[p->room];
    bool opens = id_zero(room->id);
    enum err e = opens ? member_open_room(&p->member, &room->id) : OK;
    if (opens && e) room->id = (struct id){0};
    struct terms *t = &p->client->terms;
    if (p->client->state != CLIENT_NEW) crowd_renew(p->crowd, p->client);
    fill_terms(p, number, t);
    if (!e) e = member_join(&p->member, room->id, &p->crowd->identity.fingerprint, t);
    p->member.socket.out = false;
    if (e) {
        bool over = strcmp(p->member.socket.refusal, "not_found") == 0;
        if (over) room->id = (struct id){0};
        if (!over && p->member.socket.fd >= 0) refuse(s, p, opens ? "opening" : "joining");
        to(s, p, p->member.socket.fd >= 0 ? SEAT_HALL : SEAT_AWAY, 2000);
        return;
    }
    s->counts.joins++;
    crowd_start(p->crowd, p->client);
    to(s, p, SEAT_INSIDE, STAY_MS);
    p->since_ms = s->now_ms;
    if (!opens) return;
    room->opener = number;
    s->counts.opened++;
    p->stage = member_speak(&p->member, &p->member) == OK;
}

/* ---- what they do ---- */

static void act(struct soak *s, struct seat *p)
{
    switch (p->state) {
    case SEAT_AWAY:
        come(s, p);
        break;
    case SEAT_HALL:
        join(s, p);
        break;
    case SEAT_INSIDE:
        if (p->client->state == CLIENT_NEW) /* in the dark, and nobody has put it out */
            out(s, p);
        else
            leave(s, p);
        break;
    case SEAT_WATCHED:
        end_watch(s, p);
        break;
    case SEAT_FROZEN:
        cut_socket(p);
        crowd_renew(p->crowd, p->client);
        to(s, p, SEAT_AWAY, 2000);
        break;
    }
}

static void take_turns(struct soak *s)
{
    for (uint32_t i = 0; i < BREATHS; i++) {
        struct seat *p = &s->seats[s->turn++ % SOAK_PEOPLE];
        if (p->state == SEAT_AWAY || p->state == SEAT_FROZEN) continue;
        socket_breathe(&p->member.socket);
        if (p->state == SEAT_INSIDE && p->member.socket.out) out(s, p);
        if (p->state != SEAT_WATCHED && p->member.socket.fd < 0) lose(s, p);
    }
    socket_breathe(&s->founder.socket);
}

/* About an eighth of the time each of them talks, in rooms where somebody does not yet. */
static void speak(struct soak *s)
{
    for (struct seat *p = s->seats; p < s->seats + SOAK_PEOPLE; p++) {
        if (p->state != SEAT_INSIDE || !p->stage) continue;
        if (s->now_ms >= p->turn_ms) {
            p->talking = !p->talking && p->turn_ms != 0;
            p->talk_ms = s->now_ms;
            p->turn_ms = s->now_ms + (p->talking ? 3000 + soak_draw(s, 5000) : 10000 + soak_draw(s, 50000));
        }
        if (p->talking && client_say(p->client, world_of(p), LOUD, wall_ns()) != OK) s->counts.unsaid++;
    }
}

void people_step(struct soak *s)
{
    for (int i = 0; i < SOAK_CROWDS; i++) crowd_step(&s->crowds[i], wall_ns() + NS_PER_MS);
    s->now_ms = wall_ns() / NS_PER_MS;
    if (s->now_ms >= s->say_ms) {
        speak(s);
        s->say_ms = s->say_ms + FRAME_MS < s->now_ms ? s->now_ms : s->say_ms + FRAME_MS;
    }
    take_turns(s);
    for (unsigned done = 0, i = 0; i < SOAK_PEOPLE && done < 2; i++) { /* few: the audio does not wait */
        struct seat *p = &s->seats[(s->turn + i) % SOAK_PEOPLE];
        if (s->now_ms < p->next_ms) continue;
        act(s, p);
        done++;
    }
}

/* ---- what happens to them ---- */

static struct seat *somebody(struct soak *s, bool stage)
{
    for (int tries = 0; tries < 200; tries++) {
        struct seat *p = &s->seats[soak_draw(s, SOAK_PEOPLE)];
        if (p->state == SEAT_INSIDE && p->stage == stage && p->client->state == CLIENT_UP) return p;
    }
    return NULL;
}

/* Whoever opened the room that this one is in, if still there. */
static struct seat *opener_of(struct soak *s, const struct seat *p)
{
    struct seat *o = &s->seats[s->rooms[p->room].opener];
    return o != p && o->state == SEAT_INSIDE && o->room == p->room && !id_zero(s->rooms[p->room].id) ? o
                                                                                                     : NULL;
}

static unsigned stage_of(const struct soak *s, uint32_t room)
{
    unsigned n = 0;
    for (const struct seat *p = s->seats; p < s->seats + SOAK_PEOPLE; p++)
        n += p->state == SEAT_INSIDE && p->stage && p->room == room;
    return n;
}

static void ban(struct soak *s, struct seat *p)
{
    if (founder_here(s) != OK || member_ban(&s->founder, &p->member) != OK) return;
    s->counts.banned++;
    out(s, p);
    member_leave(&p->member); /* somebody new comes in its place */
    p->known = false;
}

void people_event(struct soak *s, unsigned kind)
{
    struct seat *p = somebody(s, kind == EVENT_BACK), *opener = p ? opener_of(s, p) : NULL;
    if (kind == EVENT_MOVE && (p = &s->seats[soak_draw(s, SOAK_PEOPLE) | 1])->client->state == CLIENT_UP) {
        crowd_move(p->crowd, p->client);
        s->counts.moved++;
    }
    if (!opener) return;
    if (kind == EVENT_STAGE && stage_of(s, p->room) < SOAK_STAGE) {
        p->stage = member_speak(&p->member, &opener->member) == OK;
        p->turn_ms = 0;
        s->counts.staged += p->stage;
    } else if (kind == EVENT_BACK) {
        s->counts.unstaged += member_do_to(&opener->member, "room.send_back", &p->member) == OK;
        p->stage = p->talking = false;
    } else if (kind == EVENT_END) {
        s->counts.ended += member_do(&opener->member, "room.end") == OK;
        s->rooms[p->room].id = (struct id){0};
    } else if (kind == EVENT_BAN) {
        ban(s, p);
    } else if (kind == EVENT_REMOVE && member_remove(&opener->member, &p->member, s->rooms[p->room].id,
                                                     opener->member.account) == OK) {
        s->counts.removed++;
        out(s, p);
    }
}

unsigned people_inside(const struct soak *s)
{
    unsigned n = 0;
    for (const struct seat *p = s->seats; p < s->seats + SOAK_PEOPLE; p++)
        n += p->state == SEAT_INSIDE && p->client->state == CLIENT_UP;
    return n;
}

/* On a good network, and for long enough: then what somebody says is heard. */
unsigned people_deaf(struct soak *s)
{
    enum { LONG_MS = 5000, SAYS_MS = 2500, QUIET_MS = 2000 };
    bool talks[SOAK_ROOMS] = {0};
    unsigned n = 0;
    for (const struct seat *p = s->seats; p < s->seats + SOAK_PEOPLE; p += SOAK_CROWDS)
        if (p->state == SEAT_INSIDE && p->talking && p->client->state == CLIENT_UP &&
            s->now_ms >= p->talk_ms + SAYS_MS && s->now_ms >= p->since_ms + LONG_MS)
            talks[p->room] = true;
    for (struct seat *p = s->seats; p < s->seats + SOAK_PEOPLE; p += SOAK_CROWDS) {
        if (p->state != SEAT_INSIDE || !talks[p->room] || p->talking || p->client->state != CLIENT_UP)
            continue;
        if (s->now_ms < p->since_ms + LONG_MS) continue;
        if (p->client->heard_ns / NS_PER_MS + QUIET_MS >= s->now_ms) continue;
        fprintf(stderr, "soak: seat %u hears nobody in room %u\n", number_of(s, p), p->room);
        n++;
    }
    return n;
}

/* ---- life ---- */

static bool inside_or_not(const struct seat *p)
{
    return p->state == SEAT_INSIDE || p->state == SEAT_HALL;
}

void people_go(struct soak *s)
{
    for (struct seat *p = s->seats; p < s->seats + SOAK_PEOPLE; p++) {
        if (inside_or_not(p) && soak_draw(s, 2)) (void)!member_do(&p->member, "room.leave");
        member_leave(&p->member);
        crowd_renew(p->crowd, p->client);
    }
    member_leave(&s->founder);
}

enum err people_init(struct soak *s)
{
    s->now_ms = s->say_ms = wall_ns() / NS_PER_MS;
    for (uint32_t i = 0; i < SOAK_PEOPLE; i++) {
        struct seat *p = &s->seats[i];
        p->crowd = &s->crowds[i % SOAK_CROWDS];
        p->client = crowd_add(p->crowd);
        if (!p->client) return ERR_FULL;
        p->member.socket = (struct socket){.fd = -1, .quiet = true};
        p->next_ms = s->now_ms + soak_draw(s, 60000); /* they come within a minute */
    }
    return member_enter(&s->founder, &s->club, founders_address(s), s->server.founder_seed, NULL, NULL);
}
