-- The member log: signed records in order, each with the head of the hash chain after it.
CREATE TABLE log (
  n INTEGER PRIMARY KEY CHECK (n >= 0),
  record BLOB NOT NULL CHECK (length(record) BETWEEN 1 AND 512),
  head BLOB NOT NULL CHECK (length(head) = 32)
) STRICT;

-- The name that an account shows. The only thing here that a person typed, besides the club's name.
CREATE TABLE name (
  account BLOB PRIMARY KEY CHECK (length(account) = 16),
  name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- "setup_key" and "club_name".
CREATE TABLE setting (
  key TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
