/* The devices of an account: what the log says of them, and what follows when one is revoked. */
#include "base/without.h"
#include "crypt/sign.h"
#include "rooms/rules.h"
#include "rooms/state.h"

static uint32_t devices_now(const struct member *m)
{
    uint32_t count = 0;
    for (const struct device *d = m->devices; d; d = d->next) count += !d->revoked;
    return count;
}

/* The key that is current at this position stands in for a device. */
static enum err check_recovery_key(const struct member_log *l, const struct record *rec, struct member **out)
{
    struct member *m = log_member(l, rec->author);
    if (!m || !m->recovery_device || m->deleted || m->superseded) return ERR_UNKNOWN_ACCOUNT;
    enum err e = sign_verify(&m->recovery_key, record_purpose(rec->type), rec->body, rec->sig[0]);
    if (e) return e;
    if (m->banned) return ERR_BANNED;
    *out = m;
    return m->held ? ERR_HELD : OK;
}

enum err check_device_add(const struct member_log *l, const struct candidate *c)
{
    const struct record *rec = c->rec;
    struct member *m = c->author;
    const struct device *parent = c->device;
    if (!m) {
        enum err e = check_recovery_key(l, rec, &m);
        if (e) return e;
        parent = m->recovery_device;
    }
    enum err e = sign_verify(&rec->device_key, record_purpose(rec->type), rec->body, rec->sig[1]);
    if (e) return e;
    if (log_device(l, id_of_key("device", &rec->device_key))) return ERR_REPLAY;
    if (devices_now(m) >= LIMIT_DEVICES_PER_MEMBER || m->device_count >= LIMIT_DEVICES_EVER)
        return ERR_DEVICES;
    return parent->path_len + 2 > LIMIT_PATH_RECORDS ? ERR_DEVICES : OK;
}

enum err apply_device_add(struct member_log *l, const struct record *rec, struct log_change *out)
{
    struct member *m = log_member(l, rec->author);
    bool recovered = id_zero(rec->author_device);
    out->member = m;
    if (recovered) return device_add(l, m, rec, m->recovery_device, m->recovery_n, out);
    return device_add(l, m, rec, log_device(l, rec->author_device), l->size - 1, out);
}

enum err check_device_revoke(const struct member_log *l, const struct candidate *c)
{
    const struct device *d = log_device(l, c->rec->target);
    if (!d || d->member != c->author) return ERR_NOT_FOUND;
    if (d == c->device) return ERR_FORBIDDEN;
    return d->revoked ? ERR_STATE : OK;
}

enum err apply_device_revoke(struct member_log *l, const struct record *rec, struct log_change *out)
{
    out->device = log_device(l, rec->target);
    out->device->revoked = true;
    out->member = out->device->member;
    return OK;
}

enum err check_recovery(const struct member_log *l, const struct candidate *c)
{
    const struct record *rec = c->rec;
    enum err e = sign_verify(&rec->one_time_key, record_purpose(rec->type), rec->body, rec->sig[1]);
    if (e) return e;
    if (log_recovery(l, &rec->one_time_key)) return ERR_REPLAY;
    return c->device->path_len + 2 > LIMIT_PATH_RECORDS ? ERR_DEVICES : OK;
}

enum err apply_recovery(struct member_log *l, const struct record *rec, struct log_change *out)
{
    uint32_t index;
    struct member *m = out->member = log_member(l, rec->author);
    m->recovery_key = rec->one_time_key;
    m->recovery_device = log_device(l, rec->author_device);
    m->recovery_n = l->size - 1;
    if (!map_get(&l->by_account, m->account.bytes, &index)) return ERR_SYSTEM;
    return map_put(&l->by_recovery, m->recovery_key.bytes, index);
}

/* ---- what follows ---------------------------------------------------------------------------------- */

void device_enforce(struct rooms *r, const struct device *d)
{
    struct member *m = d->member;
    if (without(WITHOUT_DEVICE_REVOKE)) return;
    if (m->person && m->person->device == d) person_leave(r, m->person, LEFT_LOST, (struct view){0}, false);
    for (struct sock *s = m->socks, *next; s; s = next) {
        next = s->next;
        if (s->device == d) sock_close(r, s, ERR_UNKNOWN_ACCOUNT);
    }
}

static bool online(const struct device *d)
{
    for (const struct sock *s = d->member->socks; s; s = s->next)
        if (s->device == d) return true;
    return false;
}

enum err do_device_list(struct rooms *r, struct sock *s, const struct command *c)
{
    struct device_info *list = scratch_take(r, LIMIT_DEVICES_PER_MEMBER * sizeof(*list));
    if (!list) return ERR_SYSTEM;
    size_t count = 0;
    for (const struct device *d = s->member->devices; d; d = d->next)
        if (!d->revoked) list[count++] = (struct device_info){d->id, d->time_ms, online(d), d == s->device};
    send_out(r, s,
             (struct out){.kind = REPLY_DEVICES,
                          .request = c->request,
                          .devices = {list, count, s->member->recovery_device != NULL}});
    return OK;
}
