"""Whether what people decided, and what a policy promises, still holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from doclake.access import Readers, of_source
from doclake.display import number_of
from doclake.errors import SettingsError
from doclake.health import erased_rows, personal_data
from doclake.health.finding import Finding
from doclake.health.unsound_rows import unreasoned
from doclake.lake.scope import Scope
from doclake.personal.policy import Policy
from doclake.project import Project

_NAMED = 20  # erased documents that a command names
_SHOWN = 5


def personal(project: Project) -> Iterator[Finding]:
    """Rows that hold what their source masks, or that another policy made."""
    for source, settings in project.settings.sources.items():
        try:
            policy = Policy.of(settings.recipe)
        except SettingsError as error:
            yield Finding("personal data", f"{source}: {error.message}", error.mend)
            continue
        ingest = f"doclake ingest --source {source}"
        old = personal_data.behind(project, source, policy)
        if old:
            written = number_of(old, "document was written", "documents were written")
            message = f"{source}: {written} by another policy for personal data"
            yield Finding("personal data", message, ingest)
        for table, doc_ids in personal_data.unmasked(project, source, policy):
            message = (
                f"{source}: {table} holds personal data of {number_of(len(doc_ids), 'document')} "
                f"unmasked: {', '.join(doc_ids[:_SHOWN])}"
            )
            yield Finding("personal data", message, ingest)


def wider(project: Project) -> Iterator[Finding]:
    """Rows that name, in place of whom their source or the place of their document allows, others,
    or leave out whom it denies."""
    for source, settings in project.settings.sources.items():
        columns = ["doc_id", "path", "access", "denied", "own_access"]
        listed = project.lake.read("documents", Scope(source), columns).to_pylist()
        allowed = {
            row["doc_id"]: Readers.of(of_source(row["own_access"], settings.access), row["denied"])
            for row in listed
        }
        chunks = project.lake.read("chunks", Scope(source), ["root_id", "path", "access", "denied"])
        rows = {
            "documents": [(row["doc_id"], row) for row in listed],
            "chunks": [(row["root_id"], row) for row in chunks.to_pylist()],
        }
        for table, of_table in rows.items():
            paths = {
                row["path"]
                for key, row in of_table
                if key in allowed and _is_wider(row, allowed[key])
            }
            if paths:
                number = number_of(len(paths), "document")
                message = (
                    f"{source}: {number} in {table} may be read by more than "
                    f"source and place allow: {', '.join(sorted(paths)[:_SHOWN])}"
                )
                yield Finding("access", message, f"doclake ingest --source {source}")


def _is_wider(row: Mapping[str, Any], allowed: Readers) -> bool:
    has = Readers.of(row["access"], row["denied"])
    return bool(has.allow - allowed.allow or allowed.deny - has.deny)


def decided(project: Project) -> Iterator[Finding]:
    """Rows that somebody released or dropped without saying why."""
    for (source, bucket), keys in sorted(unreasoned(project.lake).items()):
        were = number_of(len(keys), "refused row was", "refused rows were")
        message = f"{source}/{bucket}: {were} decided without a reason"
        mend = "doclake maintain forgets the decisions, doclake ingest then judges the rows again."
        yield Finding("reasons of decisions", message, mend)


def erased(project: Project) -> Iterator[Finding]:
    """Erasures that were interrupted; else rows of documents that were erased."""
    if begun := erased_rows.unfinished(project.lake):
        message = f"{number_of(len(begun), 'erasure was', 'erasures were')} interrupted"
        yield Finding("no erased document", message, "doclake erase --yes")
        return
    for one in erased_rows.left(project):
        documents = number_of(len(one.doc_ids), "erased document")
        message = f"{one.source}: {one.table} has rows of {documents}"
        options = " ".join(f"--document {doc_id}" for doc_id in one.doc_ids[:_NAMED])
        mend = f"doclake erase {options} --source {one.source} --yes"
        yield Finding("no erased document", message, mend)
