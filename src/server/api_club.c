/* The requests about the club: invitations, sessions, the member log, profiles. */
#include "server/api_fields.h"

void decode_nothing(struct members *m, struct command *c)
{
    (void)m, (void)c;
}

void decode_look(struct members *m, struct command *c)
{
    TAKE_EXACT(m, "invite", c->look.invite.bytes);
    TAKE_EXACT(m, "sig", c->look.sig);
}

void decode_record(struct members *m, struct command *c)
{
    c->record.record = take_bytes(m, "record", LIMIT_RECORD_BYTES);
}

void decode_redeem(struct members *m, struct command *c)
{
    decode_record(m, c);
    c->record.name = take_text(m, "name");
}

void decode_hello(struct members *m, struct command *c)
{
    TAKE_EXACT(m, "account", c->hello.account.bytes);
    TAKE_EXACT(m, "device", c->hello.device.bytes);
    TAKE_EXACT(m, "sig", c->hello.sig);
    struct members log = take_inside(m, take_value(m, "log", JSON_OBJECT));
    c->hello.log_size = take_number(&log, "size", 0, INT64_MAX);
    TAKE_EXACT(&log, "head", c->hello.log_head.bytes);
    take_end(&log);
    take_fail(m, log.err);
}

void decode_log_read(struct members *m, struct command *c)
{
    c->log.from = take_number(m, "from", 0, INT64_MAX);
}

void decode_pair_open(struct members *m, struct command *c)
{
    TAKE_EXACT(m, "key", c->pair.key.bytes);
}

void decode_pair_find(struct members *m, struct command *c)
{
    c->pair.code = take_text(m, "code");
}

/* An empty body takes the offer back. Without a signature it only lets both sides compare the words. */
void decode_pair_offer(struct members *m, struct command *c)
{
    TAKE_EXACT(m, "key", c->pair.key.bytes);
    c->pair.body = take_bytes(m, "body", LIMIT_RECORD_BYTES);
    c->pair.sig = take_bytes(m, "sig", SIG_BYTES);
    if (c->pair.sig.len != SIG_BYTES && c->pair.sig.len) take_fail(m, ERR_MALFORMED);
}

void decode_recovery_look(struct members *m, struct command *c)
{
    TAKE_EXACT(m, "key", c->look.invite.bytes);
    TAKE_EXACT(m, "sig", c->look.sig);
}

void decode_claim(struct members *m, struct command *c)
{
    c->claim.body = take_bytes(m, "body", LIMIT_RECORD_BYTES);
    TAKE_EXACT(m, "sig", c->claim.sig);
}

void decode_chains(struct members *m, struct command *c)
{
    c->chains.accounts = take_ids(m, "accounts", LIMIT_CHAIN_ACCOUNTS, &c->chains.count);
}

void decode_profiles(struct members *m, struct command *c)
{
    c->chains.accounts = take_ids(m, "accounts", LIMIT_PROFILE_ACCOUNTS, &c->chains.count);
}

/* What is too large for a profile is for the rules to say: they have the sentence for it. */
void decode_profile(struct members *m, struct command *c)
{
    c->profile.name = maybe_text(m, "name", &c->profile.to.name);
    c->profile.handle = maybe_text(m, "handle", &c->profile.to.handle);
    c->profile.bio = maybe_text(m, "bio", &c->profile.to.bio);
    c->profile.pronouns = maybe_text(m, "pronouns", &c->profile.to.pronouns);
    c->profile.picture = maybe_bytes(m, "picture", LIMIT_MESSAGE_BYTES, &c->profile.to.picture);
    if (m->taken == 2) take_fail(m, ERR_MALFORMED); /* "id" and "do": nothing to set */
}

void decode_passkeys(struct members *m, struct command *c)
{
    json_t *array;
    struct passkey_info *list =
        take_array(m, "passkeys", LIMIT_PASSKEYS, sizeof *list, &array, &c->passkeys.count);
    for (size_t i = 0; i < c->passkeys.count && !m->err; i++) {
        struct members key = take_inside(m, json_array_get(array, i));
        list[i].credential = take_bytes(&key, "credential", LIMIT_PASSKEY_BYTES);
        list[i].data = take_bytes(&key, "data", LIMIT_PASSKEY_BYTES);
        take_end(&key);
        take_fail(m, key.err);
    }
    c->passkeys.list = list;
}

void decode_passkey(struct members *m, struct command *c)
{
    c->passkey.credential = take_bytes(m, "credential", LIMIT_PASSKEY_BYTES);
}

void decode_members(struct members *m, struct command *c)
{
    c->members.from = take_number(m, "after", 0, INT64_MAX);
}

/* By one thing alone. */
void decode_find(struct members *m, struct command *c)
{
    struct view account, invite;
    int given = maybe_text(m, "handle", &c->find.handle);
    if (maybe_bytes(m, "account", ID_BYTES, &account) && ++given)
        account.len == ID_BYTES ? (void)memcpy(c->find.account.bytes, account.ptr, ID_BYTES)
                                : take_fail(m, ERR_MALFORMED);
    if (maybe_bytes(m, "invite", KEY_BYTES, &invite) && ++given)
        invite.len == KEY_BYTES ? (void)memcpy(c->find.invite.bytes, invite.ptr, KEY_BYTES)
                                : take_fail(m, ERR_MALFORMED);
    if (given != 1) take_fail(m, ERR_MALFORMED);
}

void decode_person(struct members *m, struct command *c)
{
    TAKE_EXACT(m, "account", c->person.account.bytes);
}
