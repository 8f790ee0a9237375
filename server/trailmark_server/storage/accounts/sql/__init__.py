"""The account tables in SQL."""
