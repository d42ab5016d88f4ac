"""doclake where"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from doclake import ids
from doclake.display import number_of
from doclake_dagster.pipelines.cli import console
from doclake_dagster.pipelines.cli.console import Json, Source

if TYPE_CHECKING:
    from doclake.project import Project

COLUMNS = (
    *("source", "bucket", "path", "doc_id", "status"),
    *("elements", "chunks", "vectors", "indexed"),
)


def command(
    document: Annotated[str | None, typer.Argument(help="Path or doc_id; else all")] = None,
    bucket: Annotated[
        list[str] | None, typer.Option(help="Only this bucket, such as 03; repeatable")
    ] = None,
    source: Source = None,
    json: Json = False,
) -> None:
    """Say in which bucket a document is, which is its partition in Dagster, or which documents a
    bucket holds. Exits with 1 if there is none."""
    from doclake.health import places

    project = console.open_project(source)
    if document is not None:
        found = places.of_document(project, document, source)
    else:
        names = [source] if source else list(project.settings.sources)
        found = [
            place for name in names for place in places.in_buckets(project.lake, name, bucket or ())
        ]
    rows = [vars(place) for place in found if bucket is None or place.bucket in bucket]
    instead = _instead(project, document, bucket or [], source)
    console.print_rows("documents", rows, COLUMNS, json, _block, instead=instead)
    if not rows:
        raise typer.Exit(1)


def _instead(project: Project, document: str | None, buckets: list[str], source: str | None) -> str:
    """What to do where nothing was found."""
    sources = project.settings.sources
    there = {name: ids.bucket_names(sources[name].buckets) for name in sources}
    there = {name: names for name, names in there.items() if source in (None, name)}
    if not all(any(bucket in names for names in there.values()) for bucket in buckets):
        spans = [f"{name} {names[0]} to {names[-1]}" for name, names in there.items()]
        return f"Buckets: {', '.join(spans) or 'no source is configured'}."
    if document is not None or buckets:
        return "`doclake where` lists those of every source, by path and bucket."
    return "`doclake ingest` reads those of the sources."


def _block(row: dict[str, Any]) -> Text:
    done = ", ".join(
        number_of(row[name], name.removesuffix("s"), name)
        for name in ("elements", "chunks", "vectors", "indexed")
        if row[name] is not None
    )
    return Text.assemble(
        (f"{row['source']} {row['bucket']}", "bold"),
        f"  {console.cell(row['path'])}",
        (f"  {row['status']}{': ' if done else ''}{done}", "dim"),
    )
