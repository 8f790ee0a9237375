"""Looks over a server as an operator would, and says what to do next."""
