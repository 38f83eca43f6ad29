#include "store/check.h"

#include <string.h>

#include "base/limits.h"

static enum err check_name(struct view name)
{
    if (name.len > LIMIT_NAME_BYTES) return ERR_TOO_LARGE;
    return text_check(name, 1, LIMIT_NAME_CHARS);
}

enum err store_check_entry(const struct store_entry *e, const struct store_also *also)
{
    if (e->record.len == 0) return ERR_MALFORMED;
    if (e->record.len > LIMIT_RECORD_BYTES) return ERR_TOO_LARGE;
    return also && also->name.len ? check_name(also->name) : OK;
}

/* Shape alone: what a handle or a picture is, the rules know. */
enum err store_check_profile(const struct store_profile *p)
{
    if (p->handle.len > LIMIT_HANDLE_CHARS || p->bio.len > LIMIT_BIO_BYTES ||
        p->pronouns.len > LIMIT_PRONOUNS_BYTES || p->picture.len > LIMIT_PICTURE_BYTES)
        return ERR_TOO_LARGE;
    return check_name(p->name);
}

enum err store_check_passkeys(const struct store_passkey *list, size_t count)
{
    if (count > LIMIT_PASSKEYS) return ERR_TOO_LARGE;
    for (size_t i = 0; i < count; i++) {
        if (!list[i].credential.len || !list[i].data.len) return ERR_MALFORMED;
        if (list[i].credential.len > LIMIT_PASSKEY_BYTES || list[i].data.len > LIMIT_PASSKEY_BYTES)
            return ERR_TOO_LARGE;
    }
    return OK;
}

enum err store_check_slip(const struct store_slip *n)
{
    if (n->kind < STORE_FOLLOW || n->kind > STORE_REPORT || n->time_ms > INT64_MAX) return ERR_MALFORMED;
    return n->data.len > LIMIT_SLIP_BYTES ? ERR_TOO_LARGE : OK;
}

enum err store_check_ledger(const struct ledger_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].kind < LEDGER_ROOM || rows[i].kind > LEDGER_SPAN) return ERR_MALFORMED;
        if (rows[i].data.len > LIMIT_PATTERN_BYTES) return ERR_TOO_LARGE;
        if ((rows[i].since_ms | rows[i].until_ms) > INT64_MAX) return ERR_MALFORMED;
    }
    return OK;
}

enum err store_check_rooms(const struct store_room *rooms, size_t count)
{
    if (count > LIMIT_KEPT_ROOMS) return ERR_TOO_LARGE;
    for (size_t i = 0; i < count; i++)
        if (rooms[i].data.len > LIMIT_KEPT_BYTES) return ERR_TOO_LARGE;
    return OK;
}

enum err store_check_lookups(const struct store_lookups *l)
{
    return l->day > INT64_MAX ? ERR_MALFORMED : OK;
}

enum err store_check_alerts(const struct alert *list, size_t count)
{
    if (count > LIMIT_ALERTS) return ERR_TOO_LARGE;
    for (size_t i = 0; i < count; i++) {
        if (list[i].kind < ALERT_BUDGET || list[i].kind > ALERT_DISK) return ERR_MALFORMED;
        if (list[i].n <= (i ? list[i - 1].n : 0) || list[i].n > INT64_MAX) return ERR_MALFORMED;
        if (list[i].time_ms > INT64_MAX) return ERR_MALFORMED;
    }
    return OK;
}

enum err store_check_setting(const char *key, struct view value)
{
    size_t len = strlen(key);
    if (len == 0) return ERR_MALFORMED;
    return len > STORE_KEY_MAX || value.len > STORE_VALUE_MAX ? ERR_TOO_LARGE : OK;
}
