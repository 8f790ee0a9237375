"""The members' web: people, one person's shared timeline, a goal's history, a comment box.

Server-rendered; every page works without JavaScript except its live part. Nothing here decides who
may read what: each read asks ``trailmark_server.access`` in the transaction that reads the rows.
"""
