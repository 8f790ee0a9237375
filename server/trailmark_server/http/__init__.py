"""What stands between the network and the handlers: connections, layers, addresses, errors."""
