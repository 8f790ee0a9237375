"""Litestar on uvicorn's sansio protocol: answers a frame once what is promised of it is kept."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from litestar import WebSocket, websocket

from bench.children.bare_room import serve
from bench.limits.promised import PromisedStore
from bench.limits.sqlite import Groups
from trailmark_adapters.threads import take_short_turns

_KEPT = b"kept"


def main() -> None:
    """Serve at a free port and say which."""
    store, groups = PromisedStore(Path(sys.argv[1]), seals=True), list[Groups[bytes]]()

    @websocket("/push")
    async def push(socket: WebSocket[Any, Any, Any]) -> None:
        await socket.accept()
        if not groups:
            groups.append(Groups(store.keep))
        try:
            while True:
                await groups[0].kept(await socket.receive_data("binary"))
                await socket.send_data(_KEPT, "binary")
        except Exception:  # noqa: BLE001  (whatever ends it)
            return

    take_short_turns()  # as our server
    serve(push)


if __name__ == "__main__":
    main()
