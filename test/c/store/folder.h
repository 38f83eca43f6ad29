/* A fresh data folder for a test, and what a log entry looks like in these tests. */
#ifndef TEST_FOLDER_H
#define TEST_FOLDER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/store.h"

struct folder {
    char root[32];  /* made by mkdtemp */
    char path[64];  /* the data folder in it, not made yet */
    char file[128]; /* its database */
};

static inline struct folder folder_new(void)
{
    struct folder f = {.root = "/tmp/aparte-store-XXXXXX"};
    if (!mkdtemp(f.root)) abort();
    snprintf(f.path, sizeof(f.path), "%s/data", f.root);
    snprintf(f.file, sizeof(f.file), "%s/aparte.db", f.path);
    return f;
}

static inline void folder_free(const struct folder *f)
{
    static const char *const files[] = {"aparte.db", "aparte.db-wal", "aparte.db-shm", "aparte.db-journal"};
    char path[256];
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        snprintf(path, sizeof(path), "%s/%s", f->path, files[i]);
        unlink(path);
    }
    rmdir(f->path);
    rmdir(f->root);
}

/* Entry n is a function of n: 1 to 512 bytes, and a head. */
struct sample {
    uint8_t record[512];
    struct store_entry entry;
};

static inline void sample_make(struct sample *s, uint64_t n)
{
    size_t len = 1 + (size_t)(n * 37 % 512);
    for (size_t i = 0; i < len; i++) s->record[i] = (uint8_t)(n * 31 + i);
    s->entry = (struct store_entry){.n = n, .record = {s->record, len}};
    memset(s->entry.head.bytes, (int)(n & 0xff), HASH_BYTES);
    memcpy(s->entry.head.bytes, &n, sizeof(n));
}

/* For replay: counts entries that are the samples 0, 1, 2, ..., and keeps the last profile and passkey. */
struct tally {
    uint64_t entries, profiles, handles, passkeys, slips;
    struct id last_account, key_account;
    char last_name[256], last_handle[64], last_bio[1024], last_pronouns[256];
    size_t last_picture, key_data;
    struct store_slip last_slip; /* without its data */
    char slip_data[64];
    uint64_t rooms, lines; /* of the ledger: rooms' own rows, and others */
    struct ledger_row last_line;
    uint8_t last_data[64];
    uint64_t lookups, alerts;
    struct store_lookups last_lookups;
    struct alert last_alert;
    uint64_t kept; /* rooms that live */
    char kept_data[64];
};

static inline enum err tally_entry(void *user, const struct store_entry *e)
{
    struct tally *t = user;
    struct sample want;
    sample_make(&want, t->entries);
    if (e->n != t->entries || !view_eq(e->record, want.entry.record) || !hash_eq(e->head, want.entry.head))
        return ERR_STATE;
    t->entries++;
    return OK;
}

static inline enum err tally_text(char *out, size_t cap, struct view text)
{
    if (text.len >= cap) return ERR_TOO_LARGE;
    if (text.len) memcpy(out, text.ptr, text.len);
    out[text.len] = 0;
    return OK;
}

static inline enum err tally_profile(void *user, const struct store_profile *p)
{
    struct tally *t = user;
    t->profiles++;
    t->handles += p->handle.len > 0;
    t->last_account = p->account;
    t->last_picture = p->picture.len;
    enum err e = tally_text(t->last_name, sizeof(t->last_name), p->name);
    if (!e) e = tally_text(t->last_handle, sizeof(t->last_handle), p->handle);
    if (!e) e = tally_text(t->last_pronouns, sizeof(t->last_pronouns), p->pronouns);
    return e ? e : tally_text(t->last_bio, sizeof(t->last_bio), p->bio);
}

static inline enum err tally_passkey(void *user, struct id account, const struct store_passkey *k)
{
    struct tally *t = user;
    t->passkeys++;
    t->key_account = account;
    t->key_data = k->data.len;
    return OK;
}

static inline enum err tally_slip(void *user, const struct store_slip *n)
{
    struct tally *t = user;
    t->slips++;
    t->last_slip = *n;
    t->last_slip.data = (struct view){0};
    return tally_text(t->slip_data, sizeof(t->slip_data), n->data);
}

/* A room's own row is there before its others. */
static inline enum err tally_ledger(void *user, const struct ledger_row *row)
{
    struct tally *t = user;
    if (row->kind == LEDGER_ROOM)
        t->rooms++;
    else if (!t->rooms)
        return ERR_STATE;
    else
        t->lines++;
    t->last_line = *row;
    if (row->data.len > sizeof(t->last_data)) return OK;
    if (row->data.len) memcpy(t->last_data, row->data.ptr, row->data.len);
    return OK;
}

static inline enum err tally_room(void *user, const struct store_room *room)
{
    struct tally *t = user;
    t->kept++;
    bool fits = room->data.len < sizeof(t->kept_data);
    return fits ? tally_text(t->kept_data, sizeof(t->kept_data), room->data) : OK;
}

static inline enum err tally_lookups(void *user, const struct store_lookups *l)
{
    struct tally *t = user;
    t->lookups++;
    t->last_lookups = *l;
    return OK;
}

static inline enum err tally_alert(void *user, const struct alert *a)
{
    struct tally *t = user;
    if (t->alerts++ && a->n <= t->last_alert.n) return ERR_STATE; /* the oldest first */
    t->last_alert = *a;
    return OK;
}

static inline enum err tally_all(const struct store_row *row, struct store *s, struct tally *t)
{
    struct store_reader to = {.entry = tally_entry,
                              .profile = tally_profile,
                              .passkey = tally_passkey,
                              .slip = tally_slip,
                              .ledger = tally_ledger,
                              .room = tally_room,
                              .lookups = tally_lookups,
                              .alert = tally_alert,
                              .user = t};
    return row->replay(s, &to);
}

#endif
