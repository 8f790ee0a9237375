"""Other projects at the same work: how fast they are on this machine, in the same run."""
