"""What a server answers, and the errors of one that does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from httpx import Headers

HTML = frozenset({"text/html", "application/xhtml+xml"})
GONE = frozenset({404, 410})
REDIRECTS = frozenset({301, 302, 303, 307, 308})

Wanted = Literal["nothing", "digest", "body"]
Wants = Callable[["Headers"], Wanted]
"""By the headers of an answer, what is to be read of its body."""


class Answer(NamedTuple):
    """`location` is the path of the page that a redirect leads to, None for one of no page; `size`
    counts the bytes of the body, as far as it was read or the server tells."""

    status: int
    headers: Headers
    location: str | None = None
    body: bytes | None = None
    digest: str | None = None
    size: int = 0


class Refused(Exception):
    """An answer that is neither a page nor says that there is none."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(f"the server answers {status} {phrase(status)}")


class BudgetReached(Exception):
    """No more may be read in this listing."""


def phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "(of no known meaning)"


def media_type(headers: Headers) -> str:
    return str(headers.get("content-type", "")).partition(";")[0].strip().lower()


def charset(headers: Headers) -> str | None:
    """That the header names."""
    for part in headers.get("content-type", "").split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'").lower() or None
    return None


def moment(text: str | None) -> datetime | None:
    """A date of HTTP; None for what is none."""
    try:
        made = parsedate_to_datetime(text or "")
    except (TypeError, ValueError):
        return None
    return made if made.tzinfo else made.replace(tzinfo=UTC)
