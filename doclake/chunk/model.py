"""What the chunker takes and gives, and the parts it works with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import pyarrow as pa

from doclake.tables.columns import PageBox

Section = tuple[str, ...]
Kind = Literal["heading", "text", "item", "table", "code"]
KINDS: dict[str, Kind] = {"Title": "heading", "ListItem": "item", "Table": "table", "Code": "code"}
"""How an element is cut, by its type; any other type is text."""


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What every chunk of a document carries, and whether its pages are sections of their own, as
    slides and sheets are."""

    source: str
    bucket: str
    root_id: str
    doc_id: str
    path: str
    content_hash: str
    title: str | None
    access: list[str]
    pages_are_sections: bool = False
    media_type: str | None = None
    date: datetime | None = None
    denied: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ChunkedDocument:
    """`chunks` follows `CHUNKS`; `excluded` maps element ids to reasons.

    Every element is named by a chunk or excluded, never neither and never both.
    """

    chunks: pa.Table
    excluded: dict[str, str]


@dataclass(frozen=True, slots=True)
class Block:
    """An element that goes into chunks; `tokens` are those of its text alone. `continues` is the
    HTML of the table that this one continues."""

    element_id: str
    type: str
    text: str
    tokens: int
    section: Section = ()
    html: str | None = None
    continues: str | None = None
    page: int | None = None
    box: PageBox | None = None
    language: str | None = None

    @property
    def kind(self) -> Kind:
        return KINDS.get(self.type, "text")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that stays together in one chunk, with the blocks it came from.

    `joins` stands between it and a piece of the same block before it: a space between sentences, a
    break between lines.
    """

    text: str
    tokens: int
    blocks: tuple[Block, ...]
    kind: Kind
    joins: str = "\n"


@dataclass(slots=True)
class Group:
    """Blocks that may share chunks: a section, a page, a document.

    `headings` open it; `section` is the path of the headings above its chunks.
    """

    section: Section
    blocks: list[Block] = field(default_factory=list)
    headings: list[Block] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Draft:
    """A chunk before it has ids: what it shows and the headings embedded in front of it."""

    section: Section
    context: str
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        parts: list[str] = []
        for before, piece in zip((None, *self.pieces), self.pieces, strict=False):
            if before is not None:
                parts.append(piece.joins if before.blocks[-1:] == piece.blocks[:1] else "\n")
            parts.append(piece.text)
        return "".join(parts)

    @property
    def blocks(self) -> list[Block]:
        """In reading order of first use, each once."""
        return list({b.element_id: b for piece in self.pieces for b in piece.blocks}.values())
