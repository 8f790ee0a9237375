"""HTTP and socket handlers: the edge that translates between the wire and the server's parts."""
