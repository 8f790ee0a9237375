"""Therapists' accounts: who they are, what they sign in with, and what they are told of it."""
