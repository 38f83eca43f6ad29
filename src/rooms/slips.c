/* What members left here beside their profiles: whom they follow and block, their events, their reports. One
 * table for all kinds; a change counts when it is stored, and then its kind says what follows. What its time
 * is over is removed, with a tick. */
#include "rooms/ties.h"

#include <stdlib.h>

#include "base/log.h"

struct slip_key {
    uint8_t kind, account[ID_BYTES], id[ID_BYTES];
};
static_assert(sizeof(struct slip_key) == SLIP_KEY_BYTES, "no padding: it is hashed");

static struct slip_key key_of(enum slip_kind kind, struct id account, struct id id)
{
    struct slip_key k = {.kind = (uint8_t)kind};
    memcpy(k.account, account.bytes, ID_BYTES);
    memcpy(k.id, id.bytes, ID_BYTES);
    return k;
}

struct slip *slip_find(const struct rooms *r, enum slip_kind kind, struct id account, struct id id)
{
    uint32_t i;
    struct slip_key k = key_of(kind, account, id);
    /* The one that waits for the store has its place already, behind the others. */
    return map_get(&r->by_slip, &k, &i) && i < r->slip_count ? r->slips[i] : NULL;
}

uint32_t slip_count(const struct member *m, enum slip_kind kind)
{
    uint32_t count = 0;
    for (const struct slip *n = m->slips; n; n = n->next) count += n->is.kind == kind;
    return count;
}

/* ---- the table ------------------------------------------------------------------------------------ */

/* Places for one more, so that nothing can fail once it is stored. */
static enum err reserve(struct rooms *r, const struct slip_info *is)
{
    struct slip_key k = key_of(is->kind, is->account, is->id);
    if (slip_find(r, is->kind, is->account, is->id)) return OK;
    if (array_reserve(&r->slips, r->slip_count + 1, &r->slip_cap, sizeof(*r->slips))) return ERR_SYSTEM;
    return map_put(&r->by_slip, &k, r->slip_count);
}

static void unreserve(struct rooms *r, const struct slip_info *is)
{
    struct slip_key k = key_of(is->kind, is->account, is->id);
    if (!slip_find(r, is->kind, is->account, is->id)) map_remove(&r->by_slip, &k);
}

static struct slip *slip_new(struct member *m, const struct slip_info *is)
{
    struct slip *n = malloc(sizeof(*n) + is->data.len);
    if (!n) return NULL;
    *n = (struct slip){.is = *is, .member = m};
    if (is->data.len) memcpy(n->bytes, is->data.ptr, is->data.len);
    n->is.data.ptr = n->bytes;
    return n;
}

/* A blocked member is asked about often, one whom nobody blocks is not worth a search. */
static void count(struct rooms *r, const struct slip *n, int by)
{
    r->slip_kinds[n->is.kind] += (uint32_t)by;
    struct member *about = n->is.kind == SLIP_BLOCK ? log_member(&r->log, n->is.about) : NULL;
    if (about) about->blockers += (uint32_t)by;
}

static void unlink_slip(struct rooms *r, struct slip *n)
{
    struct slip **at = &n->member->slips;
    struct slip_key k = key_of(n->is.kind, n->is.account, n->is.id);
    while (*at != n) at = &(*at)->next;
    *at = n->next;
    map_remove(&r->by_slip, &k);
    struct slip *last = r->slips[--r->slip_count];
    r->slips[n->index] = last;
    last->index = n->index;
    k = key_of(last->is.kind, last->is.account, last->is.id);
    if (last != n) (void)!map_put(&r->by_slip, &k, last->index); /* the key is there: needs no memory */
    count(r, n, -1);
}

/* What was there under the same key goes first; its place in the map is free again then. */
static void link_slip(struct rooms *r, struct slip *n)
{
    struct slip *old = slip_find(r, n->is.kind, n->is.account, n->is.id);
    struct slip_key k = key_of(n->is.kind, n->is.account, n->is.id);
    if (old) unlink_slip(r, old);
    free(old);
    n->index = r->slip_count;
    n->next = n->member->slips;
    n->member->slips = n;
    r->slips[r->slip_count++] = n;
    (void)!map_put(&r->by_slip, &k, n->index); /* reserved */
    count(r, n, 1);
}

/* ---- changing it ---------------------------------------------------------------------------------- */

static void ask_store(struct rooms *r, const struct sock *s, const struct command *c, struct slip *n,
                      bool gone)
{
    r->pending = (struct pending){.active = true,
                                  .slip = n,
                                  .slip_gone = gone,
                                  .sock = s ? s->name : 0,
                                  .request = c ? c->request : 0,
                                  .n = r->log.size};
    struct effect store = {EFFECT_STORE_SLIP, {.slip = {r->pending.n, n->is, gone}}};
    r->config.effect(r->config.user, &store);
}

enum err slip_put(struct rooms *r, const struct sock *s, const struct command *c, const struct slip_info *to)
{
    struct member *m = log_member(&r->log, to->account);
    if (!m) return ERR_UNKNOWN_ACCOUNT;
    if (r->slip_count >= LIMIT_SLIPS) return ERR_FULL;
    enum err e = reserve(r, to);
    if (e) return e;
    struct slip *n = slip_new(m, to);
    if (!n) {
        unreserve(r, to);
        return ERR_SYSTEM;
    }
    ask_store(r, s, c, n, false);
    return OK;
}

void slip_drop(struct rooms *r, const struct sock *s, const struct command *c, struct slip *n)
{
    ask_store(r, s, c, n, true);
}

static void changed(struct rooms *r, const struct slip *n, bool gone)
{
    switch (n->is.kind) {
    case SLIP_FOLLOW:
    case SLIP_BLOCK:
        ties_changed(r, n);
        break;
    case SLIP_EVENT:
        event_changed(r, n, gone);
        break;
    case SLIP_REPORT:
        report_changed(r);
        break;
    }
}

static void reply(struct rooms *r, const struct pending *p)
{
    const struct sock *s = sock_find(r, p->sock);
    bool made = p->slip->is.kind == SLIP_EVENT && !p->slip_gone;
    struct out out = {.kind = made ? REPLY_EVENT : REPLY_OK, .request = p->request};
    if (made) out.event.event = p->slip->is.id;
    if (s) send_out(r, s, out);
}

void slips_stored(struct rooms *r, enum err result)
{
    struct pending p = r->pending;
    r->pending = (struct pending){0};
    /* One that the store does not have is gone, as it should be. */
    if (result && !(p.slip_gone && result == ERR_NOT_FOUND)) {
        LOG_WARN("rooms", "a slip was not changed: %s", err_code(result));
        r->slips_due_ms = r->now_ms + LIMIT_SLIPS_MS; /* a store that fails is not asked at every tick */
        if (!p.slip_gone) {
            unreserve(r, &p.slip->is);
            free(p.slip);
        }
        if (sock_find(r, p.sock)) reply_error(r, p.sock, p.request, ERR_STORE);
        return;
    }
    if (p.slip_gone)
        unlink_slip(r, p.slip);
    else
        link_slip(r, p.slip);
    reply(r, &p);
    changed(r, p.slip, p.slip_gone);
    if (p.slip_gone) free(p.slip);
}

/* ---- time ----------------------------------------------------------------------------------------- */

static bool over(const struct slip *n, uint64_t now_ms)
{
    return n->is.kind == SLIP_EVENT ? event_over(n, now_ms)
                                    : n->is.kind == SLIP_REPORT && report_over(n, now_ms);
}

/* One per tick: the store takes one change at a time. */
void slips_expire(struct rooms *r)
{
    if (r->pending.active || r->now_ms < r->slips_due_ms) return;
    for (uint32_t i = 0; i < r->slip_count; i++) {
        if (!over(r->slips[i], r->now_ms)) continue;
        slip_drop(r, NULL, NULL, r->slips[i]);
        return;
    }
    r->slips_due_ms = r->now_ms + LIMIT_SLIPS_MS;
}

/* ---- start and end -------------------------------------------------------------------------------- */

/* What is in them goes out to browsers: a text that is none would break their connection. */
static enum err check_data(const struct slip_info *is)
{
    if (is->kind == SLIP_EVENT) return event_check(is->data);
    return is->kind == SLIP_REPORT ? report_check(is->data) : OK;
}

enum err rooms_replay_slip(struct rooms *r, const struct slip_info *is)
{
    struct member *m = log_member(&r->log, is->account);
    if (!m) return ERR_UNKNOWN_ACCOUNT;
    if (is->kind < SLIP_FOLLOW || is->kind > SLIP_REPORT) return ERR_UNSUPPORTED;
    enum err e = check_data(is);
    if (!e) e = reserve(r, is);
    if (e) return e;
    struct slip *n = slip_new(m, is);
    if (!n) {
        unreserve(r, is);
        return ERR_SYSTEM;
    }
    link_slip(r, n);
    return OK;
}

void slips_erase(struct rooms *r, const struct member *m)
{
    for (uint32_t i = r->slip_count; i-- > 0;) {
        struct slip *n = r->slips[i];
        if (n->member != m && !id_eq(n->is.about, m->account)) continue;
        unlink_slip(r, n);
        changed(r, n, true);
        free(n);
    }
}

void slips_deinit(struct rooms *r)
{
    for (uint32_t i = 0; i < r->slip_count; i++) free(r->slips[i]);
    if (!r->pending.slip_gone) free(r->pending.slip);
    free(r->slips);
    map_deinit(&r->by_slip);
}
