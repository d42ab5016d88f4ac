"""files: what a source lists, observed and never made by Doclake."""

import dagster as dg

from doclake.display import in_markdown
from doclake.secrets import redact
from doclake.tables.listing import LISTING
from doclake_dagster.assets.common.schema import column_schema
from doclake_dagster.assets.common.source import SourceAssets


def files(source: SourceAssets) -> dg.AssetSpec:
    """External asset: one data version per bucket, reported by the source's sensor."""
    settings = source.settings
    url = redact(settings.url)
    return dg.AssetSpec(
        source.key("files"),
        group_name=source.name,
        description=settings.description or f"Documents listed at {in_markdown(url)}.",
        owners=[settings.owner],
        partitions_def=source.partitions_def,
        kinds={settings.url.split("://")[0] if "://" in settings.url else "file"},
        tags={"doclake/source": source.name, "doclake/stage": "files"},
        metadata={
            "url": url,
            "include": ", ".join(settings.include),
            "exclude": ", ".join(settings.exclude) or "nothing",
            "access": ", ".join(settings.access) or "nobody",
            "dagster/column_schema": column_schema(LISTING),
        },
    )
