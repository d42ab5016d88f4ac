"""Which documents go to an actor together, and again when an actor gave no outcome for them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from doclake.extract.document import Document

MOST_DOCUMENTS = 32
MOST_BYTES = 32 << 20  # of a batch, as far as the listing knows
MOST_LOSSES = 2


@dataclass(frozen=True, slots=True)
class Batch:
    """Documents for one call of an actor. `from_driver`: an actor could not read them. `losses`:
    how often this document, alone in its batch, was with an actor that gave no outcome."""

    documents: list[Document]
    from_driver: bool = False
    losses: int = 0

    @property
    def is_suspect(self) -> bool:
        """It may end its actor: an outcome on its way from there would be lost with it, so nothing
        else may be there."""
        return self.losses > 0


class Batches:
    """The documents in their order, in batches of at most `size`; then those that came back."""

    def __init__(self, documents: Iterable[Document], size: int) -> None:
        self._documents = iter(documents)
        self._size = max(1, min(size, MOST_DOCUMENTS))
        self._returned: deque[Batch] = deque()

    def next(self) -> Batch | None:
        """None if there is nothing to do at the moment."""
        if self._returned:
            return self._returned.popleft()
        documents: list[Document] = []
        size_bytes = 0
        for document in self._documents:
            documents.append(document)
            size_bytes += document.size or 0
            if len(documents) == self._size or size_bytes >= MOST_BYTES:
                break
        return Batch(documents) if documents else None

    def is_empty(self) -> bool:
        batch = self.next()
        if batch is not None:
            self.put_back(batch)
        return batch is None

    def put_back(self, batch: Batch) -> None:
        """An actor never began with it."""
        self._returned.appendleft(batch)

    def unread(self, document: Document) -> None:
        """An actor could not read it: the driver must try."""
        self._returned.append(Batch([document], from_driver=True))

    def lost(self, batch: Batch) -> Document | None:
        """An actor gave no outcome. Each document is tried again by itself, so that none suffers
        from another; one that was lost twice by itself is given up and returned."""
        if len(batch.documents) > 1:
            alone = [Batch([document], batch.from_driver) for document in batch.documents]
            self._returned.extendleft(reversed(alone))
            return None
        losses = batch.losses + 1
        if losses >= MOST_LOSSES:
            return batch.documents[0]
        self._returned.appendleft(Batch(batch.documents, batch.from_driver, losses))
        return None
