/* Whether SQLite's write-ahead log, aparte.db-wal, still holds all that it was said to hold. SQLite reads such a log up
 * to the first frame that is cut or damaged and takes that for its end: what was acknowledged and stood behind is gone
 * without a word. Its index, aparte.db-shm, stays where it was when a server is killed, and is told of a commit only
 * once that is on the disk; so it says how far the log went. https://sqlite.org/walformat.html, 2.1, and
 * https://sqlite.org/fileformat.html, 4. Before the database is opened: whoever opens it makes the index anew. */
#ifndef STORE_WAL_H
#define STORE_WAL_H

#include <stdbool.h>

bool wal_lost(int folder); /* false where there is no index, so nothing is known */

#endif
