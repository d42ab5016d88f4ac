"""A place of documents as a test of the suite handles it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from doclake.settings import Settings, SourceSettings
from doclake.sources.base import Source
from doclake.sources.registry import open_source

NAME = "place"


class NotOffered(Exception):
    """This kind of place has no such thing, and why."""


class Place(ABC):
    """A place of one test, empty at first. A document is known by the path under which the source
    lists it."""

    url: str
    options: Mapping[str, Any] = {}
    settings: Mapping[str, Any] = {}
    """Further settings of the source, such as `storage_options`."""

    says_what_is_deleted: bool = False
    """Whether the place names what was deleted, so that the guard on deletions lets it pass."""

    @abstractmethod
    def put(self, name: str, text: str) -> str:
        """Store a document, new or in the place of that of the same name; returns its path. Its
        bytes hold `text`, which is ASCII."""

    @abstractmethod
    def remove(self, path: str) -> None:
        """Delete the document."""

    def move(self, path: str, name: str) -> str:
        """Give a document another place; returns its new path."""
        raise NotOffered("its documents do not move")

    def restrict(self, path: str, readers: Sequence[str] | None) -> None:
        """Let these principals read it; None: nobody can tell who may."""
        raise NotOffered("it does not say who may read a document")

    def hide(self, path: str) -> None:
        """Let the part of the place with this document fail to be listed, and the rest not."""
        raise NotOffered("it is listed as a whole or not at all")

    def limited(self) -> Mapping[str, Any]:
        """Options under which a listing of more than three documents reaches a limit."""
        raise NotOffered("its listing has no limit")

    def lock(self) -> None:
        """Refuse whoever wants to list it, as after a change of password."""
        raise NotOffered("it asks nobody who he is")

    def throttle(self) -> None:
        """Have no time for anybody: HTTP 429, or what the place says instead."""
        raise NotOffered("it sends nobody away")

    def cut_short(self) -> None:
        """Break off in the midst of what the next listing is answered."""
        raise NotOffered("no network lies between it and who lists it")

    def vanish(self) -> None:
        """Be gone: no server, no folder, no bucket."""
        raise NotOffered("it cannot vanish")

    def fill(self, number: int) -> None:
        """Store so many documents, faster than by `put`."""
        for each in range(number):
            self.put(f"filler-{each:05}", f"filler {each}")

    def opened(self, options: Mapping[str, Any] | None = None) -> Source:
        """The source over this place, as a new process would open it."""
        given = {"url": self.url, "options": {**self.options, **(options or {})}}
        source = SourceSettings.model_validate({**given, **self.settings})
        return open_source(NAME, source, Settings(sources={NAME: source}))
