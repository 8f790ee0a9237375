"""Keeping what is being typed, at every keystroke."""

from __future__ import annotations

from trailmark_client.storage.drafts import drop_draft, keep_draft
from trailmark_client.web.asking import Asked, Told
from trailmark_client.web.desk import DRAFT_FIELD, Desk
from trailmark_client.web.meanwhile import FIELD


def keep(desk: Desk, asked: Asked) -> Told:
    """Keep the fields of a form as its draft; once this is answered, they survive a power cut."""
    name = asked.ids["name"]
    typed = {field: values for field, values in asked.form.items() if field != DRAFT_FIELD}
    words = (values for field, values in typed.items() if field != FIELD)
    if any(value.strip() for values in words for value in values):
        desk.store.write(lambda conn: keep_draft(conn, name, typed, desk.now_ms))
    else:
        desk.store.write(lambda conn: drop_draft(conn, name))
    return Told()
