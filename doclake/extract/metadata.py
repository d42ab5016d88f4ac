"""What documents say of themselves, under one name for one thing in every format.

The worker makes the fields, its parent checks them (`guard.header`). The names stand in
docs/formats.md.
"""

from __future__ import annotations

import re

from doclake.extract.model import Extraction, MetadataField
from doclake.extract.text.cleaning import clean
from doclake.extract.text.dates import iso

LONGEST = 10_000  # characters of a value
MOST = 1_000  # fields of the whole document; its pages may have as many, and one each
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_WORD = re.compile(r"[^a-z0-9]+")
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_DATES = frozenset({"created", "modified", "printed", "date"})
_SAME = {"lang": "language", "tags": "keywords", "keyword": "keywords", "last_modified": "modified"}


def fields(extraction: Extraction) -> list[MetadataField]:
    """What the document says, with names and dates in one form; long values are cut."""
    values: dict[str, str] = {}
    for name, value in extraction.metadata.items():
        plain = named(name)
        if plain and (text := clean(value).strip()):
            values.setdefault(plain, iso(text) if plain in _DATES else text)
    if extraction.title and (title := clean(extraction.title, lines=False)):
        values.setdefault("title", title)
    whole = [MetadataField(name, value[:LONGEST]) for name, value in values.items()]
    pages = [
        MetadataField(f.name, clean(f.value)[:LONGEST], f.page) for f in extraction.page_metadata
    ]
    return whole[:MOST] + pages[: MOST + (extraction.pages or 0)]


def slide_size(width: float, height: float) -> dict[str, str]:
    """The field of a presentation that says how large its slides are, in points."""
    return {"slide_size": f"{width:g} x {height:g}"} if width > 0 and height > 0 else {}


def named(name: str) -> str | None:
    """The name that metadata has for what a document calls `name`; None for what it cannot hold."""
    plain = _WORD.sub("_", _CAPITAL.sub("_", name).lower()).strip("_")
    plain = _SAME.get(plain, plain)
    return plain if NAME.fullmatch(plain) else None
