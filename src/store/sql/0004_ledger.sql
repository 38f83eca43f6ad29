-- What tracing needs of rooms, for as long as the operator has set: src/base/ledger.h has the kinds.
CREATE TABLE ledger (
  room BLOB NOT NULL CHECK (length(room) = 16),
  kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 4),
  account BLOB NOT NULL CHECK (length(account) = 16),
  since INTEGER NOT NULL,
  until INTEGER NOT NULL,
  hop INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (room, kind, account, since)
) STRICT, WITHOUT ROWID;
