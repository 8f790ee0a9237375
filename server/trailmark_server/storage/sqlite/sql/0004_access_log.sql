-- The access log is read backwards, by person and by member, and forgotten from its old end.

CREATE INDEX access_entry_in_space ON access_entry (space, first_at);
CREATE INDEX access_entry_of_member ON access_entry (member, first_at);
CREATE INDEX access_entry_by_time ON access_entry (first_at);
