/* The one road into the member log: check, ask the store, and only when it is durable change anything. */
#include "rooms/ties.h"

#include "base/log.h"
#include "base/without.h"
#include "crypt/sign.h"

/* Which records a request may carry. */
static bool record_fits(enum command_kind kind, const struct record *rec)
{
    switch (kind) {
    case COMMAND_REDEEM:
        return rec->type == RECORD_FOUNDER || rec->type == RECORD_REDEEM;
    case COMMAND_PAIR_ACCEPT:
        return rec->type == RECORD_DEVICE_ADD && !id_zero(rec->author_device);
    case COMMAND_RECOVERY_USE:
        return rec->type == RECORD_DEVICE_ADD && id_zero(rec->author_device);
    case COMMAND_ROOM_REMOVE:
        return rec->type == RECORD_ROOM_BAN && rec->scope == SCOPE_FOR_GOOD;
    default:
        return rec->type != RECORD_FOUNDER && rec->type != RECORD_REDEEM && rec->type != RECORD_ROOM_BAN;
    }
}

static enum err check_newcomer(const struct rooms *r, const struct sock *s, const struct command *c,
                               const struct record *rec)
{
    struct view name = c->record.name;
    if (s->member) return ERR_STATE;
    if (name.len > LIMIT_NAME_BYTES || text_check(name, 1, LIMIT_NAME_CHARS)) return ERR_NAME;
    return rec->type == RECORD_FOUNDER && r->log.size == 0 && !r->has_setup ? ERR_INVITE_UNKNOWN : OK;
}

bool signed_here(const struct sock *s, struct id account, struct id device)
{
    return id_eq(account, s->member->account) && id_eq(device, s->device->id);
}

static enum err check_submitter(const struct rooms *r, const struct sock *s, const struct command *c,
                                const struct record *rec)
{
    switch (c->kind) {
    case COMMAND_REDEEM:
        return check_newcomer(r, s, c, rec);
    case COMMAND_PAIR_ACCEPT:
        return s->member ? ERR_STATE : pair_check(r, s, rec);
    case COMMAND_RECOVERY_USE:
        return s->member ? ERR_STATE : OK;
    default: /* One speaks for oneself: a record signed by another, however valid, is not accepted from here.
              */
        if (signed_here(s, rec->author, rec->author_device)) return OK;
        if (rec->type == RECORD_SUPERSEDE && signed_here(s, rec->second, rec->second_device)) return OK;
        return ERR_FORBIDDEN;
    }
}

/* Who tries recovery keys learns nothing about accounts. */
static enum err check_record(struct rooms *r, struct sock *s, const struct command *c,
                             const struct record *rec)
{
    enum err e = check_submitter(r, s, c, rec);
    if (!e) e = chain_check(&r->log, rec, &r->setup, r->now_ms);
    bool unknown = e == ERR_UNKNOWN_ACCOUNT || e == ERR_SIGNATURE || e == ERR_BANNED || e == ERR_HELD;
    if (c->kind == COMMAND_RECOVERY_USE && unknown) return ERR_NOT_FOUND;
    if (!e && s->member) e = removal_check(r, s->member, rec);
    return e ? e : log_reserve(&r->log);
}

static void pend(struct rooms *r, const struct sock *s, const struct command *c)
{
    struct pending *p = &r->pending;
    struct view record = c->record.record,
                name = c->kind == COMMAND_REDEEM ? c->record.name : (struct view){0};
    *p = (struct pending){.sock = s->name, .request = c->request, .n = r->log.size, .len = record.len};
    memcpy(p->bytes, record.ptr, record.len);
    if (name.len) memcpy(p->name, name.ptr, name.len);
    p->name_len = name.len;
    /* Once more, so that the parsed views are into our own copy; it parsed before. */
    p->active = record_parse(&p->record, (struct view){p->bytes, p->len}) == OK;
}

enum err do_record(struct rooms *r, struct sock *s, const struct command *c)
{
    struct view bytes = c->record.record;
    struct record rec;
    if (bytes.len > LIMIT_RECORD_BYTES) return ERR_TOO_LARGE;
    enum err e = record_parse(&rec, bytes);
    if (!e && !record_fits(c->kind, &rec)) e = ERR_MALFORMED;
    if (!e) e = check_record(r, s, c, &rec);
    if (e) return e;
    pend(r, s, c);
    if (!r->pending.active) return ERR_SYSTEM;

    const struct pending *p = &r->pending;
    struct effect store = {EFFECT_STORE, {.store = {.n = p->n, .record = {p->bytes, p->len}}}};
    store.store.head = log_next_head(&r->log, store.store.record);
    if (c->kind == COMMAND_REDEEM) {
        store.store.account = id_of_key("account", &p->record.account_key);
        store.store.name = (struct view){p->name, p->name_len};
    } else if (rec.type == RECORD_DELETION || rec.type == RECORD_SUCCESSION) {
        store.store.account = rec.target;
        store.store.erase = !without(WITHOUT_ERASE);
    }
    r->config.effect(r->config.user, &store);
    return OK;
}

static void reply_record(struct rooms *r, const struct sock *s, const struct pending *p,
                         const struct log_change *change)
{
    enum record_type type = p->record.type;
    struct out out = {.kind = REPLY_RECORD, .request = p->request};
    out.record.n = p->n;
    out.record.log_size = r->log.size;
    out.record.head = log_head(&r->log, r->log.size);
    bool came = type == RECORD_FOUNDER || type == RECORD_REDEEM || type == RECORD_DEVICE_ADD;
    if (came && !s->member) { /* only a visitor does not know whose it is */
        out.record.account = change->member->account;
        out.record.device = change->device->id;
    }
    send_out(r, s, out);
}

static void tell_guest(struct rooms *r, const struct invite *i)
{
    struct out out = {.kind = EVENT_GUEST, .guest = {i->guest->account, member_name(i->guest), i->key}};
    tell_member(r, i->author, out);
}

/* Name, profile and passkeys go with the account; the log keeps what others' paths hang from. */
static void erase(struct rooms *r, struct member *m, const struct record *rec)
{
    bool self = id_eq(rec->author, rec->target);
    ban_enforce(r, m, self ? LEFT_SELF : LEFT_BANNED, ERR_UNKNOWN_ACCOUNT,
                member_name(log_member(&r->log, rec->author)));
    member_erase(r, m);
}

static void succeed(struct rooms *r, struct member *m, const struct record *rec)
{
    ban_enforce(r, m, LEFT_ELSEWHERE, ERR_UNKNOWN_ACCOUNT, (struct view){0});
    member_erase(r, m); /* who came back has a profile of its own, and may want the handle */
    rank_enforce(r, log_member(&r->log, rec->successor));
}

/* What follows from a record that is in the log now. */
static void enforce(struct rooms *r, const struct pending *p, const struct log_change *change)
{
    const struct record *rec = &p->record;
    struct member *m = change->member;
    switch (rec->type) {
    case RECORD_REDEEM:
        tell_guest(r, change->invite);
        break;
    case RECORD_DEVICE_ADD:
        pair_done(r, change->device);
        break;
    case RECORD_DEVICE_REVOKE:
        device_enforce(r, change->device);
        break;
    case RECORD_ROLE:
        rank_enforce(r, m);
        break;
    case RECORD_BAN:
        ban_enforce(r, m, LEFT_BANNED, ERR_BANNED, member_name(log_member(&r->log, rec->author)));
        break;
    case RECORD_UNBAN:
        events_show(r, m, true);
        break;
    case RECORD_DELETION:
        erase(r, m, rec);
        break;
    case RECORD_SUPERSEDE:
        claim_done(r, rec);
        break;
    case RECORD_SUCCESSION:
        succeed(r, m, rec);
        break;
    case RECORD_ROOM_BAN:
        room_ban_enforce(r, rec, (struct view){p->bytes, p->len});
        break;
    case RECORD_HOLD:
    case RECORD_RELEASE:
        hold_enforce(r, p->n);
        break;
    default:
        break;
    }
}

void records_stored(struct rooms *r, enum err result)
{
    struct pending *p = &r->pending;
    struct sock *s = sock_find(r, p->sock);
    struct log_change change;
    p->active = false;
    enum err e =
        result ? ERR_STORE : log_append(&r->log, (struct view){p->bytes, p->len}, &p->record, &change);
    if (e) {
        LOG_WARN("rooms", "record %llu was not added: %s", (unsigned long long)p->n, err_code(e));
        if (s) reply_error(r, p->sock, p->request, e);
        return;
    }
    enum record_type type = p->record.type;
    bool joined = type == RECORD_FOUNDER || type == RECORD_REDEEM;
    if (joined) member_set_name(change.member, (struct view){p->name, p->name_len});
    if (type == RECORD_FOUNDER) {
        r->has_setup = false;
        r->setup = (struct key){0};
    }
    struct member *author = log_member(&r->log, p->record.author);
    if (author) removal_note(r, author, &p->record);
    if (s) reply_record(r, s, p, &change);
    log_touch(r, record_open(type));
    enforce(r, p, &change);
}
