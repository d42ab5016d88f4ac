"""What a worker says in `result.json`, checked before anything else sees it.

`task` writes what is described here. Texts are bounded, clean and valid Unicode, numbers are finite
and fit their columns, codes and media types are known ones.
"""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    model_validator,
)

from doclake.errors import DocumentError
from doclake.extract import element_rows, metadata
from doclake.extract.guard.left_files import Forged
from doclake.extract.guard.protocol import FEW_FIELDS, LONGEST_NAME
from doclake.extract.model import MetadataField
from doclake.extract.registry import format_of
from doclake.settings import Limits

LARGEST = 32 << 20  # bytes; the richest document of the corpus needs 31 KB
_MOST = 2**31 - 1
_MODULES = 5_000
# A string to its end, or to the end of the data; a mark before a value.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{,]', re.DOTALL)
_KINDS = {kind.code: kind for kind in DocumentError.__subclasses__()}


def _clean(text: str) -> str:
    if element_rows.clean(text) != text:
        raise ValueError("characters that cannot be stored")
    return text


def _known(media_type: str) -> str:
    if format_of(media_type) is None:
        raise ValueError("no known media type")
    return media_type


def _code(code: str) -> str:
    if code not in _KINDS:
        raise ValueError("no known error")
    return code


def _free(name: str) -> str:
    if name in ("self", "message", "mend"):
        raise ValueError("no name of a fact")
    return name


Text = Annotated[str, Field(max_length=metadata.LONGEST), AfterValidator(_clean)]
Name = Annotated[
    str,
    StringConstraints(max_length=LONGEST_NAME, pattern=r"^[^\t\r\n]*$"),
    AfterValidator(_clean),
]
MediaType = Annotated[str, Field(max_length=200), AfterValidator(_known)]
Count = Annotated[int, Field(ge=0, le=_MOST)]
Number = Annotated[int, Field(ge=1, le=_MOST)]
MetadataName = Annotated[str, StringConstraints(pattern=f"^{metadata.NAME.pattern}$")]
FactName = Annotated[str, StringConstraints(pattern="^[a-z][a-z_]{0,39}$"), AfterValidator(_free)]
Fact = Text | bool | Annotated[int, Field(ge=-(2**63), lt=2**63)] | float | None


Reason = Annotated[str, StringConstraints(pattern="^[a-z ]{1,40}$")]
Share = Annotated[float, Field(ge=0, le=1)]
Length = Annotated[float, Field(gt=0, lt=1e6)]


class _Said(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class _Facts(_Said):
    """What a document says of itself as a whole."""

    media_type: MediaType
    title: Text | None
    pages: Count | None
    pages_with_text: Count | None
    letters: Count | None
    metadata: tuple[tuple[MetadataName, Text, Number | None], ...]

    @model_validator(mode="after")
    def _no_page_beyond_the_last(self) -> Self:
        named = (page or 0 for _, _, page in self.metadata)
        if max(self.pages_with_text or 0, *named, 0) > (self.pages or 0):
            raise ValueError("a page beyond the last")
        return self

    def fields(self) -> tuple[MetadataField, ...]:
        return tuple(MetadataField(*field) for field in self.metadata)


class Extracted(_Facts):
    """The document was read."""

    children: tuple[Name, ...]
    shown: frozenset[Count] = frozenset()
    pictures: tuple[tuple[Number, Reason, Share, Length, Length], ...] = ()
    modules: tuple[str, ...]

    @model_validator(mode="after")
    def _pictures_are_of_pages(self) -> Self:
        pages = [page for page, *_ in self.pictures]
        if len(set(pages)) != len(pages) or max(pages, default=0) > (self.pages or 0):
            raise ValueError("a picture of no page, or two of one")
        return self


class Fault(_Said):
    code: Annotated[str, AfterValidator(_code)]
    message: Text
    mend: Text
    facts: Annotated[dict[FactName, Fact], Field(max_length=20)]

    def error(self) -> DocumentError:
        return _KINDS[self.code](self.message, mend=self.mend, **self.facts)


class Failed(_Said):
    """The document could not be read."""

    media_type: MediaType | None
    error: Fault
    modules: tuple[str, ...]


class Scanned(_Said):
    """The document has so many scanned pages that it needs more time."""

    media_type: MediaType
    scanned_pages: Number
    modules: tuple[str, ...]


class Member(_Facts):
    """A document of a batch was read, and gave so many rows of the table of all."""

    rows: Number
    seconds: Annotated[float, Field(ge=0)]


class Batch(_Said):
    """Null stands for a document that must be done by itself."""

    batch: tuple[Member | None, ...]
    modules: tuple[str, ...]


_DOCUMENT: TypeAdapter[Extracted | Failed | Scanned] = TypeAdapter(Extracted | Failed | Scanned)


def document(data: bytes, limits: Limits) -> Extracted | Failed | Scanned:
    """The header of one document; raises `Forged` or pydantic's `ValueError`."""
    _check_size(data, 2 * metadata.MOST + 2 * limits.pages, limits.archive_entries)
    return _DOCUMENT.validate_json(data)


def batch(data: bytes, documents: int) -> Batch:
    """The header of so many documents that were sent together; raises as `document`."""
    _check_size(data, documents * (FEW_FIELDS + 10), 0)
    said = Batch.model_validate_json(data)
    if len(said.batch) != documents:
        raise Forged("it speaks of more or fewer documents than it was sent")
    return said


def _check_size(data: bytes, fields: int, names: int) -> None:
    """Refuse more values than a sound header can have: a parser of JSON would need hundreds of
    bytes for each."""
    allowed = 8 * fields + 3 * (names + _MODULES) + 1_000
    for _ in _TOKEN.finditer(data):
        allowed -= 1
        if allowed < 0:
            raise Forged("it says too much")
