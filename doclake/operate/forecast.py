"""What an ingest would do and roughly cost. Reads only what is new; writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from doclake import ids
from doclake.lake import ledger
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.settings import Settings
from doclake.sources import Source, open_source
from doclake.stages import documents
from doclake.stages.context import StageContext
from doclake.stages.plans.access import documents_behind
from doclake.stages.plans.documents import allowed_deletions, compare, listing
from doclake.stages.plans.elements import PLAN_COLUMNS, planned
from doclake.stages.report import StageReport
from doclake.tables.documents import DOCUMENTS, DocumentRow
from doclake.tables.rows import strings

# Where a lake has no history yet: rough figures of ordinary office documents.
PAGES_PER_MEGABYTE, TOKENS_PER_MEGABYTE, SECONDS_PER_MEGABYTE = 20.0, 12_000.0, 1.0


@dataclass
class Forecast:
    """Paths by what would happen to them, how many documents would get another access list, and an
    estimate of the work."""

    source: str
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    retried: list[str] = field(default_factory=list)
    recipe_changed: list[str] = field(default_factory=list)
    access_changed: int = 0
    refused: str = ""
    pages: int = 0
    tokens: int = 0
    seconds: float = 0.0


def forecast(project: Project, source: str) -> Forecast:
    """Compare the listing with the registry and the ledger, as an ingest would."""
    context = StageContext.whole(project, source)
    opened = open_source(source, context.source_settings, project.settings)
    report = StageReport(documents.STAGE)
    listed, complete = listing(opened, context, report)
    differing, gone, live = compare(context, listed)
    changed = differing.to_pylist()
    behind = documents_behind(project.lake, source, context.source_settings.access)
    result = Forecast(source, access_changed=behind.total())
    read = ledger.read(project.lake, context.scope, ["doc_id", "content_hash"])
    hashes = {row["doc_id"]: row["content_hash"] for row in read}
    _sort(result, opened, changed, DOCUMENTS.rows(gone) if complete else [], hashes)
    _refused(result, report, live, project.settings)
    paths = [row["path"] for row in changed]
    paths += _undone(result, context, set(paths))
    sizes = dict(zip(strings(listed["path"]), listed["size"].to_pylist(), strict=True))
    _estimate(result, project.lake, source, paths, sizes)
    return result


def _sort(
    result: Forecast,
    source: Source,
    changed: list[dict[str, Any]],
    gone: list[DocumentRow],
    hashes: Mapping[str, str],
) -> None:
    """Sort the paths by what happened to them. A new path with the bytes of a lost one has moved;
    `hashes` are those of the bytes last read."""
    by_content = {hashes.get(row["doc_id"]): row["path"] for row in gone}
    moved_from = set()
    for row in changed:
        if row["old_signature"] is not None and not row["returns"]:
            if hashes.get(row["doc_id"]) != _hash(source, row["path"]):
                result.changed.append(row["path"])
            continue
        old = by_content.get(_hash(source, row["path"])) if by_content else None
        if old is not None and old not in moved_from:
            moved_from.add(old)
            result.moved.append((old, row["path"]))
        else:
            result.added.append(row["path"])
    result.deleted = sorted(row["path"] for row in gone if row["path"] not in moved_from)


def _hash(source: Source, path: str) -> str:
    try:
        with source.open(path) as stream:
            return ids.content_hash_of(stream)
    except Exception:  # a source's library may raise anything; the run reports it
        return ""


def _refused(result: Forecast, report: StageReport, live: int, settings: Settings) -> None:
    lost = len(result.deleted) + len(result.moved)
    allowed = allowed_deletions(settings.deletion, live)
    if report.alarms:
        result.refused = report.alarms[0].message
    elif lost > allowed:
        result.refused = f"{lost} of {live} are gone; at most {allowed} may be deleted at once"


def _undone(result: Forecast, context: StageContext, listed: set[str]) -> list[str]:
    """Registered documents whose extraction is missing, due for a retry, or of an old recipe."""
    fingerprints = context.fingerprints.elements
    before = ledger.trees(ledger.read(context.lake, context.scope, PLAN_COLUMNS))
    todo = planned(context, fingerprints)
    rows = [row for row in DOCUMENTS.rows(todo.extract) if row["path"] not in listed]
    for row in rows:
        tree = before.get(row["doc_id"], [])
        old = any(
            entry["extract_recipe"] not in (None, fingerprints[entry["media_type"]])
            for entry in tree
        )
        (result.recipe_changed if old else result.retried).append(row["path"])
    return [row["path"] for row in rows]


def _estimate(
    result: Forecast, lake: Lake, source: str, paths: list[str], sizes: dict[str, int | None]
) -> None:
    """Scale the rates of files with the same suffix to the bytes that are to be read."""
    rates = _rates(lake, source)
    for path in paths:
        megabytes = (sizes.get(path) or 0) / 1e6
        suffix = PurePosixPath(path).suffix.lower()
        pages, tokens, seconds = rates.get(suffix) or rates[""]
        result.pages += max(1, round(pages * megabytes))
        result.tokens += round(tokens * megabytes)
        result.seconds += seconds * megabytes


def _rates(lake: Lake, source: str) -> dict[str, tuple[float, float, float]]:
    """(pages, tokens, seconds) per megabyte by suffix; '' stands for all files."""
    sizes = lake.read("documents", Scope(source), ["doc_id", "size"]).to_pydict()
    size_of = dict(zip(sizes["doc_id"], sizes["size"], strict=True))
    tokens = lake.read("chunks", Scope(source), ["root_id", "tokens"])
    summed = tokens.group_by("root_id").aggregate([("tokens", "sum")]).to_pydict()
    tokens_of = dict(zip(summed["root_id"], summed["tokens_sum"], strict=True))
    totals: dict[str, list[float]] = {}
    for row in ledger.read(lake, Scope(source)):
        if row["parent_id"] is not None or row["status"] != ledger.OK:
            continue
        for suffix in ("", PurePosixPath(row["path"]).suffix.lower()):
            total = totals.setdefault(suffix, [0.0, 0.0, 0.0, 0.0])
            total[0] += (size_of.get(row["doc_id"]) or 0) / 1e6
            total[1] += row["pages"] or 1
            total[2] += tokens_of.get(row["doc_id"], 0)
            total[3] += row["seconds"] or 0.0
    rates = {s: (p / mb, t / mb, c / mb) for s, (mb, p, t, c) in totals.items() if mb > 0}
    rates.setdefault("", (PAGES_PER_MEGABYTE, TOKENS_PER_MEGABYTE, SECONDS_PER_MEGABYTE))
    return rates
