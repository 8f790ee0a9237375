"""Backups of the log and of the keys, apart from each other, and the way back."""
