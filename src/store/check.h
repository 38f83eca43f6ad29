/* What every back end refuses before it writes, so that no row takes what another would not. Private to store/. */
#ifndef STORE_CHECK_H
#define STORE_CHECK_H

#include "store/store.h"

enum { STORE_KEY_MAX = 32, STORE_VALUE_MAX = 1024 };

MUST_CHECK enum err store_check_entry(const struct store_entry *e, const struct store_also *also);
MUST_CHECK enum err store_check_profile(const struct store_profile *p);
MUST_CHECK enum err store_check_passkeys(const struct store_passkey *list, size_t count);
MUST_CHECK enum err store_check_slip(const struct store_slip *n);
MUST_CHECK enum err store_check_ledger(const struct ledger_row *rows, size_t count);
MUST_CHECK enum err store_check_rooms(const struct store_room *rooms, size_t count);
MUST_CHECK enum err store_check_lookups(const struct store_lookups *l);
MUST_CHECK enum err store_check_alerts(const struct alert *list, size_t count);
MUST_CHECK enum err store_check_setting(const char *key, struct view value);

#endif
