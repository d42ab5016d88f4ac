"""A doclake.yaml and what it names, opened once: settings, lake, index, fingerprints."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Self

from pydantic import BaseModel

from doclake import fingerprints
from doclake import settings as doclake_settings
from doclake.access import Asker
from doclake.curate import chain
from doclake.errors import ModelError, SettingsError
from doclake.errors.unknown import unknown
from doclake.extract import format_versions
from doclake.fingerprints import Fingerprints
from doclake.index.index import SearchIndex
from doclake.index.state import IndexState
from doclake.lake.crawled_pages import CrawledPages
from doclake.lake.lake import Lake
from doclake.lake.messages import Messages
from doclake.lake.upgrades.apply import upgrade
from doclake.principals import Directory
from doclake.settings import EmbeddingSettings, Settings, SourceSettings
from doclake.sources import Source, open_source


@dataclass(frozen=True)
class Project:
    """What everything above the stores works with. Opening one reads the settings and no table."""

    settings: Settings
    lake: Lake
    index_aside: bool = False
    directory: Directory = field(default_factory=Directory, compare=False, repr=False)

    @classmethod
    def open(cls, path: str | Path | None = None) -> Self:
        """The project of a settings file, found as `settings.find` says; raises `SettingsError`."""
        return cls.of(doclake_settings.load(path))

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(settings, Lake(settings.lake_url, upgrade))

    @cached_property
    def index(self) -> SearchIndex:
        return SearchIndex(self.lake, aside=self.index_aside)

    def without(self, partitions: Collection[tuple[str, str]], *, index: bool) -> Self:
        """This project for who only looks at it, without the rows of some partitions, and without
        its index."""
        return replace(self, lake=self.lake.without(partitions), index_aside=index)

    def at(self, lake_url: str) -> Self:
        """The same settings over another lake."""
        if lake_url == self.lake.url:
            return self
        return self.of(self.settings.model_copy(update={"lake": lake_url}))

    def with_settings(self, **sections: BaseModel) -> Self:
        """The same project with what one run says of these sections: `embedding`, `limits` ..."""
        return replace(self, settings=self.settings.model_copy(update=sections))

    def embedding_of(self, state: IndexState) -> EmbeddingSettings:
        """The settings that make vectors of the model of an index, where those of today are made;
        but a server serves one model."""
        embedding, then = self.settings.embedding, state.embedding_settings
        if self.model == state.model:  # else it may stand in another folder by now
            return embedding
        speed = {"device", "devices", "dtype", "batch_tokens", "batch_timeout", "ray"}
        if "server" not in (embedding.backend, then.backend):
            speed.add("backend")
        return then.model_copy(update={name: getattr(embedding, name) for name in speed})

    def today(self) -> Self:
        """This project with the sources as they are configured now, itself while they are the same.

        Whoever decides who may read asks each time: a process may live for months. Raises
        `SettingsError` if the settings are wrong by now, or gone.
        """
        now = self.settings.today()
        return self if now is self.settings else replace(self, settings=now)

    def asker(self, principals: Iterable[str]) -> Asker:
        """Who asks, with the groups that he belongs to now, by the settings of this project. Raises
        `SettingsError` for a principal that is no name, and `GroupsUnknown`."""
        return self.directory.groups(self.settings).asker(principals)

    def source(self, name: str) -> SourceSettings:
        """The settings of a source; raises `SettingsError` for one that is not configured."""
        try:
            return self.settings.sources[name]
        except KeyError:
            raise no_such_source(name, list(self.settings.sources)) from None

    def open_source(self, name: str, *, read_only: bool = False) -> Source:
        """The place of a source, with what the lake remembers of it, without any access to it yet.
        With `read_only` its listing writes nothing."""
        pages = CrawledPages(self.lake, name, read_only=read_only)
        messages = Messages(self.lake, name, read_only=read_only)
        return open_source(name, self.source(name), self.settings, pages, messages)

    def fingerprints(self, source: str) -> Fingerprints:
        """What decides the rows of a source now."""
        settings = self.source(source)
        elements = format_versions.fingerprints_of(settings.recipe.extract)
        curation = chain.fingerprint(settings.recipe.curation)
        return Fingerprints(settings, self.settings.embedding, elements, curation)

    @property
    def chunk_recipes(self) -> dict[str, str]:
        """Fingerprint of what cuts the chunks of each source; of none while the folder of the model
        is not there, by whose tokenizer they are counted."""
        try:
            sources = self.settings.sources.items()
            return {
                name: fingerprints.chunk(source.recipe, self.settings.embedding)
                for name, source in sources
            }
        except ModelError:
            return {}

    @property
    def model(self) -> str | None:
        """Fingerprint of the embedding model of the settings; None while its folder is not
        there."""
        try:
            return fingerprints.model(self.settings.embedding)
        except ModelError:
            return None


def no_such_source(name: str, known: Sequence[str]) -> SettingsError:
    """The error for a source that is none of the known ones, with the one that may be meant."""
    return unknown("source", name, known, "--source", none="none is configured")
