"""The doctor checks every invariant of the lake against what is stored.

It trusts no report and no ledger: it reads counts, keys and vectors back. Each finding says what to
do about it. A damaged file is a finding of its own: the other checks go on without its bucket, or
its index. Of the machine it knows which protections parsers have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pyarrow.compute as pc

from doclake import fingerprints, ids
from doclake.display import number_of
from doclake.errors import IndexStateError, LakeError, ModelError, SandboxMissing
from doclake.extract.guard import sandbox
from doclake.health import balance, damage, integrity, memories, promises, recall, shortfalls
from doclake.health.fault import UNBALANCED, Fault
from doclake.health.finding import Finding
from doclake.health.unsound_rows import orphans, unsound
from doclake.index import switch
from doclake.lake import ledger
from doclake.lake.files import DamagedFile
from doclake.lake.iceberg import mark as iceberg
from doclake.lake.scope import Scope
from doclake.lake.watermark import changed_since, watermark
from doclake.project import Project
from doclake.settings.export import ICEBERG
from doclake.tables.registry import TABLES
from doclake.tables.rows import strings


def examine(project: Project) -> list[Finding]:
    """All findings; an empty list means the lake is sound."""
    with project.lake.kept_open():
        damaged = damage.find(project, thorough=True)
        findings = [*_sandbox(project), *_damaged(project, damaged)]
    rest = damage.without(project, damaged) if damaged else project
    unchecked: dict[str, list[str]] = {}
    with rest.lake.kept_open():
        for name, check in _CHECKS.items():
            try:
                findings += check(rest)
            except (IndexStateError, LakeError) as error:
                unchecked.setdefault(str(error), []).append(name)
    return [
        *findings,
        *(
            Finding("not checked", f"{', '.join(names)}: {why}", "Mend what is damaged first.")
            for why, names in unchecked.items()
        ),
    ]


def _damaged(project: Project, damaged: list[DamagedFile]) -> Iterator[Finding]:
    for file in damaged:
        yield Finding(
            "damaged files",
            damage.told(file),
            damage.mend(project, file),
            table=file.table,
            source=file.source,
            bucket=file.bucket,
            file=file.path,
        )


def _sandbox(project: Project) -> Iterator[Finding]:
    if project.settings.limits.require_sandbox:
        try:
            sandbox.require()
        except SandboxMissing as error:
            yield Finding("sandbox", error.message, error.mend)


def _balance(project: Project) -> Iterator[Finding]:
    for source, counts in balance.status(project).items():
        yield from _findings(source, "ledger balance", counts.faults)
        if counts.other_access:
            one, many = f"document of {source} has", f"documents of {source} have"
            have = number_of(counts.other_access, one, many)
            message = f"{have} another access list than the settings"
            yield Finding("access", message, f"doclake ingest --source {source}")


def _content(project: Project) -> Iterator[Finding]:
    for source, faults in integrity.faults(project).items():
        yield from _findings(source, "content", faults)


def _shortfalls(project: Project) -> Iterator[Finding]:
    found = shortfalls.find(project.lake, project.settings.thin)
    for source, kind in sorted(shortfalls.counts(found)):
        message = shortfalls.summary([one for one in found if one.source == source], kind)
        mend = f"doclake failures --source {source}"
        yield Finding(kind, f"{source}: {message}", mend, invariant=False)


def _findings(source: str, check: str, faults: list[Fault]) -> Iterator[Finding]:
    replay = f"doclake replay --source {source} --reason {UNBALANCED}"
    for fault in faults:
        if fault.in_index:
            yield Finding("index equals chunks", fault.message, "doclake index rebuild")
        else:
            mend = replay if fault.root_ids else f"doclake ingest --source {source}"
            yield Finding(check, fault.message, mend)


def _recipes(project: Project) -> Iterator[Finding]:
    """Documents whose rows come from another recipe than the configured one."""
    columns = ["extract_recipe"]
    try:
        fingerprints.model(project.settings.embedding)
        columns.append("chunk_recipe")
    except ModelError as error:  # that of the chunks, which its tokenizer counts, is unknown
        yield Finding("model", error.message, error.mend)
    for name in project.settings.sources:
        now = project.fingerprints(name)
        live = Scope(name, where={"status": [ledger.OK, ledger.FAILED]})
        for column in columns:
            counts = project.lake.count_by("ledger", ["media_type", column], live)
            old = sum(
                documents
                for (media_type, made), documents in counts.items()
                if made is not None
                and made != (now.elements[media_type] if column == "extract_recipe" else now.chunks)
            )
            if old:
                yield Finding(
                    "recipe",
                    f"{name}: {old} documents have another {column} than the settings",
                    f"doclake ingest --source {name}",
                )


def _partitions(project: Project) -> Iterator[Finding]:
    """Rows of sources that are not configured, or in buckets their source does not have."""
    for source, bucket in project.lake.count_by("documents", ["source", "bucket"]):
        known = project.settings.sources.get(source)
        if known is None:
            yield Finding(
                "known sources",
                f"{source}/{bucket}: the lake holds a source that is not in doclake.yaml",
                f"doclake remove {source}, or configure it again",
            )
        elif bucket not in ids.bucket_names(known.buckets):
            yield Finding(
                "known buckets",
                f"{source}/{bucket}: the source has {number_of(known.buckets, 'bucket')} now",
                f"Set sources.{source}.buckets back, or rename the source to ingest it anew.",
            )


def _duplicates(project: Project) -> Iterator[Finding]:
    """Two rows with one key."""
    lake = project.lake
    for name, table in TABLES.items():
        if not table.mend:
            continue
        columns = [*table.partition_columns, *table.key]
        repeated = [key for key, count in lake.count_by(name, columns).items() if count > 1]
        for (source, bucket), number in Counter((key[0], key[1]) for key in repeated).items():
            keys = number_of(number, f"key of {name} is", f"keys of {name} are")
            yield Finding(
                "unique keys",
                f"{source}/{bucket}: {keys} not unique",
                table.mend.format(source=source),
            )


def _vectors(project: Project) -> Iterator[Finding]:
    """Vectors that are not finite, not of unit length, or not of their model's dimension."""
    lake = project.lake
    dimensions: dict[str, set[int]] = {}
    for source, bucket in lake.count_by("embeddings", ["source", "bucket"]):
        rows = lake.read("embeddings", Scope(source, [bucket]), ["model", "vector"])
        lengths = pc.list_value_length(rows["vector"]).to_pylist()
        for model, length in zip(strings(rows["model"]), lengths, strict=True):
            dimensions.setdefault(model, set()).add(length)
        bad = int(unsound(rows["vector"]).sum())
        if bad:
            yield Finding(
                "sound vectors",
                f"{source}/{bucket}: {bad} vectors are not finite or not of unit length",
                "doclake maintain drops them, doclake ingest then embeds their texts again.",
            )
    for model, sizes in dimensions.items():
        if len(sizes) > 1:
            yield Finding(
                "one dimension",
                f"model {model} has vectors of {sorted(sizes)} floats",
                "Set embedding.revision, so that every text is embedded again; doclake ingest.",
            )


def _orphans(project: Project) -> Iterator[Finding]:
    """Rows of documents that the ledger does not know, and vectors that no chunk uses."""
    lake = project.lake
    for name, table in TABLES.items():
        if table.owner is None:
            continue
        for (source, bucket), keys in sorted(orphans(lake, table).items()):
            message = (
                f"{source}/{bucket}: {name} holds {len(keys)} {table.owner.column}s "
                f"that are not in {table.owner.table}"
            )
            yield Finding("no orphans", message, "doclake maintain")


def _watermarks(project: Project) -> Iterator[Finding]:
    lake, embedding = project.lake, project.settings.embedding
    state = project.index.state()
    if state is None:
        return
    followed = {} if lake.aside else state.watermarks  # changes may be those of a damaged file
    for table, mark in followed.items():
        try:
            changed = changed_since(lake, table, mark)
        except LakeError as gap:
            if "table" in gap.facts:  # it cannot be opened, which is no gap in what changed
                raise
            yield Finding("watermark", gap.message, "doclake ingest")
            continue
        if changed:
            behind = watermark(lake, table).version - mark.version
            yield Finding(
                "watermark", f"The index is {behind} commits of {table} behind.", "doclake ingest"
            )
    held = switch.told(state)
    if held:
        yield Finding("index held back", *held)
    elif project.model not in (None, state.model):
        yield Finding(
            "model",
            f"Searches use {state.embedding['model']}, the settings say {embedding.model}",
            "doclake ingest: the new model takes over when every chunk has its vector.",
        )


def _iceberg(project: Project) -> Iterator[Finding]:
    """Between a commit and the end of its run an Iceberg table is behind, so this is a figure."""
    lake, mend = project.lake, f"doclake export {ICEBERG}"
    for name in project.settings.iceberg_tables:
        now, shown = watermark(lake, name), iceberg.shown(lake, name)
        if now.table_id is None or iceberg.is_in_step(shown, now):
            continue
        if shown is None or shown.table_id != now.table_id or shown.version >= now.version:
            message = f"The Iceberg table {name} does not show the Delta table of today."
        else:
            behind = now.version - shown.version
            message = f"The Iceberg table {name} is {behind} commits behind."
        yield Finding("iceberg", message, mend, table=name, invariant=False)


def _recall(project: Project) -> Iterator[Finding]:
    found = recall.measure(project.index)
    if found is not None and found < recall.FLOOR:
        message = f"Searches find {found:.0%} of the nearest passages"
        yield Finding("recall", message, "doclake index rebuild")


_CHECKS: dict[str, Callable[[Project], Iterator[Finding]]] = {
    "ledger balance": _balance,
    "content": _content,
    "recipes": _recipes,
    "personal data": promises.personal,
    "known sources and buckets": _partitions,
    "unique keys": _duplicates,
    "sound vectors": _vectors,
    "orphans": _orphans,
    "access": promises.wider,
    "decisions": promises.decided,
    "erased documents": promises.erased,
    "watermarks": _watermarks,
    "iceberg": _iceberg,
    "recall": _recall,
    "memories": memories.examine,
    "shortfalls": _shortfalls,
}
