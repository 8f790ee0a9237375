"""The SQL text of the stores, written once for SQLite and PostgreSQL; see decision 0017."""
