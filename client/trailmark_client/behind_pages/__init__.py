"""What stands behind the person's pages, whichever shell shows them.

``local_site`` shows them on this machine, ``in_browser`` inside a browser; both lay the same desk
(``web.desk``) and keep in step with the home server alike.
"""
