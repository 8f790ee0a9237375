"""What a person asks: plain functions over a connection that change nothing."""
