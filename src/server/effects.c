#include "server/effects.h"

static const char *const club_roles[] = {"", "founder", "admin", "member"};
static const char *const room_roles[] = {"listener", "speaker", "moderator"};
static const char *const invite_states[] = {"open", "used", "expired", "revoked"};
static const char *const left_whys[] = {"self", "removed", "lost", "elsewhere", "banned", "ended"};
static_assert(sizeof left_whys / sizeof *left_whys == LEFT_ENDED + 1, "a word for every reason");
static_assert(sizeof club_roles / sizeof *club_roles == CLUB_MEMBER + 1, "a word for every role");
static_assert(sizeof room_roles / sizeof *room_roles == ROLE_MODERATOR + 1, "a word for every role");
static_assert(sizeof invite_states / sizeof *invite_states == INVITE_REVOKED + 1, "a word for every state");

static void put_id(struct json *j, const char *key, const struct id *id)
{
    json_bytes(j, key, VIEW(id->bytes));
}

static void put_log(struct json *j, uint64_t size, const struct hash *head)
{
    json_open(j, "log", '{');
    json_number(j, "size", size);
    json_bytes(j, "head", VIEW(head->bytes));
    json_close(j, '}');
}

static void put_face(struct json *j, const char *key, const struct id *account, struct view name)
{
    json_open(j, key, '{');
    put_id(j, "account", account);
    json_text(j, "name", name);
    json_close(j, '}');
}

static void put_room(struct json *j, const char *key, const struct room_info *r)
{
    json_open(j, key, '{');
    put_id(j, "id", &r->room);
    json_text(j, "title", r->title);
    json_word(j, "who", r->who == ROOM_PICKED ? "picked" : "everyone");
    json_number(j, "opened", r->opened_ms);
    json_number(j, "people", r->people);
    json_number(j, "speakers", r->speakers);
    json_open(j, "faces", '[');
    for (uint32_t i = 0; i < r->face_count; i++) put_face(j, NULL, &r->faces[i].account, r->faces[i].name);
    json_close(j, ']');
    json_close(j, '}');
}

static void put_person(struct json *j, const char *key, const struct person_info *p)
{
    json_open(j, key, '{');
    put_id(j, "account", &p->account);
    put_id(j, "device", &p->device);
    json_text(j, "name", p->name);
    json_word(j, "club", club_roles[p->club_role]);
    json_word(j, "role", room_roles[p->role]);
    json_bool(j, "stage", p->on_stage);
    json_bool(j, "muted", p->muted);
    json_bool(j, "away", p->away);
    json_bool(j, "called", p->called);
    json_number(j, "hand", p->hand_ms);
    json_number(j, "order", p->order);
    json_bytes(j, "leaf", p->leaf);
    if (p->keyed) json_number(j, "slot", p->slot);
    json_close(j, '}');
}

static void put_media(struct json *j, const struct media_peer *m, const struct media_place *place)
{
    json_open(j, "media", '{');
    json_word(j, "ufrag", m->ufrag);
    json_word(j, "pwd", m->pwd);
    json_bytes(j, "fingerprint", VIEW(place->fingerprint.bytes));
    json_open(j, "candidates", '[');
    json_open(j, NULL, '{');
    json_word(j, "address", place->address);
    json_number(j, "port", place->port);
    json_close(j, '}');
    json_close(j, ']');
    json_open(j, "slots", '[');
    for (size_t i = 0; i < LIMIT_SLOTS; i++) json_number(j, NULL, m->slot_ssrc[i]);
    json_close(j, ']');
    json_word(j, "setup", "passive");
    json_close(j, '}');
}

static void put_keys_common(struct json *j, struct view header, struct view stage)
{
    json_bytes(j, "header", header);
    json_bytes(j, "stage", stage);
}

static void put_changes(struct json *j, const char *key, const struct roster_change *list, size_t count)
{
    json_open(j, key, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(j, NULL, '{');
        json_number(j, "slot", list[i].slot);
        if (list[i].filled)
            json_bytes(j, "leaf", VIEW(list[i].leaf.bytes));
        else
            json_none(j, "leaf");
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_invites(struct json *j, const struct out *o)
{
    json_number(j, "left", o->invites.left);
    json_open(j, "invites", '[');
    for (size_t i = 0; i < o->invites.count; i++) {
        const struct invite_info *info = &o->invites.list[i];
        json_open(j, NULL, '{');
        json_bytes(j, "invite", VIEW(info->invite.bytes));
        json_word(j, "state", invite_states[info->state]);
        json_number(j, "time", info->time_ms);
        json_number(j, "expires", info->expires_ms);
        if (!id_zero(info->guest)) put_face(j, "guest", &info->guest, info->guest_name);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_chains(struct json *j, const struct out *o)
{
    json_open(j, "chains", '[');
    for (size_t i = 0; i < o->chains.count; i++) {
        const struct chain_info *chain = &o->chains.list[i];
        json_open(j, NULL, '{');
        put_id(j, "account", &chain->account);
        json_open(j, "entries", '[');
        for (size_t k = 0; k < chain->count; k++) {
            json_open(j, NULL, '{');
            json_number(j, "n", chain->entries[k].n);
            json_bytes(j, "record", chain->entries[k].record);
            json_close(j, '}');
        }
        json_close(j, ']');
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_join(struct json *j, const struct out *o, const struct media_place *place)
{
    put_room(j, "room", &o->join.room);
    json_open(j, "people", '[');
    for (size_t i = 0; i < o->join.count; i++) put_person(j, NULL, &o->join.people[i]);
    json_close(j, ']');
    if (o->join.header.len) put_keys_common(j, o->join.header, o->join.stage);
    if (o->join.gone_count) put_changes(j, "gone", o->join.gone, o->join.gone_count);
    put_media(j, o->join.media, place);
}

static void put_hello(struct json *j, const struct out *o)
{
    put_id(j, "account", &o->hello.account);
    json_text(j, "name", o->hello.name);
    json_word(j, "role", club_roles[o->hello.role]);
    put_log(j, o->hello.log_size, &o->hello.log_head);
    put_id(j, "founder", &o->hello.founder);
}

static void put_look(struct json *j, const struct out *o)
{
    json_word(j, "kind", o->look.founder ? "founder" : "invite");
    json_text(j, "club", o->look.club);
    if (o->look.founder) return;
    json_text(j, "inviter", o->look.inviter);
    put_id(j, "founder", &o->look.founder_account);
}

/* Account and device only where a record made one: they are zero for all but a redeem. */
static void put_record(struct json *j, const struct out *o)
{
    json_number(j, "n", o->record.n);
    put_log(j, o->record.log_size, &o->record.head);
    if (id_zero(o->record.account)) return;
    put_id(j, "account", &o->record.account);
    put_id(j, "device", &o->record.device);
}

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
    if (o->kind == REPLY_ROOM_OPEN) put_id(j, "room", &o->room.room);
    if (o->kind == REPLY_ROOM_JOIN) put_join(j, o, place);
}

static void put_challenge(struct json *j, const struct out *o)
{
    json_bytes(j, "nonce", VIEW(o->challenge.nonce));
    json_text(j, "club", o->challenge.club);
    json_number(j, "time", o->challenge.time_ms);
    json_number(j, "version", PROTOCOL_VERSION);
}

static void put_keys(struct json *j, const struct out *o)
{
    put_id(j, "room", &o->keys.room);
    put_keys_common(j, o->keys.header, o->keys.stage);
    put_changes(j, "changes", o->keys.changes, o->keys.change_count);
    if (o->keys.welcome.len) json_bytes(j, "welcome", o->keys.welcome);
    if (o->keys.seal.len) json_bytes(j, "seal", o->keys.seal);
    if (o->keys.wrap.len) json_bytes(j, "wrap", o->keys.wrap);
}

static void put_hall(struct json *j, const struct out *o)
{
    json_open(j, "rooms", '[');
    for (size_t i = 0; i < o->hall.count; i++) put_room(j, NULL, &o->hall.list[i]);
    json_close(j, ']');
}

static void put_hall_room(struct json *j, const struct out *o)
{
    put_room(j, "room", &o->hall.list[0]);
}

static void put_hall_gone(struct json *j, const struct out *o)
{
    put_id(j, "room", &o->room.room);
}

static void put_guest(struct json *j, const struct out *o)
{
    put_id(j, "account", &o->guest.account);
    json_text(j, "name", o->guest.name);
    json_bytes(j, "invite", VIEW(o->guest.invite.bytes));
}

static void put_room_person(struct json *j, const struct out *o)
{
    put_id(j, "room", &o->person.room);
    put_person(j, "person", o->person.person);
}

static void put_left(struct json *j, const struct out *o)
{
    put_id(j, "room", &o->left.room);
    put_id(j, "account", &o->left.account);
    json_word(j, "why", left_whys[o->left.why]);
}

static void put_called(struct json *j, const struct out *o)
{
    put_id(j, "room", &o->called.room);
    put_face(j, "by", &o->called.by, o->called.by_name);
}

static void put_out(struct json *j, const struct out *o)
{
    put_id(j, "room", &o->out.room);
    json_word(j, "why", left_whys[o->out.why]);
    if (o->out.by_name.len) json_text(j, "by", o->out.by_name);
}

static void put_log_event(struct json *j, const struct out *o)
{
    put_log(j, o->log.size, &o->log.head);
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
    [EVENT_PERSON] = {"room.person", put_room_person},
    [EVENT_LEFT] = {"room.left", put_left},
    [EVENT_KEYS] = {"room.keys", put_keys},
    [EVENT_CALLED] = {"room.called", put_called},
    [EVENT_OUT] = {"room.out", put_out},
    [EVENT_LOG] = {"log", put_log_event},
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
