"""The data card of a source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from doclake.display import in_markdown
from doclake.evaluate.measures import JUDGED_BY
from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.observe.quality import UNDECIDED
from doclake.project import Project
from doclake.secrets import redact
from doclake.stages import retrieval_report
from doclake.tables.registry import TABLES

_COLUMNS = (
    *("source", "status", "error", "media_type", "personal_kinds", "content_hash", "chunks"),
    *("pages", "quarantined", "dropped", "vectors"),
)
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (10**6, "100K<n<1M"))
_HOLDS = ("documents", "elements", "chunks", "signals", "embeddings")


def source_card(project: Project, source: str) -> str:
    """Markdown of one source. Raises `LakeError`, `SettingsError`."""
    from huggingface_hub import DatasetCard, DatasetCardData

    settings = project.source(source)
    rows = project.lake.read("ledger", Scope(source), _COLUMNS)
    rows = rows.filter(pc.not_equal(rows["status"], ledger.DELETED))
    languages = _languages(project, source)
    known = [language for language in languages if language != UNDECIDED]
    data = DatasetCardData(
        language=known or None,
        pretty_name=source,
        size_categories=_size(rows.num_rows),
        tags=["doclake"],
    )
    card = DatasetCard.from_template(
        data,
        pretty_name=source,
        dataset_summary=in_markdown(settings.description) or f"The documents of {source}.",
        dataset_description=f"{rows.num_rows:,} documents, with those inside others, "
        f"{_sum(rows['pages']):,} pages, {_sum(rows['chunks']):,} chunks.",
        curators=settings.owner,
        dataset_card_contact=settings.owner,
        dataset_card_authors="Doclake, of the tables of its lake",
        language=", ".join(f"{name} ({n:,} chunks)" for name, n in languages.items()) or "none",
        repo=in_markdown(redact(settings.url)),
        direct_use="Search, answers with citations, and training of those who may read it: "
        f"{_readers(settings.access)}.",
        out_of_scope_use="Whoever is not among them. An index row carries the list of its "
        "document, and every search is filtered by it.",
        dataset_structure=_structure(project, source, rows),
        curation_rationale_section=_curation(project, source, rows),
        data_collection_and_processing_section=_processing(project, source),
        personal_and_sensitive_information=_personal(project, source, rows),
        bias_risks_limitations=_limits(rows, languages),
        bias_recommendations="`doclake failures` and `doclake quarantine list` name the documents; "
        "`doclake report` shows the course of these figures.",
        more_information=_retrieval(project, source),
    )
    return str(card)


def _sum(column: pa.ChunkedArray[Any]) -> int:
    return pc.sum(column).as_py() or 0


def _size(documents: int) -> str:
    return next((name for most, name in _SIZES if documents < most), "n>1M")


def _readers(access: Iterable[str]) -> str:
    return ", ".join(map(in_markdown, access)) or "nobody"


def _languages(project: Project, source: str) -> dict[str, int]:
    """Chunks in each language, most first."""
    counted = project.lake.count_by("chunks", ["language"], Scope(source))
    named = Counter({language or UNDECIDED: number for (language,), number in counted.items()})
    return dict(sorted(named.items(), key=lambda one: (-one[1], one[0])))


def _counted(headings: tuple[str, str], counts: Mapping[str, int]) -> str:
    if not counts:
        return "None."
    order = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    lines = [f"| {headings[0]} | {headings[1]} |", "|---|---:|"]
    return "\n".join([*lines, *(f"| {in_markdown(name)} | {n:,} |" for name, n in order)])


def _structure(project: Project, source: str, rows: pa.Table) -> str:
    lake = project.lake
    held = {
        name: lake.count_by(name, ["source"], Scope(source)).get((source,), 0) for name in _HOLDS
    }
    tables = {f"{name}: {TABLES[name].about.lower()}": number for name, number in held.items()}
    formats = Counter(name or "unknown" for name in rows["media_type"].to_pylist())
    return "\n\n".join(
        [_counted(("table", "rows"), tables), _counted(("format", "documents"), formats)]
    )


def _processing(project: Project, source: str) -> str:
    recipe, now = project.source(source).recipe, project.fingerprints(source)
    return (
        "Documents are listed, parsed in confined processes, cut by structure into chunks of at "
        f"most {recipe.chunk.max_tokens} tokens, held to contracts, judged and embedded with "
        f"{in_markdown(project.settings.embedding.model)}. Fingerprint of the chunking: "
        f"`{now.chunks}`."
    )


def _curation(project: Project, source: str, rows: pa.Table) -> str:
    steps = project.source(source).recipe.curation
    policies = {
        name: settings.policy
        for name, settings in steps
        if getattr(settings, "policy", "off") != "off"
    }
    listed = ", ".join(f"{name} ({policy})" for name, policy in policies.items()) or "none"
    return (
        f"Steps of curation: {listed}. They keep {_sum(rows['dropped']):,} chunks out of searches."
    )


def _personal(project: Project, source: str, rows: pa.Table) -> str:
    found = ledger.personal_data(rows).items()
    counts = {f"{kind}, {action}": number for (_, kind, action), number in found}
    told = _counted(("kind, and what was done with it", "documents"), counts)
    return f"{told}\n\nWho may read it: {_readers(project.source(source).access)}."


def _limits(rows: pa.Table, languages: Mapping[str, int]) -> str:
    failed = rows.filter(pc.equal(rows["status"], ledger.FAILED))
    errors = Counter(error or "unknown" for error in failed["error"].to_pylist())
    copied = ledger.copies(rows)
    told = [
        f"{failed.num_rows:,} of {rows.num_rows:,} documents could not be read.",
        f"{_sum(rows['quarantined']):,} chunks were refused by a contract, {copied:,} documents "
        "have the bytes of another one.",
        f"The language of {languages.get(UNDECIDED, 0):,} chunks is undecided.",
    ]
    return " ".join(told) + "\n\n" + _counted(("why it failed", "documents"), errors)


def _retrieval(project: Project, source: str) -> str:
    lines = [
        f"| {row['language'] or 'all'} | {row['n']:,} | {row['mean']:.3f} |"
        for row in retrieval_report.verdicts(project, source)
    ]
    if not lines:
        return "No question whose answer is known was asked yet."
    return "\n".join([f"| questions in | n | {JUDGED_BY} |", "|---|---:|---:|", *lines])
