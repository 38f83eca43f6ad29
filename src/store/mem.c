/* The row for tests and trials: everything is gone when it closes. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/limits.h"
#include "base/map.h"
#include "store/check.h"
#include "store/store.h"

enum { SETTINGS = 16 };

struct entry {
    uint8_t record[LIMIT_RECORD_BYTES];
    size_t len;
    struct hash head;
};

struct profile {
    struct store_profile is; /* its views point into `block` */
    void *block;
};

struct passkey {
    struct id account;
    struct store_passkey is;
    void *block;
};

struct slip {
    struct store_slip is;
    void *block;
};

struct ledger_line {
    struct ledger_row is;
    void *block;
};

struct kept {
    struct store_room is;
    void *block;
};

struct setting {
    char key[STORE_KEY_MAX + 1]; /* "" is a free place */
    uint8_t value[STORE_VALUE_MAX];
    size_t len;
};

struct store {
    struct entry *entries;
    uint32_t count, cap;
    struct profile *profiles;
    uint32_t profile_count, profile_cap;
    struct map profile_of; /* account -> index in profiles */
    struct passkey *passkeys;
    uint32_t passkey_count, passkey_cap;
    struct slip *slips;
    uint32_t slip_count, slip_cap;
    struct ledger_line *ledger;
    uint32_t ledger_count, ledger_cap;
    struct kept *rooms;
    uint32_t kept_count, kept_cap;
    struct store_lookups *lookups;
    uint32_t lookups_count, lookups_cap;
    struct alert alerts[LIMIT_ALERTS];
    size_t alert_count;
    struct setting settings[SETTINGS];
};

static enum err mem_open(struct store **out, const char *place)
{
    (void)place;
    *out = NULL;
    struct store *s = calloc(1, sizeof(*s));
    if (!s) return ERR_SYSTEM;
    enum err e = map_init(&s->profile_of, ID_BYTES, LIMIT_MEMBERS);
    if (e)
        free(s);
    else
        *out = s;
    return e;
}

static void mem_close(struct store *s)
{
    if (!s) return;
    map_deinit(&s->profile_of);
    for (size_t i = 0; i < s->profile_count; i++) free(s->profiles[i].block);
    for (size_t i = 0; i < s->passkey_count; i++) free(s->passkeys[i].block);
    for (size_t i = 0; i < s->slip_count; i++) free(s->slips[i].block);
    for (size_t i = 0; i < s->ledger_count; i++) free(s->ledger[i].block);
    for (size_t i = 0; i < s->kept_count; i++) free(s->rooms[i].block);
    free(s->rooms);
    free(s->lookups);
    free(s->ledger);
    free(s->entries);
    free(s->profiles);
    free(s->passkeys);
    free(s->slips);
    free(s);
}

static enum err mem_replay(struct store *s, const struct store_reader *to)
{
    enum err e = OK;
    for (size_t i = 0; !e && i < s->count; i++) {
        const struct entry *x = &s->entries[i];
        struct store_entry entry = {.n = i, .record = {x->record, x->len}, .head = x->head};
        e = to->entry(to->user, &entry);
    }
    for (size_t i = 0; !e && i < s->profile_count; i++) e = to->profile(to->user, &s->profiles[i].is);
    for (size_t i = 0; !e && i < s->passkey_count; i++)
        e = to->passkey(to->user, s->passkeys[i].account, &s->passkeys[i].is);
    for (size_t i = 0; !e && i < s->slip_count; i++) e = to->slip(to->user, &s->slips[i].is);
    for (size_t i = 0; !e && i < s->ledger_count; i++)
        if (s->ledger[i].is.kind == LEDGER_ROOM) e = to->ledger(to->user, &s->ledger[i].is);
    for (size_t i = 0; !e && i < s->ledger_count; i++)
        if (s->ledger[i].is.kind != LEDGER_ROOM) e = to->ledger(to->user, &s->ledger[i].is);
    for (size_t i = 0; !e && i < s->kept_count; i++) e = to->room(to->user, &s->rooms[i].is);
    for (size_t i = 0; !e && i < s->lookups_count; i++) e = to->lookups(to->user, &s->lookups[i]);
    for (size_t i = 0; !e && i < s->alert_count; i++) e = to->alert(to->user, &s->alerts[i]);
    return e;
}

static enum err keep_data(void **block, struct view *data)
{
    struct view *const views[] = {data};
    return views_keep(block, views, 1);
}

/* ---- profiles ---- */

static struct profile *profile_find(struct store *s, struct id account)
{
    uint32_t i;
    return map_get(&s->profile_of, account.bytes, &i) ? &s->profiles[i] : NULL;
}

static enum err profile_make(struct store *s, struct id account, struct profile **out)
{
    enum err e = array_reserve(&s->profiles, s->profile_count + 1, &s->profile_cap, sizeof(*s->profiles));
    if (!e) e = map_put(&s->profile_of, account.bytes, s->profile_count);
    if (e) return e;
    *out = &s->profiles[s->profile_count++];
    **out = (struct profile){.is = {.account = account}};
    return OK;
}

static enum err put_profile(struct store *s, const struct store_profile *p)
{
    struct profile *x = profile_find(s, p->account), fresh = {.is = *p};
    struct view *const views[] = {&fresh.is.name, &fresh.is.handle, &fresh.is.bio, &fresh.is.picture,
                                  &fresh.is.pronouns};
    enum err e = views_keep(&fresh.block, views, 5);
    if (!e && !x) e = profile_make(s, p->account, &x);
    if (e) {
        free(fresh.block);
        return e;
    }
    free(x->block);
    *x = fresh;
    return OK;
}

static void drop_profile(struct store *s, struct id account)
{
    struct profile *x = profile_find(s, account);
    if (!x) return;
    map_remove(&s->profile_of, account.bytes);
    free(x->block);
    *x = s->profiles[--s->profile_count];
    /* Replaces the index of a key that is there: needs no memory. */
    if (x != &s->profiles[s->profile_count])
        (void)!map_put(&s->profile_of, x->is.account.bytes, (uint32_t)(x - s->profiles));
}

static enum err mem_set_profile(struct store *s, const struct store_profile *p)
{
    enum err bad = store_check_profile(p);
    for (size_t i = 0; !bad && p->handle.len && i < s->profile_count; i++) {
        const struct store_profile *other = &s->profiles[i].is;
        if (view_eq(other->handle, p->handle) && !id_eq(other->account, p->account)) bad = ERR_HANDLE_TAKEN;
    }
    return bad ? bad : put_profile(s, p);
}

/* ---- passkeys ---- */

static void drop_passkeys(struct store *s, struct id account)
{
    for (size_t i = s->passkey_count; i-- > 0;) {
        if (!id_eq(s->passkeys[i].account, account)) continue;
        free(s->passkeys[i].block);
        s->passkeys[i] = s->passkeys[--s->passkey_count];
    }
}

static bool credential_taken(const struct store *s, struct id account, struct view credential)
{
    for (size_t i = 0; i < s->passkey_count; i++)
        if (view_eq(s->passkeys[i].is.credential, credential) && !id_eq(s->passkeys[i].account, account))
            return true;
    return false;
}

static enum err mem_set_passkeys(struct store *s, struct id account, const struct store_passkey *list,
                                 size_t count)
{
    struct passkey fresh[LIMIT_PASSKEYS] = {0};
    enum err e = store_check_passkeys(list, count);
    if (!e)
        e = array_reserve(&s->passkeys, s->passkey_count + LIMIT_PASSKEYS, &s->passkey_cap,
                          sizeof(*s->passkeys));
    for (size_t i = 0; !e && i < count; i++) {
        fresh[i] = (struct passkey){.account = account, .is = list[i]};
        if (credential_taken(s, account, list[i].credential)) e = ERR_REPLAY;
        for (size_t k = 0; k < i; k++)
            if (view_eq(list[k].credential, list[i].credential)) e = ERR_REPLAY;
        struct view *const views[] = {&fresh[i].is.credential, &fresh[i].is.data};
        if (!e) e = views_keep(&fresh[i].block, views, 2);
    }
    if (e) {
        for (size_t i = 0; i < LIMIT_PASSKEYS; i++) free(fresh[i].block);
        return e;
    }
    drop_passkeys(s, account);
    for (size_t i = 0; i < count; i++) s->passkeys[s->passkey_count++] = fresh[i];
    return OK;
}

/* ---- slips ---- */

static struct slip *slip_find(struct store *s, const struct store_slip *n)
{
    for (size_t i = 0; i < s->slip_count; i++) {
        const struct store_slip *is = &s->slips[i].is;
        if (is->kind == n->kind && id_eq(is->account, n->account) && id_eq(is->id, n->id))
            return &s->slips[i];
    }
    return NULL;
}

static void slip_remove(struct store *s, struct slip *x)
{
    free(x->block);
    *x = s->slips[--s->slip_count];
}

static void drop_slips(struct store *s, struct id account)
{
    for (size_t i = s->slip_count; i-- > 0;)
        if (id_eq(s->slips[i].is.account, account) || id_eq(s->slips[i].is.about, account))
            slip_remove(s, &s->slips[i]);
}

static enum err mem_set_slip(struct store *s, const struct store_slip *n)
{
    struct slip fresh = {.is = *n};
    enum err e = store_check_slip(n);
    if (!e) e = array_reserve(&s->slips, s->slip_count + 1, &s->slip_cap, sizeof(*s->slips));
    if (!e) e = keep_data(&fresh.block, &fresh.is.data);
    if (e) return e;
    struct slip *x = slip_find(s, n);
    if (!x)
        x = &s->slips[s->slip_count++];
    else
        free(x->block);
    *x = fresh;
    return OK;
}

static enum err mem_drop_slip(struct store *s, const struct store_slip *n)
{
    struct slip *x = slip_find(s, n);
    if (x) slip_remove(s, x);
    return x ? OK : ERR_NOT_FOUND;
}

/* ---- the ledger ---- */

static struct ledger_line *ledger_find(struct store *s, const struct ledger_row *row)
{
    for (size_t i = 0; i < s->ledger_count; i++) {
        const struct ledger_row *x = &s->ledger[i].is;
        if (x->kind == row->kind && x->since_ms == row->since_ms && id_eq(x->room, row->room) &&
            id_eq(x->account, row->account))
            return &s->ledger[i];
    }
    return NULL;
}

static enum err mem_put_ledger(struct store *s, const struct ledger_row *rows, size_t count)
{
    enum err e = store_check_ledger(rows, count);
    if (!e && count > LIMIT_LEDGER_ROWS) e = ERR_TOO_LARGE;
    struct ledger_line fresh[LIMIT_LEDGER_ROWS] = {0};
    if (!e)
        e = array_reserve(&s->ledger, s->ledger_count + (uint32_t)count, &s->ledger_cap, sizeof(*s->ledger));
    for (size_t i = 0; !e && i < count; i++) {
        fresh[i].is = rows[i];
        e = keep_data(&fresh[i].block, &fresh[i].is.data);
    }
    for (size_t i = 0; i < count && i < LIMIT_LEDGER_ROWS; i++) {
        if (e) {
            free(fresh[i].block);
            continue;
        }
        struct ledger_line *old = ledger_find(s, &rows[i]);
        if (old) free(old->block); /* NOLINT(clang-analyzer-unix.Malloc): replaced in the next line */
        *(old ? old : &s->ledger[s->ledger_count++]) = fresh[i];
    }
    return e;
}

static bool ended_before(const struct store *s, const struct id *room, uint64_t before_ms)
{
    for (size_t i = 0; i < s->ledger_count; i++) {
        const struct ledger_row *x = &s->ledger[i].is;
        if (x->kind == LEDGER_ROOM && id_eq(x->room, *room)) return x->until_ms && x->until_ms < before_ms;
    }
    return false;
}

/* The rooms' own rows last: they say which are too old. */
static enum err mem_erase_ledger(struct store *s, uint64_t before_ms)
{
    for (int own = 0; own < 2; own++)
        for (size_t i = s->ledger_count; i-- > 0;) {
            struct ledger_line *x = &s->ledger[i];
            if ((x->is.kind == LEDGER_ROOM) != own || !ended_before(s, &x->is.room, before_ms)) continue;
            free(x->block); /* NOLINT(clang-analyzer-unix.Malloc): no line is met again once it has moved */
            *x = s->ledger[--s->ledger_count];
        }
    return OK;
}

/* ---- rooms that live ---- */

static void drop_room(struct store *s, const struct id *room)
{
    for (size_t i = 0; i < s->kept_count; i++) {
        if (!id_eq(s->rooms[i].is.room, *room)) continue;
        free(s->rooms[i].block);
        s->rooms[i] = s->rooms[--s->kept_count];
        return;
    }
}

static enum err mem_put_rooms(struct store *s, const struct store_room *rooms, size_t count)
{
    struct kept fresh[LIMIT_KEPT_ROOMS] = {0};
    enum err e = store_check_rooms(rooms, count);
    if (!e) e = array_reserve(&s->rooms, s->kept_count + (uint32_t)count, &s->kept_cap, sizeof(*s->rooms));
    if (e) return e;
    for (size_t i = 0; !e && i < count; i++) {
        fresh[i].is = rooms[i];
        e = keep_data(&fresh[i].block, &fresh[i].is.data);
    }
    for (size_t i = 0; i < count; i++) {
        if (!e) drop_room(s, &rooms[i].room);
        if (!e && rooms[i].data.len)
            s->rooms[s->kept_count++] = fresh[i];
        else
            free(fresh[i].block);
    }
    return e;
}

/* ---- the day's look-ups, and alerts ---- */

/* Those of the account, or of days before. */
static void drop_lookups(struct store *s, const struct id *account, uint64_t before)
{
    for (size_t i = s->lookups_count; i-- > 0;)
        if (s->lookups[i].day < before || id_eq(s->lookups[i].account, *account))
            s->lookups[i] = s->lookups[--s->lookups_count];
}

static enum err mem_set_lookups(struct store *s, const struct store_lookups *l)
{
    enum err e = store_check_lookups(l);
    if (!e) e = array_reserve(&s->lookups, s->lookups_count + 1, &s->lookups_cap, sizeof(*s->lookups));
    if (e) return e;
    drop_lookups(s, &l->account, l->day);
    if (l->used) s->lookups[s->lookups_count++] = *l;
    return OK;
}

static enum err mem_set_alerts(struct store *s, const struct alert *list, size_t count)
{
    enum err e = store_check_alerts(list, count);
    if (e) return e;
    if (count) memcpy(s->alerts, list, count * sizeof(*list));
    s->alert_count = count;
    return OK;
}

static void drop_alerts(struct store *s, struct id account)
{
    size_t left = 0;
    for (size_t i = 0; i < s->alert_count; i++)
        if (!id_eq(s->alerts[i].account, account)) s->alerts[left++] = s->alerts[i];
    s->alert_count = left;
}

/* ---- the log and settings ---- */

static enum err put_also(struct store *s, const struct store_also *also)
{
    if (!also) return OK;
    if (also->erase) {
        drop_profile(s, also->account);
        drop_passkeys(s, also->account);
        drop_slips(s, also->account);
        drop_lookups(s, &also->account, 0);
        drop_alerts(s, also->account);
        return OK;
    }
    struct store_profile named = {.account = also->account, .name = also->name};
    return also->name.len ? put_profile(s, &named) : OK;
}

static enum err mem_append(struct store *s, const struct store_entry *e, const struct store_also *also)
{
    if (e->n != s->count) return ERR_STATE;
    enum err bad = store_check_entry(e, also);
    if (!bad) bad = array_reserve(&s->entries, s->count + 1, &s->cap, sizeof(*s->entries));
    if (!bad) bad = put_also(s, also);
    if (bad) return bad;
    struct entry *x = &s->entries[s->count++];
    x->len = e->record.len;
    x->head = e->head;
    memcpy(x->record, e->record.ptr, x->len);
    return OK;
}

static struct setting *find(struct store *s, const char *key)
{
    for (size_t i = 0; i < SETTINGS; i++)
        if (strcmp(s->settings[i].key, key) == 0) return &s->settings[i];
    return NULL;
}

static enum err mem_get(struct store *s, const char *key, uint8_t *out, size_t cap, size_t *len)
{
    *len = 0;
    const struct setting *x = key[0] ? find(s, key) : NULL;
    if (!x) return ERR_NOT_FOUND;
    if (x->len > cap) return ERR_TOO_LARGE;
    if (x->len) memcpy(out, x->value, x->len);
    *len = x->len;
    return OK;
}

static enum err mem_put(struct store *s, const char *key, struct view value)
{
    enum err bad = store_check_setting(key, value);
    if (bad) return bad;
    struct setting *x = find(s, key);
    if (!x) x = find(s, "");
    if (!x) return ERR_FULL;
    memcpy(x->key, key, strlen(key) + 1);
    if (value.len) memcpy(x->value, value.ptr, value.len);
    x->len = value.len;
    return OK;
}

static enum err mem_remove(struct store *s, const char *key)
{
    struct setting *x = key[0] ? find(s, key) : NULL;
    if (!x) return ERR_NOT_FOUND;
    *x = (struct setting){0};
    return OK;
}

const struct store_row store_mem = {
    .name = "mem",
    .open = mem_open,
    .close = mem_close,
    .replay = mem_replay,
    .append = mem_append,
    .set_profile = mem_set_profile,
    .set_passkeys = mem_set_passkeys,
    .set_slip = mem_set_slip,
    .drop_slip = mem_drop_slip,
    .put_ledger = mem_put_ledger,
    .erase_ledger = mem_erase_ledger,
    .put_rooms = mem_put_rooms,
    .set_lookups = mem_set_lookups,
    .set_alerts = mem_set_alerts,
    .get = mem_get,
    .put = mem_put,
    .remove = mem_remove,
};
