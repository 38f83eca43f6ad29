/* Messages about rooms. */
#include "server/effects_parts.h"

static const char *const room_roles[] = {"listener", "speaker", "moderator"};
static_assert(sizeof room_roles / sizeof *room_roles == ROLE_MODERATOR + 1, "a word for every role");
static const char *const left_whys[] = {"self", "removed", "lost", "elsewhere", "banned", "ended"};
static_assert(sizeof left_whys / sizeof *left_whys == LEFT_ENDED + 1, "a word for every reason");
static const char *const hands_words[] = {"everyone", "followed", "off"};
static_assert(sizeof hands_words / sizeof *hands_words == HANDS_OFF + 1, "a word for every policy");
static const char *const room_acts[] = {"muted", "sent_back", "lowered", "moderator", "no_moderator"};
static_assert(sizeof room_acts / sizeof *room_acts == ACT_NO_MODERATOR + 1, "a word for every act");

static void put_room(struct json *j, const char *key, const struct room_info *r)
{
    json_open(j, key, '{');
    put_id(j, "id", &r->room);
    put_id(j, "host", &r->host);
    json_text(j, "title", r->title);
    json_word(j, "who", r->who == ROOM_PICKED ? "picked" : "everyone");
    json_word(j, "sound", r->music ? "music" : "voice");
    if (r->sensitive) json_bool(j, "sensitive", true);
    if (r->locked) json_bool(j, "locked", true);
    if (r->hands != HANDS_EVERYONE) json_word(j, "hands", hands_words[r->hands]);
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
    json_word(j, "club", club_role_word(p->club_role));
    json_word(j, "role", room_roles[p->role]);
    json_bool(j, "stage", p->on_stage);
    json_bool(j, "muted", p->muted);
    json_bool(j, "away", p->away);
    json_bool(j, "called", p->called);
    if (p->silent) json_bool(j, "silent", true);
    json_number(j, "hand", p->hand_ms);
    json_number(j, "order", p->order);
    json_bytes(j, "leaf", p->leaf);
    if (p->keyed) json_number(j, "slot", p->slot);
    json_close(j, '}');
}

static void put_candidate(struct json *j, const struct media_place *place, size_t i, bool tcp)
{
    json_open(j, NULL, '{');
    json_word(j, "address", place->at[i].address);
    json_number(j, "port", place->port);
    if (tcp) json_bool(j, "tcp", true);
    json_close(j, '}');
}

static void put_ice(struct json *j, const struct media_ice *ice, const struct media_place *place)
{
    json_word(j, "ufrag", ice->ufrag);
    json_word(j, "pwd", ice->pwd);
    json_open(j, "candidates", '[');
    for (size_t i = 0; i < LIMIT_MEDIA_ADDRESSES && place->at[i].address; i++)
        put_candidate(j, place, i, false);
    for (size_t i = 0; i < LIMIT_MEDIA_ADDRESSES && place->at[i].address; i++)
        if (place->at[i].tcp) put_candidate(j, place, i, true);
    json_close(j, ']');
}

static void put_media(struct json *j, const struct media_peer *m, const struct media_place *place)
{
    json_open(j, "media", '{');
    put_ice(j, &m->ice, place);
    json_bytes(j, "fingerprint", VIEW(place->fingerprint.bytes));
    json_open(j, "slots", '[');
    for (size_t i = 0; i < LIMIT_SLOTS; i++) json_number(j, NULL, m->slot_ssrc[i]);
    json_close(j, ']');
    json_word(j, "setup", "passive");
    json_close(j, '}');
}

void put_join(struct json *j, const struct out *o, const struct media_place *place)
{
    put_room(j, "room", &o->join.room);
    json_open(j, "people", '[');
    for (size_t i = 0; i < o->join.count; i++) put_person(j, NULL, &o->join.people[i]);
    json_close(j, ']');
    if (o->join.header.len) put_keys_common(j, o->join.header, o->join.stage);
    if (o->join.gone_count) put_changes(j, "gone", o->join.gone, o->join.gone_count);
    if (o->join.trace) json_bytes(j, "trace", VIEW(o->join.trace->bytes));
    if (o->join.untitled) json_bool(j, "untitled", true);
    put_media(j, o->join.media, place);
}

void put_path(struct json *j, const struct out *o, const struct media_place *place)
{
    put_ice(j, o->path.ice, place);
}

void put_hall(struct json *j, const struct out *o)
{
    json_open(j, "rooms", '[');
    for (size_t i = 0; i < o->hall.count; i++) put_room(j, NULL, &o->hall.list[i]);
    json_close(j, ']');
}

void put_hall_room(struct json *j, const struct out *o)
{
    put_room(j, "room", &o->hall.list[0]);
}

void put_hall_gone(struct json *j, const struct out *o)
{
    put_id(j, "room", &o->room.room);
}

void put_room_person(struct json *j, const struct out *o)
{
    put_id(j, "room", &o->person.room);
    put_person(j, "person", o->person.person);
}

void put_left(struct json *j, const struct out *o)
{
    put_id(j, "room", &o->left.room);
    put_id(j, "account", &o->left.account);
    json_word(j, "why", left_whys[o->left.why]);
    if (o->left.record.len) json_bytes(j, "record", o->left.record);
}

void put_news(struct json *j, const struct out *o)
{
    put_id(j, "room", &o->news.room);
    json_open(j, "people", '[');
    for (size_t i = 0; i < o->news.count; i++) put_person(j, NULL, &o->news.people[i]);
    json_close(j, ']');
    json_open(j, "left", '[');
    for (size_t i = 0; i < o->news.left_count; i++) {
        json_open(j, NULL, '{');
        put_id(j, "account", &o->news.left[i].account);
        json_word(j, "why", left_whys[o->news.left[i].why]);
        json_close(j, '}');
    }
    json_close(j, ']');
}

void put_called(struct json *j, const struct out *o)
{
    put_id(j, "room", &o->called.room);
    put_face(j, "by", &o->called.by, o->called.by_name);
}

void put_act(struct json *j, const struct out *o)
{
    put_id(j, "room", &o->act.room);
    json_word(j, "act", room_acts[o->act.act]);
    put_face(j, "by", &o->act.by, o->act.by_name);
}

void put_pinged(struct json *j, const struct out *o)
{
    put_id(j, "room", &o->pinged.room);
    json_text(j, "title", o->pinged.title);
    put_face(j, "by", &o->pinged.by, o->pinged.by_name);
}

void put_out(struct json *j, const struct out *o)
{
    put_id(j, "room", &o->out.room);
    json_word(j, "why", left_whys[o->out.why]);
    if (o->out.by_name.len) json_text(j, "by", o->out.by_name);
}
