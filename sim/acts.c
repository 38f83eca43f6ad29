/* What people do in a club, wisely or not: every request of the protocol, at any moment. Most are refused;
 * main.c counts those that are not, so that a request nobody gets through with is seen. Outside of rooms:
 * club.c. */
#include "acts.h"

struct player *any(struct sim *s)
{
    return &s->players[sim_random(s, (uint32_t)s->player_count)];
}

/* Somebody with keys, member or not. */
struct actor *anybody(struct sim *s)
{
    for (;;) {
        struct player *p = any(s);
        if (p->a) return p->a;
    }
}

struct command from(const struct player *p, enum command_kind kind)
{
    return (struct command){.kind = kind, .sock = p->a->sock, .request = 1};
}

void ask(struct sim *s, const struct command *c)
{
    (void)!world_apply(&s->w, c);
    server_carry_out(s);
}

void done(struct sim *s, enum err e)
{
    (void)e; /* refusals are a part of life */
    server_carry_out(s);
}

void connect_player(struct sim *s, struct player *p)
{
    mail_cut(p);
    plane_leave(s, p);
    done(s, world_connect(&s->w, p->a));
}

enum err hello(struct sim *s, struct player *p)
{
    enum err e = world_hello(&s->w, p->a, p->log_size, p->log_head);
    server_carry_out(s);
    if (e == ERR_OTHER_LOG) world_fail("a client is told that its member log is another");
    return e;
}

/* ---- rooms -------------------------------------------------------------------------------------------- */

static void join(struct sim *s, struct player *p)
{
    struct id room = s->rooms[sim_random(s, s->player_count == SIM_PLAYERS ? 1 : SIM_ROOMS)];
    enum err e = world_join(&s->w, p->a, room);
    server_carry_out(s);
    if (e != ERR_LOCKED) return;
    struct command c = from(p, COMMAND_ROOM_KNOCK);
    c.knock.room = room;
    ask(s, &c);
}

static void open(struct sim *s, struct player *p)
{
    struct id *room = &s->rooms[sim_random(s, SIM_ROOMS)], picked[SIM_PLAYERS / 2];
    size_t n = 0;
    while (n < sizeof(picked) / sizeof(*picked)) picked[n++] = anybody(s)->account;
    bool closed = sim_chance(s, 25);
    s->w.sensitive = sim_chance(s, 25);
    enum err e = world_open(&s->w, p->a, "Talk", closed ? picked : NULL, closed ? n : 0, room);
    server_carry_out(s);
    if (e || sim_random(s, 8) == 0) return;
    done(s, world_join(&s->w, p->a, *room));
    if (sim_random(s, 4)) done(s, world_flag(&s->w, p->a, COMMAND_ROOM_MUTE, false));
}

static void leave(struct sim *s, struct player *p)
{
    if (world_simple(&s->w, p->a, COMMAND_ROOM_LEAVE)) {
        server_carry_out(s);
        return;
    }
    server_carry_out(s);
    mail_left(p); /* it stops listening by itself */
    plane_hang_up(s, p);
}

static void end(struct sim *s, struct player *p)
{
    if (sim_random(s, 4) == 0) done(s, world_simple(&s->w, p->a, COMMAND_ROOM_END));
}

static void flag(struct sim *s, struct player *p)
{
    static const enum command_kind flags[] = {COMMAND_ROOM_HAND, COMMAND_ROOM_MUTE, COMMAND_ROOM_ANSWER};
    enum command_kind kind = flags[sim_random(s, 3)];
    done(s, world_flag(&s->w, p->a, kind, kind == COMMAND_ROOM_MUTE ? !sim_random(s, 3) : sim_random(s, 3)));
}

static const struct actor *player_of(const struct sim *s, struct id account)
{
    for (int i = 0; i < s->player_count; i++)
        if (s->players[i].a && id_eq(s->players[i].a->account, account)) return s->players[i].a;
    return NULL;
}

/* Mostly somebody in the same room. */
static const struct actor *neighbour(struct sim *s, const struct player *p)
{
    const struct actor *a = NULL;
    if (p->inside && p->count && sim_random(s, 4) != 0)
        a = player_of(s, p->people[sim_random(s, (uint32_t)p->count)].account);
    return a ? a : anybody(s);
}

/* Somebody in the room whose hand is up, if there is one. */
static const struct actor *raised(const struct sim *s, const struct player *p, const struct actor *otherwise)
{
    const struct actor *a = NULL;
    for (size_t i = 0; p->inside && !a && i < p->count; i++)
        if (p->people[i].hand_ms) a = player_of(s, p->people[i].account);
    return a ? a : otherwise;
}

/* For good, or for the evening, and some are forgiven at once. */
static void send_away(struct sim *s, const struct player *p, const struct actor *whom)
{
    bool evening = sim_random(s, 2);
    enum err e = world_remove(&s->w, p->a, whom, evening ? SCOPE_EVENING : SCOPE_FOR_GOOD);
    server_carry_out(s);
    if (!e && evening && sim_random(s, 2)) done(s, world_person(&s->w, p->a, COMMAND_ROOM_READMIT, whom));
}

static void moderate(struct sim *s, struct player *p)
{
    static const enum command_kind kinds[] = {
        COMMAND_ROOM_BRING,     COMMAND_ROOM_BRING,      COMMAND_ROOM_BRING,
        COMMAND_ROOM_SEND_BACK, COMMAND_ROOM_MUTE_OTHER, COMMAND_ROOM_REMOVE, /* never without a record */
        COMMAND_ROOM_READMIT,   COMMAND_ROOM_LOWER,      COMMAND_ROOM_PING};
    const struct actor *on = neighbour(s, p);
    if (on == p->a && sim_random(s, 4)) return;
    uint32_t dice = sim_random(s, 14);
    if (dice < 9)
        done(s, world_person(&s->w, p->a, kinds[dice],
                             kinds[dice] == COMMAND_ROOM_LOWER ? raised(s, p, on) : on));
    else if (dice < 12)
        done(s, world_role(&s->w, p->a, on, dice > 9 || sim_random(s, 2)));
    else if (dice == 12)
        send_away(s, p, on);
    else {
        struct command c = from(p, COMMAND_ROOM_SILENCE);
        c.silence.account = on->account;
        c.silence.on = sim_random(s, 2);
        ask(s, &c);
    }
}

/* A lock is taken back more often than it is set: rooms that stay locked see nothing happen. */
static void host(struct sim *s, struct player *p)
{
    uint32_t dice = sim_random(s, 8);
    if (dice < 3)
        done(s, world_flag(&s->w, p->a, COMMAND_ROOM_LOCK, dice == 0));
    else if (dice == 3)
        done(s, world_simple(&s->w, p->a, COMMAND_ROOM_LOWER_ALL));
    else if (dice == 4)
        done(s, world_title(&s->w, p->a, view_str(sim_random(s, 2) ? "Songs" : "")));
    else
        done(s, world_hands(&s->w, p->a,
                            dice == 5   ? HANDS_OFF
                            : dice == 6 ? HANDS_FOLLOWED
                                        : HANDS_EVERYONE));
}

/* Sealed for a key that no server has: shape alone counts. */
static void talk(struct sim *s, struct player *p)
{
    static const enum command_kind kinds[] = {COMMAND_ROOM_SAY, COMMAND_ROOM_REACT, COMMAND_ROOM_NOTE,
                                              COMMAND_ROOM_PIN};
    uint8_t sealed[LIMIT_TALK_SMALL_BYTES] = {1};
    struct command c = from(p, kinds[sim_random(s, 4)]);
    put_u32(sealed + 1, p->view.last.counter);
    c.talk.room = p->room;
    c.talk.data = VIEW(sealed);
    c.talk.again = sim_random(s, 4) == 0;
    ask(s, &c);
}

/* ---- the network -------------------------------------------------------------------------------------- */

static void crash(struct sim *s, struct player *p)
{
    mail_cut(p);
    if (sim_random(s, 2))
        plane_hang_up(s, p);
    else
        plane_leave(s, p);
    world_disconnect(&s->w, p->a);
    server_carry_out(s);
}

/* The new socket is there before the server hears that the old one is gone. */
static void change_network(struct sim *s, struct player *p)
{
    struct command closed = {.kind = COMMAND_SOCKET_CLOSED, .sock = p->a->sock};
    connect_player(s, p);
    if (hello(s, p) == OK) join(s, p);
    if (!s->w.open[closed.sock]) return; /* another presence of the account took it away */
    s->w.open[closed.sock] = false;
    ask(s, &closed);
}

static void reload(struct sim *s, struct player *p)
{
    struct id room = p->room;
    if (!p->inside) return;
    crash(s, p);
    sim_pass(s, SLICE_MS * sim_random(s, 50));
    act_come(s, p);
    if (p->a->sock) done(s, world_join(&s->w, p->a, room));
}

static void lose_media(struct sim *s, struct player *p)
{
    plane_leave(s, p); /* it falls silent: the server notices by itself */
}

static void renew_path(struct sim *s, struct player *p)
{
    struct command c = from(p, COMMAND_ROOM_PATH);
    c.path.room = p->room;
    memcpy(c.path.ice.remote_ufrag, "abcd", 5);
    ask(s, &c);
}

static void server_dies(struct sim *s, struct player *p)
{
    (void)p;
    if (sim_random(s, 4) == 0) server_crash(s);
}

/* Forward by minutes or hours, or back: civil time stands still then, until a new process believes it. */
static void set_clock(struct sim *s, struct player *p)
{
    (void)p;
    if (sim_random(s, 3))
        s->set_back -= (int64_t)sim_random(s, sim_random(s, 2) ? 60000 : DAY_MS);
    else
        s->set_back += (int64_t)sim_random(s, 3000);
}

/* ---- who does what ------------------------------------------------------------------------------------ */

static const struct {
    uint32_t weight;
    void (*act)(struct sim *s, struct player *p);
} acts[] = {{220, join},
            {60, open},
            {60, leave},
            {20, end},
            {160, flag},
            {150, moderate},
            {40, host},
            {60, talk},
            {40, crash},
            {25, reload},
            {25, change_network},
            {10, lose_media},
            {25, renew_path},
            {4, set_clock},
            {4, server_dies},
            {25, invite},
            {4, pair},
            {40, record},
            {15, profile},
            {6, passkeys},
            {40, tie},
            {10, event},
            {8, report},
            {12, take_back},
            {15, read_something},
            {20, plane_rebind},
            {15, beat},
            {15, tags},
            {8, kem},
            {15, twin}};

void act_one(struct sim *s)
{
    uint32_t all = 0, dice;
    struct player *p = any(s);
    if (sim_chance(s, 20)) act_come(s, any(s));
    if (!p->a || !p->a->sock || !p->member) return;
    for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++) all += acts[i].weight;
    dice = sim_random(s, all);
    size_t i = 0;
    while (dice >= acts[i].weight) dice -= acts[i++].weight;
    acts[i].act(s, p);
}
