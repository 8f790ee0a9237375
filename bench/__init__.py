"""How fast Trailmark is, beside the machine's limits and beside peers, in one run."""
