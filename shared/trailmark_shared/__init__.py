"""The sans-I/O core: events, folds and the sync protocol, with no clock, files or sockets."""
