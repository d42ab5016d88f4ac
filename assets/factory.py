"""From settings to assets: one group for each source, one index for all."""

from collections.abc import Mapping
from typing import NamedTuple

import dagster as dg

from assets.chunks import chunks
from assets.common.source import SourceAssets, partitions
from assets.documents import documents
from assets.elements import elements
from assets.embeddings import embeddings
from assets.files import files
from assets.search_index import search_index
from doclake.project import Project

STAGES = (documents, elements, chunks, embeddings)


class BuiltAssets(NamedTuple):
    sources: list[SourceAssets]
    assets: list[dg.AssetsDefinition | dg.AssetSpec]


def build_assets(
    project: Project, conditions: Mapping[str, dg.AutomationCondition] | None = None
) -> BuiltAssets:
    """Every asset of the project. `conditions` gives each stage's automation by its name."""
    conditions = conditions or {}
    sources = [
        SourceAssets(name, project, partitions(source.buckets), conditions)
        for name, source in project.settings.sources.items()
    ]
    assets: list[dg.AssetsDefinition | dg.AssetSpec] = []
    for source in sources:
        assets += [files(source), *(stage(source) for stage in STAGES)]
    assets.append(search_index(project, sources, conditions.get("search_index")))
    return BuiltAssets(sources, assets)
