"""doclake erase"""

from __future__ import annotations

import json as json_format
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doclake.display import number_of
from doclake.errors import SettingsError
from doclake_dagster.pipelines.cli import console
from doclake_dagster.pipelines.cli.console import Json, cell

if TYPE_CHECKING:
    from doclake.govern.certificate import Certificate
    from doclake.govern.erasure_targets import Target
    from doclake.project import Project

SHOWN = 50  # documents


def command(
    document: Annotated[
        list[str] | None, typer.Option(help="This document, by path or doc_id; repeatable")
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="Only in this source; alone: all of its documents")
    ] = None,
    subject: Annotated[
        str | None, typer.Option(help="Documents that mention this text, such as a name")
    ] = None,
    allow_again: Annotated[
        list[str] | None,
        typer.Option(help="Let runs read this erased document again; repeatable"),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Erase; else the documents are only listed")
    ] = False,
    dry_run: Annotated[bool, typer.Option(help="List the documents and rows; erase none")] = False,
    by: Annotated[str | None, typer.Option(help="Who asks; else the user of the machine")] = None,
    reason: Annotated[str | None, typer.Option(help="Why; name nobody here, it is kept")] = None,
    certificate: Annotated[
        Path | None, typer.Option(help="Write the certificate into this file, too")
    ] = None,
    certificates: Annotated[
        bool, typer.Option("--certificates", help="Show the certificates of all erasures so far")
    ] = False,
    json: Json = False,
) -> None:
    """Erase documents, with all that was found inside them, from every table, the search index,
    their files and Dagster's history. They are never ingested again, until --allow-again. With
    --subject, memories of agents that are about it or mention it go too.

    Lists the documents first, and erases them with --yes. An erasure that was interrupted is
    finished by `doclake erase --yes`. The certificate says what was removed, and what could not be
    reached. Exits with 1 if nothing was erased.
    """
    from doclake.govern import erasure
    from doclake.health import erased_rows

    for named in ({"document": document}, {"subject": subject}):
        console.require_one_at_most(certificates=certificates, allow_again=allow_again, **named)
    project = console.open_project()
    if certificates:
        _show(erasure.certificates(project.lake), json)
        return
    if allow_again:
        _allow_again(project, allow_again, source, by, reason)
        return
    targets, likely = _targets(project, document, source, subject)
    remembered = _memories(project, subject) if subject and not source else []
    begun = erased_rows.unfinished(project.lake)
    if not (document or source or subject or begun):
        raise SettingsError(
            "Name what is to be erased by --document, --source or --subject.",
            problems=[("--document", "nothing", "--document, --source or --subject")],
        )
    if dry_run or not yes:
        _list(project, targets, likely, begun, json)
        _list_memories(remembered, json)
        if dry_run:
            return
        console.error("Nothing was erased: --yes erases these documents.")
        raise typer.Exit(1)
    if certificate is not None:
        _require_writable(certificate)
    if targets:
        begun.append(erasure.begin(project, targets, by=by, reason=reason))
    if not begun and not remembered:
        console.error("There is nothing to erase.")
        raise typer.Exit(1)
    asked = [*(document or ()), *([subject] if subject else ())]
    done = [
        *_finish(project, begun, asked),
        *_erase_memories(project, remembered, by, reason),
    ]
    _show(done, json)
    if certificate is not None:
        _write(done, certificate)


def _memories(project: Project, subject: str) -> list[str]:
    from doclake.govern import memory_erasure

    return memory_erasure.of_subject(project, memory_erasure.operator(project), subject)


def _list_memories(memory_ids: Sequence[str], json: bool) -> None:
    if json:
        console.print_json({"memories": list(memory_ids)})
    elif memory_ids:
        number = number_of(len(memory_ids), "memory", "memories")
        console.say(f"{number} of agents: {', '.join(memory_ids[:SHOWN])}")


def _erase_memories(
    project: Project, memory_ids: Sequence[str], by: str | None, reason: str | None
) -> list[Certificate]:
    from doclake.govern import memory_erasure
    from doclake.memory.store import MemoryStore

    if not memory_ids and not memory_erasure.interrupted(project):
        return []
    caller = memory_erasure.operator(project, by)
    return [memory_erasure.erase(project, MemoryStore(project), caller, memory_ids, reason=reason)]


def _targets(
    project: Project, document: list[str] | None, source: str | None, subject: str | None
) -> tuple[list[Target], list[tuple[str, str]]]:
    """The documents, and those that a person should look at."""
    from doclake.govern import erasure_targets

    if document and subject is not None:
        raise SettingsError(
            "Documents are erased by name or by what they mention.",
            problems=[("--subject", "beside --document", "one of the two")],
        )
    if document:
        return erasure_targets.of_documents(project, document, source), []
    if subject is not None:
        targets = erasure_targets.of_subject(project, subject, source)
        return targets, erasure_targets.likely(project, subject, targets)
    return (erasure_targets.of_source(project, source) if source else []), []


def _finish(project: Project, begun: Sequence[str], asked: Sequence[str]) -> list[Certificate]:
    from doclake.govern import erasure
    from doclake_dagster.pipelines import erased_history

    done: list[Certificate] = []
    if not begun:
        return done
    with console.dagster_instance(project.settings) as instance:
        for erasure_id in begun:
            with console.err.status("erasing; runs at work are waited for"):
                done.append(
                    erasure.finish(
                        project,
                        erasure_id,
                        lambda names: erased_history.forget(instance, names),
                        asked,
                    )
                )
    return done


def _require_writable(file: Path) -> None:
    """Before anything is erased: it cannot be taken back for want of a folder. Nothing is left of
    the trial."""
    try:
        is_new = not file.exists()
        file.open("a").close()
        if is_new:
            file.unlink()
    except OSError as error:
        raise SettingsError(
            f"{file} cannot be written: {error.strerror}. Nothing was erased.",
            problems=[("--certificate", str(file), "a file that can be written")],
        ) from None


def _write(done: Sequence[Certificate], file: Path) -> None:
    told = [one.as_json() for one in done]
    text = json_format.dumps(told if len(told) > 1 else told[0], ensure_ascii=False, indent=2)
    try:
        file.write_text(text + "\n", "utf-8")
    except OSError as error:
        console.error(
            f"The certificate stands in the lake; {file} cannot be written: {error.strerror}"
        )
        raise typer.Exit(1) from error


def _list(
    project: Project,
    targets: Sequence[Target],
    likely: Sequence[tuple[str, str]],
    begun: Sequence[str],
    json: bool,
) -> None:
    from doclake.govern.erasure_rows import counted
    from doclake.govern.erasure_targets import copies

    rows, same = counted(project.lake, targets), copies(project.lake, targets)
    if json:
        for one in targets:
            console.print_json(_as_dict(one))
        told = {"rows": rows, "interrupted": begun, "copies": same, "likely": likely}
        console.print_json(told)
        return
    for one in targets[:SHOWN]:
        found = ", ".join(f"{number:,} in {place}" for place, number in one.found.items())
        inside = len(one.paths) - 1
        more = [number_of(inside, "document inside", "documents inside")] if inside > 0 else []
        about = "; ".join([*more, *([f"mentioned: {found}"] if found else [])])
        path = one.paths.get(one.root_id, one.root_id)
        console.say(f"{one.source}  {cell(path)}{f'  ({about})' if about else ''}")
    if len(targets) > SHOWN:
        console.say(f"… and {len(targets) - SHOWN:,} more: --json names all")
    counts = ", ".join(f"{number:,} of {name}" for name, number in rows.items())
    console.say(f"{number_of(len(targets), 'document')}; rows: {counts or 'none'}")
    if begun:
        were = number_of(len(begun), "erasure was", "erasures were")
        console.say(f"{were} interrupted, and would be finished.")
    for others, why in (
        (same, "Not among them, but they have the same bytes:"),
        (likely, "Not among them, but they share words with the subject; look at them:"),
    ):
        if others:
            console.say(why)
        for source, path in others:
            console.say(f"{source}  {cell(path)}")


def _as_dict(one: Target) -> dict[str, Any]:
    return {
        "source": one.source,
        "doc_id": one.root_id,
        "paths": list(one.paths.values()),
        "found": dict(one.found),
    }


def _show(certificates: Sequence[Certificate], json: bool) -> None:
    for one in certificates:
        console.print_json(one.as_json()) if json else _show_one(one)


def _show_one(one: Certificate) -> None:
    rows = ", ".join(f"{number:,} of {name}" for name, number in one.rows.items())
    state = f"erased {cell(one.completed_at)}" if one.completed_at else "interrupted"
    what = number_of(len(one.documents), "document")
    if one.memories:
        what = number_of(len(one.memories), "memory", "memories")
    console.say(f"{one.erasure_id}  {what} {state}", style="bold")
    console.say(f"  by {cell(one.erased_by)}, for {cell(one.reason or 'no stated reason')}")
    console.say(f"  rows: {rows or 'none'}")
    console.say(f"  files of former versions that are gone: {sum(one.files.values()):,}")
    if one.history:
        told = ", ".join(f"{number:,} {name}" for name, number in one.history.items())
        console.say(f"  Dagster's history: {told.replace('_', ' ')}")
    console.say("  not reached:")
    for what in one.not_reached:
        console.say(f"    {cell(what)}")


def _allow_again(
    project: Project, names: list[str], source: str | None, by: str | None, reason: str | None
) -> None:
    from doclake.govern import erasure

    allowed = erasure.allow_again(project, names, source, by=by, reason=reason)
    if not allowed:
        console.error("No erased document is called so. `doclake erase --certificates` names all.")
        raise typer.Exit(1)
    console.say(f"Documents that the next run may read again: {allowed:,}")
