/* The row for tests and trials: everything is gone when it closes. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/map.h"
#include "store/check.h"
#include "store/store.h"

enum { SETTINGS = 16, FIRST_ROOM = 64 };

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

struct setting {
    char key[STORE_KEY_MAX + 1]; /* "" is a free place */
    uint8_t value[STORE_VALUE_MAX];
    size_t len;
};

struct store {
    struct entry *entries;
    size_t count, room;
    struct profile *profiles;
    size_t profile_count, profile_room;
    struct map profile_of; /* account -> index in profiles */
    struct passkey *passkeys;
    size_t passkey_count, passkey_room;
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
    free(s->entries);
    free(s->profiles);
    free(s->passkeys);
    free(s);
}

static struct view part(const uint8_t *p, size_t len)
{
    return (struct view){p, len};
}

static enum err mem_replay(struct store *s, const struct store_reader *to)
{
    enum err e = OK;
    for (size_t i = 0; !e && i < s->count; i++) {
        const struct entry *x = &s->entries[i];
        struct store_entry entry = {.n = i, .record = part(x->record, x->len), .head = x->head};
        e = to->entry(to->user, &entry);
    }
    for (size_t i = 0; !e && i < s->profile_count; i++) e = to->profile(to->user, &s->profiles[i].is);
    for (size_t i = 0; !e && i < s->passkey_count; i++)
        e = to->passkey(to->user, s->passkeys[i].account, &s->passkeys[i].is);
    return e;
}

/* Room for one more; the array moves, what it held stays. */
static enum err grow(void **array, size_t *room, size_t count, size_t item_size)
{
    if (count < *room) return OK;
    size_t more = *room ? *room * 2 : FIRST_ROOM;
    void *p = reallocarray(*array, more, item_size);
    if (!p) return ERR_SYSTEM;
    *array = p;
    *room = more;
    return OK;
}

/* ---- profiles ---- */

static struct profile *profile_find(struct store *s, struct id account)
{
    uint32_t i;
    return map_get(&s->profile_of, account.bytes, &i) ? &s->profiles[i] : NULL;
}

static enum err profile_make(struct store *s, struct id account, struct profile **out)
{
    void *profiles = s->profiles;
    enum err e = grow(&profiles, &s->profile_room, s->profile_count, sizeof(*s->profiles));
    s->profiles = profiles;
    if (!e) e = map_put(&s->profile_of, account.bytes, (uint32_t)s->profile_count);
    if (e) return e;
    *out = &s->profiles[s->profile_count++];
    **out = (struct profile){.is = {.account = account}};
    return OK;
}

static enum err put_profile(struct store *s, const struct store_profile *p)
{
    struct profile *x = profile_find(s, p->account), fresh = {.is = *p};
    struct view *const views[] = {&fresh.is.name, &fresh.is.handle, &fresh.is.bio, &fresh.is.picture};
    enum err e = views_keep(&fresh.block, views, 4);
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
    void *passkeys = s->passkeys;
    if (!e) e = grow(&passkeys, &s->passkey_room, s->passkey_count + LIMIT_PASSKEYS, sizeof(*s->passkeys));
    s->passkeys = passkeys;
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

/* ---- the log and settings ---- */

static enum err put_also(struct store *s, const struct store_also *also)
{
    if (!also) return OK;
    if (also->erase) {
        drop_profile(s, also->account);
        drop_passkeys(s, also->account);
        return OK;
    }
    struct store_profile named = {.account = also->account, .name = also->name};
    return also->name.len ? put_profile(s, &named) : OK;
}

static enum err mem_append(struct store *s, const struct store_entry *e, const struct store_also *also)
{
    if (e->n != s->count) return ERR_STATE;
    enum err bad = store_check_entry(e, also);
    void *entries = s->entries;
    if (!bad) bad = grow(&entries, &s->room, s->count, sizeof(*s->entries));
    s->entries = entries;
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
    .get = mem_get,
    .put = mem_put,
    .remove = mem_remove,
};
