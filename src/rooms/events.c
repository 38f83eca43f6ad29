/* Events: a title, a time and who may come. Announced in the hallway, forgotten some hours after their start.
 * Whom their maker blocks does not see them. */
#include "rooms/ties.h"

enum { DAY_MS = 24 * 60 * 60 * 1000 };

struct event { /* the data of its slip */
    uint64_t start_ms;
    bool sensitive;
    enum room_who who;
    struct view title, picked; /* picked: ids, one after the other */
};

static enum err event_write(const struct command *c, const struct audience *a, struct writer *w)
{
    write_u64(w, c->event.start_ms);
    write_u8(w, c->event.sensitive);
    write_u8(w, a->who == ROOM_PICKED);
    write_u16(w, (uint16_t)c->event.title.len);
    write_view(w, c->event.title);
    for (size_t i = 0; i < a->count; i++) write_bytes(w, a->picked[i].bytes, ID_BYTES);
    return writer_end(w);
}

static enum err event_parse(struct view data, struct event *out)
{
    struct reader in = reader_init(data);
    *out = (struct event){.start_ms = read_kept_ms(&in), .sensitive = read_u8(&in) != 0};
    out->who = read_u8(&in) ? ROOM_PICKED : ROOM_EVERYONE;
    out->title = read_view(&in, read_u16(&in));
    out->picked = read_view(&in, reader_left(&in));
    return reader_end(&in);
}

static enum err check_title(struct view title)
{
    bool bad = title.len > LIMIT_TITLE_BYTES || text_check(title, 1, LIMIT_TITLE_CHARS);
    return bad ? ERR_TITLE : OK;
}

enum err event_check(struct view data)
{
    struct event e;
    return event_parse(data, &e) || check_title(e.title) ? ERR_MALFORMED : OK;
}

/* We wrote it, and what was spoiled since did not come through the start. */
static struct event event_read(const struct slip *n)
{
    struct event e;
    return event_parse(n->is.data, &e) ? (struct event){.who = ROOM_PICKED} : e;
}

static bool is_picked(const struct event *e, struct id account)
{
    for (size_t i = 0; i + ID_BYTES <= e->picked.len; i += ID_BYTES)
        if (memcmp(e->picked.ptr + i, account.bytes, ID_BYTES) == 0) return true;
    return false;
}

static bool event_for(const struct slip *n, const struct event *e, const struct member *m)
{
    return e->who == ROOM_EVERYONE || n->member == m || is_picked(e, m->account);
}

static bool event_visible(const struct rooms *r, const struct slip *n, const struct member *m)
{
    struct event e = event_read(n);
    bool good = member_good(n->member) && !n->member->held && e.title.len;
    return good && event_for(n, &e, m) && !member_blocks(r, n->member, m);
}

struct event_info event_info(const struct slip *n)
{
    struct event e = event_read(n);
    return (struct event_info){
        n->is.id, n->member->account, member_name(n->member), e.title, e.start_ms, e.sensitive, e.who};
}

/* ---- telling -------------------------------------------------------------------------------------- */

/* To all who may see it, or could until now. */
static void tell(struct rooms *r, const struct slip *n, struct out out)
{
    size_t count = 0;
    struct event e = event_read(n);
    sock_name *socks = scratch_take(r, r->sock_count * sizeof(*socks));
    for (uint32_t i = 0; socks && i < r->sock_count; i++) {
        const struct member *m = r->socks[i]->member;
        if (m && !m->held && event_for(n, &e, m) && !member_blocks(r, n->member, m))
            socks[count++] = r->socks[i]->name;
    }
    send_many(r, socks, count, out);
}

static struct out gone_out(const struct slip *n)
{
    return (struct out){.kind = EVENT_EVENT_GONE, .event = {n->is.id}};
}

void event_changed(struct rooms *r, const struct slip *n, bool gone)
{
    struct event_info *info = scratch_take(r, sizeof(*info));
    if (gone || !info) {
        tell(r, n, gone_out(n));
        return;
    }
    *info = event_info(n);
    tell(r, n, (struct out){.kind = EVENT_EVENT, .events = {info, 1}});
}

void events_retell(struct rooms *r, const struct member *maker, const struct member *to)
{
    for (const struct slip *n = maker->slips; n && to && to->role == CLUB_MEMBER; n = n->next) {
        struct event_info *info = n->is.kind == SLIP_EVENT ? scratch_take(r, sizeof(*info)) : NULL;
        struct event e = info ? event_read(n) : (struct event){0};
        if (!info || !event_for(n, &e, to)) continue;
        *info = event_info(n);
        tell_member(r, to,
                    member_blocks(r, maker, to) ? gone_out(n)
                                                : (struct out){.kind = EVENT_EVENT, .events = {info, 1}});
    }
}

void events_show(struct rooms *r, const struct member *m, bool show)
{
    for (const struct slip *n = m->slips; n; n = n->next)
        if (n->is.kind == SLIP_EVENT) event_changed(r, n, !show);
}

void events_send(struct rooms *r, const struct sock *s)
{
    struct event_info *list =
        r->slip_kinds[SLIP_EVENT] ? scratch_take(r, r->slip_kinds[SLIP_EVENT] * sizeof(*list)) : NULL;
    size_t count = 0;
    for (uint32_t i = 0; list && i < r->slip_count; i++)
        if (r->slips[i]->is.kind == SLIP_EVENT && event_visible(r, r->slips[i], s->member))
            list[count++] = event_info(r->slips[i]);
    if (count) send_out(r, s, (struct out){.kind = EVENT_EVENTS, .events = {list, count}});
}

/* ---- the requests --------------------------------------------------------------------------------- */

static enum err check_event(const struct rooms *r, const struct member *m, const struct command *c)
{
    enum err e = check_title(c->event.title);
    if (e) return e;
    uint64_t start = c->event.start_ms;
    if (start <= r->now_ms || start - r->now_ms > LIMIT_EVENT_DAYS * (uint64_t)DAY_MS) return ERR_TIME;
    if (slip_count(m, SLIP_EVENT) >= LIMIT_EVENTS_PER_MEMBER) return ERR_MANY;
    return r->slip_kinds[SLIP_EVENT] >= LIMIT_EVENTS ? ERR_FULL : OK;
}

enum err do_event_new(struct rooms *r, struct sock *s, const struct command *c)
{
    struct audience a = {c->event.who, c->event.picked, c->event.picked_count};
    enum err e = check_event(r, s->member, c);
    if (!e) e = audience_take(r, s->member, &a);
    if (e) return e;
    uint8_t *bytes = scratch_take(r, LIMIT_SLIP_BYTES);
    struct slip_info to = {.kind = SLIP_EVENT, .account = s->member->account, .time_ms = r->now_ms};
    if (!bytes) return ERR_SYSTEM;
    struct writer w = writer_init(bytes, LIMIT_SLIP_BYTES);
    e = event_write(c, &a, &w);
    if (!e) e = r->config.random(r->config.user, to.id.bytes, ID_BYTES);
    to.data = writer_view(&w);
    return e ? e : slip_put(r, s, c, &to);
}

/* Its maker, or founder and admins: what they may not see is not there for them either. */
static struct slip *find_event(const struct rooms *r, const struct member *m, struct id event)
{
    struct slip *own = slip_find(r, SLIP_EVENT, m->account, event);
    if (own || m->role == CLUB_MEMBER) return own;
    for (uint32_t i = 0; i < r->slip_count; i++) {
        struct slip *n = r->slips[i];
        if (n->is.kind == SLIP_EVENT && id_eq(n->is.id, event) && event_visible(r, n, m)) return n;
    }
    return NULL;
}

enum err do_event_cancel(struct rooms *r, struct sock *s, const struct command *c)
{
    struct slip *n = find_event(r, s->member, c->close.id);
    if (!n) return ERR_NOT_FOUND;
    slip_drop(r, s, c, n);
    return OK;
}

bool event_over(const struct slip *n, uint64_t now_ms)
{
    return now_ms > event_read(n).start_ms + LIMIT_EVENT_STAY_MS;
}
