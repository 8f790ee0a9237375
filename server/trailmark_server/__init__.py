"""The home server: devices, members' pages, ingest, projections and accounts."""
