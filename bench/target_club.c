/* A whole server, by its WebSocket: `where` is "PATH,IPV4,PORT,THREADS" with the path of aparte; HTTP is on
 * port 8080, media on PORT. Everybody is a member: the founder by the link that a new server prints, the
 * others by invitations that grow as a tree, four to each, so that nobody meets a limit. Every member
 * connects from the address of its client.
 *
 * Or a room that somebody else opened on their own server: `where` is
 * "IPV4,PORT,ORIGIN,PID,SEED,ROOM,FOUNDER, INVITE". The first of the crowd comes by the invitation with that
 * seed; in hex, like the room's id and the hashes of the founder's record and of the invitation's, which are
 * the beginning of everybody's chain. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "member.h"
#include "port.h"
#include "server.h"
#include "target.h"

enum { GUESTS = 4, BREATHS = 64 };
static const uint64_t ROUND_NS = 2000000000;

struct target {
    struct server server; /* its pid -1: somebody else's */
    pid_t pid;
    struct club club;
    char origin[64];
    struct hash founder, invite; /* records; of a room alone */
    struct member *sponsor;      /* of the first seat; NULL: it is the founder's */
    uint8_t first_seed[32];      /* of the link that the first seat comes by */
    struct member *members;      /* by number of the seat */
    uint32_t seats, count, turn;
    uint64_t breathed_ns;
    struct id *rooms;  /* by number; zero: not open */
    uint32_t *openers; /* seats */
};

/* ---- life ---- */

static void club_close(struct target *t)
{
    for (uint32_t i = 0; i < t->count; i++) member_leave(&t->members[i]);
    server_stop(&t->server);
    free(t->sponsor);
    free(t->members);
    free(t->rooms);
    free(t->openers);
    free(t);
}

static void allow_sockets(uint32_t n)
{
    struct rlimit limit = {n + 64, n + 64};
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) perror("load: open files");
}

static bool start(struct target *t, const char *where, const struct process_place *place)
{
    char path[256], address[INET_ADDRSTRLEN], port[8], threads[8];
    if (sscanf(where, "%255[^,],%15[^,],%7[^,],%7s", path, address, port, threads) != 4) {
        fprintf(stderr, "load: club:PATH,IPV4,PORT,THREADS\n");
        return false;
    }
    struct server_config config = {path, address, port, threads, *place};
    if (server_start(&t->server, &config) != OK) return false;
    t->pid = t->server.process.pid;
    t->club.server = t->server.http;
    memcpy(t->first_seed, t->server.founder_seed, sizeof(t->first_seed));
    return true;
}

static struct target *target_new(uint16_t port, uint32_t seats)
{
    struct target *t = calloc(1, sizeof(*t));
    if (!t) return NULL;
    *t = (struct target){.server = {.process = {.pid = -1}}, .pid = -1, .seats = seats};
    t->club = (struct club){.server = {.sin_family = AF_INET, .sin_port = htons(port)}, .origin = t->origin};
    t->breathed_ns = wall_ns();
    t->members = calloc(seats, sizeof(*t->members));
    t->rooms = calloc(seats, sizeof(*t->rooms));
    t->openers = calloc(seats, sizeof(*t->openers));
    allow_sockets(seats);
    if (t->members && t->rooms && t->openers) return t;
    club_close(t);
    return NULL;
}

static struct target *club_open(const char *where, const struct process_place *place, uint32_t seats)
{
    struct target *t = target_new(0, seats);
    if (!t) return NULL;
    snprintf(t->origin, sizeof(t->origin), "%s", SERVER_ORIGIN);
    if (start(t, where, place)) return t;
    club_close(t);
    return NULL;
}

static bool read_room(struct target *t, const char *where)
{
    char address[INET_ADDRSTRLEN], seed[65], room[33], founder[65], invite[65];
    unsigned port;
    int pid;
    if (sscanf(where, "%15[^,],%5u,%63[^,],%d,%64[^,],%32[^,],%64[^,],%64s", address, &port, t->origin, &pid,
               seed, room, founder, invite) != 8 ||
        port > UINT16_MAX || !strstr(t->origin, "://") ||
        inet_pton(AF_INET, address, &t->club.server.sin_addr) != 1 ||
        !hex_read(seed, t->first_seed, sizeof(t->first_seed)) ||
        !hex_read(room, t->rooms[0].bytes, ID_BYTES) || !hex_read(founder, t->founder.bytes, HASH_BYTES) ||
        !hex_read(invite, t->invite.bytes, HASH_BYTES))
        return false;
    t->club.server.sin_port = htons((uint16_t)port);
    t->pid = pid;
    return true;
}

static struct target *room_open(const char *where, const struct process_place *place, uint32_t seats)
{
    (void)place;
    struct target *t = target_new(0, seats);
    if (!t) return NULL;
    t->sponsor = calloc(1, sizeof(*t->sponsor));
    if (t->sponsor && read_room(t, where)) {
        *t->sponsor = (struct member){.chain = &t->founder, .chain_len = 1, .socket = {.fd = -1}};
        return t;
    }
    fputs("load: room:IPV4,PORT,ORIGIN,PID,SEED,ROOM,FOUNDER,INVITE\n", stderr);
    club_close(t);
    return NULL;
}

static pid_t club_pid(const struct target *t)
{
    return t->pid;
}

/* ---- members ---- */

/* In turns: with thousands of sockets a whole round would hold up the audio. But a round every two seconds,
 * however long the others' requests take: whose ping has no answer for LIMIT_PONG_MS is cut off without a
 * word. */
static void club_breathe(struct target *t)
{
    uint64_t now = wall_ns(), due = (now - t->breathed_ns) * t->count / ROUND_NS;
    uint32_t n = due > t->count ? t->count : due < BREATHS ? BREATHS : (uint32_t)due;
    t->breathed_ns = now;
    for (uint32_t i = 0; i < n && t->count; i++) {
        t->turn = (t->turn + 1) % t->count;
        socket_breathe(&t->members[t->turn].socket);
    }
}

static enum err enter(struct target *t, uint32_t number, in_addr_t self)
{
    struct member *m = &t->members[number];
    uint8_t seed[32];
    struct hash invite;
    if (number == 0)
        return member_enter(m, &t->club, self, t->first_seed, t->sponsor, t->sponsor ? &t->invite : NULL);
    struct member *inviter = &t->members[(number - 1) / GUESTS];
    enum err e = member_invite(inviter, seed, &invite);
    return e ? e : member_enter(m, &t->club, self, seed, inviter, &invite);
}

static enum err club_add(struct target *t, const struct seat *s, const struct hash *fingerprint,
                         struct terms *terms)
{
    t->count = s->number + 1;
    struct member *m = &t->members[s->number];
    enum err e = enter(t, s->number, terms->self.sin_addr.s_addr);
    if (!e && id_zero(t->rooms[s->room])) {
        e = s->speaker ? member_open_room(m, &t->rooms[s->room]) : ERR_NOT_FOUND;
        t->openers[s->room] = s->number;
    }
    return e ? e : member_join(m, t->rooms[s->room], fingerprint, terms);
}

static enum err club_speak(struct target *t, const struct seat *s)
{
    return member_speak(&t->members[s->number], &t->members[t->openers[s->room]]);
}

static void club_stats(struct target *t, char *out, size_t cap)
{
    uint32_t open = 0;
    for (uint32_t i = 0; i < t->count; i++) open += t->members[i].socket.fd >= 0;
    snprintf(out, cap, "{\"sockets\":%u}", open);
}

const struct target_row target_club = {"club",     club_open, club_close, club_pid,    club_add,
                                       club_speak, NULL,      club_stats, club_breathe};
const struct target_row target_room = {"room",     room_open, club_close, club_pid,    club_add,
                                       club_speak, NULL,      club_stats, club_breathe};
