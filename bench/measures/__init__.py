"""The figures of Trailmark, each measured as it ships: real processes, sockets and files."""
