/* sim [first seed] [how many]: runs them, prints the seed of one that fails and exits. */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "sim.h"
#include "store/store.h"

enum { STEPS = 600, MEMBERS = 8, DAY_MS = 86400000, SETTLE_MS = 30000, STORE_MS = 300, STEP_MS = 100 };

uint32_t sim_random(struct sim *s, uint32_t below)
{
    uint8_t b[4];
    world_noise(&s->w, b, sizeof(b));
    return (uint32_t)(b[0] | b[1] << 8 | b[2] << 16 | (uint32_t)b[3] << 24) % below;
}

void sim_fail(const struct sim *s, const char *what)
{
    fprintf(stderr, "seed %llu: %s\n", (unsigned long long)s->seed, what);
    abort();
}

static struct client *any(struct sim *s)
{
    return &s->clients[sim_random(s, SIM_CLIENTS)];
}

/* ---- the store: late, and now and then out of order ----------------------------------------------- */

static void store_step(struct sim *s)
{
    if (!s->w.stored_waits) return;
    if (!s->store_at) s->store_at = s->w.now + sim_random(s, STORE_MS);
    if (s->w.now < s->store_at) return;
    s->store_at = 0;
    enum err e = sim_random(s, 20) == 0 ? ERR_SYSTEM : OK;
    uint64_t n = s->w.log_size;
    struct store_entry entry = {n, {s->w.log[n].bytes, s->w.log[n].len}, s->w.log[n].head};
    struct store_also also = {s->w.log[n].account,
                              {(const uint8_t *)s->w.log[n].name, s->w.log[n].name_len},
                              s->w.log[n].erase};
    if (!e && store_mem.append(s->store, &entry, &also)) sim_fail(s, "the store refused a record");
    s->records += !e;
    s->w.effect_count = 0;
    world_stored(&s->w, e);
    net_collect(s);
}

static void store_wait(struct sim *s)
{
    while (s->w.stored_waits) {
        s->w.now += STORE_MS;
        store_step(s);
    }
}

static enum err replay_entry(void *user, const struct store_entry *e)
{
    return rooms_replay(((struct world *)user)->r, e->n, e->record, e->head);
}

static enum err replay_profile(void *user, const struct store_profile *p)
{
    struct profile_info is = {p->name, p->handle, p->bio, p->picture};
    return rooms_replay_profile(((struct world *)user)->r, p->account, &is);
}

static enum err replay_passkey(void *user, struct id account, const struct store_passkey *k)
{
    struct passkey_info is = {k->credential, k->data};
    return rooms_replay_passkey(((struct world *)user)->r, account, &is);
}

static void check_restart(struct sim *s)
{
    static struct world again;
    world_init(&again);
    struct store_reader to = {replay_entry, replay_profile, replay_passkey, &again};
    if (store_mem.replay(s->store, &to)) sim_fail(s, "the log does not replay");
    struct rooms_stats was = rooms_stats(s->w.r), is = rooms_stats(again.r);
    if (was.members != is.members || was.log_size != is.log_size || !hash_eq(was.log_head, is.log_head))
        sim_fail(s, "after a restart the club is another");
    world_deinit(&again);
}

/* ---- what people do ------------------------------------------------------------------------------- */

static void come(struct sim *s, struct client *c)
{
    if (!c->member || c->a->sock) return;
    net_cut(c);
    if (world_connect(&s->w, c->a)) sim_fail(s, "no connection");
    net_collect(s);
    (void)!world_hello(&s->w, c->a, 0, (struct hash){0}); /* refused: banned */
}

static void invite_somebody(struct sim *s)
{
    struct client *by = any(s), *guest = any(s);
    if (guest->member || !by->member || !by->a->sock || s->w.stored_waits) return;
    if (!guest->a) guest->a = world_actor(&s->w);
    struct ticket t = world_ticket(&s->w, by->a, s->w.now + DAY_MS);
    enum err e = world_invite(&s->w, by->a, &t);
    net_collect(s);
    store_wait(s);
    if (e) return;
    if (!guest->a->sock && world_connect(&s->w, guest->a)) sim_fail(s, "no connection");
    e = world_redeem(&s->w, guest->a, &t);
    net_collect(s);
    store_wait(s);
    guest->member = !e && world_hello(&s->w, guest->a, 0, (struct hash){0}) == OK;
}

static void moderate(struct sim *s, struct client *by)
{
    static const enum command_kind kinds[] = {COMMAND_ROOM_BRING, COMMAND_ROOM_BRING, COMMAND_ROOM_SEND_BACK,
                                              COMMAND_ROOM_MUTE_OTHER, COMMAND_ROOM_REMOVE};
    struct client *on = any(s);
    if (!on->a || (on == by && sim_random(s, 4))) return;
    (void)!world_person(&s->w, by->a, kinds[sim_random(s, 5)], on->a);
}

static void ban_somebody(struct sim *s)
{
    struct client *by = &s->clients[0], *on = any(s);
    if (!on->member || !by->a->sock) return;
    (void)!(sim_random(s, 2) ? world_ban(&s->w, by->a, on->a) : world_unban(&s->w, by->a, on->a));
    net_collect(s);
}

static void join(struct sim *s, struct client *c)
{
    (void)!world_join(&s->w, c->a, s->rooms[sim_random(s, SIM_ROOMS)]);
}

static void open(struct sim *s, struct client *c)
{
    struct id *room = &s->rooms[sim_random(s, SIM_ROOMS)];
    if (world_open(&s->w, c->a, "Talk", NULL, 0, room)) return;
    net_collect(s);
    if (sim_random(s, 8)) (void)!world_join(&s->w, c->a, *room);
}

static void leave(struct sim *s, struct client *c)
{
    if (world_simple(&s->w, c->a, COMMAND_ROOM_LEAVE) == OK) net_cut(c); /* it stops listening by itself */
}

static void end(struct sim *s, struct client *c)
{
    if (sim_random(s, 4) == 0) (void)!world_simple(&s->w, c->a, COMMAND_ROOM_END);
}

static void flag(struct sim *s, struct client *c)
{
    static const enum command_kind flags[] = {COMMAND_ROOM_HAND, COMMAND_ROOM_MUTE, COMMAND_ROOM_ANSWER};
    (void)!world_flag(&s->w, c->a, flags[sim_random(s, 3)], sim_random(s, 3));
}

static void crash(struct sim *s, struct client *c)
{
    net_cut(c);
    world_disconnect(&s->w, c->a);
}

/* The new socket is there before the server hears that the old one is gone. */
static void change_network(struct sim *s, struct client *c)
{
    struct command closed = {.kind = COMMAND_SOCKET_CLOSED, .sock = c->a->sock};
    net_cut(c);
    if (world_connect(&s->w, c->a)) sim_fail(s, "no connection");
    if (world_hello(&s->w, c->a, 0, (struct hash){0})) return;
    net_collect(s);
    join(s, c);
    net_collect(s);
    s->w.open[closed.sock] = false;
    (void)!world_apply(&s->w, &closed);
}

static void lose_media(struct sim *s, struct client *c)
{
    if (c->a->peer) (void)!world_peer_down(&s->w, c->a->peer, MEDIA_DOWN_CONSENT);
}

static void do_something(struct sim *s)
{
    static const struct {
        uint32_t weight;
        void (*act)(struct sim *s, struct client *c);
    } acts[] = {{25, join},     {6, open},  {7, leave},          {2, end},       {14, flag},
                {12, moderate}, {4, crash}, {3, change_network}, {2, lose_media}};
    struct client *c = any(s);
    uint32_t dice = sim_random(s, 100);
    if (dice < 3) invite_somebody(s);
    if (dice == 3) ban_somebody(s);
    if (dice > 95) come(s, c);
    if (!c->a || !c->a->sock || !c->member) return;
    dice = sim_random(s, 75);
    for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); dice -= acts[i++].weight) {
        if (dice >= acts[i].weight) continue;
        acts[i].act(s, c);
        break;
    }
    net_collect(s);
}

/* ---- a run ---------------------------------------------------------------------------------------- */

static void pass_time(struct sim *s, uint32_t ms)
{
    world_tick(&s->w, ms);
    net_collect(s);
    store_step(s);
    for (int i = 0; i < SIM_CLIENTS; i++) {
        struct client *c = &s->clients[i];
        if (!c->a) continue;
        if (!c->a->sock) net_cut(c);
        client_read(s, c);
        client_act(s, c);
    }
    world_check(&s->w);
}

/* Two clients of one room know the same room. */
static void compare(const struct sim *s, const struct client *a, const struct client *b)
{
    if (!a->inside || !b->inside || !id_eq(a->room, b->room)) return;
    if (a->count != b->count || !hash_eq(a->view.hash, b->view.hash))
        sim_fail(s, "two clients see two rooms");
    if (memcmp(a->view.table, b->view.table, sizeof(a->view.table)) != 0)
        sim_fail(s, "two tables of one room");
}

/* The founder, and a first few members. The store may fail: then the link still works. */
static void found(struct sim *s)
{
    struct client *f = &s->clients[0];
    f->a = world_actor(&s->w);
    f->member = true;
    s->w.hold_store = true;
    if (world_connect(&s->w, f->a)) sim_fail(s, "no connection");
    while (!rooms_has_founder(s->w.r)) {
        if (world_found(&s->w, f->a)) sim_fail(s, "no founder");
        store_wait(s);
    }
    if (world_hello(&s->w, f->a, 0, (struct hash){0})) sim_fail(s, "no session");
    net_collect(s);
    while (rooms_stats(s->w.r).members < MEMBERS) invite_somebody(s);
}

static void run(struct sim *s, uint64_t seed)
{
    memset(s, 0, sizeof(*s));
    s->seed = seed;
    world_init(&s->w);
    if (store_mem.open(&s->store, "")) sim_fail(s, "no store");
    s->w.noise = seed * 0x9e3779b97f4a7c15;
    found(s);
    for (int i = 0; i < STEPS; i++) {
        do_something(s);
        pass_time(s, sim_random(s, STEP_MS));
    }
    for (uint32_t ms = 0; ms < SETTLE_MS; ms += STEP_MS) pass_time(s, STEP_MS);
    for (int i = 0; i < SIM_CLIENTS; i++) {
        if (!client_settled(s, &s->clients[i]))
            sim_fail(s, "left alone, a room does not come to rest with keys for all");
        for (int j = 0; j < i; j++) compare(s, &s->clients[i], &s->clients[j]);
    }
    check_restart(s);
    for (int i = 0; i < SIM_CLIENTS; i++) net_cut(&s->clients[i]);
    store_mem.close(s->store);
    world_deinit(&s->w);
}

int main(int argc, char **argv)
{
    static struct sim sim;
    log_set_level(LOG_ERROR_LEVEL); /* a store that fails is part of the play */
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1,
             count = argc > 2 ? strtoull(argv[2], NULL, 10) : 200;
    uint64_t headers = 0, refused = 0, records = 0;
    for (uint64_t seed = first; seed < first + count; seed++) {
        run(&sim, seed);
        headers += sim.headers;
        refused += sim.refused;
        records += sim.records;
    }
    printf("%llu seeds, %llu key headers, %llu refused, %llu records\n", (unsigned long long)count,
           (unsigned long long)headers, (unsigned long long)refused, (unsigned long long)records);
    return headers && records ? 0 : 1;
}
