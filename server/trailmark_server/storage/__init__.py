"""Where the server keeps things: ports, an in-memory reference, SQLite, PostgreSQL."""
