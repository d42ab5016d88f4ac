"""What the assets of one source have in common: group, owners, partitions, schemas, context."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from doclake import ids
from doclake.errors import ModelError
from doclake.lake import card_files
from doclake.project import Project
from doclake.settings import SourceSettings
from doclake.stages.context import StageContext
from doclake.tables.registry import TABLES
from doclake_dagster.assets.common.progress import Log
from doclake_dagster.assets.common.schema import table_metadata
from doclake_dagster.assets.common.tags import ALLOW_DELETIONS_TAG, RETRY_NOW_TAG
from doclake_dagster.resources.lake import LakeResource

RUN_BUCKETS = 8
"""Most buckets of a run of a backfill: a person's over 64 is searchable after an eighth."""


@dataclass(frozen=True)
class SourceAssets:
    """Makes the arguments of `@dg.asset` for the stages of one source."""

    name: str
    project: Project
    partitions_def: dg.PartitionsDefinition
    conditions: Mapping[str, dg.AutomationCondition] = field(default_factory=dict)

    @property
    def settings(self) -> SourceSettings:
        return self.project.source(self.name)

    def key(self, table: str) -> dg.AssetKey:
        return dg.AssetKey([self.name, table])

    def arguments(self, table: str, upstream: str) -> dict[str, Any]:
        """Arguments shared by all stages. A run handles at most `RUN_BUCKETS`."""
        source = self.settings
        return {
            "key": self.key(table),
            "deps": [self.key(upstream)],
            "group_name": self.name,
            "owners": [source.owner],
            "partitions_def": self.partitions_def,
            "backfill_policy": dg.BackfillPolicy.multi_run(max_partitions_per_run=RUN_BUCKETS),
            "code_version": self._code_version(table),
            "automation_condition": self.conditions.get(table),
            "metadata": self.metadata(table),
            "tags": {"doclake/source": self.name, "doclake/stage": table},
        }

    def _code_version(self, table: str) -> str | None:
        """None while the folder of the model is not there: the run that this starts is refused, and
        so somebody hears of it."""
        try:
            return self.project.fingerprints(self.name).code_version(table)
        except ModelError:
            return None

    def metadata(self, table: str) -> dict[str, Any]:
        lake = self.project.lake
        known = table_metadata(table, TABLES[table].schema, lake.table_url(table), [self.name])
        cards = {"data_card": card_files.place(lake, card_files.of_source(self.name))}
        if table == "embeddings":
            cards["model_card"] = card_files.place(lake, card_files.EMBEDDING)
        return known | {name: dg.MetadataValue.path(place) for name, place in cards.items()}

    def context(self, context: dg.AssetExecutionContext, lake: LakeResource) -> StageContext:
        """The stage's context for the buckets of this run."""
        return StageContext(
            project=self.project.at(lake.url),
            source=self.name,
            buckets=tuple(sorted(context.partition_keys)),
            run_id=context.run.run_id,
            progress=Log(context),
            allow_deletions=ALLOW_DELETIONS_TAG in context.run.tags,
            retry_now=RETRY_NOW_TAG in context.run.tags,
        )


def partitions(buckets: int) -> dg.StaticPartitionsDefinition:
    return dg.StaticPartitionsDefinition(ids.bucket_names(buckets))


def owners(sources: Iterable[SourceAssets]) -> list[str]:
    """Of what all these sources share: their owners, each once."""
    return sorted({source.settings.owner for source in sources})
