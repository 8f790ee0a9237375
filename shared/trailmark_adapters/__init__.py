"""The one door to SQLite, PyNaCl, the clock and the system's randomness."""
