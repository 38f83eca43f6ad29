/* Who follows and who blocks whom. Both are private to whoever does it: there is no request that tells
 * others, and what is decided by them shows as little of them as it can (followed.c, hidden.c). */
#include "rooms/officers.h"

bool member_blocks(const struct rooms *r, const struct member *who, const struct member *whom)
{
    return whom->blockers && whom->role == CLUB_MEMBER &&
           slip_find(r, SLIP_BLOCK, who->account, whom->account);
}

bool member_follows(const struct rooms *r, const struct member *who, const struct member *whom)
{
    return slip_find(r, SLIP_FOLLOW, who->account, whom->account) && !member_blocks(r, who, whom);
}

/* What follows from a tie that was made or undone. */
void ties_changed(struct rooms *r, const struct slip *n)
{
    const struct member *m = n->member, *about = log_member(&r->log, n->is.about);
    if (m->person) m->person->room->followed_dirty = true;
    if (n->is.kind != SLIP_BLOCK) return;
    if (m->person) hall_touch(r, m->person->room);
    if (m->opening) hall_touch(r, m->opening);
    events_retell(r, m, about);
}

/* ---- the requests --------------------------------------------------------------------------------- */

/* To follow somebody is to look them up: their name is read with the list from then on. */
static enum err check_tie(struct rooms *r, struct member *me, const struct command *c, enum slip_kind kind)
{
    const struct member *m = log_member(&r->log, c->tie.account);
    if (!m || !m->name_len || m == me) return ERR_NOT_FOUND;
    uint32_t most = kind == SLIP_FOLLOW ? LIMIT_FOLLOWS : LIMIT_BLOCKS;
    if (slip_count(me, kind) >= most) return ERR_MANY;
    return kind == SLIP_FOLLOW ? lookups_charge(r, me, &c->tie.account, 1) : OK;
}

static enum err set_tie(struct rooms *r, struct sock *s, const struct command *c, enum slip_kind kind)
{
    struct id me = s->member->account, other = c->tie.account;
    struct slip *n = slip_find(r, kind, me, other);
    if (!c->tie.on && n) {
        slip_drop(r, s, c, n);
        return OK;
    }
    if (!c->tie.on || n) {
        reply_ok(r, s, c);
        return OK;
    }
    enum err e = check_tie(r, s->member, c, kind);
    struct slip_info to = {.kind = kind, .account = me, .id = other, .about = other, .time_ms = r->now_ms};
    return e ? e : slip_put(r, s, c, &to);
}

enum err do_people_follow(struct rooms *r, struct sock *s, const struct command *c)
{
    return set_tie(r, s, c, SLIP_FOLLOW);
}

enum err do_people_block(struct rooms *r, struct sock *s, const struct command *c)
{
    return set_tie(r, s, c, SLIP_BLOCK);
}

static size_t list_ties(const struct rooms *r, const struct member *m, enum slip_kind kind,
                        struct face_info *out)
{
    size_t count = 0;
    for (const struct slip *n = m->slips; n; n = n->next) {
        const struct member *other = n->is.kind == kind ? log_member(&r->log, n->is.about) : NULL;
        if (other) out[count++] = (struct face_info){other->account, member_name(other)};
    }
    return count;
}

enum err do_people_list(struct rooms *r, struct sock *s, const struct command *c)
{
    struct face_info *follows = scratch_take(r, LIMIT_FOLLOWS * sizeof(*follows));
    struct face_info *blocks = scratch_take(r, LIMIT_BLOCKS * sizeof(*blocks));
    if (!follows || !blocks) return ERR_SYSTEM;
    struct out out = {
        .kind = REPLY_PEOPLE, .request = c->request, .people = {.follows = follows, .blocks = blocks}};
    out.people.follow_count = list_ties(r, s->member, SLIP_FOLLOW, follows);
    out.people.block_count = list_ties(r, s->member, SLIP_BLOCK, blocks);
    send_out(r, s, out);
    return OK;
}

/* ---- who may come --------------------------------------------------------------------------------- */

/* Those whom one follows are written down now: who stops following takes nobody's place away. */
static size_t followed_now(const struct rooms *r, const struct member *m, struct id *out)
{
    size_t count = 0;
    for (const struct slip *n = m->slips; n; n = n->next) {
        const struct member *other = n->is.kind == SLIP_FOLLOW ? log_member(&r->log, n->is.about) : NULL;
        if (other && member_follows(r, m, other)) out[count++] = other->account;
    }
    return count;
}

enum err audience_take(struct rooms *r, const struct member *m, struct audience *a)
{
    if (a->count > LIMIT_PICKED) return ERR_TOO_LARGE;
    if (a->who != ROOM_PICKED && a->count) return ERR_MALFORMED;
    struct id *list = scratch_take(r, (LIMIT_FOLLOWS + 1) * sizeof(*list));
    if (!list) return ERR_SYSTEM;
    size_t count = a->who == ROOM_FOLLOWED ? followed_now(r, m, list) : 0;
    for (size_t i = 0; i < a->count; i++) {
        bool known = id_eq(a->picked[i], m->account) || id_among(list, count, a->picked[i]);
        if (!known) list[count++] = a->picked[i]; /* each once: each is told once */
    }
    *a = (struct audience){a->who == ROOM_EVERYONE ? ROOM_EVERYONE : ROOM_PICKED, list, count};
    return OK;
}
