#include "server/api.h"

#include <stdlib.h>

#include "server/api_fields.h"

static void (*const decoders[COMMAND_COUNT])(struct members *m, struct command *c) = {
    [COMMAND_LOOK] = decode_look,
    [COMMAND_REDEEM] = decode_redeem,
    [COMMAND_HELLO] = decode_hello,
    [COMMAND_PAIR_OPEN] = decode_pair_open,
    [COMMAND_PAIR_ACCEPT] = decode_record,
    [COMMAND_RECOVERY_LOOK] = decode_recovery_look,
    [COMMAND_RECOVERY_USE] = decode_record,
    [COMMAND_LOG_APPEND] = decode_record,
    [COMMAND_LOG_READ] = decode_log_read,
    [COMMAND_DEVICE_LIST] = decode_nothing,
    [COMMAND_PAIR_FIND] = decode_pair_find,
    [COMMAND_PAIR_OFFER] = decode_pair_offer,
    [COMMAND_CLAIM_OPEN] = decode_claim,
    [COMMAND_CLAIM_LIST] = decode_nothing,
    [COMMAND_INVITE_LIST] = decode_nothing,
    [COMMAND_CHAIN_READ] = decode_chains,
    [COMMAND_CLUB_READ] = decode_nothing,
    [COMMAND_PROFILE_READ] = decode_profiles,
    [COMMAND_PROFILE_SET] = decode_profile,
    [COMMAND_EXPORT] = decode_nothing,
    [COMMAND_PASSKEY_SET] = decode_passkeys,
    [COMMAND_PASSKEY_LIST] = decode_nothing,
    [COMMAND_PASSKEY_LOOK] = decode_passkey,
    [COMMAND_MOD_LIST] = decode_nothing,
    [COMMAND_ADMIN_HEALTH] = decode_nothing,
    [COMMAND_ADMIN_INVITES] = decode_members,
    [COMMAND_ADMIN_FIND] = decode_find,
    [COMMAND_ADMIN_ALERTS] = decode_nothing,
    [COMMAND_OPERATOR_MEMBERS] = decode_members,
    [COMMAND_OPERATOR_EXPORT] = decode_person,
    [COMMAND_OPERATOR_STATS] = decode_nothing,
    [COMMAND_PEOPLE_FOLLOW] = decode_tie,
    [COMMAND_PEOPLE_BLOCK] = decode_tie,
    [COMMAND_PEOPLE_LIST] = decode_nothing,
    [COMMAND_EVENT_NEW] = decode_event,
    [COMMAND_EVENT_CANCEL] = decode_cancel,
    [COMMAND_REPORT] = decode_report,
    [COMMAND_REPORT_LIST] = decode_nothing,
    [COMMAND_REPORT_CLOSE] = decode_close,
    [COMMAND_ROOM_OPEN] = decode_open,
    [COMMAND_ROOM_JOIN] = decode_join,
    [COMMAND_ROOM_PATH] = decode_path,
    [COMMAND_ROOM_LEAVE] = decode_nothing,
    [COMMAND_ROOM_END] = decode_nothing,
    [COMMAND_ROOM_HAND] = decode_up,
    [COMMAND_ROOM_MUTE] = decode_muted,
    [COMMAND_ROOM_BRING] = decode_person,
    [COMMAND_ROOM_ANSWER] = decode_accept,
    [COMMAND_ROOM_SEND_BACK] = decode_person,
    [COMMAND_ROOM_MUTE_OTHER] = decode_person,
    [COMMAND_ROOM_REMOVE] = decode_record,
    [COMMAND_ROOM_READMIT] = decode_person,
    [COMMAND_ROOM_ROLE] = decode_role,
    [COMMAND_ROOM_LOCK] = decode_locked,
    [COMMAND_ROOM_TITLE] = decode_title,
    [COMMAND_ROOM_HANDS] = decode_hands,
    [COMMAND_ROOM_LOWER] = decode_person,
    [COMMAND_ROOM_LOWER_ALL] = decode_nothing,
    [COMMAND_ROOM_PING] = decode_person,
    [COMMAND_ROOM_KNOCK] = decode_knock,
    [COMMAND_ROOM_KEYS] = decode_keys,
    [COMMAND_ROOM_SEALS] = decode_seals,
    [COMMAND_ROOM_BEAT] = decode_live,
    [COMMAND_ROOM_TAGS] = decode_live,
    [COMMAND_ROOM_KEM] = decode_kem,
    [COMMAND_ROOM_SAY] = decode_talk,
    [COMMAND_ROOM_REACT] = decode_talk,
    [COMMAND_ROOM_NOTE] = decode_talk,
    [COMMAND_ROOM_PIN] = decode_pin,
    [COMMAND_ROOM_SILENCE] = decode_silence,
    [COMMAND_ROOM_TWIN] = decode_twin,
    [COMMAND_TRACE_LIST] = decode_nothing,
    [COMMAND_TRACE_READ] = decode_trace_read,
    [COMMAND_OPERATOR_TRACE] = decode_trace,
};

static bool find_command(struct view name, enum command_kind *out)
{
    static const char *const names[] = {
#define X(kind, wire) [COMMAND_##kind] = wire,
        COMMANDS(X)
#undef X
    };
    for (unsigned i = 0; i < COMMAND_COUNT; i++) {
        if (!decoders[i] || !view_eq(name, view_str(names[i]))) continue;
        *out = (enum command_kind)i;
        return true;
    }
    return false;
}

/* ---- the message ---------------------------------------------------------------------------------- */

/* Counts values and depth before any memory is taken: a megabyte of brackets costs one pass. */
static enum err check_size(struct view text)
{
    enum { DEPTH_MAX = 8 };
    size_t nodes = 0, depth = 0;
    bool quoted = false;
    if (text.len > LIMIT_MESSAGE_BYTES) return ERR_TOO_LARGE;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t ch = text.ptr[i];
        if (quoted && ch == '\\')
            i++;
        else if (ch == '"')
            quoted = !quoted;
        else if (quoted)
            continue;
        else if (ch == '[' || ch == '{')
            nodes++, depth++;
        else if ((ch == ']' || ch == '}') && depth)
            depth--;
        else if (ch == ',')
            nodes++;
        if (nodes > LIMIT_MESSAGE_NODES || depth > DEPTH_MAX) return ERR_TOO_LARGE;
    }
    return OK;
}

static enum err decode(struct request *r, struct view text)
{
    enum err e = check_size(text);
    if (e) return e;
    r->root = json_loadb((const char *)text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(r->root)) return ERR_MALFORMED;
    struct members m = {.r = r, .object = r->root};
    r->id = (uint32_t)take_number(&m, "id", 1, UINT32_MAX);
    if (m.err) r->id = 0;
    struct view name = take_text(&m, "do");
    if (m.err) return m.err;
    if (!find_command(name, &r->command.kind)) return ERR_UNKNOWN_REQUEST;
    r->command.request = r->id;
    decoders[r->command.kind](&m, &r->command);
    take_end(&m);
    return m.err;
}

enum err api_decode(struct request **out, struct view text)
{
    *out = calloc(1, sizeof **out);
    return *out ? decode(*out, text) : ERR_SYSTEM;
}

void api_free(struct request *r)
{
    if (!r) return;
    arena_free(r);
    json_decref(r->root);
    free(r);
}
