/* Recovery by passkeys: for each credential the recovery code, sealed with a secret that only the
 * authenticator gives (WebAuthn PRF). The server keeps what it cannot open, for a browser that has nothing
 * else left. */
#include "rooms/state.h"

#include <stdlib.h>

#include "base/log.h"
#include "crypt/sign.h"

enum { PASSKEYS_MIN = 2 }; /* one alone is lost with its authenticator */

struct passkeys {
    struct passkey_info list[LIMIT_PASSKEYS];
    size_t count;
    void *block; /* what their views point into */
};

void passkeys_free(struct passkeys *p)
{
    if (!p) return;
    free(p->block);
    free(p);
}

static struct passkeys *passkeys_new(const struct passkey_info *list, size_t count)
{
    struct passkeys *p = calloc(1, sizeof(*p));
    struct view *views[2 * LIMIT_PASSKEYS];
    if (!p) return NULL;
    p->count = count;
    for (size_t i = 0; i < count; i++) {
        p->list[i] = list[i];
        views[2 * i] = &p->list[i].credential;
        views[2 * i + 1] = &p->list[i].data;
    }
    if (views_keep(&p->block, views, 2 * count)) {
        passkeys_free(p);
        return NULL;
    }
    return p;
}

size_t member_passkeys(const struct member *m, const struct passkey_info **list)
{
    *list = m->passkeys ? m->passkeys->list : NULL;
    return m->passkeys ? m->passkeys->count : 0;
}

static const struct passkey_info *find(const struct member *m, struct view credential)
{
    const struct passkey_info *list;
    size_t count = member_passkeys(m, &list);
    for (size_t i = 0; list && i < count; i++)
        if (view_eq(list[i].credential, credential)) return &list[i];
    return NULL;
}

/* ---- whose a credential is ------------------------------------------------------------------------ */

static struct member *owner(const struct rooms *r, struct view credential)
{
    struct hash h = hash_raw(credential);
    uint32_t i;
    return map_get(&r->by_credential, h.bytes, &i) ? r->log.members[i] : NULL;
}

static void release(struct rooms *r, struct view credential)
{
    struct hash h = hash_raw(credential);
    map_remove(&r->by_credential, h.bytes);
}

/* Of `p`, those that `m` does not keep. */
static void release_all(struct rooms *r, const struct passkeys *p, const struct member *m)
{
    for (size_t i = 0; p && i < p->count; i++)
        if (!find(m, p->list[i].credential)) release(r, p->list[i].credential);
}

static enum err claim_all(struct rooms *r, const struct passkeys *p, const struct member *m)
{
    uint32_t index;
    if (!map_get(&r->log.by_account, m->account.bytes, &index)) return ERR_UNKNOWN_ACCOUNT;
    for (size_t i = 0; i < p->count; i++) {
        struct hash h = hash_raw(p->list[i].credential);
        enum err e = map_put(&r->by_credential, h.bytes, index);
        if (!e) continue;
        release_all(r, p, m);
        return e;
    }
    return OK;
}

static enum err check_list(const struct rooms *r, const struct member *m, const struct passkey_info *list,
                           size_t count)
{
    if (count > LIMIT_PASSKEYS || (count && count < PASSKEYS_MIN)) return ERR_MALFORMED;
    for (size_t i = 0; i < count; i++) {
        struct view credential = list[i].credential, data = list[i].data;
        if (!credential.len || !data.len) return ERR_MALFORMED;
        if (credential.len > LIMIT_PASSKEY_BYTES || data.len > LIMIT_PASSKEY_BYTES) return ERR_TOO_LARGE;
        const struct member *other = owner(r, credential);
        if (other && other != m) return ERR_REPLAY;
        for (size_t k = 0; k < i; k++)
            if (view_eq(list[k].credential, credential)) return ERR_REPLAY;
    }
    return OK;
}

/* ---- the requests --------------------------------------------------------------------------------- */

enum err do_passkey_set(struct rooms *r, struct sock *s, const struct command *c)
{
    enum err e = check_list(r, s->member, c->passkeys.list, c->passkeys.count);
    if (e) return e;
    struct passkeys *p = passkeys_new(c->passkeys.list, c->passkeys.count);
    if (!p) return ERR_SYSTEM;
    e = claim_all(r, p, s->member);
    if (e) {
        passkeys_free(p);
        return ERR_SYSTEM;
    }
    r->pending = (struct pending){.active = true,
                                  .passkeys = p,
                                  .member = s->member,
                                  .sock = s->name,
                                  .request = c->request,
                                  .n = r->log.size};
    struct effect store = {EFFECT_STORE_PASSKEYS,
                           {.passkeys = {r->pending.n, s->member->account, p->list, p->count}}};
    r->config.effect(r->config.user, &store);
    return OK;
}

void passkeys_stored(struct rooms *r, enum err result)
{
    struct pending p = r->pending;
    struct sock *s = sock_find(r, p.sock);
    r->pending = (struct pending){0};
    if (result) {
        LOG_WARN("rooms", "passkeys were not changed: %s", err_code(result));
        release_all(r, p.passkeys, p.member);
        passkeys_free(p.passkeys);
        if (s) reply_error(r, p.sock, p.request, ERR_STORE);
        return;
    }
    struct passkeys *old = p.member->passkeys;
    p.member->passkeys = p.passkeys;
    release_all(r, old, p.member);
    passkeys_free(old);
    if (s) send_out(r, s, (struct out){.kind = REPLY_OK, .request = p.request});
}

enum err do_passkey_list(struct rooms *r, struct sock *s, const struct command *c)
{
    struct out out = {.kind = REPLY_PASSKEYS, .request = c->request};
    out.passkeys.count = member_passkeys(s->member, &out.passkeys.list);
    send_out(r, s, out);
    return OK;
}

enum err do_passkey_look(struct rooms *r, struct sock *s, const struct command *c)
{
    const struct member *m = owner(r, c->passkey.credential);
    const struct passkey_info *k = m ? find(m, c->passkey.credential) : NULL;
    if (!k) return ERR_NOT_FOUND;
    send_out(r, s, (struct out){.kind = REPLY_PASSKEY, .request = c->request, .passkeys = {k, 1}});
    return OK;
}

/* ---- start and end -------------------------------------------------------------------------------- */

enum err rooms_replay_passkey(struct rooms *r, struct id account, const struct passkey_info *k)
{
    struct member *m = log_member(&r->log, account);
    if (!m) return ERR_UNKNOWN_ACCOUNT;
    struct passkey_info list[LIMIT_PASSKEYS];
    const struct passkey_info *have;
    size_t count = member_passkeys(m, &have);
    if (count == LIMIT_PASSKEYS || owner(r, k->credential)) return ERR_STATE;
    if (count) memcpy(list, have, count * sizeof(*list));
    list[count] = *k;
    struct passkeys *p = passkeys_new(list, count + 1);
    if (!p) return ERR_SYSTEM;
    passkeys_free(m->passkeys);
    m->passkeys = p;
    return claim_all(r, p, m);
}

void passkeys_erase(struct rooms *r, struct member *m)
{
    struct passkeys *p = m->passkeys;
    m->passkeys = NULL;
    release_all(r, p, m);
    passkeys_free(p);
}
