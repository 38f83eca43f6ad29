#include "rooms/ledger.h"

#include <stdlib.h>

#include "base/array.h"
#include "crypt/sign.h"

enum err ledger_init(struct ledger *l)
{
    return map_init(&l->by_room, ID_BYTES, LIMIT_LEDGER_ROOMS);
}

static size_t weight(const struct ledger_row *row)
{
    return sizeof(struct ledger_entry) + row->data.len;
}

static void free_room(struct ledger *l, struct ledger_room *room)
{
    for (uint32_t i = 0; i < room->count; i++) {
        struct ledger_entry *entry = &room->entries[i];
        l->bytes -= weight(&entry->row);
        if (entry->block) wipe(entry->block, entry->row.data.len);
        free(entry->block);
    }
    if (room->count) wipe(room->entries, room->count * sizeof(*room->entries));
    free(room->entries);
    free(room);
}

void ledger_deinit(struct ledger *l)
{
    for (uint32_t i = 0; i < l->count; i++) free_room(l, l->rooms[i]);
    free(l->rooms);
    map_deinit(&l->by_room);
}

struct ledger_room *ledger_find(const struct ledger *l, const struct id *room)
{
    uint32_t i;
    return map_get(&l->by_room, room->bytes, &i) ? l->rooms[i] : NULL;
}

static enum err make_room(struct ledger *l, const struct id *id, enum ledger_state state,
                          struct ledger_room **out)
{
    enum err e = array_reserve(&l->rooms, l->count + 1, &l->cap, sizeof(*l->rooms));
    struct ledger_room *room = e ? NULL : calloc(1, sizeof(*room));
    if (!room) return ERR_SYSTEM;
    e = map_put(&l->by_room, id->bytes, l->count);
    if (e) {
        free(room);
        return e;
    }
    room->id = *id;
    room->index = l->count;
    room->replayed = state == LEDGER_STORED;
    l->rooms[l->count++] = room;
    *out = room;
    return OK;
}

static void drop_room(struct ledger *l, struct ledger_room *room)
{
    struct ledger_room *last = l->rooms[--l->count];
    l->rooms[room->index] = last;
    last->index = room->index;
    map_remove(&l->by_room, room->id.bytes);
    if (last != room)
        (void)!map_put(&l->by_room, last->id.bytes, last->index); /* is there: needs no memory */
    free_room(l, room);
}

static enum err add_entry(struct ledger *l, struct ledger_room *room, const struct ledger_row *row,
                          enum ledger_state state, uint32_t *at)
{
    enum err e = array_reserve(&room->entries, room->count + 1, &room->cap, sizeof(*room->entries));
    if (e) return e;
    struct ledger_entry *entry = &room->entries[room->count];
    *entry = (struct ledger_entry){*row, state, NULL};
    struct view *const views[] = {&entry->row.data};
    e = row->data.len ? views_keep(&entry->block, views, 1) : OK;
    if (e) return e;
    if (at) *at = room->count;
    room->count++;
    room->changed = room->changed || state == LEDGER_CHANGED;
    l->bytes += weight(row);
    return OK;
}

enum err ledger_add(struct ledger *l, const struct ledger_row *row, enum ledger_state state, uint32_t *at)
{
    struct ledger_room *room = ledger_find(l, &row->room);
    bool whole = row->kind == LEDGER_ROOM;
    if (whole == (room != NULL)) return ERR_STATE;
    size_t most = LIMIT_LEDGER_BYTES;
    if (row->kind == LEDGER_STAY) most *= 2;
    if (l->bytes + weight(row) > most) return ERR_FULL;
    enum err e = whole ? make_room(l, &row->room, state, &room) : OK;
    if (e) return e;
    e = add_entry(l, room, row, state, at);
    if (e && whole) drop_room(l, room);
    return e;
}

static void change(struct ledger_room *room, struct ledger_entry *entry)
{
    entry->state = LEDGER_CHANGED;
    room->changed = true;
}

void ledger_end(struct ledger_room *room, uint32_t at, uint64_t now_ms)
{
    struct ledger_entry *entry = &room->entries[at];
    if (entry->row.until_ms || entry->row.kind == LEDGER_PATTERN) return;
    entry->row.until_ms = now_ms;
    change(room, entry);
}

void ledger_end_all(struct ledger_room *room, uint64_t now_ms)
{
    for (uint32_t i = 0; i < room->count; i++) ledger_end(room, i, now_ms);
}

/* ---- to the store ---------------------------------------------------------------------------------- */

size_t ledger_take(struct ledger *l, struct ledger_row *rows, size_t max)
{
    size_t n = 0;
    for (uint32_t i = 0; i < l->count; i++) {
        struct ledger_room *room = l->rooms[i];
        if (!room->changed) continue;
        room->changed = false;
        for (uint32_t k = 0; k < room->count; k++) {
            struct ledger_entry *entry = &room->entries[k];
            if (entry->state != LEDGER_CHANGED) continue;
            if (n == max) {
                room->changed = true;
                return n;
            }
            entry->state = LEDGER_ON_ITS_WAY;
            room->on_its_way = true;
            rows[n++] = entry->row;
        }
    }
    return n;
}

void ledger_written(struct ledger *l, bool good)
{
    for (uint32_t i = 0; i < l->count; i++) {
        struct ledger_room *room = l->rooms[i];
        if (!room->on_its_way) continue;
        room->on_its_way = false;
        for (uint32_t k = 0; k < room->count; k++) {
            struct ledger_entry *entry = &room->entries[k];
            if (entry->state != LEDGER_ON_ITS_WAY) continue; /* or it changed meanwhile */
            if (good)
                entry->state = LEDGER_STORED;
            else
                change(room, entry);
        }
    }
}

bool ledger_expire(struct ledger *l, uint64_t before_ms)
{
    bool any = false;
    for (uint32_t i = l->count; i-- > 0;) {
        struct ledger_room *room = l->rooms[i];
        uint64_t ended = room->entries[0].row.until_ms;
        if (!ended || ended >= before_ms) continue;
        drop_room(l, room); /* its place is taken by one that was looked at */
        any = true;
    }
    return any;
}

/* ---- looking --------------------------------------------------------------------------------------- */

struct view ledger_title(const struct ledger_room *room)
{
    struct view data = room->entries[0].row.data;
    return (struct view){data.ptr + LEDGER_SECRET_BYTES, data.len - LEDGER_SECRET_BYTES};
}

uint32_t ledger_count(const struct ledger_room *room, enum ledger_kind kind)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < room->count; i++) n += room->entries[i].row.kind == kind;
    return n;
}
