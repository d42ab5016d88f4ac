"""Which rows of the lake pass: current chunks that one may read, and for which a condition holds.

The lake is read partition by partition. What is passing is looked at and forgotten, but for a line
about each row: what draws it, how long it is, on which side of the split it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyarrow as pa

from doclake.errors import ExportRefused, StatementRefused
from doclake.lake.scope import Scope
from doclake.lake.snapshot import Snapshot
from doclake.settings import ExportSettings
from doclake.sql import readable, statement
from doclake.sql.engine import Engine, quoted
from doclake.sql.readable import Reader
from doclake.tables.chunks import CHUNKS
from doclake.tables.registry import TABLES

_TABLES = ("documents", "chunks", "ledger", "signals")
_QUESTIONS = "generated_questions"
ITEMS, CANDIDATES = "items", "candidates"
TRAIN, VALIDATION = "train", "validation"
_SIGNALS = ("scores", "flags")
_ALWAYS = (
    "source", "bucket", "root_id", "doc_id", "content_hash", "chunk_id", "ordinal", "tokens",
    "recipe", "dropped_by", "text_hash",
)  # fmt: skip
_LEDGER = ("source", "bucket", "doc_id", "status", "content_hash")
_SIGNAL = ("chunk_id", "step", "score", "flags")
_PASSAGES = "passages"
_MAKE_PASSAGES = """\
SELECT c.*, s.scores, coalesce(s.flags, []) AS flags
FROM chunks c
JOIN ledger l USING (source, bucket, doc_id)
LEFT JOIN (
    SELECT chunk_id, map_from_entries(list((step, score) ORDER BY step)) AS scores,
        list(step ORDER BY step) FILTER (len(flags) > 0) AS flags
    FROM signals GROUP BY chunk_id
) s USING (chunk_id)
WHERE l.status = 'ok' AND l.content_hash = c.content_hash AND c.dropped_by IS NULL"""
OF_CHUNK = (
    "chunk_id", "doc_id", "source", "path", "title", "section", "text", "language", "media_type",
    "date", "pages", "ordinal", "tokens", "content_hash",
)  # fmt: skip
"""Columns of an exported chunk, if nobody names others."""
_MADE_OF_DOCUMENT: Mapping[str, str] = {
    "text": "string_agg(text, chr(10) || chr(10) ORDER BY ordinal)",
    "language": "first(language ORDER BY tokens DESC, ordinal)",
    "tokens": "sum(tokens)::INTEGER",
    "chunks": "count(*)::INTEGER",
}
OF_DOCUMENT = (
    "doc_id", "source", "path", "title", "text", "language", "media_type", "date", "tokens",
    "chunks", "content_hash",
)  # fmt: skip
OF_QUESTION = ("chunk_id", "question", "answer", *OF_CHUNK[1:])
COMPARED = {"questions": "concat_ws(chr(10), question, answer, text)"}
"""What of an item may repeat an evaluation set, where that is more than its text."""
_ASKED = """\
passages JOIN (
    SELECT source, text_hash, question, answer FROM generated_questions
    WHERE question IS NOT NULL AND unused IS NULL
) q USING (source, text_hash)"""
_ONE_OF_EACH = "QUALIFY row_number() OVER (PARTITION BY text_hash ORDER BY chunk_id) = 1"
"""A question stands beside one of the passages with its text."""
_THERE = {
    "chunks": "SELECT count(*) FROM passages",
    "documents": "SELECT count(DISTINCT doc_id) FROM passages",
    "questions": f"SELECT count(DISTINCT text_hash) FROM {_ASKED}",  # noqa: S608
}
"""How many items there are to choose from."""
OWN_TYPES: Mapping[str, Mapping[str, pa.DataType]] = {
    "chunks": {},
    "documents": {"tokens": pa.int32(), "chunks": pa.int32()},
    "questions": {"question": pa.string(), "answer": pa.string()},
}
"""Columns that a row has beside those of `chunks`, or in another type."""
_USUAL = {"chunks": OF_CHUNK, "documents": OF_DOCUMENT, "questions": OF_QUESTION}
_CANDIDATE = pa.schema(
    [(name, pa.string()) for name in ("source", "bucket", "id", "root_id", "draw", "side")]
    + [("tokens", pa.int64())]
)
_DRAWN = """\
INSERT INTO candidates
SELECT source, bucket, id, root_id, left(sha256(concat($seed, ' row ', id)), 16),
    CASE WHEN left(sha256(concat($seed, ' side ', root_id)), 16) < $threshold
        THEN 'validation' ELSE 'train' END,
    tokens
FROM items WHERE NOT list_contains($without, id)"""


@dataclass(frozen=True)
class Selection:
    """What a request asks of the lake as it stood at a moment. Raises `ExportRefused` or
    `StatementRefused` for a column or a condition that cannot be."""

    engine: Engine
    snapshot: Snapshot
    reader: Reader
    request: ExportSettings
    _needed: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        _require_columns(self.request)
        needed = _condition_needs(self.engine, self.request.where)
        object.__setattr__(self, "_needed", needed)
        self.engine.load(CANDIDATES, _CANDIDATE, [])

    @property
    def key(self) -> str:
        """The column that names a row."""
        return "doc_id" if self.request.unit == "documents" else "chunk_id"

    @property
    def columns(self) -> list[str]:
        """Of the rows, the key among them."""
        usual = _USUAL[self.request.unit]
        return list(dict.fromkeys([self.key, *(self.request.columns or usual)]))

    @cached_property
    def partitions(self) -> list[tuple[str, str]]:
        """(source, bucket) of what may hold rows, in order."""
        opened = set(self.reader.values["sources"])
        named = self.request.sources or opened
        known = self.snapshot.partitions("chunks")
        return [each for each in known if each[0] in opened and each[0] in named]

    @contextmanager
    def items(
        self, partition: tuple[str, str], columns: Sequence[str]
    ) -> Iterator[tuple[int, int]]:
        """Inside, table `ITEMS` holds what passes of a partition: `id`, what `draw` needs, and
        these columns. Gives how many items there were to choose from and how many pass."""
        source, bucket = partition
        wanted = {*_ALWAYS, *columns, *self._needed} & {*CHUNKS.schema.names}
        loaded: dict[str, Sequence[str]] = {
            "chunks": [name for name in CHUNKS.schema.names if name in wanted],
            "ledger": _LEDGER,
            "signals": _SIGNAL,
        }
        scope = Scope(source, [bucket])
        if not self._needed & {*_SIGNALS}:
            self.engine.load("signals", TABLES["signals"].columns(_SIGNAL), [])
            del loaded["signals"]
        asks = self.request.unit == "questions"
        if asks:
            loaded[_QUESTIONS] = ("source", "text_hash", "question", "answer", "unused")
        readable.load(self.engine, self.snapshot, self.reader, loaded, scope)
        self.engine.execute(f"CREATE TABLE {_PASSAGES} AS {_MAKE_PASSAGES}")
        self.engine.execute(f"CREATE TABLE {ITEMS} AS {self._passing(columns)}")
        ((there,),) = self.engine.rows(_THERE[self.request.unit])
        ((passing,),) = self.engine.rows(f"SELECT count(*) FROM {ITEMS}")  # noqa: S608
        try:
            yield int(there), int(passing)
        finally:
            self.engine.drop(ITEMS, _PASSAGES, "chunks", "ledger", "signals")
            if asks:
                self.engine.drop(_QUESTIONS)

    def _passing(self, columns: Sequence[str]) -> str:
        where = f"({self.request.where}\n)" if self.request.where else "TRUE"
        named = dict.fromkeys(["source", "bucket", "root_id", "tokens", "recipe", *columns])
        if self.request.unit != "documents":
            own = ", ".join(map(quoted, named))
            if self.request.unit == "chunks":
                return f"SELECT chunk_id AS id, {own} FROM {_PASSAGES} WHERE {where}"  # noqa: S608
            return f"SELECT chunk_id AS id, {own} FROM {_ASKED} WHERE {where} {_ONE_OF_EACH}"  # noqa: S608
        made = ", ".join(f"{_of_document(name)} AS {quoted(name)}" for name in named)
        return (
            f"SELECT doc_id AS id, {made} "  # noqa: S608
            f"FROM {_PASSAGES} WHERE {where} GROUP BY doc_id"
        )

    def draw(self, without: Sequence[str]) -> None:
        """Note each of `ITEMS` as a candidate, but those `without`."""
        values = {
            "seed": str(self.request.seed),
            "threshold": f"{int(self.request.validation * 2**64):016x}",
            "without": list(without),
        }
        self.engine.execute(_DRAWN, values)


def tables_read(request: ExportSettings) -> tuple[str, ...]:
    """The tables that an export is made of."""
    return (*_TABLES, _QUESTIONS) if request.unit == "questions" else _TABLES


def _of_document(column: str) -> str:
    return _MADE_OF_DOCUMENT.get(column, f"first({quoted(column)} ORDER BY ordinal)")


def _require_columns(request: ExportSettings) -> None:
    known = [*OF_DOCUMENT]
    if request.unit != "documents":
        known = [*OWN_TYPES[request.unit], *CHUNKS.schema.names]
    unknown = [name for name in request.columns if name not in known]
    if unknown:
        raise ExportRefused(
            f"There is no column {', '.join(unknown)} to export.",
            mend=f"Columns of {request.unit}: {', '.join(known)}.",
            problems=[("columns", name, f"one of {', '.join(known)}") for name in unknown],
        )


def _condition_needs(engine: Engine, where: str) -> frozenset[str]:
    """The columns that a condition reads. Raises `StatementRefused` for what is no condition, or
    gives another answer another time."""
    if not where.strip():
        return frozenset()
    sql = f"SELECT 1 FROM {_PASSAGES} WHERE ({where}\n)"  # noqa: S608
    asked = statement.condition(engine, sql, _PASSAGES)
    schema = pa.schema(
        [
            *CHUNKS.schema,
            ("scores", pa.map_(pa.string(), pa.float32())),
            ("flags", pa.list_(pa.string())),
        ]
    )
    engine.load(_PASSAGES, schema, [])
    try:
        engine.rows(sql)
        batch = next(engine.stream(f"SELECT ({where}\n) AS holds FROM {_PASSAGES}"))  # noqa: S608
        if not pa.types.is_boolean(batch.schema.field("holds").type):
            raise StatementRefused("it is neither true nor false.")
    except StatementRefused as error:
        raise ExportRefused(
            f"The condition `where` cannot be: {error.message}",
            mend=f"Columns: {', '.join(schema.names)}.",
            problems=[("where", where, "true or false of the columns of a chunk")],
        ) from None
    finally:
        engine.drop(_PASSAGES)
    return frozenset(asked.words & set(schema.names))


def figures(engine: Engine, sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """Rows of an answer about candidates, in an order that is always the same."""
    return engine.rows(f"{sql} ORDER BY ALL", values)
