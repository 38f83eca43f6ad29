/* What a superior may do: ranks, bans, deletions, holds, and bans from a host's rooms. Nobody acts on a peer
 * or a superior. */
#include "rooms/rules.h"

/* The author is founder or admin, and above the target, which is still somebody. */
static enum err check_above(const struct member_log *l, const struct candidate *c, const struct member **out)
{
    if (c->author->role > CLUB_ADMIN) return ERR_FORBIDDEN;
    const struct member *target = log_member(l, c->rec->target);
    if (!target) return ERR_NOT_FOUND;
    *out = target;
    return rank_above(c->author, target) ? OK : ERR_FORBIDDEN;
}

/* ---- ranks ------------------------------------------------------------------------------------------ */

enum err check_role(const struct member_log *l, const struct candidate *c)
{
    if (c->author->role != CLUB_FOUNDER) return ERR_FORBIDDEN;
    const struct member *target = log_member(l, c->rec->target);
    if (!target) return ERR_NOT_FOUND;
    if (target->role == CLUB_FOUNDER) return ERR_FORBIDDEN;
    bool gone = target->deleted || target->superseded;
    return gone || target->role == (enum club_role)c->rec->role ? ERR_STATE : OK;
}

enum err apply_role(struct member_log *l, const struct record *rec, struct log_change *out)
{
    out->member = log_member(l, rec->target);
    out->member->role = (enum club_role)rec->role;
    return OK;
}

/* ---- bans and deletions ----------------------------------------------------------------------------- */

enum err check_ban(const struct member_log *l, const struct candidate *c)
{
    const struct member *target;
    enum err e = check_above(l, c, &target);
    if (e) return e;
    bool gone = target->deleted || target->superseded;
    return gone || target->banned == (c->rec->type == RECORD_BAN) ? ERR_STATE : OK;
}

enum err apply_ban(struct member_log *l, const struct record *rec, struct log_change *out)
{
    out->member = log_member(l, rec->target);
    out->member->banned = true;
    invites_void(out->member);
    return OK;
}

enum err apply_unban(struct member_log *l, const struct record *rec, struct log_change *out)
{
    out->member = log_member(l, rec->target);
    out->member->banned = false;
    return OK;
}

enum err check_deletion(const struct member_log *l, const struct candidate *c)
{
    const struct member *target = c->author;
    if (id_eq(c->rec->target, c->author->account)) return target->role == CLUB_FOUNDER ? ERR_FORBIDDEN : OK;
    enum err e = check_above(l, c, &target);
    return !e && target->deleted ? ERR_STATE : e;
}

enum err apply_deletion(struct member_log *l, const struct record *rec, struct log_change *out)
{
    out->member = log_member(l, rec->target);
    out->member->deleted = true;
    out->member->claim = (struct claim){0};
    invites_void(out->member);
    return OK;
}

/* ---- holds ------------------------------------------------------------------------------------------ */

enum err check_hold(const struct member_log *l, const struct candidate *c)
{
    const struct member *target;
    return check_above(l, c, &target);
}

static void set_held(struct member_log *l, struct member *m, bool held)
{
    if (m->held == held) return;
    m->held = held;
    m->held_n = l->size - 1;
}

/* Below the target, but not at or above the author's rank: who rose since stays out of an inferior's reach.
 */
static void hold_subtree(struct member_log *l, const struct record *rec, bool held)
{
    const struct member *author = log_member(l, rec->author), *target = log_member(l, rec->target);
    for (uint32_t i = 0; i < l->member_count; i++) {
        struct member *m = l->members[i];
        if (rank_above(author, m) && member_below(m, target)) set_held(l, m, held);
    }
}

enum err apply_hold(struct member_log *l, const struct record *rec, struct log_change *out)
{
    out->member = log_member(l, rec->target);
    hold_subtree(l, rec, true);
    return OK;
}

enum err apply_release(struct member_log *l, const struct record *rec, struct log_change *out)
{
    out->member = log_member(l, rec->target);
    set_held(l, out->member, false);
    if (rec->subtree) hold_subtree(l, rec, false);
    return OK;
}

/* ---- tracing: what an officer's device says of itself, for everybody's copy of the log --------------- */

enum err check_trace(const struct member_log *l, const struct candidate *c)
{
    (void)l;
    return c->author->role <= CLUB_ADMIN ? OK : ERR_FORBIDDEN;
}

enum err apply_trace(struct member_log *l, const struct record *rec, struct log_change *out)
{
    out->member = log_member(l, rec->author);
    return OK;
}

/* ---- out of a host's rooms, for good ---------------------------------------------------------------- */

struct room_ban {
    struct id target, host;
};

bool log_room_banned(const struct member_log *l, struct id target, struct id host)
{
    struct room_ban ban = {target, host};
    uint32_t none;
    return map_get(&l->room_bans, &ban, &none);
}

/* Who moderates a room is known only while it lives: do_room_remove asks that. What holds at any time: nobody
 * of a lower rank, and no admin against another. */
enum err check_room_ban(const struct member_log *l, const struct candidate *c)
{
    const struct record *rec = c->rec;
    const struct member *target = log_member(l, rec->target), *host = log_member(l, rec->host);
    if (!target || !host || target->deleted) return ERR_NOT_FOUND;
    bool peers = c->author->role == target->role && target->role <= CLUB_ADMIN;
    if (target == c->author || peers || rank_above(target, c->author)) return ERR_FORBIDDEN;
    if (rec->scope == SCOPE_EVENING) return OK;
    if (target == host) return ERR_FORBIDDEN; /* nobody is kept out of one's own rooms for good */
    return log_room_banned(l, rec->target, rec->host) ? ERR_STATE : OK;
}

enum err apply_room_ban(struct member_log *l, const struct record *rec, struct log_change *out)
{
    struct room_ban ban = {rec->target, rec->host};
    out->member = log_member(l, rec->target);
    return map_put(&l->room_bans, &ban, 0);
}

enum err check_room_unban(const struct member_log *l, const struct candidate *c)
{
    const struct record *rec = c->rec;
    if (c->author->role > CLUB_ADMIN && !id_eq(rec->host, rec->author)) return ERR_FORBIDDEN;
    return log_room_banned(l, rec->target, rec->host) ? OK : ERR_STATE;
}

enum err apply_room_unban(struct member_log *l, const struct record *rec, struct log_change *out)
{
    struct room_ban ban = {rec->target, rec->host};
    out->member = log_member(l, rec->target);
    map_remove(&l->room_bans, &ban);
    return OK;
}
