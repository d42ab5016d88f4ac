"""doclake quarantine"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from doclake.display import number_of
from doclake_dagster.pipelines import interrupts
from doclake_dagster.pipelines.cli import console
from doclake_dagster.pipelines.cli.console import Json, Source, cell

if TYPE_CHECKING:
    from doclake.govern.quarantine import Selection
    from doclake.project import Project
    from doclake.tables.decisions import Decision
    from doclake.tables.quarantine import Refusal

app = typer.Typer(help="Rows that a contract refused.", no_args_is_help=True)

_ROW = ("source", "path", "doc_id", "stage", "key", "rule", "severity", "evidence", "attempts")
_FINGERPRINTS = ("content_hash", "recipe", "rule_fingerprint")
REFUSAL = (*_ROW, "first_refused_at", "refused_at", *_FINGERPRINTS)
DECISION = (
    *("source", "path", "doc_id", "stage", "key", "rule", "decision", "reason", "decided_by"),
    *("decided_at", "content_hash", "rule_fingerprint"),
)

_LISTS = "`doclake quarantine list` lists those there are."
Keys = Annotated[list[str] | None, typer.Argument(metavar="[KEY]...", help="Ids of refused rows")]
Rule = Annotated[str | None, typer.Option(help="Only rows that break this rule")]
Document = Annotated[str | None, typer.Option(help="Only rows of this document: path or doc_id")]
Reason = Annotated[str, typer.Option(help="Why; it stands beside the decision and in the audit")]
By = Annotated[str | None, typer.Option(metavar="NAME", help="Who decides; else the user here")]
Run = Annotated[bool, typer.Option(help="Run the sources now; else the next run does it")]


@app.command("list")
def list_(
    source: Source = None,
    rule: Rule = None,
    document: Document = None,
    decided: Annotated[
        bool, typer.Option("--decided", help="What was released or dropped")
    ] = False,
    json: Json = False,
) -> None:
    """List the refused rows, without their text. Documents that failed as a whole are in `doclake
    failures`."""
    from doclake.govern import quarantine
    from doclake.lake import ledger
    from doclake.operate import replay

    project, selection = _selected(source, rule, document)
    if decided:
        decisions = quarantine.decided(project.lake, selection)
        console.print_rows("decisions", decisions, DECISION, json, _decision)
        return
    rows = quarantine.waiting(project.lake, selection)
    console.print_rows("refused rows", rows, REFUSAL, json, _refusal)
    failed = sum(row["status"] == ledger.FAILED for row in replay.failures(project.lake, source))
    if failed and not json:
        console.out.print(f"{number_of(failed, 'document')} failed as a whole: `doclake failures`.")


@app.command()
def show(
    key: Annotated[str, typer.Argument(help="Id of a refused row")],
    source: Source = None,
    as_: Annotated[
        list[str] | None,
        typer.Option("--as", metavar="PRINCIPAL", help="Read as this principal; repeatable"),
    ] = None,
    json: Json = False,
) -> None:
    """Show a refused row: the rules it breaks and, to whom its access list allows it, its text.

    Without --as it is shown what `everyone` may see. Exits with 1 if no refused row has this id.
    """
    from doclake.govern import quarantine

    project, selection = _selected(source, None, None, [key])
    rows = quarantine.waiting(project.lake, selection)
    for row in rows:
        text = quarantine.text(project, row, as_ or ())
        if json:
            facts = {name: value for name, value in row.items() if name in REFUSAL}
            console.print_json({**facts, "text": text})
            continue
        console.out.print(_refusal(row))
        for name, value in row.items():
            if name in _FINGERPRINTS:
                console.out.print(f"  {name}: {cell(value)}")
        told = "Its access list does not let you read its text: --as PRINCIPAL."
        if row["stage"] in quarantine.EXTRACTED:
            text = "The lake holds no text of it: look into the document." if text == "" else text
        console.out.print(Text(told, "yellow") if text is None else Text(text))
    if not rows:
        if not json:
            console.out.print(f"No refused row is called {cell(key)}. {_LISTS}")
        raise typer.Exit(1)


@app.command("replay")
@interrupts.tidying()
def replay_(
    keys: Keys = None,
    source: Source = None,
    rule: Rule = None,
    document: Document = None,
    run: Run = True,
    json: Json = False,
) -> None:
    """Do the documents of refused rows again, and no others."""
    from doclake.govern import quarantine

    project, selection = _selected(source, rule, document, keys)
    rows = quarantine.waiting(project.lake, selection)
    quarantine.do_again(project.lake, rows)
    _done(project, rows, run, json)


@app.command()
@interrupts.tidying()
def release(
    reason: Reason,
    keys: Keys = None,
    source: Source = None,
    rule: Rule = None,
    document: Document = None,
    by: By = None,
    run: Run = True,
    json: Json = False,
) -> None:
    """Let refused rows through to chunks, vectors and index, until their bytes or the rule
    change."""
    from doclake.govern import quarantine

    _decide(quarantine.release, _named(source, rule, document, keys), reason, by, run, json)


@app.command()
@interrupts.tidying()
def drop(
    reason: Reason,
    keys: Keys = None,
    source: Source = None,
    rule: Rule = None,
    document: Document = None,
    by: By = None,
    run: Run = True,
    json: Json = False,
) -> None:
    """Take refused rows out of the quarantine and leave them out, until their bytes or the rule
    change."""
    from doclake.govern import quarantine

    _decide(quarantine.drop, _named(source, rule, document, keys), reason, by, run, json)


def _decide(
    decide: Callable[[Project, Selection, str, str | None], list[Refusal]],
    chosen: tuple[Project, Selection],
    reason: str,
    by: str | None,
    run: bool,
    json: bool,
) -> None:
    project, selection = chosen
    _done(project, decide(project, selection, reason, by), run, json)


def _selected(
    source: str | None, rule: str | None, document: str | None, keys: Sequence[str] | None = None
) -> tuple[Project, Selection]:
    from doclake.govern import quarantine

    project = console.open_project(source)
    if rule is not None:
        quarantine.require_rule(project.lake, rule)
    return project, quarantine.Selection(source, rule, document, tuple(keys or ()))


def _named(
    source: str | None, rule: str | None, document: str | None, keys: Sequence[str] | None
) -> tuple[Project, Selection]:
    """Who decides says what about: the whole quarantine is nobody's slip."""
    if not (source or rule or document or keys):
        raise typer.BadParameter("name rows: KEY, --source, --rule or --document")
    return _selected(source, rule, document, keys)


def _done(project: Project, rows: Sequence[Refusal], run: bool, json: bool) -> None:
    from doclake_dagster.pipelines.cli.ingest import run_sources

    console.print_rows("refused rows", rows, REFUSAL, json, _refusal, instead=_LISTS)
    sources = sorted({row["source"] for row in rows} & project.settings.sources.keys())
    if run and sources:
        run_sources(project, sources, json=json)


def _refusal(row: Refusal) -> Text:
    number = "once" if row["attempts"] == 1 else f"{row['attempts']} times"
    times = f"refused {number}, first {cell(row['first_refused_at'])}"
    return Text.assemble(
        (f"{row['source']}  {cell(row['path'])}  {row['key']}\n", "bold"),
        (f"  {row['rule']}", "red"),
        f"  {row['severity']} by {row['stage']}: {cell(row['evidence'])}\n",
        (f"  {times}, last {cell(row['refused_at'])}\n", "dim"),
    )


def _decision(row: Decision) -> Text:
    return Text.assemble(
        (f"{row['source']}  {cell(row['path'])}  {row['key']}\n", "bold"),
        (f"  {row['decision']}", "green"),
        f"  {row['rule']}: {cell(row['reason'])}\n",
        (f"  by {cell(row['decided_by'])}, {cell(row['decided_at'])}\n", "dim"),
    )
