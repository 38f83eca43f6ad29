/* Removals from a room, and what moderators look back on. An evening's removal lives as long as the room;
 * what counts for longer is a record of the member log. */
#include "rooms/state.h"

#include <stdlib.h>

/* ---- removals of the evening ----------------------------------------------------------------------- */

static uint32_t removals(const struct room *room)
{
    return room->removed_count < LIMIT_REMOVED ? room->removed_count : LIMIT_REMOVED;
}

static struct removal *find_removal(const struct room *room, struct id account)
{
    for (uint32_t i = 0; i < removals(room); i++)
        if (id_eq(room->removed[i].account, account) && !room->removed[i].undone) return &room->removed[i];
    return NULL;
}

bool was_removed(const struct room *room, struct id account)
{
    return find_removal(room, account) != NULL;
}

void removals_write(struct writer *w, const struct room *room)
{
    uint32_t count = removals(room);
    write_u16(w, (uint16_t)count);
    for (uint32_t i = 0; i < count; i++) { /* the oldest first */
        const struct removal *removal = &room->removed[(room->removed_count - count + i) % LIMIT_REMOVED];
        write_bytes(w, removal->account.bytes, ID_BYTES);
        write_bytes(w, removal->by.bytes, ID_BYTES);
        write_u64(w, removal->time_ms);
        write_u8(w, (uint8_t)removal->rank);
        write_u8(w, removal->undone);
    }
}

enum err removals_read(struct room *room, struct reader *in)
{
    uint32_t count = read_u16(in);
    if (in->err || count > LIMIT_REMOVED) return ERR_MALFORMED;
    if (count) room->removed = calloc(LIMIT_REMOVED, sizeof(*room->removed));
    if (count && !room->removed) return ERR_SYSTEM;
    for (uint32_t i = 0; i < count; i++) {
        struct removal *removal = &room->removed[room->removed_count++];
        read_bytes(in, removal->account.bytes, ID_BYTES);
        read_bytes(in, removal->by.bytes, ID_BYTES);
        removal->time_ms = read_kept_ms(in);
        removal->rank = read_u8(in);
        removal->undone = read_u8(in) != 0;
    }
    return in->err;
}

static enum err check_statement(const struct sock *s, const struct record *rec)
{
    const struct room *room = s->person->room;
    if (!signed_here(s, rec->author, rec->author_device)) return ERR_FORBIDDEN;
    return id_eq(rec->room, room->id) && id_eq(rec->host, room->opener->account) ? OK : ERR_NOT_IN_ROOM;
}

static enum err remove_tonight(struct rooms *r, struct sock *s, const struct command *c,
                               const struct record *rec, struct person *p)
{
    struct room *room = s->person->room;
    enum err e = chain_check(&r->log, rec, NULL, r->now_ms);
    if (!e) e = removal_check(r, s->member, rec);
    if (e) return e;
    if (!room->removed) room->removed = calloc(LIMIT_REMOVED, sizeof(*room->removed));
    if (!room->removed) return ERR_SYSTEM;
    room->removed[room->removed_count++ % LIMIT_REMOVED] =
        (struct removal){rec->target, s->member->account, r->now_ms, person_rank(s->person), false};
    places_touch(room);
    removal_note(r, s->member, rec);
    reply_ok(r, s, c);
    if (!p) return OK;
    p->removal = c->record.record;
    person_leave(r, p, LEFT_REMOVED, member_name(s->member), false);
    return OK;
}

/* Whoever did harm and left can still be kept out. `out`: NULL, they are not here any more. */
static enum err find_removable(const struct rooms *r, const struct sock *s, struct id account,
                               struct person **out)
{
    const struct room *room = s->person ? s->person->room : NULL;
    const struct member *m = log_member(&r->log, account);
    bool left = room && m && ring_has(&room->gone, account) && !(m->person && m->person->room == room);
    if (!left) return find_inferior(r, s, account, out);
    *out = NULL;
    enum err e = need_moderator(s);
    if (!e && member_rank(room, m) >= person_rank(s->person)) e = ERR_FORBIDDEN;
    return !e && was_removed(room, account) ? ERR_STATE : e;
}

enum err do_room_remove(struct rooms *r, struct sock *s, const struct command *c)
{
    struct record rec;
    struct person *p;
    if (c->record.record.len > LIMIT_RECORD_BYTES) return ERR_TOO_LARGE;
    enum err e = record_parse(&rec, c->record.record);
    if (!e && rec.type != RECORD_ROOM_BAN) e = ERR_MALFORMED;
    if (!e) e = find_removable(r, s, rec.target, &p);
    if (!e) e = check_statement(s, &rec);
    if (e) return e;
    return rec.scope == SCOPE_EVENING ? remove_tonight(r, s, c, &rec, p) : do_record(r, s, c);
}

void room_ban_enforce(struct rooms *r, const struct record *rec, struct view bytes)
{
    const struct member *target = log_member(&r->log, rec->target);
    struct person *p = target ? target->person : NULL;
    if (!p || !id_eq(p->room->opener->account, rec->host)) return;
    p->removal = bytes;
    person_leave(r, p, LEFT_REMOVED, member_name(log_member(&r->log, rec->author)), false);
}

/* By whoever did it, or somebody at least as high: nobody takes back what a superior decided. */
enum err do_room_readmit(struct rooms *r, struct sock *s, const struct command *c)
{
    enum err e = need_moderator(s);
    if (e) return e;
    struct removal *removal = find_removal(s->person->room, c->person.account);
    if (!removal) return ERR_NOT_FOUND;
    if (removal->rank > person_rank(s->person)) return ERR_FORBIDDEN;
    removal->undone = true;
    places_touch(s->person->room);
    reply_ok(r, s, c);
    return OK;
}

/* ---- looking back ---------------------------------------------------------------------------------- */

struct mod_list {
    struct rooms *r;
    struct mod_info *entries;
    struct id *hosts; /* of room-bans, beside the entries */
    size_t count;
};

static struct view name_of(const struct rooms *r, struct id account)
{
    const struct member *m = log_member(&r->log, account);
    return m ? member_name(m) : (struct view){0};
}

static struct mod_info *mod_add(struct mod_list *l, struct id by, struct id target, uint64_t time_ms)
{
    struct mod_info *m = &l->entries[l->count++];
    *m = (struct mod_info){.time_ms = time_ms,
                           .by = by,
                           .target = target,
                           .by_name = name_of(l->r, by),
                           .target_name = name_of(l->r, target)};
    return m;
}

static bool is_moderation(const struct record *rec)
{
    switch (rec->type) {
    case RECORD_ROLE:
    case RECORD_BAN:
    case RECORD_UNBAN:
    case RECORD_SUPERSEDE:
    case RECORD_VETO:
    case RECORD_SUCCESSION:
    case RECORD_ROOM_BAN:
    case RECORD_ROOM_UNBAN:
    case RECORD_HOLD:
    case RECORD_RELEASE:
    case RECORD_TRACE_RELEASE:
        return true;
    case RECORD_DELETION:
        return !id_eq(rec->author, rec->target);
    default:
        return false;
    }
}

/* What takes a record of this kind back. */
static enum record_type remedy(enum record_type type)
{
    if (type == RECORD_BAN) return RECORD_UNBAN;
    if (type == RECORD_HOLD) return RECORD_RELEASE;
    return type == RECORD_ROOM_BAN ? RECORD_ROOM_UNBAN : 0;
}

/* The list grows from the newest entry backwards, so whatever undoes a record stands in it already. */
static bool is_undone(const struct mod_list *l, const struct record *rec)
{
    enum record_type by = remedy(rec->type);
    if (!by) return false;
    for (size_t i = 0; i < l->count; i++)
        if (l->entries[i].stored && l->entries[i].kind == record_purpose(by) &&
            id_eq(l->entries[i].target, rec->target) && id_eq(l->hosts[i], rec->host))
            return true;
    return false;
}

/* `host`: only what concerns the rooms of this one; NULL: all. */
static void add_records(struct mod_list *l, const struct member *host)
{
    const struct member_log *log = &l->r->log;
    for (uint64_t n = log->size; n-- > 0 && l->count < LIMIT_MOD_ENTRIES;) {
        struct record rec;
        if (record_parse(&rec, log->entries[n].record) || !is_moderation(&rec)) continue;
        if (host && !id_eq(rec.host, host->account)) continue;
        bool undone = is_undone(l, &rec);
        l->hosts[l->count] = rec.host;
        struct mod_info *m = mod_add(l, rec.author, rec.target, rec.time_ms);
        const struct room *room = room_find(l->r, rec.room);
        m->kind = record_purpose(rec.type);
        m->stored = true;
        m->n = n;
        m->undone = undone;
        if (room) m->room = (struct view){room->title, room->title_len};
    }
}

static void add_evening(struct mod_list *l, const struct room *room)
{
    for (uint32_t i = removals(room); i-- > 0 && l->count < LIMIT_MOD_ENTRIES;) {
        const struct removal *removal = &room->removed[i];
        struct mod_info *m = mod_add(l, removal->by, removal->account, removal->time_ms);
        m->kind = record_purpose(RECORD_ROOM_BAN);
        m->evening = true;
        m->undone = removal->undone;
        m->room = (struct view){room->title, room->title_len};
    }
}

static int newest_first(const void *a, const void *b)
{
    const struct mod_info *x = a, *y = b;
    return x->time_ms < y->time_ms ? 1 : x->time_ms > y->time_ms ? -1 : 0;
}

enum err do_mod_list(struct rooms *r, struct sock *s, const struct command *c)
{
    bool all = s->member->role <= CLUB_ADMIN;
    if (!all && (!s->person || !person_moderates(s->person))) return ERR_FORBIDDEN;
    struct mod_list l = {.r = r};
    l.entries = scratch_take(r, 2 * LIMIT_MOD_ENTRIES * sizeof(*l.entries));
    l.hosts = scratch_take(r, LIMIT_MOD_ENTRIES * sizeof(*l.hosts));
    if (!l.entries || !l.hosts) return ERR_SYSTEM;
    add_records(&l, all ? NULL : s->person->room->opener);
    struct mod_list evening = {.r = r, .entries = l.entries + l.count};
    for (uint32_t i = 0; i < r->room_count; i++)
        if (all || r->rooms[i] == s->person->room) add_evening(&evening, r->rooms[i]);
    size_t count = l.count + evening.count;
    qsort(l.entries, count, sizeof(*l.entries), newest_first);
    if (count > LIMIT_MOD_ENTRIES) count = LIMIT_MOD_ENTRIES;
    send_out(r, s, (struct out){.kind = REPLY_MOD, .request = c->request, .mod = {l.entries, count}});
    return OK;
}
