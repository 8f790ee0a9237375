"""``python -m trailmark_client`` is the command ``trailmark``."""

import sys

from trailmark_client.cli.program import main as run

if __name__ == "__main__":
    sys.exit(run())
