"""Erases documents: their rows, and the bytes of their rows, wherever Doclake keeps any.

`begin` closes them to searches and puts them on the deny list. `finish` does the rest, and may be
called again until it has come to its end: each step finds what the one before it, or the run that
died, has left. What names the documents, ledger and registry, goes last.

It waits for every run at work. While it drops files that no version needs any more, nobody else
writes the tables that it drops them from: a run has files that no version names yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from doclake import clock, ids
from doclake.govern import certificate, memory_erasure
from doclake.govern.certificate import Certificate
from doclake.govern.erasure_rows import counted, delete_rows, purged_tables
from doclake.govern.erasure_targets import Target, known_sources, of_deny_list
from doclake.govern.mentions import Names
from doclake.govern.purge import purge
from doclake.govern.subject import plain
from doclake.index import erasure as index_erasure
from doclake.lake import audit, contract_pages, crawled_pages, erased, locks
from doclake.lake.lake import Lake
from doclake.lake.scope import EVERYTHING, Scope
from doclake.memory.store import MemoryStore
from doclake.project import Project
from doclake.stages import search_index
from doclake.tables.audit import AUDIT
from doclake.tables.erased import ErasedRow
from doclake.tables.incidents import INCIDENTS
from doclake.tables.memories import MEMORIES
from doclake.workspaces.workspace import Workspace

History = Callable[[Names], Mapping[str, int]]
"""Takes what names the documents out of a history; says how much went, and how much is left."""
ERASE, ALLOW = "erase", "allow_again"


def no_history(_: Names) -> Mapping[str, int]:
    return {}


def begin(
    project: Project, targets: Sequence[Target], *, by: str | None = None, reason: str | None = None
) -> str:
    """Close these documents to every search, and deny them to every run; returns the id of the
    erasure. Waits for the index writer alone, not for the runs. Raises `LakeError`,
    `IndexStateError`."""
    lake, now, who = project.lake, clock.now(), by or audit.user()
    erasure_id = ids.digest(
        "erasure", who, now.isoformat(), *(f"{one.source}/{one.root_id}" for one in targets)
    )
    opened = certificate.opened(
        project,
        targets,
        counted(lake, targets),
        erasure_id=erasure_id,
        by=who,
        reason=reason,
        at=now,
    )
    denied: list[ErasedRow] = [
        {
            "source": one.source,
            "doc_id": one.root_id,
            "erasure_id": erasure_id,
            "erased_by": who,
            "reason": reason,
            "erased_at": now,
        }
        for one in targets
    ]
    with project.index.writer():  # no run can put rows back, so no search sees a denied document
        indexed = _revoke(project, targets)
        erased.deny(lake, denied)
    rows = opened.rows | ({"search_index": indexed} if indexed else {})
    certificate.save(lake, replace(opened, rows=rows))
    return erasure_id


def finish(
    project: Project, erasure_id: str, history: History = no_history, asked: Sequence[str] = ()
) -> Certificate:
    """Erase what is left of the documents of an erasure, and certify it. `asked` are the words by
    which they were chosen: questions that the audit keeps go without them, too. Raises `LakeError`,
    `IndexStateError`; then call it again."""
    lake = project.lake
    denied = erased.rows(lake, Scope(where={"erasure_id": [erasure_id]}))
    targets = of_deny_list(lake, denied)
    names = Names(path for one in targets for path in one.paths.values()).beside(asked)
    words = [plain(text) for text in asked]
    with _alone(project), lake.kept_open():
        told = history(names)
        with project.index.writer():
            _revoke(project, targets)
        incidents = _forget_incidents(lake, names)
        questions = audit.forget_questions(
            lake, lambda said: names.are_in(said) or any(word in plain(said) for word in words)
        )
        for source, roots in _by_source(targets).items():
            delete_rows(lake, source, roots)
        contract_pages.forget(lake, {one.source for one in targets})
        for source in _by_source(targets):
            crawled_pages.forget(lake, source)
        remembered = memory_erasure.of_documents(project, {one.root_id for one in targets})
        search_index.run(project)  # else the feed that it follows would have a gap
        with project.index.writer():  # it writes the ledger, too
            index_erasure.rewrite(project.index)
            files = {name: purge(project, name) for name in purged_tables(lake)}
            tables = index_erasure.forget(project.index)
    memory_erasure.remove(project, MemoryStore(project), remembered)
    Workspace().close()  # which removes those that killed runs have left
    written = certificate.saved(lake, Scope(where={"erasure_id": [erasure_id]}))
    known = next(iter(written), None) or _anew(project, targets, denied)
    versions = {name: version for name in files if (version := lake.version(name)) is not None}
    done = known.completed(
        clock.now(),
        rows=known.rows
        | {
            name: number
            for name, number in (
                (INCIDENTS.name, incidents),
                (AUDIT.name, questions),
                (MEMORIES.name, len(remembered)),
            )
            if number
        },
        files=files,
        versions=versions,
        index_versions=tables,
        history=told,
        not_reached=[*known.not_reached, *([] if told else [certificate.NO_HISTORY])],
    )
    for source, roots in _by_source(targets).items():
        audit.note(
            lake,
            action=ERASE,
            source=source,
            subject_id=erasure_id,
            rows=len(roots),
            by=known.erased_by,
            reason=known.reason,
        )
    certificate.save(lake, done)
    return done


def allow_again(
    project: Project,
    names: Sequence[str],
    source: str | None,
    *,
    by: str | None = None,
    reason: str | None = None,
) -> int:
    """Let runs read erased documents again, by path or `doc_id`, in one source or in all; returns
    how many there were."""
    allowed = [
        row
        for row in erased.rows(project.lake, Scope(source))
        if row["doc_id"] in {*names, *(ids.doc_id(row["source"], name) for name in names)}
    ]
    erased.allow(project.lake, allowed)
    for row in allowed:
        audit.note(
            project.lake,
            action=ALLOW,
            source=row["source"],
            subject_id=row["doc_id"],
            rows=1,
            by=by,
            reason=reason,
        )
    return len(allowed)


@contextmanager
def _alone(project: Project) -> Iterator[None]:
    """While no run and no maintenance is at work."""
    lake = project.lake
    with ExitStack() as held:
        held.enter_context(locks.housekeeping(lake))
        for source in known_sources(project):
            settings = project.settings.sources.get(source)
            buckets = set(ids.bucket_names(settings.buckets)) if settings else set()
            for table in ("documents", "ledger", "chunks"):
                buckets |= {name for (name,) in lake.count_by(table, ["bucket"], Scope(source))}
            held.enter_context(locks.partitions(lake, source, sorted(buckets)))
        yield


def _revoke(project: Project, targets: Sequence[Target]) -> int:
    by_source = _by_source(targets).items()
    return sum(index_erasure.revoke(project.index, source, roots) for source, roots in by_source)


def _by_source(targets: Sequence[Target]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = defaultdict(list)
    for one in targets:
        grouped[one.source].append(one.root_id)
    return dict(grouped)


def _forget_incidents(lake: Lake, names: Names) -> int:
    """Incidents whose message names a document."""
    rows = INCIDENTS.rows(lake.read(INCIDENTS.name, EVERYTHING, ["incident_id", "message"]))
    named = [row["incident_id"] for row in rows if names.are_in(row["message"] or "")]
    if not named:
        return 0
    with locks.table(lake, INCIDENTS.name):
        return lake.delete(INCIDENTS.name, Scope(where={"incident_id": named}))


def certificates(lake: Lake) -> list[Certificate]:
    """Of all erasures, oldest first; one that was interrupted is not completed."""
    return certificate.saved(lake)


def _anew(project: Project, targets: Sequence[Target], denied: Sequence[ErasedRow]) -> Certificate:
    """Of an erasure that was interrupted before it was written down."""
    first = denied[0]
    return certificate.opened(
        project,
        targets,
        {},
        erasure_id=first["erasure_id"],
        by=first["erased_by"],
        reason=first["reason"],
        at=first["erased_at"],
    )
