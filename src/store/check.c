#include "store/check.h"

#include <string.h>

#include "base/limits.h"

enum err store_check_entry(const struct store_entry *e, const struct store_name *name)
{
    if (e->record.len == 0) return ERR_MALFORMED;
    if (e->record.len > LIMIT_RECORD_BYTES) return ERR_TOO_LARGE;
    return name && name->name.len ? store_check_name(name) : OK;
}

enum err store_check_name(const struct store_name *name)
{
    if (name->name.len > LIMIT_NAME_BYTES) return ERR_TOO_LARGE;
    return text_check(name->name, 1, LIMIT_NAME_CHARS);
}

enum err store_check_setting(const char *key, struct view value)
{
    size_t len = strlen(key);
    if (len == 0) return ERR_MALFORMED;
    return len > STORE_KEY_MAX || value.len > STORE_VALUE_MAX ? ERR_TOO_LARGE : OK;
}
