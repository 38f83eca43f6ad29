/* Claims that wait for their second signature, in memory: one who vouches for somebody that lost every device
 * leaves its half here, and the founder or admin whom it names signs the other half and appends the record.
 */
#include "rooms/state.h"

#include "crypt/sign.h"
#include "rooms/rules.h"

static enum err parse(const struct open_claim *claim, struct record *out)
{
    return record_parse(out, (struct view){claim->bytes, claim->len});
}

static void drop(struct rooms *r, uint32_t i)
{
    r->claims[i] = r->claims[--r->claim_count];
}

void claims_expire(struct rooms *r)
{
    for (uint32_t i = r->claim_count; i-- > 0;)
        if (r->now_ms >= r->claims[i].time_ms + LIMIT_CLAIM_SIGN_MS) drop(r, i);
}

/* For this target there is a record now, or a newer half. */
static void forget(struct rooms *r, struct id target, struct id author)
{
    struct record rec;
    for (uint32_t i = r->claim_count; i-- > 0;)
        if (parse(&r->claims[i], &rec) || (id_eq(rec.target, target) && id_eq(rec.author, author)))
            drop(r, i);
}

void claim_done(struct rooms *r, const struct record *rec)
{
    const struct member *target = log_member(&r->log, rec->target), *by = target->claim.successor;
    forget(r, rec->target, rec->author);
    struct out out = {.kind = EVENT_CLAIMED};
    out.claimed.successor = by->account;
    out.claimed.name = member_name(by);
    out.claimed.until_ms = claim_until_ms(&target->claim);
    tell_member(r, target, out);
}

/* Parses and checks one half: body and the author's signature; the other's stays zeros. */
static enum err take_half(const struct rooms *r, const struct sock *s, const struct command *c,
                          struct open_claim *out)
{
    static const uint8_t unsigned_yet[SIG_BYTES];
    struct record rec;
    struct member *author;
    struct device *device;
    struct writer w = writer_init(out->bytes, sizeof(out->bytes));
    write_view(&w, c->claim.body);
    write_bytes(&w, c->claim.sig, SIG_BYTES);
    write_bytes(&w, unsigned_yet, SIG_BYTES);
    enum err e = writer_end(&w);
    if (!e) e = record_parse(&rec, writer_view(&w));
    if (!e && rec.type != RECORD_SUPERSEDE) e = ERR_MALFORMED;
    if (!e) e = find_signer(&r->log, rec.author, rec.author_device, &author, &device);
    if (!e && device != s->device) e = ERR_FORBIDDEN;
    if (!e) e = sign_verify(&device->key, record_purpose(rec.type), rec.body, rec.sig[0]);
    if (!e) e = check_claim(&r->log, &rec, author);
    const struct member *second = log_member(&r->log, rec.second);
    if (!e && (!second || second->role > CLUB_ADMIN)) e = ERR_FORBIDDEN;
    out->len = w.len;
    out->time_ms = r->now_ms;
    return e;
}

static struct claim_info claim_info(const struct rooms *r, const struct open_claim *claim)
{
    struct record rec;
    struct claim_info info = {0};
    if (parse(claim, &rec)) return info; /* it parsed when it came */
    info.body = rec.body;
    memcpy(info.sig, rec.sig[0], SIG_BYTES);
    info.by = rec.author;
    info.target = rec.target;
    info.successor = rec.successor;
    info.by_name = member_name(log_member(&r->log, rec.author));
    info.target_name = member_name(log_member(&r->log, rec.target));
    info.successor_name = member_name(log_member(&r->log, rec.successor));
    return info;
}

enum err do_claim_open(struct rooms *r, struct sock *s, const struct command *c)
{
    struct open_claim claim;
    struct record rec;
    enum err e = take_half(r, s, c, &claim);
    if (!e) e = parse(&claim, &rec);
    if (e) return e;
    forget(r, rec.target, rec.author);
    if (r->claim_count == LIMIT_CLAIMS) return ERR_FULL;
    struct claim_info *info = scratch_take(r, sizeof(*info));
    if (!info) return ERR_SYSTEM;
    r->claims[r->claim_count] = claim;
    *info = claim_info(r, &r->claims[r->claim_count++]);
    reply_ok(r, s, c);
    tell_admins(r, (struct out){.kind = EVENT_CLAIM, .claims = {info, 1}}, NULL);
    return OK;
}

enum err do_claim_list(struct rooms *r, struct sock *s, const struct command *c)
{
    if (s->member->role > CLUB_ADMIN) return ERR_FORBIDDEN;
    struct claim_info *list = scratch_take(r, LIMIT_CLAIMS * sizeof(*list));
    if (!list) return ERR_SYSTEM;
    for (uint32_t i = 0; i < r->claim_count; i++) list[i] = claim_info(r, &r->claims[i]);
    send_out(r, s,
             (struct out){.kind = REPLY_CLAIMS, .request = c->request, .claims = {list, r->claim_count}});
    return OK;
}
