#include "rooms/log.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/without.h"
#include "crypt/sign.h"
#include "rooms/rules.h"

enum err log_init(struct member_log *l)
{
    *l = (struct member_log){0};
    enum err e = map_init(&l->by_account, ID_BYTES, LIMIT_MEMBERS);
    if (!e) e = map_init(&l->by_device, ID_BYTES, LIMIT_LOG_RECORDS);
    if (!e) e = map_init(&l->by_invite, KEY_BYTES, LIMIT_LOG_RECORDS);
    if (!e) e = map_init(&l->by_recovery, KEY_BYTES, LIMIT_LOG_RECORDS);
    if (!e) e = map_init(&l->room_bans, 2 * ID_BYTES, LIMIT_LOG_RECORDS);
    if (!e) e = map_init(&l->bodies, HASH_BYTES, LIMIT_LOG_RECORDS);
    return e;
}

void log_deinit(struct member_log *l)
{
    for (uint32_t i = 0; i < l->size; i++) free((void *)l->entries[i].record.ptr);
    for (uint32_t i = 0; i < l->member_count; i++) free(l->members[i]);
    for (uint32_t i = 0; i < l->invite_count; i++) free(l->invites[i]);
    for (uint32_t i = 0; i < l->device_count; i++) free(l->devices[i]);
    free(l->entries);
    free(l->members);
    free(l->invites);
    free(l->devices);
    map_deinit(&l->by_account);
    map_deinit(&l->by_device);
    map_deinit(&l->by_invite);
    map_deinit(&l->by_recovery);
    map_deinit(&l->room_bans);
    map_deinit(&l->bodies);
    *l = (struct member_log){0};
}

struct hash log_head(const struct member_log *l, uint64_t size)
{
    return size == 0 || size > l->size ? (struct hash){0} : l->entries[size - 1].head;
}

struct hash log_next_head(const struct member_log *l, struct view record)
{
    struct hash head = log_head(l, l->size), hash = hash_raw(record);
    uint8_t entry[1 + HASH_BYTES] = {record.len ? record.ptr[0] : 0};
    memcpy(entry + 1, hash.bytes, HASH_BYTES);
    return hash_two("log", VIEW(head.bytes), VIEW(entry));
}

struct member *log_member(const struct member_log *l, struct id account)
{
    uint32_t i;
    return map_get(&l->by_account, account.bytes, &i) ? l->members[i] : NULL;
}

struct device *log_device(const struct member_log *l, struct id device)
{
    uint32_t i;
    return map_get(&l->by_device, device.bytes, &i) ? l->devices[i] : NULL;
}

struct member *log_recovery(const struct member_log *l, const struct key *key)
{
    uint32_t i;
    return map_get(&l->by_recovery, key->bytes, &i) ? l->members[i] : NULL;
}

bool record_open(enum record_type type)
{
    return type >= RECORD_DEVICE_REVOKE && type != RECORD_INVITE_REVOKE && type != RECORD_RECOVERY;
}

bool member_below(const struct member *m, const struct member *root)
{
    for (m = m->inviter; m; m = m->inviter)
        if (m == root) return true;
    return false;
}

struct invite *log_invite(const struct member_log *l, const struct key *key)
{
    uint32_t i;
    return map_get(&l->by_invite, key->bytes, &i) ? l->invites[i] : NULL;
}

static struct hash body_hash(const struct record *rec)
{
    return hash_two(record_purpose(rec->type), rec->body, (struct view){0});
}

bool log_has_body(const struct member_log *l, const struct record *rec)
{
    uint32_t n;
    struct hash h = body_hash(rec);
    return map_get(&l->bodies, h.bytes, &n);
}

enum err log_reserve(struct member_log *l)
{
    if (l->broken) return ERR_STORE;
    if (l->size >= LIMIT_LOG_RECORDS || l->member_count >= LIMIT_MEMBERS) return ERR_FULL;
    enum err e = array_reserve(&l->entries, l->size + 1, &l->cap, sizeof(*l->entries));
    if (!e) e = array_reserve(&l->members, l->member_count + 1, &l->member_cap, sizeof(*l->members));
    if (!e) e = array_reserve(&l->devices, l->device_count + 1, &l->device_cap, sizeof(*l->devices));
    if (!e) e = array_reserve(&l->invites, l->invite_count + 1, &l->invite_cap, sizeof(*l->invites));
    return e;
}

enum err device_add(struct member_log *l, struct member *m, const struct record *rec,
                    const struct device *parent, uint64_t via, struct log_change *out)
{
    struct device *d = calloc(1, sizeof(*d));
    if (!d) return ERR_SYSTEM;
    *d = (struct device){.id = id_of_key("device", &rec->device_key),
                         .key = rec->device_key,
                         .member = m,
                         .next = m->devices,
                         .parent = parent,
                         .n = l->size - 1,
                         .via = via,
                         .time_ms = rec->time_ms};
    d->path_len = (parent ? parent->path_len : 0) + (d->via == d->n ? 1 : 2);
    d->path = path_hash(l, d);
    m->devices = d;
    m->device_count++;
    out->device = d;
    l->devices[l->device_count] = d;
    return map_put(&l->by_device, d->id.bytes, l->device_count++);
}

static enum err add_member(struct member_log *l, const struct record *rec, struct invite *ticket,
                           struct log_change *out)
{
    struct member *m = calloc(1, sizeof(*m));
    if (!m) return ERR_SYSTEM;
    m->account = id_of_key("account", &rec->account_key);
    m->role = ticket ? CLUB_MEMBER : CLUB_FOUNDER;
    m->depth = ticket ? ticket->author->depth + 1 : 0;
    m->ticket = ticket;
    m->inviter = ticket ? ticket->author : NULL;
    m->n = l->size - 1;
    if (ticket) ticket->guest = m;
    out->member = m;
    l->members[l->member_count] = m;
    enum err e = map_put(&l->by_account, m->account.bytes, l->member_count++);
    return e ? e : device_add(l, m, rec, ticket ? ticket->device : NULL, ticket ? ticket->n : m->n, out);
}

enum err apply_founder(struct member_log *l, const struct record *rec, struct log_change *out)
{
    l->founder_key = rec->one_time_key;
    return add_member(l, rec, NULL, out);
}

enum err apply_redeem(struct member_log *l, const struct record *rec, struct log_change *out)
{
    out->invite = log_invite(l, &rec->one_time_key);
    return add_member(l, rec, out->invite, out);
}

/* chain_check has found the author and the invite: log_member and log_invite do not fail here. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-null-dereference"
enum err apply_invite(struct member_log *l, const struct record *rec, struct log_change *out)
{
    struct invite *i = calloc(1, sizeof(*i));
    struct member *author = log_member(l, rec->author);
    if (!i) return ERR_SYSTEM;
    *i = (struct invite){.key = rec->one_time_key,
                         .author = author,
                         .device = log_device(l, rec->author_device),
                         .next = author->invites,
                         .n = l->size - 1,
                         .time_ms = rec->time_ms,
                         .expires_ms = rec->expires_ms};
    author->invites = i;
    out->invite = i;
    l->invites[l->invite_count] = i;
    return map_put(&l->by_invite, i->key.bytes, l->invite_count++);
}

enum err apply_invite_revoke(struct member_log *l, const struct record *rec, struct log_change *out)
{
    out->invite = log_invite(l, &rec->one_time_key);
    out->invite->revoked = true;
    return OK;
}
#pragma GCC diagnostic pop

void invites_void(struct member *m)
{
    for (struct invite *i = m->invites; i; i = i->next) i->revoked = true;
}

static enum err append_bytes(struct member_log *l, struct view bytes, const struct record *rec)
{
    uint8_t *copy = malloc(bytes.len);
    if (!copy) return ERR_SYSTEM;
    memcpy(copy, bytes.ptr, bytes.len);
    struct hash body = body_hash(rec);
    l->entries[l->size] = (struct log_entry){{copy, bytes.len}, hash_raw(bytes), log_next_head(l, bytes)};
    return map_put(&l->bodies, body.bytes, l->size++);
}

/* Who signed what everybody reads: its path is everybody's to check. */
static void show(struct member_log *l, const struct record *rec)
{
    struct member *author = log_member(l, rec->author), *second = log_member(l, rec->second);
    if (author) author->shown = true;
    if (second) second->shown = true;
}

enum err log_append(struct member_log *l, struct view bytes, const struct record *rec, struct log_change *out)
{
    *out = (struct log_change){0};
    enum err e = log_reserve(l);
    if (!e) e = append_bytes(l, bytes, rec);
    if (!e) e = rules_apply(l, rec, out);
    if (e) l->broken = true;
    if (!e && record_open(rec->type)) show(l, rec);
    return e;
}

void member_set_name(struct member *m, struct view name)
{
    m->name_len = name.len < sizeof(m->name) ? name.len : sizeof(m->name);
    if (m->name_len) memcpy(m->name, name.ptr, m->name_len);
}

enum invite_state invite_state(const struct invite *i, uint64_t now_ms)
{
    if (i->guest) return INVITE_USED;
    if (i->revoked) return INVITE_REVOKED;
    return now_ms >= i->expires_ms ? INVITE_EXPIRED : INVITE_OPEN;
}

/* now_ms 0: at start-up, where clocks do not count. */
enum err invite_usable(const struct invite *i, uint64_t now_ms)
{
    switch (invite_state(i, now_ms)) {
    case INVITE_USED:
        return without(WITHOUT_SINGLE_USE) ? OK : ERR_INVITE_USED;
    case INVITE_REVOKED:
        return ERR_INVITE_REVOKED;
    case INVITE_EXPIRED:
        return ERR_INVITE_EXPIRED;
    case INVITE_OPEN:
        break;
    }
    return i->author->held ? ERR_INVITE_REVOKED : OK;
}

uint32_t member_invites_left(const struct member *m, uint64_t now_ms)
{
    uint32_t quota = m->role <= CLUB_ADMIN ? LIMIT_INVITES_PER_ADMIN : LIMIT_INVITES_PER_MEMBER;
    uint32_t open = 0;
    for (const struct invite *i = m->invites; i; i = i->next) open += invite_state(i, now_ms) == INVITE_OPEN;
    return open < quota ? quota - open : 0;
}
