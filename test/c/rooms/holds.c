#include "holds.h"

#include "rooms/ties.h"

static struct broken sessions(const struct rooms *r)
{
    for (uint32_t i = 0; i < r->people_count; i++) {
        const struct person *p = r->people[i];
        if (p->member->person != p) return (struct broken){HOLDS_ONE_ROOM, "somebody is in two rooms"};
        if (!member_good(p->member) || p->member->held || p->device->revoked)
            return (struct broken){HOLDS_BANNED,
                                   "somebody is in a room who is banned, held, gone or signed out"};
    }
    for (uint32_t i = 0; i < r->sock_count; i++) {
        const struct sock *k = r->socks[i];
        if (k->member && (!member_good(k->member) || k->device->revoked))
            return (struct broken){HOLDS_BANNED, "somebody has a session who is banned, gone or signed out"};
        if (k->member && !id_eq(k->elsewhere, elsewhere_of(k)))
            return (struct broken){HOLDS_PICTURE, "a device was told otherwise of where its account is"};
    }
    return (struct broken){0};
}

/* A slot of the current header is of somebody in the room, or waits for a rekey. */
static struct broken keys(const struct room *room)
{
    const struct room_keys *k = &room->keys;
    uint32_t keyed = 0, filled = 0, held = 0;
    for (uint32_t i = 0; i < k->slot_count; i++) {
        const struct person *p = k->slots[i].person;
        filled += k->slots[i].filled;
        held += p != NULL;
        if (!p) continue;
        if (p->room != room || p->slot != i || !p->keyed || !hash_eq(p->leaf_hash, k->slots[i].leaf))
            return (struct broken){HOLDS_KEYS, "a slot of somebody who is not there"};
    }
    for (uint32_t i = 0; i < room->count; i++) keyed += room->people[i]->keyed;
    if (keyed != held || filled != k->filled) return (struct broken){HOLDS_KEYS, "slots do not add up"};
    return (struct broken){0};
}

static struct broken people(const struct room *room)
{
    uint32_t stage = 0;
    for (uint32_t i = 0; i < room->count; i++) {
        const struct person *p = room->people[i];
        stage += p->on_stage;
        if (p->may_speak != (p->peer && p->on_stage && !p->muted))
            return (struct broken){HOLDS_ROSTER, "the media plane was told otherwise of who may speak"};
        if (p->hand_ms && p->on_stage) return (struct broken){HOLDS_PICTURE, "a hand up on stage"};
    }
    if (stage != room->stage_count) return (struct broken){HOLDS_PICTURE, "the stage does not add up"};
    return (struct broken){0};
}

struct broken holds_look(const struct rooms *r)
{
    struct broken b = sessions(r);
    for (uint32_t i = 0; !b.how && i < r->room_count; i++) {
        b = people(r->rooms[i]);
        if (!b.how) b = keys(r->rooms[i]);
    }
    return b;
}
