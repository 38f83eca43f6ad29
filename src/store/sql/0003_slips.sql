-- What a member left here beside the profile: 1 follows and 2 blocks somebody, 3 announced an event, 4 reported
-- somebody. A slip goes with its account and with the one it is about (zeros: nobody).
CREATE TABLE slip (
  account BLOB NOT NULL CHECK (length(account) = 16),
  kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 4),
  id BLOB NOT NULL CHECK (length(id) = 16),
  about BLOB NOT NULL CHECK (length(about) = 16),
  time INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (account, kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX slip_about ON slip (about);
