/* New devices. One that has only its key waits here, as a visitor, until a device of some account finds it by
 * the code on its screen and signs for it; or the account's recovery key does. All of it is in memory:
 * whoever is interrupted begins again. */
#include "rooms/state.h"

#include "crypt/sign.h"

/* Crockford's base32: nothing that people confuse. */
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
static_assert(sizeof(alphabet) == 32 + 1, "five random bits a character");

enum { FINDS_IN_RESERVE = 10 };

static struct pair *pair_of(struct rooms *r, sock_name sock)
{
    for (uint32_t i = 0; i < r->pair_count; i++)
        if (r->pairs[i].sock == sock) return &r->pairs[i];
    return NULL;
}

static struct pair *pair_with(struct rooms *r, const struct key *key)
{
    for (uint32_t i = 0; i < r->pair_count; i++)
        if (key_eq(r->pairs[i].key, *key)) return &r->pairs[i];
    return NULL;
}

static void drop(struct rooms *r, struct pair *p)
{
    *p = r->pairs[--r->pair_count];
}

/* It refused, or nobody sits there any more: whoever offered it a place need not wait. */
static void give_up(struct rooms *r, struct pair *p)
{
    if (p->by) tell_member(r, p->by, (struct out){.kind = EVENT_PAIR_GONE, .unpaired = {p->key}});
    drop(r, p);
}

void pair_forget(struct rooms *r, sock_name sock)
{
    struct pair *p = pair_of(r, sock);
    if (p) give_up(r, p);
}

void pairs_expire(struct rooms *r)
{
    for (uint32_t i = r->pair_count; i-- > 0;)
        if (r->now_ms >= r->pairs[i].until_ms) give_up(r, &r->pairs[i]);
}

/* ---- the new device --------------------------------------------------------------------------------- */

enum err do_pair_open(struct rooms *r, struct sock *s, const struct command *c)
{
    uint8_t noise[PAIR_CODE_CHARS];
    if (s->member) return ERR_STATE;
    if (log_device(&r->log, id_of_key("device", &c->pair.key))) return ERR_REPLAY;
    pair_forget(r, s->name);
    if (pair_with(r, &c->pair.key)) return ERR_STATE; /* waits on another socket */
    if (r->pair_count == LIMIT_PAIRS) return ERR_FULL;
    enum err e = r->config.random(r->config.user, noise, sizeof(noise));
    if (e) return e;
    struct pair *p = &r->pairs[r->pair_count++];
    *p = (struct pair){.sock = s->name, .key = c->pair.key, .until_ms = r->now_ms + LIMIT_PAIR_MS};
    for (size_t i = 0; i < PAIR_CODE_CHARS; i++) p->code[i] = alphabet[noise[i] & 31];
    struct out out = {.kind = REPLY_PAIR, .request = c->request};
    out.pair.code = p->code;
    out.pair.until_ms = p->until_ms;
    send_out(r, s, out);
    return OK;
}

enum err pair_check(const struct rooms *r, const struct sock *s, const struct record *rec)
{
    const struct pair *p = pair_of((struct rooms *)r, s->name);
    if (!p || !p->by) return ERR_STATE;
    return view_eq(rec->body, (struct view){p->body, p->body_len}) ? OK : ERR_FORBIDDEN;
}

void pair_done(struct rooms *r, const struct device *d)
{
    struct pair *p = pair_with(r, &d->key);
    tell_member(r, d->member, (struct out){.kind = EVENT_PAIR_DONE, .paired = {d->id}});
    if (p) drop(r, p);
}

/* ---- a device of the account ------------------------------------------------------------------------ */

enum err do_pair_find(struct rooms *r, struct sock *s, const struct command *c)
{
    struct member *m = s->member;
    enum err e = pace_check(r, m->find_due_ms, (uint64_t)LIMIT_PAIR_FIND_MS * FINDS_IN_RESERVE);
    if (e) return e;
    pace_note(r, &m->find_due_ms, LIMIT_PAIR_FIND_MS);
    for (uint32_t i = 0; i < r->pair_count; i++) {
        if (!view_eq(c->pair.code, view_str(r->pairs[i].code))) continue;
        struct out out = {.kind = REPLY_PAIR_KEY, .request = c->request};
        out.pair.key = r->pairs[i].key;
        send_out(r, s, out);
        return OK;
    }
    return ERR_NOT_FOUND;
}

/* The body of a device-add by this session, for this key; and its first signature, once the words were
 * compared. */
static enum err check_offer(const struct sock *s, const struct command *c)
{
    uint8_t bytes[LIMIT_RECORD_BYTES];
    struct writer w = writer_init(bytes, sizeof(bytes));
    static const uint8_t unsigned_yet[SIG_BYTES];
    struct record rec;
    write_view(&w, c->pair.body);
    write_view(&w, c->pair.sig.len ? c->pair.sig : VIEW(unsigned_yet));
    write_bytes(&w, unsigned_yet, SIG_BYTES);
    enum err e = writer_end(&w);
    if (!e) e = record_parse(&rec, writer_view(&w));
    if (!e && rec.type != RECORD_DEVICE_ADD) e = ERR_MALFORMED;
    if (e) return e;
    bool own = id_eq(rec.author, s->member->account) && id_eq(rec.author_device, s->device->id);
    if (!own || !key_eq(rec.device_key, c->pair.key)) return ERR_FORBIDDEN;
    if (!c->pair.sig.len) return OK;
    return sign_verify(&s->device->key, record_purpose(rec.type), rec.body, rec.sig[0]);
}

enum err do_pair_offer(struct rooms *r, struct sock *s, const struct command *c)
{
    struct pair *p = pair_with(r, &c->pair.key);
    if (!p) return ERR_NOT_FOUND;
    if (p->by && p->by != s->member) return ERR_STATE; /* another account was first */
    enum err e = c->pair.body.len ? check_offer(s, c) : OK;
    if (e) return e;
    p->by = c->pair.body.len ? s->member : NULL;
    p->body_len = c->pair.body.len;
    reply_ok(r, s, c);
    if (!p->by) return OK; /* taken back: the new device can still find out, nothing it has counts */
    memcpy(p->body, c->pair.body.ptr, p->body_len);
    struct out out = {.kind = EVENT_PAIR_OFFER};
    out.offer.account = s->member->account;
    out.offer.founder = r->log.members[0]->account;
    out.offer.body = (struct view){p->body, p->body_len};
    out.offer.sig = c->pair.sig;
    const struct sock *device = sock_find(r, p->sock);
    if (device) send_out(r, device, out);
    return OK;
}

/* ---- recovery --------------------------------------------------------------------------------------- */

enum err do_recovery_look(struct rooms *r, struct sock *s, const struct command *c)
{
    if (s->member) return ERR_STATE;
    enum err e = check_look(s, &c->look.invite, c->look.sig);
    if (e) return e; /* before anything is said about the key */
    const struct member *m = log_recovery(&r->log, &c->look.invite);
    bool usable = m && member_good(m) && !m->held && key_eq(m->recovery_key, c->look.invite);
    if (!usable) return ERR_NOT_FOUND;
    struct out out = {.kind = REPLY_RECOVERY, .request = c->request};
    out.recovery.account = m->account;
    out.recovery.name = member_name(m);
    send_out(r, s, out);
    return OK;
}
