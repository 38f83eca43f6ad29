-- What people typed about themselves. All of it goes when the account does.
CREATE TABLE profile (
  account BLOB NOT NULL PRIMARY KEY CHECK (length(account) = 16),
  name TEXT NOT NULL,
  handle TEXT UNIQUE,
  bio TEXT,
  picture BLOB
) STRICT;
INSERT INTO profile (account, name) SELECT account, name FROM name;
DROP TABLE name;

-- The recovery code, sealed with what an authenticator gives for this credential: nothing that opens it is here.
CREATE TABLE passkey (
  credential BLOB NOT NULL PRIMARY KEY,
  account BLOB NOT NULL CHECK (length(account) = 16),
  data BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX passkey_account ON passkey (account);
