/* Leak tracing as the rules see it: a room's secret, who speaks in two variants, the ledger, and who gets
 * what of it. docs/protocol.md, "Tracing". */
#include "base/log.h"
#include "crypt/sign.h"
#include "mark/code.h"
#include "rooms/state.h"
#include "wire/pattern.h"

static const struct id nobody;

/* ---- a room that can be traced --------------------------------------------------------------------- */

enum err trace_room(struct rooms *r, struct room *room)
{
    room->traced = r->config.trace_days > 0;
    if (!room->traced) return OK;
    room->ledger = ledger_find(&r->ledger, &room->id); /* of before a restart, or none */
    if (room->ledger) memcpy(room->secret, room->ledger->entries[0].row.data.ptr, sizeof(room->secret));
    enum err e = room->ledger ? OK : r->config.random(r->config.user, room->secret, sizeof(room->secret));
    if (!e) room->trace = code_commitment(room->secret, room->id);
    return e;
}

void trace_media(const struct room *room, const struct member *m, struct media_peer *out)
{
    out->account = m->account;
    if (!room->traced) return;
    out->traced = true;
    code_seed(room->secret, room->id, m->account, out->seed);
    code_seed(room->secret, room->id, nobody, out->bias);
}

/* ---- the ledger ------------------------------------------------------------------------------------ */

static struct ledger_row row_of(const struct rooms *r, const struct person *p, enum ledger_kind kind)
{
    return (struct ledger_row){
        .kind = kind, .room = p->room->id, .account = p->member->account, .since_ms = r->now_ms};
}

/* Rooms that lived when the server stopped and are here no more ended then, as far as anybody can tell; of
 * the others whatever was going on in them. */
static void settle(struct rooms *r)
{
    struct ledger *l = &r->ledger;
    for (uint32_t i = 0; i < l->count && !l->settled; i++) {
        if (!l->rooms[i]->replayed) continue;
        const struct room *room = room_find(r, l->rooms[i]->id);
        for (uint32_t k = room && room->ledger; k < l->rooms[i]->count; k++)
            ledger_end(l->rooms[i], k, r->now_ms);
    }
    l->settled = true;
}

/* A stay that cannot be noted makes a listener who cannot be traced: that is said, and no reason to keep
 * anybody out. */
static void note_stay(struct rooms *r, struct person *p)
{
    struct ledger_row row = row_of(r, p, LEDGER_STAY);
    p->has_stay = ledger_add(&r->ledger, &row, LEDGER_CHANGED, &p->stay) == OK;
    if (!p->has_stay) LOG_ERROR("rooms", "no memory for the ledger: somebody in a room cannot be traced");
}

void trace_enter(struct rooms *r, struct person *p)
{
    settle(r);
    if (p->room->ledger) note_stay(r, p);
}

static void end_span(struct rooms *r, struct person *p)
{
    if (p->has_span) ledger_end(p->room->ledger, p->span, r->now_ms);
    p->has_span = false;
}

void trace_exit(struct rooms *r, struct person *p)
{
    end_span(r, p);
    if (p->has_stay) ledger_end(p->room->ledger, p->stay, r->now_ms);
    p->has_stay = false;
}

void trace_end(struct rooms *r, struct room *room)
{
    if (room->ledger) ledger_end_all(room->ledger, r->now_ms);
    room->ledger = NULL;
}

/* From a room's first pattern on it has a ledger, and everybody who is there now stands in it. */
static enum err begin_ledger(struct rooms *r, struct room *room)
{
    uint8_t data[LEDGER_SECRET_BYTES + LIMIT_TITLE_BYTES];
    if (room->ledger) return OK;
    memcpy(data, room->secret, LEDGER_SECRET_BYTES);
    memcpy(data + LEDGER_SECRET_BYTES, room->title, room->title_len);
    struct ledger_row row = {.kind = LEDGER_ROOM,
                             .room = room->id,
                             .since_ms = room->opened_ms,
                             .data = {data, LEDGER_SECRET_BYTES + room->title_len}};
    enum err e = ledger_add(&r->ledger, &row, LEDGER_CHANGED, NULL);
    wipe(data, sizeof(data));
    if (e) return e;
    room->ledger = ledger_find(&r->ledger, &room->id);
    for (uint32_t i = 0; i < room->count; i++) note_stay(r, room->people[i]);
    return OK;
}

/* ---- two variants ---------------------------------------------------------------------------------- */

static void tell_twin(struct rooms *r, struct person *p, struct media_twin twin)
{
    struct effect e = {EFFECT_MEDIA, {.media = {MEDIA_PEER_TWIN, p->peer, {.twin = twin}}}};
    if (p->peer) r->config.effect(r->config.user, &e);
}

void trace_untwin(struct rooms *r, struct person *p)
{
    if (!p->has_run) return;
    p->has_run = false;
    end_span(r, p);
    tell_twin(r, p, (struct media_twin){.live = false});
}

/* By this device, about this room, split among founder and admins as the speaker's copy of the log has them:
 * that is the speaker's business, who else would be kept from tracing. */
static enum err check_pattern(const struct sock *s, struct view bytes, struct pattern *out)
{
    enum err e = pattern_parse(out, bytes);
    if (e) return e;
    if (!id_eq(out->room, s->person->room->id) || !id_eq(out->account, s->member->account) ||
        !id_eq(out->device, s->device->id))
        return ERR_AUTH;
    return sign_verify(&s->device->key, "pattern", out->body, out->sig);
}

static enum err take_pattern(struct rooms *r, struct sock *s, struct view bytes)
{
    struct person *p = s->person;
    struct pattern pattern;
    if (!bytes.len) return p->has_run ? OK : ERR_STATE;
    enum err e = check_pattern(s, bytes, &pattern);
    if (e) return e;
    if (p->run_count && id_eq(p->run, pattern.run)) { /* said again, after a repair: the ledger has it */
        p->has_run = true;
        return OK;
    }
    if (p->run_count == LIMIT_RUNS) return ERR_MANY;
    e = begin_ledger(r, p->room);
    struct ledger_row row = row_of(r, p, LEDGER_PATTERN);
    row.data = bytes;
    if (!e) e = ledger_add(&r->ledger, &row, LEDGER_CHANGED, NULL);
    if (e) return e;
    p->run_count++;
    p->run = pattern.run;
    p->has_run = true;
    return OK;
}

enum err do_room_twin(struct rooms *r, struct sock *s, const struct command *c)
{
    struct person *p = s->person;
    const struct media_twin *twin = &c->twin.is;
    if (!p) return ERR_NOT_IN_ROOM;
    if (!id_eq(c->twin.room, p->room->id) || !p->on_stage || !p->room->traced) return ERR_STATE;
    if (!twin->live) {
        trace_untwin(r, p);
        reply_ok(r, s, c);
        return OK;
    }
    if (p->span_count == LIMIT_TWINS) return ERR_MANY;
    enum err e = take_pattern(r, s, c->twin.pattern);
    if (e) return e;
    struct ledger_row row = row_of(r, p, LEDGER_SPAN);
    row.hop = twin->hop;
    row.data = VIEW(p->run.bytes);
    end_span(r, p);
    e = ledger_add(&r->ledger, &row, LEDGER_CHANGED, &p->span);
    if (e) return e;
    p->has_span = true;
    p->span_count++;
    tell_twin(r, p, *twin);
    reply_ok(r, s, c);
    return OK;
}

/* ---- who gets what --------------------------------------------------------------------------------- */

static bool is_release(const struct log_entry *entry, const struct id *room, struct record *rec)
{
    return entry->record.ptr[0] == RECORD_TRACE_RELEASE && record_parse(rec, entry->record) == OK &&
           id_eq(rec->room, *room);
}

/* The record by which all members know that this device gives out its shares of that room. */
static bool released_by(const struct rooms *r, const struct id *room, struct id device)
{
    struct record rec;
    for (uint64_t n = r->log.size; n-- > 0;)
        if (is_release(&r->log.entries[n], room, &rec) && id_eq(rec.author_device, device)) return true;
    return false;
}

static enum err list_released(struct rooms *r, const struct id *room, struct trace_room *out)
{
    struct record rec;
    size_t count = 0;
    for (uint64_t n = 0; n < r->log.size; n++) count += is_release(&r->log.entries[n], room, &rec);
    struct id *list = scratch_take(r, count * sizeof(*list));
    if (!list) return ERR_SYSTEM;
    for (uint64_t n = 0; n < r->log.size; n++) {
        if (!is_release(&r->log.entries[n], room, &rec)) continue;
        bool known = false;
        for (size_t i = 0; i < out->released_count; i++) known = known || id_eq(list[i], rec.author);
        if (!known) list[out->released_count++] = rec.author;
    }
    out->released = list;
    return OK;
}

/* The newest first, each found as the newest that is older than the one before. */
static const struct ledger_room *next_older(const struct ledger *l, const struct ledger_room *than)
{
    const struct ledger_room *best = NULL;
    for (uint32_t i = 0; i < l->count; i++) {
        const struct ledger_room *x = l->rooms[i];
        uint64_t since = x->entries[0].row.since_ms;
        bool older = !than || since < than->entries[0].row.since_ms ||
                     (since == than->entries[0].row.since_ms && x->index < than->index);
        bool newer = !best || since > best->entries[0].row.since_ms ||
                     (since == best->entries[0].row.since_ms && x->index > best->index);
        if (older && newer) best = x;
    }
    return best;
}

enum err do_trace_list(struct rooms *r, struct sock *s, const struct command *c)
{
    if (s->member->role > CLUB_ADMIN) return ERR_FORBIDDEN;
    struct trace_room *list = scratch_take(r, LIMIT_TRACE_ROOMS * sizeof(*list));
    if (!list) return ERR_SYSTEM;
    size_t count = 0;
    const struct ledger_room *x = NULL;
    while (count < LIMIT_TRACE_ROOMS && (x = next_older(&r->ledger, x))) {
        struct trace_room *out = &list[count++];
        *out = (struct trace_room){.room = x->id,
                                   .title = ledger_title(x),
                                   .opened_ms = x->entries[0].row.since_ms,
                                   .patterns = ledger_count(x, LEDGER_PATTERN)};
        enum err e = list_released(r, &x->id, out);
        if (e) return e;
    }
    send_out(r, s, (struct out){.kind = REPLY_TRACES, .request = c->request, .traces = {list, count}});
    return OK;
}

/* The rows of a room, or of one kind of them (0: all), with the names of their accounts. */
static enum err send_rows(struct rooms *r, const struct sock *s, const struct ledger_room *room,
                          enum ledger_kind only, struct out out)
{
    struct ledger_row *rows = scratch_take(r, room->count * sizeof(*rows));
    struct view *names = scratch_take(r, room->count * sizeof(*names));
    if (!rows || !names) return ERR_SYSTEM;
    out.trace.root = code_commitment(room->entries[0].row.data.ptr, room->id);
    out.trace.rows = rows;
    out.trace.names = names;
    for (uint32_t i = 0; i < room->count; i++) {
        const struct ledger_row *row = &room->entries[i].row;
        const struct member *m = log_member(&r->log, row->account);
        if (only && row->kind != only) continue;
        names[out.trace.count] = m ? member_name(m) : (struct view){0};
        rows[out.trace.count++] = *row;
    }
    send_out(r, s, out);
    return OK;
}

enum err do_trace_read(struct rooms *r, struct sock *s, const struct command *c)
{
    if (s->member->role > CLUB_ADMIN) return ERR_FORBIDDEN;
    const struct ledger_room *room = ledger_find(&r->ledger, &c->trace.room);
    if (!room) return ERR_NOT_FOUND;
    if (!released_by(r, &room->id, s->device->id)) return ERR_STATE;
    struct out out = {.kind = REPLY_PATTERNS, .request = c->request};
    return send_rows(r, s, room, LEDGER_PATTERN, out);
}

/* Shares of founder or admins as they are now, each by a device that said so in the log. */
static enum err check_release(const struct rooms *r, struct view bytes, struct release *out)
{
    enum err e = release_parse(out, bytes);
    if (e) return e;
    const struct device *d = log_device(&r->log, out->device);
    if (!d || !id_eq(d->member->account, out->account)) return ERR_UNKNOWN_ACCOUNT;
    if (d->member->role > CLUB_ADMIN || !member_good(d->member)) return ERR_FORBIDDEN;
    e = sign_verify(&d->key, "trace-share", out->body, out->sig);
    return !e && !released_by(r, &out->room, out->device) ? ERR_STATE : e;
}

enum err do_operator_trace(struct rooms *r, struct sock *s, const struct command *c)
{
    struct release first, second;
    enum err e = check_release(r, c->trace.releases[0], &first);
    if (!e) e = check_release(r, c->trace.releases[1], &second);
    if (e) return e;
    if (!id_eq(first.room, second.room)) return ERR_MALFORMED;
    if (id_eq(first.account, second.account)) return ERR_SECOND;
    const struct ledger_room *room = ledger_find(&r->ledger, &first.room);
    if (!room) return ERR_NOT_FOUND;
    return send_rows(r, s, room, 0, (struct out){.kind = REPLY_TRACE, .request = c->request});
}

enum err trace_stays(struct rooms *r, struct id account, struct export_info *x)
{
    size_t count = 0;
    for (uint32_t i = 0; i < r->ledger.count; i++)
        for (uint32_t k = 0; k < r->ledger.rooms[i]->count; k++) {
            const struct ledger_row *row = &r->ledger.rooms[i]->entries[k].row;
            count += row->kind == LEDGER_STAY && id_eq(row->account, account);
        }
    struct stay_info *list = scratch_take(r, count * sizeof(*list));
    if (!list) return ERR_SYSTEM;
    x->stays = list;
    x->stay_count = count;
    for (uint32_t i = 0; i < r->ledger.count; i++)
        for (uint32_t k = 0; k < r->ledger.rooms[i]->count; k++) {
            const struct ledger_row *row = &r->ledger.rooms[i]->entries[k].row;
            if (row->kind == LEDGER_STAY && id_eq(row->account, account))
                *list++ = (struct stay_info){row->room, ledger_title(r->ledger.rooms[i]), row->since_ms,
                                             row->until_ms};
        }
    return OK;
}

/* ---- keeping it ------------------------------------------------------------------------------------ */

/* The secret, and a title: whoever lists what can be traced gets it as text. */
static enum err check_room_row(struct view data)
{
    struct reader in = reader_init(data);
    read_skip(&in, LEDGER_SECRET_BYTES);
    struct view title = read_view(&in, reader_left(&in));
    return in.err || title_check(title) ? ERR_MALFORMED : OK;
}

/* A span of a version that did not yet write down its run is of its speaker's newest pattern by then; of some
 * pattern it is, even if the clock was set back. */
static bool find_run(const struct ledger_room *room, const struct ledger_row *span, struct id *run)
{
    const struct ledger_row *newest = NULL;
    struct pattern pattern;
    for (uint32_t i = 0; room && i < room->count; i++) {
        const struct ledger_row *row = &room->entries[i].row;
        if (row->kind != LEDGER_PATTERN || !id_eq(row->account, span->account)) continue;
        if (!newest || (row->since_ms <= span->since_ms && row->since_ms >= newest->since_ms)) newest = row;
    }
    if (!newest || pattern_parse(&pattern, newest->data)) return false;
    *run = pattern.run;
    return true;
}

static enum err replay_span(struct rooms *r, const struct ledger_row *row)
{
    struct ledger_row span = *row;
    struct id run;
    if (!row->data.len && find_run(ledger_find(&r->ledger, &row->room), row, &run)) span.data = VIEW(run.bytes);
    if (span.data.len != ID_BYTES) return ERR_MALFORMED;
    return ledger_add(&r->ledger, &span, LEDGER_STORED, NULL);
}

enum err rooms_replay_ledger(struct rooms *r, const struct ledger_row *row)
{
    enum err e = row->kind == LEDGER_ROOM ? check_room_row(row->data) : OK;
    if (e) return e;
    if (row->kind == LEDGER_SPAN) return replay_span(r, row);
    return ledger_add(&r->ledger, row, LEDGER_STORED, NULL);
}

static uint64_t too_old(const struct rooms *r)
{
    const uint64_t day_ms = 24 * 3600 * 1000;
    uint64_t kept_ms = r->config.trace_days * day_ms;
    return r->now_ms > kept_ms ? r->now_ms - kept_ms : 0;
}

/* One job at a time: rows, or an erasure. */
static void write(struct rooms *r)
{
    struct ledger *l = &r->ledger;
    if (l->job || r->now_ms < l->retry_ms) return;
    struct effect e = {.kind = EFFECT_STORE_LEDGER, .ledger = {.erase_before_ms = l->erase_before}};
    l->erasing = l->erase_before;
    l->job = LEDGER_ERASES;
    if (!l->erasing) {
        struct ledger_row *rows = scratch_take(r, LIMIT_LEDGER_ROWS * sizeof(*rows));
        e.ledger.rows = rows;
        e.ledger.count = rows ? ledger_take(l, rows, LIMIT_LEDGER_ROWS) : 0;
        l->job = e.ledger.count ? LEDGER_WRITES : LEDGER_IDLE;
    }
    if (l->job) r->config.effect(r->config.user, &e);
}

void trace_tick(struct rooms *r)
{
    struct ledger *l = &r->ledger;
    settle(r);
    if (r->now_ms >= l->expire_ms) {
        l->expire_ms = r->now_ms + LIMIT_LEDGER_MS;
        if (ledger_expire(l, too_old(r))) l->erase_before = too_old(r);
    }
    write(r);
}

void rooms_on_ledger(struct rooms *r, enum err result, uint64_t now_ms)
{
    struct ledger *l = &r->ledger;
    r->now_ms = now_ms;
    scratch_reset(r);
    l->retry_ms = result ? now_ms + LIMIT_LEDGER_MS : 0;
    if (l->job == LEDGER_WRITES) ledger_written(l, result == OK);
    if (l->job == LEDGER_ERASES && !result && l->erasing == l->erase_before) l->erase_before = 0;
    l->job = LEDGER_IDLE;
    write(r);
}
