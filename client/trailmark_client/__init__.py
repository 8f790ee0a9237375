"""The person's device: commands, queries, local storage and the replicator."""
