"""What is left to do in each bucket of a source, and in which groups to do it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import pyarrow.compute as pc

from doclake.project import Project
from doclake.stages import duplicates, semantic_duplicates
from doclake.stages.context import StageContext
from doclake.stages.plans import signals
from doclake.stages.plans.access import Goal, documents_behind, said, settled
from doclake.stages.plans.chunks import PLAN_COLUMNS, are_as_now
from doclake.stages.plans.documents import compare, listing
from doclake.stages.plans.elements import planned
from doclake.stages.report import StageReport
from doclake.tables.rows import strings


def undone(project: Project, source: str) -> Counter[str]:
    """Number of documents in each bucket that a stage has not done, whose retry is due, that are
    duplicates of what stands no more, or whose access list differs from the settings of today: a
    code location may have been loaded long ago.

    Raises `SettingsError` if they are wrong by now, `ModelError` while the folder of the model is
    not there.
    """
    context = StageContext.whole(project, source)
    fingerprints = context.fingerprints
    todo = planned(context, fingerprints.elements)
    left = Counter(strings(todo.extract["bucket"]))
    left.update(tree[0]["bucket"] for tree in todo.remove)
    goal = Goal.by(project.today().source(source), context.source_settings)
    left.update(documents_behind(context.lake, source, goal))
    # Null in the ledger until each stage has done the document.
    columns = ["bucket", *PLAN_COLUMNS, "curation", "model", "indexed"]
    rows = context.lake.read("ledger", context.scope, columns)
    embedded = pc.fill_null(pc.equal(rows["model"], fingerprints.embeddings), False)
    done = pc.and_(pc.is_valid(rows["indexed"]), pc.and_(embedded, are_as_now(rows, fingerprints)))
    done = pc.and_(done, signals.are_as_now(rows, fingerprints.signals))
    left.update(strings(rows.filter(pc.invert(done))["bucket"]))
    for orphans in (duplicates.orphans, semantic_duplicates.orphans):
        left.update(orphans(context).values())
    return left


def waiting(project: Project, source: str) -> Counter[str]:
    """As `undone`, and with the documents that no run has registered yet as they are listed now.

    Raises also `SourceError` if the source cannot be opened.
    """
    context = StageContext.whole(project, source)
    opened = project.open_source(source, read_only=True)
    listed, _ = listing(opened, context, StageReport("documents"))
    listed = settled(context, listed)
    changed = compare(context, listed).changed
    left = undone(project, source) + Counter(strings(changed["bucket"]))
    if places := said(context, listed):
        goal = Goal.by(project.today().source(source), context.source_settings, places)
        left |= documents_behind(context.lake, source, goal)
    return left


def relisted(project: Project, source: str) -> list[str]:
    """Buckets with a registered document whose lists the listing at hand changes, be it incomplete.
    Of such a listing that is what a run can do, which lists by the settings of today; the rest
    waits until it is whole."""
    project = project.today()
    context = StageContext.whole(project, source)
    settings = context.source_settings
    if not settings.access_from:
        return []
    opened = project.open_source(source, read_only=True)
    listed, _ = listing(opened, context, StageReport("documents"))
    goal = Goal.by(settings, settings, said(context, settled(context, listed)))
    return sorted(documents_behind(context.lake, source, goal, only_listed=True))


def groups(left: Mapping[str, int], buckets: Sequence[str], most: int) -> Iterator[list[str]]:
    """The buckets, in their order, in groups with at most `most` documents left to do; a bucket
    with more goes alone."""
    group: list[str] = []
    waiting = 0
    for bucket in buckets:
        more = left.get(bucket, 0)
        if waiting and more and waiting + more > most:
            yield group
            group, waiting = [], 0
        group.append(bucket)
        waiting += more
    yield group
