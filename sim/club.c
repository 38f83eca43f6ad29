/* What people do outside of rooms: they come into the club, sign records, follow, announce and report. */
#include "acts.h"

#include <stdio.h>

#include "crypt/sign.h"

enum { PATIENCE_MS = 8000, FIRST_MEMBERS = 8, CROWD = 68, SMALL_PICTURE = 40 };

static void come_anew(struct sim *s, struct player *p)
{
    world_disconnect(&s->w, p->a);
    server_carry_out(s);
    connect_player(s, p);
}

void act_come(struct sim *s, struct player *p)
{
    if (!p->a || p->a->sock || (!p->member && !p->invited)) return;
    connect_player(s, p);
    if (hello(s, p) == OK) p->member = true;
    p->invited = false;
}

/* ---- coming into the club ----------------------------------------------------------------------------- */

static bool store_waited(struct sim *s)
{
    for (uint32_t ms = 0; server_busy(s); ms += SLICE_MS) {
        if (ms > PATIENCE_MS) return false;
        sim_pass(s, SLICE_MS);
    }
    return true;
}

static struct player *stranger(struct sim *s)
{
    for (int i = 0; i < s->player_count; i++) {
        struct player *p = &s->players[i];
        if (p->member || p->invited) continue;
        if (!p->a) p->a = world_actor(&s->w);
        p->a->certificate = plane_certificate(s, p);
        return p;
    }
    return NULL;
}

static void redeem(struct sim *s, struct player *guest, const struct ticket *t)
{
    come_anew(s, guest);
    guest->invited = true;
    enum err e = world_redeem(&s->w, guest->a, t);
    server_carry_out(s);
    if (e) guest->invited = false;
    if (e || !store_waited(s) || !guest->a->sock) return;
    guest->member = hello(s, guest) == OK;
    guest->invited = false;
}

void invite(struct sim *s, struct player *by)
{
    struct player *guest = stranger(s);
    if (!guest || server_busy(s)) return;
    struct ticket t = world_ticket(&s->w, by->a, s->w.now + DAY_MS);
    enum err e = world_invite(&s->w, by->a, &t);
    server_carry_out(s);
    if (!e && store_waited(s)) redeem(s, guest, &t);
}

void act_found(struct sim *s)
{
    struct player *f = stranger(s);
    if (!f) world_fail("nobody founds the club");
    while (!f->member) {
        if (!f->a->sock) connect_player(s, f);
        if (!rooms_has_founder(s->w.r)) done(s, world_found(&s->w, f->a));
        if (store_waited(s) && rooms_has_founder(s->w.r) && f->a->sock) f->member = hello(s, f) == OK;
    }
    int first = s->player_count == SIM_PLAYERS ? CROWD : FIRST_MEMBERS;
    while ((int)rooms_stats(s->w.r).members < first) {
        act_come(s, f);
        invite(s, f);
        sim_pass(s, SLICE_MS);
    }
}

static size_t sign_record(const struct record *rec, const uint8_t first[32], const uint8_t second[32],
                          uint8_t out[LIMIT_RECORD_BYTES])
{
    struct writer w = writer_init(out, LIMIT_RECORD_BYTES);
    const uint8_t *seeds[] = {first, second};
    uint8_t sig[SIG_BYTES];
    if (record_write_body(&w, rec)) world_fail("record_write_body");
    struct view body = writer_view(&w);
    for (int i = 0; i < 2; i++) {
        if (sign_make(seeds[i], record_purpose(rec->type), body, sig)) world_fail("sign_make");
        write_bytes(&w, sig, sizeof(sig));
    }
    return w.len;
}

/* Another device of the account: it asks, a device of the account offers, it accepts (docs/protocol.md). */
void pair(struct sim *s, struct player *p)
{
    struct player *d = stranger(s);
    uint8_t bytes[LIMIT_RECORD_BYTES];
    if (!d || server_busy(s)) return;
    struct actor *a = d->a, before = *a;
    memcpy(a->account_seed, p->a->account_seed, sizeof(a->account_seed));
    a->account_key = p->a->account_key;
    a->account = p->a->account;
    a->role = p->a->role;
    come_anew(s, d);
    struct command open = from(d, COMMAND_PAIR_OPEN), find = from(p, COMMAND_PAIR_FIND),
                   offer = from(p, COMMAND_PAIR_OFFER);
    char code[16] = "";
    open.pair.key = offer.pair.key = a->device_key;
    (void)!world_apply(&s->w, &open);
    const struct out *o = world_out(&s->w, a->sock, REPLY_PAIR, 0);
    if (o) snprintf(code, sizeof(code), "%s", o->pair.code);
    server_carry_out(s);
    find.pair.code = view_str(code);
    ask(s, &find);
    struct record rec = {.type = RECORD_DEVICE_ADD,
                         .author = a->account,
                         .author_device = p->a->device,
                         .device_key = a->device_key,
                         .time_ms = s->w.now};
    size_t len = sign_record(&rec, p->a->device_seed, a->device_seed, bytes);
    offer.pair.body = (struct view){bytes, len - 2 * SIG_BYTES};
    offer.pair.sig = (struct view){bytes + offer.pair.body.len, SIG_BYTES};
    ask(s, &offer);
    memcpy(a->links, p->a->links, sizeof(a->links));
    a->link_count = p->a->link_count;
    a->links[a->link_count++] = hash_raw((struct view){bytes, len});
    enum err e = world_submit(&s->w, a, COMMAND_PAIR_ACCEPT, bytes, len);
    d->invited = e == OK;
    server_carry_out(s);
    if (!e && store_waited(s) && a->sock) {
        d->member = hello(s, d) == OK;
        d->invited = false;
    }
    if (d->member || d->invited) return;
    world_disconnect(&s->w, a);
    server_carry_out(s);
    *a = before; /* a stranger again */
}

/* ---- records ------------------------------------------------------------------------------------------ */

void record(struct sim *s, struct player *p)
{
    static const enum record_type types[] = {
        RECORD_ROLE,     RECORD_ROLE,      RECORD_BAN,          RECORD_UNBAN,         RECORD_UNBAN,
        RECORD_HOLD,     RECORD_RELEASE,   RECORD_RELEASE,      RECORD_DEVICE_REVOKE, RECORD_ROOM_UNBAN,
        RECORD_VETO,     RECORD_SUPERSEDE, RECORD_SUCCESSION,   RECORD_TRACE_KEY,     RECORD_TRACE_RELEASE,
        RECORD_RECOVERY, RECORD_DELETION,  RECORD_INVITE_REVOKE};
    struct player *by = sim_chance(s, 60) ? &s->players[0] : p; /* the founder may do most of it */
    const struct actor *on = anybody(s), *second = anybody(s), *heir = anybody(s);
    if (!by->a->sock || !by->member) return;
    struct record rec = {.type = types[sim_random(s, sizeof(types) / sizeof(*types))],
                         .target = on->account,
                         .second = second->account,
                         .second_device = second->device,
                         .successor = heir->account,
                         .host = anybody(s)->account,
                         .room = s->rooms[sim_random(s, SIM_ROOMS)],
                         .role = (uint8_t)(2 + sim_random(s, 2)),
                         .subtree = (uint8_t)sim_random(s, 2)};
    if (rec.type == RECORD_DEVICE_REVOKE) rec.target = on->device;
    if (rec.type == RECORD_DELETION && sim_chance(s, 70)) return; /* for good: or nobody is left */
    if (rec.type == RECORD_SUPERSEDE && sim_chance(s, 70)) return;
    world_noise(&s->w, rec.one_time_key.bytes, sizeof(rec.one_time_key.bytes));
    done(s, world_append(&s->w, by->a, &rec, rec.type == RECORD_SUPERSEDE ? second : NULL));
}

/* ---- the rest of the protocol ------------------------------------------------------------------------- */

void profile(struct sim *s, struct player *p)
{
    struct command c = from(p, COMMAND_PROFILE_SET);
    uint8_t picture[SMALL_PICTURE] = {0xff, 0xd8, 0xff};
    char handle[] = "handle_0";
    handle[7] = (char)('0' + sim_random(s, 10));
    c.profile.handle = sim_random(s, 2);
    c.profile.to.handle = sim_random(s, 4) ? view_str(handle) : (struct view){0};
    c.profile.name = sim_random(s, 2);
    c.profile.to.name = view_str(sim_random(s, 2) ? "Ada" : p->a->name);
    c.profile.bio = sim_random(s, 2);
    c.profile.to.bio = view_str("Listens.");
    c.profile.pronouns = sim_random(s, 2);
    c.profile.to.pronouns = view_str("they");
    c.profile.picture = sim_random(s, 2);
    c.profile.to.picture = VIEW(picture);
    ask(s, &c);
}

void passkeys(struct sim *s, struct player *p)
{
    struct passkey_info list[LIMIT_PASSKEYS];
    uint8_t bytes[LIMIT_PASSKEYS][16];
    struct command c = from(p, COMMAND_PASSKEY_SET);
    c.passkeys.count = sim_random(s, LIMIT_PASSKEYS);
    c.passkeys.list = list;
    for (size_t i = 0; i < c.passkeys.count; i++) {
        world_noise(&s->w, bytes[i], sizeof(bytes[i]));
        list[i] = (struct passkey_info){VIEW(bytes[i]), VIEW(bytes[i])};
    }
    ask(s, &c);
}

void tie(struct sim *s, struct player *p)
{
    struct command c = from(p, sim_random(s, 3) ? COMMAND_PEOPLE_FOLLOW : COMMAND_PEOPLE_BLOCK);
    c.tie.account = anybody(s)->account;
    c.tie.on = sim_random(s, 3);
    ask(s, &c);
}

void event(struct sim *s, struct player *p)
{
    struct command c = from(p, COMMAND_EVENT_NEW);
    c.event.title = view_str("Concert");
    c.event.start_ms = s->w.now + sim_random(s, DAY_MS);
    c.event.who = sim_random(s, 2) ? ROOM_EVERYONE : ROOM_FOLLOWED;
    ask(s, &c);
}

static void sign_report(const struct actor *a, struct command *c)
{
    uint8_t bytes[1024];
    struct writer w = writer_init(bytes, sizeof(bytes));
    write_u8(&w, 1);
    write_bytes(&w, a->account.bytes, ID_BYTES);
    write_bytes(&w, a->device.bytes, ID_BYTES);
    write_bytes(&w, c->report.is.target.bytes, ID_BYTES);
    write_bytes(&w, c->report.is.room.bytes, ID_BYTES);
    write_u8(&w, (uint8_t)c->report.is.reason);
    write_u64(&w, c->report.is.time_ms);
    write_u16(&w, (uint16_t)c->report.is.text.len);
    write_view(&w, c->report.is.text);
    write_u16(&w, (uint16_t)c->report.is.evidence.len);
    write_view(&w, c->report.is.evidence);
    if (sign_make(a->device_seed, "report", writer_view(&w), c->report.sig)) world_fail("sign_make");
}

void report(struct sim *s, struct player *p)
{
    struct command c = from(p, COMMAND_REPORT);
    c.report.is = (struct report_fields){.target = anybody(s)->account,
                                         .reason = REPORT_SPAM,
                                         .time_ms = s->w.now,
                                         .text = view_str("again and again"),
                                         .evidence = view_str("buy")};
    sign_report(p->a, &c);
    ask(s, &c);
}

/* Takes back the first event or report of anybody that there is. */
void take_back(struct sim *s, struct player *p)
{
    bool of_events = sim_random(s, 2);
    struct command c = from(p, of_events ? COMMAND_EVENT_CANCEL : COMMAND_REPORT_CLOSE);
    if (!check_some_slip(s, of_events ? SLIP_EVENT : SLIP_REPORT, &c.close.by, &c.close.id)) return;
    c.close.untrue = sim_random(s, 2);
    if (!of_events) c.sock = s->players[0].a->sock; /* the founder reads them */
    if (c.sock) ask(s, &c);
}

void read_something(struct sim *s, struct player *p)
{
    static const enum command_kind kinds[] = {COMMAND_LOG_READ,    COMMAND_DEVICE_LIST, COMMAND_CLAIM_LIST,
                                              COMMAND_INVITE_LIST, COMMAND_EXPORT,      COMMAND_PASSKEY_LIST,
                                              COMMAND_MOD_LIST,    COMMAND_PEOPLE_LIST, COMMAND_REPORT_LIST,
                                              COMMAND_TRACE_LIST,  COMMAND_TRACE_READ,  COMMAND_PROFILE_READ,
                                              COMMAND_CHAIN_READ,   COMMAND_CLUB_READ};
    struct id whom = anybody(s)->account;
    struct command c = from(p, kinds[sim_random(s, sizeof(kinds) / sizeof(*kinds))]);
    if (c.kind == COMMAND_PROFILE_READ || c.kind == COMMAND_CHAIN_READ) c.chains.accounts = &whom;
    if (c.chains.accounts) c.chains.count = 1;
    if (c.kind == COMMAND_TRACE_READ) c.trace.room = s->rooms[sim_random(s, SIM_ROOMS)];
    ask(s, &c);
}
