/* The one road into the member log: check, ask the store, and only when it is durable change anything. */
#include "rooms/state.h"

#include "base/log.h"
#include "crypt/sign.h"

/* Which records a request may carry. */
static bool record_fits(enum command_kind kind, enum record_type type)
{
    switch (kind) {
    case COMMAND_REDEEM:
        return type == RECORD_FOUNDER || type == RECORD_REDEEM;
    case COMMAND_INVITE:
        return type == RECORD_INVITE;
    case COMMAND_INVITE_REVOKE:
        return type == RECORD_INVITE_REVOKE;
    case COMMAND_BAN:
        return type == RECORD_BAN;
    case COMMAND_UNBAN:
        return type == RECORD_UNBAN;
    default:
        return false;
    }
}

static enum err check_submitter(const struct rooms *r, const struct sock *s, const struct command *c,
                                const struct record *rec)
{
    if (c->kind == COMMAND_REDEEM) {
        struct view name = c->record.name;
        if (s->member) return ERR_STATE;
        if (name.len > LIMIT_NAME_BYTES || text_check(name, 1, LIMIT_NAME_CHARS)) return ERR_NAME;
        return rec->type == RECORD_FOUNDER && r->log.size == 0 && !r->has_setup ? ERR_INVITE_UNKNOWN : OK;
    }
    /* One speaks for oneself: a record signed by another, however valid, is not accepted from here. */
    bool own = id_eq(rec->author, s->member->account) && id_eq(rec->author_device, s->member->device);
    return own ? OK : ERR_FORBIDDEN;
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
    if (!e && !record_fits(c->kind, rec.type)) e = ERR_MALFORMED;
    if (!e) e = check_submitter(r, s, c, &rec);
    if (!e) e = chain_check(&r->log, &rec, &r->setup, r->now_ms);
    if (!e) e = log_reserve(&r->log);
    if (e) return e;
    pend(r, s, c);
    if (!r->pending.active) return ERR_SYSTEM;

    const struct pending *p = &r->pending;
    struct effect store = {EFFECT_STORE, {.store = {.n = p->n, .record = {p->bytes, p->len}}}};
    store.store.head = log_next_head(&r->log, store.store.record);
    if (c->kind == COMMAND_REDEEM) {
        store.store.account = id_of_key("account", &p->record.account_key);
        store.store.name = (struct view){p->name, p->name_len};
    }
    r->config.effect(r->config.user, &store);
    return OK;
}

static struct sock *pending_sock(const struct rooms *r, sock_name name)
{
    uint32_t i;
    return map_get(&r->by_sock, &name, &i) ? r->socks[i] : NULL; /* NULL: closed meanwhile */
}

static void reply_record(struct rooms *r, const struct sock *s, const struct pending *p,
                         const struct member *joined)
{
    struct out out = {.kind = REPLY_RECORD, .request = p->request};
    out.record.n = p->n;
    out.record.log_size = r->log.size;
    out.record.head = log_head(&r->log, r->log.size);
    out.record.account = joined ? joined->account : (struct id){0}; /* only a redemption says whose it is */
    out.record.device = joined ? joined->device : (struct id){0};
    send_out(r, s, out);
}

static void tell_log(struct rooms *r)
{
    struct out out = {.kind = EVENT_LOG, .log = {r->log.size, log_head(&r->log, r->log.size)}};
    for (uint32_t i = 0; i < r->sock_count; i++)
        if (r->socks[i]->member) send_out(r, r->socks[i], out);
}

static void tell_guest(struct rooms *r, const struct invite *i)
{
    struct out out = {.kind = EVENT_GUEST, .guest = {i->guest->account, member_name(i->guest), i->key}};
    for (const struct sock *s = i->author->socks; s; s = s->next) send_out(r, s, out);
}

void records_stored(struct rooms *r, enum err result)
{
    struct pending *p = &r->pending;
    struct sock *s = pending_sock(r, p->sock);
    struct member *m = NULL;
    struct invite *i = NULL;
    p->active = false;
    enum err e =
        result ? ERR_STORE : log_append(&r->log, (struct view){p->bytes, p->len}, &p->record, &m, &i);
    if (e) {
        LOG_WARN("rooms", "record %llu was not added: %s", (unsigned long long)p->n, err_code(e));
        if (s) reply_error(r, p->sock, p->request, e);
        return;
    }
    enum record_type type = p->record.type;
    bool joined = type == RECORD_FOUNDER || type == RECORD_REDEEM;
    if (joined) member_set_name(m, (struct view){p->name, p->name_len});
    if (type == RECORD_FOUNDER) {
        r->has_setup = false;
        r->setup = (struct key){0};
    }
    if (s) reply_record(r, s, p, joined ? m : NULL);
    tell_log(r);
    if (type == RECORD_REDEEM) tell_guest(r, i);
    if (type == RECORD_BAN) ban_enforce(r, m, member_name(log_member(&r->log, p->record.author)));
}
