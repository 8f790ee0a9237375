"""The person's own pages: plain functions from what was asked to what is shown.

They know no web framework, no socket and no thread. Whoever shows them (``local_site`` on this
machine, ``in_browser`` inside a browser) brings the store, the clock and the way to the home
server; see ``web.desk``.
"""
