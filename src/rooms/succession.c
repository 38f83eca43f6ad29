/* Somebody who lost every device comes back as a new account: a claim that two others sign, 72 hours in which
 * any device of the old account can say no, and then the succession. */
#include "crypt/sign.h"
#include "rooms/rules.h"

static enum err check_second(const struct member_log *l, const struct record *rec, struct member **out)
{
    struct device *d;
    enum err e = find_signer(l, rec->second, rec->second_device, out, &d);
    if (!e) e = sign_verify(&d->key, record_purpose(rec->type), rec->body, rec->sig[1]);
    return !e && (*out)->role > CLUB_ADMIN ? ERR_FORBIDDEN : e;
}

enum err check_claim(const struct member_log *l, const struct record *rec, const struct member *author)
{
    const struct member *target = log_member(l, rec->target), *successor = log_member(l, rec->successor);
    if (!target || !successor) return ERR_NOT_FOUND;
    if (target == successor || !member_good(target) || !member_good(successor)) return ERR_STATE;
    if (id_eq(rec->second, rec->author)) return ERR_FORBIDDEN;
    const struct member *second = log_member(l, rec->second);
    if (author == target || author == successor || second == target || second == successor)
        return ERR_FORBIDDEN;
    return author->role > CLUB_ADMIN && target->inviter != author ? ERR_FORBIDDEN : OK;
}

enum err check_supersede(const struct member_log *l, const struct candidate *c)
{
    struct member *second;
    enum err e = check_claim(l, c->rec, c->author);
    if (!e) e = check_second(l, c->rec, &second);
    if (e || !c->now_ms) return e;
    /* The second signature may come a day after the first; check_waited() makes up for that day. */
    bool ahead = c->rec->time_ms > c->now_ms + LIMIT_CLAIM_CLOCK_MS;
    return ahead || c->now_ms > c->rec->time_ms + LIMIT_CLAIM_SIGN_MS ? ERR_STATE : OK;
}

/* A newer claim takes the place of one that waits, and waits as long itself. */
enum err apply_supersede(struct member_log *l, const struct record *rec, struct log_change *out)
{
    out->member = log_member(l, rec->target);
    out->member->claim = (struct claim){.successor = log_member(l, rec->successor),
                                        .author = log_member(l, rec->author),
                                        .second = log_member(l, rec->second),
                                        .time_ms = rec->time_ms};
    return OK;
}

enum err check_veto(const struct member_log *l, const struct candidate *c)
{
    (void)l;
    if (!id_eq(c->rec->target, c->rec->author)) return ERR_FORBIDDEN;
    return c->author->claim.successor ? OK : ERR_STATE;
}

enum err apply_veto(struct member_log *l, const struct record *rec, struct log_change *out)
{
    out->member = log_member(l, rec->target);
    out->member->claim = (struct claim){0};
    return OK;
}

uint64_t claim_until_ms(const struct claim *claim)
{
    return claim->time_ms + LIMIT_CLAIM_SIGN_MS + LIMIT_CLAIM_MS;
}

/* Both times are signed. Live, the server's own clock counts too: a claim that came a day late still leaves
 * the whole time for a veto. */
static enum err check_waited(const struct candidate *c, const struct claim *claim)
{
    if (c->rec->time_ms < claim->time_ms + LIMIT_CLAIM_MS) return ERR_EARLY;
    if (!c->now_ms) return OK;
    bool early = c->now_ms < claim_until_ms(claim) || c->rec->time_ms > c->now_ms + LIMIT_CLAIM_CLOCK_MS;
    return early ? ERR_EARLY : OK;
}

enum err check_succession(const struct member_log *l, const struct candidate *c)
{
    const struct member *target = log_member(l, c->rec->target), *by = c->author;
    if (!target) return ERR_NOT_FOUND;
    const struct claim *claim = &target->claim;
    if (!claim->successor || !id_eq(claim->successor->account, c->rec->successor)) return ERR_STATE;
    if (by != claim->successor && by != claim->author && by != claim->second) return ERR_FORBIDDEN;
    if (!member_good(target) || !member_good(claim->successor)) return ERR_STATE;
    return check_waited(c, claim);
}

/* The successor takes the target's place in the tree, unless it stands above the target there already. */
enum err apply_succession(struct member_log *l, const struct record *rec, struct log_change *out)
{
    struct member *target = log_member(l, rec->target), *successor = log_member(l, rec->successor);
    out->member = target;
    if (rank_above(target, successor)) successor->role = target->role;
    if (!member_below(target, successor)) successor->inviter = target->inviter;
    for (uint32_t i = 0; i < l->member_count; i++)
        if (l->members[i]->inviter == target && l->members[i] != successor)
            l->members[i]->inviter = successor;
    target->superseded = true;
    target->claim = (struct claim){0};
    invites_void(target);
    return OK;
}
