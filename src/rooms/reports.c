/* Reports: what somebody saw, signed by their device, for founder and admins alone. What it says is deleted
 * when it is closed or after 30 days. One that was not true leaves a mark for 30 days; with a second mark its
 * author reports nobody meanwhile. Evidence is text: what their own screen showed. There is no audio in it,
 * and no way to send any. */
#include "rooms/ties.h"

#include <stdlib.h>

#include "base/without.h"
#include "crypt/sign.h"

enum { REPORT_VERSION = 1, REPORTS_CHUNK = 100, DAY_MS = 24 * 60 * 60 * 1000 };
enum state {
    WAITS,
    UNTRUE
}; /* first byte of the slip; what was signed and the signature follow if it waits */

static enum err report_write(const struct report_fields *f, struct id author, struct id device,
                             struct writer *w)
{
    write_u8(w, REPORT_VERSION);
    write_bytes(w, author.bytes, ID_BYTES);
    write_bytes(w, device.bytes, ID_BYTES);
    write_bytes(w, f->target.bytes, ID_BYTES);
    write_bytes(w, f->room.bytes, ID_BYTES);
    write_u8(w, (uint8_t)f->reason);
    write_u64(w, f->time_ms);
    write_u16(w, (uint16_t)f->text.len);
    write_view(w, f->text);
    write_u16(w, (uint16_t)f->evidence.len);
    write_view(w, f->evidence);
    return writer_end(w);
}

static bool waits(const struct slip *n)
{
    return n->is.kind == SLIP_REPORT && n->is.data.len && n->is.data.ptr[0] == WAITS;
}

/* False: we did not write this. */
static bool report_parse(struct view data, struct report_info *out)
{
    struct reader in = reader_init(data);
    read_skip(&in, 2); /* state, version */
    read_bytes(&in, out->by.bytes, ID_BYTES);
    read_bytes(&in, out->device.bytes, ID_BYTES);
    read_bytes(&in, out->is.target.bytes, ID_BYTES);
    read_bytes(&in, out->is.room.bytes, ID_BYTES);
    out->is.reason = read_u8(&in);
    out->is.time_ms = read_kept_ms(&in);
    out->is.text = read_view(&in, read_u16(&in));
    out->is.evidence = read_view(&in, read_u16(&in));
    out->sig = read_view(&in, SIG_BYTES);
    return reader_end(&in) == OK && out->is.reason <= REPORT_OTHER;
}

/* Nobody judges a report about themselves. */
static bool is_for(const struct slip *n, const struct member *m)
{
    return waits(n) && m->role <= CLUB_ADMIN && !id_eq(n->is.about, m->account);
}

static size_t untrue(const struct member *m)
{
    size_t count = 0;
    for (const struct slip *n = m->slips; n; n = n->next) count += n->is.kind == SLIP_REPORT && !waits(n);
    return count;
}

static uint64_t until_ms(const struct slip *n)
{
    return n->is.time_ms + LIMIT_REPORT_DAYS * (uint64_t)DAY_MS;
}

bool report_over(const struct slip *n, uint64_t now_ms)
{
    return now_ms >= until_ms(n);
}

/* ---- telling -------------------------------------------------------------------------------------- */

static size_t waiting(const struct rooms *r, const struct member *m)
{
    size_t count = 0;
    if (!r->slip_kinds[SLIP_REPORT]) return 0;
    for (uint32_t i = 0; i < r->slip_count; i++) count += is_for(r->slips[i], m);
    return count;
}

void reports_tell(struct rooms *r, const struct sock *s)
{
    size_t count = s->member->role <= CLUB_ADMIN ? waiting(r, s->member) : 0;
    if (count) send_out(r, s, (struct out){.kind = EVENT_REPORTS, .reports = {NULL, count}});
}

void report_changed(struct rooms *r)
{
    for (uint32_t i = 0; i < r->sock_count; i++) {
        const struct sock *s = r->socks[i];
        if (!s->member || s->member->role > CLUB_ADMIN) continue;
        send_out(r, s, (struct out){.kind = EVENT_REPORTS, .reports = {NULL, waiting(r, s->member)}});
    }
}

/* ---- report --------------------------------------------------------------------------------------- */

/* Several lines, each of which can be shown. */
static enum err check_text(struct view text)
{
    if (text.len > LIMIT_REPORT_CHARS * 4) return ERR_TEXT;
    struct reader in = reader_init(text);
    size_t start = 0;
    for (size_t i = 0; i <= text.len; i++) {
        if (i < text.len && text.ptr[i] != '\n') continue;
        if (text_check(read_view(&in, i - start), 0, LIMIT_REPORT_CHARS)) return ERR_TEXT;
        read_skip(&in, i < text.len);
        start = i + 1;
    }
    return OK;
}

/* What is left of one that was not true is a byte. */
enum err report_check(struct view data)
{
    struct report_info info;
    if (data.len == 1 && data.ptr[0] == UNTRUE) return OK;
    if (!data.len || data.ptr[0] != WAITS || !report_parse(data, &info)) return ERR_MALFORMED;
    return check_text(info.is.text) || check_text(info.is.evidence) ? ERR_MALFORMED : OK;
}

/* Two marks within the time that they stand: until the older one is gone. */
static enum err check_marks(struct rooms *r, const struct member *m)
{
    uint64_t first = UINT64_MAX;
    if (untrue(m) < LIMIT_FALSE_REPORTS) return OK;
    for (const struct slip *n = m->slips; n; n = n->next)
        if (n->is.kind == SLIP_REPORT && !waits(n) && until_ms(n) < first) first = until_ms(n);
    r->retry_after_ms = first > r->now_ms ? (uint32_t)(first - r->now_ms) : LIMIT_SLIPS_MS;
    return ERR_RATE;
}

static enum err check_report(struct rooms *r, const struct member *m, const struct report_fields *f)
{
    const struct member *target = log_member(&r->log, f->target);
    if (!target || !target->name_len || target == m) return ERR_NOT_FOUND;
    uint64_t apart = f->time_ms > r->now_ms ? f->time_ms - r->now_ms : r->now_ms - f->time_ms;
    if (apart > LIMIT_REPORT_CLOCK_MS) return ERR_TIME;
    enum err e = check_text(f->text);
    if (!e) e = check_text(f->evidence);
    if (!e) e = check_marks(r, m);
    if (e) return e;
    if (slip_count(m, SLIP_REPORT) - untrue(m) >= LIMIT_REPORTS_PER_MEMBER) return ERR_MANY;
    return r->slip_kinds[SLIP_REPORT] >= LIMIT_REPORTS ? ERR_FULL : OK;
}

enum err do_report(struct rooms *r, struct sock *s, const struct command *c)
{
    const struct report_fields *f = &c->report.is;
    struct slip_info to = {
        .kind = SLIP_REPORT, .account = s->member->account, .about = f->target, .time_ms = r->now_ms};
    enum err e = check_report(r, s->member, f);
    uint8_t *bytes = scratch_take(r, LIMIT_SLIP_BYTES);
    if (e || !bytes) return e ? e : ERR_SYSTEM;
    struct writer w = writer_init(bytes + 1, LIMIT_SLIP_BYTES - 1);
    bytes[0] = WAITS;
    e = report_write(f, s->member->account, s->device->id, &w);
    if (!e) e = sign_verify(&s->device->key, "report", writer_view(&w), c->report.sig);
    if (e) return e;
    struct hash h = hash_raw(writer_view(&w));
    memcpy(to.id.bytes, h.bytes, ID_BYTES); /* what was signed once is one report */
    if (slip_find(r, SLIP_REPORT, to.account, to.id)) return ERR_REPLAY;
    write_bytes(&w, c->report.sig, SIG_BYTES);
    e = writer_end(&w);
    to.data = (struct view){bytes, 1 + w.len};
    return e ? e : slip_put(r, s, c, &to);
}

/* ---- founder and admins --------------------------------------------------------------------------- */

bool report_info(const struct rooms *r, const struct slip *n, struct report_info *out)
{
    *out = (struct report_info){.report = n->is.id, .until_ms = until_ms(n)};
    if (!waits(n) || !report_parse(n->is.data, out)) return false;
    const struct member *target = log_member(&r->log, out->is.target);
    const struct room *room = room_find(r, out->is.room);
    out->by_name = member_name(n->member);
    out->untrue = (uint32_t)untrue(n->member);
    if (target) out->target_name = member_name(target);
    if (room) out->room = (struct view){room->title, room->title_len};
    return true;
}

static int oldest_first(const void *a, const void *b)
{
    const struct report_info *x = a, *y = b;
    return x->until_ms < y->until_ms ? -1 : x->until_ms > y->until_ms;
}

enum err do_report_list(struct rooms *r, struct sock *s, const struct command *c)
{
    if (s->member->role > CLUB_ADMIN && !without(WITHOUT_REPORT_READERS)) return ERR_FORBIDDEN;
    struct report_info *list = scratch_take(r, waiting(r, s->member) * sizeof(*list) + 1);
    size_t count = 0;
    if (!list) return ERR_SYSTEM;
    for (uint32_t i = 0; i < r->slip_count; i++)
        if (is_for(r->slips[i], s->member) && report_info(r, r->slips[i], &list[count])) count++;
    qsort(list, count, sizeof(*list), oldest_first);
    if (count > REPORTS_CHUNK) count = REPORTS_CHUNK;
    send_out(r, s, (struct out){.kind = REPLY_REPORTS, .request = c->request, .reports = {list, count}});
    return OK;
}

enum err do_report_close(struct rooms *r, struct sock *s, const struct command *c)
{
    static const uint8_t mark[] = {UNTRUE};
    if (s->member->role > CLUB_ADMIN) return ERR_FORBIDDEN;
    struct slip *n = slip_find(r, SLIP_REPORT, c->close.by, c->close.id);
    if (!n || !is_for(n, s->member)) return ERR_NOT_FOUND;
    if (!c->close.untrue) {
        slip_drop(r, s, c, n);
        return OK;
    }
    struct slip_info to = {
        .kind = SLIP_REPORT, .account = n->is.account, .id = n->is.id, .time_ms = r->now_ms};
    to.data = VIEW(mark);
    return slip_put(r, s, c, &to);
}
