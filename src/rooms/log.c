#include "rooms/log.h"

#include <stdlib.h>

#include "crypt/sign.h"

enum err log_init(struct member_log *l)
{
    *l = (struct member_log){0};
    enum err e = map_init(&l->by_account, ID_BYTES, LIMIT_MEMBERS);
    if (!e) e = map_init(&l->by_device, ID_BYTES, LIMIT_MEMBERS * LIMIT_DEVICES_PER_MEMBER);
    if (!e) e = map_init(&l->by_invite, KEY_BYTES, LIMIT_LOG_RECORDS);
    if (!e) e = map_init(&l->bodies, HASH_BYTES, LIMIT_LOG_RECORDS);
    return e;
}

void log_deinit(struct member_log *l)
{
    for (uint32_t i = 0; i < l->size; i++) free((void *)l->entries[i].record.ptr);
    for (uint32_t i = 0; i < l->member_count; i++) free(l->members[i]);
    for (uint32_t i = 0; i < l->invite_count; i++) free(l->invites[i]);
    free(l->entries);
    free(l->members);
    free(l->invites);
    map_deinit(&l->by_account);
    map_deinit(&l->by_device);
    map_deinit(&l->by_invite);
    map_deinit(&l->bodies);
    *l = (struct member_log){0};
}

struct hash log_head(const struct member_log *l, uint64_t size)
{
    return size == 0 || size > l->size ? (struct hash){0} : l->entries[size - 1].head;
}

struct hash log_next_head(const struct member_log *l, struct view record)
{
    struct hash head = log_head(l, l->size);
    return hash_two("log", VIEW(head.bytes), record);
}

struct member *log_member(const struct member_log *l, struct id account)
{
    uint32_t i;
    return map_get(&l->by_account, account.bytes, &i) ? l->members[i] : NULL;
}

struct member *log_device(const struct member_log *l, struct id device)
{
    uint32_t i;
    return map_get(&l->by_device, device.bytes, &i) ? l->members[i] : NULL;
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

/* One more place in a growing array of `size`d items. */
static enum err grow(void **items, uint32_t count, uint32_t *cap, size_t size)
{
    if (count < *cap) return OK;
    uint32_t wider = *cap ? *cap * 2 : 64;
    void *p = reallocarray(*items, wider, size);
    if (!p) return ERR_SYSTEM;
    *items = p;
    *cap = wider;
    return OK;
}

enum err log_reserve(struct member_log *l)
{
    if (l->broken) return ERR_STORE;
    if (l->size >= LIMIT_LOG_RECORDS || l->member_count >= LIMIT_MEMBERS) return ERR_FULL;
    enum err e = grow((void **)&l->entries, l->size, &l->cap, sizeof(*l->entries));
    if (!e) e = grow((void **)&l->members, l->member_count, &l->member_cap, sizeof(*l->members));
    if (!e) e = grow((void **)&l->invites, l->invite_count, &l->invite_cap, sizeof(*l->invites));
    return e;
}

static enum err add_member(struct member_log *l, const struct record *rec, struct invite *ticket,
                           struct member **out)
{
    struct member *m = calloc(1, sizeof(*m));
    if (!m) return ERR_SYSTEM;
    m->account = id_of_key("account", &rec->account_key);
    m->device = id_of_key("device", &rec->device_key);
    m->device_key = rec->device_key;
    m->role = ticket ? CLUB_MEMBER : CLUB_FOUNDER;
    m->depth = ticket ? ticket->author->depth + 1 : 0;
    m->ticket = ticket;
    m->n = l->size - 1;
    m->chain = chain_hash(l, m);
    if (ticket) ticket->guest = m;
    l->members[l->member_count] = m;
    enum err e = map_put(&l->by_account, m->account.bytes, l->member_count);
    if (!e) e = map_put(&l->by_device, m->device.bytes, l->member_count);
    l->member_count++;
    *out = m;
    return e;
}

static enum err add_invite(struct member_log *l, const struct record *rec, struct member *author,
                           struct invite **out)
{
    struct invite *i = calloc(1, sizeof(*i));
    if (!i) return ERR_SYSTEM;
    *i = (struct invite){.key = rec->one_time_key,
                         .author = author,
                         .next = author->invites,
                         .n = l->size - 1,
                         .time_ms = rec->time_ms,
                         .expires_ms = rec->expires_ms};
    author->invites = i;
    l->invites[l->invite_count] = i;
    *out = i;
    return map_put(&l->by_invite, i->key.bytes, l->invite_count++);
}

static enum err append_bytes(struct member_log *l, struct view bytes, const struct record *rec)
{
    uint8_t *copy = malloc(bytes.len);
    if (!copy) return ERR_SYSTEM;
    memcpy(copy, bytes.ptr, bytes.len);
    struct hash head = log_next_head(l, bytes), body = body_hash(rec);
    l->entries[l->size] = (struct log_entry){{copy, bytes.len}, head};
    return map_put(&l->bodies, body.bytes, l->size++);
}

enum err log_append(struct member_log *l, struct view bytes, const struct record *rec, struct member **member,
                    struct invite **invite)
{
    *member = NULL;
    *invite = NULL;
    enum err e = log_reserve(l);
    if (!e) e = append_bytes(l, bytes, rec);
    if (!e) {
        switch (rec->type) {
        case RECORD_FOUNDER:
            l->founder_key = rec->one_time_key;
            e = add_member(l, rec, NULL, member);
            break;
        case RECORD_INVITE:
            e = add_invite(l, rec, log_member(l, rec->author), invite);
            break;
        case RECORD_REDEEM:
            *invite = log_invite(l, &rec->one_time_key);
            e = add_member(l, rec, *invite, member);
            break;
        case RECORD_BAN:
        case RECORD_UNBAN:
            *member = log_member(l, rec->target);
            (*member)->banned = rec->type == RECORD_BAN;
            break;
        case RECORD_INVITE_REVOKE:
            *invite = log_invite(l, &rec->one_time_key);
            (*invite)->revoked = true;
            break;
        default:
            e = ERR_UNSUPPORTED;
            break;
        }
    }
    if (e) l->broken = true;
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

uint32_t member_invites_left(const struct member *m, uint64_t now_ms)
{
    uint32_t quota = m->role <= CLUB_ADMIN ? LIMIT_INVITES_PER_ADMIN : LIMIT_INVITES_PER_MEMBER;
    uint32_t open = 0;
    for (const struct invite *i = m->invites; i; i = i->next) open += invite_state(i, now_ms) == INVITE_OPEN;
    return open < quota ? quota - open : 0;
}
