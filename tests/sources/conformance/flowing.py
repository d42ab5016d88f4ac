"""The flow over a place, from its listing to its chunks: the same for every kind of source."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from doclake.errors import ListingIncomplete
from doclake.lake.scope import Scope
from doclake.operate.forecast import forecast
from doclake.project import Project
from doclake.settings import Settings
from doclake.sources.conformance import NAME, NotOffered, Place
from doclake.stages import chunks, documents, elements
from doclake.stages.context import StageContext
from doclake.stages.report import StageReport

BODY = (
    "Paragraph of the document named {0}, long enough to be a chunk of text. Its mark is mark-{0}."
)


def flows(place: Place, folder: Path) -> None:
    """New documents become chunks, an edit costs one document, what is deleted leaves, readers
    travel, the guard holds, and a dry run foresees each of them."""
    paths = {number: place.put(f"doc-{number}", BODY.format(number)) for number in range(6)}
    lake = _Lake(place, folder)
    assert set(lake.foreseen().added) == set(paths.values())
    assert lake.run()["elements"].documents == 6
    assert lake.marks() == {path: f"mark-{number}" for number, path in paths.items()}
    assert lake.run()["elements"].documents == 0, "an unchanged place was read again"

    _edited(place, lake, paths[0])
    place.remove(paths.pop(1))
    lake.run()
    assert set(lake.marks()) == set(paths.values())
    _travels(place, lake, paths[2])
    _is_guarded(place, lake, list(paths.values()))


def _edited(place: Place, lake: _Lake, path: str) -> None:
    try:
        place.put("doc-0", BODY.format("0, edited"))
    except NotOffered:
        return
    assert lake.foreseen().changed == [path]
    assert lake.run()["elements"].documents == 1


def _travels(place: Place, lake: _Lake, path: str) -> None:
    try:
        place.restrict(path, ["user:kim"])
    except NotOffered:
        return
    lake.run()
    assert lake.readers(path) == {"user:kim"}


def _is_guarded(place: Place, lake: _Lake, paths: list[str]) -> None:
    for path in paths[1:]:
        place.remove(path)
    report = lake.run()["documents"]
    if not place.says_what_is_deleted:
        assert "deletion_refused" in {alarm.code for alarm in report.alarms}
        assert set(lake.marks()) == set(paths), "the guard let them go"
        lake.run(allow_deletions=True)
    assert set(lake.marks()) == {paths[0]}


def fails_harmlessly(place: Place, folder: Path) -> None:
    """A place that breaks off, has no time, and is gone or does not know us loses nothing, and says
    so."""
    path = place.put("doc", BODY.format(0))
    _Lake(place, folder).run()
    for break_it in (place.cut_short, place.throttle, place.vanish, place.lock):
        try:
            break_it()
        except NotOffered:
            continue
        lake = _Lake(place, folder)  # its address may be another one
        report = lake.run()["documents"]
        assert [alarm.code for alarm in report.alarms] == [ListingIncomplete.code], break_it
        assert NAME in report.alarms[0].message
        assert set(lake.marks()) == {path}
        if break_it == place.vanish:
            return


class _Lake:
    def __init__(self, place: Place, folder: Path) -> None:
        source = {
            "url": place.url,
            "options": place.options,
            "access": ["everyone"],
            "buckets": 2,
            **place.settings,
        }
        self._given: dict[str, Any] = {
            "sources": {NAME: source},
            "lake": str(folder / "lake"),
            "deletion": {"min_documents": 1},
            "processing": {"workers": 1},
        }
        self.project = Project.of(Settings.model_validate(self._given))

    def run(self, **options: Any) -> dict[str, StageReport]:
        context = replace(StageContext.whole(self.project, NAME), **options)
        reports = [stage.run(context) for stage in (documents, elements, chunks)]
        return {report.stage: report for report in reports}

    def foreseen(self) -> Any:
        return forecast(self.project, NAME)

    def _chunks(self) -> pa.Table:
        return self.project.lake.read("chunks", Scope(NAME))

    def marks(self) -> dict[str, str]:
        """Of each document that has chunks the mark in its text."""
        found: dict[str, str] = {}
        for row in self._chunks().to_pylist():
            at = row["text"].find("mark-")
            if at >= 0:
                found[row["path"]] = row["text"][at:].split(".")[0]
        return found

    def readers(self, path: str) -> set[str]:
        return {
            name
            for row in self._chunks().to_pylist()
            if row["path"] == path
            for name in row["access"]
        }
