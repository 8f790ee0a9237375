"""The command ``trailmark``: the person's own tool, which works without a network."""

from trailmark_client.cli.program import main

__all__ = ["main"]
