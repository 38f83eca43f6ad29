/* Opening a session. */
#include "rooms/officers.h"

#include "base/log.h"
#include "base/without.h"
#include "crypt/sign.h"

static enum err check_hello(const struct sock *s, const struct device *d, const struct command *c)
{
    uint8_t body[512];
    struct writer w = writer_init(body, sizeof(body));
    enum err e = hello_write_body(&w, (struct view){s->host, s->host_len}, s->nonce, c->hello.account,
                                  c->hello.device);
    if (!e) e = writer_end(&w);
    if (e || without(WITHOUT_HELLO_SIGNATURE)) return e;
    return sign_verify(&d->key, "hello", writer_view(&w), c->hello.sig);
}

/* The log that a client has seen must be a beginning of ours. */
static bool same_log(const struct member_log *l, uint64_t size, struct hash head)
{
    return size <= l->size && hash_eq(log_head(l, size), head);
}

static void reply_hello(struct rooms *r, const struct sock *s, const struct command *c)
{
    const struct member *m = s->member, *successor = m->claim.successor;
    struct out out = {.kind = REPLY_HELLO, .request = c->request};
    out.hello.account = m->account;
    out.hello.name = member_name(m);
    out.hello.role = m->role;
    out.hello.log_size = r->log.size;
    out.hello.log_head = log_head(&r->log, r->log.size);
    out.hello.founder = r->log.members[0]->account;
    out.hello.held = m->held;
    out.hello.elsewhere = s->elsewhere;
    if (successor) {
        out.hello.successor = successor->account;
        out.hello.successor_name = member_name(successor);
        out.hello.claim_until_ms = claim_until_ms(&m->claim);
    }
    send_out(r, s, out);
}

enum err do_hello(struct rooms *r, struct sock *s, const struct command *c)
{
    if (s->member) return ERR_STATE;
    struct device *d = log_device(&r->log, c->hello.device);
    if (!d || !id_eq(d->member->account, c->hello.account)) return ERR_UNKNOWN_ACCOUNT;
    enum err e = check_hello(s, d, c);
    if (e) return e;
    if (!without(WITHOUT_BAN)) {
        if (d->member->banned) return ERR_BANNED;
        if (d->revoked || !member_good(d->member)) return ERR_UNKNOWN_ACCOUNT;
    }
    if (!same_log(&r->log, c->hello.log_size, c->hello.log_head)) {
        LOG_WARN("rooms", "a client has seen another member log at size %llu, ours has %u: a fork",
                 (unsigned long long)c->hello.log_size, r->log.size);
        return ERR_OTHER_LOG;
    }
    session_open(r, s, d);
    if (without(WITHOUT_QUIET_LOG))
        LOG_INFO("rooms", "hello %.*s", (int)s->member->name_len, (const char *)s->member->name);
    reply_hello(r, s, c);
    if (s->member->held) return OK;
    hall_send(r, s);
    reports_tell(r, s);
    alerts_tell(r, s);
    return OK;
}
