/* Of a room that has ended, and of a server that has, no secret is left in memory that was given back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../wiped.h"
#include "rooms/state.h"
#include "world.h"

static const struct media_peer *added(const struct world *w)
{
    for (size_t i = 0; i < w->effect_count; i++)
        if (w->effects[i].kind == EFFECT_MEDIA && w->effects[i].media.kind == MEDIA_PEER_ADD)
            return &w->effects[i].media.add;
    return NULL;
}

static struct world *traced_room(struct actor **host)
{
    struct world *w = calloc(1, sizeof(*w));
    struct id room;
    world_init_traced(w, 30);
    *host = world_member(w, world_founder(w));
    assert_int_equal(world_open(w, *host, "Talk", NULL, 0, &room), OK);
    wiped_watch("room's secret", w->r->rooms[0]->secret, LEDGER_SECRET_BYTES);
    assert_int_equal(wiped_look(w->r->rooms[0], sizeof(*w->r->rooms[0]), NULL), 1); /* so it can be found */
    assert_int_equal(world_join(w, *host, room), OK);
    const struct media_peer *is = added(w);
    wiped_watch("ICE password", is->ice.pwd, LIMIT_PWD_BYTES);
    wiped_watch("codeword seed", is->seed, sizeof(is->seed));
    wiped_watch("room's biases", is->bias, sizeof(is->bias));
    return w;
}

static size_t in_scratch(const struct world *w)
{
    return wiped_look(w->r->scratch, malloc_usable_size(w->r->scratch), NULL);
}

static void nothing_is_left_of_a_room(void **state)
{
    (void)state;
    struct actor *host;
    struct world *w = traced_room(&host);
    const struct command nothing = {.kind = COMMAND_PEER_UP};
    assert_int_equal(in_scratch(w), 3); /* all but the room's secret, for as long as the effects point there */
    assert_int_equal(world_apply(w, &nothing), OK);
    assert_int_equal(in_scratch(w), 0);
    assert_int_equal(world_simple(w, host, COMMAND_ROOM_LEAVE), OK);
    world_tick(w, 1000); /* what has ended stays readable for a call */
    assert_int_equal(rooms_stats(w->r).rooms, 0);
    assert_int_equal(wiped_end(), 0);
    world_deinit(w);
    free(w);
}

static void nothing_is_left_when_the_server_ends(void **state)
{
    (void)state;
    struct actor *host;
    uint8_t secret[LEDGER_SECRET_BYTES];
    struct world *w = traced_room(&host);
    memset(secret, 0xb1, sizeof(secret));
    struct ledger_row row = {.kind = LEDGER_ROOM, .room = {{9}}, .since_ms = 1, .data = VIEW(secret)};
    assert_int_equal(rooms_replay_ledger(w->r, &row), OK); /* of another evening */
    wiped_watch("ledger's secret", secret, sizeof(secret));
    world_deinit(w);
    assert_int_equal(wiped_end(), 0);
    free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_left_of_a_room),
        cmocka_unit_test(nothing_is_left_when_the_server_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
