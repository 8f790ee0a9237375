"""The account tables in SQLite."""
