/* What founder, admins and the operator see: members, the server's health, invitations, alerts. */
#include "server/effects_parts.h"

/* ---- members ---------------------------------------------------------------------------------------- */

static void put_member_fields(struct json *j, const struct member_info *m)
{
    static const char *const states[] = {"member", "held", "banned", "deleted", "superseded"};
    static_assert(sizeof states / sizeof *states == MEMBER_SUPERSEDED + 1, "a word for every state");
    put_id(j, "account", &m->account);
    json_text(j, "name", m->name);
    put_some_text(j, "handle", m->handle);
    json_word(j, "role", club_role_word(m->role));
    json_word(j, "state", states[m->state]);
    json_number(j, "n", m->n);
    json_number(j, "devices", m->devices);
    json_number(j, "invites", m->invites);
}

static void put_member(struct json *j, const struct member_info *m)
{
    json_open(j, NULL, '{');
    put_member_fields(j, m);
    if (!id_zero(m->inviter)) put_id(j, "inviter", &m->inviter);
    json_close(j, '}');
}

void put_members(struct json *j, const struct out *o)
{
    json_open(j, "members", '[');
    for (size_t i = 0; i < o->members.count; i++) put_member(j, &o->members.list[i]);
    json_close(j, ']');
    if (o->members.next) json_number(j, "next", o->members.next);
}

/* ---- health ------------------------------------------------------------------------------------------ */

void put_stats(struct json *j, const struct out *o, const struct media_place *place)
{
#define PUT(from, name) json_number(j, #name, (from)->name)
    const struct rooms_stats *s = &o->stats;
    const struct media_stats *m = place->stats;
    PUT(s, members), PUT(s, sockets), PUT(s, sessions), PUT(s, rooms), PUT(s, people), PUT(s, heard);
    PUT(s, speaking), PUT(s, log_size), PUT(s, budget_refusals), PUT(s, moved);
    json_open(j, "media", '{');
    PUT(m, peers), PUT(m, busy), PUT(m, datagrams_in), PUT(m, datagrams_out), PUT(m, forwarded);
    PUT(m, sent_again), PUT(m, stun_answered), PUT(m, stun_refused), PUT(m, dtls_up), PUT(m, dtls_failed);
    PUT(m, dtls_wrong_fingerprint), PUT(m, dropped_malformed), PUT(m, dropped_unknown), PUT(m, dropped_auth);
    PUT(m, dropped_replay), PUT(m, dropped_muted), PUT(m, dropped_policed), PUT(m, dropped_send);
    PUT(m, dropped_span), PUT(m, dropped_variant);
    json_close(j, '}');
#undef PUT
}

static const struct {
    const char *name;
    uint64_t value;
} shown_limits[] = {
    {"members", LIMIT_MEMBERS},
    {"sockets", LIMIT_SOCKETS},
    {"sockets_per_address", LIMIT_SOCKETS_PER_PREFIX},
    {"rooms", LIMIT_ROOMS},
    {"people_per_room", LIMIT_PEOPLE_PER_ROOM},
    {"stage", LIMIT_STAGE},
    {"peers_per_thread", LIMIT_PEERS_PER_THREAD},
    {"invites_per_member", LIMIT_INVITES_PER_MEMBER},
    {"invites_per_admin", LIMIT_INVITES_PER_ADMIN},
    {"invite_days", LIMIT_INVITE_DAYS},
    {"chain_depth", LIMIT_CHAIN_DEPTH},
    {"devices_per_member", LIMIT_DEVICES_PER_MEMBER},
    {"profiles_per_day", LIMIT_PROFILES_PER_DAY},
    {"removals_per_minute", LIMIT_REMOVALS_PER_MINUTE},
    {"messages_per_second", LIMIT_MESSAGES_PER_S},
    {"chat_ms", LIMIT_SAY_MS},
    {"events", LIMIT_EVENTS},
    {"reports", LIMIT_REPORTS},
    {"report_days", LIMIT_REPORT_DAYS},
    {"alerts", LIMIT_ALERTS},
    {"log_records", LIMIT_LOG_RECORDS},
};

static void put_store(struct json *j, const struct health *h)
{
    json_open(j, "store", '{');
    if (h->written_ms) json_number(j, "written", h->written_ms);
    json_number(j, "failed", h->store_failed);
    json_number(j, "slowest_ms", h->store_slowest_ms);
    json_number(j, "waiting", h->store_waiting);
    json_close(j, '}');
    if (!h->disk) return;
    json_open(j, "disk", '{');
    json_number(j, "left", h->disk_left);
    json_number(j, "whole", h->disk_whole);
    json_close(j, '}');
}

/* What was refused, by why; whom it met is known to nobody. */
static void put_refused(struct json *j, const struct rooms_stats *s, const struct media_stats *m)
{
    json_open(j, "refused", '{');
    json_number(j, "moved", s->moved);
    json_number(j, "budget", s->budget_refusals);
    json_number(j, "fingerprints", m->dtls_wrong_fingerprint);
    json_number(j, "handshakes", m->dtls_failed);
    json_number(j, "checks", m->stun_refused);
    json_number(j, "forged", m->dropped_auth + m->dropped_replay);
    json_number(j, "muted", m->dropped_muted);
    json_number(j, "policed", m->dropped_policed);
    json_close(j, '}');
}

void put_health(struct json *j, const struct out *o, const struct media_place *place)
{
    const struct rooms_stats *s = &o->stats;
    const struct health *h = place->health;
    json_word(j, "version", h->version);
    json_number(j, "since", h->since_ms);
    json_number(j, "now", h->now_ms);
    json_number(j, "members", s->members);
    json_number(j, "sessions", s->sessions);
    json_number(j, "sockets", s->sockets);
    json_number(j, "rooms", s->rooms);
    json_number(j, "people", s->people);
    json_number(j, "invites", s->invites);
    json_number(j, "log_size", s->log_size);
    put_store(j, h);
    json_open(j, "media", '{');
    json_number(j, "port", h->media_port);
    json_number(j, "threads", h->media_threads);
    json_number(j, "peers", place->stats->peers);
    json_number(j, "busy", place->stats->busy);
    json_number(j, "up", place->stats->dtls_up);
    json_close(j, '}');
    put_refused(j, s, place->stats);
    json_open(j, "limits", '{');
    for (size_t i = 0; i < sizeof shown_limits / sizeof *shown_limits; i++)
        json_number(j, shown_limits[i].name, shown_limits[i].value);
    json_close(j, '}');
}

/* ---- invitations and accounts -------------------------------------------------------------------------- */

void put_open_invites(struct json *j, const struct out *o)
{
    json_number(j, "open", o->open_invites.open);
    json_open(j, "invites", '[');
    for (size_t i = 0; i < o->open_invites.count; i++) {
        const struct open_invite *is = &o->open_invites.list[i];
        json_open(j, NULL, '{');
        json_bytes(j, "invite", VIEW(is->invite.bytes));
        put_face(j, "author", &is->author.account, is->author.name);
        json_number(j, "time", is->time_ms);
        json_number(j, "expires", is->expires_ms);
        json_bool(j, "held", is->held);
        json_bool(j, "may_revoke", is->may_revoke);
        json_close(j, '}');
    }
    json_close(j, ']');
    if (o->open_invites.next) json_number(j, "next", o->open_invites.next);
}

void put_account(struct json *j, const struct out *o)
{
    const struct account_info *a = &o->account;
    json_open(j, "member", '{');
    put_member_fields(j, &a->is);
    json_number(j, "time", a->time_ms);
    if (!id_zero(a->is.inviter)) put_face(j, "inviter", &a->is.inviter, a->inviter_name);
    json_close(j, '}');
}

/* ---- alerts -------------------------------------------------------------------------------------------- */

void put_alert_list(struct json *j, const struct alert_info *list, size_t count)
{
    static const char *const kinds[] = {
        "", "budget", "moves", "fingerprint", "stray", "store_failed", "store_slow", "disk"};
    static_assert(sizeof kinds / sizeof *kinds == ALERT_DISK + 1, "a word for every kind");
    json_open(j, "alerts", '[');
    for (size_t i = 0; i < count; i++) {
        const struct alert *a = &list[i].is;
        json_open(j, NULL, '{');
        json_number(j, "n", a->n);
        json_word(j, "kind", kinds[a->kind]);
        json_number(j, "time", a->time_ms);
        json_number(j, "count", a->count);
        if (!id_zero(a->account)) put_face(j, "about", &a->account, list[i].name);
        json_close(j, '}');
    }
    json_close(j, ']');
}

void put_alerts(struct json *j, const struct out *o)
{
    put_alert_list(j, o->alerts.list, o->alerts.count);
    json_number(j, "newest", o->alerts.newest);
}

void put_alerts_event(struct json *j, const struct out *o)
{
    json_number(j, "newest", o->alerts.newest);
}
