/* Opening the database of a data folder: private to the sqlite row.
 *
 * Nothing is changed before the file is known to be ours, whole, and not newer than this program. Every refusal is
 * logged as a sentence that says what to do. */
#ifndef STORE_SQLITE_OPEN_H
#define STORE_SQLITE_OPEN_H

#include <sqlite3.h>

#include "base/err.h"

/* `*folder` is a descriptor that holds the lock of the data folder: one server per folder. ERR_BUSY: another one
 * has it; ERR_UNSUPPORTED: a newer schema; ERR_STORE: anything else. On error nothing is left open. */
MUST_CHECK enum err sqlite_open_database(sqlite3 **db, int *folder, const char *place);

#endif
