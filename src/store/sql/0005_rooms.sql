-- What a room that lives needs to come back after a restart: src/rooms/places.c writes it. Gone when the room ends.
CREATE TABLE room (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  data BLOB NOT NULL
) STRICT, WITHOUT ROWID;
