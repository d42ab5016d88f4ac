"""What a file of a kind gives: pages, seconds of parsing, tokens, as the lake knows it of others.

A kind is the suffix of the path; one that was never seen is as other texts are, or as other files
that are no text. Tokens go by the size of a file, pages by the number of files, and seconds by half
of each. How near that comes stands in docs/benchmarks.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import PurePosixPath

import pyarrow as pa
import pyarrow.compute as pc

from doclake.extract.registry import kinds
from doclake.lake import ledger
from doclake.lake.lake import Lake
from doclake.lake.scope import EVERYTHING, Scope
from doclake.tables.rows import strings

ENOUGH = 5  # documents of a kind in a source, else those of the whole lake tell
LETTERS_PER_TOKEN = 4.0
TEXT, PACKED, ANY = "text", "packed", "any"  # no suffix: those begin with a dot, or are empty
_TEXTS = {suffix for row, kind in kinds() if row.is_text for suffix in kind.suffixes}


@dataclass(frozen=True)
class Figures:
    """Of one document with all that is found inside it."""

    pages: float
    seconds: float
    tokens: float


@dataclass(frozen=True)
class Seen:
    """Documents of a kind, and what they were and gave in all."""

    documents: int
    megabytes: float
    pages: float
    seconds: float
    tokens: float

    def __add__(self, other: Seen) -> Seen:
        names = [field.name for field in fields(self)]
        return Seen(**{name: getattr(self, name) + getattr(other, name) for name in names})


# Where a lake has no history yet: rough figures of ordinary office documents.
UNSEEN = Seen(documents=10, megabytes=1.0, pages=20.0, seconds=1.0, tokens=12_000.0)


@dataclass(frozen=True)
class Kinds:
    """What was seen of each kind, in a source and in the whole lake. `TEXT`, `PACKED` and `ANY`
    stand for many."""

    own: Mapping[str, Seen]
    everywhere: Mapping[str, Seen]

    @classmethod
    def of(cls, lake: Lake, source: str) -> Kinds:
        everywhere: dict[str, Seen] = {}
        own: dict[str, Seen] = {}
        for name, kind, seen in _seen(lake):
            for known in (everywhere, own) if name == source else (everywhere,):
                for key in (kind, _family(kind), ANY):
                    known[key] = known[key] + seen if key in known else seen
        return cls(own, everywhere)

    def figures(self, path: str, size: int) -> Figures:
        """What a file of this name and this many bytes is expected to give."""
        kind, megabytes = PurePosixPath(path).suffix.lower(), size / 1e6
        seen = self.own.get(kind)
        if seen is None or seen.documents < ENOUGH:
            wider = (self.everywhere.get(key) for key in (kind, _family(kind), ANY))
            seen = next(filter(None, wider), UNSEEN)
        share = megabytes / seen.megabytes if seen.megabytes else 1 / seen.documents
        return Figures(
            pages=seen.pages / seen.documents,
            seconds=seen.seconds * (share + 1 / seen.documents) / 2,
            tokens=seen.tokens * share,
        )


def _family(kind: str) -> str:
    return TEXT if kind in _TEXTS else PACKED


def letters_per_token(lake: Lake, source: str) -> float:
    """Letters and digits of elements for each token of chunks."""
    letters = pc.sum(lake.read("ledger", Scope(source), ["element_letters"])["element_letters"])
    tokens = pc.sum(lake.read("chunks", Scope(source), ["tokens"])["tokens"])
    if not letters.as_py() or not tokens.as_py():
        return LETTERS_PER_TOKEN
    return float(letters.as_py() / tokens.as_py())


def _seen(lake: Lake) -> list[tuple[str, str, Seen]]:
    """Source, kind and what was seen, for each of them."""
    scope = Scope(where={"status": [ledger.OK]})
    rows = lake.read("ledger", scope, ["root_id", "pages", "seconds"])
    trees = rows.group_by("root_id").aggregate([("pages", "sum"), ("seconds", "sum")])
    chunks = lake.read("chunks", EVERYTHING, ["root_id", "tokens"])
    tokens = chunks.group_by("root_id").aggregate([("tokens", "sum")])
    listed = lake.read("documents", EVERYTHING, ["source", "doc_id", "path", "size"])
    joined = listed.rename_columns(["source", "root_id", "path", "size"])
    joined = joined.join(trees, "root_id", join_type="inner")
    joined = joined.join(tokens, "root_id", join_type="left outer")
    kinds = [PurePosixPath(path).suffix.lower() for path in strings(joined["path"])]
    joined = joined.append_column("kind", pa.array(kinds, pa.string()))
    summed = joined.group_by(["source", "kind"]).aggregate(
        [([], "count_all"), *((name, "sum") for name in _SUMMED)]
    )
    return [
        (
            row["source"],
            row["kind"],
            Seen(
                documents=row["count_all"],
                megabytes=(row["size_sum"] or 0) / 1e6,
                pages=max(row["pages_sum_sum"] or 0, row["count_all"]),
                seconds=row["seconds_sum_sum"] or 0.0,
                tokens=row["tokens_sum_sum"] or 0,
            ),
        )
        for row in summed.to_pylist()
    ]


_SUMMED = ("size", "pages_sum", "seconds_sum", "tokens_sum")
