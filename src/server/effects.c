#include "server/effects.h"

#include "server/effects_parts.h"

static void put_error(struct json *j, enum err err, uint32_t retry_after_ms)
{
    json_open(j, "error", '{');
    json_word(j, "code", err_code(err));
    json_word(j, "message", err_sentence(err));
    if (retry_after_ms) json_number(j, "retry_after_ms", retry_after_ms);
    json_close(j, '}');
}

static void put_reply(struct json *j, const struct out *o, const struct media_place *place)
{
    json_number(j, "re", o->request);
    if (o->kind == REPLY_ERROR) {
        put_error(j, o->error.err, o->error.retry_after_ms);
        return;
    }
    json_bool(j, "ok", true);
    if (o->kind == REPLY_LOOK) put_look(j, o);
    if (o->kind == REPLY_HELLO) put_hello(j, o);
    if (o->kind == REPLY_RECORD) put_record(j, o);
    if (o->kind == REPLY_INVITES) put_invites(j, o);
    if (o->kind == REPLY_CHAINS) put_chains(j, o);
    if (o->kind == REPLY_LOG) put_log_part(j, o);
    if (o->kind == REPLY_DEVICES) put_devices(j, o);
    if (o->kind == REPLY_PAIR) put_pair(j, o);
    if (o->kind == REPLY_PAIR_KEY) put_pair_key(j, o);
    if (o->kind == REPLY_RECOVERY) put_recovery(j, o);
    if (o->kind == REPLY_CLAIMS) put_claims(j, o);
    if (o->kind == REPLY_CLUB) put_club(j, o);
    if (o->kind == REPLY_PROFILES) put_profiles(j, o);
    if (o->kind == REPLY_EXPORT) put_export(j, o);
    if (o->kind == REPLY_PASSKEYS) put_passkeys(j, o);
    if (o->kind == REPLY_PASSKEY) put_passkey(j, o);
    if (o->kind == REPLY_MOD) put_mod(j, o);
    if (o->kind == REPLY_MEMBERS) put_members(j, o);
    if (o->kind == REPLY_STATS) put_stats(j, o, place);
    if (o->kind == REPLY_HEALTH) put_health(j, o, place);
    if (o->kind == REPLY_ADMIN_INVITES) put_open_invites(j, o);
    if (o->kind == REPLY_ACCOUNT) put_account(j, o);
    if (o->kind == REPLY_ALERTS) put_alerts(j, o);
    if (o->kind == REPLY_PEOPLE) put_people(j, o);
    if (o->kind == REPLY_EVENT) put_id(j, "event", &o->event.event);
    if (o->kind == REPLY_REPORTS) put_reports(j, o);
    if (o->kind == REPLY_ROOM_OPEN) put_id(j, "room", &o->room.room);
    if (o->kind == REPLY_ROOM_JOIN) put_join(j, o, place);
    if (o->kind == REPLY_ROOM_PATH) put_path(j, o, place);
    if (o->kind == REPLY_KEMS) put_kems(j, o);
    if (o->kind == REPLY_TRACES) put_traces(j, o);
    if (o->kind == REPLY_PATTERNS) put_patterns(j, o);
    if (o->kind == REPLY_TRACE) put_trace(j, o);
}

static const struct {
    const char *name;
    void (*put)(struct json *j, const struct out *o);
} events[] = {
    [EVENT_CHALLENGE] = {"challenge", put_challenge},
    [EVENT_HALL] = {"hall", put_hall},
    [EVENT_HALL_ROOM] = {"hall.room", put_hall_room},
    [EVENT_HALL_GONE] = {"hall.gone", put_hall_gone},
    [EVENT_GUEST] = {"guest", put_guest},
    [EVENT_PROFILE] = {"profile", put_profile},
    [EVENT_MOD_ASK] = {"mod.ask", put_mod_ask},
    [EVENT_PERSON] = {"room.person", put_room_person},
    [EVENT_LEFT] = {"room.left", put_left},
    [EVENT_NEWS] = {"room.news", put_news},
    [EVENT_KEYS] = {"room.keys", put_keys},
    [EVENT_CALLED] = {"room.called", put_called},
    [EVENT_ACT] = {"room.act", put_act},
    [EVENT_HANDS_DOWN] = {"room.hands_down", put_called},
    [EVENT_PINGED] = {"pinged", put_pinged},
    [EVENT_KNOCKED] = {"room.knocked", put_called},
    [EVENT_OUT] = {"room.out", put_out},
    [EVENT_LOG] = {"log", put_log_event},
    [EVENT_SEAL] = {"room.seal", put_seal},
    [EVENT_BEAT] = {"room.beat", put_beat},
    [EVENT_TAGS] = {"room.tags", put_from},
    [EVENT_SAY] = {"room.say", put_from},
    [EVENT_REACT] = {"room.react", put_reactions},
    [EVENT_NOTE] = {"room.note", put_from},
    [EVENT_PIN] = {"room.pin", put_from},
    [EVENT_FOLLOWED] = {"room.followed", put_followed},
    [EVENT_EVENTS] = {"hall.events", put_events},
    [EVENT_EVENT] = {"hall.event", put_event_one},
    [EVENT_EVENT_GONE] = {"hall.event_gone", put_event_gone},
    [EVENT_REPORTS] = {"reports", put_report_count},
    [EVENT_ALERTS] = {"alerts", put_alerts_event},
    [EVENT_HELD] = {"held", put_held},
    [EVENT_ROLE] = {"role", put_role},
    [EVENT_ELSEWHERE] = {"elsewhere", put_elsewhere},
    [EVENT_PAIR_OFFER] = {"pair.offer", put_pair_offer},
    [EVENT_PAIR_DONE] = {"pair.done", put_pair_done},
    [EVENT_PAIR_GONE] = {"pair.gone", put_pair_gone},
    [EVENT_CLAIM] = {"claim", put_claim},
    [EVENT_CLAIMED] = {"claimed", put_claimed},
};

enum err effects_encode(struct json *j, const struct out *o, const struct media_place *place)
{
    json_start(j);
    json_open(j, NULL, '{');
    if (o->kind < EVENT_CHALLENGE) {
        put_reply(j, o, place);
    } else {
        json_word(j, "ev", events[o->kind].name);
        events[o->kind].put(j, o);
        if (o->kind == EVENT_CHALLENGE && place->origin) json_word(j, "origin", place->origin);
    }
    json_close(j, '}');
    return json_end(j);
}

enum err effects_encode_error(struct json *j, enum err err)
{
    json_start(j);
    json_open(j, NULL, '{');
    json_word(j, "ev", "error");
    put_error(j, err, 0);
    json_close(j, '}');
    return json_end(j);
}
