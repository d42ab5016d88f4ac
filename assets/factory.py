"""From settings to assets: one group for each source, one index and one report for all."""

import warnings
from collections.abc import Mapping, Sequence

import dagster as dg

from doclake.project import Project
from doclake_dagster.assets.chunks import chunks
from doclake_dagster.assets.common.source import SourceAssets, partitions
from doclake_dagster.assets.data_cards import data_cards
from doclake_dagster.assets.documents import documents
from doclake_dagster.assets.drift import drift
from doclake_dagster.assets.elements import elements
from doclake_dagster.assets.embeddings import embeddings
from doclake_dagster.assets.exports import exports
from doclake_dagster.assets.files import files
from doclake_dagster.assets.iceberg import iceberg
from doclake_dagster.assets.quality import quality
from doclake_dagster.assets.report import report
from doclake_dagster.assets.retrieval_report import retrieval_report
from doclake_dagster.assets.search_index import search_index
from doclake_dagster.assets.signals import signals
from doclake_dagster.assets.tuned_model import tuned_model

STAGES = (documents, elements, chunks, signals, embeddings)


def sources_of(
    project: Project, conditions: Mapping[str, dg.AutomationCondition]
) -> list[SourceAssets]:
    """What the assets of each source are made of. `conditions` gives each stage's automation."""
    return [
        SourceAssets(name, project, partitions(source.buckets), conditions)
        for name, source in project.settings.sources.items()
    ]


def source_assets(source: SourceAssets) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """The group of one source, from its listing to its vectors."""
    with warnings.catch_warnings():
        # BackfillPolicy is marked beta; the flow depends on it knowingly.
        warnings.simplefilter("ignore", dg.BetaWarning)
        return [files(source), *(stage(source) for stage in STAGES)]


def shared_assets(
    project: Project, sources: Sequence[SourceAssets], condition: dg.AutomationCondition
) -> list[dg.AssetsDefinition]:
    """The search index over all sources, the report on it, the model that can be tuned by it, what
    watches over all, and data sets."""
    return [
        search_index(project, sources, condition),
        retrieval_report(project, sources),
        tuned_model(project, sources),
        quality(project, sources),
        drift(project, sources),
        report(project, sources),
        data_cards(project, sources),
        *exports(project, sources),
        *iceberg(project, sources, condition),
    ]
