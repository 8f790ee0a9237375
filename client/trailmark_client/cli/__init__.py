"""The command ``trailmark``: the person's own tool, which works without a network."""
