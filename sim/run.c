/* One run: a club is founded, people do what they do while everything fails around them, then all is left
 * alone, and in the end everybody goes. */
#include "../test/c/noise.h"
#include "checks.h"

enum { STEPS = 500, STEP_MS = 100, SETTLE_MS = 40000, GOODBYE_MS = 40000, CROWD_OF = 12, FEW = 24 };

uint32_t sim_random(struct sim *s, uint32_t below)
{
    uint64_t z = splitmix64(&s->chance);
    return below ? (uint32_t)(z >> 32) % below : 0;
}

bool sim_chance(struct sim *s, uint32_t percent)
{
    return sim_random(s, 100) < percent;
}

static void slice(struct sim *s)
{
    s->mono += SLICE_MS;
    plane_turn(s);
    server_turn(s);
    for (int i = 0; i < s->player_count; i++) {
        struct player *p = &s->players[i];
        if (!p->a) continue;
        if (!p->a->sock && (p->inside || p->in)) { /* the server closed it */
            mail_cut(p);
            plane_leave(s, p);
        }
        player_read(s, p);
        player_act(s, p);
    }
}

void sim_pass(struct sim *s, uint32_t ms)
{
    for (uint32_t t = 0; t < ms; t += SLICE_MS) slice(s);
    check_step(s);
}

/* The network, the disk and the clock are well again. */
static void settle(struct sim *s, uint32_t for_ms)
{
    s->calm = true;
    if (s->set_back > 0) s->set_back = 0;
    for (uint32_t ms = 0; ms < for_ms; ms += STEP_MS) sim_pass(s, STEP_MS);
}

static void say_goodbye(struct sim *s)
{
    for (int i = 0; i < s->player_count; i++) {
        struct player *p = &s->players[i];
        if (!p->a) continue;
        mail_cut(p);
        plane_hang_up(s, p);
        world_disconnect(&s->w, p->a);
        server_carry_out(s);
    }
    settle(s, GOODBYE_MS);
    check_empty(s);
}

void sim_run(struct sim *s, uint64_t seed)
{
    struct tally tally = s->tally;
    memset(s, 0, sizeof(*s));
    s->tally = tally;
    s->seed = s->chance = seed;
    s->player_count = seed % CROWD_OF ? FEW : SIM_PLAYERS;
    server_start(s);
    s->w.noise = seed * 0x9e3779b97f4a7c15;
    act_found(s);
    for (int i = 0; i < STEPS; i++) {
        act_one(s);
        server_carry_out(s);
        sim_pass(s, sim_random(s, STEP_MS));
    }
    settle(s, SETTLE_MS);
    check_rest(s);
    say_goodbye(s);
    for (int i = 0; i < COMMAND_COUNT; i++) s->tally.done[i] += s->w.done[i];
    server_stop(s);
}
