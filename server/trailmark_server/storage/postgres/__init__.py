"""At scale: PostgreSQL, one database for the log, one for the keys, many servers."""
