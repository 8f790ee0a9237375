"""``trailmark-sync/1``: messages, frames, pages and the two sans-I/O session machines."""
