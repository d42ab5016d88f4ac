"""What the lake holds, who may read it, in which languages and formats, and what it took."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc

from doclake import clock
from doclake.govern.report_page.documents import Documents
from doclake.govern.report_page.parts import (
    Cell,
    lasting,
    percent,
    pictures,
    plain,
    section,
    table,
    tiles,
)
from doclake.lake.scope import Scope
from doclake.observe import drawings
from doclake.stages import quality
from doclake.tables.audit import AUDIT
from doclake.tables.measurements import MEASUREMENTS
from doclake.tables.quality import QualityRow
from doclake.tables.registry import TABLES

_UNITS = {
    "documents": "documents",
    "elements": "seconds of parsing",
    "chunks": "tokens",
    "embeddings": "tokens",
    "search_index": "rows",
    "run": "runs",
}
_LATELY = timedelta(days=30)


def latest(documents: Documents) -> dict[str, QualityRow]:
    """The last judged day of each source that has one."""
    rows = {name: quality.history(documents.project, name) for name in documents.sources}
    return {name: every[-1] for name, every in rows.items() if every}


def overview(days: dict[str, QualityRow], open_incidents: int, late: int) -> str:
    """The figures that decide whether to read on."""
    documents = sum(row["documents"] or 0 for row in days.values())
    failed = sum(row["documents_failed"] or 0 for row in days.values())
    refused = sum(row["chunks_refused"] or 0 for row in days.values())
    whole = sum((row["completeness"] or 0) * (row["documents"] or 0) for row in days.values())
    share = whole / documents if documents else 0.0
    return tiles(
        {
            "documents": f"{documents:,}",
            "read whole and indexed": Cell(percent(share), "good" if share >= 0.9 else "bad"),
            "documents failed": Cell(f"{failed:,}", "bad" if failed else "good"),
            "chunks refused": Cell(f"{refused:,}", "odd" if refused else "good"),
            "open incidents": Cell(f"{open_incidents:,}", "odd" if open_incidents else "good"),
            "of them late": Cell(f"{late:,}", "bad" if late else "good"),
        }
    )


def holdings(documents: Documents, days: dict[str, QualityRow]) -> str:
    rows: list[list[str | Cell]] = []
    for name, row in days.items():
        settings = documents.project.source(name)
        counts = [row["documents"], row["chunks_in_all"], row["tokens_in_all"]]
        rows.append(
            [
                name,
                settings.owner,
                *(f"{count or 0:,}" for count in counts),
                f"{row['documents_outdated']:,}" if row["documents_outdated"] is not None else "",
                lasting(row["seconds_since_run"]),
                settings.description,
            ]
        )
    headings = (
        *("source", "owner", "documents", "chunks", "tokens", "outdated", "last run ago"),
        "what it is",
    )
    drawn = pictures(
        drawings.bars(_languages(days), title="Chunks in each language", width=560),
        drawings.bars(
            dict(documents.formats.most_common(12)), title="Documents of each format", width=560
        ),
    )
    return section(
        "holdings",
        "What the lake holds",
        "Documents with what is inside them; outdated are those last changed longer ago than their "
        "source allows.",
        table(headings, rows, numbers=headings[2:7]),
        drawn,
    )


def _languages(days: dict[str, QualityRow]) -> dict[str, float]:
    from babel import Locale

    known, counts = Locale("en").languages, Counter[str]()
    for row in days.values():
        for one in row["languages"] or ():
            counts[one["language"]] += one["chunks"]
    return {
        f"{known.get(code, 'undecided')} ({code})": number
        for code, number in counts.most_common(12)
    }


def access(documents: Documents) -> str:
    """Who may read how many documents of which source."""
    rows: list[list[str | Cell]] = []
    for name in documents.sources:
        settings = documents.project.source(name)
        listed = documents.project.lake.read(
            "documents", Scope(name, null=("deleted_at",)), ["access", "denied"]
        ).to_pylist()
        counts: Counter[tuple[str, str]] = Counter()
        for row in listed:
            allowed, denied = row["access"] or [], row["denied"] or []
            counts[", ".join(sorted(allowed)), ", ".join(sorted(denied))] += 1
        now = ", ".join(settings.access)
        for (allowed, denied), number in counts.most_common():
            readers = allowed if settings.access else ""
            rows.append(
                [name, readers or Cell("nobody", "bad"), denied, f"{number:,}", now or "nobody"]
            )
    headings = ("source", "may read", "but not", "documents", "settings of today")
    return section(
        "access",
        "Who may read it",
        "As written with the documents; a search also asks the settings of today, and the narrower "
        "of the two holds.",
        table(headings, rows, numbers=("documents",)),
    )


def cost(documents: Documents) -> str:
    """Time by stage, searches, and what servers cost, over the last days."""
    lake, since = documents.project.lake, clock.now() - _LATELY
    seconds: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    given: Counter[tuple[str, str]] = Counter()
    for name in documents.sources:
        for row in MEASUREMENTS.rows(lake.read(MEASUREMENTS.name, Scope(name))):
            if row["ended_at"] >= since:
                sums = seconds[name, row["stage"]]
                sums[0] += row["amount"]
                sums[1] += row["seconds"]
        columns = ["action", "done_at"]
        for done in lake.read(AUDIT.name, Scope(name), columns).to_pylist():
            if done["done_at"] >= since:
                given[name, done["action"]] += 1
    took: list[list[str | Cell]] = [
        [name, stage, f"{amount:,.0f} {_UNITS.get(stage, '')}", lasting(spent)]
        for (name, stage), (amount, spent) in seconds.items()
    ]
    asked: list[list[str | Cell]] = [
        [name, action, f"{number:,}"] for (name, action), number in sorted(given.items())
    ]
    totals: Counter[str] = Counter()
    for (_, stage), (_, spent) in seconds.items():
        totals[stage] += int(spent * 10)
    return section(
        "cost",
        "What it took",
        f"Over the last {_LATELY.days} days, as far as it was measured: the last 200 figures of "
        "each source.",
        pictures(
            drawings.bars(
                {stage: tenths / 10 for stage, tenths in totals.most_common()},
                title="Seconds of each stage",
                width=560,
            ),
            drawings.bars(_sizes(documents), title="Megabytes of each table", width=560),
        ),
        table(("source", "stage", "work", "time"), took, numbers=("work", "time")),
        f"<h3>{plain('What was asked and done')}</h3>",
        table(("source", "what", "times"), asked, numbers=("times",)),
    )


def _sizes(documents: Documents) -> dict[str, float]:
    """MB (2^20 bytes) of the files of today, by the log of each table; the greatest first."""
    sizes: Counter[str] = Counter()
    for name, known in TABLES.items():
        table_of = documents.project.lake.open(name)
        if table_of is None or "source" not in known.partition_columns:
            continue
        files = pa.table(table_of.get_add_actions(flatten=True))
        mine = pc.is_in(files["partition.source"], pa.array(list(documents.sources), pa.string()))
        sizes[name] = pc.sum(files.filter(mine)["size_bytes"]).as_py() or 0
    return {name: round(size / 2**20, 2) for name, size in sizes.most_common(8)}
