"""The parts of a document that could not be read: each costs itself, and the rest stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from doclake.errors import DocumentEncrypted, LimitExceeded, NoSpace
from doclake.extract.failure import failure_of
from doclake.extract.model import MetadataField, NeedsTime

_ENDS_ALL = (LimitExceeded, DocumentEncrypted, NoSpace, NeedsTime, MemoryError, RecursionError)


class LostParts:
    """Gathers what went wrong. A limit, a password and want of memory concern the whole document
    and are raised. `first` is the error to raise if nothing else is left of the document."""

    def __init__(self) -> None:
        self.first: Exception | None = None
        self.fields: list[MetadataField] = []

    @contextmanager
    def part(self, name: str = "", page: int | None = None) -> Iterator[None]:
        """Whatever goes wrong inside costs the part of this name, on this page."""
        try:
            yield
        except _ENDS_ALL:
            raise
        except Exception as error:
            self.add(error, name, page)

    def add(self, error: Exception, name: str = "", page: int | None = None) -> None:
        failure = failure_of(error)
        if isinstance(failure, NoSpace):
            raise error
        self.first = self.first or error
        reason = f"{name}: {failure}" if name else str(failure)
        field = MetadataField("unread", reason, page)
        if field not in self.fields[-1:]:
            self.fields.append(field)
