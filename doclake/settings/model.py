"""Every setting: its type, its default, and what it is for."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, Field, PrivateAttr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from doclake.settings import curation, injection
from doclake.settings.cluster import RayCluster
from doclake.settings.contracts import ContractSettings
from doclake.settings.embedding import EmbeddingSettings
from doclake.settings.evaluation import EvaluationSettings
from doclake.settings.export import ExportName, ExportSettings
from doclake.settings.fields import Place, merged
from doclake.settings.iceberg import IcebergTables, chosen
from doclake.settings.limits import Limits, Processing
from doclake.settings.lineage import LineageSettings
from doclake.settings.memory import MemorySettings
from doclake.settings.metrics import MetricsSettings
from doclake.settings.operations import Alerts, Deletion, Retention, Schedules, Thin
from doclake.settings.origin import Origin
from doclake.settings.personal_data import by_kind
from doclake.settings.principals import PrincipalSettings
from doclake.settings.quality import QualitySettings
from doclake.settings.recipe import Recipe
from doclake.settings.search import SearchSettings
from doclake.settings.serve import ServeSettings
from doclake.settings.servers import ChatSettings
from doclake.settings.sources import DEFAULT_OWNER, SourceName, SourceSettings
from doclake.settings.tuning import TuningSettings

_OF_TODAY = ("sources", "principals", "search", "memory", "serve")


def _section(data: Any, name: str) -> dict[str, Any]:
    """What was given for a section; empty if that is no section."""
    section = data.get(name) if isinstance(data, dict) else None
    section = section.model_dump() if isinstance(section, BaseModel) else section
    return section if isinstance(section, dict) else {}


def _in_full(section: Any) -> Any:
    return curation.in_full(injection.in_full(section))


class Settings(BaseSettings):
    """Every setting of Doclake. See docs/configuration.md."""

    model_config = SettingsConfigDict(
        env_prefix="DOCLAKE_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    lake: Place = Field(".doclake", description="Folder or URL of the Delta tables and the index")
    sources: dict[SourceName, SourceSettings] = Field(
        default_factory=dict, description="Where documents come from, by name"
    )
    principals: PrincipalSettings = Field(default_factory=PrincipalSettings)
    recipe: Recipe = Field(default_factory=Recipe, description="Defaults for every source")
    contracts: ContractSettings = Field(default_factory=ContractSettings)
    quality: QualitySettings = QualitySettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    search: SearchSettings = SearchSettings()
    chat: ChatSettings = ChatSettings()
    serve: ServeSettings = Field(default_factory=ServeSettings)
    evaluation: EvaluationSettings = EvaluationSettings()
    exports: dict[ExportName, ExportSettings] = Field(
        default_factory=dict, description="Data sets made of rows of the lake, by name"
    )
    memory: MemorySettings = MemorySettings()
    iceberg: IcebergTables = Field(
        False,
        description="Tables that are also Iceberg tables, over the same files, in step after each "
        "run: true for all, or their names",
    )
    tuning: TuningSettings = TuningSettings()
    limits: Limits = Limits()
    processing: Processing = Field(default_factory=Processing)
    deletion: Deletion = Deletion()
    thin: Thin = Thin()
    alerts: Alerts = Field(default_factory=Alerts)
    lineage: LineageSettings = LineageSettings()
    metrics: MetricsSettings = MetricsSettings()
    retention: Retention = Field(default_factory=Retention)
    schedules: Schedules = Field(default_factory=Schedules)
    config_dir: Path = Field(Path(), exclude=True, description="Set by load()")
    _origin: Origin[Settings] | None = PrivateAttr(None)

    @model_validator(mode="before")
    @classmethod
    def _sources_inherit(cls, data: Any) -> Any:
        """The recipe, the contracts and the bounds on quality."""
        if not isinstance(data, dict) or not isinstance(data.get("sources"), dict):
            return data
        bases = {name: _section(data, name) for name in ("recipe", "contracts", "quality")}
        bases["recipe"] = _in_full(by_kind(bases["recipe"]))
        sources = {
            name: source
            | {part: merged(base, _in_full(source.get(part) or {})) for part, base in bases.items()}
            if isinstance(source, dict)
            else source
            for name, source in data["sources"].items()
        }
        return {**data, "sources": sources}

    @model_validator(mode="before")
    @classmethod
    def _embedding_is_on_the_cluster_of_extraction(cls, data: Any) -> Any:
        ray = _section(_section(data, "processing"), "ray")
        shared = {name: ray[name] for name in RayCluster.model_fields if name in ray}
        if not shared or not isinstance(data.get("embedding", {}), dict):
            return data
        return {**data, "embedding": merged({"ray": shared}, data.get("embedding", {}))}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings  # the environment wins over the file

    def read_from(self, origin: Origin[Settings] | None) -> Self:
        """These settings, which know where they were read from."""
        known = self.model_copy()
        known._origin = origin
        return known

    def today(self) -> Self:
        """These settings with the sources, the place of the groups, the recipe of searches and the
        rules of the server as they are configured now; `self` while nothing there has changed.
        Raises `SettingsError` if what is there now is wrong or gone."""
        if self._origin is None or not self._origin.has_changed():
            return self
        now = self._origin.load()
        fresh = {name: getattr(now, name) for name in _OF_TODAY}
        return self.model_copy(update=fresh).read_from(now._origin)

    def with_recipes(self, changed: Callable[[Recipe], Recipe]) -> Self:
        """These settings with each recipe, of all sources and of one, as it is `changed`."""
        sources = {
            name: source.model_copy(update={"recipe": changed(source.recipe)})
            for name, source in self.sources.items()
        }
        return self.model_copy(update={"recipe": changed(self.recipe), "sources": sources})

    def owners(self, source: str) -> list[str]:
        """Of a source; of what no source owns alone, such as the search index, those of all."""
        named = self.sources.get(source)
        of_all = {one.owner for one in self.sources.values()}
        return [named.owner] if named else sorted(of_all) or [DEFAULT_OWNER]

    @property
    def iceberg_tables(self) -> tuple[str, ...]:
        """Names of the tables that are Iceberg tables as well."""
        return chosen(self.iceberg)

    def local_path(self, url: str) -> Path | None:
        """The folder a url means, relative to the settings file; None if it is remote. Nobody looks
        whether it is there: a mount may hang."""
        if url.lower().startswith("file://"):
            return Path(url[len("file://") :])
        if re.match(r"[a-z][a-z0-9+.-]+:", url, re.IGNORECASE):
            return None
        folder = os.path.expanduser(url)  # noqa: PTH111 (that of Path raises for an unknown user)
        return Path(os.path.abspath(self.config_dir / folder))  # noqa: PTH100

    @property
    def lake_url(self) -> str:
        folder = self.local_path(self.lake)
        return os.path.realpath(folder) if folder else self.lake
