"""The protocol of a PDF engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from doclake.extract.layout.geometry import Box, Word
from doclake.extract.layout.page import Page
from doclake.extract.model import Child

if TYPE_CHECKING:
    from PIL import Image


@dataclass(slots=True)
class Bookmark:
    """An entry of the outline: depth from 1, title, page from 1 (0 if it leads nowhere)."""

    level: int
    title: str
    page: int


class Engine(Protocol):
    """An open PDF. Every method may raise `DocumentMalformed`."""

    name: str
    page_count: int

    def page(self, index: int) -> Page: ...

    def words(self, index: int) -> list[Word]: ...

    def bookmarks(self) -> list[Bookmark]: ...

    def metadata(self) -> dict[str, str]: ...

    def attachments(self) -> Iterator[Child]: ...

    def render(
        self, index: int, dpi: int, box: Box | None = None, *, colour: bool = False
    ) -> Image.Image:
        """Picture of a page as displayed, or of the part of it in `box`, whose edges lie between
        pixels; grey unless `colour`."""
        ...

    def part(self, indices: Sequence[int]) -> bytes:
        """A PDF of these pages alone."""
        ...

    def close(self) -> None: ...
