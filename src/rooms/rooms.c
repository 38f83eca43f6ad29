/* The table of commands, sockets and sessions, ticks. */
#include "rooms/officers.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/without.h"
#include "crypt/sign.h"

/* NEED_HELLO: a session, even of somebody who is held for review and may only look on. */
enum need { NEED_NOTHING, NEED_SOCKET, NEED_OPERATOR, NEED_HELLO, NEED_SESSION };

static enum err do_socket_closed(struct rooms *r, struct sock *s, const struct command *c);

static const struct {
    command_fn run; /* NULL: handled by rooms_apply itself */
    enum need need;
    bool record; /* changes what is stored: one at a time */
} commands[COMMAND_COUNT] = {
    [COMMAND_SOCKET_OPEN] = {NULL, NEED_NOTHING, false},
    [COMMAND_PEER_UP] = {NULL, NEED_NOTHING, false},
    [COMMAND_PEER_DOWN] = {NULL, NEED_NOTHING, false},
    [COMMAND_SOCKET_CLOSED] = {do_socket_closed, NEED_SOCKET, false},
    [COMMAND_LOOK] = {do_look, NEED_SOCKET, false},
    [COMMAND_REDEEM] = {do_record, NEED_SOCKET, true},
    [COMMAND_HELLO] = {do_hello, NEED_SOCKET, false},
    [COMMAND_PAIR_OPEN] = {do_pair_open, NEED_SOCKET, false},
    [COMMAND_PAIR_ACCEPT] = {do_record, NEED_SOCKET, true},
    [COMMAND_RECOVERY_LOOK] = {do_recovery_look, NEED_SOCKET, false},
    [COMMAND_RECOVERY_USE] = {do_record, NEED_SOCKET, true},
    [COMMAND_LOG_APPEND] = {do_record, NEED_SESSION, true},
    [COMMAND_LOG_READ] = {do_log_read, NEED_HELLO, false},
    [COMMAND_DEVICE_LIST] = {do_device_list, NEED_SESSION, false},
    [COMMAND_PAIR_FIND] = {do_pair_find, NEED_SESSION, false},
    [COMMAND_PAIR_OFFER] = {do_pair_offer, NEED_SESSION, false},
    [COMMAND_CLAIM_OPEN] = {do_claim_open, NEED_SESSION, false},
    [COMMAND_CLAIM_LIST] = {do_claim_list, NEED_SESSION, false},
    [COMMAND_INVITE_LIST] = {do_invite_list, NEED_SESSION, false},
    [COMMAND_CHAIN_READ] = {do_chain_read, NEED_HELLO, false},
    [COMMAND_CLUB_READ] = {do_club_read, NEED_SESSION, false},
    [COMMAND_PROFILE_READ] = {do_profile_read, NEED_SESSION, false},
    [COMMAND_PROFILE_SET] = {do_profile_set, NEED_SESSION, true},
    [COMMAND_EXPORT] = {do_export, NEED_HELLO, false},
    [COMMAND_PASSKEY_SET] = {do_passkey_set, NEED_SESSION, true},
    [COMMAND_PASSKEY_LIST] = {do_passkey_list, NEED_SESSION, false},
    [COMMAND_PASSKEY_LOOK] = {do_passkey_look, NEED_SOCKET, false},
    [COMMAND_MOD_LIST] = {do_mod_list, NEED_SESSION, false},
    [COMMAND_ADMIN_HEALTH] = {do_admin_health, NEED_SESSION, false},
    [COMMAND_ADMIN_INVITES] = {do_admin_invites, NEED_SESSION, false},
    [COMMAND_ADMIN_FIND] = {do_admin_find, NEED_SESSION, false},
    [COMMAND_ADMIN_ALERTS] = {do_admin_alerts, NEED_SESSION, false},
    [COMMAND_OPERATOR_MEMBERS] = {do_operator_members, NEED_OPERATOR, false},
    [COMMAND_OPERATOR_EXPORT] = {do_operator_export, NEED_OPERATOR, false},
    [COMMAND_OPERATOR_STATS] = {do_operator_stats, NEED_OPERATOR, false},
    [COMMAND_PEOPLE_FOLLOW] = {do_people_follow, NEED_SESSION, true},
    [COMMAND_PEOPLE_BLOCK] = {do_people_block, NEED_SESSION, true},
    [COMMAND_PEOPLE_LIST] = {do_people_list, NEED_SESSION, false},
    [COMMAND_EVENT_NEW] = {do_event_new, NEED_SESSION, true},
    [COMMAND_EVENT_CANCEL] = {do_event_cancel, NEED_SESSION, true},
    [COMMAND_REPORT] = {do_report, NEED_SESSION, true},
    [COMMAND_REPORT_LIST] = {do_report_list, NEED_SESSION, false},
    [COMMAND_REPORT_CLOSE] = {do_report_close, NEED_SESSION, true},
    [COMMAND_ROOM_OPEN] = {do_room_open, NEED_SESSION, false},
    [COMMAND_ROOM_JOIN] = {do_room_join, NEED_SESSION, false},
    [COMMAND_ROOM_PATH] = {do_room_path, NEED_SESSION, false},
    [COMMAND_ROOM_LEAVE] = {do_room_leave, NEED_SESSION, false},
    [COMMAND_ROOM_END] = {do_room_end, NEED_SESSION, false},
    [COMMAND_ROOM_HAND] = {do_room_hand, NEED_SESSION, false},
    [COMMAND_ROOM_MUTE] = {do_room_mute, NEED_SESSION, false},
    [COMMAND_ROOM_BRING] = {do_room_bring, NEED_SESSION, false},
    [COMMAND_ROOM_ANSWER] = {do_room_answer, NEED_SESSION, false},
    [COMMAND_ROOM_SEND_BACK] = {do_room_send_back, NEED_SESSION, false},
    [COMMAND_ROOM_MUTE_OTHER] = {do_room_mute_other, NEED_SESSION, false},
    [COMMAND_ROOM_REMOVE] = {do_room_remove, NEED_SESSION, true},
    [COMMAND_ROOM_READMIT] = {do_room_readmit, NEED_SESSION, false},
    [COMMAND_ROOM_ROLE] = {do_room_role, NEED_SESSION, false},
    [COMMAND_ROOM_LOCK] = {do_room_lock, NEED_SESSION, false},
    [COMMAND_ROOM_TITLE] = {do_room_title, NEED_SESSION, false},
    [COMMAND_ROOM_HANDS] = {do_room_hands, NEED_SESSION, false},
    [COMMAND_ROOM_LOWER] = {do_room_lower, NEED_SESSION, false},
    [COMMAND_ROOM_LOWER_ALL] = {do_room_lower_all, NEED_SESSION, false},
    [COMMAND_ROOM_PING] = {do_room_ping, NEED_SESSION, false},
    [COMMAND_ROOM_KNOCK] = {do_room_knock, NEED_SESSION, false},
    [COMMAND_ROOM_KEYS] = {do_room_keys, NEED_SESSION, false},
    [COMMAND_ROOM_SEALS] = {do_room_seals, NEED_SESSION, false},
    [COMMAND_ROOM_BEAT] = {do_room_beat, NEED_SESSION, false},
    [COMMAND_ROOM_TAGS] = {do_room_tags, NEED_SESSION, false},
    [COMMAND_ROOM_KEM] = {do_room_kem, NEED_SESSION, false},
    [COMMAND_ROOM_SAY] = {do_room_say, NEED_SESSION, false},
    [COMMAND_ROOM_REACT] = {do_room_react, NEED_SESSION, false},
    [COMMAND_ROOM_NOTE] = {do_room_note, NEED_SESSION, false},
    [COMMAND_ROOM_PIN] = {do_room_pin, NEED_SESSION, false},
    [COMMAND_ROOM_SILENCE] = {do_room_silence, NEED_SESSION, false},
    [COMMAND_ROOM_TWIN] = {do_room_twin, NEED_SESSION, false},
    [COMMAND_TRACE_LIST] = {do_trace_list, NEED_SESSION, false},
    [COMMAND_TRACE_READ] = {do_trace_read, NEED_SESSION, false},
    [COMMAND_OPERATOR_TRACE] = {do_operator_trace, NEED_OPERATOR, false},
};

/* ---- life ----------------------------------------------------------------------------------------- */

enum err rooms_new(struct rooms **out, const struct rooms_config *config)
{
    if (config->club_name.len > LIMIT_NAME_BYTES) return ERR_NAME;
    struct rooms *r = calloc(1, sizeof(*r));
    if (!r) return ERR_SYSTEM;
    r->config = *config;
    if (config->club_name.len) memcpy(r->club_name, config->club_name.ptr, config->club_name.len);
    r->config.club_name.ptr = r->club_name;
    enum err e = log_init(&r->log);
    if (!e) e = map_init(&r->by_sock, sizeof(sock_name), LIMIT_SOCKETS);
    if (!e) e = map_init(&r->by_room, ID_BYTES, LIMIT_ROOMS);
    if (!e) e = map_init(&r->by_peer, sizeof(peer_name), LIMIT_MEMBERS);
    if (!e) e = map_init(&r->by_handle, LIMIT_HANDLE_CHARS, LIMIT_MEMBERS);
    if (!e) e = map_init(&r->by_credential, HASH_BYTES, LIMIT_MEMBERS * LIMIT_PASSKEYS);
    if (!e) e = map_init(&r->by_slip, SLIP_KEY_BYTES, LIMIT_SLIPS);
    if (!e) e = ledger_init(&r->ledger);
    if (!e && !scratch_take(r, 1)) e = ERR_SYSTEM;
    if (e) {
        rooms_free(r);
        return e;
    }
    *out = r;
    return OK;
}

void rooms_free(struct rooms *r)
{
    if (!r) return;
    scratch_free(r);
    for (uint32_t i = 0; i < r->sock_count; i++) free(r->socks[i]);
    for (uint32_t i = 0; i < r->people_count; i++) person_free(r->people[i]);
    for (uint32_t i = 0; i < r->room_count; i++) room_free(r->rooms[i]);
    for (uint32_t i = 0; i < r->log.member_count; i++) member_deinit(r->log.members[i]);
    profile_free(r->pending.profile);
    passkeys_free(r->pending.passkeys);
    slips_deinit(r);
    free(r->socks);
    free(r->people);
    free(r->rooms);
    map_deinit(&r->by_sock);
    map_deinit(&r->by_room);
    map_deinit(&r->by_peer);
    map_deinit(&r->by_handle);
    map_deinit(&r->by_credential);
    ledger_deinit(&r->ledger);
    free(r->keeping.ended);
    log_deinit(&r->log);
    wipe(r, sizeof(*r));
    free(r);
}

/* ---- sockets and sessions ------------------------------------------------------------------------- */

struct sock *sock_find(const struct rooms *r, sock_name name)
{
    uint32_t i;
    return map_get(&r->by_sock, &name, &i) ? r->socks[i] : NULL;
}

static enum err sock_open(struct rooms *r, const struct command *c)
{
    struct view host = c->open.host;
    if (c->sock == 0 || sock_find(r, c->sock)) return ERR_STATE;
    if (host.len > sizeof(r->socks[0]->host) - 1) return ERR_TOO_LARGE; /* host_len is one byte */
    if (r->sock_count >= LIMIT_SOCKETS) return ERR_FULL;
    if (array_reserve(&r->socks, r->sock_count + 1, &r->sock_cap, sizeof(*r->socks))) return ERR_SYSTEM;
    struct sock *s = calloc(1, sizeof(*s));
    if (!s) return ERR_SYSTEM;
    s->name = c->sock;
    s->index = r->sock_count;
    s->host_len = host.len;
    s->operator= c->open.operator;
    if (host.len) memcpy(s->host, host.ptr, host.len);
    enum err e = r->config.random(r->config.user, s->nonce, sizeof(s->nonce));
    if (!e) e = map_put(&r->by_sock, &s->name, s->index);
    if (e) {
        free(s);
        return e;
    }
    r->socks[r->sock_count++] = s;
    struct out out = {.kind = EVENT_CHALLENGE,
                      .challenge = {.club = r->config.club_name, .time_ms = r->now_ms}};
    if (r->log.member_count) out.challenge.founder = r->log.members[0]->account;
    memcpy(out.challenge.nonce, s->nonce, sizeof(s->nonce));
    send_out(r, s, out);
    return OK;
}

static void sock_forget(struct rooms *r, struct sock *s)
{
    if (s->member) {
        for (struct sock **at = &s->member->socks; *at; at = &(*at)->next) {
            if (*at != s) continue;
            *at = s->next;
            break;
        }
        r->session_count--;
    }
    pair_forget(r, s->name);
    struct person *p = s->person;
    struct sock *last = r->socks[--r->sock_count];
    r->socks[s->index] = last;
    last->index = s->index;
    map_remove(&r->by_sock, &s->name);
    if (last != s)
        (void)!map_put(&r->by_sock, &last->name, last->index); /* the key is there: needs no memory */
    wipe(s, sizeof(*s));
    free(s);
    if (p) person_away(r, p);
}

void sock_close(struct rooms *r, struct sock *s, enum err why)
{
    struct effect e = {EFFECT_CLOSE, {.close = {s->name, why}}};
    sock_forget(r, s);
    r->config.effect(r->config.user, &e);
}

void session_open(struct rooms *r, struct sock *s, struct device *d)
{
    s->member = d->member;
    s->device = d;
    s->next = d->member->socks;
    d->member->socks = s;
    s->elsewhere = elsewhere_of(s);
    r->session_count++;
}

static enum err do_socket_closed(struct rooms *r, struct sock *s, const struct command *c)
{
    (void)c;
    sock_forget(r, s);
    return OK;
}

/* Who closed the connection in order (a reload, a change of network) may come back within grace, as after a
 * lost socket; who fell silent has had that time already. */
static enum err peer_down(struct rooms *r, peer_name peer, enum media_down_why why)
{
    uint32_t i;
    if (!map_get(&r->by_peer, &peer, &i)) return OK; /* dropped by us while the news was on its way */
    struct person *p = r->people[i];
    if (why != MEDIA_DOWN_CLOSED) {
        person_leave(r, p, LEFT_LOST, (struct view){0}, true);
        return OK;
    }
    tell_drop(r, p, true);
    if (p->sock) {
        p->sock->person = NULL;
        person_away(r, p);
    }
    return OK;
}

/* ---- the one entrance ----------------------------------------------------------------------------- */

static enum err check_need(const struct sock *s, enum need need)
{
    if (need == NEED_OPERATOR) return s->operator? OK : ERR_FORBIDDEN;
    if (need < NEED_HELLO) return OK;
    if (!s->member) return ERR_AUTH;
    return need == NEED_SESSION && s->member->held && !without(WITHOUT_HOLD) ? ERR_HELD : OK;
}

static enum err run(struct rooms *r, const struct command *c)
{
    if (c->kind == COMMAND_SOCKET_OPEN) return sock_open(r, c);
    if (c->kind == COMMAND_PEER_UP) return OK;
    if (c->kind == COMMAND_PEER_DOWN) return peer_down(r, c->peer.peer, c->peer.why);

    struct sock *s = sock_find(r, c->sock);
    if (!s) return ERR_STATE; /* closed by us while the message was on its way: nobody to answer */
    enum err e = check_need(s, commands[c->kind].need);
    r->retry_after_ms = 0;
    if (!e) e = commands[c->kind].run(r, s, c);
    if (e && e != ERR_BUSY) reply_error(r, c->sock, c->request, e); /* busy: it comes again */
    return e;
}

enum err rooms_apply(struct rooms *r, const struct command *c, uint64_t now_ms)
{
    if ((unsigned)c->kind >= COMMAND_COUNT) return ERR_UNKNOWN_REQUEST;
    if (commands[c->kind].record && r->pending.active) return ERR_BUSY;
    r->now_ms = now_ms;
    scratch_reset(r);
    enum err e = run(r, c);
    news_tick(r);
    hall_flush(r);
    return e;
}

void rooms_on_stored(struct rooms *r, uint64_t n, enum err result, uint64_t now_ms)
{
    if (!r->pending.active || r->pending.n != n) {
        LOG_ERROR("rooms", "the store answered for a record that nobody waits for");
        return;
    }
    r->now_ms = now_ms;
    r->retry_after_ms = 0;
    scratch_reset(r);
    if (r->pending.profile)
        profile_stored(r, result);
    else if (r->pending.passkeys)
        passkeys_stored(r, result);
    else if (r->pending.slip)
        slips_stored(r, result);
    else if (r->pending.budget)
        lookups_stored(r, result);
    else
        records_stored(r, result);
    hall_flush(r);
}

void rooms_tick(struct rooms *r, uint64_t now_ms)
{
    r->now_ms = now_ms;
    scratch_reset(r);
    rooms_expire(r);
    pairs_expire(r);
    claims_expire(r);
    slips_expire(r);
    lookups_expire(r);
    alerts_tick(r);
    talk_flush(r);
    places_tick(r);
    trace_tick(r);
    log_flush(r);
    news_tick(r);
    followed_flush(r);
    hall_flush(r);
}

/* ---- start-up and numbers ------------------------------------------------------------------------- */

enum err rooms_replay(struct rooms *r, uint64_t n, struct view record, struct hash head)
{
    struct record rec;
    struct log_change change;
    if (n != r->log.size) return ERR_STATE;
    enum err e = record_parse(&rec, record);
    if (!e) e = chain_check(&r->log, &rec, NULL, 0);
    if (!e && !hash_eq(log_next_head(&r->log, record), head)) e = ERR_SIGNATURE;
    return e ? e : log_append(&r->log, record, &rec, &change);
}

void rooms_set_setup_key(struct rooms *r, const struct key *setup)
{
    r->setup = *setup;
    r->has_setup = true;
}

bool rooms_has_founder(const struct rooms *r)
{
    return r->log.size > 0;
}

struct rooms_stats rooms_stats(const struct rooms *r)
{
    struct rooms_stats s = {.members = r->log.member_count,
                            .sockets = r->sock_count,
                            .sessions = r->session_count,
                            .rooms = r->room_count,
                            .people = r->people_count,
                            .log_size = r->log.size,
                            .log_head = log_head(&r->log, r->log.size),
                            .budget_refusals = r->budget_refusals,
                            .moved = r->moved};
    for (uint32_t i = 0; i < r->people_count; i++) {
        s.heard += r->people[i]->peer != 0;
        s.speaking += r->people[i]->peer != 0 && r->people[i]->may_speak;
    }
    return s;
}

bool rooms_has_peer(const struct rooms *r, peer_name peer)
{
    uint32_t i;
    return map_get(&r->by_peer, &peer, &i);
}

void rooms_each_person(const struct rooms *r,
                       void (*fn)(void *user, struct id room, peer_name peer, bool may_speak), void *user)
{
    for (uint32_t i = 0; i < r->people_count; i++) {
        const struct person *p = r->people[i];
        fn(user, p->room->id, p->peer, p->may_speak);
    }
}
