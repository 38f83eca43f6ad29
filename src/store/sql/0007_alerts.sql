-- How many profiles of others an account has looked up on a day (days since 1970, UTC), never whose. Of a day before
-- nothing is kept. It is written ahead of use: src/rooms/budget.c.
CREATE TABLE lookup (
  account BLOB NOT NULL PRIMARY KEY CHECK (length(account) = 16),
  day INTEGER NOT NULL CHECK (day >= 0),
  used INTEGER NOT NULL CHECK (used > 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX lookup_day ON lookup (day);

-- What founder and admins should know of: src/base/alert.h has the kinds. It goes with the account that it names.
CREATE TABLE alert (
  n INTEGER PRIMARY KEY CHECK (n > 0),
  kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 7),
  account BLOB NOT NULL CHECK (length(account) = 16),
  time INTEGER NOT NULL CHECK (time >= 0),
  count INTEGER NOT NULL CHECK (count >= 0)
) STRICT;
