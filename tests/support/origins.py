"""Origins that are not the server's own, however much they look like it."""

from collections.abc import Mapping

LOOK_ALIKES: Mapping[str, str] = {
    "evil": "https://evil.example",
    "null": "null",
    "empty": "",
    "suffix": "{own}.evil.example",
    "prefix": "{scheme}://evil-{host}",
    "other port": "{scheme}://{name}:1",
    "no port": "{scheme}://{name}",
    "other scheme": "{other_scheme}://{host}",
    "userinfo": "{scheme}://{host}@evil.example",
    "own userinfo": "{scheme}://me@{host}",
    "trailing dot": "{scheme}://{name}.:{port}",
    "trailing slash": "{own}/",
    "a path of it": "https://evil.example/{own}",
    "two of them": "{own}, https://evil.example",
    "blanks": "{own} https://evil.example",
}
"""What it plays with -> the origin, in terms of the own one; the own one has a port."""


def look_alike(kind: str, own: str) -> str:
    """Return the look-alike of one kind to the server's own origin."""
    scheme, _, host = own.partition("://")
    name, _, port = host.partition(":")
    return LOOK_ALIKES[kind].format(
        own=own,
        scheme=scheme,
        other_scheme="https" if scheme == "http" else "http",
        host=host,
        name=name,
        port=port,
    )
