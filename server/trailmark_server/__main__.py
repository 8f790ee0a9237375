"""``python -m trailmark_server``."""

from trailmark_server.cli import main

main()
