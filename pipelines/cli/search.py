"""doclake search"""

from __future__ import annotations

import json as jsonlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from doclake.display import shown_lines
from doclake.errors import QuestionEmpty, SettingsError
from doclake.errors.foreign import in_words
from doclake_dagster.pipelines.cli import console

if TYPE_CHECKING:
    from doclake.project import Project
    from doclake.search.hits import Hit


def command(
    query: Annotated[str | None, typer.Argument(help="What you want to know")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="Number of passages")] = 5,
    source: Annotated[
        list[str] | None, typer.Option(help="Only in this source; repeatable, as all that narrow")
    ] = None,
    language: Annotated[list[str] | None, typer.Option(help="Only passages in it: en, ko")] = None,
    type_: Annotated[
        list[str] | None, typer.Option("--type", help="Only documents of this type: pdf, text/html")
    ] = None,
    path: Annotated[list[str] | None, typer.Option(help="Only paths like this glob")] = None,
    page: Annotated[list[int] | None, typer.Option(help="Only passages on this page")] = None,
    since: Annotated[str | None, typer.Option(help="Only documents of this day or later")] = None,
    until: Annotated[str | None, typer.Option(help="Only documents of this day or earlier")] = None,
    meta: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=TEXT", help="Only documents whose metadata field holds it"),
    ] = None,
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
    if (query is None) == (queries is None):
        raise SettingsError(
            "Give either a query or --queries FILE.jsonl.",
            problems=[("QUERY", "both or neither", "one of them")],
        )
    project = console.open_project()
    filters = {
        "source": source,
        "language": language,
        "type": type_,
        "path": path,
        "page": page,
        "since": since,
        "until": until,
        "metadata": _fields(meta or []),
    }
    if queries is not None:
        from doclake.search.door import ask_many

        questions = list(_read(queries))
        texts = [question["text"] for question in questions if question["error"] is None]
        answers = ask_many(project, texts, k=k, filters=filters, principals=as_ or ())
        for question in questions:
            if question["error"] is None:
                found = [hit.as_dict() for hit in next(answers).hits]
                console.print_json({"_id": question["_id"], "hits": found})
            else:
                console.print_json({"_id": question["_id"], "error": question["error"]})
        return
    assert query is not None
    hits = _ask(project, query, k, as_ or [], filters)
    for hit in hits:
        console.print_json(hit.as_dict()) if json else _show(hit)
    if not hits and not json:
        console.out.print("Nothing found that you may see.")


def _fields(given: list[str]) -> dict[str, str] | None:
    pairs = [field.partition("=") for field in given]
    wrong = [name for name, mark, text in pairs if not (name and mark and text)]
    if wrong:
        raise SettingsError(
            "A metadata field is given as NAME=TEXT.",
            problems=[("--meta", name, "NAME=TEXT, such as author=Kim") for name in wrong],
        )
    return {name: text for name, _, text in pairs} or None


def _read(file: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{file} cannot be read: {in_words(error, str(file))}.",
            problems=[("--queries", str(file), "JSON Lines")],
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


def _ask(
    project: Project, query: str, k: int, principals: list[str], filters: dict[str, Any]
) -> list[Hit]:
    """From the server that runs for this lake, else from the index itself."""
    from doclake.serve import client

    hits = client.ask(project.settings, query, k=k, principals=principals, filters=filters)
    if hits is None:
        from doclake.search.door import ask

        hits = ask(project, query, k=k, principals=principals, filters=filters).hits
    return hits


def _show(hit: Hit) -> None:
    snippet, spans = hit.snippet
    excerpt = Text(shown_lines(snippet))
    for start, end in spans:
        excerpt.stylize("bold", start, end)
    marks = f"  ({', '.join(hit.flags)})" if hit.flags else ""
    heading = (f"{hit.score:.3f}  ", "bold cyan"), (hit.citation, "bold"), (marks, "yellow")
    console.say(Text.assemble(*heading))
    console.out.print(excerpt)
    console.out.print()
