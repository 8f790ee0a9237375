"""The account tables in memory."""
