"""``/api/members/…``: what therapists read and write, as JSON.

Whoever is signed in on the web may use it. A write needs the server's own ``Origin`` and the form
token of the session in the header ``X-Form-Token``; ``GET /api/members/session`` tells it. What is
closed to somebody and what does not exist are answered alike.
"""
