"""What failed and why, what is odd and kept, what is there twice, which personal data there is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from doclake.govern.report_page.documents import Documents
from doclake.govern.report_page.parts import Cell, section, such_as, table
from doclake.health import shortfalls
from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.tables.quality import QualityRow
from doclake.tables.quarantine import QUARANTINE

Line = list[str | Cell]
_TROUBLE = ("source", "what", "why", "documents", "such as", "what to do")


def troubles(documents: Documents) -> str:
    failed = [*_failed(documents), *_refused(documents), *_short(documents)]
    return section(
        "troubles",
        "What failed, and why",
        "A fault stays with its own document: all others are read and found.",
        table(_TROUBLE, failed, numbers=("documents",), nothing="Nothing failed."),
    )


def _failed(documents: Documents) -> Iterator[Line]:
    by_error: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for row in documents.failed:
        key = (row["source"], row["error"] or "unknown", row["mend"] or "")
        by_error[key].append(row["path"])
    for (source, error, mend), paths in sorted(by_error.items(), key=lambda one: -len(one[1])):
        yield [source, Cell("failed", "bad"), error, f"{len(paths):,}", such_as(paths), mend]


def _refused(documents: Documents) -> Iterator[Line]:
    refused: dict[tuple[str, str], set[str]] = defaultdict(set)
    for source in documents.sources:
        scope = Scope(source)
        rows = documents.project.lake.read(QUARANTINE.name, scope, ["doc_id", "rule", "stage"])
        for row in QUARANTINE.rows(rows):
            path = documents.paths.get(row["doc_id"])
            if path:
                refused[source, f"{row['stage']}.{row['rule']}"].add(path)
    for (source, rule), paths in sorted(refused.items()):
        names, mend = sorted(paths), f"doclake quarantine list --source {source}"
        yield [source, Cell("refused", "bad"), rule, f"{len(names):,}", such_as(names), mend]


def _short(documents: Documents) -> Iterator[Line]:
    lake, thin = documents.project.lake, documents.project.settings.thin
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for source in documents.sources:
        for one in shortfalls.find(lake, thin, source):
            found[source, f"{one.kind}: {one.rule}", one.mend].append(one.path)
    for (source, why, mend), paths in sorted(found.items()):
        yield [source, Cell("text missing", "odd"), why, f"{len(paths):,}", such_as(paths), mend]


def oddities(documents: Documents) -> str:
    hidden = documents.of("elements", "hidden", "hidden IS NOT NULL")
    warned = {
        (source, f"{table_of}.{rule}"): paths
        for table_of in ("elements", "chunks")
        for (source, rule), paths in documents.of(
            table_of, "unnest(warnings)", "warnings IS NOT NULL"
        ).items()
    }
    orders = documents.of("chunks", "unnest(suspicion['reasons'])", "suspicion IS NOT NULL")
    kept = [
        *_lines(hidden, "hidden text", "It is in no chunk: recipe.extract.hidden_text."),
        *_lines(warned, "warned of", "doclake contract check"),
        *_lines(orders, "orders to a model", "Prompts go without it: recipe.injection."),
    ]
    return section(
        "oddities",
        "What is odd, and kept",
        "Nothing is lost here; people and language models are told.",
        table(_TROUBLE, kept, numbers=("documents",), nothing="Nothing odd."),
    )


def _lines(found: dict[tuple[str, str], list[str]], what: str, mend: str) -> Iterator[Line]:
    for (source, why), paths in found.items():
        yield [source, Cell(what, "odd"), why, f"{len(paths):,}", such_as(paths), mend]


def duplicates(documents: Documents, days: dict[str, QualityRow]) -> str:
    copies: list[Line] = [
        [source, f"{len(paths):,}", such_as(paths, 5)] for source, paths in documents.copies
    ]
    repeated: list[Line] = [
        [name, f"{row['chunks_repeated']:,}", f"{row['duplicate_rate'] or 0:.1%}"]
        for name, row in days.items()
        if row["chunks_repeated"] is not None
    ]
    return section(
        "duplicates",
        "What is there twice",
        "Documents with the same bytes, and chunks whose text repeats another one; each text is "
        "embedded once.",
        table(("source", "documents", "with the same bytes"), copies, numbers=("documents",)),
        table(
            ("source", "repeated chunks", "share of chunks"),
            repeated,
            numbers=("repeated chunks", "share of chunks"),
            nothing="Curation compares no chunks.",
        ),
    )


def personal(documents: Documents) -> str:
    rows: list[Line] = [
        [source, kind, Cell(action, "odd" if action == "flag" else "good"), f"{number:,}"]
        for (source, kind, action), number in sorted(ledger.personal_data(documents.rows).items())
    ]
    return section(
        "personal",
        "Personal data",
        "Kinds that were found, and what the policy of their source did with them before anything "
        "was written; `flag` leaves it there and says so.",
        table(("source", "kind", "done", "documents"), rows, numbers=("documents",)),
    )
