"""What a source of pages may remember from one listing to the next. It knows no lake: whoever lists
it hands the memory in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import pyarrow as pa


class PageMemory(Protocol):
    """Rows of the table `crawled_pages` of one source."""

    def read(self) -> pa.Table:
        """All that is known."""

    def write(self, pages: pa.Table) -> None:
        """Know this of these pages, in place of what was known of them."""

    def forget(self, doc_ids: Sequence[str]) -> None:
        """Know nothing of these any more."""
