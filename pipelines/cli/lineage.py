"""doclake lineage"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doclake.display import number_of
from doclake_dagster.pipelines.cli import console
from doclake_dagster.pipelines.cli.console import Json, Source, cell

if TYPE_CHECKING:
    from rich.tree import Tree

    from doclake.govern.erased_document import ErasedDocument
    from doclake.govern.lineage import ChunkLineage, DocumentLineage, Lineage, SourceLineage
    from doclake.tables.columns import PageBox

PLACES = "`doclake where` lists documents, and `--json` their ids."
SHOWN = 20  # documents inside another, elements, runs


def command(
    name: Annotated[str, typer.Argument(help="A source, a document (path or doc_id) or a chunk")],
    source: Source = None,
    json: Json = False,
) -> None:
    """Say where rows come from, down to the box on the page and the bytes, and what came of a
    document or a source. Shows no text. Exits with 1 if there is nothing of this name."""
    from doclake.govern import lineage

    found = lineage.find(console.open_project(source), name, source)
    for one in found:
        kind = type(one).__name__.removesuffix("Lineage").lower()
        if json:
            console.print_json({"kind": kind, **asdict(one)})
        else:
            console.print_tree(_tree(one))
    if not found:
        if not json:
            console.out.print(f"No source, document or chunk is called {cell(name)}. {PLACES}")
        raise typer.Exit(1)


def _tree(one: Lineage) -> Tree:
    from doclake.govern.lineage import ChunkLineage, SourceLineage

    if isinstance(one, ChunkLineage):
        return _chunk(one)
    return _source(one) if isinstance(one, SourceLineage) else _document(one)


def _chunk(one: ChunkLineage) -> Tree:
    from rich.tree import Tree

    tree = Tree(f"chunk {one.chunk_id}: number {one.ordinal + 1} of its document")
    tree.add(f"search index: {one.index or 'not in it'}")
    for vector in one.vectors:
        tree.add(cell(f"vector: {vector.model_name}, {vector.model}, {cell(vector.created_at)}"))
    elements = tree.add(f"elements it was made of, by recipe {one.recipe}: {len(one.elements):,}")
    for element in one.elements[:SHOWN]:
        place = "" if element.page is None else f", page {element.page}"
        box = f" at {_edges(element.box)}" if element.box else ""
        by = f", by {element.method}" if element.method else ""
        elements.add(cell(f"{element.element_id} {element.type}{place}{box}{by}"))
    _more(elements, len(one.elements))
    tree.children.append(_document(one.document))
    return tree


def _edges(box: PageBox) -> str:
    return " ".join(f"{edge:.0f}" for edge in (box["x0"], box["y0"], box["x1"], box["y1"]))


def _document(one: DocumentLineage) -> Tree:
    from rich.tree import Tree

    tree = Tree(cell(f"document {one.path}: {one.status}, {one.doc_id}"))
    tree.add(cell(f"source: {one.source} at {one.url}, bucket {one.bucket}, owner {one.owner}"))
    if one.erasure:
        _add_erasure(tree, one.erasure)
        return tree
    for container in one.containers:
        tree.add(cell(f"found in: {container}"))
    version = tree.add(f"bytes: SHA-256 {one.content_hash or 'not read yet'}")
    if one.size is not None:
        version.add(f"listed with {one.size:,} bytes of {cell(one.mtime)}")
    if one.error:
        tree.add(cell(f"failed: {one.error}"))
    for stage, recipe in one.recipes.items():
        told = {True: "today's", False: "not today's", None: "unknown today"}[recipe.is_current]
        tree.add(f"{stage}: {f'{recipe.fingerprint}, {told}' if recipe.fingerprint else 'not yet'}")
    tree.add(_made(one.made))
    inside = tree.add(f"documents inside: {len(one.inside):,}") if one.inside else tree
    for path in one.inside[:SHOWN]:
        inside.add(cell(path))
    _more(inside, len(one.inside))
    tree.add(cell(f"may be read by: {', '.join(one.access) or 'nobody'}"))
    if one.denied:
        tree.add(cell(f"and never by: {', '.join(one.denied)}"))
    if one.run_id:
        tree.add(f"last written by run {one.run_id}, {cell(one.updated_at)}")
    return tree


def _add_erasure(tree: Tree, one: ErasedDocument) -> None:
    begun = f"{cell(one.begun_at)} UTC by {one.erased_by}, for {one.reason or 'no stated reason'}"
    if one.completed_at is None:
        tree.add(cell(f"erasure begun {begun}"))
        tree.add("interrupted, so rows of it may be left: `doclake erase --yes` finishes it")
        return
    tree.add(cell(f"erased {begun}; done {cell(one.completed_at)}"))
    tree.add("nothing of it is left in the lake, and no run reads it again")
    tree.add(f"erasure {one.erasure_id}: `doclake erase --certificates` says what it removed")


def _source(one: SourceLineage) -> Tree:
    from rich.tree import Tree

    tree = Tree(cell(f"source {one.source} at {one.url}"))
    tree.add(cell(f"owner {one.owner}, may be read by: {', '.join(one.access) or 'nobody'}"))
    counts = ", ".join(f"{number:,} {status}" for status, number in one.documents.items())
    tree.add(f"documents: {counts or 'none'}")
    tree.add(_made(one.made))
    for stage, recipes in one.recipes.items():
        for fingerprint, documents in recipes.items():
            tree.add(f"{stage}: {fingerprint}, documents: {documents:,}")
    runs = tree.add(f"runs that last wrote rows: {len(one.runs):,}") if one.runs else tree
    for run_id, documents in list(one.runs.items())[:SHOWN]:
        runs.add(f"{run_id}, documents: {documents:,}")
    _more(runs, len(one.runs))
    tree.add("Delta versions: " + ", ".join(f"{n} {v}" for n, v in one.versions.items()))
    return tree


def _made(made: Mapping[str, int]) -> str:
    counts = (number_of(number, name.removesuffix("s"), name) for name, number in made.items())
    return f"made: {', '.join(counts)}"


def _more(tree: Any, number: int) -> None:
    if number > SHOWN:
        tree.add(f"… and {number - SHOWN:,} more: --json names all")
