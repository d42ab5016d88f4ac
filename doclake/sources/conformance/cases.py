"""The cases: each puts documents into an empty place and looks at what its source lists."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from itertools import islice
from typing import Any

import pyarrow as pa

from doclake.errors import DocumentUnreadable, ListingIncomplete
from doclake.sources.base import Source
from doclake.sources.conformance.place import NAME, Place
from doclake.sources.signatures import signatures, statements

MANY = 10_000
MANY_MB = 64
"""What a listing of `MANY` documents may hold at its peak, beside what it hands on."""
ODD_NAMES = (
    "한글 문서",
    "가나다",  # composed as macOS does: of single letters
    "what?#x",
    "a+b %20&c",
    'quote\'s "name"',
    "😀",
    "-dash",
    "n" * 200,
)

Case = Callable[[Place], None]


def listed(source: Source) -> dict[str, dict[str, Any]]:
    """Each row of a complete listing, by path, with its `signature` and `statement`."""
    rows: dict[str, dict[str, Any]] = {}
    for batch in source.list():
        _take(batch, rows)
    return rows


def _take(batch: pa.RecordBatch, rows: dict[str, dict[str, Any]]) -> None:
    for row, signed, said in zip(
        batch.to_pylist(), signatures(batch), statements(batch), strict=True
    ):
        assert row["path"] not in rows, f"{row['path']} was listed twice"
        rows[row["path"]] = {**row, "signature": signed, "statement": said}


def marks(place: Place) -> dict[str, str]:
    """Of each document what shows that it changed."""
    rows = listed(place.opened())
    return {path: f"{row['signature']} {row['statement']}" for path, row in rows.items()}


def holds(source: Source, path: str, text: str) -> bool:
    with source.open(path) as stream:
        return text.encode() in stream.read()


def partial(source: Source) -> tuple[set[str], ListingIncomplete]:
    """What is listed of a place that cannot be listed whole, and the error at its end."""
    rows: dict[str, dict[str, Any]] = {}
    try:
        for batch in source.list():
            _take(batch, rows)
    except ListingIncomplete as error:
        return set(rows), error
    raise AssertionError("a listing with a gap passed for complete")


def added(place: Place) -> None:
    """A new document is listed under its path, once, and read back; the others stay as they are."""
    first = place.put("first", "text of the first")
    before = marks(place)
    second = place.put("second", "text of the second")
    after = marks(place)
    assert set(after) == {first, second}
    assert after[first] == before[first], "a document changed that nobody touched"
    source = place.opened()
    assert holds(source, second, "text of the second")
    assert holds(source, first, "text of the first")


def changed(place: Place) -> None:
    """A changed document shows in its row, under the same path, and no other row changes."""
    kept = place.put("kept", "as it was")
    edited = place.put("edited", "wording one")
    before = marks(place)
    assert place.put("edited", "wording two") == edited
    after = marks(place)
    assert after[edited] != before[edited], "the change does not show"
    assert after[kept] == before[kept], "a document changed that nobody touched"
    assert holds(place.opened(), edited, "wording two")


def moved(place: Place) -> None:
    """A moved document is gone from its old path and listed under its new one, with its bytes."""
    old = place.put("moving", "text that moves")
    new = place.move(old, "arrived")
    assert set(marks(place)) == {new}
    assert new != old
    assert holds(place.opened(), new, "text that moves")


def deleted(place: Place) -> None:
    """A deleted document is gone from the next listing, which is complete; it cannot be read."""
    kept, gone = place.put("kept", "it stays"), place.put("gone", "it goes")
    before = marks(place)
    place.remove(gone)
    assert marks(place) == {kept: before[kept]}
    try:
        assert not holds(place.opened(), gone, "it goes")
    except DocumentUnreadable as error:
        assert gone in error.message
    else:
        raise AssertionError("a deleted document was read")


def restricted(place: Place) -> None:
    """Whom the place lets read a document stands in its row; a change of it changes that row alone,
    and nothing of its bytes."""
    open_, closed = place.put("open", "for all"), place.put("closed", "for some")
    before = listed(place.opened())
    place.restrict(closed, ["user:kim", "group:hr"])
    after = listed(place.opened())
    assert sorted(after[closed]["access"]) == ["group:hr", "user:kim"]
    assert after[closed]["statement"] != before[closed]["statement"]
    assert after[open_] == before[open_]


def revoked(place: Place) -> None:
    """Where the place does not tell any more who may read a document, nobody may."""
    path = place.put("closed", "for some")
    place.restrict(path, ["user:kim"])
    place.restrict(path, None)
    assert listed(place.opened())[path]["access"] == [], "who is not known may read"


def listed_in_part(place: Place) -> None:
    """A part that cannot be listed makes the listing incomplete, and the error names source and
    part; the rest is listed all the same."""
    seen, hidden = place.put("seen/one", "in sight"), place.put("unseen/two", "out of sight")
    assert set(marks(place)) == {seen, hidden}
    place.hide(hidden)
    found, error = partial(place.opened())
    assert seen in found
    assert NAME in error.message
    assert error.facts["failures"]


def limited(place: Place) -> None:
    """A limit that is reached makes the listing incomplete, and the error names it."""
    for number in range(5):
        place.put(f"one-{number}", f"text {number}")
    options = place.limited()
    found, error = partial(place.opened(options))
    assert len(found) < 5
    assert any(name in str(error) for name in options), f"{error} names none of {list(options)}"


def interrupted(place: Place) -> None:
    """A listing that was left in its midst does no harm: the next one is whole."""
    paths = {place.put(f"one-{number}", f"text {number}") for number in range(5)}
    source = place.opened()
    list(islice(source.list(), 1))
    assert set(listed(source)) == paths, "the same source, listed again"
    assert set(marks(place)) == paths


def resumed(place: Place) -> None:
    """Two processes list the same: nothing changes where nobody changed anything, so an
    interrupted run takes up where it was."""
    for number in range(5):
        place.put(f"one-{number}", f"text {number}")
    first = marks(place)
    assert marks(place) == first
    source = place.opened()
    for path in first:  # without a listing before it, as in a run that goes on
        with source.open(path) as stream:
            assert stream.read()


def oddly_named(place: Place) -> None:
    """Names of any letters are listed, each once, and read back."""
    texts = {place.put(name, f"odd {number}"): number for number, name in enumerate(ODD_NAMES)}
    assert len(texts) == len(ODD_NAMES), "two names became one path"
    assert set(marks(place)) == set(texts), set(marks(place)) ^ set(texts)
    source = place.opened()
    for path, number in texts.items():
        assert holds(source, path, f"odd {number}"), path


def outside(place: Place) -> None:
    """A path that leads out of the place is refused, and nothing is read."""
    place.put("inside", "of the place")
    source = place.opened()
    for path in ("../inside", "../../etc/passwd", "/etc/passwd", "not there"):
        try:
            with source.open(path) as stream:
                assert not stream.read(), path
        except DocumentUnreadable:
            continue
        raise AssertionError(f"{path} was read")


def refused(place: Place) -> None:
    """Wrong credentials make the listing incomplete; the error names the source, and the mend the
    variables to set. No secret is told."""
    place.put("one", "text")
    place.lock()
    found, error = partial(place.opened())
    assert not found
    assert NAME in error.message
    assert error.mend


def throttled(place: Place) -> None:
    """A place that has no time makes the listing incomplete, as soon as it was asked often enough;
    the error names the source."""
    place.put("one", "text")
    place.throttle()
    found, error = partial(place.opened())
    assert not found
    assert NAME in error.message
    assert error.mend


def cut_short(place: Place) -> None:
    """An answer that breaks off in its midst makes the listing incomplete: what it does not tell
    may not be deleted."""
    for number in range(30):
        place.put(f"one-{number:02}-{'x' * 100}", f"text {number}")
    place.cut_short()
    found, error = partial(place.opened())
    assert len(found) < 30
    assert NAME in error.message
    assert error.mend


def vanished(place: Place) -> None:
    """A place that is gone makes the listing incomplete: nothing of it may be deleted."""
    place.put("one", "text")
    place.vanish()
    found, error = partial(place.opened())
    assert not found
    assert NAME in error.message


def large(place: Place) -> None:
    """Ten thousand documents are listed, each once, in bounded memory."""
    place.fill(MANY)
    source = place.opened()
    number = 0
    tracemalloc.start()
    try:
        for batch in source.list():
            number += len(batch)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert number == MANY
    assert peak < MANY_MB << 20, f"{peak >> 20} MB for {MANY} documents"


CASES: tuple[Case, ...] = (
    added,
    changed,
    moved,
    deleted,
    restricted,
    revoked,
    listed_in_part,
    limited,
    interrupted,
    resumed,
    oddly_named,
    outside,
    refused,
    throttled,
    cut_short,
    vanished,
    large,
)


def name(case: Case) -> str:
    return case.__name__
