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

struct name {
    struct id account;
    uint8_t text[LIMIT_NAME_BYTES];
    size_t len;
};

struct setting {
    char key[STORE_KEY_MAX + 1]; /* "" is a free place */
    uint8_t value[STORE_VALUE_MAX];
    size_t len;
};

struct store {
    struct entry *entries;
    size_t count, room;
    struct name *names;
    size_t name_count, name_room;
    struct map name_of; /* account -> index in names */
    struct setting settings[SETTINGS];
};

static enum err mem_open(struct store **out, const char *place)
{
    (void)place;
    *out = NULL;
    struct store *s = calloc(1, sizeof(*s));
    if (!s) return ERR_SYSTEM;
    enum err e = map_init(&s->name_of, ID_BYTES, LIMIT_MEMBERS);
    if (e)
        free(s);
    else
        *out = s;
    return e;
}

static void mem_close(struct store *s)
{
    if (!s) return;
    map_deinit(&s->name_of);
    free(s->entries);
    free(s->names);
    free(s);
}

static struct view part(const uint8_t *p, size_t len)
{
    return (struct view){p, len};
}

static enum err mem_replay(struct store *s, store_on_entry on_entry, store_on_name on_name, void *user)
{
    enum err e = OK;
    for (size_t i = 0; !e && i < s->count; i++) {
        const struct entry *x = &s->entries[i];
        e = on_entry(user, &(struct store_entry){.n = i, .record = part(x->record, x->len), .head = x->head});
    }
    for (size_t i = 0; !e && i < s->name_count; i++) {
        const struct name *x = &s->names[i];
        e = on_name(user, &(struct store_name){.account = x->account, .name = part(x->text, x->len)});
    }
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

static enum err put_name(struct store *s, const struct store_name *name)
{
    uint32_t i;
    if (!map_get(&s->name_of, name->account.bytes, &i)) {
        void *names = s->names;
        enum err e = grow(&names, &s->name_room, s->name_count, sizeof(*s->names));
        s->names = names;
        if (!e) e = map_put(&s->name_of, name->account.bytes, (uint32_t)s->name_count);
        if (e) return e;
        i = (uint32_t)s->name_count++;
    }
    struct name *x = &s->names[i];
    x->account = name->account;
    x->len = name->name.len;
    memcpy(x->text, name->name.ptr, x->len);
    return OK;
}

static enum err mem_append(struct store *s, const struct store_entry *e, const struct store_name *name)
{
    if (e->n != s->count) return ERR_STATE;
    enum err bad = store_check_entry(e, name);
    void *entries = s->entries;
    if (!bad) bad = grow(&entries, &s->room, s->count, sizeof(*s->entries));
    s->entries = entries;
    if (!bad && name && name->name.len) bad = put_name(s, name);
    if (bad) return bad;
    struct entry *x = &s->entries[s->count++];
    x->len = e->record.len;
    x->head = e->head;
    memcpy(x->record, e->record.ptr, x->len);
    return OK;
}

static enum err mem_set_name(struct store *s, const struct store_name *name)
{
    enum err bad = store_check_name(name);
    return bad ? bad : put_name(s, name);
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
    .set_name = mem_set_name,
    .get = mem_get,
    .put = mem_put,
    .remove = mem_remove,
};
