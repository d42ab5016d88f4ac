"""doclake search"""

from __future__ import annotations

import json as jsonlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from doclake.display import shown
from doclake.errors import QuestionEmpty, SettingsError
from pipelines.cli import console

if TYPE_CHECKING:
    from doclake.search.hits import Hit

EXCERPT = 400
JSON_FIELDS = ("doc_id", "chunk_id", "source", "path", "pages", "section", "score", "text")


def command(
    query: Annotated[str | None, typer.Argument(help="What you want to know")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="Number of passages")] = 5,
    source: Annotated[str | None, typer.Option(help="Only in this source")] = None,
    as_: Annotated[
        list[str] | None,
        typer.Option("--as", metavar="PRINCIPAL", help="Search as this principal; repeatable"),
    ] = None,
    queries: Annotated[
        Path | None, typer.Option(help="JSON Lines with _id and text: one answer line for each")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON line for each passage")] = False,
) -> None:
    """Find passages, with a citation down to page and section.

    Without --as a search sees what `everyone` may see.
    """
    from doclake.search.searcher import Searcher

    if (query is None) == (queries is None):
        raise SettingsError(
            "Give either a query or --queries FILE.jsonl.",
            problems=[("QUERY", "both or neither", "one of them")],
        )
    project = console.open_project()
    if source is not None:
        project.source(source)  # refused by name if it is not configured
    searcher = Searcher(project)
    if queries is not None:
        questions = list(_read(queries))
        texts = [question["text"] for question in questions if question["error"] is None]
        answers = searcher.search_many(texts, k=k, source=source, principals=as_ or ())
        for question in questions:
            if question["error"] is None:
                found = [_as_dict(hit) for hit in next(answers)]
                console.print_json({"_id": question["_id"], "hits": found})
            else:
                console.print_json({"_id": question["_id"], "error": question["error"]})
        return
    assert query is not None
    hits = searcher.search(query, k=k, source=source, principals=as_ or ())
    for hit in hits:
        console.print_json(_as_dict(hit)) if json else _show(hit)
    if not hits and not json:
        console.out.print("Nothing found that you may see.")


def _read(file: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{file} cannot be read: {error}", problems=[("--queries", str(file), "JSON Lines")]
        ) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = jsonlib.loads(line)
            question = {"_id": row["_id"], "text": str(row["text"])}
        except (ValueError, KeyError, TypeError) as error:
            raise SettingsError(
                f"{file}, line {number}: expected an object with _id and text.",
                problems=[("--queries", line[:80], '{"_id": ..., "text": ...}')],
            ) from error
        yield question | {"error": _refusal(question["text"])}


def _refusal(text: str) -> str | None:
    """Why a question cannot be asked: it stops no other."""
    from doclake.search.searcher import require_question

    try:
        require_question(text)
    except QuestionEmpty as error:
        return str(error)
    return None


def _as_dict(hit: Hit) -> dict[str, Any]:
    whole = asdict(hit)
    return {name: whole[name] for name in JSON_FIELDS}


def _show(hit: Hit) -> None:
    text = " ".join(hit.text.split())
    excerpt = shown(text if len(text) <= EXCERPT else text[:EXCERPT] + " …")
    console.out.print(Text.assemble((f"{hit.score:.3f}  ", "bold cyan"), (hit.citation, "bold")))
    console.out.print(Text(excerpt))
    console.out.print()
