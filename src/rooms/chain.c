/* Who may sign what. Validity follows the order of the log, never the times in it: the time of a record is
 * what its author's clock said. Docs: docs/protocol.md, "Member-log records". Here are the table and the
 * rules of getting in; device.c, rank.c and succession.c have the others. */
#include "base/without.h"
#include "crypt/sign.h"
#include "rooms/rules.h"

enum { DAY_MS = 24 * 60 * 60 * 1000 };

/* ---- getting in ------------------------------------------------------------------------------------- */

/* One-time key, account key, device key: all three must agree to the new member. */
static enum err check_entrance(const struct member_log *l, const struct record *rec)
{
    const char *purpose = record_purpose(rec->type);
    enum err e = sign_verify(&rec->one_time_key, purpose, rec->body, rec->sig[0]);
    if (!e) e = sign_verify(&rec->account_key, purpose, rec->body, rec->sig[1]);
    if (!e) e = sign_verify(&rec->device_key, purpose, rec->body, rec->sig[2]);
    if (e) return e;
    if (log_member(l, id_of_key("account", &rec->account_key))) return ERR_REPLAY;
    if (log_device(l, id_of_key("device", &rec->device_key))) return ERR_REPLAY;
    return OK;
}

static enum err check_founder(const struct member_log *l, const struct candidate *c)
{
    if (l->size > 0) return ERR_INVITE_USED;
    enum err e = check_entrance(l, c->rec);
    bool invited = !c->setup || key_eq(*c->setup, c->rec->one_time_key) || without(WITHOUT_SETUP_LINK);
    return !e && !invited ? ERR_INVITE_UNKNOWN : e;
}

static enum err check_invite(const struct member_log *l, const struct candidate *c)
{
    const struct record *rec = c->rec;
    if (log_invite(l, &rec->one_time_key)) return ERR_REPLAY;
    const uint64_t longest = (uint64_t)LIMIT_INVITE_DAYS * DAY_MS;
    if (rec->expires_ms <= rec->time_ms || rec->expires_ms - rec->time_ms > longest) return ERR_MALFORMED;
    bool deep = c->author->depth >= LIMIT_CHAIN_DEPTH || c->device->path_len + 2 > LIMIT_PATH_RECORDS;
    if (deep) return ERR_FORBIDDEN;
    if (!c->now_ms) return OK;
    /* A time in the future must not buy a longer life. */
    if (rec->expires_ms <= c->now_ms || rec->expires_ms > c->now_ms + longest) return ERR_STATE;
    bool left = member_invites_left(c->author, c->now_ms) || without(WITHOUT_INVITE_QUOTA);
    return left ? OK : ERR_INVITE_QUOTA;
}

static enum err check_redeem(const struct member_log *l, const struct candidate *c)
{
    const struct record *rec = c->rec;
    enum err e = sign_verify(&rec->one_time_key, record_purpose(rec->type), rec->body, rec->sig[0]);
    if (e) return e; /* before anything is said about the invite */
    const struct invite *i = log_invite(l, &rec->one_time_key);
    if (!i) return ERR_INVITE_UNKNOWN;
    e = invite_usable(i, c->now_ms);
    return e ? e : check_entrance(l, rec);
}

static enum err check_invite_revoke(const struct member_log *l, const struct candidate *c)
{
    const struct invite *i = log_invite(l, &c->rec->one_time_key);
    bool superior = i && c->author->role <= CLUB_ADMIN && rank_above(c->author, i->author);
    if (!i || (i->author != c->author && !superior)) return ERR_INVITE_UNKNOWN; /* as if it were not there */
    if (i->guest) return ERR_INVITE_USED;
    return i->revoked ? ERR_INVITE_REVOKED : OK;
}

/* ---- the table -------------------------------------------------------------------------------------- */

static const struct {
    check_fn check;
    apply_fn apply;
} rules[] = {
    [RECORD_FOUNDER] = {check_founder, apply_founder},
    [RECORD_INVITE] = {check_invite, apply_invite},
    [RECORD_REDEEM] = {check_redeem, apply_redeem},
    [RECORD_DEVICE_ADD] = {check_device_add, apply_device_add},
    [RECORD_DEVICE_REVOKE] = {check_device_revoke, apply_device_revoke},
    [RECORD_ROLE] = {check_role, apply_role},
    [RECORD_BAN] = {check_ban, apply_ban},
    [RECORD_UNBAN] = {check_ban, apply_unban},
    [RECORD_INVITE_REVOKE] = {check_invite_revoke, apply_invite_revoke},
    [RECORD_RECOVERY] = {check_recovery, apply_recovery},
    [RECORD_DELETION] = {check_deletion, apply_deletion},
    [RECORD_SUPERSEDE] = {check_supersede, apply_supersede},
    [RECORD_VETO] = {check_veto, apply_veto},
    [RECORD_SUCCESSION] = {check_succession, apply_succession},
    [RECORD_ROOM_BAN] = {check_room_ban, apply_room_ban},
    [RECORD_ROOM_UNBAN] = {check_room_unban, apply_room_unban},
    [RECORD_HOLD] = {check_hold, apply_hold},
    [RECORD_RELEASE] = {check_hold, apply_release},
    [RECORD_TRACE_KEY] = {check_trace, apply_trace},
    [RECORD_TRACE_RELEASE] = {check_trace, apply_trace},
};

static bool has_author(const struct record *rec)
{
    if (rec->type == RECORD_FOUNDER || rec->type == RECORD_REDEEM) return false;
    return rec->type != RECORD_DEVICE_ADD || !id_zero(rec->author_device);
}

enum err find_signer(const struct member_log *l, struct id account, struct id device, struct member **m,
                     struct device **d)
{
    *m = log_member(l, account);
    *d = log_device(l, device);
    if (!*m || !*d || (*d)->member != *m || (*d)->revoked) return ERR_UNKNOWN_ACCOUNT;
    if ((*m)->banned) return ERR_BANNED;
    if (!member_good(*m)) return ERR_UNKNOWN_ACCOUNT;
    return (*m)->held ? ERR_HELD : OK;
}

enum err chain_check(const struct member_log *l, const struct record *rec, const struct key *setup,
                     uint64_t now_ms)
{
    struct candidate c = {.rec = rec, .setup = setup, .now_ms = now_ms};
    enum err e = OK;
    if (has_author(rec)) {
        e = find_signer(l, rec->author, rec->author_device, &c.author, &c.device);
        if (!e) e = sign_verify(&c.device->key, record_purpose(rec->type), rec->body, rec->sig[0]);
    }
    if (!e) e = rules[rec->type].check(l, &c);
    return !e && log_has_body(l, rec) ? ERR_REPLAY : e;
}

enum err rules_apply(struct member_log *l, const struct record *rec, struct log_change *out)
{
    return rules[rec->type].apply(l, rec, out);
}
