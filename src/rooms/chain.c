/* Who may sign what. Validity follows the order of the log, never the times in it: the time of a record is
 * what its author's clock said. Docs: docs/protocol.md, "Member-log records". */
#include "rooms/log.h"

#include "crypt/sign.h"

enum { DAY_MS = 24 * 60 * 60 * 1000 };

/* The author is a member, not banned at this position, and the device is its own. */
static enum err check_author(const struct member_log *l, const struct record *rec, struct member **out)
{
    struct member *m = log_member(l, rec->author);
    if (!m || !id_eq(m->device, rec->author_device)) return ERR_UNKNOWN_ACCOUNT;
    if (m->banned) return ERR_BANNED;
    *out = m;
    return sign_verify(&m->device_key, record_purpose(rec->type), rec->body, rec->sig[0]);
}

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

static enum err check_founder(const struct member_log *l, const struct record *rec, const struct key *setup)
{
    if (l->size > 0) return ERR_INVITE_USED;
    enum err e = check_entrance(l, rec);
    return !e && setup && !key_eq(*setup, rec->one_time_key) ? ERR_INVITE_UNKNOWN : e;
}

static enum err check_invite(const struct member_log *l, const struct record *rec, uint64_t now_ms)
{
    struct member *author;
    enum err e = check_author(l, rec, &author);
    if (e) return e;
    if (log_invite(l, &rec->one_time_key)) return ERR_REPLAY;
    const uint64_t longest = (uint64_t)LIMIT_INVITE_DAYS * DAY_MS;
    if (rec->expires_ms <= rec->time_ms || rec->expires_ms - rec->time_ms > longest) return ERR_MALFORMED;
    if (author->depth >= LIMIT_CHAIN_DEPTH) return ERR_FORBIDDEN;
    if (!now_ms) return OK;
    /* A time in the future must not buy a longer life. */
    if (rec->expires_ms <= now_ms || rec->expires_ms > now_ms + longest) return ERR_STATE;
    return member_invites_left(author, now_ms) ? OK : ERR_INVITE_QUOTA;
}

static enum err check_redeem(const struct member_log *l, const struct record *rec, uint64_t now_ms)
{
    enum err e = sign_verify(&rec->one_time_key, record_purpose(rec->type), rec->body, rec->sig[0]);
    if (e) return e; /* before anything is said about the invite */
    const struct invite *i = log_invite(l, &rec->one_time_key);
    if (!i) return ERR_INVITE_UNKNOWN;
    if (i->guest) return ERR_INVITE_USED;
    if (i->revoked || i->author->banned) return ERR_INVITE_REVOKED;
    if (now_ms && now_ms >= i->expires_ms) return ERR_INVITE_EXPIRED;
    return check_entrance(l, rec);
}

static enum err check_ban(const struct member_log *l, const struct record *rec)
{
    struct member *author;
    enum err e = check_author(l, rec, &author);
    if (e) return e;
    if (author->role > CLUB_ADMIN) return ERR_FORBIDDEN;
    const struct member *target = log_member(l, rec->target);
    if (!target) return ERR_NOT_FOUND;
    if (author->role >= target->role) return ERR_FORBIDDEN; /* nobody acts on a peer or a superior */
    return target->banned == (rec->type == RECORD_BAN) ? ERR_STATE : OK;
}

static enum err check_revoke(const struct member_log *l, const struct record *rec)
{
    struct member *author;
    enum err e = check_author(l, rec, &author);
    if (e) return e;
    const struct invite *i = log_invite(l, &rec->one_time_key);
    if (!i || i->author != author) return ERR_INVITE_UNKNOWN; /* not yours: as if it were not there */
    if (i->guest) return ERR_INVITE_USED;
    return i->revoked ? ERR_INVITE_REVOKED : OK;
}

enum err chain_check(const struct member_log *l, const struct record *rec, const struct key *setup,
                     uint64_t now_ms)
{
    struct member *author;
    enum err e = ERR_UNSUPPORTED;
    switch (rec->type) {
    case RECORD_FOUNDER:
        e = check_founder(l, rec, setup);
        break;
    case RECORD_INVITE:
        e = check_invite(l, rec, now_ms);
        break;
    case RECORD_REDEEM:
        e = check_redeem(l, rec, now_ms);
        break;
    case RECORD_BAN:
    case RECORD_UNBAN:
        e = check_ban(l, rec);
        break;
    case RECORD_INVITE_REVOKE:
        e = check_revoke(l, rec);
        break;
    case RECORD_ROOM_BAN:
        e = check_author(l, rec, &author);
        break;
    default:
        break;
    }
    return !e && log_has_body(l, rec) ? ERR_REPLAY : e;
}

size_t chain_of(const struct member_log *l, const struct member *m, struct chain_entry out[CHAIN_MAX])
{
    size_t count = 1 + 2 * (size_t)m->depth; /* check_invite bounds the depth */
    for (size_t i = count; m->ticket; m = m->ticket->author) {
        out[--i] = (struct chain_entry){m->n, l->entries[m->n].record};
        out[--i] = (struct chain_entry){m->ticket->n, l->entries[m->ticket->n].record};
    }
    out[0] = (struct chain_entry){m->n, l->entries[m->n].record};
    return count;
}

struct hash chain_hash(const struct member_log *l, const struct member *m)
{
    struct chain_entry entries[CHAIN_MAX];
    struct hash hashes[CHAIN_MAX];
    size_t count = chain_of(l, m, entries);
    for (size_t i = 0; i < count; i++) hashes[i] = hash_raw(entries[i].record);
    return hash_two("chain", (struct view){hashes[0].bytes, count * HASH_BYTES}, (struct view){0});
}
