"""What members may see, read from the log: under their pages and under their API alike.

Plain values, no HTML and no HTTP. Nothing here decides who may read what: each read asks
``trailmark_server.access`` in the transaction that reads the rows.
"""
