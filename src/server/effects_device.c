/* Messages about the log in parts, devices that are added, and accounts that come back. */
#include "server/effects_parts.h"

void put_log_part(struct json *j, const struct out *o)
{
    json_number(j, "from", o->part.from);
    json_bytes(j, "entries", o->part.entries);
    put_entries(j, "records", o->part.records, o->part.count);
    put_log(j, o->part.size, &o->part.head);
}

void put_devices(struct json *j, const struct out *o)
{
    json_open(j, "devices", '[');
    for (size_t i = 0; i < o->devices.count; i++) {
        const struct device_info *d = &o->devices.list[i];
        json_open(j, NULL, '{');
        put_id(j, "device", &d->device);
        json_number(j, "time", d->time_ms);
        json_bool(j, "online", d->online);
        json_bool(j, "this", d->here);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_bool(j, "recovery", o->devices.recovery);
}

/* ---- a new device ---------------------------------------------------------------------------------- */

void put_pair(struct json *j, const struct out *o)
{
    json_word(j, "code", o->pair.code);
    json_number(j, "until", o->pair.until_ms);
}

void put_pair_key(struct json *j, const struct out *o)
{
    json_bytes(j, "key", VIEW(o->pair.key.bytes));
}

void put_pair_offer(struct json *j, const struct out *o)
{
    put_id(j, "account", &o->offer.account);
    put_id(j, "founder", &o->offer.founder);
    json_bytes(j, "body", o->offer.body);
    json_bytes(j, "sig", o->offer.sig);
}

void put_pair_done(struct json *j, const struct out *o)
{
    put_id(j, "device", &o->paired.device);
}

void put_pair_gone(struct json *j, const struct out *o)
{
    json_bytes(j, "key", VIEW(o->unpaired.key.bytes));
}

/* ---- coming back ----------------------------------------------------------------------------------- */

void put_recovery(struct json *j, const struct out *o)
{
    put_id(j, "account", &o->recovery.account);
    json_text(j, "name", o->recovery.name);
}

static void put_faces(struct json *j, const struct claim_info *c)
{
    put_face(j, "by", &c->by, c->by_name);
    put_face(j, "target", &c->target, c->target_name);
    put_face(j, "successor", &c->successor, c->successor_name);
}

void put_claims(struct json *j, const struct out *o)
{
    json_open(j, "claims", '[');
    for (size_t i = 0; i < o->claims.count; i++) {
        const struct claim_info *c = &o->claims.list[i];
        json_open(j, NULL, '{');
        json_bytes(j, "body", c->body);
        json_bytes(j, "sig", VIEW(c->sig));
        put_faces(j, c);
        json_close(j, '}');
    }
    json_close(j, ']');
}

void put_claim(struct json *j, const struct out *o)
{
    put_faces(j, o->claims.list);
}

void put_claimed(struct json *j, const struct out *o)
{
    put_face(j, "successor", &o->claimed.successor, o->claimed.name);
    json_number(j, "until", o->claimed.until_ms);
}
