"""Passwords that are hashed fast: what they promise does not depend on how long it takes."""

from argon2 import PasswordHasher

from trailmark_server.therapists.passwords import Passwords

GOOD = "violet tram under the ninth bridge"
BETTER = "seven kettles hum in minor thirds"


def quick_hasher(time_cost: int = 1) -> PasswordHasher:
    """Return a hasher with parameters for tests."""
    return PasswordHasher(time_cost=time_cost, memory_cost=8, parallelism=1)


def quick_passwords() -> Passwords:
    """Return what hashes and compares passwords, fast."""
    return Passwords(quick_hasher())
