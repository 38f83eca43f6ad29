/* The server as a process: carries out what the rules ask, and may die at any moment. */
#include "checks.h"

void server_start(struct sim *s)
{
    world_init_traced(&s->w, 30);
    s->w.hold_store = true;
    store_open(s);
    plane_open(s);
}

void server_stop(struct sim *s)
{
    plane_close(s);
    store_close(s);
    world_deinit(&s->w);
}

bool server_busy(const struct sim *s)
{
    return s->w.stored_waits;
}

/* ---- effects ------------------------------------------------------------------------------------------- */

/* Only the store's word may bring about these. */
static void check_durable(const struct sim *s, const struct out *o)
{
    if (o->kind == REPLY_RECORD && s->w.stored_waits)
        sim_broken(s, INVARIANT_DURABLE, "a record was acknowledged while the store has it");
}

void server_carry_out(struct sim *s)
{
    for (size_t i = 0; i < s->w.effect_count; i++) {
        const struct effect *e = &s->w.effects[i];
        switch (e->kind) {
        case EFFECT_SEND:
            check_durable(s, &e->send);
            mail_send(s, &e->send);
            break;
        case EFFECT_STORE:
        case EFFECT_STORE_PROFILE:
        case EFFECT_STORE_PASSKEYS:
        case EFFECT_STORE_SLIP:
        case EFFECT_STORE_LOOKUPS:
        case EFFECT_STORE_LEDGER:
            store_take(s, e);
            break;
        case EFFECT_MEDIA:
            plane_command(s, &e->media);
            break;
        case EFFECT_RELEASE:
            plane_release(s, e->media.peer);
            break;
        case EFFECT_STORE_ROOMS: /* the world keeps these itself */
        case EFFECT_STORE_ALERTS:
        case EFFECT_TELL:        /* the world took it apart */
        case EFFECT_CLOSE:
            break;
        }
    }
    s->w.effect_count = 0;
}

/* ---- time ---------------------------------------------------------------------------------------------- */

static void hear_store(struct sim *s)
{
    enum err result;
    bool dies;
    if (store_answers_ledger(s, &result)) {
        s->w.effect_count = 0;
        s->w.ledger_waits = false;
        rooms_on_ledger(s->w.r, result, s->w.now);
        server_carry_out(s);
    }
    if (!store_answers(s, &result, &dies)) return;
    if (dies) {
        server_crash(s);
        return;
    }
    s->tally.records += result == OK && s->w.stored_record;
    s->w.effect_count = 0;
    world_stored(&s->w, result);
    server_carry_out(s);
}

static void hear_media(struct sim *s)
{
    struct media_event e;
    while (plane_event(s, &e)) {
        struct command up = {.kind = COMMAND_PEER_UP, .peer = {.peer = e.peer}};
        if (e.kind == MEDIA_PEER_UP)
            (void)!world_apply(&s->w, &up);
        else
            (void)!world_peer_down(&s->w, e.peer, e.why);
        server_carry_out(s);
    }
}

/* Civil time never runs backwards in one process. */
static void set_clock(struct sim *s, bool new_process)
{
    uint64_t civil = (uint64_t)((int64_t)(WORLD_EPOCH_MS + s->mono) - s->set_back);
    if (new_process || civil > s->w.now) s->w.now = civil;
}

void server_turn(struct sim *s)
{
    set_clock(s, false);
    hear_media(s);
    hear_store(s);
    if (s->mono < s->tick_at) return;
    s->tick_at = s->mono + TICK_MS;
    world_tick(&s->w, 0);
    server_carry_out(s);
}

/* ---- the end of a process -------------------------------------------------------------------------------
 */

void server_crash(struct sim *s)
{
    bool unsure = store_unsure(s);
    struct hash before = check_kept(s);
    struct rooms_stats was = rooms_stats(s->w.r);
    s->tally.crashes++;
    plane_restart(s);
    world_crash(&s->w);
    s->w.kept_count = 0; /* rooms do not come back in this world: test/c/rooms/test_places.c has that */
    set_clock(s, true);
    store_forget(s);
    store_replay(s);
    struct rooms_stats is = rooms_stats(s->w.r);
    s->w.log_size = is.log_size;
    if (is.log_size < was.log_size) sim_broken(s, INVARIANT_KEPT, "a record is gone");
    struct hash now = check_kept(s);
    if (!unsure && (is.log_size != was.log_size || !hash_eq(before, now)))
        sim_broken(s, INVARIANT_KEPT, "the club is another");
    for (int i = 0; i < s->player_count; i++) mail_cut(&s->players[i]);
}
