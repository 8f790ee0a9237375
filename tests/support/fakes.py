"""Stand-ins for the machine: a clock that is set by hand, and chance that repeats."""

from random import Random


class FakeClock:
    """A clock that moves only when a test moves it.

    Attributes:
        ms: What it shows, milliseconds UTC.
        zone: The zone it claims to be in.
    """

    def __init__(self, ms: int = 1_700_000_000_000, zone: str = "Europe/Berlin") -> None:
        self.ms = ms
        self.zone = zone
        self._started = ms

    def now_ms(self) -> int:
        return self.ms

    def monotonic_ms(self) -> int:
        return self.ms - self._started

    def zone_name(self) -> str:
        return self.zone

    def advance(self, ms: int) -> None:
        """Let ``ms`` milliseconds pass."""
        self.ms += ms


class FailingClock(FakeClock):
    """A clock that lets whoever asks for its zone down, as nothing of ours expects.

    Attributes:
        is_failing: Whether it does.
    """

    is_failing = False

    def zone_name(self) -> str:
        if self.is_failing:
            raise RuntimeError("words of a person")
        return super().zone_name()


class SeededRandomness:
    """Bytes that look random and are the same in every run with the same seed."""

    def __init__(self, seed: int = 1) -> None:
        self._random = Random(seed)

    def token(self, length: int) -> bytes:
        return self._random.randbytes(length)
