ALTER TABLE profile ADD COLUMN pronouns TEXT;
