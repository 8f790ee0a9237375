"""Asking a home server over HTTPS: joining, devices, invitations. Small answers, one at a time."""

from __future__ import annotations

from typing import Literal, NoReturn, TypeVar

import msgspec

from trailmark_adapters.https import NoAnswerError, Sent, exchange
from trailmark_client.addresses import checked_url
from trailmark_client.refusals import refusal_words
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.words import gettext

_Answer = TypeVar("_Answer")


class Problem(msgspec.Struct, frozen=True):
    """What a server says when it refuses (RFC 9457).

    Attributes:
        code: Stable name of the reason; empty where what answers names none.
        detail: One sentence.
    """

    code: str = ""
    detail: str = ""


class HttpApi:
    """One home server's API, as one device or as nobody yet.

    Attributes:
        url: The server's address, checked.
    """

    def __init__(self, url: str, credential: str | None = None) -> None:
        """Take the address and, once there is one, the credential.

        Raises:
            RefusedError: ``insecure_address``.
        """
        self.url = checked_url(url)
        self._credential = credential

    def ask(
        self,
        method: Literal["GET", "POST", "PUT", "DELETE"],
        path: str,
        answer: type[_Answer],
        body: object = None,
    ) -> _Answer:
        """Return the server's answer to one request.

        Args:
            method: The HTTP method.
            path: Beginning with ``/api/``.
            answer: What the JSON must be.
            body: What to send as JSON; nothing by default.

        Returns:
            The decoded answer; for an answer without content, the one of ``{}``.

        Raises:
            RefusedError: ``unreachable``, or what the server says, with advice.
        """
        status, data = self._exchange(method, path, body)
        if status >= 400:  # noqa: PLR2004  (RFC 9110: refusals begin here)
            _raise_refusal(status, data)
        if status >= 300:  # noqa: PLR2004  (RFC 9110: redirects, which are never followed)
            _raise_no_server()
        try:
            return msgspec.json.decode(data or b"{}", type=answer)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            _raise_no_server()

    def _exchange(self, method: str, path: str, body: object) -> tuple[int, bytes]:
        headers = {"Accept": "application/json"}
        if self._credential is not None:
            headers["Authorization"] = f"Bearer {self._credential}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        data = None if body is None else msgspec.json.encode(body)
        sent = Sent(method=method, origin=self.url, path=path, headers=headers, body=data)
        try:
            return exchange(sent)
        except NoAnswerError as error:
            raise RefusedError(
                ErrorCode.UNREACHABLE,
                gettext("the server cannot be reached ({why}); nothing is lost").format(why=error),
                "later",
            ) from None


def problem_of(data: bytes) -> Problem:
    """Return what a refusal says; of what is none, a problem without words."""
    try:
        return msgspec.json.decode(data, type=Problem)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Problem()


def _raise_no_server() -> NoReturn:
    raise RefusedError(
        ErrorCode.UNREACHABLE, gettext("what answers there is no Trailmark server"), "never"
    ) from None


def _raise_refusal(status: int, data: bytes) -> NoReturn:
    problem = problem_of(data)
    name = problem.code or ErrorCode.INTERNAL
    is_known = name in ErrorCode.__members__.values()
    code = ErrorCode(name) if is_known else ErrorCode.INTERNAL
    is_passing = status >= 500 or status == 429  # noqa: PLR2004  (RFC 9110 and RFC 6585)
    said = problem.detail[: limits.TITLE_CHARS_MAX]
    raise RefusedError(
        code,
        refusal_words(code if is_known else None, said)
        or gettext("the server answered {status}").format(status=status),
        "later" if is_passing else "never",
    )
