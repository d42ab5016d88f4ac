"""access: whom the rows of each document should name, and which documents name others.

The list of a document is what its place says of it (`own_access` in the registry), or that of its
source, which caps it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from doclake.access import EVERYONE, NOBODY, Readers, narrowed, of_source
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.lake.slices import runs
from doclake.settings import SourceSettings
from doclake.stages.context import StageContext
from doclake.stages.partition_groups import Partition
from doclake.tables.rows import strings, with_column

_COLUMNS = ["bucket", "doc_id", "access", "denied", "own_access"]
_PLACES = ["doc_id", "own_access", "denied"]


class Said(NamedTuple):
    """What the place of a document says: whom it names (None: it leaves that to the source), and
    whom it denies; and whether that is all it says."""

    own: frozenset[str] | None
    deny: frozenset[str]
    sure: bool = True


class Lists(NamedTuple):
    """Of a row of the registry: whom its place names, and who may read it by that and by the
    settings."""

    own: frozenset[str] | None
    readers: Readers


UNKNOWN = Lists(None, NOBODY)


@dataclass(frozen=True)
class Goal:
    """What the rows of a source should say: `cap` is its list, `listed` what the places of
    documents say in a listing, by doc_id; without that, what they said before.

    Where places are asked, no document is opened before its own was: the settings may have begun to
    ask only now. So one that is not listed is only narrowed (`narrows_unlisted`), and also one
    whose place may say more; and every one (`narrows_all`) while the places that the settings name
    today are not those of the listing.
    """

    cap: Collection[str]
    listed: Mapping[str, Said] = field(default_factory=dict)
    narrows_unlisted: bool = False
    narrows_all: bool = False

    @classmethod
    def by(
        cls,
        today: SourceSettings,
        opened: SourceSettings,
        listed: Mapping[str, Said] | None = None,
    ) -> Goal:
        """By the settings of `today` and a listing of the source as it was `opened`, if there is
        one yet."""
        narrows_all = set(today.access_from) != set(opened.access_from)
        return cls(today.access, listed or {}, bool(today.access_from), narrows_all)

    def of(self, doc_id: str, standing: Lists) -> Lists:
        said = self.listed.get(doc_id)
        own, deny, _ = said or Said(standing.own, standing.readers.deny)
        readers = Readers(of_source(own, self.cap), deny)
        if self.narrows_all or (not said.sure if said else self.narrows_unlisted):
            readers = narrowed(standing.readers, readers) or NOBODY
        return Lists(own, readers)

    @property
    def narrows_listed(self) -> bool:
        """Whether it takes the lists of before to tell those of a listed document."""
        return self.narrows_all or not all(said.sure for said in self.listed.values())


def standing(registry: pa.Table) -> Iterator[tuple[str, str, Lists]]:
    """Bucket, doc_id and lists of every row."""
    for bucket, rows in runs(registry.sort_by("bucket"), "bucket"):
        columns = (rows[name].to_pylist() for name in _COLUMNS[1:])
        for doc_id, access, denied, own in zip(*columns, strict=True):
            known = None if own is None else frozenset(own)
            yield bucket, doc_id, Lists(known, Readers.of(access, denied))


def documents_behind(
    lake: Lake, source: str, goal: Goal, *, only_listed: bool = False
) -> Counter[str]:
    """How many documents of each bucket have other lists in the registry; of those `only_listed`,
    if so asked."""
    registry = lake.read("documents", Scope(source), [*_COLUMNS, "deleted_at"])
    live = registry.filter(pc.is_null(registry["deleted_at"]))
    return Counter(
        bucket
        for bucket, key, lists in standing(live)
        if goal.of(key, lists) != lists and (key in goal.listed or not only_listed)
    )


def partitions_behind(context: StageContext, goal: Goal) -> list[Partition]:
    """Partitions of the run with a row of the registry, be it a tombstone, that has other lists,
    or with a document whose chunks a run was giving one when it died."""
    registry = context.lake.read("documents", context.scope, _COLUMNS)
    ledger = context.lake.read("ledger", context.scope, ["bucket", "chunk_recipe", "access_hash"])
    buckets = set(strings(ledger.filter(marked(ledger))["bucket"]))
    buckets |= {bucket for bucket, key, lists in standing(registry) if goal.of(key, lists) != lists}
    return [(context.source, bucket) for bucket in sorted(buckets)]


def goals(lake: Lake, scope: Scope, goal: Goal) -> dict[str, Lists]:
    """The lists that the listed documents of some partitions should have."""
    registry = lake.read("documents", scope, _COLUMNS)
    return {key: goal.of(key, lists) for _, key, lists in standing(registry)}


def marked(ledger: pa.Table) -> pa.ChunkedArray[Any]:
    """For each row whether its chunks stand and await another access list, as bool [rows]."""
    begun: pa.ChunkedArray[Any] = pc.and_(
        pc.is_valid(ledger["chunk_recipe"]), pc.is_null(ledger["access_hash"])
    )
    return begun


def said(context: StageContext, listed: pa.Table) -> dict[str, Said]:
    """What the places of the listed documents in the buckets of the run say; nothing where no
    document has or had a list of its own."""
    if not context.source_settings.access_from and not _any(listed):
        registry = context.lake.read("documents", context.scope, _PLACES)
        if not _any(registry):
            return {}
    in_run = pc.is_in(listed["bucket"], value_set=pa.array(context.buckets, pa.string()))
    return _by_document(listed.filter(in_run))


def _any(rows: pa.Table) -> bool:
    return any(rows[name].null_count < len(rows) for name in ("own_access", "denied"))


def _by_document(rows: pa.Table) -> dict[str, Said]:
    columns = [rows[name].to_pylist() for name in _PLACES]
    doubts = rows["unsure"].to_pylist() if "unsure" in rows.column_names else [None] * len(rows)
    return {
        doc_id: Said(None if own is None else frozenset(own), frozenset(denied or ()), not unsure)
        for doc_id, own, denied, unsure in zip(*columns, doubts, strict=True)
    }


def settled(context: StageContext, listed: pa.Table) -> pa.Table:
    """The listing without its doubts: where a part that may say more was not listed, what is said
    only narrows what is known of a document, and nobody may read one that is new."""
    doubts = listed.filter(pc.fill_null(listed["unsure"], False))
    if not doubts.num_rows:
        return listed
    known = _by_document(context.lake.read("documents", Scope(context.source), _PLACES))
    own, denied = [], []
    for doc_id, now in _by_document(doubts).items():
        before = known.get(doc_id) or Said(frozenset(), frozenset())
        readers = narrowed(_as_readers(before), _as_readers(now)) or NOBODY
        own.append(None if EVERYONE in readers.allow else sorted(readers.allow))
        denied.append(sorted(readers.deny) or None)
    doubts = with_column(with_column(doubts, "own_access", own), "denied", denied)
    sure = listed.filter(pc.invert(pc.fill_null(listed["unsure"], False)))
    return pa.concat_tables([sure, doubts])


def _as_readers(said: Said) -> Readers:
    return Readers(frozenset([EVERYONE]) if said.own is None else said.own, said.deny)
