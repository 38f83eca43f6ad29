/* Messages about people: profiles, passkeys, exports, what moderators and the operator see. */
#include "server/effects_parts.h"

#include "wire/record.h"

void put_some_text(struct json *j, const char *key, struct view text)
{
    if (text.len) json_text(j, key, text);
}

/* The inside of a profile object. */
static void put_profile_fields(struct json *j, const struct member_profile *p)
{
    put_id(j, "account", &p->account);
    json_text(j, "name", p->is.name);
    put_some_text(j, "handle", p->is.handle);
    put_some_text(j, "pronouns", p->is.pronouns);
    put_some_text(j, "bio", p->is.bio);
    if (p->is.picture.len) json_bytes(j, "picture", p->is.picture);
    json_word(j, "role", club_role_word(p->role));
}

void put_profiles(struct json *j, const struct out *o)
{
    json_open(j, "profiles", '[');
    for (size_t i = 0; i < o->profiles.count; i++) {
        json_open(j, NULL, '{');
        put_profile_fields(j, &o->profiles.list[i]);
        json_close(j, '}');
    }
    json_close(j, ']');
}

/* With what they seal or without: lists of one's own do not need it. */
static void put_passkey_list(struct json *j, const struct passkey_info *list, size_t count, bool data)
{
    json_open(j, "passkeys", '[');
    for (size_t i = 0; i < count; i++) {
        json_open(j, NULL, '{');
        json_bytes(j, "credential", list[i].credential);
        if (data) json_bytes(j, "data", list[i].data);
        json_close(j, '}');
    }
    json_close(j, ']');
}

void put_passkeys(struct json *j, const struct out *o)
{
    put_passkey_list(j, o->passkeys.list, o->passkeys.count, false);
}

void put_passkey(struct json *j, const struct out *o)
{
    json_bytes(j, "data", o->passkeys.list[0].data);
}

/* A record with its kind and time in the clear, for people who read what they were given. */
static void put_own_record(struct json *j, const struct chain_entry *entry)
{
    struct record rec;
    json_open(j, NULL, '{');
    json_number(j, "n", entry->n);
    if (record_parse(&rec, entry->record) == OK) {
        json_word(j, "kind", record_purpose(rec.type));
        json_number(j, "time", rec.time_ms);
    }
    json_bytes(j, "record", entry->record);
    json_close(j, '}');
}

static void put_stay(struct json *j, const struct stay_info *s)
{
    json_open(j, NULL, '{');
    put_id(j, "room", &s->room);
    json_text(j, "title", s->title);
    json_number(j, "since", s->since_ms);
    json_number(j, "until", s->until_ms);
    json_close(j, '}');
}

static void put_place(struct json *j, const struct place_info *p)
{
    static const struct {
        unsigned bit;
        const char *word;
    } words[] = {{KEPT_OPENER, "opener"}, {KEPT_PICKED, "picked"},       {KEPT_INSIDE, "inside"},
                 {KEPT_STAGE, "stage"},   {KEPT_MODERATOR, "moderator"}, {KEPT_HAND, "hand"},
                 {KEPT_LET_IN, "let_in"}, {KEPT_SILENCED, "silenced"},   {KEPT_REMOVED, "removed"}};
    json_open(j, NULL, '{');
    put_id(j, "room", &p->room);
    json_open(j, "as", '[');
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (p->as & words[i].bit) json_word(j, NULL, words[i].word);
    json_close(j, ']');
    json_close(j, '}');
}

static void put_lookups(struct json *j, const struct lookups_info *l)
{
    enum { DAY_MS = 24 * 60 * 60 * 1000 };
    json_open(j, "lookups", '{');
    if (l->used) json_number(j, "day", l->day * DAY_MS);
    json_number(j, "used", l->used);
    json_close(j, '}');
}

void put_export(struct json *j, const struct out *o)
{
    const struct export_info *x = o->export;
    json_open(j, "export", '{');
    put_profile_fields(j, &x->profile);
    put_passkey_list(j, x->passkeys, x->passkey_count, true);
    put_kept(j, x->slips, x->slip_count);
    json_open(j, "records", '[');
    for (size_t i = 0; i < x->record_count; i++) put_own_record(j, &x->records[i]);
    json_close(j, ']');
    json_open(j, "stays", '[');
    for (size_t i = 0; i < x->stay_count; i++) put_stay(j, &x->stays[i]);
    json_close(j, ']');
    json_open(j, "places", '[');
    for (size_t i = 0; i < x->place_count; i++) put_place(j, &x->places[i]);
    json_close(j, ']');
    put_lookups(j, &x->lookups);
    put_alert_list(j, x->alerts, x->alert_count);
    json_close(j, '}');
}

void put_mod(struct json *j, const struct out *o)
{
    json_open(j, "entries", '[');
    for (size_t i = 0; i < o->mod.count; i++) {
        const struct mod_info *m = &o->mod.list[i];
        json_open(j, NULL, '{');
        json_word(j, "kind", m->kind);
        if (m->stored) json_number(j, "n", m->n);
        json_number(j, "time", m->time_ms);
        put_face(j, "by", &m->by, m->by_name);
        put_face(j, "target", &m->target, m->target_name);
        json_bool(j, "undone", m->undone);
        put_some_text(j, "room", m->room);
        json_bool(j, "evening", m->evening);
        json_close(j, '}');
    }
    json_close(j, ']');
}

void put_profile(struct json *j, const struct out *o)
{
    put_id(j, "account", &o->profile.account);
    json_text(j, "name", o->profile.name);
}

void put_mod_ask(struct json *j, const struct out *o)
{
    put_face(j, "by", &o->mod_ask.by, o->mod_ask.by_name);
    put_face(j, "target", &o->mod_ask.target, o->mod_ask.target_name);
    json_word(j, "kind", o->mod_ask.kind);
}
