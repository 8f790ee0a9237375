"""The embedded default: one SQLite file for the log, one for the keys."""
