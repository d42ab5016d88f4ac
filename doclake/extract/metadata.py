"""What documents say of themselves, under one name for one thing in every format.

The worker makes the fields, its parent checks them. The names stand in
docs/formats.md.
"""

from __future__ import annotations

import re
from typing import Any

from doclake.extract.model import Extraction, MetadataField
from doclake.extract.text.cleaning import clean
from doclake.extract.text.dates import iso
from doclake.settings import Limits

_LONGEST = 10_000  # characters of a value
_MOST = 1_000  # fields of the whole document; its pages may have as many, and one each
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_WORD = re.compile(r"[^a-z0-9]+")
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_DATES = frozenset({"created", "modified", "printed", "date"})
_SAME = {"lang": "language", "tags": "keywords", "keyword": "keywords", "last_modified": "modified"}


def fields(extraction: Extraction) -> list[MetadataField]:
    """What the document says, with names and dates in one form; long values are cut."""
    values: dict[str, str] = {}
    for name, value in extraction.metadata.items():
        plain = _named(name)
        if plain and (text := clean(value).strip()):
            values.setdefault(plain, iso(text) if plain in _DATES else text)
    if extraction.title and (title := clean(extraction.title, lines=False)):
        values.setdefault("title", title)
    whole = [MetadataField(name, value[:_LONGEST]) for name, value in values.items()]
    pages = [
        MetadataField(f.name, clean(f.value)[:_LONGEST], f.page) for f in extraction.page_metadata
    ]
    return whole[:_MOST] + pages[: _MOST + (extraction.pages or 0)]


def _named(name: str) -> str | None:
    plain = _WORD.sub("_", _CAPITAL.sub("_", name).lower()).strip("_")
    plain = _SAME.get(plain, plain)
    return plain if _NAME.fullmatch(plain) else None


def checked(rows: list[Any], limits: Limits) -> tuple[MetadataField, ...]:
    """Fields from `[name, value, page]` as a worker wrote them. Raises `ValueError` or `TypeError`
    for what no sound worker writes."""
    if len(rows) > 2 * _MOST + limits.pages:
        raise ValueError("too many metadata fields")
    return tuple(_checked(*row) for row in rows)


def _checked(name: Any, value: Any, page: Any) -> MetadataField:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError("metadata has an odd name")
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise ValueError(f"{name} is not a text of a usual length")
    if page is not None and (not isinstance(page, int) or page < 1):
        raise ValueError(f"{name} stands on no page")
    return MetadataField(name, value, page)
