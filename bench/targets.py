"""What figures have to reach on two cores, as ratios to a limit of the same run where one is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec


class Target(msgspec.Struct, frozen=True):
    """What one figure has to reach.

    Attributes:
        value: The bound.
        is_most: It must not be more; else it must not be less.
        is_ratio: Of ours to the limit; else in the figure's own unit.
    """

    value: float
    is_most: bool
    is_ratio: bool = False

    @property
    def words(self) -> str:
        """How the table names it."""
        bound = f"{self.value:,.0f}" if self.value >= 100 else f"{self.value:g}"  # noqa: PLR2004
        return f"{'≤' if self.is_most else '≥'} {bound}{' x' if self.is_ratio else ''}"


def _most(value: float) -> Target:
    return Target(value, is_most=True)


def _least(value: float) -> Target:
    return Target(value, is_most=False)


TARGETS: Final[Mapping[str, Target]] = MappingProxyType(
    {
        "record_one": Target(0.6, is_most=False, is_ratio=True),
        "check_in_command": _most(150),
        "ingest_32": _least(20_000),
        "backlog_10k": Target(2.0, is_most=True, is_ratio=True),
        "backlog_bytes_up": _most(3.5),
        "backlog_bytes_down": _most(1.0),
        "live_ms": Target(1.3, is_most=True, is_ratio=True),
        "live_ms_p99": _most(10),
        "page_ms": _most(60),
        "page_ms_p99": _most(150),
        "fanout_100": _most(3.5),
        "fanout_100_p99": _most(6),
        "fanout_100_rate": Target(0.8, is_most=False, is_ratio=True),
        "pages_200_p99": _most(150),
        "app_warm": _most(2_000),
        "app_cold_check_in_slow": _most(10_000),
        "rebuild_100k": _least(60_000),
        "rebuild_100k_server": _least(60_000),
        "fold_100k": _least(300_000),
        "chain_100k": _least(150_000),
        "verify_100k": _least(70_000),
        "idle_500": _most(25),
        "idle_10k": _most(350),
        "open_cold_status": _most(500),
        "open_cold_page": _most(1000),
        "postgres_lanes": Target(0.5, is_most=False, is_ratio=True),
    }
)
"""By the name of the figure; what is not here is told for comparison."""
