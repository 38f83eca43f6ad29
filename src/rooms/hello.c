/* Opening a session, and proving to others who one is. */
#include "rooms/state.h"

#include "base/log.h"
#include "crypt/sign.h"

static enum err check_hello(const struct sock *s, const struct member *m, const struct command *c)
{
    uint8_t body[512];
    struct writer w = writer_init(body, sizeof(body));
    enum err e = hello_write_body(&w, (struct view){s->host, s->host_len}, s->nonce, c->hello.account,
                                  c->hello.device);
    if (!e) e = writer_end(&w);
    return e ? e : sign_verify(&m->device_key, "hello", writer_view(&w), c->hello.sig);
}

/* The log that a client has seen must be a beginning of ours. */
static bool same_log(const struct member_log *l, uint64_t size, struct hash head)
{
    return size <= l->size && hash_eq(log_head(l, size), head);
}

enum err do_hello(struct rooms *r, struct sock *s, const struct command *c)
{
    if (s->member) return ERR_STATE;
    struct member *m = log_device(&r->log, c->hello.device);
    if (!m || !id_eq(m->account, c->hello.account)) return ERR_UNKNOWN_ACCOUNT;
    enum err e = check_hello(s, m, c);
    if (e) return e;
    if (m->banned) return ERR_BANNED;
    if (!same_log(&r->log, c->hello.log_size, c->hello.log_head)) {
        LOG_WARN("rooms", "a client has seen another member log at size %llu, ours has %u: a fork",
                 (unsigned long long)c->hello.log_size, r->log.size);
        return ERR_STATE;
    }
    session_open(r, s, m);
    struct out out = {.kind = REPLY_HELLO, .request = c->request};
    out.hello.account = m->account;
    out.hello.name = member_name(m);
    out.hello.role = m->role;
    out.hello.log_size = r->log.size;
    out.hello.log_head = log_head(&r->log, r->log.size);
    out.hello.founder = r->log.members[0]->account;
    send_out(r, s, out);
    hall_send(r, s);
    return OK;
}

/* Oneself, and those one shares a room with: there is no directory. */
static const struct member *chain_readable(const struct rooms *r, const struct sock *s, struct id account)
{
    const struct member *m = log_member(&r->log, account);
    if (!m || m == s->member) return m;
    return s->person && m->person && m->person->room == s->person->room ? m : NULL;
}

enum err do_chain_read(struct rooms *r, struct sock *s, const struct command *c)
{
    size_t count = 0;
    if (c->chains.count > LIMIT_CHAIN_ACCOUNTS) return ERR_TOO_LARGE;
    struct chain_info *chains = scratch_take(r, c->chains.count * sizeof(*chains));
    if (!chains) return ERR_SYSTEM;
    for (size_t i = 0; i < c->chains.count; i++) {
        const struct member *m = chain_readable(r, s, c->chains.accounts[i]);
        if (!m) continue; /* left meanwhile, or not yours to see: the same answer for both */
        struct chain_entry entries[CHAIN_MAX];
        size_t n = chain_of(&r->log, m, entries);
        struct chain_entry *copy = scratch_take(r, n * sizeof(*copy));
        if (!copy) return ERR_SYSTEM;
        memcpy(copy, entries, n * sizeof(*copy));
        chains[count++] = (struct chain_info){m->account, copy, n};
    }
    send_out(r, s, (struct out){.kind = REPLY_CHAINS, .request = c->request, .chains = {chains, count}});
    return OK;
}
