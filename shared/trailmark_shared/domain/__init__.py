"""The rules of the domain: pure values and functions, no I/O, no clock, no randomness."""
