/* Messages about the club: sessions, invitations, the member log. */
#include "server/effects_parts.h"

static const char *const invite_states[] = {"open", "used", "expired", "revoked"};
static_assert(sizeof invite_states / sizeof *invite_states == INVITE_REVOKED + 1, "a word for every state");

const char *club_role_word(enum club_role role)
{
    static const char *const words[] = {"", "founder", "admin", "member"};
    static_assert(sizeof words / sizeof *words == CLUB_MEMBER + 1, "a word for every role");
    return words[role];
}

void put_id(struct json *j, const char *key, const struct id *id)
{
    json_bytes(j, key, VIEW(id->bytes));
}

void put_log(struct json *j, uint64_t size, const struct hash *head)
{
    json_open(j, "log", '{');
    json_number(j, "size", size);
    json_bytes(j, "head", VIEW(head->bytes));
    json_close(j, '}');
}

void put_face(struct json *j, const char *key, const struct id *account, struct view name)
{
    json_open(j, key, '{');
    put_id(j, "account", account);
    json_text(j, "name", name);
    json_close(j, '}');
}

void put_invites(struct json *j, const struct out *o)
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

void put_entries(struct json *j, const char *key, const struct chain_entry *list, size_t count)
{
    json_open(j, key, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(j, NULL, '{');
        json_number(j, "n", list[i].n);
        json_bytes(j, "record", list[i].record);
        json_close(j, '}');
    }
    json_close(j, ']');
}

void put_chains(struct json *j, const struct out *o)
{
    json_open(j, "chains", '[');
    for (size_t i = 0; i < o->chains.count; i++) {
        const struct chain_info *chain = &o->chains.list[i];
        json_open(j, NULL, '{');
        put_id(j, "account", &chain->account);
        put_entries(j, "entries", chain->entries, chain->count);
        json_close(j, '}');
    }
    json_close(j, ']');
}

void put_hello(struct json *j, const struct out *o)
{
    put_id(j, "account", &o->hello.account);
    json_text(j, "name", o->hello.name);
    json_word(j, "role", club_role_word(o->hello.role));
    put_log(j, o->hello.log_size, &o->hello.log_head);
    put_id(j, "founder", &o->hello.founder);
    json_bool(j, "held", o->hello.held);
    if (!id_zero(o->hello.elsewhere)) put_id(j, "elsewhere", &o->hello.elsewhere);
    if (id_zero(o->hello.successor)) return;
    json_open(j, "claim", '{');
    put_id(j, "successor", &o->hello.successor);
    json_text(j, "name", o->hello.successor_name);
    json_number(j, "until", o->hello.claim_until_ms);
    json_close(j, '}');
}

void put_look(struct json *j, const struct out *o)
{
    json_word(j, "kind", o->look.founder ? "founder" : "invite");
    json_text(j, "club", o->look.club);
    if (o->look.founder) return;
    json_text(j, "inviter", o->look.inviter);
    put_id(j, "founder", &o->look.founder_account);
}

void put_club(struct json *j, const struct out *o)
{
    const struct club_info *club = &o->club;
    if (club->words.about.len) json_text(j, "about", club->words.about);
    if (club->words.about_fr.len) json_text(j, "about_fr", club->words.about_fr);
    if (club->words.contact.len) json_text(j, "contact", club->words.contact);
    json_number(j, "since", club->since_ms);
    json_number(j, "members", club->members);
    json_number(j, "trace_days", club->trace_days);
}

/* Account and device only where a record made one: they are zero for all but a redeem. */
void put_record(struct json *j, const struct out *o)
{
    json_number(j, "n", o->record.n);
    put_log(j, o->record.log_size, &o->record.head);
    if (id_zero(o->record.account)) return;
    put_id(j, "account", &o->record.account);
    put_id(j, "device", &o->record.device);
}

void put_guest(struct json *j, const struct out *o)
{
    put_id(j, "account", &o->guest.account);
    json_text(j, "name", o->guest.name);
    json_bytes(j, "invite", VIEW(o->guest.invite.bytes));
}

void put_challenge(struct json *j, const struct out *o)
{
    json_bytes(j, "nonce", VIEW(o->challenge.nonce));
    json_text(j, "club", o->challenge.club);
    json_number(j, "time", o->challenge.time_ms);
    json_number(j, "version", PROTOCOL_VERSION);
    if (!id_zero(o->challenge.founder)) put_id(j, "founder", &o->challenge.founder);
}

void put_log_event(struct json *j, const struct out *o)
{
    put_log(j, o->log.size, &o->log.head);
}

void put_held(struct json *j, const struct out *o)
{
    json_bool(j, "held", o->held.held);
}

void put_role(struct json *j, const struct out *o)
{
    json_word(j, "role", club_role_word(o->role.role));
}

void put_elsewhere(struct json *j, const struct out *o)
{
    if (!id_zero(o->room.room)) put_id(j, "room", &o->room.room);
}
