/* What the relays of room keys and of talk say. */
#include "server/effects_parts.h"

void put_keys_common(struct json *j, struct view header, struct view stage)
{
    json_bytes(j, "header", header);
    json_bytes(j, "stage", stage);
}

void put_changes(struct json *j, const char *key, const struct roster_change *list, size_t count)
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

void put_keys(struct json *j, const struct out *o)
{
    put_id(j, "room", &o->keys.room);
    put_keys_common(j, o->keys.header, o->keys.stage);
    put_changes(j, "changes", o->keys.changes, o->keys.change_count);
    if (o->keys.welcome.len) json_bytes(j, "welcome", o->keys.welcome);
    if (o->keys.seal.len) json_bytes(j, "seal", o->keys.seal);
    if (o->keys.wrap.len) json_bytes(j, "wrap", o->keys.wrap);
    if (!o->keys.split) return;
    json_open(j, "split", '{');
    json_number(j, "first", o->keys.split->first);
    json_number(j, "last", o->keys.split->last);
    json_bytes(j, "seal", o->keys.split->seal);
    json_close(j, '}');
}

void put_seal(struct json *j, const struct out *o)
{
    put_id(j, "room", &o->seal.room);
    json_number(j, "counter", o->seal.counter);
    json_bytes(j, "seal", o->seal.data);
}

void put_beat(struct json *j, const struct out *o)
{
    put_id(j, "room", &o->live.room);
    json_bytes(j, "data", o->live.data);
}

void put_from(struct json *j, const struct out *o)
{
    put_id(j, "room", &o->live.room);
    put_id(j, "account", &o->live.account);
    json_bytes(j, "data", o->live.data);
}

void put_reactions(struct json *j, const struct out *o)
{
    put_id(j, "room", &o->react.room);
    json_open(j, "list", '[');
    for (size_t i = 0; i < o->react.count; i++) {
        json_open(j, NULL, '{');
        put_id(j, "account", &o->react.list[i].account);
        json_bytes(j, "data", VIEW(o->react.list[i].data));
        json_close(j, '}');
    }
    json_close(j, ']');
}

void put_kems(struct json *j, const struct out *o)
{
    json_open(j, "kems", '[');
    for (size_t i = 0; i < o->kems.count; i++) {
        json_open(j, NULL, '{');
        put_id(j, "account", &o->kems.list[i].account);
        json_bytes(j, "kem", o->kems.list[i].kem);
        json_close(j, '}');
    }
    json_close(j, ']');
}
