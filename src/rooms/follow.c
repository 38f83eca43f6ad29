/* Reading the member log: what kind of record stands where and its hash, those in full that change anybody's
 * standing, and the paths of those one has to do with. No request lists the members. */
#include "rooms/state.h"

enum { ENTRY_BYTES = 1 + HASH_BYTES };

static bool is_open(const struct log_entry *e)
{
    return record_open((enum record_type)e->record.ptr[0]);
}

enum err do_log_read(struct rooms *r, struct sock *s, const struct command *c)
{
    const struct member_log *l = &r->log;
    if (c->log.from > l->size) return ERR_OTHER_LOG; /* whoever knows more than we do has seen another log */
    size_t count = l->size - c->log.from < LIMIT_LOG_CHUNK ? l->size - c->log.from : LIMIT_LOG_CHUNK;
    const struct log_entry *from = l->entries + c->log.from;
    size_t open = 0;
    for (size_t i = 0; i < count; i++) open += is_open(&from[i]);
    uint8_t *entries = scratch_take(r, count * ENTRY_BYTES);
    struct chain_entry *records = scratch_take(r, open * sizeof(*records));
    if (!entries || !records) return ERR_SYSTEM;
    struct out out = {.kind = REPLY_LOG, .request = c->request};
    out.part.from = c->log.from;
    out.part.entries = (struct view){entries, count * ENTRY_BYTES};
    out.part.records = records;
    out.part.count = open;
    out.part.size = l->size;
    out.part.head = log_head(l, l->size);
    for (size_t i = 0; i < count; i++, entries += ENTRY_BYTES) {
        entries[0] = from[i].record.ptr[0];
        memcpy(entries + 1, from[i].hash.bytes, HASH_BYTES);
        if (is_open(&from[i])) *records++ = (struct chain_entry){c->log.from + i, from[i].record};
    }
    send_out(r, s, out);
    return OK;
}

/* ---- paths ------------------------------------------------------------------------------------------ */

/* Oneself, founder and admins, who signed what all read, and those one shares a room with: there is no
 * directory. Founder and admins may ask for whomever they can name: whose voice it was that they help to
 * trace. */
static const struct member *chain_readable(const struct rooms *r, const struct sock *s, struct id account)
{
    const struct member *m = log_member(&r->log, account);
    if (!m || m == s->member || m->role <= CLUB_ADMIN || m->shown || s->member->role <= CLUB_ADMIN) return m;
    return s->person && m->person && m->person->room == s->person->room ? m : NULL;
}

static enum err take_paths(struct rooms *r, const struct member *m, struct chain_info *out)
{
    uint64_t at[MEMBER_PATHS_MAX];
    size_t count = member_paths(m, at);
    struct chain_entry *entries = scratch_take(r, count * sizeof(*entries));
    if (!entries) return ERR_SYSTEM;
    for (size_t i = 0; i < count; i++) entries[i] = (struct chain_entry){at[i], r->log.entries[at[i]].record};
    *out = (struct chain_info){m->account, entries, count};
    return OK;
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
        enum err e = take_paths(r, m, &chains[count++]);
        if (e) return e;
    }
    send_out(r, s, (struct out){.kind = REPLY_CHAINS, .request = c->request, .chains = {chains, count}});
    return OK;
}

/* ---- the log grew ----------------------------------------------------------------------------------- */

void log_touch(struct rooms *r, bool now)
{
    r->log_dirty = true;
    if (now) r->log_ms = 0;
    log_flush(r);
}

/* While a crowd comes in, thousands of sessions hear of the log a few times a second, not once per record. */
void log_flush(struct rooms *r)
{
    bool early = r->now_ms >= r->log_ms && r->now_ms - r->log_ms < LIMIT_LOG_MS;
    sock_name *socks = r->log_dirty && !early ? scratch_take(r, r->sock_count * sizeof(*socks)) : NULL;
    if (!socks) return;
    size_t count = 0;
    for (uint32_t i = 0; i < r->sock_count; i++)
        if (r->socks[i]->member) socks[count++] = r->socks[i]->name;
    struct out out = {.kind = EVENT_LOG, .log = {r->log.size, log_head(&r->log, r->log.size)}};
    send_many(r, socks, count, out);
    r->log_dirty = false;
    r->log_ms = r->now_ms;
}
