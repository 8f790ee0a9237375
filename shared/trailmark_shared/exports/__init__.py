"""Exports of one lane: a file that whoever holds it can check without asking anybody."""
