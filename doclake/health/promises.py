"""Whether what people decided, and what a policy promises, still holds."""

from __future__ import annotations

from collections.abc import Iterator

from doclake.errors import SettingsError
from doclake.health import erased_rows, personal_data
from doclake.health.finding import Finding
from doclake.health.unsound_rows import unreasoned
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
            message = f"{source}: {old} documents were written by another policy for personal data"
            yield Finding("personal data", message, ingest)
        for table, doc_ids in personal_data.unmasked(project, source, policy):
            message = (
                f"{source}: {table} holds personal data of {len(doc_ids)} documents "
                f"unmasked: {', '.join(doc_ids[:_SHOWN])}"
            )
            yield Finding("personal data", message, ingest)


def decided(project: Project) -> Iterator[Finding]:
    """Rows that somebody released or dropped without saying why."""
    for (source, bucket), keys in sorted(unreasoned(project.lake).items()):
        message = f"{source}/{bucket}: {len(keys)} refused rows were decided without a reason"
        mend = "doclake maintain forgets the decisions, doclake ingest then judges the rows again."
        yield Finding("reasons of decisions", message, mend)


def erased(project: Project) -> Iterator[Finding]:
    """Erasures that were interrupted; else rows of documents that were erased."""
    if begun := erased_rows.unfinished(project.lake):
        message = f"{len(begun)} erasures were interrupted"
        yield Finding("no erased document", message, "doclake erase --yes")
        return
    for one in erased_rows.left(project):
        message = f"{one.source}: {one.table} has rows of {len(one.doc_ids)} erased documents"
        options = " ".join(f"--document {doc_id}" for doc_id in one.doc_ids[:_NAMED])
        mend = f"doclake erase {options} --source {one.source} --yes"
        yield Finding("no erased document", message, mend)
