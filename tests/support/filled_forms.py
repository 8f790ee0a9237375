"""A browser without script that sends the forms of a page as a person fills them in."""

from __future__ import annotations

from html.parser import HTMLParser

import httpx


class Form:
    """A form of a page.

    Attributes:
        action: Where it goes.
        fields: What it sends by itself: hidden fields, and what stands in the others.
    """

    def __init__(self, action: str) -> None:
        self.action = action
        self.fields: dict[str, str] = {}


class _Forms(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, or a field of the last one; a choice sends nothing until it is made."""
        said = dict(attrs)
        if tag == "form":
            self.forms.append(Form(said.get("action") or ""))
        elif tag in {"input", "textarea", "select"} and self.forms and _sends(said):
            self.forms[-1].fields.setdefault(said.get("name") or "", said.get("value") or "")


def _sends(field: dict[str, str | None]) -> bool:
    is_choice = field.get("type") in {"radio", "checkbox", "submit"}
    return bool(field.get("name")) and (not is_choice or "checked" in field)


def send(browser: httpx.Client, page: str, action: str, **filled: str) -> httpx.Response:
    """Open a page, fill in the form whose action ends like ``action``, and send it.

    Fields named in ``filled`` that stand in several such forms choose the form: the first one that
    sends the same ``kind`` is taken.
    """
    reader = _Forms()
    reader.feed(browser.get(page).raise_for_status().text)
    form = next(
        each
        for each in reader.forms
        if each.action.endswith(action)
        and each.fields.get("kind") == filled.get("kind", each.fields.get("kind"))
    )
    sent = browser.post(form.action, data={**form.fields, **filled})
    assert sent.status_code == httpx.codes.OK, (form.action, sent.status_code, sent.text)
    return sent
