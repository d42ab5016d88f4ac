"""data_cards: a card of each source and of each model, rewritten when what it says changes."""

from collections.abc import Sequence
from pathlib import Path

import dagster as dg

from doclake.govern import cards
from doclake.lake import card_files
from doclake.project import Project
from doclake.secrets import keeps_secrets
from doclake_dagster.assets.common.source import SourceAssets, owners
from doclake_dagster.resources.lake import LakeResource


def data_cards(project: Project, sources: Sequence[SourceAssets]) -> dg.AssetsDefinition:
    """A data card of each source, a card of the embedding model and of each trained classifier."""

    @dg.asset(
        key=dg.AssetKey("data_cards"),
        deps=[dg.AssetKey("quality")],
        group_name="observation",
        description=data_cards.__doc__,
        kinds={"markdown"},
        owners=owners(sources),
    )
    @keeps_secrets
    def _data_cards(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult:
        opened = project.at(lake.url)
        written = cards.write(opened)
        context.log.info(f"{sum(written.values())} of {len(written)} cards have changed")
        lines = ["| card | |", "|---|---|"]
        for name, is_new in written.items():
            state = "changed" if is_new else "as before"
            lines.append(f"| [{name}]({_link(card_files.place(opened.lake, name))}) | {state} |")
        return dg.MaterializeResult(
            metadata={
                "cards": dg.MetadataValue.md("\n".join(lines)),
                "cards_changed": sum(written.values()),
            }
        )

    return _data_cards


def _link(place: str) -> str:
    return place if "://" in place else Path(place).absolute().as_uri()
