"""The device's store: plain functions over a connection, one call of the app = one transaction."""
