"""What this machine can do at best, written as barely as it goes, to measure Trailmark against."""
