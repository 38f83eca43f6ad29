#include "server/replay.h"

static enum err replay_entry(void *user, const struct store_entry *e)
{
    return rooms_replay(user, e->n, e->record, e->head);
}

static enum err replay_profile(void *user, const struct store_profile *p)
{
    struct profile_info is = {p->name, p->handle, p->bio, p->picture, p->pronouns};
    return rooms_replay_profile(user, p->account, &is);
}

static enum err replay_passkey(void *user, struct id account, const struct store_passkey *k)
{
    struct passkey_info is = {k->credential, k->data};
    return rooms_replay_passkey(user, account, &is);
}

static enum err replay_slip(void *user, const struct store_slip *n)
{
    struct slip_info is = {(enum slip_kind)n->kind, n->account, n->id, n->about, n->time_ms, n->data};
    return rooms_replay_slip(user, &is);
}

static enum err replay_ledger(void *user, const struct ledger_row *row)
{
    return rooms_replay_ledger(user, row);
}

static enum err replay_room(void *user, const struct store_room *room)
{
    struct kept_room kept = {room->room, room->data};
    return rooms_replay_room(user, &kept);
}

static enum err replay_lookups(void *user, const struct store_lookups *l)
{
    struct lookups_info is = {l->account, l->day, l->used};
    return rooms_replay_lookups(user, &is);
}

static enum err replay_alert(void *user, const struct alert *a)
{
    return rooms_replay_alert(user, a);
}

struct store_reader replay_into(struct rooms *r)
{
    return (struct store_reader){replay_entry,  replay_profile, replay_passkey, replay_slip, replay_ledger,
                                 replay_room, replay_lookups, replay_alert,   r};
}
